import type { Pool, PoolClient } from 'pg';

/**
 * Tables of the vault, in a schema of their own so that a role can be given it or not. No column holds a name, a number or a date in clear.
 * `subject.erased_at` is the tombstone: once set, no key and no row of that subject is made again.
 */
const TABLES = `
create schema if not exists vault;
create table if not exists vault.fingerprint (
  one boolean primary key default true check (one), salt bytea not null, mark bytea not null);
create table if not exists vault.subject (
  subject text primary key, erased_at timestamptz);
create table if not exists vault.wrapped_key (
  name text primary key, subject text not null references vault.subject, wrapped bytea,
  made_at timestamptz not null default now());
create index if not exists wrapped_key_subject on vault.wrapped_key (subject);
create table if not exists vault.person (
  person_id text primary key, case_id text not null, agency text not null, kind text not null,
  made_at timestamptz not null);
create unique index if not exists person_one_child on vault.person (case_id) where kind = 'CHILD';
create index if not exists person_case on vault.person (case_id);
create table if not exists vault.person_version (
  seq bigint generated always as identity primary key, version_id text not null unique,
  person_id text not null references vault.person on delete cascade, at timestamptz not null, box bytea not null,
  referred_to boolean not null default false);
create index if not exists person_version_loose on vault.person_version (at) where not referred_to;
create index if not exists person_version_person on vault.person_version (person_id, seq);
create table if not exists vault.blind_index (
  kind text not null, token bytea not null, whole boolean not null,
  version_id text not null references vault.person_version (version_id) on delete cascade, person_id text not null,
  primary key (token, kind, version_id));
create index if not exists blind_index_version on vault.blind_index (version_id);
create table if not exists vault.same_child (
  case_id text not null, other_case_id text not null, primary key (case_id, other_case_id));
create table if not exists vault.search_receipt (
  search_id text primary key, actor text not null, agency text not null, at timestamptz not null,
  asked integer not null default 1);
create index if not exists search_receipt_actor on vault.search_receipt (actor, at);
create table if not exists vault.search_match (
  match_id text primary key, search_id text not null references vault.search_receipt on delete cascade,
  person_id text not null, case_id text not null, kinds text[] not null);
create table if not exists vault.checkpoint (
  name text primary key, position text not null);
create index if not exists search_match_case on vault.search_match (case_id);
`;

/** Two processes starting at once make the tables once. */
const MAKING = 0x7661756c;

export const makeVaultTables = (pool: Pool): Promise<void> =>
  inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [MAKING]);
    // An advisory lock does not tell what was made while it was waited for; opening a table does. Without it this connection may still
    // remember that the schema is not there, and fail to make it.
    await client.query('select from pg_namespace limit 0');
    await client.query(TABLES);
  });

export const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch((lost: Error) => (broken = lost));
    throw error;
  } finally {
    client.release(broken);
  }
};

/**
 * Makes the subject known and holds it until the transaction ends, so that an erasure either happened before or waits.
 * Resolves with whether it is erased.
 */
export const holdSubject = async (client: PoolClient, subject: string): Promise<boolean> => {
  await client.query('insert into vault.subject (subject) values ($1) on conflict do nothing', [subject]);
  const { rows } = await client.query<{ erased: boolean }>(
    'select erased_at is not null as erased from vault.subject where subject = $1 for share',
    [subject],
  );
  return rows[0]?.erased ?? false;
};
