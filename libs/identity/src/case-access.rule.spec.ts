import type { Affiliation, Role } from '@resguardo/contracts';
import { AFFILIATIONS_OF, AGENCIES, PURPOSES } from '@resguardo/contracts';
import { caseAccess, noAccess, type AccessFact } from './case-access.projection.js';
import { accessTo, type Asking } from './case-access.rule.js';

const NOW = '2026-03-02T18:00:00.000Z';
const LATER = '2026-03-02T22:00:00.000Z';

const fact = (type: string, data: AccessFact['data'], eventId = type, agency = 'PROSECUTOR'): AccessFact => ({
  type,
  data,
  about: { eventId, actor: 'officer-1', agency, role: 'OFFICER' },
});
const after = (...facts: AccessFact[]) => facts.reduce(caseAccess, noAccess);
const opened = fact('CaseOpened', { sourceAgency: 'PROSECUTOR', state: '17', folio: 'F' });
const joins = (staffId: string, agency: string, role = 'OFFICER') => fact('TeamMemberAdded', { staffId, agency, role });
const glass = (staffId: string, glassId = 'g1', until = LATER) =>
  fact('BreakGlassUsed', { glassId, staffId, staffAgency: 'HEALTH', until, reviewDue: LATER });
const who = (sub: string, agency: Affiliation, role: Role = 'OFFICER', states: readonly string[] = ['17']): Asking => ({
  sub,
  agency,
  role,
  states,
});
const reading = { query: 'timeline', purpose: 'FOLLOW_UP' } as const;
const acting = { command: 'makeReferral' } as const;

describe('the team', () => {
  const state = after(opened, joins('a', 'PROSECUTOR'));

  it('R-702: a member of the team reads with a purpose and acts', () => {
    expect(accessTo(who('a', 'PROSECUTOR'), state, NOW, reading)).toEqual({ ok: true, via: 'team', task: 'team' });
    expect(accessTo(who('a', 'PROSECUTOR'), state, NOW, acting)).toMatchObject({ ok: true, via: 'team' });
  });

  it('R-702: without a purpose of the closed list nobody reads', () => {
    for (const purpose of [undefined, '', 'CURIOSITY', 'follow_up'])
      expect(accessTo(who('a', 'PROSECUTOR'), state, NOW, { query: 'timeline', purpose })).toEqual({
        ok: false,
        rule: 'R-702',
        code: 'E-PURPOSE',
      });
    for (const purpose of PURPOSES)
      expect(accessTo(who('a', 'PROSECUTOR'), state, NOW, { query: 'timeline', purpose }).ok).toBe(true);
  });

  it('R-701, R-702: who is not on the team neither reads nor acts, whatever the agency', () => {
    for (const agency of AGENCIES) {
      expect(accessTo(who('b', agency), state, NOW, reading)).toEqual({ ok: false, rule: 'R-702', code: 'E-NEED' });
      expect(accessTo(who('b', agency), state, NOW, acting)).toEqual({ ok: false, rule: 'R-701', code: 'E-NEED' });
    }
  });

  it('R-702: who was taken off the team is out from that fact on', () => {
    const removed = after(opened, joins('a', 'PROSECUTOR'), fact('TeamMemberRemoved', { staffId: 'a' }));
    expect(accessTo(who('a', 'PROSECUTOR'), removed, NOW, reading).ok).toBe(false);
  });

  it('an account that moved to another agency is not the member of the team', () => {
    expect(accessTo(who('a', 'HEALTH'), state, NOW, reading).ok).toBe(false);
  });

  it('the representative and the legal adviser of the child are on the team; a changed adviser no longer is', () => {
    const assigned = after(
      opened,
      fact('ProtectionRepresentativeAssigned', { staffId: 'r' }),
      fact('LegalAdviserAssigned', { staffId: 'l1' }),
      fact('LegalAdviserChanged', { staffId: 'l2', formerStaffId: 'l1' }),
    );
    expect(accessTo(who('r', 'CHILD_PROTECTION', 'REPRESENTATIVE'), assigned, NOW, reading).ok).toBe(true);
    expect(accessTo(who('l2', 'VICTIMS_COMMISSION', 'LEGAL_ADVISER'), assigned, NOW, reading).ok).toBe(true);
    expect(accessTo(who('l1', 'VICTIMS_COMMISSION', 'LEGAL_ADVISER'), assigned, NOW, reading).ok).toBe(false);
  });

  it('an intermediary is in from being named until the record is sealed, the plan cancelled or another is named', () => {
    const named = fact('InterviewPlanned', { interviewId: 'i1', intermediaryId: 'm1' });
    const intermediary = who('m1', 'INTERMEDIARY_REGISTER', 'INTERMEDIARY');
    expect(accessTo(intermediary, after(opened, named), NOW, reading).ok).toBe(true);
    for (const end of [
      fact('InterviewRecordSealed', { interviewId: 'i1' }),
      fact('InterviewCancelled', { interviewId: 'i1' }),
      fact('IntermediaryAssigned', { interviewId: 'i1', intermediaryId: 'm2' }),
    ])
      expect(accessTo(intermediary, after(opened, named, end), NOW, reading).ok).toBe(false);
  });
});

describe('an agency that is asked', () => {
  const state = after(opened, fact('ReferralMade', { to: 'HEALTH' }, 'e7'));

  it('C-9: any of its officers in that state may answer, and nothing else', () => {
    expect(accessTo(who('h', 'HEALTH'), state, NOW, { command: 'answerReferral' })).toEqual({
      ok: true,
      via: 'team',
      task: 'referral:e7',
    });
    expect(accessTo(who('h', 'HEALTH'), state, NOW, { command: 'planInterview' }).ok).toBe(false);
    expect(accessTo(who('h', 'HEALTH'), state, NOW, reading).ok).toBe(false);
    expect(accessTo(who('h', 'HEALTH', 'OFFICER', ['18']), state, NOW, { command: 'answerReferral' }).ok).toBe(false);
    expect(accessTo(who('v', 'VICTIMS_COMMISSION'), state, NOW, { command: 'answerReferral' }).ok).toBe(false);
  });

  it('C-9: not after it was answered or withdrawn', () => {
    for (const type of ['ReferralAnswered', 'ReferralWithdrawn']) {
      const answered = [fact('ReferralMade', { to: 'HEALTH' }, 'e7'), fact(type, { referralId: 'e7' })];
      expect(accessTo(who('h', 'HEALTH'), after(opened, ...answered), NOW, { command: 'answerReferral' }).ok).toBe(
        false,
      );
    }
  });

  it('R-005: all four agencies may send questions until they did or the round closed', () => {
    const round = fact('QuestionRoundOpened', { interviewId: 'i1', closesAt: LATER });
    const ask = { command: 'submitQuestions' };
    for (const agency of AGENCIES) expect(accessTo(who('x', agency), after(opened, round), NOW, ask).ok).toBe(true);
    const sent = after(opened, round, fact('QuestionSetSubmitted', { interviewId: 'i1' }, 'e9', 'HEALTH'));
    expect(accessTo(who('x', 'HEALTH'), sent, NOW, ask).ok).toBe(false);
    expect(accessTo(who('x', 'VICTIMS_COMMISSION'), sent, NOW, ask).ok).toBe(true);
    const closed = after(opened, round, fact('QuestionRoundClosed', { interviewId: 'i1', silent: [] }));
    expect(accessTo(who('x', 'VICTIMS_COMMISSION'), closed, NOW, ask).ok).toBe(false);
  });
});

describe('break-glass', () => {
  const state = after(opened, glass('h'));

  it('R-704: opens this case to this person until its end, and says so', () => {
    expect(accessTo(who('h', 'HEALTH'), state, NOW, { query: 'timeline', purpose: 'IMMINENT_RISK' })).toEqual({
      ok: true,
      via: 'break-glass',
      task: 'g1',
      until: LATER,
    });
    expect(accessTo(who('h2', 'HEALTH'), state, NOW, reading).ok).toBe(false);
  });

  it('R-704: at its last moment it has ended, and the refusal says so', () => {
    expect(accessTo(who('h', 'HEALTH'), state, '2026-03-02T21:59:59.999Z', reading).ok).toBe(true);
    expect(accessTo(who('h', 'HEALTH'), state, LATER, reading)).toEqual({
      ok: false,
      rule: 'R-704',
      code: 'E-GLASS-ENDED',
    });
  });

  it('R-704: given back, it has ended', () => {
    const ended = after(opened, glass('h'), fact('BreakGlassEnded', { glassId: 'g1', staffId: 'h' }));
    expect(accessTo(who('h', 'HEALTH'), ended, NOW, reading).ok).toBe(false);
  });
});

describe('who stays out', () => {
  it('R-706: who has a conflict of interest, on the team or with a broken glass, until that is retracted', () => {
    const facts = [
      opened,
      joins('h', 'HEALTH'),
      glass('h'),
      fact('ConflictOfInterestDeclared', { who: 'OTHER_OFFICIAL', staffId: 'h' }, 'e5'),
    ];
    for (const wish of [reading, acting])
      expect(accessTo(who('h', 'HEALTH'), after(...facts), NOW, wish)).toEqual({
        ok: false,
        rule: 'R-706',
        code: 'E-CONFLICT',
      });
    const retracted = after(...facts, fact('FactRetracted', { eventId: 'e5' }));
    expect(accessTo(who('h', 'HEALTH'), retracted, NOW, reading).ok).toBe(true);
    const outside = { who: 'OTHER_OFFICIAL', staffId: 'h', effective: false };
    const said = after(opened, joins('h', 'HEALTH'), fact('ConflictOfInterestDeclared', outside, 'e5'));
    expect(accessTo(who('h', 'HEALTH'), said, NOW, reading).ok).toBe(true);
  });

  it('R-719: an analyst reaches no case, not even when a team or a glass names them', () => {
    const state = after(opened, joins('n', 'SIPINNA', 'ANALYST'), glass('n'));
    for (const wish of [reading, acting, { query: 'detail', purpose: 'APPROVAL', request: true }])
      expect(accessTo(who('n', 'SIPINNA', 'ANALYST'), state, NOW, wish)).toEqual({
        ok: false,
        rule: 'R-719',
        code: 'E-NEED',
      });
  });

  it('R-701: an administrator reaches no case either', () => {
    const state = after(opened, joins('n', 'SYSTEM', 'ADMINISTRATOR'));
    expect(accessTo(who('n', 'SYSTEM', 'ADMINISTRATOR'), state, NOW, reading)).toMatchObject({ rule: 'R-701' });
  });
});

describe('supervisors', () => {
  const state = after(opened, joins('a', 'PROSECUTOR'));

  it('R-720: see, as supervision, the cases of their state in which their agency takes part; Child Protection all', () => {
    const sees = (agency: Affiliation, states = ['17']) =>
      accessTo(who('s', agency, 'SUPERVISOR', states), state, NOW, { query: 'timeline', purpose: 'REVIEW' });
    expect(sees('PROSECUTOR')).toEqual({ ok: true, via: 'supervision', task: 'supervision' });
    expect(sees('CHILD_PROTECTION').ok).toBe(true);
    expect(sees('HEALTH').ok).toBe(false);
    expect(sees('PROSECUTOR', ['18']).ok).toBe(false);
  });

  it('R-720: a supervisor’s break-glass opens nothing more before another person has approved it', () => {
    const supervisor = who('s', 'HEALTH', 'SUPERVISOR');
    const wish = { query: 'detail', purpose: 'IMMINENT_RISK' };
    expect(accessTo(supervisor, after(opened, glass('s')), NOW, wish)).toEqual({
      ok: false,
      rule: 'R-720',
      code: 'E-GLASS-SECOND',
    });
    const ofTheCase = after(opened, joins('h', 'HEALTH'), glass('s'));
    expect(accessTo(supervisor, ofTheCase, NOW, wish)).toMatchObject({ ok: true, via: 'supervision' });
    const approved = after(opened, glass('s'), fact('BreakGlassReviewed', { glassId: 'g1', verdict: 'JUSTIFIED' }));
    expect(accessTo(supervisor, approved, NOW, wish)).toMatchObject({ ok: true, via: 'break-glass', until: LATER });
    expect(accessTo(supervisor, approved, LATER, wish)).toMatchObject({ ok: false, rule: 'R-704' });
  });

  it('C-12: an approver reads the one request, and only with the purpose approval', () => {
    const supervisor = who('s', 'HEALTH', 'SUPERVISOR');
    const wish = (purpose: string) => ({ query: 'approvalDetail', purpose, request: true });
    expect(accessTo(supervisor, state, NOW, wish('APPROVAL'))).toMatchObject({ ok: true, via: 'request' });
    expect(accessTo(supervisor, state, NOW, wish('FOLLOW_UP')).ok).toBe(false);
  });
});

it('nobody opens a case of which there is no fact, whatever their role', () => {
  for (const [role, agencies] of Object.entries(AFFILIATIONS_OF) as [Role, Affiliation[]][])
    for (const agency of agencies)
      if (role !== 'SUPERVISOR' || agency !== 'CHILD_PROTECTION')
        expect(accessTo(who('x', agency, role), noAccess, NOW, reading).ok).toBe(false);
});
