import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';

/** The Child Protection Authority alone gives the child a representative. */
export const onlyChildProtectionRepresents = (agency: string): Refusal | undefined =>
  agency === 'CHILD_PROTECTION' ? undefined : refuse('R-208', 'E-CHILD-PROTECTION-ONLY', { agency });

/** R-209. The Victims' Commission alone gives the child a free legal adviser. */
export const onlyTheCommissionAdvises = (agency: string): Refusal | undefined =>
  agency === 'VICTIMS_COMMISSION' ? undefined : refuse('R-209', 'E-COMMISSION-ONLY', { agency });

/** Only the Child Protection Authority decides that guardians are not told. */
export const onlyChildProtectionWithholds = (agency: string): Refusal | undefined =>
  agency === 'CHILD_PROTECTION' ? undefined : refuse('R-206', 'E-CHILD-PROTECTION-ONLY', { agency });
