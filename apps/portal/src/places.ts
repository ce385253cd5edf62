import { allCommands, couldBeFolio } from '@resguardo/contracts';

/** A page or a tab of the case on which forms stand. */
export type Place =
  | 'report'
  | 'summary'
  | 'timeline'
  | 'interview'
  | 'retellings'
  | 'team'
  | 'referrals'
  | 'closing'
  | 'approvals'
  | 'import'
  | 'audit'
  | 'intermediaries';

/** Where each form stands, by page and heading. A command that is missing here fails a spec: no mutation without a page. */
const LAYOUT: Readonly<Record<Place, Readonly<Record<string, readonly string[]>>>> = {
  report: { receive: ['receiveReport'] },
  summary: {
    reports: [
      'addReport',
      'completeReport',
      'completeDuplicateSearch',
      'recordDisclosure',
      'recordReportForwarded',
      'recordAuthorityNotified',
    ],
    barriers: ['recordReportRefused', 'recordGuardianDemanded'],
    information: [
      'recordRightsExplained',
      'recordPrivacyNotice',
      'recordStatusInformation',
      'recordChildView',
      'recordChildViewAnswered',
    ],
    identity: [
      'correctIdentity',
      'addThirdPerson',
      'recordCommunicationNeeds',
      'recordSchoolTimetable',
      'recordPreferences',
    ],
    links: ['linkCase', 'confirmFactsDistinct', 'confirmFactsSame', 'unlinkCase'],
    access: ['useBreakGlass', 'endBreakGlass'],
    erasure: ['reviewLegalHold', 'requestErasure'],
  },
  timeline: { corrections: ['correctFact', 'retractFact'] },
  interview: {
    plan: [
      'decideAnticipatedEvidence',
      'planInterview',
      'cancelInterview',
      'assignIntermediary',
      'assignInterpreter',
      'approveSchoolTime',
    ],
    questions: ['submitQuestions', 'declineQuestions', 'shortenQuestionRound'],
    filter: ['filterQuestion', 'objectToFilter'],
    child: [
      'recordChildAssent',
      'recordAssentWithheld',
      'recordRecordingPreference',
      'recogniseStabilisation',
      'endStabilisation',
      'excludeAttendee',
    ],
    session: [
      'startInterview',
      'interruptInterview',
      'continueInterview',
      'recordInterviewConducted',
      'recordInterviewHeld',
    ],
    record: [
      'sealRecord',
      'requestRecordAccess',
      'shareRecord',
      'denyRecordAccess',
      'recordRecordCopied',
      'recordRecordViewed',
    ],
    exception: ['requestAdditionalInterview', 'recordImpactOpinion', 'recordCourtOrder'],
  },
  retellings: {
    retellings: ['recordRetelling', 'requestAccountFromChild', 'reportCoercivePreparation'],
    exam: ['recordExamExplained', 'recordExamConsent', 'planExam', 'recordExamPerformed', 'recordExamDeclined'],
    hearings: [
      'recordHearingScheduled',
      'recordTestimonyOrdered',
      'requestSpecialMeasures',
      'approveNoContactPlan',
      'markHearingReady',
      'recordHearingHeld',
      'planReplay',
      'recordStatementReplayed',
      'recordContactWithAccused',
    ],
    therapy: ['recordSecrecyReleased', 'requestTherapyContent'],
  },
  team: {
    team: ['addTeamMember', 'removeTeamMember'],
    responsibility: ['offerResponsibility', 'acceptResponsibility', 'declineResponsibility'],
    representation: [
      'assignRepresentative',
      'assumeSubstituteRepresentation',
      'assignLegalAdviser',
      'recordSupportPerson',
      'recordConflictOfInterest',
    ],
    guardians: ['recordGuardianNotified', 'withholdGuardianNotice'],
    competence: ['declineCompetence', 'acceptCompetence', 'raiseCompetenceConflict'],
    reviews: ['recordCaseReview'],
  },
  referrals: {
    referrals: ['makeReferral', 'answerReferral', 'withdrawReferral'],
    acts: ['recordActRequested', 'decideInvestigativeAct'],
    attendance: ['recordAttendanceSupportRequested', 'answerAttendanceSupport'],
  },
  closing: {
    closing: ['proposeClosure', 'notifyClosure', 'challengeClosure', 'finaliseClosure', 'closeCase', 'reopenCase'],
    participation: ['recordParticipationWithdrawn', 'recordWithdrawalChecked'],
  },
  approvals: {
    decide: [
      'approveAdditionalInterview',
      'denyAdditionalInterview',
      'reviewBreakGlass',
      'approveErasure',
      'rejectErasure',
    ],
  },
  import: { import: ['importPlatformReport'] },
  audit: {},
  intermediaries: {
    register: ['registerIntermediary', 'renewTraining', 'suspendIntermediary', 'reinstateIntermediary'],
  },
};

export interface Section {
  readonly section: string;
  readonly commands: readonly string[];
}

export const sectionsOf = (place: Place): readonly Section[] =>
  Object.entries(LAYOUT[place]).map(([section, commands]) => ({
    section,
    commands: commands.filter((name) => Object.hasOwn(allCommands, name)),
  }));

export const sectionNames = (): readonly string[] => [
  ...new Set(Object.values(LAYOUT).flatMap((sections) => Object.keys(sections))),
];

/** Page and heading of a command. */
export const placeOf = (command: string): { readonly place: Place; readonly section: string } | undefined => {
  for (const [place, sections] of Object.entries(LAYOUT))
    for (const [section, commands] of Object.entries(sections))
      if (commands.includes(command)) return { place: place as Place, section };
  return undefined;
};

/** Path of the page on which the form of a command stands. Cases are named by id only. */
export const pathOf = (place: Place, caseId = ':caseId'): string => {
  switch (place) {
    case 'report':
      return '/reportar';
    case 'summary':
      return `/casos/${caseId}`;
    case 'timeline':
      return `/casos/${caseId}/linea`;
    case 'interview':
      return `/casos/${caseId}/entrevista`;
    case 'retellings':
      return `/casos/${caseId}/relatos`;
    case 'team':
      return `/casos/${caseId}/equipo`;
    case 'referrals':
      return `/casos/${caseId}/canalizaciones`;
    case 'closing':
      return `/casos/${caseId}/cierre`;
    case 'approvals':
      return '/aprobaciones';
    case 'import':
      return '/importar';
    case 'audit':
      return '/auditoria';
    case 'intermediaries':
      return '/intermediarios';
  }
};

/** Which forms meet a legal term: where the term leads whoever may say it. The safer of two comes first (R-206: held on any sign of risk). */
const MET_BY: Readonly<Record<string, string | readonly string[]>> = {
  pfpnna_notice: 'recordAuthorityNotified',
  guardian_decision: ['withholdGuardianNotice', 'recordGuardianNotified'],
  forward_prosecutor: 'recordReportForwarded',
  forward_outer: 'recordReportForwarded',
  assign_rep: 'assignRepresentative',
  assign_adviser: 'assignLegalAdviser',
  status_info: 'recordStatusInformation',
  act_request: 'decideInvestigativeAct',
  interview: 'planInterview',
  record_access: 'shareRecord',
  competence: 'acceptCompetence',
  anticipated_decision_urgent: 'decideAnticipatedEvidence',
  testimony_measures: 'requestSpecialMeasures',
  referral: 'answerReferral',
  referral_urgent: 'answerReferral',
  case_review: 'recordCaseReview',
  withdrawal_check: 'recordWithdrawalChecked',
  attendance_support: 'answerAttendanceSupport',
  same_facts: ['confirmFactsDistinct', 'confirmFactsSame'],
  same_facts_urgent: ['confirmFactsDistinct', 'confirmFactsSame'],
};

export const metBy = (term: string): readonly string[] => [MET_BY[term] ?? []].flat();
export const termsMet = (): readonly (readonly [term: string, command: string])[] =>
  Object.keys(MET_BY).flatMap((term) => metBy(term).map((command) => [term, command] as const));

/** Path of a form itself, unfolded. */
export const formOf = (command: string, caseId: string): string | undefined => {
  const found = placeOf(command);
  return found && `${pathOf(found.place, caseId)}#${command}`;
};

const CONFIRM: Readonly<Record<string, 'legal' | 'closing' | 'erasure'>> = {
  retractFact: 'legal',
  cancelInterview: 'legal',
  withdrawReferral: 'legal',
  removeTeamMember: 'legal',
  unlinkCase: 'legal',
  confirmFactsSame: 'legal',
  confirmFactsDistinct: 'legal',
  useBreakGlass: 'legal',
  declineResponsibility: 'legal',
  declineCompetence: 'legal',
  denyAdditionalInterview: 'legal',
  approveAdditionalInterview: 'legal',
  suspendIntermediary: 'legal',
  proposeClosure: 'closing',
  finaliseClosure: 'closing',
  closeCase: 'closing',
  requestErasure: 'erasure',
  approveErasure: 'erasure',
  rejectErasure: 'legal',
};

/** Legal or destructive acts show their effects and are said twice. */
export const needsConfirmation = (command: string) => CONFIRM[command];

/**
 * The list of cases for what was typed as a folio, beside other filters. What has no digit may be a name, and browsers keep addresses: it goes
 * along without being written there.
 */
export const casesFor = (
  typed: string,
  filters = new URLSearchParams(),
): [to: string, options: { readonly state: { readonly text: string } }] => {
  const text = typed.trim();
  const next = new URLSearchParams(filters);
  for (const name of ['desde', 'texto']) next.delete(name);
  if (couldBeFolio(text) && /\d/.test(text)) next.set('texto', text);
  return [next.size > 0 ? `/casos?${next}` : '/casos', { state: { text } }];
};
