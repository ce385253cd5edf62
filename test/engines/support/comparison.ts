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

/** Every place at which they differ. A list that is longer differs at each element that the other lacks. */
const differencesIn = (what: string, left: unknown, right: unknown, path: string): readonly Difference[] => {
  if (Object.is(left, right)) return [];
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right))
    return [{ what, path, left, right }];
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
