import { refuse } from '@resguardo/eventing';
import type { Rule } from './wish.js';

/**
 * R-003, C-4. While it is undecided whether a linked case of the same child is about the same facts, nothing is planned or started;
 * when it is, only the lead case does.
 */
export const onlyTheLeadCasePlans: Rule<'caseId'> = ({ caseId }, { links }) => {
  const undecided = links.find(({ facts }) => facts === 'UNDECIDED');
  if (undecided) return refuse('R-003', 'E-INT-SAMEFACTS', { otherCase: undecided.otherCaseId });
  const led = links.find(({ facts, leadCaseId }) => facts === 'SAME' && leadCaseId !== caseId);
  return led && refuse('R-003', 'E-INT-LEAD', { leadCase: led.leadCaseId ?? led.otherCaseId });
};
