import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Question } from './interview.state.js';
import { interviewOf } from './interview.state.js';
import type { Rule } from './wish.js';

/** Every question was decided by the intermediary before the session starts. */
export const everyQuestionIsFiltered: Rule<'interviewId'> = ({ interviewId = '' }, view) => {
  const open = interviewOf(view, interviewId)?.questions.filter(({ decision }) => decision === null).length ?? 0;
  return open > 0 ? refuse('R-006', 'E-INT-UNFILTERED', { questions: open }) : undefined;
};

/** A question on other sexual conduct stays rejected unless a judge allowed it (CNPP 346); a rewording has its words. */
export const theDecisionFits = (
  question: Question | undefined,
  decision: string,
  reason: string,
  rewordedText: string | undefined,
): Refusal | undefined => {
  if (!question) return refuse('R-006', 'E-QUESTION-UNKNOWN');
  if (question.byDefault && decision !== 'REJECTED' && reason !== 'ALLOWED_BY_JUDGE')
    return refuse('R-006', 'E-QUESTION-CONDUCT');
  if (decision === 'REWORDED' && rewordedText === undefined) return refuse('R-006', 'E-QUESTION-WORDS');
  return question.decision !== null && !question.objected && !question.byDefault
    ? refuse('R-006', 'E-QUESTION-DECIDED')
    : undefined;
};

/** The agency that asked may object once to the decision; then it stands. */
export const onlyTheAskerObjectsOnce = (question: Question | undefined, agency: string): Refusal | undefined => {
  if (!question) return refuse('R-006', 'E-QUESTION-UNKNOWN');
  if (question.agency !== agency) return refuse('R-006', 'E-QUESTION-NOT-YOURS');
  if (question.decision === null) return refuse('R-006', 'E-QUESTION-UNDECIDED');
  return question.objected ? refuse('R-006', 'E-QUESTION-OBJECTED') : undefined;
};
