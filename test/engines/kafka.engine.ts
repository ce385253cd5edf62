import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { type KafkaCluster, startKafka } from '../../infra/engines/index.js';

const allow = (user: string, operation: AclOperationTypes) => ({
  principal: `User:${user}`,
  host: '*',
  operation,
  permissionType: AclPermissionTypes.ALLOW,
  resourceType: AclResourceTypes.TOPIC,
  resourceName: 'harness',
  resourcePatternType: ResourcePatternTypes.LITERAL,
});

let cluster: KafkaCluster;
const as = (user?: string) => new Kafka({ ...cluster.connection(user), logLevel: logLevel.NOTHING });

beforeAll(async () => {
  cluster = await startKafka({
    users: { writer: 'writer-secret', stranger: 'stranger-secret' },
    acls: [allow('writer', AclOperationTypes.WRITE)],
  });
  const admin = as().admin();
  await admin.connect();
  await admin.deleteTopics({ topics: ['harness'] }).catch(() => {});
  await admin.createTopics({
    topics: [{ topic: 'harness', numPartitions: 1, replicationFactor: 3 }],
    waitForLeaders: true,
  });
  await admin.disconnect();
});
afterAll(() => cluster?.stop());

const sent = async (user: string): Promise<unknown> => {
  const producer = as(user).producer({ retry: { retries: 5 } });
  await producer.connect();
  try {
    return await producer.send({ topic: 'harness', acks: -1, messages: [{ key: 'a', value: `by ${user}` }] });
  } finally {
    await producer.disconnect();
  }
};

it('takes a message of a user whom a list allows to write, and gives it back', async () => {
  expect(await sent('writer')).toMatchObject([{ topicName: 'harness', partition: 0, errorCode: 0 }]);
  const consumer = as().consumer({ groupId: 'harness' });
  await consumer.connect();
  await consumer.subscribe({ topic: 'harness', fromBeginning: true });
  const got = new Promise((resolve) => {
    void consumer.run({ eachMessage: async ({ message }) => resolve(message.value?.toString()) });
  });
  expect(await got).toBe('by writer');
  await consumer.disconnect();
});

it('refuses a user whom no list allows, and one with a wrong password', async () => {
  await expect(sent('stranger')).rejects.toThrow(/not authorized/i);
  const wrong = { mechanism: 'scram-sha-256', username: 'writer', password: 'guessed' } as const;
  const producer = new Kafka({ ...cluster.connection(), sasl: wrong, logLevel: logLevel.NOTHING }).producer();
  await expect(producer.connect()).rejects.toThrow(/authentication/i);
});
