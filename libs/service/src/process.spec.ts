import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqlPlatformFiles } from '@resguardo/interchange';
import { openTestDatabase } from '../../../test/support/database.js';
import { clockOf, oneStartAtATime, poolOf } from './process.js';

describe('the clock of a program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-clock-'));
  const file = join(folder, 'clock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the machine’s', () => {
    const before = Date.now();
    const now = Date.parse(clockOf()());
    expect([before <= now, now <= Date.now()]).toEqual([true, true]);
  });

  it('of a test is what its file says, each time it is asked', () => {
    writeFileSync(file, '2026-03-02T10:00:00Z\n');
    const clock = clockOf(file);
    expect(clock()).toBe('2026-03-02T10:00:00.000Z');
    writeFileSync(file, '2026-03-02T10:00:01.000Z');
    expect(clock()).toBe('2026-03-02T10:00:01.000Z');
  });

  it('is not started with a file that holds no instant, and does not repeat what it holds', () => {
    writeFileSync(file, 'palabra-secreta');
    const start = () => clockOf(file);
    expect(start).toThrow(/^RESGUARDO_TEST_CLOCK: /);
    expect(start).not.toThrow('palabra-secreta');
    expect(() => clockOf(join(folder, 'none'))).toThrow();
  });
});

describe('a program', () => {
  /** Its exit code, when the one that started it goes while it is starting. `stop`: how it stops. */
  const abandoned = async (stop: string): Promise<number> => {
    const program = `
      import { once } from 'node:events';
      import { runService } from './libs/service/src/process.ts';
      const server = setInterval(() => {}, 1_000);
      await runService('program', async () => {
        process.send('starting');
        await once(process, 'disconnect');
        return { url: 'http://127.0.0.1', stop: ${stop} };
      }, 500);`;
    const child = spawn(process.execPath, ['--import', './tools/hooks.mjs', '--input-type=module', '-e', program], {
      stdio: ['ignore', 'inherit', 'ignore', 'ipc'],
    });
    try {
      await once(child, 'message');
      child.disconnect();
      const [code] = (await once(child, 'exit', { signal: AbortSignal.timeout(40_000) })) as [number];
      return code;
    } finally {
      child.kill('SIGKILL');
    }
  };

  it('ends with the one that started it, also when that one went while it was starting', async () => {
    expect(await abandoned('async () => clearInterval(server)')).toBe(0);
  }, 60_000);

  it('ends also when what it waits for is gone for good', async () => {
    expect(await abandoned('() => new Promise(() => {})')).toBe(1);
  }, 60_000);
});

it('replicas that start at once on an empty database make their tables once', async () => {
  for (let round = 0; round < 5; round++) {
    const database = await openTestDatabase();
    const pools = Array.from({ length: 6 }, (_, i) => poolOf(`replica-${i}`, database.url));
    try {
      await Promise.all(
        pools.map((pool) =>
          oneStartAtATime(pool, () =>
            sqlPlatformFiles({ query: (text, values) => pool.query(text, values), key: Buffer.alloc(32) }).migrate(),
          ),
        ),
      );
    } finally {
      await Promise.all(pools.map((pool) => pool.end()));
      await database.close();
    }
  }
}, 60_000);

it('a connection that ends while nothing is asked of it does not end the program', async () => {
  const database = await openTestDatabase();
  const pool = poolOf('ends', database.url);
  try {
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    const ended = new Promise((resolve) => client.once('end', resolve));
    await pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
    await ended;
    client.release(true);
    expect((await pool.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  } finally {
    await pool.end();
    await database.close();
  }
});
