import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import type { View } from './interview.state.js';
import type { RuleName, Rules } from './rules.js';
import type { Wish } from './wish.js';

export type Decision = readonly NewInterviewFact[] | Refusal;

/** The first rule that says no. */
export const firstRefusal = (rules: Rules, names: readonly RuleName[], wish: Wish, view: View): Refusal | undefined => {
  for (const name of names) {
    const refusal = rules[name](wish, view);
    if (refusal) return refusal;
  }
  return undefined;
};

/** All rules that what happened went against, each once (M-1). */
export const stamps = (rules: Rules, names: readonly RuleName[], wish: Wish, view: View): readonly string[] => {
  const broken = names.flatMap((name) => rules[name](wish, view)?.rule ?? []);
  return broken.filter((rule, i) => broken.indexOf(rule) === i);
};

export const stampOf = (...refusals: readonly (Refusal | undefined)[]): readonly string[] => {
  const broken = refusals.flatMap((refusal) => refusal?.rule ?? []);
  return broken.filter((rule, i) => broken.indexOf(rule) === i);
};

/** One fact, stamped when it went against a rule. */
export const stamped = (fact: NewInterviewFact, violationOf: readonly string[]): readonly NewInterviewFact[] => [
  violationOf.length > 0 ? { ...fact, violationOf } : fact,
];
