import { keeper } from '@resguardo/eventing';
import { eventStoreContract, verifiedHistoryContract } from '@resguardo/eventing/testing';
import { Pool } from 'pg';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import { postgresCheckpointStore } from './postgres-checkpoint-store.js';
import { postgresEventStore } from './postgres-event-store.js';

let database: TestDatabase;
let opened = 0;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

/** Each in a schema of its own. */
const open = async () => {
  const schema = `store_${++opened}`;
  const connect = () => postgresEventStore({ connection: database.url, schema, pollMs: 20 });
  const [store, beside] = [connect(), connect()];
  await store.migrate();
  const pool = new Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => {});
  return {
    schema,
    store,
    beside,
    pool,
    disturb: async () => {
      await pool.query(`select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'resguardo-store' and datname = current_database()`);
    },
    close: async () => {
      await Promise.all([store.close(), beside.close(), pool.end()]);
    },
  };
};

eventStoreContract('postgres', open);

eventStoreContract('keeper over postgres', async () => {
  const at = await open();
  const store = keeper(at.store, { clock: () => '2026-03-02T10:00:00.000Z' });
  return { ...at, store, beside: store };
});

verifiedHistoryContract('postgres', async () => {
  const { schema, store, pool, close } = await open();
  const checkpoints = postgresCheckpointStore(pool, `oversight_${opened}`);
  await checkpoints.migrate();
  return {
    store,
    checkpoints,
    close,
    tamper: {
      alter: async (position) => {
        await pool.query(`update ${schema}.events set data = '{"number":-1}' where position = $1`, [position]);
      },
      alterSealed: async (position) => {
        await pool.query(
          `update ${schema}.events set sealed = replace(sealed::text, 'b3BhcXVl', 'b3BhcXVm')::json where position = $1`,
          [position],
        );
      },
      remove: async (...positions) => {
        await pool.query(`delete from ${schema}.events where position = any($1)`, [positions]);
      },
      swap: async (one, other) => {
        const move = (from: number, to: number) =>
          pool.query(`update ${schema}.events set position = $2 where position = $1`, [from, to]);
        await move(one, -1);
        await move(other, one);
        await move(-1, other);
      },
      rewrite: async (events) => {
        await pool.query(`truncate ${schema}.events, ${schema}.streams`);
        for (const { position, stream, revision, id, type, schemaVersion, data, sealed, meta } of events)
          await pool.query(`insert into ${schema}.events values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, [
            ...[position, stream, revision, id, type, schemaVersion],
            ...[data, sealed, meta].map((json) => JSON.stringify(json)),
          ]);
        await pool.query(`insert into ${schema}.streams
          select stream, max(revision), max(revision) - 1 from ${schema}.events group by stream`);
        await pool.query(`update ${schema}.counter set position = $1`, [events.length]);
      },
    },
  };
});
