import type { Logger } from 'pino';

/** Repeats something in the background until stopped; never two at a time. */
export const every = (ms: number, log: Logger, what: string, task: () => Promise<unknown>) => {
  let running: Promise<unknown> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = task()
      .catch((error: Error) => log.warn({ name: error.name }, `${what} failed and will be tried again`))
      .finally(() => (busy = false));
  }, ms);
  return async () => {
    clearInterval(timer);
    await running;
  };
};
