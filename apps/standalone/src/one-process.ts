import { Client } from 'pg';

/** Any number that is ours; the same in every process that could open the database. */
const LOCK = 7_437_827_341;

/** Another process works on this database. */
export class DatabaseInUse extends Error {
  constructor() {
    super('another Resguardo process is using this database; stop it first');
    this.name = 'DatabaseInUse';
  }
}

/**
 * Holds the database for this process as long as its connection lives; the server lets go by itself when the process dies.
 * `lost` is called when the connection ends without having been asked to: from then on another process may come in.
 * @throws DatabaseInUse
 */
export const holdDatabase = async (url: string, lost: (why: Error) => void): Promise<() => Promise<void>> => {
  const client = new Client({ connectionString: url, application_name: 'resguardo-lock', keepAlive: true });
  let released = false;
  client.on('error', (error) => {
    if (!released) lost(error);
  });
  await client.connect();
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [LOCK]);
  if (!rows[0]?.held) {
    released = true;
    await client.end();
    throw new DatabaseInUse();
  }
  return async () => {
    released = true;
    await client.end();
  };
};
