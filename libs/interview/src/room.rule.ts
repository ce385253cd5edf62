import { refuse } from '@resguardo/eventing';
import type { Rule } from './wish.js';

/** In the room with the child; everybody else follows from outside. */
const IN_THE_ROOM: readonly string[] = ['INTERMEDIARY', 'SUPPORT_PERSON', 'INTERPRETER'];

/** Only the intermediary, one support person chosen by the child and an interpreter are in the room. */
export const onlyTheIntermediaryIsInTheRoom: Rule<'presentRoles'> = ({ presentRoles }) => {
  if (!presentRoles) return undefined;
  const others = presentRoles.filter((role) => !IN_THE_ROOM.includes(role));
  const twice = presentRoles.some((role, i) => presentRoles.indexOf(role) !== i);
  if (others.length > 0 || twice) return refuse('R-007', 'E-INT-ROOM', { others: others.join(', ') });
  return presentRoles.includes('INTERMEDIARY') ? undefined : refuse('R-007', 'E-INT-ROOM', { others: '' });
};
