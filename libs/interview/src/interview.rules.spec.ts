import { allCommands, commandErrors } from '@resguardo/contracts';
import { happened, scenarios, wanted } from '@resguardo/eventing/testing';
import { foldedByInterview } from './interview.capability.js';
import { registerDecider } from './register.decider.js';
import {
  assent,
  at,
  authorised,
  CHILD_PROTECTION,
  conducted,
  ENTRY,
  evidence,
  given,
  goOn,
  HEALTH,
  held,
  interrupted,
  once,
  opened,
  opinion,
  plan,
  planned,
  preference,
  ready,
  represented,
  requestAssent,
  requested,
  sealedRecord,
  SLOT,
  start,
  startable,
  started,
  SUPERVISOR,
} from './testing/given.js';

const ME = { actor: 'officer-1', agency: 'PROSECUTOR', role: 'OFFICER', states: ['17'] };
const COLLEAGUE = { ...ME, actor: 'officer-2' };
const ordered = ({ actor }: { readonly actor: string }, orderId = 'o') =>
  happened('CourtOrderRecorded', { orderId, orders: 'ADDITIONAL_INTERVIEW' }, { actor, occurredAt: at(250) });

describe('R-001: a child tells it once', () => {
  it('R-001: the first interview is planned, and opens a round for all agencies', () =>
    given(...ready)
      .when(plan())
      .then(
        { type: 'InterviewPlanned', data: { interviewId: 'int-2', venueFlagged: false } },
        { type: 'IntermediaryAssigned' },
        { type: 'QuestionRoundOpened', data: { closesAt: at(72) } },
      ));
  it('R-001: after one was conducted, another plan by anyone is refused', () =>
    given(...once)
      .when(plan({ slot: at(400) }, { at: at(300), by: HEALTH }))
      .thenRefused('R-001', 'E-INT-DONE'));
  it('R-001: an authorisation that is valid and unspent covers one more', () =>
    given(...once, authorised)
      .when(plan({ slot: at(400), topics: ['OTHER_CHILDREN'] }, { at: at(300) }))
      .then(
        { type: 'QuestionRoundClosed' },
        { type: 'InterviewPlanned', data: { authorisationId: 'req' } },
        { type: 'IntermediaryAssigned' },
        { type: 'QuestionRoundOpened' },
      ));
  it('R-001: an expired one does not', () =>
    given(...once, authorised)
      .when(plan({ slot: at(700) }, { at: at(600) }))
      .thenRefused('R-001', 'E-INT-DONE'));
  it('R-001: a court order that somebody else on the case has recorded authorises planning', () => {
    for (const joined of [
      happened('TeamMemberAdded', { staffId: COLLEAGUE.actor }),
      happened('ProtectionRepresentativeAssigned', { staffId: COLLEAGUE.actor }),
      happened('LegalAdviserAssigned', { staffId: COLLEAGUE.actor }),
      happened('LegalAdviserChanged', { staffId: COLLEAGUE.actor, formerStaffId: 'adviser-1' }),
    ])
      given(...once, joined, ordered(COLLEAGUE))
        .when(plan({ slot: at(400) }, { at: at(300) }))
        .then(
          { type: 'QuestionRoundClosed' },
          { type: 'InterviewPlanned', data: { authorisationId: 'o' } },
          { type: 'IntermediaryAssigned' },
          { type: 'QuestionRoundOpened' },
        );
  });
  it('R-001, M-1: a court order recorded from outside the case is a fact, and authorises nothing', () => {
    const added = happened('TeamMemberAdded', { staffId: COLLEAGUE.actor });
    const removed = happened('TeamMemberRemoved', { staffId: COLLEAGUE.actor });
    const formerAdviser = [
      happened('LegalAdviserAssigned', { staffId: COLLEAGUE.actor }),
      happened('LegalAdviserChanged', { staffId: 'adviser-2', formerStaffId: COLLEAGUE.actor }),
    ];
    for (const facts of [
      [ordered(COLLEAGUE)],
      [added, removed, ordered(COLLEAGUE)],
      [...formerAdviser, ordered(COLLEAGUE)],
      // Who comes onto the case afterwards records it anew.
      [ordered(COLLEAGUE), added],
    ]) {
      given(...once, ...facts)
        .when(plan({ slot: at(400) }, { at: at(300) }))
        .thenRefused('R-001', 'E-INT-DONE');
      given(...once, ...facts)
        .when(held({}, { at: at(300) }))
        .thenStamped('R-001');
    }
    given(...once)
      .when(
        wanted(
          'recordCourtOrder',
          { courtKind: 'CONTROL_JUDGE', orders: 'ADDITIONAL_INTERVIEW', reference: 'x' },
          { known: { newId: 'o' }, by: COLLEAGUE },
        ),
      )
      .then({ type: 'CourtOrderRecorded' });
  });
  it('R-001: who recorded the court order neither plans nor holds an interview under it; a colleague’s record is a second key', () => {
    const both = [ME, COLLEAGUE].map(({ actor }) => happened('TeamMemberAdded', { staffId: actor }));
    const mine = [...once, ...both, ordered(ME)];
    const planAgain = plan({ slot: at(400) }, { at: at(300), by: ME });
    given(...mine)
      .when(planAgain)
      .thenRefused('R-001', 'E-INT-DONE');
    given(...mine)
      .when(held({}, { at: at(300), by: ME }))
      .then(
        { type: 'QuestionRoundClosed' },
        { type: 'ForensicInterviewConducted', data: { standing: 'UNCOVERED' }, violationOf: ['R-001'] },
      );
    given(...mine)
      .when(held({}, { at: at(300), by: COLLEAGUE }))
      .thenUnstamped();
    given(...mine, ordered(COLLEAGUE, 'o2'))
      .when(planAgain)
      .thenUnstamped();
  });
  it('R-001: who planned while nothing was held does not open a second interview with an order of their own', () => {
    const heldMeanwhile = { ...conducted, data: { ...conducted.data, interviewId: 'int-0' } };
    const meanwhile = (order: object) => [
      ...startable.map((fact) => (fact.type === 'InterviewPlanned' ? { ...fact, about: { actor: ME.actor } } : fact)),
      { ...heldMeanwhile, about: { ...heldMeanwhile.about, occurredAt: at(1) } },
      ...[ME, COLLEAGUE].map(({ actor }) => happened('TeamMemberAdded', { staffId: actor })),
      { ...ordered(ME), ...order },
    ];
    const byIntermediary = start({}, { by: { ...HEALTH, actor: 'i1' } });
    given(...meanwhile({ about: { actor: ME.actor, occurredAt: at(2) } }))
      .when(byIntermediary)
      .thenRefused('R-001', 'E-INT-DONE');
    given(...meanwhile({ about: { actor: COLLEAGUE.actor, occurredAt: at(2) } }))
      .when(byIntermediary)
      .then(
        { type: 'QuestionRoundClosed' },
        { type: 'ForensicInterviewStarted', data: { standing: 'COVERED', authorisationId: 'o' } },
      );
  });
  it('R-010: beside an order of their own the planner keeps to the topics that two others authorised', () => {
    const onTheCase = happened('TeamMemberAdded', { staffId: ME.actor });
    given(...once, authorised, onTheCase, ordered(ME))
      .when(plan({ slot: at(400) }, { at: at(300), by: ME }))
      .thenRefused('R-010', 'E-INT-EXTRA');
    given(...once, authorised, onTheCase, ordered(ME))
      .when(plan({ slot: at(400) }, { at: at(300), by: COLLEAGUE }))
      .thenUnstamped();
  });
  it('R-001: one held outside all plans is recorded and stamped', () =>
    given(...once)
      .when(held({}, { at: at(300) }))
      .thenStamped('R-001'));
  it('R-001: a retracted interview no longer counts', () =>
    given(...ready, conducted, happened('FactRetracted', { eventId: 'conducted' }))
      .when(held({}, { at: at(300) }))
      .thenUnstamped());
  describe('one whose record is sealed', () => {
    const gone = ['started', 'conducted'].map((eventId) => happened('FactRetracted', { eventId }));
    const again = [
      ...startable,
      { ...started, about: { ...started.about, eventId: 'started' } },
      conducted,
      sealedRecord,
      ...gone,
    ];
    it('R-001: counts as held whatever is retracted of its sessions: the child has told it', () => {
      given(...again)
        .when(plan({ slot: at(400) }, { at: at(300) }))
        .thenRefused('R-001', 'E-INT-DONE', { held: at(150) });
      given(...again)
        .when(held({}, { at: at(300) }))
        .thenStamped('R-001');
      // Held outside all plans, so that nothing else tells of it.
      given(...ready, conducted, sealedRecord, happened('FactRetracted', { eventId: 'conducted' }))
        .when(plan({ slot: at(400) }, { at: at(300) }))
        .thenRefused('R-001', 'E-INT-DONE');
    });
    it('R-002: is no plan that could be started once more, nor one that keeps others waiting', () => {
      given(...again)
        .when(start({}, { at: at(160) }))
        .thenRefused('R-002', 'E-INT-STARTED');
      given(...again, authorised)
        .when(plan({ slot: at(400), topics: ['OTHER_CHILDREN'] }, { at: at(300) }))
        .thenUnstamped();
    });
    it('R-010: is asked about like any other: what was known before it was held is no new fact', () => {
      const asks = (newFactKnownAt: string) =>
        wanted(
          'requestAdditionalInterview',
          { ground: 'NEW_FACT', newFactKnownAt, newFact: 'x', whyRecordCannotAnswer: 'x', topics: ['OTHER_CHILDREN'] },
          { at: at(300), known: { newId: 'r' } },
        );
      const outside = [...ready, conducted, sealedRecord, happened('FactRetracted', { eventId: 'conducted' })];
      given(...outside)
        .when(asks(at(149)))
        .thenRefused('R-010', 'E-INT-EXTRA', { why: 'KNOWN_BEFORE' });
      given(...outside)
        .when(asks(at(151)))
        .thenUnstamped();
    });
    it('R-010, C-2: has spent what it was held under, and goes on having', () => {
      const second = [
        happened(
          'ForensicInterviewConducted',
          { ...conducted.data, interviewId: 'int-2', standing: 'COVERED', authorisationId: 'req' },
          { occurredAt: at(210), eventId: 'second' },
        ),
        happened('InterviewRecordSealed', { interviewId: 'int-2', topicsCovered: [] }, { occurredAt: at(220) }),
        happened('FactRetracted', { eventId: 'second' }),
      ];
      const spent = [...once, authorised, ...second];
      const another = [
        { ...requested, about: { eventId: 'another' } },
        happened('FactRetracted', { eventId: 'another' }),
      ];
      for (const facts of [spent, [...spent, ...another]])
        given(...facts)
          .when(plan({ slot: at(400), topics: ['OTHER_CHILDREN'] }, { at: at(300) }))
          .thenRefused('R-001', 'E-INT-DONE');
    });
    it('C-14: told anew it is that interview, and no second one', () =>
      given(...again)
        .when(
          wanted(
            'recordInterviewConducted',
            {
              interviewId: 'int-1',
              minutes: 40,
              recordingMode: 'AUDIO',
              venueKind: 'CHILD_HOUSE',
              presentRoles: ['INTERMEDIARY'],
              topicsCovered: ['CONTACT_ONLINE'],
              accountGiven: true,
            },
            { at: at(160), occurredAt: at(145), known: { newId: 'x', intermediary: ENTRY } },
          ),
        )
        .then(
          { type: 'QuestionRoundClosed' },
          { type: 'ForensicInterviewConducted', data: { interviewId: 'int-1', standing: 'FIRST', planned: true } },
        ));
  });
  it('R-001: a session goes on with the remaining topics, twice, within 15 days', () => {
    const again = [...startable, started, interrupted, assent, preference];
    given(...again)
      .when(goOn(200))
      .then({ type: 'QuestionRoundClosed' }, { type: 'ForensicInterviewStarted', data: { session: 2 } });
    given(...again)
      .when(goOn(145 + 24 * 17))
      .thenRefused('R-001', 'E-INT-DONE');
    given(...again)
      .when(goOn(200, { topics: ['CONTACT_ONLINE'] }))
      .thenRefused('R-001', 'E-INT-TOPICS');
    given(...startable, started, interrupted)
      .when(goOn(200))
      .thenRefused('R-008');
  });
});

describe('R-002: one interview at a time', () => {
  it('R-002: a second plan by anyone is refused while one is open', () =>
    given(...ready, ...planned)
      .when(plan({}, { by: HEALTH }))
      .thenRefused('R-002', 'E-INT-LOCKED'));
  it('R-002: any agency cancels a plan that did not start 24 h after its slot; before, only the responsible one', () => {
    const cancel = (hours: number, by: any) =>
      wanted('cancelInterview', { interviewId: 'int-1', reason: 'OTHER' }, { at: at(hours), by });
    given(...ready, ...planned)
      .when(cancel(150, HEALTH))
      .thenRefused('R-002', 'E-INT-CANCEL');
    given(...ready, ...planned)
      .when(cancel(169, HEALTH))
      .thenUnstamped();
    given(...ready, ...planned)
      .when(cancel(1, { ...HEALTH, agency: 'PROSECUTOR' }))
      .thenUnstamped();
  });
});

describe('R-003: linked cases', () => {
  const linked = happened('CaseLinked', { otherCaseId: 'other', linkKind: 'SAME_CHILD' });
  it('R-003: nothing is planned while it is undecided whether the facts are the same', () =>
    given(...ready, linked)
      .when(plan())
      .thenRefused('R-003', 'E-INT-SAMEFACTS'));
  it('R-003: with the same facts only the lead case plans', () => {
    given(...ready, linked, happened('FactsConfirmedSame', { otherCaseId: 'other', leadCaseId: 'other' }))
      .when(plan())
      .thenRefused('R-003', 'E-INT-LEAD');
    given(...ready, linked, happened('FactsConfirmedDistinct', { otherCaseId: 'other' }))
      .when(plan())
      .thenUnstamped();
  });
  it('R-003: an interview held in a case with the same facts counts here', () =>
    given(
      ...ready,
      happened('LinkedInterviewNoted', {
        otherCaseId: 'other',
        interviewId: 'z',
        step: 'CONDUCTED',
        standing: 'FIRST',
      }),
    )
      .when(plan())
      .thenRefused('R-001', 'E-INT-DONE'));
});

describe('R-004 to R-009, R-021, R-026 to R-028: conditions of a session', () => {
  it('R-004: an unregistered, suspended, untrained or involved intermediary is refused', () => {
    given(...ready)
      .when(plan({}, { known: { intermediary: null } }))
      .thenRefused('R-004', 'E-INT-INTERMEDIARY');
    given(...ready)
      .when(plan({}, { known: { intermediary: { ...ENTRY, active: false } } }))
      .thenRefused('R-004');
    given(...ready)
      .when(plan({}, { known: { intermediary: { ...ENTRY, validUntil: '2026-03-03' } } }))
      .thenRefused('R-004');
    given(...ready, happened('TeamMemberAdded', { staffId: 'i1' }))
      .when(plan())
      .thenRefused('R-004');
  });
  it('R-004: the register keeps training for 24 months and knows a person once', () => {
    const { given: register } = scenarios(registerDecider, allCommands);
    const entered = happened('IntermediaryRegistered', {
      intermediaryId: 'i1',
      profession: 'PSYCHOLOGIST',
      trainingKind: 'NICHD',
      trainedOn: '2025-06-01',
    });
    const enter = wanted('registerIntermediary', {
      staffId: 'i1',
      profession: 'PSYCHOLOGIST',
      trainingKind: 'NICHD',
      trainedOn: '2025-06-01',
    });
    register()
      .when(enter)
      .then({ type: 'IntermediaryRegistered', data: { intermediaryId: 'i1' } });
    register(entered).when(enter).thenRefused('R-004', 'E-REG-KNOWN');
  });
  it('R-004: an interruption told by the intermediary of the register is not said to break it', () => {
    const tell = (known: object) =>
      wanted(
        'interruptInterview',
        {
          interviewId: 'int-1',
          minutes: 10,
          topicsCovered: [],
          childWantsToGoOn: true,
          accountGiven: false,
          reason: 'CHILD_TIRED',
        },
        { at: SLOT, known: { newId: 'x', ...known } },
      );
    const stampsOf = (known: object) => {
      const { decision } = given(...startable).when(tell(known));
      return 'refused' in decision ? ['REFUSED'] : decision.flatMap(({ violationOf }) => violationOf ?? []);
    };
    expect([stampsOf({ intermediary: ENTRY }).includes('R-004'), stampsOf({}).includes('R-004')]).toEqual([
      false,
      true,
    ]);
  });
  it('R-005: no start while the round is open and an agency silent; the next command records who was silent', () => {
    given(...startable)
      .when(start({}, { at: at(10) }))
      .thenRefused('R-005', 'E-INT-ROUND');
    given(...startable)
      .when(start())
      .then(
        {
          type: 'QuestionRoundClosed',
          data: { silent: ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'] },
        },
        { type: 'ForensicInterviewStarted', data: { standing: 'FIRST', session: 1 } },
      );
  });
  it('R-005: the session ends a round in which everybody has answered; what becomes known after it is a new fact', () => {
    const declined = ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'].map((agency) =>
      happened('QuestionSetDeclined', { interviewId: 'int-1', asLegalAdviser: false }, { agency }),
    );
    given(...startable, ...declined)
      .when(start({}, { at: at(10) }))
      .then({ type: 'QuestionRoundClosed', data: { silent: [] } }, { type: 'ForensicInterviewStarted' });
    const early = { ...started, about: { ...started.about, occurredAt: at(10) } };
    const held = { ...conducted, about: { ...conducted.about, occurredAt: at(11) } };
    const asks = (newFactKnownAt: string) =>
      wanted(
        'requestAdditionalInterview',
        { ground: 'NEW_FACT', newFactKnownAt, reason: 'NEW_EVIDENCE', topics: ['CONTACT_ONLINE'] },
        { at: at(20) },
      );
    given(...startable, ...declined, early, held)
      .when(asks(at(9)))
      .thenRefused('R-010', 'E-INT-EXTRA');
    given(...startable, ...declined, early, held)
      .when(asks(at(12)))
      .then({ type: 'QuestionRoundClosed', data: { silent: [] } }, { type: 'AdditionalInterviewRequested' });
  });
  it('R-005: a slot less than 72 h away is refused, unless urgent or shortened by Child Protection', () => {
    given(...ready)
      .when(plan({ slot: at(48) }))
      .thenRefused('R-005', 'E-INT-NOTICE');
    given(...ready)
      .when(plan({ slot: at(48), urgent: true }))
      .thenUnstamped();
    given(...ready, happened('QuestionRoundShortened', { closesAt: at(24) }))
      .when(plan({ slot: at(48) }))
      .thenUnstamped();
  });
  it('R-006: no start with an unfiltered question; other sexual conduct is rejected by default', () => {
    const asked = happened(
      'QuestionSetSubmitted',
      { interviewId: 'int-1', questionIds: ['q1'], asLegalAdviser: false },
      { agency: 'HEALTH' },
    );
    given(...startable, asked)
      .when(start())
      .thenRefused('R-006', 'E-INT-UNFILTERED');
    given(...startable)
      .when(
        wanted(
          'submitQuestions',
          { interviewId: 'int-1', questionTexts: ['?'], onOtherSexualConduct: [1] },
          { by: HEALTH, known: { newId: 'set' } },
        ),
      )
      .then(
        { type: 'QuestionSetSubmitted' },
        { type: 'QuestionFiltered', data: { decision: 'REJECTED', byDefault: true } },
      );
  });
  it('R-007: nobody else is in the room', () =>
    given(...startable)
      .when(start({ presentRoles: ['INTERMEDIARY', 'PROSECUTOR'] }))
      .thenRefused('R-007', 'E-INT-ROOM'));
  it('R-008: no start without assent, nor during a stabilisation period', () => {
    given(...ready, ...planned, preference)
      .when(start())
      .thenRefused('R-008', 'E-INT-NOASSENT');
    given(...startable, happened('StabilisationPeriodRecognised', {}))
      .when(start())
      .thenRefused('R-008', 'E-INT-PAUSED');
  });
  it('R-008: one held outside all plans without the child’s assent is stamped, once though the child was not ready either', () => {
    const unasked = { type: 'ForensicInterviewConducted', violationOf: ['R-008'] };
    for (const facts of [ready, [...ready, happened('StabilisationPeriodRecognised', {})]])
      expect(given(...facts).when(held({ assentGiven: false })).decision).toEqual([expect.objectContaining(unasked)]);
  });
  it('R-009: no start without a preference, no camera against it', () => {
    given(...ready, ...planned, assent)
      .when(start())
      .thenRefused('R-009', 'E-INT-NOPREF');
    given(...startable)
      .when(start({ recordingMode: 'VIDEO' }))
      .thenRefused('R-009', 'E-INT-CAMERA');
  });
  it('R-021: the prosecutor decides on advance evidence before planning, unless urgent', () => {
    given(opened, represented).when(plan()).thenRefused('R-021', 'E-INT-NOANT');
    given(opened, represented)
      .when(plan({ urgent: true }))
      .thenUnstamped();
  });
  it('R-026: a recorded need has its interpreter', () =>
    given(...startable, happened('CommunicationNeedsRecorded', { interpreterNeeded: true }))
      .when(start())
      .thenRefused('R-026', 'E-INTERPRETER'));
  it('R-027: an excluded guardian is not the support person', () =>
    given(...startable, happened('AttendeeExcluded', { attendeeRole: 'GUARDIAN' }))
      .when(start({ presentRoles: ['INTERMEDIARY', 'SUPPORT_PERSON'], supportPersonKind: 'GUARDIAN' }))
      .thenRefused('R-027', 'E-EXCLUDED'));
  it('R-028: a record is sealed once, and late sealing is stamped', () => {
    const seal = (hours: number) =>
      wanted('sealRecord', { interviewId: 'int-1', digest: 'a'.repeat(64), location: 'x' }, { at: at(hours) });
    given(...once)
      .when(seal(150))
      .thenUnstamped();
    given(...once)
      .when(seal(200))
      .thenStamped('R-028');
    given(...once, sealedRecord)
      .when(seal(151))
      .thenRefused('R-028', 'E-RECORD-SEALED');
  });
  it('R-208: no plan without a representative', () =>
    given(opened, evidence).when(plan()).thenRefused('R-208', 'E-NO-REP'));
  it('R-018: school time is kept free, unless the child asks', () => {
    given(...ready)
      .when(plan({}, { known: { schoolOverlap: true } }))
      .thenRefused('R-018', 'E-SCHOOLTIME');
    given(...ready)
      .when(plan({ schoolTimeAskedByChild: true }, { known: { schoolOverlap: true } }))
      .thenUnstamped();
  });
  it('R-018: what was urgent goes on in school time with Child Protection’s leave for that day, and not on another', () => {
    const urgent = happened('InterviewPlanned', { ...planned[0]!.data, urgent: true });
    const leave = happened('SchoolTimeApproved', { slot: at(146) });
    const paused = [...ready, urgent, planned[1]!, assent, preference, started, interrupted, assent, preference];
    const inSchoolTime = (hours: number, by?: object) =>
      goOn(hours, { topics: ['CONTENT_SHARED'] }, { known: { schoolOverlap: true }, ...(by && { by }) });
    given(...paused)
      .when(inSchoolTime(146))
      .thenRefused('R-018', 'E-SCHOOLTIME');
    given(...paused)
      .when(inSchoolTime(146, CHILD_PROTECTION))
      .thenUnstamped();
    given(...paused, leave)
      .when(inSchoolTime(146))
      .thenUnstamped();
    given(...paused, leave)
      .when(inSchoolTime(190))
      .thenRefused('R-018', 'E-SCHOOLTIME');
  });
  it('R-020: an unsuitable venue is flagged, not refused', () =>
    given(...ready)
      .when(plan({ venueKind: 'POLICE_BUILDING' }))
      .then(
        { type: 'InterviewPlanned', data: { venueFlagged: true } },
        { type: 'IntermediaryAssigned' },
        { type: 'QuestionRoundOpened' },
      ));
});

describe('R-010, R-011, R-012: the exception and the record', () => {
  const approve = (by: any, hours = 195) =>
    wanted('approveAdditionalInterview', { requestId: 'req' }, { at: at(hours), by });
  it('R-010: a ground other than a new fact is refused', () =>
    given(...once)
      .when(
        wanted(
          'requestAdditionalInterview',
          {
            ground: 'OWN_FILE',
            newFactKnownAt: at(190),
            newFact: 'x',
            whyRecordCannotAnswer: 'x',
            topics: ['OTHER_CHILDREN'],
          },
          { at: at(195), known: { newId: 'r' } },
        ),
      )
      .thenRefused('R-010', 'E-INT-EXTRA'));
  it('R-010: two keys of two persons, an opinion at most seven days old and the assent authorise', () => {
    const approved = happened(
      'AdditionalInterviewApproved',
      { requestId: 'req', approvalKey: 'CHILD_PROTECTION' },
      { actor: 'rep-1' },
    );
    given(...once, requested, opinion)
      .when(approve(CHILD_PROTECTION))
      .thenRefused('R-010', 'E-INT-EXTRA');
    given(...once, requested, opinion, requestAssent)
      .when(approve(CHILD_PROTECTION, 400))
      .thenRefused('R-010', 'E-INT-EXTRA');
    given(...once, requested, opinion, requestAssent)
      .when(approve({ ...SUPERVISOR, agency: 'HEALTH' }))
      .thenRefused('R-010', 'E-EXTRA-KEY');
    given(...once, requested, opinion, requestAssent)
      .when(approve({ ...SUPERVISOR, actor: 'officer-1' }))
      .thenRefused('R-010', 'E-EXTRA-OWN');
    given(...once, requested, opinion, requestAssent, approved)
      .when(approve(SUPERVISOR))
      .then(
        { type: 'QuestionRoundClosed' },
        { type: 'AdditionalInterviewApproved', data: { approvalKey: 'ASKER_SUPERVISOR' } },
        { type: 'AdditionalInterviewAuthorised', data: { sameIntermediary: 'i1' } },
      );
  });
  it('R-010: an additional interview keeps to its topics', () =>
    given(...once, authorised)
      .when(plan({ slot: at(400) }, { at: at(300) }))
      .thenRefused('R-010', 'E-INT-EXTRA'));
  it('R-010: what a session covered is held against the authorisation that it began under, expired or not, and no other', () => {
    const told = (interviewId: string, hours: number) =>
      wanted(
        'recordInterviewConducted',
        {
          interviewId,
          minutes: 40,
          recordingMode: 'AUDIO',
          venueKind: 'CHILD_HOUSE',
          presentRoles: ['INTERMEDIARY'],
          topicsCovered: ['CONTACT_ONLINE'],
          accountGiven: true,
        },
        { at: at(hours), known: { newId: 'x', intermediary: ENTRY } },
      );
    const begun = happened(
      'ForensicInterviewStarted',
      { ...started.data, interviewId: 'int-2', standing: 'COVERED', authorisationId: 'req' },
      { occurredAt: at(559) },
    );
    given(...once, authorised, begun)
      .when(told('int-2', 561))
      .thenStamped('R-010');
    const elsewhere = happened('LinkedInterviewNoted', {
      otherCaseId: 'other',
      interviewId: 'z',
      step: 'CONDUCTED',
      standing: 'FIRST',
    });
    given(...startable, started, elsewhere, authorised)
      .when(told('int-1', 201))
      .thenUnstamped();
  });
  it('R-011: a third additional interview is refused, unless a court’s order that somebody else recorded asks for it', () => {
    const more = (id: string) =>
      happened('ForensicInterviewConducted', { ...conducted.data, interviewId: id, standing: 'COVERED' });
    const thrice = [...once, more('a'), more('b')];
    given(...thrice, authorised)
      .when(plan({ slot: at(400) }, { at: at(300) }))
      .thenRefused('R-011', 'E-INT-CAP');
    const onTheCase = [ME, COLLEAGUE].map(({ actor }) => happened('TeamMemberAdded', { staffId: actor }));
    for (const order of [ordered(ME), ordered({ actor: 'passer-by' })])
      given(...thrice, ...onTheCase, order)
        .when(plan({ slot: at(400) }, { at: at(300), by: ME }))
        .thenRefused('R-011', 'E-INT-CAP');
    given(...thrice, ...onTheCase, ordered(COLLEAGUE))
      .when(plan({ slot: at(400) }, { at: at(300), by: ME }))
      .thenUnstamped();
  });
  it('R-012: the account is not asked for where a record answers; asked anyway it is stamped', () => {
    given(...once, sealedRecord)
      .when(wanted('requestAccountFromChild', { actKind: 'SOCIAL_STUDY' }, { at: at(200), by: HEALTH }))
      .thenRefused('R-012', 'E-USE-RECORD');
    given(...once, sealedRecord)
      .when(
        wanted(
          'recordRetelling',
          {
            heardByAgency: 'HEALTH',
            heardByRole: 'PSYCHOLOGIST',
            actKind: 'PSYCHOLOGICAL_HISTORY',
            placeKind: 'HEALTH_CENTRE',
            personsPresent: 1,
            onRecord: false,
            needed: false,
          },
          { at: at(200) },
        ),
      )
      .thenStamped('R-012');
  });
});

describe('R-013, R-014: what is recorded of an account', () => {
  it('R-013, M-1: who only heard that the child told it again records that, and nothing they do not know', () => {
    given(opened)
      .when(
        wanted(
          'recordRetelling',
          { heardByAgency: 'UNKNOWN', heardByRole: 'UNKNOWN', actKind: 'UNKNOWN' },
          { at: at(1) },
        ),
      )
      .then({
        type: 'RetellingRecorded',
        data: { heardByAgency: 'UNKNOWN', heardByRole: 'UNKNOWN', actKind: 'UNKNOWN', accountGiven: true },
      });
    expect(
      commandErrors(allCommands['recordRetelling']!, {
        heardByAgency: 'UNKNOWN',
        heardByRole: 'UNKNOWN',
        actKind: 'UNKNOWN',
      }),
    ).toEqual([]);
  });
  it('R-014: a first disclosure is no act that these rules count', () =>
    expect(Object.keys(foldedByInterview)).not.toContain('DisclosureReceived'));
});

describe('R-016, R-017, R-022 to R-025, R-120: exam, court and therapy', () => {
  const exam = {
    examKind: 'INTIMATE',
    slot: SLOT,
    minutes: 30,
    venueKind: 'HEALTH_CENTRE',
    joinedWithCare: true,
    examinerSpecialised: true,
    examinerGender: 'WOMAN',
    clinicalIndication: false,
  };
  const agreed = [
    happened('ExamExplained', {}),
    happened('ExamConsentRecorded', { childAssents: true, companionOffered: true, examinerChoiceOffered: true }),
  ];
  const known = { newId: 'exam', examinerFits: 'YES' };
  it('R-016: an exam that was not explained or agreed to is refused, and stamped when done', () => {
    given(...ready)
      .when(wanted('planExam', exam, { known }))
      .thenRefused('R-016', 'E-EXAM');
    given(...ready, ...agreed)
      .when(wanted('planExam', exam, { known }))
      .thenUnstamped();
    given(...ready, ...agreed)
      .when(wanted('planExam', exam, { known: { ...known, examinerFits: 'NO' } }))
      .thenRefused('R-016', 'E-EXAM');
    given(...ready)
      .when(
        wanted(
          'recordExamPerformed',
          {
            examKind: 'GENERAL',
            examinerSpecialised: false,
            companionPresent: false,
            clinicalIndication: false,
            accountGiven: true,
          },
          { known },
        ),
      )
      .thenStamped('R-016');
  });
  it('R-016: a second exam takes a court’s order that somebody on the case has recorded', () => {
    const twice = [...ready, happened('ForensicExamPerformed', { examKind: 'INTIMATE' }), ...agreed];
    const order = happened('CourtOrderRecorded', { orderId: 'o', orders: 'EXAM' }, { actor: COLLEAGUE.actor });
    const plan = wanted('planExam', exam, { known });
    given(...twice, order)
      .when(plan)
      .thenRefused('R-016', 'E-EXAM');
    given(...twice, happened('TeamMemberAdded', { staffId: COLLEAGUE.actor }), order)
      .when(plan)
      .thenUnstamped();
  });
  it('R-017: without contact in person an intimate exam is refused', () =>
    given(
      ...ready,
      ...agreed,
      happened('ReportReceived', { contactInPerson: 'NO', accountGiven: false, factsRecent: 'NO' }),
    )
      .when(wanted('planExam', exam, { known }))
      .thenRefused('R-017', 'E-EXAM-IRRELEVANT'));
  // 16 March 2026, a Monday, is a day of rest: counting back from the 20th, the fifth business day is the 12th.
  it('R-022: ordered testimony opens a plan, due five business days before', () =>
    given(...ready)
      .when(wanted('recordTestimonyOrdered', { on: '2026-03-20T15:00:00.000Z', courtKind: 'TRIAL_COURT' }))
      .then(
        { type: 'ChildTestimonyOrdered' },
        { type: 'CourtTestimonyPlanOpened', data: { measuresDue: '2026-03-13T05:59:59.999Z' } },
      ));
  it('R-023: coercive preparation is on record, with the time of its review', () =>
    given()
      .when(wanted('reportCoercivePreparation', { actKind: 'INTERVIEW', byRole: 'PROSECUTOR' }))
      .then({ type: 'CoercivePreparationReported', data: { reviewDue: at(72) }, violationOf: ['R-023'] }));
  it('R-024: no replay before the accused; apart, if the child asks', () => {
    const replay = { slot: SLOT, childPresent: true, accusedPresent: true, separated: false };
    given().when(wanted('planReplay', replay)).thenRefused('R-024', 'E-REPLAY');
    given()
      .when(wanted('planReplay', { ...replay, separated: true, childAsksToBePresent: true }))
      .thenUnstamped();
  });
  it('R-025: therapy content is denied until the child frees the professional', () => {
    const ask = wanted('requestTherapyContent', { purpose: 'INVESTIGATION' });
    given().when(ask).thenRefused('R-025', 'E-THERAPY');
    given(happened('TherapySecrecyReleased', {})).when(ask).thenUnstamped();
  });
  it('R-120: a hearing with the child is not ready without a no-contact plan', () => {
    const hearing = happened('HearingScheduled', { hearingId: 'h', on: SLOT, childAttends: true, measuresDue: at(1) });
    const mark = wanted('markHearingReady', { hearingId: 'h' });
    given(...ready, hearing)
      .when(mark)
      .thenRefused('R-120', 'E-NOCONTACT');
    given(...ready, hearing, happened('NoContactPlanApproved', { hearingId: 'h' }))
      .when(mark)
      .thenUnstamped();
  });
});
