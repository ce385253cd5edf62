import type { Checkpoint, CheckpointStore } from '@resguardo/eventing';
import type { Pool } from 'pg';
import { schemaName } from './postgres-event-store.sql.js';

const COLUMNS = 'number, from_position as "from", to_position as "to", count, digest, previous, signature';

const made = (row: Checkpoint): Checkpoint => ({ ...row, number: Number(row.number), count: Number(row.count) });

/** Signed checkpoints in a schema of their own, apart from the events (D6). Takes the caller's pool. */
export const postgresCheckpointStore = (
  pool: Pick<Pool, 'query'>,
  schema = 'oversight',
): CheckpointStore & { migrate(): Promise<void> } => {
  const table = `${schemaName(schema)}.checkpoints`;
  return {
    async migrate() {
      await pool.query(`
        create schema if not exists ${schema};
        create table if not exists ${table} (
          number bigint primary key,
          from_position text not null,
          to_position text not null,
          count bigint not null,
          digest text not null,
          previous text not null,
          signature text not null
        )`);
    },
    async last() {
      const { rows } = await pool.query<Checkpoint>(`select ${COLUMNS} from ${table} order by number desc limit 1`);
      return rows[0] && made(rows[0]);
    },
    async all() {
      const { rows } = await pool.query<Checkpoint>(`select ${COLUMNS} from ${table} order by ${table}.number`);
      return rows.map(made);
    },
    async save({ number, from, to, count, digest, previous, signature }) {
      const { rowCount } = await pool.query(
        `insert into ${table} (number, from_position, to_position, count, digest, previous, signature)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
        [number, from, to, count, digest, previous, signature],
      );
      return rowCount === 1;
    },
  };
};
