import type { FactMessage } from '@resguardo/eventing';
import { CASE_ID, NOON } from '@resguardo/eventing/testing';
import { linkedCases } from './linked-cases.process.js';
import { OTHER_CASE } from './testing/given.js';

const message = (type: string, data: object) =>
  ({ type, data, caseId: CASE_ID, withheld: false, meta: { occurredAt: NOON } }) as unknown as FactMessage;
const said = (type: string, data: object) => linkedCases.react(message(type, data), {});

describe('C-4: what is said of two cases is written on both streams', () => {
  it.each([
    ['CaseLinked', { linkKind: 'SAME_CHILD', urgency: 'URGENT' }, 'noteCaseLinked'],
    ['CaseUnlinked', { unlinkReason: 'ANOTHER_CHILD' }, 'noteCaseUnlinked'],
    ['FactsConfirmedDistinct', {}, 'noteFactsDistinct'],
    ['FactsConfirmedSame', { leadCaseId: OTHER_CASE }, 'noteFactsSame'],
  ])('C-4: %s', (type, data, name) =>
    expect(said(type, { otherCaseId: OTHER_CASE, mirrored: false, ...data })).toEqual([
      { name, caseId: OTHER_CASE, input: { otherCaseId: CASE_ID, ...data }, occurredAt: NOON },
    ]),
  );
  it('C-4: what was mirrored is not sent back', () =>
    expect(
      said('CaseLinked', { otherCaseId: OTHER_CASE, linkKind: 'SAME_CHILD', urgency: 'URGENT', mirrored: true }),
    ).toEqual([]));
  it('C-4: other facts are nobody else’s', () => expect(said('ReportReceived', {})).toEqual([]));
});
