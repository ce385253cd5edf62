import type { EventStore, Expected, NewEvent, RecordedEvent } from '@resguardo/eventing';
import { canonical, folded, NO_STREAM, oneAtATime, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { AppendAnswer } from './wire.js';

/** How often an append that takes what is there is tried again when another replica writes to the same stream. */
const TRIES = 50;
/** Streams whose event ids are remembered. */
const STREAMS = 1_000;

/** An event of this id is there already, with another content. Nothing was kept. */
export class IdTaken extends Error {
  constructor(readonly eventId: string) {
    super(`the event id ${eventId} is taken`);
    this.name = 'IdTaken';
  }
}

/** What the writer said; what the keeper added to it is left out. */
const contentOf = ({ id, type, schemaVersion, data, sealed, meta }: NewEvent): string => {
  const { recordedAt: _, hash: __, traceparent: ___, ...said } = meta;
  return canonical({ id, type, schemaVersion, data, sealed, meta: said });
};

/**
 * Appends, and knows again what was appended before: whoever did not hear the answer may say it again and gets the first one (D12).
 * Recognised from the stream's own facts, so it holds after a restart and on another replica.
 */
export const recognisedAppend = (store: Pick<EventStore, 'read'>, keeper: EventStore) => {
  const queue = oneAtATime();
  // Grows in place: revisions of ids are never taken back, and folding an event twice changes nothing.
  const written = folded<Map<string, number>>(
    keeper,
    () => new Map(),
    (ids, { id, revision }: RecordedEvent) => ids.set(id, revision),
    STREAMS,
  );

  /** The answer that these very events got when they were kept; undefined when they were not, or not as they are now. */
  const before = async (
    stream: string,
    events: readonly NewEvent[],
    first: number,
  ): Promise<AppendAnswer | undefined> => {
    const there = (await store.read(stream, first)).events.slice(0, events.length);
    const same =
      there.length === events.length && there.every((event, i) => contentOf(event) === contentOf(events[i]!));
    const last = there.at(-1);
    return same && last ? { revision: last.revision, position: last.position } : undefined;
  };

  const attempt = async (stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendAnswer> => {
    const wanted = expected === 'none' ? NO_STREAM : expected;
    let conflict = false;
    for (let tries = 1; tries <= TRIES; tries++) {
      const { state: ids, revision } = await written.at(stream);
      const taken = events.find(({ id }) => ids.has(id));
      if (taken) {
        const first = await before(stream, events, ids.get(events[0]!.id) ?? revision + 1);
        if (first) return first;
        // Said again and decided anew meanwhile: who reads the stream will see that it is done.
        if (wanted !== 'any' && wanted !== revision) throw new RevisionConflict(stream, expected, revision);
        throw new IdTaken(taken.id);
      }
      if (conflict) throw new RevisionConflict(stream, expected, revision);
      try {
        return await keeper.append(stream, events, wanted === 'any' ? revision : wanted);
      } catch (error) {
        if (!(error instanceof RevisionConflict)) throw error;
        // Perhaps it was these events, appended by another replica, that moved the stream: look once more.
        conflict = wanted !== 'any';
      }
    }
    throw new StoreUnavailable('too many others write to this stream');
  };

  return (stream: string, events: readonly NewEvent[], expected: Expected): Promise<AppendAnswer> =>
    queue(stream, () => attempt(stream, events, expected));
};
