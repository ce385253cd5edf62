import { randomUUID } from 'node:crypto';
import { Client } from 'pg';

export interface TestDatabase {
  readonly url: string;
  /** Drops the database, ending whoever is still connected. */
  close(): Promise<void>;
}

/** A fresh, empty database on the PostgreSQL of this test run. */
export const openTestDatabase = async (): Promise<TestDatabase> => {
  const server = process.env['RESGUARDO_TEST_DATABASE'];
  if (!server) throw new Error('The test run has no PostgreSQL: run the specs through Jest');
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  await withAdmin(server, (client) => client.query(`create database ${name}`));
  const url = new URL(server);
  url.pathname = name;
  const close = () =>
    withAdmin(server, async (client) => {
      // A pool says that it has ended before its last connections have: cut off then, they would fail whoever has just let go of them.
      const leaving = `select count(*)::int as left from pg_stat_activity where datname = '${name}'`;
      for (const end = performance.now() + LEAVE_MS; performance.now() < end;)
        if ((await client.query<{ left: number }>(leaving)).rows[0]!.left === 0) break;
      await client.query(`drop database if exists ${name} with (force)`);
    });
  return { url: url.href, close };
};

/** Who has not left by then is cut off (milliseconds). */
const LEAVE_MS = 2_000;

const withAdmin = async (url: string, work: (client: Client) => Promise<unknown>): Promise<void> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
