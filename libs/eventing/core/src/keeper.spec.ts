import type { EventStore } from './event-store.js';
import { RevisionConflict, StoreUnavailable } from './event-store.js';
import { chained } from './hash-chain.js';
import { keeper } from './keeper.js';
import { memoryEventStore } from './memory-event-store.js';
import { someEvent } from './testing/index.js';

const counting = (store: EventStore) => {
  const count = { reads: 0 };
  return {
    count,
    store: { ...store, read: (...how: Parameters<EventStore['read']>) => (count.reads++, store.read(...how)) },
  };
};
const clock = () => '2026-03-02T10:00:00.000Z';

describe('keeper', () => {
  it('D6: each event carries the hash of the one before and itself', async () => {
    const kept = keeper(memoryEventStore(), { clock });
    await kept.append('s', [someEvent(), someEvent()], 'none');
    await kept.append('s', [someEvent()], 1);
    let previous = '';
    for (const event of (await kept.read('s')).events) {
      expect(event.meta.hash).toBe(chained(previous, event));
      previous = event.meta.hash!;
    }
    expect(previous).toMatch(/^[0-9a-f]{64}$/);
  });

  it('a hash or a time of recording that the writer brings is not taken', async () => {
    const kept = keeper(memoryEventStore(), { clock });
    const event = someEvent();
    await kept.append('s', [{ ...event, meta: { ...event.meta, hash: 'mine', recordedAt: '1999-01-01' } }], 'none');
    const [stored] = (await kept.read('s')).events;
    expect(stored!.meta.recordedAt).toBe(clock());
    expect(stored!.meta.hash).toBe(chained('', stored!));
  });

  it('the trace context is the keeper’s to give, and no hash covers it: a history is verified alike with and without', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    let running: string | undefined = trace;
    const kept = keeper(memoryEventStore(), { clock, traceparent: () => running });
    const event = someEvent();
    const brought = { ...event, meta: { ...event.meta, traceparent: 'Ana López' } };
    await kept.append('s', [brought], 'none');
    running = undefined;
    await kept.append('s', [brought], 0);
    const [traced, untraced] = (await kept.read('s')).events;
    expect(traced!.meta.traceparent).toBe(trace);
    expect(untraced!.meta.traceparent).toBeUndefined();
    const { traceparent: _, ...meta } = traced!.meta;
    expect(chained('', { ...traced!, meta })).toBe(traced!.meta.hash);
  });

  it('the hash of an event is what it has always been', () => {
    const occurredAt = clock();
    const said = { actor: 'a', agency: 'HEALTH', role: 'OFFICER', commandId: '1', command: 'x', digest: 'd' };
    const event = { stream: 's', revision: 0, id: '00000000-0000-4000-8000-000000000001', type: 'Happened' };
    const meta = { caseId: 'c', ...said, occurredAt, recordedAt: occurredAt };
    expect(chained('', { ...event, schemaVersion: 1, data: { n: 1 }, meta })).toBe(
      '183e8d4c2ae35b2d42f8031d5d8f48ebfdb8194897d98fa657385d5fa3010534',
    );
  });

  it('D9: the time of recording never goes back within a stream', async () => {
    const times = ['2026-03-02T10:00:05.000Z', '2026-03-02T10:00:01.000Z', '2026-03-02T10:00:09.000Z'];
    const store = memoryEventStore();
    for (const time of times) await keeper(store, { clock: () => time }).append('s', [someEvent()], 'any');
    expect((await store.read('s')).events.map(({ meta }) => meta.recordedAt)).toEqual([times[0], times[0], times[2]]);
  });

  it('where nobody else writes, a hot stream is read and appended to without asking the store', async () => {
    const { store, count } = counting(memoryEventStore());
    const kept = keeper(store, { clock, alone: true });
    await kept.append('s', [someEvent()], 'none');
    const before = count.reads;
    for (let revision = 0; revision < 10; revision++) {
      expect((await kept.read('s', revision + 1)).revision).toBe(revision);
      await kept.append('s', [someEvent()], revision);
    }
    const { events } = await kept.read('s', 3);
    expect(events.map(({ revision }) => revision)).toEqual([3, 4, 5, 6, 7, 8, 9, 10]);
    expect(count.reads).toBe(before);
    expect(events).toEqual((await store.read('s', 3)).events);
  });

  it('after an append of several events their positions are those of the store', async () => {
    const store = memoryEventStore();
    const kept = keeper(store, { clock });
    await kept.append('s', [someEvent(), someEvent(), someEvent()], 'none');
    expect((await kept.read('s', 1)).events).toEqual((await store.read('s', 1)).events);
    await kept.append('s', [someEvent()], 2);
    expect((await kept.read('s')).events).toEqual((await store.read('s')).events);
  });

  it('D5: what another process appended is read at once, also by whoever never appends', async () => {
    const store = memoryEventStore();
    const [mine, theirs] = [keeper(store, { clock }), keeper(store, { clock })];
    await mine.append('s', [someEvent()], 'none');
    await theirs.append('s', [someEvent()], 0);
    expect(await mine.read('s', 1)).toEqual(await store.read('s', 1));
    expect(await mine.read('s')).toEqual(await store.read('s'));
  });

  it('after another process appended, an append conflicts, and the next one goes on from there', async () => {
    const store = memoryEventStore();
    const [mine, theirs] = [keeper(store, { clock }), keeper(store, { clock })];
    await mine.append('s', [someEvent()], 'none');
    await theirs.append('s', [someEvent()], 0);
    await expect(mine.append('s', [someEvent()], 0)).rejects.toThrow(RevisionConflict);
    expect((await mine.append('s', [someEvent()], 1)).revision).toBe(2);
  });

  it('a chain goes on unbroken between processes that append after whatever is there', async () => {
    const store = memoryEventStore();
    const keepers = [keeper(store, { clock }), keeper(store, { clock }), keeper(store, { clock })];
    await Promise.all(Array.from({ length: 30 }, (_, index) => keepers[index % 3]!.append('s', [someEvent()], 'any')));
    let previous = '';
    const { events } = await store.read('s');
    expect(events).toHaveLength(30);
    for (const event of events)
      expect((previous = event.meta.hash!)).toBe(chained(events[event.revision - 1]?.meta.hash ?? '', event));
    expect(previous).not.toBe('');
  });

  it('after an append of unknown outcome the next one asks the store where the stream ends', async () => {
    const store = memoryEventStore();
    let lose = false;
    const kept = keeper(
      {
        ...store,
        async append(...how) {
          const answer = await store.append(...how);
          if (lose) throw new StoreUnavailable('gone after it was kept');
          return answer;
        },
      },
      { clock },
    );
    await kept.append('s', [someEvent()], 'none');
    lose = true;
    await expect(kept.append('s', [someEvent()], 0)).rejects.toThrow(StoreUnavailable);
    lose = false;
    await kept.append('s', [someEvent()], 'any');
    const { events } = await store.read('s');
    expect(events).toHaveLength(3);
    expect(events[2]!.meta.hash).toBe(chained(events[1]!.meta.hash!, events[2]!));
  });

  it('an event that no keeper recorded is not built upon', async () => {
    const store = memoryEventStore();
    await store.append('s', [someEvent()], 'none');
    await expect(keeper(store, { clock }).append('s', [someEvent()], 'any')).rejects.toThrow(
      'not recorded by a keeper',
    );
  });
});
