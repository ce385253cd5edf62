import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState } from './case-file.state.js';

/** Declining competence is said once; until another accepts, the authority that declined goes on acting. */
export const notDeclinedAlready = ({ competence }: CaseFileState): Refusal | undefined =>
  competence ? refuse('R-408', 'E-COMPETENCE-OPEN', { to: competence.to }) : undefined;

/** Competence is declined towards another authority. */
export const declinedToAnother = (
  { from, to, toState }: { from: string; to: string; toState?: string },
  { opened }: CaseFileState,
): Refusal | undefined =>
  from === to && (toState === undefined || toState === opened?.state)
    ? refuse('R-408', 'E-SAME-AUTHORITY', { to })
    : undefined;

/** Only a competence that was declined, and not yet taken, is accepted or disputed. */
export const thatCompetenceIsOpen = (declinedId: string, { competence }: CaseFileState): Refusal | undefined =>
  competence?.declinedId === declinedId ? undefined : refuse('R-408', 'E-COMPETENCE-NONE');

/** Nobody ends a case while its competence is on the way from one authority to another. */
export const competenceIsSettled = ({ competence }: CaseFileState): Refusal | undefined =>
  competence ? refuse('R-408', 'E-COMPETENCE-OPEN', { to: competence.to }) : undefined;
