import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kafkaFeed, orderKey, partitionOf, topicOf } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { type Service, SERVICE_OF, SERVICES } from '@resguardo/contracts';
import { type Feed, type RecordedEvent, storeFeed } from '@resguardo/eventing';
import { type KeptStore, pseudonyms, told } from '@resguardo/service';
import { postgresEventStore, runProjection } from '@resguardo/store-postgres';
import { Kafka, logLevel } from 'kafkajs';
import { Pool } from 'pg';
import type { Distributed } from '../../../infra/distributed/index.js';
import { type Program, PROGRAMS } from '../../../infra/programs.js';
import { projectionsOf } from '../../e2e/support/rebuild.js';
import {
  type Acknowledged,
  commandFindings,
  feedFindings,
  type FeedRecord,
  rowFindings,
  type Rows,
} from './checker.js';
import { everyRecord } from './records.js';

const codec = cloudEvents();
const quietLog = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const PATIENCE_MS = 180_000;

const AGENCIES: readonly string[] = Object.values(SERVICE_OF);

const withPool = async <T>(connectionString: string, work: (pool: Pool) => Promise<T>): Promise<T> => {
  const pool = new Pool({ connectionString, max: 8 });
  pool.on('error', () => {});
  return work(pool).finally(() => pool.end());
};

/** A timeline's store, to be read. */
export type OpenStore = () => Promise<Pick<KeptStore, 'scan' | 'follow' | 'close'>>;

/** What the store holds and each reader is to be told of it. @param open the store; coordination's database unless given */
export const exchangeOf = (
  all: Distributed,
  open: OpenStore = async () => postgresEventStore({ connection: all.databases.coordination }),
) => {
  const tell = told(pseudonyms(readFileSync(join(all.secretsOf('coordination'), 'pseudonym-key'))));
  const withStore = async <T>(work: (store: Awaited<ReturnType<OpenStore>>) => Promise<T>): Promise<T> => {
    const store = await open();
    return work(store).finally(() => store.close());
  };

  const history = (): Promise<readonly RecordedEvent[]> =>
    withStore(async (store) => {
      const events: RecordedEvent[] = [];
      for await (const batch of store.scan()) events.push(...batch);
      return events;
    });

  /** Head of every stream that this reader is told of, by the name that it is told. */
  const headsFor = (reader: Service, events: readonly RecordedEvent[]): ReadonlyMap<string, number> =>
    new Map(
      events.flatMap((event) => {
        const message = tell(event, reader);
        return message ? [[message.stream, message.revision] as const] : [];
      }),
    );

  /** What is still under way: kept, not yet on the feeds, not yet in a view, standing still. Nothing: all is quiet. */
  const underWay = async (events: readonly RecordedEvent[]): Promise<readonly string[]> => {
    const found: string[] = [];
    for (const service of PROGRAMS)
      await withPool(all.databases[service], async (pool) => {
        const heads = headsFor(service, events);
        if (service === 'coordination') {
          const { rows } = await pool.query<{ position: string }>('select position from relay_checkpoint');
          const saved = rows[0]?.position;
          const reached = saved === undefined ? -1 : events.findIndex(({ position }) => position === saved);
          // What was carried and is not among these was appended after they were read, or taken away by a test.
          const isBehind = saved === undefined || (reached >= 0 && reached < events.length - 1);
          if (isBehind && events.length > 0) found.push('the relay is behind');
        } else if (AGENCIES.includes(service)) {
          const { rows } = await pool.query<{ count: number }>(
            `select count(*)::int from outbox.entry where state = 'WAITING'`,
          );
          if (rows[0]!.count > 0) found.push(`${service} keeps ${rows[0]!.count}`);
        }
        const { rows } = await pool.query<{ name: string; at: Record<string, number>; standing: number }>(
          `select i.projection as name,
             (select coalesce(json_object_agg(stream, revision), '{}') from read_models.progress where instance = i.id) as at,
             (select count(*)::int from read_models.waiting where instance = i.id) as standing
           from read_models.instances i where i.state = 'active'`,
        );
        for (const { name, at, standing } of rows) {
          const behind = [...heads].filter(([stream, head]) => (at[stream] ?? -1) < head);
          if (behind.length + standing > 0)
            found.push(`${service} ${name}: ${behind.length} streams behind, ${standing} messages wait`);
        }
      });
    return found;
  };

  /** Until nothing is under way. @throws Error saying what is, after three minutes */
  const quiet = async (): Promise<readonly RecordedEvent[]> => {
    let found: readonly string[] = [];
    for (const end = Date.now() + PATIENCE_MS; Date.now() < end;) {
      const events = await history();
      found = await underWay(events);
      // What was handed over while it looked is not among those that it looked at.
      if (found.length === 0 && (await history()).length === events.length) return events;
      // It asks every database of the machine that is to catch up.
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error(`not quiet: ${found.join('; ')}`);
  };

  /** What the feed of a reader holds of these, and where. */
  const messagesFor = (reader: Service, events: readonly RecordedEvent[]) =>
    events.flatMap((event) => {
      const message = tell(event, reader);
      if (!message) return [];
      const { stream, revision } = message;
      return [{ stream, revision, partition: partitionOf(orderKey(stream)), wire: codec.encode(message, reader) }];
    });

  const feeds = async (): Promise<ReadonlyMap<Service, readonly FeedRecord[]>> => {
    const kafka = new Kafka({ ...all.kafka.connection(), logLevel: logLevel.NOTHING });
    const records = await everyRecord(kafka, SERVICES.map(topicOf));
    return new Map(
      SERVICES.map((reader) => [
        reader,
        records.get(topicOf(reader))!.map(({ partition, message: { key, headers = {}, value, offset } }) => ({
          ...{ partition, offset, key: key?.toString() ?? '', value },
          headers: Object.fromEntries(Object.entries(headers).map(([name, said]) => [name, String(said)])),
        })),
      ]),
    );
  };

  /** Each view of a service as it is, and as it is when it is filled anew beside it, from the beginning of what the service follows. */
  const viewsOf = (
    service: Program,
    events: readonly RecordedEvent[],
    patienceMs: number,
  ): Promise<readonly string[]> =>
    withPool(all.databases[service], (pool) =>
      withStore(async (store) => {
        const fed = kafkaFeed({ connection: all.kafka.connection(service), codec, log: quietLog });
        const feed: Feed = service === 'coordination' ? storeFeed(store, (e, r) => tell(e, r as Service)) : fed;
        const heads = headsFor(service, events);
        const schema = 'filled_anew';
        const { rows: known } = await pool.query<{ projection: string; table: string }>(
          `select projection, format('read_models.%s_v%s_%s', projection, version, id) as table
           from read_models.instances where state = 'active'`,
        );
        try {
          const found = await Promise.all(
            projectionsOf(service).map(async (projection) => {
              const runner = await runProjection({ pool, feed, reader: service, projection, schema });
              try {
                for (const [stream, head] of heads)
                  if (!(await runner.waitFor(stream, head, patienceMs)))
                    return [`${service} ${projection.name} cannot be filled anew: ${stream} does not reach ${head}`];
                const used = known.find(({ projection: name }) => name === projection.name);
                if (!used) return [`${service} has no ${projection.name}`];
                const whole = `${used.table}${projection.lists?.length ? '_whole' : ''}`;
                return rowFindings(
                  `${service} ${projection.name}`,
                  (await pool.query<Rows[number]>(`select * from ${whole}`)).rows,
                  await runner.documents.query<Rows[number]>((table) => `select * from ${table}`),
                );
              } finally {
                await runner.stop();
              }
            }),
          );
          return found.flat();
        } finally {
          await fed.close();
          await pool.query(`drop schema if exists ${schema} cascade`);
        }
      }),
    );

  /**
   * Compares, when all is quiet: what was answered with the store, every feed with the store, every view with the same view filled anew.
   * @param byHand by reader: records (`partition@offset`) that a test put there itself
   * @param patienceMs for one view to be filled anew
   */
  const check = async (
    answered: readonly Acknowledged[],
    byHand: ReadonlyMap<Service, ReadonlySet<string>> = new Map(),
    patienceMs = PATIENCE_MS,
  ): Promise<Checked> => {
    const events = await quiet();
    const records = await feeds();
    const fed = SERVICES.map((reader) =>
      feedFindings(reader, messagesFor(reader, events), records.get(reader)!, byHand.get(reader)),
    );
    const views: string[] = [];
    for (const service of PROGRAMS) views.push(...(await viewsOf(service, events, patienceMs)));
    return {
      commands: answered.length,
      facts: events.length,
      records: [...records.values()].reduce((sum, { length }) => sum + length, 0),
      repeats: fed.reduce((sum, one) => sum + one.repeats, 0),
      found: [...commandFindings(answered, events), ...fed.flatMap(({ found }) => found), ...views],
    };
  };
  return { history, quiet, feeds, messagesFor, check };
};

export interface Checked {
  readonly commands: number;
  readonly facts: number;
  readonly records: number;
  /** Records that came again. */
  readonly repeats: number;
  readonly found: readonly string[];
}
