/** Wakes whoever waits for "something has changed" in this process; nobody polls. */
export interface Wakeup {
  /** Wakes all that wait now. */
  wake(): void;
  /** Resolves at the next `wake`, or after `ms` milliseconds, or when `stop` aborts. */
  next(ms: number, stop?: AbortSignal): Promise<void>;
}

export const wakeup = (): Wakeup => {
  const waiting = new Set<() => void>();
  return {
    wake: () => {
      for (const resolve of [...waiting]) resolve();
    },
    next: (ms, stop) =>
      new Promise((resolve) => {
        if (stop?.aborted) return resolve();
        const done = (): void => {
          clearTimeout(timer);
          waiting.delete(done);
          stop?.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        waiting.add(done);
        stop?.addEventListener('abort', done);
      }),
  };
};
