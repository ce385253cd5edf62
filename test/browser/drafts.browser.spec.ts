import type { Browser, BrowserContext, Page } from 'playwright-core';
import { fillTeam, OFFICERS, openCase, type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { launch, signedIn, signIn, violations } from './support/browser.js';
import { settled, visit } from './support/pages.js';

describe('what was typed and not sent', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let page: Page;
  let context: BrowserContext;
  let caseId: string;
  let folio: string;
  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    ({ caseId, folio } = await openCase(people));
    await fillTeam(people, caseId);
    browser = await launch();
    ({ page, context } = await signedIn(browser, product.url, OFFICERS.CHILD_PROTECTION));
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  const myDrafts = () => page.getByRole('region', { name: 'Mis borradores' });
  const retractions = (more = '') => page.locator(`main details[data-action="retractFact"]${more}`);
  /** Half-fills the retraction of one fact of several, and waits until it is kept. */
  const begin = async (type: string): Promise<void> => {
    await visit(page, `${product.url}/casos/${caseId}/linea`);
    const entry = page.locator(`main li[data-type="${type}"]`).first();
    await entry.getByText('Corregir o retirar').click();
    await entry.locator('details[data-action="retractFact"] > summary').click();
    await entry.locator('form[data-command="retractFact"]').getByRole('radio').first().check();
    await page.getByText('Un borrador').waitFor();
  };

  it('is listed with the case it is about, and leads back to its own form and no other', async () => {
    await begin('CaseOpened');
    await page.getByRole('link', { name: 'Mi día' }).click();
    await myDrafts().getByText(folio).waitFor();
    expect(await violations(page)).toEqual([]);
    await myDrafts().getByRole('link', { name: 'Retirar un hecho' }).click();
    await settled(page);
    await retractions('[open]').waitFor();
    expect(await page.locator('main li[data-type="CaseOpened"] details[data-action="retractFact"][open]').count()).toBe(
      1,
    );
    expect(await retractions().count()).toBeGreaterThan(1);
  }, 40_000);

  it('is asked about at the way out, and stays when the person stays', async () => {
    await page.getByRole('button', { name: 'Salir', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: '¿Salir y perder sus borradores?' });
    await dialog.getByText('Hay un borrador sin enviar').waitFor();
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Volver' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText('Un borrador').waitFor();
  }, 40_000);

  it('is discarded by whoever wrote it', async () => {
    await page.getByRole('link', { name: 'Mi día' }).click();
    await myDrafts()
      .getByRole('button', { name: /^Descartar/ })
      .click();
    await myDrafts().getByText('No hay borradores en esta sesión.').waitFor();
  }, 40_000);

  it('of one report is never put into the report of another child', async () => {
    const summary = page.locator('form[data-command="receiveReport"] [data-field="summary"] textarea');
    await visit(page, `${product.url}/reportar`);
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).click();
    await summary.fill('Palabras inventadas de un reporte');
    await page.getByText('Un borrador').waitFor();
    await page.getByRole('link', { name: 'Mi día' }).click();
    await page.getByRole('link', { name: 'Registrar reporte' }).click();
    await page.getByLabel('Nombres').fill('Inventada');
    await page.getByLabel('Primer apellido').fill('Ficticia');
    await page.locator('main').getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByRole('button', { name: 'Continuar con el reporte' }).click();
    await summary.waitFor();
    expect(await summary.inputValue()).toBe('');
  }, 40_000);

  it('is not found by the next person in the same tab', async () => {
    await visit(page, `${product.url}/`);
    await myDrafts().getByRole('link', { name: 'Registrar un reporte' }).waitFor();
    // The session has run out, here and with the issuer.
    await page.evaluate(
      `Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.')).forEach((name) => sessionStorage.removeItem(name))`,
    );
    await context.clearCookies();
    await page.goto(product.url);
    await signIn(page, OFFICERS.PROSECUTOR);
    await settled(page);
    await myDrafts().getByText('No hay borradores en esta sesión.').waitFor();
  }, 40_000);
});
