import { createHash } from 'node:crypto';
import type { TokenRefusal } from '@resguardo/contracts';
import Keycloak from 'keycloak-connect';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import type { Caller } from './caller.js';
import { callerOf } from './claims.js';
import { BadToken, TryAgain, type TokenVerifier } from './token-verifier.js';

export interface KeycloakRealm {
  /** Address of the issuer without `/realms/…`. */
  readonly baseUrl: string;
  readonly realm: string;
  /** What must stand in `aud`. */
  readonly audience: string;
  /** Clients whose tokens are taken (`azp`). */
  readonly clients: readonly string[];
  /** Whether supervisors and administrators must have signed in with two factors; the embedded issuer knows one. */
  readonly secondFactor?: boolean;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
  /** Least time between two fetches of the issuer's keys. */
  readonly coolDownSeconds?: number;
}

/** Least time between two fetches of a Keycloak's keys, and so the longest that a token of a new key is answered TRY_AGAIN. */
export const KEYS_COOL_DOWN_SECONDS = 4;

/** How many verified tokens are remembered; the oldest goes first. */
const REMEMBERED = 10_000;
/** No access token of ours lives longer; one that claims to is refused whatever its `exp`. */
const MAX_TOKEN_AGE = '1h';
const CLOCK_TOLERANCE_SECONDS = 5;

/** The part of keycloak-connect that is used; its published types leave it out. */
interface GrantManager {
  createGrant(grant: { access_token: string }): Promise<unknown>;
  readonly rotation: { readonly jwks: readonly { kid?: string }[]; readonly lastTimeRequesTime: number };
}

/** What keycloak-connect says, as a whole sentence. */
const KEYCLOAK_SAYS: readonly (readonly [string, TokenRefusal])[] = [
  ['(expired)', 'expired'],
  ['(stale token)', 'expired'],
  ['(not signed)', 'malformed'],
  ['(wrong type)', 'claims'],
  ['(wrong ISS)', 'wrong-issuer'],
  ['(wrong audience)', 'wrong-audience'],
  ['(public key signature)', 'bad-signature'],
  ['failed to load public key', 'unknown-key'],
];
const saidByKeycloak = (reason: string): TokenRefusal =>
  KEYCLOAK_SAYS.find(([said]) => reason.includes(said))?.[1] ?? 'unexpected';

const saidByJose = (error: errors.JOSEError): TokenRefusal => {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'malformed';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'unexpected';
  return error.claim === 'iss' ? 'wrong-issuer' : error.claim === 'aud' ? 'wrong-audience' : 'claims';
};

/**
 * Both libraries, in this order, for neither alone suffices: keycloak-connect takes tokens without `exp` and with a future `nbf`,
 * jose takes ID tokens. Then the claims. It verifies RS256 only.
 */
export const keycloakTokenVerifier = ({
  baseUrl,
  realm,
  audience,
  clients,
  secondFactor = false,
  now = Date.now,
  coolDownSeconds = 10,
}: KeycloakRealm): TokenVerifier => {
  const issuer = `${baseUrl}/realms/${realm}`;
  const keycloak = new Keycloak({}, {
    realm,
    'auth-server-url': baseUrl,
    resource: audience,
    'bearer-only': true,
    'ssl-required': 'external',
    'confidential-port': 0,
    'verify-token-audience': true,
    'min-time-between-jwks-requests': coolDownSeconds,
  } as never) as unknown as { grantManager: GrantManager };
  const { grantManager } = keycloak;
  const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`), {
    cooldownDuration: coolDownSeconds * 1000,
    timeoutDuration: 5000,
  });

  const verified = new Map<string, Caller>();
  /** Ended sessions and when their last token has expired anyway. */
  const ended = new Map<string, number>();

  const kidOf = (token: string): string => {
    try {
      const { alg, kid } = decodeProtectedHeader(token);
      // Else keycloak-connect takes one whose claims cannot be read for an expired one.
      decodeJwt(token);
      if (alg === 'RS256' && typeof kid === 'string') return kid;
    } catch (cause) {
      throw new BadToken('not a token', 'malformed', { cause });
    }
    throw new BadToken('not signed with RS256 by a named key', 'malformed');
  };

  const byKeycloak = async (token: string, kid: string): Promise<void> => {
    const { rotation } = grantManager;
    const known = () => rotation.jwks.some((key) => key.kid === kid);
    const asked = rotation.lastTimeRequesTime;
    // Inside the cool-down the library fails with a TypeError that looks like a bad token; a key rotated just now must not.
    if (!known() && Date.now() / 1000 <= asked + coolDownSeconds) throw new TryAgain('the key is not known yet');
    try {
      await grantManager.createGrant({ access_token: token });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'refused';
      if (reason.includes('failed to load public key') && (rotation.lastTimeRequesTime === asked || known()))
        throw new TryAgain('the issuer does not answer', { cause });
      throw new BadToken(reason, saidByKeycloak(reason), { cause });
    }
  };

  const byJose = async (token: string): Promise<unknown> => {
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ['RS256'],
        requiredClaims: ['exp', 'iat', 'sub'],
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
        maxTokenAge: MAX_TOKEN_AGE,
        currentDate: new Date(now()),
      });
      return payload;
    } catch (cause) {
      // keycloak-connect has just believed the signature: a key that jose does not know is one it has not fetched yet.
      if (cause instanceof errors.JWKSNoMatchingKey || cause instanceof errors.JWKSTimeout)
        throw new TryAgain('the key is not known yet', { cause });
      if (cause instanceof errors.JOSEError && cause.code !== 'ERR_JOSE_GENERIC')
        throw new BadToken(cause.code, saidByJose(cause), { cause });
      throw new TryAgain('the issuer does not answer', { cause });
    }
  };

  const signedOut = ({ session }: Caller): boolean => session !== undefined && ended.has(session);
  const stillGood = (caller: Caller): boolean => caller.expiresAt * 1000 > now() && !signedOut(caller);
  const over = (caller: Caller) => new BadToken('expired or signed out', signedOut(caller) ? 'signed-out' : 'expired');

  const remember = (digest: string, caller: Caller): void => {
    if (verified.size >= REMEMBERED) verified.delete(verified.keys().next().value!);
    verified.set(digest, caller);
  };

  return {
    stillGood,
    async verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const seen = verified.get(digest);
      if (seen) {
        if (stillGood(seen)) return seen;
        verified.delete(digest);
        throw over(seen);
      }
      const kid = kidOf(token);
      await byKeycloak(token, kid);
      const caller = callerOf(await byJose(token), clients, secondFactor);
      if (!stillGood(caller)) throw over(caller);
      remember(digest, caller);
      return caller;
    },
    drop(of) {
      if (!of) return verified.clear();
      const at = now();
      for (const [session, until] of ended) if (until <= at) ended.delete(session);
      ended.set(of.session, at + 3_600_000);
      for (const [digest, { session }] of verified) if (session === of.session) verified.delete(digest);
    },
  };
};
