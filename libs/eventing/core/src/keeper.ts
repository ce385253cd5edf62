import type { EventStore, NewEvent, RecordedEvent } from './event-store.js';
import { NO_STREAM, RevisionConflict, StoreUnavailable } from './event-store.js';
import { chained } from './hash-chain.js';
import { oneAtATime } from './one-at-a-time.js';

/** Events per stream that are remembered for readers who are a little behind. */
const TAIL = 64;
/** How often an append that expects `any` is tried again when other processes write to the same stream. */
const TRIES = 50;

interface Known {
  readonly revision: number;
  readonly hash: string;
  readonly recordedAt: string;
  /** The last events without a gap, ending at `revision`; empty when they are not at hand. */
  readonly tail: readonly RecordedEvent[];
}

const NOTHING: Known = { revision: NO_STREAM, hash: '', recordedAt: '', tail: [] };

/**
 * The one place that chains the history and stamps when it was recorded (D6, D11), in front of any store.
 *
 * It remembers where hot streams end, so an append needs to ask nobody; where another process has appended meanwhile, it conflicts, and the
 * stream is forgotten. A read is answered from that memory only where this process writes alone: nothing would ever conflict for somebody who
 * only reads, and who was taken off a case would go on reading.
 */
export const keeper = (
  store: EventStore,
  {
    clock,
    alone = false,
    maxStreams = 5_000,
    traceparent = () => undefined,
  }: {
    readonly clock: () => string;
    /** No other process appends to this store. */
    readonly alone?: boolean;
    readonly maxStreams?: number;
    /** W3C trace context of what runs now, while somebody traces. */
    readonly traceparent?: () => string | undefined;
  },
): EventStore => {
  const queue = oneAtATime();
  const known = new Map<string, Known>();
  let forgotten = 0;

  const forget = (stream: string): void => {
    forgotten++;
    known.delete(stream);
  };

  const remember = (stream: string, now: Known): Known => {
    // A reader that started earlier must not put an older end over a newer one.
    const before = known.get(stream);
    const newest = before && before.revision > now.revision ? before : now;
    known.delete(stream);
    known.set(stream, newest);
    if (known.size > maxStreams) known.delete(known.keys().next().value!);
    return newest;
  };

  const learn = (stream: string, events: readonly RecordedEvent[]): void => {
    const last = events.at(-1);
    if (!last) return;
    const { hash, recordedAt } = last.meta;
    if (hash === undefined || recordedAt === undefined)
      throw new Error(`${stream}@${last.revision} was not recorded by a keeper`);
    remember(stream, { revision: last.revision, hash, recordedAt, tail: events.slice(-TAIL) });
  };

  const end = async (stream: string, atLeast: number): Promise<Known> => {
    const remembered = known.get(stream);
    if (remembered && remembered.revision >= atLeast) return remembered;
    const { events, revision } = await store.read(stream, Math.max(atLeast, 0));
    if (revision === NO_STREAM) return NOTHING;
    if (events.length > 0) learn(stream, events);
    // The stream ends before what the caller expects; its end is still needed by those who expect nothing.
    else learn(stream, (await store.read(stream, revision)).events);
    return known.get(stream) ?? NOTHING;
  };

  const chain = (stream: string, events: readonly NewEvent[], from: Known) => {
    const now = clock();
    const recordedAt = now > from.recordedAt ? now : from.recordedAt;
    const trace = traceparent();
    let hash = from.hash;
    return events.map((event, index) => {
      const meta = { ...event.meta, recordedAt, traceparent: trace };
      hash = chained(hash, { ...event, stream, revision: from.revision + 1 + index, meta });
      return { ...event, meta: { ...meta, hash } };
    });
  };

  const attempt = async (stream: string, events: readonly NewEvent[], expected: number | 'any') => {
    const from = await end(stream, expected === 'any' ? NO_STREAM : expected);
    if (expected !== 'any' && from.revision !== expected) throw new RevisionConflict(stream, expected, from.revision);
    const stamped = chain(stream, events, from);
    const kept = await store.append(stream, stamped, from.revision);
    const last = stamped.at(-1)!;
    remember(stream, {
      revision: kept.revision,
      hash: last.meta.hash,
      recordedAt: last.meta.recordedAt,
      // Of several events only the last one's position is known: readers ask the store for them.
      tail:
        stamped.length === 1
          ? [...from.tail, { ...last, stream, revision: kept.revision, position: kept.position }].slice(-TAIL)
          : [],
    });
    return kept;
  };

  return {
    async read(stream, from = 0) {
      const remembered = alone ? known.get(stream) : undefined;
      if (remembered) {
        const { revision, tail } = remembered;
        if (from > revision) return { events: [], revision };
        const behind = revision - from + 1;
        if (behind <= tail.length) return { events: tail.slice(-behind), revision };
      }
      const before = forgotten;
      const answer = await store.read(stream, from);
      // Something was forgotten meanwhile, perhaps because of what this answer does not show yet.
      if (before === forgotten) learn(stream, answer.events);
      return answer;
    },

    append: (stream, events, expected) =>
      queue(stream, async () => {
        for (let tries = 1; ; tries++) {
          try {
            return await attempt(stream, events, expected === 'none' ? NO_STREAM : expected);
          } catch (error) {
            if (error instanceof RevisionConflict || error instanceof StoreUnavailable) forget(stream);
            if (!(error instanceof RevisionConflict) || expected !== 'any' || tries === TRIES) throw error;
          }
        }
      }),

    follow: (...how) => store.follow(...how),
  };
};
