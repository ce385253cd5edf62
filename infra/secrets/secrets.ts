import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SERVICE_OF } from '@resguardo/contracts';
import { type Program, PROGRAMS } from '../programs.js';

/** A file of a secret, made when it is not there; what is there stays. Only its owner may read it. */
export const written = (file: string, make: () => string | Buffer): Buffer => {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, make(), { mode: 0o600 });
  }
  return readFileSync(file);
};

/** A password, made once; letters and digits, so that it needs no quotes in an address. */
export const passwordIn = (file: string): string => written(file, () => randomBytes(24).toString('hex')).toString();

const ed25519 = () => generateKeyPairSync('ed25519');
export const pem = (key: { export(options: object): string | Buffer }, type: 'pkcs8' | 'spki') =>
  key.export({ type, format: 'pem' });

/** The keys of 32 bytes that each service reads. Oversight and insights open nothing. */
const KEYS: Readonly<Partial<Record<Program, readonly string[]>>> = {
  coordination: ['master-key', 'digest-key', 'pseudonym-key'],
  ...Object.fromEntries(Object.values(SERVICE_OF).map((service) => [service, ['master-key', 'text-key']])),
};

/** Secrets of every service in a folder of its own, made once. Gives the file of public keys that all know. */
export const makeSecrets = (folder: string): string => {
  const known: Record<string, Record<string, string>> = {};
  for (const service of PROGRAMS) {
    const own = join(folder, service);
    mkdirSync(own, { recursive: true, mode: 0o700 });
    for (const name of KEYS[service] ?? []) written(join(own, name), () => randomBytes(32));
    // Of the history.
    if (service === 'coordination') written(join(own, 'signing-key.pem'), () => pem(ed25519().privateKey, 'pkcs8'));
    const publicFile = join(own, 'service-key.pub');
    if (!existsSync(publicFile)) {
      const { privateKey, publicKey } = ed25519();
      written(join(own, 'service-key.pem'), () => pem(privateKey, 'pkcs8'));
      writeFileSync(publicFile, pem(publicKey, 'spki'));
    }
    known[service] = { [`${service}/1`]: readFileSync(publicFile, 'utf8') };
  }
  const file = join(folder, 'service-keys.json');
  writeFileSync(file, JSON.stringify(known));
  return file;
};
