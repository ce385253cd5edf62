import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client } from 'pg';
import { findBinaries, serverIdentity } from './binaries.js';
import { holderOf, takeLock } from './folder-lock.js';
import { isAlive, servesCluster, within } from './processes.js';

export interface PostgresOptions {
  /** Folder of this server: `cluster/`, `password` (0600), `server.log`, `lock`. Made when absent. */
  readonly dir: string;
  /** Taken as given or refused; without it a free one. An orphan adopted from an earlier run keeps its own. */
  readonly port?: number;
  /** Where the password is kept; `password` in `dir` unless given. Made on the first start, mode 0600. */
  readonly passwordFile?: string;
  /** More `name: value` settings of the server. */
  readonly settings?: Readonly<Record<string, string>>;
  /** For clusters that are thrown away after a run: nothing waits for the disk. What was acknowledged outlives a kill -9, and no loss of power. */
  readonly disposable?: boolean;
}

export interface RunningPostgres {
  /** With user and password, database `postgres`. It is a secret: never print it. */
  readonly url: string;
  readonly port: number;
  /** Process of the server. */
  readonly pid: number;
  /** True when the server of an earlier run was still there and goes on. */
  readonly adopted: boolean;
  /** Ends all connections, writes everything to disk, resolves when the server is gone. Twice is once. */
  stop(): Promise<void>;
}

const USER = 'resguardo';

const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'on',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  jit: 'off',
  // Statements and the values in error details must not reach the server's log: they hold what is sealed elsewhere.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  log_statement: 'none',
};

/**
 * Starts the embedded PostgreSQL of `dir`, or goes on with the one that an earlier, killed process left behind.
 * Listens on 127.0.0.1 only and asks for a password (SCRAM-SHA-256).
 * @throws FolderInUse when a live process has the folder.
 * @throws Error with the end of the server's log when it does not start.
 */
export const startPostgres = async (options: PostgresOptions): Promise<RunningPostgres> => {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const release = takeLock(dir, join(dir, 'lock'));
  try {
    return await start(dir, options, release);
  } catch (error) {
    release();
    throw error;
  }
};

/**
 * Stops the server that a killed process left in `dir`, if there is one.
 * Resolves with false, touching nothing, when a live process has the folder.
 */
export const stopAbandoned = async (dir: string): Promise<boolean> => {
  if (holderOf(join(dir, 'lock')) !== undefined) return false;
  const pid = orphanOf(join(dir, 'cluster'))?.pid;
  if (pid !== undefined) await end(pid);
  return true;
};

const start = async (dir: string, options: PostgresOptions, release: () => void): Promise<RunningPostgres> => {
  const cluster = join(dir, 'cluster');
  const log = join(dir, 'server.log');
  const password = passwordIn(options.passwordFile ?? join(dir, 'password'), cluster);
  const urlAt = (port: number): string => `postgres://${USER}:${password}@127.0.0.1:${port}/postgres`;
  const running = (pid: number, port: number, adopted: boolean): RunningPostgres => {
    let stopping: Promise<void> | undefined;
    return {
      url: urlAt(port),
      port,
      pid,
      adopted,
      stop: () => (stopping ??= end(pid).finally(release)),
    };
  };

  const orphan = orphanOf(cluster);
  if (orphan) {
    const wanted = options.port === undefined || options.port === orphan.port;
    if (wanted && (await answers(urlAt(orphan.port)))) return running(orphan.pid, orphan.port, true);
    await end(orphan.pid);
  }
  // Nobody serves this cluster: what is left is the note of a server that died, and its number may be someone else's today.
  rmSync(join(cluster, 'postmaster.pid'), { force: true });

  const bin = findBinaries();
  if (!existsSync(join(cluster, 'PG_VERSION'))) await makeCluster(bin, dir, password, options.disposable ?? false);
  else giveToServer(cluster);
  const settings = { ...SETTINGS, ...(options.disposable && { fsync: 'off' }), ...options.settings };
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const from = statSync(log, { throwIfNoEntry: false })?.size ?? 0;
    const child = launch(bin, cluster, log, { ...settings, port: String(port) });
    if (await isReady(child, cluster)) {
      if (await answers(urlAt(port))) return running(child.pid!, port, false);
      await end(child.pid!);
      throw new Error(`The database in ${dir} does not accept the password of this folder`);
    }
    if (child.pid !== undefined && isAlive(child.pid)) await end(child.pid);
    const said = readFileSync(log).subarray(from).toString('utf8').trim();
    const taken = said.includes('Address already in use');
    // The backends of a server that was killed need a moment to notice.
    const shared = said.includes('pre-existing shared memory block');
    if (shared) await new Promise((resolve) => setTimeout(resolve, 200));
    if (attempt < 20 && (shared || (taken && options.port === undefined))) continue;
    throw new Error(
      taken
        ? `The database's port ${port} is taken by another program`
        : `The database in ${dir} did not start:\n${said.split('\n').slice(-15).join('\n')}`,
    );
  }
};

const passwordIn = (file: string, cluster: string): string => {
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  if (existsSync(join(cluster, 'PG_VERSION')))
    throw new Error(`${file} is missing; without it nobody can open the database beside it`);
  const password = randomBytes(24).toString('base64url');
  writeFileSync(file, password, { mode: 0o600 });
  return password;
};

/** The live server of the cluster, as its `postmaster.pid` names it. */
const orphanOf = (cluster: string): { pid: number; port: number } | undefined => {
  let lines: string[];
  try {
    lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
  } catch {
    return undefined;
  }
  const pid = Number(lines[0]);
  return pid > 1 && servesCluster(pid, cluster) ? { pid, port: Number(lines[3]) } : undefined;
};

const answers = async (url: string): Promise<boolean> => {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
};

/**
 * On Linux the server is given its folder as working directory and told to find it there:
 * a data folder below someone's 0700 folder is out of reach for `nobody` by its path, but not from within.
 */
const fromWithin = (cluster: string): string => (process.platform === 'linux' ? '/proc/self/cwd' : cluster);

const makeCluster = async (bin: string, dir: string, password: string, disposable: boolean): Promise<void> => {
  const id = serverIdentity();
  const fresh = join(dir, 'cluster.new');
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { mode: 0o700 });
  const hidden = mkdtempSync(join(tmpdir(), 'resguardo-init-'));
  try {
    const passwordFile = join(hidden, 'password');
    writeFileSync(passwordFile, password, { mode: 0o600 });
    if (id) for (const path of [fresh, hidden, passwordFile]) chownSync(path, id.uid, id.gid);
    const made = await finished(
      join(bin, 'initdb'),
      [
        ...['-D', fromWithin(fresh), '-U', USER, `--pwfile=${passwordFile}`],
        ...['-A', 'scram-sha-256', '--locale=C', '-E', 'UTF8', '--no-instructions'],
        ...(disposable ? ['--no-sync'] : []),
      ],
      { ...id, cwd: fresh, env: {} },
    );
    if (made !== undefined) throw new Error(`The database in ${dir} could not be made: ${made}`);
  } finally {
    rmSync(hidden, { recursive: true, force: true });
  }
  // A start that was killed here leaves no half cluster behind.
  renameSync(fresh, join(dir, 'cluster'));
};

/** A folder that root has copied or restored belongs to root: the server, which does not run as root, is given it back. */
const giveToServer = (cluster: string): void => {
  const id = serverIdentity();
  if (!id || statSync(join(cluster, 'PG_VERSION')).uid === id.uid) return;
  chmodSync(cluster, 0o700);
  for (const name of ['', ...readdirSync(cluster, { recursive: true, encoding: 'utf8' })])
    lchownSync(join(cluster, name), id.uid, id.gid);
};

/** Runs a program to its end, beside whatever else the process does meanwhile; undefined when it went well, else what it complained of. */
const finished = (program: string, args: readonly string[], options: object): Promise<string | undefined> =>
  new Promise((done) => {
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] });
    let complaint = '';
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
    child.once('error', (error) => done(error.message));
    child.once('close', (status) => done(status === 0 ? undefined : complaint || `exit ${status}`));
  });

const launch = (
  bin: string,
  cluster: string,
  log: string,
  settings: Readonly<Record<string, string>>,
): ChildProcess => {
  const out = openSync(log, 'a', 0o600);
  chmodSync(log, 0o600);
  // Its own session: Ctrl-C in a terminal is for this process, which then stops the server when it is done with it.
  const child = spawn(
    join(bin, 'postgres'),
    ['-D', fromWithin(cluster), ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    { ...serverIdentity(), cwd: cluster, env: {}, detached: true, stdio: ['ignore', out, out] },
  );
  child.on('error', () => {});
  child.unref();
  closeSync(out);
  return child;
};

/** The server writes into its `postmaster.pid` when it is ready; false when it ended or needed more than a minute. */
const isReady = async (child: ChildProcess, cluster: string): Promise<boolean> => {
  let ready = false;
  await within(60_000, () => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return true;
    try {
      const lines = readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n');
      ready = Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready';
    } catch {
      ready = false;
    }
    return ready;
  });
  return ready;
};

/** Fast shutdown; when that takes more than 20 seconds, an immediate one, after which the next start recovers from the log. */
const end = async (pid: number): Promise<void> => {
  const signals: readonly [NodeJS.Signals, number][] = [
    ['SIGINT', 20_000],
    ['SIGQUIT', 5_000],
    ['SIGKILL', 5_000],
  ];
  for (const [signal, patience] of signals) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await within(patience, () => !isAlive(pid))) return;
  }
};

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
      .on('error', reject)
      .listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
  });
