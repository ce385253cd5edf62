import type { Feeds } from '@resguardo/bus-kafka';
import { topicOf } from '@resguardo/bus-kafka';
import type { Admin, KafkaConfig } from 'kafkajs';
import kafkajs from 'kafkajs';
import { kafkaTrouble } from '../../../libs/eventing/bus-kafka/src/kafka-trouble.js';
import { type Cell, CLOSED } from './matrix.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, Kafka, ResourcePatternTypes } =
  kafkajs;
type Client = InstanceType<typeof Kafka>;

/** The client wraps what several brokers, partitions or groups answered, each in another way. */
interface Several {
  readonly errors?: readonly unknown[];
  readonly partitions?: readonly { readonly error: unknown }[];
  readonly groups?: readonly { readonly error: unknown }[];
  readonly cause?: unknown;
}
const each = (error: unknown): readonly unknown[] => {
  const { errors = [], partitions = [], groups = [], cause } = error as Several;
  const inner = [...errors, ...[...partitions, ...groups].map((one) => one.error), ...(cause ? [cause] : [])];
  return inner.length ? inner.flatMap(each) : [error];
};

/** Whether it was allowed. What goes wrong in another way is no answer. */
const allowed = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    (error: unknown) => {
      if (each(error).every((one) => kafkaTrouble(one, 'asking').code === 'NOT_ALLOWED')) return false;
      throw error;
    },
  );

/** One fetch, as a member of a group. */
const fetched = async (kafka: Client, groupId: string, topic: string): Promise<void> => {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 10, allowAutoTopicCreation: false });
  const done = new Promise<void>((ok, failed) => {
    consumer.on('consumer.fetch', () => ok());
    consumer.on('consumer.crash', ({ payload }) => failed(payload.error));
  });
  done.catch(() => {});
  try {
    await consumer.connect();
    await consumer.subscribe({ topic });
    await consumer.run({ eachBatch: async () => {} });
    await done;
  } finally {
    await consumer.disconnect();
  }
};

/** A message that no topic takes: the access list is asked before its size is looked at, and nothing is left behind. */
const written = async (kafka: Client, topic: string, maxBytes: number): Promise<void> => {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ key: 'nobody', value: Buffer.alloc(maxBytes + 1) }] }).then(
      () => {
        throw new Error(`${topic} took what is too large`);
      },
      (error: unknown) => {
        if (kafkaTrouble(error, 'writing').code !== 'TOO_LARGE') throw error;
      },
    );
  } finally {
    await producer.disconnect();
  }
};

/** A refusal is final, though the client tries some of them again. */
const RETRY = { retries: 1, initialRetryTime: 10, maxRetryTime: 10 };

type Probes = Readonly<Record<string, () => Promise<unknown>>>;
/** @param seen whoever may do anything may see that it is there: where that is refused, the rest need not be tried, and each try is slow */
const outcomeOf = async (seen: () => Promise<unknown>, probes: Probes): Promise<string> => {
  if (!(await allowed(seen()))) return CLOSED;
  const done: string[] = [];
  for (const [name, probe] of Object.entries(probes)) if (await allowed(probe())) done.push(name);
  return done.join('+') || CLOSED;
};

const NOBODY_S = {
  principal: 'User:nobody',
  host: '*',
  operation: AclOperationTypes.READ,
  permissionType: AclPermissionTypes.ALLOW,
  resourceType: AclResourceTypes.TOPIC,
  resourceName: 'no-feed',
  resourcePatternType: ResourcePatternTypes.LITERAL,
};

/**
 * Each user × each topic, each group's name, and the cluster itself. Expected is what the declaration of the feeds says in words: everybody
 * reads their own with groups of their own name, the relay writes all, nobody changes anything.
 */
export const kafkaCells = async (
  { relay, readers, settings }: Feeds,
  connectionOf: (user: string) => KafkaConfig,
): Promise<readonly Cell[]> => {
  const maxBytes = Number(settings['max.message.bytes']);
  const cellsOf = async (user: string): Promise<readonly Cell[]> => {
    const kafka = new Kafka({
      ...connectionOf(user),
      // Many ask at once, and a busy machine is slow.
      ...{ connectionTimeout: 30_000, authenticationTimeout: 30_000 },
      ...{ logLevel: kafkajs.logLevel.NOTHING, retry: RETRY },
    });
    const admin = kafka.admin();
    await admin.connect();
    try {
      const cells: Cell[] = [];
      const add = async (
        [kind, resource, expected]: readonly [string, string, string],
        seen: () => Promise<unknown>,
        probes: Probes,
      ) => cells.push({ kind, service: user, resource, expected, actual: await outcomeOf(seen, probes) });
      for (const reader of readers) {
        const topic = topicOf(reader);
        const may = [...(reader === user ? ['read'] : []), ...(user === relay ? ['write'] : [])];
        const described = () => admin.fetchTopicMetadata({ topics: [topic] });
        await add(['topic', topic, may.join('+') || CLOSED], described, {
          read: () => fetched(kafka, `${user}.matrix`, topic),
          write: () => written(kafka, topic, maxBytes),
          ...changes(admin, topic),
        });
      }
      for (const reader of readers) {
        const group = `${reader}.matrix-group`;
        const offsets = () => admin.fetchOffsets({ groupId: group, topics: [topicOf(user)] });
        await add(['group', `${reader}.*`, reader === user ? 'join' : CLOSED], offsets, {
          join: () => fetched(kafka, group, topicOf(user)),
          ...(reader !== user && { 'see offsets': offsets, delete: () => admin.deleteGroups([group]) }),
        });
      }
      await add(['cluster', 'cluster', CLOSED], () => admin.describeCluster(), {
        'read grants': () => admin.describeAcls({ ...NOBODY_S, resourcePatternType: ResourcePatternTypes.ANY }),
        grant: () => admin.createAcls({ acl: [NOBODY_S] }),
        'make topics': () => admin.createTopics({ validateOnly: true, topics: [{ topic: 'no-feed' }] }),
      });
      return cells;
    } finally {
      await admin.disconnect();
    }
  };
  return (await Promise.all(readers.map(cellsOf))).flat();
};

/** Ways to change a topic; none of these changes anything where it is allowed. */
const changes = (admin: Admin, topic: string): Probes => ({
  'read settings': () =>
    admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] }),
  'add partitions': () => admin.createPartitions({ validateOnly: true, topicPartitions: [{ topic, count: 99 }] }),
  'delete records': async () => {
    // It asks nobody where the records lie.
    await admin.fetchTopicOffsets(topic);
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '0' }] });
  },
});
