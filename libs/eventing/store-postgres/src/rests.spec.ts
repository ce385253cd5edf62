import { rests } from './rests.js';

/** What a follower rests after batches of so many messages, each of which took so long. */
const after = (...batches: readonly (readonly [messages: number, tookMs: number])[]) => {
  const rest = rests();
  return batches.map(([messages, tookMs]) => rest(messages, tookMs));
};

it('after a large batch it rests no longer than after a small one: what was held up by something is waited for', () =>
  expect(after([500, 30], [1, 30], [500, 30], [9, 5])).toEqual([0, 0, 0, 15]));

it('from the second large one in a row it rests the longer the longer it took, but no more than a quarter of a second', () =>
  expect(after([10, 30], [10, 30], [10, 50], [500, 1_000])).toEqual([0, 120, 200, 250]));

it('a small one ends the row', () => expect(after([10, 30], [10, 30], [9, 30], [10, 30])).toEqual([0, 120, 0, 0]));

it('batches set out at most every twenty milliseconds, whatever they hold', () =>
  expect(after([1, 0], [1, 12], [1, 20], [10, 1], [10, 1], [10, 5])).toEqual([20, 8, 0, 19, 19, 20]));

it('each follower has a row of its own', () => {
  const [one, other] = [rests(), rests()];
  one(10, 30);
  expect([other(10, 30), one(10, 30)]).toEqual([0, 120]);
});
