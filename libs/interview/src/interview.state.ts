import type { StateKey, Zone } from '@resguardo/contracts';
import type { CommandOf, interviewCaseCommands } from '@resguardo/contracts';
import type { CaseFileFact, InterviewFact, InterviewTopic, VaultFact } from '@resguardo/contracts/timeline';
import { addHours, daysBetween, isBefore } from './time.js';
import type { Credential } from './register.decider.js';

/** Answers the desk brings with a command: ids, the register, and the vault's dated yes or no (C-1, D3). */
export interface Known {
  /** Derived from caller and command (D12): the id of whatever the command makes. */
  readonly newId: string;
  /** The register's entry for the intermediary named in the command; null when it has none. */
  readonly intermediary?: Credential | null;
  /** Does the act overlap the child's school time? Undefined: no timetable is known. */
  readonly schoolOverlap?: boolean;
  readonly examinerFits?: 'YES' | 'NO' | 'NOT_STATED';
}
export type InterviewCommand = CommandOf<typeof interviewCaseCommands, Known>;
export type Named<N extends InterviewCommand['name']> = Extract<InterviewCommand, { name: N }>;

type Seen<F extends { type: string }, T extends F['type']> = Extract<F, { type: T }>;
/** Everything these rules fold: their own facts, and a few of the shared case file and the vault. */
export type Fact =
  | InterviewFact
  | Seen<
      CaseFileFact,
      | 'CaseOpened'
      | 'ReportReceived'
      | 'ReportCompleted'
      | 'ProtectionRepresentativeAssigned'
      | 'LegalAdviserAssigned'
      | 'LegalAdviserChanged'
      | 'TeamMemberAdded'
      | 'TeamMemberRemoved'
      | 'ResponsibilityAccepted'
      | 'CaseLinked'
      | 'CaseUnlinked'
      | 'FactsConfirmedDistinct'
      | 'FactsConfirmedSame'
      | 'FactRetracted'
    >
  | Seen<VaultFact, 'CommunicationNeedsRecorded'>;

export type Standing = 'FIRST' | 'COVERED' | 'UNCOVERED';
export type RecordingMode = 'VIDEO' | 'AUDIO' | 'WRITTEN_BY_INTERMEDIARY' | 'NONE';
/** A party to the question round: one of the four agencies, or the legal adviser. */
export type Party = string;

export interface Question {
  readonly questionId: string;
  readonly party: Party;
  readonly agency: string;
  readonly decision: 'ACCEPTED' | 'REWORDED' | 'REJECTED' | null;
  readonly byDefault: boolean;
  readonly objected: boolean;
}

export interface Assent {
  readonly at: string;
  readonly rightToStopExplained: boolean;
  readonly interpreterDeclined: boolean;
  readonly otherIntermediaryAsked: boolean;
}

export interface Interruption {
  readonly at: string;
  readonly wantsToGoOn: boolean;
  readonly topicsCovered: readonly InterviewTopic[];
}

/** One interview, from its plan to its record. Sessions are numbered from 1; two more may follow an interruption (C-3). */
export interface Interview {
  readonly interviewId: string;
  readonly slot: string | null;
  readonly urgent: boolean;
  readonly plannedBy: string | null;
  /** The person who planned it, of that agency. */
  readonly planner: string | null;
  readonly topics: readonly InterviewTopic[];
  readonly intermediary: Omit<Credential, 'active' | 'trainingAccepted' | 'validUntil'> | null;
  readonly cancelled: boolean;
  readonly closesAt: string | null;
  readonly roundClosed: boolean;
  readonly answered: readonly Party[];
  readonly silent: readonly Party[];
  readonly questions: readonly Question[];
  readonly assent: Assent | null;
  readonly preference: RecordingMode | null;
  readonly interpreter: boolean;
  readonly evidenceDecisionDue: string | null;
  readonly sessions: number;
  readonly inSession: boolean;
  readonly startedAt: string | null;
  readonly standing: Standing | null;
  readonly authorisationId: string | null;
  readonly interruptions: readonly Interruption[];
  readonly conductedAt: string | null;
  readonly topicsCovered: readonly InterviewTopic[];
  readonly sealedAt: string | null;
}

export interface Link {
  readonly otherCaseId: string;
  readonly facts: 'UNDECIDED' | 'SAME' | 'DISTINCT';
  readonly leadCaseId: string | null;
}

/** The last that was told of an interview in a case with the same facts. */
export interface LinkedInterview {
  readonly otherCaseId: string;
  readonly interviewId: string;
  readonly step: 'PLANNED' | 'CANCELLED' | 'STARTED' | 'CONDUCTED' | 'RETRACTED';
  readonly standing: Standing;
}

/** What allows one more interview: two approvals, or a court. Spent by the interview that started under it. */
export interface Authorisation {
  readonly authorisationId: string;
  readonly by: 'APPROVALS' | 'COURT';
  /** Who put the court's order on record: it is no second key in the hands of the same person. */
  readonly recordedBy: string | null;
  readonly from: string;
  readonly until: string | null;
  readonly topics: readonly InterviewTopic[] | null;
  readonly sameIntermediary: string | null;
}

export interface Request {
  readonly requestId: string;
  readonly at: string;
  readonly actor: string;
  readonly agency: string;
  readonly topics: readonly InterviewTopic[];
  readonly opinionAt: string | null;
  readonly assent: Assent | null;
  readonly approvals: readonly { readonly approvalKey: string; readonly actor: string }[];
  readonly outcome: 'AUTHORISED' | 'DENIED' | null;
}

/** An act in which the child may have given the account (C-7). */
export interface Act {
  readonly eventId: string;
  readonly at: string;
  readonly agency: string;
  readonly role: string;
  readonly actKind: string;
  readonly placeKind: string | null;
  readonly heardBy: string | null;
  readonly accountGiven: boolean;
  readonly onRecord: boolean;
  readonly sameActAs: string | null;
  readonly violationOf: readonly string[];
}

export interface AccessRequest {
  readonly requestId: string;
  readonly interviewId: string;
  readonly actor: string;
  readonly agency: string;
  readonly decisionDue: string;
  readonly outcome: 'SHARED' | 'DENIED' | null;
}

export interface Hearing {
  readonly hearingId: string;
  readonly on: string;
  readonly childAttends: boolean;
  readonly noContactPlan: boolean;
  readonly measuresRequested: boolean;
  readonly measuresDue: string;
}

/** What the rules ask about. */
export interface View {
  readonly zone: Zone;
  readonly state: StateKey;
  readonly responsible: string | null;
  readonly contactInPerson: 'YES' | 'NO' | 'UNKNOWN';
  readonly representative: boolean;
  readonly team: readonly string[];
  /** Staff who work on the case: the team, who represents the child and who advises them. */
  readonly insiders: readonly string[];
  readonly links: readonly Link[];
  readonly linked: readonly LinkedInterview[];
  readonly interviews: readonly Interview[];
  readonly shortNoticeUntil: string | null;
  readonly schoolTimeApproved: readonly string[];
  readonly evidenceDecidedAt: string | null;
  readonly pauses: readonly { readonly from: string; readonly until: string | null }[];
  readonly requests: readonly Request[];
  readonly authorisations: readonly Authorisation[];
  readonly acts: readonly Act[];
  readonly accessRequests: readonly AccessRequest[];
  readonly interpreterNeeded: boolean;
  readonly excluded: readonly string[];
  readonly examExplained: boolean;
  readonly examConsent: {
    readonly childAssents: boolean;
    readonly companionOffered: boolean;
    readonly examinerChoiceOffered: boolean;
  } | null;
  readonly examsPerformed: number;
  readonly examOrderedByCourt: boolean;
  readonly hearings: readonly Hearing[];
  readonly secrecyReleased: boolean;
}

export const nothingYet: View = {
  zone: 'America/Mexico_City',
  state: '09',
  responsible: null,
  contactInPerson: 'UNKNOWN',
  representative: false,
  team: [],
  insiders: [],
  links: [],
  linked: [],
  interviews: [],
  shortNoticeUntil: null,
  schoolTimeApproved: [],
  evidenceDecidedAt: null,
  pauses: [],
  requests: [],
  authorisations: [],
  acts: [],
  accessRequests: [],
  interpreterNeeded: false,
  excluded: [],
  examExplained: false,
  examConsent: null,
  examsPerformed: 0,
  examOrderedByCourt: false,
  hearings: [],
  secrecyReleased: false,
};

const unplanned = (interviewId: string): Interview => ({
  interviewId,
  slot: null,
  urgent: false,
  plannedBy: null,
  planner: null,
  topics: [],
  intermediary: null,
  cancelled: false,
  closesAt: null,
  roundClosed: false,
  answered: [],
  silent: [],
  questions: [],
  assent: null,
  preference: null,
  interpreter: false,
  evidenceDecisionDue: null,
  sessions: 0,
  inSession: false,
  startedAt: null,
  standing: null,
  authorisationId: null,
  interruptions: [],
  conductedAt: null,
  topicsCovered: [],
  sealedAt: null,
});

/** The interview with this id, changed; made when no fact of it was known. */
const withInterview = (view: View, id: string, change: (interview: Interview) => Partial<Interview>): View => {
  const known = view.interviews.find(({ interviewId }) => interviewId === id);
  const before = known ?? unplanned(id);
  const after = { ...before, ...change(before) };
  return {
    ...view,
    interviews: known ? view.interviews.map((one) => (one === known ? after : one)) : [...view.interviews, after],
  };
};

const withQuestion = (view: View, id: string, questionId: string, change: Partial<Question>): View =>
  withInterview(view, id, ({ questions }) => ({
    questions: questions.map((one) => (one.questionId === questionId ? { ...one, ...change } : one)),
  }));

const withRequest = (view: View, id: string, change: (request: Request) => Partial<Request>): View => ({
  ...view,
  requests: view.requests.map((one) => (one.requestId === id ? { ...one, ...change(one) } : one)),
});

const withHearing = (view: View, id: string, change: Partial<Hearing>): View => ({
  ...view,
  hearings: view.hearings.map((one) => (one.hearingId === id ? { ...one, ...change } : one)),
});

const withLink = (view: View, otherCaseId: string, change: Omit<Link, 'otherCaseId'> | null): View => ({
  ...view,
  links: [
    ...view.links.filter((link) => link.otherCaseId !== otherCaseId),
    ...(change ? [{ otherCaseId, ...change }] : []),
  ],
});

const union = <T>(list: readonly T[], more: readonly T[]): readonly T[] => [
  ...list,
  ...more.filter((one) => !list.includes(one)),
];

const withInsider = (view: View, staffId: string): View => ({ ...view, insiders: union(view.insiders, [staffId]) });
const withoutInsider = (view: View, staffId: string): View => ({
  ...view,
  insiders: view.insiders.filter((one) => one !== staffId),
});

const act = ({ about, type }: Fact, accountGiven: boolean, more: Partial<Act> = {}): Act => ({
  eventId: about.eventId,
  at: about.occurredAt,
  agency: about.agency,
  role: about.role,
  actKind: type,
  placeKind: null,
  heardBy: null,
  accountGiven,
  onRecord: false,
  sameActAs: null,
  violationOf: about.violationOf,
  ...more,
});
const withAct = (view: View, one: Act): View => ({ ...view, acts: [...view.acts, one] });

/** Contact that one report tells of stays known; "unknown", or no answer, takes nothing back. */
const withContact = (view: View, said: View['contactInPerson'] | undefined): View =>
  said === undefined || said === 'UNKNOWN' || view.contactInPerson === 'YES'
    ? view
    : { ...view, contactInPerson: said };

/** The agencies and the adviser answer the question round each for themselves. */
export const partyOf = (agency: string, asLegalAdviser: boolean): Party => (asLegalAdviser ? 'LEGAL_ADVISER' : agency);

const assentOf = ({ data, about }: Extract<Fact, { type: 'ChildAssentRecorded' }>): Assent => ({
  at: about.occurredAt,
  rightToStopExplained: data.rightToStopExplained,
  interpreterDeclined: data.interpreterDeclined,
  otherIntermediaryAsked: data.otherIntermediaryAsked,
});

/** One fact that still counts. */
const counted = (view: View, fact: Fact): View => {
  const { about } = fact;
  switch (fact.type) {
    case 'CaseOpened':
      return {
        ...view,
        zone: fact.data.zone,
        state: fact.data.state,
        responsible: view.responsible ?? fact.data.sourceAgency,
      };
    case 'ReportReceived': {
      const { accountGiven, contactInPerson } = fact.data;
      return withAct(withContact(view, contactInPerson), act(fact, accountGiven === true));
    }
    case 'ReportCompleted': {
      const { reportId, accountGiven, fromOutside } = fact.data;
      // From outside only what calls for more care is taken: "no contact" would refuse an examination.
      const contactInPerson =
        fromOutside && fact.data.contactInPerson !== 'YES' ? undefined : fact.data.contactInPerson;
      return withContact(
        {
          ...view,
          // The account was given when the report was made: the same act, counted once (C-7).
          acts: accountGiven
            ? view.acts.map((one) => (one.eventId === reportId ? { ...one, accountGiven } : one))
            : view.acts,
        },
        contactInPerson,
      );
    }
    case 'ProtectionRepresentativeAssigned':
      return withInsider({ ...view, representative: true }, fact.data.staffId);
    case 'LegalAdviserAssigned':
      return withInsider(view, fact.data.staffId);
    case 'LegalAdviserChanged':
      return withInsider(withoutInsider(view, fact.data.formerStaffId), fact.data.staffId);
    case 'TeamMemberAdded':
      return withInsider({ ...view, team: union(view.team, [fact.data.staffId]) }, fact.data.staffId);
    case 'TeamMemberRemoved':
      return withoutInsider(
        { ...view, team: view.team.filter((staffId) => staffId !== fact.data.staffId) },
        fact.data.staffId,
      );
    case 'ResponsibilityAccepted':
      return { ...view, responsible: fact.data.agency };
    case 'CommunicationNeedsRecorded':
      return { ...view, interpreterNeeded: fact.data.interpreterNeeded };
    case 'CaseLinked':
      // Another child by the same author is another account; and what was decided once is not undone by being linked again.
      return fact.data.linkKind !== 'SAME_CHILD' ||
        view.links.some((link) => link.otherCaseId === fact.data.otherCaseId)
        ? view
        : withLink(view, fact.data.otherCaseId, { facts: 'UNDECIDED', leadCaseId: null });
    case 'CaseUnlinked':
      return withLink(view, fact.data.otherCaseId, null);
    case 'FactsConfirmedDistinct':
      return withLink(view, fact.data.otherCaseId, { facts: 'DISTINCT', leadCaseId: null });
    case 'FactsConfirmedSame':
      return withLink(view, fact.data.otherCaseId, { facts: 'SAME', leadCaseId: fact.data.leadCaseId });
    case 'FactRetracted':
      return view;
    case 'InterviewPlanned': {
      const { interviewId, slot, urgent, topics, evidenceDecisionDue } = fact.data;
      const { intermediaryId, profession, trainingKind, trainedOn } = fact.data;
      return withInterview({ ...view, shortNoticeUntil: null }, interviewId, () => ({
        slot,
        urgent,
        plannedBy: about.agency,
        planner: about.actor,
        topics,
        intermediary: { intermediaryId, profession, trainingKind, trainedOn },
        evidenceDecisionDue: evidenceDecisionDue ?? null,
      }));
    }
    case 'InterviewCancelled':
      return withInterview(view, fact.data.interviewId, () => ({ cancelled: true }));
    case 'LinkedInterviewNoted': {
      const { otherCaseId, interviewId, step, standing } = fact.data;
      const others = view.linked.filter((one) => one.otherCaseId !== otherCaseId || one.interviewId !== interviewId);
      return { ...view, linked: [...others, { otherCaseId, interviewId, step, standing }] };
    }
    case 'QuestionRoundOpened':
      return withInterview(view, fact.data.interviewId, () => ({ closesAt: fact.data.closesAt }));
    case 'QuestionRoundShortened':
      return fact.data.interviewId === undefined
        ? { ...view, shortNoticeUntil: fact.data.closesAt }
        : withInterview(view, fact.data.interviewId, () => ({ closesAt: fact.data.closesAt }));
    case 'QuestionRoundClosed':
      return withInterview(view, fact.data.interviewId, () => ({ roundClosed: true, silent: fact.data.silent }));
    case 'QuestionSetSubmitted': {
      const { interviewId, questionIds, asLegalAdviser } = fact.data;
      const party = partyOf(about.agency, asLegalAdviser);
      const asked = questionIds.map((questionId): Question => ({
        questionId,
        party,
        agency: about.agency,
        decision: null,
        byDefault: false,
        objected: false,
      }));
      return withInterview(view, interviewId, ({ questions, answered }) => ({
        questions: [...questions, ...asked],
        answered: union(answered, [party]),
      }));
    }
    case 'QuestionSetDeclined':
      return withInterview(view, fact.data.interviewId, ({ answered }) => ({
        answered: union(answered, [partyOf(about.agency, fact.data.asLegalAdviser)]),
      }));
    case 'QuestionFiltered':
      return withQuestion(view, fact.data.interviewId, fact.data.questionId, {
        decision: fact.data.decision,
        byDefault: fact.data.byDefault,
      });
    case 'FilterObjected':
      return withQuestion(view, fact.data.interviewId, fact.data.questionId, { objected: true });
    case 'IntermediaryAssigned': {
      const { interviewId, intermediaryId, profession, trainingKind, trainedOn } = fact.data;
      return withInterview(view, interviewId, () => ({
        intermediary: { intermediaryId, profession, trainingKind, trainedOn },
      }));
    }
    case 'InterpreterAssigned':
      return withInterview(view, fact.data.interviewId, () => ({ interpreter: true }));
    case 'AnticipatedEvidenceDecided':
      return { ...view, evidenceDecidedAt: about.occurredAt };
    case 'SchoolTimeApproved':
      return { ...view, schoolTimeApproved: union(view.schoolTimeApproved, [fact.data.slot]) };
    case 'ChildAssentRecorded': {
      const { interviewId, requestId } = fact.data;
      const assent = assentOf(fact);
      const heard = interviewId === undefined ? view : withInterview(view, interviewId, () => ({ assent }));
      return requestId === undefined ? heard : withRequest(heard, requestId, () => ({ assent }));
    }
    case 'ChildAssentWithheld': {
      const { interviewId, requestId } = fact.data;
      const heard = interviewId === undefined ? view : withInterview(view, interviewId, () => ({ assent: null }));
      return requestId === undefined ? heard : withRequest(heard, requestId, () => ({ assent: null }));
    }
    case 'StabilisationPeriodRecognised':
      return { ...view, pauses: [...view.pauses, { from: about.occurredAt, until: null }] };
    case 'StabilisationPeriodEnded':
      return {
        ...view,
        pauses: view.pauses.map((pause) => (pause.until === null ? { ...pause, until: about.occurredAt } : pause)),
      };
    case 'RecordingPreferenceStated':
      return withInterview(view, fact.data.interviewId, () => ({ preference: fact.data.preference }));
    case 'ForensicInterviewStarted': {
      const { interviewId, session, standing, authorisationId } = fact.data;
      const { intermediaryId, profession, trainingKind, trainedOn } = fact.data;
      return withInterview(view, interviewId, ({ startedAt, standing: first, authorisationId: spent }) => ({
        sessions: session,
        inSession: true,
        startedAt: startedAt ?? about.occurredAt,
        standing: first ?? standing,
        authorisationId: spent ?? authorisationId ?? null,
        intermediary: { intermediaryId, profession, trainingKind, trainedOn },
      }));
    }
    case 'ForensicInterviewInterrupted': {
      const { interviewId, session, childWantsToGoOn, topicsCovered, accountGiven, standing, authorisationId } =
        fact.data;
      const after = withInterview(view, interviewId, (before) => ({
        sessions: Math.max(before.sessions, session),
        inSession: false,
        startedAt: before.startedAt ?? about.occurredAt,
        standing: before.standing ?? standing ?? null,
        authorisationId: before.authorisationId ?? authorisationId ?? null,
        // Each session asks the child again (C-3).
        assent: null,
        preference: null,
        interruptions: [
          ...before.interruptions,
          { at: about.occurredAt, wantsToGoOn: childWantsToGoOn, topicsCovered },
        ].sort((a, b) => Date.parse(a.at) - Date.parse(b.at)),
        topicsCovered: union(before.topicsCovered, topicsCovered),
      }));
      return withAct(after, act(fact, accountGiven, { actKind: 'INTERVIEW' }));
    }
    case 'ForensicInterviewConducted': {
      const { interviewId, session, standing, authorisationId, topicsCovered, accountGiven, heldBy, venueKind } =
        fact.data;
      const after = withInterview(view, interviewId, (before) => ({
        sessions: Math.max(before.sessions, session),
        inSession: false,
        startedAt: before.startedAt ?? about.occurredAt,
        standing: before.standing ?? standing,
        authorisationId: before.authorisationId ?? authorisationId ?? null,
        conductedAt: about.occurredAt,
        topicsCovered: union(before.topicsCovered, topicsCovered),
      }));
      return withAct(
        after,
        act(fact, accountGiven, { actKind: 'INTERVIEW', agency: heldBy, placeKind: venueKind, onRecord: false }),
      );
    }
    case 'InterviewRecordSealed':
      return withInterview(view, fact.data.interviewId, ({ topicsCovered }) => ({
        sealedAt: about.occurredAt,
        topicsCovered: union(topicsCovered, fact.data.topicsCovered),
      }));
    case 'AccountRequested':
      return view;
    case 'RecordAccessRequested': {
      const { requestId, interviewId, decisionDue } = fact.data;
      return {
        ...view,
        accessRequests: [
          ...view.accessRequests,
          { requestId, interviewId, actor: about.actor, agency: about.agency, decisionDue, outcome: null },
        ],
      };
    }
    case 'InterviewRecordShared':
    case 'RecordAccessDenied': {
      const outcome = fact.type === 'InterviewRecordShared' ? 'SHARED' : 'DENIED';
      return {
        ...view,
        accessRequests: view.accessRequests.map((one) =>
          one.requestId === fact.data.requestId ? { ...one, outcome } : one,
        ),
      };
    }
    case 'InterviewRecordCopied':
    case 'InterviewRecordViewed':
      return view;
    case 'AdditionalInterviewRequested': {
      const { requestId, topics } = fact.data;
      return {
        ...view,
        requests: [
          ...view.requests,
          {
            requestId,
            at: about.occurredAt,
            actor: about.actor,
            agency: about.agency,
            topics,
            opinionAt: null,
            assent: null,
            approvals: [],
            outcome: null,
          },
        ],
      };
    }
    case 'ImpactOpinionRecorded':
      return withRequest(view, fact.data.requestId, ({ opinionAt }) => ({
        opinionAt: opinionAt !== null && isBefore(about.occurredAt, opinionAt) ? opinionAt : about.occurredAt,
      }));
    case 'AdditionalInterviewApproved':
      return withRequest(view, fact.data.requestId, ({ approvals }) => ({
        approvals: [...approvals, { approvalKey: fact.data.approvalKey, actor: about.actor }],
      }));
    case 'AdditionalInterviewAuthorised': {
      const { requestId, topics, expiresAt, sameIntermediary } = fact.data;
      return {
        ...withRequest(view, requestId, () => ({ outcome: 'AUTHORISED' })),
        authorisations: [
          ...view.authorisations,
          {
            authorisationId: requestId,
            by: 'APPROVALS',
            recordedBy: null,
            from: about.occurredAt,
            until: expiresAt,
            topics,
            sameIntermediary: sameIntermediary ?? null,
          },
        ],
      };
    }
    case 'AdditionalInterviewDenied':
      return withRequest(view, fact.data.requestId, () => ({ outcome: 'DENIED' }));
    case 'CourtOrderRecorded': {
      const { orderId, orders, validUntil } = fact.data;
      // From outside it is on record all the same (M-1), but a folio alone must not be enough to have the child asked or examined again.
      if (!view.insiders.includes(about.actor)) return view;
      if (orders === 'EXAM') return { ...view, examOrderedByCourt: true };
      if (orders !== 'ADDITIONAL_INTERVIEW') return view;
      return {
        ...view,
        authorisations: [
          ...view.authorisations,
          {
            authorisationId: orderId,
            by: 'COURT',
            recordedBy: about.actor,
            from: about.occurredAt,
            until: validUntil ?? null,
            topics: null,
            sameIntermediary: null,
          },
        ],
      };
    }
    case 'RetellingRecorded': {
      const { heardByAgency, heardByRole, heardBy, actKind, placeKind, accountGiven, onRecord, sameActAs } = fact.data;
      return withAct(
        view,
        act(fact, accountGiven, {
          agency: heardByAgency,
          role: heardByRole,
          heardBy: heardBy ?? null,
          actKind,
          placeKind: placeKind ?? null,
          // Not known to be on record is no record.
          onRecord: onRecord ?? false,
          sameActAs: sameActAs ?? null,
        }),
      );
    }
    case 'ExamExplained':
      return { ...view, examExplained: true };
    case 'ExamConsentRecorded': {
      const { childAssents, companionOffered, examinerChoiceOffered } = fact.data;
      return { ...view, examConsent: { childAssents, companionOffered, examinerChoiceOffered } };
    }
    case 'ForensicExamPlanned':
      return view;
    case 'ForensicExamPerformed':
      return withAct(
        { ...view, examsPerformed: view.examsPerformed + 1, examOrderedByCourt: false },
        act(fact, fact.data.accountGiven, { actKind: 'FORENSIC_EXAM' }),
      );
    case 'ForensicExamDeclined':
      // What the child said no to is not to be taken from an earlier yes.
      return fact.data.declinedBy === 'CHILD' ? { ...view, examConsent: null } : view;
    case 'CoercivePreparationReported':
    case 'StatementReplayPlanned':
    case 'ContactWithAccusedOccurred':
    case 'ChildTestimonyOrdered':
    case 'CourtTestimonyPlanOpened':
    case 'HearingReady':
    case 'TherapyContentRequested':
      return view;
    case 'StatementReplayed':
      return withAct(view, act(fact, fact.data.childPresent, { actKind: 'STATEMENT_REPLAYED' }));
    case 'AttendeeExcluded':
      return { ...view, excluded: union(view.excluded, [fact.data.attendeeRole]) };
    case 'HearingScheduled': {
      const { hearingId, on, childAttends, measuresDue } = fact.data;
      return {
        ...view,
        hearings: [
          ...view.hearings,
          { hearingId, on, childAttends, measuresDue, noContactPlan: false, measuresRequested: false },
        ],
      };
    }
    case 'SpecialTestimonyMeasuresRequested':
      return withHearing(view, fact.data.hearingId, { measuresRequested: true });
    case 'NoContactPlanApproved':
      return withHearing(view, fact.data.hearingId, { noContactPlan: true });
    case 'HearingHeld':
      return withAct(view, act(fact, fact.data.accountGiven, { actKind: 'HEARING' }));
    case 'TherapySecrecyReleased':
      return { ...view, secrecyReleased: true };
  }
};

/** What a sealed interview began under stays so, and stays spent, whatever is retracted of its sessions (C-2). */
const asItBegan = (view: View, before: View): View => ({
  ...view,
  interviews: view.interviews.map((one) => {
    const known = one.sealedAt === null ? undefined : interviewOf(before, one.interviewId);
    return known
      ? {
          ...one,
          standing: one.standing ?? known.standing,
          authorisationId: one.authorisationId ?? known.authorisationId,
        }
      : one;
  }),
});

/**
 * `view` is the fold of the facts that still count. A retraction takes a fact away from where it stood, for ever: the rest is folded
 * again without it (C-14). It is final, so retracting a retraction brings nothing back.
 */
export interface InterviewState {
  readonly view: View;
  readonly log: readonly Fact[];
  readonly retracted: readonly string[];
}

export const initialInterviewState: InterviewState = { view: nothingYet, log: [], retracted: [] };

export const evolveInterview = (state: InterviewState, fact: Fact): InterviewState => {
  if (fact.type !== 'FactRetracted') return { ...state, log: [...state.log, fact], view: counted(state.view, fact) };
  const { eventId } = fact.data;
  if (!state.log.some(({ about }) => about.eventId === eventId)) return state;
  const log = state.log.filter(({ about }) => about.eventId !== eventId);
  return {
    log,
    retracted: [...state.retracted, eventId],
    view: asItBegan(log.reduce(counted, nothingYet), state.view),
  };
};

/** Sessions that may follow an interruption, and calendar days within which (C-3). */
export const MAX_CONTINUATIONS = 2;
export const CONTINUATION_DAYS = 15;

/** What has a sealed record was told, whatever is retracted of its sessions: the record is there. */
export const held = ({ startedAt, sealedAt }: Interview): boolean => startedAt !== null || sealedAt !== null;

/** The same interview may go on: interrupted, at most twice, within 15 calendar days, and the child wants to (C-3). */
export const mayGoOn = ({ interruptions, inSession, conductedAt, sessions }: Interview, at: string, zone: string) => {
  const [first] = interruptions;
  const last = interruptions.at(-1);
  return (
    conductedAt === null &&
    !inSession &&
    first !== undefined &&
    last !== undefined &&
    last.wantsToGoOn &&
    sessions <= MAX_CONTINUATIONS &&
    daysBetween(first.at, at, zone) <= CONTINUATION_DAYS
  );
};

/** Over: conducted, or interrupted for good (C-3). */
export const isOver = (interview: Interview, at: string, zone: string): boolean =>
  interview.conductedAt !== null || (held(interview) && !interview.inSession && !mayGoOn(interview, at, zone));

/** A plan or a session that keeps everyone else from planning. */
export const isOpen = (interview: Interview, at: string, zone: string): boolean =>
  held(interview) ? !isOver(interview, at, zone) : interview.slot !== null && !interview.cancelled;

export const interviewOf = (view: View, id: string): Interview | undefined =>
  view.interviews.find(({ interviewId }) => interviewId === id);

/** Only a case that knows of the same facts tells, and it takes back what no longer holds: until then it counts (C-4). */
export const linkedHeld = ({ linked }: View): readonly LinkedInterview[] =>
  linked.filter(({ step }) => step === 'STARTED' || step === 'CONDUCTED');

export const linkedOpen = ({ linked }: View): readonly LinkedInterview[] =>
  linked.filter(({ step }) => step === 'PLANNED' || step === 'STARTED');

/** Interviews of this child about these facts, here or in a linked case, besides the named one. */
export const othersHeld = (view: View, besides?: string): number =>
  view.interviews.filter((interview) => held(interview) && interview.interviewId !== besides).length +
  linkedHeld(view).length;

/**
 * An authorisation valid at that moment and not spent by another interview; a court's first. C-2. Two persons open a further interview,
 * with a court's order too: who put it on record is neither `actor`, who plans, holds or tells of it, nor who planned it.
 */
export const coverAt = (
  view: View,
  at: string,
  besides: string | undefined,
  actor: string | undefined,
): Authorisation | undefined => {
  const planner = view.interviews.find(({ interviewId }) => interviewId === besides)?.planner;
  const open = view.authorisations.filter(
    ({ authorisationId, from, until, recordedBy }) =>
      !isBefore(at, from) &&
      (until === null || !isBefore(until, at)) &&
      (recordedBy === null || (recordedBy !== actor && recordedBy !== planner)) &&
      !view.interviews.some(
        (interview) => interview.authorisationId === authorisationId && interview.interviewId !== besides,
      ),
  );
  return open.find(({ by }) => by === 'COURT') ?? open[0];
};

export const pausedAt = ({ pauses }: View, at: string): boolean =>
  pauses.some(({ from, until }) => !isBefore(at, from) && (until === null || isBefore(at, until)));

/** Hours before the slot at which the question round closes; and its length when the session is urgent. */
export const ROUND_CLOSES_HOURS = 72;
export const URGENT_ROUND_HOURS = 4;

export const roundClosesAt = (slot: string): string => addHours(slot, -ROUND_CLOSES_HOURS);

/** No longer open at that moment, whether or not a fact says so yet (C-16). */
export const roundIsClosed = (interview: Interview, at: string): boolean => {
  const ends = roundEndsAt(interview);
  return interview.roundClosed || (ends !== null && !isBefore(at, ends));
};

/** When the round closes, or did: at its hour, or with the session, which starts before it when every agency has answered. */
export const roundEndsAt = ({ closesAt, startedAt }: Interview): string | null =>
  closesAt !== null && startedAt !== null && isBefore(startedAt, closesAt) ? startedAt : closesAt;
