import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Decider, EventStore, NewEvent } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { catalogue, handleWith, oneAtATime, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { RemoteEventStoreOptions } from './index.js';
import { KeeperRefused, speaking } from './index.js';
import type { Who } from './testing/facts.js';
import { offeredFact } from './testing/facts.js';
import { clientOf, openTable, replica, statement, wire } from './testing/served.js';

jest.setTimeout(120_000);

const officer: Who = { actor: 'u-health', agency: 'HEALTH', role: 'OFFICER' };
const by = statement(officer.actor, officer.agency, officer.role);

/** Two replicas over one store, each behind a wire of its own. */
const open: { close(): unknown }[] = [];
const two = async (store: EventStore = memoryEventStore()) => {
  const replicas = [await replica(store), await replica(store)];
  const wires = await Promise.all(replicas.map(({ address }) => wire(address)));
  open.push(...replicas.map(({ stop }) => ({ close: stop })), ...wires);
  const clients = (options: Partial<RemoteEventStoreOptions> = {}, addresses = wires.map(({ address }) => address)) => {
    const made = clientOf('health', addresses, by, options);
    open.push(made);
    return made;
  };
  return {
    store,
    replicas: replicas as [(typeof replicas)[0], (typeof replicas)[0]],
    wires: wires as [(typeof wires)[0], (typeof wires)[0]],
    clients,
  };
};
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const place = () => {
  const caseId = randomUUID();
  return { caseId, stream: `case-${caseId}`, some: () => offeredFact('RetellingRecorded', caseId, officer) };
};

describe('D12: an append whose answer was lost', () => {
  it.each(['none', 'any', -1] as const)(
    'is said again (expecting %s) and gets the first answer, from either replica',
    async (expected) => {
      const { store, wires, clients } = await two();
      const { stream, some } = place();
      const events = [some(), some()];
      const health = clients();
      wires[0].loseAnswers();
      await expect(health.append(stream, events, expected)).rejects.toThrow(StoreUnavailable);
      wires[0].carryAnswers();
      // The client has left the replica that was silent: this asks the other one.
      const there = await health.append(stream, events, expected);
      expect(there).toEqual({ revision: 1, position: (await store.read(stream)).events.at(-1)!.position });
      expect((await clients().append(stream, [some()], 1)).revision).toBe(2);
      // Also after the stream moved on.
      expect(await clients({}, [wires[0].address]).append(stream, events, expected)).toEqual(there);
      expect((await store.read(stream)).revision).toBe(2);
    },
  );

  it('ids that are taken by other content are refused, never a second time kept, and that is no conflict', async () => {
    const { store, clients } = await two();
    const { stream, some } = place();
    const first = some();
    const health = clients();
    await health.append(stream, [first, some()], 'none');
    const other = { ...first, data: { ...first.data, personsPresent: 99 } };
    for (const expected of [1, 'any'] as const) {
      const refused = health.append(stream, [other], expected);
      await expect(refused).rejects.toThrow(KeeperRefused);
      await expect(refused).rejects.toMatchObject({ code: 'id-taken' });
    }
    // Some of them only, or in another order, is other content too.
    await expect(health.append(stream, [some(), first], 1)).rejects.toMatchObject({ code: 'id-taken' });
    // Decided anew at a revision that has passed: who reads the stream again will find what it said.
    await expect(health.append(stream, [other], 'none')).rejects.toThrow(RevisionConflict);
    expect((await store.read(stream)).revision).toBe(1);
  });

  interface Told {
    readonly type: 'RetellingRecorded';
    readonly data: object;
  }
  const decider: Decider<number, 'tell', Told, Told & { about: never }> = {
    initialState: 0,
    decide: () => [{ type: 'RetellingRecorded', data: {} }],
    evolve: (count) => count + 1,
  };

  it('a command is done once, and its repetition recognised, when the keeper dies after the commit and before the answer', async () => {
    const memory = memoryEventStore();
    const { store, wires, replicas, clients } = await two(memory);
    const { stream, caseId } = place();
    const event = offeredFact('RetellingRecorded', caseId, officer);
    const speaker = speaking();
    const health = clients({ onBehalf: speaker.now });
    const handler = handleWith(
      { store: health, queue: oneAtATime(), now: Date.now },
      decider,
      catalogue<Told & { about: never }>({ RetellingRecorded: { upcasts: [] } }),
    );
    const { commandId, digest } = event.meta;
    const handle = () =>
      speaker.as(by, () =>
        handler.handle(
          stream,
          { commandId, actor: officer.actor, digest },
          async () => 'tell',
          (_, index): NewEvent => ({ ...event, id: `${event.id.slice(0, -1)}${index}` }),
        ),
      );
    // The reading goes through; the answer to the append, and with it the whole replica, does not.
    await speaker.as(by, () => health.read(stream));
    let died: Promise<void> | undefined;
    const watching = memory.append.bind(memory);
    memory.append = async (...how) => {
      const kept = await watching(...how);
      wires[0].loseAnswers(() => (died ??= replicas[0].stop()));
      return kept;
    };
    expect(await handle()).toMatchObject({ kind: 'accepted', repeated: true, acceptance: { revision: 0 } });
    await died;
    memory.append = watching;
    expect(await handle()).toMatchObject({ kind: 'accepted', repeated: true, acceptance: { revision: 0 } });
    expect((await store.read(stream)).revision).toBe(0);
  });
});

describe('D11: two replicas over one store', () => {
  it('one wins at a revision, the other is told where the stream is', async () => {
    const { clients, wires } = await two();
    const { stream, some } = place();
    const [one, other] = wires.map(({ address }) => clients({}, [address]));
    expect((await one!.append(stream, [some()], 'none')).revision).toBe(0);
    await expect(other!.append(stream, [some()], 'none')).rejects.toMatchObject({
      name: 'RevisionConflict',
      actual: 0,
    });
    expect((await other!.append(stream, [some()], 0)).revision).toBe(1);
    // The first replica wrote revision 0 and remembers it; a reader is given the true head all the same.
    expect((await one!.read(stream, 1)).revision).toBe(1);
    await expect(one!.append(stream, [some()], 0)).rejects.toMatchObject({ name: 'RevisionConflict', actual: 1 });
  });

  it('whoever takes what is there is kept once, whichever replica is asked', async () => {
    const { store, clients, wires } = await two();
    const { stream, some } = place();
    const sides = wires.map(({ address }) => clients({}, [address]));
    const events = Array.from({ length: 40 }, some);
    // Everybody says it at both at once.
    const answers = await Promise.all(
      events.flatMap((event) => sides.map((side) => side.append(stream, [event], 'any'))),
    );
    const kept = (await store.read(stream)).events;
    expect(kept.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
    answers.forEach(({ revision }, i) => expect(kept[revision]!.id).toBe(events[Math.floor(i / 2)]!.id));
  });

  it('one may be gone: readers do not notice, and writers go on with the other', async () => {
    const { clients, replicas } = await two();
    const { stream, some } = place();
    const health = clients();
    await health.append(stream, [some()], 'none');
    await replicas[0].stop();
    expect((await health.read(stream)).revision).toBe(0);
    expect((await health.append(stream, [some()], 0)).revision).toBe(1);
  });

  it('one that stops answers what is under way and takes nothing new', async () => {
    const memory = memoryEventStore();
    let arrived = () => {};
    let letGo = () => {};
    const there = new Promise<void>((resolve) => (arrived = resolve));
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const slow: EventStore = {
      ...memory,
      append: async (...how) => {
        arrived();
        await held;
        return memory.append(...how);
      },
    };
    const { clients, replicas } = await two(slow);
    const { stream, some } = place();
    const health = clients();
    const underWay = health.append(stream, [some()], 'none');
    await there;
    const stopped = replicas[0].stop();
    // The other replica serves meanwhile.
    expect((await health.read(`case-${randomUUID()}`)).revision).toBe(-1);
    letGo();
    expect((await underWay).revision).toBe(0);
    await stopped;
  });

  it('a connection is used again', async () => {
    const { clients, wires } = await two();
    const health = clients();
    for (let times = 0; times < 20; times++) await health.read(`case-${randomUUID()}`);
    expect(wires.map(({ connections }) => connections())).toEqual([1, 0]);
  });
});

it('a follower that reads slowly holds up nothing but itself: the store is not read ahead of it', async () => {
  const BATCHES = 400;
  const words = 'x'.repeat(256 * 1024);
  const event = offeredFact('RetellingRecorded', randomUUID(), officer);
  let read = 0;
  const endless: EventStore = {
    ...memoryEventStore(),
    follow: async (_from, each, stop) => {
      for (; read < BATCHES && !stop.aborted; read++)
        await each([{ ...event, data: { words }, stream: 's', revision: read, position: String(read) }]);
    },
  };
  const served = await replica(endless, { table: openTable });
  const coordination = clientOf('coordination', [served.address], by);
  const stop = new AbortController();
  let first = () => {};
  let letGo = () => {};
  const began = new Promise<void>((resolve) => (first = resolve));
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let seen = 0;
  const following = coordination.follow(
    undefined,
    async () => {
      if (seen++ === 0) first();
      await held;
      if (seen === BATCHES) stop.abort();
    },
    stop.signal,
  );
  await began;
  for (let times = 0; times < 50; times++) await coordination.read(`case-${randomUUID()}`);
  expect(read).toBeLessThan(BATCHES / 4);
  letGo();
  await following;
  expect(seen).toBe(BATCHES);
  coordination.close();
  await served.stop();
});
