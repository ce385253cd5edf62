import { setTimeout as delay } from 'node:timers/promises';
import type { EventStoreDBClient, Position as LogPosition, ResolvedEvent, StreamingRead } from '@eventstore/db-client';
import { ANY, BACKWARDS, END, NO_STREAM as ABSENT } from '@eventstore/db-client';
import type { Auditable, Census, Expected, NewEvent, Position, RecordedEvent } from '@resguardo/eventing';
import { behindByWalking, NO_STREAM, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import { connectionTo } from './connection.js';
import { AppendTooLarge, isOf, unavailable } from './errors.js';
import { isAfter, logPosition, positionOf, toEventData, toRecordedEvent } from './event-format.js';
import { walk } from './walk.js';

export interface EventStoreDbEventStoreOptions {
  /** `esdb://user:password@host:2113?tls=true&tlsCaFile=…`, or `esdb+discover://…` for a cluster. */
  readonly connection: string;
  /** How the names of our streams begin. Other people's streams and the server's own are never shown; nothing is appended to them. */
  readonly streams: readonly string[];
  /** Put before every name on the server, so that several histories lie side by side on one. */
  readonly prefix?: string;
  /** How long one read or append may take, in milliseconds; the outcome of an append that takes longer is unknown. */
  readonly timeoutMs?: number;
  /** After how many milliseconds without anything new a follower asks the server anew: a subscription can fall asleep without a word. */
  readonly quietMs?: number;
  /** Told whenever a follower lost the server, or met what it cannot read, and tries again. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface EventStoreDbEventStore extends Auditable {
  /** To whom this history belongs, once somebody has claimed it. @throws StoreUnavailable */
  owner(): Promise<string | undefined>;
  /**
   * Writes beside the history that it belongs to `id`, a UUID, unless it belongs to somebody already. Resolves with whom it belongs to.
   * @throws StoreUnavailable
   */
  claim(id: string): Promise<string>;
  /** Ends the connections; what is under way may still come to its end. Followers should have been stopped before. */
  close(): Promise<void>;
}

const FOLLOW = 500;
const SCAN = 2_000;
/** How many streams are asked for their last revision at a time. */
const HEADS_AT_ONCE = 32;
const LONGEST_PAUSE_MS = 1_000;
/** Beside our streams: it is no part of the history. */
const CLAIM = 'resguardo-store';

/** The event store on EventStoreDB: one stream of ours is one stream there; followers go through `$all`, filtered by the server. */
export const eventStoreDbEventStore = ({
  connection,
  streams,
  prefix = '',
  timeoutMs = 3_000,
  quietMs = 10_000,
  onTrouble = () => {},
}: EventStoreDbEventStoreOptions): EventStoreDbEventStore => {
  const prefixes = streams.map((start) => prefix + start);
  if (prefixes.length === 0 || prefixes.some((start) => start === '' || start.startsWith('$')))
    throw new RangeError('an event store needs to know how the names of its streams begin');
  const server = connectionTo(connection);

  const nameOf = (stream: string): string => {
    if (!streams.some((start) => stream.startsWith(start)) || stream === '' || !stream.isWellFormed())
      throw new TypeError(`${JSON.stringify(stream)} cannot be a stream of this store`);
    return prefix + stream;
  };
  /** The server writes into a stream that somebody deletes. */
  const isOurs = ({ event }: ResolvedEvent): boolean => !event?.type.startsWith('$');
  const recorded = (resolved: ResolvedEvent): RecordedEvent =>
    toRecordedEvent((resolved.event?.streamId ?? '').slice(prefix.length), resolved);

  /**
   * Everything that a read brings. The client sets reads no time limit; here it counts from event to event. A read that ended is not taken
   * back besides: servers hang up on whoever takes calls back by the thousand.
   */
  const collected = async (
    ask: (client: EventStoreDBClient) => StreamingRead<ResolvedEvent>,
  ): Promise<ResolvedEvent[]> => {
    const client = server.client();
    const reading = ask(client);
    // An error that comes after the last event was taken must not end the process.
    reading.on('error', () => {});
    let late = () => {};
    const timer = setTimeout(() => late(), timeoutMs);
    const inTime = new Promise<never>((_, reject) => {
      late = () => reject(new StoreUnavailable(`the event store could not be read: no answer in ${timeoutMs} ms`));
    });
    const events: ResolvedEvent[] = [];
    const all = async () => {
      for await (const event of reading) {
        timer.refresh();
        events.push(event);
      }
    };
    try {
      await Promise.race([all(), inTime]);
      return events;
    } catch (error) {
      if (isOf(error, 'stream-not-found')) return [];
      reading.cancel().catch(() => undefined);
      if (isOf(error, 'stream-deleted')) throw error;
      server.failed(client, error);
      throw unavailable('could not be read', error);
    } finally {
      clearTimeout(timer);
    }
  };
  /** What somebody else took away must not look like a shorter history. */
  const unbroken = (stream: string, from: number, events: readonly RecordedEvent[]): readonly RecordedEvent[] => {
    const gap = events.findIndex(({ revision }, index) => revision !== from + index);
    if (gap >= 0) throw new Error(`stream ${stream}: revision ${from + gap} is missing in the event store`);
    return events;
  };
  const backwards = (name: string, fromRevision: bigint | typeof END, maxCount: number) =>
    collected((client) =>
      client.readStream(name, { fromRevision, direction: BACKWARDS, maxCount, requiresLeader: true }),
    );
  const forwards = (name: string, from: number) =>
    collected((client) => client.readStream(name, { fromRevision: BigInt(from), requiresLeader: true }));

  const written = async (name: string, stream: string, events: readonly NewEvent[], expected: Expected) => {
    const data = events.map(toEventData);
    const absent = expected === 'none' || expected === NO_STREAM;
    const expectedRevision = expected === 'any' ? ANY : absent ? ABSENT : BigInt(expected);
    const client = server.client();
    try {
      const result = await client.appendToStream(name, data, {
        expectedRevision,
        requiresLeader: true,
        deadline: timeoutMs,
      });
      const revision = Number(result.nextExpectedRevision);
      // Only when the connection string asks the client not to throw.
      if (!result.success) throw new RevisionConflict(stream, expected, revision);
      return { revision, position: result.position };
    } catch (error) {
      if (error instanceof RevisionConflict) throw error;
      if (isOf(error, 'wrong-expected-version')) {
        const { actualVersion } = error as { actualVersion?: bigint | string };
        const actual = typeof actualVersion === 'bigint' ? Number(actualVersion) : NO_STREAM;
        throw new RevisionConflict(stream, expected, actual);
      }
      if (isOf(error, 'maximum-append-size-exceeded'))
        throw new AppendTooLarge(stream, (error as { maxAppendSize?: number }).maxAppendSize ?? 0);
      if (isOf(error, 'stream-deleted'))
        throw new Error(`stream ${stream} was deleted in the event store`, { cause: error });
      server.failed(client, error);
      throw unavailable('did not keep an append, as far as is known', error);
    }
  };

  const scan = async function* (from?: Position): AsyncGenerator<readonly RecordedEvent[]> {
    const client = server.client();
    const steps = walk(client, {
      from: from === undefined ? undefined : logPosition(from),
      prefixes,
      limit: SCAN,
      quietMs: Math.max(timeoutMs, quietMs),
      toItsEnd: true,
    });
    const never = new AbortController().signal;
    try {
      for (;;) {
        const events = await steps.next(never);
        if (events.length === 0) return;
        const ours = events.filter(isOurs);
        if (ours.length > 0) yield ours.map(recorded);
      }
    } catch (error) {
      server.failed(client, error);
      throw unavailable('could not be read', error);
    } finally {
      steps.close();
    }
  };

  const claim = prefix ? `${CLAIM}-${prefix}` : CLAIM;
  const owner = async (): Promise<string | undefined> => {
    const [first] = await collected((client) => client.readStream(claim, { maxCount: 1, requiresLeader: true }));
    return first?.event && (JSON.parse(Buffer.from(first.event.data as Uint8Array).toString('utf8')) as string);
  };

  return {
    async read(stream, from = 0) {
      const name = nameOf(stream);
      const first = Math.max(from, 0);
      // With the one before, if there is one: where nothing is new, it says so in the same answer.
      const known = Math.max(first - 1, 0);
      try {
        const events = unbroken(stream, known, (await forwards(name, known)).map(recorded));
        const end = events.at(-1);
        if (end || first === 0) return { events: events.slice(first - known), revision: end?.revision ?? NO_STREAM };
        const [last] = (await backwards(name, END, 1)).map(recorded);
        // What was appended between the two questions is not among the events, so it is not told of either.
        return { events, revision: Math.min(last?.revision ?? NO_STREAM, first - 1) };
      } catch (error) {
        if (!isOf(error, 'stream-deleted')) throw error;
        throw new Error(`stream ${stream} was deleted in the event store`, { cause: error });
      }
    },

    async append(stream: string, events: readonly NewEvent[], expected: Expected) {
      if (events.length === 0) throw new RangeError('nothing to append');
      if (typeof expected === 'number' && !(Number.isSafeInteger(expected) && expected >= NO_STREAM))
        throw new RangeError(`${expected} is no revision`);
      const name = nameOf(stream);
      const { revision, position } = await written(name, stream, events, expected);
      if (position) return { revision, position: positionOf(position) };
      // The server may leave the place out when it recognises a repetition.
      const [last] = (await forwards(name, revision)).map(recorded);
      if (!last) throw new StoreUnavailable('the event store did not say where it kept an append');
      return { revision, position: last.position };
    },

    async follow(from, each, stop, limit = FOLLOW) {
      let last: LogPosition | undefined = from === undefined ? undefined : logPosition(from);
      const passed = (position: LogPosition) => {
        if (isAfter(position, last)) last = position;
      };
      let pause = 0;
      let refused: { readonly why: unknown } | undefined;
      while (!stop.aborted && !refused) {
        const client = server.client();
        const steps = walk(client, { from: last, prefixes, limit, quietMs, passed });
        try {
          for (;;) {
            const found = await steps.next(stop);
            if (found.length === 0 || stop.aborted) break;
            const events = found.filter(isOurs).map(recorded);
            pause = 0;
            if (events.length > 0)
              await each(events).catch((why: unknown) => {
                refused = { why };
              });
            if (refused) break;
            last = found.at(-1)!.event!.position;
          }
        } catch (error) {
          onTrouble(unavailable('lost a follower, who tries again', error));
          server.failed(client, error);
          await delay(pause, undefined, { signal: stop }).catch(() => undefined);
          pause = Math.min(LONGEST_PAUSE_MS, pause * 2 || 20);
        } finally {
          steps.close();
        }
      }
      if (refused) throw refused.why;
    },

    scan,

    async census(): Promise<Census> {
      let last: Position | undefined;
      const names = new Set<string>();
      for await (const events of scan())
        for (const { stream, position } of events) {
          names.add(stream);
          last = position;
        }
      // Appends go on: of each stream the last event counts that lay there when the walk ended.
      const end = last === undefined ? undefined : logPosition(last);
      const isBefore = ({ event }: ResolvedEvent) => !!event?.position && !isAfter(event.position, end);
      // Deleted: it has no head, which is what verifying then says of it.
      const gone = (error: unknown): ResolvedEvent[] => {
        if (isOf(error, 'stream-deleted')) return [];
        throw error;
      };
      const headOf = async (name: string): Promise<number | undefined> => {
        let page = await backwards(name, END, 1).catch(gone);
        for (;;) {
          const head = page.find(isBefore);
          if (head) return Number(head.event!.revision);
          const first = page.at(-1)?.event?.revision ?? 0n;
          if (first === 0n) return undefined;
          page = await backwards(name, first - 1n, SCAN).catch(gone);
        }
      };
      const heads = new Map<string, number>();
      const waiting = [...names];
      const ask = async () => {
        for (let stream = waiting.pop(); stream !== undefined; stream = waiting.pop()) {
          const head = await headOf(nameOf(stream));
          if (head !== undefined) heads.set(stream, head);
        }
      };
      await Promise.all(Array.from({ length: HEADS_AT_ONCE }, ask));
      return { last, highest: last, heads };
    },

    after: () => undefined,

    behind: (position) => behindByWalking(scan, position),

    owner,

    async claim(id) {
      const client = server.client();
      const claimed = {
        id,
        type: 'StoreClaimed',
        contentType: 'application/octet-stream' as const,
        data: new TextEncoder().encode(JSON.stringify(id)),
        metadata: undefined,
      };
      try {
        const kept = await client.appendToStream(claim, [claimed], {
          expectedRevision: ABSENT,
          requiresLeader: true,
          deadline: timeoutMs,
        });
        if (kept.success) return id;
      } catch (error) {
        if (!isOf(error, 'wrong-expected-version')) {
          server.failed(client, error);
          throw unavailable('could not be claimed', error);
        }
      }
      const holder = await owner();
      if (holder === undefined) throw new Error(`somebody took the stream ${claim} away from the event store`);
      return holder;
    },

    close: () => server.close(),
  };
};
