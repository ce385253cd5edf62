import type { KafkaFeed } from '@resguardo/bus-kafka';
import type { ProcessRunner } from '@resguardo/store-postgres';
import type { Follower } from '@resguardo/telemetry';

/** How far the runners of a service are behind its feed, in messages. */
export const followersOf = (
  feed: KafkaFeed,
  service: string,
  runners: readonly (readonly [
    kind: Follower['kind'],
    name: string,
    runner: Pick<ProcessRunner, 'position' | 'parkedCases'>,
  ])[],
): readonly Follower[] =>
  runners.map(([kind, name, { position, parkedCases }]) => ({
    kind,
    name,
    service,
    parkedCases,
    behind: async () => ({ events: await feed.lag(service, position()) }),
  }));
