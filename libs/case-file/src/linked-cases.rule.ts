import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState } from './case-file.state.js';

/** C-11. A case is linked from a search that the same person made, and never to itself. */
export const linkedFromASearch = (otherCaseId: string | undefined, caseId: string): Refusal | undefined =>
  otherCaseId === undefined || otherCaseId === caseId ? refuse('C-11', 'E-NO-MATCH') : undefined;

/** C-4. Whether two cases are about the same facts is said by the Child Protection Authority. */
export const onlyChildProtectionCompares = (agency: string): Refusal | undefined =>
  agency === 'CHILD_PROTECTION' ? undefined : refuse('C-4', 'E-CHILD-PROTECTION-ONLY', { agency });

/** C-4. Only cases of the same child are compared. */
export const linkedAsTheSameChild = (otherCaseId: string, { links }: CaseFileState): Refusal | undefined =>
  links.some((link) => link.otherCaseId === otherCaseId && link.linkKind === 'SAME_CHILD')
    ? undefined
    : refuse('C-4', 'E-NOT-LINKED');

/** C-4. Only what is linked is unlinked. */
export const linkedAtAll = (otherCaseId: string, { links }: CaseFileState): Refusal | undefined =>
  links.some((link) => link.otherCaseId === otherCaseId) ? undefined : refuse('C-4', 'E-NOT-LINKED');

/** C-4. There is one lead: the two cases share it, and it is the one that their other cases of the same facts already follow. */
export const oneLead = (
  { otherCaseId, leadCaseId }: { otherCaseId: string; leadCaseId: string },
  caseId: string,
  { links }: CaseFileState,
): Refusal | undefined => {
  const lead = links.find((link) => link.otherCaseId !== otherCaseId && link.decided === 'SAME')?.leadCaseId;
  if (lead !== undefined)
    return lead === leadCaseId ? undefined : refuse('C-4', 'E-LEAD-IS-ANOTHER', { leadCaseId: lead });
  return leadCaseId === caseId || leadCaseId === otherCaseId ? undefined : refuse('C-4', 'E-LEAD-IS-NEITHER');
};
