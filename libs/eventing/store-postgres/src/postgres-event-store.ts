import type { Auditable, Behind, Census, Expected, NewEvent, Position, RecordedEvent } from '@resguardo/eventing';
import { NO_STREAM, oneAtATime, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { ClientConfig } from 'pg';
import { Client, Pool } from 'pg';
import { groupCommit } from './group-commit.js';
import { headWatch } from './head-watch.js';
import { pageOf, readOf, schemaName, schemaOf } from './postgres-event-store.sql.js';
import { recentEvents } from './recent-events.js';

export interface PostgresEventStoreOptions {
  /** A connection string, or what `pg` takes. The store opens connections of its own: one to write, a few to read. */
  readonly connection: string | ClientConfig;
  /** Name of the schema that holds the events. */
  readonly schema?: string;
  /** How often waiting followers look for what other processes appended, in milliseconds. Own appends wake them at once. */
  readonly pollMs?: number;
  /** How long one statement may take, in milliseconds; an append that takes longer is ended and its outcome unknown. */
  readonly timeoutMs?: number;
  /** How many events go in one statement at most; an append of more goes alone. */
  readonly maxBatch?: number;
}

export interface PostgresEventStore extends Auditable {
  /** Makes the schema and its tables where they are missing. Any number of processes may do it at once. */
  migrate(): Promise<void>;
  /** Ends the connections. Appends that wait are rejected as StoreUnavailable; followers should have been stopped before. */
  close(): Promise<void>;
}

interface Row {
  readonly position: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
  readonly type: string;
  readonly schema_version: number;
  readonly data: NewEvent['data'];
  readonly sealed: NonNullable<NewEvent['sealed']> | null;
  readonly meta: NewEvent['meta'];
}

const FOLLOW = 500;
const SCAN = 2_000;
const END_OF_ALL = '9223372036854775807';
const MIGRATION_LOCK = 7_463_201;

const recorded = (row: Row): RecordedEvent => ({
  stream: row.stream,
  revision: row.revision,
  position: row.position,
  id: row.id,
  type: row.type,
  schemaVersion: row.schema_version,
  data: row.data,
  ...(row.sealed && { sealed: row.sealed }),
  meta: row.meta,
});

const configOf = (connection: string | ClientConfig): ClientConfig =>
  typeof connection === 'string' ? { connectionString: connection } : connection;

/** The event store on PostgreSQL: appends in groups, positions without gaps, followers by position (docs/adr). */
export const postgresEventStore = ({
  connection,
  schema = 'store',
  pollMs = 100,
  timeoutMs = 2_000,
  maxBatch = 512,
}: PostgresEventStoreOptions): PostgresEventStore => {
  const name = schemaName(schema);
  const config: ClientConfig = {
    ...configOf(connection),
    application_name: 'resguardo-store',
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    keepAlive: true,
  };
  const pool = new Pool({ ...config, max: 4, query_timeout: timeoutMs + 250 });
  // A connection that is lost while idle is replaced by the pool; without a listener it would end the process.
  pool.on('error', () => {});

  const query = async <R extends object>(statement: string, text: string, values: unknown[]): Promise<R[]> => {
    const once = async () => (await pool.query<R>({ name: `${name}-${statement}`, text, values })).rows;
    try {
      return await once().catch((error: Error & { code?: string }) => {
        // Reading twice does no harm when the first try met a connection that was lost while idle.
        if ((error.code ?? '57P01').startsWith('57P') && !/time-?out/i.test(error.message)) return once();
        throw error;
      });
    } catch (cause) {
      throw new StoreUnavailable(`the event store could not be read: ${(cause as Error).message}`, { cause });
    }
  };
  const page = async (after: Position, upTo: Position, limit: number) =>
    (await query<Row>('page', pageOf(name), [after, upTo, limit])).map(recorded);
  const headNow = async () => {
    const [row] = await query<{ position: string }>('head', `select position from ${name}.counter`, []);
    return BigInt(row?.position ?? 0);
  };

  const head = headWatch(headNow, pollMs);
  const recent = recentEvents();
  const learn = (events: readonly RecordedEvent[]): void => {
    const last = events.at(-1);
    if (!last) return;
    recent.add(events);
    head.reached(last.position);
  };
  const committer = groupCommit({ config, schema: name, timeoutMs, maxBatch, committed: learn });

  /** Followers that ask for the same page at the same time get one answer. */
  const asking = new Map<string, Promise<readonly RecordedEvent[]>>();
  const nextPage = (last: Position, limit: number): Promise<readonly RecordedEvent[]> => {
    const key = `${last} ${limit}`;
    const asked =
      asking.get(key) ??
      page(last, END_OF_ALL, limit)
        .then((events) => {
          learn(events);
          return events;
        })
        .finally(() => asking.delete(key));
    asking.set(key, asked);
    return asked;
  };

  // Those who take what is there would only race each other.
  const unconditional = oneAtATime();
  const endOf = async (stream: string) => {
    const statement = `select revision from ${name}.streams where stream = $1`;
    return (await query<{ revision: number }>('end', statement, [stream]))[0]?.revision ?? NO_STREAM;
  };

  return {
    async read(stream, from = 0) {
      const rows = await query<Row & { head: number }>('read', readOf(name), [stream, from]);
      return {
        events: rows.filter(({ position }) => position !== null).map(recorded),
        revision: rows[0]?.head ?? NO_STREAM,
      };
    },

    async append(stream: string, events: readonly NewEvent[], expected: Expected) {
      if (events.length === 0) throw new RangeError('nothing to append');
      if (expected !== 'any') {
        const kept = await committer.append(stream, events, expected === 'none' ? NO_STREAM : expected);
        if (!kept) throw new RevisionConflict(stream, expected);
        return kept;
      }
      return unconditional(stream, async () => {
        for (;;) {
          const kept = await committer.append(stream, events, await endOf(stream));
          if (kept) return kept;
        }
      });
    },

    async follow(from, each, stop, limit = FOLLOW) {
      let last = from ?? '0';
      // Only the first time nothing is known of how far the history reaches; afterwards `head` says when there is more.
      for (let first = true; !stop.aborted; first = false) {
        const seen = head.mark(last);
        const more = first || seen > BigInt(last);
        const events = recent.after(last, limit) ?? (more ? await nextPage(last, limit).catch(() => undefined) : []);
        if (stop.aborted) return;
        if (!events) await head.pause(stop);
        else if (events.length === 0) await head.beyond(seen, stop);
        else {
          await each(events);
          last = events.at(-1)!.position;
        }
      }
    },

    async *scan(from) {
      const end = String(await headNow());
      for (let last = from ?? '0'; ;) {
        const events = await page(last, end, SCAN);
        if (events.length === 0) return;
        yield events;
        last = events.at(-1)!.position;
      }
    },

    async census(): Promise<Census> {
      // One statement, so one moment.
      const rows = await query<{ last: string; highest: string | null; stream: string | null; revision: number }>(
        'census',
        `select c.position as last, (select max(position) from ${name}.events) as highest, s.stream, s.revision
         from ${name}.counter c left join ${name}.streams s on true`,
        [],
      );
      const position = (value: string | null | undefined) => (value && value !== '0' ? value : undefined);
      return {
        last: position(rows[0]?.last),
        highest: position(rows[0]?.highest),
        heads: new Map(rows.flatMap(({ stream, revision }) => (stream === null ? [] : [[stream, revision] as const]))),
      };
    },

    after: (position) => String(BigInt(position ?? 0) + 1n),

    async behind(position): Promise<Behind> {
      // Positions have no gaps: what lies after one need not be counted.
      const [row] = await query<{ events: string; since: string | null }>(
        'behind',
        `select greatest(c.position - $1::bigint, 0) as events,
           (select meta ->> 'recordedAt' from ${name}.events e where e.position > $1::bigint order by e.position limit 1) as since
         from ${name}.counter c`,
        [position ?? '0'],
      );
      return { events: Number(row?.events ?? 0), ...(row?.since && { since: row.since }) };
    },

    async migrate() {
      const client = new Client({ ...config, statement_timeout: 60_000 });
      client.on('error', () => {});
      await client.connect();
      try {
        await client.query('begin');
        await client.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
        await client.query(schemaOf(name));
        await client.query('commit');
      } finally {
        await client.end();
      }
    },

    async close() {
      head.close();
      await committer.close();
      await pool.end();
    },
  };
};
