import { allCommands } from '@resguardo/contracts';
import type { Browser, Page } from 'playwright-core';
import { validInput } from '../e2e/support/inputs.js';
import {
  fillTeam,
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
import { entered, launch, signedIn, violations } from './support/browser.js';
import { choose, fillByKeyboard, takenTo, tabTo } from './support/keyboard.js';
import { settled, visit, visitUntil } from './support/pages.js';

/** A prosecutor's officer without a mouse, from the door to the way out. */
describe('by keyboard alone', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let page: Page;
  let errors: readonly string[];
  let caseId: string;
  let folio: string;

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    await registerIntermediary(people);
    browser = await launch();
    ({ page, errors } = await signedIn(browser, product.url, OFFICERS.PROSECUTOR));
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  const formOf = (command: string) => page.locator(`form[data-command="${command}"]`);
  const press = async (name: string | RegExp, within = page.locator('body')) => {
    await tabTo(page, within.getByRole('button', { name }).first());
    await page.keyboard.press('Enter');
  };
  const follow = async (name: string) => {
    await tabTo(page, page.getByRole('link', { name, exact: true }).first());
    await page.keyboard.press('Enter');
    await settled(page);
  };
  /** Opens the line of a command, fills its form in and sends it; what came of it has the keyboard. */
  const say = async (command: string, input: object, tone: string) => {
    const line = page.locator(`details[data-action="${command}"] > summary`).first();
    if (!(await formOf(command).isVisible())) {
      await tabTo(page, line);
      await page.keyboard.press('Enter');
      await formOf(command).waitFor();
    }
    await fillByKeyboard(page, formOf(command), allCommands[command]!.input, validInput(command, { ...input }));
    await press(/^(Enviar|Registrar|Volver a enviar)$/, formOf(command));
    const notice = formOf(command).locator(`.notice[data-tone=${tone}]`);
    await takenTo(notice);
    return notice;
  };

  it('whoever has signed in starts at the content, as on every other page', async () => {
    await takenTo(page.locator('main'));
    await page.getByRole('heading', { level: 1, name: 'Mi día' }).waitFor();
    await page.locator('main:focus').waitFor();
  }, 30_000);

  it('the first stop of a page leads past the menu', async () => {
    await page.reload();
    await settled(page);
    await page.keyboard.press('Tab');
    await takenTo(page.getByRole('link', { name: 'Ir al contenido' }));
    await page.keyboard.press('Enter');
    await takenTo(page.locator('main'));
  }, 30_000);

  it('registers a report: search, what is wrong is named and led to, folio, case', async () => {
    await page.reload();
    await settled(page);
    await follow('Registrar reporte');
    await takenTo(page.locator('main'));
    await tabTo(page, page.getByLabel('Nombres'));
    await page.keyboard.type('Inventada');
    await tabTo(page, page.getByLabel('Primer apellido'));
    await page.keyboard.type('Ficticia');
    await page.keyboard.press('Enter');
    await page.getByText('Sin coincidencias. Puede registrar el reporte.').waitFor();
    await press('Continuar con el reporte');
    await takenTo(page.getByRole('heading', { level: 1, name: 'Registrar reporte' }));
    const form = formOf('receiveReport');
    // No answer is mandatory; what may not be kept is said.
    await tabTo(page, form.locator('[data-field="summary"] textarea'));
    await page.keyboard.type('data:image/png;base64,AAAA');
    await press('Enviar', form).catch(() => press('Registrar', form));
    const summary = form.locator('.notice[data-tone=error]');
    await takenTo(summary);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await takenTo(form.locator('[data-field="summary"] textarea'));
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.getByRole('heading', { level: 1 }).focus();
    await fillByKeyboard(
      page,
      form,
      allCommands['receiveReport']!.input,
      validInput('receiveReport', { state: '17', accountGiven: false, immediateFullAccount: false }),
    );
    await press(/^(Enviar|Registrar)$/, form);
    const notice = page.locator('main .notice[data-tone=good]');
    await notice.waitFor();
    folio = /17-\d\d-[0-9A-Z]{8}/.exec(await notice.innerText())![0];
    await follow('Abrir el caso');
    await page.getByRole('heading', { level: 1, name: `Caso ${folio}` }).waitFor();
    caseId = new URL(page.url()).pathname.split('/')[2]!;
  }, 90_000);

  it('records a fact on the timeline, which shows it at once', async () => {
    await follow('Línea de tiempo');
    await choose(page, page.getByLabel('Qué ocurrió'), 'recordPrivacyNotice');
    const notice = await say('recordPrivacyNotice', {}, 'good');
    expect(await notice.innerText()).toMatch(/^Registrado/);
    await page
      .locator('.entries > li')
      .filter({ hasText: /aviso de privacidad/i })
      .first()
      .waitFor();
  }, 60_000);

  it('plans the interview, and a second plan is refused where the keyboard is', async () => {
    await fillTeam(people, caseId).catch(() => undefined);
    await people.done(OFFICERS.CHILD_PROTECTION, 'assignRepresentative', {
      caseId,
      input: { staffId: subjectOf(REPRESENTATIVE) },
    });
    await follow('Entrevista única');
    await say('decideAnticipatedEvidence', { decision: 'SOUGHT', reason: 'REPETITION_WOULD_HARM' }, 'good');
    const input = { intermediaryId: subjectOf(INTERMEDIARY), venueKind: 'CHILD_HOUSE', urgent: false, minutes: 60 };
    await say('planInterview', input, 'good');
    await page.locator('.stepper [aria-current=step]').getByText('Preguntas').waitFor();
    const refused = await say('planInterview', input, 'refused');
    expect(await refused.innerText()).toMatch(
      /^No procede[^]*Qué sí se puede hacer:[^]*Fundamento:[^]*Sólo una entrevista a la vez\s+R-002\s+Código: E-/,
    );
    expect(await violations(page)).toEqual([]);
  }, 120_000);

  it('a dialog keeps the keyboard, names itself, is left by Escape back to where it was opened, and says what it does', async () => {
    const line = page.locator('details[data-action="cancelInterview"] > summary');
    await tabTo(page, line);
    await page.keyboard.press('Enter');
    const form = formOf('cancelInterview');
    await form.waitFor();
    await fillByKeyboard(page, form, allCommands['cancelInterview']!.input, validInput('cancelInterview'));
    await press('Enviar', form);
    const dialog = page.getByRole('dialog', { name: 'Confirmar: Cancelar la entrevista planeada' });
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain('Queda en la historia del caso');
    expect(await violations(page)).toEqual([]);
    expect(await page.locator('#root[inert]').count()).toBe(1);
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('Tab');
      await dialog.locator(':focus').waitFor();
    }
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    await takenTo(form.getByRole('button', { name: 'Enviar' }));
    await page.keyboard.press('Enter');
    await dialog.waitFor();
    await press('Sí, confirmar', dialog);
    await dialog.waitFor({ state: 'hidden' });
    await takenTo(form.locator('.notice[data-tone=good]'));
    expect(await page.locator('#root[inert]').count()).toBe(0);
    await page.locator('.stepper [aria-current=step]').getByText('Por planear').waitFor();
  }, 60_000);

  it('what another agency records shows at once in an open timeline, by whom, with the mark of a late arrival', async () => {
    await follow('Línea de tiempo');
    await page.locator('.entries > li').first().waitFor();
    await people.done(OFFICERS.HEALTH, 'recordRetelling', {
      folio,
      occurredAt: new Date(Date.now() - 50 * 3_600_000).toISOString(),
      input: validInput('recordRetelling'),
    });
    const entry = page.locator('.entries > li[data-fresh][data-type=RetellingRecorded]');
    await entry.waitFor();
    expect(await entry.innerText()).toMatch(/Servicios de salud[^]*Registrado: [^]*\(CDMX\)[^]*llegó tarde/);
    await page.getByRole('status').getByText('Llegó un hecho nuevo').waitFor();
  }, 40_000);

  it('filters by agency and kind; “as it was known on” shows an earlier day and says so', async () => {
    const all = await page.locator('.entries > li').count();
    await tabTo(page, page.locator('summary', { hasText: 'Filtros' }));
    await page.keyboard.press('Enter');
    await tabTo(page, page.getByRole('checkbox', { name: 'Servicios de salud' }));
    await page.keyboard.press('Space');
    await page.locator('summary', { hasText: 'uno elegido' }).waitFor();
    await page.locator('.entries > li[data-type=CaseOpened]').waitFor({ state: 'detached' });
    await page.locator('.entries > li[data-type=RetellingRecorded]').waitFor();
    await press('Quitar filtros');
    await takenTo(page.locator('summary', { hasText: 'Filtros' }));
    await page.locator('.entries > li[data-type=CaseOpened]').waitFor();
    expect(await page.locator('.entries > li').count()).toBe(all);
    await page.getByLabel('Como se sabía el…').fill(new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10));
    await page.getByText(/^Como se sabía el \d{1,2} \p{L}{3,4} \d{4}$/u).waitFor();
    await page.getByText('Sin hechos con estos filtros.').waitFor();
    await press('Quitar filtros');
    await page.locator('.entries > li[data-type=CaseOpened]').waitFor();
  }, 60_000);

  it('corrects what was recorded: the old entry stays, marked', async () => {
    const entry = page.locator('.entries > li[data-type=PrivacyNoticeGiven]');
    await tabTo(page, entry.getByText('Corregir o retirar'));
    await page.keyboard.press('Enter');
    await tabTo(page, entry.locator('details[data-action=retractFact] > summary'));
    await page.keyboard.press('Enter');
    const form = entry.locator('form[data-command=retractFact]');
    await form.waitFor();
    await fillByKeyboard(page, form, allCommands['retractFact']!.input, validInput('retractFact'));
    await press(/^(Enviar|Registrar)$/, form);
    await press('Sí, confirmar', page.getByRole('dialog'));
    await page.locator('.entries > li.retracted').getByText('retirado').waitFor();
  }, 60_000);

  it('what a button shows has the keyboard: sealed words and who the child is', async () => {
    const reveal = async (folded: string) => {
      const part = page.locator('details', { has: page.getByText(folded, { exact: true }) }).last();
      await tabTo(page, part.locator('summary'));
      await page.keyboard.press('Enter');
      await choose(page, part.getByLabel('Para qué lo lee'), 'FOLLOW_UP');
      await press('Mostrar', part);
      await takenTo(part.getByRole('region', { name: 'Contenido sensible' }));
      expect(await violations(page)).toEqual([]);
    };
    await people.done(OFFICERS.PROSECUTOR, 'makeReferral', {
      caseId,
      input: validInput('makeReferral', { to: 'HEALTH', message: 'Inventado.' }),
    });
    await visit(page, `${product.url}/casos/${caseId}/linea`);
    await reveal('Ver lo reservado');
    await follow('Resumen');
    await reveal('Ver identidad');
  }, 40_000);

  it('an older page has the keyboard, and the list while it comes', async () => {
    await openCase(people, {}, OFFICERS.PROSECUTOR);
    for (let i = 0; i < 2; i++) await people.say(OFFICERS.PROSECUTOR, 'planInterview', { caseId, input: plan() });
    const shortPages = (where: Page) =>
      where.route('**/graphql', (route) => {
        const asked = route.request().postDataJSON();
        if (asked.variables?.first === undefined) return route.fallback();
        return route.continue({ postData: { ...asked, variables: { ...asked.variables, first: 1 } } });
      });
    await shortPages(page);
    await visit(page, `${product.url}/casos/${caseId}/linea`);
    const entries = page.locator('.entries > li');
    await entries.first().waitFor();
    const brought = await entries.count();
    await press('Ver anteriores');
    await takenTo(entries.nth(brought));
    await follow('Casos');
    const list = page.getByRole('group', { name: 'Resultados' }).filter({ has: page.getByRole('region') });
    await list.getByRole('row').nth(1).waitFor();
    for (const turned of ['Siguientes', 'Volver al principio', 'Último cambio']) {
      await press(turned, list);
      await takenTo(list);
      await settled(page);
      await list.getByRole('row').nth(1).waitFor();
      await takenTo(list);
    }
    await page.unroute('**/graphql');

    const { page: other } = await entered(browser, product, SUPERVISORS.PROSECUTOR);
    await shortPages(other);
    for (const log of ['Consultas', 'Negativas y rechazos']) {
      const more = other.getByRole('region', { name: log }).getByRole('button', { name: 'Ver anteriores' });
      await visitUntil(other, `${product.url}/auditoria`, more);
      await tabTo(other, more);
      await other.keyboard.press('Enter');
      const pages = other.getByRole('group', { name: log }).filter({ has: other.getByRole('region') });
      await takenTo(pages);
      await pages.getByRole('button', { name: 'Volver al principio' }).waitFor();
      await takenTo(pages);
    }
  }, 60_000);

  it('supervision reads why somebody broke the glass where it reviews the access', async () => {
    const reason = 'Motivo inventado: peligro inmediato para la vida.';
    const { caseId: opened, folio: named } = await openCase(people, {}, OFFICERS.PROSECUTOR);
    await people.done('salud.nayarit', 'useBreakGlass', {
      caseId: opened,
      input: validInput('useBreakGlass', { reason }),
    });
    const { page: other } = await entered(browser, product, SUPERVISORS.HEALTH);
    const use = other.getByRole('region', { name: 'Accesos de emergencia por revisar' }).getByRole('listitem');
    await visitUntil(other, `${product.url}/auditoria`, use.filter({ hasText: named }));
    expect(await other.locator('body').innerText()).not.toContain(reason);
    await tabTo(other, use.locator('summary', { hasText: 'Leer el motivo del acceso' }));
    await other.keyboard.press('Enter');
    await tabTo(other, use.getByRole('button', { name: 'Mostrar' }));
    await other.keyboard.press('Enter');
    const shown = use.getByRole('region', { name: 'Contenido sensible' });
    await takenTo(shown);
    expect(await shown.innerText()).toContain(reason);
    expect(await violations(other)).toEqual([]);
    // Who may not review it is not shown the way to it.
    const { page: another } = await entered(browser, product, SUPERVISORS.PROSECUTOR);
    await visitUntil(another, `${product.url}/auditoria`, another.getByRole('listitem').filter({ hasText: named }));
    expect(await another.getByText('Leer el motivo del acceso').count()).toBe(0);
  }, 40_000);

  it('speaks English when asked to, all of it, and goes back', async () => {
    const language = page.getByRole('banner').getByLabel(/^(Idioma|Language)$/);
    await choose(page, language, 'en');
    await page.getByRole('link', { name: 'My day', exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('aside nav a').allInnerTexts()).toEqual([
      'My day',
      'Cases',
      'Register a report',
      'Record a fact',
      'Approvals',
      'Import a platform report',
    ]);
    expect(await page.locator('main').innerText()).not.toMatch(/\b(Ocurrió|Registrado|Línea de tiempo|niña)\b/);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('ArrowUp');
    await page.getByRole('link', { name: 'Mi día', exact: true }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('es-MX');
  }, 40_000);

  it('one key takes everything off the screen; the title never says what the page is about', async () => {
    expect(await page.title()).toBe('Portal de gestiones');
    await page.keyboard.press('F9');
    await takenTo(page.getByRole('button', { name: 'Identificarme y continuar' }));
    expect(await page.locator('body').innerText()).not.toContain(folio);
    expect(await violations(page)).toEqual([]);
    await page.reload();
    await page.getByRole('button', { name: 'Identificarme y continuar' }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain(folio);
  }, 40_000);

  it('leaves: nothing stays behind, and the way back asks who one is', async () => {
    await press('Salir');
    // The issuer knows the session that is to end, asks nothing more and sends the browser back.
    const start = page.getByRole('button', { name: /^Entrar/ });
    await start.waitFor();
    expect(await page.evaluate('Object.keys(sessionStorage).filter((key) => /oidc.user|draft/.test(key))')).toEqual([]);
    await page.goto(`${product.url}/casos/${caseId}`);
    await page.getByRole('button', { name: /^Entrar/ }).waitFor();
    expect(await page.locator('body').innerText()).not.toContain(folio);
    expect(errors).toEqual([]);
  }, 40_000);
});
