import { setTimeout as delay } from 'node:timers/promises';
import type { Position } from '@resguardo/eventing';

/** Knows how far the history reaches; wakes those who wait for more. Asks the database only while somebody waits, once for all. */
export const headWatch = (ask: () => Promise<bigint>, pollMs: number) => {
  let head = 0n;
  let timer: NodeJS.Timeout | undefined;
  const waiting = new Set<() => void>();

  const reached = (position: Position): void => {
    const now = BigInt(position);
    if (now <= head) return;
    head = now;
    for (const wake of [...waiting]) wake();
  };

  const poll = (): void => {
    if (timer || waiting.size === 0) return;
    timer = setTimeout(() => {
      ask()
        .then((position) => reached(String(position)))
        .catch(() => undefined)
        .finally(() => {
          timer = undefined;
          poll();
        });
    }, pollMs);
  };

  return {
    reached,
    /** Take it before looking for events: what is appended while looking then counts as new. */
    mark: (last: Position): bigint => (BigInt(last) > head ? BigInt(last) : head),
    /** Resolves when the history reaches beyond the mark, or on `stop`. */
    beyond: (mark: bigint, stop: AbortSignal): Promise<void> =>
      new Promise((resolve) => {
        if (head > mark || stop.aborted) return resolve();
        const wake = () => {
          if (head <= mark && !stop.aborted) return;
          waiting.delete(wake);
          stop.removeEventListener('abort', wake);
          resolve();
        };
        waiting.add(wake);
        stop.addEventListener('abort', wake);
        poll();
      }),
    /** A moment before trying again what failed. */
    pause: (stop: AbortSignal): Promise<void> => delay(pollMs, undefined, { signal: stop }).catch(() => undefined),
    close: () => clearTimeout(timer),
  };
};
