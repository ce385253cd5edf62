import { projected } from '@resguardo/eventing';
import type { FactMessage, JsonObject } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import type { CardAct } from './case-card.projection.js';
import { awaiting, caseCards, countedActs, tasksOf, waitingReferrals, waitingRound } from './case-card.projection.js';

type Told = readonly [type: string, data?: JsonObject, agency?: string];
const history = (...facts: readonly Told[]) => {
  const messages = facts.map(([type, data = {}, agency = 'PROSECUTOR'], i): FactMessage => {
    const made = factMessage('1', i, type, data);
    return {
      ...made,
      id: `e${i}`,
      schemaVersion: 1,
      meta: { ...made.meta, caseId: '1', actor: `a-${agency}`, agency, occurredAt: `2026-03-01T1${i % 10}:00:00.000Z` },
    };
  });
  return projected(caseCards, messages).get('1')!;
};
const act = (eventId: string, more: Partial<CardAct> = {}): CardAct => ({
  eventId,
  agency: 'HEALTH',
  role: 'PHYSICIAN',
  actKind: 'DESK',
  occurredAt: '2026-03-01T10:00:00.000Z',
  heardBy: eventId,
  accountGiven: true,
  cls: 'D0',
  ...more,
});
const counted = (acts: readonly CardAct[], retracted: readonly string[] = []) =>
  countedActs({ acts, retracted }).map(({ eventId }) => eventId);

describe('R-013, C-7: counting retellings', () => {
  const report = (more: JsonObject = { accountGiven: true }): Told => ['ReportReceived', more];
  const retold = (more: JsonObject = {}): Told => [
    'RetellingRecorded',
    { heardByAgency: 'PROSECUTOR', heardByRole: 'PROSECUTOR', actKind: 'DESK', accountGiven: true, ...more },
  ];
  const countedIn = (...facts: readonly Told[]) => countedActs(history(...facts)).map((one) => one.eventId);

  it('R-013: counts acts in which the account was given', () =>
    expect(counted([act('a'), act('b', { accountGiven: false })])).toEqual(['a']));
  it.each([
    ['ReportReceived', {}],
    ['RetellingRecorded', { heardByAgency: 'HEALTH', heardByRole: 'PHYSICIAN', actKind: 'DESK' }],
    ['ForensicInterviewInterrupted', { interviewId: 'i' }],
    ['ForensicInterviewConducted', { interviewId: 'i', heldBy: 'PROSECUTOR', standing: 'FIRST' }],
    ['ForensicExamPerformed', { examKind: 'GENERAL' }],
    ['HearingHeld', { hearingKind: 'INITIAL' }],
    ['StepTaken', { kind: 'EXAM', cls: 'D7' }],
  ] as [string, JsonObject][])('R-013: %s is counted when the account was given in it, and only then', (type, data) => {
    expect(countedIn([type, { ...data, accountGiven: true }])).toEqual(['e0']);
    expect(countedIn([type, { ...data, accountGiven: false }])).toEqual([]);
  });
  it('R-013: an act told of twice is counted once; the interview itself is counted', () =>
    expect(
      countedIn(report(), retold({ heardBy: 'p1', sameActAs: 'e0' }), retold({ heardBy: 'p2' }), [
        'ForensicInterviewConducted',
        { interviewId: 'i', heldBy: 'PROSECUTOR', standing: 'FIRST', accountGiven: true },
      ]),
    ).toEqual(['e0', 'e2', 'e3']));
  it('R-013: does not count twice a retelling that names its act, nor one that names that retelling', () =>
    expect(counted([act('a'), act('b', { sameActAs: 'a' }), act('c', { sameActAs: 'b' })])).toEqual(['a']));
  it('R-013: counts it once when the named act itself says nothing of the account', () =>
    expect(
      counted([act('a', { accountGiven: false }), act('b', { sameActAs: 'a' }), act('c', { sameActAs: 'a' })]),
    ).toEqual(['b']));
  it('R-013, C-14: leaves out what was retracted, and then counts the retelling that named it', () =>
    expect(counted([act('a'), act('b', { sameActAs: 'a' })], ['a'])).toEqual(['b']));
  it('R-013, M-2: an account of which the report did not tell is counted once it is told, in that act', () => {
    const bare = report({ answered: [] });
    const told = (accountGiven: boolean): Told => ['ReportCompleted', { reportId: 'e0', answered: [], accountGiven }];
    expect(countedIn(bare)).toEqual([]);
    expect(countedIn(bare, told(true))).toEqual(['e0']);
    expect(countedIn(bare, retold({ sameActAs: 'e0' }), told(true))).toEqual(['e0']);
    expect(countedIn(report(), told(false))).toEqual(['e0']);
  });
  it('R-014: a first disclosure is not counted', () =>
    expect(countedIn(['DisclosureReceived', { detailsAsked: true }])).toEqual([]));
  it('R-015: whoever heard it is who was named, or else one of their own, whatever their agency and role', () => {
    const heardBy = (...facts: readonly Told[]) => history(...facts).acts.map((one) => one.heardBy);
    expect(heardBy(retold({ heardBy: 'p1' }), retold(), retold())).toEqual(['p1', 'e1', 'e2']);
    expect(heardBy(report(), retold({ sameActAs: 'e9' }), retold({ sameActAs: 'e9' })).slice(1)).toEqual(['e9', 'e9']);
    const step: Told = ['StepTaken', { kind: 'EXAM', cls: 'D7', accountGiven: true }];
    expect(heardBy(step, step)).toEqual(['e0', 'e1']);
  });
});

describe('M-2: what is missing is a task', () => {
  const opening = (provisional = false): [string, JsonObject, string] => [
    'CaseOpened',
    { folio: 'F', sourceAgency: 'HEALTH', provisional },
    'HEALTH',
  ];
  const bare: [string, JsonObject, string] = ['ReportReceived', { answered: ['channel', 'urgency'] }, 'HEALTH'];
  const all = ['mode', 'reportedBy', 'anonymous', 'accountGiven', 'immediateFullAccount', 'factsRecent'];
  const rest = ['specialProtectionNeed', 'contactInPerson'];
  const completed = (answered: string[], more: JsonObject = {}): [string, JsonObject] => [
    'ReportCompleted',
    { reportId: 'e1', answered, ...more },
  ];

  it('of the agency that received the report, until every question has an answer', () => {
    const task = { command: 'completeReport', eventId: 'e1', agency: 'HEALTH', since: '2026-03-01T11:00:00.000Z' };
    expect(tasksOf(history(opening(), bare))).toEqual([{ ...task, missing: [...all, ...rest] }]);
    expect(tasksOf(history(opening(), bare, completed(all)))).toEqual([{ ...task, missing: rest }]);
    expect(tasksOf(history(opening(), bare, completed(all), completed(rest)))).toEqual([]);
    expect(tasksOf(history(opening(), ['ReportReceived', {}, 'HEALTH']))).toEqual([]);
  });
  it('the way by which the case came in is shown once it is known, and not on an outsider’s word', () => {
    const told = (more: JsonObject) => history(opening(), bare, completed(['channel'], more)).channel;
    expect([history(opening(), bare).channel, told({ channel: 'SCHOOL' })]).toEqual([undefined, 'SCHOOL']);
    expect(told({ channel: 'SCHOOL', fromOutside: true })).toBeUndefined();
  });
  it('again when the answer is taken back, and not when the report is', () => {
    const answered = [opening(), bare, completed([...all, ...rest], { accountGiven: true })] as const;
    const given = history(...answered);
    expect([tasksOf(given), countedActs(given).length]).toEqual([[], 1]);
    const back = history(...answered, ['FactRetracted', { eventId: 'e2' }]);
    expect([tasksOf(back).map(({ missing }) => missing.length), countedActs(back).length]).toEqual([[8], 0]);
    expect(tasksOf(history(...answered.slice(0, 2), ['FactRetracted', { eventId: 'e1' }]))).toEqual([]);
  });
  it('C-11: a search that was down, until it is made; nothing in a closed case', () => {
    expect(tasksOf(history(opening(true)))).toMatchObject([{ command: 'completeDuplicateSearch', agency: 'HEALTH' }]);
    expect(tasksOf(history(opening(true), ['DuplicateSearchCompleted', {}]))).toEqual([]);
    expect(tasksOf(history(opening(true), bare, ['CaseClosed', { closureKind: 'NO_PROSECUTION' }]))).toEqual([]);
  });
});

describe('C-9: the card of a case', () => {
  it('only an acceptance moves responsibility', () => {
    const offered = history(
      ['CaseOpened', { folio: 'F', sourceAgency: 'HEALTH' }, 'HEALTH'],
      ['ResponsibilityOffered', { from: 'HEALTH', to: 'PROSECUTOR' }, 'HEALTH'],
    );
    // An officer accepts (C-9); their supervisor has no such command.
    expect([offered.responsible, awaiting(offered)]).toEqual(['HEALTH', ['PROSECUTOR:OFFICER']]);
    const accepted = history(
      ['CaseOpened', { folio: 'F', sourceAgency: 'HEALTH' }, 'HEALTH'],
      ['ResponsibilityOffered', { from: 'HEALTH', to: 'PROSECUTOR' }, 'HEALTH'],
      ['ResponsibilityAccepted', { offerId: 'e1', from: 'HEALTH', agency: 'PROSECUTOR' }],
    );
    expect([accepted.responsible, awaiting(accepted)]).toEqual(['PROSECUTOR', []]);
  });

  it('a referral waits for its receiver until it is answered or withdrawn', () => {
    const made = [
      ['CaseOpened', { folio: 'F' }],
      ['ReferralMade', { to: 'HEALTH', urgency: 'URGENT', purpose: 'CARE' }],
    ] as const;
    expect(waitingReferrals(history(...made.map((one) => [...one] as [string, JsonObject])))).toEqual(['HEALTH']);
    for (const last of ['ReferralWithdrawn', 'ReferralAnswered'])
      expect(
        waitingReferrals(
          history(...made.map((one) => [...one] as [string, JsonObject]), [
            last,
            { referralId: 'e1', answer: 'ACCEPTED' },
            'HEALTH',
          ]),
        ),
      ).toEqual([]);
  });

  it('R-005: a question round waits for those who have not answered, until it closes', () => {
    const open: [string, JsonObject?, string?][] = [
      ['InterviewPlanned', { interviewId: 'i', slot: '2026-03-20T10:00:00.000Z', minutes: 60 }],
      ['QuestionRoundOpened', { interviewId: 'i', closesAt: '2026-03-17T10:00:00.000Z' }],
      ['QuestionSetDeclined', { interviewId: 'i', asLegalAdviser: false }, 'HEALTH'],
    ];
    expect(waitingRound(history(...open))).toEqual(['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR']);
    expect(
      waitingRound(history(...open, ['QuestionRoundClosed', { interviewId: 'i', silent: ['PROSECUTOR'] }])),
    ).toEqual([]);
  });

  it('C-4: a link of the same child asks Child Protection, within 24 hours, whether the facts are the same', () => {
    const link: [string, JsonObject] = [
      'CaseLinked',
      { otherCaseId: '2', linkKind: 'SAME_CHILD', urgency: 'ORDINARY', mirrored: false },
    ];
    const card = history(link);
    expect(card.approvals).toMatchObject([{ what: 'SAME_FACTS', subjectId: '2', due: '2026-03-02T10:00:00.000Z' }]);
    const decided = history(link, [
      'FactsConfirmedSame',
      { otherCaseId: '2', leadCaseId: '2', mirrored: false },
      'CHILD_PROTECTION',
    ]);
    expect([decided.approvals, decided.links]).toMatchObject([[], [{ sameFacts: 'SAME', leadCaseId: '2' }]]);
  });

  it('C-3: an interruption takes the assent away; going on needs a new one', () => {
    const upTo: [string, JsonObject][] = [
      ['InterviewPlanned', { interviewId: 'i', slot: '2026-03-20T10:00:00.000Z', minutes: 60 }],
      ['ChildAssentRecorded', { interviewId: 'i' }],
    ];
    expect(history(...upTo).interview.assentAt).toBeDefined();
    const interrupted = history(
      ...upTo,
      ['ForensicInterviewStarted', { interviewId: 'i' }],
      ['ForensicInterviewInterrupted', { interviewId: 'i', accountGiven: true }],
    );
    expect([interrupted.interview.stage, interrupted.interview.assentAt]).toEqual(['INTERRUPTED', undefined]);
  });

  it('C-14: a referral that was retracted is gone, and one whose answer was retracted waits again', () => {
    const made: [string, JsonObject][] = [['ReferralMade', { to: 'HEALTH', urgency: 'URGENT', purpose: 'CARE' }]];
    expect(history(...made, ['FactRetracted', { eventId: 'e0' }]).referrals).toEqual([]);
    const answered: [string, JsonObject] = ['ReferralAnswered', { referralId: 'e0', answer: 'ACCEPTED' }];
    expect(history(...made, answered).referrals).toMatchObject([{ state: 'ACCEPTED' }]);
    const again = history(...made, answered, ['FactRetracted', { eventId: 'e1' }]);
    expect([waitingReferrals(again), again.referrals[0]?.answeredAt]).toEqual([['HEALTH'], undefined]);
    const withdrawn: [string, JsonObject] = ['ReferralWithdrawn', { referralId: 'e0' }];
    expect(history(...made, answered, withdrawn, ['FactRetracted', { eventId: 'e2' }]).referrals[0]?.state).toBe(
      'ACCEPTED',
    );
  });

  it('C-14: a plan that was retracted is no plan; another plan stays', () => {
    const planned = (interviewId: string): [string, JsonObject] => [
      'InterviewPlanned',
      { interviewId, slot: '2026-03-20T10:00:00.000Z', minutes: 60 },
    ];
    const retracted: [string, JsonObject] = ['FactRetracted', { eventId: 'e0' }];
    const { stage, slot } = history(planned('i'), retracted).interview;
    expect([stage, slot]).toEqual(['NOT_PLANNED', undefined]);
    expect(history(planned('i'), ['InterviewCancelled'], planned('j'), retracted).interview).toMatchObject({
      stage: 'PLANNED',
      interviewId: 'j',
    });
  });

  it('facts it does not know move its revision and nothing else', () =>
    expect(history(['SomethingNew'])).toMatchObject({ revision: 0, folio: '', members: [] }));
});

describe('R-706: whom a conflict of interest keeps out', () => {
  const keptOut = (...facts: readonly [type: string, data?: JsonObject][]) =>
    caseCards.columns!['blocked']!.of(history(...facts), '1') as readonly string[];
  const declared: [string, JsonObject] = ['ConflictOfInterestDeclared', { who: 'OTHER_OFFICIAL', staffId: 'somebody' }];
  const step: [string, JsonObject] = ['StepTaken', { kind: 'REPRESENTATION', cls: 'D4', closedTo: 'somebody' }];

  it('is known too where no more is told than that a step was taken', () => {
    expect(keptOut(declared)).toEqual(['somebody']);
    expect(keptOut(step)).toEqual(['somebody']);
  });
  it('lasts until every declaration is retracted', () => {
    for (const one of [declared, step]) {
      expect(keptOut(one, ['FactRetracted', { eventId: 'e0' }])).toEqual([]);
      expect(keptOut(one, declared, ['FactRetracted', { eventId: 'e0' }])).toEqual(['somebody']);
    }
  });
  it('is nobody where it was said from outside the case', () => {
    expect(keptOut(['ConflictOfInterestDeclared', { ...declared[1], effective: false }])).toEqual([]);
  });
});
