import { StoreUnavailable } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import { accessRecorder, accessStream } from './access-recorder.js';

const caller: Caller = {
  sub: 'demo:salud.morelos',
  username: 'salud.morelos',
  role: 'OFFICER',
  agency: 'HEALTH',
  states: ['17'],
  expiresAt: 0,
  tokenId: 't',
};
const AT = '2026-03-02T18:00:00.000Z';
const reading = { caller, operation: 'timeline', cases: ['c1'], classes: ['D0', 'D7'], purpose: 'CARE' } as const;
const opened = () => {
  const store = memoryEventStore();
  return { store, recorder: accessRecorder(store, () => AT) };
};

it('R-705: who had a case tried again or a fact set aside is on their own stream, with what it was about and why', async () => {
  const { store, recorder } = opened();
  const order = {
    caller,
    cases: ['c1'],
    service: 'health',
    follower: 'timeline_entries',
    standing: 'x',
    revision: 5,
  } as const;
  await recorder.ordered({ ...order, operation: 'retryParkedCase' });
  await recorder.ordered({
    ...{ ...order, operation: 'setParkedCaseAside', cases: [] },
    ...{ factType: 'RetellingRecorded', reason: 'SAID_AGAIN' },
  });
  const { events } = await store.read('access-demo:salud.morelos-202603');
  const about = { service: 'health', follower: 'timeline_entries', revision: 5 };
  expect(events.map(({ type, data, meta: { caseId, occurredAt } }) => ({ type, data, caseId, occurredAt }))).toEqual([
    {
      type: 'RetryOrdered',
      data: { operation: 'retryParkedCase', cases: ['c1'], ...about },
      ...{ caseId: 'c1', occurredAt: AT },
    },
    {
      type: 'SetAsideOrdered',
      data: {
        ...{ operation: 'setParkedCaseAside', cases: [], ...about },
        ...{ factType: 'RetellingRecorded', reason: 'SAID_AGAIN' },
      },
      ...{ caseId: 'none', occurredAt: AT },
    },
  ]);
});

it('R-705: a reading is on the stream of its reader and month when the promise resolves', async () => {
  const { store, recorder } = opened();
  await recorder.viewed({ ...reading, task: 'g1', via: 'break-glass' });
  const { events } = await store.read('access-demo:salud.morelos-202603');
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({
    type: 'RecordViewed',
    data: {
      operation: 'timeline',
      cases: ['c1'],
      classes: ['D0', 'D7'],
      purpose: 'CARE',
      task: 'g1',
      via: 'break-glass',
    },
    meta: { caseId: 'c1', actor: caller.sub, agency: 'HEALTH', role: 'OFFICER', occurredAt: AT },
  });
});

it('R-705: a denial and an export are recorded as such', async () => {
  const { store, recorder } = opened();
  await recorder.denied({ ...reading, purpose: 'because I want to', rule: 'R-702', code: 'E-PURPOSE' });
  await recorder.exported({ ...reading, entries: 12 });
  const { events } = await store.read(accessStream(caller.sub, AT));
  expect(events.map(({ type }) => type)).toEqual(['AccessDenied', 'ExportMade']);
  expect(JSON.stringify(events)).not.toContain('because I want to');
  expect(events[1]!.data).toMatchObject({ entries: 12 });
});

it('R-705: a search that found nobody, and one that was refused, are one record each without a case', async () => {
  const { store, recorder } = opened();
  const search = { caller, operation: 'findChild', cases: [], purpose: 'INTAKE' } as const;
  await recorder.viewed({ ...search, classes: ['D1'], via: 'intake' });
  await recorder.denied({ ...search, rule: 'C-11', code: 'E-SEARCH-RATE' });
  const { events } = await store.read(accessStream(caller.sub, AT));
  const said = { operation: 'findChild', cases: [], purpose: 'INTAKE' };
  expect(events.map(({ type, data, meta: { caseId } }) => ({ type, data, caseId }))).toEqual([
    { type: 'RecordViewed', data: { ...said, classes: ['D1'], via: 'intake' }, caseId: 'none' },
    { type: 'AccessDenied', data: { ...said, rule: 'C-11', code: 'E-SEARCH-RATE' }, caseId: 'none' },
  ]);
});

it('R-705: two hundred readings at once are two hundred records', async () => {
  const { store, recorder } = opened();
  await Promise.all(Array.from({ length: 200 }, () => recorder.viewed(reading)));
  expect((await store.read(accessStream(caller.sub, AT))).events).toHaveLength(200);
});

it('R-705: a list of more cases than one record names is recorded whole', async () => {
  const { store, recorder } = opened();
  const cases = Array.from({ length: 1001 }, (_, i) => `c${i}`);
  await recorder.viewed({ ...reading, cases });
  const { events } = await store.read(accessStream(caller.sub, AT));
  expect(events.flatMap(({ data }) => data['cases'])).toEqual(cases);
});

it('R-705: when the record cannot be kept, the caller hears of it and may not answer', async () => {
  const recorder = accessRecorder({ append: () => Promise.reject(new StoreUnavailable('away')) }, () => AT);
  await expect(recorder.viewed(reading)).rejects.toThrow(StoreUnavailable);
});

it('R-702: a reading that no purpose was given for is a fault of ours, not a record', async () => {
  const { recorder } = opened();
  await expect(recorder.viewed({ ...reading, purpose: 'CURIOSITY' })).rejects.toThrow('purpose');
});
