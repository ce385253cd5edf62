import { spawn } from 'node:child_process';
import { createHash, generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { ANY, EventStoreDBClient, jsonEvent, NO_STREAM, STREAM_EXISTS, streamNameFilter } from '@eventstore/db-client';
import { jest } from '@jest/globals';
import type { Catalogue, Decider, EventStore, NewEvent, Position, RecordedEvent } from '@resguardo/eventing';
import {
  handleWith,
  keeper,
  memoryCheckpointStore,
  oneAtATime,
  RevisionConflict,
  StoreUnavailable,
  verifyHistory,
} from '@resguardo/eventing';
import { someEvent } from '@resguardo/eventing/testing';
import { AppendTooLarge, eventStoreDbEventStore, type EventStoreDbEventStoreOptions } from './index.js';
import { sleeper } from './testing/sleeper.js';
import { notRun, serversUnderTest, type TestServer } from './testing/test-servers.js';

jest.setTimeout(60_000);

const rejection = async (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: unknown) => error,
  );
const until = async (fact: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await fact())) await new Promise(setImmediate);
};

/** As their client says it: an error of its own, or the raw one of gRPC. */
const isAway = ({ type, code }: { readonly type?: string; readonly code?: number }): boolean =>
  type === 'unavailable' || code === 14;

describe.each(serversUnderTest)('$label', ({ label, secure, isDouble, open }) => {
  /** Whole where it is asked for, and of a server that was given. */
  const isWhole = process.env['RESGUARDO_FULL'] === '1' || !isDouble;
  const [MISSED, ASLEEP_MS] = isWhole ? [40_000, 15_000] : [2_000, 0];
  /** Events of each of 32 writers. */
  const EACH = isWhole ? 100 : 10;
  let server: TestServer;
  let client: EventStoreDBClient;
  let prefix: string;
  let opened: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await open();
    client = EventStoreDBClient.connectionString(server.url);
  });
  afterAll(async () => {
    await client?.dispose();
    await server?.close();
  });
  beforeEach(() => {
    prefix = `t${randomUUID().slice(0, 8)}-`;
  });
  afterEach(async () => {
    await Promise.all(opened.map((one) => one.close()));
    opened = [];
  });

  const openStore = (options: Partial<EventStoreDbEventStoreOptions> = {}) => {
    const store = eventStoreDbEventStore({ connection: server.url, streams: ['case-'], prefix, ...options });
    opened.push(store);
    return store;
  };
  const aStream = () => `${prefix}raw-${randomUUID()}`;
  const theirs = (id: string = randomUUID()) => jsonEvent({ id, type: 'Noted', data: { number: 1 } });
  const ids = (events: readonly { readonly id: string }[]) => events.map(({ id }) => id);
  const held = async (stream: string) => {
    const events = [];
    for await (const { event } of client.readStream(stream)) events.push(event!);
    return events;
  };
  /** Their client, whose connection was taken away, goes on by itself; an append that fell in between may never be answered. */
  const recovered = () =>
    until(() =>
      Promise.race([
        client.appendToStream(aStream(), theirs()).then(
          () => true,
          () => false,
        ),
        delay(1_000, false),
      ]),
    );
  /** Follows in the background until stopped; `seen` grows. */
  const following = (store: EventStore, from?: Position, each: () => Promise<void> = async () => {}) => {
    const seen: RecordedEvent[] = [];
    const stop = new AbortController();
    const ended = store.follow(
      from,
      async (events) => {
        seen.push(...events);
        await each();
      },
      stop.signal,
    );
    const follower = {
      seen,
      ids: () => seen.map(({ id }) => id),
      close: async () => {
        stop.abort();
        await ended;
      },
    };
    opened.unshift(follower);
    return follower;
  };

  describe('appending', () => {
    it('two events: revision and position are those of the last one', async () => {
      const stream = aStream();
      const result = await client.appendToStream(stream, [theirs(), theirs()], { expectedRevision: NO_STREAM });
      const [, last] = await held(stream);
      expect(result).toEqual({ success: true, nextExpectedRevision: 1n, position: last!.position });

      const store = openStore();
      const kept = await store.append('case-a', [someEvent(), someEvent()], 'none');
      const { events } = await store.read('case-a');
      expect(kept).toEqual({ revision: 1, position: events[1]!.position });
    });

    it('the same ids at the same expected revision again: the first answer, also after others appended, and nothing twice', async () => {
      const stream = aStream();
      const said = [theirs(), theirs()];
      const answer = await client.appendToStream(stream, said, { expectedRevision: NO_STREAM });
      const other = theirs();
      await client.appendToStream(stream, other, { expectedRevision: 1n });
      expect(await client.appendToStream(stream, said, { expectedRevision: NO_STREAM })).toEqual(answer);
      expect(ids(await held(stream))).toEqual(ids([...said, other]));

      const store = openStore();
      const events = [someEvent(), someEvent()];
      const first = await store.append('case-a', events, 'none');
      await store.append('case-a', [someEvent()], 1);
      expect(await store.append('case-a', events, 'none')).toEqual(first);
      expect((await store.read('case-a')).events).toHaveLength(3);
    });

    it('the same id with `any` again: success, and nothing twice', async () => {
      const stream = aStream();
      const said = theirs();
      for (let times = 0; times < 2; times++)
        expect(await client.appendToStream(stream, said, { expectedRevision: ANY })).toMatchObject({ success: true });
      expect(ids(await held(stream))).toEqual([said.id]);

      const store = openStore();
      const event = someEvent();
      const first = await store.append('case-a', [event], 'any');
      await store.append('case-a', [someEvent()], 'any');
      expect(await store.append('case-a', [event], 'any')).toEqual(first);
      expect((await store.read('case-a')).events).toHaveLength(2);
    });

    it('the same id with the now current revision is stored a second time', async () => {
      const stream = aStream();
      const said = theirs();
      await client.appendToStream(stream, said, { expectedRevision: NO_STREAM });
      await client.appendToStream(stream, said, { expectedRevision: 0n });
      expect(ids(await held(stream))).toEqual([said.id, said.id]);

      const store = openStore();
      const event = someEvent();
      await store.append('case-a', [event], 'none');
      expect((await store.append('case-a', [event], 0)).revision).toBe(1);
      expect((await store.read('case-a')).events.map(({ id }) => id)).toEqual([event.id, event.id]);
    });

    it('so a command whose first outcome is unknown is recognised from the stream, and stands there once', async () => {
      const store = openStore();
      let lost = 0;
      /** Keeps, and loses the answer. */
      const lossy: EventStore = {
        ...store,
        append: async (...how) => {
          const kept = await store.append(...how);
          if (lost++ > 0) return kept;
          throw new StoreUnavailable('the answer was lost');
        },
      };
      type Fact = { readonly type: 'Noted'; readonly data: Record<string, never> };
      const decider = {
        initialState: 0,
        decide: () => [{ type: 'Noted', data: {} }],
        evolve: (count: number) => count + 1,
      } as unknown as Decider<number, null, any, Fact>;
      const facts = { read: (event: RecordedEvent) => event } as unknown as Catalogue<Fact>;
      const { handle } = handleWith(
        { store: lossy, queue: oneAtATime(), now: () => performance.now() },
        decider,
        facts,
      );
      const event = someEvent();
      const said = { commandId: event.meta.commandId, actor: event.meta.actor, digest: event.meta.digest };
      const outcome = await handle(
        'case-a',
        said,
        async () => null,
        () => event,
      );
      expect(outcome).toMatchObject({ kind: 'accepted', repeated: true, acceptance: { revision: 0 } });
      expect(
        await handle(
          'case-a',
          said,
          async () => null,
          () => event,
        ),
      ).toEqual(outcome);
      expect((await store.read('case-a')).revision).toBe(0);
    });

    it('two events with one id in one batch, and one id on two streams: all are stored', async () => {
      const [one, other] = [aStream(), aStream()];
      const said = theirs();
      await client.appendToStream(one, [said, said], { expectedRevision: NO_STREAM });
      await client.appendToStream(other, said, { expectedRevision: NO_STREAM });
      expect(ids(await held(one))).toEqual([said.id, said.id]);
      expect(ids(await held(other))).toEqual([said.id]);

      const store = openStore();
      const event = someEvent();
      expect((await store.append('case-a', [event, event], 'none')).revision).toBe(1);
      expect((await store.append('case-b', [event], 'none')).revision).toBe(0);
      expect((await store.read('case-a')).events).toHaveLength(2);
      expect((await store.read('case-b')).events).toHaveLength(1);
    });

    it('half of a batch known and half new, at the first revision: a conflict, and nothing is kept', async () => {
      const stream = aStream();
      const said = theirs();
      await client.appendToStream(stream, said, { expectedRevision: NO_STREAM });
      expect(
        await rejection(client.appendToStream(stream, [said, theirs()], { expectedRevision: NO_STREAM })),
      ).toMatchObject({ type: 'wrong-expected-version' });
      expect(ids(await held(stream))).toEqual([said.id]);

      const store = openStore();
      const event = someEvent();
      await store.append('case-a', [event], 'none');
      await expect(store.append('case-a', [event, someEvent()], 'none')).rejects.toThrow(RevisionConflict);
      expect((await store.read('case-a')).revision).toBe(0);
    });

    it('a wrong revision: their error has numbers and no words, ours has both', async () => {
      const stream = aStream();
      await client.appendToStream(stream, [theirs(), theirs()], { expectedRevision: NO_STREAM });
      const stale = await rejection(client.appendToStream(stream, theirs(), { expectedRevision: 0n }));
      expect(stale).toMatchObject({
        type: 'wrong-expected-version',
        expectedVersion: 0n,
        actualVersion: 1n,
        message: '',
      });
      for (const expectedRevision of [STREAM_EXISTS, 3n] as const)
        expect(await rejection(client.appendToStream(aStream(), theirs(), { expectedRevision }))).toMatchObject({
          type: 'wrong-expected-version',
          actualVersion: 'no_stream',
          message: '',
        });
      const again = await rejection(client.appendToStream(stream, theirs(), { expectedRevision: NO_STREAM }));
      expect(again).toMatchObject({ expectedVersion: 'no_stream', actualVersion: 1n, message: '' });

      const store = openStore();
      await store.append('case-a', [someEvent(), someEvent()], 'none');
      const ours = await rejection(store.append('case-a', [someEvent()], 0));
      expect(ours).toBeInstanceOf(RevisionConflict);
      expect(ours).toMatchObject({ stream: 'case-a', expected: 0, actual: 1 });
      expect(ours.message).toBe('stream case-a: expected 0, found 1');
      expect(await rejection(store.append('case-none', [someEvent()], 3))).toMatchObject({ expected: 3, actual: -1 });
    });

    it('throwOnAppendFailure: false is ignored by the call; whatever the connection says of it, ours is a conflict', async () => {
      const options = { expectedRevision: 5n, throwOnAppendFailure: false };
      expect(await rejection(client.appendToStream(aStream(), theirs(), options))).toMatchObject({
        type: 'wrong-expected-version',
      });
      const store = openStore({ connection: `${server.url}&throwOnAppendFailure=false` });
      const conflict = await rejection(store.append('case-a', [someEvent()], 5));
      expect(conflict).toBeInstanceOf(RevisionConflict);
      expect(conflict).toMatchObject({ expected: 5, actual: -1 });
    });

    it('twenty appends at one revision at once: one wins', async () => {
      const stream = aStream();
      await client.appendToStream(stream, theirs(), { expectedRevision: NO_STREAM });
      const outcomes = await Promise.allSettled(
        Array.from({ length: 20 }, () => client.appendToStream(stream, theirs(), { expectedRevision: 0n })),
      );
      const lost = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason.type);
      expect(lost).toEqual(Array.from({ length: 19 }, () => 'wrong-expected-version'));
      expect(await held(stream)).toHaveLength(2);
    });

    it('an empty array: success to them, a mistake of the caller to us', async () => {
      const stream = aStream();
      expect(await client.appendToStream(stream, [], { expectedRevision: ANY })).toMatchObject({ success: true });
      expect(await rejection(held(stream))).toMatchObject({ type: 'stream-not-found' });
      await expect(openStore().append('case-a', [], 'any')).rejects.toThrow(RangeError);
    });

    it('more than 1 MiB in one append: their error names the limit, ours the stream as well, and nothing is kept', async () => {
      const text = 'x'.repeat(600_000);
      const large = () => jsonEvent({ type: 'Large', data: { text } });
      expect(await rejection(client.appendToStream(aStream(), [large(), large()]))).toMatchObject({
        type: 'maximum-append-size-exceeded',
        maxAppendSize: 1_048_576,
      });
      const store = openStore();
      const ours = await rejection(store.append('case-a', [someEvent({ text }), someEvent({ text })], 'none'));
      expect(ours).toBeInstanceOf(AppendTooLarge);
      expect(ours).toMatchObject({ stream: 'case-a', limit: 1_048_576 });
      expect((await store.read('case-a')).revision).toBe(-1);
      expect((await store.append('case-a', [someEvent({ text })], 'none')).revision).toBe(0);
    });

    it('data that JSON refuses: ends a process that gives it to the client, is an error of the caller here', async () => {
      const script = `import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
        const client = EventStoreDBClient.connectionString(process.argv[1]);
        client.appendToStream('${aStream()}', jsonEvent({ type: 'Noted', data: { n: 1n } })).catch(() => process.exit(0));`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', script, server.url], { stdio: 'pipe' });
      let said = '';
      child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
      const [code] = await once(child, 'exit');
      expect([code, said]).toEqual([1, expect.stringContaining('BigInt')]);

      const store = openStore();
      const refused = { ...someEvent(), data: { n: 1n } } as unknown as NewEvent;
      await expect(store.append('case-a', [refused], 'none')).rejects.toThrow(/BigInt/);
      await expect(store.append('case-a', [{ ...someEvent(), id: 'no-uuid' }], 'none')).rejects.toThrow(TypeError);
      await expect(store.append('$case', [someEvent()], 'none')).rejects.toThrow(TypeError);
      await expect(store.append('case-\ud83d', [someEvent()], 'none')).rejects.toThrow(TypeError);
      await expect(store.append('case-a', [someEvent()], 0.5)).rejects.toThrow(RangeError);
      expect((await store.append('case-a', [someEvent()], 'none')).revision).toBe(0);
    });

    it('a deadline of 0: their error, and ours says that the outcome is unknown', async () => {
      expect(await rejection(client.appendToStream(aStream(), theirs(), { deadline: 0 }))).toMatchObject({
        type: 'deadline-exceeded',
      });
      const ours = await rejection(openStore({ timeoutMs: 0 }).append('case-a', [someEvent()], 'none'));
      expect(ours).toBeInstanceOf(StoreUnavailable);
      expect(ours.message).toMatch(/did not keep an append, as far as is known: it did not answer in time/);
    });

    it('what JSON can write comes back as it was: half characters, zeros, large numbers', async () => {
      const store = openStore();
      const event = someEvent({ half: '\ud83d', zero: '\u0000', '\ude00': -0, large: 1e21, small: 5e-324 });
      await store.append('case-a', [event], 'none');
      const [read] = (await store.read('case-a')).events;
      expect(JSON.stringify(read!.data)).toBe(JSON.stringify(event.data));
      const { position: _, stream, revision, ...rest } = read!;
      expect([stream, revision, rest]).toEqual(['case-a', 0, JSON.parse(JSON.stringify(event))]);
    });
  });

  describe('reading', () => {
    it('a missing stream: not found on the first step for them, no events for us', async () => {
      const missing = await rejection(client.readStream(aStream())[Symbol.asyncIterator]().next());
      expect(missing).toMatchObject({ type: 'stream-not-found' });
      expect(await openStore().read('case-a')).toEqual({ events: [], revision: -1 });
    });

    // Whoever takes calls back by the thousand looks like an attack: the connection is gone then, and the outcome of every append on it unknown.
    it('streams that are not there, and the heads of many that are: of 1,200 reads in a row none is taken back', async () => {
      const store = openStore({ connection: server.direct });
      const names = Array.from({ length: 1_200 }, (_, i) => `case-${i}`);
      for (const name of names) expect((await store.read(name)).revision).toBe(-1);
      for (const name of names) await store.append(name, [someEvent()], 'none');
      expect((await store.census()).heads.size).toBe(names.length);
    });

    it('a read on where nothing is new asks once, and gives what is new as it lies there', async () => {
      const store = openStore();
      await store.append('case-a', [someEvent(), someEvent()], 'none');
      const asked = jest.spyOn(EventStoreDBClient.prototype, 'readStream');
      expect(await store.read('case-a', 2)).toEqual({ events: [], revision: 1 });
      expect(asked).toHaveBeenCalledTimes(1);
      asked.mockRestore();
      const { events } = await store.read('case-a');
      expect(await store.read('case-a', 1)).toEqual({ events: events.slice(1), revision: 1 });
      expect(await store.read('case-a', 7)).toEqual({ events: [], revision: 1 });
    });

    // A server would filter what it reads; this client's readAll has no way to ask for it.
    it('readAll starts at its position', async () => {
      const stream = aStream();
      await client.appendToStream(stream, [theirs(), theirs()], { expectedRevision: NO_STREAM });
      for (const { id, position } of await held(stream)) {
        const read = [];
        for await (const { event } of client.readAll({ fromPosition: position!, maxCount: 1 })) read.push(event!.id);
        expect(read).toEqual([id]);
      }
    });

    it('subscribeToAll, and a follower of ours, start after their position', async () => {
      const stream = aStream();
      await client.appendToStream(stream, [theirs(), theirs()], { expectedRevision: NO_STREAM });
      const [first, second] = await held(stream);
      const subscription = client.subscribeToAll({
        fromPosition: first!.position!,
        filter: streamNameFilter({ prefixes: [stream] }),
      });
      const seen: string[] = [];
      subscription.on('data', ({ event }) => seen.push(event!.id));
      await once(subscription, 'caughtUp');
      expect(seen).toEqual([second!.id]);
      await subscription.unsubscribe();

      const store = openStore({ prefix: `${prefix}ours-` });
      await store.append('case-a', [someEvent(), someEvent()], 'none');
      const { events } = await store.read('case-a');
      const follower = following(store, events[0]!.position);
      await until(() => follower.seen.length > 0);
      expect(follower.ids()).toEqual([events[1]!.id]);
    });

    it('events of one append each have a position of their own; it grows, by bytes and not by one', async () => {
      const store = openStore();
      await store.append('case-a', [someEvent(), someEvent(), someEvent()], 'none');
      const commits = (await store.read('case-a')).events.map(({ position }) => BigInt(position.split(':')[0]!));
      expect(commits[1]! > commits[0]! + 1n && commits[2]! > commits[1]! + 1n).toBe(true);
    });

    it('checkpoints come through the option, one per interval and window, also where nothing matches', async () => {
      const stream = aStream();
      await client.appendToStream(stream, theirs());
      const position = (await held(stream))[0]!.position!;
      const reached: bigint[] = [];
      const subscription = client.subscribeToAll({
        fromPosition: position,
        filter: streamNameFilter({
          prefixes: [`${prefix}nothing`],
          checkpointInterval: 1,
          checkpointReached: async (_, { commit }) => {
            reached.push(commit);
          },
        }),
      });
      const events: unknown[] = [];
      subscription.on('data', (event) => events.push(event));
      await once(subscription, 'caughtUp');
      const before = reached.length;
      await client.appendToStream(
        stream,
        Array.from({ length: 100 }, () => theirs()),
      );
      await until(() => reached.length >= before + 3);
      expect(reached.every((commit, index) => commit >= position.commit && commit >= (reached[index - 1] ?? 0n))).toBe(
        true,
      );
      expect(events).toEqual([]);
      await subscription.unsubscribe();
    });

    it('the server says once that it has caught up', async () => {
      const stream = aStream();
      await client.appendToStream(stream, [theirs(), theirs()]);
      let times = 0;
      const ids: string[] = [];
      const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: [stream] }) });
      subscription.on('caughtUp', () => times++);
      subscription.on('data', ({ event }) => ids.push(event!.id));
      await until(() => times > 0);
      expect(ids).toHaveLength(2);
      await client.appendToStream(stream, theirs());
      await until(() => ids.length === 3);
      expect(times).toBe(1);
      await subscription.unsubscribe();
    });

    it('nothing of others is shown, and nothing of the server itself', async () => {
      const store = openStore();
      await client.appendToStream(`${prefix}somebody-else`, theirs());
      await client.setStreamMetadata(`${prefix}somebody-else`, { maxCount: 10 });
      const event = someEvent();
      await store.append('case-a', [event], 'none');
      const follower = following(store);
      await until(() => follower.seen.length > 0);
      expect(follower.ids()).toEqual([event.id]);
      expect((await store.census()).heads).toEqual(new Map([['case-a', 0]]));
      await expect(store.append('somebody-else', [event], 'any')).rejects.toThrow(/cannot be a stream of this store/);
    });
  });

  describe('following', () => {
    it(
      `a live follower asleep${isWhole ? ' 15 s' : ''} while ${MISSED} events were appended gets all of them in order, and does not hoard them`,
      async () => {
        const store = openStore();
        const follower = sleeper(server.url, prefix, MISSED + 1);
        opened.unshift(follower);
        const first = someEvent();
        await store.append('case-a', [first], 'none');
        await follower.asleep;
        const since = performance.now();
        const digest = createHash('sha256').update(first.id);
        for (let revision = 0; revision < MISSED; revision += 100) {
          const batch = Array.from({ length: 100 }, () => someEvent());
          await store.append('case-a', batch, revision);
          for (const { id } of batch) digest.update(id);
        }
        await delay(Math.max(0, since + ASLEEP_MS - performance.now()));
        const { trouble, inOrder, grown } = await follower.wake();
        expect({ trouble, inOrder }).toEqual({ trouble: [], inOrder: digest.digest('hex') });
        // What is under way takes one megabyte. Each event that was taken in takes one and a half kilobytes.
        expect(grown).toBeLessThan((1_536 + MISSED / 4) * 1_024);
      },
      ASLEEP_MS + 120_000,
    );

    it(`a live follower beside 32 writers gets ${32 * EACH} of ${32 * EACH}`, async () => {
      const store = openStore();
      const follower = following(store);
      const written = await Promise.all(
        Array.from({ length: 32 }, async (_, writer) => {
          const events = Array.from({ length: EACH }, () => someEvent());
          for (const event of events) await store.append(`case-${writer}`, [event], 'any');
          return events.map(({ id }) => id);
        }),
      );
      await until(() => follower.seen.length >= 32 * EACH);
      expect(follower.ids().sort()).toEqual(written.flat().sort());
    });

    it('a history that is still empty: the first event is seen, also after asking anew, although the server said "the end"', async () => {
      const store = openStore({ quietMs: 200 });
      const follower = following(store);
      const over = Date.now() + 1_000;
      await until(() => Date.now() > over);
      const event = someEvent();
      await store.append('case-a', [event], 'none');
      await until(() => follower.seen.length > 0);
      expect(follower.ids()).toEqual([event.id]);
    });

    it('a connection that falls asleep without a word: appends say so in time, then go on, and followers miss nothing', async () => {
      const trouble: unknown[] = [];
      const store = openStore({ timeoutMs: 2_000, quietMs: 2_000, onTrouble: (error) => trouble.push(error) });
      const follower = following(store);
      const [first, second] = [someEvent(), someEvent()];
      await store.append('case-a', [first], 'none');
      await until(() => follower.seen.length === 1);
      server.proxy.freeze();
      const lost = await rejection(store.append('case-a', [someEvent()], 7));
      expect(lost).toBeInstanceOf(StoreUnavailable);
      await until(() =>
        store.append('case-a', [second], 0).then(
          () => true,
          () => false,
        ),
      );
      await until(() => follower.seen.length > 1);
      expect(follower.ids()).toEqual([first.id, second.id]);
      server.proxy.cut();
      await recovered();
    });

    it('a server that is away: an error of our own at once, and everything goes on when it is back', async () => {
      const store = openStore();
      const follower = following(store);
      const [first, second] = [someEvent(), someEvent()];
      await store.append('case-a', [first], 'none');
      await until(() => follower.seen.length === 1);
      const subscription = client.subscribeToAll({ filter: streamNameFilter({ prefixes: [prefix] }) });
      const ended = once(subscription, 'error');
      subscription.resume();
      await once(subscription, 'caughtUp');
      await server.proxy.away();
      const [error] = await ended;
      expect(isAway(error)).toBe(true);
      expect(isAway(await rejection(client.appendToStream(aStream(), theirs())))).toBe(true);
      for (const ask of [() => store.append('case-a', [someEvent()], 5), () => store.read('case-a')]) {
        const away = await rejection(ask());
        expect(away).toBeInstanceOf(StoreUnavailable);
        expect(away.message).toMatch(/^the event store .*: it is away/);
      }
      await server.proxy.back();
      await recovered();
      await until(() =>
        store.append('case-a', [second], 0).then(
          () => true,
          () => false,
        ),
      );
      await until(() => follower.seen.length > 1);
      expect(follower.ids()).toEqual([first.id, second.id]);
    });
  });

  describe('the history', () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    const verified = (store: ReturnType<typeof openStore>) =>
      verifyHistory(store, { checkpoints: memoryCheckpointStore(), publicKey });
    const chained = async () => {
      const store = openStore();
      const kept = keeper(store, { clock: () => '2026-03-02T10:00:00.000Z' });
      for (const stream of ['case-a', 'case-b', 'case-a']) await kept.append(stream, [someEvent()], 'any');
      expect(await verified(store)).toEqual({ events: 3, streams: 2, unsigned: 3 });
      return store;
    };

    it('a census beside a writer: the head is the one that lay there where the census ends', async () => {
      const store = openStore();
      let writes = true;
      const writer = (async () => {
        while (writes) await store.append('case-a', [someEvent()], 'any');
      })();
      const stop = async () => {
        writes = false;
        await writer;
      };
      opened.unshift({ close: stop });
      await until(async () => (await store.read('case-a')).revision > 0);
      const { last, heads } = await store.census();
      await stop();
      const end = (await store.read('case-a')).events.find(({ position }) => position === last);
      expect(heads).toEqual(new Map([['case-a', end!.revision]]));
    });

    it('a stream that somebody hid or deleted is named, and followers go on', async () => {
      const store = await chained();
      await client.deleteStream(`${prefix}case-b`);
      expect((await verified(store)).broken).toMatchObject({ stream: 'case-b', why: 'miscounted' });
      await client.tombstoneStream(`${prefix}case-a`);
      expect((await verified(store)).broken).toMatchObject({ stream: 'case-a', why: 'miscounted' });
      await expect(store.read('case-a')).rejects.toThrow('stream case-a was deleted in the event store');
      await expect(store.append('case-a', [someEvent()], 1)).rejects.toThrow('stream case-a was deleted');
      const follower = following(store);
      const later = someEvent();
      await store.append('case-c', [later], 'none');
      await until(() => follower.seen.length >= 4);
      expect(follower.ids().at(-1)).toBe(later.id);
    });

    it('a stream that somebody cut off is not read as a shorter one', async () => {
      const store = await chained();
      await client.setStreamMetadata(`${prefix}case-a`, { truncateBefore: 1 });
      await expect(store.read('case-a')).rejects.toThrow('stream case-a: revision 0 is missing in the event store');
    });

    it('belongs to whoever claimed it first', async () => {
      const store = openStore();
      expect(await store.owner()).toBeUndefined();
      const [one, other] = [randomUUID(), randomUUID()];
      const claims = await Promise.all([store.claim(one), openStore().claim(other)]);
      expect(new Set(claims).size).toBe(1);
      expect(await store.owner()).toBe(claims[0]);
      expect(await store.claim(one)).toBe(claims[0]);
      expect((await store.census()).last).toBeUndefined();
    });
  });

  describe('the connection string', () => {
    it('is never repeated in an error, and an option that the client does not know is refused', () => {
      const secret = 'esdb://admin:S3cret@127.0.0.1:2113?tls=true&colour=red';
      for (const connection of [secret, 'esdb://admin:S3cret@?tls=maybe', 'http://admin:S3cret@127.0.0.1']) {
        expect(() => openStore({ connection })).toThrow(/connection string/);
        expect(() => openStore({ connection })).not.toThrow(/S3cret/);
      }
      expect(() => openStore({ connection: secret })).toThrow(/unknown option: colour/);
    });

    if (secure) {
      const changed = (user: string) => server.url.replace(/\/\/[^@]*@/, `//${user}`);
      /** What their client says itself. */
      const refusedBy = async (connection: string) => {
        const wrong = EventStoreDBClient.connectionString(connection);
        const error = await rejection(wrong.appendToStream(aStream(), theirs()));
        await wrong.dispose();
        return error;
      };

      it('with an authority and a user: works', async () => {
        expect((await openStore().append('case-a', [someEvent()], 'none')).revision).toBe(0);
      });

      it.each(['admin:wrong@', 'nobody:changeit@', ''])('with the user "%s": access denied', async (user) => {
        expect(await refusedBy(changed(user))).toMatchObject({ type: 'access-denied' });
        const store = openStore({ connection: changed(user) });
        for (const ask of [() => store.append('case-a', [someEvent()], 'none'), () => store.read('case-a')]) {
          const error = await rejection(ask());
          expect(error).toBeInstanceOf(StoreUnavailable);
          expect(error.message).toMatch(/it refuses this user and password/);
        }
      });

      it('without the authority: unavailable, and the reason is named', async () => {
        const connection = server.url.replace(/&?tlsCaFile=[^&]*/i, '').replace('?&', '?');
        const theirError = await refusedBy(connection);
        expect(theirError).toMatchObject({
          code: 14,
          message: expect.stringMatching(/unable to verify the first certificate/),
        });
        const error = await rejection(openStore({ connection }).read('case-a'));
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect(error.message).toMatch(/its certificate is not by an authority that is known here/);
      });

      it('without TLS to a server with it: unavailable', async () => {
        const connection = server.url.replace(/tls=true/i, 'tls=false');
        expect(await refusedBy(connection)).toMatchObject({ code: 14 });
        const error = await rejection(openStore({ connection }).read('case-a'));
        expect(error).toBeInstanceOf(StoreUnavailable);
        expect(error.message).toMatch(/it is away/);
      });
    } else notRun(label, 'TLS, users and passwords: this server has none');
  });

  if (isDouble)
    it('kill -9 of the server under 16 writers, and its restart: what was acknowledged is stored, nothing twice', async () => {
      const store = openStore();
      const follower = following(store);
      const acknowledged = new Set<string>();
      let enough = false;
      const write = async (writer: number) => {
        for (let revision = -1; !enough;) {
          const event = someEvent();
          for (let kept = false; !kept;)
            await store.append(`case-${writer}`, [event], revision).then(
              ({ revision: now }) => {
                kept = true;
                revision = now;
                acknowledged.add(event.id);
              },
              (error: unknown) => {
                if (!(error instanceof StoreUnavailable)) throw error;
              },
            );
        }
      };
      const writers = Promise.all(Array.from({ length: 16 }, (_, writer) => write(writer)));
      for (let kills = 0; kills < 3; kills++) {
        const before = acknowledged.size;
        await until(() => acknowledged.size > before + 40);
        server.kill!();
        await server.restart!();
      }
      const before = acknowledged.size;
      await until(() => acknowledged.size > before + 40);
      enough = true;
      await writers;
      await until(() => follower.seen.length >= acknowledged.size);
      expect(follower.ids().sort()).toEqual([...acknowledged].sort());
    });
  else notRun(label, 'kill -9 of the server under 16 writers, and its restart');
});
