import type { Agency, caseFileCommands, CommandOf } from '@resguardo/contracts';
import { answeredIn, isUrgent, missingOf, STATES, TEAM_ROLES, ZONE_OF_STATE } from '@resguardo/contracts';
import type { NewCaseFileFact, NewVaultFact } from '@resguardo/contracts/timeline';
import { factSpec } from '@resguardo/contracts/timeline';
import type { Decider, Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { AnyFact, CaseFileState } from './case-file.state.js';
import { evolve, factOf, initialState, isAgency } from './case-file.state.js';
import { brokenByNotAsking } from './child-view.rule.js';
import {
  challengeWindow,
  closureIsFinal,
  isClosed,
  noClosingForLackOfInterest,
  noClosingForLapseOfTime,
  noOpportunityCriterion,
  nothingProposedYet,
  outcomeFits,
  somethingIsProposed,
} from './closing.rule.js';
import { competenceIsSettled, declinedToAnother, notDeclinedAlready, thatCompetenceIsOpen } from './competence.rule.js';
import { mayBeRetracted, notRetracted, onlyTheWriterOrTheirSupervisor, theFieldExists } from './correction.rule.js';
import { brokenByNotifyingGuardian } from './guardian-notice.rule.js';
import {
  linkedAsTheSameChild,
  linkedAtAll,
  linkedFromASearch,
  oneLead,
  onlyChildProtectionCompares,
} from './linked-cases.rule.js';
import { brokenByFormat } from './message-format.rule.js';
import { onlyTheReceiverAnswers, onlyTheSenderWithdraws, referredToAnother } from './referral.rule.js';
import { brokenByListening, brokenByRefusing, callsForPromptInterview, folioOf, limitationOf } from './report.rule.js';
import {
  onlyChildProtectionRepresents,
  onlyChildProtectionWithholds,
  onlyTheCommissionAdvises,
} from './representation.rule.js';
import { offeredToAnother, onlyTheResponsibleOffers, theOfferIsTheirs } from './responsibility.rule.js';
import {
  caseOfTheirState,
  conflictTakesEffect,
  ownMembersOnly,
  ownPeopleOnly,
  roleFitsAgency,
  theyHaveThatRole,
} from './team.rule.js';
import { brokenByChecking } from './withdrawal.rule.js';

/** What the vault and the register of staff answered before the decision (C-1). */
export interface CaseFileKnown {
  /** `NOT_MADE`: it could not be made now, and becomes a task (M-2). `NOTHING_TO_SEARCH`: nobody knows who the child is. */
  readonly search?: 'MADE' | 'NOT_MADE' | 'NOTHING_TO_SEARCH';
  readonly possibleMatches?: number;
  /** Cases that the vault holds to be of the same child, or that the receiver recognised. */
  readonly sameChildIn?: readonly string[];
  readonly child?: { readonly childId: string; readonly keyId: string; readonly underSix: 'YES' | 'NO' | 'UNKNOWN' };
  readonly personId?: string;
  readonly otherCaseId?: string;
  readonly agencyOfStaff?: string;
  readonly roleOfStaff?: string;
}

export type CaseFileCommand = CommandOf<typeof caseFileCommands, CaseFileKnown>;
export type NewFactHere = NewCaseFileFact | Extract<NewVaultFact, { type: 'ChildIdentitySealed' }>;
type Decision = readonly NewFactHere[] | Refusal;
type Command<Name extends CaseFileCommand['name']> = Extract<CaseFileCommand, { name: Name }>;
type ReportInput = Command<'addReport'>['input'];
type Answers = Omit<ReportInput, 'summary'>;

/** The desk lets only officers and representatives of an agency through; a case with nobody responsible is the one thing that must not be. */
const agencyOf = ({ by }: Pick<CaseFileCommand, 'by'>): Agency =>
  isAgency(by.agency) ? by.agency : 'CHILD_PROTECTION';

const stamped = <F extends NewFactHere>(fact: F, violationOf: readonly string[]): F =>
  violationOf.length > 0 ? { ...fact, violationOf } : fact;

/** Field by field, on purpose: what is stored for ever is chosen, not copied from a request. What was not answered is not stored (M-2). */
const answersOf = (input: Answers) => ({
  answered: answeredIn(input),
  ...(input.channel && { channel: input.channel }),
  ...(input.mode && { mode: input.mode }),
  ...(input.reportedBy && { reportedBy: input.reportedBy }),
  ...(input.anonymous !== undefined && { anonymous: input.anonymous }),
  ...(input.urgency && { urgency: input.urgency }),
  ...(input.accountGiven !== undefined && { accountGiven: input.accountGiven }),
  ...(input.immediateFullAccount !== undefined && { immediateFullAccount: input.immediateFullAccount }),
  ...(input.factsRecent && { factsRecent: input.factsRecent }),
  ...(input.specialProtectionNeed !== undefined && { specialProtectionNeed: input.specialProtectionNeed }),
  ...(callsForPromptInterview(input) && { promptInterview: true }),
  ...(input.contactInPerson && { contactInPerson: input.contactInPerson }),
  ...(input.forms && { forms: input.forms }),
  ...(input.setting && { setting: input.setting }),
  ...(input.platforms && { platforms: input.platforms }),
  ...(input.relationship && { relationship: input.relationship }),
  ...(input.authorAge && { authorAge: input.authorAge }),
  ...(input.ageBand && { ageBand: input.ageBand }),
  ...(input.gender && { gender: input.gender }),
});

const reportReceived = (input: ReportInput): NewFactHere => ({
  type: 'ReportReceived',
  data: {
    ...answersOf(input),
    riskFlags: input.riskFlags ?? [],
    limitation: limitationOf(input.forms),
    ...(input.summary && { summary: input.summary }),
  },
});

/** M-2. The report that is named; without a name the first in which something is missing, or else the last. */
const completed = (
  { input, by, caseId }: Command<'completeReport'>,
  { reports, team, written }: CaseFileState,
): readonly NewFactHere[] => {
  const known = reports.find((report) => missingOf(report).length > 0) ?? reports.at(-1);
  // What was said is kept also where no report stands any more; the case itself is then all that it can be about.
  const reportId = input.reportId ?? known?.reportId ?? caseId;
  const receivedBy = factOf({ written }, reportId)?.agency;
  const isOutside = by.agency !== receivedBy && !team.some(({ staffId }) => staffId === by.actor);
  return [
    {
      type: 'ReportCompleted',
      data: {
        reportId,
        ...(isOutside && { fromOutside: true }),
        ...answersOf(input),
        ...(input.riskFlags && { riskFlags: input.riskFlags }),
        ...(input.forms && { limitation: limitationOf(input.forms) }),
      },
    },
  ];
};

const urgencyOf = ({ reports }: CaseFileState) => (isUrgent(reports) ? 'URGENT' : 'ORDINARY');

const linked = (
  sameChildIn: readonly string[],
  { caseId, urgency }: { readonly caseId: string; readonly urgency: 'URGENT' | 'ORDINARY' },
  { links }: CaseFileState,
): readonly NewFactHere[] =>
  sameChildIn
    .filter((otherCaseId, i) => otherCaseId !== caseId && sameChildIn.indexOf(otherCaseId) === i)
    .filter((otherCaseId) => !links.some((link) => link.otherCaseId === otherCaseId))
    .map((otherCaseId) => ({
      type: 'CaseLinked',
      data: { otherCaseId, linkKind: 'SAME_CHILD', urgency, mirrored: false },
    }));

/** A report is received: there is no way out of this function but a fact. */
const received = (command: Command<'receiveReport'>, state: CaseFileState): readonly NewFactHere[] => {
  const { input, known, caseId, occurredAt, by } = command;
  const report = reportReceived(input);
  if (state.opened) return [report];
  // Whoever receives it can then see it: an account is for at least one state.
  const inState = input.state ?? STATES.find((state) => by.states.includes(state)) ?? '09';
  const zone = input.zone ?? ZONE_OF_STATE[inState];
  const agency = agencyOf(command);
  const role = TEAM_ROLES.find((r) => r === by.role) ?? 'OFFICER';
  return [
    {
      type: 'CaseOpened',
      data: {
        folio: folioOf(caseId, inState, occurredAt, zone),
        state: inState,
        zone,
        ...(input.channel && { channel: input.channel }),
        sourceAgency: agency,
        provisional: known.search === 'NOT_MADE',
        possibleMatches: known.possibleMatches ?? 0,
        underSix: known.child?.underSix ?? input.underSix ?? 'UNKNOWN',
        ...(known.child && { childId: known.child.childId }),
        ...(input.factsYear !== undefined && { factsYear: input.factsYear }),
        ...(input.factsMonth !== undefined && { factsMonth: input.factsMonth }),
      },
    },
    report,
    ...(known.child
      ? [
          {
            type: 'ChildIdentitySealed',
            data: { childId: known.child.childId, keyId: known.child.keyId },
          } as const,
        ]
      : []),
    { type: 'TeamMemberAdded', data: { staffId: by.actor, agency, role } },
    ...linked(known.sameChildIn ?? [], { caseId, urgency: input.urgency ?? 'URGENT' }, state),
  ];
};

/** A new report opens a closed case again. */
const added = ({ input }: Command<'addReport'>, { closed }: CaseFileState): readonly NewFactHere[] => [
  reportReceived(input),
  ...(closed ? [{ type: 'CaseReopened', data: { reopeningReason: 'NEW_REPORT' } } as const] : []),
];

const searched = ({ known, caseId }: Command<'completeDuplicateSearch'>, state: CaseFileState): Decision => {
  if (known.search === 'NOT_MADE') return refuse('C-11', 'E-SEARCH-DOWN');
  const urgency = urgencyOf(state);
  return [
    { type: 'DuplicateSearchCompleted', data: { possibleMatches: known.possibleMatches ?? 0 } },
    ...(known.child
      ? [{ type: 'ChildIdentitySealed', data: { childId: known.child.childId, keyId: known.child.keyId } } as const]
      : []),
    ...linked(known.sameChildIn ?? [], { caseId, urgency }, state),
  ];
};

const joined = (
  staffId: string,
  agency: Agency,
  role: (typeof TEAM_ROLES)[number],
  { team }: CaseFileState,
): readonly NewFactHere[] =>
  team.some((member) => member.staffId === staffId)
    ? []
    : [{ type: 'TeamMemberAdded', data: { staffId, agency, role } }];

const left = (staffId: string | undefined, { team }: CaseFileState): readonly NewFactHere[] =>
  staffId !== undefined && team.some((member) => member.staffId === staffId)
    ? [{ type: 'TeamMemberRemoved', data: { staffId } }]
    : [];

/** The representative joins the team; a former one leaves it. */
const represented = ({ input: { staffId } }: Command<'assignRepresentative'>, state: CaseFileState): Decision =>
  state.representative?.staffId === staffId
    ? []
    : [
        { type: 'ProtectionRepresentativeAssigned', data: { staffId } },
        ...joined(staffId, 'CHILD_PROTECTION', 'REPRESENTATIVE', state),
        ...left(state.representative?.staffId, state),
      ];

/** The child may choose another adviser; the former one leaves the team. */
const advised = ({ input }: Command<'assignLegalAdviser'>, state: CaseFileState): Decision => {
  const { staffId, chosenByChild } = input;
  const former = state.adviser?.staffId;
  if (former === staffId) return [];
  return [
    former === undefined
      ? { type: 'LegalAdviserAssigned', data: { staffId, chosenByChild } }
      : { type: 'LegalAdviserChanged', data: { staffId, formerStaffId: former, chosenByChild } },
    ...joined(staffId, 'VICTIMS_COMMISSION', 'LEGAL_ADVISER', state),
    ...left(former, state),
  ];
};

const accepted = (command: Command<'acceptResponsibility'>, { responsible }: CaseFileState): Decision => {
  const agency = agencyOf(command);
  return [
    { type: 'ResponsibilityAccepted', data: { offerId: command.input.offerId, from: responsible ?? agency, agency } },
  ];
};

/** C-14. What is right lies in the class of the field that was wrong; a plain field's correction is sealed as identity. */
const corrected = ({ input }: Command<'correctFact'>, state: CaseFileState): Decision => {
  const { eventId, correctionReason, fieldName, correct } = input;
  const factType = factOf(state, eventId)?.type ?? '';
  const cls = fieldName === undefined ? 'D4r' : (factSpec(factType)?.fields[fieldName]?.cls ?? 'D4r');
  const box = cls === 'D0' || cls === 'D12' ? 'D1' : cls;
  return [
    {
      type: 'FactCorrected',
      data: {
        eventId,
        factType,
        correctionReason,
        ...(fieldName !== undefined && { fieldName }),
        ...(correct !== undefined && { [`correct${box}`]: correct }),
      },
    },
  ];
};

const isSame = ({ links }: CaseFileState, { otherCaseId, leadCaseId }: { otherCaseId: string; leadCaseId: string }) =>
  links.some((l) => l.otherCaseId === otherCaseId && l.decided === 'SAME' && l.leadCaseId === leadCaseId);
const isDistinct = ({ links }: CaseFileState, otherCaseId: string) =>
  links.some((l) => l.otherCaseId === otherCaseId && l.decided === 'DISTINCT');
const isLinked = ({ links }: CaseFileState, otherCaseId: string, linkKind?: string) =>
  links.some((l) => l.otherCaseId === otherCaseId && (linkKind === undefined || l.linkKind === linkKind));

/** An answer has a request. */
const thatWasAsked = (requestId: string, kind: 'ACT' | 'SUPPORT', { requests }: CaseFileState): Refusal | undefined =>
  requests.some((r) => r.requestId === requestId && r.kind === kind)
    ? undefined
    : refuse(kind === 'ACT' ? 'R-213' : 'R-216', 'E-NO-REQUEST');

export const decide = (command: CaseFileCommand, state: CaseFileState): Decision => {
  const { by } = command;
  switch (command.name) {
    case 'receiveReport':
      return received(command, state);
    case 'addReport':
      return added(command, state);
    case 'completeReport':
      return completed(command, state);
    case 'completeDuplicateSearch':
      return searched(command, state);

    case 'recordDisclosure': {
      const { heardBy, detailsAsked, safeNow, words } = command.input;
      return [
        stamped(
          { type: 'DisclosureReceived', data: { heardBy, detailsAsked, safeNow, ...(words && { words }) } },
          brokenByListening(command.input),
        ),
      ];
    }
    case 'recordReportRefused': {
      const { authority, refusalKind, condition, office, reasonGiven } = command.input;
      return [
        stamped(
          {
            type: 'ReportRefused',
            data: { authority, refusalKind, condition, ...(office && { office }), ...(reasonGiven && { reasonGiven }) },
          },
          brokenByRefusing(command.input),
        ),
      ];
    }
    case 'recordGuardianDemanded': {
      const { authority, office, reasonGiven } = command.input;
      return [
        stamped(
          {
            type: 'GuardianDemanded',
            data: { authority, ...(office && { office }), ...(reasonGiven && { reasonGiven }) },
          },
          ['R-202', 'R-201'],
        ),
      ];
    }
    case 'recordRightsExplained': {
      const { version, formatCode, language } = command.input;
      return [
        stamped(
          { type: 'RightsExplained', data: { version, formatCode, language } },
          brokenByFormat(formatCode, state),
        ),
      ];
    }
    case 'recordPrivacyNotice': {
      const { version, formatCode, language } = command.input;
      return [
        stamped(
          { type: 'PrivacyNoticeGiven', data: { version, formatCode, language } },
          brokenByFormat(formatCode, state),
        ),
      ];
    }
    case 'recordAuthorityNotified': {
      const { to, means, reference } = command.input;
      return [{ type: 'AuthoritiesNotified', data: { to, means, ...(reference && { reference }) } }];
    }
    case 'recordReportForwarded': {
      const { to, means, reference } = command.input;
      return [{ type: 'ReportForwarded', data: { to, means, ...(reference && { reference }) } }];
    }
    case 'recordGuardianNotified':
      return [
        stamped(
          { type: 'GuardianNotified', data: { means: command.input.means } },
          brokenByNotifyingGuardian(by.agency, state),
        ),
      ];
    case 'recordConflictOfInterest': {
      const { who, staffId, reasons } = command.input;
      return [
        {
          type: 'ConflictOfInterestDeclared',
          data: {
            who,
            ...(staffId && { staffId }),
            ...(!conflictTakesEffect(by, staffId, state) && { effective: false }),
            ...(reasons && { reasons }),
          },
        },
      ];
    }
    case 'recordSupportPerson':
      return [
        {
          type: 'SupportPersonChosen',
          data: {
            relation: command.input.relation,
            ...(command.known.personId && { personId: command.known.personId }),
          },
        },
      ];
    case 'recordStatusInformation': {
      const { formatCode, language, delivered, message } = command.input;
      return [
        stamped(
          { type: 'StatusInformationGiven', data: { formatCode, language, delivered, ...(message && { message }) } },
          brokenByFormat(formatCode, state),
        ),
      ];
    }
    case 'recordChildView': {
      const { matter, childView, notSoughtReason, decisionId, view } = command.input;
      return [
        stamped(
          {
            type: 'ChildViewRecorded',
            data: {
              matter,
              childView,
              ...(notSoughtReason && { notSoughtReason }),
              ...(decisionId && { decisionId }),
              ...(view && { view }),
            },
          },
          brokenByNotAsking(command.input),
        ),
      ];
    }
    case 'recordChildViewAnswered': {
      const { viewId, formatCode, answer } = command.input;
      return [
        stamped(
          { type: 'ChildViewAnswered', data: { viewId, formatCode, ...(answer && { answer }) } },
          brokenByFormat(formatCode, state),
        ),
      ];
    }
    case 'recordParticipationWithdrawn': {
      const { who, reasonCode, words } = command.input;
      return [
        {
          type: 'ParticipationWithdrawn',
          data: { who, ...(reasonCode && { reasonCode }), ...(words && { words }) },
        },
      ];
    }
    case 'recordWithdrawalChecked': {
      const { withdrawalId, accountAsked, reasonCode, notes } = command.input;
      return [
        stamped(
          {
            type: 'WithdrawalReasonChecked',
            data: {
              accountAsked,
              ...(withdrawalId && { withdrawalId }),
              ...(reasonCode && { reasonCode }),
              ...(notes && { notes }),
            },
          },
          brokenByChecking(command.input),
        ),
      ];
    }
    case 'recordCaseReview': {
      const { agencies, decisions } = command.input;
      return [{ type: 'CaseReviewHeld', data: { agencies, ...(decisions && { decisions }) } }];
    }
    case 'recordActRequested': {
      const { act, requestedBy, request } = command.input;
      return [{ type: 'InvestigativeActRequested', data: { act, requestedBy, ...(request && { request }) } }];
    }
    case 'recordAttendanceSupportRequested':
      return [{ type: 'AttendanceSupportRequested', data: { supports: command.input.supports } }];

    case 'withholdGuardianNotice': {
      const { reasonCode, reasons } = command.input;
      return (
        onlyChildProtectionWithholds(by.agency) ?? [
          { type: 'GuardianNotificationWithheld', data: { reasonCode, ...(reasons && { reasons }) } },
        ]
      );
    }
    case 'assignRepresentative':
      return (
        onlyChildProtectionRepresents(by.agency) ??
        caseOfTheirState(by.states, state) ??
        ownPeopleOnly(by.agency, command.known.agencyOfStaff) ??
        theyHaveThatRole('REPRESENTATIVE', command.known.roleOfStaff) ??
        represented(command, state)
      );
    case 'assumeSubstituteRepresentation': {
      const { ground, reasons } = command.input;
      return (
        onlyChildProtectionRepresents(by.agency) ?? [
          { type: 'RepresentationInSubstitutionAssumed', data: { ground, ...(reasons && { reasons }) } },
        ]
      );
    }
    case 'confirmFactsDistinct': {
      const { otherCaseId, reasons } = command.input;
      return (
        onlyChildProtectionCompares(by.agency) ??
        linkedAsTheSameChild(otherCaseId, state) ??
        (isDistinct(state, otherCaseId)
          ? []
          : [{ type: 'FactsConfirmedDistinct', data: { otherCaseId, mirrored: false, reasons } }])
      );
    }
    case 'confirmFactsSame': {
      const { otherCaseId, leadCaseId, reasons } = command.input;
      return (
        onlyChildProtectionCompares(by.agency) ??
        linkedAsTheSameChild(otherCaseId, state) ??
        oneLead(command.input, command.caseId, state) ??
        (isSame(state, command.input)
          ? []
          : [{ type: 'FactsConfirmedSame', data: { otherCaseId, leadCaseId, mirrored: false, reasons } }])
      );
    }

    case 'assignLegalAdviser':
      return (
        onlyTheCommissionAdvises(by.agency) ??
        caseOfTheirState(by.states, state) ??
        ownPeopleOnly(by.agency, command.known.agencyOfStaff) ??
        theyHaveThatRole('LEGAL_ADVISER', command.known.roleOfStaff) ??
        advised(command, state)
      );
    case 'answerAttendanceSupport': {
      const { requestId, answer, reasons } = command.input;
      return (
        thatWasAsked(requestId, 'SUPPORT', state) ?? [
          { type: 'AttendanceSupportAnswered', data: { requestId, answer, ...(reasons && { reasons }) } },
        ]
      );
    }

    case 'makeReferral': {
      const { to, purpose, urgency, message } = command.input;
      return (
        referredToAnother(by.agency, to) ?? [
          { type: 'ReferralMade', data: { to, purpose, urgency, ...(message && { message }) } },
        ]
      );
    }
    case 'answerReferral': {
      const { referralId, answer, declineReason, message } = command.input;
      return (
        onlyTheReceiverAnswers(by.agency, command.input, state) ?? [
          {
            type: 'ReferralAnswered',
            data: { referralId, answer, ...(declineReason && { declineReason }), ...(message && { message }) },
          },
        ]
      );
    }
    case 'withdrawReferral': {
      const { referralId, message } = command.input;
      return (
        onlyTheSenderWithdraws(by.agency, referralId, state) ?? [
          { type: 'ReferralWithdrawn', data: { referralId, ...(message && { message }) } },
        ]
      );
    }
    case 'offerResponsibility': {
      const { to, reasons } = command.input;
      return (
        onlyTheResponsibleOffers(by.agency, state) ??
        offeredToAnother(to, state) ?? [
          { type: 'ResponsibilityOffered', data: { from: agencyOf(command), to, ...(reasons && { reasons }) } },
        ]
      );
    }
    case 'acceptResponsibility':
      return theOfferIsTheirs(by.agency, command.input.offerId, state) ?? accepted(command, state);
    case 'declineResponsibility': {
      const { offerId, declineReason } = command.input;
      return (
        theOfferIsTheirs(by.agency, offerId, state) ?? [
          { type: 'ResponsibilityDeclined', data: { offerId, declineReason } },
        ]
      );
    }
    case 'addTeamMember': {
      const { staffId, role } = command.input;
      return (
        caseOfTheirState(by.states, state) ??
        ownPeopleOnly(by.agency, command.known.agencyOfStaff) ??
        roleFitsAgency(by.agency, role) ??
        joined(staffId, agencyOf(command), role, state)
      );
    }
    case 'removeTeamMember':
      return ownMembersOnly(by.agency, command.input.staffId, state) ?? left(command.input.staffId, state);
    case 'linkCase': {
      const { otherCaseId } = command.known;
      const { linkKind } = command.input;
      const urgency = urgencyOf(state);
      return (
        linkedFromASearch(otherCaseId, command.caseId) ??
        (otherCaseId === undefined || isLinked(state, otherCaseId, linkKind)
          ? []
          : [{ type: 'CaseLinked', data: { otherCaseId, linkKind, urgency, mirrored: false } }])
      );
    }
    case 'unlinkCase': {
      const { otherCaseId, unlinkReason } = command.input;
      return (
        onlyChildProtectionCompares(by.agency) ??
        linkedAtAll(otherCaseId, state) ?? [
          { type: 'CaseUnlinked', data: { otherCaseId, unlinkReason, mirrored: false } },
        ]
      );
    }

    case 'correctFact': {
      const { eventId, fieldName } = command.input;
      return (
        onlyTheWriterOrTheirSupervisor(eventId, by, state) ??
        notRetracted(eventId, state) ??
        theFieldExists(eventId, fieldName, state) ??
        corrected(command, state)
      );
    }
    case 'retractFact': {
      const { eventId, retractionReason } = command.input;
      return (
        onlyTheWriterOrTheirSupervisor(eventId, by, state) ??
        notRetracted(eventId, state) ??
        mayBeRetracted(eventId, state) ?? [
          {
            type: 'FactRetracted',
            data: { eventId, factType: factOf(state, eventId)?.type ?? '', retractionReason },
          },
        ]
      );
    }

    case 'declineCompetence': {
      const { from, to, toState, reasonCode } = command.input;
      return (
        notDeclinedAlready(state) ??
        declinedToAnother(command.input, state) ?? [
          { type: 'CompetenceDeclined', data: { from, to, reasonCode, ...(toState && { toState }) } },
        ]
      );
    }
    case 'acceptCompetence': {
      const { declinedId, authority, state: inState } = command.input;
      return (
        thatCompetenceIsOpen(declinedId, state) ?? [
          { type: 'CompetenceAccepted', data: { declinedId, authority, ...(inState && { state: inState }) } },
        ]
      );
    }
    case 'raiseCompetenceConflict': {
      const { declinedId, reasonCode } = command.input;
      return (
        thatCompetenceIsOpen(declinedId, state) ?? [
          { type: 'CompetenceConflictRaised', data: { declinedId, reasonCode } },
        ]
      );
    }
    case 'decideInvestigativeAct': {
      const { requestId, answer, reasons } = command.input;
      return (
        thatWasAsked(requestId, 'ACT', state) ?? [
          { type: 'InvestigativeActDecided', data: { requestId, answer, reasons } },
        ]
      );
    }
    case 'proposeClosure': {
      const { closureKind, ground, legalBasis, reasons } = command.input;
      return (
        noOpportunityCriterion(closureKind) ??
        noClosingForLapseOfTime(ground) ??
        noClosingForLackOfInterest(ground) ??
        competenceIsSettled(state) ??
        nothingProposedYet(state) ?? [
          { type: 'CaseClosureProposed', data: { closureKind, ground, legalBasis, ...(reasons && { reasons }) } },
        ]
      );
    }
    case 'notifyClosure': {
      const { notified, means, proof } = command.input;
      return [
        stamped(
          {
            type: 'ClosureNotified',
            data: {
              notified,
              means,
              ...challengeWindow(command.occurredAt, state),
              ...(state.closure && { proposalId: state.closure.proposalId }),
              ...(proof && { proof }),
            },
          },
          state.closure ? [] : ['R-212'],
        ),
      ];
    }
    case 'challengeClosure': {
      const { challengedBy, reasons } = command.input;
      return [
        {
          type: 'ClosureChallenged',
          data: {
            challengedBy,
            ...(state.closure && { proposalId: state.closure.proposalId }),
            ...(reasons && { reasons }),
          },
        },
      ];
    }
    case 'finaliseClosure': {
      const { outcome } = command.input;
      return (
        somethingIsProposed(state) ??
        outcomeFits(outcome, command.at, state) ?? [
          { type: 'ClosureFinal', data: { proposalId: state.closure?.proposalId ?? '', outcome } },
        ]
      );
    }
    case 'closeCase':
      return (
        competenceIsSettled(state) ??
        closureIsFinal(command.at, state) ?? [
          { type: 'CaseClosed', data: { closureKind: state.closure?.closureKind ?? 'NO_PROSECUTION' } },
        ]
      );
    case 'reopenCase': {
      const { reopeningReason, reasons } = command.input;
      return isClosed(state) ?? [{ type: 'CaseReopened', data: { reopeningReason, ...(reasons && { reasons }) } }];
    }

    case 'noteCaseLinked': {
      const { otherCaseId, linkKind, urgency } = command.input;
      return isLinked(state, otherCaseId, linkKind)
        ? []
        : [{ type: 'CaseLinked', data: { otherCaseId, linkKind, urgency, mirrored: true } }];
    }
    case 'noteCaseUnlinked': {
      const { otherCaseId, unlinkReason } = command.input;
      return isLinked(state, otherCaseId)
        ? [{ type: 'CaseUnlinked', data: { otherCaseId, unlinkReason, mirrored: true } }]
        : [];
    }
    case 'noteFactsDistinct': {
      const { otherCaseId } = command.input;
      return isDistinct(state, otherCaseId)
        ? []
        : [{ type: 'FactsConfirmedDistinct', data: { otherCaseId, mirrored: true } }];
    }
    case 'noteFactsSame': {
      const { otherCaseId, leadCaseId } = command.input;
      return isSame(state, command.input)
        ? []
        : [{ type: 'FactsConfirmedSame', data: { otherCaseId, leadCaseId, mirrored: true } }];
    }
  }
};

export const caseFileDecider: Decider<CaseFileState, CaseFileCommand, NewFactHere, AnyFact> = {
  initialState,
  decide,
  evolve,
};
