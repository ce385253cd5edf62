import { ruleBook } from '../index.js';
import { allFacts } from '../timeline/index.js';
import { DEADLINES } from './deadlines.js';
import type { SaidFact } from './due-times.js';
import { ageOfCase, dueOf, dueTimes, inactivity } from './due-times.js';

let revision = 0;
const fact = (
  type: string,
  at: string,
  data: Record<string, unknown> = {},
  more: Partial<SaidFact['about']> = {},
): SaidFact => ({
  type,
  data,
  about: {
    eventId: `${type}@${at}`,
    revision: revision++,
    commandId: 'c',
    actor: 'officer-1',
    agency: 'HEALTH',
    role: 'OFFICER',
    occurredAt: at,
    recordedAt: at,
    violationOf: [],
    ...more,
  },
});

// Monday, 2 March 2026, 12:00 in Morelos.
const T0 = '2026-03-02T18:00:00.000Z';
const opened = (data: Record<string, unknown> = {}) =>
  fact('CaseOpened', T0, { state: '17', zone: 'America/Mexico_City', sourceAgency: 'HEALTH', underSix: 'NO', ...data });
const report = (data: Record<string, unknown> = {}, at = T0, more: Partial<SaidFact['about']> = {}) =>
  fact('ReportReceived', at, { urgency: 'ORDINARY', factsRecent: 'NO', riskFlags: [], ...data }, more);
const of = (key: string, facts: readonly SaidFact[], now = T0) => dueTimes(facts, now).filter((due) => due.key === key);

describe('the registry', () => {
  it('C-16: every row has a rule, a limit and a start; keys are unique', () => {
    expect(new Set(DEADLINES.map(({ key }) => key)).size).toBe(DEADLINES.length);
    expect(DEADLINES.filter(({ start, stop }) => start.length === 0 || stop.length === 0)).toEqual([]);
    expect(DEADLINES.length).toBe(78);
  });
  it('C-16: the rows of these sections are computed, each from facts that somebody records', () => {
    const sections = DEADLINES.filter(({ rule }) => /^(R-2|R-408|R-905|R-910|C-4)/.test(rule));
    const unknown = sections
      .flatMap(({ start, stop }) => [...start, ...stop])
      .map((name) => name.split('[')[0]!)
      .filter((type) => !Object.hasOwn(allFacts, type) && type !== 'RiskBandChanged');
    expect(unknown).toEqual([]);
  });
  it('R-903, R-904, R-906, R-907, R-909, R-911, R-912: what waits says for what', () => {
    const waiting = ['R-903', 'R-904', 'R-906', 'R-907', 'R-909', 'R-911', 'R-912'].map((id) => ruleBook[id]);
    expect(waiting.map((rule) => rule?.state)).toEqual(waiting.map(() => 'waiting'));
    expect(waiting.filter((rule) => !rule?.waitsFor)).toEqual([]);
  });
});

describe('TC-7: an ambiguous count gives both dates', () => {
  it('TC-7: alarm on the earlier, breach on the later', () => {
    const row = { cal: 'C|B', calendar: 'STATE_JUDICIARY' } as const;
    expect(dueOf(row, 5, '2026-03-06T18:00:00.000Z', { zone: 'America/Mexico_City', state: '17' })).toEqual({
      dueAt: '2026-03-12T05:59:59.999Z',
      breachAt: '2026-03-14T05:59:59.999Z',
    });
  });
});

describe('what follows from a report', () => {
  it('R-205: the Child Protection Authority is told within an hour; at the hour it is met, after it late', () => {
    const told = (at: string) => [opened(), report(), fact('AuthoritiesNotified', at, { to: 'PFPNNA' })];
    expect(of('pfpnna_notice', [opened(), report()], '2026-03-02T19:00:00.000Z')).toEqual([
      expect.objectContaining({ dueAt: '2026-03-02T19:00:00.000Z', state: 'running', duty: ['HEALTH'] }),
    ]);
    expect(of('pfpnna_notice', [opened(), report()], '2026-03-02T19:00:00.001Z')[0]?.state).toBe('missed');
    expect(of('pfpnna_notice', told('2026-03-02T19:00:00.000Z'))[0]?.state).toBe('met');
    expect(of('pfpnna_notice', told('2026-03-02T19:00:01.000Z'))[0]?.state).toBe('late');
  });
  it('R-205: telling somebody else is not telling it; receiving it itself is', () => {
    const police = fact('AuthoritiesNotified', T0, { to: 'POLICE' });
    expect(of('pfpnna_notice', [opened(), report(), police])[0]?.state).toBe('running');
    const itself = report({}, T0, { agency: 'CHILD_PROTECTION' });
    expect(of('pfpnna_notice', [opened(), itself], '2026-04-01T00:00:00.000Z')[0]).toMatchObject({ state: 'met' });
  });
  it('R-206: guardians are told, or the decision not to is taken, within four hours', () => {
    expect(of('guardian_decision', [opened(), report()])[0]?.dueAt).toBe('2026-03-02T22:00:00.000Z');
    const withheld = fact('GuardianNotificationWithheld', '2026-03-02T20:00:00.000Z');
    expect(of('guardian_decision', [opened(), report(), withheld], '2026-03-05T00:00:00.000Z')[0]?.state).toBe('met');
  });
  it('R-207: 24 hours to the prosecutor, three business days at the outside, over a weekend and a holiday', () => {
    const friday = '2026-03-13T18:00:00.000Z';
    const facts = [opened(), report({}, friday)];
    expect(of('forward_prosecutor', facts, friday)[0]?.dueAt).toBe('2026-03-14T18:00:00.000Z');
    // Monday 16 March 2026 is closed: Tuesday, Wednesday, Thursday.
    expect(of('forward_outer', facts, friday)[0]?.dueAt).toBe('2026-03-20T05:59:59.999Z');
    const late = fact('ReportForwarded', '2026-03-16T18:00:00.000Z', { to: 'PROSECUTOR' });
    expect(of('forward_prosecutor', [...facts, late])[0]?.state).toBe('late');
    expect(of('forward_outer', [...facts, late])[0]?.state).toBe('met');
  });
  it('R-208, R-209: a representative and an adviser within 24 hours', () => {
    const facts = [opened(), report()];
    expect(of('assign_rep', facts)[0]).toMatchObject({ dueAt: '2026-03-03T18:00:00.000Z', duty: ['CHILD_PROTECTION'] });
    expect(of('assign_adviser', facts)[0]).toMatchObject({ state: 'running', duty: ['VICTIMS_COMMISSION'] });
    const rep = fact('ProtectionRepresentativeAssigned', '2026-03-03T18:00:00.000Z', { staffId: 'r' });
    expect(of('assign_rep', [...facts, rep])[0]).toMatchObject({ state: 'met', metBy: rep.about.eventId });
    const back = fact('FactRetracted', '2026-03-04T00:00:00.000Z', { eventId: rep.about.eventId });
    expect(of('assign_rep', [...facts, rep, back], '2026-03-04T00:00:00.000Z')[0]?.state).toBe('missed');
  });
  it('R-019: the interview within 7, 14 or 21 days, and the earliest of several reports binds', () => {
    const due = (...facts: SaidFact[]) => of('interview', facts)[0]?.dueAt;
    expect(due(opened(), report())).toBe('2026-03-24T05:59:59.999Z');
    expect(due(opened({ underSix: 'YES' }), report())).toBe('2026-03-17T05:59:59.999Z');
    expect(due(opened(), report({ factsRecent: 'YES' }))).toBe('2026-03-10T05:59:59.999Z');
    expect(due(opened({ underSix: 'YES' }), report({ specialProtectionNeed: true }))).toBe('2026-03-10T05:59:59.999Z');
    expect(due(opened(), report(), report({ immediateFullAccount: true }, '2026-03-04T18:00:00.000Z'))).toBe(
      '2026-03-12T05:59:59.999Z',
    );
  });
  it('R-019, M-2: what is known of a report only later shortens its term, from when it was received', () => {
    const first = report({ factsRecent: undefined });
    const later = (more: object, reportId = first.about.eventId) =>
      fact('ReportCompleted', '2026-03-04T18:00:00.000Z', { reportId, ...more });
    const due = (...facts: SaidFact[]) => of('interview', [opened(), first, ...facts])[0]?.dueAt;
    expect(due(later({ factsRecent: 'NO' }))).toBe('2026-03-24T05:59:59.999Z');
    expect(due(later({ factsRecent: 'YES' }))).toBe('2026-03-10T05:59:59.999Z');
    expect(due(later({ promptInterview: true }))).toBe('2026-03-10T05:59:59.999Z');
    expect(due(later({ factsRecent: 'YES' }, 'another'))).toBe('2026-03-24T05:59:59.999Z');
  });
  it('R-019, TC-9: the child’s own stabilisation pauses it and moves its end; it is never missed meanwhile', () => {
    const rest = fact('StabilisationPeriodRecognised', '2026-03-05T18:00:00.000Z');
    const facts = [opened(), report(), rest];
    expect(of('interview', facts, '2026-06-01T00:00:00.000Z')[0]?.state).toBe('paused');
    const ended = fact('StabilisationPeriodEnded', '2026-03-15T18:00:00.000Z');
    expect(of('interview', [...facts, ended], '2026-03-25T00:00:00.000Z')[0]).toMatchObject({
      state: 'running',
      dueAt: '2026-04-03T05:59:59.999Z',
    });
  });
  it('TC-8: days end in the zone of the case: Tepic an hour after Bahía de Banderas', () => {
    const at = (zone: string) => of('interview', [opened({ state: '18', zone }), report()])[0]?.dueAt;
    expect(at('America/Mazatlan')).toBe('2026-03-24T06:59:59.999Z');
    expect(at('America/Bahia_Banderas')).toBe('2026-03-24T05:59:59.999Z');
  });
});

describe('what follows later', () => {
  it('R-211: each message starts the next thirty days', () => {
    const first = fact('StatusInformationGiven', '2026-03-20T18:00:00.000Z');
    expect(of('status_info', [opened(), first], '2026-04-01T00:00:00.000Z')).toEqual([
      expect.objectContaining({ state: 'met', dueAt: '2026-04-02T05:59:59.999Z' }),
      expect.objectContaining({ state: 'running', dueAt: '2026-04-20T05:59:59.999Z' }),
    ]);
  });
  it('R-212: the window of a closure ends on the day that the notice named', () => {
    const notice = fact('ClosureNotified', T0, { challengeUntil: '2026-03-17' });
    expect(of('closure_challenge', [opened(), notice])[0]?.dueAt).toBe('2026-03-18T05:59:59.999Z');
  });
  it('R-213: each request is answered for itself within three business days', () => {
    const one = fact('InvestigativeActRequested', T0, {}, { eventId: 'one' });
    const two = fact('InvestigativeActRequested', T0, {}, { eventId: 'two' });
    const answer = fact('InvestigativeActDecided', '2026-03-03T18:00:00.000Z', { requestId: 'two' });
    expect(of('act_request', [opened(), one, two, answer], '2026-03-06T06:00:00.000Z')).toEqual([
      expect.objectContaining({ startedBy: 'one', state: 'missed', dueAt: '2026-03-06T05:59:59.999Z' }),
      expect.objectContaining({ startedBy: 'two', state: 'met' }),
    ]);
  });
  it('R-216: support for attending is answered within two business days', () => {
    const asked = fact('AttendanceSupportRequested', T0, {}, { eventId: 'ask' });
    expect(of('attendance_support', [opened(), asked])[0]?.dueAt).toBe('2026-03-05T05:59:59.999Z');
  });
  it('R-408: another authority accepts, or a conflict is raised, within 24 hours', () => {
    const declined = fact('CompetenceDeclined', T0, {}, { eventId: 'declined' });
    const conflict = fact('CompetenceConflictRaised', '2026-03-03T10:00:00.000Z', { declinedId: 'declined' });
    expect(of('competence', [opened(), declined])[0]).toMatchObject({ state: 'running', duty: ['PROSECUTOR'] });
    expect(of('competence', [opened(), declined, conflict])[0]?.state).toBe('met');
  });
  it('R-905: an urgent referral within 24 hours, another within three business days, by its receiver', () => {
    const made = (urgency: string, eventId: string) =>
      fact('ReferralMade', T0, { to: 'PROSECUTOR', urgency }, { eventId });
    const facts = [opened(), made('URGENT', 'fast'), made('ORDINARY', 'slow')];
    expect(of('referral_urgent', facts)).toEqual([
      expect.objectContaining({ startedBy: 'fast', dueAt: '2026-03-03T18:00:00.000Z', duty: ['PROSECUTOR'] }),
    ]);
    expect(of('referral', facts)).toEqual([
      expect.objectContaining({ startedBy: 'slow', dueAt: '2026-03-06T05:59:59.999Z' }),
    ]);
    const withdrawn = fact('ReferralWithdrawn', '2026-03-02T19:00:00.000Z', { referralId: 'slow' });
    expect(of('referral', [...facts, withdrawn])[0]?.state).toBe('met');
  });
  it('C-4: whether the facts are the same is said within 24 hours, an hour when urgent, for each link', () => {
    const link = (otherCaseId: string, urgency: string, linkKind = 'SAME_CHILD') =>
      fact('CaseLinked', T0, { otherCaseId, linkKind, urgency, mirrored: false }, { eventId: otherCaseId });
    const facts = [opened(), link('a', 'URGENT'), link('b', 'ORDINARY'), link('c', 'ORDINARY', 'SAME_AUTHOR')];
    expect(of('same_facts_urgent', facts)).toEqual([
      expect.objectContaining({ startedBy: 'a', dueAt: '2026-03-02T19:00:00.000Z' }),
    ]);
    expect(of('same_facts', facts)).toEqual([
      expect.objectContaining({ startedBy: 'b', dueAt: '2026-03-03T18:00:00.000Z' }),
    ]);
    const said = fact('FactsConfirmedDistinct', '2026-03-02T18:30:00.000Z', { otherCaseId: 'a' });
    expect(of('same_facts_urgent', [...facts, said])[0]?.state).toBe('met');
    expect(of('same_facts', [...facts, said])[0]?.state).toBe('running');
  });
  it('R-910: a review calls for the next within a month, by the responsible agency', () => {
    const review = fact('CaseReviewHeld', T0);
    expect(of('case_review', [opened(), review])[0]).toMatchObject({
      dueAt: '2026-04-03T05:59:59.999Z',
      duty: ['HEALTH'],
    });
  });
  it('C-8: what happened in time is met, however late it was recorded', () => {
    const told = fact(
      'AuthoritiesNotified',
      '2026-03-02T18:30:00.000Z',
      { to: 'PFPNNA' },
      { recordedAt: '2026-03-09T18:00:00.000Z' },
    );
    expect(of('pfpnna_notice', [opened(), report(), told], '2026-03-10T00:00:00.000Z')[0]?.state).toBe('met');
  });
  it('R-212: a closed case shows only what was late or missed before', () => {
    const facts = [opened(), report(), fact('CaseClosed', '2026-03-02T20:00:00.000Z')];
    expect(dueTimes(facts, '2026-05-01T00:00:00.000Z').map(({ key }) => key)).toEqual(['pfpnna_notice']);
  });
  it('R-212: a case that was reopened shows them all again', () => {
    const facts = [
      opened(),
      report(),
      fact('CaseClosed', '2026-03-02T20:00:00.000Z'),
      fact('CaseReopened', '2026-03-03T20:00:00.000Z'),
    ];
    expect(dueTimes(facts, T0).length).toBeGreaterThan(5);
  });
});

describe('age and standstill', () => {
  it.each([
    ['2026-08-28T18:00:00.000Z', 179, 'NONE'],
    ['2026-08-29T18:00:00.000Z', 180, 'NOTE'],
    ['2027-03-02T18:00:00.000Z', 365, 'SIGNAL'],
    ['2028-03-01T18:00:00.000Z', 730, 'SIGNAL_HIGH'],
  ] as const)('R-901: on %s a case is %i days old: %s', (now, days, level) =>
    expect(ageOfCase([opened(), report()], now)).toEqual({ days, level }),
  );
  it.each([
    ['2026-03-31T18:00:00.000Z', 29, 'NONE'],
    ['2026-04-01T18:00:00.000Z', 30, 'NOTE'],
    ['2026-05-01T18:00:00.000Z', 60, 'SIGNAL'],
    ['2026-05-31T18:00:00.000Z', 90, 'SIGNAL_HIGH'],
  ] as const)('R-902: on %s nothing has happened for %i days: %s', (now, days, level) =>
    expect(inactivity([opened(), report()], now)).toEqual({ days, level, paused: false }),
  );
  it('R-902: a change of the team is no substantive step', () => {
    const team = fact('TeamMemberAdded', '2026-04-20T18:00:00.000Z');
    expect(inactivity([opened(), report(), team], '2026-05-01T18:00:00.000Z').days).toBe(60);
  });
  it('R-902, TC-9: the child’s stabilisation is not counted', () => {
    const rest = fact('StabilisationPeriodRecognised', '2026-03-12T18:00:00.000Z');
    expect(inactivity([opened(), report(), rest], '2026-08-01T18:00:00.000Z')).toEqual({
      days: 0,
      level: 'NONE',
      paused: true,
    });
  });
});
