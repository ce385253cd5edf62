import { randomUUID } from 'node:crypto';
import { StoreUnavailable } from '@resguardo/eventing';
import { ERASED, type KeyRing, type KeyScope, lock, unlock } from '@resguardo/vault';
import type { Statement } from '@resguardo/store-remote';
import type { Pool } from 'pg';

/** What waits: a command that was said here, or the record of a reading. */
export interface Waiting {
  readonly kind: 'command' | 'reading';
  readonly name: string;
  readonly said: object;
  /** Whom this service had verified, and when. */
  readonly by: Statement;
  /** Case or folio: what is said of one case arrives in order. */
  readonly about: string;
}

export interface Kept extends Waiting {
  readonly id: string;
  readonly keptAt: string;
}

/** What somebody said that is not on the timeline: it waits, or it came back. */
export interface KeptRow {
  readonly commandId: string;
  readonly command: string;
  readonly keptAt: string;
  readonly state: 'WAITING' | 'RETURNED';
  /** Why it came back. */
  readonly code?: string;
}

export interface Outbox {
  /** Durable when it resolves, with when it was kept (UTC). The same command again is kept once. */
  keep(waiting: Waiting, at: string): Promise<string>;
  /** Whether something about this case still waits. */
  waitsFor(about: string): boolean;
  waiting(): number;
  /** Not yet, or not to be, on the timeline. */
  of(actor: string): Promise<readonly KeptRow[]>;
  /**
   * Hands over what waits, oldest first, until `deliver` rejects: then it all waits on. `returned` is the code of an answer that will not
   * change; what is delivered is forgotten, with its key.
   */
  deliver(deliver: (kept: Kept) => Promise<{ readonly returned?: string }>): Promise<void>;
}

const TABLES = `
create schema if not exists outbox;
create table if not exists outbox.entry (
  seq bigint generated always as identity primary key, id text not null unique, kind text not null, about text not null,
  actor text not null, name text not null, kept_at timestamptz not null, box bytea not null,
  state text not null default 'WAITING', code text);
create index if not exists entry_waiting on outbox.entry (seq) where state = 'WAITING';
`;

interface Row {
  readonly id: string;
  readonly kind: Waiting['kind'];
  readonly about: string;
  readonly name: string;
  readonly kept_at: Date;
  readonly box: Buffer;
}

const scopeOf = (id: string): KeyScope => ({ subject: `outbox:${id}`, name: `outbox:${id}` });

/**
 * What was said to this service and cannot reach the timeline now (D12): sealed, each under a key of its own that is destroyed when it
 * has arrived.
 */
export const openOutbox = async (pool: Pool, keys: KeyRing): Promise<Outbox> => {
  await pool.query(TABLES);
  const counts = new Map<string, number>();
  const count = (about: string, by: 1 | -1) => {
    const now = (counts.get(about) ?? 0) + by;
    if (now > 0) counts.set(about, now);
    else counts.delete(about);
  };
  const { rows } = await pool.query<{ about: string }>(`select about from outbox.entry where state = 'WAITING'`);
  for (const { about } of rows) count(about, 1);

  const keyOf = async (id: string) => {
    const key = await keys.key(scopeOf(id));
    // Whoever says it again gets the answer from the timeline.
    if (key === ERASED) throw new StoreUnavailable('this was kept before and has been delivered');
    return key;
  };
  const next = async (): Promise<Row | undefined> =>
    (
      await pool.query<Row>(
        `select id, kind, about, name, kept_at, box from outbox.entry where state = 'WAITING' order by seq limit 1`,
      )
    ).rows[0];
  const opened = async ({ id, kind, about, name, kept_at, box }: Row): Promise<Kept> => ({
    ...(JSON.parse(unlock(await keyOf(id), `outbox ${id}`, box).toString()) as Pick<Kept, 'said' | 'by'>),
    ...{ id, kind, about, name, keptAt: kept_at.toISOString() },
  });

  return {
    keep: async ({ kind, name, said, by, about }, at) => {
      const commandId = (said as { readonly commandId?: string }).commandId;
      const id = kind === 'command' && commandId ? `${by.actor}:${commandId}` : randomUUID();
      const box = lock(await keyOf(id), `outbox ${id}`, Buffer.from(JSON.stringify({ said, by })));
      const { rowCount } = await pool.query(
        `insert into outbox.entry (id, kind, about, actor, name, kept_at, box) values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (id) do nothing`,
        [id, kind, about, by.actor, name, at, box],
      );
      if (rowCount) count(about, 1);
      return at;
    },
    waitsFor: (about) => counts.has(about),
    waiting: () => [...counts.values()].reduce((sum, many) => sum + many, 0),
    of: async (actor) => {
      const { rows: found } = await pool.query<Row & { state: KeptRow['state']; code: string | null }>(
        `select id, name, kept_at, state, code from outbox.entry where actor = $1 and kind = 'command' order by seq`,
        [actor],
      );
      return found.map(({ id, name, kept_at, state, code }) => ({
        commandId: id.slice(actor.length + 1),
        command: name,
        keptAt: kept_at.toISOString(),
        state,
        ...(code && { code }),
      }));
    },
    deliver: async (deliver) => {
      for (let row = await next(); row; row = await next()) {
        const { id, about } = row;
        const { returned } = await deliver(await opened(row));
        if (returned !== undefined)
          await pool.query(`update outbox.entry set state = 'RETURNED', code = $2 where id = $1`, [id, returned]);
        else {
          await pool.query('delete from outbox.entry where id = $1', [id]);
          await keys.destroy([scopeOf(id).subject]);
        }
        count(about, -1);
      }
    },
  };
};
