/** a cell of fewer cases than this is not published. The floor of 5 may never be passed; this is above it. */
export const SMALLEST_PUBLISHED = 10;
/** below this, a table in which all cases share one answer says that answer of each of them. */
export const SMALLEST_ALIKE = 20;
/** counts below national level are rounded to a multiple of this. */
export const ROUNDED_TO = 5;

/** A table of one dimension as it is published; null is hidden. */
export interface Published {
  readonly total: number | null;
  readonly cells: readonly (number | null)[];
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/**
 * hides every cell of 1 to k − 1 cases, and so many others that the total does not tell them. Which others is said by their place,
 * the last of those that are large enough first, and not by their size: of the smallest it would be known that it is no larger than what is
 * shown. There are enough when so many cases could lie in another hidden cell that a small one could be anything from 1 to k − 1. Where they do
 * not suffice all is hidden but the total, zeros too. A total of 1 to k − 1 is hidden with all its cells; whether a total is shown hangs on the
 * total alone, so two tables of the same cases never tell each other's.
 * `alike`: cases that all give one answer are a disclosure by themselves.
 */
export const disclosed = (
  counts: readonly number[],
  { k = SMALLEST_PUBLISHED, alike }: { readonly k?: number; readonly alike?: number } = {},
): Published => {
  const total = sum(counts);
  const nothing = counts.map(() => null);
  if (total > 0 && total < k) return { total: null, cells: nothing };
  if (alike !== undefined && total > 0 && total < alike && counts.includes(total)) return { total, cells: nothing };
  const small = counts.flatMap((count, at) => (count > 0 && count < k ? [at] : []));
  if (small.length === 0) return { total, cells: counts };
  const large = counts.flatMap((count, at) => (count >= k ? [at] : []));
  for (let more = 1; more <= large.length; more++) {
    const hidden = [...small, ...large.slice(-more)];
    // What is left when every hidden cell has as few cases as it can have.
    const free = sum(hidden.map((at) => counts[at]!)) - small.length - more * k;
    if (free >= k - 2) return { total, cells: counts.map((count, at) => (hidden.includes(at) ? null : count)) };
  }
  return { total, cells: nothing };
};

/** What is hidden stays so. */
export const rounded = ({ total, cells }: Published): Published => ({
  total,
  cells: cells.map((cell) => (cell === null ? null : Math.round(cell / ROUNDED_TO) * ROUNDED_TO)),
});
