import type { Admin } from 'kafkajs';
import { KafkaTrouble } from './kafka-trouble.js';
import { prepareTopics } from './topics.js';

const feeds = { relay: 'relay', readers: ['health'], partitions: 3, replicas: 1, settings: {} };

/** As much of brokers as is asked, of which the first answers are these errors. */
const brokers = (...errors: readonly string[]) => {
  const left = [...errors];
  const made: string[] = [];
  const admin = {
    listTopics: async () => [],
    createTopics: async ({ topics }: { topics: { topic: string }[] }) => {
      made.push(...topics.map(({ topic }) => topic));
      return true;
    },
    fetchTopicMetadata: async ({ topics }: { topics: string[] }) => {
      const type = left.shift();
      if (type) throw Object.assign(new Error(type), { name: 'KafkaJSProtocolError', type });
      return { topics: topics.map((name) => ({ name, partitions: [{}, {}, {}] })) };
    },
    createAcls: async () => true,
  };
  return { admin: admin as unknown as Admin, made, left };
};

describe('making the topics of the feeds', () => {
  it('waits for a broker that has not heard of them yet, and for their leaders', async () => {
    const { admin, made, left } = brokers('UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE');
    await prepareTopics(admin, feeds);
    expect([made, left]).toEqual([['feed-health'], []]);
  });

  it('says what else is wrong at once', async () => {
    const { admin, left } = brokers('CLUSTER_AUTHORIZATION_FAILED', 'UNKNOWN_TOPIC_OR_PARTITION');
    await expect(prepareTopics(admin, feeds)).rejects.toThrow(KafkaTrouble);
    expect(left).toEqual(['UNKNOWN_TOPIC_OR_PARTITION']);
  });
});
