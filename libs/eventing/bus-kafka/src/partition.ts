import { type PartitionMetadata, Partitioners } from 'kafkajs';

/** Fixed for ever: another count would send a stream's later facts elsewhere than its earlier ones. */
export const PARTITIONS = 9;

const murmur2 = Partitioners.DefaultPartitioner();

const metadataOf = (count: number): PartitionMetadata[] =>
  Array.from({ length: count }, (_, partitionId) => ({
    partitionErrorCode: 0,
    partitionId,
    leader: 0,
    replicas: [],
    isr: [],
  }));
const known = new Map<number, PartitionMetadata[]>();

/** Partition of a key as the clients of other languages choose it: murmur2 modulo `count`. */
export const partitionOf = (key: string, count = PARTITIONS): number => {
  const partitionMetadata = known.get(count) ?? metadataOf(count);
  known.set(count, partitionMetadata);
  return murmur2({ topic: '', partitionMetadata, message: { key, value: null } });
};

/**
 * What keeps a stream's messages in one partition, in order: for `case-<id>` and `oversight-<id>` the case, which is also the
 * message's key; an access stream holds readings of many cases.
 */
export const orderKey = (stream: string): string => stream.slice(stream.indexOf('-') + 1);

export const topicOf = (reader: string): string => `feed-${reader}`;
