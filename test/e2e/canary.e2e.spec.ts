import { createSecretKey, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands, SERVICES, toMessage } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import { startPostgres } from '@resguardo/embedded-postgres';
import { type RecordedEvent, uuidv5 } from '@resguardo/eventing';
import { demoAccounts } from '@resguardo/identity';
import { postgresEventStore } from '@resguardo/store-postgres';
import { postgresKeyRing, sealer } from '@resguardo/vault';
import { Client, Pool } from 'pg';
import { WebSocket } from 'ws';
import { canariesIn, canaryForms } from '../../libs/vault/src/testing/canary-forms.js';
import { otlpReceiver, type OtlpReceiver } from '../support/otlp-receiver.js';
import { freePort } from '../support/scrape.js';
import {
  canaryPlanter,
  filesBelow,
  type Haystack,
  SEALED_FACTS,
  SEALED_INPUTS,
  sealedPaths,
  searchFor,
} from './support/canaries.js';
import { whoMaySay } from './support/inputs.js';
import {
  ADVISER,
  caseReadyToPlan,
  INTERMEDIARY,
  OFFICERS,
  openCase,
  type Outcome,
  type People,
  peopleOf,
  plan,
  registerIntermediary,
  REPRESENTATIVE,
  type Said,
  subjectOf,
  SUPERVISORS,
} from './support/people.js';
import { platformReports } from './support/platform-report.js';
import { databaseOf, removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

/** Everything that PostgreSQL can be made to say: what is not sent to it in clear cannot be said by it either. */
const TALKATIVE = {
  log_statement: 'all',
  log_error_verbosity: 'verbose',
  log_min_error_statement: 'debug5',
  log_min_messages: 'info',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
};
const OFFICERS_AND_OTHERS = [
  OFFICERS.CHILD_PROTECTION,
  OFFICERS.PROSECUTOR,
  OFFICERS.VICTIMS_COMMISSION,
  OFFICERS.HEALTH,
  REPRESENTATIVE,
  ADVISER,
  INTERMEDIARY,
  ...Object.values(SUPERVISORS),
];
const HOUR = 3_600_000;
const escaped = (sign: string): string => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();
/** Id of the first fact of an accepted command (D12). */
const firstFact = (username: string, { commandId }: Outcome): string => uuidv5(subjectOf(username), commandId!, '0');
const usernameOf = (sub: string): string => demoAccounts().find((account) => account.sub === sub)!.username;

describe('what is sealed is nowhere in clear', () => {
  const folder = temporaryFolder();
  const [dataFolder, temporary] = [join(folder, 'data'), join(folder, 'tmp')];
  const canaries = canaryPlanter();
  /** `command.path` of what was accepted with a canary in it. */
  const said = new Set<string>();
  let product: Standalone;
  let people: People;
  let folio = '';
  let collector: OtlpReceiver;
  let metricsPort: number;
  /** What was scraped after the last request, while the product still ran. */
  let metrics = '';

  /** A command with a canary in every sealed field. It must be accepted: a canary that was refused at the door proves nothing. */
  const accepted = async (
    command: string,
    { by, input, ...rest }: Omit<Said, 'input'> & { readonly by?: string; readonly input?: Record<string, unknown> },
  ): Promise<Outcome & { caseId: string }> => {
    const username = by ?? OFFICERS_AND_OTHERS.find((one) => whoMaySay(command).includes(one))!;
    const done = await people.done(username, command, { ...rest, input: canaries.input(command, input) });
    for (const path of sealedPaths(allCommands[command]!.input)) said.add(`${command}.${path}`);
    return done;
  };
  const interviewOf = async (caseId: string, atLeast: number) => {
    const query = `query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) {
      interview { interviewId questions { questionId } exceptions { requestId } } } }`;
    return (await people.read(OFFICERS.PROSECUTOR, query, { caseId, atLeast })).data.case.interview;
  };
  const database = async <T>(work: (client: Client, url: string) => Promise<T>): Promise<T> => {
    const postgres = await startPostgres({ dir: join(dataFolder, 'postgres') });
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    try {
      return await work(client, postgres.url);
    } finally {
      await client.end();
      await postgres.stop();
    }
  };

  beforeAll(async () => {
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    mkdirSync(temporary, { recursive: true, mode: 0o1777 });
    await database(async (client) => {
      for (const [name, value] of Object.entries(TALKATIVE))
        await client.query(`alter role resguardo set ${name} = '${value}'`);
      // Nothing that was ever in the write-ahead log goes away before it is searched.
      await client.query(`alter system set wal_keep_size = '2GB'`);
    });
    collector = await otlpReceiver();
    metricsPort = await freePort();
    product = await startStandalone(dataFolder, {
      args: ['--empty'],
      env: {
        LOG_LEVEL: 'trace',
        TMPDIR: temporary,
        METRICS_PORT: String(metricsPort),
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint,
      },
    });
    people = peopleOf(product);
  }, 90_000);
  afterAll(async () => {
    await product?.stop();
    await collector?.close();
    removeFolder(folder);
  });

  const IMPORT = `mutation ($commandId: ID!, $input: ImportPlatformReportInput!) {
    importPlatformReport(commandId: $commandId, input: $input) { files { outcome error { message } } } }`;
  const imported = async (files: Record<string, string>, reportId?: string) => {
    const { data, errors } = await people.read(OFFICERS.PROSECUTOR, IMPORT, {
      commandId: randomUUID(),
      input: { files: Object.entries(files).map(([name, content]) => ({ name, content })), reportId },
    });
    if (errors) throw new Error(JSON.stringify(errors));
    return data.importPlatformReport.files.map(({ outcome }: { outcome: string }) => outcome);
  };

  it('every sealed field is said once, and taken', async () => {
    await registerIntermediary(people);
    const opened = await accepted('receiveReport', { by: OFFICERS.CHILD_PROTECTION, input: { state: '17' } });
    const { caseId } = opened;
    folio = opened.folio!;
    const here = { caseId };
    for (const agency of ['VICTIMS_COMMISSION', 'PROSECUTOR', 'HEALTH'] as const)
      await people.done(SUPERVISORS[agency], 'addTeamMember', {
        caseId,
        input: { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' },
      });
    await people.done(SUPERVISORS.CHILD_PROTECTION, 'assignRepresentative', {
      caseId,
      input: { staffId: subjectOf(REPRESENTATIVE) },
    });
    await people.done(SUPERVISORS.VICTIMS_COMMISSION, 'assignLegalAdviser', {
      caseId,
      input: { staffId: subjectOf(ADVISER), chosenByChild: false },
    });
    // Whatever needs nothing before it.
    for (const command of [
      'addReport',
      'completeReport',
      'completeDuplicateSearch',
      'recordDisclosure',
      'recordReportRefused',
      'recordGuardianDemanded',
      'recordAuthorityNotified',
      'recordReportForwarded',
      'recordSupportPerson',
      'recordStatusInformation',
      'recordParticipationWithdrawn',
      'recordWithdrawalChecked',
      'recordCaseReview',
      'withholdGuardianNotice',
      'assumeSubstituteRepresentation',
      'correctIdentity',
      'addThirdPerson',
      'recordCommunicationNeeds',
      'recordSchoolTimetable',
      'recordPreferences',
      'reviewLegalHold',
      'recordCourtOrder',
      'recordExamPerformed',
      'reportCoercivePreparation',
      'recordContactWithAccused',
      'approveSchoolTime',
      'excludeAttendee',
      'decideAnticipatedEvidence',
    ])
      await accepted(command, here);

    // What answers something.
    const view = await accepted('recordChildView', { ...here, by: OFFICERS.HEALTH });
    await accepted('recordChildViewAnswered', { ...here, input: { viewId: firstFact(OFFICERS.HEALTH, view) } });
    const act = await accepted('recordActRequested', { ...here, by: ADVISER });
    await accepted('decideInvestigativeAct', { ...here, input: { requestId: firstFact(ADVISER, act) } });
    const support = await people.done(ADVISER, 'recordAttendanceSupportRequested', {
      ...here,
      input: canaries.input('recordAttendanceSupportRequested'),
    });
    await accepted('answerAttendanceSupport', { ...here, input: { requestId: firstFact(ADVISER, support) } });
    const [asker, asked] = [OFFICERS.CHILD_PROTECTION, OFFICERS.HEALTH];
    for (const command of ['answerReferral', 'withdrawReferral']) {
      const made = await accepted('makeReferral', { ...here, by: asker, input: { to: 'HEALTH' } });
      const by = command === 'answerReferral' ? asked : asker;
      await accepted(command, { ...here, by, input: { referralId: firstFact(asker, made) } });
    }
    await accepted('offerResponsibility', { ...here, by: asker, input: { to: 'HEALTH' } });
    for (const command of ['recordExamExplained', 'recordExamConsent'])
      await people.done(OFFICERS.HEALTH, command, { ...here, input: canaries.input(command) });
    // In the afternoon, whenever the test runs: the timetable recorded above is of a morning.
    const slot = `${new Date(Date.now() + 90 * 24 * HOUR).toISOString().slice(0, 10)}T23:00:00Z`;
    const exam = canaries.input('planExam', { slot });
    await accepted('planExam', { ...here, by: OFFICERS.HEALTH, input: { ...exam, joinedWithCare: true } });

    // Break-glass, and its review.
    const glass = await accepted('useBreakGlass', { ...here, by: 'salud.nayarit' });
    await accepted('reviewBreakGlass', {
      ...here,
      by: SUPERVISORS.HEALTH,
      input: { glassId: glass.commandId, verdict: 'NOT_JUSTIFIED' },
    });

    // The same child twice: linked by the number of their own, then compared.
    for (const command of ['confirmFactsDistinct', 'confirmFactsSame']) {
      const identity = canaries.input('correctIdentity')['identity'] as object;
      const [one, other] = [
        await openCase(people, { identity }),
        await openCase(people, {
          identity: { ...identity, givenNames: canaries.text(`${command}.identity.givenNames`) },
        }),
      ];
      const ids = { otherCaseId: one.caseId, ...(command === 'confirmFactsSame' && { leadCaseId: one.caseId }) };
      await accepted(command, { caseId: other.caseId, by: OFFICERS.CHILD_PROTECTION, input: ids });
    }

    // An interview with its questions, its record, and the request for another.
    const ready = await caseReadyToPlan(people);
    const there = { caseId: ready.caseId };
    let latest = (await people.done(OFFICERS.PROSECUTOR, 'planInterview', { ...there, input: plan() })).revision!;
    const { interviewId } = await interviewOf(ready.caseId, latest);
    await accepted('shortenQuestionRound', {
      ...there,
      input: { interviewId, closesAt: new Date(Date.now() + 2 * HOUR).toISOString() },
    });
    latest = (await accepted('submitQuestions', { ...there, by: OFFICERS.PROSECUTOR, input: { interviewId } }))
      .revision!;
    const { questionId } = (await interviewOf(ready.caseId, latest)).questions[0];
    await accepted('filterQuestion', {
      ...there,
      input: { interviewId, questionId, decision: 'REWORDED', reason: 'LEADING' },
    });
    await accepted('objectToFilter', { ...there, by: OFFICERS.PROSECUTOR, input: { interviewId, questionId } });
    await people.done(INTERMEDIARY, 'recordInterviewConducted', {
      ...there,
      input: canaries.input('recordInterviewConducted', { interviewId }),
    });
    await accepted('sealRecord', { ...there, input: { interviewId } });

    const again = await caseReadyToPlan(people);
    await people.done(OFFICERS.PROSECUTOR, 'recordInterviewHeld', {
      caseId: again.caseId,
      occurredAt: ago(1),
      input: canaries.input('recordInterviewHeld'),
    });
    const extra = await accepted('requestAdditionalInterview', {
      caseId: again.caseId,
      by: OFFICERS.PROSECUTOR,
      input: { ground: 'NEW_FACT', newFactKnownAt: ago(0.01) },
    });
    const { requestId } = (await interviewOf(again.caseId, extra.revision!)).exceptions[0];
    await accepted('recordImpactOpinion', { caseId: again.caseId, by: OFFICERS.HEALTH, input: { requestId } });
    await accepted('denyAdditionalInterview', { caseId: again.caseId, by: REPRESENTATIVE, input: { requestId } });

    // A conflict of interest would shut the door on an officer: of nobody who goes on here.
    await accepted('recordConflictOfInterest', { caseId: again.caseId });

    // An end, and a new beginning.
    const { caseId: ending } = await caseReadyToPlan(people);
    const end = { caseId: ending };
    await accepted('proposeClosure', { ...end, input: { ground: 'FACTS_ARE_NO_OFFENCE' } });
    await accepted('notifyClosure', { ...end, occurredAt: ago(0.5), input: { notified: 'VICTIM_AND_ADVISER' } });
    await accepted('challengeClosure', { ...end, by: OFFICERS.PROSECUTOR });
    await people.done(OFFICERS.PROSECUTOR, 'finaliseClosure', { ...end, input: { outcome: 'CONFIRMED_BY_JUDGE' } });
    await people.done(OFFICERS.PROSECUTOR, 'closeCase', end);
    await accepted('reopenCase', { ...end, by: OFFICERS.CHILD_PROTECTION });

    // An erasure that is asked for and rejected.
    await people.done(OFFICERS.PROSECUTOR, 'reviewLegalHold', { ...end, input: { outcome: 'NO_HOLD' } });
    const erasure = await accepted('requestErasure', { ...end, by: SUPERVISORS.CHILD_PROTECTION });
    await accepted('rejectErasure', { ...end, by: REPRESENTATIVE, input: { erasureId: erasure.commandId } });

    // Platform reports: one with its number and a file that came before it, one whose number came later.
    const { number, later, numbered, unnumbered, details } = platformReports(canaries);
    expect(await imported({ 'details.xml': details })).toEqual(['WAITING']);
    expect(await imported({ 'report.xml': numbered }, number)).toEqual(['CREATED']);
    expect(await imported({ 'report.xml': unnumbered })).toEqual(['CREATED']);
    expect(await imported({ 'report.xml': unnumbered }, later)).toEqual(['UPDATED']);

    // A correction of one field of each class, by whoever wrote it.
    const client = await databaseOf(product);
    const { rows } = await client.query<Pick<RecordedEvent, 'id' | 'type' | 'stream' | 'meta'>>(
      `select id, type, stream, meta from store.events where stream like 'case-%' order by position`,
    );
    await client.end();
    for (const correct of sealedPaths(allFacts['FactCorrected']!.fields)) {
      const cls = correct.slice('correct'.length);
      const fieldOf = (type: string) =>
        Object.entries(allFacts[type]?.fields ?? {}).find(([, field]) => field.cls === cls)?.[0];
      const wrong = rows.find(
        ({ type, meta }) => fieldOf(type) && meta.actor.startsWith('demo:') && type !== 'FactCorrected',
      );
      if (!wrong) throw new Error(`no fact has a field of class ${cls}`);
      await accepted('correctFact', {
        caseId: wrong.stream.slice('case-'.length),
        by: usernameOf(wrong.meta.actor),
        input: { eventId: wrong.id, fieldName: fieldOf(wrong.type) },
      });
    }
    expect(SEALED_INPUTS.filter((path) => !said.has(path))).toEqual([]);
  }, 120_000);

  it('it is read back, so that reading leaves its traces too', async () => {
    const client = await databaseOf(product);
    const { rows } = await client.query<{ id: string; case: string }>(
      `select id, meta ->> 'caseId' as case from store.events where stream like 'case-%' and sealed is not null order by position`,
    );
    await client.end();
    const DETAIL = `query ($caseId: ID!, $eventId: ID!) {
      detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) { fields { name value } } }`;
    const IDENTITY = `query ($caseId: ID!) { identity(caseId: $caseId, purpose: FOLLOW_UP) {
      givenNames firstSurname secondSurname curp birthDate language phones handles { handle } addresses school } }`;
    const READ = `query ($caseId: ID!) { case(caseId: $caseId) { folio ageBand } timeline(caseId: $caseId) { entries { type data } }
      approvals { what } myDay { changed { folio } } cases { totalVisible } }`;
    const [first] = rows;
    const answers = await Promise.all([
      ...[OFFICERS.PROSECUTOR, REPRESENTATIVE].flatMap((username) =>
        rows.map(({ id, case: caseId }) => people.read(username, DETAIL, { caseId, eventId: id })),
      ),
      ...[IDENTITY, READ].map((query) => people.read(OFFICERS.CHILD_PROTECTION, query, { caseId: first!.case })),
    ]);
    const search = searchFor(canaries.planted);
    const seen = new Set(
      search({ name: 'answers', bytes: Buffer.from(JSON.stringify(answers)) }).map(({ where }) => where),
    );
    // What was planted is really there, for who may see it.
    for (const field of [
      'givenNames',
      'firstSurname',
      'secondSurname',
      'curp',
      'birthDate',
      'language',
      'handle',
      'address',
      'school',
    ])
      expect([...seen]).toContain(`correctIdentity.identity.${field}`);
    for (const where of ['receiveReport.summary', 'proposeClosure.legalBasis', 'submitQuestions.questionTexts'])
      expect([...seen]).toContain(where);
  }, 60_000);

  it('it is said in requests that fail, in every way a request can', async () => {
    const { caseId } = await openCase(people);
    let requests = 0;
    const word = () => canaries.text(`request ${++requests} that fails`);
    const codes = async (answer: ReturnType<People['read']>) =>
      ((await answer).errors ?? []).map(({ extensions }) => extensions?.code as string);
    const failing = (username: string, command: string, input: object, more: Said = {}) =>
      codes(people.answer(username, command, { caseId, ...more, input: { ...canaries.input(command), ...input } }));
    const { CHILD_PROTECTION, HEALTH } = OFFICERS;
    const failed: Record<string, readonly string[]> = {
      'a field that there is not': await failing(CHILD_PROTECTION, 'recordDisclosure', { [randomUUID()]: word() }),
      'text where a code is meant': await failing(CHILD_PROTECTION, 'recordDisclosure', { heardBy: word() }),
      'text where a flag is meant': await failing(CHILD_PROTECTION, 'recordDisclosure', { detailsAsked: word() }),
      'text where an id is meant': await failing(CHILD_PROTECTION, 'recordChildViewAnswered', { viewId: word() }),
      'an object where text is meant': await failing(CHILD_PROTECTION, 'recordDisclosure', { words: { a: word() } }),
      'too long': await failing(CHILD_PROTECTION, 'recordDisclosure', { words: word() + 'a '.repeat(3_000) }),
      'a command id': await failing(CHILD_PROTECTION, 'recordDisclosure', {}, { commandId: word() }),
      'a case id': await failing(CHILD_PROTECTION, 'recordDisclosure', {}, { caseId: word() }),
      'a folio': await codes(
        people.answer(CHILD_PROTECTION, 'recordDisclosure', {
          folio: word(),
          input: canaries.input('recordDisclosure'),
        }),
      ),
      'a moment': await failing(CHILD_PROTECTION, 'recordDisclosure', {}, { occurredAt: word() }),
      'no permission': await failing(HEALTH, 'decideAnticipatedEvidence', {}),
      'a query of a case': await codes(
        people.read(CHILD_PROTECTION, 'query ($c: ID!) { case(caseId: $c) { folio } }', { c: word() }),
      ),
      'an identity': await codes(
        people.read(CHILD_PROTECTION, 'query ($c: ID!) { identity(caseId: $c, purpose: FOLLOW_UP) { state } }', {
          c: word(),
        }),
      ),
      'a detail': await codes(
        people.read(
          CHILD_PROTECTION,
          'query ($c: ID!, $e: ID!) { detail(caseId: $c, eventId: $e, purpose: FOLLOW_UP) { type } }',
          { c: caseId, e: word() },
        ),
      ),
      'a request for approval': await codes(
        people.read(REPRESENTATIVE, 'query ($c: ID!, $e: ID!) { approvalDetail(caseId: $c, eventId: $e) { type } }', {
          c: word(),
          e: word(),
        }),
      ),
      ...Object.fromEntries(
        await Promise.all(
          [REPRESENTATIVE, SUPERVISORS.CHILD_PROTECTION, SUPERVISORS.HEALTH].flatMap((username) =>
            ['caseId', 'actor'].flatMap((field) =>
              ['accesses', 'refusals'].map(async (log) => [
                `the ${log} by ${field}, ${username}`,
                await codes(
                  people.read(
                    username,
                    `query ($f: ${log === 'accesses' ? 'Accesses' : 'Refusals'}Filter) { ${log}(filter: $f) { pageInfo { endCursor } } }`,
                    { f: { [field]: word() } },
                  ),
                ),
              ]),
            ),
          ),
        ),
      ),
      'in the document': await codes(people.read(CHILD_PROTECTION, `{ findChild(terms: { givenNames: "${word()}" `)),
      'a name in the document': await codes(
        people.read(CHILD_PROTECTION, `{ findChild(terms: { x: "${word()}" }, purpose: INTAKE) { __typename } }`),
      ),
    };
    for (const [how, found] of Object.entries(failed)) expect([how, found.length > 0]).toEqual([how, true]);

    // What the product's own reader, parser and router stumble over.
    const token = await people.token(CHILD_PROTECTION);
    const authorization = `Bearer ${token}`;
    const http = async (path: string, init: RequestInit = {}) => (await fetch(product.url + path, init)).status;
    const json = { 'content-type': 'application/json' };
    const statuses = [
      await http('/graphql', { method: 'POST', headers: { ...json, authorization }, body: `{"query": "${word()}` }),
      await http('/graphql', { method: 'POST', headers: { ...json, authorization }, body: `${word()}` }),
      await http('/graphql', {
        method: 'POST',
        headers: {
          ...json,
          authorization: word()
            .normalize('NFD')
            .replace(/[^ -~]/g, ''),
        },
        body: '{}',
      }),
      await http(`/graphql?query=${encodeURIComponent(`{ x(a: "${word()}") }`)}`, { headers: { authorization } }),
      await http(`/graphql/${encodeURIComponent(word())}`, { headers: { authorization } }),
      await http(`/realms/resguardo/${encodeURIComponent(word())}`),
      await http(`/realms/resguardo/protocol/openid-connect/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ grant_type: 'password', username: word(), password: word() }),
      }),
    ];
    for (const status of statuses) expect(status).toBeGreaterThanOrEqual(400);
    await http(`/casos/${encodeURIComponent(word())}`, { headers: { accept: 'text/html' } });
    const socket = new WebSocket(product.url.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
    await new Promise((opened) => socket.once('open', opened));
    const closed = new Promise((done) => socket.once('close', done));
    socket.send(`{"type": "${word()}`);
    await closed;

    // Documents that are refused, for their shape and for what they hold.
    const broken = ['<report>', `<report><${randomUUID()}>`, '<fileDetails><reportId>'].map((start) => start + word());
    expect(await imported(Object.fromEntries(broken.map((text) => [word(), text])))).toEqual([
      'REFUSED',
      'REFUSED',
      'REFUSED',
    ]);

    // The database goes away in the middle of it, and what it cannot write is sent to it.
    const client = await databaseOf(product);
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name in ('resguardo', 'resguardo-store')`,
    );
    await Promise.all(
      [OFFICERS.PROSECUTOR, HEALTH, CHILD_PROTECTION].map((username) =>
        people.answer(username, 'recordDisclosure', { caseId, input: canaries.input('recordDisclosure') }),
      ),
    );
    await client.end();
    await codes(
      people.read(CHILD_PROTECTION, 'query ($t: String) { cases(filter: { text: $t }) { totalVisible } }', {
        t: `${word()}\u0000`,
      }),
    );
  }, 60_000);

  const dump = async (client: Client): Promise<readonly Haystack[]> => {
    const { rows: tables } = await client.query<{ name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const dumped: Haystack[] = [];
    for (const { name } of tables) {
      const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
      dumped.push({ name: `table ${name}`, bytes: Buffer.from(rows.map(({ row }) => row).join('\n')) });
    }
    return dumped;
  };
  /** Everything that could hold something: told, stored, logged, sent. The product is stopped. */
  const everything = async (): Promise<readonly Haystack[]> => {
    const [tables, messages] = await database(async (client, connection) => {
      const store = postgresEventStore({ connection });
      const sent: string[] = [];
      for await (const batch of store.scan())
        for (const event of batch)
          for (const service of SERVICES) sent.push(JSON.stringify(toMessage(service, event, (caseId) => caseId)));
      await store.close();
      return [await dump(client), sent] as const;
    });
    return [
      { name: 'output of the product', bytes: Buffer.from(product.output()) },
      { name: 'metrics', bytes: Buffer.from(metrics) },
      { name: 'traces', bytes: Buffer.from(collector.bodies.join('\n')) },
      { name: 'messages to the followers', bytes: Buffer.from(messages.join('\n')) },
      ...tables,
      ...filesBelow(dataFolder, ['secrets']),
      ...filesBelow(temporary),
    ];
  };

  it('and then it is nowhere', async () => {
    metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    expect(await product.stop()).toBe(0);
    const haystacks = await everything();
    const log = haystacks.find(({ name }) => name.endsWith('server.log'))!;
    // The log says enough to say too much: statements and their parameters, a folio among them.
    for (const words of ['insert into vault.person_version', 'store.events', folio])
      expect(log.bytes.includes(words)).toBe(true);
    expect(haystacks.some(({ name }) => name.includes('/pg_wal/'))).toBe(true);
    expect(haystacks.flatMap(searchFor(canaries.planted))).toEqual([]);
  }, 60_000);

  it('metrics and traces name no case, no folio, no person and no fact either', async () => {
    const ids = await database(async (client) => {
      const { rows } = await client.query<{ id: string }>(
        `select distinct unnest(array[id::text, stream, meta ->> 'caseId', meta ->> 'actor', meta ->> 'commandId', data ->> 'folio']) as id
         from store.events`,
      );
      return rows.map(({ id }) => id).filter((id) => id !== null && !id.startsWith('process:') && id !== 'none');
    });
    expect(ids.length).toBeGreaterThan(300);
    expect(ids).toContain(folio);
    // Enough was said to say too much: every span of every command.
    for (const said of ['command receiveReport', 'mutation ReceiveReport', 'append', 'follow case_card'])
      expect(collector.spans.some(({ name }) => name === said)).toBe(true);
    expect(metrics).toContain('resguardo_commands_total{command="receiveReport"');
    const told = [metrics, ...collector.bodies].join('\n');
    expect(ids.filter((id) => told.includes(id))).toEqual([]);
  }, 60_000);

  it('every sealed field of every fact held a canary', async () => {
    const search = searchFor(canaries.planted);
    const held = await database(async (_, connection) => {
      const pool = new Pool({ connectionString: connection, max: 2 });
      const key = createSecretKey(readFileSync(join(dataFolder, 'secrets/master-key')));
      const boxes = sealer(postgresKeyRing(pool, key));
      const store = postgresEventStore({ connection });
      const found: string[] = [];
      for await (const batch of store.scan())
        for (const event of batch) {
          const { fields } = await boxes.open(event, allFacts[event.type]!, Object.keys(event.sealed ?? {}));
          for (const [name, value] of Object.entries(fields)) {
            const field = `${event.type}.${name}`;
            if (search({ name: field, bytes: Buffer.from(JSON.stringify({ [name]: value })) }).length > 0)
              found.push(field);
          }
        }
      await store.close();
      await pool.end();
      return new Set(found);
    });
    expect(SEALED_FACTS.filter((field) => !held.has(field))).toEqual([]);
  }, 60_000);

  it('a leak that is planted is found by the same search, wherever and in whatever form', async () => {
    const { where, value } = canaries.planted.find(
      (one) => one.where === 'receiveReport.summary' && one.value.includes(' '),
    )!;
    const forms = canaryForms(value);
    const said = (form: string) => forms[form]!.toString('latin1');
    await database(async (client) => {
      // In a row that is gone again, and in a parameter of a statement that fails.
      await client.query('create table public.planted (words text)');
      await client.query('insert into public.planted values ($1)', [said('phonetic')]);
      await client.query('delete from public.planted');
      await client.query('select ($1::text)::integer', [said('base64')]).catch(() => {});
    });
    writeFileSync(join(temporary, 'planted'), JSON.stringify({ words: value }).replace(/[^ -~]/g, escaped));
    const haystacks = (await everything()).map((haystack) =>
      haystack.name === 'output of the product'
        ? { ...haystack, bytes: Buffer.concat([haystack.bytes, forms['normalised']!]) }
        : haystack,
    );
    const found = haystacks.flatMap(searchFor(canaries.planted)).filter((leak) => leak.where === where);
    const seen = (form: string, place: RegExp) =>
      found.some((leak) => leak.form === form && place.test(leak.haystack)) ? [] : [`${form} in ${place.source}`];
    expect([
      ...seen('phonetic', /pg_wal/),
      ...seen('phonetic', /cluster.base/),
      ...seen('base64', /server\.log/),
      ...seen('jsonEscaped', /tmp.planted/),
      ...seen('normalised', /output of the product/),
    ]).toEqual([]);
    // The one pass finds what looking for one value after the other finds.
    for (const { bytes } of haystacks.filter(({ name }) => /server\.log|output|planted/.test(name)))
      expect(new Set(searchFor([{ where, value }])({ name: '', bytes }).map(({ form }) => form))).toEqual(
        new Set(canariesIn(bytes, value)),
      );
  }, 60_000);
});
