import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { demoAccounts } from '@resguardo/identity';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

/**
 * The demo accounts' issuer with keys of the test's own: it publishes them where Keycloak does, signs what it is told to, and takes another key at a
 * word. What Keycloak itself does then is asked in `keycloak-journeys.engine.ts`.
 */
export const issuerWithKeys = async () => {
  const keys: { readonly jwk: JWK; readonly privateKey: CryptoKey }[] = [];
  const server = createServer((request, response) => {
    const isAsked = request.url === '/realms/resguardo/protocol/openid-connect/certs';
    response.writeHead(isAsked ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isAsked ? { keys: keys.map(({ jwk }) => jwk) } : {}));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** A new key, with which everything is signed from now on; the earlier ones stay known. */
  const rotate = async (): Promise<void> => {
    const { publicKey, privateKey } = await generateKeyPair('RS256');
    const jwk = { ...(await exportJWK(publicKey)), kid: randomUUID(), use: 'sig', alg: 'RS256' };
    keys.push({ jwk, privateKey });
  };
  /** Takes all keys away but the last. What it gives signs with the one before that, as somebody would who has stolen it. */
  const withdraw = () => {
    const gone = keys.splice(0, keys.length - 1).at(-1);
    if (!gone) throw new Error('there is no other key');
    return (username: string, seconds: number) => signed(gone, username, seconds);
  };
  const signed = ({ jwk, privateKey }: (typeof keys)[number], username: string, seconds: number): Promise<string> => {
    const { sub, role, agency, states } = demoAccounts().find((one) => one.username === username)!;
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({
      ...{ typ: 'Bearer', azp: 'portal', acr: '2', preferred_username: username, scope: 'openid profile' },
      ...{ realm_access: { roles: [role] }, agency, states },
    })
      .setProtectedHeader({ alg: 'RS256', kid: jwk.kid!, typ: 'JWT' })
      .setIssuer(`${url}/realms/resguardo`)
      .setAudience('resguardo-api')
      .setSubject(sub)
      .setIssuedAt(Math.min(now, now + seconds))
      .setExpirationTime(now + seconds)
      .setJti(randomUUID())
      .sign(privateKey);
  };
  await rotate();
  return {
    url,
    rotate,
    withdraw,
    /** @param seconds how long it is good; below zero: ended so long ago */
    token: (username: string, seconds: number): Promise<string> => signed(keys.at(-1)!, username, seconds),
    close: () => new Promise<unknown>((closed) => server.close(closed)),
  };
};
export type IssuerWithKeys = Awaited<ReturnType<typeof issuerWithKeys>>;
