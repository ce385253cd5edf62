import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { View } from './interview.state.js';

export interface Exam {
  readonly examKind: 'GENERAL' | 'INTIMATE' | 'PSYCHOLOGICAL';
  readonly examinerSpecialised: boolean;
  readonly clinicalIndication: boolean;
  readonly examinerFits: 'YES' | 'NO' | 'NOT_STATED';
}

/**
 * One exam: explained, agreed to, with a companion and a choice of examiner offered, by a specialist of the sex that the child chose.
 * Medical need or a judge allow another one; a refusal of the child blocks nothing else.
 */
export const theExamIsAgreedTo = (
  { examinerSpecialised, clinicalIndication, examinerFits }: Exam,
  { examExplained, examConsent, examsPerformed, examOrderedByCourt }: View,
): Refusal | undefined => {
  const why = !examExplained
    ? 'EXPLANATION'
    : !examConsent?.childAssents
      ? 'CONSENT'
      : !examConsent.companionOffered
        ? 'COMPANION'
        : !examConsent.examinerChoiceOffered || examinerFits === 'NO'
          ? 'EXAMINER'
          : !examinerSpecialised
            ? 'SPECIALIST'
            : examsPerformed > 0 && !clinicalIndication && !examOrderedByCourt
              ? 'EARLIER_EXAM'
              : undefined;
  return why && refuse('R-016', 'E-EXAM', { why });
};

/** Where the recorded facts contain no contact in person an intimate exam proves nothing; a clinician may need it for care. */
export const theExamIsRelevant = (
  { examKind, clinicalIndication }: Exam,
  { contactInPerson }: View,
): Refusal | undefined =>
  examKind === 'INTIMATE' && contactInPerson === 'NO' && !clinicalIndication
    ? refuse('R-017', 'E-EXAM-IRRELEVANT')
    : undefined;
