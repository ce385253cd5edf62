import { createHash, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { decodeProtectedHeader, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { Statement } from './wire.js';

const TYP = 'resguardo-service+jwt';
const ALG = 'EdDSA';
/** How long a signed request may be on its way, in seconds. */
const LIFE_SECONDS = 30;
/** How far two machines' clocks may be apart, in seconds. */
const SKEW_SECONDS = 5;

/** What a signature speaks of: this request and no other. */
export interface Request {
  readonly method: string;
  /** Path and query, as on the request line. */
  readonly path: string;
  readonly body: Uint8Array;
  /** The caller's bearer token that goes along. */
  readonly token?: string;
}

/** A service's own key: Ed25519. It never leaves that service. */
export interface ServiceKey {
  readonly service: string;
  /** Names the key among those of the service: a new one is made known before it is used. */
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** A service's key as the keeper knows it. */
export interface KnownServiceKey {
  readonly service: string;
  readonly kid: string;
  readonly publicKey: KeyObject;
}

const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('base64url');

/** The value of the service's header for one request; a second request needs a second one. */
export const serviceSigner = (
  { service, kid, privateKey }: ServiceKey,
  { audience, now = Date.now }: { readonly audience: string; readonly now?: () => number },
) => {
  return ({ method, path, body, token }: Request, statement?: Statement): Promise<string> => {
    const iat = Math.floor(now() / 1000);
    return new SignJWT({
      htm: method,
      htu: path,
      bdy: sha256(body),
      ...(token !== undefined && { ath: sha256(token) }),
      ...(statement && { obo: statement }),
    })
      .setProtectedHeader({ alg: ALG, typ: TYP, kid })
      .setIssuer(service)
      .setAudience(audience)
      .setIssuedAt(iat)
      .setExpirationTime(iat + LIFE_SECONDS)
      .setJti(randomUUID())
      .sign(privateKey);
  };
};
export type ServiceSigner = ReturnType<typeof serviceSigner>;

const Claims = z.object({
  iss: z.string(),
  iat: z.number(),
  exp: z.number(),
  jti: z.uuid(),
  htm: z.string(),
  htu: z.string(),
  bdy: z.string(),
  ath: z.string().optional(),
  obo: Statement.optional(),
});
export type ServiceClaims = z.infer<typeof Claims>;

/** The service is not believed. `why` is for the keeper's log; the other side is told only that. */
export class ServiceNotBelieved extends Error {
  constructor(
    why: string,
    readonly replayed = false,
    options?: { cause?: unknown },
  ) {
    super(why, options);
    this.name = 'ServiceNotBelieved';
  }
}

/** Remembers which signed requests were served, for as long as they could be served again. */
const replayWindow = (now: () => number) => {
  const served = new Map<string, number>();
  return (id: string, until: number): boolean => {
    // All live equally long, so the oldest stand first.
    for (const [old, gone] of served) {
      if (gone > now()) break;
      served.delete(old);
    }
    if (served.has(id)) return false;
    served.set(id, until);
    return true;
  };
};

/**
 * Believes a service's header: signature by a known key of that service, audience, time, and not served before by this process.
 * Whether body and token are those that it speaks of is asked by `isAbout`, once they are read.
 */
export const serviceVerifier = ({
  audience,
  keys,
  now = Date.now,
}: {
  readonly audience: string;
  /** Asked for each request: keys may be added and taken away while it runs. */
  readonly keys: () => readonly KnownServiceKey[];
  readonly now?: () => number;
}) => {
  const isNew = replayWindow(now);
  return async (
    header: string | undefined,
    { method, path }: Pick<Request, 'method' | 'path'>,
  ): Promise<ServiceClaims> => {
    if (!header) throw new ServiceNotBelieved('no header');
    let kid: unknown;
    try {
      ({ kid } = decodeProtectedHeader(header));
    } catch (cause) {
      throw new ServiceNotBelieved('not a token', false, { cause });
    }
    const key = keys().find((known) => known.kid === kid);
    if (!key) throw new ServiceNotBelieved('unknown key');
    const payload = await jwtVerify(header, key.publicKey, {
      algorithms: [ALG],
      typ: TYP,
      issuer: key.service,
      audience,
      requiredClaims: ['exp', 'iat', 'jti'],
      maxTokenAge: LIFE_SECONDS,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now()),
    }).then(
      (verified) => verified.payload,
      (cause: Error & { code?: string; claim?: string }) => {
        throw new ServiceNotBelieved(`${cause.code ?? cause.name} ${cause.claim ?? ''}`.trim(), false, { cause });
      },
    );
    const read = Claims.safeParse(payload);
    if (!read.success)
      throw new ServiceNotBelieved(`claims: ${read.error.issues.map(({ path: at }) => at.join('.')).join(', ')}`);
    const claims = read.data;
    if (claims.htm !== method || claims.htu !== path) throw new ServiceNotBelieved('signed for another request');
    if (!isNew(claims.jti, (claims.iat + LIFE_SECONDS + 2 * SKEW_SECONDS) * 1000))
      throw new ServiceNotBelieved('served before', true);
    return claims;
  };
};

/** @throws ServiceNotBelieved when body or token is not the one that was signed. */
export const isAbout = ({ bdy, ath }: ServiceClaims, { body, token }: Pick<Request, 'body' | 'token'>): void => {
  if (bdy !== sha256(body)) throw new ServiceNotBelieved('another body');
  if (ath !== (token === undefined ? undefined : sha256(token))) throw new ServiceNotBelieved('another caller’s token');
};
