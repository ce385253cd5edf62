import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState } from './case-file.state.js';

/** C-9. A supervisor gives a case people of their own agency only. `agencyOfStaff` is absent where no register of staff could tell. */
export const ownPeopleOnly = (agency: string, agencyOfStaff: string | undefined): Refusal | undefined =>
  agencyOfStaff !== undefined && agencyOfStaff !== agency
    ? refuse('C-9', 'E-OTHER-AGENCY', { agency: agencyOfStaff })
    : undefined;

/** C-9. Representatives are of the Child Protection Authority, legal advisers of the Victims' Commission. */
export const roleFitsAgency = (agency: string, role: string): Refusal | undefined =>
  (role === 'REPRESENTATIVE' && agency !== 'CHILD_PROTECTION') ||
  (role === 'LEGAL_ADVISER' && agency !== 'VICTIMS_COMMISSION')
    ? refuse('C-9', 'E-ROLE-OF-ANOTHER-AGENCY', { agency, role })
    : undefined;

/** C-9. Who represents or advises has that function: naming oneself is no way onto a team. `roleOfStaff` is absent where no register could tell. */
export const theyHaveThatRole = (role: string, roleOfStaff: string | undefined): Refusal | undefined =>
  roleOfStaff !== undefined && roleOfStaff !== role ? refuse('C-9', 'E-NOT-THEIR-ROLE', { role }) : undefined;

/** C-9. People are given to the cases of one's own states. */
export const caseOfTheirState = (states: readonly string[], { opened }: CaseFileState): Refusal | undefined =>
  opened && !states.includes(opened.state) ? refuse('C-9', 'E-OTHER-STATE') : undefined;

/** C-9. Each agency takes its own people off a case, nobody else's. */
export const ownMembersOnly = (agency: string, staffId: string, { team }: CaseFileState): Refusal | undefined => {
  const member = team.find((m) => m.staffId === staffId);
  return member && member.agency !== agency ? refuse('C-9', 'E-OTHER-AGENCY', { agency: member.agency }) : undefined;
};

/**
 * Whoever says it of themselves, works on the case, or protects the child shuts the person out at once. Said from outside it is on record
 * all the same (M-1), but a folio alone must not be enough to take a case from those who work on it.
 */
export const conflictTakesEffect = (
  { actor, agency }: { readonly actor: string; readonly agency: string },
  staffId: string | undefined,
  { team, representative, adviser }: CaseFileState,
): boolean =>
  actor === staffId ||
  agency === 'CHILD_PROTECTION' ||
  [...team, representative, adviser].some((member) => member?.staffId === actor);
