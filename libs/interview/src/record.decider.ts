import { refuse } from '@resguardo/eventing';
import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import {
  aKeyOfTheirOwn,
  AUTHORISATION_DAYS,
  intermediaryToKeep,
  keyOf,
  theRequestIsReady,
  theRequestStatesANewFact,
} from './additional-interview.rule.js';
import type { Decision } from './decision.js';
import { stamped } from './decision.js';
import type { Named, View } from './interview.state.js';
import { interviewOf } from './interview.state.js';
import { ACCESS_DECISION_HOURS, theRecordIsUsed } from './record-instead-of-asking.rule.js';
import type { Rules } from './rules.js';
import { noThirdAdditionalInterview } from './single-interview.rule.js';
import { addHours, isBefore } from './time.js';

export const requestAccountFromChild = (
  { input, at }: Named<'requestAccountFromChild'>,
  view: View,
  rules: Rules,
): Decision =>
  theRecordIsUsed(view, at, input.topics) ??
  rules.theChildIsRepresented({}, view) ?? [
    { type: 'AccountRequested', data: { actKind: input.actKind, topics: input.topics ?? [] } },
  ];

export const requestRecordAccess = ({ input, known, at }: Named<'requestRecordAccess'>, view: View): Decision => {
  const { interviewId, purpose, topics = [] } = input;
  if (!interviewOf(view, interviewId)?.sealedAt) return refuse('R-012', 'E-RECORD-NONE');
  return [
    {
      type: 'RecordAccessRequested',
      data: { requestId: known.newId, interviewId, purpose, topics, decisionDue: addHours(at, ACCESS_DECISION_HOURS) },
    },
  ];
};

/** R-012, C-12. The agency that answers for the case decides; nobody decides their own request. */
const decidable = (view: View, requestId: string, by: { readonly actor: string; readonly agency: string }) => {
  const request = view.accessRequests.find((one) => one.requestId === requestId);
  if (!request) return refuse('R-012', 'E-ACCESS-UNKNOWN');
  if (request.outcome !== null) return refuse('R-012', 'E-ACCESS-DECIDED', { outcome: request.outcome });
  if (request.actor === by.actor) return refuse('R-012', 'E-ACCESS-OWN');
  return view.responsible !== null && by.agency !== view.responsible && by.agency !== 'CHILD_PROTECTION'
    ? refuse('R-012', 'E-ACCESS-OWNER', { responsible: view.responsible })
    : undefined;
};

export const shareRecord = ({ input, at, by }: Named<'shareRecord'>, view: View): Decision => {
  const refused = decidable(view, input.requestId, by);
  if (refused) return refused;
  const { requestId, interviewId, agency, actor, decisionDue } = view.accessRequests.find(
    (one) => one.requestId === input.requestId,
  )!;
  const fact: NewInterviewFact = {
    type: 'InterviewRecordShared',
    data: { requestId, interviewId, recipientAgency: agency, recipient: actor, parts: input.parts },
  };
  return stamped(fact, isBefore(decisionDue, at) ? ['R-012'] : []);
};

export const denyRecordAccess = ({ input, at, by }: Named<'denyRecordAccess'>, view: View): Decision => {
  const refused = decidable(view, input.requestId, by);
  if (refused) return refused;
  const { requestId, interviewId, decisionDue } = view.accessRequests.find((one) => one.requestId === input.requestId)!;
  const fact: NewInterviewFact = {
    type: 'RecordAccessDenied',
    data: { requestId, interviewId, reason: input.reason },
  };
  return stamped(fact, isBefore(decisionDue, at) ? ['R-012'] : []);
};

/** Every copy and every viewing is a fact; a copy beyond the sharing needs a court's order, or it is stamped. */
export const recordRecordCopied = ({ input }: Named<'recordRecordCopied'>, view: View): Decision => {
  const { interviewId, purpose, courtOrderId, digest } = input;
  const shared = view.accessRequests.some((one) => one.interviewId === interviewId && one.outcome === 'SHARED');
  return stamped(
    {
      type: 'InterviewRecordCopied',
      data: { interviewId, purpose, ...(courtOrderId && { courtOrderId }), ...(digest && { digest }) },
    },
    shared || courtOrderId ? [] : ['R-028'],
  );
};

export const requestAdditionalInterview = (
  { input, known, at }: Named<'requestAdditionalInterview'>,
  view: View,
): Decision => {
  const { ground, newFactKnownAt, newFact, whyRecordCannotAnswer, topics } = input;
  return (
    theRequestStatesANewFact(input, at, view) ??
    (topics.length === 0 ? refuse('R-010', 'E-INT-EXTRA', { why: 'TOPICS' }) : undefined) ?? [
      {
        type: 'AdditionalInterviewRequested',
        data: { requestId: known.newId, ground, newFactKnownAt, newFact, whyRecordCannotAnswer, topics },
      },
    ]
  );
};

export const approveAdditionalInterview = (
  { input, at, by }: Named<'approveAdditionalInterview'>,
  view: View,
): Decision => {
  const request = view.requests.find((one) => one.requestId === input.requestId);
  const refused = aKeyOfTheirOwn(request, by);
  if (refused) return refused;
  if (!request) return refuse('R-010', 'E-EXTRA-UNKNOWN');
  const notReady = theRequestIsReady(request, at, view) ?? noThirdAdditionalInterview(view, at);
  if (notReady) return notReady;
  const approvalKey = keyOf(by, request)!;
  const { requestId, topics, approvals } = request;
  if (approvals.some((one) => one.approvalKey === approvalKey))
    return refuse('R-010', 'E-EXTRA-APPROVED', { approvalKey });
  if (approvals.some((one) => one.actor === by.actor))
    return refuse('R-010', 'E-EXTRA-KEY', { agency: request.agency });
  const approved: NewInterviewFact = { type: 'AdditionalInterviewApproved', data: { requestId, approvalKey } };
  if (approvals.length === 0) return [approved];
  const keep = intermediaryToKeep(request, view);
  return [
    approved,
    {
      type: 'AdditionalInterviewAuthorised',
      data: {
        requestId,
        topics,
        expiresAt: addHours(at, AUTHORISATION_DAYS * 24),
        ...(keep && { sameIntermediary: keep }),
      },
    },
  ];
};

export const denyAdditionalInterview = ({ input, by }: Named<'denyAdditionalInterview'>, view: View): Decision => {
  const request = view.requests.find((one) => one.requestId === input.requestId);
  const { requestId, reason, reasons } = input;
  return (
    aKeyOfTheirOwn(request, by) ?? [
      { type: 'AdditionalInterviewDenied', data: { requestId, reason, ...(reasons && { reasons }) } },
    ]
  );
};

/** Recorded whatever it was; stamped when a record already answered. */
export const recordRetelling = ({ input, occurredAt }: Named<'recordRetelling'>, view: View): Decision => {
  const { heardByAgency, heardByRole, heardBy, actKind, placeKind, personsPresent, onRecord, needed, sameActAs } =
    input;
  const inCourt = actKind === 'HEARING' || actKind === 'STATEMENT_REPLAYED';
  const same = view.acts.some((act) => act.eventId === sameActAs && act.onRecord);
  return stamped(
    {
      type: 'RetellingRecorded',
      data: {
        heardByAgency,
        heardByRole,
        ...(heardBy && { heardBy }),
        actKind,
        ...(placeKind && { placeKind }),
        ...(personsPresent !== undefined && { personsPresent }),
        ...(onRecord !== undefined && { onRecord }),
        ...(needed !== undefined && { needed }),
        accountGiven: true,
        ...(sameActAs && { sameActAs }),
      },
    },
    !inCourt && !same && theRecordIsUsed(view, occurredAt) ? ['R-012'] : [],
  );
};
