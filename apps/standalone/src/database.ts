import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@resguardo/embedded-postgres';
import { poolOf } from '@resguardo/service';
import type { Pool } from 'pg';
import type { StandaloneConfig } from './config.js';
import { holdDatabase } from './one-process.js';

export interface Database {
  readonly url: string;
  /** For read models, the vault and everything that is not the event store. */
  readonly pool: Pool;
  close(): Promise<void>;
}

/**
 * The database of this data folder, held by this process alone: the embedded one, or the one of DATABASE_URL.
 * @throws FolderInUse, DatabaseInUse
 */
export const openDatabase = async (
  { dataFolder, databaseUrl }: StandaloneConfig,
  lost: (why: string) => void,
): Promise<Database> => {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const embedded = databaseUrl ? undefined : await startPostgres({ dir: join(dataFolder, 'postgres') });
  const url = databaseUrl ?? embedded!.url;
  try {
    const letGo = await holdDatabase(url, (error) => lost(`the database connection was lost (${error.message})`));
    const pool = poolOf('resguardo', url);
    return {
      url,
      pool,
      close: async () => {
        await pool.end();
        await letGo();
        await embedded?.stop();
      },
    };
  } catch (error) {
    await embedded?.stop();
    throw error;
  }
};
