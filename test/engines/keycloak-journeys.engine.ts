import { DEMO_PASSWORD, PORTAL_CLIENT, STAFF_CLIENT } from '@resguardo/identity';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { freePorts, type RunningKeycloak } from '../../infra/engines/index.js';
import type { Admin } from '../../infra/keycloak/admin.js';
import { launch, opened as openedIn } from '../browser/support/browser.js';
import { journeys } from '../browser/support/journeys.js';
import { settled, visit } from '../browser/support/pages.js';
import { OFFICERS, REPRESENTATIVE, SUPERVISORS } from '../e2e/support/people.js';
import {
  ask,
  databaseOf,
  removeFolder,
  type Standalone,
  startStandalone,
  temporaryFolder,
} from '../e2e/support/standalone.js';
import { refusedTokensAt } from '../support/scrape.js';
import {
  account,
  asAStranger,
  keycloakFor,
  keycloakPeople,
  PEOPLE,
  rotateKey,
  twoFactors,
} from './support/keycloak-people.js';
import { saidAt, wrongWith } from './support/keycloak-pages.js';
import { giveCode, password } from './support/realm.js';

/** Put in by groups; the others have attributes of their own. */
const BY_GROUPS: readonly string[] = [OFFICERS.HEALTH, REPRESENTATIVE];

const NOT_LET_IN =
  'Usuario o contraseña incorrectos. Tras cinco intentos hay que esperar unos minutos. Si no puede entrar, avise a quien administra el sistema.';
const WRONG_CODE =
  /^Código [^:]+: Ese código no es válido\. Escriba el que la aplicación muestra ahora; .* avise a quien administra/;

const CASE_WORK = ['Mi día', 'Casos', 'Registrar un hecho', 'Aprobaciones'];
/** What stands in the menu of each role. */
const MENU: Readonly<Record<string, readonly string[]>> = {
  OFFICER: [
    'Mi día',
    'Casos',
    'Registrar reporte',
    'Registrar un hecho',
    'Aprobaciones',
    'Importar reporte de plataforma',
  ],
  REPRESENTATIVE: [
    'Mi día',
    'Casos',
    'Registrar reporte',
    'Registrar un hecho',
    'Aprobaciones',
    'Auditoría de accesos',
  ],
  LEGAL_ADVISER: CASE_WORK,
  INTERMEDIARY: CASE_WORK,
  SUPERVISOR: ['Mi día', 'Casos', 'Aprobaciones', 'Auditoría de accesos', 'Verificación e integridad'],
  ANALYST: ['Tablero nacional'],
  ADMINISTRATOR: ['Registro de intermediarios', 'Verificación e integridad'],
};

describe('the single process with a Keycloak instead of the embedded issuer', () => {
  const dataFolder = temporaryFolder();
  let keycloak: RunningKeycloak;
  let metricsPort: number;
  let admin: Admin;
  let product: Standalone;
  let browser: Browser;
  const people = keycloakPeople(() => ({ url: product.url, keycloak, browser }));
  const { ids, codes, personOf, pageOf, subjectOf, sessionOf, me, renew } = people;

  beforeAll(async () => {
    const [port, scraped] = (await freePorts(2)) as [number, number];
    metricsPort = scraped;
    ({ keycloak, admin } = await keycloakFor(port));
    await people.make(admin, BY_GROUPS);
    product = await startStandalone(dataFolder, {
      env: {
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
        KEYCLOAK_URL: keycloak.url,
        KEYCLOAK_CLIENT_SECRET: await admin.secretOf(STAFF_CLIENT),
        // A test that waits for a key asks without pause.
        RESGUARDO_REQUESTS_PER_MINUTE: '100000',
      },
    });
    browser = await launch({ apart: true });
  }, 400_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    await keycloak?.stop();
    removeFolder(dataFolder);
  });

  const menu = (page: Page) => page.locator('aside nav a').allInnerTexts();
  const out = async (page: Page) => {
    const ended = page.waitForResponse((response) => response.url().includes('/protocol/openid-connect/logout'));
    await page.getByRole('button', { name: 'Salir' }).click();
    await ended;
    await page.getByRole('button', { name: /^Entrar/ }).waitFor();
  };

  it('offers no demo account, mounts no issuer and loads no demo', async () => {
    expect(product.output()).toContain(`realm resguardo of ${keycloak.url}`);
    expect(product.output()).not.toMatch(/demo/i);
    const discovery = await fetch(`${product.url}/realms/resguardo/.well-known/openid-configuration`);
    expect(discovery.status).toBe(404);
    const database = await databaseOf(product);
    const { rows } = await database.query('select distinct stream from store.events');
    await database.end();
    expect(rows).toEqual([]);
  });

  it('the page may speak with the product and with this Keycloak, and with nobody else', async () => {
    const { headers } = await fetch(product.url);
    const { port } = new URL(product.url);
    expect(headers.get('content-security-policy')).toContain(
      `connect-src 'self' ws://127.0.0.1:${port} ws://localhost:${port} ${new URL(keycloak.url).origin};`,
    );
  });

  it('Keycloak greets in Spanish, and refuses a wrong password in Spanish', async () => {
    const { page } = await openedIn(browser);
    await page.goto(product.url);
    await page.getByRole('button', { name: /^Entrar/ }).click();
    await page.getByLabel('Usuario').fill(OFFICERS.PROSECUTOR);
    await page.locator('#password').fill('adivinada-y-larga');
    await page.getByRole('button', { name: 'Iniciar sesión' }).click();
    await page.getByText('Usuario o contraseña incorrectos. Tras cinco intentos hay que esperar').waitFor();
    expect(await page.locator('html').getAttribute('lang')).toMatch(/^es/);
    expect(await saidAt(page, 'username')).toBe(`Usuario: ${NOT_LET_IN}`);
    expect(await wrongWith(page)).toEqual([]);
    await page.context().close();
  }, 60_000);

  it('the page that sets up the second factor says how and stays at a wrong code; one that cannot go on leads back to the portal', async () => {
    const { page } = await openedIn(browser);
    await page.goto(product.url);
    await page.getByRole('button', { name: /^Entrar/ }).click();
    expect(await saidAt(page, 'username')).toBe('Usuario');
    const asked = page.url();
    const again = (await page.locator('#kc-form-login').getAttribute('action'))!;
    await password(page, SUPERVISORS.HEALTH);
    await page.getByRole('heading', { level: 1, name: 'Configurar los códigos de su teléfono' }).waitFor();
    expect(await wrongWith(page)).toEqual([]);
    // A field in focus would scroll what to do out of sight before it was read.
    expect(await page.locator('input:focus').count()).toBe(0);
    await page.getByRole('link', { name: 'No puedo escanear' }).click();
    await page.getByLabel('Nombre del teléfono').fill('Teléfono inventado');
    await page.getByLabel('Código de un solo uso').fill('000000');
    await page.keyboard.press('Enter');
    expect(await saidAt(page, 'totp')).toMatch(WRONG_CODE);
    expect(await wrongWith(page)).toEqual([]);

    await page.goto(again);
    await page.getByText('Para seguir donde estaba, haga clic aquí').waitFor();
    expect(await wrongWith(page)).toEqual([]);
    for (const [address, what] of [
      [asked.replace('callback', 'otra'), 'La dirección por la que llegó no es válida'],
      [again, 'Esta página ya no sirve'],
    ] as const) {
      await page.context().clearCookies();
      await page.goto(address);
      await page.getByText(what).waitFor();
      expect(await wrongWith(page)).toEqual([]);
      await page.getByRole('link', { name: 'Volver al portal' }).click();
      await page.getByRole('button', { name: /^Entrar/ }).waitFor();
      expect(page.url()).toBe(`${product.url}/`);
    }
    await page.context().close();
  }, 60_000);

  it.each(PEOPLE.map(({ username, role }) => [username, role] as const))(
    '%s signs in and sees the pages of %s',
    async (username, role) => {
      const page = await pageOf(username);
      const { agency, states } = account(username);
      const { access_token: token } = await sessionOf(page);
      expect(await me(token)).toEqual({ actor: subjectOf(username), role, agency, states: [...states] });
      expect(decodeJwt(token)['acr']).toBe(twoFactors(username) ? '2' : '1');
      expect(await menu(page)).toEqual(MENU[role]);
      expect((await personOf(username)).errors).toEqual([]);
    },
    60_000,
  );

  it.each([OFFICERS.PROSECUTOR, SUPERVISORS.PROSECUTOR])(
    'in another tab %s is in without being asked again',
    async (username) => {
      const { context } = await personOf(username);
      const page = await context.newPage();
      await page.goto(product.url);
      await page.getByRole('button', { name: /^Entrar/ }).click();
      await page.waitForURL((where) => where.origin === product.url && where.pathname !== '/callback');
      await settled(page);
      expect(await me((await sessionOf(page)).access_token)).toMatchObject({ actor: subjectOf(username) });
      // Each tab is renewed for itself.
      for (const tab of [page, await pageOf(username)]) expect(await renew(tab)).toHaveProperty('access_token');
      await page.close();
    },
    60_000,
  );

  it('the register of staff is Keycloak’s: everybody of cases by name, whether by attributes or by groups', async () => {
    const { access_token: token } = await sessionOf(await pageOf(SUPERVISORS.CHILD_PROTECTION));
    const { data } = await ask(product.url, token, '{ staff { staffId name(locale: ES) role agency states } }');
    const wanted = PEOPLE.filter(({ role }) => role !== 'ANALYST' && role !== 'ADMINISTRATOR').map(
      ({ username, display, role, agency, states }) => ({
        staffId: subjectOf(username),
        name: display.es,
        role,
        agency,
        states: [...states],
      }),
    );
    const byId = (a: { staffId: string }, b: { staffId: string }) => a.staffId.localeCompare(b.staffId);
    expect([...data.staff].sort(byId)).toEqual([...wanted].sort(byId));
  });

  describe('the child tells it once: the main job of each role', () =>
    journeys(() => ({ url: product.url, pageOf, subjectOf })));

  it('what was hidden is shown again to who has given the password anew', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, product.url);
    await page.keyboard.press('F9');
    await page.getByRole('button', { name: 'Identificarme y continuar' }).click();
    await page.getByText('Escriba otra vez su contraseña para continuar.').waitFor();
    expect(await saidAt(page, 'password')).toBe('Contraseña');
    expect(await wrongWith(page)).toEqual([]);
    await page.locator('#password').fill(DEMO_PASSWORD);
    await page.locator('#kc-login').click();
    await page.waitForURL((where) => where.origin === product.url && where.pathname !== '/callback');
    await settled(page);
    expect(await menu(page)).toEqual(MENU['OFFICER']);
  }, 60_000);

  it('a refresh token is good once; who uses it again is out', async () => {
    const page = await pageOf('fiscalia.nayarit');
    const { refresh_token: first } = await sessionOf(page);
    const { refresh_token: second } = await renew(page, first);
    expect(await renew(page, first)).toMatchObject({ error: 'invalid_grant' });
    expect(await renew(page, second)).toMatchObject({ error: 'invalid_grant' });
  });

  it('signing out ends it: the token at once, the session at Keycloak, and what the tab held', async () => {
    const page = await pageOf('procuraduria.nayarit');
    const session = await sessionOf(page);
    expect(await me(session.access_token)).toMatchObject({ role: 'OFFICER' });
    await out(page);
    expect(await me(session.access_token)).toBe('UNAUTHENTICATED');
    expect(await renew(page, session.refresh_token)).toMatchObject({ error: 'invalid_grant' });
    expect(await page.evaluate(`Object.keys(sessionStorage).filter((key) => key.startsWith('oidc.user'))`)).toEqual([]);
    await page.getByRole('button', { name: /^Entrar/ }).click();
    await page.locator('#password').waitFor();
  }, 60_000);

  it('who signs out at Keycloak is asked first, and led back to the portal', async () => {
    const { context } = await personOf('comision.nayarit');
    const page = await context.newPage();
    await page.goto(
      `${keycloak.url}/realms/${keycloak.realm}/protocol/openid-connect/logout?client_id=${PORTAL_CLIENT}`,
    );
    await page.getByText('¿Quiere cerrar su sesión?').waitFor();
    expect(await wrongWith(page)).toEqual([]);
    await page.getByRole('link', { name: 'Volver al portal' }).click();
    await page.getByRole('button', { name: /^Entrar/ }).waitFor();
    expect(page.url()).toBe(`${product.url}/`);
    await page.close();
  }, 60_000);

  it('an administrator of Keycloak ends somebody’s sessions, and their token at once', async () => {
    const { access_token: token } = await sessionOf(await pageOf('analista'));
    expect(await me(token)).toMatchObject({ role: 'ANALYST' });
    await admin.call('POST', `/users/${subjectOf('analista')}/logout`);
    expect(await me(token)).toBe('UNAUTHENTICATED');
  });

  it('a supervisor who comes again is asked for the code, and a wrong one is none', async () => {
    const username = SUPERVISORS.HEALTH;
    const page = await pageOf(username);
    await out(page);
    await page.getByRole('button', { name: /^Entrar/ }).click();
    await password(page, username);
    await giveCode(page, () => '000000');
    await page.getByText(/[Cc]ódigo .*no (es )?válido/).waitFor();
    expect(await saidAt(page, 'otp')).toMatch(WRONG_CODE);
    expect(await wrongWith(page)).toEqual([]);
    await giveCode(page, codes.get(username)!);
    await page.waitForURL((where) => where.origin === product.url && where.pathname !== '/callback');
    await visit(page, `${product.url}/auditoria`);
    await page.getByRole('region', { name: 'Consultas' }).waitFor();
  }, 60_000);

  it('nobody changes their own agency, states or name: the account service takes them from an administrator alone', async () => {
    const username = 'comision.nayarit';
    const { context } = await personOf(username);
    const page = await context.newPage();
    const asked = page.waitForRequest((request) => /\/account\/?\?userProfileMetadata/.test(request.url()));
    await page.goto(`${keycloak.url}/realms/${keycloak.realm}/account`);
    const authorization = (await (await asked).allHeaders())['authorization']!;
    await page.close();
    const address = `${keycloak.url}/realms/${keycloak.realm}/account/`;
    const headers = { authorization, accept: 'application/json', 'content-type': 'application/json' };
    const mine = (await (await fetch(address, { headers })).json()) as { attributes: object };
    expect(mine).toMatchObject({ username, attributes: { agency: ['VICTIMS_COMMISSION'], states: ['18'] } });
    const change = async (said: object) => {
      const body = JSON.stringify({ ...mine, ...said });
      return (await fetch(address, { method: 'POST', headers, body })).status;
    };
    expect(await change({})).toBe(204);
    for (const attributes of [{ agency: ['HEALTH'] }, { states: ['18', '09'] }, { agency: [] }])
      expect(await change({ attributes: { ...mine.attributes, ...attributes } })).toBe(400);
    expect(await change({ firstName: 'Otra' })).toBe(400);
    // Not declared, so not kept.
    await change({ attributes: { ...mine.attributes, clearance: ['ALL'] } });
    const kept = await admin.read<object>(`/users/${subjectOf(username)}`);
    expect(kept).toMatchObject({ firstName: 'Comisión de Víctimas, Nayarit' });
    expect((kept as { attributes: object }).attributes).toEqual({ agency: ['VICTIMS_COMMISSION'], states: ['18'] });
  }, 60_000);

  it('who becomes a supervisor while signed in is out until they have given a second factor', async () => {
    const username = 'salud.nayarit';
    const page = await pageOf(username);
    const [officer, supervisor] = await Promise.all(
      ['OFFICER', 'SUPERVISOR'].map((role) => admin.read<object>(`/roles/${role}`)),
    );
    const roles = `/users/${subjectOf(username)}/role-mappings/realm`;
    await admin.call('DELETE', roles, [officer]);
    await admin.call('POST', roles, [supervisor]);
    const { access_token: token } = await renew(page);
    expect(decodeJwt(token!)).toMatchObject({ acr: '1', realm_access: { roles: ['SUPERVISOR', 'second-factor'] } });
    expect(await me(token!)).toBe('UNAUTHENTICATED');
  });

  describe('tokens that Keycloak gives out without its page, when somebody opens that way', () => {
    const granted = async (client: string, username: string, secret = DEMO_PASSWORD) => {
      const answer = await fetch(`${keycloak.url}/realms/${keycloak.realm}/protocol/openid-connect/token`, {
        method: 'POST',
        body: new URLSearchParams({ grant_type: 'password', client_id: client, username, password: secret }),
      });
      // Where the way is closed altogether a page is the answer.
      const json = answer.headers.get('content-type')?.includes('json');
      return {
        status: answer.status,
        ...(json && ((await answer.json()) as { access_token?: string; error?: string })),
      };
    };
    const unprepared = { ...account(SUPERVISORS.HEALTH), username: 'supervision.nueva' };
    const locked = { ...account(OFFICERS.HEALTH), username: 'salud.olvidadiza' };
    beforeAll(async () => {
      for (const one of [unprepared, locked]) ids.set(one.username, await admin.makeUser(one));
    });

    it('as the realm comes, no client takes name and password', async () => {
      expect(await granted(PORTAL_CLIENT, unprepared.username)).toMatchObject({ error: 'unauthorized_client' });
      expect(await granted('admin-cli', unprepared.username)).toEqual({ status: 401 });
    });

    it('the token of a supervisor without a second factor is refused; that of an officer is not', async () => {
      await admin.changeClient(PORTAL_CLIENT, { directAccessGrantsEnabled: true });
      await admin.call('PUT', '', { ...(await admin.read<object>('')), directGrantFlow: 'direct grant' });
      const [supervisor, officer] = [
        await granted(PORTAL_CLIENT, unprepared.username),
        await granted(PORTAL_CLIENT, 'comision.nayarit'),
      ];
      expect(await me(officer.access_token!)).toMatchObject({ role: 'OFFICER' });
      expect(decodeJwt(supervisor.access_token!)).toMatchObject({ agency: 'HEALTH', acr: '1' });
      expect(await me(supervisor.access_token!)).toBe('UNAUTHENTICATED');
    });

    it('five wrong passwords close an account for a while', async () => {
      for (let i = 0; i < 5; i++) await granted(PORTAL_CLIENT, locked.username, `adivinada-${i}`);
      const state = await admin.read(`/attack-detection/brute-force/users/${subjectOf(locked.username)}`);
      expect(state).toMatchObject({ disabled: true });
      expect(await granted(PORTAL_CLIENT, locked.username)).toMatchObject({ error: 'invalid_grant' });
      const { page } = await openedIn(browser);
      await page.goto(product.url);
      await page.getByRole('button', { name: /^Entrar/ }).click();
      await password(page, locked.username);
      await page.getByText(NOT_LET_IN).waitFor();
      await page.context().close();
    });
  });

  it('signing in and what administrators do is kept by Keycloak', async () => {
    const of = (type: string) => admin.read<{ userId: string }[]>(`/events?type=${type}&max=500`);
    expect((await of('LOGIN')).map(({ userId }) => userId)).toContain(subjectOf(OFFICERS.PROSECUTOR));
    expect((await of('LOGIN_ERROR')).map(({ userId }) => userId)).toContain(subjectOf(OFFICERS.PROSECUTOR));
    const done = await admin.read<object[]>('/admin-events?resourceTypes=REALM_ROLE_MAPPING&max=500');
    expect(JSON.stringify(done)).toContain(subjectOf('salud.nayarit'));
  });

  it('a token of a new signing key is believed within ten seconds, and nobody is written down or counted as refused meanwhile', async () => {
    const page = await pageOf('asesoria');
    const { access_token: old } = await sessionOf(page);
    const refusals = async () => {
      const database = await databaseOf(product);
      const { rows } = await database.query(
        `select type, count(*)::int from store.events where type in ('AccessDenied', 'CommandRefused') group by type order by type`,
      );
      await database.end();
      return rows;
    };
    const before = await refusals();
    const counted = async () => {
      // A page that was left open may come with a token that has run out.
      const { expired: _, ...others } = await refusedTokensAt(metricsPort);
      return others;
    };
    const { 'unknown-key': strangers, ...others } = await counted();
    const stranger = asAStranger(old);
    // Whoever comes with an unknown key has the keys fetched: from here on the cool-down runs.
    let answer = await me(stranger);
    while (answer === 'TRY_AGAIN') answer = await me(stranger);
    expect(answer).toBe('UNAUTHENTICATED');
    const known = { ...others, 'unknown-key': strangers! + 1 };
    expect(await counted()).toEqual(known);
    await rotateKey(admin);
    const { access_token: fresh } = await renew(page);
    expect(decodeProtectedHeader(fresh!).kid).not.toBe(decodeProtectedHeader(old).kid);
    const began = performance.now();
    const said: unknown[] = [];
    while (typeof said.at(-1) !== 'object') said.push(await me(fresh!));
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(said.slice(0, -1).filter((code) => code !== 'TRY_AGAIN')).toEqual([]);
    expect(said.at(-1)).toMatchObject({ actor: subjectOf('asesoria') });
    expect(await me(old)).toMatchObject({ actor: subjectOf('asesoria') });
    expect(await refusals()).toEqual(before);
    expect(await counted()).toEqual(known);
  }, 60_000);
});
