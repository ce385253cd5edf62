import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import type { Decider, Refusal } from '@resguardo/eventing';
import { isRefusal } from '@resguardo/eventing';
import * as court from './court.decider.js';
import type { Decision } from './decision.js';
import type { Fact, InterviewCommand, InterviewState, View } from './interview.state.js';
import { evolveInterview, initialInterviewState } from './interview.state.js';
import * as planning from './planning.decider.js';
import { roundsClosedMeanwhile, roundsEndedBySession } from './question-round.rule.js';
import * as record from './record.decider.js';
import type { Rules } from './rules.js';
import { allRules } from './rules.js';
import * as session from './session.decider.js';

const decide = (command: InterviewCommand, view: View, rules: Rules): Decision => {
  switch (command.name) {
    case 'planInterview':
      return planning.planInterview(command, view, rules);
    case 'cancelInterview':
      return planning.cancelInterview(command, view);
    case 'approveSchoolTime':
      return planning.approveSchoolTime(command);
    case 'shortenQuestionRound':
      return planning.shortenQuestionRound(command, view, rules);
    case 'submitQuestions':
      return planning.submitQuestions(command, view, rules);
    case 'declineQuestions':
      return planning.declineQuestions(command, view, rules);
    case 'filterQuestion':
      return planning.filterQuestion(command, view, rules);
    case 'objectToFilter':
      return planning.objectToFilter(command, view, rules);
    case 'assignIntermediary':
      return planning.assignIntermediary(command, view, rules);
    case 'assignInterpreter':
      return planning.assignInterpreter(command, view);
    case 'decideAnticipatedEvidence':
      return planning.decideAnticipatedEvidence(command, view);
    case 'recordChildAssent': {
      const { interviewId, requestId, explanationVersion, explainedBy, rightToStopExplained } = command.input;
      return [
        {
          type: 'ChildAssentRecorded',
          data: {
            ...(interviewId && { interviewId }),
            ...(requestId && { requestId }),
            explanationVersion,
            explainedBy,
            rightToStopExplained,
            interpreterDeclined: command.input.interpreterDeclined ?? false,
            otherIntermediaryAsked: command.input.otherIntermediaryAsked ?? false,
          },
        },
      ];
    }
    case 'recordAssentWithheld': {
      const { interviewId, requestId, reason } = command.input;
      return [
        {
          type: 'ChildAssentWithheld',
          data: { ...(interviewId && { interviewId }), ...(requestId && { requestId }), reason },
        },
      ];
    }
    case 'recogniseStabilisation': {
      const { reviewOn } = command.input;
      return [{ type: 'StabilisationPeriodRecognised', data: { ...(reviewOn && { reviewOn }) } }];
    }
    case 'endStabilisation':
      return [{ type: 'StabilisationPeriodEnded', data: {} }];
    case 'recordRecordingPreference': {
      const { interviewId, preference, explainedBy } = command.input;
      return [{ type: 'RecordingPreferenceStated', data: { interviewId, preference, explainedBy } }];
    }
    case 'excludeAttendee': {
      const { attendeeRole, reason, reasons } = command.input;
      return [{ type: 'AttendeeExcluded', data: { attendeeRole, reason, ...(reasons && { reasons }) } }];
    }
    case 'startInterview':
      return session.startInterview(command, view, rules);
    case 'interruptInterview':
      return session.interruptInterview(command, view, rules);
    case 'continueInterview':
      return session.continueInterview(command, view, rules);
    case 'recordInterviewConducted':
      return session.recordInterviewConducted(command, view, rules);
    case 'recordInterviewHeld':
      return session.recordInterviewHeld(command, view, rules);
    case 'sealRecord':
      return session.sealRecord(command, view);
    case 'requestAccountFromChild':
      return record.requestAccountFromChild(command, view, rules);
    case 'requestRecordAccess':
      return record.requestRecordAccess(command, view);
    case 'shareRecord':
      return record.shareRecord(command, view);
    case 'denyRecordAccess':
      return record.denyRecordAccess(command, view);
    case 'recordRecordCopied':
      return record.recordRecordCopied(command, view);
    case 'recordRecordViewed': {
      const { interviewId, purpose, persons } = command.input;
      return [{ type: 'InterviewRecordViewed', data: { interviewId, purpose, persons } }];
    }
    case 'requestAdditionalInterview':
      return record.requestAdditionalInterview(command, view);
    case 'recordImpactOpinion': {
      const { requestId, harmExpected, givenBy, opinion } = command.input;
      return [
        { type: 'ImpactOpinionRecorded', data: { requestId, harmExpected, givenBy, ...(opinion && { opinion }) } },
      ];
    }
    case 'approveAdditionalInterview':
      return record.approveAdditionalInterview(command, view);
    case 'denyAdditionalInterview':
      return record.denyAdditionalInterview(command, view);
    case 'recordCourtOrder': {
      const { courtKind, orders, validUntil, reference } = command.input;
      return [
        {
          type: 'CourtOrderRecorded',
          data: { orderId: command.known.newId, courtKind, orders, ...(validUntil && { validUntil }), reference },
        },
      ];
    }
    case 'recordRetelling':
      return record.recordRetelling(command, view);
    case 'recordExamExplained': {
      const { explanationVersion, explainedBy } = command.input;
      return [{ type: 'ExamExplained', data: { explanationVersion, explainedBy } }];
    }
    case 'recordExamConsent': {
      const { childAssents, companionOffered, examinerChoiceOffered } = command.input;
      return [{ type: 'ExamConsentRecorded', data: { childAssents, companionOffered, examinerChoiceOffered } }];
    }
    case 'planExam':
      return court.planExam(command, view, rules);
    case 'recordExamPerformed':
      return court.recordExamPerformed(command, view, rules);
    case 'recordExamDeclined':
      return [{ type: 'ForensicExamDeclined', data: { declinedBy: command.input.declinedBy } }];
    case 'reportCoercivePreparation':
      return court.reportCoercivePreparation(command);
    case 'planReplay':
      return court.planReplay(command);
    case 'recordStatementReplayed':
      return court.recordStatementReplayed(command);
    case 'recordContactWithAccused':
      return court.recordContactWithAccused(command);
    case 'recordTestimonyOrdered':
      return court.recordTestimonyOrdered(command, view);
    case 'recordHearingScheduled':
      return court.recordHearingScheduled(command, view);
    case 'requestSpecialMeasures':
      return court.requestSpecialMeasures(command, view);
    case 'approveNoContactPlan':
      return court.approveNoContactPlan(command, view);
    case 'markHearingReady':
      return court.markHearingReady(command, view, rules);
    case 'recordHearingHeld':
      return court.recordHearingHeld(command, view, rules);
    case 'recordSecrecyReleased':
      return [{ type: 'TherapySecrecyReleased', data: { explainedBy: command.input.explainedBy } }];
    case 'requestTherapyContent':
      return court.requestTherapyContent(command, view);
    case 'noteLinkedInterview':
      return session.noteLinkedInterview(command, view, rules);
  }
};

/** C-16. What has closed meanwhile is recorded with whatever is said next, at the time at which it closed. */
const withWhatClosed = (decision: Decision, view: View, at: string): readonly NewInterviewFact[] | Refusal =>
  isRefusal(decision) || decision.length === 0
    ? decision
    : [...roundsClosedMeanwhile(view, at), ...roundsEndedBySession(decision, view, at), ...decision];

/** Sections A of the rules over the stream of one case. `rules` is there for tests that switch one off. */
export const interviewDecider = (
  rules: Rules = allRules,
): Decider<InterviewState, InterviewCommand, NewInterviewFact, Fact> => ({
  initialState: initialInterviewState,
  evolve: evolveInterview,
  decide: (command, { view }) => withWhatClosed(decide(command, view, rules), view, command.at),
});
