import type { RecordedEvent } from '@resguardo/eventing';
import { uuidv5 } from '@resguardo/eventing';
import { someEvent } from '@resguardo/eventing/testing';
import {
  type Acknowledged,
  commandFindings,
  feedFindings,
  type FeedRecord,
  rowFindings,
  type Told,
} from './checker.js';

const AT = '2026-03-02T15:00:00.000Z';
const said = (commandId: string, revision: number): Acknowledged => ({
  ...{ actor: 'a', command: 'recordRetelling', commandId, occurredAt: AT, at: { caseId: 'c', revision } },
});
const event = (commandId: string, revision: number, index = 0): RecordedEvent => {
  const made = someEvent();
  return {
    ...made,
    ...{ id: uuidv5('a', commandId, String(index)), stream: 'case-c', revision, position: String(revision) },
    meta: { ...made.meta, caseId: 'c', actor: 'a', commandId, occurredAt: AT },
  };
};

describe('the checker of acknowledged commands', () => {
  const history = [event('1', 0), event('2', 1), event('2', 2, 1)];

  it('finds nothing where each is there once', () =>
    expect(commandFindings([said('1', 0), said('2', 2)], history)).toEqual([]));

  it.each<[string, readonly Acknowledged[], readonly RecordedEvent[], string]>([
    ['a lost one', [said('1', 0), said('3', 3)], history, 'is not in the store'],
    [
      'one that was kept and never arrived',
      [{ ...said('3', 3), at: undefined }] as never,
      history,
      'is not in the store',
    ],
    ['one that is there twice', [said('1', 1)], [event('1', 0), { ...event('1', 1), id: 'another' }], 'more than once'],
    ['an event that is there twice', [], [event('1', 0), event('1', 1)], 'is in the store twice'],
    ['one at another revision', [said('1', 1)], history, 'was acknowledged at 1'],
    ['one in two pieces', [said('2', 2)], [event('2', 0), event('1', 1), event('2', 2, 1)], 'not in one piece'],
    ['one with another time', [{ ...said('1', 0), occurredAt: '2026-03-02T14:00:00.000Z' }], history, 'is dated'],
    ['a gap', [], [event('1', 0), event('2', 2)], 'goes on at 2, not 1'],
  ])('finds %s', (_what, answered, events, finding) =>
    expect(commandFindings(answered, events)).toEqual([expect.stringContaining(finding)]),
  );
});

const wire = (text: string) => ({ key: 'c', headers: { ce_id: text }, value: text });
const told: readonly Told[] = ['zero', 'one', 'two'].map((text, revision) => ({
  stream: 'case-c',
  revision,
  partition: 4,
  wire: wire(text),
}));
const record = (text: string, offset: number, partition = 4): FeedRecord => ({
  ...wire(text),
  ...{ offset: String(offset), partition },
});
const records = (...texts: readonly string[]) => texts.map((text, offset) => record(text, offset));

describe('the checker of a feed', () => {
  it('bears what comes again, the same, behind all that is before it, and counts it', () =>
    expect(feedFindings('health', told, records('zero', 'one', 'zero', 'one', 'two'))).toEqual({
      found: [],
      repeats: 2,
    }));

  it.each<[string, readonly FeedRecord[], string]>([
    ['a message that is missing at the end', records('zero', 'one'), 'feed-health ends case-c at 1, the store at 2'],
    ['one that is missing within', records('zero', 'two'), 'feed-health 4@1: case-c has 2 before 1'],
    ['disorder', records('one', 'zero', 'two'), 'feed-health 4@0: case-c has 1 before 0'],
    ['one that was changed', [...records('zero', 'one', 'two'), record('two ', 3)], '4@3 is not what the store has'],
    [
      'one that says more',
      [{ ...record('zero', 0), headers: { ce_id: 'zero', more: 'x' } }, ...records('zero', 'one', 'two')],
      '4@0 is not what',
    ],
    ['one that lies elsewhere', [record('zero', 0, 5), ...records('one', 'two')], '5@0 is in another partition'],
  ])('finds %s', (_what, given, finding) =>
    expect(feedFindings('health', told, given).found).toEqual([expect.stringContaining(finding)]),
  );

  it('leaves out what a test put there, and nothing else', () => {
    const given = [...records('zero', 'one', 'two'), record('foreign', 3), record('foreign', 4)];
    expect(feedFindings('health', told, given, new Set(['4@3'])).found).toEqual([
      'feed-health 4@4 is not what the store has for this reader',
    ]);
  });
});

describe('the checker of a view', () => {
  const rows = [
    { key: 'a', doc: { n: 1, list: [1, 2] } },
    { key: 'b', doc: { n: 2 } },
  ];
  it('does not mind the order of rows and names', () =>
    expect(
      rowFindings('v', rows, [
        { doc: { n: 2 }, key: 'b' },
        { key: 'a', doc: { list: [1, 2], n: 1 } },
      ]),
    ).toEqual([]));

  it.each([
    ['a wrong row', [{ key: 'a', doc: { n: 1, list: [2, 1] } }, rows[1]!], 'v a: is another'],
    ['a row that is missing', [rows[0]!], 'v b: is missing'],
    ['a row too many', [...rows, { key: 'c', doc: {} }], 'v c: is there without reason'],
  ])('finds %s', (_what, used, finding) =>
    expect(rowFindings('v', used, rows)).toEqual([expect.stringContaining(finding)]),
  );
});
