import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState } from './case-file.state.js';

/** C-9. Whoever answers for the case may hand it over; it stays theirs until somebody has accepted. */
export const onlyTheResponsibleOffers = (agency: string, { responsible }: CaseFileState): Refusal | undefined =>
  responsible === agency ? undefined : refuse('C-9', 'E-NOT-RESPONSIBLE', { agency: responsible ?? 'UNKNOWN' });

/** C-9. A case is offered to somebody else. */
export const offeredToAnother = (to: string, { responsible }: CaseFileState): Refusal | undefined =>
  to === responsible ? refuse('C-9', 'E-SAME-AGENCY', { agency: to }) : undefined;

/** C-9. Only a standing offer is answered, and only by the agency it was made to. */
export const theOfferIsTheirs = (agency: string, offerId: string, { offer }: CaseFileState): Refusal | undefined =>
  offer?.offerId === offerId && offer.to === agency ? undefined : refuse('C-9', 'E-NO-OFFER', { agency });
