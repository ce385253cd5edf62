import { jest } from '@jest/globals';
import { type Message, messageOf, type Position, type RecordedEvent } from '@resguardo/eventing';
import { memoryEventStore, someEvent } from '@resguardo/eventing/testing';
import { noLog } from './client.js';
import { orderKey, partitionOf } from './partition.js';
import { kafkaRelay, type Lead, type Relay, type RelayOptions } from './relay.js';
import { jsonCodec } from './testing/json-codec.js';
import { type Answer, type ScriptedBrokers, scriptedBrokers } from './testing/scripted-brokers.js';

jest.setTimeout(60_000);

const ALONE: Lead = (work) => work(new AbortController().signal);
const PARTITIONS = 2;

let brokers: ScriptedBrokers;
let relay: Relay;
let saved: Position[];
let troubles: Error[];
afterEach(async () => {
  await relay.stop();
  await brokers.close();
});

const start = async (
  store: RelayOptions['store'],
  script: Readonly<Record<number, readonly Answer[]>>,
  more: Partial<RelayOptions> = {},
) => {
  brokers = await scriptedBrokers('feed-health', { brokers: 2, partitions: PARTITIONS }, script);
  saved = [];
  troubles = [];
  relay = kafkaRelay({
    connection: { brokers: brokers.brokers },
    store,
    readers: ['health'],
    mapping: messageOf,
    codec: jsonCodec,
    checkpoint: { load: async () => undefined, save: async (position) => void saved.push(position) },
    lead: ALONE,
    log: noLog,
    partitions: PARTITIONS,
    onTrouble: (trouble) => void troubles.push(trouble),
    ...more,
  });
};
const until = async (isTrue: () => boolean): Promise<void> => {
  const late = performance.now() + 30_000;
  while (!isTrue()) {
    if (performance.now() > late) throw new Error('it did not come about');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
const stream = (partition: number): string =>
  ['a', 'b', 'c', 'd', 'e', 'f']
    .map((id) => `case-${id}`)
    .find((name) => partitionOf(orderKey(name), PARTITIONS) === partition)!;
const idsIn = (partition: number) =>
  (brokers.stored.get(partition) ?? []).map((value) => (JSON.parse(value) as Message).id);

const twoStreams = async () => {
  const store = memoryEventStore();
  const events = [0, 1].map(() => [someEvent(), someEvent()]);
  for (const [partition, list] of events.entries()) await store.append(stream(partition), list, 'none');
  return { store, ids: events.map((list) => list.map(({ id }) => id)) };
};

it('saves its place only after every partition has acknowledged', async () => {
  const { store, ids } = await twoStreams();
  await start(store, { 1: ['says nothing', 'says nothing'] });
  await until(() => troubles.length === 2);
  expect(idsIn(0)).toEqual(ids[0]);
  expect(saved).toEqual([]);
  await until(() => saved.length > 0);
  expect(saved).toEqual(['4']);
  expect(idsIn(1)).toEqual(ids[1]);
});

it('says up to where each feed has acknowledged, only while it relays', async () => {
  const { store } = await twoStreams();
  await start(store, { 1: ['says nothing', 'says nothing'] });
  await until(() => troubles.length === 2);
  expect([...relay.reached()]).toEqual([['health', undefined]]);
  await until(() => saved.length > 0);
  expect([...relay.reached()]).toEqual([['health', '4']]);
  await relay.stop();
  expect([...relay.reached()]).toEqual([]);
});

it('puts what it is given around each batch', async () => {
  const { store, ids } = await twoStreams();
  const batches: string[][] = [];
  const around: NonNullable<RelayOptions['around']> = async (events, work) => {
    expect(brokers.stored.size).toBe(0);
    const done = await work();
    batches.push(events.map(({ id }) => id));
    return done;
  };
  await start(store, {}, { around });
  await until(() => batches.length > 0);
  expect(batches).toEqual([ids.flat()]);
  expect([idsIn(0), idsIn(1)]).toEqual(ids);
});

it('sends nothing of a batch that cannot be mapped, says so, and goes on when it can', async () => {
  const { store, ids } = await twoStreams();
  let upgraded = false;
  await start(
    store,
    {},
    {
      mapping: (event: RecordedEvent) => {
        if (!upgraded && event.id === ids[1]![1]) throw new Error('newer than this program');
        return messageOf(event);
      },
    },
  );
  await until(() => troubles.length === 2);
  expect(brokers.stored.size).toBe(0);
  upgraded = true;
  await until(() => saved.length > 0);
  expect([idsIn(0), idsIn(1)]).toEqual(ids);
});

it('bears a place that cannot be saved: the next one is', async () => {
  const { store } = await twoStreams();
  let failing = true;
  const places: Position[] = [];
  const save = async (position: Position) => {
    if (failing) throw new Error('no database');
    places.push(position);
  };
  await start(store, {}, { checkpoint: { load: async () => undefined, save } });
  await until(() => troubles.length === 1);
  failing = false;
  await store.append(stream(0), [someEvent()], 'any');
  await until(() => places.length === 1);
  expect(places).toEqual(['5']);
});

it('stops although no broker takes what it has', async () => {
  const { store } = await twoStreams();
  await start(store, { 0: Array.from({ length: 1_000 }, () => 'says nothing' as const) });
  await until(() => troubles.length > 0);
  await relay.stop();
  expect(saved).toEqual([]);
}, 30_000);
