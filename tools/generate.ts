/**
 * Writes what is derived from code and committed: the composed GraphQL schema, the portal's documents, the schemas of the feeds and their
 * AsyncAPI document, the stored shapes of facts, Keycloak's realm,
 * docs/rules.md. `--check` writes nothing and fails when a committed file says something else.
 * Either way it fails when a fact's shape was changed so that what is stored could not be read.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { asyncApiDocument, feedSchema } from '@resguardo/bus-messages';
import { allCommands, commandsSdl, mutationDocument, SERVICES } from '@resguardo/contracts';
import { documentKey } from '@resguardo/desk';
import { buildSchema, lexicographicSortSchema, parse, printSchema, validate } from 'graphql';
import { realmFile } from '../infra/keycloak/realm.js';
import type { FactShapes } from './fact-shapes.js';
import { factShapes, printShapes, unreadable } from './fact-shapes.js';
import { rulesPage } from './rules-page.js';

const check = process.argv.includes('--check');

const sdlFiles = readdirSync('libs', { recursive: true, encoding: 'utf8' })
  .filter((file) => /^[^/]+\/src\/[^/]+\.graphql$/.test(file))
  .sort();
const parts = sdlFiles.map((file) => readFileSync(`libs/${file}`, 'utf8'));
const sdl = ['type Query', 'type Subscription', commandsSdl(allCommands), ...parts].join('\n\n');
const schema = buildSchema(sdl);

const documents = readFileSync('apps/portal/src/documents.ts', 'utf8').matchAll(/\/\* GraphQL \*\/\s*`([^`]+)`/g);
const texts = [
  ...[...documents].map(([, text]) => text!.trim()),
  ...Object.entries(allCommands)
    .filter(([, { on }]) => on !== 'process')
    .map(([name, spec]) => mutationDocument(name, spec)),
];
for (const text of texts) {
  const [first] = validate(schema, parse(text));
  if (first) throw new Error(`A document of the portal does not fit the schema: ${first.message}\n${text}`);
}
const persisted = Object.fromEntries(
  texts.map((text) => [documentKey(text), text] as const).sort(([a], [b]) => (a! < b! ? -1 : 1)),
);

const SHAPES = 'libs/contracts/schema/facts.json';
const shapes = factShapes();
const lost = unreadable(JSON.parse(readFileSync(SHAPES, 'utf8')) as FactShapes, shapes);
if (lost.length > 0)
  throw new Error(`Facts that are stored could not be read: append to upcasts or sealedUpcasts.\n${lost.join('\n')}`);

const outputs: Record<string, string> = {
  [SHAPES]: printShapes(shapes),
  'libs/contracts/schema/resguardo.graphql': printSchema(lexicographicSortSchema(schema)) + '\n',
  'libs/contracts/schema/documents.json': JSON.stringify(persisted, null, 1) + '\n',
  ...Object.fromEntries(
    SERVICES.map((service) => [
      `libs/contracts/schema/feeds/${service}.schema.json`,
      JSON.stringify(feedSchema(service), null, 1) + '\n',
    ]),
  ),
  'libs/contracts/schema/asyncapi.json': JSON.stringify(asyncApiDocument(), null, 1) + '\n',
  'infra/keycloak/realm.json': realmFile(),
  'docs/rules.md': rulesPage(),
};

let stale = 0;
for (const [file, content] of Object.entries(outputs)) {
  const before = (() => {
    try {
      return readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  })();
  if (before === content) continue;
  if (check) {
    console.error(`${file} is not what the code says: run \`npm run generate\` and commit it.`);
    stale++;
  } else {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
}
process.exitCode = stale ? 1 : 0;
