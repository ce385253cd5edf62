import { randomUUID } from 'node:crypto';
import { allCommands } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import { type RecordedEvent, uuidv5 } from '@resguardo/eventing';
import { demoAccounts } from '@resguardo/identity';
import { WebSocket } from 'ws';
import { whoMaySay } from '../e2e/support/inputs.js';
import {
  ADVISER,
  caseReadyToPlan,
  INTERMEDIARY,
  OFFICERS,
  openCase,
  type Outcome,
  type People,
  plan,
  registerIntermediary,
  REPRESENTATIVE,
  type Said,
  subjectOf,
  SUPERVISORS,
} from '../e2e/support/people.js';
import { platformReports } from '../e2e/support/platform-report.js';
import { type canaryPlanter, SEALED_INPUTS, sealedPaths, searchFor } from './canaries.js';
import { until } from './until.js';

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
/** Requests under way at once, so that a busy machine answers each in time. */
const AT_ONCE = 25;
const ago = (hours: number): string => new Date(Date.now() - hours * HOUR).toISOString();
/** Id of the first fact of an accepted command (D12). */
const firstFact = (username: string, { commandId }: Outcome): string => uuidv5(subjectOf(username), commandId!, '0');
const usernameOf = (sub: string): string => demoAccounts().find((account) => account.sub === sub)!.username;

export type StoredFact = Pick<RecordedEvent, 'id' | 'type' | 'stream' | 'sealed' | 'meta' | 'revision'>;

/** Some of what is planted that whoever may see it must find again. */
export const READ_BACK: readonly string[] = [
  ...[
    'givenNames',
    'firstSurname',
    'secondSurname',
    'curp',
    'birthDate',
    'language',
    'handle',
    'address',
    'school',
  ].map((field) => `correctIdentity.identity.${field}`),
  ...['receiveReport.summary', 'proposeClosure.legalBasis', 'submitQuestions.questionTexts'],
];

/** Says everything that is to be found nowhere afterwards, to the product at an address. */
export const canaryWalk = ({
  url,
  people,
  canaries,
  facts,
}: {
  readonly url: string;
  readonly people: People;
  readonly canaries: ReturnType<typeof canaryPlanter>;
  /** Those of the cases, as they are stored, in order. */
  readonly facts: () => Promise<readonly StoredFact[]>;
}) => {
  /** `command.path` of what was accepted with a canary in it. */
  const said = new Set<string>();

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
      behind interview { interviewId questions { questionId } exceptions { requestId } } } }`;
    for (;;) {
      const { data } = await people.read(OFFICERS.PROSECUTOR, query, { caseId, atLeast });
      if (!data.case.behind) return data.case.interview;
    }
  };
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

  /** Every sealed field that a person can fill, once; each is accepted. Gives the folio of a case. */
  const sayEverySealedField = async (): Promise<{ readonly folio: string }> => {
    await registerIntermediary(people);
    const opened = await accepted('receiveReport', { by: OFFICERS.CHILD_PROTECTION, input: { state: '17' } });
    const { caseId } = opened;
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
    const rows = await facts();
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
    return { folio: opened.folio! };
  };

  /** Everything that is sealed is asked for by those who may see most of it. Gives where what was answered had been planted. */
  const readItBack = async (): Promise<ReadonlySet<string>> => {
    const DETAIL = `query ($caseId: ID!, $eventId: ID!) {
      detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) { fields { name value } } }`;
    const IDENTITY = `query ($caseId: ID!) { identity(caseId: $caseId, purpose: FOLLOW_UP) {
      givenNames firstSurname secondSurname curp birthDate language phones handles { handle } addresses school } }`;
    const READ = `query ($caseId: ID!) { case(caseId: $caseId) { folio ageBand } timeline(caseId: $caseId) { entries { type data } }
      approvals { what } myDay { changed { folio } } cases { totalVisible } }`;
    const UP_TO = `query ($caseId: ID!, $atLeast: Int!) { timeline(caseId: $caseId, atLeast: $atLeast) { behind } }`;
    const all = await facts();
    const rows = all.filter(({ sealed }) => sealed);
    // Timelines follow: what has not come yet could not be read back.
    for (const [caseId, atLeast] of new Map(all.map(({ meta, revision }) => [meta.caseId, revision])))
      await until(`revision ${atLeast} of a case`, async () => {
        const { data, errors } = await people.read(OFFICERS.PROSECUTOR, UP_TO, { caseId, atLeast });
        return errors || data.timeline?.behind === false || undefined;
      });
    const answers: unknown[] = await Promise.all(
      [IDENTITY, READ].map((query) => people.read(OFFICERS.CHILD_PROTECTION, query, { caseId: rows[0]!.meta.caseId })),
    );
    for (let from = 0; from < rows.length; from += AT_ONCE)
      answers.push(
        ...(await Promise.all(
          [OFFICERS.PROSECUTOR, REPRESENTATIVE].flatMap((username) =>
            rows
              .slice(from, from + AT_ONCE)
              .map(({ id, meta: { caseId } }) => people.read(username, DETAIL, { caseId, eventId: id })),
          ),
        )),
      );
    const bytes = Buffer.from(JSON.stringify(answers));
    return new Set(searchFor(canaries.planted)({ name: 'answers', bytes }).map(({ where }) => where));
  };

  /** Requests that fail, in every way a request can. */
  const sayItInRequestsThatFail = async (): Promise<{ readonly caseId: string }> => {
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
    const http = async (path: string, init: RequestInit = {}) => (await fetch(url + path, init)).status;
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
    const socket = new WebSocket(url.replace('http', 'ws') + '/graphql', 'graphql-transport-ws');
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
    return { caseId };
  };

  return { sayEverySealedField, readItBack, sayItInRequestsThatFail };
};
