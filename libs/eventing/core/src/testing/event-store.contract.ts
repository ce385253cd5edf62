import { randomUUID } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { EventStore, NewEvent, Position, RecordedEvent } from '../event-store.js';
import { RevisionConflict } from '../event-store.js';

export interface OpenStore {
  readonly store: EventStore;
  /** The same events as another process sees and writes them; in memory the store itself. */
  readonly beside: EventStore;
  /** Takes away the connections that are in use; nothing in memory. */
  disturb(): Promise<void>;
  close(): Promise<void>;
}

let made = 0;

/** An invented event; `data` tells it from others. */
export const someEvent = (data: NewEvent['data'] = {}): NewEvent => ({
  id: randomUUID(),
  type: 'SomethingNoted',
  schemaVersion: 1,
  data: { number: ++made, ...data },
  sealed: { D2: { v: 1, key: 'k/D2/s', iv: 'aXY=', tag: 'dGFn', text: 'b3BhcXVl' } },
  meta: {
    caseId: 'c-1',
    actor: 'u-1',
    agency: 'HEALTH',
    role: 'OFFICER',
    commandId: randomUUID(),
    command: 'noteSomething',
    digest: 'd',
    occurredAt: '2026-03-02T10:00:00.000Z',
  },
});

const ids = (events: readonly { id: string }[]) => events.map(({ id }) => id);
const aStream = () => `case-${randomUUID()}`;

/** What every store promises. `open` gives an empty one each time. */
export const eventStoreContract = (name: string, open: () => Promise<OpenStore>): void =>
  describe(`event store contract: ${name}`, () => {
    let at: OpenStore;
    beforeEach(async () => {
      at = await open();
    });
    afterEach(() => at.close());

    /** Follows until `count` events were seen. */
    const seen = async (store: EventStore, from: Position | undefined, count: number, limit?: number) => {
      const events: RecordedEvent[] = [];
      if (count === 0) return events;
      const stop = new AbortController();
      await store.follow(
        from,
        async (batch) => {
          events.push(...batch);
          if (events.length >= count) stop.abort();
        },
        stop.signal,
        limit,
      );
      return events;
    };

    /** Appends to a stream until it is kept, as a handler would: read again after each conflict or loss. */
    const keep = async (store: EventStore, stream: string, events: readonly NewEvent[]) => {
      for (;;) {
        const now = await store.read(stream).catch(() => undefined);
        if (now && ids(now.events).includes(events[0]!.id)) return;
        if (now)
          await store
            .append(stream, events, now.revision)
            .then(() => undefined)
            .catch(() => undefined);
      }
    };

    it('an absent stream reads as no events at revision -1', async () => {
      expect(await at.store.read(aStream())).toEqual({ events: [], revision: -1 });
      expect(await at.store.read(aStream(), 7)).toEqual({ events: [], revision: -1 });
    });

    it('what was appended reads back whole and in order, numbered from 0', async () => {
      const stream = aStream();
      const events = [
        someEvent({
          text: 'ñandú "quoted" \\ {,} \u0000 \u2028 \ud83d\ude00',
          list: [null, 1.5, -0.25, 1e21],
          z: 1,
          a: 2,
        }),
        someEvent({ nested: { deep: [{ empty: {} }] } }),
        someEvent(),
      ];
      const { revision, position } = await at.store.append(stream, events, 'none');
      expect(revision).toBe(2);
      const read = await at.store.read(stream);
      expect(read.revision).toBe(2);
      expect(read.events).toMatchObject(events.map((event, index) => ({ ...event, stream, revision: index })));
      expect(read.events.map(({ data }) => JSON.stringify(data))).toEqual(
        events.map(({ data }) => JSON.stringify(data)),
      );
      expect(read.events[2]!.position).toBe(position);
    });

    it('an event without sealed fields reads back without any', async () => {
      const stream = aStream();
      const { sealed: _, ...plain } = someEvent();
      await at.store.append(stream, [plain], 'none');
      expect(Object.keys((await at.store.read(stream)).events[0]!)).not.toContain('sealed');
    });

    it('a stream is read from a revision on; its last revision comes with it', async () => {
      const stream = aStream();
      const events = [someEvent(), someEvent(), someEvent(), someEvent()];
      await at.store.append(stream, events, 'none');
      const tail = await at.store.read(stream, 2);
      expect(ids(tail.events)).toEqual(ids(events.slice(2)));
      expect(tail.revision).toBe(3);
      expect(await at.store.read(stream, 4)).toEqual({ events: [], revision: 3 });
    });

    it('a stream that is read on from where one is loses nothing between, however often others append meanwhile', async () => {
      const stream = aStream();
      const appended = Array.from({ length: 200 }, () => someEvent());
      await at.store.append(stream, [appended[0]!], 'none');
      let isWritten = false;
      let head = -1;
      const writing = (async () => {
        for (const [revision, event] of appended.entries()) {
          // Whoever reads has read all, and asks for more just now.
          while (head < revision - 1) await setImmediate();
          if (revision > 0) await at.store.append(stream, [event], 'any');
        }
      })().finally(() => (isWritten = true));
      const found: RecordedEvent[] = [];
      for (let last = false; !last;) {
        last = isWritten;
        const { events, revision } = await at.beside.read(stream, head + 1);
        found.push(...events);
        head = revision;
        await setImmediate();
      }
      await writing;
      expect(ids(found)).toEqual(ids(appended));
    });

    it('a stale writer keeps nothing', async () => {
      const stream = aStream();
      await at.store.append(stream, [someEvent(), someEvent()], 'none');
      const conflict = at.store.append(stream, [someEvent(), someEvent()], 0);
      await expect(conflict).rejects.toThrow(RevisionConflict);
      await expect(at.store.append(stream, [someEvent()], 5)).rejects.toThrow(RevisionConflict);
      expect((await at.store.read(stream)).revision).toBe(1);
      expect(await seen(at.store, undefined, 2)).toHaveLength(2);
      expect((await at.store.append(stream, [someEvent()], 1)).revision).toBe(2);
    });

    it('`none` needs an absent stream, a number an existing one, `any` takes what is there', async () => {
      const stream = aStream();
      await expect(at.store.append(stream, [someEvent()], 0)).rejects.toThrow(RevisionConflict);
      expect((await at.store.append(stream, [someEvent()], 'none')).revision).toBe(0);
      await expect(at.store.append(stream, [someEvent()], 'none')).rejects.toThrow(RevisionConflict);
      expect((await at.store.append(stream, [someEvent(), someEvent()], 'any')).revision).toBe(2);
      const other = aStream();
      expect((await at.store.append(other, [someEvent()], 'any')).revision).toBe(0);
      expect((await at.store.append(aStream(), [someEvent()], -1)).revision).toBe(0);
    });

    it('an append of nothing is a mistake of the caller', async () => {
      await expect(Promise.resolve().then(() => at.store.append(aStream(), [], 'any'))).rejects.toThrow(RangeError);
    });

    it('all events of an append are kept or none, also beside others at the same moment', async () => {
      const [free, taken] = [aStream(), aStream()];
      await at.store.append(taken, [someEvent()], 'none');
      const outcomes = await Promise.allSettled([
        at.store.append(free, [someEvent(), someEvent(), someEvent()], 'none'),
        at.store.append(taken, [someEvent(), someEvent(), someEvent()], 'none'),
        at.store.append(aStream(), [someEvent()], 'none'),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect((await at.store.read(free)).events).toHaveLength(3);
      expect((await at.store.read(taken)).events).toHaveLength(1);
      expect(await seen(at.store, undefined, 5)).toHaveLength(5);
    });

    it('one of many racing writers wins', async () => {
      const stream = aStream();
      for (const expected of ['none', 0, 1] as const) {
        const writers = Array.from({ length: 30 }, (_, index) => ({
          store: index % 2 ? at.store : at.beside,
          event: someEvent(),
        }));
        const outcomes = await Promise.allSettled(
          writers.map(({ store, event }) => store.append(stream, [event], expected)),
        );
        const won = writers.filter((_, index) => outcomes[index]!.status === 'fulfilled');
        expect(won).toHaveLength(1);
        for (const outcome of outcomes)
          if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(RevisionConflict);
        expect((await at.store.read(stream)).events.at(-1)!.id).toBe(won[0]!.event.id);
      }
      expect((await at.store.read(stream)).revision).toBe(2);
    });

    it('sixty writers who append after whatever is there are all kept', async () => {
      const stream = aStream();
      const events = Array.from({ length: 60 }, () => someEvent());
      const kept = await Promise.all(events.map((event) => at.store.append(stream, [event], 'any')));
      expect(kept.map(({ revision }) => revision).sort((a, b) => a - b)).toEqual(events.map((_, index) => index));
      expect(ids((await at.store.read(stream)).events).sort()).toEqual(ids(events).sort());
    });

    it('a follower started anywhere sees every event once and in order, while 16 writers write', async () => {
      const streams = Array.from({ length: 16 }, aStream);
      const followed = [seen(at.store, undefined, 16 * 40, 7), seen(at.beside, undefined, 16 * 40)];
      const positions: Position[] = [];
      const midway: Promise<RecordedEvent[]>[] = [];
      await Promise.all(
        streams.map(async (stream, writer) => {
          const store = writer % 2 ? at.store : at.beside;
          for (let round = 0; round < 20; round++) {
            const two = [someEvent(), someEvent()];
            // Some conflict and leave nothing.
            if (round % 5 === 3) await store.append(stream, two, 'none').catch(() => undefined);
            const { position } = await store.append(stream, two, round * 2 - 1);
            positions.push(position);
            if (writer === 3 && round % 7 === 0) midway.push(seen(at.store, position, 1));
          }
        }),
      );
      const [all, beside] = await Promise.all(followed);
      expect(new Set(ids(all!)).size).toBe(16 * 40);
      expect(all).toHaveLength(16 * 40);
      expect(ids(beside!)).toEqual(ids(all!));
      for (const stream of streams)
        expect(all!.filter((event) => event.stream === stream).map(({ revision }) => revision)).toEqual(
          Array.from({ length: 40 }, (_, index) => index),
        );
      const order = all!.map(({ position }) => position);
      expect(positions.every((position) => order.includes(position))).toBe(true);
      for (const index of [0, 1, 100, 333, 600, 638]) {
        const rest = await seen(at.store, order[index], order.length - index - 1);
        expect(rest.map(({ position }) => position)).toEqual(order.slice(index + 1));
      }
      for (const part of await Promise.all(midway)) {
        const start = order.indexOf(part[0]!.position);
        expect(part.map(({ position }) => position)).toEqual(order.slice(start, start + part.length));
      }
    });

    it('a follower and writers go on after their connections are lost; nothing is lost or doubled', async () => {
      const events = Array.from({ length: 200 }, () => someEvent());
      const streams = Array.from({ length: 4 }, aStream);
      const followed = seen(at.store, undefined, 200, 5);
      const writing = Promise.all(
        streams.map(async (stream, writer) => {
          for (let index = writer; index < 200; index += 4) await keep(at.store, stream, [events[index]!]);
        }),
      );
      for (let times = 0; times < 3; times++) {
        await at.disturb();
        await at.store.append(aStream(), [someEvent()], 'any').catch(() => undefined);
        await setImmediate();
      }
      await writing;
      const all = await seen(at.beside, undefined, 200);
      const mine = (found: readonly RecordedEvent[]) =>
        ids(found).filter((id) => events.some((event) => event.id === id));
      await followed;
      const end = (await at.beside.append(aStream(), [someEvent()], 'any')).position;
      const everything: RecordedEvent[] = [...all];
      while (everything.at(-1)!.position !== end)
        everything.push(...(await seen(at.beside, everything.at(-1)!.position, 1)));
      expect(mine(everything).sort()).toEqual(ids(events).sort());
      expect(ids(await followed)).toEqual(ids(everything).slice(0, (await followed).length));
    });

    it('a follower waits for what comes', async () => {
      const stream = aStream();
      const { position } = await at.store.append(stream, [someEvent()], 'none');
      const waiting = seen(at.store, position, 2);
      const fromBeside = seen(at.beside, position, 2);
      const later = [someEvent(), someEvent()];
      await at.store.append(stream, [later[0]!], 0);
      await at.beside.append(aStream(), [later[1]!], 'none');
      expect(ids(await waiting)).toEqual(ids(later));
      expect(ids(await fromBeside)).toEqual(ids(later));
    });

    it('a follower that is told to stop stops, also while it waits', async () => {
      const before = new AbortController();
      before.abort();
      const never = async () => {
        throw new Error('was called');
      };
      await at.store.follow(undefined, never, before.signal);
      const waiting = new AbortController();
      const follower = at.store.follow(undefined, never, waiting.signal);
      await setImmediate();
      waiting.abort();
      await expect(follower).resolves.toBeUndefined();
    });

    it('batches hold 1 to `limit` events; the next one waits for the one before', async () => {
      await at.store.append(
        aStream(),
        Array.from({ length: 10 }, () => someEvent()),
        'none',
      );
      const sizes: number[] = [];
      let running = 0;
      const stop = new AbortController();
      await at.store.follow(
        undefined,
        async (events) => {
          expect(++running).toBe(1);
          sizes.push(events.length);
          await setImmediate();
          running--;
          if (sizes.reduce((sum, size) => sum + size) === 10) stop.abort();
        },
        stop.signal,
        4,
      );
      expect(sizes).toEqual([4, 4, 2]);
    });

    it('a follower rejects with what its reader rejected with', async () => {
      await at.store.append(aStream(), [someEvent()], 'none');
      const mine = new Error('cannot apply');
      const follower = at.store.follow(undefined, () => Promise.reject(mine), new AbortController().signal);
      await expect(follower).rejects.toBe(mine);
    });
  });
