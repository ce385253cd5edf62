import { theAdditionalInterviewKeepsToItsTopics } from './additional-interview.rule.js';
import { advanceEvidenceIsDecided } from './anticipated-evidence.rule.js';
import { theChildAgreed, theChildIsReady } from './assent.rule.js';
import { onlyRemainingTopics, theInterviewMayGoOn, theSameIntermediaryGoesOn } from './continuation.rule.js';
import { anExcludedPersonStaysOut } from './guardian.rule.js';
import { theIntermediaryIsRegistered } from './intermediary.rule.js';
import { aRecordedNeedIsMet } from './interpreter.rule.js';
import { oneInterviewAtATime, thePlanStands } from './one-at-a-time.rule.js';
import { everyQuestionIsFiltered } from './question-filter.rule.js';
import { theRoundIsOver, thereIsTimeForQuestions } from './question-round.rule.js';
import { theChildWasAskedAboutRecording, theRecordingFitsThePreference } from './recording.rule.js';
import { theChildIsRepresented } from './representation.rule.js';
import { onlyTheIntermediaryIsInTheRoom } from './room.rule.js';
import { onlyTheLeadCasePlans } from './same-facts.rule.js';
import { schoolTimeIsKeptFree } from './school-time.rule.js';
import { additionalInterviewsAreCapped, aSecondInterviewIsAuthorised } from './single-interview.rule.js';
import type { Rule } from './wish.js';

/** The rules of planning and holding the interview, by name: a test switches one off and shows what it keeps from happening. */
export const allRules = {
  theChildIsRepresented,
  onlyTheLeadCasePlans,
  oneInterviewAtATime,
  thePlanStands,
  aSecondInterviewIsAuthorised,
  additionalInterviewsAreCapped,
  theAdditionalInterviewKeepsToItsTopics,
  theIntermediaryIsRegistered,
  thereIsTimeForQuestions,
  theRoundIsOver,
  everyQuestionIsFiltered,
  onlyTheIntermediaryIsInTheRoom,
  anExcludedPersonStaysOut,
  theChildIsReady,
  theChildAgreed,
  theChildWasAskedAboutRecording,
  theRecordingFitsThePreference,
  advanceEvidenceIsDecided,
  schoolTimeIsKeptFree,
  aRecordedNeedIsMet,
  theInterviewMayGoOn,
  theSameIntermediaryGoesOn,
  onlyRemainingTopics,
} satisfies Readonly<Record<string, Rule>>;

export type RuleName = keyof typeof allRules;
export type Rules = typeof allRules;

/** What must be said of an act that these rules are asked about: all that any of them reads. */
export type WishOf<Names extends RuleName> = {
  [Name in Names]: (wish: Parameters<Rules[Name]>[0]) => void;
}[Names] extends (wish: infer Wish) => void
  ? Wish
  : never;

// One list per act. `acts.spec.ts` has a row for each entry: the scenario in which this rule, and no other, says no.

/** In the order in which a person should hear of them. */
export const PLAN = [
  'theChildIsRepresented',
  'onlyTheLeadCasePlans',
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theAdditionalInterviewKeepsToItsTopics',
  'advanceEvidenceIsDecided',
  'theIntermediaryIsRegistered',
  'thereIsTimeForQuestions',
  'schoolTimeIsKeptFree',
] as const satisfies readonly RuleName[];

export const ASSIGN = [
  'thePlanStands',
  'theIntermediaryIsRegistered',
  'theAdditionalInterviewKeepsToItsTopics',
] as const satisfies readonly RuleName[];

/** What a session needs, whether it starts or goes on. */
const SESSION = [
  'theChildIsRepresented',
  'onlyTheLeadCasePlans',
  'theIntermediaryIsRegistered',
  'onlyTheIntermediaryIsInTheRoom',
  'anExcludedPersonStaysOut',
  'theChildIsReady',
  'theChildAgreed',
  'theChildWasAskedAboutRecording',
  'theRecordingFitsThePreference',
  'aRecordedNeedIsMet',
] as const satisfies readonly RuleName[];

export const START = [
  'thePlanStands',
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theAdditionalInterviewKeepsToItsTopics',
  'theRoundIsOver',
  'everyQuestionIsFiltered',
  'advanceEvidenceIsDecided',
  'theSameIntermediaryGoesOn',
  ...SESSION,
] as const satisfies readonly RuleName[];

export const GO_ON = [
  'theInterviewMayGoOn',
  'theSameIntermediaryGoesOn',
  'onlyRemainingTopics',
  'schoolTimeIsKeptFree',
  ...SESSION,
] as const satisfies readonly RuleName[];

/** What a session that was started here is stamped with when it is told of: what its start could not know. */
export const IN_SESSION = [
  'onlyTheIntermediaryIsInTheRoom',
  'anExcludedPersonStaysOut',
  'theRecordingFitsThePreference',
  'theAdditionalInterviewKeepsToItsTopics',
] as const satisfies readonly RuleName[];

/**
 * A session that goes on and that nobody started here. One that may not go on is another interview; and whether the child had asked
 * for school time is not told of what happened.
 */
export const WENT_ON = [
  'theSameIntermediaryGoesOn',
  'onlyRemainingTopics',
  ...SESSION,
] as const satisfies readonly RuleName[];

/** What a session that nobody started here is stamped with: all that its start would have been refused for (M-1). */
export const HELD_AS_PLANNED = [
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theAdditionalInterviewKeepsToItsTopics',
  'theRoundIsOver',
  'everyQuestionIsFiltered',
  'advanceEvidenceIsDecided',
  'theSameIntermediaryGoesOn',
  ...SESSION,
] as const satisfies readonly RuleName[];

/** One without a plan, so without a round, a decision or a preference of its own: what is left is asked all the same. */
export const HELD_OUTSIDE = [
  'theChildIsRepresented',
  'onlyTheLeadCasePlans',
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theAdditionalInterviewKeepsToItsTopics',
  'theIntermediaryIsRegistered',
  'onlyTheIntermediaryIsInTheRoom',
  'anExcludedPersonStaysOut',
  'theChildIsReady',
] as const satisfies readonly RuleName[];
