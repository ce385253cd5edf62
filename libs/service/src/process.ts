import { Pool } from 'pg';

export interface RunningService {
  /** Where the gateway asks. */
  readonly url: string;
  stop(): Promise<void>;
}

/** The main program of a service: opens it, says so, and stops it when asked to. Whatever it cannot start with is said in one line. */
export const runService = async (name: string, open: () => Promise<RunningService>): Promise<void> => {
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
      running.stop().then(() => process.exit(0), fail);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    // Started by a program that is gone now.
    process.on('disconnect', stop);
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
  return pool;
};

export const clock = (): string => new Date().toISOString();
