import { Client, Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { migrateReadModels } from './migrate-read-models.js';

describe('tables of the runners', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(() => database.close());

  it('are made once by two that start at the same moment, also where one remembers that they were not there', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    const first = new Client({ connectionString: database.url });
    const watching = new Client({ connectionString: database.url });
    await Promise.all([first.connect(), watching.connect()]);
    // A connection that has made tables before looks up nothing else on the way: only what it remembers counts.
    await migrateReadModels(pool, 'twice');
    await pool.query('drop schema twice cascade');
    await pool.query(`select to_regnamespace('twice')`);
    await first.query('begin');
    await first.query(`select pg_advisory_xact_lock(hashtext('resguardo read models'))`);
    const second = migrateReadModels(pool, 'twice');
    for (let waiting = 0; waiting === 0;)
      waiting = (await watching.query(`select from pg_locks where locktype = 'advisory' and not granted`)).rows.length;
    await first.query('create schema twice');
    await first.query('commit');
    await second;
    expect((await pool.query('select from twice.instances')).rows).toEqual([]);
    await Promise.all([first.end(), watching.end(), pool.end()]);
  }, 30_000);

  it('are left alone where they are as they should be: whoever works with them holds nobody up who starts', async () => {
    const pool = new Pool({ connectionString: database.url, max: 1 });
    const working = new Client({ connectionString: database.url });
    await working.connect();
    await migrateReadModels(pool, 'in_use');
    await working.query('begin');
    for (const table of ['instances', 'progress', 'parked', 'waiting', 'set_aside'])
      await working.query(`lock table in_use.${table} in row exclusive mode`);
    await pool.query(`set lock_timeout = '5s'`);
    await migrateReadModels(pool, 'in_use');
    await working.query('rollback');
    await Promise.all([working.end(), pool.end()]);
  }, 30_000);
});
