import { Client } from 'pg';
import { databaseOf, PROGRAMS } from '../programs.js';

const MARK = 'made by a test run of Resguardo';
/** Every service with its replica, and the tests beside them. */
const CONNECTIONS = 300;

const asOwner = async <T>(url: string, work: (owner: Client) => Promise<T>): Promise<T> => {
  const owner = new Client({ connectionString: url });
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
};

/**
 * Takes away what an earlier test run made for the services on a server that is not its own.
 * @param url the server, as a super user
 * @throws Error, having taken nothing, when a database of a service there is not marked as a test run's
 */
export const clearDatabases = (url: string): Promise<void> =>
  asOwner(url, async (owner) => {
    const names = PROGRAMS.map(databaseOf);
    const { rows } = await owner.query<{ name: string; mark: string | null }>(
      `select datname as name, shobj_description(oid, 'pg_database') as mark from pg_database where datname = any($1)`,
      [names],
    );
    const strange = rows.filter(({ mark }) => mark !== MARK).map(({ name }) => name);
    if (strange.length > 0)
      throw new Error(
        `The PostgreSQL of DATABASE_URL has ${strange.join(', ')}, which no test run has made: take another server`,
      );
    for (const { name } of rows) await owner.query(`drop database ${name} with (force)`);
    for (const name of names) await owner.query(`drop role if exists ${name}`);
  });

/** Marks the services' databases as a test run's. */
export const markDatabases = (url: string): Promise<void> =>
  asOwner(url, async (owner) => {
    for (const program of PROGRAMS) await owner.query(`comment on database ${databaseOf(program)} is '${MARK}'`);
  });

/** @throws Error when the server has no room for all services */
export const hasRoom = (url: string): Promise<void> =>
  asOwner(url, async (owner) => {
    const { rows } = await owner.query<{ most: number }>(
      `select setting::int as most from pg_settings where name = 'max_connections'`,
    );
    const { most } = rows[0]!;
    if (most < CONNECTIONS)
      throw new Error(
        `The PostgreSQL of DATABASE_URL takes ${most} connections: max_connections has to be ${CONNECTIONS}`,
      );
  });
