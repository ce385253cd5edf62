import { readFileSync } from 'node:fs';
import { allCommands } from '@resguardo/contracts';
import type { Browser, Locator, Page } from 'playwright-core';
import { formOf, pathOf, placeOf } from '../../apps/portal/src/places.js';
import { validInput, whoMaySay } from '../e2e/support/inputs.js';
import {
  ADMINISTRATOR,
  ADVISER,
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
import { park, refuseRows } from '../e2e/support/parked.js';
import {
  databaseOf,
  removeFolder,
  type Standalone,
  startStandalone,
  temporaryFolder,
} from '../e2e/support/standalone.js';
import { launch, entered } from './support/browser.js';
import { fill, send } from './support/forms.js';
import { goWithin, visitUntil } from './support/pages.js';

const schema = readFileSync('libs/contracts/schema/resguardo.graphql', 'utf8');
const mutations = [
  ...schema
    .slice(schema.indexOf('\ntype Mutation {'))
    .split('\n}')[0]!
    .matchAll(/^  (\w+)\(/gm),
].map(([, name]) => name!);
/** Said on a page of their own, or decided on *Aprobaciones* where a request must be waiting: tested one by one below. */
const ELSEWHERE = [
  'approveAdditionalInterview',
  'approveErasure',
  'denyAdditionalInterview',
  'importPlatformReport',
  'linkCase',
  'receiveReport',
  'rejectErasure',
  'retryParkedCase',
  'reviewBreakGlass',
  'setParkedCaseAside',
];

/** Only an agency's own service keeps what it could not pass on: `test/engines/services-pages.engine.ts` drives it through the pages there. */
const APART = ['forgetKept'];

describe('every mutation through a page', () => {
  const dataFolder = temporaryFolder();
  const driven = new Set<string>();
  const pages = new Map<string, Promise<Page>>();
  let product: Standalone;
  let people: People;
  let browser: Browser;
  let caseId: string;
  let folio: string;

  const pageOf = (username: string): Promise<Page> => {
    const known = pages.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    pages.set(username, known);
    return known;
  };

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    await registerIntermediary(people);
    ({ caseId, folio } = await caseReadyToPlan(people));
    await people.done(SUPERVISORS.VICTIMS_COMMISSION, 'assignLegalAdviser', {
      caseId,
      input: { staffId: subjectOf(ADVISER), chosenByChild: false },
    });
    await people.done(OFFICERS.PROSECUTOR, 'planInterview', { caseId, input: plan() });
    browser = await launch();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  const ON_THE_TEAM = [
    ...Object.values(OFFICERS),
    REPRESENTATIVE,
    ADVISER,
    INTERMEDIARY,
    ...Object.values(SUPERVISORS),
    ADMINISTRATOR,
  ];

  const open = Object.entries(allCommands).filter(([name, { on }]) => on !== 'process' && !ELSEWHERE.includes(name));
  it.each(open)(
    '%s',
    async (name, spec) => {
      // Facts are corrected by whoever wrote them: the officer who opened the case.
      const user = name.endsWith('Fact')
        ? OFFICERS.CHILD_PROTECTION
        : ON_THE_TEAM.find((one) => whoMaySay(name).includes(one))!;
      const page = await pageOf(user);
      let form: Locator;
      if (spec.mark === 'fact' && spec.on === 'anyone') {
        await page.goto(`${product.url}/hechos`);
        await page.locator('main select').first().selectOption(name);
        form = page.locator(`form[data-command="${name}"]`);
        await form.getByLabel(/folio/i).first().fill(folio);
      } else {
        const { place } = placeOf(name)!;
        // By its address: what would find nothing to act on as the case stands has its form there and nowhere else.
        await goWithin(page, place === 'timeline' ? pathOf(place, caseId) : formOf(name, caseId)!);
        if (place === 'timeline') {
          await page.locator('details.slight:has(details[data-action]) > summary').first().click();
          await page.locator(`details[data-action="${name}"] > summary`).first().click();
        }
        form = page.locator(`details[data-action="${name}"] form[data-command="${name}"]`).first();
      }
      await form.waitFor();
      // Whoever is taken off the team is of the supervisor's own agency, and says none of what follows.
      const staffId = subjectOf(name === 'removeTeamMember' ? ADVISER : OFFICERS.HEALTH);
      await fill(form, spec.input, validInput(name, { staffId }));
      const tone = await send(page, form);
      expect([name, tone]).toEqual([name, spec.mark === 'fact' ? 'good' : expect.stringMatching(/^(good|refused)$/)]);
      if (tone === 'refused')
        for (const part of ['because', 'instead'])
          expect((await form.locator(`[data-part=${part}]`).innerText()).trim()).not.toBe('');
      driven.add(name);
    },
    20_000,
  );

  const sent = async (name: string, page: Page, form: Locator, notice?: Locator) => {
    await form.waitFor();
    await fill(form, allCommands[name]!.input, validInput(name));
    const tone = await send(page, form, notice);
    expect([name, tone]).toEqual([name, expect.stringMatching(/^(good|refused)$/)]);
    driven.add(name);
  };
  const approval = async (username: string, of: string, name: string) => {
    const page = await pageOf(username);
    const panel = page
      .locator('main li')
      .filter({ hasText: of })
      .filter({ has: page.locator(`details[data-action="${name}"]`) })
      .first();
    await visitUntil(page, `${product.url}/aprobaciones`, panel);
    await panel.locator(`details[data-action="${name}"] > summary`).click();
    const said = page.locator('main .notice:not([data-tone=plain], [data-tone=partial])');
    await sent(name, page, panel.locator(`form[data-command="${name}"]`), said);
  };

  it('receiveReport: search first, then the report, with nothing that must be answered (M-2)', async () => {
    const page = await pageOf(OFFICERS.HEALTH);
    await page.goto(`${product.url}/reportar`);
    await page.getByRole('button', { name: 'Continuar sin datos de identidad' }).click();
    const form = page.locator('form[data-command="receiveReport"]');
    await form.waitFor();
    await form.locator('button[type=submit]').click();
    await page.locator('main [role=status].notice[data-tone=good]').first().waitFor();
    driven.add('receiveReport');
    // What is missing is a task: in one's day and in the case, until it is said.
    const day = page.locator('section, .panel').filter({ hasText: 'Datos por completar' }).last();
    await visitUntil(page, product.url, day.getByText('Quién reporta'));
    await day.getByRole('link').first().click();
    const task = page.locator('details[data-action="completeReport"]');
    await task.locator('form button[type=submit]').click();
    await task.getByText('Responda al menos una pregunta').waitFor();
    await sent('completeReport', page, task.locator('form'));
    await task.locator('..').getByText('Falta:').waitFor({ state: 'detached' });
  }, 30_000);

  it('linkCase: from the search, never by naming the other case', async () => {
    const page = await pageOf(OFFICERS.CHILD_PROTECTION);
    await page.goto(`${product.url}/casos/${caseId}`);
    await page.locator('details[data-action="linkCase"] > summary').click();
    await page.getByRole('button', { name: 'Ya tengo la clave de búsqueda' }).click();
    await sent('linkCase', page, page.locator('form[data-command="linkCase"]'));
  }, 20_000);

  it('importPlatformReport: a file is taken and its case named', async () => {
    const page = await pageOf(OFFICERS.PROSECUTOR);
    await page.goto(`${product.url}/importar`);
    const form = page.locator('form[data-command="importPlatformReport"]');
    await form.locator('input[type=file]').setInputFiles('libs/interchange/src/samples/minimal.xml');
    await form.getByText('minimal.xml').first().waitFor();
    await form.locator('button[type=submit]').click();
    await page.locator('main .notice[data-tone=good]').first().waitFor();
    driven.add('importPlatformReport');
  }, 20_000);

  it('reviewBreakGlass: by another person', async () => {
    const made = await openCase(people, {}, OFFICERS.PROSECUTOR);
    await people.done('salud.nayarit', 'useBreakGlass', {
      caseId: made.caseId,
      input: validInput('useBreakGlass', { reason: 'Motivo inventado: peligro inmediato para la vida.' }),
    });
    await approval(SUPERVISORS.HEALTH, made.folio, 'reviewBreakGlass');
  }, 30_000);

  it.each([
    ['retryParkedCase', 'retry', 'case_card'],
    ['setParkedCaseAside', 'aside', 'timeline_entries'],
  ] as const)(
    '%s: of a case that stands still in a view',
    async (name, act, follower) => {
      const made = await openCase(people);
      await park(product, { follower, caseId: made.caseId, mended: act === 'retry' });
      // Set aside is what is on the timeline, and cannot be taken in.
      const database = await databaseOf(product);
      const accept = act === 'aside' ? await refuseRows(database, 'RetellingRecorded') : undefined;
      if (accept)
        await people.done(OFFICERS.CHILD_PROTECTION, 'recordRetelling', {
          caseId: made.caseId,
          input: validInput('recordRetelling'),
        });
      const page = await pageOf(ADMINISTRATOR);
      await page.goto(`${product.url}/integridad`);
      await page.locator(`main button[data-act=${act}]`).click();
      const form = page.getByRole('dialog').locator(`form[data-act=${act}]`);
      await form.waitFor();
      if (act === 'aside') await form.getByRole('radio').first().check();
      await form.locator('button[type=submit]').click();
      await page.locator('main .notice[data-tone=good]').getByText('El caso sigue').waitFor();
      await page.getByText('Ningún caso está detenido.', { exact: true }).waitFor();
      await accept?.();
      await database.end();
      driven.add(name);
    },
    30_000,
  );

  it.each(['approveErasure', 'rejectErasure'])(
    '%s: by the representative, what a supervisor asked for',
    async (name) => {
      const made = await openCase(people);
      await people.done(SUPERVISORS.CHILD_PROTECTION, 'assignRepresentative', {
        caseId: made.caseId,
        input: { staffId: subjectOf(REPRESENTATIVE) },
      });
      await people.done(SUPERVISORS.PROSECUTOR, 'addTeamMember', {
        caseId: made.caseId,
        input: { staffId: subjectOf(OFFICERS.PROSECUTOR), role: 'OFFICER' },
      });
      await people.done(OFFICERS.PROSECUTOR, 'reviewLegalHold', { caseId: made.caseId, input: { outcome: 'NO_HOLD' } });
      await people.done(SUPERVISORS.CHILD_PROTECTION, 'requestErasure', {
        caseId: made.caseId,
        input: validInput('requestErasure'),
      });
      await approval(REPRESENTATIVE, made.folio, name);
    },
    30_000,
  );

  it('approveAdditionalInterview, denyAdditionalInterview: what an agency asked for after the interview', async () => {
    const made = await caseReadyToPlan(people);
    await people.done(OFFICERS.PROSECUTOR, 'recordInterviewHeld', {
      caseId: made.caseId,
      occurredAt: new Date(Date.now() - 3_600_000).toISOString(),
      input: validInput('recordInterviewHeld'),
    });
    await people.done(OFFICERS.PROSECUTOR, 'requestAdditionalInterview', {
      caseId: made.caseId,
      input: validInput('requestAdditionalInterview', {
        ground: 'NEW_FACT',
        newFactKnownAt: new Date(Date.now() - 60_000).toISOString(),
      }),
    });
    await approval(REPRESENTATIVE, made.folio, 'approveAdditionalInterview');
    await approval(REPRESENTATIVE, made.folio, 'denyAdditionalInterview');
  }, 40_000);

  it('no mutation of the schema is without a page that drives it', () => {
    expect(mutations.filter((name) => !driven.has(name))).toEqual(APART);
  });
});
