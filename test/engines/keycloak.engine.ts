import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { type RunningKeycloak, startKeycloak } from '../../infra/engines/index.js';

const REALM = {
  realm: 'harness',
  enabled: true,
  sslRequired: 'none',
  clients: [{ clientId: 'harness', publicClient: true, directAccessGrantsEnabled: true, enabled: true }],
  users: [
    {
      username: 'officer',
      enabled: true,
      email: 'officer@example.org',
      firstName: 'Invented',
      lastName: 'Officer',
      credentials: [{ type: 'password', value: 'officer-secret' }],
    },
  ],
};

let dir: string;
let keycloak: RunningKeycloak;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'resguardo-realm-'));
  const realmFile = join(dir, 'realm.json');
  writeFileSync(realmFile, JSON.stringify(REALM));
  keycloak = await startKeycloak({ realmFile });
});
afterAll(async () => {
  await keycloak?.stop();
  rmSync(dir, { recursive: true, force: true });
});

const tokenFor = (password: string) =>
  fetch(`${keycloak.url}/realms/${keycloak.realm}/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'password', client_id: 'harness', username: 'officer', password }),
  });

it('issues a token to a user of the imported realm', async () => {
  const response = await tokenFor('officer-secret');
  const { access_token } = (await response.json()) as { access_token: string };
  expect(decodeJwt(access_token)).toMatchObject({
    iss: `${keycloak.url}/realms/harness`,
    preferred_username: 'officer',
    typ: 'Bearer',
  });
});

it('refuses a wrong password', async () =>
  expect(await (await tokenFor('guessed')).json()).toMatchObject({ error: 'invalid_grant' }));

it('lets its administrator in', async () => {
  const headers = { authorization: `Bearer ${await keycloak.adminToken()}` };
  const response = await fetch(`${keycloak.url}/admin/realms/harness`, { headers });
  expect(await response.json()).toMatchObject({ realm: 'harness' });
});
