import { refuse } from '@resguardo/eventing';
import { interviewOf } from './interview.state.js';
import type { Rule } from './wish.js';

/** Hours after an urgent session within which the prosecutor decides. */
export const URGENT_DECISION_HOURS = 48;

/** The prosecutor has decided whether this session is to serve as advance evidence; an urgent one may be planned before. */
export const advanceEvidenceIsDecided: Rule<'urgent' | 'interviewId'> = ({ urgent, interviewId = '' }, view) => {
  const decisionMayWait = urgent || (interviewOf(view, interviewId)?.evidenceDecisionDue ?? null) !== null;
  return view.evidenceDecidedAt === null && !decisionMayWait ? refuse('R-021', 'E-INT-NOANT') : undefined;
};
