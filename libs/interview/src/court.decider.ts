import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import { refuse } from '@resguardo/eventing';
import { measuresDue, REVIEW_HOURS, thePlanIsWhole, thereIsANoContactPlan } from './court.rule.js';
import type { Decision } from './decision.js';
import { stamped, stampOf } from './decision.js';
import type { Exam } from './exam.rule.js';
import { theExamIsAgreedTo, theExamIsRelevant } from './exam.rule.js';
import type { Named, View } from './interview.state.js';
import { noReplayBeforeTheAccused } from './replay.rule.js';
import type { Rules } from './rules.js';
import { addHours, isBefore } from './time.js';
import { therapyStaysSecret } from './therapy.rule.js';

const examOf = ({ input, known }: Named<'planExam'> | Named<'recordExamPerformed'>): Exam => ({
  examKind: input.examKind,
  examinerSpecialised: input.examinerSpecialised,
  clinicalIndication: input.clinicalIndication,
  examinerFits: known.examinerFits ?? 'NOT_STATED',
});

export const planExam = (command: Named<'planExam'>, view: View, rules: Rules): Decision => {
  const { input, known, at, by } = command;
  const { examKind, slot, venueKind, joinedWithCare, examinerSpecialised, clinicalIndication } = input;
  const wish = {
    at,
    slot,
    agency: by.agency,
    schoolOverlap: known.schoolOverlap ?? false,
    schoolTimeAskedByChild: input.schoolTimeAskedByChild ?? false,
    urgent: clinicalIndication,
  };
  // M-2: what care needs waits for nobody's assignment.
  return (
    (clinicalIndication ? undefined : rules.theChildIsRepresented({}, view)) ??
    theExamIsRelevant(examOf(command), view) ??
    theExamIsAgreedTo(examOf(command), view) ??
    rules.schoolTimeIsKeptFree(wish, view) ?? [
      {
        type: 'ForensicExamPlanned',
        data: {
          examId: known.newId,
          examKind,
          slot,
          venueKind,
          joinedWithCare,
          examinerSpecialised,
          clinicalIndication,
          schoolOverlap: known.schoolOverlap ?? false,
        },
      },
    ]
  );
};

export const recordExamPerformed = (command: Named<'recordExamPerformed'>, view: View, rules: Rules): Decision => {
  const { input, known } = command;
  const { examKind, examinerSpecialised, companionPresent, clinicalIndication, accountGiven } = input;
  return stamped(
    {
      type: 'ForensicExamPerformed',
      data: {
        examKind,
        examinerSpecialised,
        examinerFitsPreference: known.examinerFits ?? 'NOT_STATED',
        companionPresent,
        clinicalIndication,
        accountGiven,
      },
    },
    stampOf(
      theExamIsAgreedTo(examOf(command), view),
      theExamIsRelevant(examOf(command), view),
      clinicalIndication ? undefined : rules.theChildIsRepresented({}, view),
    ),
  );
};

export const planReplay = ({ input }: Named<'planReplay'>): Decision => {
  const { slot, childPresent, accusedPresent, separated } = input;
  return (
    noReplayBeforeTheAccused(input) ?? [
      { type: 'StatementReplayPlanned', data: { slot, childPresent, accusedPresent, separated } },
    ]
  );
};

export const recordStatementReplayed = ({ input }: Named<'recordStatementReplayed'>): Decision => {
  const { childPresent, accusedPresent, separated } = input;
  // That the child had asked to be there apart is taken from the separation.
  return stamped(
    { type: 'StatementReplayed', data: { childPresent, accusedPresent, separated } },
    stampOf(noReplayBeforeTheAccused({ ...input, childAsksToBePresent: separated })),
  );
};

export const recordTestimonyOrdered = ({ input }: Named<'recordTestimonyOrdered'>, { zone, state }: View): Decision => {
  const { hearingId, on, courtKind } = input;
  const facts: readonly NewInterviewFact[] = [
    { type: 'ChildTestimonyOrdered', data: { ...(hearingId && { hearingId }), on, courtKind } },
    {
      type: 'CourtTestimonyPlanOpened',
      data: { ...(hearingId && { hearingId }), measuresDue: measuresDue(on, zone, state) },
    },
  ];
  return facts;
};

export const recordHearingScheduled = (
  { input, known }: Named<'recordHearingScheduled'>,
  { zone, state }: View,
): Decision => {
  const { hearingKind, on, childAttends } = input;
  return [
    {
      type: 'HearingScheduled',
      data: { hearingId: known.newId, hearingKind, on, childAttends, measuresDue: measuresDue(on, zone, state) },
    },
  ];
};

const hearingOf = (view: View, hearingId: string | undefined) =>
  view.hearings.find((one) => one.hearingId === hearingId);

export const requestSpecialMeasures = ({ input, at }: Named<'requestSpecialMeasures'>, view: View): Decision => {
  const hearing = hearingOf(view, input.hearingId);
  if (!hearing) return refuse('R-022', 'E-HEARING-UNKNOWN');
  const fact: NewInterviewFact = {
    type: 'SpecialTestimonyMeasuresRequested',
    data: { hearingId: input.hearingId, measures: input.measures },
  };
  return stamped(fact, isBefore(hearing.measuresDue, at) ? ['R-022'] : []);
};

export const approveNoContactPlan = ({ input }: Named<'approveNoContactPlan'>, view: View): Decision => {
  const { hearingId, separateEntry, separateWaitingRoom, staggeredTimes, screenOrVideo } = input;
  if (!hearingOf(view, hearingId)) return refuse('R-120', 'E-HEARING-UNKNOWN');
  const plan = { separateEntry, separateWaitingRoom, staggeredTimes, screenOrVideo };
  return thePlanIsWhole(plan) ?? [{ type: 'NoContactPlanApproved', data: { hearingId, ...plan } }];
};

export const markHearingReady = ({ input }: Named<'markHearingReady'>, view: View, rules: Rules): Decision => {
  const hearing = hearingOf(view, input.hearingId);
  if (!hearing) return refuse('R-120', 'E-HEARING-UNKNOWN');
  return (
    rules.theChildIsRepresented({}, view) ??
    thereIsANoContactPlan(hearing) ?? [{ type: 'HearingReady', data: { hearingId: input.hearingId } }]
  );
};

export const recordHearingHeld = ({ input }: Named<'recordHearingHeld'>, view: View, rules: Rules): Decision => {
  const { hearingId, hearingKind, childAttended, accountGiven } = input;
  const planned = hearingOf(view, hearingId)?.noContactPlan === true;
  return stamped(
    { type: 'HearingHeld', data: { ...(hearingId && { hearingId }), hearingKind, childAttended, accountGiven } },
    childAttended ? [...(planned ? [] : ['R-120']), ...stampOf(rules.theChildIsRepresented({}, view))] : [],
  );
};

export const reportCoercivePreparation = ({ input, occurredAt }: Named<'reportCoercivePreparation'>): Decision => {
  const { actKind, byRole, description } = input;
  return stamped(
    {
      type: 'CoercivePreparationReported',
      data: { actKind, byRole, reviewDue: addHours(occurredAt, REVIEW_HOURS), ...(description && { description }) },
    },
    ['R-023'],
  );
};

export const recordContactWithAccused = ({ input }: Named<'recordContactWithAccused'>): Decision => {
  const { contactKind, hearingId, description } = input;
  return stamped(
    {
      type: 'ContactWithAccusedOccurred',
      data: { contactKind, ...(hearingId && { hearingId }), ...(description && { description }) },
    },
    ['R-120'],
  );
};

export const requestTherapyContent = ({ input }: Named<'requestTherapyContent'>, view: View): Decision =>
  therapyStaysSecret(view) ?? [{ type: 'TherapyContentRequested', data: { purpose: input.purpose } }];
