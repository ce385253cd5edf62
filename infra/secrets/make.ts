// Makes the secrets of an installation, once; what is there stays: `node --import ./tools/hooks.mjs infra/secrets/make.ts FOLDER`
import { chownSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Feeds } from '@resguardo/bus-kafka';
import { makeComposeSecrets } from './compose.js';
import { makeSecrets } from './secrets.js';

/** Of the user `node` in the image, when root makes them. */
const NODE_USER = 1000;

const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name the folder: infra/secrets/make.ts FOLDER');
const feeds = JSON.parse(readFileSync(new URL('../kafka/feeds.json', import.meta.url), 'utf8')) as Feeds;
const uid = process.getuid?.() || NODE_USER;
makeSecrets(folder);
const file = makeComposeSecrets(folder, feeds.readers, uid);
if (process.getuid?.() === 0)
  for (const path of ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })])
    chownSync(join(folder, path), uid, -1);
console.log(`Secrets lie in ${folder}; for Docker: docker compose --env-file ${file} -f infra/compose/compose.yaml up`);
