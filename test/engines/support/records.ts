import type { Kafka } from 'kafkajs';
import type { Haystack } from '../../support/canaries.js';

/** Every record of every topic, decompressed, as whoever administers the brokers reads it: keys, headers and values. */
export const recordsOf = async (kafka: Kafka): Promise<readonly Haystack[]> => {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const topics = await admin.listTopics();
    const ends = new Map<string, bigint>();
    for (const topic of topics)
      for (const { partition, high } of await admin.fetchTopicOffsets(topic))
        if (high !== '0') ends.set(`${topic} ${partition}`, BigInt(high));
    const found = new Map<string, Buffer[]>(topics.map((topic) => [topic, []]));
    const consumer = kafka.consumer({ groupId: 'canary' });
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
              for (const { key, headers = {}, value } of messages)
                found
                  .get(topic)!
                  .push(
                    ...[key, value, ...Object.entries(headers).flat(2)].map((part) =>
                      Buffer.isBuffer(part) ? part : Buffer.from(String(part ?? '')),
                    ),
                  );
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
    return [...found].map(([topic, parts]) => ({
      name: `records of ${topic}`,
      bytes: Buffer.from(parts.map((part) => part.toString('latin1')).join('\n'), 'latin1'),
    }));
  } finally {
    await admin.disconnect();
  }
};
