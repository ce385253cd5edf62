import { type Follower, statesOf, within } from './followers.js';

const PATIENCE_MS = 2_000;
/** Anybody may ask as often as they like: the database is asked once a second. */
const REMEMBERED_MS = 1_000;
/** From here on a follower is said to be behind. */
const FAR_BEHIND_S = 10;

export interface Readiness {
  readonly status: 'ready' | 'unwell';
  /** What is not well, in words; absent when all is. */
  readonly why?: string;
  readonly parts: Readonly<Record<string, 'ready' | 'away'>>;
  /** Followers that are far behind or have parked cases: pages show older facts, and say so; the program serves all the same. */
  readonly followers: readonly {
    readonly name: string;
    readonly secondsBehind: number;
    readonly parkedCases: number;
  }[];
}

/**
 * Whether the program can serve. A part that is away makes it unwell; a follower that lags is only said.
 * @param parts each resolves when the part answers
 */
export const readiness = (
  parts: Readonly<Record<string, () => Promise<unknown>>>,
  followers: readonly Follower[],
  now: () => number,
): (() => Promise<Readiness>) => {
  const look = async (): Promise<Readiness> => {
    const found = await Promise.all(
      Object.entries(parts).map(async ([name, ask]) => {
        const well = await within(PATIENCE_MS, ask()).then(
          () => true,
          () => false,
        );
        return [name, well ? 'ready' : 'away'] as const;
      }),
    );
    const away = found.filter(([, state]) => state === 'away').map(([name]) => name);
    const states = away.length > 0 ? [] : await within(PATIENCE_MS, statesOf(followers, now)).catch(() => undefined);
    const why =
      states === undefined ? ['how far the followers are is not known'] : away.map((name) => NOT[name] ?? name);
    return {
      status: away.length > 0 ? 'unwell' : 'ready',
      ...(why.length > 0 && { why: why.join('; ') }),
      parts: Object.fromEntries(found),
      followers: (states ?? [])
        .filter(({ seconds, parked }) => seconds >= FAR_BEHIND_S || parked > 0)
        .map(({ name, seconds, parked }) => ({ name, secondsBehind: Math.round(seconds), parkedCases: parked })),
    };
  };
  let last: Promise<Readiness> | undefined;
  let until = 0;
  return () => {
    if (last && now() < until) return last;
    until = Infinity;
    last = look().finally(() => (until = now() + REMEMBERED_MS));
    return last;
  };
};

const NOT: Readonly<Record<string, string>> = {
  database: 'the database does not answer',
  store: 'the event store does not answer',
};
