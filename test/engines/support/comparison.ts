/** One place at which two answers are not the same. */
export interface Difference {
  /** What was asked and by whom. */
  readonly what: string;
  /** Where in the answer: `data.case.terms.2.dueAt`; empty: the answer as a whole. */
  readonly path: string;
  readonly left: unknown;
  readonly right: unknown;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

/**
 * Every place at which two lists differ. What only one has is said once; what follows it is compared with what it stands for, or a single
 * entry more would make all after it look different.
 */
const differencesInLists = (
  what: string,
  left: readonly unknown[],
  right: readonly unknown[],
  path: string,
): readonly Difference[] => {
  const [lefts, rights] = [left, right].map((list) => list.map((one) => JSON.stringify(one))) as [string[], string[]];
  const found: Difference[] = [];
  const at = (index: number) => (path === '' ? String(index) : `${path}.${index}`);
  let [i, j] = [0, 0];
  while (i < left.length || j < right.length) {
    if (j >= right.length || (i < left.length && !rights.includes(lefts[i]!, j) && lefts.includes(rights[j]!, i))) {
      found.push({ what, path: at(i), left: left[i], right: undefined });
      i++;
    } else if (i >= left.length || (lefts[i] !== rights[j] && rights.includes(lefts[i]!, j))) {
      found.push({ what, path: at(j), left: undefined, right: right[j] });
      j++;
    } else {
      found.push(...differencesIn(what, left[i], right[j], at(i)));
      i++;
      j++;
    }
  }
  return found;
};

/** Every place at which they differ. */
const differencesIn = (what: string, left: unknown, right: unknown, path: string): readonly Difference[] => {
  if (Object.is(left, right)) return [];
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right))
    return [{ what, path, left, right }];
  if (Array.isArray(left) && Array.isArray(right)) return differencesInLists(what, left, right, path);
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
    differencesIn(what, left[key], right[key], path === '' ? key : `${path}.${key}`),
  );
};

/** What was asked (`Case of 17-26-… as salud.morelos`), and what came back. */
export type Answers = ReadonlyMap<string, unknown>;

/** In the order of the first, then what only the second was asked. */
export const differencesBetween = (left: Answers, right: Answers): readonly Difference[] =>
  [...new Set([...left.keys(), ...right.keys()])].flatMap((what) =>
    left.has(what) && right.has(what)
      ? differencesIn(what, left.get(what), right.get(what), '')
      : [{ what, path: '', left: left.get(what), right: right.get(what) }],
  );

const LONGEST = 300;
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
};

/** For a person to read: which answer, which path, both values; no more than `most`, and how many more there are. */
export const reportOf = (found: readonly Difference[], names: readonly [string, string], most = 30): string => {
  const width = Math.max(...names.map((name) => name.length));
  const [left, right] = names.map((name) => name.padEnd(width)) as [string, string];
  const lines = found
    .slice(0, most)
    .map(
      (one) =>
        `${one.what}\n  at ${one.path || '(all)'}\n  ${left}  ${shown(one.left)}\n  ${right}  ${shown(one.right)}`,
    );
  const rest = found.length - lines.length;
  return [`${found.length} differences`, ...lines, ...(rest > 0 ? [`… and ${rest} more`] : [])].join('\n');
};
