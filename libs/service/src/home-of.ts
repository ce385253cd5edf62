import { caseNews, type HomeParts, tellFrom } from '@resguardo/home';
import type { TokenVerifier } from '@resguardo/identity';

const DAY_MS = 86_400_000;

/** What `Home` needs, around the read models of this process. `stop` before they do. */
export const homeOf = (
  parts: Pick<HomeParts, 'timeline' | 'cards' | 'access' | 'log' | 'open' | 'kept' | 'clock'>,
  verifier: TokenVerifier,
): { readonly home: HomeParts; stop(): void } => {
  const news = caseNews();
  const stopTelling = tellFrom(parts.timeline, news);
  return {
    home: {
      ...parts,
      news,
      stillGood: (caller) => verifier.stillGood(caller),
      at: (moment, then) => {
        // By the machine's own time, as a token ends. Whatever else ended is asked again at each push.
        // Longer than a timer can wait is longer than any token or break-glass lives.
        const timer = setTimeout(then, Math.max(0, Math.min(Date.parse(moment) - Date.now(), DAY_MS)));
        return () => clearTimeout(timer);
      },
    },
    stop: stopTelling,
  };
};
