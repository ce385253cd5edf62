import { happened, wanted } from '@resguardo/eventing/testing';
import { COMMISSION, given, HEALTH, opened, PFPNNA, PROSECUTOR, supervisorOf } from './testing/given.js';

const offer = (to: string, by: object = PROSECUTOR) => wanted('offerResponsibility', { to }, { by: by as never });
const accept = (by: object, offerId = 'offer') => wanted('acceptResponsibility', { offerId }, { by: by as never });
const offered = happened('ResponsibilityOffered', { from: 'PROSECUTOR', to: 'CHILD_PROTECTION' }, { eventId: 'offer' });

describe('C-9: exactly one agency is responsible', () => {
  it('C-9: whoever opened the case is, from its first fact on', () =>
    expect(given(opened({ sourceAgency: 'HEALTH' })).state.responsible).toBe('HEALTH'));
  it('C-9: an offer moves nothing', () => {
    given(opened()).when(offer('CHILD_PROTECTION')).then({ type: 'ResponsibilityOffered' });
    expect(given(opened(), offered).state.responsible).toBe('PROSECUTOR');
  });
  it('C-9: only the responsible agency offers, and to another', () => {
    given(opened())
      .when(offer('CHILD_PROTECTION', HEALTH))
      .thenRefused('C-9', 'E-NOT-RESPONSIBLE', { agency: 'PROSECUTOR' });
    given(opened()).when(offer('PROSECUTOR')).thenRefused('C-9', 'E-SAME-AGENCY');
  });
  it('C-9: only the agency it was offered to accepts, and once', () => {
    given(opened(), offered).when(accept(HEALTH)).thenRefused('C-9', 'E-NO-OFFER');
    given(opened(), offered)
      .when(accept(PFPNNA))
      .then({ type: 'ResponsibilityAccepted', data: { from: 'PROSECUTOR', agency: 'CHILD_PROTECTION' } });
    given(
      opened(),
      offered,
      happened('ResponsibilityAccepted', { offerId: 'offer', from: 'PROSECUTOR', agency: 'CHILD_PROTECTION' }),
    )
      .when(accept(PFPNNA))
      .thenRefused('C-9', 'E-NO-OFFER');
  });
  it('C-9: a later offer takes the place of an earlier one, a declined one is gone', () => {
    given(
      opened(),
      offered,
      happened('ResponsibilityOffered', { from: 'PROSECUTOR', to: 'HEALTH' }, { eventId: 'offer-2' }),
    )
      .when(accept(PFPNNA))
      .thenRefused('C-9', 'E-NO-OFFER');
    given(opened(), offered, happened('ResponsibilityDeclined', { offerId: 'offer', declineReason: 'NO_CAPACITY' }))
      .when(accept(PFPNNA))
      .thenRefused('C-9', 'E-NO-OFFER');
  });
});

describe('C-9: each agency’s supervisor adds and removes its own people', () => {
  const add = (staffId: string, role: string, by: object, agencyOfStaff?: string) =>
    wanted('addTeamMember', { staffId, role }, { by: by as never, known: { agencyOfStaff } });
  const remove = (staffId: string, by: object) => wanted('removeTeamMember', { staffId }, { by: by as never });
  const member = happened('TeamMemberAdded', { staffId: 'nurse-1', agency: 'HEALTH', role: 'OFFICER' });

  it('C-9: adds one of theirs, of their agency', () =>
    given(opened())
      .when(add('nurse-1', 'OFFICER', supervisorOf('HEALTH'), 'HEALTH'))
      .then({ type: 'TeamMemberAdded', data: { staffId: 'nurse-1', agency: 'HEALTH', role: 'OFFICER' } }));
  it('C-9: not somebody of another agency, nor a role of another agency', () => {
    given(opened())
      .when(add('clerk-1', 'OFFICER', supervisorOf('HEALTH'), 'PROSECUTOR'))
      .thenRefused('C-9', 'E-OTHER-AGENCY');
    given(opened())
      .when(add('nurse-1', 'REPRESENTATIVE', supervisorOf('HEALTH')))
      .thenRefused('C-9', 'E-ROLE-OF-ANOTHER-AGENCY');
  });
  it('C-9: removes one of theirs, nobody else’s; twice is once', () => {
    given(opened(), member)
      .when(remove('nurse-1', supervisorOf('HEALTH')))
      .then({ type: 'TeamMemberRemoved' });
    given(opened(), member)
      .when(remove('nurse-1', supervisorOf('PROSECUTOR')))
      .thenRefused('C-9', 'E-OTHER-AGENCY');
    given(opened())
      .when(remove('nurse-1', supervisorOf('HEALTH')))
      .thenNothing();
  });
});

describe('R-905: referrals', () => {
  const refer = (to: string, by: object = PROSECUTOR) =>
    wanted('makeReferral', { to, purpose: 'CARE', urgency: 'URGENT' }, { by: by as never });
  const answer = (answered: string, by: object, more: object = {}) =>
    wanted('answerReferral', { referralId: 'ref', answer: answered, ...more }, { by: by as never });
  const withdraw = (by: object) => wanted('withdrawReferral', { referralId: 'ref' }, { by: by as never });
  const made = happened('ReferralMade', { to: 'HEALTH', purpose: 'CARE', urgency: 'URGENT' }, { eventId: 'ref' });
  const answered = (a: string) => happened('ReferralAnswered', { referralId: 'ref', answer: a }, { agency: 'HEALTH' });

  it('R-905: goes to another agency', () => {
    given(opened())
      .when(refer('HEALTH'))
      .then({ type: 'ReferralMade', data: { to: 'HEALTH', urgency: 'URGENT' } });
    given(opened()).when(refer('PROSECUTOR')).thenRefused('R-905', 'E-OWN-AGENCY');
  });
  it('R-905: is answered by its receiver alone', () => {
    given(opened(), made)
      .when(answer('ACCEPTED', HEALTH))
      .then({ type: 'ReferralAnswered', data: { answer: 'ACCEPTED' } });
    given(opened(), made)
      .when(answer('ACCEPTED', COMMISSION))
      .thenRefused('R-905', 'E-NOT-RECEIVER', { agency: 'HEALTH' });
    given(opened()).when(answer('ACCEPTED', HEALTH)).thenRefused('R-905', 'E-NO-REFERRAL');
  });
  it('R-905: is declined with a reason', () => {
    given(opened(), made).when(answer('DECLINED', HEALTH)).thenRefused('R-905', 'E-REASON-NEEDED');
    given(opened(), made)
      .when(answer('DECLINED', HEALTH, { declineReason: 'NO_CAPACITY' }))
      .then({ type: 'ReferralAnswered' });
  });
  it('R-905: is done only after it was accepted, and then has ended', () => {
    given(opened(), made).when(answer('DONE', HEALTH)).thenRefused('R-905', 'E-NOT-ACCEPTED');
    given(opened(), made, answered('ACCEPTED')).when(answer('DONE', HEALTH)).then({ type: 'ReferralAnswered' });
    given(opened(), made, answered('ACCEPTED'))
      .when(answer('ACCEPTED', HEALTH))
      .thenRefused('R-905', 'E-REFERRAL-ANSWERED');
    given(opened(), made, answered('DECLINED'))
      .when(answer('ACCEPTED', HEALTH))
      .thenRefused('R-905', 'E-REFERRAL-ENDED');
  });
  it('R-905: is withdrawn by its sender until it has ended', () => {
    given(opened(), made).when(withdraw(PROSECUTOR)).then({ type: 'ReferralWithdrawn' });
    given(opened(), made).when(withdraw(HEALTH)).thenRefused('R-905', 'E-NOT-SENDER');
    given(opened(), made, answered('DECLINED')).when(withdraw(PROSECUTOR)).thenRefused('R-905', 'E-REFERRAL-ENDED');
  });
});

describe('R-408: competence', () => {
  const decline = wanted('declineCompetence', {
    from: 'STATE_PROSECUTOR',
    to: 'FEDERAL_PROSECUTOR',
    reasonCode: 'FEDERAL_ATTRACTION',
  });
  const declined = happened(
    'CompetenceDeclined',
    { from: 'STATE_PROSECUTOR', to: 'FEDERAL_PROSECUTOR', reasonCode: 'FEDERAL_ATTRACTION' },
    { eventId: 'declined' },
  );
  const accepted = wanted('acceptCompetence', { declinedId: 'declined', authority: 'FEDERAL_PROSECUTOR' });

  it('R-408: is declined towards another authority, once', () => {
    given(opened()).when(decline).then({ type: 'CompetenceDeclined' });
    given(opened(), declined).when(decline).thenRefused('R-408', 'E-COMPETENCE-OPEN');
    given(opened())
      .when(
        wanted('declineCompetence', {
          from: 'STATE_PROSECUTOR',
          to: 'STATE_PROSECUTOR',
          toState: '17',
          reasonCode: 'TERRITORY',
        }),
      )
      .thenRefused('R-408', 'E-SAME-AUTHORITY');
    given(opened())
      .when(
        wanted('declineCompetence', {
          from: 'STATE_PROSECUTOR',
          to: 'STATE_PROSECUTOR',
          toState: '18',
          reasonCode: 'TERRITORY',
        }),
      )
      .then({ type: 'CompetenceDeclined', data: { toState: '18' } });
  });
  it('R-408: moves no responsibility, and whoever declined keeps acting until another accepts', () => {
    expect(given(opened(), declined).state.responsible).toBe('PROSECUTOR');
    given(opened(), declined).when(wanted('closeCase', {})).thenRefused('R-408', 'E-COMPETENCE-OPEN');
    given(opened(), declined).when(accepted).then({ type: 'CompetenceAccepted' });
    given(opened()).when(accepted).thenRefused('R-408', 'E-COMPETENCE-NONE');
  });
  it('R-408: a conflict that was raised leaves it open', () => {
    const conflict = wanted('raiseCompetenceConflict', { declinedId: 'declined', reasonCode: 'SUBJECT_MATTER' });
    given(opened(), declined).when(conflict).then({ type: 'CompetenceConflictRaised' });
    given(
      opened(),
      declined,
      happened('CompetenceConflictRaised', { declinedId: 'declined', reasonCode: 'SUBJECT_MATTER' }),
    )
      .when(accepted)
      .then({ type: 'CompetenceAccepted' });
  });
});

describe('requests to an agency', () => {
  it('R-213: a request for an act is answered with reasons, once', () => {
    const asked = happened(
      'InvestigativeActRequested',
      { act: 'WITNESS', requestedBy: 'LEGAL_ADVISER' },
      { eventId: 'ask' },
    );
    const decide = wanted('decideInvestigativeAct', { requestId: 'ask', answer: 'DENIED', reasons: 'Said elsewhere' });
    given(opened(), asked).when(decide).then({ type: 'InvestigativeActDecided' });
    given(opened()).when(decide).thenRefused('R-213', 'E-NO-REQUEST');
    given(opened(), asked, happened('InvestigativeActDecided', { requestId: 'ask', answer: 'GRANTED' }))
      .when(decide)
      .thenRefused('R-213', 'E-NO-REQUEST');
  });
  it('R-216: support for attending an act is asked for and answered', () => {
    const asked = happened('AttendanceSupportRequested', { supports: ['TRANSPORT'] }, { eventId: 'ask' });
    const answer = wanted('answerAttendanceSupport', { requestId: 'ask', answer: 'GRANTED' }, { by: COMMISSION });
    given(opened(), asked).when(answer).then({ type: 'AttendanceSupportAnswered' });
    given(opened()).when(answer).thenRefused('R-216', 'E-NO-REQUEST');
  });
});
