import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '@resguardo/contracts';
import { startPostgres } from '@resguardo/embedded-postgres';
import { type Auditable, type Projection, storeFeed } from '@resguardo/eventing';
import { caseCards, timelineEntries } from '@resguardo/home';
import { countedCases } from '@resguardo/insights';
import { accessLog, caseParts, glassLog, refusalLog } from '@resguardo/oversight';
import { pseudonyms, told } from '@resguardo/service';
import { type Parked, postgresEventStore, runProjection } from '@resguardo/store-postgres';
import { Pool } from 'pg';

const EVERYWHERE: readonly Projection<any>[] = [timelineEntries, caseCards];
const AUDIT: readonly Projection<any>[] = [accessLog, refusalLog, glassLog, caseParts];
/** What each service makes of the timeline. One that is missing here is noticed. */
export const projectionsOf = (service: Service): readonly Projection<any>[] =>
  service === 'insights' ? [countedCases] : service === 'oversight' ? [...EVERYWHERE, ...AUDIT] : EVERYWHERE;

/** Those that lie in the database of the single process, with the service that reads for each. */
const PROJECTIONS: readonly (readonly [Service, Projection<any>])[] = [
  ...EVERYWHERE.map((projection) => ['coordination', projection] as const),
  ...AUDIT.map((projection) => ['oversight', projection] as const),
  ['insights', countedCases],
];

type Tables = Readonly<Record<string, readonly object[]>>;

export interface FollowedAndRebuilt {
  readonly followed: Tables;
  readonly rebuilt: Tables;
  /** Cases that stand still, before or after. */
  readonly parked: readonly Parked[];
}

/** What each projection of one database holds, up to the last fact of a history, and what it holds when it is filled anew from the beginning. */
const rebuiltIn = async (
  pool: Pool,
  store: Auditable,
  pseudonymKey: Buffer,
  projections: readonly (readonly [Service, Projection<any>])[],
): Promise<FollowedAndRebuilt> => {
  const pseudonym = pseudonyms(pseudonymKey);
  const mapping = told(pseudonym);
  const feed = storeFeed(store, (event, reader) => mapping(event, reader as Service));
  const knownAs = (reader: Service, stream: string): string =>
    reader === 'insights' ? stream.replace(/(?<=^[a-z]+-).*/, pseudonym) : stream;
  const followed: Record<string, readonly object[]> = {};
  const rebuilt: Record<string, readonly object[]> = {};
  const parked: Parked[] = [];
  const { rows } = await pool.query<{ projection: string }>(
    `select projection from read_models.instances where state = 'active' order by projection`,
  );
  expect(rows.map(({ projection }) => projection)).toEqual(projections.map(([, { name }]) => name).sort());
  const { heads } = await store.census();
  for (const [reader, projection] of projections) {
    const runner = await runProjection<object>({ pool, feed, reader, projection });
    const all = () => runner.documents.query<object>((table) => `select * from ${table} order by key`);
    const { name } = await runner.table();
    // A product that stops may leave facts that were not followed yet.
    for (const [stream, revision] of heads)
      if (reader === 'oversight' || !stream.startsWith('access-'))
        expect([stream, await runner.waitFor(knownAs(reader, stream), revision, 60_000)]).toEqual([stream, true]);
    parked.push(...(await runner.parked()));
    followed[projection.name] = await all();
    await runner.rebuild();
    expect((await runner.table(true)).name).not.toBe(name);
    parked.push(...(await runner.parked()));
    rebuilt[projection.name] = await all();
    await runner.stop();
  }
  return { followed, rebuilt, parked };
};

/** The same of a stopped product in one process. */
export const followedAndRebuilt = async (dataFolder: string): Promise<FollowedAndRebuilt> => {
  const postgres = await startPostgres({ dir: join(dataFolder, 'postgres') });
  const pool = new Pool({ connectionString: postgres.url });
  pool.on('error', () => {});
  const store = postgresEventStore({ connection: postgres.url });
  try {
    return await rebuiltIn(pool, store, readFileSync(join(dataFolder, 'secrets', 'pseudonym-key')), PROJECTIONS);
  } finally {
    await store.close();
    await pool.end();
    await postgres.stop();
  }
};

/**
 * The same of one service’s database that no program works on, by the history that lies in coordination’s.
 * @param pseudonymKey coordination’s
 */
export const rebuiltOfService = async (
  service: Service,
  url: string,
  store: Auditable,
  pseudonymKey: Buffer,
): Promise<FollowedAndRebuilt> => {
  const pool = new Pool({ connectionString: url });
  pool.on('error', () => {});
  // Its place is one on Kafka; from the beginning of the store it passes over what it knows.
  await pool.query('update read_models.instances set position = null');
  return rebuiltIn(
    pool,
    store,
    pseudonymKey,
    projectionsOf(service).map((projection) => [service, projection] as const),
  ).finally(() => pool.end());
};
