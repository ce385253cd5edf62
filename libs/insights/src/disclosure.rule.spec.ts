import fc from 'fast-check';
import { disclosed, rounded } from './disclosure.rule.js';

const tables = (cells: number, total: number): readonly (readonly number[])[] =>
  cells === 1
    ? [[total]]
    : Array.from({ length: total + 1 }, (_, first) =>
        tables(cells - 1, total - first).map((rest) => [first, ...rest]),
      ).flat();

/** All tables that come out as this one does: what remains possible for somebody who knows the rule as well as whoever wrote it. */
const alikeIn = (counts: readonly number[], k: number, alike?: number) => {
  const options = { k, ...(alike !== undefined && { alike }) };
  const said = JSON.stringify(disclosed(counts, options));
  const total = counts.reduce((sum, one) => sum + one, 0);
  // A hidden total is known to be small, and no more.
  const totals = disclosed(counts, options).total === null ? Array.from({ length: k - 1 }, (_, i) => i + 1) : [total];
  return totals
    .flatMap((one) => tables(counts.length, one))
    .filter((other) => JSON.stringify(disclosed(other, options)) === said);
};

const table = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 8 })), { minLength: 2, maxLength: 4 });

it('R-802: no cell of one to nine cases is published, nor such a total', () => {
  expect(disclosed([40, 0, 9, 12])).toEqual({ total: 61, cells: [40, 0, null, null] });
  // The smallest of the others would be known: ten, as no smaller one is shown.
  expect(disclosed([10, 9, 40])).toEqual({ total: 59, cells: [10, null, null] });
  expect(disclosed([4, 5])).toEqual({ total: null, cells: [null, null] });
  expect(disclosed([10, 0, 25])).toEqual({ total: 35, cells: [10, 0, 25] });
  expect(disclosed([0, 0])).toEqual({ total: 0, cells: [0, 0] });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 16 }), (counts) => {
      const { total, cells } = disclosed(counts);
      for (const said of [total, ...cells]) expect(said === null || said === 0 || said >= 10).toBe(true);
      cells.forEach((said, at) => expect([null, counts[at]]).toContain(said));
    }),
  );
});

it('R-803: a hidden cell cannot be told from the total and the others, by somebody who knows the rule', () => {
  fc.assert(
    fc.property(table, fc.integer({ min: 3, max: 5 }), (counts, k) => {
      const possible = alikeIn(counts, k);
      disclosed(counts, { k }).cells.forEach((said, at) => {
        if (said === null) expect(new Set(possible.map((other) => other[at])).size).toBeGreaterThan(1);
      });
    }),
    { numRuns: 500 },
  );
});

it('R-803: by the numbers alone each hidden cell could be one of ten and more, and what is hidden together is never a small number', () => {
  fc.assert(
    fc.property(table, fc.integer({ min: 3, max: 5 }), (counts, k) => {
      const { total, cells } = disclosed(counts, { k });
      if (total === null) return;
      const shown = cells.reduce<number>((sum, said) => sum + (said ?? 0), 0);
      const left = total - shown;
      expect(left === 0 || left >= k).toBe(true);
      const hidden = cells.flatMap((said, at) => (said === null ? [at] : []));
      // What is shown as nothing is nothing: each of the hidden ones is at least one case, unless all is hidden.
      const least = hidden.length === cells.length ? 0 : hidden.length - 1;
      if (hidden.length > 0) expect(left - least).toBeGreaterThanOrEqual(k);
    }),
    { numRuns: 500 },
  );
});

it('R-803: whether a total is shown hangs on the total alone, so that one table of the same cases does not tell another’s', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 16 }), (counts) => {
      const total = counts.reduce((sum, one) => sum + one, 0);
      expect(disclosed(counts).total).toBe(disclosed([total]).total);
    }),
  );
  // Twelve of one case each: none could be another number.
  expect(disclosed([...Array(12).fill(1), 0])).toEqual({ total: 12, cells: Array(13).fill(null) });
});

it('R-812: that all cases of fewer than twenty gave the same answer is not published', () => {
  expect(disclosed([19, 0], { alike: 20 })).toEqual({ total: 19, cells: [null, null] });
  expect(disclosed([20, 0], { alike: 20 })).toEqual({ total: 20, cells: [20, 0] });
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 7 }), fc.boolean(), (total, first) => {
      const counts = first ? [total, 0] : [0, total];
      expect(new Set(alikeIn(counts, 3, 8).map(([one]) => one)).size).toBeGreaterThan(1);
    }),
  );
});

it('R-806: below national level a count is a multiple of five, and what is hidden stays hidden', () => {
  expect(rounded({ total: 61, cells: [12, 13, null, 0] })).toEqual({ total: 61, cells: [10, 15, null, 0] });
});
