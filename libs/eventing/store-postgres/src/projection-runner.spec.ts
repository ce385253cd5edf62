import { jest } from '@jest/globals';
import { factKey, type Message, type Projection, projected, rowPerFact } from '@resguardo/eventing';
import { factMessage, type PushedFeed, pushedFeed } from '@resguardo/eventing/testing';
import * as fc from 'fast-check';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type ProjectionRunner, runProjection, type RunnerOptions } from './index.js';

jest.setTimeout(60_000);

interface Sum {
  readonly ids: readonly string[];
  readonly sum: number;
}

const BROKEN = 13;

/** Cannot do the number 13 unless it is `healed`. */
const sums = (version = 1, healed: () => boolean = () => false): Projection<Sum> => ({
  name: 'sums',
  version,
  keyOf: ({ type, caseId }) => (type === 'Noise' ? undefined : caseId),
  start: { ids: [], sum: 0 },
  evolve: (row, { type, id, data }) => {
    if (data['n'] === BROKEN && !healed()) throw new Error('cannot do 13');
    return type === 'Removed' ? undefined : { ids: [...row.ids, id], sum: row.sum + Number(data['n']) * version };
  },
  columns: {
    total: { type: 'integer', of: ({ sum }) => sum },
    members: { type: 'text[]', of: ({ ids }) => ids },
    at: { type: 'timestamptz', of: () => '2026-01-01T00:00:00.000Z' },
  },
  indexes: [['total', 'at'], ['members']],
});

let database: TestDatabase;
let pool: Pool;
let feed: PushedFeed;
let runners: { stop(): Promise<void> }[];

const openPool = (): Pool => {
  const opened = new Pool({ connectionString: database.url, max: 4 });
  // Specs end connections on purpose.
  opened.on('error', () => {});
  return opened;
};

beforeAll(async () => {
  database = await openTestDatabase();
  pool = openPool();
});
afterAll(async () => {
  await pool.end();
  await database.close();
});
beforeEach(() => {
  feed = pushedFeed();
  runners = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await pool.query('drop schema if exists read_models cascade');
});

const run = async <Row extends object>(
  projection: Projection<Row>,
  options: RunnerOptions & { pool?: Pool } = {},
): Promise<ProjectionRunner<Row>> => {
  const runner = await runProjection({ pool, feed, reader: 'home', projection, ...options });
  runners.push(runner);
  return runner;
};

const said = (caseId: string, revision: number, n = 1): Message => factMessage(caseId, revision, 'Said', { n });

const contents = async (runner: ProjectionRunner<any>): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    (await runner.documents.query<{ key: string; doc: unknown }>((table) => `select key, doc from ${table}`)).map(
      ({ key, doc }) => [key, doc],
    ),
  );

const expected = (projection: Projection<any>, messages: readonly Message[]): Record<string, unknown> =>
  Object.fromEntries(projected(projection, messages));

describe('projection runner', () => {
  it('keeps rows with their extra columns, and removes what evolve removes', async () => {
    const runner = await run(sums());
    feed.push(said('a', 0, 2), said('b', 0, 5), said('a', 1, 3), factMessage('b', 1, 'Removed', { n: 0 }));
    expect(await runner.waitFor('case-b', 1)).toBe(true);
    expect(await runner.documents.get('a')).toEqual({ ids: ['a-0', 'a-1'], sum: 5 });
    expect(await runner.documents.get('b')).toBeUndefined();
    expect(await runner.documents.getMany(['x', 'a'])).toEqual([{ ids: ['a-0', 'a-1'], sum: 5 }]);
    expect(
      await runner.documents.query(
        (table) => `select key, total from ${table} where members @> $1 and at < now()`,
        [['a-1']],
      ),
    ).toEqual([{ key: 'a', total: 5 }]);
  });

  it('says up to where it has applied everything and how many cases stand still; what is put around sees each batch', async () => {
    const batches: object[] = [];
    let held: Promise<void> = Promise.resolve();
    const runner = await run(sums(), {
      around: async ({ reader, follower, messages }, apply) => {
        await held;
        const done = await apply();
        batches.push({ reader, follower, ids: messages.map(({ id }) => id) });
        return done;
      },
    });
    expect([runner.position(), await runner.parkedCases()]).toEqual([undefined, 0]);
    feed.push(said('a', 0), said('b', 0, BROKEN));
    expect(await runner.waitFor('case-a', 0)).toBe(true);
    while (runner.position() !== '2') await new Promise(setImmediate);
    expect(await runner.parkedCases()).toBe(1);
    let go = (): void => {};
    held = new Promise((resolve) => (go = resolve));
    feed.push(said('a', 1));
    expect(await runner.waitFor('case-a', 1, 100)).toBe(false);
    expect(runner.position()).toBe('2');
    go();
    expect(await runner.waitFor('case-a', 1)).toBe(true);
    while (runner.position() !== '3') await new Promise(setImmediate);
    expect(batches).toEqual([
      { reader: 'home', follower: 'sums', ids: ['a-0', 'b-0'] },
      { reader: 'home', follower: 'sums', ids: ['a-1'] },
    ]);
  });

  it('keeps lists item by item: a fact writes what it changed, readers and a restart find the whole', async () => {
    interface Notes {
      readonly count: number;
      readonly notes: readonly { readonly text: string }[];
    }
    const notes: Projection<Notes> = {
      name: 'notes',
      version: 1,
      start: { count: 0, notes: [] },
      evolve: ({ count, notes: before }, { type, data }) => {
        const text = String(data['text']);
        const after =
          type === 'Dropped'
            ? before.filter((note) => note.text !== text)
            : type === 'Marked'
              ? before.map((note) => (note.text === text ? { text: `${text}!` } : note))
              : [...before, { text }];
        return type === 'Removed' ? undefined : { count: count + 1, notes: after };
      },
      columns: { texts: { type: 'text[]', of: (row) => row.notes.map(({ text }) => text) } },
      lists: ['notes'],
    };
    const noted = (revision: number, type: string, text: string): Message => factMessage('a', revision, type, { text });
    const items = async (): Promise<readonly { n: number; xmin: string }[]> =>
      (
        await pool.query<{ n: number; xmin: string }>(
          `select n, xmin::text from ${(await first.documents.table()).name.replace('_whole', '_items')} order by n`,
        )
      ).rows;
    const first = await run(notes);
    feed.push(noted(0, 'Said', 'one'), noted(1, 'Said', 'a "quoted\\" two'), noted(2, 'Said', 'three'));
    expect(await first.waitFor('case-a', 2)).toBe(true);
    const before = await items();
    feed.push(noted(3, 'Marked', 'three'), noted(4, 'Said', 'four'));
    expect(await first.waitFor('case-a', 4)).toBe(true);
    expect(await contents(first)).toEqual(expected(notes, feed.pushed));
    const after = await items();
    expect(after.map(({ n }) => n)).toEqual([0, 1, 2, 3]);
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]!.xmin).not.toBe(before[2]!.xmin);
    expect(
      await first.documents.query((table) => `select key from ${table} where texts @> $1`, [['a "quoted\\" two']]),
    ).toEqual([{ key: 'a' }]);

    await first.stop();
    const second = await run(notes);
    feed.push(noted(5, 'Dropped', 'one'), factMessage('b', 0, 'Said', { text: 'b' }), noted(6, 'Said', 'five'));
    expect(await second.waitFor('case-a', 6)).toBe(true);
    expect(await second.documents.get('a')).toEqual(projected(notes, feed.pushed).get('a'));
    feed.push(noted(7, 'Removed', ''), noted(8, 'Said', 'anew'), factMessage('b', 1, 'Removed'));
    expect(await second.waitFor('case-b', 1)).toBe(true);
    expect(await contents(second)).toEqual(expected(notes, feed.pushed));
    await second.rebuild();
    expect(await contents(second)).toEqual(expected(notes, feed.pushed));
  });

  it('what changes no row is known at once and written later; when it is lost before, it comes again', async () => {
    const noise = (caseId: string, revision: number): Message => factMessage(caseId, revision, 'Noise');
    const first = await run(sums());
    feed.push(said('a', 0));
    expect(await first.waitFor('case-a', 0)).toBe(true);
    const turn = async (): Promise<unknown> =>
      (await pool.query('select turn, position from read_models.instances')).rows;
    const before = await turn();
    feed.push(noise('a', 1), noise('b', 0));
    expect(await first.waitFor('case-b', 0)).toBe(true);
    expect(await turn()).toEqual(before);
    await first.stop();

    const second = await run(sums());
    feed.push(said('a', 2));
    expect(await second.waitFor('case-a', 2)).toBe(true);
    expect(await contents(second)).toEqual(expected(sums(), feed.pushed));
    feed.push(noise('a', 3));
    const end = performance.now() + 10_000;
    const written = async (): Promise<number> =>
      (await pool.query(`select revision from read_models.progress where stream = 'case-a'`)).rows[0].revision;
    while ((await written()) !== 3) if (performance.now() > end) throw new Error('the progress is never written');
  });

  it('what was postponed is not lost when another process wrote meanwhile', async () => {
    const noise = (revision: number): Message => factMessage('a', revision, 'Noise');
    const runner = await run(sums());
    feed.push(said('a', 0), noise(1));
    expect(await runner.waitFor('case-a', 1)).toBe(true);
    await pool.query('update read_models.instances set turn = turn + 1');
    feed.push(said('a', 2));
    expect(await runner.waitFor('case-a', 2)).toBe(true);
    expect(await contents(runner)).toEqual(expected(sums(), feed.pushed));
    expect(await runner.lagging()).toEqual([]);
  });

  it('goes on where it was after a restart', async () => {
    const first = await run(sums());
    feed.push(said('a', 0), said('a', 1));
    expect(await first.waitFor('case-a', 1)).toBe(true);
    await first.stop();
    feed.push(said('a', 2));
    const second = await run(sums());
    expect(await second.waitFor('case-a', 2)).toBe(true);
    expect(await contents(second)).toEqual(expected(sums(), feed.pushed));
  });

  it('applies only revision last + 1: lower is dropped, higher waits and shows as lag', async () => {
    const runner = await run(sums());
    feed.push(said('a', 0, 1), said('a', 0, 1), said('a', 2, 100), said('b', 0, 7));
    expect(await runner.waitFor('case-b', 0)).toBe(true);
    expect(await runner.documents.get('a')).toEqual({ ids: ['a-0'], sum: 1 });
    expect(await runner.lagging()).toEqual([{ stream: 'case-a', revision: 0, waiting: 1 }]);
    // Whoever reads the case is told that something is missing, before anybody asks for a revision.
    expect([await runner.gaps(), await runner.parkedCases()]).toEqual([1, 0]);
    expect(await runner.incomplete()).toEqual([{ stream: 'case-a', since: expect.stringMatching(/^2.*Z$/) }]);
    feed.push(said('a', 1, 10));
    expect(await runner.waitFor('case-a', 2)).toBe(true);
    expect(await runner.documents.get('a')).toEqual({ ids: ['a-0', 'a-1', 'a-2'], sum: 111 });
    expect(await runner.lagging()).toEqual([]);
    expect([await runner.gaps(), await runner.incomplete()]).toEqual([0, []]);
  });

  it('a withheld message moves the revision and nothing else', async () => {
    const runner = await run(sums());
    const { caseId, stream, revision, position, id } = said('a', 1);
    feed.push(said('a', 0), { caseId, stream, revision, position, id, withheld: true }, said('a', 2));
    expect(await runner.waitFor('case-a', 2)).toBe(true);
    expect(await runner.documents.get('a')).toEqual({ ids: ['a-0', 'a-2'], sum: 2 });
  });

  describe('a message that cannot be read', () => {
    const garbled = (caseId: string, revision: number): Message => {
      const { stream, position, id } = said(caseId, revision);
      return { caseId, stream, revision, position, id, withheld: false, unreadable: 'not JSON', raw: { text: '{' } };
    };

    it('parks its case and no other, whether it comes in its turn or early', async () => {
      const runner = await run(sums());
      feed.push(said('a', 0), garbled('a', 1), said('a', 2), garbled('c', 1), said('b', 0), said('c', 0), said('b', 1));
      expect(await runner.waitFor('case-b', 1)).toBe(true);
      expect(await runner.parked()).toMatchObject([
        { stream: 'case-a', revision: 1, error: 'Unreadable: not JSON', waiting: 2 },
        { stream: 'case-c', revision: 1, error: 'Unreadable: not JSON', waiting: 1 },
      ]);
      expect(await runner.retry('case-a')).toBe(false);
      expect(await runner.setAside('case-c', 1, 'Not to be recovered.')).toBe(true);
      expect(await runner.parked()).toMatchObject([{ stream: 'case-a', tries: 2 }]);
    });

    it('is tried once by the program that comes to a stand at it, however slowly that asks what stood before it', async () => {
      let answered = (): void => {};
      const answer = new Promise<void>((resolve) => (answered = resolve));
      const slow = Object.assign(Object.create(pool) as Pool, {
        query: async (...asked: [string]) => {
          if (!String(asked[0]).startsWith('select distinct p.stream')) return pool.query(...asked);
          await new Promise((resolve) => setTimeout(resolve, 300));
          return pool.query(...asked).finally(answered);
        },
      });
      feed.push(said('a', 0), garbled('a', 1), said('b', 0));
      const runner = await run(sums(), { pool: slow });
      expect(await runner.waitFor('case-b', 0)).toBe(true);
      await answer;
      // Whatever it tries by itself is done before the second.
      for (const _ of [1, 2]) expect(await runner.retry('case-a')).toBe(false);
      expect(await runner.parked()).toMatchObject([{ stream: 'case-a', tries: 3 }]);
    });

    it('is read again on retry, as the feed reads by then', async () => {
      let feedCan = false;
      feed.reread = (_, message) => (feedCan ? said(message.caseId, message.revision) : message);
      const runner = await run(sums());
      feed.push(said('a', 0), garbled('a', 1), said('a', 2), said('b', 0));
      expect(await runner.waitFor('case-b', 0)).toBe(true);
      expect(await runner.retry('case-a')).toBe(false);
      feedCan = true;
      expect(await runner.retry('case-a')).toBe(true);
      expect(await runner.documents.get('a')).toMatchObject({ ids: ['a-0', 'a-1', 'a-2'] });
      expect(await runner.lagging()).toEqual([]);
    });

    it.each([
      ['in the same batch', false],
      ['later, after a restart', true],
    ])('gives way to a copy that can be read, %s; also in a rebuild', async (_, later) => {
      let runner = await run(sums());
      feed.push(said('a', 0), garbled('a', 2), garbled('a', 1), said('b', 0));
      if (later) {
        expect(await runner.waitFor('case-b', 0)).toBe(true);
        await runner.stop();
        runner = await run(sums());
      }
      feed.push(said('a', 2), said('a', 1), said('a', 1), said('a', 3));
      expect(await runner.waitFor('case-a', 3)).toBe(true);
      expect(await runner.documents.get('a')).toMatchObject({ ids: ['a-0', 'a-1', 'a-2', 'a-3'] });
      expect([await runner.parked(), await runner.lagging()]).toEqual([[], []]);
      await runner.rebuild();
      expect(await runner.documents.get('a')).toMatchObject({ ids: ['a-0', 'a-1', 'a-2', 'a-3'] });
      expect([await runner.parked(), await runner.lagging()]).toEqual([[], []]);
    });
  });

  it('answers "behind" when the revision does not come in time', async () => {
    const runner = await run(sums());
    feed.push(said('a', 0));
    expect(await runner.waitFor('case-a', 0)).toBe(true);
    expect(await runner.waitFor('case-a', 1, 30)).toBe(false);
  });

  it('tells listeners in the process which streams moved', async () => {
    const runner = await run(sums());
    const told = new Promise((resolve) => {
      runner.onApplied(({ streams, keys }) => resolve([[...streams], keys]));
    });
    feed.push(said('a', 0), said('a', 1));
    expect(await told).toEqual([[['case-a', 1]], ['a']]);
  });

  describe('a message that cannot be applied', () => {
    it('parks its case and no other; later messages of the case wait in order; retry goes on', async () => {
      let healed = false;
      const runner = await run(sums(1, () => healed));
      feed.push(said('a', 0), said('a', 1, BROKEN), said('b', 0), said('a', 2, 7));
      feed.push(said('a', 3, 8), said('b', 1));
      expect(await runner.waitFor('case-b', 1)).toBe(true);
      expect(await runner.documents.get('a')).toEqual({ ids: ['a-0'], sum: 1 });
      expect(await runner.parked()).toEqual([
        {
          stream: 'case-a',
          revision: 1,
          error: 'Error: cannot do 13',
          since: expect.any(String),
          tries: 1,
          waiting: 3,
          caseId: 'a',
          type: 'Said',
        },
      ]);

      expect(await runner.incompleteSince('case-a')).toBe((await runner.parked())[0]?.since);
      expect(await runner.incompleteSince('case-b')).toBeUndefined();
      // What waits behind it waits for it, and for nothing that did not come.
      expect(await runner.gaps()).toBe(0);

      expect(await runner.retry('case-a')).toBe(false);
      expect(await runner.parked()).toMatchObject([{ revision: 1, tries: 2 }]);

      healed = true;
      expect(await runner.retry('case-a')).toBe(true);
      expect(await runner.parked()).toEqual([]);
      expect(await contents(runner)).toEqual(
        expected(
          sums(1, () => true),
          feed.pushed,
        ),
      );
      feed.push(said('a', 4));
      expect(await runner.waitFor('case-a', 4)).toBe(true);
    });

    it('is tried once more at the next start, when a newer program may take it', async () => {
      const before = await run(sums());
      feed.push(said('a', 0), said('a', 1, BROKEN), said('a', 2, 7));
      await parkedAt(before, 1);
      await before.stop();
      const newer = await run(sums(1, () => true));
      expect(await newer.waitFor('case-a', 2)).toBe(true);
      expect(await newer.parked()).toEqual([]);
    });

    it('is set aside with a reason, which a rebuild repeats', async () => {
      const runner = await run(sums());
      feed.push(said('a', 0), said('a', 1, BROKEN), said('a', 2, 7));
      await parkedAt(runner, 1);
      await expect(runner.setAside('case-a', 2, 'typing error')).rejects.toThrow('does not stand still at revision 2');
      expect(await runner.setAside('case-a', 1, 'typing error of the sender')).toBe(true);
      const after = { a: { ids: ['a-0', 'a-2'], sum: 8 } };
      expect(await contents(runner)).toEqual(after);
      await runner.rebuild();
      expect(await contents(runner)).toEqual(after);
      expect(await runner.parked()).toEqual([]);
    });

    it('once set aside it is missing for ever: the case is said to be incomplete since it came to stand, also after a rebuild', async () => {
      const runner = await run(sums());
      feed.push(said('a', 0), said('a', 1, BROKEN), said('b', 0), said('b', 1, BROKEN));
      await parkedAt(runner, 1);
      expect(await runner.waitFor('case-b', 0)).toBe(true);
      const [a, b] = await runner.parked();
      await runner.setAside('case-a', 1, 'typing error of the sender');
      const lacking = [
        { stream: 'case-a', since: a!.since },
        { stream: 'case-b', since: b!.since },
      ];
      expect(await runner.incomplete()).toEqual(lacking);
      await runner.rebuild();
      expect(await runner.parked()).toMatchObject([{ stream: 'case-b' }]);
      expect((await runner.incomplete())[0]).toEqual(lacking[0]);
      expect(await runner.incompleteSince('case-a')).toBe(a!.since);
    });

    it('is parked too when only the database finds it out, also among many', async () => {
      const projection: Projection<Sum> = {
        ...sums(),
        columns: { total: { type: 'integer', of: ({ sum }) => (sum > 1000 ? 'too much' : sum) } },
        indexes: [],
      };
      const runner = await run(projection);
      feed.push(
        ...[0, 1, 2].flatMap((revision) => [said('a', revision), said('b', revision, 600), said('c', revision)]),
        factMessage('d', 0, 'Said', { n: 1, text: 'nul \0 byte' }),
      );
      expect(await runner.waitFor('case-c', 2)).toBe(true);
      expect(await runner.waitFor('case-d', 0)).toBe(true);
      expect(await runner.parked()).toMatchObject([{ stream: 'case-b', revision: 1, waiting: 2 }]);
      expect(await contents(runner)).toMatchObject({ a: { sum: 3 }, b: { sum: 600 }, c: { sum: 3 }, d: { sum: 1 } });
      feed.push(said('a', 3));
      expect(await runner.waitFor('case-a', 3)).toBe(true);
    });
  });

  it('a raised version fills a table beside and switches when it has caught up', async () => {
    const old = await run(sums(1));
    feed.push(said('a', 0), said('b', 0), said('a', 1));
    expect(await old.waitFor('case-a', 1)).toBe(true);
    const before = await old.documents.table();
    await old.stop();

    const raised = await run(sums(2));
    await inUse(raised, (name) => name !== before.name);
    expect(await contents(raised)).toEqual(expected(sums(2), feed.pushed));
    feed.push(said('a', 2));
    expect(await raised.waitFor('case-a', 2)).toBe(true);
    expect(await raised.documents.get('a')).toEqual({ ids: ['a-0', 'a-1', 'a-2'], sum: 6 });
    const isThere = async () => (await pool.query('select to_regclass($1) as there', [before.name])).rows[0].there;
    expect(await isThere()).not.toBeNull();
  });

  it('the table of the version before goes by itself, with what the new one leaves out', async () => {
    const old = await run(sums(1));
    feed.push(said('a', 0));
    expect(await old.waitFor('case-a', 0)).toBe(true);
    const before = await old.documents.table();
    await old.stop();
    await run(sums(2), { graceMs: 200 });
    for (const late = Date.now() + 10_000; Date.now() < late;) {
      const { rows } = await pool.query<{ there: string | null }>('select to_regclass($1) as there', [before.name]);
      if (rows[0]!.there === null) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${before.name} is still there`);
  });

  it('changed columns under the same version are refused at the start', async () => {
    await (await run(sums())).stop();
    await expect(run({ ...sums(), columns: {}, indexes: [] })).rejects.toThrow('version 1 has to be raised');
  });

  it('a rebuild goes on taking facts, holds the same afterwards, and its table takes the place', async () => {
    const runner = await run(sums(), { limit: 50 });
    feed.push(...Array.from({ length: 500 }, (_, i) => said(`case${i % 20}`, Math.floor(i / 20))));
    expect(await runner.waitFor('case-case19', 24)).toBe(true);
    const { name } = await runner.documents.table();
    const rebuilt = runner.rebuild();
    feed.push(...Array.from({ length: 100 }, (_, i) => said(`case${i % 20}`, 25 + Math.floor(i / 20))));
    await rebuilt;
    expect((await runner.documents.table()).name).not.toBe(name);
    expect(await runner.waitFor('case-case19', 29)).toBe(true);
    expect(await contents(runner)).toEqual(expected(sums(), feed.pushed));
  });

  it('a row per fact, changed by a correction', async () => {
    interface Line {
      readonly n: number;
      readonly corrected: boolean;
    }
    const lines = rowPerFact<Line>({
      name: 'lines',
      version: 1,
      row: ({ type, data }) => (type === 'Said' ? { n: Number(data['n']), corrected: false } : undefined),
      changes: ({ type, data }) => (type === 'Corrected' ? [Number(data['revision'])] : []),
      change: (row) => ({ ...row, corrected: true }),
    });
    const runner = await run(lines);
    feed.push(said('a', 0, 4), said('a', 1, 5), factMessage('a', 2, 'Corrected', { revision: 0 }));
    expect(await runner.waitFor('case-a', 2)).toBe(true);
    expect(await contents(runner)).toEqual({
      [factKey('case-a', 0)]: { n: 4, corrected: true },
      [factKey('case-a', 1)]: { n: 5, corrected: false },
    });
  });

  it('equals the fold of the history and its own rebuild, whatever order and repetition it came in', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 9 })), { maxLength: 60 }),
        fc.array(fc.nat(), { minLength: 60, maxLength: 60 }),
        fc.constantFrom(1, 7, 1000),
        async (facts, disorder, limit) => {
          const schema = `property_${round++}`;
          const heads = new Map<number, number>();
          const history = facts.map(([stream, n]) => {
            const revision = (heads.get(stream) ?? -1) + 1;
            heads.set(stream, revision);
            return factMessage(`s${stream}`, revision, n === 9 ? 'Removed' : n === 8 ? 'Noise' : 'Said', { n });
          });
          // Every message at least once, anywhere, and some of them again.
          const sent = history
            .flatMap((message, i) => (disorder[i % 60]! % 3 === 0 ? [message, message] : [message]))
            .map((message, i) => ({ message, rank: (disorder[(i * 7) % 60]! % 40) + i }))
            .sort((a, b) => a.rank - b.rank)
            .map(({ message }) => message);
          feed = pushedFeed();
          feed.push(...sent);
          const runner = await runProjection({ pool, feed, reader: 'home', projection: sums(), schema, limit });
          try {
            for (const [stream, revision] of heads)
              expect(await runner.waitFor(`case-s${stream}`, revision, 10_000)).toBe(true);
            expect(await contents(runner)).toEqual(expected(sums(), history));
            await runner.rebuild();
            expect(await contents(runner)).toEqual(expected(sums(), history));
            expect(await runner.lagging()).toEqual([]);
          } finally {
            await runner.stop();
            await pool.query(`drop schema ${schema} cascade`);
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it('two runners on one projection apply nothing twice', async () => {
    const otherPool = openPool();
    const [one, two] = await Promise.all([run(sums(), { limit: 7 }), run(sums(), { limit: 11, pool: otherPool })]);
    for (let i = 0; i < 400; i += 8) feed.push(...Array.from({ length: 8 }, (_, j) => said(`case${j}`, i / 8)));
    for (let j = 0; j < 8; j++) {
      expect(await one.waitFor(`case-case${j}`, 49, 10_000)).toBe(true);
      expect(await two.waitFor(`case-case${j}`, 49, 10_000)).toBe(true);
    }
    expect(await contents(one)).toEqual(expected(sums(), feed.pushed));

    await one.rebuild();
    feed.push(said('case0', 50));
    expect(await two.waitFor('case-case0', 50, 10_000)).toBe(true);
    expect(await one.waitFor('case-case0', 50, 10_000)).toBe(true);
    expect(await contents(two)).toEqual(expected(sums(), feed.pushed));
    await Promise.all([one.stop(), two.stop()]);
    await otherPool.end();
  });

  it('survives its connections being ended in the middle, and applies nothing twice', async () => {
    const trouble: unknown[] = [];
    const runner = await run(sums(), { limit: 5, onError: (error) => trouble.push(error) });
    const killer = new Pool({ connectionString: database.url, max: 1 });
    let rounds = 0;
    // Until an ending fell into the middle of something: one between two batches troubles nobody.
    for (; rounds < 60 || trouble.length === 0; rounds++) {
      feed.push(...Array.from({ length: 5 }, (_, j) => said(`case${j}`, rounds)));
      if (rounds % 4 === 0)
        await killer.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
    }
    await killer.end();
    for (let j = 0; j < 5; j++) expect(await waitPatiently(runner, `case-case${j}`, rounds - 1)).toBe(true);
    expect(await contents(runner)).toEqual(expected(sums(), feed.pushed));
  });

  it('runners stopped and started at any moment apply nothing twice and lose nothing', async () => {
    feed.push(...Array.from({ length: 2000 }, (_, i) => said(`case${i % 10}`, Math.floor(i / 10))));
    for (let i = 0; i < 10; i++) {
      const runner = await run(sums(), { limit: 20 });
      await runner.waitFor('case-case9', i * 20, 5_000);
      await runner.stop();
    }
    const last = await run(sums());
    for (let j = 0; j < 10; j++) expect(await last.waitFor(`case-case${j}`, 199, 10_000)).toBe(true);
    expect(await contents(last)).toEqual(expected(sums(), feed.pushed));
  });
});

/** The spec's own question may lose its connection too. */
const waitPatiently = async (runner: ProjectionRunner<any>, stream: string, revision: number): Promise<boolean> => {
  for (let attempt = 0; ; attempt++)
    try {
      return await runner.waitFor(stream, revision, 20_000);
    } catch (error) {
      if (attempt > 5) throw error;
    }
};

const parkedAt = async (runner: ProjectionRunner<any>, revision: number): Promise<void> => {
  const end = performance.now() + 5_000;
  while ((await runner.parked())[0]?.revision !== revision)
    if (performance.now() > end) throw new Error('nothing is parked');
};

const inUse = async (runner: ProjectionRunner<any>, right: (name: string) => boolean): Promise<void> => {
  const end = performance.now() + 5_000;
  for (;;) {
    const { name, complete } = await runner.documents.table();
    if (complete && right(name)) return;
    if (performance.now() > end) throw new Error('the table was not switched');
  }
};
