import { createHash } from 'node:crypto';
import type { TokenRefusal } from '@resguardo/contracts';
import Keycloak from 'keycloak-connect';
import { decodeJwt, decodeProtectedHeader, errors, type JWK, jwtVerify } from 'jose';
import type { Caller } from './caller.js';
import { callerOf } from './claims.js';
import { issuerKeys } from './issuer-keys.js';
import { BadToken, type TokenVerifier } from './token-verifier.js';

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
  /** Least time between two fetches of the issuer's keys; four seconds unless given. */
  readonly coolDownSeconds?: number;
}

/** Least time between two fetches of an issuer's keys, and so the longest that a token of a new key is answered TRY_AGAIN. */
const KEYS_COOL_DOWN_SECONDS = 4;

/** How many verified tokens are remembered; the oldest goes first. */
const REMEMBERED = 10_000;
/** No access token of ours lives longer; one that claims to is refused whatever its `exp`. */
const MAX_TOKEN_AGE = '1h';
const CLOCK_TOLERANCE_SECONDS = 5;

/** The part of keycloak-connect that is used; its published types leave it out. */
interface GrantManager {
  createGrant(grant: { access_token: string }): Promise<unknown>;
  readonly rotation: { jwks: readonly JWK[] };
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
  if (error instanceof errors.JWKSNoMatchingKey) return 'unknown-key';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'bad-signature';
  if (error instanceof errors.JWTInvalid || error instanceof errors.JWSInvalid) return 'malformed';
  if (!(error instanceof errors.JWTClaimValidationFailed)) return 'unexpected';
  return error.claim === 'iss' ? 'wrong-issuer' : error.claim === 'aud' ? 'wrong-audience' : 'claims';
};

/**
 * Both libraries, in this order, for neither alone suffices: keycloak-connect takes tokens without `exp` and with a future `nbf`,
 * jose takes ID tokens. Then the claims. It verifies RS256 only.
 *
 * A key that the issuer has taken away is believed for `KEYS_AGE_SECONDS` more: then none of its tokens is, neither a new one nor one that was
 * verified before. keycloak-connect alone would believe it for ever: which keys there are is asked here (`issuer-keys.ts`) and told to both.
 */
export const keycloakTokenVerifier = ({
  baseUrl,
  realm,
  audience,
  clients,
  secondFactor = false,
  now = Date.now,
  coolDownSeconds = KEYS_COOL_DOWN_SECONDS,
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
  } as never) as unknown as { grantManager: GrantManager };
  const { grantManager } = keycloak;
  const keys = issuerKeys(new URL(`${issuer}/protocol/openid-connect/certs`), coolDownSeconds, now);

  const verified = new Map<string, Caller>();
  /** The key by which they were believed. */
  const signedWith = new WeakMap<Caller, string>();
  /** Ended sessions and when their last token has expired anyway. */
  const ended = new Map<string, number>();

  const decoded = (token: string) => {
    try {
      // Else keycloak-connect takes one whose claims cannot be read for an expired one.
      return { ...decodeProtectedHeader(token), exp: decodeJwt(token).exp };
    } catch (cause) {
      throw new BadToken('not a token', 'malformed', { cause });
    }
  };
  const kidOf = (token: string): string => {
    const { alg, kid, exp } = decoded(token);
    if (alg !== 'RS256' || typeof kid !== 'string')
      throw new BadToken('not signed with RS256 by a named key', 'malformed');
    // A page that was left open comes with a key of long ago; it is no stranger.
    if (exp !== undefined && exp * 1000 <= now()) throw new BadToken('expired', 'expired');
    return kid;
  };

  const byKeycloak = async (token: string): Promise<void> => {
    // Inside a cool-down of its own the library fails with a TypeError that looks like a bad token; it knows the key and asks for none.
    grantManager.rotation.jwks = keys.list();
    try {
      await grantManager.createGrant({ access_token: token });
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : 'refused';
      throw new BadToken(reason, saidByKeycloak(reason), { cause });
    }
  };

  const byJose = async (token: string): Promise<unknown> => {
    try {
      const { payload } = await jwtVerify(token, keys.find, {
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
      if (cause instanceof errors.JOSEError) throw new BadToken(cause.code, saidByJose(cause), { cause });
      throw cause;
    }
  };

  const endedBy = (caller: Caller): TokenRefusal | undefined => {
    if (caller.session !== undefined && ended.has(caller.session)) return 'signed-out';
    if (caller.expiresAt * 1000 <= now()) return 'expired';
    const kid = signedWith.get(caller);
    return kid !== undefined && keys.isWithdrawn(kid) ? 'unknown-key' : undefined;
  };
  const mustBeGood = (caller: Caller): void => {
    const why = endedBy(caller);
    if (why) throw new BadToken('expired, signed out or of a key that was taken away', why);
  };

  const remember = (digest: string, caller: Caller): void => {
    if (verified.size >= REMEMBERED) verified.delete(verified.keys().next().value!);
    verified.set(digest, caller);
  };

  return {
    stillGood: (caller) => endedBy(caller) === undefined && !keys.areTooOld(),
    async verify(token) {
      const digest = createHash('sha256').update(token).digest('base64');
      const seen = verified.get(digest);
      if (seen) {
        try {
          mustBeGood(seen);
          await keys.need(signedWith.get(seen)!);
          return seen;
        } catch (error) {
          if (error instanceof BadToken) verified.delete(digest);
          throw error;
        }
      }
      const kid = kidOf(token);
      await keys.need(kid);
      await byKeycloak(token);
      const caller = callerOf(await byJose(token), clients, secondFactor);
      signedWith.set(caller, kid);
      mustBeGood(caller);
      keys.keepFresh(caller.expiresAt * 1000);
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
