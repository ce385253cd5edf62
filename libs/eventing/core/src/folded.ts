import type { EventStore, RecordedEvent } from './event-store.js';

export interface Folded<State> {
  /** The state of a stream at its last known revision. A stale answer is harmless: an append at its revision conflicts. */
  at(stream: string): Promise<{ readonly state: State; readonly revision: number }>;
}

/** State of a stream cached by revision: only what came since is read and folded. The least recently used stream is forgotten first. */
export const folded = <State>(
  store: Pick<EventStore, 'read'>,
  initial: () => State,
  evolve: (state: State, event: RecordedEvent) => State,
  maxStreams = 5_000,
): Folded<State> => {
  const cache = new Map<string, { state: State; revision: number }>();
  return {
    async at(stream) {
      const known = cache.get(stream);
      const { events, revision } = await store.read(stream, known ? known.revision + 1 : 0);
      if (known && revision <= known.revision) return known;
      const now = { state: events.reduce(evolve, known?.state ?? initial()), revision };
      // A reader that started earlier must not put an older state over a newer one.
      if ((cache.get(stream)?.revision ?? -1) <= revision) {
        cache.delete(stream);
        cache.set(stream, now);
        if (cache.size > maxStreams) cache.delete(cache.keys().next().value!);
      }
      return now;
    },
  };
};
