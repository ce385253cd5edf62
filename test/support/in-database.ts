import { Client } from 'pg';

/** Works on a connection of its own, which ends afterwards. */
export const inDatabase = async <T>(connectionString: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString });
  // A server that is killed meanwhile is told by the statement under way.
  client.on('error', () => {});
  await client.connect();
  return work(client).finally(() => client.end());
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
