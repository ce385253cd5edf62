import express, { type Express } from 'express';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { z } from 'zod';

export interface KeycloakSignOutOptions {
  readonly app: Express;
  /** Address of Keycloak without `/realms/…`. */
  readonly baseUrl: string;
  readonly realm: string;
  /** The client whose sessions end here. */
  readonly client: string;
  /** Called with the session that has ended, so that its tokens are refused at once. */
  readonly onSignOut: (session: string) => void;
}

/** Where Keycloak says that a session has ended (`backchannel.logout.url` of the portal's client). */
export const SIGNED_OUT_PATH = '/signed-out';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** No `nonce`: whatever has one is an ID token. */
const Claims = z.object({
  sid: z.string().min(1),
  events: z.object({ [EVENT]: z.object({}) }),
  nonce: z.undefined().optional(),
});

/** OpenID Connect Back-Channel Logout 1.0: whoever signs out at Keycloak, or is signed out there, is out here as well. */
export const keycloakSignOut = ({ app, baseUrl, realm, client, onSignOut }: KeycloakSignOutOptions): void => {
  const issuer = `${baseUrl}/realms/${realm}`;
  const keys = createRemoteJWKSet(new URL(`${issuer}/protocol/openid-connect/certs`), {
    // It is said once: a key that is new must not be waited for.
    cooldownDuration: 1000,
    timeoutDuration: 5000,
  });
  app.post(SIGNED_OUT_PATH, express.urlencoded({ extended: false, limit: '8kb' }), async (request, response) => {
    response.setHeader('cache-control', 'no-store');
    try {
      const { logout_token: token } = z.object({ logout_token: z.string() }).parse(request.body);
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience: client,
        algorithms: ['RS256'],
        typ: 'logout+jwt',
        requiredClaims: ['iat', 'jti'],
        maxTokenAge: '2m',
        clockTolerance: 5,
      });
      onSignOut(Claims.parse(payload).sid);
    } catch {
      response.status(400).json({ error: 'invalid_request' });
      return;
    }
    response.status(200).end();
  });
};
