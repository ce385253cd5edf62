import type { DataClass, KnownReport, ReportQuestion, TermFact } from '@resguardo/contracts';
import { knownReports, missingOf, STEP_TAKEN, termFact } from '@resguardo/contracts';
import type {
  CaseFileFact,
  InterchangeFact,
  InterviewFact,
  OversightFact,
  VaultFact,
} from '@resguardo/contracts/timeline';
import { factSpec } from '@resguardo/contracts/timeline';
import type { FactMessage, Projection } from '@resguardo/eventing';
import { about, upcast } from '@resguardo/eventing';
import { concernsTerms, soonestOpen, withTermFact } from './terms.rule.js';

export type CardFact = CaseFileFact | InterviewFact | OversightFact | VaultFact | InterchangeFact;

export interface Person {
  readonly staffId: string;
  readonly agency: string;
  readonly role: string;
  readonly since: string;
}

export interface CardReferral {
  readonly eventId: string;
  readonly from: string;
  readonly to: string;
  readonly urgent: boolean;
  readonly service: string;
  readonly madeAt: string;
  readonly state: string;
  readonly answeredAt?: string;
  /** What was said to it, oldest first: the last that was not retracted holds. */
  readonly said: readonly { readonly eventId: string; readonly state: string; readonly at: string }[];
}

export interface CardLink {
  readonly caseId: string;
  readonly linkKind: string;
  readonly sameFacts: 'UNDECIDED' | 'SAME' | 'DISTINCT' | 'UNLINKED';
  readonly leadCaseId?: string;
  readonly since: string;
  readonly eventId: string;
  readonly urgent: boolean;
}

export interface CardQuestion {
  readonly questionId: string;
  readonly eventId: string;
  readonly agency: string;
  readonly actor: string;
  readonly decision?: string;
  readonly reasonCode?: string;
  readonly decisionEventId?: string;
  readonly objected: boolean;
}

export interface CardException {
  readonly requestId: string;
  readonly eventId: string;
  readonly agency: string;
  readonly actor: string;
  readonly requestedAt: string;
  readonly state: 'PENDING' | 'AUTHORISED' | 'DENIED' | 'USED';
  readonly approvals: readonly string[];
  readonly impactOpinion: boolean;
  readonly expiresAt?: string;
}

export interface CardInterview {
  readonly interviewId?: string;
  /** The fact that planned it. */
  readonly planEventId?: string;
  readonly stage: string;
  readonly slot?: string;
  readonly minutes?: number;
  readonly venueKind?: string;
  readonly urgent: boolean;
  readonly intermediary?: string;
  readonly plannedBy?: string;
  readonly heldAt?: string;
  readonly conducted: number;
  readonly additionalHeld: number;
  readonly assentAt?: string;
  readonly preferenceAt?: string;
  readonly evidenceDecidedAt?: string;
  readonly evidenceDue?: string;
  readonly interpreterNeeded: boolean;
  readonly interpreterAt?: string;
  readonly stabilising: boolean;
  readonly round?: {
    readonly opensAt: string;
    readonly closesAt: string;
    readonly closedAt?: string;
    readonly shortened: boolean;
    readonly answers: Readonly<Record<string, { readonly answer: string; readonly at: string }>>;
  };
  readonly questions: readonly CardQuestion[];
  readonly exceptions: readonly CardException[];
  readonly record?: { readonly eventId: string; readonly sealedAt: string; readonly digest: string };
  readonly sharedWith: readonly string[];
}

/** An act in which the child may have given the account (C-7). */
export interface CardAct {
  readonly eventId: string;
  readonly agency: string;
  readonly role: string;
  readonly actKind: string;
  readonly placeKind?: string;
  readonly persons?: number;
  readonly onRecord?: boolean;
  readonly needed?: boolean;
  readonly occurredAt: string;
  /** Whoever heard it, as far as it is known; distinct ones are counted. */
  readonly heardBy: string;
  readonly accountGiven: boolean;
  readonly sameActAs?: string;
  /** Class of the fact: an act one may not know of is not counted either (C-10). */
  readonly cls: DataClass;
}

export interface CardApproval {
  readonly eventId: string;
  readonly what: 'ADDITIONAL_INTERVIEW' | 'BREAK_GLASS_REVIEW' | 'SAME_FACTS' | 'ERASURE' | 'RESPONSIBILITY';
  readonly subjectId: string;
  readonly askedBy: string;
  readonly askedByAgency: string;
  readonly since: string;
  readonly due?: string;
  /** Each group is one decision; anyone of the group can give it: `AGENCY:ROLE`. */
  readonly must: readonly { readonly key: string; readonly by: readonly string[] }[];
  /** Keys of the decisions given, and by whom. */
  readonly given: readonly { readonly key: string; readonly actor: string }[];
  /** Class of the fact's existence: who may know that it is pending. */
  readonly cls: DataClass;
}

/** What an agency did last, by class of the fact: each reader gets the latest they may know of. */
export type Last = Readonly<Record<string, { readonly type: string; readonly kind: string; readonly at: string }>>;

/** One case, folded: skeleton and coarse codes. What of it a reader may see is decided when it is read. */
export interface CaseCard {
  readonly caseId: string;
  readonly folio: string;
  readonly state?: string;
  readonly channel?: string;
  readonly openedAt?: string;
  readonly underSix?: string;
  readonly identified: boolean;
  /** A platform's report says that it is urgent. */
  readonly platformUrgent: boolean;
  readonly reports: readonly KnownReport[];
  /** The search for duplicates was down when the case was opened (C-11). */
  readonly searchPending: boolean;
  readonly responsible?: string;
  readonly members: readonly Person[];
  readonly agencies: readonly string[];
  readonly last: Readonly<Record<string, Last>>;
  readonly representative?: Person;
  readonly representationKind?: string;
  readonly adviser?: Person;
  readonly supportRelation?: string;
  readonly referrals: readonly CardReferral[];
  readonly links: readonly CardLink[];
  readonly interview: CardInterview;
  readonly acts: readonly CardAct[];
  readonly exams: readonly {
    readonly eventId: string;
    readonly step: string;
    readonly kind?: string;
    readonly agency: string;
    readonly actor: string;
    readonly occurredAt: string;
  }[];
  /** What everybody who sees the case knows of its end; how it came about is in `closing`. */
  readonly standing: { readonly state: 'OPEN' | 'CLOSED' | 'REOPENED'; readonly closedAt?: string };
  readonly closing: {
    readonly state: string;
    readonly kind?: string;
    readonly proposedAt?: string;
    readonly notifiedAt?: string;
    readonly challengeUntil?: string;
  };
  readonly approvals: readonly CardApproval[];
  readonly glasses: readonly { readonly glassId: string; readonly staffId: string; readonly until: string }[];
  readonly retracted: readonly string[];
  /** People who may not open it whatever they hold. */
  readonly blocked: readonly { readonly staffId: string; readonly eventId: string }[];
  readonly withdrawn: boolean;
  readonly erased: boolean;
  /** Types that happened at least once, for the first steps of a new case. */
  readonly done: readonly string[];
  /** Facts that start or stop a term, cut to what counting reads. Terms are counted when the card is written or read, not fact by fact. */
  readonly ledger: readonly TermFact[];
  readonly revision: number;
  /** When the last fact of the skeleton was recorded, which everybody who sees the case may know of. */
  readonly changedAt: string;
  /** When anything was recorded. */
  readonly touchedAt: string;
}

const noInterview: CardInterview = {
  stage: 'NOT_PLANNED',
  urgent: false,
  conducted: 0,
  additionalHeld: 0,
  interpreterNeeded: false,
  stabilising: false,
  questions: [],
  exceptions: [],
  sharedWith: [],
};

export const newCard = (caseId: string): CaseCard => ({
  caseId,
  folio: '',
  identified: false,
  platformUrgent: false,
  reports: [],
  searchPending: false,
  members: [],
  agencies: [],
  last: {},
  referrals: [],
  links: [],
  interview: noInterview,
  acts: [],
  exams: [],
  standing: { state: 'OPEN' },
  closing: { state: 'OPEN' },
  approvals: [],
  glasses: [],
  retracted: [],
  blocked: [],
  withdrawn: false,
  erased: false,
  done: [],
  ledger: [],
  revision: -1,
  changedAt: '',
  touchedAt: '',
});

const joined = (list: readonly string[], ...more: readonly string[]): readonly string[] => [
  ...list,
  ...more.filter((one, i) => one !== '' && !list.includes(one) && more.indexOf(one) === i),
];
const without = (card: CaseCard, what: CardApproval['what'], subjectId: string): CaseCard => ({
  ...card,
  approvals: card.approvals.filter((one) => one.what !== what || one.subjectId !== subjectId),
});
const asking = (card: CaseCard, approval: CardApproval): CaseCard => ({
  ...without(card, approval.what, approval.subjectId),
  approvals: [...without(card, approval.what, approval.subjectId).approvals, approval],
});
const inInterview = (card: CaseCard, change: Partial<CardInterview>): CaseCard => ({
  ...card,
  interview: { ...card.interview, ...change },
});
const acted = (card: CaseCard, act: CardAct): CaseCard => ({ ...card, acts: [...card.acts, act] });
const examined = (card: CaseCard, { about }: CardFact, step: string, kind?: string): CaseCard => ({
  ...card,
  exams: [
    ...card.exams,
    {
      eventId: about.eventId,
      step,
      ...(kind && { kind }),
      agency: about.agency,
      actor: about.actor,
      occurredAt: about.occurredAt,
    },
  ],
});
const linked = (card: CaseCard, caseId: string, change: Partial<CardLink>): CaseCard => ({
  ...card,
  links: card.links.map((link) => (link.caseId === caseId ? { ...link, ...change } : link)),
});
const settled = ({ answeredAt: _before, ...referral }: CardReferral, said: CardReferral['said']): CardReferral => {
  const last = said.at(-1);
  return { ...referral, said, state: last?.state ?? 'WAITING', ...(last && { answeredAt: last.at }) };
};
const told = (card: CaseCard, referralId: string, state: string, { eventId, occurredAt: at }: CardFact['about']) => ({
  ...card,
  referrals: card.referrals.map((one) =>
    one.eventId === referralId ? settled(one, [...one.said, { eventId, state, at }]) : one,
  ),
});
/** C-14: what was retracted has no effect: a referral, an answer to one, a plan whose session has not begun. */
const withoutFact = (card: CaseCard, eventId: string): CaseCard => {
  const without = {
    ...card,
    referrals: card.referrals
      .filter((one) => one.eventId !== eventId)
      .map((one) =>
        one.said.some((answer) => answer.eventId === eventId)
          ? settled(
              one,
              one.said.filter((answer) => answer.eventId !== eventId),
            )
          : one,
      ),
  };
  const { planEventId, stage } = card.interview;
  return planEventId === eventId && stage === 'PLANNED' ? unplanned(without) : without;
};
/** until the fact is retracted. */
const shut = (card: CaseCard, staffId: string, eventId: string): CaseCard => ({
  ...card,
  blocked: [...card.blocked, { staffId, eventId }],
});
const unplanned = (card: CaseCard): CaseCard => {
  const {
    round: _round,
    slot: _slot,
    minutes: _minutes,
    interviewId: _id,
    planEventId: _plan,
    ...rest
  } = card.interview;
  return { ...card, interview: { ...rest, stage: afterInterview(rest), questions: [] } };
};
const excepted = (card: CaseCard, requestId: string | undefined, change: Partial<CardException>): CaseCard =>
  inInterview(card, {
    exceptions: card.interview.exceptions.map((one) => (one.requestId === requestId ? { ...one, ...change } : one)),
  });
const answered = (card: CaseCard, agency: string, answer: string, at: string): CaseCard => {
  const { round } = card.interview;
  return round
    ? inInterview(card, { round: { ...round, answers: { ...round.answers, [agency]: { answer, at } } } })
    : card;
};
const afterInterview = ({ conducted }: CardInterview): string => (conducted > 0 ? 'CONDUCTED' : 'NOT_PLANNED');

const CHILD_PROTECTION_SIDE = ['CHILD_PROTECTION:OFFICER', 'CHILD_PROTECTION:REPRESENTATIVE'];

type Handlers = {
  readonly [T in CardFact['type']]?: (card: CaseCard, fact: Extract<CardFact, { type: T }>) => CaseCard;
};

const on: Handlers = {
  CaseOpened: (card, { data, about }) => ({
    ...card,
    folio: data.folio,
    state: data.state,
    ...(data.channel && { channel: data.channel }),
    openedAt: about.occurredAt,
    searchPending: data.provisional,
    underSix: data.underSix,
    identified: data.childId !== undefined,
    responsible: data.sourceAgency,
    agencies: joined(card.agencies, data.sourceAgency),
  }),
  ChildIdentitySealed: (card) => ({ ...card, identified: true }),
  // The way by which the case came in, when nobody knew it at first.
  ReportCompleted: (card, { data }) =>
    card.channel || !data.channel || data.fromOutside ? card : { ...card, channel: data.channel },
  DuplicateSearchCompleted: (card) => ({ ...card, searchPending: false }),
  ReportReceived: (card, { data, about }) =>
    acted(card, {
      eventId: about.eventId,
      agency: about.agency,
      role: about.role,
      actKind: 'REPORT',
      occurredAt: about.occurredAt,
      heardBy: about.actor,
      accountGiven: data.accountGiven === true,
      cls: 'D0',
    }),
  PlatformReportReceived: (card, { data }) => ({
    ...card,
    platformUrgent: card.platformUrgent || data.urgency === 'URGENT',
  }),
  ProtectionRepresentativeAssigned: (card, { data, about }) => ({
    ...card,
    representative: {
      staffId: data.staffId,
      agency: 'CHILD_PROTECTION',
      role: 'REPRESENTATIVE',
      since: about.occurredAt,
    },
    representationKind: card.representationKind ?? 'ASSISTING',
  }),
  RepresentationInSubstitutionAssumed: (card) => ({ ...card, representationKind: 'SUBSTITUTE' }),
  LegalAdviserAssigned: (card, { data, about }) => ({
    ...card,
    adviser: { staffId: data.staffId, agency: 'VICTIMS_COMMISSION', role: 'LEGAL_ADVISER', since: about.occurredAt },
  }),
  LegalAdviserChanged: (card, { data, about }) => ({
    ...card,
    adviser: { staffId: data.staffId, agency: 'VICTIMS_COMMISSION', role: 'LEGAL_ADVISER', since: about.occurredAt },
  }),
  ConflictOfInterestDeclared: (card, { data, about }) =>
    data.staffId === undefined || data.effective === false ? card : shut(card, data.staffId, about.eventId),
  SupportPersonChosen: (card, { data }) => ({ ...card, supportRelation: data.relation }),
  TeamMemberAdded: (card, { data: { staffId, agency, role }, about }) => ({
    ...card,
    agencies: joined(card.agencies, agency),
    members: [
      ...card.members.filter((member) => member.staffId !== staffId),
      { staffId, agency, role, since: about.occurredAt },
    ],
  }),
  TeamMemberRemoved: (card, { data }) => ({
    ...card,
    members: card.members.filter(({ staffId }) => staffId !== data.staffId),
  }),
  ReferralMade: (card, { data, about }) => ({
    ...card,
    agencies: joined(card.agencies, data.to),
    referrals: [
      ...card.referrals,
      {
        eventId: about.eventId,
        from: about.agency,
        to: data.to,
        urgent: data.urgency === 'URGENT',
        service: data.purpose,
        madeAt: about.occurredAt,
        state: 'WAITING',
        said: [],
      },
    ],
  }),
  ReferralAnswered: (card, { data, about }) => told(card, data.referralId, data.answer, about),
  ReferralWithdrawn: (card, { data, about }) => told(card, data.referralId, 'WITHDRAWN', about),
  ResponsibilityOffered: (card, { data, about }) =>
    asking(card, {
      eventId: about.eventId,
      what: 'RESPONSIBILITY',
      subjectId: about.eventId,
      askedBy: about.actor,
      askedByAgency: about.agency,
      since: about.occurredAt,
      must: [{ key: data.to, by: [`${data.to}:OFFICER`] }],
      given: [],
      cls: 'D0',
    }),
  ResponsibilityDeclined: (card, { data }) => without(card, 'RESPONSIBILITY', data.offerId),
  ResponsibilityAccepted: (card, { data }) => ({
    ...without(card, 'RESPONSIBILITY', data.offerId),
    responsible: data.agency,
    agencies: joined(card.agencies, data.agency),
  }),
  CaseLinked: (card, { data, about }) => {
    const known = card.links.some((link) => link.caseId === data.otherCaseId && link.sameFacts !== 'UNLINKED');
    if (known) return card;
    const link: CardLink = {
      caseId: data.otherCaseId,
      linkKind: data.linkKind,
      sameFacts: data.linkKind === 'SAME_CHILD' ? 'UNDECIDED' : 'DISTINCT',
      since: about.occurredAt,
      eventId: about.eventId,
      urgent: data.urgency === 'URGENT',
    };
    const withLink = { ...card, links: [...card.links.filter(({ caseId }) => caseId !== data.otherCaseId), link] };
    if (data.linkKind !== 'SAME_CHILD') return withLink;
    return asking(withLink, {
      eventId: about.eventId,
      what: 'SAME_FACTS',
      subjectId: data.otherCaseId,
      askedBy: about.actor,
      askedByAgency: about.agency,
      since: about.occurredAt,
      // C-4: within 24 hours, within one when urgent.
      due: hoursAfter(about.occurredAt, data.urgency === 'URGENT' ? 1 : 24),
      must: [{ key: 'CHILD_PROTECTION', by: CHILD_PROTECTION_SIDE }],
      given: [],
      cls: 'D0',
    });
  },
  CaseUnlinked: (card, { data }) =>
    without(linked(card, data.otherCaseId, { sameFacts: 'UNLINKED' }), 'SAME_FACTS', data.otherCaseId),
  FactsConfirmedDistinct: (card, { data }) =>
    without(linked(card, data.otherCaseId, { sameFacts: 'DISTINCT' }), 'SAME_FACTS', data.otherCaseId),
  FactsConfirmedSame: (card, { data }) =>
    without(
      linked(card, data.otherCaseId, { sameFacts: 'SAME', leadCaseId: data.leadCaseId }),
      'SAME_FACTS',
      data.otherCaseId,
    ),
  FactRetracted: (card, { data }) => ({
    ...withoutFact(card, data.eventId),
    blocked: card.blocked.filter(({ eventId }) => eventId !== data.eventId),
    retracted: joined(card.retracted, data.eventId),
  }),
  ParticipationWithdrawn: (card) => ({ ...card, withdrawn: true }),
  CaseClosureProposed: (card, { data, about }) => ({
    ...card,
    closing: { state: 'PROPOSED', kind: data.closureKind, proposedAt: about.occurredAt },
  }),
  ClosureNotified: (card, { data, about }) => ({
    ...card,
    closing: {
      ...card.closing,
      state: 'NOTIFIED',
      notifiedAt: about.occurredAt,
      challengeUntil: data.challengeUntil,
    },
  }),
  ClosureChallenged: (card) => ({ ...card, closing: { ...card.closing, state: 'CHALLENGED' } }),
  ClosureFinal: (card, { data }) => ({
    ...card,
    closing:
      data.outcome === 'NOT_CHALLENGED' || data.outcome === 'CONFIRMED_BY_JUDGE'
        ? { ...card.closing, state: 'FINAL' }
        : { state: 'OPEN' },
  }),
  CaseClosed: (card, { data, about }) => ({
    ...card,
    standing: { state: 'CLOSED', closedAt: about.occurredAt },
    closing: { ...card.closing, state: 'CLOSED', kind: data.closureKind },
  }),
  CaseReopened: (card) => ({ ...card, standing: { state: 'REOPENED' }, closing: { state: 'REOPENED' } }),
  ErasureRequested: (card, { data, about }) =>
    asking(card, {
      eventId: about.eventId,
      what: 'ERASURE',
      subjectId: data.erasureId,
      askedBy: about.actor,
      askedByAgency: about.agency,
      since: about.occurredAt,
      must: [{ key: 'CHILD_PROTECTION', by: ['CHILD_PROTECTION:REPRESENTATIVE'] }],
      given: [],
      cls: 'D11',
    }),
  ErasureRejected: (card, { data }) => without(card, 'ERASURE', data.erasureId),
  ErasureOrdered: (card, { data }) => ({ ...without(card, 'ERASURE', data.erasureId), erased: true }),
  BreakGlassUsed: (card, { data, about }) =>
    asking(
      {
        ...card,
        glasses: [...card.glasses, { glassId: data.glassId, staffId: data.staffId, until: data.until }],
      },
      {
        eventId: about.eventId,
        what: 'BREAK_GLASS_REVIEW',
        subjectId: data.glassId,
        askedBy: data.staffId,
        askedByAgency: data.staffAgency,
        since: about.occurredAt,
        due: data.reviewDue,
        must: [
          {
            key: 'REVIEW',
            by: joined([`${data.staffAgency}:SUPERVISOR`], 'CHILD_PROTECTION:SUPERVISOR'),
          },
        ],
        given: [],
        cls: 'D11',
      },
    ),
  BreakGlassEnded: (card, { data, about }) => ({
    ...card,
    glasses: card.glasses.map((glass) =>
      glass.glassId === data.glassId && about.occurredAt < glass.until ? { ...glass, until: about.occurredAt } : glass,
    ),
  }),
  BreakGlassReviewed: (card, { data }) => without(card, 'BREAK_GLASS_REVIEW', data.glassId),
  CommunicationNeedsRecorded: (card, { data }) => inInterview(card, { interpreterNeeded: data.interpreterNeeded }),

  InterviewPlanned: (card, { data, about }) => {
    const {
      round: _round,
      assentAt: _assent,
      preferenceAt: _preference,
      interpreterAt: _interpreter,
      ...rest
    } = card.interview;
    return {
      ...card,
      interview: {
        ...rest,
        stage: 'PLANNED',
        interviewId: data.interviewId,
        planEventId: about.eventId,
        slot: data.slot,
        minutes: data.minutes,
        venueKind: data.venueKind,
        urgent: data.urgent,
        intermediary: data.intermediaryId,
        plannedBy: about.agency,
        ...(data.evidenceDecisionDue && { evidenceDue: data.evidenceDecisionDue }),
        questions: [],
      },
    };
  },
  InterviewCancelled: unplanned,
  LinkedInterviewNoted: (card, { data }) => {
    const own = card.interview.stage;
    if (own !== 'NOT_PLANNED' && !own.endsWith('_ELSEWHERE')) return card;
    return inInterview(card, {
      stage:
        data.step === 'CONDUCTED'
          ? 'CONDUCTED_ELSEWHERE'
          : data.step === 'CANCELLED' || data.step === 'RETRACTED'
            ? 'NOT_PLANNED'
            : 'PLANNED_ELSEWHERE',
    });
  },
  QuestionRoundOpened: (card, { data, about }) =>
    inInterview(card, {
      round: { opensAt: about.occurredAt, closesAt: data.closesAt, shortened: false, answers: {} },
    }),
  QuestionRoundShortened: (card, { data }) => {
    const { round } = card.interview;
    return round ? inInterview(card, { round: { ...round, closesAt: data.closesAt, shortened: true } }) : card;
  },
  QuestionRoundClosed: (card, { data, about }) => {
    const { round } = card.interview;
    if (!round) return card;
    const closed = inInterview(card, { round: { ...round, closedAt: about.occurredAt } });
    return data.silent.reduce((now, agency) => answered(now, agency, 'SILENT', about.occurredAt), closed);
  },
  QuestionSetSubmitted: (card, { data, about }) =>
    inInterview(answered(card, data.asLegalAdviser ? 'LEGAL_ADVISER' : about.agency, 'SUBMITTED', about.occurredAt), {
      questions: [
        ...card.interview.questions,
        ...data.questionIds.map((questionId) => ({
          questionId,
          eventId: about.eventId,
          agency: about.agency,
          actor: about.actor,
          objected: false,
        })),
      ],
    }),
  QuestionSetDeclined: (card, { data, about }) =>
    answered(card, data.asLegalAdviser ? 'LEGAL_ADVISER' : about.agency, 'DECLINED', about.occurredAt),
  QuestionFiltered: (card, { data, about }) =>
    inInterview(card, {
      questions: card.interview.questions.map((question) =>
        question.questionId === data.questionId
          ? { ...question, decision: data.decision, reasonCode: data.reason, decisionEventId: about.eventId }
          : question,
      ),
    }),
  FilterObjected: (card, { data }) =>
    inInterview(card, {
      questions: card.interview.questions.map((question) =>
        question.questionId === data.questionId ? { ...question, objected: true } : question,
      ),
    }),
  IntermediaryAssigned: (card, { data }) => inInterview(card, { intermediary: data.intermediaryId }),
  InterpreterAssigned: (card, { about }) => inInterview(card, { interpreterAt: about.occurredAt }),
  AnticipatedEvidenceDecided: (card, { about }) => inInterview(card, { evidenceDecidedAt: about.occurredAt }),
  StabilisationPeriodRecognised: (card) => inInterview(card, { stabilising: true }),
  StabilisationPeriodEnded: (card) => inInterview(card, { stabilising: false }),
  ChildAssentRecorded: (card, { data, about }) =>
    data.interviewId === undefined
      ? card
      : inInterview(card, {
          assentAt: about.occurredAt,
          ...(data.interpreterDeclined && { interpreterAt: about.occurredAt }),
        }),
  ChildAssentWithheld: (card, { data }) => {
    if (data.interviewId === undefined) return card;
    const { assentAt: _assent, ...interview } = card.interview;
    return { ...card, interview };
  },
  RecordingPreferenceStated: (card, { about }) => inInterview(card, { preferenceAt: about.occurredAt }),
  ForensicInterviewStarted: (card, { data }) =>
    excepted(inInterview(card, { stage: 'IN_PROGRESS', interviewId: data.interviewId }), data.authorisationId, {
      state: 'USED',
    }),
  ForensicInterviewInterrupted: (card, { data, about }) => {
    const { assentAt: _assent, preferenceAt: _preference, ...interview } = card.interview;
    return acted(
      { ...card, interview: { ...interview, stage: 'INTERRUPTED' } },
      {
        eventId: about.eventId,
        agency: about.agency,
        role: about.role,
        actKind: 'INTERVIEW',
        occurredAt: about.occurredAt,
        heardBy: about.actor,
        accountGiven: data.accountGiven,
        cls: 'D0',
      },
    );
  },
  ForensicInterviewConducted: (card, { data, about }) =>
    acted(
      inInterview(card, {
        stage: 'CONDUCTED',
        heldAt: about.occurredAt,
        conducted: card.interview.conducted + 1,
        additionalHeld: card.interview.additionalHeld + (data.standing === 'FIRST' ? 0 : 1),
      }),
      {
        eventId: about.eventId,
        agency: data.heldBy,
        role: about.role,
        actKind: 'INTERVIEW',
        placeKind: data.venueKind,
        occurredAt: about.occurredAt,
        heardBy: about.actor,
        accountGiven: data.accountGiven,
        cls: 'D0',
      },
    ),
  InterviewRecordSealed: (card, { data, about }) =>
    inInterview(card, { record: { eventId: about.eventId, sealedAt: about.occurredAt, digest: data.digest } }),
  InterviewRecordShared: (card, { data }) =>
    inInterview(card, { sharedWith: joined(card.interview.sharedWith, data.recipientAgency) }),
  AdditionalInterviewRequested: (card, { data, about }) =>
    asking(
      inInterview(card, {
        exceptions: [
          ...card.interview.exceptions,
          {
            requestId: data.requestId,
            eventId: about.eventId,
            agency: about.agency,
            actor: about.actor,
            requestedAt: about.occurredAt,
            state: 'PENDING',
            approvals: [],
            impactOpinion: false,
          },
        ],
      }),
      {
        eventId: about.eventId,
        what: 'ADDITIONAL_INTERVIEW',
        subjectId: data.requestId,
        askedBy: about.actor,
        askedByAgency: about.agency,
        since: about.occurredAt,
        must: [
          { key: 'CHILD_PROTECTION', by: ['CHILD_PROTECTION:REPRESENTATIVE'] },
          { key: 'ASKER_SUPERVISOR', by: [`${about.agency}:SUPERVISOR`] },
        ],
        given: [],
        cls: 'D0',
      },
    ),
  ImpactOpinionRecorded: (card, { data }) => excepted(card, data.requestId, { impactOpinion: true }),
  AdditionalInterviewApproved: (card, { data, about }) => {
    const approved = card.interview.exceptions.find(({ requestId }) => requestId === data.requestId);
    return {
      ...excepted(card, data.requestId, { approvals: joined(approved?.approvals ?? [], data.approvalKey) }),
      approvals: card.approvals.map((one) =>
        one.what === 'ADDITIONAL_INTERVIEW' && one.subjectId === data.requestId
          ? { ...one, given: [...one.given, { key: data.approvalKey, actor: about.actor }] }
          : one,
      ),
    };
  },
  AdditionalInterviewAuthorised: (card, { data }) =>
    without(
      excepted(card, data.requestId, { state: 'AUTHORISED', expiresAt: data.expiresAt }),
      'ADDITIONAL_INTERVIEW',
      data.requestId,
    ),
  AdditionalInterviewDenied: (card, { data }) =>
    without(excepted(card, data.requestId, { state: 'DENIED' }), 'ADDITIONAL_INTERVIEW', data.requestId),
  RetellingRecorded: (card, { data, about }) =>
    acted(card, {
      eventId: about.eventId,
      agency: data.heardByAgency,
      role: data.heardByRole,
      actKind: data.actKind,
      placeKind: data.placeKind,
      persons: data.personsPresent,
      onRecord: data.onRecord,
      needed: data.needed,
      occurredAt: about.occurredAt,
      // an unnamed listener is one of their own.
      heardBy: data.heardBy ?? data.sameActAs ?? about.eventId,
      accountGiven: data.accountGiven,
      cls: 'D0',
      ...(data.sameActAs && { sameActAs: data.sameActAs }),
    }),
  ForensicExamPlanned: (card, fact) => examined(card, fact, 'PLANNED', fact.data.examKind),
  ExamExplained: (card, fact) => examined(card, fact, 'EXPLAINED'),
  ExamConsentRecorded: (card, fact) => examined(card, fact, 'CONSENTED'),
  ForensicExamDeclined: (card, fact) => examined(card, fact, 'DECLINED'),
  ForensicExamPerformed: (card, fact) =>
    acted(examined(card, fact, 'PERFORMED', fact.data.examKind), {
      eventId: fact.about.eventId,
      agency: fact.about.agency,
      role: fact.about.role,
      actKind: 'FORENSIC_EXAM',
      occurredAt: fact.about.occurredAt,
      heardBy: fact.about.actor,
      accountGiven: fact.data.accountGiven,
      cls: 'D7',
    }),
  HearingHeld: (card, { data, about }) =>
    acted(card, {
      eventId: about.eventId,
      agency: 'COURT',
      role: 'JUDGE',
      actKind: 'HEARING',
      occurredAt: about.occurredAt,
      heardBy: `COURT:${about.eventId}`,
      accountGiven: data.accountGiven,
      cls: 'D4',
    }),
};

const hoursAfter = (at: string, hours: number): string => new Date(Date.parse(at) + hours * 3_600_000).toISOString();

type Acts = Pick<CaseCard, 'acts' | 'retracted'>;
const standingActs = ({ acts, retracted }: Acts): readonly CardAct[] =>
  acts.filter(({ eventId, accountGiven }) => accountGiven && !retracted.includes(eventId));

/** the acts by which to tell who heard it, those retracted left out. Of an act that is told twice, an unnamed listener is nobody more. */
export const heardActs = (card: Acts): readonly CardAct[] => {
  const standing = standingActs(card);
  return standing.filter(
    ({ eventId, heardBy }) => heardBy === eventId || !standing.some((other) => other.eventId === heardBy),
  );
};

/** R-013, C-7: acts with an account, each act once, those retracted left out. A retelling that names its act is that act. */
export const countedActs = (card: Acts): readonly CardAct[] => {
  const standing = standingActs(card);
  return standing.filter(
    ({ eventId, sameActAs }, i) =>
      !sameActAs ||
      sameActAs === eventId ||
      // The named act counts itself; of several that name one act without an account of its own, the first counts.
      (!standing.some((other) => other.eventId === sameActAs) &&
        standing.findIndex((other) => other.sameActAs === sameActAs) === i),
  );
};

/** A step of which this service is told no more than that it took place; the account given in it is counted (C-7), and whom it shuts out. */
const stepped = (card: CaseCard, { id, data, meta }: FactMessage): CaseCard => {
  const { cls, kind, accountGiven, closedTo } = data as unknown as {
    cls: DataClass;
    kind: string;
    accountGiven?: boolean;
    closedTo?: string;
  };
  const { occurredAt } = meta;
  if (closedTo !== undefined) return shut(card, closedTo, id);
  return accountGiven
    ? acted(card, { eventId: id, agency: '', role: '', actKind: kind, occurredAt, heardBy: id, accountGiven, cls })
    : card;
};

/** Whether the account was given in a report may be known only later, and may be taken back (C-7, C-14). */
const withReports = (card: CaseCard, fact: CardFact): CaseCard => {
  const reports = knownReports(card.reports, fact);
  if (reports === card.reports) return card;
  const given = (eventId: string) =>
    reports.some(({ reportId, said }) => reportId === eventId && said.some(({ accountGiven }) => accountGiven));
  const acts = card.acts.map((act) => {
    const accountGiven = given(act.eventId);
    return act.actKind !== 'REPORT' || act.accountGiven === accountGiven ? act : { ...act, accountGiven };
  });
  return { ...card, reports, acts };
};

/** Something that is missing and holds nothing up: who knows it says it (M-2, C-11). */
export interface CardTask {
  readonly command: 'completeReport' | 'completeDuplicateSearch';
  /** The report that is to be completed. */
  readonly eventId?: string;
  readonly agency: string;
  readonly since: string;
  readonly missing: readonly ReportQuestion[];
}

export const tasksOf = ({
  acts,
  openedAt,
  reports,
  responsible,
  searchPending,
  standing,
}: CaseCard): readonly CardTask[] => {
  if (standing.state === 'CLOSED') return [];
  const search: readonly CardTask[] = searchPending
    ? [{ command: 'completeDuplicateSearch', agency: responsible ?? '', since: openedAt ?? '', missing: [] }]
    : [];
  const incomplete = reports.flatMap((report): readonly CardTask[] => {
    const missing = missingOf(report);
    const act = acts.find(({ eventId }) => eventId === report.reportId);
    return missing.length > 0 && act
      ? [{ command: 'completeReport', eventId: report.reportId, agency: act.agency, since: act.occurredAt, missing }]
      : [];
  });
  return [...search, ...incomplete];
};

/** Facts of one case to its card. */
export const evolveCard = (before: CaseCard | undefined, message: FactMessage): CaseCard => {
  const card = before ?? newCard(message.caseId);
  const spec = factSpec(message.type);
  const recordedAt = message.meta.recordedAt ?? message.meta.occurredAt;
  const here = {
    ...card,
    revision: message.revision,
    touchedAt: recordedAt,
    ...(spec?.cls === 'D0' && { changedAt: recordedAt }),
  };
  if (message.type === STEP_TAKEN) return stepped(here, message);
  if (!spec) return here;
  const fact = { type: message.type, data: upcast(message, spec), about: about(message) } as unknown as CardFact;
  const handler = on[fact.type] as ((card: CaseCard, fact: CardFact) => CaseCard) | undefined;
  const { agency, occurredAt } = fact.about;
  const withFact = withReports(handler ? handler(here, fact) : here, fact);
  return {
    ...withFact,
    ledger: concernsTerms(fact.type) ? withTermFact(withFact.ledger, termFact(fact)) : withFact.ledger,
    done: joined(withFact.done, fact.type),
    last: {
      ...withFact.last,
      [agency]: { ...withFact.last[agency], [spec.cls]: { type: fact.type, kind: spec.kind, at: occurredAt } },
    },
  };
};

/** Earliest date of a term still open that whoever sees the case may know of, as of the last fact. */
export const nextDue = ({ ledger, changedAt }: CaseCard): string | undefined => soonestOpen(ledger, changedAt);

/** Agencies that owe a question set: the round is open and they have not answered. */
export const waitingRound = ({ interview: { round, stage } }: CaseCard): readonly string[] =>
  round && !round.closedAt && stage === 'PLANNED'
    ? ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'PROSECUTOR', 'HEALTH'].filter((agency) => !round.answers[agency])
    : [];
export const waitingReferrals = ({ referrals }: CaseCard): readonly string[] => {
  const waiting = referrals.filter(({ state }) => state === 'WAITING').map(({ to }) => to);
  return waiting.filter((to, i) => waiting.indexOf(to) === i);
};
/** `AGENCY:ROLE` of those who can still give a decision. */
export const awaiting = ({ approvals }: CaseCard): readonly string[] =>
  joined(
    [],
    ...approvals.flatMap(({ must, given }) =>
      must.filter(({ key }) => !given.some((one) => one.key === key)).flatMap(({ by }) => by),
    ),
  );

/**
 * Where does this case stand? One document per case; columns for lists and worklists.
 * The arrays have their own indexes; lists are cut by `members` or `agencies` first, so an order index per sort is not needed.
 */
export const caseCards: Projection<CaseCard> = {
  name: 'case_card',
  version: 10,
  keyOf: ({ stream, caseId }) => (stream.startsWith('case-') ? caseId : undefined),
  evolve: (before: CaseCard | undefined, message) => evolveCard(before, message),
  columns: {
    folio: { type: 'text', of: (card) => card.folio },
    state: { type: 'text', of: (card) => card.state },
    responsible: { type: 'text', of: (card) => card.responsible },
    stage: { type: 'text', of: (card) => card.interview.stage },
    members: { type: 'text[]', of: (card) => card.members.map(({ staffId, agency }) => `${agency}:${staffId}`) },
    agencies: { type: 'text[]', of: (card) => card.agencies },
    glass_holders: { type: 'text[]', of: (card) => card.glasses.map(({ staffId }) => staffId) },
    blocked: { type: 'text[]', of: (card) => card.blocked.map(({ staffId }) => staffId) },
    waiting_referral: { type: 'text[]', of: waitingReferrals },
    waiting_round: { type: 'text[]', of: waitingRound },
    awaiting: { type: 'text[]', of: awaiting },
    incomplete: { type: 'text[]', of: (card) => joined([], ...tasksOf(card).map(({ agency }) => agency)) },
    next_due: { type: 'timestamptz', of: nextDue },
    opened_at: { type: 'timestamptz', of: (card) => card.openedAt },
    closed: { type: 'boolean', of: (card) => card.standing.state === 'CLOSED' },
    revision: { type: 'integer', of: (card) => card.revision },
    changed_at: { type: 'timestamptz', of: (card) => card.changedAt },
    touched_at: { type: 'timestamptz', of: (card) => card.touchedAt },
  },
  indexes: [
    ['members'],
    ['agencies'],
    ['glass_holders'],
    ['waiting_referral'],
    ['waiting_round'],
    ['awaiting'],
    ['folio'],
  ],
  lists: ['ledger', 'referrals', 'acts', 'exams'],
};
