import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { cp, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AGENCIES, type Agency, allCommands, SERVICE_OF } from '@resguardo/contracts';
import { uuidv5 } from '@resguardo/eventing';
import type { Browser, Locator, Page } from 'playwright-core';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { launch, entered, violations } from '../browser/support/browser.js';
import { fill, send } from '../browser/support/forms.js';
import { visit } from '../browser/support/pages.js';
import { validInput } from '../e2e/support/inputs.js';
import { FIGURES } from '../e2e/support/figures.js';
import type { Program } from '../../infra/programs.js';
import { type OtlpReceiver, otlpReceiver, type ReceivedSpan } from '../support/otlp-receiver.js';
import { until } from '../support/until.js';
import {
  ADMINISTRATOR,
  ADVISER,
  ANALYST,
  caseReadyToPlan,
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
import { type GraphQLAnswer, removeFolder, temporaryFolder } from '../e2e/support/standalone.js';

const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
  behind entries { eventId type revision } } }`;
const DETAIL = `query ($caseId: ID!, $eventId: ID!) { detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) {
  fields { name value } unavailable { why service } } }`;
const PLANNED = `query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) {
  behind interview { interviewId } } }`;
const IMPORT = `mutation ($commandId: ID!, $input: ImportPlatformReportInput!) {
  result: importPlatformReport(commandId: $commandId, input: $input) { files { outcome } kept { __typename } } }`;
const FILE = { name: 'minimal.xml', content: readFileSync('libs/interchange/src/samples/minimal.xml', 'utf8') };
interface Opened {
  readonly fields: readonly { readonly name: string }[];
  readonly unavailable: readonly { readonly why: string; readonly service: string | null }[];
}
interface Entry {
  readonly eventId: string;
  readonly type: string;
  readonly revision: number;
}

describe('the pages of the product as eight services, through its one address', () => {
  const folder = temporaryFolder();
  const pages = new Map<string, Promise<Page>>();
  let all: Distributed;
  let people: People;
  let browser: Browser;
  let collector: OtlpReceiver;
  const pageOf = (username: string): Promise<Page> => {
    const product = { url: all.gateway.url, dataFolder: folder };
    const known = pages.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    pages.set(username, known);
    return known;
  };

  beforeAll(async () => {
    collector = await otlpReceiver();
    all = await startDistributed({ folder, env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
    await registerIntermediary(people);
    browser = await launch();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await all?.stop();
    await collector?.close();
    removeFolder(folder);
  });

  const timelineOf = (username: string, caseId: string, atLeast: number) =>
    until(`revision ${atLeast} for ${username}`, async () => {
      const { data } = await people.read(username, TIMELINE, { caseId, atLeast });
      return data?.timeline && !data.timeline.behind ? (data.timeline.entries as readonly Entry[]) : undefined;
    });

  const retellingIn = (page: Page) => page.locator('form[data-command="recordRetelling"]');
  /** The form for what a child told again, filled in for a case. */
  const retelling = async (page: Page, folio: string): Promise<Locator> => {
    await visit(page, `${all.gateway.url}/hechos#recordRetelling`);
    await fill(retellingIn(page), allCommands['recordRetelling']!.input, validInput('recordRetelling'));
    await retellingIn(page)
      .getByLabel(/^Folio/)
      .fill(folio);
    return retellingIn(page);
  };

  it('one trace goes through all of it: a form in the browser, gateway, an agency’s service, keeper, relay, every other agency’s consumer and timeline', async () => {
    const { caseId, folio } = await openCase(people);
    await fillTeam(people, caseId);
    const page = await pageOf(OFFICERS.HEALTH);
    const form = await retelling(page, folio);
    const sending = page.waitForRequest((request) => request.postData()?.includes('mutation RecordRetelling') === true);
    expect(await send(page, form)).toBe('good');
    const { traceparent } = (await sending).headers();
    expect(traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    const [, traceId, browserSpan] = traceparent!.split('-');
    const under = ({ parentSpanId }: ReceivedSpan) => parentSpanId;
    /** The spans of this name there, as soon as there is one; whatever they are under. */
    const spansOf = (name: string, service: string): Promise<readonly ReceivedSpan[]> =>
      until(`the span ${name} of ${service}`, async () => {
        const spans = collector.spans.filter((span) => span.traceId === traceId);
        const found = spans.filter((span) => span.name === name && span.service === service);
        return found.length > 0 ? found : undefined;
      });
    const oneUnder = async (parent: string, name: string, service: string): Promise<ReceivedSpan> => {
      const found = await spansOf(name, service);
      expect([name, service, found.map(under)]).toEqual([name, service, [parent]]);
      return found[0]!;
    };
    const gateway = await oneUnder(browserSpan!, 'mutation RecordRetelling', 'gateway');
    expect(gateway).toMatchObject({
      ...{ kind: 2, failed: false },
      attributes: { 'graphql.operation.name': 'RecordRetelling', 'graphql.operation.type': 'mutation' },
    });
    const health = await oneUnder(gateway.spanId, 'mutation RecordRetelling', 'health');
    const keep = await oneUnder(health.spanId, 'keep', 'coordination');
    const append = await oneUnder(keep.spanId, 'append', 'coordination');
    // The fact carries the context of its append (ADR 18): whatever follows it, there or over a feed, is under that, each time it does.
    const agencies = AGENCIES.map((agency) => SERVICE_OF[agency]);
    for (const [name, ...services] of [
      ['relay', 'coordination'],
      ['consume', ...agencies],
      ['follow timeline_entries', ...agencies],
    ] as const)
      for (const service of services)
        expect([name, service, new Set((await spansOf(name, service)).map(under))]).toEqual([
          name,
          service,
          new Set([append.spanId]),
        ]);
    expect(collector.bodies.join()).not.toContain(caseId);
  }, 60_000);

  describe('each service stopped alone: what works on for each role, what does not, and which name the page shows', () => {
    const sealedBy = (agency: Agency) => `what ${agency} sealed`;
    const ASKED: Readonly<Record<string, (username: string) => Promise<GraphQLAnswer>>> = {
      'my day': (username) => people.read(username, '{ myDay { incompleteSince } }'),
      'the case': (username) =>
        people.read(username, 'query ($caseId: ID!) { timeline(caseId: $caseId) { revision } }', { caseId }),
      'a fact': (username) =>
        people.answer(username, 'recordRetelling', { caseId, input: validInput('recordRetelling') }),
      'a report': (username) =>
        people.answer(username, 'receiveReport', { input: validInput('receiveReport', { state: '17' }) }),
      'an import': async (username) => {
        const said = { commandId: randomUUID(), input: { files: [FILE] } };
        const { data, errors } = await people.read(username, IMPORT, said);
        if (errors) return { errors };
        const { files, kept } = data.result;
        // Whether it is here already depends on who was first.
        const expected = kept ? ['KEPT'] : ['CREATED', 'UNCHANGED'];
        if (files.length !== 1 || !expected.includes(files[0].outcome)) throw new Error(JSON.stringify(files));
        return { data: kept ? { result: kept } : {} };
      },
      'a referral': (username) =>
        people.answer(username, 'makeReferral', {
          caseId,
          input: validInput('makeReferral', { to: username === OFFICERS.HEALTH ? 'PROSECUTOR' : 'HEALTH' }),
        }),
      'who looked': (username) => people.read(username, '{ accesses(first: 1, filter: {}) { entries { task } } }'),
      'the register': (username) => people.read(username, '{ intermediaries { intermediaryId } }'),
      integrity: (username) => people.read(username, '{ integrity { services { service } } }'),
      'the figures': (username) => people.read(username, FIGURES),
      'who the child is': (username) =>
        people.read(username, 'query ($caseId: ID!) { identity(caseId: $caseId, purpose: FOLLOW_UP) { state } }', {
          caseId,
        }),
      'the search': (username) =>
        people.read(
          username,
          'query ($terms: ChildTerms!) { findChild(terms: $terms, purpose: INTAKE) { __typename } }',
          { terms: { givenNames: 'Inventada' } },
        ),
      ...Object.fromEntries(
        AGENCIES.map((agency) => [
          sealedBy(agency),
          (username) => people.read(username, DETAIL, { caseId, eventId: sealed[agency] }),
        ]),
      ),
    };
    const OF_CASES = ['my day', 'the case', 'who the child is', ...AGENCIES.map(sealedBy)];
    const OF_OFFICERS = [...OF_CASES, 'a fact', 'a report', 'an import', 'a referral', 'the search'];
    /** Decided, or kept, in coordination for whoever asks. */
    const IN_COORDINATION = ['a referral', 'who the child is', 'the search'];
    const ROLES: Readonly<Record<string, readonly string[]>> = {
      ...Object.fromEntries(Object.values(OFFICERS).map((username) => [username, OF_OFFICERS])),
      ...Object.fromEntries(
        Object.values(SUPERVISORS).map((username) => [username, ['my day', 'the case', 'who looked']]),
      ),
      [REPRESENTATIVE]: OF_CASES,
      [ADVISER]: OF_CASES,
      [INTERMEDIARY]: ['my day', 'the register'],
      [ANALYST]: ['the figures'],
      [ADMINISTRATOR]: ['the register', 'integrity'],
    };
    const readers = Object.keys(ROLES).filter((username) => ROLES[username]!.includes('who the child is'));
    let caseId: string;
    let sealed: Readonly<Record<Agency, string>>;
    beforeAll(async () => {
      ({ caseId } = await caseReadyToPlan(people));
      await people.done(SUPERVISORS.VICTIMS_COMMISSION, 'assignLegalAdviser', {
        caseId,
        input: { staffId: subjectOf(ADVISER), chosenByChild: false },
      });
      const said: (readonly [Agency, number])[] = [];
      for (const agency of AGENCIES) {
        const input = { ...validInput('recordCommunicationNeeds'), needs: 'Palabras inventadas para esta prueba.' };
        const { revision } = await people.done(OFFICERS[agency], 'recordCommunicationNeeds', { caseId, input });
        said.push([agency, revision!]);
      }
      const [entries] = await Promise.all(readers.map((username) => timelineOf(username, caseId, said.at(-1)![1])));
      sealed = Object.fromEntries(
        said.map(([agency, at]) => [agency, entries!.find(({ revision }) => revision === at)!.eventId]),
      ) as Record<Agency, string>;
      for (const username of Object.keys(ROLES)) await pageOf(username);
    });

    const outcomeOf = ({ data, errors }: GraphQLAnswer): string =>
      errors
        ? errors.map(({ extensions }) => [extensions?.code, extensions?.service].filter(Boolean).join(' of ')).join()
        : (data?.result?.__typename ?? (data?.detail ? openedOf(data.detail) : 'answered'));
    const openedOf = ({ fields, unavailable }: Opened): string =>
      unavailable.map(({ why, service }) => `${why} of ${service}`).join() ||
      (fields.some(({ name }) => name === 'needs') ? 'answered' : 'nothing');
    /** Everybody at once: nobody waits for what another is told. */
    const outcomes = async (): Promise<Record<string, string>> => {
      const found = Object.entries(ROLES).map(async ([username, asked]) => {
        const told: [string, string][] = [];
        for (const what of asked)
          told.push([`${username}: ${what}`, await ASKED[what]!(username).then(outcomeOf, () => 'UNREACHABLE')]);
        return told;
      });
      return Object.fromEntries((await Promise.all(found)).flat());
    };

    const OFFICER = new Set<string>(Object.values(OFFICERS));
    /** Opens what is folded, with a purpose; of a timeline that has grown meanwhile, on its older page. */
    const opening = async (folded: Locator) => {
      const older = folded.page().getByRole('button', { name: 'Ver anteriores' });
      await folded.or(older).first().waitFor();
      if (!(await folded.isVisible())) await older.click();
      await folded.locator('summary').click();
      await folded.locator('select').selectOption('FOLLOW_UP');
      await folded.locator('button[type=submit]').click();
    };
    /** Where the page of it is. */
    const PAGES: Readonly<Record<string, () => string>> = {
      'my day': () => '/',
      'the case': () => `/casos/${caseId}/linea`,
      'who looked': () => '/auditoria',
      'the register': () => '/intermediarios',
      integrity: () => '/integridad',
      'the figures': () => '/tablero',
      'who the child is': () => `/casos/${caseId}`,
      ...Object.fromEntries(AGENCIES.map((agency) => [sealedBy(agency), () => `/casos/${caseId}/linea`])),
    };
    /** What of that page is folded until it is asked for. */
    const folded = (page: Page, what: string): Locator | undefined => {
      const agency = AGENCIES.find((one) => sealedBy(one) === what);
      if (agency) return page.locator(`[id="hecho-${sealed[agency]}"] details.more:has(form)`);
      return what === 'who the child is' ? page.locator('details.more:has(form select)') : undefined;
    };
    const everything = (...usernames: readonly string[]) =>
      usernames.flatMap((username) => ROLES[username]!.map((what) => `${username}: ${what}`));
    const isOf = (what: string, things: readonly string[]) => things.includes(what.split(': ')[1]!);
    const ofAgency = (agency: Agency, ...others: readonly string[]) =>
      everything(OFFICERS[agency], ...others).filter((one) => !isOf(one, IN_COORDINATION));
    /** Shown, and closed to whoever is served elsewhere: the service with the key is away, or the one that reads for all. */
    const closedBy = (service: Program, lost: readonly string[]) => {
      const closed = AGENCIES.filter((agency) => ['coordination', SERVICE_OF[agency]].includes(service)).map(sealedBy);
      return everything(...readers).filter((one) => isOf(one, closed) && !lost.includes(one));
    };
    /** What is not answered as before while a service is away, and the name on the page; everything else is. */
    const AWAY: Readonly<Record<Program, { readonly name: string; readonly lost: readonly string[] }>> = {
      'victims-commission': { name: 'Comisión de Víctimas', lost: ofAgency('VICTIMS_COMMISSION', ADVISER) },
      'child-protection': { name: 'Procuraduría de Protección', lost: ofAgency('CHILD_PROTECTION', REPRESENTATIVE) },
      prosecution: { name: 'Fiscalía', lost: ofAgency('PROSECUTOR') },
      health: { name: 'Servicios de Salud', lost: ofAgency('HEALTH') },
      insights: { name: 'Estadística', lost: everything(ANALYST) },
      oversight: {
        name: 'Supervisión',
        lost: [...everything(...Object.values(SUPERVISORS)), `${ADMINISTRATOR}: integrity`],
      },
      // Facts and reports, a platform's too, are kept, and whoever is on the team goes on reading; who looked at what is on record before it is shown.
      coordination: {
        name: 'Coordinación',
        lost: [
          ...everything(...readers).filter((one) => isOf(one, IN_COORDINATION)),
          ...everything(...Object.values(SUPERVISORS), INTERMEDIARY),
          `${ADMINISTRATOR}: the register`,
        ],
      },
    };

    it.each(Object.keys(AWAY) as Program[])(
      '%s',
      async (service) => {
        const before = await outcomes();
        expect(Object.entries(before).filter(([, is]) => !['answered', 'Accepted'].includes(is))).toEqual([]);
        const { name, lost } = AWAY[service];
        const closed = closedBy(service, lost);
        await all.services[service].kill();
        try {
          const now = await outcomes();
          const kept = Object.values(OFFICERS).flatMap((one) => [
            `${one}: a fact`,
            `${one}: a report`,
            `${one}: an import`,
          ]);
          expect(now).toEqual({
            ...before,
            ...(service === 'coordination' && Object.fromEntries(kept.map((what) => [what, 'Kept']))),
            ...Object.fromEntries(lost.map((what) => [what, `SERVICE_AWAY of ${service}`])),
            ...Object.fromEntries(closed.map((what) => [what, `AWAY of ${service}`])),
          });
          const shown: string[] = [];
          const looked: string[] = [];
          let isOpened = false;
          const look = async (username: string): Promise<void> => {
            // On what is closed to everybody else the officers look.
            if (!lost.some((one) => one.startsWith(`${username}: `)) && !OFFICER.has(username)) return;
            const isMissing = (one: string) => [...lost, ...closed].includes(`${username}: ${one}`);
            const what = ROLES[username]!.find((one) => PAGES[one] && isMissing(one));
            if (!what) return;
            looked.push(username);
            const page = await pageOf(username);
            await page.goto(`${all.gateway.url}${PAGES[what]!()}`);
            const asked = folded(page, what);
            // What is opened looks the same to all of them.
            const isFirst = !asked || !isOpened;
            isOpened ||= asked !== undefined;
            if (asked) await opening(asked);
            const notice = page.locator('.notice').filter({ hasText: 'no responde ahora' }).first();
            await notice.waitFor();
            shown.push((await notice.innerText()).split('\n')[0]!);
            if (isFirst) expect([username, await violations(page)]).toEqual([username, []]);
          };
          await Promise.all(Object.keys(ROLES).map(look));
          expect(new Set(shown)).toEqual(new Set([`${name} no responde ahora`]));
          if (service === 'coordination' || Object.values<string>(SERVICE_OF).includes(service))
            expect(looked).toEqual(expect.arrayContaining([...OFFICER]));
        } finally {
          await all.services[service].start();
        }
        await until('nothing is kept any more', async () => {
          const answers = await Promise.all(
            Object.values(OFFICERS).map((username) => people.read(username, '{ kept { commandId } }')),
          );
          return answers.every(({ data }) => data?.kept.length === 0) || undefined;
        });
        // It catches up with what was said meanwhile.
        const { revision } = await people.done(OFFICERS.HEALTH, 'recordRetelling', {
          caseId,
          input: validInput('recordRetelling'),
        });
        for (const username of new Set(lost.map((one) => one.split(': ')[0]!)))
          if (ROLES[username]!.includes('the case')) await timelineOf(username, caseId, revision!);
      },
      90_000,
    );

    it('gateway: an open page says that nobody answers, also one whose program was not fetched before, and goes on by itself when asked', async () => {
      const page = await pageOf(OFFICERS.HEALTH);
      const menu = page.getByRole('navigation');
      await visit(page, `${all.gateway.url}/casos`);
      await menu.getByRole('link', { name: 'Mi día' }).click();
      await page.getByRole('heading', { level: 1, name: 'Mi día' }).waitFor();
      await all.gateway.kill();
      try {
        expect(new Set(Object.values(await outcomes()))).toEqual(new Set(['UNREACHABLE']));
        for (const name of ['Casos', 'Importar reporte de plataforma']) {
          await menu.getByRole('link', { name }).click();
          await page.locator('main').getByText('El servidor no responde').first().waitFor();
          expect([name, await violations(page)]).toEqual([name, []]);
        }
      } finally {
        await all.gateway.start();
      }
      await page.getByRole('button', { name: 'Reintentar' }).click();
      await page.getByRole('heading', { level: 1, name: 'Importar reporte de plataforma' }).waitFor();
    }, 60_000);
  });

  it('D4: a page of one agency shows what another records, without being loaded anew, and goes on where it was when its service was killed meanwhile', async () => {
    const { caseId } = await openCase(people, {}, OFFICERS.HEALTH);
    await people.done(SUPERVISORS.PROSECUTOR, 'addTeamMember', {
      caseId,
      input: { staffId: subjectOf(OFFICERS.PROSECUTOR), role: 'OFFICER' },
    });
    const page = await pageOf(OFFICERS.HEALTH);
    await visit(page, `${all.gateway.url}/casos/${caseId}/linea`);
    await page.evaluate('window.sameDocument = true');
    const told = page.locator('.entries > li').filter({ hasText: 'relato' });
    const before = await told.count();
    const retold = () =>
      people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    await retold();
    await told.nth(before).waitFor();
    await all.services.health.kill();
    await retold();
    await all.services.health.start();
    await retold();
    await told.nth(before + 2).waitFor();
    expect(await told.count()).toBe(before + 3);
    expect(await page.evaluate('window.sameDocument')).toBe(true);
  }, 60_000);

  it('one agency’s service with no secrets but its own on the machine does the duties of an agency', async () => {
    const secrets = dirname(all.secretsOf('health'));
    const elsewhere = `${secrets}-elsewhere`;
    const health = all.services.health;
    // The issuer's key signs them: it goes away too.
    await Promise.all([...Object.values(OFFICERS), ...Object.values(SUPERVISORS)].map(people.token));
    await health.kill();
    await rename(secrets, elsewhere);
    try {
      await mkdir(secrets);
      for (const own of ['health', 'service-keys.json'])
        await cp(join(elsewhere, own), join(secrets, own), { recursive: true });
      expect((await readdir(secrets)).sort()).toEqual(['health', 'service-keys.json'].sort());
      await health.start();
      const summary = 'Palabras inventadas para esta prueba.';
      const { caseId } = await caseReadyToPlan(people);
      const planned = await people.done(OFFICERS.CHILD_PROTECTION, 'planInterview', { caseId, input: plan() });
      const referral = await people.done(OFFICERS.CHILD_PROTECTION, 'makeReferral', {
        caseId,
        input: validInput('makeReferral', { to: 'HEALTH' }),
      });
      const referralId = uuidv5(subjectOf(OFFICERS.CHILD_PROTECTION), referral.commandId!, '0');
      const interviewId = await until('the plan in its own card', async () => {
        const { data } = await people.read(OFFICERS.HEALTH, PLANNED, { caseId, atLeast: planned.revision });
        return data?.case && !data.case.behind ? (data.case.interview.interviewId as string) : undefined;
      });
      const own = { caseId, input: validInput('recordRetelling') };
      await people.done(OFFICERS.HEALTH, 'recordRetelling', own);
      await people.done(OFFICERS.HEALTH, 'submitQuestions', {
        caseId,
        input: validInput('submitQuestions', { interviewId }),
      });
      const { revision } = await people.done(OFFICERS.HEALTH, 'answerReferral', {
        caseId,
        input: validInput('answerReferral', { referralId }),
      });
      const { caseId: reported } = await people.done(OFFICERS.HEALTH, 'receiveReport', {
        input: validInput('receiveReport', { state: '17', summary }),
      });
      expect((await timelineOf(OFFICERS.HEALTH, caseId, revision!)).map(({ type }) => type)).toEqual(
        expect.arrayContaining(['InterviewPlanned', 'RetellingRecorded', 'QuestionSetSubmitted', 'ReferralAnswered']),
      );
      const { eventId } = (await timelineOf(OFFICERS.HEALTH, reported, 1)).find(
        ({ type }) => type === 'ReportReceived',
      )!;
      const { data: opened } = await people.read(OFFICERS.HEALTH, DETAIL, { caseId: reported, eventId });
      expect(opened.detail.fields).toContainEqual({ name: 'summary', value: summary });
      await until('both in its worklist', async () => {
        const { data } = await people.read(OFFICERS.HEALTH, '{ cases { edges { node { caseId } } } }');
        const found: readonly string[] = data.cases.edges.map((edge: { node: { caseId: string } }) => edge.node.caseId);
        return [caseId, reported].every((one) => found.includes(one)) || undefined;
      });
    } finally {
      await health.kill();
      await rm(secrets, { recursive: true, force: true });
      await rename(elsewhere, secrets);
      await health.start();
    }
  }, 90_000);

  describe('D12: with coordination away', () => {
    const NOBODYS = ['17-26-ZZZZZZZY', '17-26-ZZZZZZZZ'] as const;
    const myDay = (page: Page) => visit(page, `${all.gateway.url}/`);
    const cameBack = (page: Page) =>
      page.getByRole('region', { name: 'Regresó: no está en la línea de tiempo' }).getByRole('listitem');
    const untilBack = async (page: Page, many: number) => {
      for (const end = Date.now() + 60_000; Date.now() < end;) {
        await myDay(page);
        if ((await cameBack(page).count()) === many) return;
      }
      throw new Error(`${many} did not come back`);
    };

    it('what is said is kept and shown as such; what no case takes comes back, and is got back and sent, or let go', async () => {
      const { folio } = await openCase(people, {}, OFFICERS.HEALTH);
      const page = await pageOf(OFFICERS.HEALTH);
      await all.services.coordination.kill();
      for (const nobodys of NOBODYS) {
        expect(await send(page, await retelling(page, nobodys))).toMatch(/^partial: Guardado aquí/);
      }
      await myDay(page);
      await page
        .getByRole('region', { name: 'Guardado aquí, aún no en la línea de tiempo' })
        .getByRole('listitem')
        .nth(1)
        .waitFor();

      await all.services.coordination.start();
      await untilBack(page, 2);
      await cameBack(page).first().getByText('Ningún caso tiene ese folio.').waitFor();
      expect(await violations(page)).toEqual([]);
      await cameBack(page).first().getByRole('button', { name: 'Recuperar lo escrito' }).click();
      const recovered = retellingIn(page);
      await recovered.waitFor();
      expect(await recovered.getByLabel(/^Folio/).inputValue()).toBe(NOBODYS[0]);
      await recovered.getByLabel(/^Folio/).fill(folio);
      expect(await send(page, recovered)).toBe('good');

      await untilBack(page, 1);
      await cameBack(page).getByRole('button', { name: 'Quitar' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Lo que escribió se borra').waitFor();
      expect(await violations(page)).toEqual([]);
      const forgetting = page.waitForRequest((request) => request.postData()?.includes('mutation ForgetKept') === true);
      await dialog.getByRole('button', { name: 'Quitar' }).click();
      await forgetting;
      await cameBack(page).waitFor({ state: 'detached' });
      await untilBack(page, 0);
    }, 150_000);
  });
});
