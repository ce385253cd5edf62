import type { EventStore, Position, RecordedEvent } from './event-store.js';

/** What a store keeps beside its events, taken at one moment. */
export interface Census {
  /** Position of the last event by the store's own counting; undefined when nothing was ever appended. */
  readonly last: Position | undefined;
  /** The highest position that an event really has. */
  readonly highest: Position | undefined;
  /** Last revision of each stream by the store's own counting. */
  readonly heads: ReadonlyMap<string, number>;
}

/** A store whose whole history can be walked and compared with what the store keeps beside it (D6). */
export interface Auditable extends EventStore {
  /** Every event after `from`, in the order of `follow`, up to the end at the time of the call; then it ends. */
  scan(from?: Position): AsyncIterable<readonly RecordedEvent[]>;
  census(): Promise<Census>;
  /**
   * The position that an unbroken history has after `position`; undefined stands for the beginning. Answers undefined when the
   * store's positions do not count (byte offsets do not): then what is missing shows by revisions, heads and signatures alone.
   */
  after(position: Position | undefined): Position | undefined;
}
