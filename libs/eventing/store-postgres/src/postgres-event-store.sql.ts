/** A schema's name is written into statements, where no parameter can stand: only plain names get in. */
export const schemaName = (schema: string): string => {
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) throw new RangeError(`${schema} cannot be the name of a schema`);
  return schema;
};

/**
 * `events` is the history. `counter` gives positions without gaps: it is locked for the length of one batch, so positions become
 * visible in their order and `position > last` never passes one that is still open. `streams` says where each stream ends.
 * `json` and not `jsonb`: it keeps the text as written and takes every string that JSON can write, also \u0000.
 */
export const schemaOf = (schema: string): string => `
create schema if not exists ${schema};
create table if not exists ${schema}.events (
  position bigint primary key,
  stream text not null,
  revision int not null,
  id text not null,
  type text not null,
  schema_version int not null,
  data json not null,
  sealed json,
  meta json not null,
  unique (stream, revision)
);
create table if not exists ${schema}.streams (
  stream text primary key,
  revision int not null,
  -- Where the stream ended before its last append: an append says here what it expects.
  previous int not null
) with (fillfactor = 50);
create table if not exists ${schema}.counter (
  one boolean primary key default true check (one),
  position bigint not null
) with (fillfactor = 10);
insert into ${schema}.counter (position) values (0) on conflict do nothing;`;

/**
 * One batch in one round trip: $1-$3 one element per append (stream, expected revision, number of events), $4-$11 one per event.
 * Answers with a row per append that was kept; the others found their stream elsewhere and left nothing. No stream twice in a batch.
 *
 * The counter is locked first, so batches of several processes wait for each other and never deadlock. After that wait the
 * statement's snapshot is old, but `on conflict do update … where` looks at the row as it is now.
 */
export const appendOf = (schema: string): string => `
with locked as (select position from ${schema}.counter for update),
moved as (
  insert into ${schema}.streams as s (stream, revision, previous)
  select m.stream, m.expected + m.size, m.expected
  from locked, unnest($1::text[], $2::int[], $3::int[]) as m(stream, expected, size)
  where m.expected = -1 or (select true from ${schema}.streams k where k.stream = m.stream)
  on conflict (stream) do update set revision = excluded.revision, previous = excluded.previous
  where s.revision = excluded.previous
  returning s.stream
),
kept as (
  select e.*, row_number() over (order by e.n) as place
  from unnest($4::text[], $5::int[], $6::text[], $7::text[], $8::int[], $9::text[], $10::text[], $11::text[])
    with ordinality as e(stream, revision, id, type, schema_version, data, sealed, meta, n)
  join moved using (stream)
),
counted as (
  update ${schema}.counter set position = position + (select count(*) from kept)
  where exists (select from kept) returning position
),
written as (
  insert into ${schema}.events (position, stream, revision, id, type, schema_version, data, sealed, meta)
  select counted.position - (select count(*) from kept) + place, stream, revision, id, type, schema_version,
    data::json, sealed::json, meta::json
  from kept, counted
  returning stream, revision, position
)
select stream, max(revision) as revision, max(position) as position from written group by stream`;

const COLUMNS = 'e.position, e.stream, e.revision, e.id, e.type, e.schema_version, e.data, e.sealed, e.meta';

export const readOf = (schema: string): string => `
select s.revision as head, ${COLUMNS}
from ${schema}.streams s left join ${schema}.events e on e.stream = s.stream and e.revision >= $2
where s.stream = $1 order by e.revision`;

export const pageOf = (schema: string): string => `
select ${COLUMNS} from ${schema}.events e where e.position > $1 and e.position <= $2 order by e.position limit $3`;
