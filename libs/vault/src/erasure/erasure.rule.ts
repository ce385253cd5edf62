import type { NewVaultFact } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';

/** What the legal-hold check found on one case, as of a moment. */
export interface CaseHold {
  readonly caseId: string;
  /** Last review by the prosecutor; absent when there was none. */
  readonly outcome?: string;
  readonly reviewedOn?: string;
  readonly alreadyErased: boolean;
}

/** An erasure that waits for its second person. */
export interface OpenErasure {
  readonly erasureId: string;
  readonly basis: Extract<NewVaultFact, { type: 'ErasureRequested' }>['data']['basis'];
  readonly by: string;
}

type By = Readonly<{ actor: string; agency: string; role: string }>;

/** A review older than this says nothing about today (project policy). */
export const HOLD_REVIEW_DAYS = 30;

const holds = ({ outcome, reviewedOn, alreadyErased }: CaseHold, at: string): string | undefined => {
  if (alreadyErased) return undefined;
  if (!outcome || !reviewedOn) return 'NOT_REVIEWED';
  if (outcome !== 'NO_HOLD') return outcome;
  return Date.parse(at) - Date.parse(reviewedOn) > HOLD_REVIEW_DAYS * 86_400_000 ? 'REVIEW_TOO_OLD' : undefined;
};

/**
 * Nothing is erased that a proceeding, an offence without limitation or a retention period may still need, in any case of the child.
 * Only the prosecutor's recent review without a hold lets it through.
 */
export const noLegalHold = (cases: readonly CaseHold[], at: string): Refusal | undefined => {
  for (const hold of cases) {
    const outcome = holds(hold, at);
    if (outcome) return refuse('R-716', 'E-LEGAL-HOLD', { outcome, cases: cases.length });
  }
  return undefined;
};

/** A hold that is known stops the request already; one that was not reviewed yet stops the order. */
export const noKnownHold = (cases: readonly CaseHold[]): Refusal | undefined => {
  const held = cases.find(({ outcome, alreadyErased }) => !alreadyErased && outcome && outcome !== 'NO_HOLD');
  return held && refuse('R-716', 'E-LEGAL-HOLD', { outcome: held.outcome ?? '', cases: cases.length });
};

/** C-13. The first person is a supervisor of the agency that recorded the case: the controller. */
export const onlyTheControllerRequests = (controller: string | undefined, { role, agency }: By): Refusal | undefined =>
  role === 'SUPERVISOR' && agency === controller
    ? undefined
    : refuse('R-716', 'E-ERASURE-CONTROLLER', { agency: controller ?? '' });

/** C-13. The second person is the Child Protection representative. */
export const onlyTheRepresentativeDecides = ({ role, agency }: By): Refusal | undefined =>
  role === 'REPRESENTATIVE' && agency === 'CHILD_PROTECTION' ? undefined : refuse('R-716', 'E-ERASURE-REPRESENTATIVE');

/** C-12. Nobody decides their own request. */
export const nobodyDecidesTheirOwn = (open: OpenErasure, { actor }: By): Refusal | undefined =>
  open.by === actor ? refuse('R-716', 'E-ERASURE-TWO-PERSONS') : undefined;

/** C-13. One erasure at a time, and none after it was ordered. */
export const oneErasure = (open: OpenErasure | undefined, ordered: boolean): Refusal | undefined =>
  ordered
    ? refuse('R-716', 'E-ERASED')
    : open
      ? refuse('R-716', 'E-ERASURE-OPEN', { erasureId: open.erasureId })
      : undefined;
