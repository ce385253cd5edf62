import type { TokenRefusal } from '@resguardo/contracts';
import type { Caller } from './caller.js';

/** The token is not good, whatever the reason. The caller is told only that. */
export class BadToken extends Error {
  constructor(
    reason: string,
    readonly why: TokenRefusal,
    options?: { cause?: unknown },
  ) {
    super(reason, options);
    this.name = 'BadToken';
  }
}

/** The token could not be judged now: its key is not known yet, or the issuer is away. It is not a bad token. */
export class TryAgain extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(reason, options);
    this.name = 'TryAgain';
  }
}

export interface TokenVerifier {
  /**
   * The caller of a bearer token.
   * @throws BadToken when it must not be believed.
   * @throws TryAgain when its key is unknown within the cool-down or the issuer does not answer.
   */
  verify(token: string): Promise<Caller>;

  /**
   * Whether a caller verified before may still act: not expired, not signed out, by a key that the issuer still has, and of an issuer that
   * was heard of lately. To be asked at each push.
   */
  stillGood(caller: Caller): boolean;

  /** Forgets verified tokens: all (keys were rotated), or those of a session that has ended, which are then refused for the rest of their life. */
  drop(of?: { readonly session: string }): void;
}

/** The same verifier; `refused` is told why, each time a token is not believed, and nothing of the token. */
export const tellingRefusals = (verifier: TokenVerifier, refused: (why: TokenRefusal) => void): TokenVerifier => ({
  verify: async (token) => {
    try {
      return await verifier.verify(token);
    } catch (error) {
      if (!(error instanceof TryAgain)) refused(error instanceof BadToken ? error.why : 'unexpected');
      throw error;
    }
  },
  stillGood: (caller) => verifier.stillGood(caller),
  drop: (of) => verifier.drop(of),
});

/** What Nest injects the verifier by. */
export const TOKEN_VERIFIER = Symbol('TokenVerifier');
