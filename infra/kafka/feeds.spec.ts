import { readFileSync } from 'node:fs';
import { aclsOf, type Feeds, PARTITIONS } from '@resguardo/bus-kafka';
import { MAX_MESSAGE_BYTES, PARTITIONS as PUBLISHED } from '@resguardo/bus-messages';
import { SERVICES } from '@resguardo/contracts';
import { AclOperationTypes, AclResourceTypes } from 'kafkajs';

const feeds = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;

it('there is one feed for each service, with the partitions that the relay counts on', () => {
  expect([...feeds.readers].sort()).toEqual([...SERVICES].sort());
  expect([feeds.partitions, PUBLISHED]).toEqual([PARTITIONS, PARTITIONS]);
});

it('a topic takes the largest message that the feeds may carry', () =>
  expect(Number(feeds.settings['max.message.bytes'])).toBe(MAX_MESSAGE_BYTES));

it('each service reads its own feed and no other; only the relay writes', () => {
  const topics = aclsOf(feeds).filter(({ resourceType }) => resourceType === AclResourceTypes.TOPIC);
  for (const user of feeds.readers) {
    const of = (operation: AclOperationTypes) =>
      topics.flatMap((entry) =>
        entry.principal === `User:${user}` && entry.operation === operation ? entry.resourceName : [],
      );
    expect(of(AclOperationTypes.READ)).toEqual([`feed-${user}`]);
    expect(of(AclOperationTypes.WRITE)).toHaveLength(user === feeds.relay ? feeds.readers.length : 0);
  }
});
