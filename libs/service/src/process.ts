import { readFileSync } from 'node:fs';
import { isInstant } from '@resguardo/contracts';
import { Pool } from 'pg';

export interface RunningService {
  /** Where the gateway asks. */
  readonly url: string;
  stop(): Promise<void>;
}

/** What it waits for may be gone for good: brokers, a database. Within the time that a supervisor gives before it kills (milliseconds). */
const STOPS_WITHIN_MS = 20_000;

/** The main program of a service: opens it, says so, and stops it when asked to. Whatever it cannot start with is said in one line. */
export const runService = async (
  name: string,
  open: () => Promise<RunningService>,
  stopsWithinMs = STOPS_WITHIN_MS,
): Promise<void> => {
  const fail = (error: unknown): never => {
    console.error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  };
  try {
    const running = await open();
    let stopping = false;
    const stop = (): void => {
      if (stopping) return;
      stopping = true;
      setTimeout(() => fail(new Error('did not stop in time')), stopsWithinMs).unref();
      running.stop().then(() => process.exit(0), fail);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    // Started by a program that is gone, now or since then.
    process.on('disconnect', stop);
    if (process.connected === false) return stop();
    console.log(`${name} is ready: ${running.url}`);
  } catch (error) {
    fail(error);
  }
};

/** A database that stops answering without closing must not hold anybody for ever. Long enough for a vacuum; milliseconds. */
const DATABASE_PATIENCE = {
  connectionTimeoutMillis: 10_000,
  query_timeout: 120_000,
  keepAlive: true,
} as const;

export const poolOf = (name: string, connectionString: string): Pool => {
  const pool = new Pool({
    ...{ connectionString, max: 12, application_name: name },
    ...DATABASE_PATIENCE,
  });
  // An idle connection that ends is replaced when it is needed; without a listener its end would end the process.
  pool.on('error', () => {});
  // The same of one that is in use while nothing is asked of it: whoever uses it next is told.
  pool.on('connect', (client) => void client.on('error', () => {}));
  return pool;
};

/**
 * One replica after the other does this work; whichever died doing it no longer holds the others up. The lock is the connection's: no pooler may
 * give it to another meanwhile.
 * @throws Error, after the work, when the lock was lost while it was done: another may have been at it too
 */
export const inTurn = async <T>(pool: Pool, what: 'starts' | 'erasures', work: () => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  const lock = [`resguardo ${what}`];
  let broken: Error | undefined;
  try {
    await client.query('select pg_advisory_lock(hashtext($1))', lock);
    const done = await work();
    const { rows } = await client.query<{ held: boolean }>('select pg_advisory_unlock(hashtext($1)) as held', lock);
    if (!rows[0]?.held) throw new Error(`another replica may have been at the ${what} at the same time`);
    return done;
  } catch (error) {
    // With the connection the lock goes too.
    broken = error as Error;
    throw error;
  } finally {
    client.release(broken);
  }
};

/**
 * Replicas that start at once make their tables one after the other: whoever makes what is not there may meet another who does, and PostgreSQL
 * refuses the later one.
 */
export const oneStartAtATime = <T>(pool: Pool, work: () => Promise<T>): Promise<T> => inTurn(pool, 'starts', work);

/**
 * Now, UTC, ISO 8601: the one clock of a program, for everything that is decided, stamped or answered. What keeps to the machine's own time
 * asks that: how long a token is good, how long something is waited for.
 *
 * `testClock`: a file that says what time it is, so that several programs, one after the other or at once, live through the same hours. It is
 * read each time: whoever writes it while nothing is asked knows what everybody reads.
 * @throws Error when it holds no instant
 */
export const clockOf = (testClock?: string): (() => string) => {
  if (testClock === undefined) return () => new Date().toISOString();
  const read = (): string => {
    const said = readFileSync(testClock, 'utf8').trim();
    if (!isInstant(said)) throw new Error('RESGUARDO_TEST_CLOCK: the file must hold one instant, ISO 8601');
    return new Date(said).toISOString();
  };
  // A wrong one is noticed at the start.
  read();
  return read;
};
