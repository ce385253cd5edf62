import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair, type JWK } from 'jose';
import { DEMO_PASSWORD, demoAccounts } from './demo-accounts.js';
import { assertEmbeddedIssuerAllowed, AUDIENCE, type EmbeddedIssuer, embeddedIssuer } from './embedded-issuer.js';
import { keycloakTokenVerifier } from './keycloak-token-verifier.js';
import { BadToken, type TokenVerifier } from './token-verifier.js';

let server: Server;
let baseUrl: string;
let embedded: EmbeddedIssuer;
let verifier: TokenVerifier;
let redirect: string;

beforeAll(async () => {
  const app = express();
  server = createServer(app);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  redirect = `${baseUrl}/callback`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk: JWK = { ...(await exportJWK(privateKey)), kid: 'k1' };
  verifier = keycloakTokenVerifier({ baseUrl, realm: 'resguardo', audience: AUDIENCE, clients: ['portal'] });
  embedded = await embeddedIssuer({
    app,
    baseUrl,
    jwk,
    accounts: demoAccounts(),
    redirectUris: [redirect],
    onSignOut: (session) => verifier.drop({ session }),
  });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

/** A browser in small: keeps cookies, follows nothing by itself. */
const browser = () => {
  const jar = new Map<string, string>();
  return async (url: string, body?: Record<string, string>, language = 'es-MX') => {
    const answer = await fetch(new URL(url, baseUrl), {
      redirect: 'manual',
      method: body ? 'POST' : 'GET',
      headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '), 'accept-language': language },
      ...(body && { body: new URLSearchParams(body) }),
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '') jar.delete(name!);
      else jar.set(name!, value!);
    }
    return {
      status: answer.status,
      to: answer.headers.get('location') ?? '',
      headers: answer.headers,
      text: await answer.text(),
    };
  };
};
const verifierCode = randomBytes(32).toString('base64url');
const authorize = (extra: Record<string, string> = {}) =>
  `${embedded.issuer}/protocol/openid-connect/auth?${new URLSearchParams({
    client_id: 'portal',
    response_type: 'code',
    scope: 'openid profile',
    redirect_uri: redirect,
    state: 'st',
    code_challenge: createHash('sha256').update(verifierCode).digest('base64url'),
    code_challenge_method: 'S256',
    ...extra,
  })}`;
const tokens = async (body: Record<string, string>) => {
  const answer = await fetch(`${embedded.issuer}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'portal', ...body }),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, string> };
};
const signIn = async (go: ReturnType<typeof browser>, username: string) => {
  const form = (await go(authorize())).to;
  let { to } = await go(form, { username, password: DEMO_PASSWORD });
  while (to && !to.startsWith(redirect)) ({ to } = await go(to));
  const code = new URL(to).searchParams.get('code')!;
  return tokens({ grant_type: 'authorization_code', code, redirect_uri: redirect, code_verifier: verifierCode });
};

it('discovery names Keycloak’s paths', async () => {
  const found = (await (await fetch(`${embedded.issuer}/.well-known/openid-configuration`)).json()) as Record<
    string,
    string
  >;
  expect(found).toMatchObject({
    issuer: embedded.issuer,
    authorization_endpoint: `${embedded.issuer}/protocol/openid-connect/auth`,
    token_endpoint: `${embedded.issuer}/protocol/openid-connect/token`,
    jwks_uri: `${embedded.issuer}/protocol/openid-connect/certs`,
    end_session_endpoint: `${embedded.issuer}/protocol/openid-connect/logout`,
  });
});

it('signs in with code and PKCE, refreshes, and signs out, after which the session’s token is refused', async () => {
  const go = browser();
  const first = await signIn(go, 'fiscalia.morelos');
  expect(first.status).toBe(200);
  const caller = await verifier.verify(first.body['access_token']!);
  expect(caller).toMatchObject({ sub: 'demo:fiscalia.morelos', role: 'OFFICER', agency: 'PROSECUTOR', states: ['17'] });
  expect(caller.session).toEqual(expect.any(String));

  const next = await tokens({ grant_type: 'refresh_token', refresh_token: first.body['refresh_token']! });
  expect(await verifier.verify(next.body['access_token']!)).toMatchObject({ session: caller.session });
  const reused = await tokens({ grant_type: 'refresh_token', refresh_token: first.body['refresh_token']! });
  expect(reused.status).toBe(400);

  const logout = await go(
    `${embedded.issuer}/protocol/openid-connect/logout?${new URLSearchParams({ id_token_hint: first.body['id_token']!, post_logout_redirect_uri: redirect })}`,
  );
  const [, action] = /action="([^"]+)"/.exec(logout.text)!;
  const [, xsrf] = /name="xsrf" value="([^"]+)"/.exec(logout.text)!;
  const done = await go(action!, { xsrf: xsrf!, logout: 'yes' });
  expect(done.to).toBe(redirect);
  expect(verifier.stillGood(caller)).toBe(false);
  await expect(verifier.verify(first.body['access_token']!)).rejects.toThrow(BadToken);
});

it('the ID token carries who it is, and is not taken as an access token', async () => {
  const { body } = await signIn(browser(), 'supervision.salud');
  const claims = JSON.parse(Buffer.from(body['id_token']!.split('.')[1]!, 'base64url').toString()) as object;
  expect(claims).toMatchObject({ agency: 'HEALTH', preferred_username: 'supervision.salud' });
  await expect(verifier.verify(body['id_token']!)).rejects.toThrow(BadToken);
  await expect(verifier.verify(body['refresh_token']!)).rejects.toThrow(BadToken);
});

it('the sign-in page is labelled, in Spanish first, and says in words what was wrong without losing the user name', async () => {
  const go = browser();
  const form = (await go(authorize())).to;
  const page = await go(form);
  expect(page.text).toContain('lang="es-MX"');
  expect(page.text).toMatch(/<label for="username">Usuario<\/label>/);
  expect(page.text).toMatch(/<label for="password">Contraseña<\/label>/);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await go(form, undefined, 'en-US')).text).toContain('<html lang="en">');
  const wrong = await go(form, { username: '"><b>x', password: 'no' });
  expect(wrong.status).toBe(401);
  expect(wrong.text).toContain('role="alert"');
  expect(wrong.text).not.toContain('<b>x');
});

it('the sixth attempt after five wrong passwords waits, also with the right one', async () => {
  const go = browser();
  const form = (await go(authorize())).to;
  for (let i = 0; i < 5; i++) await go(form, { username: 'salud.nayarit', password: 'no' });
  const waiting = await go(form, { username: 'salud.nayarit', password: DEMO_PASSWORD });
  expect(waiting.status).toBe(401);
  expect(waiting.text).toContain('Espere un minuto');
});

it('without PKCE, to a foreign address, or by password there is no token', async () => {
  const go = browser();
  expect((await go(authorize({ code_challenge: '' }))).to).toContain('error=invalid_request');
  expect((await go(authorize({ redirect_uri: 'https://example.org/' }))).status).toBe(400);
  const direct = await tokens({ grant_type: 'password', username: 'fiscalia.morelos', password: DEMO_PASSWORD });
  expect(direct.status).toBe(400);
});

it('R-721: an account that has ended signs in no more, and its refresh token is worth nothing', async () => {
  const { body } = await signIn(browser(), 'comision.nayarit');
  embedded.endAccount('comision.nayarit');
  expect((await tokens({ grant_type: 'refresh_token', refresh_token: body['refresh_token']! })).status).toBe(400);
  const go = browser();
  const form = (await go(authorize())).to;
  expect((await go(form, { username: 'comision.nayarit', password: DEMO_PASSWORD })).status).toBe(401);
});

it('does not start in production or off loopback', () => {
  expect(() => assertEmbeddedIssuerAllowed('http://127.0.0.1:1', 'production')).toThrow('NODE_ENV=production');
  expect(() => assertEmbeddedIssuerAllowed('http://192.0.2.7:80', undefined)).toThrow('loopback');
  expect(() => assertEmbeddedIssuerAllowed('http://127.0.0.1.example.org', undefined)).toThrow('loopback');
  expect(() => assertEmbeddedIssuerAllowed('http://127.0.0.1:1', 'test')).not.toThrow();
});
