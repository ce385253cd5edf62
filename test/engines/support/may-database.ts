import { Client } from 'pg';
import { databaseOf } from '../../../infra/programs.js';
import { type Cell, CLOSED, closed } from './matrix.js';

/** No privilege: the one refusal that counts as one. */
const DENIED = '42501';

const at = (url: string, database: string): string => {
  const there = new URL(url);
  there.pathname = `/${database}`;
  return there.toString();
};

const connected = async <T>(url: string, work: (client: Client) => Promise<T>): Promise<T> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

/** Whether the server lets it be done. It is undone at once. */
const does = async (client: Client, statement: string): Promise<boolean> => {
  await client.query('savepoint asked');
  try {
    await client.query(statement);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === DENIED) return false;
    throw error;
  } finally {
    await client.query('rollback to savepoint asked');
  }
};

const TABLES = `select n.nspname as schema, case when c.oid is not null then format('%I.%I', n.nspname, c.relname) end as "table",
    (select format('%I', a.attname) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attidentity = '' and a.attgenerated = '' limit 1) as "column"
  from pg_namespace n left join pg_class c on c.relnamespace = n.oid and c.relkind in ('r', 'p')
  where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`;
interface Table {
  readonly schema: string;
  readonly table: string;
  readonly column: string | null;
}

/** What a role may do in a schema: with any one table of it, and make another. */
const inSchema = async (client: Client, schema: string, tables: readonly Table[]): Promise<string> => {
  const done = new Set<string>();
  for (const { table, column } of tables.filter((one) => one.column !== null)) {
    if (await does(client, `select from ${table} limit 0`)) done.add('read');
    if (await does(client, `update ${table} set ${column} = ${column} where false`)) done.add('write');
    if (await does(client, `delete from ${table} where false`)) done.add('write');
    if (await does(client, `insert into ${table} (${column}) select (null::${table}).${column} where false`))
      done.add('write');
  }
  if (await does(client, `create table ${schema}.matrix ()`)) done.add('make');
  return [...done].join('+') || CLOSED;
};

/** Everybody may connect to these unless told, on any server: that is taken away where the services' databases are made. */
const OF_EVERY_SERVER: readonly string[] = ['postgres', 'template1'];

/**
 * Databases of the server that are no service's, and what is in every server: who may connect to them is for whoever made them to say.
 * @param ownerUrl of the server's owner
 * @param services whose databases are there
 */
export const strangeDatabases = (ownerUrl: string, services: readonly string[]): Promise<readonly string[]> =>
  connected(ownerUrl, async (owner) => {
    const { rows } = await owner.query<{ name: string }>(
      'select datname as name from pg_database where datallowconn and datname <> all($1) order by 1',
      [[...services.map(databaseOf), ...OF_EVERY_SERVER]],
    );
    return rows.map(({ name }) => name);
  });

/**
 * Each role × each database of a service, `postgres` and `template1`, each schema behind its door, and the server itself: a service has
 * its own database and no other. Of others (`strangeDatabases`) nothing is asked.
 * @param ownerUrl of the server's owner
 * @param urls by service, with its own password
 */
export const databaseCells = async (
  ownerUrl: string,
  urls: Readonly<Record<string, string>>,
): Promise<readonly Cell[]> => {
  const services = Object.keys(urls);
  const names = [...services.map(databaseOf), ...OF_EVERY_SERVER].toSorted();
  const doors = await Promise.all(
    services.flatMap((service) =>
      names.map(async (name): Promise<Cell> => {
        const actual = await connected(at(urls[service]!, name), async () => 'connect').catch(
          (error: { code?: string }) => {
            if (error.code === DENIED) return closed(DENIED);
            throw error;
          },
        );
        const expected = name === databaseOf(service) ? 'connect' : closed(DENIED);
        return { kind: 'database', service, resource: name, expected, actual };
      }),
    ),
  );
  // As the role, past the door: one grant must not lead to another.
  const schemas = await Promise.all(
    names.map((name) =>
      connected(at(ownerUrl, name), async (owner) => {
        const { rows } = await owner.query<Table>(TABLES);
        const cells: Cell[] = [];
        for (const service of services)
          for (const schema of new Set(rows.map((row) => row.schema))) {
            const tables = rows.filter((row) => row.schema === schema && row.table !== null);
            const isOwn = name === databaseOf(service);
            await owner.query(`begin; set local role ${databaseOf(service)}`);
            const actual = await inSchema(owner, schema, tables);
            await owner.query('rollback');
            const expected = !isOwn ? CLOSED : tables.length > 0 ? 'read+write+make' : 'make';
            cells.push({ kind: 'schema', service, resource: `${name}.${schema}`, expected, actual });
          }
        return cells;
      }),
    ),
  );
  const server = await Promise.all(
    services.map((service) =>
      connected(urls[service]!, async (client): Promise<Cell> => {
        const done: string[] = [];
        await client.query('begin');
        for (const other of services.filter((one) => one !== service))
          if (await does(client, `set local role ${databaseOf(other)}`)) done.push(`become ${other}`);
        for (const [what, statement] of Object.entries(AT_THE_SERVER))
          if (await does(client, statement)) done.push(what);
        await client.query('rollback');
        return { kind: 'server', service, resource: 'server', expected: CLOSED, actual: done.join('+') || CLOSED };
      }),
    ),
  );
  return [...doors, ...schemas.flat(), ...server];
};

const AT_THE_SERVER: Readonly<Record<string, string>> = {
  'make roles': 'create role matrix_nobody',
  'read files': `select pg_read_file('postgresql.conf')`,
  'run programs': `copy (select 1) to program 'true'`,
  'load its configuration': 'select pg_reload_conf()',
};
