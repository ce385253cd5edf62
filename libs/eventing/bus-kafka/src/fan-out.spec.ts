import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { type Consume, type FanOutOptions, fanOut, type Fetched, type Served } from './fan-out.js';

type Batch = readonly number[];
const PARTITIONS = [0, 1, 2];

/** A topic and the client's consumer, as surprising as that one is: what it fetched before a seek still comes, and it ends by itself now and then. */
const topicOf = (random: () => number) => {
  const ends = new Map(PARTITIONS.map((partition) => [partition, 0]));
  let [consumers, most] = [0, 0];
  let isRestless = false;
  const life = async (served: Parameters<Consume<Batch>>[0], over: AbortSignal): Promise<void> => {
    const cursors = new Map(PARTITIONS.map((partition) => [partition, served.expected(partition)]));
    const sought = new Map<number, number>();
    served.seekWith((partition) => !!sought.set(partition, served.expected(partition)));
    try {
      while (!over.aborted && !(isRestless && random() < 0.05)) {
        for (const [partition, place] of sought) cursors.set(partition, place);
        sought.clear();
        const fetched = PARTITIONS.map((partition) => {
          const first = cursors.get(partition)!;
          const next = Math.min(ends.get(partition)!, first + 1 + Math.floor(random() * 5));
          return { partition, first, next, end: ends.get(partition)! };
        }).filter(({ first, next }) => next > first);
        await turn();
        await Promise.all(
          fetched.map(async ({ partition, first, next, end }) => {
            const batch = Array.from({ length: next - first }, (_, i) => first + i);
            if (await served.take({ partition, batch, first, next, end })) cursors.set(partition, next);
          }),
        );
      }
    } finally {
      served.seekWith(undefined);
    }
  };
  const consume: Consume<Batch> = async (served, over) => {
    most = Math.max(most, ++consumers);
    while (!over.aborted) await life(served, over);
    consumers--;
  };
  return {
    consume,
    append: (partition: number, count: number) => ends.set(partition, ends.get(partition)! + count),
    ends,
    /** Whether the consumer ends by itself now and then. */
    restless: (is: boolean) => void (isRestless = is),
    count: () => ({ consumers, most }),
  };
};

const fetched = (first: number, next: number, end = 1_000): Fetched<Batch> => ({
  ...{ partition: 0, first, next, end },
  batch: Array.from({ length: next - first }, (_, i) => first + i),
});

/** What a consumer serves, to be driven by hand. */
const byHand = (options?: FanOutOptions) => {
  const readings: { served: Served<Batch>; over: AbortSignal }[] = [];
  const fan = fanOut<Batch>(async (served, over) => {
    readings.push({ served, over });
    await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  }, options);
  return { fan, readings };
};
/** Hangs until it is let go. */
const hanging = () => {
  let go = (): void => {};
  const gate = new Promise<void>((resolve) => (go = resolve));
  return { pause: () => gate, go };
};

const randomFrom = (seed: number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

/** Follows from its place; `pause` is how long it takes for a batch. */
const follower = (
  fan: ReturnType<typeof fanOut<Batch>>,
  offsets: Map<number, number>,
  pause: () => Promise<unknown>,
) => {
  const stop = new AbortController();
  const skipped: string[] = [];
  let queue: Promise<void> = Promise.resolve();
  const take = (partition: number, batch: Batch): Promise<void> =>
    (queue = queue.then(async () => {
      const fresh = batch.filter((offset) => offset >= (offsets.get(partition) ?? 0));
      if (stop.signal.aborted || fresh.length === 0) return;
      await pause();
      const place = offsets.get(partition) ?? 0;
      if (fresh[0] !== place) skipped.push(`${partition}: ${place} to ${fresh[0]}`);
      offsets.set(partition, fresh.at(-1)! + 1);
    }));
  const done = fan.follow({ offsets, take, over: stop.signal });
  return {
    offsets,
    skipped,
    stop: async () => {
      stop.abort();
      await done;
      await queue;
    },
  };
};
type Follower = ReturnType<typeof follower>;

const until = async (isTrue: () => boolean): Promise<void> => {
  for (const late = performance.now() + 5_000; !isTrue(); await turn())
    if (performance.now() > late) throw new Error('it did not come about');
};
const quick = () => turn();
const hasAll = ({ offsets }: Follower, ends: ReadonlyMap<number, number>) =>
  [...ends].every(([partition, end]) => (offsets.get(partition) ?? 0) === end);

it('whoever comes, goes, is slow or begins elsewhere: each follower gets every message once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), async (seed) => {
      const random = randomFrom(seed);
      const topic = topicOf(random);
      const fan = fanOut(topic.consume, { near: 6, patienceMs: 3, lookMs: 2 });
      const all: Follower[] = [];
      const comes = (from?: ReadonlyMap<number, number>) => {
        const offsets = new Map(from ?? [...topic.ends].map(([p, end]) => [p, Math.floor(random() * (end + 1))]));
        const isSlow = random() < 0.3;
        all.push(follower(fan, offsets, () => (isSlow && random() < 0.2 ? delay(8) : turn())));
      };
      comes(new Map());
      topic.restless(random() < 0.5);
      for (let step = 0; step < 60; step++) {
        const chance = random();
        if (chance < 0.5) topic.append(Math.floor(random() * 3), 1 + Math.floor(random() * 8));
        else if (chance < 0.65 && all.length < 5) comes();
        else if (chance < 0.75 && all.length > 0) {
          const [gone] = all.splice(Math.floor(random() * all.length), 1);
          await gone!.stop();
          expect(gone!.skipped).toEqual([]);
          if (random() < 0.5) comes(gone!.offsets);
        } else if (chance < 0.9) await turn();
        else await delay(random() * 4);
      }
      topic.restless(false);
      await until(() => all.every((one) => hasAll(one, topic.ends)));
      await Promise.all(all.map((one) => one.stop()));
      expect(all.flatMap(({ skipped }) => skipped)).toEqual([]);
      expect(topic.count().consumers).toBe(0);
    }),
    { numRuns: 60 },
  );
}, 60_000);

it('one consumer serves all who are near each other', async () => {
  const topic = topicOf(randomFrom(1));
  const fan = fanOut(topic.consume);
  const three = [1, 2, 3].map(() => follower(fan, new Map(), quick));
  for (const partition of PARTITIONS) topic.append(partition, 20);
  await until(() => three.every((one) => hasAll(one, topic.ends)));
  expect(topic.count()).toEqual({ consumers: 1, most: 1 });
  await Promise.all(three.map((one) => one.stop()));
  expect(topic.count().consumers).toBe(0);
});

it('who is filled anew reads alone until it is near, and the others are served meanwhile', async () => {
  const topic = topicOf(randomFrom(2));
  const fan = fanOut(topic.consume, { near: 10, lookMs: 1 });
  topic.append(0, 200);
  const settled = follower(fan, new Map([[0, 200]]), quick);
  let held: (() => void) | undefined;
  const anew = follower(fan, new Map(), () => (held ? turn() : new Promise<void>((go) => (held = go))));
  await until(() => held !== undefined);
  topic.append(1, 30);
  await until(() => hasAll(settled, topic.ends));
  expect(anew.offsets.size).toBe(0);
  held!();
  await until(() => hasAll(anew, topic.ends));
  await until(() => topic.count().consumers === 1);
  expect(topic.count().most).toBe(2);
  await Promise.all([settled.stop(), anew.stop()]);
});

it('nobody waits for one that hangs: it reads alone, and together with the others again once it goes on', async () => {
  const topic = topicOf(randomFrom(3));
  const fan = fanOut(topic.consume, { patienceMs: 1, lookMs: 1 });
  let go: (() => void) | undefined;
  let hangs = false;
  const [one, hanging] = [
    follower(fan, new Map(), quick),
    follower(fan, new Map(), () => (hangs ? new Promise<void>((resolve) => (go = resolve)) : turn())),
  ];
  topic.append(0, 5);
  await until(() => hasAll(hanging, topic.ends));
  hangs = true;
  topic.append(0, 5);
  await until(() => go !== undefined);
  topic.append(1, 50);
  await until(() => hasAll(one, topic.ends));
  expect(hanging.offsets.get(0)).toBe(5);
  hangs = false;
  go!();
  await until(() => hasAll(hanging, topic.ends));
  await until(() => topic.count().consumers === 1);
  expect([one, hanging].flatMap(({ skipped }) => skipped)).toEqual([]);
  await Promise.all([one.stop(), hanging.stop()]);
});

it('what is gone from the topic does not hold anybody up for ever', async () => {
  const batches: number[][] = [];
  const sought: number[] = [];
  const fan = fanOut<Batch>(async (served, over) => {
    served.seekWith((partition) => !!sought.push(served.expected(partition)));
    for (let fetches = 0; fetches < 2; fetches++) await served.take(fetched(7, 9));
    await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  });
  const stop = new AbortController();
  const offsets = new Map([[0, 4]]);
  const take = async (_: number, batch: Batch) => {
    batches.push([...batch]);
    offsets.set(0, 9);
  };
  const done = fan.follow({ offsets, take, over: stop.signal });
  await until(() => batches.length > 0);
  expect([sought, batches]).toEqual([[4], [[7, 8]]]);
  stop.abort();
  await done;
});

it('what was fetched before a second follower came does not make it skip what the first had sought', async () => {
  const sought: number[] = [];
  const gate = new EventTarget();
  const opened = (name: string) => new Promise((go) => gate.addEventListener(name, go, { once: true }));
  const fan = fanOut<Batch>(async (served, over) => {
    const came = opened('second');
    served.seekWith((partition) => !!sought.push(served.expected(partition)));
    await served.take(fetched(6, 8));
    await served.take(fetched(4, 8));
    gate.dispatchEvent(new Event('first'));
    await came;
    await served.take(fetched(8, 9));
    await served.take(fetched(4, 9));
    await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
  });
  const first = opened('first');
  const one = follower(fan, new Map([[0, 4]]), quick);
  await first;
  const two = follower(fan, new Map([[0, 4]]), quick);
  gate.dispatchEvent(new Event('second'));
  await until(() => [one, two].every(({ offsets }) => offsets.get(0) === 9));
  expect([one.skipped, two.skipped, sought]).toEqual([[], [], [4, 4, 4]]);
  await Promise.all([one.stop(), two.stop()]);
});

it('who comes while a batch is being taken gets it as well, also when nothing comes after it', async () => {
  const topic = topicOf(randomFrom(4));
  const fan = fanOut(topic.consume);
  let go: (() => void) | undefined;
  const one = follower(fan, new Map(), () => (go ? turn() : new Promise<void>((resolve) => (go = resolve))));
  topic.append(0, 1);
  await until(() => go !== undefined);
  const two = follower(fan, new Map(), quick);
  go!();
  await until(() => [one, two].every((each) => hasAll(each, topic.ends)));
  await Promise.all([one.stop(), two.stop()]);
});

it('what cannot be sought now is not taken for gone: nothing is given out until it was read again', async () => {
  const { fan, readings } = byHand();
  const settled = follower(fan, new Map([[0, 100]]), quick);
  await until(() => readings.length > 0);
  const { served } = readings[0]!;
  served.seekWith(() => false);
  const late = follower(fan, new Map([[0, 90]]), quick);
  for (let again = 0; again < 3; again++) expect(await served.take(fetched(100, 101))).toBe(false);
  const sought: number[] = [];
  served.seekWith(() => !!sought.push(served.expected(0)));
  expect(await served.take(fetched(100, 101))).toBe(false);
  expect(await served.take(fetched(90, 101))).toBe(true);
  expect([sought, settled.offsets.get(0), late.offsets.get(0), settled.skipped, late.skipped]).toEqual([
    [90],
    101,
    101,
    [],
    [],
  ]);
  await Promise.all([settled.stop(), late.stop()]);
  expect(readings[0]!.over.aborted).toBe(true);
});

it('who comes while all the others hang does not wait for them', async () => {
  const { fan, readings } = byHand({ patienceMs: 1 });
  const { pause, go } = hanging();
  const hung = follower(fan, new Map(), pause);
  await until(() => readings.length > 0);
  const taking = readings[0]!.served.take(fetched(0, 1));
  await turn();
  const came = follower(fan, new Map(), quick);
  expect(await taking).toBe(true);
  expect(await readings[0]!.served.take(fetched(0, 1))).toBe(true);
  expect([came.offsets.get(0), hung.offsets.get(0)]).toEqual([1, undefined]);
  go();
  await Promise.all([came.stop(), hung.stop()]);
});

it('nor does the second partition of which they all have a batch', async () => {
  const { fan, readings } = byHand({ patienceMs: 1 });
  const { pause, go } = hanging();
  const hung = follower(fan, new Map(), pause);
  await until(() => readings.length > 0);
  const taking = [0, 1].map((partition) => readings[0]!.served.take({ ...fetched(0, 1), partition }));
  await turn();
  const came = follower(fan, new Map(), quick);
  expect(await Promise.all(taking)).toEqual([true, true]);
  go();
  await Promise.all([came.stop(), hung.stop()]);
});

it('the consumer of one that hangs alone is not shared', async () => {
  const { fan, readings } = byHand({ patienceMs: 1, lookMs: 1 });
  const { pause, go } = hanging();
  const hung = follower(fan, new Map(), pause);
  const other = follower(fan, new Map(), quick);
  await until(() => readings.length > 0);
  await readings[0]!.served.take(fetched(0, 1));
  await until(() => readings.length === 2);
  await other.stop();
  await delay(20);
  const again = follower(fan, other.offsets, quick);
  await until(() => readings.length === 3);
  await readings[2]!.served.take(fetched(1, 2));
  expect([again.offsets.get(0), hung.offsets.get(0)]).toEqual([2, undefined]);
  go();
  await Promise.all([again.stop(), hung.stop()]);
});

it('a partition that seems to end too early is looked at again; one that was made anew is read from its beginning by all', async () => {
  const anew: number[] = [];
  const { fan, readings } = byHand({ doubtMs: 20, onAnew: (_, end) => void anew.push(end) });
  const [behind, ahead] = [follower(fan, new Map([[0, 50]]), quick), follower(fan, new Map([[0, 200]]), quick)];
  await until(() => readings.length > 0);
  const { served } = readings[0]!;
  served.seekWith(() => true);
  // Fetched before the one ahead came to share, or from a leader that does not know yet how far it reaches.
  expect(await served.take(fetched(50, 60, 100))).toBe(false);
  expect(await served.take(fetched(50, 60, 300))).toBe(true);
  expect([anew, ahead.offsets.get(0)]).toEqual([[], 200]);
  // And for good.
  const began = performance.now();
  const firsts = new Set<number>();
  do firsts.add(served.expected(0));
  while (!(await served.take(fetched([...firsts].at(-1)!, 100, 100))));
  expect(performance.now() - began).toBeGreaterThan(15);
  expect([anew, [...firsts]]).toEqual([[100], [60, 0]]);
  expect([behind.offsets.get(0), ahead.offsets.get(0)]).toEqual([100, 100]);
  expect([behind.skipped, ahead.skipped]).toEqual([[], []]);
  await Promise.all([behind.stop(), ahead.stop()]);
});

it('who stops waits for its own consumer, and not for those of others', async () => {
  const ends: (() => void)[] = [];
  const fan = fanOut<Batch>(() => new Promise<void>((resolve) => ends.push(resolve)), { near: 1 });
  const [one, far] = [follower(fan, new Map(), quick), follower(fan, new Map([[0, 100]]), quick)];
  await until(() => ends.length === 2);
  const stops = { one: one.stop().then(() => 'one'), far: far.stop().then(() => 'far') };
  ends[1]!();
  expect(await Promise.race(Object.values(stops))).toBe('far');
  ends[0]!();
  expect(await stops.one).toBe('one');
});
