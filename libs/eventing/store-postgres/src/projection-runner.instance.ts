import {
  type Column,
  type FactMessage,
  isUnreadable,
  type Message,
  type Position,
  type UnreadableMessage,
  type WithheldMessage,
} from '@resguardo/eventing';
import type { Pool } from 'pg';
import { readingOf, type Writing, writingOf } from './projection-runner.sql.js';

/** What a projection and a process have in common for the runner. */
export interface Work {
  readonly name: string;
  readonly version: number;
  readonly columns: Readonly<Record<string, Column<any>>>;
  readonly indexes: readonly (readonly string[])[];
  /** Lists of the row that are kept item by item. */
  readonly lists: readonly string[];
  readonly keysOf: (message: FactMessage) => readonly string[];
  /** No row has this key before this message; absent where there may always be one. */
  readonly makes?: ((message: FactMessage, key: string) => boolean) | undefined;
  /** Reads a message again that could not be read. */
  readonly reread?: (message: UnreadableMessage) => Message;
  /** The row after the message; undefined removes it, the same object leaves it as it is. A rejection parks the stream. */
  readonly step: (row: object | undefined, message: FactMessage, key: string) => unknown;
  /** How many streams at a time; 1 keeps the order of the feed across streams. */
  readonly concurrency: number;
}

export interface Applied {
  /** Streams that moved, with the revision they are at now. */
  readonly streams: ReadonlyMap<string, number>;
  /** Keys of the rows that changed. */
  readonly keys: readonly string[];
}

/** This filling is over: another one is active, or its table is gone. */
export class Gone extends Error {}
/** Somebody else wrote since this was read. */
class Stale extends Error {}
/** A row that cannot be written; only the message that made it is to blame. */
class BadRow extends Error {
  override readonly name = 'BadRow';
}
/** The projection or process itself failed on a message; anything else is the database's trouble and is tried again. */
class Failed extends Error {}

/** What came cannot be read. */
class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

interface StreamState {
  revision: number;
  parked: boolean;
  readonly waiting: Set<number>;
  /** Of those that wait, the ones that cannot be read: a copy that can be takes the place. */
  readonly unreadable: Set<number>;
  readonly aside: ReadonlySet<number>;
}

interface Changes {
  readonly rows: Map<string, unknown>;
  readonly streams: Map<string, StreamState>;
  readonly wait: Map<string, Message>;
  readonly unwait: Message[];
  readonly park: Map<string, { revision: number; error: string }>;
  readonly applied: Message[];
}

const CACHED = 50_000;
/** How many messages may be postponed, and for how long (milliseconds). */
const POSTPONED = 1_000;
const POSTPONED_MS = 1_000;
const NO_POISON: ReadonlyMap<string, unknown> = new Map();
const NO_STREAMS: ReadonlySet<string> = new Set();
const place = (message: Message): string => `${message.revision}:${message.stream}`;
const words = (error: unknown): string =>
  (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).replaceAll('\0', '').slice(0, 2_000);

const fail = (cause: unknown): never => {
  throw new Failed('', { cause });
};
const attempt = <T>(work: () => T): T => {
  try {
    return work();
  } catch (cause) {
    return fail(cause);
  }
};

const isBadData = (error: unknown): boolean =>
  error instanceof BadRow || /^(22|23|54)/.test(String((error as { code?: unknown } | undefined)?.code ?? ''));

/**
 * One filling of one projection: its table, its progress per stream, its place in the feed.
 * Rows, progress and place are written by one statement at the turn that was read, or not at all.
 */
export class Instance {
  private turn: string | undefined;
  private readonly streams = new Map<string, StreamState>();
  private readonly rows = new Map<string, unknown>();
  /** Messages that changed nothing but the progress of their streams, which is written later, once for all of them. */
  private postponed: Message[] = [];
  private postponedUpTo: Position | undefined;
  private readonly postponedProgress = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private readonly readText: string;
  private readonly writing: (what: Writing) => { name: string; text: string; values: unknown[] };
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly schema: string,
    readonly id: number,
    readonly work: Work,
    private readonly onApplied: (applied: Applied) => void,
    private readonly onTrouble: (error: unknown, attempt: number) => Promise<void>,
  ) {
    const table = { schema, id, table: this.table, columns: work.columns, lists: work.lists };
    this.readText = readingOf(table);
    this.writing = writingOf(table);
  }

  get table(): string {
    return `${this.schema}.${this.work.name}_v${this.work.version}_${this.id}`;
  }

  /** Where to go on from; what was postponed comes again from there. @throws Gone */
  position(): Promise<Position | undefined> {
    return this.inTurn(() => this.positionNow());
  }

  private async positionNow(): Promise<Position | undefined> {
    this.afresh([]);
    this.postponedUpTo = undefined;
    const { rows } = await this.pool.query<{ position: string | null; state: string }>(
      `select position, state from ${this.schema}.instances where id = $1`,
      [this.id],
    );
    if (!rows[0] || rows[0].state === 'retired') throw new Gone();
    return rows[0].position ?? undefined;
  }

  async revisionOf(stream: string): Promise<number> {
    const { rows } = await this.pool.query<{ revision: number }>(
      `select revision from ${this.schema}.progress where instance = $1 and stream = $2`,
      [this.id, stream],
    );
    return rows[0]?.revision ?? -1;
  }

  /**
   * Applies what can be applied, in order per stream; the rest waits in the database. One at a time.
   * Rejects with Gone only, or with what `stop` aborted with.
   * @param upTo position after the messages
   * @param retry parked streams to try again
   */
  apply(
    messages: readonly Message[],
    upTo: Position | undefined,
    stop: AbortSignal,
    retry: ReadonlySet<string> = NO_STREAMS,
  ): Promise<void> {
    return this.inTurn(() => this.applyNow(messages, upTo, stop, retry));
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => {});
    return turn;
  }

  private async applyNow(
    given: readonly Message[],
    upTo: Position | undefined,
    stop: AbortSignal,
    retry: ReadonlySet<string>,
  ): Promise<void> {
    let messages = given;
    let budget = Infinity;
    let poison = NO_POISON;
    let tried = retry;
    for (let attempt = 1; ;) {
      stop.throwIfAborted();
      let changes: Changes | undefined;
      try {
        if (this.rows.size + this.streams.size > CACHED) messages = this.afresh(messages);
        changes = await this.fold(messages, tried, budget, poison);
        if (upTo !== undefined && budget === Infinity && this.mayWait(changes, messages))
          return this.postpone(changes, messages, upTo, stop);
        if (await this.write(changes, upTo)) {
          if (budget === Infinity || changes.applied.length + changes.park.size === 0) return;
          // One after the other: the rest waits in the table by now and is taken from there.
          tried = new Set(
            messages
              .map(({ stream }) => stream)
              .concat([...tried])
              .filter((stream) => !this.streams.get(stream)?.parked),
          );
          continue;
        }
        messages = this.afresh(messages);
      } catch (error) {
        messages = this.afresh(messages);
        if (error instanceof Gone || stop.aborted) throw error;
        if (error instanceof Stale) continue;
        const blamed = changes?.applied ?? [];
        if (isBadData(error) && blamed.length > 1) budget = 1;
        else if (isBadData(error) && blamed[0]) poison = new Map([...poison, [place(blamed[0]), error]]);
        else await this.onTrouble(error, attempt++);
      }
    }
  }

  /** Nothing but progress, and not much of it: it need not be written now. After a crash the messages come again and change nothing again. */
  private mayWait({ rows, wait, unwait, park, streams }: Changes, messages: readonly Message[]): boolean {
    return (
      this.postponed.length + messages.length < POSTPONED &&
      rows.size + wait.size + unwait.length + park.size === 0 &&
      ![...streams].some(([stream, { parked }]) => !parked && this.streams.get(stream)?.parked)
    );
  }

  private postpone(changes: Changes, messages: readonly Message[], upTo: Position, stop: AbortSignal): void {
    this.postponed.push(...messages);
    this.postponedUpTo = upTo;
    const moved = this.moved(changes);
    for (const [stream, revision] of moved) this.postponedProgress.set(stream, revision);
    for (const [stream, state] of changes.streams) this.streams.set(stream, state);
    // It fails with its filling's end only.
    this.timer ??= setTimeout(() => void this.apply([], undefined, stop).catch(() => {}), POSTPONED_MS).unref();
    this.onApplied({ streams: moved, keys: [] });
  }

  /** Forgets what is remembered. What was postponed on the strength of it has to be applied again, before the others. */
  private afresh(messages: readonly Message[]): readonly Message[] {
    const before = this.postponed;
    this.forget();
    return before.length > 0 ? [...before, ...messages] : messages;
  }

  private nothingPostponed(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.postponed = [];
    this.postponedProgress.clear();
  }

  /** Streams that are further than before. */
  private moved({ streams }: Changes): Map<string, number> {
    const moved = new Map<string, number>();
    for (const [stream, { revision }] of streams)
      if (revision !== this.streams.get(stream)?.revision) moved.set(stream, revision);
    return moved;
  }

  private forget(): void {
    this.turn = undefined;
    this.streams.clear();
    this.rows.clear();
    this.nothingPostponed();
  }

  /** Puts what is not known yet into the cache. @throws Stale when the cache was of another turn; @throws Gone */
  private async load(streams: Iterable<string>, keys: Iterable<string>): Promise<void> {
    const newStreams = [...new Set(streams)].filter((stream) => !this.streams.has(stream));
    const newKeys = [...new Set(keys)].filter((key) => !this.rows.has(key));
    if (this.turn !== undefined && newStreams.length + newKeys.length === 0) return;
    const { rows } = await this.pool.query<{
      turn: string;
      state: string;
      progress: [string, number][] | null;
      parked: string[] | null;
      waiting: [string, number, boolean][] | null;
      aside: [string, number][] | null;
      rows: [string, unknown][] | null;
    }>({
      name: `read ${this.schema} ${this.id}`,
      text: this.readText,
      values: [this.id, newStreams, this.work.name, newKeys],
    });
    const found = rows[0];
    if (!found || found.state === 'retired') throw new Gone();
    if (this.turn !== undefined && this.turn !== found.turn) throw new Stale();
    this.turn = found.turn;
    const parked = new Set(found.parked);
    const revisions = new Map(found.progress);
    for (const stream of newStreams)
      this.streams.set(stream, {
        revision: revisions.get(stream) ?? -1,
        parked: parked.has(stream),
        waiting: new Set((found.waiting ?? []).flatMap(([name, revision]) => (name === stream ? revision : []))),
        unreadable: new Set(
          (found.waiting ?? []).flatMap(([name, revision, unreadable]) =>
            name === stream && unreadable ? revision : [],
          ),
        ),
        aside: new Set((found.aside ?? []).flatMap(([name, revision]) => (name === stream ? revision : []))),
      });
    for (const key of newKeys) this.rows.set(key, undefined);
    for (const [key, row] of found.rows ?? []) this.rows.set(key, row);
  }

  /** Keys of rows that may be there already. */
  private keysOf(message: Message): readonly string[] {
    try {
      return message.withheld || isUnreadable(message)
        ? []
        : this.work.keysOf(message).filter((key) => !this.work.makes?.(message, key));
    } catch {
      // It will fail again when its turn comes, and be parked then.
      return [];
    }
  }

  private async fold(
    messages: readonly Message[],
    retry: ReadonlySet<string>,
    budget: number,
    poison: ReadonlyMap<string, unknown>,
  ): Promise<Changes> {
    await this.load(
      [...messages.map(({ stream }) => stream), ...retry],
      messages.flatMap((message) => this.keysOf(message)),
    );
    const changes: Changes = {
      rows: new Map(),
      streams: new Map(),
      wait: new Map(),
      unwait: [],
      park: new Map(),
      applied: [],
    };
    const stateOf = (stream: string): StreamState => {
      let state = changes.streams.get(stream);
      if (!state) {
        const known = this.streams.get(stream)!;
        state = { ...known, waiting: new Set(known.waiting), unreadable: new Set(known.unreadable) };
        changes.streams.set(stream, state);
      }
      return state;
    };
    const rowOf = async (message: FactMessage, key: string): Promise<unknown> => {
      if (changes.rows.has(key)) return changes.rows.get(key);
      if (!this.rows.has(key) && !this.work.makes?.(message, key)) await this.load([], [key]);
      return this.rows.get(key);
    };

    const step = async (came: Message): Promise<void> => {
      if (came.withheld || stateOf(came.stream).aside.has(came.revision)) return;
      const message = isUnreadable(came) ? attempt(() => this.read(came)) : came;
      if (message.withheld) return;
      if (poison.has(place(message))) throw new Failed('', { cause: poison.get(place(message)) });
      const staged = new Map<string, unknown>();
      for (const key of attempt(() => this.work.keysOf(message))) {
        const before = (await rowOf(message, key)) as object | undefined;
        const stepped = attempt(() => this.work.step(before, message, key));
        const after = stepped instanceof Promise ? await stepped.catch(fail) : stepped;
        if (after !== before) staged.set(key, after);
      }
      for (const [key, row] of staged) changes.rows.set(key, row);
    };

    /** False when the message could not be applied. */
    const advance = async (message: Message): Promise<boolean> => {
      const state = stateOf(message.stream);
      try {
        await step(message);
      } catch (error) {
        if (!(error instanceof Failed)) throw error;
        state.parked = true;
        changes.park.set(message.stream, { revision: message.revision, error: words(error.cause) });
        return false;
      }
      changes.applied.push(message);
      changes.park.delete(message.stream);
      state.revision = message.revision;
      state.parked = false;
      if (!state.waiting.delete(message.revision)) return true;
      state.unreadable.delete(message.revision);
      // It may wait in the table as well, if this is the copy that can be read.
      changes.wait.delete(place(message));
      changes.unwait.push(message);
      return true;
    };

    const drain = async (stream: string): Promise<void> => {
      const state = stateOf(stream);
      let stored: ReadonlyMap<number, Message> | undefined;
      while (changes.applied.length < budget && state.waiting.has(state.revision + 1)) {
        const next = state.revision + 1;
        const message = changes.wait.get(`${next}:${stream}`) ?? (stored ??= await this.waitingOf(stream)).get(next);
        if (!message) throw new Stale();
        if (!(await advance(message))) return;
      }
    };

    const consider = async (message: Message): Promise<void> => {
      const state = stateOf(message.stream);
      const better = state.unreadable.has(message.revision) && !isUnreadable(message);
      if (message.revision <= state.revision || (state.waiting.has(message.revision) && !better)) return;
      const itsTurn =
        (better || !state.parked) && message.revision === state.revision + 1 && changes.applied.length < budget;
      if (itsTurn && (await advance(message))) return drain(message.stream);
      state.waiting.add(message.revision);
      if (isUnreadable(message)) state.unreadable.add(message.revision);
      else state.unreadable.delete(message.revision);
      changes.wait.set(place(message), message);
    };

    for (const stream of retry) await drain(stream);
    if (this.work.concurrency === 1 || budget !== Infinity) for (const message of messages) await consider(message);
    else {
      const byStream = [...new Set(messages.map(({ stream }) => stream))].map((stream) =>
        messages.filter((message) => message.stream === stream),
      );
      const hand = async (): Promise<void> => {
        for (let next = byStream.shift(); next; next = byStream.shift())
          for (const message of next) await consider(message);
      };
      // All hands come to rest before anything is tried again.
      for (const result of await Promise.allSettled(Array.from({ length: this.work.concurrency }, hand)))
        if (result.status === 'rejected') throw result.reason;
    }
    return changes;
  }

  private read(message: UnreadableMessage): FactMessage | WithheldMessage {
    const again = this.work.reread?.(message) ?? message;
    if (isUnreadable(again)) throw new Unreadable(again.unreadable);
    return again;
  }

  private async waitingOf(stream: string): Promise<ReadonlyMap<number, Message>> {
    const { rows } = await this.pool.query<{ revision: number; message: Message }>(
      `select revision, message from ${this.schema}.waiting where instance = $1 and stream = $2`,
      [this.id, stream],
    );
    return new Map(rows.map(({ revision, message }) => [revision, message]));
  }

  /** False when somebody else wrote first; then nothing was written. */
  private async write(changes: Changes, upTo: Position | undefined): Promise<boolean> {
    const moved = this.moved(changes);
    const unpark = [...changes.streams].flatMap(([stream, { parked }]) =>
      !parked && this.streams.get(stream)?.parked ? stream : [],
    );
    const { rows } = await this.pool.query<{ moved: number }>(
      this.statement({
        turn: this.turn!,
        upTo: upTo ?? this.postponedUpTo,
        rows: changes.rows,
        before: this.rows,
        progress: new Map([...this.postponedProgress, ...moved]),
        wait: [...changes.wait.values()],
        unwait: changes.unwait,
        park: changes.park,
        unpark,
      }),
    );
    if (rows[0]?.moved !== 1) return false;
    this.turn = String(BigInt(this.turn!) + 1n);
    for (const [stream, state] of changes.streams) this.streams.set(stream, state);
    for (const [key, row] of changes.rows) this.rows.set(key, row);
    this.nothingPostponed();
    this.postponedUpTo = undefined;
    this.onApplied({ streams: moved, keys: [...changes.rows.keys()] });
    return true;
  }

  private statement(what: Writing): ReturnType<typeof this.writing> {
    try {
      return this.writing(what);
    } catch (cause) {
      throw new BadRow(cause instanceof Error ? cause.message : String(cause), { cause });
    }
  }
}
