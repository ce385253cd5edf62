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
export type Rules = Readonly<Record<RuleName, Rule>>;

/** In the order in which a person should hear of them. */
export const PLAN: readonly RuleName[] = [
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
];

/** What a session needs, whether it starts or goes on. */
const SESSION: readonly RuleName[] = [
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
];

export const START: readonly RuleName[] = [
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
];

export const GO_ON: readonly RuleName[] = [
  'theInterviewMayGoOn',
  'theSameIntermediaryGoesOn',
  'onlyRemainingTopics',
  'schoolTimeIsKeptFree',
  ...SESSION,
];

/** What a session that nobody started here is stamped with, when it is missing. */
export const HELD_AS_PLANNED: readonly RuleName[] = [
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theAdditionalInterviewKeepsToItsTopics',
  'theRoundIsOver',
  'everyQuestionIsFiltered',
  'advanceEvidenceIsDecided',
  ...SESSION,
];

export const HELD_OUTSIDE: readonly RuleName[] = [
  'theChildIsRepresented',
  'onlyTheLeadCasePlans',
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'aSecondInterviewIsAuthorised',
  'theIntermediaryIsRegistered',
  'onlyTheIntermediaryIsInTheRoom',
];
