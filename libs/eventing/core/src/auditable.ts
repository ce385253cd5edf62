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

/** What a follower has still before it. */
export interface Behind {
  /** How many events lie after its place. A store that has to walk them stops counting at `COUNTED`. */
  readonly events: number;
  /** When the first of them was recorded (UTC, ISO 8601). */
  readonly since?: string;
}

/** How many events `behind` counts where each has to be read. */
export const COUNTED = 10_000;

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
  /** What lies after a place; undefined stands for the beginning. @throws StoreUnavailable */
  behind(position: Position | undefined): Promise<Behind>;
}

/** `behind` for a store that can only be walked. */
export const behindByWalking = async (
  scan: Auditable['scan'],
  position: Position | undefined,
  most = COUNTED,
): Promise<Behind> => {
  let events = 0;
  let since: string | undefined;
  for await (const batch of scan(position)) {
    since ??= batch[0]?.meta.recordedAt;
    events += batch.length;
    if (events >= most) break;
  }
  return { events: Math.min(events, most), ...(since !== undefined && { since }) };
};
