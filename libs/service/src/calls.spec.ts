import { randomUUID } from 'node:crypto';
import { datedCalls, KeysDestroyedCall, OpenCall, RepairCall } from './calls.js';

const { ViewedCall, DeniedCall, OrderedCall } = datedCalls(() => new Date().toISOString());

const viewed = {
  operation: 'timeline',
  cases: [randomUUID()],
  classes: ['D0'],
  purpose: 'CARE',
  task: 'team',
  via: 'team',
};
const denied = { operation: 'detail', cases: [randomUUID()], rule: 'R-701', code: 'E-NEED' };
const days = (n: number) => new Date(Date.now() + n * 86_400_000).toISOString();

/** What is stored once is told to every feed for ever: one word that a feed cannot carry would stop them all. */
describe('what services say of a reading is in the words that feeds carry', () => {
  it('as the product says it', () => {
    expect(ViewedCall.parse({ ...viewed, at: days(-2) })).toMatchObject(viewed);
    expect(ViewedCall.parse({ ...viewed, cases: ['none'] }).cases).toEqual(['none']);
    expect(DeniedCall.parse(denied)).toEqual(denied);
  });
  it.each([
    ['a case that is none', { cases: ['no case / at all'] }],
    ['an operation in words', { operation: 'looked at everything' }],
    ['a task in words', { task: 'because I was curious' }],
    ['a purpose of no list', { purpose: 'CURIOSITY' }],
    ['a class of no list', { classes: ['D99'] }],
    ['a time long ago', { at: '0001-01-01T00:00:00Z' }],
    ['a time to come', { at: days(1) }],
  ])('%s is refused', (_what, change) => expect(ViewedCall.safeParse({ ...viewed, ...change }).success).toBe(false));
  it.each([
    ['a rule in words', { rule: 'the rule of thumb' }],
    ['a code in words', { code: 'No, never' }],
  ])('%s is refused', (_what, change) => expect(DeniedCall.safeParse({ ...denied, ...change }).success).toBe(false));
  it('an order names follower, revision and a reason of the list, in words of the program alone', () => {
    const order = {
      ...{ operation: 'setParkedCaseAside', cases: [randomUUID()], service: 'health', follower: 'timeline_entries' },
      ...{ standing: 'x', revision: 5, factType: 'RetellingRecorded', reason: 'SAID_AGAIN' },
    };
    expect(OrderedCall.parse(order)).toEqual(order);
    for (const change of [
      { follower: 'timeline_entries; drop table' },
      { service: 'nobody' },
      { revision: -1 },
      { factType: 'a fact in words' },
      { reason: 'because María said so' },
    ])
      expect([change, OrderedCall.safeParse({ ...order, ...change }).success]).toEqual([change, false]);
    const repair = { follower: 'timeline_entries', standing: 'x', revision: 5, proof: 'p' };
    expect(RepairCall.parse(repair)).toEqual(repair);
    expect(RepairCall.safeParse({ ...repair, proof: undefined }).success).toBe(false);
    expect(RepairCall.safeParse({ ...repair, reason: 'a reason in words' }).success).toBe(false);
  });
  it('whoever was turned away from what is no case is on record without it', () =>
    expect(DeniedCall.parse({ ...denied, cases: ['x', denied.cases[0]] }).cases).toEqual(denied.cases));
  it('nothing is opened but a fact of a case, and nothing erased but by number', () => {
    const fact = { caseId: randomUUID(), eventId: randomUUID(), revision: 0, classes: [], operation: 'detail' };
    expect(OpenCall.safeParse({ ...fact, purpose: 'CARE' }).success).toBe(true);
    expect(OpenCall.safeParse({ ...fact, purpose: 'CARE', operation: 'everything' }).success).toBe(false);
    expect(KeysDestroyedCall.safeParse({ caseId: fact.caseId, erasureId: 'er-1', keys: -1 }).success).toBe(false);
  });
});
