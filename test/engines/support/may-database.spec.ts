import { join } from 'node:path';
import { type RunningPostgres, startPostgres } from '@resguardo/embedded-postgres';
import { makeDatabases } from '../../../infra/postgres/databases.js';
import { databaseOf, PROGRAMS } from '../../../infra/programs.js';
import { removeFolder, temporaryFolder } from '../../e2e/support/standalone.js';
import { inDatabase } from '../../support/in-database.js';
import { openIn, wrongIn } from './matrix.js';
import { databaseCells, strangeDatabases } from './may-database.js';

describe('who may what on a PostgreSQL that has other databases too', () => {
  const folder = temporaryFolder();
  // A server of its own: what is taken from everybody here is taken from every other test there.
  let server: RunningPostgres;
  let urls: Readonly<Record<string, string>>;
  const asOwner = (statement: string) => inDatabase(server.url, (owner) => owner.query(statement));
  beforeAll(async () => {
    server = await startPostgres({ dir: join(folder, 'postgres'), disposable: true });
    // As an image makes one (POSTGRES_DB), to which everybody may connect.
    await asOwner('create database mydb');
    urls = await makeDatabases(server.url, (service) => `secretof${service.replaceAll('-', '')}`);
  }, 60_000);
  afterAll(async () => {
    await server?.stop();
    removeFolder(folder);
  });

  it('what is ours, postgres and template1 are asked and counted, and what was left out is said', async () => {
    const cells = await databaseCells(server.url, urls);
    expect(wrongIn(cells)).toEqual([]);
    const asked = new Set(cells.flatMap(({ kind, resource }) => (kind === 'database' ? [resource] : [])));
    expect([...asked].sort()).toEqual([...PROGRAMS.map(databaseOf), 'postgres', 'template1'].sort());
    expect(new Set(Object.values(openIn(cells)))).toEqual(new Set(['database 1/9, schema 1/9, server 0/1']));
    expect(await strangeDatabases(server.url, PROGRAMS)).toEqual(['mydb']);
  }, 60_000);

  it.each(['postgres', 'template1', databaseOf('health')])(
    'a door of %s that everybody may open is still told',
    async (name) => {
      await asOwner(`grant connect on database ${name} to public`);
      try {
        const opened = PROGRAMS.filter((service) => databaseOf(service) !== name);
        expect([...wrongIn(await databaseCells(server.url, urls))].sort()).toEqual(
          opened.map((service) => `${service} × database ${name}: expected - 42501, was connect`).sort(),
        );
      } finally {
        await asOwner(`revoke connect on database ${name} from public`);
      }
    },
    60_000,
  );
});
