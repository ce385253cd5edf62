import { refuse } from '@resguardo/eventing';
import { interviewOf } from './interview.state.js';
import type { Rule } from './wish.js';

/** A recorded need of language or disability has its interpreter or adjustment, unless the child chose otherwise. */
export const aRecordedNeedIsMet: Rule<'interviewId'> = ({ interviewId = '' }, view) => {
  const interview = interviewOf(view, interviewId);
  return view.interpreterNeeded && !interview?.interpreter && !interview?.assent?.interpreterDeclined
    ? refuse('R-026', 'E-INTERPRETER')
    : undefined;
};
