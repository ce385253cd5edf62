import fc from 'fast-check';

const TAPE = 10_000;
const MOST = 2 ** 30;

/** Numbers that are the same for the same seed, by fast-check's generator. */
export const diceOf = (seed: number) => {
  let tapes = 0;
  let tape: readonly number[] = [];
  let at = 0;
  const next = (): number => {
    if (at === tape.length) {
      tape = fc.sample(fc.noBias(fc.nat({ max: MOST - 1 })), { seed: seed + tapes++, numRuns: TAPE });
      at = 0;
    }
    return tape[at++]! / MOST;
  };
  /** From 0 up to, without it. */
  const below = (n: number): number => Math.floor(next() * n);
  const chance = (share: number): boolean => next() < share;
  const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;
  /** Some of a list, each once, in the list's order. */
  const someOf = <T>(list: readonly T[], count: number): readonly T[] => {
    const chosen = new Set<number>();
    while (chosen.size < Math.min(count, list.length)) chosen.add(below(list.length));
    return list.filter((_, i) => chosen.has(i));
  };
  return { below, chance, oneOf, someOf };
};
export type Dice = ReturnType<typeof diceOf>;
