import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { kafkaClient, noLog } from './client.js';
import { type Answer, type ScriptedBrokers, scriptedBrokers } from './testing/scripted-brokers.js';
import { type TopicWriter, topicWriter } from './topic-writer.js';

jest.setTimeout(60_000);

const TOPIC = 'feed-health';
const numbers = (from: number, to: number, partition: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ key: 'k', value: `${partition}:${from + index}` }));
const values = (from: number, to: number, partition: number) => numbers(from, to, partition).map(({ value }) => value);

let cluster: ScriptedBrokers;
let writer: TopicWriter | undefined;
let troubles: string[];
afterEach(async () => {
  await writer?.close();
  writer = undefined;
  await cluster.close();
});

const open = async (script: Readonly<Record<number, readonly Answer[]>>) => {
  cluster = await scriptedBrokers(TOPIC, { brokers: 2, partitions: 2 }, script);
  troubles = [];
  writer = topicWriter(kafkaClient({ brokers: cluster.brokers }, noLog), TOPIC, ({ code }) => void troubles.push(code));
  return writer;
};
const never = new AbortController().signal;

const afterTroubles = async (many: number): Promise<void> => {
  for (const late = performance.now() + 30_000; troubles.length < many && performance.now() < late;)
    await new Promise((resolve) => setImmediate(resolve));
};

/** Partition 0 moves to the broker that has already answered for partition 1. */
const LEADER_DIES = { 0: [{ moved: 1, after: 1 }] } as const;

describe('a leader moves to a broker that has already answered', () => {
  it('a plain send over two partitions says that all is stored, and one partition is lost (tulios/kafkajs#1303)', async () => {
    cluster = await scriptedBrokers(TOPIC, { brokers: 2, partitions: 2 }, LEADER_DIES);
    const kafka = new Kafka({ brokers: cluster.brokers, logLevel: logLevel.NOTHING, retry: { initialRetryTime: 300 } });
    const producer = kafka.producer({
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    });
    await producer.connect();
    const messages = [0, 1].flatMap((partition) =>
      numbers(1, 3, partition).map((message) => ({ ...message, partition })),
    );
    const answer = await producer.send({ topic: TOPIC, acks: -1, messages });
    await producer.disconnect();
    expect(answer.map(({ partition, errorCode }) => ({ partition, errorCode }))).toEqual([
      { partition: 1, errorCode: 0 },
    ]);
    expect(cluster.stored).toEqual(new Map([[1, values(1, 3, 1)]]));
  });

  it('the writer stores both', async () => {
    const { write } = await open(LEADER_DIES);
    await Promise.all([write(0, numbers(1, 3, 0), never), write(1, numbers(1, 3, 1), never)]);
    expect(cluster.stored).toEqual(
      new Map([
        [1, values(1, 3, 1)],
        [0, values(1, 3, 0)],
      ]),
    );
  });
});

it('has one send under way per partition, in the order in which they were asked for', async () => {
  const { write } = await open({ 0: [{ moved: 1 }, 'ok', { moved: 0 }] });
  await Promise.all([1, 2, 3, 4].map((turn) => write(0, numbers(turn * 10, turn * 10 + 1, 0), never)));
  expect(cluster.stored.get(0)).toEqual([10, 20, 30, 40].flatMap((from) => values(from, from + 1, 0)));
  expect(cluster.mostInFlight()).toBe(1);
});

it('learns of another leader before it writes, when it has not written for a while', async () => {
  const { write } = await open({});
  await write(0, numbers(1, 1, 0), never);
  cluster.move(0, 1);
  const now = Date.now.bind(Date);
  const later = jest.spyOn(Date, 'now').mockImplementation(() => now() + 2_000);
  await write(0, numbers(2, 2, 0), never).finally(() => later.mockRestore());
  expect(cluster.stored.get(0)).toEqual(['0:1', '0:2']);
  expect(cluster.turnedAway()).toBe(0);
});

it('a leader that is away breaks nothing off: what waits at another broker stays on its way, and is stored once', async () => {
  const { write } = await open({ 1: ['held'] });
  await cluster.die(0);
  const waiting = [write(1, numbers(1, 1, 1), never), write(0, numbers(1, 1, 0), never)];
  await afterTroubles(2);
  // Nor does it wait for what is held there.
  expect(troubles.length).toBeGreaterThanOrEqual(2);
  cluster.move(0, 1);
  cluster.release();
  await Promise.all(waiting);
  expect([...cluster.stored].sort()).toEqual([
    [0, ['0:1']],
    [1, ['1:1']],
  ]);
  expect(new Set(troubles)).toEqual(new Set(['AWAY']));
});

it('begins when every broker refuses, and writes once they listen', async () => {
  const { write } = await open({});
  await Promise.all([cluster.die(0), cluster.die(1)]);
  const waiting = write(0, numbers(1, 1, 0), never);
  await afterTroubles(2);
  await Promise.all([cluster.rise(0), cluster.rise(1)]);
  await waiting;
  expect(cluster.stored.get(0)).toEqual(['0:1']);
});

it('says it again when the answer was lost: twice, and in order', async () => {
  const { write } = await open({ 0: ['ok', 'stored, then gone'] });
  for (const turn of [1, 2, 3]) await write(0, numbers(turn, turn, 0), never);
  expect(cluster.stored.get(0)).toEqual(['0:1', '0:2', '0:2', '0:3']);
});

it('takes no answer for an acknowledgement that does not name the partition', async () => {
  const { write } = await open({ 0: ['says nothing', 'says nothing'] });
  await write(0, numbers(1, 1, 0), never);
  expect(cluster.stored.get(0)).toEqual(['0:1']);
  expect(troubles).toHaveLength(2);
});

it('gives up only when it is stopped, and says so', async () => {
  const { write } = await open({ 0: Array.from({ length: 1_000 }, () => 'says nothing' as const) });
  const stop = new AbortController();
  const outcome = expect(write(0, numbers(1, 1, 0), stop.signal)).rejects.toThrow('enough');
  await afterTroubles(2);
  stop.abort(new Error('enough'));
  await outcome;
  expect(cluster.stored.size).toBe(0);
});
