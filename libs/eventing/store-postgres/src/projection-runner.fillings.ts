import { type Around, type Feed, type Message, type Position, type Wakeup, wakeup } from '@resguardo/eventing';
import type { Pool, PoolClient } from 'pg';
import { itemsOf, makeItems, wholeOf } from './list-items.js';
import { checkedName, inTransaction, migrateReadModels } from './migrate-read-models.js';
import { type Applied, Gone, Instance, type Work } from './projection-runner.instance.js';
import type { ActiveTable } from './reader.js';
import { rests } from './rests.js';

/** Messages that are applied together. */
export interface Batch {
  /** Name of the reading service. */
  readonly reader: string;
  /** Name of the projection or process. */
  readonly follower: string;
  readonly messages: readonly Message[];
}

export interface RunnerOptions {
  /** Schema of the runners' tables; `read_models` unless given. */
  readonly schema?: string;
  /** Messages per batch, at most; 4000 unless given. */
  readonly limit?: number;
  /** Told of trouble that the runner gets over by itself (database away). Parked cases are not trouble: see `parked`. */
  readonly onError?: (error: unknown) => void;
  /** Put around each batch. */
  readonly around?: Around<Batch>;
  /** How long a table is left after the switch to another: someone may have asked for its name just before. Milliseconds; a minute unless given. */
  readonly graceMs?: number;
}

/** A case that stands still since a message could not be applied. */
export interface Parked {
  readonly stream: string;
  /** The message that could not be applied. */
  readonly revision: number;
  readonly error: string;
  /** UTC, ISO 8601: "incomplete since". */
  readonly since: string;
  readonly tries: number;
  /** Messages that wait, this one included. */
  readonly waiting: number;
  /** Whose case the message is about, as it says. */
  readonly caseId: string;
  /** Type of the fact; undefined where the message could not even be read. */
  readonly type?: string;
}

/** The case does not stand still there, or not any more. */
export class NotParked extends Error {
  override readonly name = 'NotParked';
}

/** A case of which the table in use lacks facts, and since when (UTC, ISO 8601). */
export interface Lacking {
  readonly stream: string;
  readonly since: string;
}

export interface Runner {
  /** Ends after the batch at hand. */
  stop(): Promise<void>;
  /** Tries a parked case again; true when it goes on. */
  retry(stream: string): Promise<boolean>;
  /** Goes on without the message that parked the case, for ever, also in rebuilds. @throws NotParked when it is not the one. */
  setAside(stream: string, revision: number, reason: string): Promise<boolean>;
  /** Those that stand longest, first; all of them unless `most` says how many. */
  parked(most?: number): Promise<readonly Parked[]>;
  /** How many cases stand still, in the table in use. */
  parkedCases(): Promise<number>;
  /** Up to where in the feed this process has applied everything to the table it keeps; undefined before the first message. */
  position(): Position | undefined;
  /**
   * Since when (UTC, ISO 8601) the table in use lacks facts of a case, because it stands still, because one was set aside, or because one
   * did not come though later ones did; undefined otherwise.
   */
  incompleteSince(stream: string): Promise<string | undefined>;
  /** The same of every case that lacks facts. */
  incomplete(): Promise<readonly Lacking[]>;
  /** How many cases wait for a message that has not come, though later ones have. A feed keeps its order, so it may never come. */
  gaps(): Promise<number>;
  /** Streams with messages that came too early or stand behind a parked one. */
  lagging(): Promise<readonly { readonly stream: string; readonly revision: number; readonly waiting: number }[]>;
  /** Whether the table in use has `revision` of `stream`, waiting for it `timeoutMs` (2000) at most; false means: behind. */
  waitFor(stream: string, revision: number, timeoutMs?: number): Promise<boolean>;
  /** Last revision of `stream` that the table in use has, withheld ones counted; -1 before the first. */
  appliedTo(stream: string): Promise<number>;
  /** Told after each write to the table in use, in this process. Returns how to stop listening. */
  onApplied(listener: (applied: Applied) => void): () => void;
  table(again?: boolean): Promise<ActiveTable>;
  rebuild(): Promise<void>;
}

interface InstanceRow {
  readonly id: number;
  readonly version: number;
  readonly state: 'active' | 'filling';
  readonly columns: Record<string, string>;
  /** Its lists are kept item by item: readers take the view. */
  readonly itemised?: boolean;
}

interface Filling {
  readonly instance: Instance;
  state: 'active' | 'filling';
  readonly stop: AbortController;
  done: Promise<void>;
  upTo: Position | undefined;
}

/** Rows that facts change again and again lie as they are, with room for the next one beside them: packing them costs more than writing them. */
const CHANGING = 'with (fillfactor = 50, toast_tuple_target = 8160)';
const SWITCH_EVERY_MS = 200;
const SEEN = 50_000;

export const startRunner = async (
  pool: Pool,
  feed: Feed,
  reader: string,
  work: Work,
  {
    schema = 'read_models',
    limit = 4000,
    onError = () => {},
    around = (_, apply) => apply(),
    graceMs = 60_000,
  }: RunnerOptions,
): Promise<Runner> => {
  const S = checkedName(schema);
  checkedName(work.name);
  Object.keys(work.columns).forEach(checkedName);
  const declared = Object.fromEntries(Object.entries(work.columns).map(([name, { type }]) => [name, type]));
  const whole = new AbortController();
  const fillings = new Map<number, Filling>();
  const listeners = new Set<(applied: Applied) => void>();
  const changed: Wakeup = wakeup();
  let tableInUse: ActiveTable | undefined;
  // What this process has written to the table in use, so that those who wait need not ask the database at each write.
  const seen = new Map<string, number>();
  // Counts what may have changed without being in `seen`: another process's writes, a switch.
  let unseen = 0;
  const wakeForUnseen = (): void => {
    unseen++;
    changed.wake();
  };

  const onTrouble = async (error: unknown, attempt: number): Promise<void> => {
    onError(error);
    await changed.next(Math.min(2_000, 50 * 2 ** attempt), whole.signal);
  };

  const makeTable = async (client: PoolClient, id: number): Promise<void> => {
    const table = `${work.name}_v${work.version}_${id}`;
    const columns = Object.entries(declared).map(([name, type]) => `, "${name}" ${type}`);
    await client.query(
      `create table ${S}.${table} (key text primary key, doc jsonb not null${columns.join('')}) ${work.makes ? '' : CHANGING}`,
    );
    if (work.lists.length > 0) await client.query(makeItems(`${S}.${table}`, work.lists, Object.keys(declared)));
    for (const index of work.indexes) {
      const gin = index.length === 1 && /^(text\[\]|jsonb)$/.test(declared[index[0]!] ?? '');
      await client.query(
        `create index on ${S}.${table} using ${gin ? 'gin' : 'btree'} (${index.map((name) => `"${checkedName(name)}"`).join(', ')})`,
      );
    }
  };

  const insert = async (client: PoolClient, state: 'active' | 'filling'): Promise<InstanceRow> => {
    const { rows } = await client.query<InstanceRow>(
      `insert into ${S}.instances (projection, version, state, columns) values ($1, $2, $3, $4)
       returning id, version, state, columns`,
      [work.name, work.version, state, JSON.stringify(declared)],
    );
    await makeTable(client, rows[0]!.id);
    return rows[0]!;
  };

  const living = async (client: Pool | PoolClient): Promise<readonly InstanceRow[]> =>
    (
      await client.query<InstanceRow>(
        `select id, version, state, columns,
           to_regclass(format('%I.%I', $2::text, format('%s_v%s_%s_items', projection, version, id))) is not null as itemised
         from ${S}.instances where projection = $1 and state <> 'retired' order by id`,
        [work.name, S],
      )
    ).rows;

  /** Fillings of this version: the one in use, one that is to replace it, or both. Makes what is missing. */
  const ours = (rebuild: boolean): Promise<readonly InstanceRow[]> =>
    inTransaction(pool, async (client) => {
      await client.query('select pg_advisory_xact_lock(hashtext($1))', [`${S} ${work.name}`]);
      await client.query(
        `update ${S}.instances set state = 'retired', switched_at = now() where projection = $1 and state = 'filling' and version < $2`,
        [work.name, work.version],
      );
      const all = await living(client);
      const mine = all.filter(({ version }) => version === work.version);
      for (const { columns } of mine)
        if (!sameColumns(columns, declared))
          throw new Error(`${work.name}: its columns changed, so its version ${work.version} has to be raised`);
      const none = !all.some(({ state }) => state === 'active');
      if (mine.length === 0) return [await insert(client, none ? 'active' : 'filling')];
      if (rebuild && !mine.some(({ state }) => state === 'filling')) return [...mine, await insert(client, 'filling')];
      return mine;
    });

  const dropRetired = async (): Promise<void> => {
    const { rows } = await pool.query<{ id: number; version: number }>(
      `delete from ${S}.instances where projection = $1 and state = 'retired' and switched_at <= now() - $2 * interval '1 millisecond'
       returning id, version`,
      [work.name, graceMs],
    );
    for (const { id, version } of rows) {
      const retired = `${S}.${work.name}_v${version}_${id}`;
      await pool.query(`drop table if exists ${retired}, ${itemsOf(retired)} cascade`);
    }
  };

  /** Switches to a filling that has, of every stream, at least what the table in use has. True when it is in use now. */
  const trySwitch = (id: number): Promise<boolean> =>
    inTransaction(pool, async (client) => {
      const behind = (): Promise<boolean> =>
        client
          .query<{ behind: boolean }>(
            `select exists (
               select 1 from ${S}.progress used
               join ${S}.instances i on i.id = used.instance and i.projection = $2 and i.state = 'active'
               left join ${S}.progress mine on mine.instance = $1 and mine.stream = used.stream
               where coalesce(mine.revision, -1) < used.revision
                 and not exists (select 1 from ${S}.parked p where p.instance = $1 and p.stream = used.stream)) as behind`,
            [id, work.name],
          )
          .then(({ rows }) => rows[0]!.behind);
      if (await behind()) return false;
      const { rows } = await client.query<{ id: number; state: string }>(
        `select id, state from ${S}.instances where projection = $1 and state <> 'retired' order by id for update`,
        [work.name],
      );
      const mine = rows.find((row) => row.id === id);
      if (!mine) throw new Gone();
      if (mine.state === 'active') return true;
      if (await behind()) return false;
      await client.query(
        `update ${S}.instances set state = 'retired', switched_at = now() where projection = $1 and state = 'active'`,
        [work.name],
      );
      await client.query(`update ${S}.instances set state = 'active', switched_at = now() where id = $1`, [id]);
      return true;
    });

  const run = (row: InstanceRow): Filling => {
    const stop = new AbortController();
    const signal = AbortSignal.any([whole.signal, stop.signal]);
    // Far from the end of the feed there is no point in asking whether it has caught up.
    let farBehind = false;
    const restAfter = rests();
    const instance = new Instance(
      pool,
      S,
      row.id,
      { ...work, reread: (message) => feed.reread?.(reader, message) ?? message },
      (applied) => {
        if (filling.state !== 'active') return;
        if (seen.size > SEEN) seen.clear();
        for (const [stream, revision] of applied.streams) seen.set(stream, revision);
        for (const listener of listeners)
          try {
            listener(applied);
          } catch (error) {
            onError(error);
          }
        changed.wake();
      },
      onTrouble,
    );
    const filling: Filling = { instance, state: row.state, stop, done: Promise.resolve(), upTo: undefined };
    fillings.set(row.id, filling);

    const follow = async (): Promise<void> => {
      for (let attempt = 1; !signal.aborted;) {
        try {
          const from = await instance.position();
          filling.upTo = from;
          await feed.follow(
            reader,
            from,
            async (messages, upTo: Position) => {
              const started = performance.now();
              attempt = 1;
              farBehind = messages.length >= limit;
              await around({ reader, follower: work.name, messages }, () => instance.apply(messages, upTo, signal));
              filling.upTo = upTo;
              // None of the messages was applied here: another process was faster, and somebody may wait for what it wrote.
              if (messages.some(({ stream, revision }) => (seen.get(stream) ?? -1) < revision)) wakeForUnseen();
              const rest = restAfter(messages.length, performance.now() - started);
              if (!farBehind) await pause(rest, signal);
            },
            signal,
            limit,
          );
        } catch (error) {
          if (signal.aborted || error instanceof Gone) break;
          await onTrouble(error, attempt++);
        }
      }
    };

    const watch = async (): Promise<void> => {
      for (let attempt = 1; !signal.aborted && filling.state === 'filling';) {
        try {
          if (!farBehind && (await trySwitch(row.id))) {
            filling.state = 'active';
            tableInUse = undefined;
            for (const [id, other] of fillings) if (id !== row.id) other.stop.abort();
            seen.clear();
            wakeForUnseen();
            // What a new version leaves out is gone for good only with the old table.
            await pause(graceMs, whole.signal);
            if (!whole.signal.aborted) await dropRetired();
            return;
          }
          farBehind = false;
          await pause(SWITCH_EVERY_MS, signal);
        } catch (error) {
          if (signal.aborted || error instanceof Gone) return;
          await onTrouble(error, attempt++);
        }
      }
    };

    filling.done = Promise.all([follow(), watch()]).then(async () => {
      fillings.delete(row.id);
      tableInUse = undefined;
      seen.clear();
      wakeForUnseen();
      // Another process switched: this one goes on with what is in use now, if that is its version.
      if (!whole.signal.aborted && !stop.signal.aborted && fillings.size === 0) await takeUp();
    });
    return filling;
  };

  const takeUp = async (): Promise<void> => {
    for (let attempt = 1; !whole.signal.aborted;) {
      try {
        const rows = await living(pool);
        const mine = rows.filter(({ version }) => version === work.version);
        for (const row of mine) if (!fillings.has(row.id)) run(row);
        if (mine.length === 0) onError(new Error(`${work.name}: version ${work.version} was replaced by another`));
        return;
      } catch (error) {
        await onTrouble(error, attempt++);
      }
    }
  };

  const inUse = async (): Promise<InstanceRow> => {
    const rows = await living(pool);
    const used = rows.find(({ state }) => state === 'active');
    const mine = rows.find(({ version }) => version === work.version);
    const readable =
      used && Object.entries(declared).every(([name, type]) => used.columns[name] === type) ? used : (mine ?? used);
    if (!readable) throw new Error(`${work.name} has no table`);
    return readable;
  };

  const table = async (again = false): Promise<ActiveTable> => {
    if (tableInUse && !again) return tableInUse;
    const { id, version, state, itemised } = await inUse();
    const rows = `${S}.${work.name}_v${version}_${id}`;
    const found = { name: itemised ? wholeOf(rows) : rows, complete: state === 'active' };
    // Only what this process itself keeps is remembered: it is told of that one's end.
    if (fillings.has(id)) tableInUse = found;
    return found;
  };

  const revisionInUse = async (stream: string): Promise<number> => {
    const { rows } = await pool.query<{ revision: number }>(
      `select revision from ${S}.progress p join ${S}.instances i on i.id = p.instance
       where i.projection = $1 and i.state = 'active' and p.stream = $2`,
      [work.name, stream],
    );
    return rows[0]?.revision ?? -1;
  };

  const isParked = async (stream: string): Promise<{ revision: number; since: Date } | undefined> =>
    (
      await pool.query<{ revision: number; since: Date }>(
        `select p.revision, p.since from ${S}.parked p join ${S}.instances i on i.id = p.instance
         where i.projection = $1 and i.state <> 'retired' and p.stream = $2 order by i.state limit 1`,
        [work.name, stream],
      )
    ).rows[0];

  /** Messages that wait for one before them which has not come. */
  const behindGaps = `${S}.waiting w join ${S}.instances i on i.id = w.instance and i.projection = $1 and i.state = 'active'
    where not exists (select from ${S}.parked p where p.instance = w.instance and p.stream = w.stream)`;

  /** The earliest of what stands still, what was set aside and what waits for a message that has not come, by case. */
  const lacking = async (stream?: string): Promise<readonly Lacking[]> => {
    const { rows } = await pool.query<{ stream: string; since: Date }>(
      `select stream, min(since) as since from (
         select p.stream, p.since from ${S}.parked p join ${S}.instances i on i.id = p.instance
         where i.projection = $1 and i.state = 'active'
         union all select stream, coalesce(since, at) from ${S}.set_aside where projection = $1
         union all select w.stream, w.since from ${behindGaps}) lacking
       where $2::text is null or stream = $2 group by stream order by stream`,
      [work.name, stream ?? null],
    );
    return rows.map((row) => ({ ...row, since: row.since.toISOString() }));
  };

  const retry = async (stream: string): Promise<boolean> => {
    for (const { instance } of [...fillings.values()])
      await instance.apply([], undefined, whole.signal, new Set([stream])).catch((error: unknown) => {
        if (!(error instanceof Gone)) throw error;
      });
    wakeForUnseen();
    return (await isParked(stream)) === undefined;
  };

  /** What stands still: a newer program may take what the last one could not. */
  const standing = async (): Promise<readonly string[]> => {
    const { rows } = await pool.query<{ stream: string }>(
      `select distinct p.stream from ${S}.parked p join ${S}.instances i on i.id = p.instance where i.projection = $1`,
      [work.name],
    );
    return rows.map(({ stream }) => stream);
  };
  const retryEach = async (streams: readonly string[]): Promise<void> => {
    for (const stream of streams) if (!whole.signal.aborted) await retry(stream);
  };

  const stopAll = async (): Promise<void> => {
    whole.abort();
    await Promise.all([...[...fillings.values()].map(({ done }) => done), tried]);
  };

  await migrateReadModels(pool, S);
  await dropRetired();
  // Asked before anything is followed: what comes to a stand from now on has been tried by this program.
  const stood = await standing();
  for (const row of await ours(false)) run(row);
  const tried = retryEach(stood).catch((error: unknown) => {
    if (!whole.signal.aborted) onError(error);
  });

  return {
    stop: stopAll,
    retry,
    table,
    setAside: async (stream, revision, reason) => {
      const parked = await isParked(stream);
      if (parked?.revision !== revision)
        throw new NotParked(`${work.name}: ${stream} does not stand still at revision ${revision}`);
      await inTransaction(pool, async (client) => {
        await client.query(
          `insert into ${S}.set_aside (projection, stream, revision, reason, since) values ($1, $2, $3, $4, $5) on conflict do nothing`,
          [work.name, stream, revision, reason, parked.since],
        );
        // What runners remember of the stream is out of date.
        await client.query(`update ${S}.instances set turn = turn + 1 where projection = $1`, [work.name]);
      });
      return retry(stream);
    },
    parked: async (most) => {
      const { rows } = await pool.query<
        Omit<Parked, 'since' | 'caseId' | 'type'> & { since: Date; message: Message | null }
      >(
        // The message as text would not do: PostgreSQL takes nothing out of JSON that holds a NUL.
        `select p.stream, p.revision, p.error, p.since, p.tries,
           (select count(*)::int from ${S}.waiting w where w.instance = p.instance and w.stream = p.stream) as waiting,
           (select w.message from ${S}.waiting w
            where w.instance = p.instance and w.stream = p.stream and w.revision = p.revision) as message
         from ${S}.parked p join ${S}.instances i on i.id = p.instance
         where i.projection = $1 and i.state = 'active' order by p.since, p.stream limit $2`,
        [work.name, most ?? null],
      );
      return rows.map(({ message, since, ...row }) => ({
        ...row,
        since: since.toISOString(),
        caseId: message?.caseId ?? 'none',
        ...(message && 'type' in message && { type: message.type }),
      }));
    },
    parkedCases: async () =>
      (
        await pool.query<{ cases: number }>(
          `select count(*)::int as cases from ${S}.parked p join ${S}.instances i on i.id = p.instance
           where i.projection = $1 and i.state = 'active'`,
          [work.name],
        )
      ).rows[0]!.cases,
    position: () => {
      const kept = [...fillings.values()];
      return (kept.find(({ state }) => state === 'active') ?? kept[0])?.upTo;
    },
    incompleteSince: async (stream) => (await lacking(stream))[0]?.since,
    incomplete: () => lacking(),
    gaps: async () =>
      (
        await pool.query<{ cases: number }>(`select count(distinct w.stream)::int as cases from ${behindGaps}`, [
          work.name,
        ])
      ).rows[0]!.cases,
    lagging: async () =>
      (
        await pool.query<{ stream: string; revision: number; waiting: number }>(
          `select w.stream, coalesce(max(p.revision), -1)::int as revision, count(*)::int as waiting
           from ${S}.waiting w join ${S}.instances i on i.id = w.instance
           left join ${S}.progress p on p.instance = w.instance and p.stream = w.stream
           where i.projection = $1 and i.state = 'active' group by w.stream order by w.stream`,
          [work.name],
        )
      ).rows,
    waitFor: async (stream, revision, timeoutMs = 2_000) => {
      const end = performance.now() + timeoutMs;
      for (let asked = -1; ;) {
        if ((seen.get(stream) ?? -1) >= revision) return true;
        // Subscribed before asking: a wake between the two must not be missed.
        const left = end - performance.now();
        const next = changed.next(Math.max(0, left), whole.signal);
        if (asked !== unseen || left <= 0) {
          asked = unseen;
          if ((await revisionInUse(stream)) >= revision) {
            // Another process may have written it, to a table that it has switched to.
            tableInUse = undefined;
            return true;
          }
        }
        if (left <= 0 || whole.signal.aborted) return false;
        await next;
      }
    },
    appliedTo: revisionInUse,
    onApplied: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rebuild: async () => {
      const rows = await ours(true);
      const fresh = rows.find(({ state }) => state === 'filling');
      for (const row of rows) if (!fillings.has(row.id)) run(row);
      while (fresh && fillings.get(fresh.id)?.state === 'filling') {
        whole.signal.throwIfAborted();
        await changed.next(1_000, whole.signal);
      }
    },
  };
};

const sameColumns = (a: Record<string, string>, b: Record<string, string>): boolean =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

const pause = (ms: number, stop: AbortSignal): Promise<void> => (ms > 0 ? wakeup().next(ms, stop) : Promise.resolve());
