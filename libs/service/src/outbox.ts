import { createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import type { Json } from '@resguardo/eventing';
import { canonical } from '@resguardo/eventing';
import type { Said } from '@resguardo/desk';
import type { KeptEntry, KeptHere } from '@resguardo/home';
import { ERASED, type KeyRing, lock, systemKey, unlock, unwrap, wrap } from '@resguardo/vault';
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

/** The command's id was kept with another content: nothing of it is kept. */
export class KeptAlready extends Error {
  constructor() {
    super('this command id was kept with another content');
    this.name = 'KeptAlready';
  }
}

/** Came of handing something over. */
export type Handed =
  /** It is on the timeline, or on record. */
  | 'arrived'
  /** Not now; it waits, and with it what was said of the same case. */
  | 'later'
  /** Never as it is: whoever said it has to look. */
  | { readonly returned: string };

export interface Outbox extends KeptHere {
  /**
   * Durable when it resolves, with when it was kept (UTC). The same command again is kept once; one that came back waits again, as it is
   * said now. @throws KeptAlready
   */
  keep(waiting: Waiting, at: string): Promise<string>;
  /** Whether something about this case still waits. */
  waitsFor(about: string): boolean;
  waiting(): number;
  /**
   * Hands over what waits, commands before records of readings, oldest first. What cannot be handed over keeps only what was said of
   * the same case; when `limit` in a row cannot, the rest waits for the next time.
   */
  deliver(hand: (kept: Kept) => Promise<Handed>, limit?: number): Promise<void>;
  /** C-13: what waits or came back about a case goes with it. */
  erase(about: readonly string[]): Promise<void>;
}

const TABLES = `
create schema if not exists outbox;
create table if not exists outbox.entry (
  seq bigint generated always as identity primary key, id text not null unique, kind text not null, about text not null,
  actor text not null, name text not null, kept_at timestamptz not null, digest bytea not null, wrapped bytea not null, box bytea not null,
  state text not null default 'WAITING', code text);
create index if not exists entry_waiting on outbox.entry (kind, seq) where state = 'WAITING';
`;

interface Row {
  readonly id: string;
  readonly kind: Waiting['kind'];
  readonly about: string;
  readonly name: string;
  readonly kept_at: Date;
  readonly digest: Buffer;
  readonly wrapped: Buffer;
  readonly box: Buffer;
}

const idOf = (actor: string, commandId: string) => `${actor}:${commandId}`;

const KEY_OF_KEYS = systemKey('outbox');

/**
 * What was said to this service and cannot reach the timeline now (D12): sealed, each under a key of its own that lies wrapped beside it
 * and goes with it when it has arrived.
 */
export const openOutbox = async (pool: Pool, keys: KeyRing): Promise<Outbox> => {
  await pool.query(TABLES);
  const wrapping = await keys.key(KEY_OF_KEYS);
  if (wrapping === ERASED) throw new Error('the key of the outbox is gone');
  const counts = new Map<string, number>();
  const recount = async (): Promise<void> => {
    const { rows } = await pool.query<{ about: string; n: number }>(
      `select about, count(*)::int as n from outbox.entry where state = 'WAITING' group by about`,
    );
    counts.clear();
    for (const { about, n } of rows) counts.set(about, n);
  };
  await recount();
  const gone = (about: string): void => {
    const left = (counts.get(about) ?? 0) - 1;
    if (left > 0) counts.set(about, left);
    else counts.delete(about);
  };
  const opened = ({ id, kind, about, name, kept_at, wrapped, box }: Row): Kept => ({
    ...(JSON.parse(unlock(unwrap(wrapping, `outbox ${id}`, wrapped), `outbox ${id}`, box).toString()) as Pick<
      Kept,
      'said' | 'by'
    >),
    ...{ id, kind, about, name, keptAt: kept_at.toISOString() },
  });

  return {
    keep: async ({ kind, name, said, by, about }, at) => {
      const commandId = (said as { readonly commandId?: string }).commandId;
      const id = kind === 'command' && commandId ? idOf(by.actor, commandId) : randomUUID();
      const key = randomBytes(32);
      const words = Buffer.from(JSON.stringify({ said, by }));
      const digest = createHmac('sha256', wrapping)
        .update(canonical({ name, said } as unknown as Json))
        .digest();
      const { rows } = await pool.query<{ kept_at: Date; digest: Buffer; made: boolean }>(
        `insert into outbox.entry as e (id, kind, about, actor, name, kept_at, digest, wrapped, box)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set
           kept_at = case e.state when 'RETURNED' then excluded.kept_at else e.kept_at end,
           digest = case e.state when 'RETURNED' then excluded.digest else e.digest end,
           wrapped = case e.state when 'RETURNED' then excluded.wrapped else e.wrapped end,
           box = case e.state when 'RETURNED' then excluded.box else e.box end,
           about = case e.state when 'RETURNED' then excluded.about else e.about end,
           code = null, state = 'WAITING'
         returning kept_at, digest`,
        [
          ...[id, kind, about, by.actor, name, at, digest],
          wrap(wrapping, `outbox ${id}`, key),
          lock(createSecretKey(key), `outbox ${id}`, words),
        ],
      );
      const [row] = rows;
      if (!row?.digest.equals(digest)) throw new KeptAlready();
      await recount();
      return row.kept_at.toISOString();
    },
    waitsFor: (about) => counts.has(about),
    waiting: () => [...counts.values()].reduce((sum, many) => sum + many, 0),
    of: async (actor) => {
      const { rows } = await pool.query<Row & { state: KeptEntry['state']; code: string | null }>(
        `select id, name, kept_at, state, code from outbox.entry where actor = $1 and kind = 'command' order by seq`,
        [actor],
      );
      return rows.map(({ id, name, kept_at, state, code }) => ({
        commandId: id.slice(actor.length + 1),
        command: name,
        keptAt: kept_at.toISOString(),
        state,
        ...(code && { code }),
      }));
    },
    words: async (actor, commandId) => {
      const { rows } = await pool.query<Row>(`select * from outbox.entry where id = $1 and state = 'RETURNED'`, [
        idOf(actor, commandId),
      ]);
      const [row] = rows;
      if (!row) return undefined;
      const { caseId, folio, occurredAt, knownAt, input } = opened(row).said as Said;
      return { commandId, command: row.name, caseId, folio, occurredAt, knownAt, input: input ?? {} };
    },
    forget: async (actor, commandId) => {
      const { rowCount } = await pool.query(`delete from outbox.entry where id = $1 and state = 'RETURNED'`, [
        idOf(actor, commandId),
      ]);
      return rowCount === 1;
    },
    deliver: async (hand, limit = 3) => {
      const held = new Set<string>();
      let failed = 0;
      for (let after: { kind: string; seq: string } | undefined; failed < limit;) {
        const { rows } = await pool.query<Row & { seq: string }>(
          `select * from outbox.entry where state = 'WAITING' and ($1::text is null or (kind, seq) > ($1::text, $2::bigint))
           order by kind, seq limit 1`,
          [after?.kind ?? null, after?.seq ?? null],
        );
        const [row] = rows;
        if (!row) return;
        after = row;
        const { id, about, digest } = row;
        if (held.has(about)) continue;
        const handed = await hand(opened(row));
        if (handed === 'later') {
          held.add(about);
          failed++;
          continue;
        }
        failed = 0;
        // Only what was handed over: it may have been said anew meanwhile.
        const { rowCount } = await (handed === 'arrived'
          ? pool.query('delete from outbox.entry where id = $1 and digest = $2', [id, digest])
          : pool.query(`update outbox.entry set state = 'RETURNED', code = $3 where id = $1 and digest = $2`, [
              id,
              digest,
              handed.returned,
            ]));
        if (rowCount) gone(about);
      }
    },
    erase: async (about) => {
      await pool.query('delete from outbox.entry where about = any ($1)', [about]);
      await recount();
    },
  };
};
