import type { InterviewTopic } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { View } from './interview.state.js';
import { isBefore } from './time.js';

/** Hours within which a request for the record is decided. */
export const ACCESS_DECISION_HOURS = 24;

/** A record that already answers, and since when: a sealed interview that covers the topics, or an account kept on record elsewhere. */
export const recordThatAnswers = (
  { interviews, acts }: View,
  at: string,
  topics: readonly InterviewTopic[] = [],
): { readonly since: string; readonly recordOf: string } | undefined => {
  const sealedBefore = interviews.find(
    ({ sealedAt, topicsCovered }) =>
      sealedAt !== null && !isBefore(at, sealedAt) && topics.every((topic) => topicsCovered.includes(topic)),
  );
  if (sealedBefore?.sealedAt) return { since: sealedBefore.sealedAt, recordOf: sealedBefore.interviewId };
  const kept = acts.find((act) => act.onRecord && isBefore(act.at, at));
  return kept && { since: kept.at, recordOf: kept.eventId };
};

/** Whoever would ask the child again reads the record instead. */
export const theRecordIsUsed = (view: View, at: string, topics?: readonly InterviewTopic[]): Refusal | undefined => {
  const record = recordThatAnswers(view, at, topics);
  return record && refuse('R-012', 'E-USE-RECORD', record);
};
