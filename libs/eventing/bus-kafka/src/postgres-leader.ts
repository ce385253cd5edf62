import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ClientConfig, type Pool } from 'pg';
import type { Lead, RelayCheckpoint } from './relay.js';

/**
 * One process at a time, by an advisory lock that is held as long as its connection lives: whoever waits gets it at once when the
 * holder's process dies. It is a courtesy that saves work; two that relay at once would only say everything twice.
 */
export const postgresLeader = (
  connection: string | ClientConfig,
  name: string,
  onTrouble: (error: Error) => void = () => {},
): Lead => {
  const config = typeof connection === 'string' ? { connectionString: connection } : connection;
  const turn = async (work: (lost: AbortSignal) => Promise<void>, stop: AbortSignal): Promise<void> => {
    const lost = new AbortController();
    const client = new Client({ ...config, application_name: `resguardo ${name}`, keepAlive: true });
    const over = () => lost.abort(new Error(`${name}: the connection that held the lock is gone`));
    client.on('error', over);
    client.on('end', over);
    // A connection that waits for the lock answers nothing else: stopping ends it.
    const end = () => void client.end().catch(() => {});
    try {
      await client.connect();
      stop.addEventListener('abort', end);
      if (stop.aborted) return;
      await client.query('select pg_advisory_lock(hashtext($1))', [name]);
      stop.removeEventListener('abort', end);
      if (stop.aborted) return;
      await work(lost.signal);
    } finally {
      stop.removeEventListener('abort', end);
      client.removeListener('end', over);
      await client.end().catch(() => {});
    }
  };
  return async (work, stop) => {
    while (!stop.aborted) {
      try {
        await turn(work, stop);
      } catch (error) {
        // The database is away, or went away while waiting: without the lock nobody works, and it is asked for again.
        if (!stop.aborted) onTrouble(error as Error);
      }
      if (!stop.aborted) await delay(200, undefined, { signal: stop }).catch(() => {});
    }
  };
};

/** The relay's place, in a table of its own. */
export const postgresRelayCheckpoint = (pool: Pool, name: string): RelayCheckpoint => {
  let made: Promise<unknown> | undefined;
  const table = () =>
    (made ??= pool
      .query('create table if not exists relay_checkpoint (name text primary key, position text not null)')
      .catch((error: unknown) => {
        made = undefined;
        throw error;
      }));
  return {
    load: async () => {
      await table();
      const { rows } = await pool.query<{ position: string }>('select position from relay_checkpoint where name = $1', [
        name,
      ]);
      return rows[0]?.position;
    },
    save: async (position) => {
      await pool.query(
        `insert into relay_checkpoint (name, position) values ($1, $2)
         on conflict (name) do update set position = excluded.position`,
        [name, position],
      );
    },
  };
};
