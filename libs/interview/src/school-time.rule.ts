import { refuse } from '@resguardo/eventing';
import type { View } from './interview.state.js';
import type { Rule, Wish } from './wish.js';

/** Who allowed an act in school time; undefined when nobody did. */
export const schoolTimeAllowedBy = (
  { schoolTimeAskedByChild, slot, urgent, agency }: Pick<Wish, 'schoolTimeAskedByChild' | 'slot' | 'urgent' | 'agency'>,
  { schoolTimeApproved }: View,
): 'CHILD_ASKED' | 'CHILD_PROTECTION' | undefined =>
  schoolTimeAskedByChild
    ? 'CHILD_ASKED'
    : urgent && (agency === 'CHILD_PROTECTION' || (slot !== undefined && schoolTimeApproved.includes(slot)))
      ? 'CHILD_PROTECTION'
      : undefined;

/** Acts with the child keep out of school time, unless the child asks for it or it is urgent and Child Protection agrees. */
export const schoolTimeIsKeptFree: Rule<
  'at' | 'slot' | 'urgent' | 'agency' | 'schoolOverlap' | 'schoolTimeAskedByChild'
> = (wish, view) =>
  wish.schoolOverlap && !schoolTimeAllowedBy(wish, view)
    ? refuse('R-018', 'E-SCHOOLTIME', { slot: wish.slot ?? wish.at })
    : undefined;
