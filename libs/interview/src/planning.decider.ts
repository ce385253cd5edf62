import { AGENCIES } from '@resguardo/contracts';
import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import { refuse } from '@resguardo/eventing';
import { URGENT_DECISION_HOURS } from './anticipated-evidence.rule.js';
import type { Decision } from './decision.js';
import { firstRefusal } from './decision.js';
import type { Named, View } from './interview.state.js';
import { coverAt, held, interviewOf, othersHeld, partyOf } from './interview.state.js';
import { aPlanIsCancelledByWhoMay } from './one-at-a-time.rule.js';
import { onlyTheAskerObjectsOnce, theDecisionFits } from './question-filter.rule.js';
import { closingOf, oneSetWhileTheRoundIsOpen } from './question-round.rule.js';
import type { Credential } from './register.decider.js';
import type { Rules, WishOf } from './rules.js';
import { ASSIGN, PLAN } from './rules.js';
import { schoolTimeAllowedBy } from './school-time.rule.js';
import { addHours, isBefore } from './time.js';
import { venueIsFlagged } from './venue.rule.js';

/** The register's words in the fact; without an entry only the id is known. */
export const credentialOf = (intermediaryId: string, entry: Credential | null | undefined) => ({
  intermediaryId,
  profession: entry?.profession ?? 'OTHER',
  trainingKind: entry?.trainingKind ?? 'OTHER',
  trainedOn: entry?.trainedOn ?? '1900-01-01',
});

export const planInterview = (
  { input, known, caseId, at, by }: Named<'planInterview'>,
  view: View,
  rules: Rules,
): Decision => {
  const { minutes, venueKind, urgent, topics, modePlanned, intermediaryId } = input;
  const slot = new Date(input.slot).toISOString();
  const wish: WishOf<(typeof PLAN)[number]> = {
    caseId,
    at,
    // It has no id yet: whatever is open or was held is another one.
    interviewId: undefined,
    slot,
    urgent,
    topics,
    agency: by.agency,
    actor: by.actor,
    intermediary: known.intermediary ?? null,
    schoolOverlap: known.schoolOverlap ?? false,
    schoolTimeAskedByChild: input.schoolTimeAskedByChild ?? false,
  };
  const allowedBy = known.schoolOverlap ? schoolTimeAllowedBy(wish, view) : undefined;
  const cover = othersHeld(view) > 0 ? coverAt(view, at, undefined, by.actor) : undefined;
  const planned = (): readonly NewInterviewFact[] => [
    {
      type: 'InterviewPlanned',
      data: {
        interviewId: known.newId,
        slot,
        minutes,
        venueKind,
        venueFlagged: venueIsFlagged(venueKind, input.videoLink),
        urgent,
        ...(modePlanned && { modePlanned }),
        ...credentialOf(intermediaryId, known.intermediary),
        schoolOverlap: known.schoolOverlap ?? false,
        ...(allowedBy && { schoolTimeAllowedBy: allowedBy }),
        topics,
        ...(cover && { authorisationId: cover.authorisationId }),
        ...(view.evidenceDecidedAt === null && { evidenceDecisionDue: addHours(slot, URGENT_DECISION_HOURS) }),
      },
    },
    {
      type: 'IntermediaryAssigned',
      data: { interviewId: known.newId, ...credentialOf(intermediaryId, known.intermediary) },
    },
    {
      type: 'QuestionRoundOpened',
      data: { interviewId: known.newId, closesAt: closingOf(at, slot, urgent, view.shortNoticeUntil) },
    },
  ];
  return firstRefusal(rules, PLAN, wish, view) ?? planned();
};

export const cancelInterview = ({ input, at, by }: Named<'cancelInterview'>, view: View): Decision =>
  aPlanIsCancelledByWhoMay(interviewOf(view, input.interviewId), by.agency, at, view) ?? [
    { type: 'InterviewCancelled', data: { interviewId: input.interviewId, reason: input.reason } },
  ];

/** What is asked into a plan: it stands and has not started. */
const open = (interviewId: string, view: View, rules: Rules) => rules.thePlanStands({ interviewId }, view);

export const shortenQuestionRound = (
  { input, at }: Named<'shortenQuestionRound'>,
  view: View,
  rules: Rules,
): Decision => {
  const { interviewId, closesAt, reasons } = input;
  const early = isBefore(closesAt, at) ? refuse('R-005', 'E-INT-PAST', { slot: closesAt }) : undefined;
  if (interviewId === undefined) return early ?? [{ type: 'QuestionRoundShortened', data: { closesAt, reasons } }];
  const closes = interviewOf(view, interviewId)?.closesAt;
  return (
    open(interviewId, view, rules) ??
    early ??
    (closes && isBefore(closes, closesAt) ? refuse('R-005', 'E-INT-LATER', { closes }) : undefined) ?? [
      { type: 'QuestionRoundShortened', data: { interviewId, closesAt, reasons } },
    ]
  );
};

export const approveSchoolTime = ({ input }: Named<'approveSchoolTime'>): Decision => [
  { type: 'SchoolTimeApproved', data: { slot: new Date(input.slot).toISOString(), reasons: input.reasons } },
];

export const submitQuestions = (command: Named<'submitQuestions'>, view: View, rules: Rules): Decision => {
  const { input, known, at, by } = command;
  const { interviewId, questionTexts, onOtherSexualConduct = [] } = input;
  const asLegalAdviser = by.role === 'LEGAL_ADVISER';
  const refused = open(interviewId, view, rules);
  if (refused) return refused;
  const interview = interviewOf(view, interviewId)!;
  const questionIds = questionTexts.map((_text, i) => `${known.newId}.${i + 1}`);
  const rejected = questionIds.filter((_id, i) => onOtherSexualConduct.includes(i + 1));
  return (
    oneSetWhileTheRoundIsOpen(interview, partyOf(by.agency, asLegalAdviser), at) ??
    (questionTexts.length === 0 ? refuse('R-005', 'E-INT-NO-QUESTIONS') : undefined) ?? [
      { type: 'QuestionSetSubmitted', data: { interviewId, questionIds, questionTexts, asLegalAdviser } },
      ...rejected.map((questionId): NewInterviewFact => ({
        type: 'QuestionFiltered',
        data: { interviewId, questionId, decision: 'REJECTED', reason: 'OTHER_SEXUAL_CONDUCT', byDefault: true },
      })),
    ]
  );
};

export const declineQuestions = (command: Named<'declineQuestions'>, view: View, rules: Rules): Decision => {
  const { input, at, by } = command;
  const { interviewId } = input;
  const asLegalAdviser = by.role === 'LEGAL_ADVISER';
  const refused = open(interviewId, view, rules);
  if (refused) return refused;
  return (
    oneSetWhileTheRoundIsOpen(interviewOf(view, interviewId)!, partyOf(by.agency, asLegalAdviser), at) ?? [
      { type: 'QuestionSetDeclined', data: { interviewId, asLegalAdviser } },
    ]
  );
};

const questionOf = (view: View, interviewId: string, questionId: string) =>
  interviewOf(view, interviewId)?.questions.find((one) => one.questionId === questionId);

export const filterQuestion = (command: Named<'filterQuestion'>, view: View, rules: Rules): Decision => {
  const { interviewId, questionId, decision, reason, rewordedText } = command.input;
  const question = questionOf(view, interviewId, questionId);
  const askedBy = AGENCIES.find((agency) => agency === question?.agency);
  return (
    open(interviewId, view, rules) ??
    theDecisionFits(question, decision, reason, rewordedText) ?? [
      {
        type: 'QuestionFiltered',
        data: {
          interviewId,
          questionId,
          ...(askedBy && { askedBy }),
          decision,
          reason,
          byDefault: false,
          ...(rewordedText && { rewordedText }),
        },
      },
    ]
  );
};

export const objectToFilter = (command: Named<'objectToFilter'>, view: View, rules: Rules): Decision => {
  const { interviewId, questionId, reasons } = command.input;
  return (
    open(interviewId, view, rules) ??
    onlyTheAskerObjectsOnce(questionOf(view, interviewId, questionId), command.by.agency) ?? [
      { type: 'FilterObjected', data: { interviewId, questionId, reasons } },
    ]
  );
};

export const assignIntermediary = (command: Named<'assignIntermediary'>, view: View, rules: Rules): Decision => {
  const { input, known, at } = command;
  const { interviewId, intermediaryId } = input;
  const interview = interviewOf(view, interviewId);
  const wish: WishOf<(typeof ASSIGN)[number]> = {
    at,
    interviewId,
    // Whoever names the intermediary wants no interview by that: it stands under what its planner had.
    actor: undefined,
    intermediary: known.intermediary ?? null,
    slot: interview?.slot ?? undefined,
    // They were judged when it was planned, and are again when it starts.
    topics: [],
  };
  return (
    firstRefusal(rules, ASSIGN, wish, view) ?? [
      { type: 'IntermediaryAssigned', data: { interviewId, ...credentialOf(intermediaryId, known.intermediary) } },
    ]
  );
};

export const assignInterpreter = ({ input }: Named<'assignInterpreter'>, view: View): Decision => {
  const { interviewId, staffId, formatCode } = input;
  const interview = interviewOf(view, interviewId);
  if (!interview) return refuse('R-002', 'E-INT-UNKNOWN');
  return [{ type: 'InterpreterAssigned', data: { interviewId, staffId, formatCode } }];
};

export const decideAnticipatedEvidence = ({ input }: Named<'decideAnticipatedEvidence'>, view: View): Decision => {
  const { decision, reason, reasons } = input;
  return view.interviews.some((one) => held(one) && one.evidenceDecisionDue === null)
    ? refuse('R-021', 'E-ANT-LATE')
    : [{ type: 'AnticipatedEvidenceDecided', data: { decision, reason, ...(reasons && { reasons }) } }];
};
