import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { postgresLeader, postgresRelayCheckpoint } from './postgres-leader.js';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

const until = async (isTrue: () => boolean | Promise<boolean>): Promise<void> => {
  const late = performance.now() + 25_000;
  while (!(await isTrue())) {
    if (performance.now() > late) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};
const waiting = async () =>
  (await pool.query("select 1 from pg_locks where locktype = 'advisory' and not granted")).rows.length;

/** Works until its turn is over, and tells how often it began and ended. */
const candidate = () => {
  const stop = new AbortController();
  const turns = { begun: 0, lost: 0 };
  const done = postgresLeader(database.url, 'relay')(async (lost) => {
    turns.begun++;
    await new Promise<void>((resolve) => {
      AbortSignal.any([lost, stop.signal]).addEventListener('abort', () => resolve(), { once: true });
    });
    if (lost.aborted) turns.lost++;
  }, stop.signal);
  return { turns, end: async () => (stop.abort(), done) };
};

it('one works, the other waits and takes over when it ends', async () => {
  const one = candidate();
  await until(() => one.turns.begun === 1);
  const two = candidate();
  await until(async () => (await waiting()) === 1);
  expect(two.turns.begun).toBe(0);
  await one.end();
  await until(() => two.turns.begun === 1);
  await two.end();
}, 30_000);

it('is told when its lock is gone, and stands in line again', async () => {
  const one = candidate();
  await until(() => one.turns.begun === 1);
  await pool.query(
    // Of this database: the server is shared with other specs, which hold locks of their own.
    `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted and pid <> pg_backend_pid()
       and database = (select oid from pg_database where datname = current_database())`,
  );
  await until(() => one.turns.lost === 1 && one.turns.begun === 2);
  await one.end();
}, 30_000);

it('stops while it waits in line', async () => {
  const one = candidate();
  await until(() => one.turns.begun === 1);
  const two = candidate();
  await until(async () => (await waiting()) === 1);
  await two.end();
  await one.end();
  expect(two.turns.begun).toBe(0);
}, 30_000);

it('keeps the place of each relay by its name', async () => {
  const [one, two] = [postgresRelayCheckpoint(pool, 'one'), postgresRelayCheckpoint(pool, 'two')];
  expect(await one.load()).toBeUndefined();
  await one.save('7');
  await one.save('9');
  expect([await one.load(), await two.load()]).toEqual(['9', undefined]);
});
