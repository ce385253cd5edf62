// One PostgreSQL cluster per test run, in a folder of its own: runs beside each other never meet. With DATABASE_URL (a super user) the
// contract suites and the services run on that server instead.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PREFIX = 'resguardo-tests-';

export default async () => {
  await import('../../tools/hooks.mjs');
  const { startPostgres, stopAbandoned } = await import('../../libs/embedded-postgres/src/index.ts');
  // What a killed run left behind: its server is stopped, its folder goes. A run that is alive keeps both.
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))) {
    const left = join(tmpdir(), name);
    if (!readdirSync(left).includes('lock')) continue;
    if (await stopAbandoned(left)) rmSync(left, { recursive: true, force: true });
  }
  const given = process.env['DATABASE_URL'];
  if (given) {
    // Told to those that are to use it by another name: the product as one process brings its own.
    delete process.env['DATABASE_URL'];
    process.env['RESGUARDO_POSTGRES'] = process.env['RESGUARDO_TEST_DATABASE'] = given;
    const { clearDatabases } = await import('../../infra/postgres/given.ts');
    // Refused before anything runs, when somebody's databases are there.
    await clearDatabases(given);
    globalThis.stopTestDatabase = () => clearDatabases(given);
    return;
  }
  const dir = mkdtempSync(join(tmpdir(), PREFIX));
  const postgres = await startPostgres({ dir, disposable: true });
  process.env['RESGUARDO_TEST_DATABASE'] = postgres.url;
  globalThis.stopTestDatabase = async () => {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
};
