import type { CommandContext } from '@resguardo/eventing';
import { CASE_ID, NOON } from '@resguardo/eventing/testing';
import type { CaseFileAsk } from './case-file.capability.js';
import { caseFileCapability } from './case-file.capability.js';
import { OTHER_CASE, PROSECUTOR, report, THIRD_CASE } from './testing/given.js';

const context: CommandContext = { caseId: CASE_ID, commandId: 'command-1', at: NOON, occurredAt: NOON, by: PROSECUTOR };
const identity = { givenNames: 'Canary', curp: 'CANARY' };

const asked = (answers: Partial<CaseFileAsk> = {}) => {
  const kept: unknown[] = [];
  const ask: CaseFileAsk = {
    registerChild: async (said) => {
      kept.push(said);
      return { childId: 'child-1', keyId: 'key-1', underSix: 'NO' };
    },
    registerThirdPerson: async () => ({ personId: 'person-1' }),
    search: async () => [],
    caseOfMatch: async (searchId, matchId, actor) =>
      searchId === 'search' && matchId === 'match' && actor === PROSECUTOR.actor ? OTHER_CASE : undefined,
    ...answers,
  };
  return { kept, prepare: caseFileCapability(ask).prepare! };
};

describe('what is asked before the case file decides', () => {
  it('R-703: the identity goes to the vault and leaves the input', async () => {
    const { kept, prepare } = asked();
    const { input, known } = await prepare('receiveReport', { ...report, state: '17', identity }, context);
    expect(kept).toEqual([expect.objectContaining({ caseId: CASE_ID, identity, versionId: 'command-1' })]);
    expect(JSON.stringify({ input, known })).not.toMatch(/canary/i);
    expect(known).toMatchObject({ search: 'MADE', child: { childId: 'child-1' } });
  });
  it('R-201: while the search is down the report goes on as provisional', async () => {
    const { prepare } = asked({
      search: async () => {
        throw new Error('away');
      },
    });
    const { known } = await prepare('receiveReport', { ...report, identity }, context);
    expect(known).toMatchObject({ search: 'NOT_MADE', child: { childId: 'child-1' } });
  });
  it('R-201: a report of an unknown child asks nothing', async () => {
    const { kept, prepare } = asked();
    const { known } = await prepare('receiveReport', { ...report, identity: {} }, context);
    expect(known).toMatchObject({ search: 'NOTHING_TO_SEARCH' });
    expect(kept).toEqual([]);
  });
  it('C-4: sure matches and a recognised one are linked, possible ones are counted, the case itself is not its match', async () => {
    const { prepare } = asked({
      search: async () => [
        { caseId: THIRD_CASE, certain: true },
        { caseId: 'possible', certain: false },
        { caseId: CASE_ID, certain: true },
      ],
    });
    const { known } = await prepare(
      'receiveReport',
      { ...report, identity, searchId: 'search', matchId: 'match' },
      context,
    );
    expect(known).toMatchObject({ possibleMatches: 2, sameChildIn: [OTHER_CASE, THIRD_CASE] });
  });
  it('C-11: the case behind a match is told only to who searched', async () => {
    const { prepare } = asked();
    const input = { searchId: 'search', matchId: 'match', linkKind: 'SAME_CHILD' };
    expect((await prepare('linkCase', input, context)).known).toEqual({ otherCaseId: OTHER_CASE });
    const other = { ...context, by: { ...PROSECUTOR, actor: 'somebody' } };
    expect((await prepare('linkCase', input, other)).known).toEqual({});
  });
});
