import { refuse } from '@resguardo/eventing';
import { interviewOf, pausedAt } from './interview.state.js';
import type { Rule } from './wish.js';

/** The child agreed to this session, was told by a named person, and knows that it may stop at any minute. */
export const theChildAgreed: Rule<'interviewId'> = ({ interviewId = '' }, view) => {
  const assent = interviewOf(view, interviewId)?.assent;
  if (!assent) return refuse('R-008', 'E-INT-NOASSENT');
  return assent.rightToStopExplained ? undefined : refuse('R-008', 'E-INT-NOASSENT', { missing: 'RIGHT_TO_STOP' });
};

/** R-008, TC-9. The child is not ready: clocks pause, and nobody starts. */
export const theChildIsReady: Rule<'at'> = ({ at }, view) =>
  pausedAt(view, at) ? refuse('R-008', 'E-INT-PAUSED') : undefined;
