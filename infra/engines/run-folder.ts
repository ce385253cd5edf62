import { type ChildProcess, spawn } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { holderOf, isAlive, takeLock, within } from '@resguardo/embedded-postgres';

const PREFIX = 'resguardo-engines-';

export interface Server {
  readonly pid: number;
  /** All it has printed since it was launched. */
  said(): string;
  alive(): boolean;
  /** SIGTERM, and SIGKILL when that took longer than `patienceMs` (20,000): then false. Twice is once. */
  end(patienceMs?: number): Promise<boolean>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
}

export interface RunFolder {
  readonly dir: string;
  /** Starts a program in `dir/name`; its output goes to `server.log` there. One at a time per name. */
  launch(name: string, program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Server;
  /** Ends what still runs in it and removes it. Twice is once. */
  close(): Promise<void>;
}

/**
 * A temporary folder whose servers do not outlive this process: a watcher holds the other end of a pipe, and when the pipe
 * breaks it kills every server that has its working directory in the folder. What a killed watcher left is swept by the next run.
 */
export const runFolder = (): RunFolder => {
  sweep();
  const dir = realpathSync(mkdtempSync(join(tmpdir(), PREFIX)));
  const release = takeLock(dir, join(dir, 'lock'));
  const watcher = watch(dir);
  const servers = new Set<Server>();
  let closing: Promise<void> | undefined;

  return {
    dir,
    launch(name, program, args, env = {}) {
      const home = join(dir, name);
      mkdirSync(home, { recursive: true });
      const log = join(home, 'server.log');
      const out = openSync(log, 'w', 0o600);
      const child = spawn(program, args, {
        cwd: home,
        // Nothing of this process's environment: variables of Kafka, Java or Keycloak would change what is tested.
        env: { PATH: process.env['PATH'], HOME: home, LANG: 'C.UTF-8', ...env },
        detached: true,
        stdio: ['ignore', out, out],
      });
      closeSync(out);
      child.on('error', () => {});
      child.unref();
      if (child.pid === undefined) throw new Error(`${program} cannot be run`);
      writeFileSync(join(home, 'pid'), String(child.pid));
      const server = serverOf(child, child.pid, log);
      servers.add(server);
      return server;
    },
    close: () =>
      (closing ??= (async () => {
        await Promise.all([...servers].map((server) => server.end()));
        watcher.stdin?.end();
        release();
        rmSync(dir, { recursive: true, force: true });
      })()),
  };
};

const serverOf = (child: ChildProcess, pid: number, log: string): Server => {
  const alive = () => child.exitCode === null && child.signalCode === null && isAlive(pid);
  const signal = (name: NodeJS.Signals) => {
    // The whole group: a start script may have left a shell above the server.
    if (alive()) process.kill(-pid, name);
  };
  const kill = async () => {
    signal('SIGKILL');
    if (!(await within(20_000, () => !alive()))) throw new Error(`process ${pid} does not end`);
  };
  return {
    pid,
    said: () => readFileSync(log, 'utf8'),
    alive,
    kill,
    end: async (patienceMs = 20_000) => {
      signal('SIGTERM');
      const inTime = await within(patienceMs, () => !alive());
      if (!inTime) await kill();
      return inTime;
    },
  };
};

/** Kills by working directory, so that a number that was given to a stranger meanwhile does no harm. */
const WATCHER = `
  cat > /dev/null
  for file in "$1"/*/pid; do
    pid=$(cat "$file") && [ "$(readlink /proc/$pid/cwd)" = "$(dirname "$file")" ] && kill -KILL "-$pid"
  done
  [ -d "$1" ] && sleep 1 && rm -rf "$1"`;

const watch = (dir: string): ChildProcess => {
  const watcher = spawn('/bin/sh', ['-c', WATCHER, 'watcher', dir], {
    cwd: '/',
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.on('error', () => {});
  watcher.stdin?.on('error', () => {});
  watcher.unref();
  (watcher.stdin as unknown as { unref(): void } | null)?.unref();
  return watcher;
};

/** Ends the servers of runs whose process and watcher are both gone. */
const sweep = (): void => {
  for (const name of readdirSync(tmpdir()).filter((name) => name.startsWith(PREFIX))) {
    const left = join(tmpdir(), name);
    const names = entries(left);
    if (!names.includes('lock') || holderOf(join(left, 'lock')) !== undefined) continue;
    for (const server of names) {
      const pid = Number(text(join(left, server, 'pid')));
      if (pid > 1 && cwdOf(pid) === join(realpathSync(left), server)) process.kill(-pid, 'SIGKILL');
    }
    rmSync(left, { recursive: true, force: true });
  }
};

const quietly =
  <T>(read: (path: string) => T, otherwise: T) =>
  (path: string): T => {
    try {
      return read(path);
    } catch {
      return otherwise;
    }
  };
const entries = quietly((path) => readdirSync(path), []);
const text = quietly((path) => readFileSync(path, 'utf8'), '');
const cwdOf = (pid: number) => quietly(readlinkSync as (path: string) => string, '')(`/proc/${pid}/cwd`);

/** Given out by this process: whoever was given one may not listen on it yet. */
const givenOut = new Set<number>();

/**
 * Ports that nobody listens on, below the range from which outgoing connections are given theirs: a restart finds them free. None is
 * given out twice.
 */
export const freePorts = async (count: number): Promise<readonly number[]> => {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = 16_000 + Math.floor(Math.random() * 16_000);
    if (givenOut.has(port)) continue;
    givenOut.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
      .once('error', () => resolve(false))
      .listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/**
 * Resolves when `ready` says so.
 * @throws Error with the end of the server's log when it ended before, or after `ms` milliseconds.
 */
export const ready = async (
  what: string,
  server: Server,
  isReady: () => Promise<boolean> | boolean,
  ms: number,
): Promise<void> => {
  const end = performance.now() + ms;
  while (!(await isReady())) {
    const late = performance.now() > end;
    if (late || !server.alive())
      throw new Error(
        `${what} ${late ? `was not ready after ${ms / 1000} s` : 'ended'}:\n${server.said().split('\n').slice(-25).join('\n')}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
