import type { Browser, Page } from 'playwright-core';
import { fillTeam, OFFICERS, openCase, type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { launch, signedIn, signIn, violations } from './support/browser.js';
import { takenTo } from './support/keyboard.js';
import { settled, visit } from './support/pages.js';

describe('while nobody answers', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let caseId: string;
  let folio: string;
  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    ({ caseId, folio } = await openCase(people));
    await fillTeam(people, caseId);
    browser = await launch();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    // The last test has stopped it, if it came so far.
    await product.stop();
    removeFolder(dataFolder);
  });

  const coming = () => signedIn(browser, product.url, OFFICERS.CHILD_PROTECTION);
  const line = (page: Page) => page.locator('header [role=status]');
  const leave = (page: Page) => page.getByRole('button', { name: 'Salir', exact: true }).click();
  const enter = (page: Page) => page.getByRole('button', { name: 'Entrar', exact: true });
  const stays = (page: Page) => page.locator('main .notice').filter({ hasText: 'Salió del portal en este navegador' });
  const leftBehind = (page: Page) =>
    page.evaluate('Object.keys(sessionStorage).filter((key) => /oidc.user|draft|hidden/.test(key))');
  /** The issuer asks who somebody is: it knows nobody any more. */
  const asksWho = async (page: Page) => {
    await enter(page).click();
    await page.getByLabel(/Contraseña/i).waitFor();
  };

  it('the covered screen says of drafts what there is', async () => {
    const { page } = await coming();
    await settled(page);
    await page.keyboard.press('F9');
    const said = page.locator('.cover p');
    await said.first().waitFor();
    expect(await said.allInnerTexts()).toEqual(['La pantalla está oculta.']);
    await page.getByRole('button', { name: 'Identificarme y continuar' }).click();
    await signIn(page, OFFICERS.CHILD_PROTECTION);
    await visit(page, `${product.url}/reportar`);
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).click();
    await page.locator('[data-field="summary"] textarea').fill('Palabras inventadas');
    await page.getByText('Un borrador').waitFor();
    await page.keyboard.press('F9');
    await said.first().waitFor();
    expect(await said.allInnerTexts()).toEqual([
      'La pantalla está oculta.',
      'Su borrador está guardado, cifrado, en esta pestaña.',
    ]);
    expect(await violations(page)).toEqual([]);
  }, 40_000);

  it('whoever leaves is out of this browser, and reads that the issuer may still know them', async () => {
    const { page, context } = await coming();
    const issuer = '**/.well-known/openid-configuration';
    await visit(page, `${product.url}/casos/${caseId}`);
    await context.route(issuer, (route) => route.abort());
    await leave(page);
    await takenTo(stays(page));
    await enter(page).waitFor();
    expect([await leftBehind(page), new URL(page.url()).pathname]).toEqual([[], '/']);
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await stays(page).waitFor();
    // Once the issuer answers, that session ends as well.
    await context.unroute(issuer);
    await stays(page).getByRole('button', { name: 'Cerrar también esa sesión' }).click();
    await page.waitForURL(/\/realms\//);
    await page.locator('button[type=submit]').click();
    await enter(page).waitFor();
    expect(await stays(page).count()).toBe(0);
    await asksWho(page);
  }, 40_000);

  it('whoever leaves while only the portal is away reads at the issuer that they are out', async () => {
    const { page } = await coming();
    await settled(page);
    await page.route('**/health/live', (route) => route.abort());
    await leave(page);
    await page.getByRole('heading', { level: 1, name: 'Su sesión se cerró.' }).waitFor();
    await page.goto(product.url);
    await enter(page).waitFor();
    expect(await leftBehind(page)).toEqual([]);
    await asksWho(page);
  }, 40_000);

  it('the status line says so of itself; whoever leaves then is out all the same, and nothing of the case stays', async () => {
    const { page, errors } = await coming();
    await visit(page, `${product.url}/casos/${caseId}/linea`);
    await page.locator('.entries > li').first().waitFor();
    expect(await line(page).innerText()).toContain('Conectado');
    expect(await page.locator('body').innerText()).toContain(folio);
    // The feed of the timeline breaks off: nothing has been asked.
    await product.stop();
    await line(page).filter({ hasText: 'Sin conexión' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await leave(page);
    await takenTo(stays(page));
    expect(await leftBehind(page)).toEqual([]);
    expect(await page.locator('body').innerText()).not.toContain(folio);
    expect(errors).toEqual([]);
  }, 40_000);
});
