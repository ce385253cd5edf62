import { Client } from 'pg';
import { databaseOf, type Program, PROGRAMS } from '../programs.js';

/**
 * A database and a role of its own for each service, which can connect to no other; what is there already stays.
 * Gives the addresses, with passwords, by service.
 */
export const makeDatabases = async (
  ownerUrl: string,
  passwordOf: (service: string) => string,
  /** More of them, for what stands beside the services. */
  others: readonly string[] = [],
): Promise<Readonly<Record<Program, string>>> => {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  try {
    // Everybody may connect to these unless told: to see there who else has a role, and to keep new databases from being made.
    const { rows } = await owner.query<{ name: string }>(
      `select datname as name from pg_database where datname in ('postgres', 'template1')`,
    );
    for (const { name } of rows) await owner.query(`revoke connect on database ${name} from public`);
    const made: Record<string, string> = {};
    for (const service of [...PROGRAMS, ...others]) {
      const name = databaseOf(service);
      const { rowCount } = await owner.query('select 1 from pg_roles where rolname = $1', [name]);
      if (!rowCount) {
        await owner.query(`create role ${name} login password '${passwordOf(service)}'`);
        await owner.query(`create database ${name} owner ${name}`);
        await owner.query(`revoke connect on database ${name} from public`);
      }
      const url = new URL(ownerUrl);
      url.username = name;
      url.password = passwordOf(service);
      url.pathname = `/${name}`;
      made[service] = url.toString();
    }
    return made as Record<Program, string>;
  } finally {
    await owner.end();
  }
};
