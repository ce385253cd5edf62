import { orderKey, partitionOf } from './partition.js';

// Hashes from the tests of Apache Kafka's Java client (UtilsTest.testMurmur2).
it.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('the partition of "%s" is the one that other clients choose', (key, hash) => {
  expect([1, 9, 64].map((count) => partitionOf(key, count))).toEqual(
    [1, 9, 64].map((count) => (hash & 0x7fffffff) % count),
  );
});

it('a case, its refusals and risk signals lie in one partition', () => {
  expect(orderKey('case-0b5e-11')).toBe('0b5e-11');
  expect(orderKey('oversight-0b5e-11')).toBe('0b5e-11');
});
