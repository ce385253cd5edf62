import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Interview, View } from './interview.state.js';
import { held, isOpen, linkedOpen } from './interview.state.js';
import { addHours, isBefore } from './time.js';
import type { Rule } from './wish.js';

/** Hours after its slot from which any agency may cancel a plan that never started (C-5). */
export const STALE_PLAN_HOURS = 24;

/** While one interview is planned or in progress, nobody plans or starts another. */
export const oneInterviewAtATime: Rule<'at' | 'interviewId'> = ({ at, interviewId }, view) => {
  const open = view.interviews.find((one) => one.interviewId !== interviewId && isOpen(one, at, view.zone));
  if (open)
    return refuse('R-002', 'E-INT-LOCKED', { agency: open.plannedBy ?? '', slot: open.slot ?? open.startedAt ?? '' });
  const [linked] = linkedOpen(view);
  return linked && refuse('R-002', 'E-INT-LOCKED', { otherCase: linked.otherCaseId });
};

/** R-002, C-5. The responsible agency cancels at any time before the start; anyone, when the session has not started 24 h after its slot. */
export const aPlanIsCancelledByWhoMay = (
  interview: Interview | undefined,
  agency: string,
  at: string,
  { responsible }: Pick<View, 'responsible'>,
): Refusal | undefined => {
  if (!interview || interview.slot === null) return refuse('R-002', 'E-INT-UNKNOWN');
  if (held(interview)) return refuse('R-002', 'E-INT-STARTED');
  if (interview.cancelled) return refuse('R-002', 'E-INT-CANCELLED');
  if (agency === (responsible ?? interview.plannedBy)) return undefined;
  const from = addHours(interview.slot, STALE_PLAN_HOURS);
  return isBefore(at, from) ? refuse('R-002', 'E-INT-CANCEL', { from, responsible: responsible ?? '' }) : undefined;
};

/** Only a plan that stands is started, asked into or prepared. */
export const thePlanStands: Rule<'interviewId'> = ({ interviewId }, view) => {
  const interview = view.interviews.find((one) => one.interviewId === interviewId);
  if (!interview || interview.slot === null) return refuse('R-002', 'E-INT-UNKNOWN');
  if (interview.cancelled) return refuse('R-002', 'E-INT-CANCELLED');
  return held(interview) ? refuse('R-002', 'E-INT-STARTED') : undefined;
};
