import { allCommands } from '@resguardo/contracts';
import { nothingToActOn } from './nothing-to-act-on.js';
import type { CaseView } from './types.js';

const interview = { stage: 'NOT_PLANNED', interviewId: null, conducted: 0, round: null, questions: [], record: null };
/** A case in which nothing has happened yet but its report. */
const fresh = {
  via: 'OWN_TEAM',
  tasks: [],
  links: [],
  pending: [],
  team: [{ agency: 'PROSECUTOR' }],
  referrals: [],
  responsibilityOfferedTo: null,
  closing: { state: 'OPEN' },
  erased: false,
  behind: false,
  incompleteSince: null,
  interview,
};
const me = { actor: 'somebody', agency: 'PROSECUTOR', role: 'OFFICER' };
const nothing = (command: string, change: object = {}, by: object = {}) =>
  nothingToActOn(command, { ...fresh, ...change } as unknown as CaseView, { ...me, ...by });

describe('a form that would find nothing to act on', () => {
  it('M-1: is never the form of a fact', () => {
    const facts = Object.keys(allCommands).filter((name) => allCommands[name]!.mark === 'fact');
    expect(facts.length).toBeGreaterThan(30);
    for (const closing of ['OPEN', 'CLOSED'])
      expect(facts.filter((name) => nothing(name, { team: [], closing: { state: closing } }))).toEqual([]);
  });

  it('is not known in a case of which facts are missing', () => {
    expect(nothing('reopenCase')).toBe(true);
    expect(nothing('reopenCase', { behind: true })).toBe(false);
    expect(nothing('reopenCase', { incompleteSince: '2026-02-10T12:00:00.000Z' })).toBe(false);
  });

  it('R-001: asking for a first or another interview is always answered by the rule, which tells what can be done instead', () => {
    for (const stage of ['NOT_PLANNED', 'PLANNED', 'IN_PROGRESS', 'CONDUCTED', 'CONDUCTED_ELSEWHERE'])
      for (const command of ['planInterview', 'requestAdditionalInterview'])
        expect([stage, command, nothing(command, { interview: { ...interview, stage } })]).toEqual([
          stage,
          command,
          false,
        ]);
  });

  it('R-212, R-219: follows the case from proposal to end and back', () => {
    const shown = (state: string) =>
      ['proposeClosure', 'finaliseClosure', 'closeCase', 'reopenCase'].filter(
        (name) => !nothing(name, { closing: { state } }),
      );
    for (const state of ['OPEN', 'REOPENED']) expect(shown(state)).toEqual(['proposeClosure']);
    for (const state of ['PROPOSED', 'NOTIFIED', 'CHALLENGED', 'FINAL'])
      expect(shown(state)).toEqual(['finaliseClosure', 'closeCase']);
    expect(shown('CLOSED')).toEqual(['reopenCase']);
  });

  it('R-704: an access that is not open is not ended, and none is opened by whoever has one', () => {
    const shown = (via: string) => ['useBreakGlass', 'endBreakGlass'].filter((name) => !nothing(name, { via }));
    expect(shown('OWN_TEAM')).toEqual([]);
    expect(shown('BREAK_GLASS')).toEqual(['endBreakGlass']);
    expect(shown('REQUEST')).toEqual(['useBreakGlass']);
  });

  it('R-905: answers what came to one’s agency and takes back what it sent, until that has ended', () => {
    const shown = (referral: object) =>
      ['answerReferral', 'withdrawReferral'].filter((name) => !nothing(name, { referrals: [referral] }));
    for (const state of ['WAITING', 'ACCEPTED']) {
      expect(shown({ from: 'HEALTH', to: 'PROSECUTOR', state })).toEqual(['answerReferral']);
      expect(shown({ from: 'PROSECUTOR', to: 'HEALTH', state })).toEqual(['withdrawReferral']);
    }
    for (const state of ['DECLINED', 'DONE', 'WITHDRAWN'])
      expect(shown({ from: 'HEALTH', to: 'PROSECUTOR', state })).toEqual([]);
    expect(shown({ from: 'HEALTH', to: 'CHILD_PROTECTION', state: 'WAITING' })).toEqual([]);
  });

  it('C-9: responsibility is answered by the agency that it was offered to', () => {
    expect(nothing('acceptResponsibility')).toBe(true);
    expect(nothing('acceptResponsibility', { responsibilityOfferedTo: 'HEALTH' })).toBe(true);
    expect(nothing('declineResponsibility', { responsibilityOfferedTo: 'PROSECUTOR' })).toBe(false);
  });

  it('R-005: an agency says once what it would ask, while the round is open; legal advisers do so beside theirs', () => {
    const round = (answer: string, closed = false) => ({
      interview: {
        ...interview,
        stage: 'PLANNED',
        interviewId: 'i',
        round: { closed, agencies: [{ agency: 'PROSECUTOR', answer }] },
      },
    });
    const asks = (change: object, by: object = {}) => !nothing('submitQuestions', change, by);
    expect(asks({})).toBe(false);
    expect(asks(round('WAITING'))).toBe(true);
    expect(asks(round('DECLINED'))).toBe(false);
    expect(asks(round('DECLINED'), { role: 'LEGAL_ADVISER' })).toBe(true);
    expect(asks(round('WAITING', true))).toBe(false);
  });
});
