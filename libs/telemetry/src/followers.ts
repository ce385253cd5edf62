import type { Behind } from '@resguardo/eventing';

/** Something that follows the history or a feed: a projection, a process. */
export interface Follower {
  readonly name: string;
  readonly kind: 'projection' | 'process';
  /** The reading service. */
  readonly service: string;
  readonly behind: () => Promise<Behind>;
  /** Cases that stand still; none where nothing can. */
  readonly parkedCases?: () => Promise<number>;
}

export interface FollowerState {
  readonly name: string;
  readonly kind: Follower['kind'];
  readonly service: string;
  readonly events: number;
  /** How long the first of them has been waiting. */
  readonly seconds: number;
  readonly parked: number;
}

/** Seconds since an instant (UTC, ISO 8601); none while nothing waits. */
export const secondsSince = (since: string | undefined, now: number): number =>
  since === undefined ? 0 : Math.max(0, (now - Date.parse(since)) / 1000);

/** A database that hangs must not hold up who asks how it is. @throws Error */
export const within = async <T>(ms: number, work: Promise<T>): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      work,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no answer in ${ms} ms`)), ms);
      }),
    ]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
};

/** Calls with the same argument at the same time share one answer: followers at the end of the history ask the same. */
export const sharing = <Key, Answer>(ask: (key: Key) => Promise<Answer>): ((key: Key) => Promise<Answer>) => {
  const asking = new Map<Key, Promise<Answer>>();
  return (key) => {
    const answer = asking.get(key) ?? ask(key).finally(() => asking.delete(key));
    asking.set(key, answer);
    return answer;
  };
};

/** How far each is now. @throws when the store or the database does not answer */
export const statesOf = (followers: readonly Follower[], now: () => number): Promise<readonly FollowerState[]> =>
  Promise.all(
    followers.map(async ({ name, kind, service, behind, parkedCases }) => {
      const [{ events, since }, parked] = await Promise.all([behind(), parkedCases?.() ?? 0]);
      return { name, kind, service, events, seconds: secondsSince(since, now()), parked };
    }),
  );
