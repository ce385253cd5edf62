import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import type { ClientBase } from 'pg';
import { z } from 'zod';

// Tables as they are, without pg_dump: the embedded PostgreSQL brings none, and an agency may have none of its server's version.

/** A table with everything in it: how it was made, and what its file holds. */
export const CopiedTable = z.object({
  schema: z.string(),
  name: z.string(),
  columns: z.array(
    z.object({
      name: z.string(),
      /** As PostgreSQL writes it: `timestamp with time zone`, `text[]`. */
      type: z.string(),
      notNull: z.boolean(),
      default: z.string().nullable(),
      identity: z.enum(['', 'a', 'd']),
      /** Of an identity column: what the next row gets. */
      next: z.string().nullable(),
    }),
  ),
  options: z.array(z.string()),
  /** Primary keys and unique ones first, references last. */
  constraints: z.array(z.object({ name: z.string(), kind: z.string(), definition: z.string() })),
  /** Those that no constraint brings. */
  indexes: z.array(z.string()),
  rows: z.number().int().min(0),
  /** SHA-256 (hex) of the rows before they are compressed. */
  digest: z.string(),
});
export type CopiedTable = z.infer<typeof CopiedTable>;

/** How many rows are held at once. */
const AT_ONCE = 500;

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const placeOf = ({ schema, name }: Pick<CopiedTable, 'schema' | 'name'>): string => `${quoted(schema)}.${quoted(name)}`;
export const fileOf = ({ schema, name }: Pick<CopiedTable, 'schema' | 'name'>): string => `${schema}.${name}.jsonl.gz`;

const FOREIGN = `n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'`;

/** Every table of a database but the server's own. */
export const tablesOf = async (client: ClientBase): Promise<readonly Pick<CopiedTable, 'schema' | 'name'>[]> => {
  const { rows } = await client.query<{ schema: string; name: string }>(
    `select n.nspname as schema, c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p') and ${FOREIGN} order by 1, 2`,
  );
  return rows;
};

const madeAs = async (client: ClientBase, table: Pick<CopiedTable, 'schema' | 'name'>) => {
  const of = [placeOf(table)];
  const { rows: columns } = await client.query<CopiedTable['columns'][number] & { sequence: string | null }>(
    `select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as "notNull",
       pg_get_expr(d.adbin, d.adrelid) as "default", a.attidentity as identity, null as next,
       case when a.attidentity <> '' then pg_get_serial_sequence($1, a.attname) end as sequence
     from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = $1::regclass and a.attnum > 0 and not a.attisdropped order by a.attnum`,
    of,
  );
  for (const column of columns)
    if (column.sequence !== null) {
      const { rows } = await client.query<{ next: string }>(
        `select (last_value + is_called::int)::text as next from ${column.sequence}`,
      );
      column.next = rows[0]!.next;
    }
  const { rows: constraints } = await client.query<CopiedTable['constraints'][number]>(
    `select conname as name, contype as kind, pg_get_constraintdef(oid) as definition from pg_constraint
     where conrelid = $1::regclass and contype in ('p', 'u', 'c', 'f', 'x') order by position(contype::text in 'puxcf'), conname`,
    of,
  );
  const { rows: more } = await client.query<{ options: string[] | null; indexes: string[] | null }>(
    `select c.reloptions as options,
       (select array_agg(pg_get_indexdef(i.indexrelid) order by i.indexrelid) from pg_index i
        where i.indrelid = c.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
       ) as indexes
     from pg_class c where c.oid = $1::regclass`,
    of,
  );
  return {
    ...table,
    columns: columns.map(({ sequence: _, ...column }) => column),
    options: more[0]?.options ?? [],
    constraints,
    indexes: more[0]?.indexes ?? [],
  };
};

/**
 * Writes a table's rows to a file: one line each, every column as PostgreSQL writes it, so that nothing passes through a type of ours and
 * JSON keeps every letter of its text. Within the caller's transaction, which says as of when.
 */
export const copyOut = async (
  client: ClientBase,
  table: Pick<CopiedTable, 'schema' | 'name'>,
  file: string,
): Promise<CopiedTable> => {
  const made = await madeAs(client, table);
  const digest = createHash('sha256');
  let rows = 0;
  const zipped = createGzip();
  const written = pipeline(zipped, createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  // Told of below; until then it must not end the process.
  written.catch(() => {});
  await client.query(
    `declare copied no scroll cursor for
     select array[${made.columns.map(({ name }) => `${quoted(name)}::text`).join(', ')}] as row from ${placeOf(table)}`,
  );
  for (;;) {
    const { rows: some } = await client.query<{ row: (string | null)[] }>(`fetch ${AT_ONCE} from copied`);
    if (some.length === 0) break;
    rows += some.length;
    // Where lines are read these two end one.
    const lines = some
      .map(({ row }) => `${JSON.stringify(row)}\n`.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029'))
      .join('');
    digest.update(lines);
    if (!zipped.write(lines)) await Promise.race([once(zipped, 'drain'), written]);
  }
  await client.query('close copied');
  zipped.end();
  await written;
  return { ...made, rows, digest: digest.digest('hex') };
};

const linesOf = (file: string) => createInterface({ input: createReadStream(file).pipe(createGunzip()), crlfDelay: 0 });

/** Whether a file is what was written. */
export const isWhole = async ({ digest }: Pick<CopiedTable, 'digest'>, file: string): Promise<boolean> => {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), createGunzip(), async (parts) => {
      for await (const part of parts) hash.update(part as Buffer);
    });
  } catch {
    return false;
  }
  return hash.digest('hex') === digest;
};

/** Makes the tables and fills them, within the caller's transaction. Their files must be whole. */
export const copyIn = async (
  client: ClientBase,
  tables: readonly CopiedTable[],
  fileFor: (table: CopiedTable) => string,
): Promise<void> => {
  for (const schema of new Set(tables.map(({ schema }) => schema)))
    await client.query(`create schema if not exists ${quoted(schema)}`);
  for (const table of tables) {
    const columns = table.columns.map(
      ({ name, type, notNull, default: otherwise, identity }) =>
        `${quoted(name)} ${type}${notNull ? ' not null' : ''}${
          identity
            ? ` generated ${identity === 'a' ? 'always' : 'by default'} as identity`
            : otherwise !== null
              ? ` default ${otherwise}`
              : ''
        }`,
    );
    const options = table.options.length > 0 ? ` with (${table.options.join(', ')})` : '';
    await client.query(`create table ${placeOf(table)} (${columns.join(', ')})${options}`);
    await fill(client, table, fileFor(table));
  }
  // References last: they need the rows of the others.
  for (const last of [false, true])
    for (const table of tables)
      for (const { name, kind, definition } of table.constraints)
        if ((kind === 'f') === last)
          await client.query(`alter table ${placeOf(table)} add constraint ${quoted(name)} ${definition}`);
  for (const { indexes } of tables) for (const index of indexes) await client.query(index);
};

const fill = async (client: ClientBase, table: CopiedTable, file: string): Promise<void> => {
  const { columns } = table;
  const text = `insert into ${placeOf(table)} (${columns.map(({ name }) => quoted(name)).join(', ')}) overriding system value
    select ${columns.map(({ type }, n) => `c${n}::${type}`).join(', ')}
    from unnest(${columns.map((_, n) => `$${n + 1}::text[]`).join(', ')}) as u(${columns.map((_, n) => `c${n}`).join(', ')})`;
  let some: (string | null)[][] = [];
  const write = async () => {
    if (some.length === 0) return;
    await client.query(
      text,
      columns.map((_, n) => some.map((row) => row[n])),
    );
    some = [];
  };
  for await (const line of linesOf(file)) {
    some.push(JSON.parse(line) as (string | null)[]);
    if (some.length === AT_ONCE) await write();
  }
  await write();
  for (const { name, next } of columns)
    if (next !== null)
      await client.query('select setval(pg_get_serial_sequence($1, $2), $3, false)', [placeOf(table), name, next]);
};
