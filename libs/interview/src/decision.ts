import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import type { View } from './interview.state.js';
import type { RuleName, Rules, WishOf } from './rules.js';
import type { Rule, Wish } from './wish.js';

export type Decision = readonly NewInterviewFact[] | Refusal;

/** What one of the rules says. That the wish says all that it asks, `WishOf` has seen to. */
export const says = <Name extends RuleName>(
  rules: Rules,
  name: Name,
  wish: WishOf<Name>,
  view: View,
): Refusal | undefined => (rules[name] as Rule)(wish as Wish, view);

/** The first rule that says no. */
export const firstRefusal = <Name extends RuleName>(
  rules: Rules,
  names: readonly Name[],
  wish: WishOf<Name>,
  view: View,
): Refusal | undefined => {
  for (const name of names) {
    const refusal = says(rules, name, wish, view);
    if (refusal) return refusal;
  }
  return undefined;
};

/** All rules that what happened went against, each once (M-1). */
export const stamps = <Name extends RuleName>(
  rules: Rules,
  names: readonly Name[],
  wish: WishOf<Name>,
  view: View,
): readonly string[] => {
  const broken = names.flatMap((name) => says(rules, name, wish, view)?.rule ?? []);
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
