import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { FolderInUse } from '@resguardo/embedded-postgres';
import { demoAccounts, PORTAL_CLIENT, STAFF_CLIENT } from '@resguardo/identity';
import { freePorts, type RunningKeycloak, startKeycloak } from '../../infra/engines/index.js';
import { demoKeycloak } from '../../infra/distributed/keycloak.js';
import { adminOf } from '../../infra/keycloak/admin.js';

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

// Two starts more: of a product to look at, not of one that is run.
if (process.env['RESGUARDO_FULL'] === '1')
  it('the one of the demo accounts goes on with what was in it, for a product at another address, one start at a time', async () => {
    const [port] = (await freePorts(1)) as [number];
    const at = (portal: string) => demoKeycloak(join(dir, 'demo'), port, portal);
    const seen = async (one: RunningKeycloak) => {
      const { read, clientId, secretOf } = adminOf(one);
      const { redirectUris, webOrigins, attributes } = await read<Record<string, unknown>>(
        `/clients/${await clientId(PORTAL_CLIENT)}`,
      );
      return {
        people: await read<readonly { id: string; createdTimestamp: number }[]>('/users'),
        secret: await secretOf(STAFF_CLIENT),
        addresses: JSON.stringify([redirectUris, webOrigins, attributes]),
      };
    };
    const first = await at('http://127.0.0.1:1111').start();
    const before = await seen(first).finally(() => first.stop());
    const again = at('http://127.0.0.1:2222');
    const second = await again.start();
    try {
      await expect(at('http://127.0.0.1:3333').start()).rejects.toBeInstanceOf(FolderInUse);
      const after = await seen(second);
      expect(after).toEqual({ ...before, addresses: before.addresses.replaceAll('127.0.0.1:1111', '127.0.0.1:2222') });
      expect(after.secret).toBe(again.staffClientSecret);
      expect(after.people.map(({ id }) => id).sort()).toEqual(
        demoAccounts()
          .map(({ sub }) => sub)
          .sort(),
      );
    } finally {
      await second.stop();
    }
  });
