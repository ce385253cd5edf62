import type { Census } from './auditable.js';
import { memoryCheckpointStore } from './checkpoint.js';
import type { RecordedEvent } from './event-store.js';
import { keeper } from './keeper.js';
import { memoryEventStore } from './memory-event-store.js';
import { eventStoreContract, verifiedHistoryContract } from './testing/index.js';

const nothing = async () => {};

eventStoreContract('memory', async () => {
  const store = memoryEventStore();
  return { store, beside: store, disturb: nothing, close: nothing };
});

eventStoreContract('keeper over memory', async () => {
  const store = keeper(memoryEventStore(), { clock: () => '2026-03-02T10:00:00.000Z' });
  return { store, beside: store, disturb: nothing, close: nothing };
});

eventStoreContract('keeper that remembers one stream, over memory', async () => {
  const store = keeper(memoryEventStore(), { clock: () => '2026-03-02T10:00:00.000Z', maxStreams: 1 });
  return { store, beside: store, disturb: nothing, close: nothing };
});

verifiedHistoryContract('memory', async () => {
  const store = memoryEventStore();
  // Memory cannot be written behind its back: what is tampered with is what it shows.
  let changed = (events: RecordedEvent[]): RecordedEvent[] => events;
  let rewritten: RecordedEvent[] | undefined;
  const all = async () => {
    const events: RecordedEvent[] = [];
    for await (const batch of store.scan()) events.push(...batch);
    return changed(events);
  };
  const one = (position: number, change: (event: RecordedEvent) => RecordedEvent) => {
    changed = (events) => events.map((event) => (event.position === String(position) ? change(event) : event));
  };
  return {
    store: {
      ...store,
      async *scan(from) {
        const events = rewritten ?? (await all());
        yield events.filter(({ position }) => Number(position) > Number(from ?? 0));
      },
      census: async (): Promise<Census> => {
        const events = rewritten ?? (await all());
        if (!rewritten) return { ...(await store.census()), highest: events.at(-1)?.position };
        const heads = new Map(rewritten.map(({ stream, revision }) => [stream, revision]));
        return { last: rewritten.at(-1)?.position, highest: rewritten.at(-1)?.position, heads };
      },
    },
    checkpoints: memoryCheckpointStore(),
    tamper: {
      alter: async (position) => one(position, (event) => ({ ...event, data: { ...event.data, number: -1 } })),
      alterSealed: async (position) =>
        one(position, (event) => ({ ...event, sealed: { D2: { ...event.sealed!['D2']!, text: 'b3BhcXVm' } } })),
      remove: async (...positions) => {
        changed = (events) => events.filter(({ position }) => !positions.includes(Number(position)));
      },
      swap: async (a, b) => {
        changed = (events) =>
          events
            .map((event) => {
              if (event.position === String(a)) return { ...event, position: String(b) };
              return event.position === String(b) ? { ...event, position: String(a) } : event;
            })
            .sort((left, right) => Number(left.position) - Number(right.position));
      },
      rewrite: async (events) => {
        rewritten = [...events];
      },
    },
    close: nothing,
  };
});
