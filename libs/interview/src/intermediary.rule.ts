import { refuse } from '@resguardo/eventing';
import { inDateOn } from './register.decider.js';
import { localDay } from './time.js';
import type { Rule } from './wish.js';

/**
 * Who interviews is in the register, active, of an accepted profession, trained within 24 months on the day of the session,
 * and has no part in this investigation. The credential is the register's snapshot, taken when it was asked.
 */
export const theIntermediaryIsRegistered: Rule<'at' | 'slot' | 'intermediary'> = (
  { at, slot, intermediary },
  { zone, team },
) => {
  if (!intermediary) return refuse('R-004', 'E-INT-INTERMEDIARY', { why: 'NOT_REGISTERED' });
  const why = !intermediary.active
    ? 'SUSPENDED'
    : team.includes(intermediary.intermediaryId)
      ? 'PART_OF_THE_INVESTIGATION'
      : !inDateOn(intermediary, localDay(slot ?? at, zone))
        ? 'TRAINING'
        : undefined;
  return why && refuse('R-004', 'E-INT-INTERMEDIARY', { why, validUntil: intermediary.validUntil });
};
