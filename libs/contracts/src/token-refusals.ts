/**
 * Why a token was not believed: a closed list, for whoever counts. The caller is told only that it was not; what could not be judged
 * (its key is not known yet, the issuer is away) is no refusal.
 */
export const TOKEN_REFUSALS = [
  'expired',
  'signed-out',
  'malformed',
  /** Signed by a key that the issuer does not have. */
  'unknown-key',
  /** Not by the key that it names. */
  'bad-signature',
  'wrong-issuer',
  'wrong-audience',
  /** Made for another client than the portal. */
  'wrong-client',
  /** Of somebody whom this agency's service does not answer. */
  'other-agency',
  /** Of somebody who signs in with two factors, and did with one. */
  'one-factor',
  /** Something else that it says, or does not. */
  'claims',
  /** Neither believed nor refused: verifying itself failed. */
  'unexpected',
] as const;
export type TokenRefusal = (typeof TOKEN_REFUSALS)[number];
