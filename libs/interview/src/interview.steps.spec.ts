import { allCommands } from '@resguardo/contracts';
import { happened, NOON, scenarios, wanted } from '@resguardo/eventing/testing';
import { interviewDecider } from './interview.decider.js';
import { registerDecider } from './register.decider.js';
import { addHours } from './time.js';

const { given } = scenarios(interviewDecider(), allCommands);
const at = (hours: number) => addHours(NOON, hours);
const as = (agency: string, role = 'OFFICER', actor = `${agency.toLowerCase()}-1`) => ({
  actor,
  agency,
  role,
  states: ['17'],
});
const HEALTH = as('HEALTH');
const CHILD_PROTECTION = as('CHILD_PROTECTION', 'REPRESENTATIVE');

const ready = [
  happened('CaseOpened', { zone: 'America/Mexico_City', sourceAgency: 'PROSECUTOR', underSix: 'NO' }),
  happened('ProtectionRepresentativeAssigned', { staffId: 'child_protection-1' }),
  happened('AnticipatedEvidenceDecided', { decision: 'NOT_SOUGHT', reason: 'NOT_NEEDED' }),
];
const INTERMEDIARY = {
  intermediaryId: 'i1',
  profession: 'PSYCHOLOGIST',
  trainingKind: 'NICHD',
  trainedOn: '2025-06-01',
} as const;
const planned = [
  happened('InterviewPlanned', {
    interviewId: 'int-1',
    slot: at(144),
    urgent: false,
    topics: ['CONTACT_ONLINE'],
    ...INTERMEDIARY,
  }),
  happened('QuestionRoundOpened', { interviewId: 'int-1', closesAt: at(72) }),
];
const cancelled = happened('InterviewCancelled', { interviewId: 'int-1', reason: 'SAFETY' });
const held = [
  happened(
    'ForensicInterviewStarted',
    { interviewId: 'int-1', session: 1, standing: 'FIRST', topics: ['CONTACT_ONLINE'], ...INTERMEDIARY },
    { occurredAt: at(144) },
  ),
  happened(
    'ForensicInterviewConducted',
    {
      interviewId: 'int-1',
      session: 1,
      standing: 'FIRST',
      topicsCovered: ['CONTACT_ONLINE'],
      accountGiven: true,
      heldBy: 'PROSECUTOR',
      venueKind: 'CHILD_HOUSE',
    },
    { occurredAt: at(145) },
  ),
];
const sealedRecord = happened(
  'InterviewRecordSealed',
  { interviewId: 'int-1', topicsCovered: ['CONTACT_ONLINE'] },
  { occurredAt: at(150) },
);

describe('R-002: what a plan must be to be worked on', () => {
  const decline = (interviewId = 'int-1') =>
    wanted('declineQuestions', { interviewId }, { by: HEALTH, known: { newId: 'set' } });
  const cancel = (interviewId = 'int-1') => wanted('cancelInterview', { interviewId, reason: 'SAFETY' });

  it('R-002: one that is not known is neither asked into, cancelled nor given an interpreter', () => {
    for (const command of [
      decline('int-9'),
      cancel('int-9'),
      wanted('assignInterpreter', { interviewId: 'int-9', staffId: 's', formatCode: 'STANDARD' }),
    ])
      given(...ready, ...planned)
        .when(command)
        .thenRefused('R-002', 'E-INT-UNKNOWN');
  });
  it('R-002: one that was cancelled is over', () => {
    for (const command of [decline(), cancel()])
      given(...ready, ...planned, cancelled)
        .when(command)
        .thenRefused('R-002', 'E-INT-CANCELLED');
  });
  it('R-002: one that was held is no plan any more', () => {
    for (const command of [decline(), cancel()])
      given(...ready, ...planned, ...held)
        .when(command)
        .thenRefused('R-002', 'E-INT-STARTED');
  });
  it('R-001: only an interrupted interview goes on', () =>
    given(...ready, ...planned, ...held)
      .when(
        wanted(
          'continueInterview',
          {
            interviewId: 'int-1',
            intermediaryId: 'i1',
            topics: [],
            recordingMode: 'AUDIO',
            venueKind: 'CHILD_HOUSE',
            presentRoles: ['INTERMEDIARY'],
          },
          { at: at(200), known: { newId: 'x', intermediary: null } },
        ),
      )
      .thenRefused('R-001', 'E-INT-NOT-INTERRUPTED'));
  it('R-021: whether it serves as advance evidence is decided before it is held', () =>
    given(...ready, ...planned, ...held)
      .when(wanted('decideAnticipatedEvidence', { decision: 'SOUGHT', reason: 'RISK_OF_LOSS' }, { at: at(200) }))
      .thenRefused('R-021', 'E-ANT-LATE'));
});

describe('R-004: the register of intermediaries', () => {
  const { given: register } = scenarios(registerDecider, allCommands);
  const entered = happened('IntermediaryRegistered', INTERMEDIARY);

  it('R-004: nobody has been trained in the future', () => {
    const later = { trainingKind: 'NICHD', trainedOn: '2026-03-03' } as const;
    register()
      .when(wanted('registerIntermediary', { staffId: 'i1', profession: 'PSYCHOLOGIST', ...later }))
      .thenRefused('R-004', 'E-REG-FUTURE');
    register(entered)
      .when(wanted('renewTraining', { intermediaryId: 'i1', ...later }))
      .thenRefused('R-004', 'E-REG-FUTURE');
  });
  it('R-004: who is not in it is neither renewed, suspended nor reinstated', () => {
    for (const command of [
      wanted('renewTraining', { intermediaryId: 'i9', trainingKind: 'NICHD', trainedOn: '2026-01-01' }),
      wanted('suspendIntermediary', { intermediaryId: 'i9', reason: 'COMPLAINT' }),
      wanted('reinstateIntermediary', { intermediaryId: 'i9' }),
    ])
      register(entered).when(command).thenRefused('R-004', 'E-REG-UNKNOWN');
  });
});

describe('R-005: the round of questions', () => {
  const ask = (questionTexts: readonly string[], hours = 1) =>
    wanted(
      'submitQuestions',
      { interviewId: 'int-1', questionTexts },
      { at: at(hours), by: HEALTH, known: { newId: 'set' } },
    );
  const shorten = (closesAt: string, more: object = {}) =>
    wanted('shortenQuestionRound', { closesAt, reasons: 'x', ...more }, { at: at(2), by: CHILD_PROTECTION });

  it('R-005: an agency sends one set, with questions in it, while the round is open', () => {
    given(...ready, ...planned)
      .when(ask(['?']))
      .then({ type: 'QuestionSetSubmitted', data: { questionIds: ['set.1'] } });
    given(...ready, ...planned)
      .when(ask([]))
      .thenRefused('R-005', 'E-INT-NO-QUESTIONS');
    given(
      ...ready,
      ...planned,
      happened('QuestionSetDeclined', { interviewId: 'int-1', asLegalAdviser: false }, HEALTH),
    )
      .when(ask(['?']))
      .thenRefused('R-005', 'E-INT-SET');
    given(...ready, ...planned)
      .when(ask(['?'], 73))
      .thenRefused('R-005', 'E-INT-ROUND-CLOSED');
  });
  it('R-005: it is shortened, never made longer and never into the past', () => {
    given(...ready, ...planned)
      .when(shorten(at(24), { interviewId: 'int-1' }))
      .then({ type: 'QuestionRoundShortened', data: { closesAt: at(24) } });
    given(...ready, ...planned)
      .when(shorten(at(73), { interviewId: 'int-1' }))
      .thenRefused('R-005', 'E-INT-LATER');
    given(...ready)
      .when(shorten(at(1)))
      .thenRefused('R-005', 'E-INT-PAST');
  });
});

describe('R-006: the filter of questions', () => {
  const asked = (about: object = {}) =>
    happened(
      'QuestionSetSubmitted',
      { interviewId: 'int-1', questionIds: ['q1'], asLegalAdviser: false },
      { agency: 'HEALTH', ...about },
    );
  const filtered = (decision: string, byDefault = false) =>
    happened('QuestionFiltered', { interviewId: 'int-1', questionId: 'q1', decision, byDefault });
  const objected = happened('FilterObjected', { interviewId: 'int-1', questionId: 'q1' });
  const filter = (decision: string, more: object = {}) =>
    wanted('filterQuestion', {
      interviewId: 'int-1',
      questionId: 'q1',
      decision,
      reason: 'LEADING',
      ...more,
    });
  const object = (by = HEALTH, questionId = 'q1') =>
    wanted('objectToFilter', { interviewId: 'int-1', questionId, reasons: 'x' }, { by });

  it('R-006: a question is known, decided once, and again after an objection', () => {
    given(...ready, ...planned)
      .when(filter('REJECTED'))
      .thenRefused('R-006', 'E-QUESTION-UNKNOWN');
    given(...ready, ...planned, asked(), filtered('REJECTED'))
      .when(filter('ACCEPTED'))
      .thenRefused('R-006', 'E-QUESTION-DECIDED');
    given(...ready, ...planned, asked(), filtered('REJECTED'), objected)
      .when(filter('ACCEPTED'))
      .then({ type: 'QuestionFiltered', data: { decision: 'ACCEPTED', byDefault: false } });
  });
  it('R-006: a rewording has its words', () => {
    given(...ready, ...planned, asked())
      .when(filter('REWORDED'))
      .thenRefused('R-006', 'E-QUESTION-WORDS');
    given(...ready, ...planned, asked())
      .when(filter('REWORDED', { rewordedText: '?' }))
      .thenUnstamped();
  });
  it('R-006: other sexual conduct stays out unless a judge allowed it', () => {
    const out = [...ready, ...planned, asked(), filtered('REJECTED', true)];
    given(...out)
      .when(filter('ACCEPTED', { reason: 'CLEAR_AND_OPEN' }))
      .thenRefused('R-006', 'E-QUESTION-CONDUCT');
    given(...out)
      .when(filter('ACCEPTED', { reason: 'ALLOWED_BY_JUDGE' }))
      .thenUnstamped();
  });
  it('R-006: the agency that asked objects once, to a decision', () => {
    const decided = [...ready, ...planned, asked(), filtered('REJECTED')];
    given(...decided)
      .when(object())
      .then({ type: 'FilterObjected' });
    given(...decided)
      .when(object(HEALTH, 'q9'))
      .thenRefused('R-006', 'E-QUESTION-UNKNOWN');
    given(...decided)
      .when(object(as('PROSECUTOR')))
      .thenRefused('R-006', 'E-QUESTION-NOT-YOURS');
    given(...ready, ...planned, asked())
      .when(object())
      .thenRefused('R-006', 'E-QUESTION-UNDECIDED');
    given(...decided, objected)
      .when(object())
      .thenRefused('R-006', 'E-QUESTION-OBJECTED');
  });
});

describe('R-010: the two keys', () => {
  const requested = [
    happened('AdditionalInterviewRequested', { requestId: 'req', topics: ['OTHER_CHILDREN'] }, { occurredAt: at(180) }),
    happened('ImpactOpinionRecorded', { requestId: 'req' }, { occurredAt: at(190) }),
    happened('ChildAssentRecorded', { requestId: 'req', rightToStopExplained: true, otherIntermediaryAsked: false }),
  ];
  const approve = (requestId = 'req') =>
    wanted('approveAdditionalInterview', { requestId }, { at: at(195), by: CHILD_PROTECTION });
  const asking = [...ready, ...planned, ...held, ...requested];

  it('R-010: a request is known, undecided, and each key turns once', () => {
    given(...asking)
      .when(approve('other'))
      .thenRefused('R-010', 'E-EXTRA-UNKNOWN');
    given(...asking, happened('AdditionalInterviewDenied', { requestId: 'req', reason: 'NOT_NEW' }))
      .when(approve())
      .thenRefused('R-010', 'E-EXTRA-DECIDED');
    given(
      ...asking,
      happened(
        'AdditionalInterviewApproved',
        { requestId: 'req', approvalKey: 'CHILD_PROTECTION' },
        { actor: 'another-representative' },
      ),
    )
      .when(approve())
      .thenRefused('R-010', 'E-EXTRA-APPROVED');
  });
});

describe('R-012, R-028: the record', () => {
  const kept = [...ready, ...planned, ...held, sealedRecord];
  const requested = happened(
    'RecordAccessRequested',
    { requestId: 'read', interviewId: 'int-1', decisionDue: at(224) },
    { actor: HEALTH.actor, agency: 'HEALTH', occurredAt: at(200) },
  );
  const share = (by: typeof HEALTH, requestId = 'read', hours = 201) =>
    wanted('shareRecord', { requestId, parts: 'SUMMARY' }, { at: at(hours), by });

  it('R-012, R-028: what was never held has no record, what was never sealed none to read', () => {
    given(...ready, ...planned)
      .when(wanted('sealRecord', { interviewId: 'int-1', digest: 'a'.repeat(64), location: 'x' }))
      .thenRefused('R-028', 'E-RECORD-NONE');
    given(...ready, ...planned, ...held)
      .when(wanted('requestRecordAccess', { interviewId: 'int-1', purpose: 'CARE' }, { known: { newId: 'read' } }))
      .thenRefused('R-012', 'E-RECORD-NONE');
  });
  it('R-012: the agency that answers for the case, or Child Protection, decides once, and nobody on their own request', () => {
    given(...kept, requested)
      .when(share(as('PROSECUTOR')))
      .then({ type: 'QuestionRoundClosed' }, { type: 'InterviewRecordShared', data: { recipientAgency: 'HEALTH' } });
    given(...kept, requested)
      .when(share(CHILD_PROTECTION, 'read', 224))
      .thenUnstamped();
    given(...kept, requested)
      .when(share(CHILD_PROTECTION, 'read', 225))
      .thenStamped('R-012');
    given(...kept, requested)
      .when(share(as('PROSECUTOR'), 'other'))
      .thenRefused('R-012', 'E-ACCESS-UNKNOWN');
    given(...kept, requested, happened('RecordAccessDenied', { requestId: 'read', interviewId: 'int-1' }))
      .when(share(as('PROSECUTOR')))
      .thenRefused('R-012', 'E-ACCESS-DECIDED');
    given(...kept, requested)
      .when(share(HEALTH))
      .thenRefused('R-012', 'E-ACCESS-OWN');
    given(...kept, requested)
      .when(share(as('VICTIMS_COMMISSION')))
      .thenRefused('R-012', 'E-ACCESS-OWNER');
  });
});

it('R-022: measures asked for later than five business days before are recorded, and stamped', () => {
  const hearing = happened('HearingScheduled', {
    hearingId: 'h',
    on: at(240),
    childAttends: true,
    measuresDue: at(48),
  });
  const ask = (hours: number) =>
    wanted('requestSpecialMeasures', { hearingId: 'h', measures: ['SCREEN'] }, { at: at(hours) });
  given(...ready, hearing)
    .when(ask(48))
    .thenUnstamped();
  given(...ready, hearing)
    .when(ask(49))
    .thenStamped('R-022');
});

it('R-022, R-120: measures and plans are of a hearing that is on the timeline', () => {
  given(...ready)
    .when(wanted('requestSpecialMeasures', { hearingId: 'h', measures: ['SCREEN'] }))
    .thenRefused('R-022', 'E-HEARING-UNKNOWN');
  const plan = { separateEntry: true, separateWaitingRoom: true, staggeredTimes: true, screenOrVideo: true };
  for (const command of [
    wanted('approveNoContactPlan', { hearingId: 'h', ...plan }),
    wanted('markHearingReady', { hearingId: 'h' }),
  ])
    given(...ready)
      .when(command)
      .thenRefused('R-120', 'E-HEARING-UNKNOWN');
});
