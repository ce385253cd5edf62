import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BadToken, demoAccounts, embeddedIssuer, mint, REALM, SECOND_FACTOR_LEVEL } from '@resguardo/identity';
import express from 'express';
import { exportJWK, generateKeyPair } from 'jose';
import { callersAt } from './callers.js';

let server: Server;
let url: string;
let signed: ReturnType<typeof mint>;

beforeAll(async () => {
  const app = express();
  server = createServer(app);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'k1' };
  const { issuer } = await embeddedIssuer({
    app,
    baseUrl: url,
    jwk,
    accounts: demoAccounts(),
    redirectUris: [`${url}/cb`],
  });
  signed = mint({ issuer, jwk });
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

it('a service takes supervisors of a Keycloak with two factors only; demo accounts have one', async () => {
  const supervisor = demoAccounts().find(({ role }) => role === 'SUPERVISOR')!;
  const refused: string[] = [];
  const at = (DEMO_ACCOUNTS: boolean) =>
    callersAt({ IDENTITY_URL: url, IDENTITY_REALM: REALM, DEMO_ACCOUNTS }, (why) => refused.push(why)).verifier;
  const one = await signed(supervisor);
  const two = await signed(supervisor, { acr: String(SECOND_FACTOR_LEVEL) });
  await expect(at(false).verify(one)).rejects.toThrow(BadToken);
  expect(refused).toEqual(['one-factor']);
  expect(await at(false).verify(two)).toMatchObject({ sub: supervisor.sub });
  expect(await at(true).verify(one)).toMatchObject({ sub: supervisor.sub });
  expect(refused).toHaveLength(1);
});
