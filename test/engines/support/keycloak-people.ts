import { type Account, demoAccounts, PORTAL_CLIENT, SECOND_FACTOR_ROLES } from '@resguardo/identity';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type RunningKeycloak, startKeycloak } from '../../../infra/engines/index.js';
import { type Admin, adminOf } from '../../../infra/keycloak/admin.js';
import { THEMES } from '../../../infra/keycloak/realm.js';
import { opened } from '../../browser/support/browser.js';
import { settled } from '../../browser/support/pages.js';
import { ask } from '../../e2e/support/standalone.js';
import { giveCode, password, setUpCode } from './realm.js';

const ME = '{ me { actor role agency states } }';
export const PEOPLE = demoAccounts();
export const account = (username: string): Account => PEOPLE.find((one) => one.username === username)!;
export const twoFactors = (username: string): boolean => SECOND_FACTOR_ROLES.includes(account(username).role);

/** What the people of the demo sign in to: asked when it runs. */
export interface Stage {
  readonly url: string;
  readonly keycloak: Pick<RunningKeycloak, 'url' | 'realm'>;
  readonly browser: Browser;
}

/** A Keycloak with the product's realm, for a portal on this port. */
export const keycloakFor = async (port: number): Promise<{ keycloak: RunningKeycloak; admin: Admin }> => {
  const keycloak = await startKeycloak({
    realmFile: 'infra/keycloak/realm.json',
    themes: THEMES,
    values: { RESGUARDO_PORTAL: `http://127.0.0.1:${port}` },
  });
  return { keycloak, admin: adminOf(keycloak) };
};

/** The people of the demo as a Keycloak knows them; each signs in on its own page, once, in a browser of their own. */
export const keycloakPeople = (stage: () => Stage) => {
  const ids = new Map<string, string>();
  /** Telephones of those who have set one up. */
  const codes = new Map<string, () => string>();

  /** Through the door, by Keycloak's own page. */
  const signIn = async (page: Page, username: string): Promise<void> => {
    await page.getByRole('button', { name: /^Entrar/ }).click();
    await password(page, username);
    if (twoFactors(username)) {
      const code = codes.get(username);
      if (code) await giveCode(page, code);
      else codes.set(username, await setUpCode(page));
    }
    await page.waitForURL((where) => where.origin === stage().url && where.pathname !== '/callback');
    await settled(page);
  };
  const people = new Map<string, Promise<{ page: Page; context: BrowserContext; errors: readonly string[] }>>();
  const personOf = (username: string) => {
    const known =
      people.get(username) ??
      opened(stage().browser).then(async (one) => {
        await one.page.goto(stage().url);
        await signIn(one.page, username);
        return one;
      });
    people.set(username, known);
    return known;
  };
  /** Of whoever is signed in on the page, as soon as they are: the way there leads over Keycloak and back. */
  const sessionOf = async (page: Page): Promise<{ access_token: string; refresh_token: string }> => {
    // Asked from here: what a page itself asks again and again is an `eval`, which its policy forbids.
    for (;;) {
      const found: string | null = await page
        .evaluate<string | null>(
          `sessionStorage.getItem(Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:')) ?? '')`,
        )
        // Between two pages there is none to ask; the test's time is the limit.
        .catch(() => null);
      if (found) return JSON.parse(found) as { access_token: string; refresh_token: string };
    }
  };
  return {
    ids,
    codes,
    /** All of them are made known; those that are named by groups, the others with attributes of their own. */
    make: async ({ makeUser }: Admin, byGroups: readonly string[] = []): Promise<void> => {
      for (const one of PEOPLE)
        ids.set(one.username, await makeUser(one, byGroups.includes(one.username) ? 'groups' : 'attributes'));
    },
    subjectOf: (username: string): string => ids.get(username)!,
    personOf,
    pageOf: async (username: string): Promise<Page> => (await personOf(username)).page,
    sessionOf,
    /** Who the product says it is, or the code of its error. */
    me: async (token: string, url = stage().url) => {
      const { data, errors } = await ask(url, token, ME);
      return errors ? errors[0]!.extensions.code : data.me;
    },
    /** Trades what keeps somebody signed in for a fresh token, as the portal does. */
    renew: async (page: Page, refresh?: string) => {
      const { url, realm } = stage().keycloak;
      const answer = await fetch(`${url}/realms/${realm}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          client_id: PORTAL_CLIENT,
          refresh_token: refresh ?? (await sessionOf(page)).refresh_token,
        }),
      });
      return (await answer.json()) as { access_token?: string; refresh_token?: string; error?: string };
    },
  };
};

/** The same token, as if signed by a key that nobody has. */
export const asAStranger = (token: string): string =>
  [Buffer.from('{"alg":"RS256","kid":"of-a-stranger"}').toString('base64url'), ...token.split('.').slice(1)].join('.');

/** From now on the realm signs with another key; tokens of the last one stay good until they end. */
export const rotateKey = async ({ read, call }: Admin): Promise<void> => {
  const { id } = await read<{ id: string }>('');
  await call('POST', '/components', {
    name: 'rotated',
    providerId: 'rsa-generated',
    providerType: 'org.keycloak.keys.KeyProvider',
    parentId: id,
    config: { priority: ['500'], algorithm: ['RS256'], keySize: ['2048'], enabled: ['true'], active: ['true'] },
  });
};
