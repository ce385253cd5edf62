import type { vaultFacts } from '@resguardo/contracts/timeline';
import type { FactOf } from '@resguardo/contracts';

type Ordered = Extract<FactOf<typeof vaultFacts>, { type: 'ErasureOrdered' }>['data'];

/** What follows from an erasure's order, in this order; each step may be repeated without harm (C-13). */
export type ErasureStep =
  /** Tell the other cases of the child first: the order must reach them even if this one stops half way. */
  | { readonly kind: 'order'; readonly caseId: string; readonly input: Ordered & { readonly orderedIn: string } }
  /** Write it where a restore of the database does not reach, then destroy. */
  | { readonly kind: 'erase'; readonly caseId: string; readonly erasureId: string };

export const stepsAfterOrder = (caseId: string, ordered: Ordered): readonly ErasureStep[] => [
  ...(ordered.orderedIn
    ? []
    : ordered.cases
        .filter((other) => other !== caseId)
        .map((other) => ({ kind: 'order' as const, caseId: other, input: { ...ordered, orderedIn: caseId } }))),
  { kind: 'erase', caseId, erasureId: ordered.erasureId },
];
