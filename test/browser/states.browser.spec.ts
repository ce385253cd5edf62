import { allCommands } from '@resguardo/contracts';
import type { Browser, Page, Route } from 'playwright-core';
import { validInput } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ANALYST,
  caseReadyToPlan,
  OFFICERS,
  openCase,
  type People,
  peopleOf,
  registerIntermediary,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { entered, launch, NARROW, scrollsSideways, signedIn, signIn, violations, WIDE } from './support/browser.js';
import { fill, send } from './support/forms.js';
import { takenTo } from './support/keyboard.js';
import { changed, failing, flaws, instead, settled, visit, visitUntil } from './support/pages.js';

interface PanelOf {
  readonly user: string;
  readonly path: string;
  readonly operation: string;
  /** The title by which the panel is known while it loads and when it fails. */
  readonly title: string;
  /** Makes the answer say that there is nothing. */
  readonly nothing?: (data: any) => void;
  /** What the page says then, and the next step it offers. */
  readonly empty?: readonly string[];
  /** Where the answer says how far it reaches. */
  readonly reach?: (data: any) => { incompleteSince: string | null; behind?: boolean };
}
const NOTHING = { edges: [], totalVisible: 0, pageInfo: { endCursor: null, hasNextPage: false } };
const PANELS: readonly PanelOf[] = [
  {
    user: OFFICERS.PROSECUTOR,
    path: '/',
    operation: 'MyDay',
    title: 'Mi día',
    nothing: ({ myDay }) => Object.assign(myDay, { terms: [], referrals: [], rounds: [], changed: [], nextTerm: null }),
    empty: ['Nada vence hoy.', 'Ninguna canalización espera su respuesta.', 'Ninguna ronda de preguntas'],
    reach: ({ myDay }) => myDay,
  },
  {
    user: OFFICERS.PROSECUTOR,
    path: '/casos',
    operation: 'Cases',
    title: 'Casos',
    nothing: ({ cases }) => Object.assign(cases, NOTHING),
    empty: ['Sin coincidencias en lo que puede ver.', 'Buscar por nombre, CURP, teléfono o cuenta'],
    reach: ({ cases }) => cases,
  },
  {
    user: OFFICERS.PROSECUTOR,
    path: '/aprobaciones',
    operation: 'Approvals',
    title: 'Aprobaciones',
    nothing: (data) => (data.approvals = []),
    empty: ['Nada pendiente.'],
  },
  {
    user: OFFICERS.PROSECUTOR,
    path: '/importar',
    operation: 'WaitingPlatformFiles',
    title: 'Archivos que esperan su reporte',
    nothing: (data) => (data.waitingPlatformFiles = []),
    empty: ['Ningún archivo espera su reporte.'],
  },
  {
    user: SUPERVISORS.PROSECUTOR,
    path: '/auditoria',
    operation: 'Accesses',
    title: 'Consultas',
    nothing: ({ accesses }) => (accesses.entries = []),
    empty: ['Sin accesos en lo que puede ver.'],
    reach: ({ accesses }) => accesses,
  },
  {
    user: SUPERVISORS.PROSECUTOR,
    path: '/auditoria',
    operation: 'Refusals',
    title: 'Negativas y rechazos',
    nothing: ({ refusals }) => (refusals.entries = []),
    empty: ['Sin rechazos en lo que puede ver.'],
    reach: ({ refusals }) => refusals,
  },
  {
    user: SUPERVISORS.PROSECUTOR,
    path: '/auditoria',
    operation: 'BreakGlassPending',
    title: 'Accesos de emergencia por revisar',
    nothing: (data) => (data.breakGlassPending = []),
    empty: ['Ningún acceso de emergencia espera revisión.'],
  },
  {
    user: ADMINISTRATOR,
    path: '/intermediarios',
    operation: 'Intermediaries',
    title: 'Registro de intermediarios',
    nothing: (data) => (data.intermediaries = []),
    empty: ['Aún no hay nadie inscrito.', 'Inscribir a una persona intermediaria'],
  },
  {
    user: ADMINISTRATOR,
    path: '/integridad',
    operation: 'Integrity',
    title: 'Verificación e integridad',
    nothing: ({ integrity }) =>
      integrity.services.forEach(({ followers }: any) =>
        followers.forEach((one: any) => Object.assign(one, { parked: [], parkedInAll: 0 })),
      ),
    empty: ['Ningún caso está detenido.', 'Actualizar'],
  },
  {
    user: ANALYST,
    path: '/tablero',
    operation: 'NationalFigures',
    title: 'Tablero nacional',
    nothing: ({ nationalFigures }) =>
      nationalFigures.tables.forEach((one: any) => Object.assign(one, { releases: [] })),
    empty: ['Todavía no hay cifras: Trimestre'],
    reach: ({ nationalFigures }) => nationalFigures,
  },
  {
    user: OFFICERS.PROSECUTOR,
    path: '/casos/:caseId',
    operation: 'Case',
    title: 'Caso',
    nothing: (data) => (data.case = null),
    empty: ['El caso aún no llega a esta vista', 'esta página lo muestra en cuanto llegue', 'Reintentar'],
    reach: (data) => data.case,
  },
  {
    user: OFFICERS.PROSECUTOR,
    path: '/casos/:caseId/linea',
    operation: 'Timeline',
    title: 'Línea de tiempo',
    nothing: ({ timeline }) => (timeline.entries = []),
    empty: ['Sin hechos con estos filtros.', 'Quitar filtros'],
    reach: ({ timeline }) => timeline,
  },
];

describe('the states of each panel', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let caseId: string;
  const opened = new Map<string, Promise<Page>>();
  const pageOf = (username: string): Promise<Page> => {
    const known = opened.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    opened.set(username, known);
    return known;
  };
  const addressOf = ({ path }: PanelOf) => product.url + path.replace(':caseId', caseId);

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    await registerIntermediary(people);
    ({ caseId } = await caseReadyToPlan(people));
    browser = await launch();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  const named = PANELS.map((panel) => [`${panel.path} ${panel.operation}`, panel] as const);

  it.each(named)(
    '%s: loading says what is loading; a failure says what failed, with its code, and is never shown as nothing; asking again helps',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((done) => (goOn = done));
      const fail = failing('INTERNAL_SERVER_ERROR');
      const { stop } = await instead(page, panel.operation, async (route: Route) => {
        await held;
        await fail(route);
      });
      await page.goto(addressOf(panel));
      const busy = page.locator(`main [aria-busy=true][aria-label="${panel.title}"]`);
      await busy.waitFor();
      expect(await busy.innerText()).toContain(`Cargando ${panel.title}…`);
      goOn();
      const notice = page.locator('main .notice[data-tone=error]').filter({ hasText: panel.title });
      await notice.waitFor();
      expect(await notice.innerText()).toMatch(
        new RegExp(`No se pudo mostrar: ${panel.title}[^]*No quiere decir que no haya datos[^]*INTERNAL_SERVER_ERROR`),
      );
      const shown = await page.locator('main').innerText();
      for (const text of panel.empty ?? []) if (text.endsWith('.')) expect(shown).not.toContain(text);
      expect(shown).not.toMatch(/\b0 casos|Sin coincidencias/);
      expect(await violations(page)).toEqual([]);
      await stop();
      await notice.getByRole('button', { name: 'Reintentar' }).click();
      await notice.waitFor({ state: 'detached' });
      await settled(page);
    },
    30_000,
  );

  it.each(named)(
    '%s: nothing to show says why and what can be done next',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      const { stop } = await instead(page, panel.operation, changed(panel.nothing!));
      await visit(page, addressOf(panel));
      for (const text of panel.empty!) await page.locator('main').getByText(text).first().waitFor();
      expect(await page.locator('main .notice[data-tone=error]').count()).toBe(0);
      await stop();
    },
    30_000,
  );

  it.each(named.filter(([, { reach }]) => reach))(
    '%s: an answer that is incomplete says since when, and still shows what is there',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      const { stop } = await instead(
        page,
        panel.operation,
        changed((data) => Object.assign(panel.reach!(data), { incompleteSince: '2026-11-22T20:05:00Z' })),
      );
      await visit(page, addressOf(panel));
      const notice = page.locator('main .notice[data-tone=partial]');
      await notice.filter({ hasText: 'Información incompleta desde el 22 nov 2026, 14:05 (CDMX)' }).first().waitFor();
      expect(await page.locator('main .panel').count()).toBeGreaterThan(0);
      await stop();
    },
    30_000,
  );

  it.each(named.filter(([, { path, reach }]) => reach && path.startsWith('/casos/')))(
    '%s: an answer that is behind says so',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      const { stop } = await instead(
        page,
        panel.operation,
        changed((data) => Object.assign(panel.reach!(data), { behind: true })),
      );
      await visit(page, addressOf(panel));
      await page.locator('main .notice[data-tone=partial]').getByText('Aún no está aquí lo último').first().waitFor();
      await stop();
    },
    30_000,
  );

  it('a case that may be opened and has not reached the view yet is shown as soon as it has', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    const { stop } = await instead(
      page,
      'Case',
      changed((data) => (data.case = null)),
    );
    await visit(page, `${product.url}/casos/${caseId}`);
    await page.locator('main [role=status].notice').getByText('El caso aún no llega a esta vista').waitFor();
    expect(await violations(page)).toEqual([]);
    await stop();
    await page.getByRole('heading', { level: 1, name: /^Caso 17-/ }).waitFor();
  }, 30_000);

  it('a fact that is told on the timeline points at what stands there: nobody types an id', async () => {
    const { caseId: made } = await openCase(people, {}, OFFICERS.PROSECUTOR);
    await people.done(OFFICERS.PROSECUTOR, 'recordChildView', {
      caseId: made,
      input: validInput('recordChildView'),
    });
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visitUntil(page, `${product.url}/casos/${made}/linea`, page.locator('li[data-type=ChildViewRecorded]'));
    await page.getByLabel('Qué ocurrió').selectOption('recordChildViewAnswered');
    const field = page.locator('form[data-command=recordChildViewAnswered] [data-field=viewId]');
    await field.locator('select, input[type=radio]').first().waitFor();
    expect(await field.locator('input:not([type=radio])').count()).toBe(0);
    expect(await flaws(page)).toEqual([]);
  }, 30_000);

  it('what is retracted on an older page of the timeline is marked there, and its receipt has the keyboard', async () => {
    const { caseId: made } = await openCase(people, {}, OFFICERS.PROSECUTOR);
    for (let i = 0; i < 50; i++)
      await people.done(OFFICERS.PROSECUTOR, 'recordPrivacyNotice', {
        caseId: made,
        input: validInput('recordPrivacyNotice'),
      });
    const page = await pageOf(OFFICERS.PROSECUTOR);
    const more = page.locator('main').getByRole('button', { name: 'Ver anteriores' });
    await visitUntil(page, `${product.url}/casos/${made}/linea`, more);
    await more.click();
    const oldest = page.locator('.entries > li[data-type=ReportReceived]');
    await oldest.locator('summary').filter({ hasText: 'Corregir o retirar' }).click();
    await oldest.locator('details[data-action=retractFact] > summary').click();
    const form = oldest.locator('form[data-command=retractFact]');
    await fill(form, allCommands['retractFact']!.input, validInput('retractFact'));
    expect(await send(page, form, oldest.locator('.notice'))).toBe('good');
    await oldest.getByText('retirado').first().waitFor();
    await takenTo(oldest.locator('.notice[data-tone=good]'));
    expect(await page.locator('.entries > li').count()).toBeGreaterThan(50);
  }, 60_000);

  it('who joins a team and who leaves it is named: in the receipt, and on the timeline', async () => {
    const { caseId: made, folio } = await openCase(people);
    const supervisor = await pageOf(SUPERVISORS.PROSECUTOR);
    const officer = await pageOf(OFFICERS.CHILD_PROTECTION);
    const input = { staffId: subjectOf(OFFICERS.PROSECUTOR), role: 'OFFICER' };
    for (const [command, path, type] of [
      ['addTeamMember', '/', 'TeamMemberAdded'],
      ['removeTeamMember', `/casos/${made}/equipo`, 'TeamMemberRemoved'],
    ] as const) {
      await visit(supervisor, product.url + path);
      await supervisor.locator(`details[data-action=${command}] > summary`).click();
      const form = supervisor.locator(`form[data-command=${command}]`);
      if (path === '/') await form.getByLabel(/Folio/).fill(folio);
      await fill(form, allCommands[command]!.input, validInput(command, input));
      expect(await send(supervisor, form)).toBe('good');
      expect(await form.locator('.notice').innerText()).toContain('Persona servidora pública: Fiscalía, Morelos');
      expect(await violations(supervisor)).toEqual([]);
      const entry = officer.locator(`.entries > li[data-type=${type}]`).filter({ hasText: 'Fiscalía, Morelos' });
      await visitUntil(officer, `${product.url}/casos/${made}/linea`, entry);
    }
    expect(await flaws(officer)).toEqual([]);
  }, 30_000);

  it('what an import did is said once for each file, and what the file is in words', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    const send = async (...files: readonly string[]): Promise<readonly string[]> => {
      await visit(page, `${product.url}/importar`);
      await page.locator('input[type=file]').setInputFiles(files.map((name) => `libs/interchange/src/samples/${name}`));
      for (const name of files) await page.getByText(name).first().waitFor();
      await page.locator('main form button[type=submit]').click();
      const result = page.locator('main .notice[data-tone=good]');
      await takenTo(result);
      return result.locator('ul.bordered > li').evaluateAll((all) => all.map((one: any) => one.innerText as string));
    };
    expect(await send('file-details.xml')).toEqual(['file-details.xml · Detalles de un archivo: espera su reporte']);
    await page.getByRole('region', { name: 'Archivos que esperan su reporte' }).getByText('Detalles de un').waitFor();
    expect(await page.locator('main').innerText()).not.toMatch(/fileDetails|reportResponse/);
    expect([...(await violations(page)), ...(await flaws(page))]).toEqual([]);
    const [report, response] = await send('minimal.xml', 'response.xml');
    expect(report).toMatch(/^minimal\.xml · Reporte: abrió casos · 17-/);
    expect(response).toMatch(/^response\.xml · Respuesta al envío: dice el número del reporte; [^:]* · 17-[^:]*$/);
    const again = await send('minimal.xml', 'response.xml');
    expect(again.filter((line) => line.includes('ya estaba'))).toEqual([again[0]]);
  }, 30_000);

  it('what of an import is kept is over and said as such; what is wrong in it stays to be put right', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, `${product.url}/importar`);
    const names = ['minimal.xml', 'response.xml'];
    await page.locator('input[type=file]').setInputFiles(names.map((name) => `libs/interchange/src/samples/${name}`));
    for (const name of names) await page.getByText(name).first().waitFor();
    const file = (name: string, outcome: string, error: object | null = null) => ({
      ...{ name, outcome, error, document: null, folios: [], caseIds: [], warnings: [] },
    });
    const error = { code: 'E-XML', line: 3, column: 1, field: null, message: 'El XML está mal formado.' };
    const importPlatformReport = {
      files: [file('minimal.xml', 'KEPT'), file('response.xml', 'REFUSED', error)],
      ...{ waiting: null, kept: { commandId: 'c', keptAt: '2026-03-02T18:00:00.000Z' } },
    };
    const { stop } = await instead(page, 'ImportPlatformReport', (route) =>
      route.fulfill({ json: { data: { importPlatformReport } } }),
    );
    await page.locator('main form button[type=submit]').click();
    const notice = page.locator('main .notice[data-tone=partial]');
    await takenTo(notice);
    expect(await notice.innerText()).toMatch(
      /^Guardado aquí, aún no en la línea de tiempo[^]*minimal\.xml · guardado aquí[^]*response\.xml[^]*mal formado[^]*Línea 3[^]*Comprobante: c/,
    );
    const left = page.locator('main form ul.bordered > li');
    expect(await left.allInnerTexts()).toEqual([expect.stringContaining('response.xml')]);
    expect([...(await violations(page)), ...(await flaws(page))]).toEqual([]);
    await stop();
  }, 30_000);

  it('what is decided leaves the list once the list has followed, and its receipt stays', async () => {
    const { caseId: made, folio } = await openCase(people);
    await people.done('salud.nayarit', 'useBreakGlass', { caseId: made, input: validInput('useBreakGlass') });
    const page = await pageOf(SUPERVISORS.HEALTH);
    const request = page.locator('main li').filter({ hasText: folio });
    await visitUntil(page, `${product.url}/aprobaciones`, request);
    // The list lags: three times it answers what it answered before.
    let lagging = 3;
    const before = page.waitForResponse((response) => response.request().postData()?.includes('Approvals') ?? false);
    await visit(page, `${product.url}/aprobaciones`);
    const body = await (await before).text();
    const { stop } = await instead(page, 'Approvals', (route) =>
      lagging-- > 0 ? route.fulfill({ contentType: 'application/json', body }) : route.fallback(),
    );
    await request.locator('details[data-action=reviewBreakGlass] > summary').click();
    const form = request.locator('form[data-command=reviewBreakGlass]');
    await fill(form, allCommands['reviewBreakGlass']!.input, validInput('reviewBreakGlass'));
    const receipt = page.locator('main > .notice[data-tone=good]');
    expect(await send(page, form, receipt)).toBe('good');
    await takenTo(receipt);
    await request.waitFor({ state: 'detached' });
    expect(await receipt.innerText()).toMatch(new RegExp(`${folio}[^]*Comprobante: [0-9a-f-]{36}`));
    expect(lagging).toBeLessThan(0);
    await stop();
  }, 30_000);

  it.each([
    ['whose program cannot be fetched says that nobody answers', 'El servidor no responde.'],
    ['that fails while it is drawn says no more than it knows', 'No quiere decir que no haya datos. Intente de nuevo.'],
  ])(
    'a page %s, keeps the menu, and is tried again',
    async (how, said) => {
      const page = await entered(browser, product, OFFICERS.PROSECUTOR).then((one) => one.page);
      const program = '**/assets/cases-*.js';
      await page.route(program, (route) =>
        how.startsWith('whose')
          ? route.abort()
          : route.fulfill({
              contentType: 'text/javascript',
              body: "export const CasesPage = () => { throw new Error('planted'); };",
            }),
      );
      await page.getByRole('navigation').getByRole('link', { name: 'Casos' }).click();
      const notice = page.locator('main .notice[data-tone=error]');
      await notice.getByText(said, { exact: true }).waitFor();
      await takenTo(page.locator('main'));
      expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('No se pudo abrir esta página');
      expect(await violations(page)).toEqual([]);
      await page.unroute(program);
      await notice.getByRole('button', { name: 'Reintentar' }).click();
      await page.getByRole('heading', { level: 1, name: 'Casos' }).waitFor();
    },
    30_000,
  );

  it('a tab whose program cannot be fetched says so under the head of its case, and is tried again', async () => {
    const { caseId, folio } = await openCase(people, {}, OFFICERS.PROSECUTOR);
    const page = await entered(browser, product, OFFICERS.PROSECUTOR).then((one) => one.page);
    await visit(page, `${product.url}/casos/${caseId}`);
    const program = '**/assets/case-timeline-*.js';
    await page.route(program, (route) => route.abort());
    await page.getByRole('link', { name: 'Línea de tiempo' }).click();
    const notice = page.locator('main .notice[data-tone=error]');
    await takenTo(notice);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toContain(folio);
    expect(await page.getByRole('heading', { level: 2 }).allInnerTexts()).toContain('No se pudo abrir esta página');
    expect(await violations(page)).toEqual([]);
    await page.unroute(program);
    await notice.getByRole('button', { name: 'Reintentar' }).click();
    await page.locator('.entries > li').first().waitFor();
  }, 30_000);

  it.each(named)(
    '%s: when its service is away it names it, and that is not shown as nothing',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      const { stop } = await instead(page, panel.operation, failing('SERVICE_AWAY', { service: 'health' }));
      await page.goto(addressOf(panel));
      const notice = page.locator('main .notice[data-tone=partial]').filter({ hasText: panel.title });
      await notice.waitFor();
      expect((await notice.innerText()).split('\n').filter(Boolean)).toEqual([
        'Servicios de Salud no responde ahora',
        `Falta: ${panel.title}. No quiere decir que no haya datos; lo demás se puede usar.`,
        'Reintentar',
      ]);
      const shown = await page.locator('main').innerText();
      for (const text of panel.empty ?? []) if (text.endsWith('.')) expect(shown).not.toContain(text);
      expect(await violations(page)).toEqual([]);
      await stop();
    },
    30_000,
  );

  it.each(named)(
    '%s: without permission it says what exists and who can grant it, nothing more',
    async (_, panel) => {
      const page = await pageOf(panel.user);
      const { stop } = await instead(
        page,
        panel.operation,
        failing('E-NEED', { rule: 'R-702', whoCanGrant: ['HEALTH:SUPERVISOR'] }),
      );
      await visit(page, addressOf(panel));
      const notice = page.locator('main .notice').filter({ hasText: `Sin permiso: ${panel.title}` });
      await notice.waitFor();
      expect((await notice.innerText()).split('\n').filter(Boolean)).toEqual([
        `Sin permiso: ${panel.title}`,
        'Puede otorgarlo: Servicios de salud · Supervisión',
      ]);
      await stop();
    },
    30_000,
  );

  it('what would find nothing to act on has no form, is named in one sentence, and comes when there is something', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    const { caseId: made } = await openCase(people, {}, OFFICERS.PROSECUTOR);
    await visit(page, `${product.url}/casos/${made}/cierre`);
    const line = (command: string) => page.locator(`main details[data-action="${command}"]`);
    const idle = page.locator('main [data-section=closing] [data-part=idle]');
    expect(await idle.innerText()).toBe(
      'No aplica por ahora: Declarar firme el cierre · Cerrar el caso · Reabrir el caso.',
    );
    expect(await line('reopenCase').count()).toBe(0);
    // M-1: what happened can be said of every case.
    for (const fact of ['notifyClosure', 'challengeClosure']) await line(fact).waitFor();

    await line('proposeClosure').locator('> summary').click();
    const form = page.locator('form[data-command="proposeClosure"]');
    await fill(form, allCommands['proposeClosure']!.input, validInput('proposeClosure'));
    expect(await send(page, form)).toBe('good');
    await line('finaliseClosure').waitFor();
    // The act has done its work; what confirms it stays, and so does the keyboard.
    await takenTo(form.locator('.notice[data-tone=good]'));
    await page.reload();
    await settled(page);
    expect(await idle.innerText()).toBe('No aplica por ahora: Proponer el cierre · Reabrir el caso.');
    // A link that names a form leads to it: the rule says what it lacks.
    await visit(page, `${product.url}/casos/${made}/cierre#reopenCase`);
    await page.reload();
    await page.locator('form[data-command="reopenCase"]').waitFor();

    await visit(page, `${product.url}/casos/${made}/relatos`);
    await line('markHearingReady').locator('> summary').click();
    await page.getByText('Antes debe constar en el caso «Audiencia programada», y todavía no consta.').waitFor();
    expect(await page.locator('form[data-command="markHearingReady"]').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
  }, 40_000);

  it('a server that does not answer: the line says so, what was typed is kept, and sending again goes through once', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, `${product.url}/casos/${caseId}/equipo`);
    await page.locator('details[data-action="recordCaseReview"] > summary').click();
    const form = page.locator('form[data-command="recordCaseReview"]');
    await form.waitFor();
    const { stop } = await instead(page, 'RecordCaseReview', (route) => route.abort());
    for (const group of await form.getByRole('radiogroup').all()) await group.getByRole('radio').first().check();
    for (const choice of await form.locator('select').all()) await choice.selectOption({ index: 1 });
    for (const box of await form.locator('[data-field]:has(input[type=checkbox])').all())
      await box.locator('input').first().check();
    await form.locator('button[type=submit]').click();
    await form.locator('.notice').first().waitFor();
    expect((await form.locator('.notice').first().innerText()).split('\n').filter(Boolean)).toEqual([
      'No se sabe si llegó',
      'Vuelva a enviar: no se duplica. Lo que escribió está guardado.',
    ]);
    expect(await page.locator('header [role=status]').innerText()).toContain('Sin conexión');
    await stop();
    const away = await instead(page, 'RecordCaseReview', failing('SERVICE_AWAY', { service: 'prosecution' }));
    await form.getByRole('button', { name: 'Volver a enviar' }).click();
    await form.locator('.notice').getByText('Fiscalía no responde ahora').waitFor();
    expect(await form.locator('.notice').first().innerText()).toContain('No se envió.');
    await away.stop();
    await form.getByRole('button', { name: 'Volver a enviar' }).click();
    await form.locator('.notice[data-tone=good]').waitFor();
    expect(await page.locator('header [role=status]').innerText()).toContain('Conectado');
  }, 30_000);

  it('what nobody wrote is not said to be kept', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, `${product.url}/reportar`);
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).click();
    const form = page.locator('form[data-command="receiveReport"]');
    await form.waitFor();
    const told = async (title: string) => {
      const notice = form.locator('.notice[data-tone=partial]').filter({ hasText: title });
      await takenTo(notice);
      return (await notice.innerText()).split('\n').filter(Boolean);
    };
    const lost = await instead(page, 'ReceiveReport', (route) => route.abort());
    await form.locator('button[type=submit]').click();
    expect(await told('No se sabe')).toEqual(['No se sabe si llegó', 'Vuelva a enviar: no se duplica.']);
    await lost.stop();
    const away = await instead(page, 'ReceiveReport', failing('SERVICE_AWAY', { service: 'prosecution' }));
    await form.locator('button[type=submit]').click();
    expect(await told('Fiscalía')).toEqual(['Fiscalía no responde ahora', 'No se envió. Vuelva a enviar.']);
    await away.stop();
  }, 30_000);

  it.each([
    ['SEARCH_UNAVAILABLE', {}],
    ['SERVICE_AWAY', { service: 'coordination' }],
  ])(
    'the search for the child does not answer (%s): the report can be received all the same',
    async (code, more) => {
      const page = await pageOf(OFFICERS.PROSECUTOR);
      const { stop } = await instead(page, 'FindChild', failing(code, more));
      await visit(page, `${product.url}/reportar`);
      await page.getByRole('button', { name: 'Buscar', exact: true }).last().click();
      await page.locator('main .notice').getByText('Escriba al menos un dato').waitFor();
      await page.getByLabel('Nombres').fill('Inventada');
      await page.locator('main').getByRole('button', { name: 'Buscar', exact: true }).click();
      await page.getByText('La búsqueda no responde').waitFor();
      await page.getByRole('button', { name: 'Continuar con el reporte' }).click();
      await page.locator('form[data-command="receiveReport"]').waitFor();
      // What was typed once is not asked again.
      expect(await page.locator('[data-field="identity.givenNames"] input').inputValue()).toBe('Inventada');
      await stop();
    },
    30_000,
  );

  it('a report that is kept is over: it says so in place of the form, which would take another one', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await visit(page, `${product.url}/reportar`);
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).click();
    const form = page.locator('form[data-command="receiveReport"]');
    await form.waitFor();
    const result = { __typename: 'Kept', commandId: 'c', keptAt: '2026-03-02T18:00:00.000Z' };
    const { stop } = await instead(page, 'ReceiveReport', (route) => route.fulfill({ json: { data: { result } } }));
    await form.locator('button[type=submit]').click();
    const notice = page.locator('main .notice[data-tone=partial]');
    await takenTo(notice);
    expect(await notice.innerText()).toMatch(/^Guardado aquí, aún no en la línea de tiempo[^]*Comprobante: c/);
    expect(await form.count()).toBe(0);
    expect(await page.locator('[aria-current=step]').innerText()).toBe('Guardado aquí');
    expect(await violations(page)).toEqual([]);
    await stop();
    await notice.getByRole('button', { name: 'Registrar otro' }).click();
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).waitFor();
  }, 30_000);

  it.each([
    ['es', 'Servicios de Salud no responde ahora', 'Falta: identidad. ', 'Reintentar'],
    ['en', 'The health service does not answer now', 'Missing: identity. ', 'Try again'],
  ])(
    'D5: what is sealed where nobody answers names who that is (%s), and is opened when asked again',
    async (language, title, missing, retry) => {
      const needs = 'Necesidades inventadas.';
      const { revision } = await people.done(OFFICERS.HEALTH, 'recordCommunicationNeeds', {
        caseId,
        input: { ...validInput('recordCommunicationNeeds'), needs },
      });
      const { page } = await entered(browser, product, OFFICERS.PROSECUTOR);
      await page.evaluate(`localStorage.setItem('resguardo.language', '${language}')`);
      try {
        const entry = page.locator(`.entries > li[data-revision="${revision}"]`);
        await visitUntil(page, `${product.url}/casos/${caseId}/linea`, entry);
        const away = { cls: 'D1', why: 'AWAY', service: 'health' };
        const { stop } = await instead(
          page,
          'Detail',
          changed(({ detail }) => Object.assign(detail, { fields: [], unavailable: [away] })),
        );
        await entry.locator('details:has(form) > summary').click();
        await entry.locator('select').selectOption('FOLLOW_UP');
        await entry.locator('button[type=submit]').click();
        const notice = entry.locator('.notice[data-tone=partial]');
        await notice.waitFor();
        const [said, what, ...rest] = (await notice.innerText()).split('\n').filter(Boolean);
        expect([said, what!.startsWith(missing), rest]).toEqual([title, true, [retry]]);
        expect([...(await violations(page)), ...(await flaws(page))]).toEqual([]);
        await stop();
        await notice.getByRole('button').click();
        await notice.waitFor({ state: 'detached' });
        await takenTo(entry.getByRole('region'));
        expect(await entry.getByRole('region').innerText()).toContain(needs);
      } finally {
        // The pages of one person share what the browser keeps.
        await page.evaluate(`localStorage.removeItem('resguardo.language')`);
      }
    },
    30_000,
  );

  it('while one’s own agency is away, whoever comes in reads that, and can try again and leave', async () => {
    const { page } = await entered(browser, product, OFFICERS.PROSECUTOR);
    const { stop } = await instead(page, 'Me', failing('SERVICE_AWAY', { service: 'prosecution' }));
    await page.goto(product.url);
    await page.getByRole('heading', { level: 1, name: 'Portal de gestiones' }).waitFor();
    expect((await page.locator('.notice').innerText()).split('\n').filter(Boolean)).toEqual([
      'Fiscalía no responde ahora',
      'Nadie de esta institución puede entrar mientras tanto; su cuenta está bien. Otras instituciones siguen trabajando.',
      'Reintentar',
    ]);
    await page.getByRole('button', { name: 'Salir' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await stop();
    await page.getByRole('button', { name: 'Reintentar' }).click();
    await page.getByRole('heading', { level: 1, name: 'Mi día' }).waitFor();
  }, 30_000);

  describe('a token that the server does not believe any more', () => {
    const ended = (page: Page) => page.getByRole('dialog', { name: 'Su sesión terminó' });

    it('is renewed, and the page notices nothing', async () => {
      const { page } = await signedIn(browser, product.url, OFFICERS.PROSECUTOR);
      const tokens: (string | undefined)[] = [];
      const { stop } = await instead(page, 'Cases', (route) => {
        tokens.push(route.request().headers()['authorization']);
        return tokens.length === 1 ? failing('UNAUTHENTICATED')(route) : route.fallback();
      });
      await page.getByRole('navigation').getByRole('link', { name: 'Casos' }).click();
      await page.getByRole('heading', { level: 1, name: 'Casos' }).waitFor();
      await page
        .locator('main')
        .getByText(/17-26-/)
        .first()
        .waitFor();
      expect([tokens.length, new Set(tokens).size, await ended(page).count()]).toEqual([2, 2, 0]);
      await stop();
    }, 30_000);

    it('of a session that was ended elsewhere: the page says that it has ended', async () => {
      const { page, context } = await signedIn(browser, product.url, OFFICERS.PROSECUTOR);
      const other = await context.newPage();
      // As where another ends it: what is open in this browser is not told.
      await other.addInitScript('BroadcastChannel.prototype.postMessage = () => {}');
      await other.goto(product.url);
      await other.getByRole('button', { name: /^Entrar/ }).click();
      await other.getByRole('button', { name: 'Salir', exact: true }).click();
      await other.getByRole('button', { name: /^Entrar/ }).waitFor();
      await page.getByRole('navigation').getByRole('link', { name: 'Casos' }).click();
      await ended(page).waitFor();
      expect(await ended(page).locator('p').allInnerTexts()).toEqual(['Entre de nuevo para continuar.']);
      expect(await violations(page)).toEqual([]);
    }, 30_000);

    it('is in no other tab of whoever has left this browser: what it showed is gone at once, what was begun there is found again', async () => {
      const { page, context } = await signedIn(browser, product.url, OFFICERS.PROSECUTOR);
      await visit(page, `${product.url}/casos/${caseId}/equipo`);
      await page.locator('details[data-action="recordCaseReview"] > summary').click();
      const form = page.locator('form[data-command="recordCaseReview"]');
      await fill(form, allCommands['recordCaseReview']!.input, validInput('recordCaseReview'));
      await page.getByText('Un borrador').waitFor();
      const other = await context.newPage();
      await other.goto(product.url);
      await other.getByRole('button', { name: /^Entrar/ }).click();
      await other.getByRole('button', { name: 'Salir', exact: true }).click();
      await page.getByRole('button', { name: /^Entrar/ }).waitFor();
      await other.getByRole('button', { name: /^Entrar/ }).waitFor();
      expect(await page.locator('.casehead').count()).toBe(0);
      expect(await page.evaluate(`Object.keys(sessionStorage).filter((name) => name.startsWith('oidc.user'))`)).toEqual(
        [],
      );
      await signIn(page, OFFICERS.PROSECUTOR);
      await page.locator('.casehead').waitFor();
      await page.getByText('Un borrador').waitFor();
    }, 40_000);

    it('takes back what the page shows of a case', async () => {
      const { page } = await signedIn(browser, product.url, OFFICERS.PROSECUTOR);
      await page.route('**/openid-connect/token', (route) => route.abort());
      await visit(page, `${product.url}/casos/${caseId}/equipo`);
      const head = page.locator('.casehead');
      await head.waitFor();
      await page.locator('details[data-action="recordCaseReview"] > summary').click();
      const form = page.locator('form[data-command="recordCaseReview"]');
      await fill(form, allCommands['recordCaseReview']!.input, validInput('recordCaseReview'));
      // The page asks for its case again once something is recorded.
      const { stop } = await instead(page, 'Case', failing('UNAUTHENTICATED'));
      await form.locator('button[type=submit]').click();
      await ended(page).waitFor();
      await head.waitFor({ state: 'detached' });
      await stop();
    }, 30_000);
  });

  describe('what an agency keeps (D12)', () => {
    const at = '2026-03-02T18:00:00.000Z';
    const row = (commandId: string, state: string, code: string | null = null) => ({
      ...{ commandId, command: 'recordRetelling', keptAt: at, state, code },
    });
    const KEPT = [
      row('1', 'WAITING'),
      row('2', 'RETURNED', 'NO_SUCH_CASE'),
      row('3', 'RETURNED', 'REUSED'),
      row('4', 'RETURNED', 'UNREADABLE'),
    ];

    it.each([WIDE, NARROW])(
      'says what waits and what came back, with the ways out of it, at $width px',
      async (size) => {
        const { page } = await entered(browser, product, OFFICERS.HEALTH, size);
        await instead(page, 'Kept', (route) => route.fulfill({ json: { data: { kept: KEPT } } }));
        await visit(page, `${product.url}/`);
        await page.getByRole('region', { name: 'Guardado aquí, aún no en la línea de tiempo' }).waitFor();
        const back = page.getByRole('region', { name: 'Regresó: no está en la línea de tiempo' });
        expect(await back.getByRole('button', { name: 'Recuperar lo escrito' }).count()).toBe(2);
        expect(await back.getByRole('button', { name: 'Quitar' }).count()).toBe(3);
        expect([await violations(page), await flaws(page), await scrollsSideways(page)]).toEqual([[], [], false]);
      },
      30_000,
    );

    it('an import that came back is got back with its files, and sent again under its own id', async () => {
      const { page } = await entered(browser, product, OFFICERS.HEALTH);
      const commandId = '0f9a1c52-5b0e-4c11-9f4e-6d2f7a10b3c4';
      const kept = [{ ...row(commandId, 'RETURNED', 'E-REFUSED'), command: 'importPlatformReport' }];
      await instead(page, 'Kept', (route) => route.fulfill({ json: { data: { kept } } }));
      const input = { files: [{ name: 'mio.xml', content: '<report>' }], reportId: '70010', state: '17' };
      const keptWords = {
        ...{ commandId, command: 'importPlatformReport', caseId: null, folio: null, occurredAt: null, knownAt: null },
        input,
      };
      await instead(page, 'KeptWords', (route) => route.fulfill({ json: { data: { keptWords } } }));
      await visit(page, `${product.url}/`);
      const back = page.getByRole('region', { name: 'Regresó: no está en la línea de tiempo' });
      await back.getByText('No se aceptó todo.').waitFor();
      await back.getByRole('button', { name: 'Recuperar lo escrito' }).click();
      await page.getByRole('heading', { level: 1, name: 'Importar reporte de plataforma' }).waitFor();
      await page.locator('main form').getByText('mio.xml').waitFor();
      const sent: unknown[] = [];
      await instead(page, 'ImportPlatformReport', (route) => {
        sent.push(route.request().postDataJSON().variables);
        const result = { name: 'mio.xml', outcome: 'UNCHANGED', error: null, document: 'report' };
        const files = [{ ...result, folios: [], caseIds: [], warnings: [] }];
        return route.fulfill({ json: { data: { importPlatformReport: { files, waiting: 0, kept: null } } } });
      });
      await page.locator('main form button[type=submit]').click();
      await takenTo(page.locator('main .notice[data-tone=good]'));
      expect(sent).toEqual([{ commandId, input, locale: 'ES' }]);
      expect(await violations(page)).toEqual([]);
    }, 30_000);

    it('what is removed is said to be, and the keyboard is taken there', async () => {
      const { page } = await entered(browser, product, OFFICERS.HEALTH);
      let kept = KEPT.slice(1, 2);
      await instead(page, 'Kept', (route) => route.fulfill({ json: { data: { kept } } }));
      await instead(page, 'ForgetKept', (route) => {
        kept = [];
        return route.fulfill({ json: { data: { forgetKept: true } } });
      });
      await visit(page, `${product.url}/`);
      await page.getByRole('button', { name: 'Quitar' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Quitar' }).click();
      await takenTo(page.locator('main .notice').filter({ hasText: 'Se quitó' }));
      expect(await violations(page)).toEqual([]);
    }, 30_000);

    it('a failure is never shown as nothing, and asking again helps', async () => {
      const { page } = await entered(browser, product, OFFICERS.HEALTH);
      const { stop } = await instead(page, 'Kept', failing('SERVICE_AWAY', { service: 'health' }));
      await visit(page, `${product.url}/`);
      const notice = page.locator('main .notice').filter({ hasText: 'Guardado aquí' });
      await notice.waitFor();
      await stop();
      await notice.getByRole('button', { name: 'Reintentar' }).click();
      await notice.waitFor({ state: 'detached' });
    }, 30_000);
  });
});
