import { AGENCIES } from '../classes.js';
import type { FactOf, FactSpecs, NewFactOf } from '../facts.js';
import { fact } from '../facts.js';
import { code, count, day, digest, flag, instant, many, optional, ref, text } from '../fields.js';

/** What the interview is to be about; coarse on purpose. */
export const INTERVIEW_TOPICS = [
  'CONTACT_ONLINE',
  'CONTENT_REQUESTED',
  'CONTENT_SHARED',
  'COERCION_OR_THREATS',
  'MEETING_IN_PERSON',
  'PERSONS_INVOLVED',
  'PLACES_AND_DATES',
  'DEVICES_AND_ACCOUNTS',
  'OTHER_CHILDREN',
  'PRESENT_SAFETY',
] as const;
export type InterviewTopic = (typeof INTERVIEW_TOPICS)[number];

export const VENUE_KINDS = [
  'CHILD_HOUSE',
  'CHILD_FRIENDLY_ROOM',
  'HEALTH_CENTRE',
  'SCHOOL',
  'HOME',
  'PROSECUTOR_OFFICE',
  'COURT',
  'POLICE_BUILDING',
  'SHARED_WITH_ACCUSED',
  'ONLINE',
  'OTHER',
] as const;
/** where an act with the child is flagged as a risk. */
export const UNSUITABLE_VENUES = ['PROSECUTOR_OFFICE', 'COURT', 'POLICE_BUILDING', 'SHARED_WITH_ACCUSED'] as const;

export const RECORDING_MODES = ['VIDEO', 'AUDIO', 'WRITTEN_BY_INTERMEDIARY', 'NONE'] as const;
export const ROOM_ROLES = [
  'INTERMEDIARY',
  'SUPPORT_PERSON',
  'INTERPRETER',
  'PROSECUTOR',
  'POLICE',
  'CHILD_PROTECTION',
  'VICTIMS_COMMISSION',
  'HEALTH',
  'LEGAL_ADVISER',
  'DEFENCE',
  'JUDGE',
  'GUARDIAN',
  'OTHER',
] as const;
export const SUPPORT_PERSON_KINDS = ['GUARDIAN', 'RELATIVE', 'FRIEND', 'PROFESSIONAL', 'OTHER'] as const;
export const PROFESSIONS = ['PSYCHOLOGIST', 'PSYCHIATRIST', 'OTHER_TRAINED', 'OTHER'] as const;
export const TRAINING_KINDS = ['NICHD', 'NICHD_REVISED', 'EQUIVALENT', 'OTHER'] as const;
/** Child-interview training that the register accepts. */
export const ACCEPTED_TRAINING = ['NICHD', 'NICHD_REVISED', 'EQUIVALENT'] as const;
export const CANCEL_REASONS = [
  'CHILD_NOT_READY',
  'INTERMEDIARY_UNAVAILABLE',
  'VENUE_UNAVAILABLE',
  'NOT_STARTED_IN_TIME',
  'PLANNED_WRONGLY',
  'SAFETY',
  'OTHER',
] as const;
export const FILTER_DECISIONS = ['ACCEPTED', 'REWORDED', 'REJECTED'] as const;
export const FILTER_REASONS = [
  'CLEAR_AND_OPEN',
  'LEADING',
  'COMPOUND',
  'LANGUAGE_NOT_FIT_FOR_AGE',
  'ALREADY_ANSWERED',
  'NOT_RELEVANT',
  'BLAMING',
  'OTHER_SEXUAL_CONDUCT',
  'ALLOWED_BY_JUDGE',
] as const;
export const EVIDENCE_DECISIONS = ['SOUGHT', 'NOT_SOUGHT'] as const;
export const EVIDENCE_REASONS = [
  'REPETITION_WOULD_HARM',
  'RISK_OF_LOSS',
  'NO_PERSON_CHARGED_YET',
  'NOT_NEEDED',
  'JUDGE_REFUSED',
  'OTHER',
] as const;
export const EXTRA_GROUNDS = ['NEW_FACT', 'OWN_FILE', 'QUESTIONS_MISSED', 'RECORD_UNCLEAR', 'OTHER'] as const;
export const EXTRA_DENIALS = ['NOT_NEW', 'RECORD_ANSWERS', 'WOULD_HARM', 'CHILD_DOES_NOT_AGREE', 'OTHER'] as const;
export const APPROVAL_KEYS = ['CHILD_PROTECTION', 'ASKER_SUPERVISOR'] as const;
export const COURT_KINDS = ['CONTROL_JUDGE', 'TRIAL_COURT', 'FAMILY_COURT', 'FEDERAL_COURT', 'OTHER'] as const;
export const COURT_ORDERS = ['ADDITIONAL_INTERVIEW', 'TESTIMONY', 'RECORDING', 'RECORD_COPY', 'EXAM', 'OTHER'] as const;
export const ACCESS_PURPOSES = [
  'INVESTIGATION',
  'REGISTRATION_FORM',
  'SOCIAL_STUDY',
  'CARE',
  'PROTECTION_MEASURE',
  'LEGAL_ADVICE',
  'HEARING',
  'OTHER',
] as const;
export const ACCESS_DENIALS = ['NOT_NEEDED_FOR_TASK', 'NOT_ON_TEAM', 'PARTS_SUFFICE', 'COURT_RESTRICTED'] as const;
export const RECORD_PARTS = ['WHOLE', 'PARTS_NEEDED', 'SUMMARY'] as const;
/** Acts in which a child may be made to give the account, whatever they are called. */
export const RETELLING_ACTS = [
  'DESK',
  'POLICE_STATEMENT',
  'PROSECUTOR_STATEMENT',
  'REGISTRATION_FORM',
  'SOCIAL_STUDY',
  'MEDICAL_HISTORY',
  'PSYCHOLOGICAL_HISTORY',
  'EMERGENCY_CARE',
  'FORENSIC_EXAM',
  'HEARING',
  'SCHOOL_INQUIRY',
  'STATEMENT_REPLAYED',
  'OTHER',
  'UNKNOWN',
] as const;
export const LISTENER_ROLES = [
  'DESK_OFFICER',
  'POLICE_OFFICER',
  'PROSECUTOR',
  'SOCIAL_WORKER',
  'PSYCHOLOGIST',
  'PHYSICIAN',
  'FORENSIC_DOCTOR',
  'JUDGE',
  'LEGAL_ADVISER',
  'TEACHER',
  'OTHER_OFFICIAL',
  'UNKNOWN',
] as const;
/** Whose official heard it; outsiders too. */
export const LISTENER_AGENCIES = [...AGENCIES, 'POLICE', 'COURT', 'SCHOOL', 'OTHER', 'UNKNOWN'] as const;
export const EXAM_KINDS = ['GENERAL', 'INTIMATE', 'PSYCHOLOGICAL'] as const;
export const HEARING_KINDS = [
  'ADVANCE_EVIDENCE',
  'INITIAL',
  'INTERMEDIATE',
  'TRIAL',
  'MEASURE_RATIFICATION',
  'FAMILY',
  'OTHER',
] as const;
export const CONTACT_KINDS = ['SAME_ROOM', 'SIGHT_LINE', 'CALL', 'CORRIDOR_OR_ENTRY'] as const;
export const TESTIMONY_MEASURES = [
  'VIDEO_LINK',
  'SCREEN',
  'COMPANION',
  'CLOSED_DOORS',
  'EXPERT_AID',
  'PAUSES',
] as const;
export const LINKED_STEPS = ['PLANNED', 'CANCELLED', 'STARTED', 'CONDUCTED', 'RETRACTED'] as const;
/** Why an interview could be held: the one there is, covered by an authorisation, or neither. */
export const STANDINGS = ['FIRST', 'COVERED', 'UNCOVERED'] as const;
export const ASSENT_REASONS = ['NOT_TODAY', 'NOT_READY', 'DOES_NOT_WANT', 'WANTS_OTHER_PERSON', 'NOT_SAID'] as const;
export const INTERRUPTION_REASONS = ['CHILD_ASKED', 'CHILD_TIRED', 'DISTRESS', 'TECHNICAL', 'SAFETY', 'OTHER'] as const;
export const EXCLUSION_REASONS = ['ACCUSED', 'SUSPECTED', 'REJECTED_BY_CHILD', 'CONFLICT_OF_INTEREST'] as const;
export const SUSPENSION_REASONS = ['COMPLAINT', 'TRAINING_LAPSED', 'OWN_REQUEST', 'LEFT_SERVICE', 'OTHER'] as const;

const topics = many(code(INTERVIEW_TOPICS, 'D3'), INTERVIEW_TOPICS.length);
const present = many(code(ROOM_ROLES), ROOM_ROLES.length);
const credential = {
  intermediaryId: ref(),
  profession: code(PROFESSIONS),
  trainingKind: code(TRAINING_KINDS),
  trainedOn: day(),
};

/** Facts of the single interview, of retellings, of the forensic exam and of what happens with the child in court. */
export const interviewFacts = {
  InterviewPlanned: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      slot: instant(),
      minutes: count('D0', 1, 480),
      venueKind: code(VENUE_KINDS),
      /** a place that is flagged as a risk, without a video link from a room fit for children. */
      venueFlagged: flag(),
      urgent: flag(),
      modePlanned: optional(code(RECORDING_MODES, 'D3')),
      ...credential,
      /** Dated answer of the vault at planning. Why it was allowed stands beside it. */
      schoolOverlap: flag('D2'),
      schoolTimeAllowedBy: optional(code(['CHILD_ASKED', 'CHILD_PROTECTION'], 'D2')),
      topics,
      /** Set when another interview was held before: what allows this one. Spent at start, not here (C-2). */
      authorisationId: optional(ref()),
      /** an urgent plan without it; the prosecutor decides by then. */
      evidenceDecisionDue: optional(instant()),
    },
  }),
  InterviewCancelled: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { interviewId: ref(), reason: code(CANCEL_REASONS) },
  }),
  /** An interview of another case about the same facts: it counts here too (C-4). */
  LinkedInterviewNoted: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    substantive: false,
    fields: {
      otherCaseId: ref(),
      interviewId: ref(),
      step: code(LINKED_STEPS),
      standing: code(STANDINGS),
      slot: optional(instant()),
    },
  }),
  QuestionRoundOpened: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    substantive: false,
    fields: { interviewId: ref(), closesAt: instant() },
  }),
  QuestionRoundShortened: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      /** Absent: said before planning, for one plan at short notice (C-6). */
      interviewId: optional(ref()),
      closesAt: instant(),
      reasons: text('D3', 2000),
    },
  }),
  QuestionRoundClosed: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    substantive: false,
    fields: {
      interviewId: ref(),
      /** Recorded as "no questions"; silence is no ground for R-010. */
      silent: many(code(AGENCIES), AGENCIES.length),
    },
  }),
  QuestionSetSubmitted: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      questionIds: many(ref(), 50),
      questionTexts: many(text('D3q', 1000), 50),
      asLegalAdviser: flag(),
    },
  }),
  QuestionSetDeclined: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { interviewId: ref(), asLegalAdviser: flag() },
  }),
  QuestionFiltered: fact({
    kind: 'INTERVIEW',
    cls: 'D3q',
    substantive: false,
    ownField: 'askedBy',
    fields: {
      interviewId: ref(),
      questionId: ref(),
      /** Agency of the question: it sees what became of it. */
      askedBy: optional(code(AGENCIES, 'D3q')),
      decision: code(FILTER_DECISIONS, 'D3q'),
      reason: code(FILTER_REASONS, 'D3q'),
      /** Rejected by the rule and not yet by a person (CNPP 346). */
      byDefault: flag('D3q'),
      rewordedText: optional(text('D3q', 1000)),
    },
  }),
  FilterObjected: fact({
    kind: 'INTERVIEW',
    cls: 'D3q',
    substantive: false,
    fields: { interviewId: ref(), questionId: ref(), reasons: text('D3q', 1000) },
  }),
  IntermediaryAssigned: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { interviewId: ref(), ...credential },
  }),
  InterpreterAssigned: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { interviewId: ref(), staffId: ref(), formatCode: code(['INTERPRETER', 'SIGN_LANGUAGE', 'ADJUSTMENT']) },
  }),
  AnticipatedEvidenceDecided: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      decision: code(EVIDENCE_DECISIONS),
      reason: code(EVIDENCE_REASONS, 'D4'),
      reasons: optional(text('D4', 2000)),
    },
  }),
  SchoolTimeApproved: fact({
    kind: 'INTERVIEW',
    cls: 'D2',
    fields: { slot: instant('D2'), reasons: text('D2', 1000) },
  }),
  ChildAssentRecorded: fact({
    kind: 'INTERVIEW',
    cls: 'D3',
    fields: {
      /** For a session of this interview; or for a request of an additional one. */
      interviewId: optional(ref('D3')),
      requestId: optional(ref('D3')),
      explanationVersion: ref('D3'),
      explainedBy: ref('D3'),
      rightToStopExplained: flag('D3'),
      /** The child chose to go without the interpreter or adjustment that was recorded. */
      interpreterDeclined: flag('D3'),
      /** The child asks for another intermediary than last time. */
      otherIntermediaryAsked: flag('D3'),
    },
  }),
  ChildAssentWithheld: fact({
    kind: 'INTERVIEW',
    cls: 'D3',
    fields: {
      interviewId: optional(ref('D3')),
      requestId: optional(ref('D3')),
      reason: code(ASSENT_REASONS, 'D3'),
    },
  }),
  StabilisationPeriodRecognised: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { reviewOn: optional(day()) },
  }),
  StabilisationPeriodEnded: fact({ kind: 'INTERVIEW', cls: 'D0', fields: {} }),
  RecordingPreferenceStated: fact({
    kind: 'INTERVIEW',
    cls: 'D3',
    fields: { interviewId: ref('D3'), preference: code(RECORDING_MODES, 'D3'), explainedBy: ref('D3') },
  }),
  ForensicInterviewStarted: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      /** 1, then 2 and 3 when the same interview goes on (C-3). */
      session: count('D0', 1, 100),
      standing: code(STANDINGS),
      authorisationId: optional(ref()),
      recordingMode: code(RECORDING_MODES, 'D3'),
      venueKind: code(VENUE_KINDS),
      venueFlagged: flag(),
      presentRoles: present,
      supportPersonKind: optional(code(SUPPORT_PERSON_KINDS, 'D3')),
      topics,
      /** Hours of school lost are counted. */
      schoolOverlap: flag('D2'),
      ...credential,
    },
  }),
  ForensicInterviewInterrupted: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      session: count('D0', 1, 100),
      minutes: count('D0', 0, 1440),
      topicsCovered: topics,
      childWantsToGoOn: flag('D3'),
      accountGiven: flag(),
      reason: code(INTERRUPTION_REASONS, 'D3'),
      /** Set when no start had been recorded: the session is judged here instead. */
      standing: optional(code(STANDINGS)),
      authorisationId: optional(ref()),
    },
  }),
  ForensicInterviewConducted: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      session: count('D0', 1, 100),
      standing: code(STANDINGS),
      authorisationId: optional(ref()),
      /** False: held outside the plan of this case and recorded afterwards. */
      planned: flag(),
      heldBy: code(LISTENER_AGENCIES),
      minutes: count('D0', 0, 1440),
      recordingMode: code(RECORDING_MODES, 'D3'),
      venueKind: code(VENUE_KINDS),
      venueFlagged: flag(),
      presentRoles: present,
      topicsCovered: topics,
      /** In how many of its sessions the account was given (C-3, C-7): this one included. */
      accountGiven: flag(),
    },
  }),
  InterviewRecordSealed: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      digest: digest('D3'),
      /** Where the record lies; never the record. */
      location: text('D3', 500),
      topicsCovered: topics,
      due: instant(),
    },
  }),
  AccountRequested: fact({
    kind: 'RETELLING',
    cls: 'D0',
    fields: { actKind: code(RETELLING_ACTS), topics },
  }),
  RecordAccessRequested: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      requestId: ref(),
      interviewId: ref(),
      purpose: code(ACCESS_PURPOSES),
      topics,
      decisionDue: instant(),
    },
  }),
  InterviewRecordShared: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      requestId: ref(),
      interviewId: ref(),
      recipientAgency: ref(),
      recipient: ref(),
      parts: code(RECORD_PARTS),
    },
  }),
  RecordAccessDenied: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { requestId: ref(), interviewId: ref(), reason: code(ACCESS_DENIALS) },
  }),
  InterviewRecordCopied: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      interviewId: ref(),
      purpose: code(ACCESS_PURPOSES),
      courtOrderId: optional(ref()),
      digest: optional(digest('D3')),
    },
  }),
  InterviewRecordViewed: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    substantive: false,
    fields: { interviewId: ref(), purpose: code(ACCESS_PURPOSES), persons: count('D0', 1, 100) },
  }),
  AdditionalInterviewRequested: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      requestId: ref(),
      ground: code(EXTRA_GROUNDS),
      newFactKnownAt: instant('D3'),
      newFact: text('D3', 4000),
      whyRecordCannotAnswer: text('D3', 4000),
      topics,
    },
  }),
  ImpactOpinionRecorded: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: {
      requestId: ref(),
      harmExpected: code(['NO', 'MANAGEABLE', 'SERIOUS'], 'D3'),
      givenBy: ref('D3'),
      opinion: optional(text('D3', 4000)),
    },
  }),
  AdditionalInterviewApproved: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { requestId: ref(), approvalKey: code(APPROVAL_KEYS) },
  }),
  AdditionalInterviewAuthorised: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { requestId: ref(), topics, expiresAt: instant(), sameIntermediary: optional(ref()) },
  }),
  AdditionalInterviewDenied: fact({
    kind: 'INTERVIEW',
    cls: 'D0',
    fields: { requestId: ref(), reason: code(EXTRA_DENIALS), reasons: optional(text('D3', 2000)) },
  }),
  CourtOrderRecorded: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      orderId: ref('D4'),
      courtKind: code(COURT_KINDS, 'D4'),
      orders: code(COURT_ORDERS, 'D4'),
      validUntil: optional(instant('D4')),
      reference: text('D4', 200),
    },
  }),
  RetellingRecorded: fact({
    kind: 'RETELLING',
    cls: 'D0',
    fields: {
      heardByAgency: code(LISTENER_AGENCIES),
      heardByRole: code(LISTENER_ROLES),
      /** Staff id of whoever heard it, when known; distinct officials are counted. */
      heardBy: optional(ref()),
      actKind: code(RETELLING_ACTS),
      placeKind: optional(code(VENUE_KINDS)),
      personsPresent: optional(count('D0', 0, 100)),
      onRecord: optional(flag()),
      needed: optional(flag()),
      accountGiven: flag(),
      /** Event id of the report, care, exam, hearing, interview or retelling that this was; then it is not counted twice (C-7). */
      sameActAs: optional(ref()),
    },
  }),
  ExamExplained: fact({
    kind: 'EXAM',
    cls: 'D7',
    fields: { explanationVersion: ref('D7'), explainedBy: ref('D7') },
  }),
  ExamConsentRecorded: fact({
    kind: 'EXAM',
    cls: 'D7',
    fields: {
      childAssents: flag('D7'),
      companionOffered: flag('D7'),
      examinerChoiceOffered: flag('D7'),
    },
  }),
  ForensicExamPlanned: fact({
    kind: 'EXAM',
    cls: 'D7',
    fields: {
      examId: ref('D7'),
      examKind: code(EXAM_KINDS, 'D7'),
      slot: instant('D7'),
      venueKind: code(VENUE_KINDS, 'D7'),
      joinedWithCare: flag('D7'),
      examinerSpecialised: flag('D7'),
      clinicalIndication: flag('D7'),
      schoolOverlap: flag('D2'),
    },
  }),
  ForensicExamPerformed: fact({
    kind: 'EXAM',
    cls: 'D7',
    fields: {
      examKind: code(EXAM_KINDS, 'D7'),
      examinerSpecialised: flag('D7'),
      examinerFitsPreference: code(['YES', 'NO', 'NOT_STATED'], 'D7'),
      companionPresent: flag('D7'),
      clinicalIndication: flag('D7'),
      accountGiven: flag('D0'),
    },
  }),
  ForensicExamDeclined: fact({
    kind: 'EXAM',
    cls: 'D7',
    fields: { declinedBy: code(['CHILD', 'PROFESSIONAL'], 'D7') },
  }),
  CoercivePreparationReported: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      actKind: code([...RETELLING_ACTS, 'INTERVIEW'], 'D4'),
      byRole: code(LISTENER_ROLES, 'D4'),
      reviewDue: instant('D4'),
      description: optional(text('D4r', 2000)),
    },
  }),
  StatementReplayPlanned: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: { slot: instant('D4'), childPresent: flag('D4'), accusedPresent: flag('D4'), separated: flag('D4') },
  }),
  StatementReplayed: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: { childPresent: flag('D4'), accusedPresent: flag('D4'), separated: flag('D4') },
  }),
  ContactWithAccusedOccurred: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      contactKind: code(CONTACT_KINDS, 'D4'),
      hearingId: optional(ref('D4')),
      description: optional(text('D4r', 2000)),
    },
  }),
  AttendeeExcluded: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      attendeeRole: code(ROOM_ROLES, 'D4'),
      reason: code(EXCLUSION_REASONS, 'D4'),
      reasons: optional(text('D4', 1000)),
    },
  }),
  ChildTestimonyOrdered: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: { hearingId: optional(ref('D4')), on: instant('D4'), courtKind: code(COURT_KINDS, 'D4') },
  }),
  CourtTestimonyPlanOpened: fact({
    kind: 'HEARING',
    cls: 'D4',
    substantive: false,
    fields: { hearingId: optional(ref('D4')), measuresDue: instant('D4') },
  }),
  HearingScheduled: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      hearingId: ref('D4'),
      hearingKind: code(HEARING_KINDS, 'D4'),
      on: instant('D4'),
      childAttends: flag('D4'),
      measuresDue: instant('D4'),
    },
  }),
  SpecialTestimonyMeasuresRequested: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: { hearingId: ref('D4'), measures: many(code(TESTIMONY_MEASURES, 'D4'), 6) },
  }),
  NoContactPlanApproved: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      hearingId: ref('D4'),
      separateEntry: flag('D4'),
      separateWaitingRoom: flag('D4'),
      staggeredTimes: flag('D4'),
      screenOrVideo: flag('D4'),
    },
  }),
  HearingReady: fact({ kind: 'HEARING', cls: 'D4', fields: { hearingId: ref('D4') } }),
  HearingHeld: fact({
    kind: 'HEARING',
    cls: 'D4',
    fields: {
      hearingId: optional(ref('D4')),
      hearingKind: code(HEARING_KINDS, 'D4'),
      childAttended: flag('D4'),
      accountGiven: flag('D0'),
    },
  }),
  TherapySecrecyReleased: fact({
    kind: 'EVIDENCE',
    cls: 'D9',
    fields: { explainedBy: ref('D9') },
  }),
  TherapyContentRequested: fact({
    kind: 'EVIDENCE',
    cls: 'D9',
    fields: { purpose: code(ACCESS_PURPOSES, 'D9') },
  }),
} satisfies FactSpecs;
export type NewInterviewFact = NewFactOf<typeof interviewFacts>;
export type InterviewFact = FactOf<typeof interviewFacts>;

/** Facts of the register of intermediaries (stream `register-intermediaries`): about staff, never about a child. */
export const registerFacts = {
  IntermediaryRegistered: fact({
    kind: 'TEAM',
    cls: 'D0',
    substantive: false,
    fields: {
      intermediaryId: ref(),
      staffId: ref(),
      profession: code(PROFESSIONS),
      trainingKind: code(TRAINING_KINDS),
      trainedOn: day(),
    },
  }),
  TrainingRenewed: fact({
    kind: 'TEAM',
    cls: 'D0',
    substantive: false,
    fields: { intermediaryId: ref(), trainingKind: code(TRAINING_KINDS), trainedOn: day() },
  }),
  IntermediarySuspended: fact({
    kind: 'TEAM',
    cls: 'D0',
    substantive: false,
    fields: { intermediaryId: ref(), reason: code(SUSPENSION_REASONS) },
  }),
  IntermediaryReinstated: fact({
    kind: 'TEAM',
    cls: 'D0',
    substantive: false,
    fields: { intermediaryId: ref() },
  }),
} satisfies FactSpecs;
export type NewRegisterFact = NewFactOf<typeof registerFacts>;
export type RegisterFact = FactOf<typeof registerFacts>;
