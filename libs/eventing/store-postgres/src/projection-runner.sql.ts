import type { Column, Message, Position } from '@resguardo/eventing';
import { itemsOf, listChanges, wholeOf } from './list-items.js';
import { textArray } from './text-array.js';

/** What a filling writes at once. */
export interface Writing {
  readonly turn: string;
  readonly upTo: Position | undefined;
  /** Rows by key; undefined removes one. */
  readonly rows: ReadonlyMap<string, unknown>;
  /** The same rows as they lie in the table. */
  readonly before: ReadonlyMap<string, unknown>;
  /** Streams that moved, with their revisions. */
  readonly progress: ReadonlyMap<string, number>;
  readonly wait: readonly Message[];
  readonly unwait: readonly Message[];
  readonly park: ReadonlyMap<string, { readonly revision: number; readonly error: string }>;
  readonly unpark: readonly string[];
}

interface Table {
  readonly schema: string;
  /** Number of the filling. */
  readonly id: number;
  /** With its schema. */
  readonly table: string;
  readonly columns: Readonly<Record<string, Column<any>>>;
  readonly lists: readonly string[];
}

/**
 * $1 filling, $2 streams, $3 name of the projection, $4 keys. A message that waits is looked into as text: as JSON it could not be, where
 * it holds a NUL.
 */
export const readingOf = ({ schema: S, table, lists }: Table): string => `
  select i.turn::text, i.state,
    (select json_agg(json_build_array(stream, revision)) from ${S}.progress where instance = $1 and stream = any ($2)) as progress,
    (select json_agg(stream) from ${S}.parked where instance = $1 and stream = any ($2)) as parked,
    (select json_agg(json_build_array(stream, revision, strpos(message::text, '"unreadable":') > 0)) from ${S}.waiting where instance = $1 and stream = any ($2)) as waiting,
    (select json_agg(json_build_array(stream, revision)) from ${S}.set_aside where projection = $3 and stream = any ($2)) as aside,
    (select json_agg(json_build_array(key, doc)) from ${lists.length > 0 ? wholeOf(table) : table} where key = any ($4)) as rows
  from ${S}.instances i where i.id = $1`;

/** A column's value as PostgreSQL reads it. */
const literal = ({ type, of }: Column<any>, row: unknown, key: string): string | null => {
  const value = of(row, key) ?? null;
  if (value === null) return null;
  if (type === 'jsonb') return JSON.stringify(value);
  if (!Array.isArray(value)) return String(value);
  return `{${value.map((item) => `"${String(item).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
};

/** An array of texts or of whole numbers: a column of what a step is about, one element per row. */
type Values = Buffer | readonly number[];

/** One step of the statement, over the rows `u` made of its arrays. */
interface Step {
  readonly name: string;
  /** How many rows; without any the step is left out. */
  readonly size: number;
  readonly columns: string;
  readonly values: () => readonly Values[];
  readonly text: (u: string) => string;
}

/**
 * Makes the statement that writes: one, so all of it or nothing, and nothing when the turn is another by now. Only what there is to do
 * is in it: a statement with everything would be planned anew each time, and most of it for nothing.
 */
export const writingOf = ({ schema: S, id, table: T, columns, lists }: Table) => {
  const names = ['key', 'doc', ...Object.keys(columns).map((name) => `"${name}"`)];
  const types = ['text', 'jsonb', ...Object.values(columns).map(({ type }) => type)];
  const withoutLists = Object.fromEntries(lists.map((list) => [list, undefined]));
  const texts = new Map<string, string>();

  const stepsOf = ({ rows, before, progress, wait, unwait, park, unpark }: Writing): readonly Step[] => {
    const put = [...rows].filter(([, row]) => row !== undefined);
    const removed = [...rows].flatMap(([key, row]) => (row === undefined ? key : []));
    const items = listChanges(lists, before, rows);
    const parked = [...park.values()];
    return [
      {
        name: 'put',
        size: put.length,
        columns: types.map((_, n) => `c${n}`).join(', '),
        values: () =>
          [
            put.map(([key]) => key),
            put.map(([, doc]) => JSON.stringify(lists.length > 0 ? { ...(doc as object), ...withoutLists } : doc)),
            ...Object.values(columns).map((column) => put.map(([key, doc]) => literal(column, doc, key))),
          ].map(textArray),
        text: (u) =>
          `insert into ${T} (${names.join(', ')})
           select ${types.map((type, n) => `u.c${n}::${type}`).join(', ')} from moved, ${u}
           on conflict (key) do update set ${names
             .slice(1)
             .map((name) => `${name} = excluded.${name}`)
             .join(', ')}`,
      },
      {
        name: 'removed',
        size: removed.length,
        columns: 'key',
        values: () => [textArray(removed)],
        text: (u) => `delete from ${T} t using moved, ${u} where t.key = u.key`,
      },
      {
        name: 'items',
        size: items.put.length,
        columns: 'key, list, n, item',
        values: () => [
          textArray(items.put.map(({ key }) => key)),
          textArray(items.put.map(({ list }) => list)),
          items.put.map(({ n }) => n),
          textArray(items.put.map(({ item }) => JSON.stringify(item))),
        ],
        text: (u) =>
          `insert into ${itemsOf(T)} (key, list, n, item) select u.key, u.list, u.n, u.item::jsonb from moved, ${u}
           on conflict (key, list, n) do update set item = excluded.item`,
      },
      {
        name: 'cut',
        size: items.cut.length,
        columns: 'key, list, n',
        values: () => [
          textArray(items.cut.map(({ key }) => key)),
          textArray(items.cut.map(({ list }) => list)),
          items.cut.map(({ n }) => n),
        ],
        text: (u) =>
          `delete from ${itemsOf(T)} i using moved, ${u} where i.key = u.key and i.list = u.list and i.n >= u.n`,
      },
      {
        name: 'progressed',
        size: progress.size,
        columns: 'stream, revision',
        values: () => [textArray([...progress.keys()]), [...progress.values()]],
        text: (u) =>
          `insert into ${S}.progress (instance, stream, revision) select moved.id, u.stream, u.revision from moved, ${u}
           on conflict (instance, stream) do update set revision = excluded.revision`,
      },
      {
        name: 'wait',
        size: wait.length,
        columns: 'stream, revision, message',
        values: () => [
          textArray(wait.map(({ stream }) => stream)),
          wait.map(({ revision }) => revision),
          textArray(wait.map((message) => JSON.stringify(message))),
        ],
        text: (u) =>
          `insert into ${S}.waiting (instance, stream, revision, message)
           select moved.id, u.stream, u.revision, u.message::json from moved, ${u}
           on conflict (instance, stream, revision) do update set message = excluded.message`,
      },
      {
        name: 'unwait',
        size: unwait.length,
        columns: 'stream, revision',
        values: () => [textArray(unwait.map(({ stream }) => stream)), unwait.map(({ revision }) => revision)],
        text: (u) =>
          `delete from ${S}.waiting w using moved, ${u}
           where w.instance = moved.id and w.stream = u.stream and w.revision = u.revision`,
      },
      {
        name: 'park',
        size: park.size,
        columns: 'stream, revision, error',
        values: () => [
          textArray([...park.keys()]),
          parked.map(({ revision }) => revision),
          textArray(parked.map(({ error }) => error)),
        ],
        text: (u) =>
          `insert into ${S}.parked as p (instance, stream, revision, error)
           select moved.id, u.stream, u.revision, u.error from moved, ${u}
           on conflict (instance, stream) do update set error = excluded.error, revision = excluded.revision,
             tries = case when p.revision = excluded.revision then p.tries + 1 else 1 end,
             since = case when p.revision = excluded.revision then p.since else now() end`,
      },
      {
        name: 'unpark',
        size: unpark.length,
        columns: 'stream',
        values: () => [textArray(unpark)],
        text: (u) => `delete from ${S}.parked p using moved, ${u} where p.instance = moved.id and p.stream = u.stream`,
      },
    ];
  };

  return (writing: Writing) => {
    const steps = stepsOf(writing).map((step) => ({ ...step, arrays: step.size > 0 ? step.values() : undefined }));
    const which = steps.map(({ arrays }) => (arrays ? 1 : 0)).join('');
    let text = texts.get(which);
    if (text === undefined) {
      let n = 3;
      const made = steps.flatMap((step) => {
        if (!step.arrays) return [];
        const unnested = step.arrays.map((array) => `$${++n}::${Buffer.isBuffer(array) ? 'text' : 'int'}[]`);
        return `, ${step.name} as (${step.text(`unnest(${unnested.join(', ')}) as u(${step.columns})`)})`;
      });
      text = `
        with moved as (
          update ${S}.instances set turn = turn + 1, position = coalesce($3, position)
          where id = $1 and turn = $2::bigint and state <> 'retired' returning id)${made.join('')}
        select count(*)::int as moved from moved`;
      texts.set(which, text);
    }
    return {
      name: `write ${S} ${id} ${which}`,
      text,
      values: [id, writing.turn, writing.upTo ?? null, ...steps.flatMap(({ arrays = [] }) => arrays)],
    };
  };
};
