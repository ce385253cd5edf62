import { createHmac, createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { caseSigns } from '@resguardo/contracts';
import type { Json } from '@resguardo/eventing';
import { canonical, uuidv5 } from '@resguardo/eventing';
import type { Said } from '@resguardo/desk';
import type { KeptEntry, KeptHere } from '@resguardo/home';
import { ERASED, type KeyRing, lock, systemKey, unlock, unwrap, wrap } from '@resguardo/vault';
import type { Statement } from '@resguardo/store-remote';
import type { Pool } from 'pg';

/**
 * What waits: a command that was said here, a set of files that was imported, or the record of a reading. They go in this order, which is
 * the alphabet's.
 */
export interface Waiting {
  readonly kind: 'command' | 'files' | 'reading';
  readonly name: string;
  readonly said: object;
  /** Whom this service had verified, and when. */
  readonly by: Statement;
  /** The case, by a name that its id and its folio have in common (`caseSigns`): what is said of one case arrives in order. */
  readonly about: string;
}

/**
 * One name for a case, however it was named; what names none is about itself. `opener`: who says it, of a command that opens a case: the
 * case has its id from them and the command (D2).
 */
export const aboutOf = (said: Said, opener?: string): string =>
  caseSigns(opener === undefined ? said : { caseId: uuidv5(opener, said.commandId) }) ?? said.commandId;

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
  /** Nobody answers: it waits, and so does everything else. */
  | 'away'
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
  waitsFor(about: string): Promise<boolean>;
  waiting(): Promise<number>;
  /**
   * Hands over what waits, one kind after the other, oldest first: what was said of a child waits for no set of files. What cannot be
   * handed over keeps only what was said of the same case; when nobody answers for `limit` in a row, the rest waits for the next time.
   * What cannot be unsealed any more comes back without its words, and `unreadable` is told of it.
   */
  deliver(
    hand: (kept: Kept) => Promise<Handed>,
    options?: {
      readonly limit?: number;
      readonly unreadable?: (row: Pick<Kept, 'id' | 'kind' | 'name'>, error: unknown) => void;
    },
  ): Promise<void>;
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
create index if not exists entry_about on outbox.entry (about) where state = 'WAITING';
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

/** Why something came back whose box does not open any more. */
const UNREADABLE = 'UNREADABLE';

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
  const opened = ({ id, kind, about, name, kept_at, wrapped, box }: Row): Kept => ({
    ...(JSON.parse(unlock(unwrap(wrapping, `outbox ${id}`, wrapped), `outbox ${id}`, box).toString()) as Pick<
      Kept,
      'said' | 'by'
    >),
    ...{ id, kind, about, name, keptAt: kept_at.toISOString() },
  });

  const handedOver = async (
    row: Row,
    hand: (kept: Kept) => Promise<Handed>,
    unreadable: (row: Row, error: unknown) => void,
  ): Promise<Handed> => {
    let kept: Kept;
    try {
      kept = opened(row);
    } catch (error) {
      unreadable(row, error);
      return { returned: UNREADABLE };
    }
    return hand(kept);
  };

  return {
    keep: async ({ kind, name, said, by, about }, at) => {
      const commandId = (said as { readonly commandId?: string }).commandId;
      const id = kind !== 'reading' && commandId ? idOf(by.actor, commandId) : randomUUID();
      const key = randomBytes(32);
      const words = Buffer.from(JSON.stringify({ said, by }));
      const digest = createHmac('sha256', wrapping)
        .update(canonical({ name, said } as unknown as Json))
        .digest();
      const { rows } = await pool.query<{ kept_at: Date; digest: Buffer; made: boolean }>(
        `insert into outbox.entry as e (id, kind, about, actor, name, kept_at, digest, wrapped, box)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         on conflict (id) do update set
           kind = case e.state when 'RETURNED' then excluded.kind else e.kind end,
           kept_at = case e.state when 'RETURNED' then excluded.kept_at else e.kept_at end,
           digest = case e.state when 'RETURNED' then excluded.digest else e.digest end,
           wrapped = case e.state when 'RETURNED' then excluded.wrapped else e.wrapped end,
           box = case e.state when 'RETURNED' then excluded.box else e.box end,
           about = case e.state when 'RETURNED' then excluded.about else e.about end,
           name = case e.state when 'RETURNED' then excluded.name else e.name end,
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
      return row.kept_at.toISOString();
    },
    waitsFor: async (about) => {
      const { rowCount } = await pool.query(
        `select 1 from outbox.entry where about = $1 and state = 'WAITING' limit 1`,
        [about],
      );
      return rowCount === 1;
    },
    waiting: async () => {
      const { rows } = await pool.query<{ n: number }>(
        `select count(*)::int as n from outbox.entry where state = 'WAITING'`,
      );
      return rows[0]?.n ?? 0;
    },
    of: async (actor) => {
      const { rows } = await pool.query<Row & { state: KeptEntry['state']; code: string | null }>(
        `select id, name, kept_at, state, code from outbox.entry where actor = $1 and kind <> 'reading' order by seq`,
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
      const { rows } = await pool.query<Row>(
        `select * from outbox.entry where id = $1 and state = 'RETURNED' and code <> $2`,
        [idOf(actor, commandId), UNREADABLE],
      );
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
    deliver: async (hand, { limit = 3, unreadable = () => {} } = {}) => {
      const held = new Set<string>();
      let away = 0;
      for (let after: { kind: string; seq: string } | undefined; away < limit;) {
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
        const handed = await handedOver(row, hand, unreadable);
        away = handed === 'away' ? away + 1 : 0;
        if (handed === 'later' || handed === 'away') held.add(about);
        // Only what was handed over: it may have been said anew meanwhile.
        else if (handed === 'arrived')
          await pool.query('delete from outbox.entry where id = $1 and digest = $2', [id, digest]);
        else
          await pool.query(`update outbox.entry set state = 'RETURNED', code = $3 where id = $1 and digest = $2`, [
            id,
            digest,
            handed.returned,
          ]);
      }
    },
    erase: async (about) => {
      await pool.query('delete from outbox.entry where about = any ($1)', [about]);
    },
  };
};
