import { refuse } from '@resguardo/eventing';
import { CONTINUATION_DAYS, interviewOf, mayGoOn, MAX_CONTINUATIONS } from './interview.state.js';
import type { Rule } from './wish.js';

/** R-001, C-3. An interrupted interview goes on at most twice, within 15 calendar days, and only if the child wants to. Then it is over. */
export const theInterviewMayGoOn: Rule<'at' | 'interviewId'> = ({ at, interviewId = '' }, view) => {
  const interview = interviewOf(view, interviewId);
  if (!interview || interview.interruptions.length === 0) return refuse('R-001', 'E-INT-NOT-INTERRUPTED');
  if (interview.inSession) return refuse('R-001', 'E-INT-NOT-INTERRUPTED');
  return mayGoOn(interview, at, view.zone)
    ? undefined
    : refuse('R-001', 'E-INT-DONE', { times: MAX_CONTINUATIONS, days: CONTINUATION_DAYS });
};

/** R-004, C-3. The intermediary who is assigned holds the session; who held the first one goes on. */
export const theSameIntermediaryGoesOn: Rule<'interviewId' | 'intermediary'> = (
  { interviewId = '', intermediary },
  view,
) => {
  const before = interviewOf(view, interviewId)?.intermediary;
  return before && intermediary?.intermediaryId !== before.intermediaryId
    ? refuse('R-004', 'E-INT-INTERMEDIARY', { why: 'SAME_INTERMEDIARY' })
    : undefined;
};

/** R-001, C-3. Only what has not been covered. */
export const onlyRemainingTopics: Rule<'interviewId' | 'topics'> = ({ interviewId = '', topics }, view) => {
  const interview = interviewOf(view, interviewId);
  const again = topics.filter((topic) => interview?.topicsCovered.includes(topic));
  const beyond = topics.filter(
    (topic) => interview && interview.topics.length > 0 && !interview.topics.includes(topic),
  );
  return again.length + beyond.length > 0
    ? refuse('R-001', 'E-INT-TOPICS', { topics: [...again, ...beyond].join(', ') })
    : undefined;
};
