import { createHash, timingSafeEqual } from 'node:crypto';
import express, { type Express, type Request, type Response } from 'express';
import { importJWK, type JWK, SignJWT } from 'jose';
import type { Context } from 'oidc-provider';
import type { Account } from './demo-accounts.js';
import { issuerMemory } from './issuer-memory.js';
import { contentSecurityPolicy, failedPage, languageOf, loggedOutPage, loginPage, logoutPage } from './login-page.js';

/** Names shared with the realm of a real Keycloak. */
export const REALM = 'resguardo';
export const AUDIENCE = 'resguardo-api';
export const PORTAL_CLIENT = 'portal';

const KEYCLOAK = '/protocol/openid-connect';
const SCOPE = 'openid profile';
const ATTEMPTS = 5;
const WAIT_MS = 60_000;

export interface EmbeddedIssuerOptions {
  readonly app: Express;
  /** Where `app` answers, without a slash at the end; on loopback. */
  readonly baseUrl: string;
  /** Private RSA key with `kid`; made and kept by the caller, file mode 0600. */
  readonly jwk: JWK;
  readonly accounts: readonly Account[];
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris?: readonly string[];
  /** Life of an access token; 300 unless given. */
  readonly accessTtlSeconds?: number;
  /** Adds Keycloak's direct access grant. For tests only. */
  readonly testGrants?: boolean;
  /** Called with the session that a sign-out ended, so that its tokens can be refused at once. */
  readonly onSignOut?: (session: string) => void;
}

export interface EmbeddedIssuer {
  readonly issuer: string;
  /** from now on the account gets no token; nobody signs in with it again. */
  endAccount(username: string): void;
}

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The embedded issuer has printed passwords: it is for one machine and its one user.
 * @throws Error in production, or when its address is not loopback.
 */
export const assertEmbeddedIssuerAllowed = (baseUrl: string, nodeEnv: string | undefined): void => {
  if (nodeEnv === 'production')
    throw new Error(
      'The embedded issuer does not start with NODE_ENV=production; give the address of a Keycloak realm',
    );
  const { hostname } = new URL(baseUrl);
  if (!LOOPBACK.includes(hostname)) throw new Error(`The embedded issuer answers on loopback only, not on ${hostname}`);
};

/** Claims of Keycloak's access tokens, as this product reads them. */
const claimsOf = ({ username, role, agency, states }: Account) => ({
  preferred_username: username,
  agency,
  states,
  realm_access: { roles: [role] },
});

const same = (given: string, wanted: string): boolean =>
  timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(wanted).digest());

/** Five wrong passwords for one user name, then a minute's wait. */
const attempts = () => {
  const failed = new Map<string, { count: number; until: number }>();
  return {
    mustWait: (username: string) => {
      const found = failed.get(username);
      return found !== undefined && found.count >= ATTEMPTS && found.until > Date.now();
    },
    wrong: (username: string) => {
      const found = failed.get(username);
      const count = found && found.until > Date.now() ? found.count + 1 : 1;
      failed.delete(username);
      failed.set(username, { count, until: Date.now() + WAIT_MS });
      // The one that failed longest ago goes: a spray of invented names must not lift everybody's wait.
      if (failed.size > 10_000) failed.delete(failed.keys().next().value!);
    },
    right: (username: string) => failed.delete(username),
  };
};

/**
 * An OpenID Connect issuer under Keycloak's paths, in the given express app, before its other routes:
 * authorization code with PKCE for the portal, refresh tokens, sign-out. Its sessions are lost at a restart.
 * @throws Error in production or off loopback.
 */
export const embeddedIssuer = async ({
  app,
  baseUrl,
  jwk,
  accounts: all,
  redirectUris,
  postLogoutRedirectUris = redirectUris,
  accessTtlSeconds = 300,
  testGrants = false,
  onSignOut,
}: EmbeddedIssuerOptions): Promise<EmbeddedIssuer> => {
  assertEmbeddedIssuerAllowed(baseUrl, process.env['NODE_ENV']);
  // Loaded here: a service that only checks tokens has no issuer in it.
  const { default: Provider } = await import('oidc-provider');
  const base = `/realms/${REALM}`;
  const issuer = `${baseUrl}${base}`;
  const ended = new Set<string>();
  const byName = (username: string) => all.find((account) => account.username === username && !ended.has(username));
  const bySub = (sub: string) => all.find((account) => account.sub === sub && !ended.has(account.username));
  const tries = attempts();
  const policy = contentSecurityPolicy([...new Set(redirectUris.map((uri) => new URL(uri).origin))]);

  const signIn = (username: string, password: string): Account | 'wrong' | 'wait' => {
    if (tries.mustWait(username)) return 'wait';
    const account = byName(username);
    // Compared also when there is no such account: the answer takes as long.
    if (!same(password, account?.password ?? '') || !account) {
      tries.wrong(username);
      return 'wrong';
    }
    tries.right(username);
    return account;
  };

  const language = (ctx: Context) => languageOf(ctx.oidc.params?.['ui_locales'], ctx.get('accept-language'));
  const show = (ctx: Context, html: string) => {
    ctx.type = 'html';
    ctx.set('content-security-policy', policy);
    ctx.body = html;
  };

  const resourceServer = {
    scope: SCOPE,
    audience: AUDIENCE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: accessTtlSeconds,
    jwt: { sign: { alg: 'RS256' } },
  };
  const provider = new Provider(issuer, {
    adapter: issuerMemory(),
    jwks: { keys: [{ use: 'sig', alg: 'RS256', ...jwk }] },
    cookies: { keys: [createHash('sha256').update(`cookies:${jwk.d}`).digest('base64')] },
    clients: [
      {
        client_id: PORTAL_CLIENT,
        token_endpoint_auth_method: 'none',
        redirect_uris: redirectUris,
        post_logout_redirect_uris: postLogoutRedirectUris,
        response_types: ['code'],
        grant_types: ['authorization_code', 'refresh_token', ...(testGrants ? ['password'] : [])],
      },
    ],
    routes: {
      authorization: `${KEYCLOAK}/auth`,
      token: `${KEYCLOAK}/token`,
      jwks: `${KEYCLOAK}/certs`,
      userinfo: `${KEYCLOAK}/userinfo`,
      revocation: `${KEYCLOAK}/revoke`,
      end_session: `${KEYCLOAK}/logout`,
    },
    scopes: ['openid', 'profile', 'offline_access'],
    claims: { openid: ['sub', 'sid'], profile: ['preferred_username', 'name', 'agency', 'states', 'realm_access'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    clientBasedCORS: (_ctx: Context, origin: string) => redirectUris.some((uri) => new URL(uri).origin === origin),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    ttl: {
      AccessToken: () => accessTtlSeconds,
      AuthorizationCode: () => 60,
      IdToken: () => accessTtlSeconds,
      RefreshToken: () => 8 * 3600,
      Grant: () => 12 * 3600,
      Interaction: () => 3600,
      Session: () => 12 * 3600,
    },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true, allowedPolicy: () => true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${AUDIENCE}`,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer,
      },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx: Context, form: string) =>
          show(ctx, logoutPage(language(ctx), form, ctx.oidc.entities.IdTokenHint !== undefined)),
        postLogoutSuccessSource: (ctx: Context) => show(ctx, loggedOutPage(language(ctx))),
      },
    },
    renderError: (ctx: Context) => show(ctx, failedPage(languageOf(undefined, ctx.get('accept-language')))),
    interactions: { url: (_ctx: Context, { uid }: { uid: string }) => `${base}/login/${uid}` },
    async findAccount(_ctx: Context, sub: string) {
      const account = bySub(sub);
      return account && { accountId: sub, claims: () => ({ sub, name: account.display.es, ...claimsOf(account) }) };
    },
    extraTokenClaims(_ctx: Context, token: { accountId: string; clientId: string; sessionUid?: string }) {
      const account = bySub(token.accountId);
      return {
        typ: 'Bearer',
        azp: token.clientId,
        ...(token.sessionUid && { sid: token.sessionUid }),
        ...(account && claimsOf(account)),
      };
    },
    /** The portal is ours: nobody is asked whether it may know who they are. */
    async loadExistingGrant(ctx: Context) {
      const { client, session, result } = ctx.oidc;
      const known = result?.consent?.grantId ?? session?.grantIdFor(client.clientId);
      const found = known ? await ctx.oidc.provider.Grant.find(known) : undefined;
      if (found) return found;
      const grant = new ctx.oidc.provider.Grant({ clientId: client.clientId, accountId: session!.accountId! });
      grant.addOIDCScope(SCOPE);
      grant.addResourceScope(`urn:${AUDIENCE}`, SCOPE);
      await grant.save();
      return grant;
    },
  });
  provider.on('end_session.success', ({ oidc: { session } }) => {
    if (session) onSignOut?.(session.uid);
  });

  if (testGrants)
    provider.registerGrantType(
      'password',
      async (ctx) => {
        const { username = '', password = '' } = ctx.oidc.params;
        const account = signIn(username, password);
        if (typeof account === 'string') {
          ctx.status = 401;
          ctx.body = { error: 'invalid_grant', error_description: 'Invalid user credentials' };
          return;
        }
        const token = await mint({ issuer, jwk, ttlSeconds: accessTtlSeconds })(account);
        ctx.body = { access_token: token, expires_in: accessTtlSeconds, token_type: 'Bearer', scope: SCOPE };
      },
      ['username', 'password', 'scope'],
    );

  const login = `${base}/login/:uid`;
  const answer = (res: Response, html: string, status = 200) =>
    res
      .status(status)
      .set({ 'content-security-policy': policy, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .type('html')
      .send(html);
  /** An interaction that has ended or was begun in another browser is not an error of ours. */
  const withInteraction =
    (next: (req: Request, res: Response, params: Record<string, unknown>) => Promise<unknown>) =>
    async (req: Request, res: Response): Promise<void> => {
      try {
        const { params } = await provider.interactionDetails(req, res);
        await next(req, res, params);
      } catch {
        answer(res, failedPage(languageOf(undefined, req.headers['accept-language'])), 400);
      }
    };
  app.get(
    login,
    withInteraction(async (req, res, { ui_locales }) =>
      answer(res, loginPage(languageOf(ui_locales, req.headers['accept-language']), req.originalUrl)),
    ),
  );
  app.post(
    login,
    express.urlencoded({ extended: false, limit: '4kb' }),
    withInteraction(async (req, res, { ui_locales }) => {
      const { username: given, password } = (req.body ?? {}) as Record<string, unknown>;
      const username = String(given ?? '')
        .trim()
        .slice(0, 80);
      const account = signIn(username, String(password ?? ''));
      if (typeof account === 'string') {
        const spoken = languageOf(ui_locales, req.headers['accept-language']);
        return answer(res, loginPage(spoken, req.originalUrl, { username, problem: account }), 401);
      }
      return provider.interactionFinished(req, res, { login: { accountId: account.sub } });
    }),
  );
  app.use(base, provider.callback());

  return { issuer, endAccount: (username) => void ended.add(username) };
};

/** Signs access tokens as the issuer would, without it. For tests and benchmarks. */
export const mint =
  ({ issuer, jwk, ttlSeconds = 300 }: { issuer: string; jwk: JWK; ttlSeconds?: number }) =>
  async (account: Account, claims: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const now = Math.floor(Date.now() / 1000);
    const all = {
      iss: issuer,
      aud: AUDIENCE,
      sub: account.sub,
      jti: crypto.randomUUID(),
      iat: now,
      exp: now + ttlSeconds,
      typ: 'Bearer',
      azp: PORTAL_CLIENT,
      ...claimsOf(account),
      ...claims,
    };
    // A claim given as undefined is left out.
    const said = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(said)
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: jwk.kid! })
      .sign(await importJWK(jwk, 'RS256'));
  };
