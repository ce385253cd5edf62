import { allCommands } from '@resguardo/contracts';
import type { Locator, Page } from 'playwright-core';
import { validInput } from '../../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ADVISER,
  ANALYST,
  INTERMEDIARY,
  OFFICERS,
  REPRESENTATIVE,
  SUPERVISORS,
} from '../../e2e/support/people.js';
import type { canaryPlanter } from '../../support/canaries.js';
import { fill, send } from './forms.js';
import { settled, visit, visitUntil } from './pages.js';

type Tab = '' | '/linea' | '/entrevista' | '/equipo' | '/canalizaciones' | '/accesos';

/** A running product without a case, and the people of the demo accounts as its issuer knows them. */
export interface Stage {
  readonly url: string;
  /** A page of somebody who has signed in, the same each time. */
  pageOf(username: string): Promise<Page>;
  /** Subject of their tokens. */
  subjectOf(username: string): string;
  /** Is told what is said, for whoever looks for it afterwards. */
  readonly canaries?: Pick<ReturnType<typeof canaryPlanter>, 'noted' | 'plant'>;
}

/**
 * One case from its report to the sealed interview, each step by the role whose step it is, through the pages alone. Declares the
 * tests; `stage` is asked when they run.
 */
export const journeys = (stage: () => Stage): void => {
  let caseId: string;
  let folio: string;
  const pageOf = (username: string) => stage().pageOf(username);
  const subjectOf = (username: string) => stage().subjectOf(username);

  /** An input of a command as it is typed into its form. */
  const typed = (command: string, overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => {
    const input = validInput(command, overrides);
    return stage().canaries?.noted(command, input) ?? input;
  };
  const tab = async (username: string, path: Tab): Promise<Page> => {
    const page = await pageOf(username);
    await visit(page, `${stage().url}/casos/${caseId}${path}`);
    return page;
  };
  /** Says one command through its form and returns the form with what came of it. */
  const said = async (
    page: Page,
    command: string,
    input: object = {},
    within: Page | Locator = page,
    notice?: Locator,
  ) => {
    const line = within.locator(`details[data-action="${command}"]`).first();
    await line.waitFor({ state: 'attached' });
    const more = page.locator('details[data-more]:not([open]) > summary');
    if (!(await line.isVisible())) await more.first().click();
    // A link from the worklist has unfolded it already.
    if ((await line.getAttribute('open')) === null) await line.locator('> summary').click();
    const form = line.locator(`form[data-command="${command}"]`);
    await form.waitFor();
    await fill(form, allCommands[command]!.input, typed(command, { ...input }));
    return { tone: await send(page, form, notice), form };
  };
  /** @param receipt where the page confirms it, when the form goes with what it was about */
  const done = async (
    page: Page,
    command: string,
    input: object = {},
    within: Page | Locator = page,
    receipt?: Locator,
  ) => {
    const { tone, form } = await said(page, command, input, within, receipt);
    expect([command, tone]).toEqual([command, 'good']);
    // What was said is confirmed, with a receipt to keep, and the keyboard is taken there.
    expect(await (receipt ?? form.locator('.notice')).first().innerText()).toMatch(
      /^(Registrado|Aceptado)[^]*Comprobante: [0-9a-f-]{36}/,
    );
    await settled(page);
  };

  it('administration: registers the intermediary, who is then listed with the end of the training', async () => {
    const page = await pageOf(ADMINISTRATOR);
    await page.locator('aside nav a[href="/intermediarios"]').click();
    await done(page, 'registerIntermediary', {
      staffId: subjectOf(INTERMEDIARY),
      trainingKind: 'NICHD',
      trainedOn: new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10),
    });
    await page.getByRole('row').filter({ hasText: 'Intermediaria' }).getByText('Activa').waitFor();
  }, 30_000);

  it('Child Protection: searches first, receives the report, and stands on the team of the new case', async () => {
    const page = await pageOf(OFFICERS.CHILD_PROTECTION);
    await visit(page, `${stage().url}/reportar`);
    // What cannot be searched for is not "no match": the child might be known all the same.
    await page.getByLabel('Teléfonos').fill('777');
    await page.locator('main').getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByText('No se buscó por un teléfono: debe tener 10 dígitos').waitFor();
    expect(await page.locator('main').innerText()).not.toContain('Sin coincidencias');
    await page.getByLabel('Teléfonos').fill('');
    for (const [label, name] of [
      ['Nombres', 'Inventada'],
      ['Primer apellido', 'Ficticia'],
    ] as const) {
      stage().canaries?.plant('findChild', name);
      await page.getByLabel(label).fill(name);
    }
    await page.locator('main').getByRole('button', { name: 'Buscar', exact: true }).click();
    await page.getByText('Sin coincidencias. Puede registrar el reporte.').waitFor();
    await page.getByRole('button', { name: 'Continuar con el reporte' }).click();
    const form = page.locator('form[data-command="receiveReport"]');
    await form.waitFor();
    // A reload loses neither the search nor what was typed.
    stage().canaries?.plant('receiveReport.summary', 'Resumen inventado');
    await form.locator('[data-field="summary"] textarea').fill('Resumen inventado');
    await page.getByText('Un borrador').waitFor();
    // Asked from here: what a page itself asks again and again is an `eval`, which its policy may forbid. The test's time is the limit.
    while (
      !(await page.evaluate(
        `Object.keys(sessionStorage).some((name) => name.startsWith('resguardo.draft.receiveReport'))`,
      ))
    );
    await visit(page, page.url());
    await page.getByRole('button', { name: 'Continuar el reporte' }).click();
    await form.waitFor();
    expect(await form.locator('[data-field="identity.firstSurname"] input').inputValue()).toBe('Ficticia');
    await fill(
      form,
      allCommands['receiveReport']!.input,
      typed('receiveReport', { state: '17', accountGiven: false, immediateFullAccount: false }),
    );
    await form.locator('button[type=submit]').click();
    const notice = page.locator('main .notice[data-tone=good]');
    await notice.waitFor();
    folio = /17-\d\d-[0-9A-Z]{8}/.exec(await notice.innerText())![0];
    await notice.getByRole('link', { name: 'Abrir el caso' }).click();
    await page.getByRole('heading', { level: 1, name: `Caso ${folio}` }).waitFor();
    caseId = new URL(page.url()).pathname.split('/')[2]!;
    await page.getByText('Primeros pasos').waitFor();
    // A term of one's own agency leads to the form that meets it.
    await page.getByRole('link', { name: 'Registrar aviso a madre, padre o tutor' }).click();
    await page.locator('details[data-action="recordGuardianNotified"][open] > summary:focus').waitFor();
    await visit(page, `${stage().url}/casos/${caseId}`);
  }, 30_000);

  it.each(['VICTIMS_COMMISSION', 'PROSECUTOR', 'HEALTH'] as const)(
    'supervision (%s): puts its officer on the team; the officer finds the case by its folio',
    async (agency) => {
      const page = await pageOf(SUPERVISORS[agency]);
      const line = page.locator('details[data-action="addTeamMember"]');
      await line.locator('> summary').click();
      await line.getByLabel(/Folio/).fill(folio);
      const form = line.locator('form');
      await fill(
        form,
        allCommands['addTeamMember']!.input,
        typed('addTeamMember', { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' }),
      );
      expect(await send(page, form)).toBe('good');
      const officer = await pageOf(OFFICERS[agency]);
      await officer.getByRole('search', { name: 'Buscar un caso por folio' }).getByRole('textbox').fill(folio);
      await officer.keyboard.press('Enter');
      const found = `${stage().url}/casos?texto=${folio}`;
      await officer.waitForURL(found);
      const row = officer.getByRole('table').getByRole('link', { name: folio });
      await visitUntil(officer, found, row);
      await row.click();
      await officer.getByRole('heading', { level: 1, name: `Caso ${folio}` }).waitFor();
    },
    30_000,
  );

  it('representative and legal adviser are assigned, and the head of the case says who they are', async () => {
    await done(await tab(OFFICERS.CHILD_PROTECTION, '/equipo'), 'assignRepresentative', {
      staffId: subjectOf(REPRESENTATIVE),
    });
    await done(await tab(SUPERVISORS.VICTIMS_COMMISSION, '/equipo'), 'assignLegalAdviser', {
      staffId: subjectOf(ADVISER),
    });
    const page = await pageOf(REPRESENTATIVE);
    const head = page.getByRole('region', { name: 'Datos del caso' });
    await visitUntil(
      page,
      `${stage().url}/casos/${caseId}`,
      head.filter({ hasText: /Representante\s*Representante en coadyuvancia/ }),
    );
  }, 40_000);

  it('Child Protection: the plan is refused until the prosecutor has decided on advance evidence, then it is taken', async () => {
    const input = { intermediaryId: subjectOf(INTERMEDIARY), venueKind: 'CHILD_HOUSE', urgent: false, minutes: 60 };
    const page = await tab(OFFICERS.CHILD_PROTECTION, '/entrevista');
    await page.getByText('Aún no planeada').waitFor();
    const { tone, form } = await said(page, 'planInterview', input);
    expect(tone).toBe('refused');
    expect(await form.locator('.notice').innerText()).toMatch(/^No procede[^]*Fundamento: [^]*R-021/);
    const prosecutor = await tab(OFFICERS.PROSECUTOR, '/entrevista');
    await done(prosecutor, 'decideAnticipatedEvidence', { decision: 'SOUGHT', reason: 'REPETITION_WOULD_HARM' });
    // The same form, still filled in, is sent again.
    expect(await send(page, form)).toBe('good');
    await page.locator('.stepper [aria-current=step]').getByText('Preguntas').waitFor();
    expect(await page.locator('[data-part=stage]').innerText()).toMatch(
      /^Planeada para el \d{1,2} \p{L}{3,4} \d{4}, 17:00 \(CDMX\), en: /u,
    );
  }, 40_000);

  it('the four agencies answer the round of questions; none reads the questions of another', async () => {
    for (const agency of ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR'] as const) {
      const page = await tab(OFFICERS[agency], '/entrevista');
      await done(page, 'submitQuestions', { questionTexts: [`Pregunta inventada de ${agency}`] });
    }
    const page = await tab(OFFICERS.HEALTH, '/entrevista');
    await done(page, 'declineQuestions');
    await page.getByRole('row').filter({ hasText: 'Servicios de salud' }).getByText('Sin preguntas').waitFor();
    expect(await page.locator('[data-question]').count()).toBe(0);
    expect(await page.locator('main').innerText()).not.toContain('Pregunta inventada');
  }, 60_000);

  it('intermediary: filters each question, reading it for a purpose; the adviser objects to what was rejected', async () => {
    const page = await pageOf(INTERMEDIARY);
    await visitUntil(page, `${stage().url}/casos/${caseId}/entrevista`, page.locator('[data-question]').nth(2));
    expect(await page.locator('[data-question]').count()).toBe(3);
    const first = page.locator('[data-question]').first();
    // Folded by default; opening asks what for.
    expect(await page.locator('main').innerText()).not.toContain('Pregunta inventada');
    await first.getByText('Leer las preguntas').click();
    await first.getByLabel('Para qué lo lee').selectOption('INTERVIEW');
    await first.getByRole('button', { name: 'Mostrar' }).click();
    await first.getByText('Pregunta inventada de VICTIMS_COMMISSION').waitFor();
    for (const [i, decision] of ['REJECTED', 'ACCEPTED', 'ACCEPTED'].entries())
      await done(page, 'filterQuestion', { decision, reason: 'LEADING' }, page.locator('[data-question]').nth(i));
    const adviser = await tab(ADVISER, '/entrevista');
    await done(adviser, 'objectToFilter', {}, adviser.locator('[data-question]').first());
    await adviser.locator('[data-question]').first().getByText('objetada').waitFor();
  }, 60_000);

  it('intermediary: assent, how it may be recorded, the session, its end, the seal', async () => {
    const page = await tab(INTERMEDIARY, '/entrevista');
    const { tone, form } = await said(page, 'startInterview', { recordingMode: 'AUDIO' });
    expect(tone).toBe('refused');
    expect(await form.locator('.notice').innerText()).toContain('R-008');
    // The condition that is missing leads to its form.
    await page.getByRole('button', { name: 'Registrar el asentimiento' }).click();
    await page.locator('details[data-action="recordChildAssent"][open] > summary:focus').waitFor();
    await visit(page, page.url());
    await done(page, 'recordChildAssent');
    await done(page, 'recordRecordingPreference', { preference: 'AUDIO' });
    await page.locator('.stepper [aria-current=step]').getByText('Lista').waitFor();
    await visit(page, page.url());
    await done(page, 'startInterview', {
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_HOUSE',
      presentRoles: ['INTERMEDIARY'],
    });
    await page.locator('.stepper [aria-current=step]').getByText('En curso').waitFor();
    await done(page, 'recordInterviewConducted', {
      minutes: 45,
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_HOUSE',
      presentRoles: ['INTERMEDIARY'],
    });
    await page.locator('.stepper [aria-current=step]').getByText('Realizada').waitFor();
    await page.getByText('Siguiente paso: sellar el registro').waitFor();
    const line = page.locator('details[data-action="sealRecord"]').first();
    await line.locator('> summary').click();
    await fill(line.locator('form'), allCommands['sealRecord']!.input, typed('sealRecord'));
    await line.locator('button[type=submit]').click();
    // The seal ends the intermediary's access: the page closes, with the receipt.
    await page.getByText('Sin permiso: Caso').waitFor();
    await page.getByText(/Comprobante: [0-9a-f-]{36}/).waitFor();
    const officer = await pageOf(OFFICERS.CHILD_PROTECTION);
    const sealed = officer.locator('.stepper [aria-current=step]').getByText('Sellada');
    await visitUntil(officer, `${stage().url}/casos/${caseId}/entrevista`, sealed);
  }, 60_000);

  it.each(['PROSECUTOR', 'HEALTH', 'VICTIMS_COMMISSION', 'CHILD_PROTECTION'] as const)(
    '%s: a second plan is refused by R-001, in words, with its source and what can be done instead',
    async (agency) => {
      const page = await tab(OFFICERS[agency], '/entrevista');
      await page.getByText('No se le vuelve a preguntar sobre estos hechos').waitFor();
      const { tone, form } = await said(page, 'planInterview', { intermediaryId: subjectOf(INTERMEDIARY) });
      expect(tone).toBe('refused');
      const notice = form.locator('.notice');
      expect(await notice.locator('[data-part=because]').innerText()).toContain('no se le vuelve a preguntar');
      expect(await notice.locator('[data-part=instead]').innerText()).toMatch(
        /^Qué sí se puede hacer: Pida acceso al registro/,
      );
      expect(await notice.innerText()).toMatch(/Fundamento: .*LGDNNA[^]*R-001/);
    },
    30_000,
  );

  it('Victims’ Commission asks for the record instead of asking the child; Child Protection shares it', async () => {
    await done(await tab(OFFICERS.VICTIMS_COMMISSION, '/entrevista'), 'requestRecordAccess');
    const theirs = await pageOf(OFFICERS.CHILD_PROTECTION);
    const asked = theirs.locator('li[data-type=RecordAccessRequested]');
    await visitUntil(theirs, `${stage().url}/casos/${caseId}/linea`, asked);
    await done(await tab(OFFICERS.CHILD_PROTECTION, '/entrevista'), 'shareRecord');
    const page = await pageOf(OFFICERS.VICTIMS_COMMISSION);
    const record = page.getByRole('region', { name: 'Registro de la entrevista' });
    await visitUntil(page, `${stage().url}/casos/${caseId}/entrevista`, record.getByText('Comisión de Víctimas'));
  }, 40_000);

  it('prosecutor asks for an exception; the representative reads the request alone, and denies it', async () => {
    await done(await tab(OFFICERS.PROSECUTOR, '/entrevista'), 'requestAdditionalInterview');
    const page = await pageOf(REPRESENTATIVE);
    const request = page.getByRole('listitem').filter({ hasText: `Entrevista adicional · ${folio}` });
    await visitUntil(page, `${stage().url}/aprobaciones`, request);
    await request.getByText('Leer la solicitud').click();
    await request.getByRole('button', { name: 'Mostrar' }).click();
    await request.getByText('Texto inventado para newFact').waitFor();
    await done(page, 'denyAdditionalInterview', {}, request, page.locator('main .notice[data-tone=good]'));
    await page.getByText('Nada pendiente.').waitFor();
  }, 40_000);

  it('health: reads what a referral says, answers it, and records by folio that the child was made to tell it once more', async () => {
    const message = 'Texto inventado: pide una cita.';
    await done(await tab(OFFICERS.CHILD_PROTECTION, '/canalizaciones'), 'makeReferral', { to: 'HEALTH', message });
    const page = await pageOf(OFFICERS.HEALTH);
    const referral = page.getByRole('region', { name: 'Canalizaciones que esperan respuesta' }).getByRole('link');
    await visitUntil(page, stage().url, referral);
    await referral.click();
    await settled(page);
    await page.getByText('Leer lo que se escribió en la canalización').click();
    await page.getByLabel('Para qué lo lee').selectOption('FOLLOW_UP');
    await page.getByRole('button', { name: 'Mostrar' }).click();
    await page.getByText(message).waitFor();
    await done(page, 'answerReferral');
    await visit(page, `${stage().url}/hechos`);
    await page.getByLabel('Qué ocurrió').selectOption('recordRetelling');
    const form = page.locator('form[data-command="recordRetelling"]');
    await form.getByLabel(/Folio/).fill(folio);
    await fill(form, allCommands['recordRetelling']!.input, typed('recordRetelling', { accountGiven: true }));
    expect(await send(page, form)).toBe('good');
    expect(await form.locator('.notice').innerText()).toMatch(/no se cumplió|Comprobante/);
  }, 60_000);

  it('supervision: finds in the audit who was refused, by which rule in words, and keeps the filter in the address', async () => {
    const page = await pageOf(SUPERVISORS.PROSECUTOR);
    const refusals = page.getByRole('region', { name: 'Negativas y rechazos' });
    const row = refusals
      .getByRole('row')
      .filter({ hasText: 'Fiscalía, Morelos' })
      .filter({ hasText: 'Planear la entrevista única' })
      .filter({ hasText: folio });
    await visitUntil(page, `${stage().url}/auditoria`, row);
    expect(await row.first().innerText()).toMatch(/La niña, niño o adolescente lo cuenta una sola vez[^]*R-001/);
    await page.getByLabel('Quién').selectOption({ label: 'Servicios de Salud, Morelos' });
    await page.waitForURL(/persona=/);
    await settled(page);
    expect(await refusals.getByRole('rowheader').allInnerTexts()).not.toContainEqual(
      expect.stringContaining('Fiscalía'),
    );
    await page.reload();
    await settled(page);
    expect(await page.getByLabel('Quién').locator('option:checked').innerText()).toBe('Servicios de Salud, Morelos');
  }, 30_000);

  it('representative: sees who opened this case', async () => {
    const page = await pageOf(REPRESENTATIVE);
    const viewed = page.getByRole('region', { name: 'Consultas' }).getByText('Fiscalía, Morelos');
    await visitUntil(page, `${stage().url}/casos/${caseId}/accesos`, viewed);
  }, 30_000);

  it('analysis: no case, and figures that say when they come out, how they are counted and by which rules they are protected', async () => {
    const page = await pageOf(ANALYST);
    expect(await page.locator('main').innerText()).toContain('Su cuenta ve cifras agregadas, no casos');
    await visit(page, `${stage().url}/casos/${caseId}`);
    expect(await page.locator('main').innerText()).toContain('Sin permiso: Casos');
    expect(await page.locator('body').innerText()).not.toContain(folio);
    await page.getByRole('link', { name: 'Tablero nacional' }).click();
    const panel = page.getByRole('region', { name: 'Casos nuevos por entidad' });
    await panel.getByText('Todavía no hay cifras: Trimestre').waitFor();
    await panel.getByText('Cómo se cuenta y cómo se protege').click();
    await panel.getByText('Una cifra de 1 a 9 casos no se publica').waitFor();
    expect(await page.locator('body').innerText()).not.toContain(folio);
    // Of every number that is not a link nobody can follow one.
    expect(await page.locator('main a').count()).toBe(0);
  }, 30_000);
};
