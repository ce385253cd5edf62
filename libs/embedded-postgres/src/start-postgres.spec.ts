import { jest } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { FolderInUse, type PostgresOptions, type RunningPostgres, startPostgres, stopAbandoned } from './index.js';
import { isAlive, within } from './processes.js';

jest.setTimeout(60_000);

let parent: string;
let dir: string;
let cleanUp: (() => Promise<unknown>)[];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'resguardo-pg-spec-'));
  dir = join(parent, 'postgres');
  cleanUp = [];
});
afterEach(async () => {
  for (const step of cleanUp.reverse()) await step();
  await stopAbandoned(dir);
  rmSync(parent, { recursive: true, force: true });
});

const start = async (options: Partial<PostgresOptions> = {}): Promise<RunningPostgres> => {
  const running = await startPostgres({ dir, disposable: true, ...options });
  cleanUp.push(() => running.stop());
  return running;
};

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    return (await client.query(text)).rows as Record<string, unknown>[];
  } finally {
    await client.end().catch(() => {});
  }
};

/** Another Node process that starts the server of `dir` and then waits to be killed. */
const startElsewhere = async (): Promise<{ child: ChildProcess; pid: number; port: number; url: string }> => {
  const script = `
    const { startPostgres } = await import('./libs/embedded-postgres/src/index.ts');
    const { pid, port, url } = await startPostgres({ dir: ${JSON.stringify(dir)}, disposable: true });
    console.log(JSON.stringify({ pid, port, url }));
    setInterval(() => {}, 1e6);`;
  const child = spawn(
    process.execPath,
    ['--import', './tools/hooks.mjs', '--input-type=module', '--disable-warning=ExperimentalWarning', '-e', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  cleanUp.push(async () => kill(child));
  const [said] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, ...(JSON.parse(said.toString()) as { pid: number; port: number; url: string }) };
};

const kill = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
};

describe('embedded PostgreSQL', () => {
  it.each([
    ['waits for the disk before it acknowledges', false, 'on'],
    ['waits for no disk where all is thrown away afterwards', true, 'off'],
  ])('%s', async (_, disposable, fsync) => {
    const { url } = await start({ disposable });
    expect(await query(url, 'show fsync')).toEqual([{ fsync }]);
  });

  it('asks for its password, which only its owner can read', async () => {
    const { url } = await start();
    expect(await query(url, 'show listen_addresses')).toEqual([{ listen_addresses: '127.0.0.1' }]);

    const wrong = new URL(url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
    const none = new URL(url);
    none.password = '';
    await expect(query(none.href, 'select 1')).rejects.toThrow('password');

    expect(statSync(join(dir, 'password')).mode & 0o777).toBe(0o600);
    expect(statSync(join(dir, 'cluster')).mode & 0o777).toBe(0o700);
  });

  it('keeps data and password over a restart', async () => {
    const first = await start();
    await query(first.url, 'create table kept as select 7 as n');
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);

    const second = await start();
    expect(second.adopted).toBe(false);
    expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('works below a folder that only its owner may enter', async () => {
    expect(statSync(parent).mode & 0o777).toBe(0o700);
    const { url } = await start();
    expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('adopts the server of a process that was killed', async () => {
    const elsewhere = await startElsewhere();
    await query(elsewhere.url, 'create table kept as select 7 as n');
    await kill(elsewhere.child);
    expect(isAlive(elsewhere.pid)).toBe(true);

    const here = await start();
    expect(here).toMatchObject({ adopted: true, pid: elsewhere.pid, port: elsewhere.port });
    expect(await query(here.url, 'select n from kept')).toEqual([{ n: 7 }]);
    await here.stop();
    expect(isAlive(elsewhere.pid)).toBe(false);
    expect(existsSync(join(dir, 'cluster/postmaster.pid'))).toBe(false);
  });

  it('stops a left server that no longer takes the password, and says so', async () => {
    const elsewhere = await startElsewhere();
    await query(elsewhere.url, 'create table kept as select 7 as n');
    await query(elsewhere.url, "alter role resguardo valid until '2000-01-01'");
    await kill(elsewhere.child);
    await expect(start()).rejects.toThrow('does not accept the password');
    expect(isAlive(elsewhere.pid)).toBe(false);
  });

  it('replaces a left server that listens on another port than asked for', async () => {
    const elsewhere = await startElsewhere();
    await query(elsewhere.url, 'create table kept as select 7 as n');
    await kill(elsewhere.child);
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const { port } = server.address() as { port: number };
        server.close(() => resolve(port));
      });
    });
    const here = await start({ port });
    expect(here).toMatchObject({ adopted: false, port });
    expect(isAlive(elsewhere.pid)).toBe(false);
    expect(await query(here.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('starts when both process and server were killed, and recovers what was committed', async () => {
    const elsewhere = await startElsewhere();
    await query(elsewhere.url, 'create table kept as select 7 as n');
    await kill(elsewhere.child);
    process.kill(elsewhere.pid, 'SIGKILL');
    expect(await within(5_000, () => !isAlive(elsewhere.pid))).toBe(true);
    expect(existsSync(join(dir, 'cluster/postmaster.pid'))).toBe(true);

    const here = await start();
    expect(here.adopted).toBe(false);
    expect(await query(here.url, 'select n from kept')).toEqual([{ n: 7 }]);
  });

  it('is not fooled by a stranger that has the number of a dead server', async () => {
    const first = await start();
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    cleanUp.push(async () => kill(stranger));
    writeFileSync(
      join(dir, 'cluster/postmaster.pid'),
      `${stranger.pid}\n${dir}/cluster\n0\n${first.port}\n\n\n\nready\n`,
    );

    const second = await start();
    expect(second.adopted).toBe(false);
    expect(isAlive(stranger.pid!)).toBe(true);
  });

  it('refuses a folder that a live process has, naming the process', async () => {
    const elsewhere = await startElsewhere();
    await expect(start()).rejects.toBeInstanceOf(FolderInUse);
    await expect(start()).rejects.toThrow(`in use by process ${elsewhere.child.pid}`);
    expect(await stopAbandoned(dir)).toBe(false);
    expect(await query(elsewhere.url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('says in words that a port is taken, that a password is missing, that a cluster is broken', async () => {
    const first = await start();
    const taken = createServer();
    await new Promise<void>((resolve) => void taken.listen(0, '127.0.0.1', () => resolve()));
    const { port } = taken.address() as { port: number };
    await first.stop();
    await expect(start({ port })).rejects.toThrow(`port ${port} is taken`);
    taken.close();

    const password = readFileSync(join(dir, 'password'));
    rmSync(join(dir, 'password'));
    await expect(start()).rejects.toThrow('password is missing');
    writeFileSync(join(dir, 'password'), password, { mode: 0o600 });

    rmSync(join(dir, 'cluster/global/pg_control'));
    await expect(start()).rejects.toThrow('did not start:');
  });

  it('makes the cluster anew when the first start was cut off in the middle', async () => {
    mkdirSync(join(dir, 'cluster.new/base'), { recursive: true });
    const { url } = await start();
    expect(await query(url, 'select 1 as n')).toEqual([{ n: 1 }]);
  });

  it('stop twice is once', async () => {
    const { stop, pid } = await start();
    await Promise.all([stop(), stop()]);
    expect(isAlive(pid)).toBe(false);
  });
});
