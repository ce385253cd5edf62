// Makes databases and roles of the services, and of what is named besides:
// `DATABASE_OWNER_URL=… SECRETS=FOLDER node --import ./tools/hooks.mjs infra/postgres/prepare.ts [keycloak]`
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDatabases } from './databases.js';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};

const secrets = setting('SECRETS');
const made = await makeDatabases(
  setting('DATABASE_OWNER_URL'),
  (service) => readFileSync(join(secrets, service, 'password'), 'utf8'),
  process.argv.slice(2),
);
console.log(`${Object.keys(made).length} databases are ready`);
