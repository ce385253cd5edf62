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
import type { CommandSpecs } from '../command.js';
import { intent, recordedFact } from '../command.js';
import { code, count, flag, many, optional, ref, sealed, text } from '../fields.js';
import { FORMAT_CODES } from '../timeline/vault.facts.js';
import { identityInput } from './vault.commands.js';

/**
 * What is known of a report. All of it may be left for later: no missing answer holds a report up (M-2), and what is missing becomes a task.
 * Nothing about a guardian, a document, evidence or territory is asked.
 */
const reportAnswers = {
  channel: optional(code(CHANNELS)),
  mode: optional(code(REPORT_MODES)),
  reportedBy: optional(code(REPORTERS, 'D4')),
  anonymous: optional(flag('D4')),
  urgency: optional(code(URGENCIES)),
  accountGiven: optional(flag()),
  immediateFullAccount: optional(flag()),
  factsRecent: optional(code(YES_NO_UNKNOWN, 'D4')),
  specialProtectionNeed: optional(flag('D5')),
  contactInPerson: optional(code(YES_NO_UNKNOWN, 'D4')),
  riskFlags: optional(many(code(RISK_FLAGS, 'D5'), RISK_FLAGS.length)),
  forms: optional(sealed(many(code(FORMS, 'D4'), FORMS.length))),
  setting: optional(sealed(code(SETTINGS, 'D4'))),
  platforms: optional(sealed(many(code(PLATFORMS, 'D4'), PLATFORMS.length))),
  relationship: optional(sealed(code(RELATIONSHIPS, 'D4'))),
  authorAge: optional(sealed(code(AUTHOR_AGES, 'D4'))),
  ageBand: optional(sealed(code(AGE_BANDS, 'D1'))),
  gender: optional(sealed(code(GENDERS, 'D1'))),
};

/** In a new case or in one that exists. */
const reportFields = { ...reportAnswers, summary: optional(text('D4r', 8000)) };

const spoken = { formatCode: code(FORMAT_CODES), language: code(LANGUAGES, 'D1') };
const notice = { to: code(AUTHORITIES), means: code(NOTICE_MEANS), reference: optional(text('D4', 120)) };

export const caseFileCommands = {
  // Reporting. Any officer, representative or adviser.
  receiveReport: recordedFact({
    capability: 'case-file',
    may: 'case:report',
    on: 'new',
    input: {
      ...reportFields,
      /** Without it, the first of the receiver's own states. */
      state: optional(code(STATES)),
      /** Where the municipality does not keep the time of its state's capital. */
      zone: optional(code(ZONES)),
      underSix: optional(code(YES_NO_UNKNOWN, 'D1')),
      factsYear: optional(count('D4', 1950, 2200)),
      factsMonth: optional(count('D4', 1, 12)),
      identity: optional(identityInput),
      /** Search for duplicates made before; without it the search is made now. */
      searchId: optional(ref()),
      /** A match of that search which the receiver recognises as the same child. */
      matchId: optional(ref()),
    },
    rules: ['R-003', 'R-201', 'R-217', 'R-219', 'C-9', 'C-11'],
  }),
  addReport: recordedFact({
    capability: 'case-file',
    may: 'case:report',
    input: reportFields,
    rules: ['R-201', 'R-217', 'R-219'],
  }),
  /** Closes the task that an unanswered question of a report left behind. Whoever knows says it; the child is not asked again. */
  completeReport: recordedFact({
    capability: 'case-file',
    may: 'case:report',
    input: {
      /** Without it, the first report of the case in which something is missing. */
      reportId: optional(ref()),
      ...reportAnswers,
    },
    saysOneOf: Object.keys(reportAnswers),
    rules: ['R-201', 'R-217', 'R-219'],
  }),
  /** Closes the task of a provisional case: the search that was down is made now. */
  completeDuplicateSearch: intent({
    capability: 'case-file',
    may: 'case:report',
    input: { identity: identityInput, searchId: optional(ref()) },
    rules: ['C-11'],
  }),

  // What already happened. Anyone who works on cases, also by folio.
  recordDisclosure: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      heardBy: code(DISCLOSED_TO, 'D4'),
      detailsAsked: flag('D4'),
      safeNow: code([...YES_NO_UNKNOWN, 'NOT_ASKED'], 'D9'),
      words: optional(text('D4r', 4000)),
    },
    rules: ['R-014'],
  }),
  recordReportRefused: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      authority: code(AUTHORITIES),
      refusalKind: code(REFUSAL_KINDS),
      condition: code(CONDITIONS),
      office: optional(text('D4', 200)),
      reasonGiven: optional(text('D4r', 2000)),
    },
    rules: ['R-201', 'R-202', 'R-203', 'R-218'],
  }),
  recordGuardianDemanded: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      authority: code(AUTHORITIES),
      office: optional(text('D4', 200)),
      reasonGiven: optional(text('D4r', 2000)),
    },
    rules: ['R-201', 'R-202'],
  }),
  recordRightsExplained: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { version: ref(), ...spoken },
    rules: ['R-204', 'R-214'],
  }),
  recordPrivacyNotice: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { version: ref(), ...spoken },
    rules: ['R-214'],
  }),
  recordAuthorityNotified: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: notice,
    rules: ['R-205'],
  }),
  recordReportForwarded: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: notice,
    rules: ['R-203', 'R-207'],
  }),
  recordGuardianNotified: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { means: code(NOTICE_MEANS, 'D5') },
    rules: ['R-206'],
  }),
  recordConflictOfInterest: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { who: code(CONFLICTED, 'D4'), staffId: optional(ref('D4')), reasons: optional(text('D4r', 2000)) },
    rules: ['R-208'],
  }),
  recordSupportPerson: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { relation: code(SUPPORT_RELATIONS, 'D1'), identity: optional(identityInput) },
    rules: ['R-210'],
  }),
  recordStatusInformation: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { ...spoken, delivered: flag(), message: optional(text('D4r', 2000)) },
    rules: ['R-211', 'R-214'],
  }),
  recordChildView: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      matter: code(CHILD_VIEW_MATTERS),
      childView: code(CHILD_VIEWS),
      notSoughtReason: optional(code(NOT_SOUGHT_REASONS)),
      decisionId: optional(ref()),
      view: optional(text('D4r', 4000)),
    },
    rules: ['R-215'],
  }),
  recordChildViewAnswered: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { viewId: ref(), formatCode: code(FORMAT_CODES), answer: optional(text('D4r', 4000)) },
    rules: ['R-214', 'R-215'],
  }),
  recordParticipationWithdrawn: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      who: code(WITHDRAWERS),
      reasonCode: optional(sealed(code(WITHDRAWAL_REASONS, 'D5'))),
      words: optional(text('D4r', 2000)),
    },
    rules: ['R-908'],
  }),
  recordWithdrawalChecked: recordedFact({
    capability: 'case-file',
    may: 'case:represent',
    input: {
      withdrawalId: optional(ref('D5')),
      accountAsked: flag('D5'),
      reasonCode: optional(sealed(code(WITHDRAWAL_REASONS, 'D5'))),
      notes: optional(text('D5', 2000)),
    },
    rules: ['R-908'],
  }),
  recordCaseReview: recordedFact({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { agencies: many(code(AGENCIES), AGENCIES.length), decisions: optional(text('D4', 4000)) },
    rules: ['R-910'],
  }),
  recordActRequested: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: {
      act: code(INVESTIGATIVE_ACTS, 'D4'),
      requestedBy: code(CHALLENGERS, 'D4'),
      request: optional(text('D4', 4000)),
    },
    rules: ['R-213'],
  }),
  recordAttendanceSupportRequested: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { supports: many(code(ATTENDANCE_SUPPORTS, 'D10'), ATTENDANCE_SUPPORTS.length) },
    rules: ['R-216'],
  }),

  // Decisions of the Child Protection Authority.
  withholdGuardianNotice: intent({
    capability: 'case-file',
    may: 'case:represent',
    input: { reasonCode: sealed(code(WITHHOLDING_REASONS, 'D5')), reasons: optional(text('D4r', 2000)) },
    rules: ['R-206'],
  }),
  assignRepresentative: intent({
    capability: 'case-file',
    may: 'case:assign-representative',
    on: 'anyone',
    input: { staffId: ref() },
    rules: ['R-208', 'C-9'],
  }),
  assumeSubstituteRepresentation: intent({
    capability: 'case-file',
    may: 'case:represent',
    input: { ground: code(SUBSTITUTION_GROUNDS, 'D5'), reasons: optional(text('D4', 2000)) },
    rules: ['R-208'],
  }),
  confirmFactsDistinct: intent({
    capability: 'case-file',
    may: 'case:same-facts',
    input: { otherCaseId: ref(), reasons: text('D4', 2000) },
    rules: ['C-4'],
  }),
  confirmFactsSame: intent({
    capability: 'case-file',
    may: 'case:same-facts',
    input: { otherCaseId: ref(), leadCaseId: ref(), reasons: text('D4', 2000) },
    rules: ['C-4'],
  }),

  // Legal advice and aid: the Victims' Commission.
  assignLegalAdviser: intent({
    capability: 'case-file',
    may: 'case:assign-adviser',
    on: 'anyone',
    input: { staffId: ref(), chosenByChild: flag() },
    rules: ['R-209', 'C-9'],
  }),
  answerAttendanceSupport: intent({
    capability: 'case-file',
    may: 'case:aid',
    input: { requestId: ref('D10'), answer: code(ACT_ANSWERS, 'D10'), reasons: optional(text('D10', 2000)) },
    rules: ['R-216'],
  }),

  // Between agencies.
  makeReferral: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: {
      to: code(AGENCIES),
      purpose: code(REFERRAL_PURPOSES),
      urgency: code(URGENCIES),
      message: optional(text('D1', 1000)),
    },
    rules: ['R-905'],
  }),
  answerReferral: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: {
      referralId: ref(),
      answer: code(REFERRAL_ANSWERS),
      declineReason: optional(code(DECLINE_REASONS)),
      message: optional(text('D1', 1000)),
    },
    rules: ['R-905'],
  }),
  withdrawReferral: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { referralId: ref(), message: optional(text('D1', 1000)) },
    rules: ['R-905'],
  }),
  offerResponsibility: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { to: code(AGENCIES), reasons: optional(text('D4', 2000)) },
    rules: ['C-9'],
  }),
  acceptResponsibility: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { offerId: ref() },
    rules: ['C-9'],
  }),
  declineResponsibility: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { offerId: ref(), declineReason: code(DECLINE_REASONS) },
    rules: ['C-9'],
  }),
  /** By a supervisor, for the people of their own agency; supervisors need not be on the team themselves. */
  addTeamMember: intent({
    capability: 'case-file',
    may: 'case:team',
    on: 'anyone',
    input: { staffId: ref(), role: code(TEAM_ROLES) },
    rules: ['C-9'],
  }),
  removeTeamMember: intent({
    capability: 'case-file',
    may: 'case:team',
    on: 'anyone',
    input: { staffId: ref() },
    rules: ['C-9'],
  }),
  linkCase: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { searchId: ref(), matchId: ref(), linkKind: code(LINK_KINDS) },
    rules: ['C-4', 'C-11'],
  }),
  unlinkCase: intent({
    capability: 'case-file',
    may: 'case:same-facts',
    input: { otherCaseId: ref(), unlinkReason: code(UNLINK_REASONS) },
    rules: ['C-4'],
  }),

  // Corrections: whoever wrote it, or their supervisor.
  correctFact: intent({
    capability: 'case-file',
    may: 'case:correct',
    on: 'anyone',
    input: {
      eventId: ref(),
      correctionReason: code(CORRECTION_REASONS),
      /** Which field was wrong, by its name in the fact. */
      fieldName: optional(ref()),
      /** What is right; sealed in the class of that field. Without it a correction would only cast doubt. */
      correct: text('D4r', 4000),
    },
    rules: ['C-14'],
  }),
  retractFact: intent({
    capability: 'case-file',
    may: 'case:correct',
    on: 'anyone',
    input: { eventId: ref(), retractionReason: code(RETRACTION_REASONS) },
    rules: ['C-14'],
  }),

  // The prosecutor: competence, acts asked for, the end of the case.
  declineCompetence: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: {
      from: code(PROSECUTING_AUTHORITIES, 'D4'),
      to: code(PROSECUTING_AUTHORITIES, 'D4'),
      toState: optional(code(STATES, 'D4')),
      reasonCode: code(COMPETENCE_REASONS, 'D4'),
    },
    rules: ['R-408'],
  }),
  acceptCompetence: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: {
      declinedId: ref('D4'),
      authority: code(PROSECUTING_AUTHORITIES, 'D4'),
      state: optional(code(STATES, 'D4')),
    },
    rules: ['R-408'],
  }),
  raiseCompetenceConflict: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: { declinedId: ref('D4'), reasonCode: code(COMPETENCE_REASONS, 'D4') },
    rules: ['R-408'],
  }),
  decideInvestigativeAct: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: { requestId: ref('D4'), answer: code(ACT_ANSWERS, 'D4'), reasons: text('D4', 4000) },
    rules: ['R-213'],
  }),
  proposeClosure: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: {
      closureKind: code(CLOSURE_KINDS, 'D4'),
      ground: code(CLOSURE_GROUNDS, 'D4'),
      legalBasis: text('D4', 400),
      reasons: optional(text('D4', 4000)),
    },
    rules: ['R-212', 'R-219', 'R-408'],
  }),
  /** The notice was given; the ten days to challenge run from it. */
  notifyClosure: recordedFact({
    capability: 'case-file',
    may: 'case:prosecute',
    input: {
      notified: code(CLOSURE_NOTIFIED, 'D4'),
      means: code(NOTICE_MEANS, 'D4'),
      proof: optional(text('D4', 200)),
    },
    rules: ['R-212'],
  }),
  challengeClosure: recordedFact({
    capability: 'case-file',
    may: 'case:record',
    input: { challengedBy: code(CHALLENGERS, 'D4'), reasons: optional(text('D4', 4000)) },
    rules: ['R-212'],
  }),
  finaliseClosure: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: { outcome: code(CLOSURE_OUTCOMES, 'D4') },
    rules: ['R-212'],
  }),
  closeCase: intent({
    capability: 'case-file',
    may: 'case:prosecute',
    input: {},
    rules: ['R-212', 'R-408'],
  }),
  reopenCase: intent({
    capability: 'case-file',
    may: 'case:coordinate',
    input: { reopeningReason: code(REOPENING_REASONS), reasons: optional(text('D4', 2000)) },
    rules: ['R-219'],
  }),

  // The same link on the other stream (C-4); said twice it is written once.
  noteCaseLinked: recordedFact({
    capability: 'case-file',
    may: 'case:mirror',
    on: 'process',
    input: { otherCaseId: ref(), linkKind: code(LINK_KINDS), urgency: code(URGENCIES) },
    rules: ['C-4'],
  }),
  noteCaseUnlinked: recordedFact({
    capability: 'case-file',
    may: 'case:mirror',
    on: 'process',
    input: { otherCaseId: ref(), unlinkReason: code(UNLINK_REASONS) },
    rules: ['C-4'],
  }),
  noteFactsDistinct: recordedFact({
    capability: 'case-file',
    may: 'case:mirror',
    on: 'process',
    input: { otherCaseId: ref() },
    rules: ['C-4'],
  }),
  noteFactsSame: recordedFact({
    capability: 'case-file',
    may: 'case:mirror',
    on: 'process',
    input: { otherCaseId: ref(), leadCaseId: ref() },
    rules: ['C-4'],
  }),
} satisfies CommandSpecs;
