import type { Agency, KnownReport, StateKey, Zone } from '@resguardo/contracts';
import { AGENCIES, knownReports } from '@resguardo/contracts';
import type { CaseFileFact } from '@resguardo/contracts/timeline';
import { caseFileFacts } from '@resguardo/contracts/timeline';
import type { FactAbout } from '@resguardo/eventing';

type Codes<T extends CaseFileFact['type']> = Extract<CaseFileFact, { type: T }>['data'];

export interface Link {
  readonly otherCaseId: string;
  readonly linkKind: Codes<'CaseLinked'>['linkKind'];
  /** Only of the same child: whether the facts are the same is undecided until the Child Protection Authority says so (C-4). */
  readonly decided: 'UNDECIDED' | 'DISTINCT' | 'SAME';
  readonly leadCaseId?: string;
}

export interface Referral {
  readonly referralId: string;
  readonly from: string;
  readonly to: Agency;
  readonly state: 'OPEN' | 'ACCEPTED' | 'ENDED';
}

export interface Closure {
  readonly proposalId: string;
  readonly closureKind: Codes<'CaseClosureProposed'>['closureKind'];
  /** Last day to challenge, by who was notified. */
  readonly victimUntil?: string;
  readonly adviserUntil?: string;
  readonly challengedBy?: string;
  readonly outcome?: Codes<'ClosureFinal'>['outcome'];
}

/** Who wrote a fact, of any capability. The case's facts hang together, the last first: one more costs the same however many there are. */
export interface Written {
  readonly eventId: string;
  readonly type: string;
  readonly actor: string;
  readonly agency: string;
  readonly before: Written | undefined;
}

/** Only what the rules ask about; what people read is in the projections. */
export interface CaseFileState {
  readonly opened?: { readonly state: StateKey; readonly zone: Zone; readonly provisional: boolean };
  /** Exactly one from the first fact on (C-9). */
  readonly responsible?: Agency;
  readonly reports: readonly KnownReport[];
  /** Corrections are for whoever wrote the fact (C-14). */
  readonly written: Written | undefined;
  readonly retracted: readonly string[];
  readonly team: readonly { readonly staffId: string; readonly agency: string }[];
  readonly representative?: { readonly staffId: string; readonly since: string };
  readonly adviser?: { readonly staffId: string; readonly since: string };
  /** The decision that guardians are not told. */
  readonly hold?: string;
  /** Reports that carry a risk flag. */
  readonly flagged: readonly string[];
  /** The format in which the child can take messages. */
  readonly formatNeeded?: string;
  readonly offer?: { readonly offerId: string; readonly to: Agency };
  readonly referrals: readonly Referral[];
  readonly competence?: { readonly declinedId: string; readonly from: string; readonly to: string };
  readonly links: readonly Link[];
  readonly requests: readonly { readonly requestId: string; readonly kind: 'ACT' | 'SUPPORT' }[];
  readonly closure?: Closure;
  readonly closed: boolean;
}

export const initialState: CaseFileState = {
  reports: [],
  written: undefined,
  retracted: [],
  team: [],
  flagged: [],
  referrals: [],
  links: [],
  requests: [],
  closed: false,
};

/** The fact of the case with this id. */
export const factOf = ({ written }: Pick<CaseFileState, 'written'>, eventId: string): Written | undefined => {
  let fact = written;
  while (fact && fact.eventId !== eventId) fact = fact.before;
  return fact;
};

/** Any fact on the case's stream: other capabilities' facts are noted by who wrote them, and nothing more. */
export interface AnyFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly about: FactAbout;
}

export const isAgency = (value: unknown): value is Agency => AGENCIES.some((agency) => agency === value);

/** A key that is left out, not one that is undefined. */
const dropped = <T extends object, K extends keyof T>(value: T, key: K): Omit<T, K> => {
  const { [key]: _, ...rest } = value;
  return rest;
};

const withLink = (state: CaseFileState, link: Link): CaseFileState => ({
  ...state,
  links: [...state.links.filter(({ otherCaseId }) => otherCaseId !== link.otherCaseId), link],
});

const withClosure = (state: CaseFileState, change: Partial<Closure>): CaseFileState =>
  state.closure ? { ...state, closure: { ...state.closure, ...change } } : state;

const leftTeam = (state: CaseFileState, staffId: string): CaseFileState => ({
  ...state,
  team: state.team.filter((member) => member.staffId !== staffId),
});

/** A retracted fact has no effect any more; what cannot be retracted is in `correction.rule.ts`. */
const without = (before: CaseFileState, eventId: string): CaseFileState => {
  let state: CaseFileState = {
    ...before,
    retracted: [...before.retracted, eventId],
    flagged: before.flagged.filter((id) => id !== eventId),
    referrals: before.referrals.filter(({ referralId }) => referralId !== eventId),
    requests: before.requests.filter(({ requestId }) => requestId !== eventId),
  };
  if (state.representative?.since === eventId) state = dropped(state, 'representative');
  if (state.adviser?.since === eventId) state = dropped(state, 'adviser');
  if (state.hold === eventId) state = dropped(state, 'hold');
  if (state.competence?.declinedId === eventId) state = dropped(state, 'competence');
  if (state.closure?.proposalId === eventId) state = dropped(state, 'closure');
  return state;
};

const answered = (state: CaseFileState, { referralId, answer }: Codes<'ReferralAnswered'>): CaseFileState => ({
  ...state,
  referrals: state.referrals.map((r) =>
    r.referralId === referralId ? { ...r, state: answer === 'ACCEPTED' ? 'ACCEPTED' : 'ENDED' } : r,
  ),
});

const notified = (state: CaseFileState, { notified: who, challengeUntil }: Codes<'ClosureNotified'>): CaseFileState => {
  switch (who) {
    case 'VICTIM':
      return withClosure(state, { victimUntil: challengeUntil });
    case 'LEGAL_ADVISER':
      return withClosure(state, { adviserUntil: challengeUntil });
    case 'VICTIM_AND_ADVISER':
      return withClosure(state, { victimUntil: challengeUntil, adviserUntil: challengeUntil });
  }
};

const endedRequest = (state: CaseFileState, requestId: string): CaseFileState => ({
  ...state,
  requests: state.requests.filter((request) => request.requestId !== requestId),
});

const evolved = (state: CaseFileState, fact: CaseFileFact): CaseFileState => {
  const { eventId, agency } = fact.about;
  switch (fact.type) {
    case 'CaseOpened':
      return {
        ...state,
        opened: { state: fact.data.state, zone: fact.data.zone, provisional: fact.data.provisional },
        responsible: fact.data.sourceAgency,
      };
    case 'DuplicateSearchCompleted':
      return state.opened ? { ...state, opened: { ...state.opened, provisional: false } } : state;
    case 'ReportReceived':
      return {
        ...state,
        reports: knownReports(state.reports, fact),
        flagged: fact.data.riskFlags.length > 0 ? [...state.flagged, eventId] : state.flagged,
      };
    case 'ReportCompleted':
      return {
        ...state,
        reports: knownReports(state.reports, fact),
        flagged: fact.data.riskFlags?.length ? [...state.flagged, eventId] : state.flagged,
      };
    case 'GuardianNotified':
      // Their notice is their decision: from now on nothing is held back.
      return agency === 'CHILD_PROTECTION' ? { ...dropped(state, 'hold'), flagged: [] } : state;
    case 'GuardianNotificationWithheld':
      return { ...state, hold: eventId };
    case 'ProtectionRepresentativeAssigned':
      return { ...state, representative: { staffId: fact.data.staffId, since: eventId } };
    case 'LegalAdviserAssigned':
    case 'LegalAdviserChanged':
      return { ...state, adviser: { staffId: fact.data.staffId, since: eventId } };
    case 'ConflictOfInterestDeclared': {
      const { who, staffId, effective } = fact.data;
      if (effective === false) return state;
      if (who === 'REPRESENTATIVE' && (!staffId || staffId === state.representative?.staffId))
        return dropped(state, 'representative');
      if (who === 'LEGAL_ADVISER' && (!staffId || staffId === state.adviser?.staffId)) return dropped(state, 'adviser');
      return state;
    }
    case 'ReferralMade':
      return {
        ...state,
        referrals: [...state.referrals, { referralId: eventId, from: agency, to: fact.data.to, state: 'OPEN' }],
      };
    case 'ReferralAnswered':
      return answered(state, fact.data);
    case 'ReferralWithdrawn':
      return answered(state, { referralId: fact.data.referralId, answer: 'DONE' });
    case 'TeamMemberAdded':
      return {
        ...leftTeam(state, fact.data.staffId),
        team: [
          ...state.team.filter(({ staffId }) => staffId !== fact.data.staffId),
          { staffId: fact.data.staffId, agency: fact.data.agency },
        ],
      };
    case 'TeamMemberRemoved': {
      const { staffId } = fact.data;
      let left = leftTeam(state, staffId);
      if (left.representative?.staffId === staffId) left = dropped(left, 'representative');
      if (left.adviser?.staffId === staffId) left = dropped(left, 'adviser');
      return left;
    }
    case 'ResponsibilityOffered':
      return { ...state, offer: { offerId: eventId, to: fact.data.to } };
    case 'ResponsibilityDeclined':
      return dropped(state, 'offer');
    case 'ResponsibilityAccepted':
      return { ...dropped(state, 'offer'), responsible: fact.data.agency };
    case 'CompetenceDeclined':
      return { ...state, competence: { declinedId: eventId, from: fact.data.from, to: fact.data.to } };
    case 'CompetenceAccepted':
    case 'CompetenceConflictRaised':
      // A raised conflict is for a court; until it speaks, whoever declined goes on acting.
      return fact.type === 'CompetenceAccepted' ? dropped(state, 'competence') : state;
    case 'CaseLinked': {
      const known = state.links.find(({ otherCaseId }) => otherCaseId === fact.data.otherCaseId);
      if (known && known.linkKind === 'SAME_CHILD') return state;
      return withLink(state, {
        otherCaseId: fact.data.otherCaseId,
        linkKind: fact.data.linkKind,
        decided: 'UNDECIDED',
      });
    }
    case 'CaseUnlinked':
      return { ...state, links: state.links.filter(({ otherCaseId }) => otherCaseId !== fact.data.otherCaseId) };
    case 'FactsConfirmedDistinct':
      return withLink(state, { otherCaseId: fact.data.otherCaseId, linkKind: 'SAME_CHILD', decided: 'DISTINCT' });
    case 'FactsConfirmedSame':
      return withLink(state, {
        otherCaseId: fact.data.otherCaseId,
        linkKind: 'SAME_CHILD',
        decided: 'SAME',
        leadCaseId: fact.data.leadCaseId,
      });
    case 'FactRetracted':
      return without({ ...state, reports: knownReports(state.reports, fact) }, fact.data.eventId);
    case 'InvestigativeActRequested':
      return { ...state, requests: [...state.requests, { requestId: eventId, kind: 'ACT' }] };
    case 'AttendanceSupportRequested':
      return { ...state, requests: [...state.requests, { requestId: eventId, kind: 'SUPPORT' }] };
    case 'InvestigativeActDecided':
    case 'AttendanceSupportAnswered':
      return endedRequest(state, fact.data.requestId);
    case 'CaseClosureProposed':
      return { ...state, closure: { proposalId: eventId, closureKind: fact.data.closureKind } };
    case 'ClosureNotified':
      return notified(state, fact.data);
    case 'ClosureChallenged':
      return withClosure(state, { challengedBy: fact.data.challengedBy });
    case 'ClosureFinal':
      return fact.data.outcome === 'NOT_CHALLENGED' || fact.data.outcome === 'CONFIRMED_BY_JUDGE'
        ? withClosure(state, { outcome: fact.data.outcome })
        : dropped(state, 'closure');
    case 'CaseClosed':
      return { ...dropped(state, 'closure'), closed: true };
    case 'CaseReopened':
      return { ...state, closed: false };
    case 'DisclosureReceived':
    case 'ReportRefused':
    case 'GuardianDemanded':
    case 'RightsExplained':
    case 'PrivacyNoticeGiven':
    case 'AuthoritiesNotified':
    case 'ReportForwarded':
    case 'RepresentationInSubstitutionAssumed':
    case 'SupportPersonChosen':
    case 'StatusInformationGiven':
    case 'ChildViewRecorded':
    case 'ChildViewAnswered':
    case 'CaseReviewHeld':
    case 'FactCorrected':
    case 'ParticipationWithdrawn':
    case 'WithdrawalReasonChecked':
      return state;
  }
};

const isCaseFileFact = (fact: AnyFact): boolean => Object.hasOwn(caseFileFacts, fact.type);

export const evolve = (state: CaseFileState, fact: AnyFact): CaseFileState => {
  const { eventId, actor, agency } = fact.about;
  const noted = { ...state, written: { eventId, type: fact.type, actor, agency, before: state.written } };
  if (isCaseFileFact(fact)) return evolved(noted, fact as unknown as CaseFileFact);
  if (fact.type === 'CommunicationNeedsRecorded' && typeof fact.data['formatCode'] === 'string')
    return { ...noted, formatNeeded: fact.data['formatCode'] };
  return noted;
};
