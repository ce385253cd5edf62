import { setTimeout } from 'node:timers/promises';
import type {
  AclEntry,
  AclOperationTypes as Operation,
  AclResourceTypes as Resource,
  Admin,
  ITopicMetadata,
} from 'kafkajs';
// Node finds no name of these in a CommonJS package that exports them by a spread.
import kafkajs from 'kafkajs';
import { type KafkaTrouble, kafkaTrouble, rootOf } from './kafka-trouble.js';
import { topicOf } from './partition.js';

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, ResourcePatternTypes } = kafkajs;

/** What the feeds are, as data: `infra/kafka/feeds.json`. */
export interface Feeds {
  /** User whose relay writes all feeds. */
  readonly relay: string;
  /** Users that read, each its own feed and no other: `feed-<reader>`. */
  readonly readers: readonly string[];
  readonly partitions: number;
  readonly replicas: number;
  /** Settings of every feed's topic, by Kafka's names. */
  readonly settings: Readonly<Record<string, string>>;
}

const allow = (
  user: string,
  operation: Operation,
  resourceType: Resource,
  resourceName: string,
  resourcePatternType = ResourcePatternTypes.LITERAL,
): AclEntry => ({
  principal: `User:${user}`,
  host: '*',
  operation,
  permissionType: AclPermissionTypes.ALLOW,
  resourceType,
  resourceName,
  resourcePatternType,
});

/** A service reads its own feed, with groups that begin with its name; only the relay writes. What no entry allows is forbidden. */
export const aclsOf = ({ relay, readers }: Feeds): readonly AclEntry[] =>
  readers.flatMap((reader) => [
    allow(relay, AclOperationTypes.WRITE, AclResourceTypes.TOPIC, topicOf(reader)),
    allow(reader, AclOperationTypes.READ, AclResourceTypes.TOPIC, topicOf(reader)),
    allow(reader, AclOperationTypes.READ, AclResourceTypes.GROUP, `${reader}.`, ResourcePatternTypes.PREFIXED),
  ]);

/** How long a topic that was made just now may be unknown to a broker, or without a leader (milliseconds). */
const KNOWN_WITHIN_MS = 30_000;
const NOT_YET = ['UNKNOWN_TOPIC_OR_PARTITION', 'LEADER_NOT_AVAILABLE'];

/** kafkajs waits for leaders, and gives up at the first broker that has not heard of the topic. */
const described = async (admin: Admin, topics: string[]): Promise<readonly ITopicMetadata[]> => {
  for (const end = performance.now() + KNOWN_WITHIN_MS; ;)
    try {
      return (await admin.fetchTopicMetadata({ topics })).topics;
    } catch (error) {
      if (!NOT_YET.includes(rootOf(error).type ?? '') || performance.now() > end) throw error;
      await setTimeout(100);
    }
};

/**
 * Makes the topics and access lists that are missing, and sets what is set otherwise. Any number of times; nothing is ever deleted.
 * @param admin connected, as a super user
 * @throws KafkaTrouble when a feed has another number of partitions: a stream's later facts would go elsewhere than its earlier ones
 */
export const prepareTopics = async (admin: Admin, feeds: Feeds): Promise<void> => {
  const topics = feeds.readers.map(topicOf);
  const configEntries = Object.entries(feeds.settings).map(([name, value]) => ({ name, value }));
  try {
    const there = new Set(await admin.listTopics());
    const missing = topics.filter((topic) => !there.has(topic));
    if (missing.length)
      await admin.createTopics({
        waitForLeaders: false,
        topics: missing.map((topic) => ({
          topic,
          numPartitions: feeds.partitions,
          replicationFactor: feeds.replicas,
          configEntries,
        })),
      });
    for (const { name, partitions } of await described(admin, topics))
      if (partitions.length !== feeds.partitions)
        throw new Error(
          `${name} has ${partitions.length} partitions, not ${feeds.partitions}: it can only be made anew`,
        );
    const old = topics.filter((topic) => there.has(topic));
    if (old.length)
      await admin.alterConfigs({
        validateOnly: false,
        resources: old.map((name) => ({ type: ConfigResourceTypes.TOPIC, name, configEntries })),
      });
    await admin.createAcls({ acl: [...aclsOf(feeds)] });
  } catch (error) {
    throw kafkaTrouble(error, 'the feeds cannot be prepared') satisfies KafkaTrouble;
  }
};
