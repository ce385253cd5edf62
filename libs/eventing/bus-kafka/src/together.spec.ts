import fc from 'fast-check';
import { together } from './together.js';

const read = (...offsets: readonly number[]) => offsets.map((offset) => ({ offset: String(offset) }));

/** Work that is held until it is let go, and what it was given. */
const byHand = (limit = 100, offsets = new Map<number, number>()) => {
  const given: string[][] = [];
  const places: Record<string, number>[] = [];
  let end: { done: () => void; fail: (error: Error) => void } | undefined;
  const stop = new AbortController();
  const taking = together({
    ...{ offsets, limit, stop: stop.signal },
    work: (messages, upTo) => {
      given.push(messages.map(({ partition, read: { offset } }) => `${partition}@${offset}`));
      places.push(Object.fromEntries(upTo));
      return new Promise<void>((done, fail) => (end = { done, fail }));
    },
  });
  const next = async () => {
    for (const late = performance.now() + 5_000; !end; await new Promise((go) => setImmediate(go)))
      if (performance.now() > late) throw new Error('no work');
    const held = end;
    end = undefined;
    return held;
  };
  return { ...{ taking, given, places, offsets, stop, next } };
};

it('what comes of several partitions goes together: at once, and while a batch is under way', async () => {
  const { taking, given, places, offsets, next } = byHand(100, new Map([[7, 3]]));
  const first = [taking.take(0, read(0, 1)), taking.take(1, read(0))];
  const work = await next();
  const second = [taking.take(2, read(0)), taking.take(3, read(0, 1))];
  expect(offsets).toEqual(new Map([[7, 3]]));
  work.done();
  await Promise.all(first);
  (await next()).done();
  await Promise.all(second);
  expect(given).toEqual([
    ['0@0', '0@1', '1@0'],
    ['2@0', '3@0', '3@1'],
  ]);
  expect(places).toEqual([
    { 7: 3, 0: 2, 1: 1 },
    { 7: 3, 0: 2, 1: 1, 2: 1, 3: 2 },
  ]);
  expect(Object.fromEntries(offsets)).toEqual(places[1]);
});

it('no more than the limit at a time; who waits is told when all of its own was taken', async () => {
  const { taking, given, next } = byHand(3);
  let told = false;
  const one = taking.take(0, read(0, 1));
  const other = taking.take(1, read(0, 1, 2)).then(() => (told = true));
  (await next()).done();
  await one;
  const rest = await next();
  expect(told).toBe(false);
  rest.done();
  await other;
  expect(given).toEqual([
    ['0@0', '0@1', '1@0'],
    ['1@1', '1@2'],
  ]);
});

it('what was taken before is left out, and nothing but that is no work', async () => {
  const { taking, given, next } = byHand(100, new Map([[0, 2]]));
  const both = [taking.take(0, read(1, 2, 3)), taking.take(0, read(2, 3, 4))];
  (await next()).done();
  await Promise.all(both);
  await taking.take(0, read(0, 4));
  expect(given).toEqual([['0@2', '0@3', '0@4']]);
});

it('work that fails moves nothing, is told once, and lets everybody go', async () => {
  const { taking, given, offsets, next } = byHand();
  const first = taking.take(0, read(0));
  const { fail } = await next();
  const waits = taking.take(1, read(0));
  fail(new Error('the table is gone'));
  await Promise.all([first, waits, taking.take(2, read(0))]);
  await expect(taking.settled()).rejects.toThrow('the table is gone');
  expect([taking.over.aborted, given, [...offsets]]).toEqual([true, [['0@0']], []]);
});

it('after the stop nothing is begun, and what is under way is waited for', async () => {
  const { taking, given, offsets, stop, next } = byHand();
  const first = taking.take(0, read(0));
  const { done } = await next();
  const waits = taking.take(1, read(0));
  stop.abort();
  done();
  await Promise.all([first, waits, taking.take(2, read(0)), taking.settled()]);
  expect([given, [...offsets]]).toEqual([[['0@0']], [[0, 1]]]);
});

it('however batches overlap: each message is taken once, in the order of its partition, and never more than the limit', async () => {
  const batch = fc.record({ partition: fc.nat(2), from: fc.nat(6), length: fc.integer({ min: 1, max: 6 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(batch, { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), async (batches, limit) => {
      const offsets = new Map<number, number>();
      const seen = new Map<number, number[]>();
      let most = 0;
      const taking = together({
        ...{ offsets, limit, stop: new AbortController().signal },
        work: async (messages) => {
          most = Math.max(most, messages.length);
          for (const {
            partition,
            read: { offset },
          } of messages)
            seen.set(partition, [...(seen.get(partition) ?? []), Number(offset)]);
          await new Promise((go) => setImmediate(go));
        },
      });
      // As the consumers do: nothing that begins after what is wanted is given out.
      const wanted = new Map<number, number>();
      await Promise.all(
        batches.map(({ partition, from, length }) => {
          const first = Math.min(from, wanted.get(partition) ?? 0);
          wanted.set(partition, Math.max(wanted.get(partition) ?? 0, first + length));
          return taking.take(partition, read(...Array.from({ length }, (_, i) => first + i)));
        }),
      );
      await taking.settled();
      expect(most).toBeLessThanOrEqual(limit);
      expect(offsets).toEqual(wanted);
      for (const [partition, end] of wanted)
        expect(seen.get(partition)).toEqual(Array.from({ length: end }, (_, i) => i));
    }),
  );
});
