import type { RecordedEvent } from '@resguardo/eventing';
import { someEvent } from '@resguardo/eventing/testing';
import { recentEvents } from './recent-events.js';

const events = (from: number, to: number): readonly RecordedEvent[] =>
  Array.from({ length: to - from + 1 }, (_, i) => ({
    ...someEvent(),
    stream: 's',
    revision: from + i,
    position: String(from + i),
  }));
const positions = (found: readonly RecordedEvent[] | undefined) => found?.map(({ position }) => Number(position));

describe('the end of the history in memory', () => {
  it('gives what follows a position, up to the limit, and nothing that it does not have', () => {
    const recent = recentEvents();
    expect(recent.after('0', 10)).toBeUndefined();
    recent.add(events(5, 9));
    expect(positions(recent.after('4', 3))).toEqual([5, 6, 7]);
    expect(positions(recent.after('7', 10))).toEqual([8, 9]);
    expect(recent.after('3', 10)).toBeUndefined();
    expect(recent.after('9', 10)).toBeUndefined();
  });

  it('holds back batches that came before those in front of them, and joins what overlaps', () => {
    const recent = recentEvents();
    recent.add(events(1, 2));
    recent.add(events(6, 7));
    recent.add(events(5, 5));
    expect(positions(recent.after('1', 10))).toEqual([2]);
    expect(recent.after('4', 10)).toBeUndefined();
    recent.add(events(2, 4));
    expect(positions(recent.after('0', 10))).toEqual([1, 2, 3, 4, 5, 6, 7]);
    recent.add(events(3, 7));
    expect(positions(recent.after('5', 10))).toEqual([6, 7]);
  });

  it('starts again behind a gap that nobody fills, and forgets what is old', () => {
    const recent = recentEvents();
    recent.add(events(1, 2));
    for (let n = 0; n < 100; n++) recent.add(events(10 + n, 10 + n));
    expect(recent.after('1', 10)).toBeUndefined();
    expect(positions(recent.after('107', 10))).toEqual([108, 109]);
    for (let n = 110; n < 20_000; n += 100) recent.add(events(n, n + 99));
    expect(recent.after('1000', 10)).toBeUndefined();
    expect(positions(recent.after('20005', 10))).toEqual([20_006, 20_007, 20_008, 20_009]);
  });
});
