import { createHmac } from 'node:crypto';
import type { Account } from '@resguardo/identity';
import type { Page } from 'playwright-core';
import type { RunningKeycloak } from '../../../infra/engines/index.js';

/** Of every invented account of a realm in a test. */
export const PASSWORD = 'inventada-y-larga';

/** Keycloak's admin API, as its administrator. */
export const adminOf = (keycloak: Pick<RunningKeycloak, 'url' | 'realm' | 'adminToken'>) => {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${keycloak.url}/admin/realms/${keycloak.realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${await keycloak.adminToken()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const read = async <T>(path: string): Promise<T> => (await (await call('GET', path)).json()) as T;
  const clientId = async (name: string): Promise<string> =>
    (await read<{ id: string }[]>(`/clients?clientId=${name}`))[0]!.id;
  return {
    call,
    read,
    clientId,
    /** Changes what is named of a client and leaves the rest. */
    changeClient: async (name: string, change: object) => {
      const path = `/clients/${await clientId(name)}`;
      await call('PUT', path, { ...(await read<object>(path)), ...change });
    },
    secretOf: async (name: string): Promise<string> =>
      (await read<{ value: string }>(`/clients/${await clientId(name)}/client-secret`)).value,
    /** An invented person with a password; agency and states as attributes, or by the groups that have them. @returns their id */
    makeUser: async (
      account: Pick<Account, 'username' | 'role' | 'agency' | 'states' | 'display'>,
      by: 'attributes' | 'groups' = 'attributes',
    ): Promise<string> => {
      const { username, role, agency, states, display } = account;
      const made = await call('POST', '/users', {
        username,
        enabled: true,
        firstName: display.es,
        email: `${username}@example.org`,
        ...(by === 'attributes'
          ? { attributes: { agency: [agency], states } }
          : { groups: states.map((state) => `/${agency}/${state}`) }),
        credentials: [{ type: 'password', value: PASSWORD, temporary: false }],
      });
      const id = made.headers.get('location')!.split('/').at(-1)!;
      await call('POST', `/users/${id}/role-mappings/realm`, [await read(`/roles/${role}`)]);
      return id;
    },
  };
};
export type Admin = ReturnType<typeof adminOf>;

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const bytesOf = (base32: string): Buffer => {
  const bits = [...base32].map((char) => BASE32.indexOf(char).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
};

/** A person's telephone: one-time codes (RFC 6238) of the secret that they typed into it. No code is given twice: it would be refused. */
export const authenticator = (secret: string) => {
  const key = bytesOf(secret.replace(/\s/g, '').toUpperCase());
  let last = 0;
  return (): string => {
    // The next one is taken as well as this one.
    last = Math.max(Math.floor(Date.now() / 30_000), last + 1);
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(last));
    const digest = createHmac('sha1', key).update(counter).digest();
    const at = digest.at(-1)! & 0xf;
    return String((digest.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  };
};

/** Name and password on Keycloak's page, in Spanish. */
export const password = async (page: Page, username: string): Promise<void> => {
  await page.getByRole('heading', { level: 1, name: 'Acceder a tu cuenta' }).waitFor();
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(PASSWORD);
  await page.locator('#kc-login').click();
};

/** Whoever must have a second factor and has none is made to set it up. */
export const setUpCode = async (page: Page): Promise<() => string> => {
  await page.locator('#mode-manual').click();
  const code = authenticator(await page.locator('#kc-totp-secret-key').innerText());
  // A code that is not taken any more is followed by the next one, as by whoever types it.
  for (let tries = 0; tries < 3; tries++) {
    await page.locator('#totp').fill(code());
    await page.locator('#userLabel').fill('Teléfono inventado');
    await Promise.all([page.waitForNavigation(), page.locator('#saveTOTPBtn').click()]);
    if ((await page.locator('#totp').count()) === 0) return code;
  }
  throw new Error(`no code was taken: ${await page.locator('body').innerText()}`);
};

export const giveCode = async (page: Page, code: () => string): Promise<void> => {
  await page.locator('#otp').fill(code());
  await page.locator('#kc-login').click();
};
