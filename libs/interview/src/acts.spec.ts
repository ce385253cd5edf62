import { allCommands } from '@resguardo/contracts';
import { isRefusal } from '@resguardo/eventing';
import type { Happened } from '@resguardo/eventing/testing';
import { happened, scenarios, wanted } from '@resguardo/eventing/testing';
import { interviewDecider } from './interview.decider.js';
import type { RuleName, Rules } from './rules.js';
import { allRules } from './rules.js';
import {
  assent,
  at,
  authorised,
  ENTRY,
  goOn,
  HEALTH,
  held,
  interrupted,
  once,
  plan,
  preference,
  PSYCHOLOGIST,
  start,
  startable,
  started,
} from './testing/given.js';

/**
 * Which rules are asked of which act: section A of the rules and R-208, read without looking at the lists in `rules.ts`. Each act has a
 * scenario in which nothing is refused or stamped, and for each of its rules one change that makes this rule, and no other, say no.
 */
interface Spoiling {
  /** The rule's id and, where the act can be refused, its code. */
  readonly says: string;
  readonly facts?: (facts: readonly Happened[]) => readonly Happened[];
  readonly input?: object;
  readonly known?: object;
  /** Hours, as in `at`. */
  readonly at?: number;
  /** The fact is stamped with it in another way too: the standing that it was given (C-2). */
  readonly anyway?: true;
}

/** The rule is asked, and cannot say no: whoever tells of this act is not asked about it. */
const NOT_TOLD = 'NOT_TOLD';
type Asked = Readonly<Partial<Record<RuleName, Spoiling | typeof NOT_TOLD>>>;

interface Act {
  readonly of: string;
  readonly given: readonly Happened[];
  readonly at: number;
  readonly when: (input: object, context: { readonly at: string; readonly known: object }) => any;
  readonly asks: Asked;
}

const and =
  (...more: readonly Happened[]): Spoiling['facts'] =>
  (facts) => [...facts, ...more];
/** Without the last of these: the one that stands. */
const without =
  (type: string): Spoiling['facts'] =>
  (facts) =>
    facts.filter((_, i) => i !== facts.findLastIndex((fact) => fact.type === type));
const changed =
  (type: string, data: object): Spoiling['facts'] =>
  (facts) =>
    facts.map((fact, i) =>
      i === facts.findLastIndex((one) => one.type === type) ? { ...fact, data: { ...fact.data, ...data } } : fact,
    );

const ANOTHER = { intermediary: { ...ENTRY, intermediaryId: 'i2' } };
const SUSPENDED = { intermediary: { ...ENTRY, active: false } };
const OF_INT_2 = { interviewId: 'int-2', topics: ['OTHER_CHILDREN'], ...PSYCHOLOGIST };

/** The child has told it once, and an additional interview is authorised: this is where most rules have something to ask. */
const exception = [...once, authorised];
const plannedAgain = [
  ...exception,
  happened('InterviewPlanned', { ...OF_INT_2, slot: at(400), urgent: false }, { occurredAt: at(300) }),
  happened('QuestionRoundOpened', { interviewId: 'int-2', closesAt: at(328) }, { occurredAt: at(300) }),
];
const startableAgain = [
  ...plannedAgain,
  { ...assent, data: { ...assent.data, interviewId: 'int-2' } },
  { ...preference, data: { ...preference.data, interviewId: 'int-2' } },
];
/** The child asked for another intermediary: who was assigned holds it, and need not be who held the first one. */
const withAnyIntermediary = changed('AdditionalInterviewAuthorised', { sameIntermediary: undefined })!(startableAgain);
const startedAgain = [
  ...startableAgain,
  happened(
    'ForensicInterviewStarted',
    { ...OF_INT_2, session: 1, standing: 'COVERED', authorisationId: 'req' },
    { occurredAt: at(400) },
  ),
];
const interruptedOnce = [...startable, started, interrupted, assent, preference];

const anotherPlan = and(
  happened('InterviewPlanned', { ...OF_INT_2, interviewId: 'int-3', slot: at(900), urgent: false }, HEALTH),
);
const twoMoreHeld = and(
  ...['a', 'b'].map((interviewId) =>
    happened('ForensicInterviewConducted', { interviewId, session: 1, standing: 'COVERED', topicsCovered: [] }),
  ),
);

const REPRESENTED = {
  theChildIsRepresented: { says: 'R-208 E-NO-REP', facts: without('ProtectionRepresentativeAssigned') },
} satisfies Asked;
const LEAD = {
  onlyTheLeadCasePlans: {
    says: 'R-003 E-INT-SAMEFACTS',
    facts: and(happened('CaseLinked', { otherCaseId: 'other', linkKind: 'SAME_CHILD' })),
  },
} satisfies Asked;
const REGISTERED = {
  theIntermediaryIsRegistered: { says: 'R-004 E-INT-INTERMEDIARY', known: SUSPENDED },
} satisfies Asked;
const ONE_AT_A_TIME = { oneInterviewAtATime: { says: 'R-002 E-INT-LOCKED', facts: anotherPlan } } satisfies Asked;
const CAPPED = { additionalInterviewsAreCapped: { says: 'R-011 E-INT-CAP', facts: twoMoreHeld } } satisfies Asked;
const AUTHORISED = {
  aSecondInterviewIsAuthorised: { says: 'R-001 E-INT-DONE', facts: without('AdditionalInterviewAuthorised') },
} satisfies Asked;
const AUTHORISED_OR_STANDING = {
  aSecondInterviewIsAuthorised: { ...AUTHORISED.aSecondInterviewIsAuthorised, anyway: true },
} satisfies Asked;
const DECIDED = {
  advanceEvidenceIsDecided: { says: 'R-021 E-INT-NOANT', facts: without('AnticipatedEvidenceDecided') },
} satisfies Asked;
const ROOM = {
  onlyTheIntermediaryIsInTheRoom: {
    says: 'R-007 E-INT-ROOM',
    input: { presentRoles: ['INTERMEDIARY', 'SUPPORT_PERSON', 'PROSECUTOR'] },
  },
} satisfies Asked;
const EXCLUDED = {
  anExcludedPersonStaysOut: {
    says: 'R-027 E-EXCLUDED',
    facts: and(happened('AttendeeExcluded', { attendeeRole: 'SUPPORT_PERSON' })),
  },
} satisfies Asked;
const EXCLUDED_GUARDIAN = {
  anExcludedPersonStaysOut: {
    says: 'R-027 E-EXCLUDED',
    facts: and(happened('AttendeeExcluded', { attendeeRole: 'GUARDIAN' })),
  },
} satisfies Asked;
const READY = {
  theChildIsReady: { says: 'R-008 E-INT-PAUSED', facts: and(happened('StabilisationPeriodRecognised', {})) },
} satisfies Asked;
const RECORDING = {
  theRecordingFitsThePreference: { says: 'R-009 E-INT-CAMERA', input: { recordingMode: 'VIDEO' } },
} satisfies Asked;
const SAME_INTERMEDIARY = {
  theSameIntermediaryGoesOn: { says: 'R-004 E-INT-INTERMEDIARY', known: ANOTHER },
} satisfies Asked;
const PREPARED = {
  theRoundIsOver: { says: 'R-005 E-INT-ROUND', facts: changed('QuestionRoundOpened', { closesAt: at(500) }) },
  everyQuestionIsFiltered: {
    says: 'R-006 E-INT-UNFILTERED',
    facts: and(
      happened('QuestionSetSubmitted', { interviewId: 'int-2', questionIds: ['q'], asLegalAdviser: false }, HEALTH),
    ),
  },
} satisfies Asked;
const TOPICS_COVERED = {
  theAdditionalInterviewKeepsToItsTopics: { says: 'R-010 E-INT-EXTRA', input: { topicsCovered: ['CONTACT_ONLINE'] } },
} satisfies Asked;
const TOPICS_AGAIN = {
  onlyRemainingTopics: { says: 'R-001 E-INT-TOPICS', input: { topicsCovered: ['CONTACT_ONLINE'] } },
} satisfies Asked;
/** Who was there and how it was recorded is told of a session that came to its end, not of one that was interrupted. */
const INTERRUPTED = {
  onlyTheIntermediaryIsInTheRoom: NOT_TOLD,
  anExcludedPersonStaysOut: NOT_TOLD,
  theRecordingFitsThePreference: NOT_TOLD,
} satisfies Asked;
/** What each session needs, beside those in `INTERRUPTED`. */
const SESSION = {
  ...REPRESENTED,
  ...LEAD,
  ...REGISTERED,
  ...READY,
  theChildAgreed: { says: 'R-008 E-INT-NOASSENT', facts: without('ChildAssentRecorded') },
  theChildWasAskedAboutRecording: { says: 'R-009 E-INT-NOPREF', facts: without('RecordingPreferenceStated') },
  aRecordedNeedIsMet: {
    says: 'R-026 E-INTERPRETER',
    facts: and(happened('CommunicationNeedsRecorded', { interpreterNeeded: true })),
  },
} satisfies Asked;
const AS_PLANNED = {
  ...SESSION,
  ...ONE_AT_A_TIME,
  ...CAPPED,
  ...AUTHORISED_OR_STANDING,
  ...TOPICS_COVERED,
  ...PREPARED,
  ...DECIDED,
  ...SAME_INTERMEDIARY,
} satisfies Asked;
/** No plan, no round, no preference that anybody recorded: what is left is asked of whoever held it all the same (M-1). */
const OUTSIDE = {
  ...REPRESENTED,
  ...LEAD,
  ...ONE_AT_A_TIME,
  ...CAPPED,
  ...TOPICS_COVERED,
  ...REGISTERED,
  ...READY,
} satisfies Asked;

const ROLES = { presentRoles: ['INTERMEDIARY', 'SUPPORT_PERSON'] };
const withGuardian = { ...ROLES, supportPersonKind: 'GUARDIAN' };

const conduct =
  (interviewId: string, topic: string): Act['when'] =>
  (input, { known, ...context }) =>
    wanted(
      'recordInterviewConducted',
      {
        interviewId,
        minutes: 40,
        recordingMode: 'AUDIO',
        venueKind: 'CHILD_HOUSE',
        ...ROLES,
        topicsCovered: [topic],
        accountGiven: true,
        ...input,
      },
      { known: { newId: 'int-9', intermediary: ENTRY, ...known }, ...context },
    );
const interrupt =
  (interviewId: string, topic: string): Act['when'] =>
  (input, { known, ...context }) =>
    wanted(
      'interruptInterview',
      {
        interviewId,
        minutes: 10,
        topicsCovered: [topic],
        childWantsToGoOn: true,
        accountGiven: false,
        reason: 'CHILD_TIRED',
        ...input,
      },
      { known: { newId: 'int-9', intermediary: ENTRY, ...known }, ...context },
    );

const acts: readonly Act[] = [
  {
    of: 'planInterview',
    given: exception,
    at: 300,
    when: (input, context) => plan({ slot: at(400), topics: ['OTHER_CHILDREN'], ...input }, context),
    asks: {
      ...REPRESENTED,
      ...LEAD,
      ...ONE_AT_A_TIME,
      ...CAPPED,
      ...AUTHORISED,
      theAdditionalInterviewKeepsToItsTopics: { says: 'R-010 E-INT-EXTRA', input: { topics: ['CONTACT_ONLINE'] } },
      ...DECIDED,
      ...REGISTERED,
      thereIsTimeForQuestions: { says: 'R-005 E-INT-NOTICE', input: { slot: at(371) } },
      schoolTimeIsKeptFree: { says: 'R-018 E-SCHOOLTIME', known: { schoolOverlap: true } },
    },
  },
  {
    of: 'assignIntermediary',
    given: plannedAgain,
    at: 310,
    when: (input, { known, ...context }) =>
      wanted(
        'assignIntermediary',
        { interviewId: 'int-2', intermediaryId: 'i1', ...input },
        { known: { newId: 'x', intermediary: ENTRY, ...known }, ...context },
      ),
    asks: {
      thePlanStands: {
        says: 'R-002 E-INT-CANCELLED',
        facts: and(happened('InterviewCancelled', { interviewId: 'int-2' })),
      },
      ...REGISTERED,
      theAdditionalInterviewKeepsToItsTopics: { says: 'R-010 E-INT-EXTRA', known: ANOTHER },
    },
  },
  {
    of: 'startInterview',
    given: withAnyIntermediary,
    at: 400,
    when: (input, context) => start({ interviewId: 'int-2', ...withGuardian, ...input }, context),
    asks: {
      ...SESSION,
      ...ROOM,
      ...EXCLUDED_GUARDIAN,
      ...RECORDING,
      thePlanStands: {
        says: 'R-002 E-INT-CANCELLED',
        facts: and(happened('InterviewCancelled', { interviewId: 'int-2' })),
      },
      ...ONE_AT_A_TIME,
      ...CAPPED,
      ...AUTHORISED,
      theAdditionalInterviewKeepsToItsTopics: {
        says: 'R-010 E-INT-EXTRA',
        facts: changed('InterviewPlanned', { topics: ['CONTACT_ONLINE'] }),
      },
      ...PREPARED,
      ...DECIDED,
      ...SAME_INTERMEDIARY,
    },
  },
  {
    of: 'continueInterview',
    given: interruptedOnce,
    at: 200,
    when: (input, { known, ...context }) => goOn(200, { ...withGuardian, ...input }, { known, ...context }),
    asks: {
      ...SESSION,
      ...ROOM,
      ...EXCLUDED_GUARDIAN,
      ...RECORDING,
      theInterviewMayGoOn: { says: 'R-001 E-INT-DONE', at: 145 + 24 * 17 },
      ...SAME_INTERMEDIARY,
      onlyRemainingTopics: { says: 'R-001 E-INT-TOPICS', input: { topics: ['CONTACT_ONLINE'] } },
      schoolTimeIsKeptFree: { says: 'R-018 E-SCHOOLTIME', known: { schoolOverlap: true } },
    },
  },
  {
    of: 'recordInterviewConducted, of the session that was started here',
    given: startedAgain,
    at: 401,
    when: conduct('int-2', 'OTHER_CHILDREN'),
    asks: { ...ROOM, ...EXCLUDED, ...RECORDING, ...TOPICS_COVERED },
  },
  {
    of: 'interruptInterview, of the session that was started here',
    given: startedAgain,
    at: 401,
    when: interrupt('int-2', 'OTHER_CHILDREN'),
    asks: { ...INTERRUPTED, ...TOPICS_COVERED },
  },
  {
    of: 'recordInterviewConducted, of a session that went on and was not started here',
    given: interruptedOnce,
    at: 200,
    when: conduct('int-1', 'CONTENT_SHARED'),
    asks: { ...SESSION, ...ROOM, ...EXCLUDED, ...RECORDING, ...SAME_INTERMEDIARY, ...TOPICS_AGAIN },
  },
  {
    of: 'interruptInterview, of a session that went on and was not started here',
    given: interruptedOnce,
    at: 200,
    when: interrupt('int-1', 'CONTENT_SHARED'),
    asks: { ...SESSION, ...INTERRUPTED, ...SAME_INTERMEDIARY, ...TOPICS_AGAIN },
  },
  {
    of: 'recordInterviewConducted, as planned and not started here',
    given: withAnyIntermediary,
    at: 400,
    when: conduct('int-2', 'OTHER_CHILDREN'),
    asks: { ...AS_PLANNED, ...ROOM, ...EXCLUDED, ...RECORDING },
  },
  {
    of: 'interruptInterview, as planned and not started here',
    given: withAnyIntermediary,
    at: 400,
    when: interrupt('int-2', 'OTHER_CHILDREN'),
    asks: { ...AS_PLANNED, ...INTERRUPTED },
  },
  {
    of: 'recordInterviewHeld',
    given: exception,
    at: 300,
    when: (input, context) => held({ ...ROLES, topicsCovered: ['OTHER_CHILDREN'], ...input }, context),
    asks: { ...OUTSIDE, ...AUTHORISED, ...ROOM, ...EXCLUDED },
  },
  {
    of: 'recordInterviewConducted, outside all plans',
    given: exception,
    at: 300,
    when: conduct('int-8', 'OTHER_CHILDREN'),
    asks: { ...OUTSIDE, ...AUTHORISED_OR_STANDING, ...ROOM, ...EXCLUDED },
  },
  {
    of: 'interruptInterview, outside all plans',
    given: exception,
    at: 300,
    when: interrupt('int-8', 'OTHER_CHILDREN'),
    asks: {
      ...OUTSIDE,
      ...AUTHORISED_OR_STANDING,
      onlyTheIntermediaryIsInTheRoom: NOT_TOLD,
      anExcludedPersonStaysOut: NOT_TOLD,
    },
  },
];

/** What is said no to, by rule and code, or what the facts are stamped with. */
const answer = (
  act: Act,
  { facts = (all) => all, input = {}, known = {}, at: hours = act.at }: Partial<Spoiling>,
  rules: Rules = allRules,
) => {
  const { given } = scenarios(interviewDecider(rules), allCommands);
  const { decision } = given(...facts(act.given)).when(act.when(input, { at: at(hours), known }));
  return isRefusal(decision)
    ? [`${decision.rule} ${decision.code}`]
    : decision.flatMap(({ violationOf }) => violationOf ?? []);
};

const commandOf = (act: string) => act.split(',')[0]!;
const ruleOf = (says: string) => says.slice(0, 'R-nnn'.length);
const isIntent = ({ of }: Act) => allCommands[commandOf(of)]?.mark === 'intent';

describe.each(acts)('section A, R-208: $of', (act) => {
  const rows = Object.entries(act.asks) as [RuleName, Spoiling | typeof NOT_TOLD][];
  const spoilings = rows.flatMap(([name, spoiling]) => (spoiling === NOT_TOLD ? [] : [{ name, ...spoiling }]));

  it('is neither refused nor stamped when all is as it should be', () => expect(answer(act, {})).toEqual([]));

  it('is asked these rules and no others', () => {
    const asked: string[] = [];
    const listening = Object.fromEntries(
      Object.entries(allRules).map(([name, rule]) => [
        name,
        (...about: Parameters<typeof rule>) => {
          asked.push(name);
          return (rule as (...all: typeof about) => unknown)(...about);
        },
      ]),
    );
    answer(act, {}, listening as unknown as Rules);
    expect(asked.filter((name, i) => asked.indexOf(name) === i).sort()).toEqual(rows.map(([name]) => name).sort());
  });

  it.each(spoilings)('$says: $name, and no other rule', ({ name, says, anyway, ...change }) => {
    const no = isIntent(act) ? says : ruleOf(says);
    expect(answer(act, change)).toEqual([no]);
    expect(answer(act, change, { ...allRules, [name]: () => undefined })).toEqual(anyway ? [no] : []);
  });
});

it('R-001 to R-027, R-208: a command names the rules that its acts are asked, and no others', () => {
  // A venue is flagged, not refused.
  const besides: Readonly<Record<string, readonly string[]>> = { planInterview: ['R-020'], startInterview: ['R-020'] };
  const names = acts.map(({ of }) => commandOf(of)).filter((name, i, all) => all.indexOf(name) === i);
  for (const name of names) {
    const said = acts
      .filter(({ of }) => commandOf(of) === name)
      .flatMap(({ asks }) => Object.values(asks).flatMap((one) => (one === NOT_TOLD ? [] : ruleOf(one.says))));
    const expected = [...said, ...(besides[name] ?? [])].filter((id, i, all) => all.indexOf(id) === i).sort();
    expect([name, [...allCommands[name]!.rules].sort()]).toEqual([name, expected]);
  }
});
