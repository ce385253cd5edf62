import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type Feeds,
  type KafkaFeed,
  kafkaFeed,
  kafkaRelay,
  KafkaTrouble,
  type Lead,
  partitionOf,
  postgresLeader,
  postgresRelayCheckpoint,
  prepareTopics,
  type Relay,
  type RelayOptions,
  type Stray,
  topicOf,
} from '@resguardo/bus-kafka';
import {
  type FeedCodec,
  type Message,
  messageOf,
  type NewEvent,
  type Position,
  type Projection,
  projected,
  type RecordedEvent,
  wakeup,
  withheldMessageOf,
} from '@resguardo/eventing';
import { someEvent } from '@resguardo/eventing/testing';
import { type PostgresEventStore, postgresEventStore, runProjection } from '@resguardo/store-postgres';
import { type Admin, ConfigResourceTypes, Kafka, logLevel, type Producer } from 'kafkajs';
import { Pool } from 'pg';
import { type KafkaCluster, startKafka } from '../../infra/engines/index.js';
import { SOON } from '../../infra/kafka/broker.js';
import { kafkaTrouble } from '../../libs/eventing/bus-kafka/src/kafka-trouble.js';
import { jsonCodec } from '../../libs/eventing/bus-kafka/src/testing/json-codec.js';
import { openTestDatabase, type TestDatabase } from '../support/database.js';
import { itOnOwn } from './support/not-run.js';

const feeds = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;
const users = Object.fromEntries([feeds.relay, ...feeds.readers].map((user) => [user, `secret of ${user}`]));
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const CASES = Array.from({ length: 12 }, (_, index) => `c-${index}`);

/** Insights is told nothing, the others everything. */
const mapping = (event: RecordedEvent, reader: string): Message =>
  reader === 'insights' ? withheldMessageOf(event) : messageOf(event);

interface Heard {
  readonly ids: readonly string[];
}
const heard: Projection<Heard> = {
  name: 'heard',
  version: 1,
  start: { ids: [] },
  evolve: ({ ids }, { id }) => ({ ids: [...ids, id] }),
};

let cluster: KafkaCluster;
let database: TestDatabase;
let pool: Pool;
let store: PostgresEventStore;
let admin: Admin;
let byHand: Producer;
let ends: (() => Promise<unknown>)[];

beforeAll(async () => {
  cluster = await startKafka({
    users,
    settings: { 'broker.session.timeout.ms': '4000', 'broker.heartbeat.interval.ms': '500' },
  });
  const kafka = new Kafka({ ...cluster.connection(), logLevel: logLevel.NOTHING });
  admin = kafka.admin();
  await admin.connect();
  await prepareTopics(admin, feeds);
  byHand = kafka.producer({
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition!,
  });
  await byHand.connect();
});
afterAll(async () => {
  await byHand?.disconnect();
  await admin?.disconnect();
  await cluster?.stop();
});
beforeEach(async () => {
  ends = [];
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 8 });
  pool.on('error', () => {});
  // A busy machine is slow, and that is not what is looked at here.
  store = postgresEventStore({ connection: database.url, timeoutMs: 60_000 });
  await store.migrate();
});
afterEach(async () => {
  for (const end of ends.reverse()) await end();
  await store.close();
  await pool.end();
  await database.close();
});

/** Each test has cases of its own: the feeds keep what earlier ones wrote. */
let round = 0;
const cases = (): readonly string[] => {
  round++;
  return CASES.map((name) => `r${round}-${name}`);
};
const fact = (caseId: string): NewEvent => {
  const event = someEvent();
  return { ...event, meta: { ...event.meta, caseId } };
};
const append = (caseId: string, count = 1) =>
  store.append(
    `case-${caseId}`,
    Array.from({ length: count }, () => fact(caseId)),
    'any',
  );

const startRelay = (more: Partial<RelayOptions> = {}): Relay => {
  const relay = kafkaRelay({
    connection: cluster.connection(feeds.relay),
    store,
    readers: feeds.readers,
    mapping,
    codec: jsonCodec,
    checkpoint: postgresRelayCheckpoint(pool, 'relay'),
    lead: postgresLeader(database.url, 'relay'),
    log: quiet,
    ...more,
  });
  ends.push(() => relay.stop());
  return relay;
};

const openFeed = (
  reader: string,
  more: { codec?: FeedCodec; strays?: Stray[]; troubles?: Error[] } = {},
): KafkaFeed => {
  const feed = kafkaFeed({
    connection: cluster.connection(reader),
    codec: more.codec ?? jsonCodec,
    log: quiet,
    onStray: (stray) => more.strays?.push(stray),
    onTrouble: (trouble) => more.troubles?.push(trouble),
  });
  ends.push(() => feed.close());
  return feed;
};

/** Follows from the end of the feed as it is now, so that a test sees its own messages only. */
const endOf = async (reader: string): Promise<Position> =>
  JSON.stringify(
    Object.fromEntries(
      (await admin.fetchTopicOffsets(topicOf(reader))).map(({ partition, high }) => [partition, Number(high)]),
    ),
  );

const listen = (feed: KafkaFeed, reader: string, from: Position | undefined) => {
  const got: Message[] = [];
  const news = wakeup();
  const stop = new AbortController();
  let position = from;
  const done = feed.follow(
    reader,
    from,
    async (messages, upTo) => {
      got.push(...messages);
      position = upTo;
      news.wake();
    },
    stop.signal,
  );
  const end = async () => {
    stop.abort();
    await done;
  };
  ends.push(end);
  return {
    got,
    end,
    position: () => position,
    until: async (isDone: () => boolean, ms = 90_000) => {
      const late = performance.now() + ms;
      while (!isDone()) {
        if (performance.now() > late) throw new Error(`only ${got.length} messages came`);
        await news.next(1_000);
      }
    },
  };
};

const eventually = async (isTrue: () => Promise<boolean> | boolean, ms = 60_000): Promise<void> => {
  const late = performance.now() + ms;
  while (!(await isTrue())) {
    if (performance.now() > late) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const history = async (): Promise<readonly RecordedEvent[]> => {
  const events: RecordedEvent[] = [];
  for await (const batch of store.scan(undefined)) events.push(...batch);
  return events;
};

/** Per stream the ids in the order in which they first came. */
const firstSeen = (messages: readonly { stream: string; id: string }[]) => {
  const streams = new Map<string, Set<string>>();
  for (const { stream, id } of messages) streams.set(stream, (streams.get(stream) ?? new Set()).add(id));
  return Object.fromEntries([...streams].sort().map(([stream, ids]) => [stream, [...ids]]));
};

const put = (reader: string, ...messages: readonly Message[]) =>
  messages.reduce<Promise<unknown>>(
    (before, message) => before.then(() => putRaw(reader, message.caseId, jsonCodec.encode(message, reader))),
    Promise.resolve(),
  );
const putRaw = (
  reader: string,
  caseId: string,
  wire: { headers: Readonly<Record<string, string>>; value: string | Buffer | null },
) =>
  byHand.send({
    topic: topicOf(reader),
    messages: [{ key: caseId, partition: partitionOf(caseId), headers: { ...wire.headers }, value: wire.value }],
  });

itOnOwn('RESGUARDO_KAFKA', 'every broker runs with what lets another take over soon', async () => {
  expect(SOON).toMatchObject({ 'replica.fetch.backoff.ms': '100', 'controller.quorum.fetch.timeout.ms': '1000' });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: cluster.brokers.map((_, node) => ({ type: ConfigResourceTypes.BROKER, name: String(node) })),
  });
  for (const { configEntries } of resources)
    expect(Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue]))).toEqual(
      expect.objectContaining(SOON),
    );
  expect(resources).toHaveLength(cluster.brokers.length);
});

it('makes the topics as the data say, any number of times', async () => {
  await prepareTopics(admin, feeds);
  const { topics } = await admin.fetchTopicMetadata({ topics: feeds.readers.map(topicOf) });
  expect(
    topics.map(({ partitions }) => [partitions.length, ...new Set(partitions.map(({ replicas }) => replicas.length))]),
  ).toEqual(feeds.readers.map(() => [9, 3]));
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topicOf('health') }],
  });
  const set = Object.fromEntries(
    resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]),
  );
  expect(set).toMatchObject(feeds.settings);
  await expect(prepareTopics(admin, { ...feeds, partitions: 12 })).rejects.toThrow(/has 9 partitions, not 12/);
});

describe('who may what', () => {
  const troubleOf = async (user: string, reader: string): Promise<string> => {
    const troubles: Error[] = [];
    const feed = kafkaFeed({
      connection: cluster.connection(user),
      codec: jsonCodec,
      log: quiet,
      onTrouble: (trouble) => void troubles.push(trouble),
    });
    const { end } = listen(feed, reader, undefined);
    await eventually(() => troubles.length > 0);
    await Promise.all([end(), feed.close()]);
    return (troubles[0] as KafkaTrouble).code;
  };

  it.each([
    ['health', 'prosecution'],
    ['insights', 'health'],
    ['coordination', 'oversight'],
  ])('%s does not read the feed of %s', async (user, reader) => {
    expect(await troubleOf(user, reader)).toBe('NOT_ALLOWED');
  });

  it('a group of another service is not to be used, and the error says so', async () => {
    const kafka = new Kafka({ ...cluster.connection('health'), logLevel: logLevel.NOTHING, retry: { retries: 1 } });
    const consumer = kafka.consumer({ groupId: 'prosecution.x', retry: { retries: 1 } });
    await consumer.connect();
    await consumer.subscribe({ topic: topicOf('health') });
    const crash = new Promise<{ error: Error }>((resolve) => {
      consumer.on('consumer.crash', ({ payload }) => resolve(payload));
    });
    await consumer.run({ eachMessage: async () => {} });
    const { error } = await crash;
    await consumer.disconnect();
    expect(kafkaTrouble(error, 'reading')).toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it.each(['health', 'oversight'])('%s does not write, not even its own feed', async (user) => {
    const producer = new Kafka({ ...cluster.connection(user), logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    const sent = producer.send({ topic: topicOf(user), messages: [{ key: 'a', value: 'forged' }] });
    await expect(sent).rejects.toThrow(/not authorized/i);
    await producer.disconnect();
  });

  it('a topic that is missing and a wrong password are told apart', async () => {
    const feed = openFeed('health');
    await expect(
      kafkaFeed({ connection: cluster.connection(), codec: jsonCodec, log: quiet }).lag('nobody', undefined),
    ).rejects.toMatchObject({ code: 'NO_TOPIC' });
    const sasl = { mechanism: 'scram-sha-256', username: 'health', password: 'guessed' } as const;
    const guessed = kafkaFeed({ connection: { ...cluster.connection(), sasl }, codec: jsonCodec, log: quiet });
    await expect(guessed.lag('health', undefined)).rejects.toMatchObject({ code: 'WRONG_CREDENTIALS' });
    expect(await feed.lag('health', await endOf('health'))).toBe(0);
  });
});

it('brings every revision to every reader, in order, withheld where it may not be seen; the lag is known', async () => {
  const from = { health: await endOf('health'), insights: await endOf('insights') };
  const mine = cases();
  for (const caseId of mine) await append(caseId, 3);
  startRelay();
  const health = listen(openFeed('health'), 'health', from.health);
  const feed = openFeed('insights');
  const insights = listen(feed, 'insights', from.insights);
  for (const caseId of mine) await append(caseId, 2);
  const all = await history();
  await health.until(() => health.got.length >= all.length);
  await insights.until(() => insights.got.length >= all.length);
  expect(firstSeen(health.got)).toEqual(firstSeen(all));
  expect(firstSeen(insights.got)).toEqual(firstSeen(all));
  expect(new Set(health.got.map(({ withheld }) => withheld))).toEqual(new Set([false]));
  expect(insights.got[0]).toEqual(withheldMessageOf(all.find(({ id }) => id === insights.got[0]!.id)!));
  expect(await feed.lag('insights', insights.position())).toBe(0);
  expect(await feed.lag('insights', from.insights)).toBe(all.length);
});

it('a projection runs on it unchanged: duplicates, disorder, foreign and replayed messages change nothing', async () => {
  const strays: Stray[] = [];
  const mine = cases();
  const [one, two] = mine as [string, string];
  for (const caseId of mine) await append(caseId, 4);
  const relay = startRelay();
  const runner = await runProjection<Heard>({
    pool,
    feed: openFeed('health', { strays }),
    reader: 'health',
    projection: heard,
  });
  ends.push(() => runner.stop());
  const all = (await history()).map(messageOf);
  const rows = async () =>
    Object.fromEntries(await Promise.all(mine.map(async (key) => [key, await runner.documents.get(key)])));
  const wanted = () => Object.fromEntries(projected(heard, all));
  const applied = async (caseId: string, revision: number) => {
    if (!(await runner.waitFor(`case-${caseId}`, revision, 60_000))) throw new Error(`${caseId} is behind`);
  };
  for (const caseId of mine) await applied(caseId, 3);
  expect(await rows()).toEqual(wanted());

  const of = (caseId: string) => all.filter((message) => message.caseId === caseId);
  await put('health', ...of(one), ...of(one).reverse(), ...of(two));
  await putRaw('health', 'nobody', { headers: { hello: 'world' }, value: 'not ours' });
  await eventually(() => strays.length === 1);
  expect(await rows()).toEqual(wanted());
  expect(await runner.lagging()).toEqual([]);

  // A second history from the beginning, as by a relay that lost its place.
  await relay.stop();
  await pool.query('delete from relay_checkpoint');
  startRelay();
  for (const caseId of mine) await append(caseId);
  for (const caseId of mine) await applied(caseId, 4);
  const later = (await history()).map(messageOf);
  expect(await rows()).toEqual(Object.fromEntries(projected(heard, later)));
  expect(await runner.parked()).toEqual([]);
  expect(await runner.lagging()).toEqual([]);
});

it('a message that cannot be read parks its case, not its neighbours; it is read again when a person says so', async () => {
  const [one, two] = cases() as [string, string];
  for (const caseId of [one, two]) await append(caseId, 3);
  const [first, second, third] = (await history()).filter(({ meta }) => meta.caseId === one).map(messageOf);
  const others = (await history()).filter(({ meta }) => meta.caseId === two).map(messageOf);
  let learnt = false;
  const codec: FeedCodec = {
    ...jsonCodec,
    decode: (wire, reader) => {
      if (String(wire.value) !== 'from tomorrow') return jsonCodec.decode(wire, reader);
      return learnt ? second! : jsonCodec.decode({ ...wire, value: '{' }, reader);
    },
  };
  const runner = await runProjection<Heard>({
    pool,
    feed: openFeed('health', { codec }),
    reader: 'health',
    projection: heard,
  });
  ends.push(() => runner.stop());
  await put('health', first!);
  await putRaw('health', one, { headers: jsonCodec.encode(second!, 'health').headers, value: 'from tomorrow' });
  await put('health', third!, ...others);
  expect(await runner.waitFor(`case-${two}`, 2, 60_000)).toBe(true);
  await eventually(async () => (await runner.lagging()).some(({ waiting }) => waiting === 2));
  expect(await runner.parked()).toMatchObject([
    { stream: `case-${one}`, revision: 1, waiting: 2, error: expect.stringMatching(/^Unreadable: no message/) },
  ]);
  expect(await runner.retry(`case-${one}`)).toBe(false);
  learnt = true;
  expect(await runner.retry(`case-${one}`)).toBe(true);
  expect(await runner.documents.get(one)).toEqual({ ids: [first, second, third].map((message) => message!.id) });
});

it('loses nothing to a rebalance: another member joins its group and leaves again', async () => {
  const [one, two] = cases() as [string, string];
  const reader = listen(openFeed('health'), 'health', await endOf('health'));
  startRelay();
  for (const caseId of [one, two]) await append(caseId, 2);
  await reader.until(() => reader.got.length >= 4);
  const { groups } = await admin.listGroups();
  const names = groups.map(({ groupId }) => groupId).filter((id) => id.startsWith('health.'));
  // Earlier ones stay for a while, with nobody in them.
  const inUse = (await admin.describeGroups(names)).groups.filter(({ members }) => members.length > 0);
  expect(inUse).toHaveLength(1);
  const { groupId } = inUse[0]!;
  const intruder = new Kafka({ ...cluster.connection(), logLevel: logLevel.NOTHING }).consumer({ groupId });
  await intruder.connect();
  await intruder.subscribe({ topic: topicOf('health') });
  const joined = new Promise((resolve) => intruder.on('consumer.group_join', resolve));
  await intruder.run({ autoCommit: false, eachMessage: async () => {} });
  await joined;
  await eventually(async () => {
    const [group] = (await admin.describeGroups([groupId])).groups;
    return group?.state === 'Stable' && group.members.length === 2;
  });
  for (const caseId of [one, two]) await append(caseId, 20);
  await intruder.disconnect();
  const all = await history();
  await reader.until(() => new Set(reader.got.map(({ id }) => id)).size >= all.length);
  expect(firstSeen(reader.got)).toEqual(firstSeen(all));
});

it('is quick from append to reader under light load', async () => {
  const [one] = cases() as [string];
  const came = new Map<string, number>();
  const stop = new AbortController();
  const done = openFeed('oversight').follow(
    'oversight',
    await endOf('oversight'),
    async (messages) => messages.forEach(({ id }) => came.set(id, performance.now())),
    stop.signal,
  );
  startRelay();
  await append(one);
  await eventually(() => came.size === 1);
  // Beside it, in turns, the same message sent to that one feed by hand: what brokers and client take by themselves.
  const relayed = new Map<string, number>();
  const bare = new Map<string, number>();
  const appended: number[] = [];
  const message = messageOf((await history())[0]!);
  for (let turn = 0; turn < 200; turn++) {
    const event = fact(one);
    relayed.set(event.id, performance.now());
    await store.append(`case-${one}`, [event], 'any');
    appended.push(performance.now() - relayed.get(event.id)!);
    await eventually(() => came.has(event.id));
    bare.set(`bare-${turn}`, performance.now());
    await put('oversight', { ...message, id: `bare-${turn}` });
    await eventually(() => came.has(`bare-${turn}`));
  }
  stop.abort();
  await done;
  const said = (sent: ReadonlyMap<string, number>): string => {
    const waits = [...sent].map(([id, at]) => came.get(id)! - at).sort((a, b) => a - b);
    expect(waits[100]).toBeLessThan(2_000);
    return `p50 ${waits[100]!.toFixed(1)} ms, p99 ${waits[197]!.toFixed(1)} ms`;
  };
  const half = appended.sort((a, b) => a - b)[100]!.toFixed(1);
  console.log(
    `three brokers: append (p50 ${half} ms), seven feeds, reader: ${said(relayed)}; one bare send, reader: ${said(bare)}`,
  );
});

/** Every record of the feeds, as it comes, with its offset. */
const recordsOf = async (readers: readonly string[]) => {
  const found: { readonly reader: string; readonly partition: number; readonly offset: number; readonly id: string }[] =
    [];
  const kafka = new Kafka({ ...cluster.connection(), logLevel: logLevel.NOTHING });
  const consumer = kafka.consumer({ groupId: `records.${randomUUID()}`, maxWaitTimeInMs: 50 });
  await consumer.connect();
  await consumer.subscribe({ topics: readers.map(topicOf), fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachMessage: async ({ topic, partition, message: { offset, headers } }) =>
      void found.push({
        ...{ reader: readers.find((reader) => topicOf(reader) === topic)!, partition },
        ...{ offset: Number(offset), id: String(headers?.['id']) },
      }),
  });
  ends.push(() => consumer.disconnect());
  return found;
};

it('two relays at once, whom no lock keeps apart: every consumer applies each revision once and in order, and no place is saved of what is not on every feed', async () => {
  const mine = cases();
  /** Says on its own that it was given what comes next, or nothing. */
  const inOrder: Projection<Heard> = {
    ...heard,
    keyOf: ({ caseId }) => (mine.includes(caseId) ? caseId : undefined),
    evolve: (row, message, key) => {
      if (message.revision !== row.ids.length) throw new Error(`${message.revision} after ${row.ids.length - 1}`);
      return heard.evolve(row, message, key);
    },
  };
  const runners = await Promise.all(
    ['health', 'oversight', 'prosecution'].map(async (reader) => {
      const options = { pool, feed: openFeed(reader), reader, projection: inOrder, schema: `of_${reader}` };
      const runner = await runProjection<Heard>(options);
      ends.push(() => runner.stop());
      return runner;
    }),
  );
  const records = await recordsOf(feeds.readers);
  const reachOf = async (reader: string) =>
    new Map((await admin.fetchTopicOffsets(topicOf(reader))).map(({ partition, high }) => [partition, Number(high)]));
  /** Every place that was saved, and up to where each feed had something then. */
  const saved: { readonly position: Position; readonly reach: ReadonlyMap<string, ReadonlyMap<number, number>> }[] = [];
  const places = postgresRelayCheckpoint(pool, 'relay');
  const checkpoint: RelayOptions['checkpoint'] = {
    load: places.load,
    save: async (position) => {
      const reached = feeds.readers.map(async (reader) => [reader, await reachOf(reader)] as const);
      saved.push({ position, reach: new Map(await Promise.all(reached)) });
      await places.save(position);
    },
  };
  let inside = 0;
  const bothIn = Promise.withResolvers<void>();
  const letsBothIn: Lead = async (work, stop) => {
    if (++inside === 2) bothIn.resolve();
    await bothIn.promise;
    await work(stop);
  };
  for (const caseId of mine) await append(caseId, 2);
  // Batches of different size, so that the one's come between the other's.
  const relays = [20, 500].map((limit) => startRelay({ checkpoint, lead: letsBothIn, limit }));
  const areAt = (isThere: (position: Position | undefined) => boolean) =>
    eventually(() => relays.every((relay) => feeds.readers.every((reader) => isThere(relay.reached().get(reader)))));
  await areAt((position) => position !== undefined);
  for (let turn = 0; turn < 10; turn++) await Promise.all(mine.map((caseId) => append(caseId)));
  const all = await history();
  const end = all.at(-1)!.position;
  await areAt((position) => position === end);
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(await places.load()).toBe(end);

  for (const runner of runners) {
    for (const caseId of mine) expect(await runner.waitFor(`case-${caseId}`, 11, 30_000)).toBe(true);
    const rows = await Promise.all(mine.map(async (caseId) => [caseId, await runner.documents.get(caseId)] as const));
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(projected(inOrder, all.map(messageOf))));
    const standing = await runner.parked();
    expect(standing.filter(({ stream }) => mine.includes(stream.slice('case-'.length)))).toEqual([]);
  }

  const ids = new Set(all.map(({ id }) => id));
  const ours = () => records.filter(({ id }) => ids.has(id));
  await eventually(() => ours().length === 2 * feeds.readers.length * all.length);
  const missing = saved.flatMap(({ position, reach }) => {
    const there = new Set(
      ours().flatMap(({ reader, partition, offset, id }) =>
        offset < reach.get(reader)!.get(partition)! ? [`${reader} ${id}`] : [],
      ),
    );
    const upTo = all.slice(0, all.findIndex((event) => event.position === position) + 1);
    expect(upTo.length).toBeGreaterThan(0);
    return upTo.flatMap(({ id }) => feeds.readers.filter((reader) => !there.has(`${reader} ${id}`)));
  });
  expect([saved.length > 2, missing]).toEqual([true, []]);
});

itOnOwn(
  'RESGUARDO_KAFKA',
  'loses nothing and keeps the order of every case while leaders of partitions are killed',
  async () => {
    const kills = process.env['RESGUARDO_FULL'] ? 20 : 2;
    const from = await endOf('health');
    const mine = cases();
    const troubles: Error[] = [];
    startRelay({ onTrouble: (trouble) => void troubles.push(trouble) });
    const reader = listen(openFeed('health', { troubles }), 'health', from);
    const stop = new AbortController();
    const load = (async () => {
      while (!stop.signal.aborted) {
        await Promise.all(mine.map((caseId) => append(caseId)));
        await new Promise((resolve) => setTimeout(resolve, 30));
      }
    })();
    const gaps: string[] = [];
    for (let turn = 0; turn < kills; turn++) {
      const [topic] = (await admin.fetchTopicMetadata({ topics: [topicOf('health')] })).topics;
      const { leader } = topic!.partitions[turn % topic!.partitions.length]!;
      const began = performance.now();
      const since = () => `${((performance.now() - began) / 1_000).toFixed(1)} s`;
      await cluster.kill(leader);
      const probes = mine.map(fact);
      for (const [index, caseId] of mine.entries()) await store.append(`case-${caseId}`, [probes[index]!], 'any');
      await eventually(async () => {
        const found = await admin.fetchTopicMetadata({ topics: feeds.readers.map(topicOf) }).catch(() => undefined);
        return found?.topics.every(({ partitions }) => partitions.every(({ isr }) => !isr.includes(leader))) ?? false;
      });
      const moved = since();
      const came = () => new Set(reader.got.map(({ id }) => id));
      // What was said after the death arrives: the exchange goes on.
      await reader.until(() => probes.every(({ id }) => came().has(id)));
      gaps.push(`${since()} (brokers agreed after ${moved})`);
      await cluster.restart(leader);
      await eventually(async () => {
        const { topics } = await admin.fetchTopicMetadata({ topics: feeds.readers.map(topicOf) });
        return topics.every(({ partitions }) => partitions.every(({ isr }) => isr.length === 3));
      });
    }
    stop.abort();
    await load;
    const all = await history();
    const ids = new Set(all.map(({ id }) => id));
    await reader.until(() => new Set(reader.got.map(({ id }) => id)).size >= ids.size);
    expect(firstSeen(reader.got)).toEqual(firstSeen(all));
    console.log(
      `${kills} leaders killed, ${all.length} facts, ${reader.got.length - ids.size} came twice; goes on after ${gaps.join(', ')}`,
    );
    expect(troubles.length).toBeGreaterThan(0);
  },
);

it('ends at once and leaves no promise behind when it is stopped while all brokers are away', async () => {
  const stop = new AbortController();
  const nowhere = { ...cluster.connection('health'), brokers: ['127.0.0.1:9'] };
  const troubles: Error[] = [];
  const feed = kafkaFeed({
    connection: nowhere,
    codec: jsonCodec,
    log: quiet,
    onTrouble: (t) => void troubles.push(t),
  });
  const done = feed.follow('health', undefined, async () => {}, stop.signal);
  await eventually(() => troubles.length > 0);
  stop.abort();
  await done;
  expect(troubles[0]).toMatchObject({ name: 'KafkaTrouble', code: 'AWAY' });
  await append('away');
  const relay = kafkaRelay({
    connection: { ...nowhere, clientId: 'relay' },
    store,
    readers: ['health'],
    mapping,
    codec: jsonCodec,
    checkpoint: postgresRelayCheckpoint(pool, 'relay'),
    lead: postgresLeader(database.url, 'relay'),
    log: quiet,
  });
  await relay.stop();
  expect((await pool.query('select * from pg_locks where locktype = $1', ['advisory'])).rows).toEqual([]);
});
