import { createRemoteJWKSet, type JWK, type JWTVerifyGetKey } from 'jose';
import { BadToken, TryAgain } from './token-verifier.js';

/** After which keys are asked for again: as long as the issuer answers, one that it has taken away is not believed any longer. */
export const KEYS_AGE_SECONDS = 30;
/** For how long they are believed when the issuer does not answer: twice as long as an access token of ours lives. Then nobody is. */
export const KEYS_LAST_SECONDS = 600;

export interface IssuerKeys {
  /** As jose wants them. It asks nobody. */
  readonly find: JWTVerifyGetKey;
  /** As they were told last. */
  list(): readonly JWK[];
  /**
   * Resolves when the issuer has the key.
   * @throws BadToken when it has not
   * @throws TryAgain when that cannot be said now
   */
  need(kid: string): Promise<void>;
  /** Whether the issuer had it and has it no more, as far as it was told last. */
  isWithdrawn(kid: string): boolean;
  /** Whether the issuer has not answered for so long that none is to be believed. */
  areTooOld(): boolean;
  /** Until then they are asked for when they are old, also while nobody needs one: for whoever cannot wait. Milliseconds since 1970. */
  keepFresh(until: number): void;
}

/** How often is looked whether they are old; milliseconds. */
const LOOK_MS = 1_000;

/**
 * The public keys of an issuer. They are asked for when one is wanted that is not known, at most once in the cool-down, and when they are
 * half a minute old. While the issuer is away, the last ones are believed: tokens are to be good for as long as they say.
 */
export const issuerKeys = (address: URL, coolDownSeconds: number, now: () => number): IssuerKeys => {
  // When to ask is decided here.
  const keys = createRemoteJWKSet(address, {
    cacheMaxAge: Infinity,
    cooldownDuration: Infinity,
    timeoutDuration: 5000,
  });
  let list: readonly JWK[] = [];
  const known = new Set<string>();
  const withdrawn = new Set<string>();
  /** When they were asked for, and when so that it was answered. */
  let [asked, told] = [-Infinity, -Infinity];
  let isUnanswered = false;
  let asking: Promise<boolean> | undefined;
  let freshUntil = -Infinity;
  let looking: NodeJS.Timeout | undefined;

  const isOld = (seconds: number): boolean => now() >= told + seconds * 1000;
  const ask = async (): Promise<boolean> => {
    const at = (asked = now());
    isUnanswered = await keys.reload().then(
      () => false,
      () => true,
    );
    asking = undefined;
    if (isUnanswered) return false;
    told = at;
    list = keys.jwks()!.keys;
    for (const kid of known) withdrawn.add(kid);
    known.clear();
    for (const { kid } of list) {
      if (kid === undefined) continue;
      known.add(kid);
      withdrawn.delete(kid);
    }
    return true;
  };
  /** Whether this asked, and was answered. */
  const askAgain = async (): Promise<boolean> => {
    if (asking || now() < asked + coolDownSeconds * 1000) return false;
    return (asking = ask());
  };

  return {
    find: keys,
    list: () => list,
    need: async (kid) => {
      // One that was taken away may be there again.
      const isUnknown = !known.has(kid);
      const answered = isUnknown || isOld(KEYS_AGE_SECONDS) ? askAgain() : false;
      // While the issuer does not answer nobody waits for it but those who cannot do without.
      if (isUnknown || isOld(KEYS_LAST_SECONDS) || (isOld(KEYS_AGE_SECONDS) && !isUnanswered)) await asking;
      if (isOld(KEYS_LAST_SECONDS)) throw new TryAgain('the issuer does not answer');
      if (known.has(kid)) return;
      if (withdrawn.has(kid) || (await answered)) throw new BadToken('the issuer does not have its key', 'unknown-key');
      throw new TryAgain('the key is not known yet');
    },
    isWithdrawn: (kid) => withdrawn.has(kid),
    areTooOld: () => isOld(KEYS_LAST_SECONDS),
    keepFresh: (until) => {
      freshUntil = Math.max(freshUntil, until);
      looking ??= setInterval(() => {
        if (now() < freshUntil) return void (isOld(KEYS_AGE_SECONDS) && askAgain());
        clearInterval(looking);
        looking = undefined;
      }, LOOK_MS).unref();
    },
  };
};
