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
  await admin(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = name;
  return { url: url.href, close: () => admin(server, `drop database if exists ${name} with (force)`) };
};

const admin = async (url: string, statement: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
};
