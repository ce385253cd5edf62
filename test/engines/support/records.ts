import { randomUUID } from 'node:crypto';
import type { Kafka, KafkaMessage } from 'kafkajs';
import type { Haystack } from '../../support/canaries.js';

/** Every record of these topics, of all unless told, per topic in the order of each partition, up to the end as it was when this was asked. */
export const everyRecord = async (
  kafka: Kafka,
  wanted?: readonly string[],
): Promise<ReadonlyMap<string, readonly { readonly partition: number; readonly message: KafkaMessage }[]>> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = [...(wanted ?? (await admin.listTopics()))];
    const ends = new Map<string, bigint>();
    for (const topic of topics)
      for (const { partition, low, high } of await admin.fetchTopicOffsets(topic))
        if (low !== high) ends.set(`${topic} ${partition}`, BigInt(high));
    const found = new Map<string, { partition: number; message: KafkaMessage }[]>(topics.map((topic) => [topic, []]));
    const consumer = kafka.consumer({ groupId: `all.${randomUUID()}`, maxWaitTimeInMs: 200 });
    await consumer.connect();
    try {
      await consumer.subscribe({ topics, fromBeginning: true });
      await new Promise<void>((done, failed) => {
        consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
        if (ends.size === 0) done();
        consumer
          .run({
            autoCommit: false,
            eachBatch: async ({ batch }) => {
              const { topic, partition, messages } = batch;
              for (const message of messages) found.get(topic)!.push({ partition, message });
              const end = ends.get(`${topic} ${partition}`);
              if (end !== undefined && BigInt(batch.lastOffset()) + 1n >= end) ends.delete(`${topic} ${partition}`);
              if (ends.size === 0) done();
            },
          })
          .catch(failed);
      });
    } finally {
      await consumer.disconnect();
    }
    return found;
  } finally {
    await admin.disconnect();
  }
};

/** Every record of every topic, decompressed, as whoever administers the brokers reads it: keys, headers and values. */
export const recordsOf = async (kafka: Kafka): Promise<readonly Haystack[]> =>
  [...(await everyRecord(kafka))].map(([topic, records]) => ({
    name: `records of ${topic}`,
    bytes: Buffer.from(
      records
        .flatMap(({ message: { key, headers = {}, value } }) => [key, value, ...Object.entries(headers).flat(2)])
        .map((part) => (Buffer.isBuffer(part) ? part : Buffer.from(String(part ?? ''))).toString('latin1'))
        .join('\n'),
      'latin1',
    ),
  }));
