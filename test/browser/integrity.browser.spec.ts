import { createPrivateKey, createPublicKey, createSecretKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Backed, takeBackup, tryBackup } from '@resguardo/service';
import type { Browser, Page } from 'playwright-core';
import {
  ADMINISTRATOR,
  fillTeam,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { validInput } from '../e2e/support/inputs.js';
import { park, refuseRows } from '../e2e/support/parked.js';
import {
  databaseOf,
  removeFolder,
  type Standalone,
  startStandalone,
  temporaryFolder,
} from '../e2e/support/standalone.js';
import { openTestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { entered, launch, NARROW, scrollsSideways, violations, WIDE } from './support/browser.js';
import { takenTo, tabTo } from './support/keyboard.js';
import { changed, failing, flaws, instead, settled, visit } from './support/pages.js';

describe('Verificación e integridad', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let caseId: string;
  let folio: string;
  const opened = new Map<string, Promise<Page>>();
  const pageOf = (username: string): Promise<Page> => {
    const known = opened.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    opened.set(username, known);
    return known;
  };
  const standing = (page: Page) => page.getByRole('table', { name: 'Casos detenidos' }).locator('tbody tr');
  /** Everything that is wrong with the page as it stands, wide and narrow. */
  const wrong = async (page: Page) => {
    const found: string[] = [];
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size);
      if (await scrollsSideways(page)) found.push(`scrolls sideways at ${size.width}`);
    }
    return [...found, ...(await violations(page)), ...(await flaws(page))];
  };

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    ({ caseId, folio } = await openCase(people));
    await fillTeam(people, caseId);
    browser = await launch();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  it('by keyboard: a case that stands still is tried again in vain, set aside with a reason, and goes on without the fact', async () => {
    const page = await pageOf(ADMINISTRATOR);
    await visit(page, `${product.url}/integridad`);
    await page.getByText('Ningún caso está detenido.', { exact: true }).waitFor();
    await park(product, { follower: 'timeline_entries', caseId });
    await tabTo(page, page.getByRole('button', { name: 'Actualizar' }));
    await page.keyboard.press('Enter');
    await standing(page).waitFor();
    expect(await standing(page).innerText()).toMatch(
      /Coordinación\s+Línea de tiempo[^]*El mensaje no se puede leer\s+1 intento/,
    );
    // Whoever administers is told of no case.
    expect(await page.locator('main').innerText()).not.toContain(folio);
    expect(await wrong(page)).toEqual([]);

    await tabTo(page, standing(page).getByRole('button', { name: 'Reintentar: Coordinación, Línea de tiempo' }));
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Reintentar el caso' });
    await dialog.getByText('Si no puede, todo queda como está.').waitFor();
    expect(await wrong(page)).toEqual([]);
    // Thought better of it: the keyboard is where it was.
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await takenTo(standing(page).locator('button[data-act=retry]'));
    await page.keyboard.press('Enter');
    await tabTo(page, dialog.getByRole('button', { name: 'Sí, reintentar' }));
    await page.keyboard.press('Enter');
    const notice = page.locator('main .notice');
    await takenTo(notice.filter({ hasText: 'El caso sigue detenido' }));
    await standing(page).getByText('2 intentos').waitFor();
    expect(await wrong(page)).toEqual([]);

    // A fact of that place is on the timeline, and is not taken in either.
    const database = await databaseOf(product);
    const accept = await refuseRows(database, 'RetellingRecorded');
    await people.done(OFFICERS.HEALTH, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    do {
      await page.getByRole('button', { name: 'Actualizar' }).click();
      await settled(page);
    } while ((await standing(page).getByText('El mensaje no se puede leer').count()) > 0);
    await tabTo(page, standing(page).locator('button[data-act=aside]'));
    await page.keyboard.press('Enter');
    const aside = page.getByRole('dialog', { name: 'Apartar el hecho' });
    const text = await aside.innerText();
    for (const effect of [
      'El hecho faltará para siempre en «Línea de tiempo» de Coordinación, también si esa vista se vuelve a armar.',
      'El hecho sigue en la historia del caso',
      'No se puede deshacer.',
      'Queda registrado quién lo ordenó y cuándo.',
    ])
      expect(text).toContain(effect);
    const yes = aside.getByRole('button', { name: 'Sí, apartar para siempre' });
    await tabTo(page, yes);
    await page.keyboard.press('Enter');
    // Without a reason nothing is sent, and the keyboard is where one is chosen.
    await aside.getByText('Elija un motivo').waitFor();
    await takenTo(aside.getByRole('radio').first());
    expect(await wrong(page)).toEqual([]);
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowDown');
    await tabTo(page, yes);
    await page.keyboard.press('Enter');
    await takenTo(notice.filter({ hasText: 'El hecho quedó apartado.' }));
    await accept();
    await database.end();
    await page.getByText('Ningún caso está detenido.', { exact: true }).waitFor();
    expect(await wrong(page)).toEqual([]);
  }, 60_000);

  it('the case goes on, is marked as incomplete for its people, and its supervisors find who set it aside and why', async () => {
    const officer = await pageOf(OFFICERS.HEALTH);
    await visit(officer, `${product.url}/casos/${caseId}/linea`);
    await officer
      .locator('main .notice[data-tone=partial]')
      .getByText('Al menos un hecho no está aquí.')
      .first()
      .waitFor();
    const page = await pageOf(SUPERVISORS.HEALTH);
    // The audit follows the records; the test's time is the limit.
    for (;;) {
      await visit(page, `${product.url}/auditoria?tipo=SET_ASIDE`);
      if ((await page.getByRole('table', { name: 'Consultas' }).count()) > 0) break;
    }
    const row = page.getByRole('table', { name: 'Consultas' }).locator('tbody tr');
    expect(await row.innerText()).toMatch(
      new RegExp(`Apartó un hecho\\s+Coordinación\\s+Un hecho posterior lo corrigió[^]*${folio}`),
    );
    expect(await wrong(page)).toEqual([]);
  }, 60_000);

  it('a supervisor reads which of their cases stands still, and is offered nothing to mend', async () => {
    const other = await openCase(people);
    await park(product, { follower: 'case_card', caseId });
    await park(product, { follower: 'case_card', caseId: other.caseId });
    const page = await pageOf(SUPERVISORS.HEALTH);
    await visit(page, `${product.url}/integridad`);
    const rows = await standing(page).allInnerTexts();
    expect(rows).toHaveLength(2);
    expect(rows.filter((row) => row.includes(folio))).toHaveLength(1);
    expect(rows.filter((row) => row.includes('No está en lo que puede ver'))).toHaveLength(1);
    expect(await page.locator('main').innerText()).not.toContain(other.folio);
    expect(await page.locator('main button[data-act]').count()).toBe(0);
    await page.getByText('corresponde a la administración del sistema').waitFor();
    expect(await wrong(page)).toEqual([]);
  }, 30_000);

  it('a service that is away is named, the others are shown, and nothing says that all is well', async () => {
    const page = await pageOf(ADMINISTRATOR);
    const { stop } = await instead(
      page,
      'Integrity',
      changed(({ integrity }) => {
        for (const { followers } of integrity.services)
          for (const one of followers) Object.assign(one, { parked: [], parkedInAll: 0 });
        Object.assign(integrity.services[1].followers[0], {
          ...{ condition: 'BEHIND', behind: 12, waitingSince: '2026-11-22T20:05:00Z' },
        });
        Object.assign(integrity.services[1].followers[1], { condition: 'FEED_AWAY', behind: null });
        Object.assign(integrity.services[1].followers[2], { condition: 'GAPS', gaps: 2 });
        integrity.services.push({ service: 'health', condition: 'AWAY', followers: [] });
        integrity.services.push({ service: 'prosecution', condition: 'FAILED', followers: [] });
      }),
    );
    await visit(page, `${product.url}/integridad`);
    const notices = await page.locator('main .notice[data-tone=partial]').allInnerTexts();
    expect(notices).toEqual([
      expect.stringContaining('Servicios de Salud no responde ahora'),
      expect.stringContaining('Fiscalía no pudo decir cómo está'),
    ]);
    const shown = await page.locator('main').innerText();
    expect(shown).toContain('Ningún caso está detenido en los servicios que respondieron.');
    expect(shown).not.toContain('Ningún caso está detenido.');
    expect(shown).toMatch(/Registro de accesos: Poniéndose al día\s+12 hechos por incorporar/);
    expect(shown).toContain('Registro de rechazos: No recibe');
    expect(shown).toMatch(/: A 2 casos les falta un hecho que no llegó/);
    await page.getByText('Qué quiere decir esta página').click();
    expect(await wrong(page)).toEqual([]);
    await stop();
  }, 30_000);

  it('the history verifies itself, and says when; a backup and a drill are shown as what made them noted it, and never before', async () => {
    const page = await pageOf(ADMINISTRATOR);
    await visit(page, `${product.url}/integridad`);
    const copies = page.getByRole('table', { name: 'Respaldos' }).locator('tbody tr');
    expect(await copies.allInnerTexts()).toEqual([expect.stringMatching(/^Coordinación\s+Nunca\s+Nunca$/)]);
    const history = page.getByRole('region', { name: 'Verificación de la historia' });
    await until('the first verification', async () => {
      await page.getByRole('button', { name: 'Actualizar' }).click();
      await settled(page);
      return (await history.getByText('La historia es la que se escribió').count()) === 1 || undefined;
    });
    const database = await databaseOf(product);
    const { rows } = await database.query<{ at: Date; events: number }>(
      `select at, (found->>'events')::int as events from last_upkeep where what = 'history'`,
    );
    await database.end();
    expect(rows[0]!.events).toBeGreaterThan(5);
    expect(await history.locator('time').getAttribute('datetime')).toBe(rows[0]!.at.toISOString());
    expect(await history.innerText()).toContain(`${rows[0]!.events} hechos`);

    const { password, host, port, user } = database;
    const databaseUrl = `postgres://${user}:${password}@${host}:${port}/postgres`;
    const folder = temporaryFolder();
    const [key, master] = ['signing-key.pem', 'master-key'].map((name) =>
      readFileSync(join(dataFolder, 'secrets', name)),
    );
    const [privateKey, publicKey] = [createPrivateKey(key!), createPublicKey(key!)];
    const of: Backed = {
      ...{ service: 'single', databaseUrl, masterKey: createSecretKey(master!), privateKey },
      ...{ publicKeys: [publicKey], tableKeys: [publicKey], historyKey: publicKey },
      ...{ erasures: join(folder, 'erasures.jsonl'), store: undefined },
    };
    const elsewhere = await openTestDatabase();
    await takeBackup(of, join(folder, 'backup'), () => '2026-11-22T20:05:00.000Z');
    const tried = (erasures: string, withoutList: boolean) =>
      tryBackup(
        { ...of, erasures },
        join(folder, 'backup'),
        { withoutList },
        { databaseUrl: elsewhere.url, erasures: join(folder, 'elsewhere.jsonl') },
        () => '2026-11-23T20:06:00.000Z',
      );
    await expect(tried(join(folder, 'lost.jsonl'), false)).rejects.toThrow('list of what was erased');
    // The page follows what is recorded.
    const shows = (text: RegExp) =>
      until(String(text), async () => {
        await page.getByRole('button', { name: 'Actualizar' }).click();
        await settled(page);
        return text.test((await copies.allInnerTexts()).join()) || undefined;
      });
    await shows(/22 nov 2026[^]*▲\s*No se pudo restaurar\s+23 nov 2026/);
    await tried(of.erasures!, true);
    await shows(/22 nov 2026[^]*✓\s*Todo volvió como era\s+23 nov 2026/);
    expect(await wrong(page)).toEqual([]);
    await elsewhere.close();
    removeFolder(folder);
  }, 90_000);

  it('a broken history is told at once: what, where and since when, who is to be told; of no case', async () => {
    const page = await pageOf(ADMINISTRATOR);
    const answers = (change: (integrity: any) => void) =>
      instead(
        page,
        'Integrity',
        changed(({ integrity }) => change(integrity)),
      );
    const broken = { why: 'NOT_WHAT_WAS_SIGNED', position: '41', checkpoint: 3, since: '2026-11-22T20:05:00Z' };
    const first = await answers((integrity) => Object.assign(integrity.history, { broken }));
    await visit(page, `${product.url}/integridad`);
    const alert = page.getByRole('alert').filter({ hasText: 'La historia no es la que se escribió' });
    const told = await alert.innerText();
    for (const words of [
      'No es lo que se firmó',
      'Hecho n.º 41',
      'Firma n.º 3',
      '22 nov 2026',
      'quien opera Coordinación',
    ])
      expect(told).toContain(words);
    expect(await wrong(page)).toEqual([]);
    await first.stop();

    const second = await answers((integrity) => {
      integrity.history.at = '2026-11-01T20:05:00Z';
    });
    await visit(page, `${product.url}/integridad`);
    await page.getByText('La verificación de cada día no se ha hecho').waitFor();
    expect(await wrong(page)).toEqual([]);
    await second.stop();

    const third = await answers((integrity) => {
      integrity.history = null;
      for (const one of integrity.services) Object.assign(one, { condition: 'AWAY', copies: null, followers: [] });
    });
    await visit(page, `${product.url}/integridad`);
    const main = await page.locator('main').innerText();
    expect(main).toContain('No se sabe ahora: lo dice Coordinación cuando responde.');
    expect(main).toContain('No se sabe ahora: lo dice cada servicio cuando responde.');
    expect(main).not.toContain('La historia es la que se escribió');
    await third.stop();
  }, 60_000);

  it.each([
    ['GOES_ON', 'good', 'El caso sigue'],
    ['STILL_STANDS', 'refused', 'El caso sigue detenido'],
    ['NOT_STANDING', 'plain', 'El caso ya no está detenido ahí'],
    ['NOT_ALLOWED', 'refused', 'Este hecho no se aparta'],
    ['NOT_RECORDED', 'error', 'No se hizo'],
    ['AWAY', 'partial', 'Coordinación no responde ahora'],
  ])(
    'an order that ends in %s is told in words',
    async (outcome, tone, words) => {
      const page = await pageOf(ADMINISTRATOR);
      const { stop } = await instead(page, 'RetryParkedCase', (route) =>
        route.fulfill({ json: { data: { retryParkedCase: { outcome } } } }),
      );
      await visit(page, `${product.url}/integridad`);
      await standing(page).locator('button[data-act=retry]').first().click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sí, reintentar' }).click();
      await page.locator(`main .notice[data-tone=${tone}]`).getByText(words, { exact: true }).waitFor();
      await settled(page);
      expect(await wrong(page)).toEqual([]);
      await stop();
    },
    30_000,
  );

  it('administration is led here from its first page', async () => {
    const page = await pageOf(ADMINISTRATOR);
    await visit(page, product.url);
    await page.locator('main').getByRole('link', { name: 'Verificación e integridad' }).click();
    await page.getByRole('heading', { level: 1, name: 'Verificación e integridad' }).waitFor();
  }, 20_000);

  it('an order of which nobody knows what came says so, with its code', async () => {
    const page = await pageOf(ADMINISTRATOR);
    const { stop } = await instead(page, 'RetryParkedCase', failing('TRY_AGAIN'));
    await visit(page, `${product.url}/integridad`);
    await standing(page).locator('button[data-act=retry]').first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sí, reintentar' }).click();
    const notice = page.locator('main .notice[data-tone=error]');
    await notice.getByText('No se sabe si se hizo').waitFor();
    expect(await notice.innerText()).toContain('Código: TRY_AGAIN');
    await stop();
  }, 30_000);
});
