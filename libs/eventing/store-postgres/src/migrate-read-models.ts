import type { Pool, PoolClient } from 'pg';

/** Runs `work` in one transaction. */
export const inTransaction = async <T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> => {
  const client = await pool.connect();
  let broken = false;
  try {
    await client.query('begin');
    const result = await work(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
};

export const checkedName = (name: string): string => {
  if (!/^[a-z][a-z0-9_]{0,39}$/.test(name))
    throw new Error(`"${name}" is no name for a table: snake_case, 40 characters`);
  return name;
};

/**
 * The runners' own tables in `schema`. An instance is one filling of one projection: its table, its place in the feed.
 * `turn` is the checkpoint's compare-and-set: whoever writes, writes at the turn he read, or nothing.
 */
export const migrateReadModels = (pool: Pool, schema: string): Promise<void> =>
  inTransaction(pool, async (client) => {
    const S = checkedName(schema);
    await client.query(`select pg_advisory_xact_lock(hashtext('resguardo read models'))`);
    // An advisory lock does not tell what was made while it was waited for; opening a table does. Without it this connection may still
    // remember that the schema is not there, and fail to make it.
    await client.query('select from pg_namespace limit 0');
    await client.query(`
      create schema if not exists ${S};
      create table if not exists ${S}.instances (
        id integer generated always as identity primary key,
        projection text not null,
        version integer not null,
        state text not null check (state in ('active', 'filling', 'retired')),
        columns jsonb not null,
        turn bigint not null default 0,
        position text,
        started_at timestamptz not null default now(),
        switched_at timestamptz
      );
      create table if not exists ${S}.progress (
        instance integer not null references ${S}.instances on delete cascade,
        stream text not null,
        revision integer not null,
        primary key (instance, stream)
      );
      create table if not exists ${S}.parked (
        instance integer not null references ${S}.instances on delete cascade,
        stream text not null,
        revision integer not null,
        error text not null,
        since timestamptz not null default now(),
        tries integer not null default 1,
        primary key (instance, stream)
      );
      create table if not exists ${S}.waiting (
        instance integer not null references ${S}.instances on delete cascade,
        stream text not null,
        revision integer not null,
        message json not null,
        primary key (instance, stream, revision)
      );
      create table if not exists ${S}.set_aside (
        projection text not null,
        stream text not null,
        revision integer not null,
        reason text not null,
        at timestamptz not null default now(),
        primary key (projection, stream, revision)
      );
      -- Only where they are missing: even where it changes nothing, this waits for whoever works with the tables, and two wait for each other.
      do $$ begin
        if to_regclass('${S}.one_active') is null then
          create unique index one_active on ${S}.instances (projection) where state = 'active';
        end if;
        if to_regclass('${S}.one_filling') is null then
          create unique index one_filling on ${S}.instances (projection, version) where state = 'filling';
        end if;
        -- When the case came to stand still there: since then the tables lack the fact.
        if not exists (select from pg_attribute where attrelid = '${S}.set_aside'::regclass and attname = 'since') then
          alter table ${S}.set_aside add column since timestamptz;
        end if;
        if not exists (select from pg_attribute where attrelid = '${S}.waiting'::regclass and attname = 'since') then
          alter table ${S}.waiting add column since timestamptz not null default now();
        end if;
      end $$;`);
  });
