import {
  admissionErrors,
  AGENCIES,
  allCommands,
  entersThroughAgency,
  type Service,
  SERVICE_OF,
  writerOf,
} from '@resguardo/contracts';
import { type RecordedEvent, uuidv5 } from '@resguardo/eventing';
import { demoAccounts } from '@resguardo/identity';
import { contractsTable } from '@resguardo/store-remote';
import { postgresEventStore } from '@resguardo/store-postgres';
import { openTestDatabase } from '../support/database.js';
import { until } from '../support/until.js';
import { validInput, whoMaySay } from './support/inputs.js';
import { caseReadyToPlan, OFFICERS, openCase, type People, peopleOf, plan, subjectOf } from './support/people.js';
import { removeFolder, startStandalone, temporaryFolder } from './support/standalone.js';

const { CHILD_PROTECTION, PROSECUTOR, HEALTH } = OFFICERS;
const ago = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();

const serviceOf = (agency: string): Service | undefined => SERVICE_OF[AGENCIES.find((known) => known === agency)!];
const agencyOf = (username: string): string => demoAccounts().find((one) => one.username === username)!.agency;
/** Commands that enter through an agency's own service and that somebody of an agency may say. */
const THROUGH_AN_AGENCY = Object.entries(allCommands)
  .filter(([name, spec]) => entersThroughAgency(name, spec))
  .filter(([name]) => whoMaySay(name).some((username) => serviceOf(agencyOf(username))))
  .map(([name]) => name);

/**
 * The service that appends a fact where services run apart: the agency's own when its command enters there, else coordination. It is taken
 * from the command, not from the table of writers, which is what is tested; what no command says is left to the table.
 */
const appendedBy = ({ type, meta }: RecordedEvent): Service => {
  const spec = allCommands[meta.command];
  if (!spec) return writerOf(type, meta.agency);
  // A refusal is recorded where it is decided.
  if (type === 'CommandRefused' || !entersThroughAgency(meta.command, spec)) return 'coordination';
  return serviceOf(meta.agency) ?? 'coordination';
};

/** What answers something; gives the case, its question round about to close by itself. */
const sayWhatAnswers = async (people: People): Promise<string> => {
  const { caseId } = await caseReadyToPlan(people);
  const say = (by: string, command: string, input: object) =>
    people.done(by, command, { caseId, input: validInput(command, { ...input }) });
  const referral = await say(CHILD_PROTECTION, 'makeReferral', { to: 'HEALTH' });
  await say(HEALTH, 'answerReferral', { referralId: uuidv5(subjectOf(CHILD_PROTECTION), referral.commandId!, '0') });
  const { revision } = await say(PROSECUTOR, 'planInterview', plan());
  const PLANNED = `query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) { behind interview { interviewId } } }`;
  const interviewId = await until('the plan in the case', async () => {
    const { data } = await people.read(PROSECUTOR, PLANNED, { caseId, atLeast: revision });
    return data.case.behind ? undefined : data.case.interview.interviewId;
  });
  await say(PROSECUTOR, 'submitQuestions', { interviewId, onOtherSexualConduct: [1] });
  await say(HEALTH, 'declineQuestions', { interviewId });
  const closesAt = new Date(Date.now() + 500).toISOString();
  await say(CHILD_PROTECTION, 'shortenQuestionRound', { interviewId, closesAt });
  await until('the end of the round', async () => Date.now() > Date.parse(closesAt) || undefined);
  await say(HEALTH, 'recordRetelling', {});
  return caseId;
};

/** A report of a child whom another case knows, and one that opens a closed case again: more follows from them than a report. */
const sayWhatHasConsequences = async (people: People): Promise<void> => {
  const { identity } = validInput('receiveReport', {}, { optionals: true });
  for (const _ of [1, 2]) await openCase(people, { identity });
  const { caseId } = await caseReadyToPlan(people);
  for (const [command, input, occurredAt] of [
    ['proposeClosure', { ground: 'FACTS_ARE_NO_OFFENCE' }],
    ['notifyClosure', { notified: 'VICTIM_AND_ADVISER' }, ago(0.5)],
    ['challengeClosure', {}],
    ['finaliseClosure', { outcome: 'CONFIRMED_BY_JUDGE' }],
    ['closeCase', {}],
    ['addReport', {}],
  ] as const)
    await people.done(PROSECUTOR, command, {
      caseId,
      ...(occurredAt && { occurredAt }),
      input: validInput(command, input),
    });
};

/** The keeper's door must not be narrower than what the product says: everything that it ever recorded would be let in again. */
it('D11: what the product records is what the keeper admits, from the service that appends it', async () => {
  const database = await openTestDatabase();
  const folder = temporaryFolder();
  const product = await startStandalone(folder, {
    env: { DATABASE_URL: database.url, RESGUARDO_REQUESTS_PER_MINUTE: '100000' },
  });
  const store = postgresEventStore({ connection: database.url });
  try {
    const people = peopleOf(product);
    await sayWhatHasConsequences(people);
    const caseId = await sayWhatAnswers(people);
    // Whether a command is accepted or refused here, what it leaves behind is recorded.
    for (const [name, spec] of Object.entries(allCommands)) {
      if (spec.on !== 'case' && spec.on !== 'anyone') continue;
      for (const officer of Object.values(OFFICERS))
        await people.answer(officer, name, { caseId, input: validInput(name, {}, { optionals: true }) });
    }
    const types = new Set<string>();
    /** What came through an agency, by fact and by command. */
    const came = new Set<string>();
    const wrong: string[] = [];
    for await (const events of store.scan())
      for (const { stream, ...event } of events as readonly RecordedEvent[]) {
        const { type, meta } = event;
        const service = appendedBy({ stream, ...event });
        types.add(type);
        if (service !== 'coordination') [type, meta.command].forEach((one) => came.add(one));
        if (!contractsTable.mayWrite(service, type, meta.agency))
          wrong.push(`${type}, which follows from ${meta.command}, is missing from THROUGH_THE_AGENCY`);
        // In one process its boxes are sealed under the key of whoever the table calls its writer.
        const errors = admissionErrors(writerOf(type, meta.agency), stream, event);
        wrong.push(...errors.map(({ path, problem }) => `${type}: ${path} ${problem}`));
      }
    expect([...new Set(wrong)]).toEqual([]);
    expect(types.size).toBeGreaterThan(60);
    expect(THROUGH_AN_AGENCY.length).toBeGreaterThan(40);
    // Nothing of this is said about a fact that was not there.
    const consequences = ['CaseLinked', 'CaseReopened', 'QuestionFiltered', 'QuestionRoundClosed'];
    expect([...THROUGH_AN_AGENCY, ...consequences].filter((one) => !came.has(one))).toEqual([]);
  } finally {
    await store.close();
    await product.stop();
    await database.close();
    removeFolder(folder);
  }
}, 240_000);
