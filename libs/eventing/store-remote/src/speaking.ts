import { AsyncLocalStorage } from 'node:async_hooks';
import type { OnBehalf } from './remote-event-store.js';

/** Who speaks, for all that is done on their behalf: a command asks the store many times, and its code knows of no credentials. */
export const speaking = () => {
  const storage = new AsyncLocalStorage<OnBehalf>();
  return {
    as: <T>(by: OnBehalf, work: () => T): T => storage.run(by, work),
    now: (): OnBehalf | undefined => storage.getStore(),
  };
};
export type Speaking = ReturnType<typeof speaking>;
