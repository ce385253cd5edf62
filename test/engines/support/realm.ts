import { createHmac } from 'node:crypto';
import { DEMO_PASSWORD } from '@resguardo/identity';
import type { Page } from 'playwright-core';

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
  await page.getByRole('heading', { level: 1, name: 'Acceder a su cuenta' }).waitFor();
  await page.locator('#username').fill(username);
  await page.locator('#password').fill(DEMO_PASSWORD);
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
