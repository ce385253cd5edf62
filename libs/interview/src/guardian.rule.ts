import { refuse } from '@resguardo/eventing';
import type { Rule } from './wish.js';

/**
 * No command asks for a guardian: none has such a field. A guardian who was excluded (accused, suspected, rejected by the child)
 * is not in the room, not even as the support person.
 */
export const anExcludedPersonStaysOut: Rule<'presentRoles' | 'supportPersonKind'> = (
  { presentRoles = [], supportPersonKind },
  { excluded },
) => {
  const roles = supportPersonKind === 'GUARDIAN' ? [...presentRoles, 'GUARDIAN'] : presentRoles;
  const out = roles.find((role) => excluded.includes(role));
  return out === undefined ? undefined : refuse('R-027', 'E-EXCLUDED', { role: out });
};
