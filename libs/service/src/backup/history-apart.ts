import type { Auditable, Position } from '@resguardo/eventing';
import { type KeptStore, onEventStoreDb } from '../store.js';
import type { Backed } from './backup.js';
import { Refused } from './manifest.js';

/** What is read of a history when it is restored. */
export type ReadHistory = Pick<Auditable, 'scan' | 'census' | 'after'>;

/** The event store in which the history lies, if it is the one that belongs to `owner`. @throws Refused, StoreUnavailable */
export const openApart = async ({ store }: Backed, owner: string): Promise<KeptStore> => {
  if (store?.eventStoreDbUrl === undefined)
    throw new Refused(
      'the events lie in an event store of their own: say where (RESGUARDO_STORE=eventstoredb, EVENTSTOREDB_URL)',
    );
  const opened = await onEventStoreDb(store.eventStoreDbUrl, store.eventStoreDbPrefix, { warn: () => {} });
  try {
    const found = await opened.owner();
    if (found === undefined) throw new Refused('this event store is empty: bring its copy back first');
    if (found !== owner) throw new Refused('this event store belongs to another database');
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
};

/** Position of the last event; undefined before the first. */
export const lastOf = async ({ scan }: Pick<Auditable, 'scan'>): Promise<Position | undefined> => {
  let last: Position | undefined;
  for await (const events of scan()) last = events.at(-1)?.position ?? last;
  return last;
};

/**
 * The history as if it ended at `position`: the trial of a backup reads a store that has gone on since. Its census is counted from the same
 * events, so an end of a stream that is gone shows by the signatures alone.
 */
export const endingAt = (history: ReadHistory, position: Position): ReadHistory => {
  const scan = async function* (from?: Position) {
    if (from === position) return;
    for await (const events of history.scan(from)) {
      const end = events.findIndex((event) => event.position === position);
      yield end < 0 ? events : events.slice(0, end + 1);
      if (end >= 0) return;
    }
  };
  return {
    scan,
    after: history.after,
    census: async () => {
      let last: Position | undefined;
      const heads = new Map<string, number>();
      for await (const events of scan())
        for (const { stream, revision, position: at } of events) {
          heads.set(stream, revision);
          last = at;
        }
      return { last, highest: last, heads };
    },
  };
};
