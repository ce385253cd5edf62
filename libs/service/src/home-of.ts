import { caseNews, type HomeParts, tellFrom } from '@resguardo/home';
import type { TokenVerifier } from '@resguardo/identity';
import { clock } from './process.js';

const DAY_MS = 86_400_000;

/** What `Home` needs, around the read models of this process. `stop` before they do. */
export const homeOf = (
  parts: Pick<HomeParts, 'timeline' | 'cards' | 'access' | 'log' | 'open' | 'kept'>,
  verifier: TokenVerifier,
): { readonly home: HomeParts; stop(): void } => {
  const news = caseNews();
  const stopTelling = tellFrom(parts.timeline, news);
  return {
    home: {
      ...parts,
      news,
      clock,
      stillGood: (caller) => verifier.stillGood(caller),
      at: (moment, then) => {
        // Longer than a timer can wait is longer than any token or break-glass lives.
        const timer = setTimeout(then, Math.max(0, Math.min(Date.parse(moment) - Date.now(), DAY_MS)));
        return () => clearTimeout(timer);
      },
    },
    stop: stopTelling,
  };
};
