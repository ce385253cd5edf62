import { generateKeyPairSync } from 'node:crypto';
import { type Verdict, verifyHistory } from '@resguardo/eventing';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { dailyCheck, untilStopped, type UpkeepLog, upkeepLog } from './upkeep.js';

const DAY = 86_400_000;
const START = Date.parse('2026-03-02T10:00:00.000Z');
const at = (days: number) => new Date(START + days * DAY).toISOString();

describe('what was done last to keep the history', () => {
  let database: TestDatabase;
  let pool: Pool;
  let upkeep: UpkeepLog;
  let now: string;
  let verdict: Verdict;
  let verified: number;
  let cried: object[];
  const check = () =>
    dailyCheck(
      {
        upkeep,
        clock: () => now,
        verify: async () => {
          verified++;
          return verdict;
        },
      },
      { error: (what: object) => void cried.push(what) } as never,
    )();
  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url });
    pool.on('error', () => {});
    upkeep = upkeepLog(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('D6: the whole history is verified once a day, and what was found outlives a restart', async () => {
    expect(await upkeep.last()).toEqual({ copies: {} });
    [verified, cried, verdict] = [0, [], { events: 7, streams: 2, unsigned: 1 }];
    for (const days of [0, 0.5, 0.99]) {
      now = at(days);
      await check();
    }
    expect([verified, await upkeepLog(pool).last()]).toEqual([
      1,
      { copies: {}, history: { at: at(0), events: 7, unsigned: 1 } },
    ]);
    now = at(1);
    await check();
    expect([verified, (await upkeep.last()).history?.at, cried]).toEqual([2, at(1), []]);
  });

  it('a history that is broken is cried out, and is broken since it was found so first; no case is named', async () => {
    const stream = 'case-00000000-0000-4000-8000-000000000001';
    verdict = {
      events: 7,
      streams: 2,
      unsigned: 7,
      broken: { stream, revision: 1, position: '4', eventId: 'e', why: 'altered' },
    };
    for (const days of [2, 3]) {
      now = at(days);
      await check();
    }
    const broken = { why: 'altered', position: '4', since: at(2) };
    expect((await upkeep.last()).history).toEqual({ at: at(3), events: 7, unsigned: 7, broken });
    expect(cried).toEqual([broken, broken]);
    expect(JSON.stringify([await upkeep.last(), cried])).not.toContain('case-');
    verdict = { events: 7, streams: 2, unsigned: 0 };
    now = at(4);
    await check();
    expect((await upkeep.last()).history).toEqual({ at: at(4), events: 7, unsigned: 0 });
  });
});

it('whoever stops waits for no verification: it ends between two batches, and nothing is written down', async () => {
  const stop = new AbortController();
  let batches = 0;
  const long = {
    census: async () => ({ last: undefined, highest: undefined, heads: new Map() }),
    after: () => undefined,
    scan: async function* () {
      while (batches < 10) {
        if (++batches === 3) stop.abort();
        yield [];
      }
    },
  };
  const verify = () =>
    verifyHistory(untilStopped(long, stop.signal), {
      checkpoints: { all: async () => [] },
      publicKey: generateKeyPairSync('ed25519').publicKey,
    });
  const noted: string[] = [];
  const upkeep = { last: async () => ({}), note: async (what: string) => void noted.push(what) } as UpkeepLog;
  await expect(dailyCheck({ upkeep, verify, clock: () => at(0) }, { error: () => {} } as never)()).rejects.toThrow(
    'aborted',
  );
  expect([batches, noted]).toEqual([3, []]);
});
