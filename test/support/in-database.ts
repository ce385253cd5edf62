import { Client } from 'pg';

/** Works on a connection of its own, which ends afterwards. */
export const inDatabase = async <T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString });
  // A server that is killed meanwhile is told by the statement under way.
  client.on('error', () => {});
  await client.connect();
  return work(client).finally(() => client.end());
};

/** Meanwhile these databases take no connection, and those that were there are ended. @param owner address of their server, as a super user */
export const withoutDatabases = async <T>(
  owner: string,
  databases: readonly string[],
  meanwhile: () => Promise<T>,
): Promise<T> => {
  const allow = (is: boolean, ...further: readonly string[]) =>
    inDatabase(owner, async (client) => {
      for (const name of databases) await client.query(`alter database ${name} allow_connections ${is}`);
      for (const statement of further) await client.query(statement, [databases]);
    });
  await allow(false, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = any($1)');
  return meanwhile().finally(() => allow(true));
};

/** The table in use of a projection, with its schema. */
export const tableInUse = async (client: Client, projection: string): Promise<string> => {
  const { rows } = await client.query<{ name: string }>(
    `select format('read_models.%s_v%s_%s', projection, version, id) as name from read_models.instances
     where projection = $1 and state = 'active'`,
    [projection],
  );
  return rows[0]!.name;
};
