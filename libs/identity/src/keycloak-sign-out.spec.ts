import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT } from 'jose';
import { keycloakSignOut, SIGNED_OUT_PATH } from './keycloak-sign-out.js';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
let server: Server;
let baseUrl: string;
let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
const keys: JWK[] = [];
const ended: string[] = [];

beforeAll(async () => {
  const app = express();
  server = createServer(app);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pair = await generateKeyPair('RS256', { extractable: true });
  privateKey = pair.privateKey;
  keys.push({ ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' });
  app.get('/realms/resguardo/protocol/openid-connect/certs', (_, response) => void response.json({ keys }));
  keycloakSignOut({
    app,
    baseUrl,
    realm: 'resguardo',
    client: 'portal',
    onSignOut: (session) => ended.push(session),
  });
});
beforeEach(() => ended.splice(0));
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

interface Bad {
  readonly claims?: JWTPayload;
  readonly typ?: string;
  readonly key?: typeof privateKey;
}
const said = async ({ claims = {}, typ = 'logout+jwt', key = privateKey }: Bad = {}): Promise<number> => {
  const now = Math.floor(Date.now() / 1000);
  const all = {
    iss: `${baseUrl}/realms/resguardo`,
    aud: 'portal',
    iat: now,
    exp: now + 60,
    jti: 'j-1',
    sub: 'u-1',
    sid: 's-1',
    events: { [EVENT]: {} },
    ...claims,
  };
  const token = await new SignJWT(Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)))
    .setProtectedHeader({ alg: 'RS256', kid: 'k1', typ })
    .sign(key);
  return posted(new URLSearchParams({ logout_token: token }));
};
const posted = async (body: URLSearchParams | string): Promise<number> =>
  (await fetch(`${baseUrl}${SIGNED_OUT_PATH}`, { method: 'POST', body })).status;

it('the session that Keycloak names has ended', async () => {
  expect([await said(), ended]).toEqual([200, ['s-1']]);
});

it.each<[string, () => Promise<Bad>]>([
  ['of another realm', async () => ({ claims: { iss: `${baseUrl}/realms/other` } })],
  ['for another client', async () => ({ claims: { aud: 'resguardo-api' } })],
  ['that is old', async () => ({ claims: { iat: 1_000_000_000 } })],
  ['that has expired', async () => ({ claims: { exp: 1_000_000_000 } })],
  ['without a session', async () => ({ claims: { sid: undefined } })],
  ['of another event', async () => ({ claims: { events: { other: {} } } })],
  ['that is an ID token', async () => ({ claims: { events: undefined }, typ: 'JWT' })],
  ['with a nonce', async () => ({ claims: { nonce: 'n' } })],
  ['of a stranger', async () => ({ key: (await generateKeyPair('RS256')).privateKey })],
])('a message %s ends nothing', async (_, bad) => {
  expect([await said(await bad()), ended]).toEqual([400, []]);
});

it('anything else ends nothing', async () => {
  for (const body of [new URLSearchParams(), new URLSearchParams({ logout_token: 'x' }), '{"logout_token":"x"}'])
    expect(await posted(body)).toBe(400);
  expect(ended).toEqual([]);
});
