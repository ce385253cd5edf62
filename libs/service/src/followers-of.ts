import { createHmac } from 'node:crypto';
import type { EventStore } from '@resguardo/eventing';
import type { KafkaFeed } from '@resguardo/bus-kafka';
import { mayBeSetAside } from '@resguardo/contracts';
import {
  accessLog,
  type FollowerReport,
  glassLog,
  refusalLog,
  type ServiceFollowers,
  STANDING_SHOWN,
  type StandingError,
  type Upkeep,
} from '@resguardo/oversight';
import { NotParked, type Parked, type ProcessRunner } from '@resguardo/store-postgres';
import { type Follower, within } from '@resguardo/telemetry';
import type { Logger } from 'pino';

/** A runner as it is watched, and as it is mended by hand. */
export type Mendable = Pick<ProcessRunner, 'position' | 'parkedCases' | 'parked' | 'gaps' | 'retry' | 'setAside'>;

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

/** Whoever looks waits for the others as well: a feed that hangs is said not to answer. Milliseconds. */
const FEED_MS = 2_000;

/** What the runner wrote down begins with the name of the error; the rest may repeat what the fact holds, and stays where it is. */
const BY_NAME: Readonly<Record<string, StandingError>> = {
  Unreadable: 'UNREADABLE',
  UnknownVersion: 'NEWER_THAN_PROGRAM',
  BadRow: 'NOT_STORABLE',
  // As the client of PostgreSQL calls what the database refused.
  error: 'NOT_STORABLE',
};

/** Why a case stands still, as a code. */
export const standingErrorOf = (kind: Follower['kind'], { error }: Pick<Parked, 'error'>): StandingError => {
  const name = error.slice(0, Math.max(0, error.indexOf(':')));
  const known = Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined;
  return known ?? (kind === 'process' ? 'NOT_SETTLED' : 'NOT_APPLICABLE');
};

/** The audit is never without a record of who looked, and what acts on facts acts on all of them, whoever orders otherwise. */
const AUDIT: readonly string[] = [accessLog, refusalLog, glassLog].map(({ name }) => name);
const leavesOut = ({ name, kind }: Pick<Follower, 'name' | 'kind'>): boolean =>
  kind !== 'process' && !AUDIT.includes(name);

/** Kind of the fact at a revision, as the timeline has it; undefined when there is none, or none that this service may know of. */
export type TypeAt = (stream: string, revision: number) => Promise<string | undefined>;
export const typeIn =
  (store: Pick<EventStore, 'read'>): TypeAt =>
  async (stream, revision) =>
    (await store.read(stream, revision)).events.find((event) => event.revision === revision)?.type;

/** The same as its own feed told it, for a service that may not ask the timeline: what insights leaves out is missing in a count alone. */
export const parkedTypeIn =
  ({ parked }: Pick<Mendable, 'parked'>): TypeAt =>
  async (stream, revision) =>
    (await parked()).find((one) => one.stream === stream && one.revision === revision)?.type;

/**
 * The followers of a service, for whoever oversees them (D4). `runners` by name; one that is not among them parks nothing. `key`: of the
 * service, alike in its replicas.
 */
export const serviceFollowers = (
  followers: readonly Follower[],
  runners: Readonly<Record<string, Mendable>>,
  {
    log,
    key,
    typeAt,
    upkeep = async () => ({}),
  }: {
    readonly log: Pick<Logger, 'warn'>;
    readonly key: Buffer;
    readonly typeAt: TypeAt;
    /** Of a service that keeps something. */
    readonly upkeep?: () => Promise<Upkeep>;
  },
): ServiceFollowers => {
  // A case is named by what cannot be turned back or tried out: whoever mends is told of no case.
  const idOf = (follower: string, stream: string): string =>
    createHmac('sha256', key).update(`${follower} ${stream}`).digest('base64url').slice(0, 22);
  const runnerOf = (name: string): Mendable | undefined => (Object.hasOwn(runners, name) ? runners[name] : undefined);

  const behindOf = async ({ name, behind }: Follower): Promise<Pick<FollowerReport, 'behind' | 'waitingSince'>> => {
    try {
      const { events, since } = await within(FEED_MS, behind());
      return { behind: events, ...(since !== undefined && { waitingSince: since }) };
    } catch (error) {
      log.warn({ follower: name, name: (error as Error).name }, 'how far a follower is behind is not known');
      return {};
    }
  };

  return {
    report: () =>
      Promise.all(
        followers.map(async (follower) => {
          const { name, kind } = follower;
          const runner = runnerOf(name);
          const [behind, parked, standingInAll, gaps] = await Promise.all([
            behindOf(follower),
            runner?.parked(STANDING_SHOWN) ?? [],
            runner?.parkedCases() ?? 0,
            runner?.gaps() ?? 0,
          ]);
          return {
            ...{ name, kind, leavesOut: leavesOut(follower) },
            ...behind,
            ...{ standingInAll, gaps },
            standing: parked.map(({ stream, caseId, revision, type, since, error, tries, waiting }) => ({
              ...{ id: idOf(name, stream), caseId, revision, since, tries, waiting },
              ...(type !== undefined && { factType: type }),
              error: standingErrorOf(kind, { error }),
            })),
          };
        }),
      ),
    upkeep,
    repair: async (_caller, { follower, standing, revision, reason }) => {
      const runner = runnerOf(follower);
      const found = (await runner?.parked(STANDING_SHOWN))?.find(
        (one) => idOf(follower, one.stream) === standing && one.revision === revision,
      );
      if (!runner || !found) return 'NOT_STANDING';
      if (reason) {
        const left = followers.some((one) => one.name === follower && leavesOut(one));
        // As the timeline has it, whatever a feed says: what is not there is not set aside, since anything might come there.
        const type = left ? await typeAt(found.stream, revision) : undefined;
        if (type === undefined || !mayBeSetAside(type)) return 'NOT_ALLOWED';
      }
      try {
        const goesOn = reason
          ? await runner.setAside(found.stream, revision, reason)
          : await runner.retry(found.stream);
        return goesOn ? 'GOES_ON' : 'STILL_STANDS';
      } catch (error) {
        if (error instanceof NotParked) return 'NOT_STANDING';
        throw error;
      }
    },
  };
};
