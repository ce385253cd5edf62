import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Auditable, RecordedEvent } from '@resguardo/eventing';
import { keeper, memoryCheckpointStore } from '@resguardo/eventing';
import { eventStoreContract, verifiedHistoryContract } from '@resguardo/eventing/testing';
import { eventStoreDbEventStore } from './index.js';
import { serversUnderTest, type TestServer } from './testing/test-servers.js';

jest.setTimeout(60_000);

describe.each(serversUnderTest)('$label', ({ label, open }) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await open();
  });
  afterAll(() => server?.close());

  /** Each with names of its own: what others and earlier runs left behind is not shown. */
  const openStore = async (streams: readonly string[] = ['case-']) => {
    const prefix = `t${randomUUID().slice(0, 8)}-`;
    const connect = () => eventStoreDbEventStore({ connection: server.url, streams, prefix });
    const [store, beside] = [connect(), connect()];
    return {
      store,
      beside,
      disturb: async () => server.proxy.cut(),
      close: async () => {
        await Promise.all([store.close(), beside.close()]);
      },
    };
  };

  eventStoreContract(label, () => openStore());

  eventStoreContract(`keeper over ${label}`, async () => {
    const at = await openStore();
    const store = keeper(at.store, { clock: () => '2026-03-02T10:00:00.000Z' });
    return { ...at, store, beside: store };
  });

  verifiedHistoryContract(label, async () => {
    const { store, close } = await openStore(['']);
    // Nobody can write behind a server's back from here: what is tampered with is what it shows.
    let changed: (events: readonly RecordedEvent[]) => readonly RecordedEvent[] = (events) => events;
    let rewritten: readonly RecordedEvent[] | undefined;
    let before: Awaited<ReturnType<Auditable['census']>> | undefined;
    const all = async (): Promise<readonly RecordedEvent[]> => {
      const events: RecordedEvent[] = [];
      for await (const batch of store.scan()) events.push(...batch);
      return rewritten ?? changed(events);
    };
    const tampered = async (change: typeof changed) => {
      before ??= await store.census();
      const earlier = changed;
      changed = (events) => change(earlier(events));
    };
    const one = (number: number, change: (event: RecordedEvent) => RecordedEvent) =>
      tampered((events) => events.map((event, index) => (index === number - 1 ? change(event) : event)));
    return {
      store: {
        ...store,
        async *scan(from) {
          const events = await all();
          yield from === undefined ? events : events.slice(events.findIndex(({ position }) => position === from) + 1);
        },
        census: async () => {
          if (!rewritten) return before ?? store.census();
          const last = rewritten.at(-1)?.position;
          return { last, highest: last, heads: new Map(rewritten.map(({ stream, revision }) => [stream, revision])) };
        },
      },
      checkpoints: memoryCheckpointStore(),
      close,
      tamper: {
        alter: (number) => one(number, (event) => ({ ...event, data: { ...event.data, number: -1 } })),
        alterSealed: (number) =>
          one(number, (event) => ({ ...event, sealed: { D2: { ...event.sealed!['D2']!, text: 'b3BhcXVm' } } })),
        remove: (...numbers) => tampered((events) => events.filter((_, index) => !numbers.includes(index + 1))),
        swap: (a, b) =>
          tampered((events) => {
            const places = events.map(({ position }) => position);
            const order = events.map((_, index) => (index === a - 1 ? b - 1 : index === b - 1 ? a - 1 : index));
            return order.map((from, index) => ({ ...events[from]!, position: places[index]! }));
          }),
        rewrite: async (events) => {
          rewritten = [...events];
        },
      },
    };
  });
});
