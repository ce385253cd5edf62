import { AGENCIES } from '../classes.js';
import {
  ACT_ANSWERS,
  AGE_BANDS,
  ATTENDANCE_SUPPORTS,
  AUTHOR_AGES,
  AUTHORITIES,
  CHALLENGERS,
  CHANNELS,
  CHILD_VIEW_MATTERS,
  CHILD_VIEWS,
  CLOSURE_GROUNDS,
  CLOSURE_KINDS,
  CLOSURE_NOTIFIED,
  CLOSURE_OUTCOMES,
  COMPETENCE_REASONS,
  CONDITIONS,
  CONFLICTED,
  CORRECTION_REASONS,
  DECLINE_REASONS,
  DISCLOSED_TO,
  FORMS,
  GENDERS,
  INVESTIGATIVE_ACTS,
  LANGUAGES,
  LIMITATIONS,
  LINK_KINDS,
  NOT_SOUGHT_REASONS,
  NOTICE_MEANS,
  PLATFORMS,
  PROSECUTING_AUTHORITIES,
  REFERRAL_ANSWERS,
  REFERRAL_PURPOSES,
  REFUSAL_KINDS,
  RELATIONSHIPS,
  REOPENING_REASONS,
  REPORT_MODES,
  REPORT_QUESTIONS,
  REPORTERS,
  RETRACTION_REASONS,
  RISK_FLAGS,
  SETTINGS,
  STATES,
  SUBSTITUTION_GROUNDS,
  SUPPORT_RELATIONS,
  TEAM_ROLES,
  UNLINK_REASONS,
  URGENCIES,
  WITHDRAWAL_REASONS,
  WITHDRAWERS,
  WITHHOLDING_REASONS,
  YES_NO_UNKNOWN,
  ZONES,
} from '../codes.js';
import type { FactOf, FactSpecs, NewFactOf } from '../facts.js';
import { fact } from '../facts.js';
import { code, count, day, flag, many, optional, ref, sealed, text } from '../fields.js';
import { FORMAT_CODES } from './vault.facts.js';

/** What may be known of a report, at once or later. Absent: not answered yet, which is not the same as "unknown" (M-2). */
const reportAnswers = {
  /** Which of the questions are answered here, said for those who may not know the answers. Reports of old answer all. */
  answered: optional(many(code(REPORT_QUESTIONS), REPORT_QUESTIONS.length)),
  channel: optional(code(CHANNELS)),
  mode: optional(code(REPORT_MODES)),
  reportedBy: optional(code(REPORTERS, 'D4')),
  anonymous: optional(flag('D4')),
  urgency: optional(code(URGENCIES)),
  /** The child gave the account here: this report is a retelling (C-7). */
  accountGiven: optional(flag()),
  immediateFullAccount: optional(flag()),
  factsRecent: optional(code(YES_NO_UNKNOWN, 'D4')),
  specialProtectionNeed: optional(flag('D5')),
  /** due within seven days, said for those who may not know why. Reports of old have only the reasons. */
  promptInterview: optional(flag()),
  contactInPerson: optional(code(YES_NO_UNKNOWN, 'D4')),
  forms: optional(sealed(many(code(FORMS, 'D4'), FORMS.length))),
  setting: optional(sealed(code(SETTINGS, 'D4'))),
  platforms: optional(sealed(many(code(PLATFORMS, 'D4'), PLATFORMS.length))),
  relationship: optional(sealed(code(RELATIONSHIPS, 'D4'))),
  authorAge: optional(sealed(code(AUTHOR_AGES, 'D4'))),
  ageBand: optional(sealed(code(AGE_BANDS, 'D1'))),
  gender: optional(sealed(code(GENDERS, 'D1'))),
};

/** Facts of the shared case file: how the case came in, who answers for the child, what the child was told, how it ends. */
export const caseFileFacts = {
  /** The agency that opened the case is responsible for it until another accepts (C-9). */
  CaseOpened: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: {
      /** The short number people use for a case. It opens nothing. */
      folio: ref(),
      state: code(STATES),
      zone: code(ZONES),
      channel: optional(code(CHANNELS)),
      sourceAgency: code(AGENCIES),
      /** The search for duplicates could not be made; it is a task now (M-2). */
      provisional: flag(),
      possibleMatches: count('D0', 0, 1000),
      /** Pseudonym under which the vault keeps the child; absent while nobody knows who it is. */
      childId: optional(ref('D1')),
      underSix: code(YES_NO_UNKNOWN, 'D1'),
      factsYear: optional(count('D4', 1950, 2200)),
      factsMonth: optional(count('D4', 1, 12)),
    },
  }),
  /** The search that could not be made at registration was made (C-11). */
  DuplicateSearchCompleted: fact({
    kind: 'CASE',
    cls: 'D0',
    substantive: false,
    fields: { possibleMatches: count('D0', 0, 1000) },
  }),
  ReportReceived: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      ...reportAnswers,
      riskFlags: many(code(RISK_FLAGS, 'D5'), RISK_FLAGS.length),
      limitation: code(LIMITATIONS, 'D4'),
      summary: optional(text('D4r', 8000)),
    },
  }),
  /** What was not known when the report was received. It adds to it: whatever of the two calls for more care holds. */
  ReportCompleted: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      reportId: ref(),
      /** Said by folio, by somebody of neither the team nor the agency that received it: it settles no question and lowers no urgency. */
      fromOutside: optional(flag()),
      ...reportAnswers,
      riskFlags: optional(many(code(RISK_FLAGS, 'D5'), RISK_FLAGS.length)),
      limitation: optional(code(LIMITATIONS, 'D4')),
    },
  }),
  /** A first spontaneous disclosure: shown, never counted as a retelling. */
  DisclosureReceived: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      heardBy: code(DISCLOSED_TO, 'D4'),
      /** The listener asked for details: allowed to nobody at this moment. */
      detailsAsked: flag('D4'),
      safeNow: code([...YES_NO_UNKNOWN, 'NOT_ASKED'], 'D9'),
      words: optional(text('D4r', 4000)),
    },
  }),
  ReportRefused: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      authority: code(AUTHORITIES),
      refusalKind: code(REFUSAL_KINDS),
      condition: code(CONDITIONS),
      office: optional(text('D4', 200)),
      reasonGiven: optional(text('D4r', 2000)),
    },
  }),
  GuardianDemanded: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: {
      authority: code(AUTHORITIES),
      office: optional(text('D4', 200)),
      reasonGiven: optional(text('D4r', 2000)),
    },
  }),
  RightsExplained: fact({
    kind: 'INFORMATION',
    cls: 'D0',
    fields: { version: ref(), formatCode: code(FORMAT_CODES), language: code(LANGUAGES, 'D1') },
  }),
  PrivacyNoticeGiven: fact({
    kind: 'INFORMATION',
    cls: 'D0',
    fields: { version: ref(), formatCode: code(FORMAT_CODES), language: code(LANGUAGES, 'D1') },
  }),
  AuthoritiesNotified: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: { to: code(AUTHORITIES), means: code(NOTICE_MEANS), reference: optional(text('D4', 120)) },
  }),
  ReportForwarded: fact({
    kind: 'REPORT',
    cls: 'D0',
    fields: { to: code(AUTHORITIES), means: code(NOTICE_MEANS), reference: optional(text('D4', 120)) },
  }),
  GuardianNotified: fact({ kind: 'REPORT', cls: 'D5', fields: { means: code(NOTICE_MEANS, 'D5') } }),
  /** Guardians are not told for now, by decision of the Child Protection Authority. */
  GuardianNotificationWithheld: fact({
    kind: 'REPORT',
    cls: 'D5',
    fields: { reasonCode: sealed(code(WITHHOLDING_REASONS, 'D5')), reasons: optional(text('D4r', 2000)) },
  }),
  ProtectionRepresentativeAssigned: fact({ kind: 'REPRESENTATION', cls: 'D0', fields: { staffId: ref() } }),
  RepresentationInSubstitutionAssumed: fact({
    kind: 'REPRESENTATION',
    cls: 'D0',
    fields: { ground: code(SUBSTITUTION_GROUNDS, 'D5'), reasons: optional(text('D4', 2000)) },
  }),
  ConflictOfInterestDeclared: fact({
    kind: 'REPRESENTATION',
    cls: 'D4',
    closedTo: ({ staffId, effective }) => (typeof staffId === 'string' && effective !== false ? staffId : undefined),
    fields: {
      who: code(CONFLICTED, 'D4'),
      staffId: optional(ref('D4')),
      /** `false`: said from outside the case. It is on record (M-1) and locks nobody out until somebody of the case says it too. */
      effective: optional(flag('D4')),
      reasons: optional(text('D4r', 2000)),
    },
  }),
  LegalAdviserAssigned: fact({
    kind: 'REPRESENTATION',
    cls: 'D0',
    fields: { staffId: ref(), chosenByChild: flag() },
  }),
  LegalAdviserChanged: fact({
    kind: 'REPRESENTATION',
    cls: 'D0',
    fields: { staffId: ref(), formerStaffId: ref(), chosenByChild: flag() },
  }),
  /** Who it is lies in the vault; `personId` is its pseudonym there. */
  SupportPersonChosen: fact({
    kind: 'REPRESENTATION',
    cls: 'D0',
    fields: { relation: code(SUPPORT_RELATIONS, 'D1'), personId: optional(ref('D1')) },
  }),
  StatusInformationGiven: fact({
    kind: 'INFORMATION',
    cls: 'D0',
    fields: {
      formatCode: code(FORMAT_CODES),
      language: code(LANGUAGES, 'D1'),
      delivered: flag(),
      message: optional(text('D4r', 2000)),
    },
  }),
  ChildViewRecorded: fact({
    kind: 'INFORMATION',
    cls: 'D0',
    fields: {
      matter: code(CHILD_VIEW_MATTERS),
      childView: code(CHILD_VIEWS),
      notSoughtReason: optional(code(NOT_SOUGHT_REASONS)),
      /** The decision it is about, when that already is a fact. */
      decisionId: optional(ref()),
      view: optional(text('D4r', 4000)),
    },
  }),
  ChildViewAnswered: fact({
    kind: 'INFORMATION',
    cls: 'D0',
    fields: { viewId: ref(), formatCode: code(FORMAT_CODES), answer: optional(text('D4r', 4000)) },
  }),
  ReferralMade: fact({
    kind: 'REFERRAL',
    cls: 'D0',
    fields: {
      to: code(AGENCIES),
      purpose: code(REFERRAL_PURPOSES),
      urgency: code(URGENCIES),
      /** What the receiver needs, and no more. */
      message: optional(text('D1', 1000)),
    },
  }),
  ReferralAnswered: fact({
    kind: 'REFERRAL',
    cls: 'D0',
    fields: {
      referralId: ref(),
      answer: code(REFERRAL_ANSWERS),
      declineReason: optional(code(DECLINE_REASONS)),
      message: optional(text('D1', 1000)),
    },
  }),
  ReferralWithdrawn: fact({
    kind: 'REFERRAL',
    cls: 'D0',
    fields: { referralId: ref(), message: optional(text('D1', 1000)) },
  }),
  TeamMemberAdded: fact({
    kind: 'TEAM',
    cls: 'D0',
    substantive: false,
    fields: { staffId: ref(), agency: code(AGENCIES), role: code(TEAM_ROLES) },
  }),
  TeamMemberRemoved: fact({ kind: 'TEAM', cls: 'D0', substantive: false, fields: { staffId: ref() } }),
  ResponsibilityOffered: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { from: code(AGENCIES), to: code(AGENCIES), reasons: optional(text('D4', 2000)) },
  }),
  ResponsibilityDeclined: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { offerId: ref(), declineReason: code(DECLINE_REASONS) },
  }),
  /** The only fact that moves responsibility (C-9). */
  ResponsibilityAccepted: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { offerId: ref(), from: code(AGENCIES), agency: code(AGENCIES) },
  }),
  CompetenceDeclined: fact({
    kind: 'CASE',
    cls: 'D4',
    fields: {
      from: code(PROSECUTING_AUTHORITIES, 'D4'),
      to: code(PROSECUTING_AUTHORITIES, 'D4'),
      toState: optional(code(STATES, 'D4')),
      reasonCode: code(COMPETENCE_REASONS, 'D4'),
    },
  }),
  CompetenceAccepted: fact({
    kind: 'CASE',
    cls: 'D4',
    fields: {
      declinedId: ref('D4'),
      authority: code(PROSECUTING_AUTHORITIES, 'D4'),
      state: optional(code(STATES, 'D4')),
    },
  }),
  CompetenceConflictRaised: fact({
    kind: 'CASE',
    cls: 'D4',
    fields: { declinedId: ref('D4'), reasonCode: code(COMPETENCE_REASONS, 'D4') },
  }),
  CaseReviewHeld: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { agencies: many(code(AGENCIES), AGENCIES.length), decisions: optional(text('D4', 4000)) },
  }),
  /** Stands on both streams. `mirrored`: written here because of the other stream. */
  CaseLinked: fact({
    kind: 'CASE',
    cls: 'D0',
    substantive: false,
    fields: { otherCaseId: ref(), linkKind: code(LINK_KINDS), urgency: code(URGENCIES), mirrored: flag() },
  }),
  CaseUnlinked: fact({
    kind: 'CASE',
    cls: 'D0',
    substantive: false,
    fields: { otherCaseId: ref(), unlinkReason: code(UNLINK_REASONS), mirrored: flag() },
  }),
  FactsConfirmedDistinct: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { otherCaseId: ref(), mirrored: flag(), reasons: optional(text('D4', 2000)) },
  }),
  /** Only in the lead case may anything be planned with the child (C-4). */
  FactsConfirmedSame: fact({
    kind: 'CASE',
    cls: 'D0',
    fields: { otherCaseId: ref(), leadCaseId: ref(), mirrored: flag(), reasons: optional(text('D4', 2000)) },
  }),
  /** Both stay on the timeline: what was said and what is right. What is right lies sealed in the class of the corrected field. */
  FactCorrected: fact({
    kind: 'CASE',
    cls: 'D0',
    substantive: false,
    fields: {
      eventId: ref(),
      factType: ref(),
      correctionReason: code(CORRECTION_REASONS),
      fieldName: optional(ref()),
      correctD1: optional(text('D1', 4000)),
      correctD2: optional(text('D2', 4000)),
      correctD3: optional(text('D3', 4000)),
      correctD3q: optional(text('D3q', 4000)),
      correctD4: optional(text('D4', 4000)),
      correctD4r: optional(text('D4r', 4000)),
      correctD5: optional(text('D5', 4000)),
      correctD6: optional(text('D6', 4000)),
      correctD6p: optional(text('D6p', 4000)),
      correctD7: optional(text('D7', 4000)),
      correctD9: optional(text('D9', 4000)),
      correctD10: optional(text('D10', 4000)),
      correctD11: optional(text('D11', 4000)),
    },
  }),
  /** `WRONG_CASE` also closes the sealed boxes of the retracted fact to everyone but the Child Protection Authority (C-14). */
  FactRetracted: fact({
    kind: 'CASE',
    cls: 'D0',
    substantive: false,
    fields: { eventId: ref(), factType: ref(), retractionReason: code(RETRACTION_REASONS) },
  }),
  ParticipationWithdrawn: fact({
    kind: 'CLOSING',
    cls: 'D0',
    fields: {
      who: code(WITHDRAWERS),
      reasonCode: optional(sealed(code(WITHDRAWAL_REASONS, 'D5'))),
      words: optional(text('D4r', 2000)),
    },
  }),
  WithdrawalReasonChecked: fact({
    kind: 'CLOSING',
    cls: 'D5',
    fields: {
      withdrawalId: optional(ref('D5')),
      /** The check must not ask for the account. */
      accountAsked: flag('D5'),
      reasonCode: optional(sealed(code(WITHDRAWAL_REASONS, 'D5'))),
      notes: optional(text('D5', 2000)),
    },
  }),
  InvestigativeActRequested: fact({
    kind: 'CASE',
    cls: 'D4',
    fields: {
      act: code(INVESTIGATIVE_ACTS, 'D4'),
      requestedBy: code(CHALLENGERS, 'D4'),
      request: optional(text('D4', 4000)),
    },
  }),
  InvestigativeActDecided: fact({
    kind: 'CASE',
    cls: 'D4',
    fields: { requestId: ref('D4'), answer: code(ACT_ANSWERS, 'D4'), reasons: text('D4', 4000) },
  }),
  AttendanceSupportRequested: fact({
    kind: 'CARE',
    cls: 'D10',
    fields: { supports: many(code(ATTENDANCE_SUPPORTS, 'D10'), ATTENDANCE_SUPPORTS.length) },
  }),
  AttendanceSupportAnswered: fact({
    kind: 'CARE',
    cls: 'D10',
    fields: { requestId: ref('D10'), answer: code(ACT_ANSWERS, 'D10'), reasons: optional(text('D10', 2000)) },
  }),
  CaseClosureProposed: fact({
    kind: 'CLOSING',
    cls: 'D4',
    fields: {
      closureKind: code(CLOSURE_KINDS, 'D4'),
      ground: code(CLOSURE_GROUNDS, 'D4'),
      legalBasis: text('D4', 400),
      reasons: optional(text('D4', 4000)),
    },
  }),
  /** `challengeUntil`: last day of the ten business days of CNPP 258, in the case's zone, counted from the day after the notice (TC-6). */
  ClosureNotified: fact({
    kind: 'CLOSING',
    cls: 'D4',
    fields: {
      proposalId: optional(ref('D4')),
      notified: code(CLOSURE_NOTIFIED, 'D4'),
      means: code(NOTICE_MEANS, 'D4'),
      challengeUntil: day('D4'),
      calendar: ref('D4'),
      proof: optional(text('D4', 200)),
    },
  }),
  ClosureChallenged: fact({
    kind: 'CLOSING',
    cls: 'D4',
    fields: {
      proposalId: optional(ref('D4')),
      challengedBy: code(CHALLENGERS, 'D4'),
      reasons: optional(text('D4', 4000)),
    },
  }),
  /** The way to challenge has ended; only `NOT_CHALLENGED` and `CONFIRMED_BY_JUDGE` let the case be closed. */
  ClosureFinal: fact({
    kind: 'CLOSING',
    cls: 'D4',
    fields: { proposalId: ref('D4'), outcome: code(CLOSURE_OUTCOMES, 'D4') },
  }),
  CaseClosed: fact({ kind: 'CLOSING', cls: 'D0', fields: { closureKind: code(CLOSURE_KINDS, 'D4') } }),
  CaseReopened: fact({
    kind: 'CLOSING',
    cls: 'D0',
    fields: { reopeningReason: code(REOPENING_REASONS), reasons: optional(text('D4', 2000)) },
  }),
} satisfies FactSpecs;
export type NewCaseFileFact = NewFactOf<typeof caseFileFacts>;
export type CaseFileFact = FactOf<typeof caseFileFacts>;
