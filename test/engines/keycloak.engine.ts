import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { FolderInUse } from '@resguardo/embedded-postgres';
import { type KeycloakOptions, type RunningKeycloak, startKeycloak } from '../../infra/engines/index.js';
import { adminOf } from '../../infra/keycloak/admin.js';
import { itOnOwn } from './support/not-run.js';

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
let kept: KeycloakOptions;
let keycloak: RunningKeycloak;
beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'resguardo-realm-'));
  const realmFile = join(dir, 'realm.json');
  writeFileSync(realmFile, JSON.stringify(REALM));
  kept = { realmFile, kept: { folder: join(dir, 'data'), password: 'administrator-secret' } };
  keycloak = await startKeycloak(kept);
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

itOnOwn('RESGUARDO_KEYCLOAK', 'goes on with a database that is kept, which is one server’s at a time', async () => {
  await expect(startKeycloak(kept)).rejects.toBeInstanceOf(FolderInUse);
  const people = () => adminOf(keycloak).read<readonly { id: string; username: string }[]>('/users');
  const [before] = await people();
  await adminOf(keycloak).call('PUT', `/users/${before!.id}`, { ...before, lastName: 'Changed' });
  await keycloak.stop();
  keycloak = await startKeycloak(kept);
  expect(await people()).toEqual([{ ...before, lastName: 'Changed' }]);
});
