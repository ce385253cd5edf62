import { randomUUID } from 'node:crypto';
import type { Auditable } from '@resguardo/eventing';
import { postgresEventStore } from '@resguardo/store-postgres';
import type { Logger } from 'pino';
import type { Pool } from 'pg';

/** How the names of the product's streams begin: the history is these, whatever else lies in a store of one's own. */
const STREAMS = ['case-', 'oversight-', 'access-', 'register-'];

/** Where the events are kept. */
export interface StoreChoice {
  /** The connection string of the EventStoreDB that keeps the events; undefined: the database keeps them. */
  readonly eventStoreDbUrl: string | undefined;
  /** Before the name of each stream there, so that several installations share one server. */
  readonly eventStoreDbPrefix: string;
}

interface Database {
  readonly url: string;
  readonly pool: Pool;
}

export interface KeptStore extends Auditable {
  close(): Promise<void>;
}

/** Whether nothing was ever appended. */
export const isEmpty = async (store: Pick<Auditable, 'scan'>): Promise<boolean> => {
  for await (const events of store.scan()) if (events.length > 0) return false;
  return true;
};

interface Followed {
  /** What this database is called in a store of its own. */
  readonly id: string;
  /** 'postgres' or 'eventstoredb'; null before the first start with a store. */
  readonly kind: string | null;
}

/** Keys, read models and signatures belong to one history. This is where a database remembers which, beside the signatures. */
const followedBy = async ({ pool }: Pick<Database, 'pool'>): Promise<Followed> => {
  await pool.query(`
    create schema if not exists oversight;
    create table if not exists oversight.followed_store (
      one boolean primary key default true check (one),
      id text not null,
      kind text
    )`);
  await pool.query('insert into oversight.followed_store (id) values ($1) on conflict do nothing', [randomUUID()]);
  const { rows } = await pool.query<Followed>('select id, kind from oversight.followed_store');
  const { id, kind } = rows[0]!;
  if (kind !== null) return { id, kind };
  // It may have kept its own events before anybody asked.
  const { rows: tables } = await pool.query<{ there: boolean }>(
    `select to_regclass('store.counter') is not null as there`,
  );
  const { rowCount: own } = tables[0]!.there
    ? await pool.query('select 1 from store.counter where position > 0')
    : { rowCount: 0 };
  return { id, kind: own ? 'postgres' : null };
};

/** A store and a database that do not belong together. Nothing was read or changed. */
export class WrongStore extends Error {
  override readonly name = 'WrongStore';
}

/** The streams of the product on an EventStoreDB, whoever they belong to. */
export const onEventStoreDb = async (connection: string, prefix: string, log: Pick<Logger, 'warn'>) => {
  // Loaded here: its client is for those who keep their events there.
  const { eventStoreDbEventStore } = await import('@resguardo/store-eventstoredb');
  return eventStoreDbEventStore({
    connection,
    prefix,
    streams: STREAMS,
    onTrouble: (error) => log.warn({ name: (error as Error).name }, 'a follower lost the event store and tries again'),
  });
};

const openEventStoreDb = async (
  connection: string,
  prefix: string,
  { id, kind }: Followed,
  log: Pick<Logger, 'warn'>,
) => {
  const store = await onEventStoreDb(connection, prefix, log);
  try {
    const owner = await store.owner();
    if (owner === undefined && kind !== null)
      throw new WrongStore('this event store is not the one that the database has followed: it belongs to nobody yet');
    if (owner === undefined && !(await isEmpty(store)))
      throw new WrongStore('this event store holds a history that belongs to no database');
    if ((owner ?? (await store.claim(id))) !== id)
      throw new WrongStore('this event store belongs to another database; each needs one of its own');
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
};

/**
 * The event store of the configuration, which must be the one that the database has followed since its first start.
 * @throws WrongStore, StoreUnavailable
 */
export const openStore = async (
  { eventStoreDbUrl, eventStoreDbPrefix }: StoreChoice,
  database: Database,
  log: Pick<Logger, 'warn'>,
): Promise<KeptStore> => {
  const wanted = eventStoreDbUrl === undefined ? 'postgres' : 'eventstoredb';
  const followed = await followedBy(database);
  if (followed.kind !== null && followed.kind !== wanted)
    throw new WrongStore(
      `the events of this database are kept in ${followed.kind}, not in ${wanted}: set RESGUARDO_STORE=${followed.kind}, or use another database`,
    );
  const store =
    eventStoreDbUrl === undefined
      ? postgresEventStore({ connection: database.url })
      : await openEventStoreDb(eventStoreDbUrl, eventStoreDbPrefix, followed, log);
  if ('migrate' in store) await store.migrate();
  await database.pool.query('update oversight.followed_store set kind = $1 where kind is null', [wanted]);
  return store;
};
