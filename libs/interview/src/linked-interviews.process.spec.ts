import type { FactMessage } from '@resguardo/eventing';
import { linkedInterviews } from './linked-interviews.process.js';

const CASE = 'case-a';
const AT = '2026-03-02T18:00:00.000Z';

/** What the process tells after each of these facts of one case. */
const toldAfter = (...facts: readonly (readonly [type: string, data: object])[]) => {
  let state = linkedInterviews.start;
  return facts.map(([type, data], revision) => {
    const message = {
      id: `e${revision}`,
      type,
      schemaVersion: 1,
      data,
      meta: {
        caseId: CASE,
        occurredAt: AT,
        recordedAt: AT,
        actor: 'a',
        agency: 'PROSECUTOR',
        role: 'OFFICER',
        commandId: 'c',
      },
      stream: `case-${CASE}`,
      revision,
      position: `${revision}`,
      caseId: CASE,
      withheld: false,
    } as unknown as FactMessage;
    state = linkedInterviews.evolve(state, message);
    return linkedInterviews
      .react(message, state)
      .map(({ caseId, input }) => `${caseId} ${input.step} ${input.standing}`);
  });
};

const same = ['FactsConfirmedSame', { otherCaseId: 'case-b', leadCaseId: CASE }] as const;
const held = [
  'ForensicInterviewConducted',
  { interviewId: 'i', session: 1, standing: 'FIRST', topicsCovered: [], accountGiven: true, heldBy: 'PROSECUTOR' },
] as const;

describe('C-4: interviews of cases with the same facts count in each', () => {
  it('R-003: a linked case is told what is planned and held, each once', () =>
    expect(
      toldAfter(same, ['InterviewPlanned', { interviewId: 'i', slot: AT, topics: [] }], held, [
        'CaseLinked',
        { otherCaseId: 'case-b', linkKind: 'SAME_CHILD' },
      ]),
    ).toEqual([[], ['case-b PLANNED FIRST'], ['case-b CONDUCTED FIRST'], []]));
  it('R-003: what was held before is told when the facts turn out to be the same', () =>
    expect(toldAfter(['CaseLinked', { otherCaseId: 'case-b', linkKind: 'SAME_CHILD' }], held, same)).toEqual([
      [],
      [],
      ['case-b CONDUCTED FIRST'],
    ]));
  it('R-003: it is taken back when the fact is retracted, or the facts turn out to be others', () => {
    expect(toldAfter(same, held, ['FactRetracted', { eventId: 'e1' }])[2]).toEqual(['case-b RETRACTED FIRST']);
    expect(toldAfter(same, held, ['FactsConfirmedDistinct', { otherCaseId: 'case-b' }])[2]).toEqual([
      'case-b RETRACTED FIRST',
    ]);
  });
  it('R-003: what has a sealed record goes on counting there, whatever is retracted of its sessions', () => {
    const sealed = ['InterviewRecordSealed', { interviewId: 'i', topicsCovered: [] }] as const;
    const plan = ['InterviewPlanned', { interviewId: 'i', slot: AT, topics: [] }] as const;
    expect(toldAfter(same, held, sealed, ['FactRetracted', { eventId: 'e1' }]).slice(2)).toEqual([[], []]);
    expect(toldAfter(same, plan, held, sealed, ['FactRetracted', { eventId: 'e2' }]).slice(3)).toEqual([[], []]);
    // Also where the facts turn out to be the same only afterwards.
    expect(toldAfter(held, sealed, ['FactRetracted', { eventId: 'e0' }], same)[3]).toEqual(['case-b CONDUCTED FIRST']);
  });
  it('R-003: a fact of no concern tells nothing again', () =>
    expect(toldAfter(same, held, ['RightsExplained', {}])[2]).toEqual([]));
});
