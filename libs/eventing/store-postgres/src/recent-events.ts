import type { Position, RecordedEvent } from '@resguardo/eventing';

/** How many of the last events are kept. */
const MOST = 4_096;
/** How many batches may wait for those before them; more than that, and another process writes beside this one. */
const AHEAD = 64;

/**
 * The end of the history, without a gap, as this process wrote or read it: followers that are nearly there share it, instead of each
 * reading it from the database and taking it apart anew. Positions have no gaps, so what is missing shows.
 */
export const recentEvents = () => {
  let events: RecordedEvent[] = [];
  /** Position after the last of `events`. */
  let next = 0;
  /** Batches by first position, that came before those that belong in front of them. */
  const ahead = new Map<number, readonly RecordedEvent[]>();

  const put = (batch: readonly RecordedEvent[]): void => {
    events.push(...batch);
    next = Number(batch.at(-1)!.position) + 1;
    if (events.length > 2 * MOST) events = events.slice(-MOST);
  };

  return {
    /** One batch of events in the order of their positions, without a gap. */
    add(batch: readonly RecordedEvent[]): void {
      const first = Number(batch[0]?.position);
      if (batch.length === 0 || first + batch.length <= next) return;
      if (events.length > 0 && first > next) {
        ahead.set(first, batch);
        if (ahead.size <= AHEAD) return;
        // What lies between is not coming: start again from here. Who needs it asks the database.
        events = [];
        ahead.clear();
      }
      put(events.length === 0 ? batch : batch.slice(next - first));
      for (let later = ahead.get(next); later; later = ahead.get(next)) {
        ahead.delete(next);
        put(later);
      }
      for (const start of ahead.keys()) if (start < next) ahead.delete(start);
    },
    /** Events after a position; undefined when they are not at hand. */
    after(position: Position, limit: number): readonly RecordedEvent[] | undefined {
      const start = Number(position) + 1 - (next - events.length);
      return start >= 0 && start < events.length ? events.slice(start, start + limit) : undefined;
    },
  };
};
