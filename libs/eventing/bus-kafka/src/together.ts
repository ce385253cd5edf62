import { setImmediate as turn } from 'node:timers/promises';
import type { Offsets } from './feed-position.js';

/** Takes what was read of a feed, for one follower. */
export interface Together<Read> {
  /** Resolves when the messages were taken, or are not going to be. Never rejects. */
  take(partition: number, messages: readonly Read[]): Promise<void>;
  /** Aborts when nothing more is taken: at the stop, or when the work failed. */
  readonly over: AbortSignal;
  /** When the work at hand is done. @throws what the work threw */
  settled(): Promise<void>;
}

export interface TogetherOptions<Read> {
  /** Next offset that is wanted, by partition; it moves after the work. */
  readonly offsets: Offsets;
  /** Messages at a time, at most. */
  readonly limit: number;
  /** One at a time. `upTo`: next offsets after these messages, of all partitions. */
  readonly work: (
    messages: readonly { readonly partition: number; readonly read: Read }[],
    upTo: Offsets,
  ) => Promise<void>;
  readonly stop: AbortSignal;
}

interface Waiting<Read> {
  readonly partition: number;
  readonly messages: readonly Read[];
  readonly taken: () => void;
}

/**
 * What comes of several partitions while the work is under way goes together, each partition in its order: after a silence as many writes
 * are saved as there are partitions.
 */
export const together = <Read extends { readonly offset: string }>({
  offsets,
  limit,
  work,
  stop,
}: TogetherOptions<Read>): Together<Read> => {
  const failed = new AbortController();
  const over = AbortSignal.any([stop, failed.signal]);
  const waiting: Waiting<Read>[] = [];
  let running: Promise<void> | undefined;

  const takeNext = async (): Promise<void> => {
    const upTo: Offsets = new Map();
    const found: { partition: number; read: Read }[] = [];
    const done: Waiting<Read>[] = [];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { partition, messages } = next;
      // Batches of a consumer that was given up may still come: only what is next.
      const place = upTo.get(partition) ?? offsets.get(partition) ?? 0;
      const fresh = messages.filter(({ offset }) => Number(offset) >= place);
      const now = fresh.slice(0, limit - found.length);
      found.push(...now.map((read) => ({ partition, read })));
      if (now.length > 0) upTo.set(partition, Number(now.at(-1)!.offset) + 1);
      if (now.length < fresh.length) {
        waiting.unshift({ ...next, messages: fresh.slice(now.length) });
        break;
      }
      done.push(next);
    }
    try {
      if (found.length > 0) await work(found, new Map([...offsets, ...upTo]));
      for (const [partition, place] of upTo) offsets.set(partition, place);
    } finally {
      for (const { taken } of done) taken();
    }
  };

  const run = async (): Promise<void> => {
    // What was fetched in one answer comes one partition after the other.
    await turn();
    try {
      while (waiting.length > 0 && !over.aborted) await takeNext();
    } catch (error) {
      failed.abort(error);
    }
    running = undefined;
    for (const { taken } of waiting.splice(0)) taken();
  };

  return {
    over,
    take: (partition, messages) =>
      new Promise((taken) => {
        waiting.push({ partition, messages, taken });
        running ??= run();
      }),
    settled: async () => {
      await running;
      if (failed.signal.aborted) throw failed.signal.reason;
    },
  };
};
