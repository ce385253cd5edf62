import { type Standalone, removeFolder, startStandalone, temporaryFolder } from './support/standalone.js';
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
  subjectOf,
} from './support/people.js';
import { validInput } from './support/inputs.js';

const AT_ONCE = 60;
const FOUR = Object.values(OFFICERS);

describe('many at once on one case', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    await registerIntermediary(people);
    // Verified and remembered: what is measured here is the race, not the signatures.
    await Promise.all(
      [...FOUR, REPRESENTATIVE, ADVISER, INTERMEDIARY].map((user) => people.read(user, '{ me { actor } }')),
    );
  }, 60_000);
  afterAll(async () => {
    await product.stop();
    removeFolder(dataFolder);
  });

  const sixty = (say: (i: number) => Promise<Outcome>): Promise<readonly Outcome[]> =>
    Promise.all(Array.from({ length: AT_ONCE }, (_, i) => say(i)));
  const planAtOnce = (caseId: string) =>
    sixty((i) => people.say(FOUR[i % 4]!, 'planInterview', { caseId, input: plan() }));
  const accepted = (outcomes: readonly Outcome[]) => outcomes.filter(({ __typename }) => __typename === 'Accepted');
  const rules = (outcomes: readonly Outcome[]) =>
    outcomes.flatMap(({ __typename, rule }) => (__typename === 'Refused' ? [rule] : []));

  it('R-002, R-001: of sixty plans at once one is accepted and 59 refused; after the interview all sixty are refused', async () => {
    const { caseId } = await caseReadyToPlan(people);
    const first = await planAtOnce(caseId);
    expect(accepted(first)).toHaveLength(1);
    expect(rules(first)).toEqual(Array.from({ length: AT_ONCE - 1 }, () => 'R-002'));

    const planned = await people.read(
      OFFICERS.CHILD_PROTECTION,
      'query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) { behind interview { stage interviewId } } }',
      { caseId, atLeast: accepted(first)[0]!.revision },
    );
    expect(planned.data.case).toMatchObject({ behind: false, interview: { stage: 'PLANNED' } });
    const { interviewId } = planned.data.case.interview as { interviewId: string };

    for (const officer of FOUR) await people.done(officer, 'declineQuestions', { caseId, input: { interviewId } });
    await people.done(INTERMEDIARY, 'recordChildAssent', {
      caseId,
      input: validInput('recordChildAssent', { interviewId, explainedBy: subjectOf(INTERMEDIARY) }),
    });
    await people.done(INTERMEDIARY, 'recordRecordingPreference', {
      caseId,
      input: { interviewId, preference: 'AUDIO', explainedBy: subjectOf(INTERMEDIARY) },
    });
    const session = {
      interviewId,
      recordingMode: 'AUDIO',
      venueKind: 'CHILD_FRIENDLY_ROOM',
      presentRoles: ['INTERMEDIARY'],
    };
    await people.done(INTERMEDIARY, 'startInterview', { caseId, input: session });
    const conducted = await people.done(INTERMEDIARY, 'recordInterviewConducted', {
      caseId,
      input: { ...session, minutes: 40, topicsCovered: ['CONTACT_ONLINE'], accountGiven: true },
    });
    expect(conducted.violations).toEqual([]);

    const second = await planAtOnce(caseId);
    expect(accepted(second)).toEqual([]);
    expect(rules(second)).toEqual(Array.from({ length: AT_ONCE }, () => 'R-001'));
  }, 60_000);

  it('M-1, R-013: of sixty retellings recorded at once by several people, half of them by folio, all are stored and counted', async () => {
    const { caseId, folio } = await openCase(people, { accountGiven: false, immediateFullAccount: false });
    // By folio as soon as the folio is known to the worklists.
    const read =
      'query ($caseId: ID!, $atLeast: Int) { case(caseId: $caseId, atLeast: $atLeast) { behind folio retellings { count list { eventId } } } }';
    const opened = await people.read(OFFICERS.CHILD_PROTECTION, read, { caseId, atLeast: 0 });
    expect(opened.data.case).toEqual({ behind: false, folio, retellings: { count: 0, list: [] } });

    const tellers = [...FOUR, REPRESENTATIVE, ADVISER];
    const outcomes = await sixty((i) =>
      people.say(tellers[i % tellers.length]!, 'recordRetelling', {
        ...(i % 2 === 0 ? { caseId } : { folio }),
        input: validInput('recordRetelling', { needed: false, onRecord: false }),
      }),
    );
    expect(accepted(outcomes)).toHaveLength(AT_ONCE);
    expect(new Set(outcomes.map(({ revision }) => revision)).size).toBe(AT_ONCE);

    const last = Math.max(...outcomes.map(({ revision }) => revision ?? -1));
    const after = await people.read(OFFICERS.CHILD_PROTECTION, read, { caseId, atLeast: last });
    expect(after.data.case).toMatchObject({ behind: false, retellings: { count: AT_ONCE } });
    expect(new Set(after.data.case.retellings.list.map(({ eventId }: { eventId: string }) => eventId)).size).toBe(
      AT_ONCE,
    );
  }, 60_000);
});
