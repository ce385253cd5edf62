import type { Browser, Page } from 'playwright-core';
import { validInput } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ADVISER,
  ANALYST,
  caseReadyToPlan,
  INTERMEDIARY,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  plan,
  registerIntermediary,
  REPRESENTATIVE,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { park } from '../e2e/support/parked.js';
import { launch, NARROW, scrollsSideways, entered, violations, WIDE } from './support/browser.js';
import { flaws, settled, unfold, visit } from './support/pages.js';

const MAIN = {
  '/': 'Mi día',
  '/casos': 'Casos',
  '/reportar': 'Registrar reporte',
  '/hechos': 'Registrar un hecho',
  '/aprobaciones': 'Aprobaciones',
  '/importar': 'Importar reporte de plataforma',
  '/auditoria': 'Auditoría de accesos',
  '/intermediarios': 'Registro de intermediarios',
  '/integridad': 'Verificación e integridad',
  '/tablero': 'Tablero nacional',
} as const;
type Path = keyof typeof MAIN;
const OFFICER: readonly Path[] = ['/', '/casos', '/reportar', '/hechos', '/aprobaciones', '/importar'];
/** Who has which page: what the menu offers, no more and no less. */
const MENU: Readonly<Record<string, readonly Path[]>> = {
  [OFFICERS.VICTIMS_COMMISSION]: OFFICER,
  [OFFICERS.CHILD_PROTECTION]: OFFICER,
  [OFFICERS.PROSECUTOR]: OFFICER,
  [OFFICERS.HEALTH]: OFFICER,
  [REPRESENTATIVE]: ['/', '/casos', '/reportar', '/hechos', '/aprobaciones', '/auditoria'],
  [ADVISER]: ['/', '/casos', '/hechos', '/aprobaciones'],
  [INTERMEDIARY]: ['/', '/casos', '/hechos', '/aprobaciones'],
  [SUPERVISORS.PROSECUTOR]: ['/', '/casos', '/aprobaciones', '/auditoria', '/integridad'],
  [ANALYST]: ['/tablero'],
  [ADMINISTRATOR]: ['/intermediarios', '/integridad'],
};
const TABS = ['', '/linea', '/entrevista', '/relatos', '/equipo', '/canalizaciones', '/cierre'] as const;

describe('each page, for each role that has it', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let caseId: string;
  const opened = new Map<string, ReturnType<typeof entered>>();
  const pageOf = async (username: string): Promise<Page> => {
    const known = opened.get(username) ?? entered(browser, product, username);
    opened.set(username, known);
    return (await known).page;
  };

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    await registerIntermediary(people);
    ({ caseId } = await caseReadyToPlan(people));
    await people.done(SUPERVISORS.VICTIMS_COMMISSION, 'assignLegalAdviser', {
      caseId,
      input: { staffId: subjectOf(ADVISER), chosenByChild: false },
    });
    const { interviewId } = await planned();
    await people.done(OFFICERS.HEALTH, 'submitQuestions', {
      caseId,
      input: { interviewId, questionTexts: ['Pregunta inventada: ¿quién más lo sabía?'] },
    });
    await people.done(OFFICERS.CHILD_PROTECTION, 'makeReferral', {
      caseId,
      input: { to: 'HEALTH', purpose: 'CARE', urgency: 'URGENT' },
    });
    await people.done(OFFICERS.HEALTH, 'recordRetelling', {
      caseId,
      occurredAt: new Date(Date.now() - 50 * 3_600_000).toISOString(),
      input: validInput('recordRetelling', { needed: false }),
    });
    // A break-glass use that waits for its review.
    const other = await openCase(people, {}, OFFICERS.PROSECUTOR);
    await people.done('salud.nayarit', 'useBreakGlass', { caseId: other.caseId, input: validInput('useBreakGlass') });
    // A case that stands still in one view.
    await park(product, { follower: 'timeline_entries', caseId: other.caseId });
    // One refusal for the audit.
    await people.say(OFFICERS.PROSECUTOR, 'planInterview', { caseId, input: plan() });
    browser = await launch();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });
  const planned = async () => {
    const { revision } = await people.done(OFFICERS.PROSECUTOR, 'planInterview', { caseId, input: plan() });
    const { data } = await people.read(
      OFFICERS.PROSECUTOR,
      'query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) { interview { interviewId } } }',
      { caseId, atLeast: revision },
    );
    return data.case.interview as { interviewId: string };
  };

  /** Each form is looked at once, with whoever has it first. */
  const seen = new Set<string>();
  /** Everything that is wrong with the page as it stands, folded and unfolded, wide and narrow. */
  const wrong = async (page: Page) => {
    const found: string[] = [];
    const sideways = async (how: string) => {
      for (const size of [NARROW, WIDE]) {
        await page.setViewportSize(size);
        if (await scrollsSideways(page)) found.push(`scrolls sideways at ${size.width}, ${how}`);
      }
    };
    await sideways('folded');
    await unfold(page, seen);
    await sideways('unfolded');
    found.push(...(await violations(page)), ...(await flaws(page)));
    return found;
  };

  it.each(Object.keys(MENU))(
    '%s: the menu offers the pages of the role, and each is sound',
    async (username) => {
      const page = await pageOf(username);
      const links = await page
        .locator('aside nav a')
        .evaluateAll((all) => all.map((one: any) => one.pathname as string));
      expect(links).toEqual(MENU[username]);
      for (const path of ['/', ...links.filter((link) => link !== '/')]) {
        if (path === '/') await visit(page, product.url);
        else await page.locator(`aside nav a[href="${path}"]`).click();
        await page.waitForURL(product.url + path);
        await settled(page);
        expect([path, await wrong(page)]).toEqual([path, []]);
      }
      expect((await opened.get(username))!.errors).toEqual([]);
    },
    60_000,
  );

  it.each(Object.keys(MENU).filter((username) => MENU[username]!.includes('/casos')))(
    '%s: each part of a case is sound',
    async (username) => {
      const page = await pageOf(username);
      await visit(page, `${product.url}/casos/${caseId}`);
      for (const tab of TABS) {
        await page.locator(`.tabs a[href="/casos/${caseId}${tab}"]`).click();
        await settled(page);
        expect([tab, await wrong(page)]).toEqual([tab, []]);
      }
      expect((await opened.get(username))!.errors).toEqual([]);
    },
    60_000,
  );

  it('the head of a case, which stays in sight, names what it shows and leaves the page to the rest, also where there is little room', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await page.setViewportSize(NARROW);
    await visit(page, `${product.url}/casos/${caseId}`);
    const names = page.locator('.casehead dt');
    expect(await names.allInnerTexts()).toContain('Entidad');
    for (const name of await names.all()) {
      const box = (await name.boundingBox())!;
      expect([await name.innerText(), box.width > 10 && box.height > 10]).toEqual([await name.innerText(), true]);
    }
    expect((await page.locator('.casehead').boundingBox())!.height).toBeLessThan(0.3 * NARROW.height);
    await page.setViewportSize(WIDE);
  }, 30_000);

  it('a name that is typed where a folio is asked for is found nowhere and is not written into the address', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, product.url);
    const asked = page.getByRole('search', { name: 'Buscar un caso por folio' }).getByRole('textbox');
    await asked.fill('Nombre Inventado');
    await asked.press('Enter');
    await page.getByText('Aquí se busca por folio.').waitFor();
    expect(page.url()).toBe(`${product.url}/casos`);
    const form = page.getByRole('search', { name: 'Buscar y filtrar casos' });
    expect(await form.getByRole('textbox').inputValue()).toBe('Nombre Inventado');
    await form.getByRole('textbox').fill('17-');
    await form.getByRole('textbox').press('Enter');
    await page.getByText('Aquí se busca por folio.').waitFor({ state: 'detached' });
    expect(page.url()).toBe(`${product.url}/casos?texto=17-`);
  }, 30_000);

  it.each(Object.keys(MENU))(
    '%s: a page that is not of the role says so, in words, and asks the server for nothing',
    async (username) => {
      const page = await pageOf(username);
      for (const path of (Object.keys(MAIN) as Path[]).filter((one) => one !== '/' && !MENU[username]!.includes(one))) {
        await visit(page, product.url + path);
        expect(await page.locator('main h1').innerText()).toBe(MAIN[path]);
        expect(await page.locator('main .notice').allInnerTexts()).toEqual([
          expect.stringContaining(`Sin permiso: ${MAIN[path]}`),
        ]);
        expect(await page.locator('main form').count()).toBe(0);
        expect([path, await violations(page), await flaws(page)]).toEqual([path, [], []]);
      }
    },
    30_000,
  );
});
