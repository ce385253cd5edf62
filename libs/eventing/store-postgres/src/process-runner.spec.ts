import { jest } from '@jest/globals';
import { type FactMessage, type Process, uuidv5 } from '@resguardo/eventing';
import { factMessage, type PushedFeed, pushedFeed } from '@resguardo/eventing/testing';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { type ProcessCommand, type ProcessOptions, type ProcessRunner, runProcess } from './index.js';

jest.setTimeout(60_000);

interface Asked {
  readonly notice: number;
}
interface Notify {
  readonly stream: string;
  readonly notice: number;
}

/** Notifies at each request, counting them, and twice at an urgent one. */
const notices: Process<Asked, Notify> = {
  name: 'notices',
  start: { notice: 0 },
  evolve: (state, { type }) => (type === 'Requested' ? { notice: state.notice + 1 } : state),
  react: ({ type, stream, data }, { notice }) =>
    type === 'Requested' ? Array.from({ length: data['urgent'] === true ? 2 : 1 }, () => ({ stream, notice })) : [],
};

let database: TestDatabase;
let pool: Pool;
let feed: PushedFeed;
let runners: ProcessRunner[];
let sent: ProcessCommand<Notify>[];

beforeAll(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 10 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await database.close();
});
beforeEach(() => {
  feed = pushedFeed();
  runners = [];
  sent = [];
});
afterEach(async () => {
  await Promise.all(runners.map((runner) => runner.stop()));
  await pool.query('drop schema if exists processes cascade');
});

const run = async (
  send: (command: ProcessCommand<Notify>) => Promise<unknown>,
  options: Partial<ProcessOptions<Asked, Notify>> = {},
): Promise<ProcessRunner> => {
  const runner = await runProcess({
    pool,
    feed,
    reader: 'coordination',
    process: notices,
    send: async (command) => {
      await send(command);
      sent.push(command);
    },
    patience: [1, 1],
    ...options,
  });
  runners.push(runner);
  return runner;
};

const requested = (caseId: string, revision: number, urgent = false): FactMessage =>
  factMessage(caseId, revision, 'Requested', { urgent });

const ids = (): string[] => sent.map(({ commandId }) => commandId);

describe('process runner', () => {
  it('sends what follows from a fact, under ids derived from process, event and step, with the state up to then', async () => {
    const runner = await run(async () => {});
    feed.push(requested('a', 0), factMessage('a', 1, 'Noted'), requested('a', 2, true));
    expect(await runner.waitFor('case-a', 2)).toBe(true);
    expect(sent.map(({ command, commandId, actor }) => ({ command, commandId, actor }))).toEqual([
      { command: { stream: 'case-a', notice: 1 }, commandId: uuidv5('notices', 'a-0', 0), actor: 'process:notices' },
      { command: { stream: 'case-a', notice: 2 }, commandId: uuidv5('notices', 'a-2', 0), actor: 'process:notices' },
      { command: { stream: 'case-a', notice: 2 }, commandId: uuidv5('notices', 'a-2', 1), actor: 'process:notices' },
    ]);
  });

  it('does not say again after a restart what was settled', async () => {
    const first = await run(async () => {});
    feed.push(requested('a', 0));
    expect(await first.waitFor('case-a', 0)).toBe(true);
    await first.stop();
    feed.push(requested('a', 1));
    const second = await run(async () => {});
    expect(await second.waitFor('case-a', 1)).toBe(true);
    expect(ids()).toEqual([uuidv5('notices', 'a-0', 0), uuidv5('notices', 'a-1', 0)]);
    expect(sent[1]?.command).toEqual({ stream: 'case-a', notice: 2 });
  });

  it('sends again when the answer was lost', async () => {
    let lost = 0;
    const runner = await run(async () => {
      if (lost++ < 2) throw new Error('no answer');
    });
    feed.push(requested('a', 0));
    expect(await runner.waitFor('case-a', 0)).toBe(true);
    expect(lost).toBe(3);
    expect(await runner.parked()).toEqual([]);
  });

  it('a command that cannot be settled parks its stream, not the others, until it is tried again', async () => {
    let broken = true;
    const runner = await run(async ({ command }) => {
      if (broken && command.stream === 'case-a') throw new Error('nobody answers');
    });
    feed.push(requested('a', 0), requested('b', 0), requested('a', 1), requested('b', 1));
    expect(await runner.waitFor('case-b', 1)).toBe(true);
    expect(await runner.parked()).toMatchObject([
      { stream: 'case-a', revision: 0, error: 'Error: nobody answers', waiting: 2 },
    ]);
    broken = false;
    expect(await runner.retry('case-a')).toBe(true);
    expect(sent.filter(({ command }) => command.stream === 'case-a').map(({ command }) => command.notice)).toEqual([
      1, 2,
    ]);
  });

  it('tries parked streams again by itself, and goes on when what stood in the way has passed', async () => {
    let broken = true;
    const runner = await run(
      async () => {
        if (broken) throw new Error('nobody answers');
      },
      { retryAfter: [20, 100] },
    );
    feed.push(requested('a', 0), requested('a', 1));
    const end = performance.now() + 5_000;
    while (((await runner.parked())[0]?.tries ?? 0) < 2 && performance.now() < end);
    expect((await runner.parked())[0]?.tries).toBeGreaterThanOrEqual(2);
    broken = false;
    expect(await runner.waitFor('case-a', 1, 5_000)).toBe(true);
    expect(await runner.parked()).toEqual([]);
  });

  it('tries parked streams once more at the next start', async () => {
    const first = await run(async () => {
      throw new Error('nobody answers');
    });
    feed.push(requested('a', 0), requested('a', 1));
    const end = performance.now() + 5_000;
    while ((await first.parked()).length === 0 && performance.now() < end);
    expect(await first.parked()).toMatchObject([{ stream: 'case-a', revision: 0 }]);
    await first.stop();
    const second = await run(async () => {});
    expect(await second.waitFor('case-a', 1)).toBe(true);
    expect(await second.parked()).toEqual([]);
  });

  it('a slow command of one stream does not hold up those of the others', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    let quick = 0;
    let tell = (): void => {};
    const others = new Promise<void>((resolve) => (tell = resolve));
    const runner = await run(async ({ command }) => {
      if (command.stream === 'case-slow') await held;
      else if (++quick === 5) tell();
    });
    feed.push(requested('slow', 0), ...[0, 1, 2, 3, 4].map((n) => requested(`quick${n}`, 0)));
    await others;
    expect(sent.some(({ command }) => command.stream === 'case-slow')).toBe(false);
    release();
    expect(await runner.waitFor('case-slow', 0)).toBe(true);
  });

  it('two runners, and connections ended in the middle: every command is sent, twice only under its own id', async () => {
    const killer = new Pool({ connectionString: database.url, max: 1 });
    const [one, two] = await Promise.all([run(async () => {}), run(async () => {})]);
    for (let i = 0; i < 30; i++) {
      feed.push(...[0, 1, 2].map((j) => requested(`case${j}`, i)));
      if (i % 5 === 0)
        await killer.query(
          'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
        );
    }
    await killer.end();
    for (const runner of [one, two])
      for (const j of [0, 1, 2]) {
        const settled = (): Promise<boolean> => runner.waitFor(`case-case${j}`, 29, 20_000);
        expect(await settled().catch(settled).catch(settled).catch(settled)).toBe(true);
      }
    const expected = feed.pushed.map(({ id }) => uuidv5('notices', id, 0)).sort();
    expect([...new Set(ids())].sort()).toEqual(expected);
    const contents = new Map(sent.map(({ commandId, command }) => [commandId, JSON.stringify(command)]));
    for (const { commandId, command } of sent) expect(JSON.stringify(command)).toBe(contents.get(commandId));
  });
});
