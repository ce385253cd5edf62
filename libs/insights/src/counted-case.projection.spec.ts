import { fieldsFor } from '@resguardo/contracts';
import { projected } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import { countedCases } from './counted-case.projection.js';

const opened = { state: '17', channel: 'POLICE' };
const recordedAt = (revision: number, type: string, at: string, data = {}) => {
  const message = factMessage('p1', revision, type, data);
  return { ...message, meta: { ...message.meta, recordedAt: at } };
};

it('R-719: of a case codes and quarters are kept, no day and no text', () => {
  const rows = projected(countedCases, [
    recordedAt(0, 'CaseOpened', '2026-03-31T20:00:00.000Z', { ...opened, zone: 'America/Mexico_City' }),
    recordedAt(1, 'ReportReceived', '2026-03-31T20:00:00.000Z', { channel: 'SCHOOL', mode: 'ORAL' }),
    recordedAt(2, 'ForensicInterviewConducted', '2026-04-01T05:59:00.000Z', { session: 1, minutes: 45 }),
    recordedAt(3, 'ForensicInterviewConducted', '2026-04-01T06:00:00.000Z', { session: 2, minutes: 45 }),
  ]);
  expect([...rows]).toEqual([
    [
      'p1',
      {
        opened: '2026-Q1',
        state: '17',
        channel: 'POLICE',
        // Until midnight of the capital the quarter is not over.
        interviews: ['2026-Q1', '2026-Q2'],
        // A day later it is settled.
        settled: '2026-Q1',
      },
    ],
  ]);
});

it('R-809: how a case came in is not known until somebody says it, and is counted as not known', () => {
  const { channel: _channel, ...unsaid } = opened;
  const first = factMessage('p1', 0, 'CaseOpened', unsaid);
  expect(projected(countedCases, [first]).get('p1')).toMatchObject({ channel: 'UNKNOWN' });
  const said = (at: string) => recordedAt(1, 'ReportCompleted', at, { channel: 'SCHOOL' });
  const opening = recordedAt(0, 'CaseOpened', '2026-02-01T12:00:00.000Z', unsaid);
  const channelOf = (at: string) => projected(countedCases, [opening, said(at)]).get('p1')?.channel;
  // counted anew, a quarter that is over must come out as it did.
  expect([channelOf('2026-03-31T20:00:00.000Z'), channelOf('2026-04-02T20:00:00.000Z')]).toEqual(['SCHOOL', 'UNKNOWN']);
});

it('what insights counts is on its feed', () => {
  const on = (type: string) => fieldsFor('insights', type, 'HEALTH');
  expect(on('CaseOpened')).toEqual(expect.arrayContaining(['state', 'channel']));
  expect(on('ReportReceived')).toContain('channel');
  expect(on('ReportCompleted')).toContain('channel');
  expect(on('ForensicInterviewConducted')).toContain('session');
  expect(on('CaseOpened')).not.toContain('folio');
});

it('other facts, and other streams, make no row', () => {
  const elsewhere = { ...factMessage('p1', 0, 'CaseOpened', opened), stream: 'oversight-p1' };
  expect(projected(countedCases, [factMessage('p1', 0, 'PrivacyNoticeGiven'), elsewhere]).size).toBe(0);
});
