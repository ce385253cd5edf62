import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, toMessage } from '@resguardo/contracts';
import { startPostgres } from '@resguardo/embedded-postgres';
import { type Message, type Projection, storeFeed } from '@resguardo/eventing';
import { caseCards, timelineEntries } from '@resguardo/home';
import { countedCases } from '@resguardo/insights';
import { accessLog, caseParts, glassLog, refusalLog } from '@resguardo/oversight';
import { pseudonyms } from '@resguardo/service';
import { type Parked, postgresEventStore, runProjection } from '@resguardo/store-postgres';
import { Pool } from 'pg';

/** Every projection of the product, with the service that reads for it. One that is missing here is noticed. */
const PROJECTIONS: readonly (readonly [Service, Projection<any>])[] = [
  ['coordination', timelineEntries],
  ['coordination', caseCards],
  ['oversight', accessLog],
  ['oversight', refusalLog],
  ['oversight', glassLog],
  ['oversight', caseParts],
  ['insights', countedCases],
];

type Tables = Readonly<Record<string, readonly object[]>>;

/**
 * What each projection of a stopped product holds, up to the last fact, and what it holds when it is filled anew from the beginning.
 * `parked`: cases that stand still, before or after.
 */
export const followedAndRebuilt = async (
  dataFolder: string,
): Promise<{ readonly followed: Tables; readonly rebuilt: Tables; readonly parked: readonly Parked[] }> => {
  const postgres = await startPostgres({ dir: join(dataFolder, 'postgres') });
  const pool = new Pool({ connectionString: postgres.url });
  pool.on('error', () => {});
  const store = postgresEventStore({ connection: postgres.url });
  const pseudonym = pseudonyms(readFileSync(join(dataFolder, 'secrets', 'pseudonym-key')));
  const feed = storeFeed(
    store,
    (event, reader) => toMessage(reader as Service, event, pseudonym) as unknown as Message,
  );
  const knownAs = (reader: Service, stream: string): string =>
    reader === 'insights' ? stream.replace(/(?<=^[a-z]+-).*/, pseudonym) : stream;
  const followed: Record<string, readonly object[]> = {};
  const rebuilt: Record<string, readonly object[]> = {};
  const parked: Parked[] = [];
  try {
    const { rows } = await pool.query<{ projection: string }>(
      `select projection from read_models.instances where state = 'active' order by projection`,
    );
    expect(rows.map(({ projection }) => projection)).toEqual(PROJECTIONS.map(([, { name }]) => name).sort());
    const { heads } = await store.census();
    for (const [reader, projection] of PROJECTIONS) {
      const runner = await runProjection<object>({ pool, feed, reader, projection });
      const all = () => runner.documents.query<object>((table) => `select * from ${table} order by key`);
      const { name } = await runner.table();
      // A product that stops may leave facts that were not followed yet.
      for (const [stream, revision] of heads)
        expect([stream, await runner.waitFor(knownAs(reader, stream), revision, 60_000)]).toEqual([stream, true]);
      parked.push(...(await runner.parked()));
      followed[projection.name] = await all();
      await runner.rebuild();
      expect((await runner.table(true)).name).not.toBe(name);
      parked.push(...(await runner.parked()));
      rebuilt[projection.name] = await all();
      await runner.stop();
    }
  } finally {
    await store.close();
    await pool.end();
    await postgres.stop();
  }
  return { followed, rebuilt, parked };
};
