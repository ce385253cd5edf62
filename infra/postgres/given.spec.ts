import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@resguardo/embedded-postgres';
import { inDatabase } from '../../test/support/in-database.js';
import { PROGRAMS } from '../programs.js';
import { makeDatabases } from './databases.js';
import { clearDatabases, hasRoom, markDatabases } from './given.js';

describe('a PostgreSQL that was given to a test run', () => {
  let folder: string;
  let server: RunningPostgres;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'resguardo-given-'));
    server = await startPostgres({ dir: join(folder, 'postgres'), disposable: true });
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const theirs = () =>
    inDatabase(server.url, async (owner) => {
      const { rows } = await owner.query<{ name: string }>(
        `select datname as name from pg_database where datname like 'resguardo_%'
         union all select rolname from pg_roles where rolname like 'resguardo_%'`,
      );
      return rows.length;
    });

  it('loses the databases and roles that a test run made there, and none that somebody else made', async () => {
    await makeDatabases(server.url, () => 'secret');
    await expect(clearDatabases(server.url)).rejects.toThrow(/has resguardo_\w+, .*which no test run has made/);
    expect(await theirs()).toBe(2 * PROGRAMS.length);
    await markDatabases(server.url);
    await clearDatabases(server.url);
    expect(await theirs()).toBe(0);
    await clearDatabases(server.url);
  }, 60_000);

  it('is refused when it has no room for all services', async () => {
    await expect(hasRoom(server.url)).rejects.toThrow(/takes 200 connections: max_connections has to be 300/);
  });
});
