import type { Agency, Reader } from '@resguardo/contracts';
import { AGENCIES } from '@resguardo/contracts';
import { projected } from '@resguardo/eventing';
import type { FactMessage, JsonObject } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import { caseCards } from './case-card.projection.js';
import { caseView } from './case-view.js';

type Told = readonly [type: string, data?: JsonObject, agency?: Agency];
const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 2, 2, 18) + hours * HOUR).toISOString();

const opened: Told = ['CaseOpened', { folio: 'F', sourceAgency: 'HEALTH' }];

/** What somebody of the prosecutor's office sees of a case at an hour; the facts happened at the hours 0, 1, 2 … */
const viewOf = (facts: readonly Told[], hours = 1_000, reader: Reader = 'PROSECUTOR') => {
  const messages = [opened, ...facts].map(([type, data = {}, agency = 'PROSECUTOR'], i): FactMessage => {
    const made = factMessage('1', i, type, data);
    const meta = { ...made.meta, actor: `a-${agency}`, agency, occurredAt: at(i), recordedAt: at(i) };
    return { ...made, id: `e${i}`, meta };
  });
  const agency = 'PROSECUTOR';
  const role = reader === 'SUPERVISOR' ? 'SUPERVISOR' : 'OFFICER';
  const caller: Caller = { sub: 'me', username: 'me', role, agency, states: ['17'], expiresAt: 0, tokenId: 't' };
  const viewer = { actor: 'me', agency, reader, underBreakGlass: false, onTeam: true };
  return caseView(projected(caseCards, messages).get('1')!, caller, viewer, at(hours));
};

describe('R-015: officials who heard the account', () => {
  const retold = (more: JsonObject = {}): Told => [
    'RetellingRecorded',
    { heardByAgency: 'PROSECUTOR', heardByRole: 'PROSECUTOR', actKind: 'DESK', accountGiven: true, ...more },
  ];
  const heard = (facts: readonly Told[], reader?: Reader) => {
    const { count, officials } = viewOf(facts, undefined, reader).retellings;
    return { count, officials };
  };

  it('R-015: four who are named are four; whoever heard it twice is one', () => {
    const four = ['a', 'b', 'c', 'd'].map((heardBy) => retold({ heardBy }));
    expect(heard(four.slice(0, 3))).toEqual({ count: 3, officials: 3 });
    expect(heard(four)).toEqual({ count: 4, officials: 4 });
    expect(heard([...four, retold({ heardBy: 'a' })])).toEqual({ count: 5, officials: 4 });
  });
  it('R-015: two unnamed listeners of one role are two officials', () =>
    expect(heard([retold(), retold()])).toEqual({ count: 2, officials: 2 }));
  it('R-015: an unnamed listener of an act that is known already is nobody more', () => {
    const report: Told = ['ReportReceived', { accountGiven: true }, 'HEALTH'];
    expect(heard([report, retold({ sameActAs: 'e1' })])).toEqual({ count: 1, officials: 1 });
    const bare: Told = ['ReportReceived', { accountGiven: false }, 'HEALTH'];
    expect(heard([bare, retold({ sameActAs: 'e1' }), retold({ sameActAs: 'e1' })])).toEqual({ count: 1, officials: 1 });
  });
  it('R-015: whoever is named as a listener of an act that is counted already has heard it, too', () =>
    expect(
      heard([['ReportReceived', { accountGiven: true }, 'HEALTH'], retold({ sameActAs: 'e1', heardBy: 'b' })]),
    ).toEqual({
      count: 1,
      officials: 2,
    }));
  it('R-015, C-10: a step that is not told of in full is counted, and who heard it only for a supervisor: one each', () => {
    const step: Told = ['StepTaken', { kind: 'EXAM', cls: 'D7', accountGiven: true }];
    expect(heard([step, step, retold()])).toEqual({ count: 3, officials: 1 });
    expect(heard([step, step, retold()], 'SUPERVISOR')).toEqual({ count: 3, officials: 3 });
  });
  it('R-015: where the account was not given nobody heard it', () =>
    expect(heard([retold({ accountGiven: false })])).toEqual({ count: 0, officials: 0 }));
});

describe('C-16, R-005: the question round is over when its time is', () => {
  const CLOSES = 50;
  const open: readonly Told[] = [
    ['InterviewPlanned', { interviewId: 'i', slot: at(122), minutes: 60 }],
    ['QuestionRoundOpened', { interviewId: 'i', closesAt: at(CLOSES) }],
  ];
  const roundOf = (facts: readonly Told[], hours: number) => {
    const { round, conditions } = viewOf(facts, hours).interview;
    const { rule, met, at: since } = conditions.find(({ key }) => key === 'round')!;
    return { rule, met, since, closed: round?.closed };
  };

  it('C-16, R-005: before it closes the condition is not met', () =>
    expect(roundOf(open, CLOSES - 0.001)).toEqual({ rule: 'R-005', met: false, since: null, closed: false }));
  it('C-16, R-005: from its hour on it is closed and the condition met, though no fact says so yet', () => {
    for (const hours of [CLOSES, CLOSES + 20])
      expect(roundOf(open, hours)).toEqual({ rule: 'R-005', met: true, since: at(CLOSES), closed: true });
  });
  it('C-6, C-16: one that was shortened closes at its new hour', () => {
    const shortened: readonly Told[] = [...open, ['QuestionRoundShortened', { interviewId: 'i', closesAt: at(20) }]];
    expect(roundOf(shortened, 19.999)).toMatchObject({ met: false, closed: false });
    expect(roundOf(shortened, 20)).toMatchObject({ met: true, since: at(20), closed: true });
  });
  it('R-005: what a fact says of its end holds, also before its hour', () => {
    const closed: readonly Told[] = [...open, ['QuestionRoundClosed', { interviewId: 'i', silent: [] }]];
    expect(roundOf(closed, 10)).toEqual({ rule: 'R-005', met: true, since: at(3), closed: true });
  });
  it('R-005: when all four agencies have answered the condition is met, and the round stays open to the adviser', () => {
    const answers = AGENCIES.map((agency): Told => [
      'QuestionSetDeclined',
      { interviewId: 'i', asLegalAdviser: false },
      agency,
    ]);
    expect(roundOf([...open, ...answers.slice(0, 3)], 10)).toMatchObject({ met: false, closed: false });
    expect(roundOf([...open, ...answers], 10)).toMatchObject({ met: true, since: null, closed: false });
  });
  it('R-005: without a round there is nothing that is over', () => {
    expect(roundOf([], 10)).toEqual({ rule: 'R-005', met: false, since: null, closed: undefined });
    expect(roundOf([...open, ['InterviewCancelled', { interviewId: 'i' }]], 500)).toMatchObject({ met: false });
  });
});

it('R-019, M-2: what is said of a report later never lengthens the term of the interview', () => {
  const due = (factsRecent: string, ...more: readonly Told[]) =>
    viewOf([['ReportReceived', { factsRecent }], ...more], 10).terms.find(({ key }) => key === 'interview')?.dueAt;
  const later: Told = ['ReportCompleted', { reportId: 'e1', answered: [], factsRecent: 'NO' }];
  expect(due('NO')).toBe('2026-03-24T05:59:59.999Z');
  expect([due('YES'), due('YES', later)]).toEqual(['2026-03-10T05:59:59.999Z', '2026-03-10T05:59:59.999Z']);
});
