/** Closed lists of the domain. Codes only: their words in both languages are in `labels`. A code is never renamed; what is stored stays readable. */

/** Forms of technology-facilitated sexual exploitation and abuse; several may be true of one report. */
export const FORMS = [
  'UNWANTED_SEXUAL_IMAGES_RECEIVED',
  'UNWANTED_REQUEST_FOR_CONTENT',
  'PRESSURE_OR_BLACKMAIL_FOR_CONTENT',
  'THREAT_TO_SHARE',
  'SHARING_WITHOUT_PERMISSION',
  'AI_GENERATED_CONTENT',
  'GROOMING_SOLICITATION',
  'OFFER_OF_MONEY_OR_GIFTS',
  'LIVE_ABUSE',
  'RECORDED_WITHOUT_CONSENT',
  'SALE_OF_CONTENT',
  'EXPOSURE_GROUP',
  'CSAM_CIRCULATION',
  'OTHER',
  'UNKNOWN',
] as const;
export type Form = (typeof FORMS)[number];

/** What is demanded under a threat to share. */
export const THREAT_DEMANDS = ['MORE_CONTENT', 'MONEY', 'RELATIONSHIP_CONTROL', 'SEXUAL_ACT', 'UNKNOWN'] as const;

export const SETTINGS = [
  'ONLINE_ONLY_SOCIAL_OR_MESSAGING',
  'ONLINE_ONLY_GAME',
  'ONLINE_AND_IN_PERSON',
  'UNKNOWN',
] as const;

export const PLATFORMS = [
  'FACEBOOK',
  'WHATSAPP',
  'INSTAGRAM',
  'TIKTOK',
  'YOUTUBE',
  'SNAPCHAT',
  'TELEGRAM',
  'GAME_PLATFORM',
  'VIDEO_CHAT',
  'DATING_APP',
  'CLOUD_STORAGE',
  'OTHER',
  'UNKNOWN',
] as const;

export const RELATIONSHIPS = [
  'FRIEND',
  'PARTNER_OR_CRUSH',
  'FAMILY',
  'SCHOOL_STAFF',
  'OTHER_KNOWN',
  'STRANGER',
  'UNKNOWN_OR_NOT_SAID',
] as const;

export const AUTHOR_AGES = ['ADULT', 'UNDER_18', 'UNDER_12', 'UNKNOWN'] as const;
export const FIRST_ENCOUNTERS = ['SCHOOL', 'ONLINE', 'PUBLIC_SPACE', 'HOME', 'SPORTS', 'OTHER', 'UNKNOWN'] as const;
export const AGE_BANDS = ['UNDER_12', '12_14', '15_17', '18_PLUS_REPORTING_CHILDHOOD'] as const;
export const GENDERS = ['GIRL', 'BOY', 'ANOTHER', 'NOT_SAID'] as const;

export const DISCLOSED_TO = [
  'FRIEND',
  'FEMALE_CAREGIVER',
  'MALE_CAREGIVER',
  'SIBLING',
  'OTHER_FAMILY',
  'PARTNER',
  'TEACHER_OR_SCHOOL',
  'HEALTH',
  'OFFICIAL',
  'NOBODY_BEFORE_REPORT',
  'UNKNOWN',
] as const;

/** Ways in which a report reaches an agency. */
export const CHANNELS = [
  'PROSECUTOR_IN_PERSON',
  'PROSECUTOR_ONLINE',
  'POLICE',
  'CYBER_POLICE_088',
  'LINE_089_ANONYMOUS',
  'LINE_911',
  'HOTLINE_800_5533_000',
  'TE_PROTEJO_MEXICO',
  'PFPNNA',
  'VICTIMS_COMMISSION',
  'HEALTH',
  'SCHOOL',
  'PLATFORM_REPORT',
  'NCMEC_OR_INTERPOL',
  'OTHER',
] as const;
export type Channel = (typeof CHANNELS)[number];

export const DISCLOSURE_BARRIERS = [
  'EMBARRASSED',
  'DID_NOT_KNOW_WHERE',
  'NOT_SERIOUS_ENOUGH',
  'FEAR_OF_BLAME',
  'OTHER',
] as const;

export const REPORT_BARRIERS = [
  'DID_NOT_KNOW_HOW',
  'THREATENED',
  'DID_NOT_KNOW_IT_CAN_BE_REPORTED',
  'NOTHING_WOULD_BE_DONE',
  'CONFIDENTIALITY',
  'NO_TRUST',
  'OTHER',
] as const;

/** Federal entities by INEGI key. */
export const STATES = [
  '01',
  '02',
  '03',
  '04',
  '05',
  '06',
  '07',
  '08',
  '09',
  '10',
  '11',
  '12',
  '13',
  '14',
  '15',
  '16',
  '17',
  '18',
  '19',
  '20',
  '21',
  '22',
  '23',
  '24',
  '25',
  '26',
  '27',
  '28',
  '29',
  '30',
  '31',
  '32',
] as const;
export type StateKey = (typeof STATES)[number];

/** IANA zones of Mexican authorities. Days are counted in the zone of the competent one (TC-8). */
export const ZONES = [
  'America/Mexico_City',
  'America/Cancun',
  'America/Merida',
  'America/Monterrey',
  'America/Matamoros',
  'America/Ciudad_Juarez',
  'America/Ojinaga',
  'America/Chihuahua',
  'America/Hermosillo',
  'America/Mazatlan',
  'America/Bahia_Banderas',
  'America/Tijuana',
] as const;
export type Zone = (typeof ZONES)[number];

/**
 * Zone of a state's capital. Municipalities differ: Bahía de Banderas (18) keeps `America/Bahia_Banderas`,
 * the border strip of 08, 05, 19 and 28 its own; the case names its zone when it is not the capital's.
 */
export const ZONE_OF_STATE: Readonly<Record<StateKey, Zone>> = {
  '01': 'America/Mexico_City',
  '02': 'America/Tijuana',
  '03': 'America/Mazatlan',
  '04': 'America/Merida',
  '05': 'America/Monterrey',
  '06': 'America/Mexico_City',
  '07': 'America/Mexico_City',
  '08': 'America/Chihuahua',
  '09': 'America/Mexico_City',
  '10': 'America/Monterrey',
  '11': 'America/Mexico_City',
  '12': 'America/Mexico_City',
  '13': 'America/Mexico_City',
  '14': 'America/Mexico_City',
  '15': 'America/Mexico_City',
  '16': 'America/Mexico_City',
  '17': 'America/Mexico_City',
  '18': 'America/Mazatlan',
  '19': 'America/Monterrey',
  '20': 'America/Mexico_City',
  '21': 'America/Mexico_City',
  '22': 'America/Mexico_City',
  '23': 'America/Cancun',
  '24': 'America/Mexico_City',
  '25': 'America/Mazatlan',
  '26': 'America/Hermosillo',
  '27': 'America/Mexico_City',
  '28': 'America/Monterrey',
  '29': 'America/Mexico_City',
  '30': 'America/Mexico_City',
  '31': 'America/Merida',
  '32': 'America/Mexico_City',
};

export const YES_NO_UNKNOWN = ['YES', 'NO', 'UNKNOWN'] as const;
export type YesNoUnknown = (typeof YES_NO_UNKNOWN)[number];

export const REPORT_MODES = ['ORAL', 'WRITTEN', 'DIGITAL'] as const;
export const URGENCIES = ['URGENT', 'ORDINARY'] as const;

/** What is asked of every report and may be answered later (M-2), by the name of the field, in the order of the form. */
export const REPORT_QUESTIONS = [
  'channel',
  'mode',
  'reportedBy',
  'anonymous',
  'urgency',
  'accountGiven',
  'immediateFullAccount',
  'factsRecent',
  'specialProtectionNeed',
  'contactInPerson',
] as const;
export type ReportQuestion = (typeof REPORT_QUESTIONS)[number];

/** Who came to report. A child alone is as good as anyone. */
export const REPORTERS = [
  'CHILD_ALONE',
  'CHILD_ACCOMPANIED',
  'GUARDIAN',
  'RELATIVE',
  'FRIEND',
  'SCHOOL',
  'HEALTH_STAFF',
  'OFFICIAL',
  'PLATFORM',
  'ANONYMOUS',
  'OTHER',
] as const;

/** Coarse dangers that rules read: who may be told, and how fast. */
export const RISK_FLAGS = [
  'GUARDIAN_IMPLICATED',
  'CHILD_FEARS_HARM',
  'INTERESTS_CONFLICT',
  'AUTHOR_LIVES_WITH_CHILD',
  'IMMINENT_DANGER',
  'THREATS',
  'ORGANISED_CRIME',
] as const;
export type RiskFlag = (typeof RISK_FLAGS)[number];

/** Whether the reported forms are ones without limitation in time (CPF 107 Bis, 205 Bis), for R-219. */
export const LIMITATIONS = ['NONE', 'ORDINARY', 'TO_BE_CHECKED'] as const;

export const REFUSAL_KINDS = ['REFUSED', 'SENT_ELSEWHERE', 'CONDITIONED'] as const;
/** What was demanded before help or a report would be given. None of these is lawful. */
export const CONDITIONS = [
  'NONE',
  'GUARDIAN',
  'IDENTITY_DOCUMENT',
  'MIGRATION_DOCUMENT',
  'EVIDENCE',
  'TERRITORY',
  'OTHER',
] as const;

/** Authorities inside and outside that are told of a case. */
export const AUTHORITIES = [
  'PFPNNA',
  'PROSECUTOR',
  'FEDERAL_PROSECUTOR',
  'VICTIMS_COMMISSION',
  'HEALTH',
  'JUDGE',
  'POLICE',
  'SCHOOL_AUTHORITY',
  'CONSULATE',
  'OTHER',
] as const;
export const NOTICE_MEANS = ['SYSTEM', 'OFFICIAL_LETTER', 'TELEPHONE', 'E_MAIL', 'IN_PERSON', 'OTHER'] as const;

/** Why guardians are not told for now. */
export const WITHHOLDING_REASONS = ['GUARDIAN_IMPLICATED', 'CHILD_FEARS_HARM', 'INTERESTS_CONFLICT', 'OTHER'] as const;
/** Languages of messages to the child; `OTHER` is named in the vault. */
export const LANGUAGES = [
  'SPANISH',
  'NAHUATL',
  'MAYA',
  'MIXTEC',
  'ZAPOTEC',
  'TZELTAL',
  'TZOTZIL',
  'CORA',
  'HUICHOL',
  'MEXICAN_SIGN_LANGUAGE',
  'ENGLISH',
  'OTHER',
] as const;

export const SUBSTITUTION_GROUNDS = [
  'NO_GUARDIAN',
  'CONFLICT_OF_INTEREST',
  'COURT_ORDER',
  'GUARDIAN_UNREACHABLE',
] as const;
export const CONFLICTED = ['REPRESENTATIVE', 'LEGAL_ADVISER', 'GUARDIAN', 'OTHER_OFFICIAL'] as const;
export const SUPPORT_RELATIONS = [
  'PARENT',
  'GRANDPARENT',
  'SIBLING',
  'OTHER_FAMILY',
  'FRIEND',
  'TEACHER',
  'HEALTH_STAFF',
  'OTHER',
] as const;

/** Decisions before which the child is asked. */
export const CHILD_VIEW_MATTERS = [
  'MEASURE',
  'INTERVIEW',
  'CARE_CHANGE',
  'SCHOOL',
  'COMPENSATION',
  'CLOSING',
  'OTHER',
] as const;
export const CHILD_VIEWS = ['GIVEN', 'DECLINED', 'NOT_SOUGHT'] as const;
export const NOT_SOUGHT_REASONS = ['URGENCY', 'CHILD_NOT_REACHABLE', 'WOULD_HARM_CHILD', 'NO_REASON_GIVEN'] as const;

export const REFERRAL_PURPOSES = [
  'INVESTIGATION',
  'REPRESENTATION',
  'PROTECTION',
  'CARE',
  'AID',
  'LEGAL_ADVICE',
] as const;
export const REFERRAL_ANSWERS = ['ACCEPTED', 'DECLINED', 'DONE'] as const;
export const DECLINE_REASONS = ['NOT_COMPETENT', 'NO_CAPACITY', 'ALREADY_SERVED', 'CHILD_DECLINED', 'OTHER'] as const;

/** Prosecuting authorities between which competence moves. */
export const PROSECUTING_AUTHORITIES = ['STATE_PROSECUTOR', 'FEDERAL_PROSECUTOR', 'MILITARY', 'FOREIGN'] as const;
export const COMPETENCE_REASONS = ['TERRITORY', 'SUBJECT_MATTER', 'FEDERAL_ATTRACTION', 'CONNECTED_CASES'] as const;

export const LINK_KINDS = ['SAME_CHILD', 'SAME_AUTHOR', 'SAME_CONTENT'] as const;
export type LinkKind = (typeof LINK_KINDS)[number];
export const UNLINK_REASONS = ['ANOTHER_CHILD', 'ANOTHER_AUTHOR', 'OTHER_CONTENT', 'TYPED_WRONGLY'] as const;

export const CORRECTION_REASONS = ['TYPED_WRONGLY', 'LEARNT_LATER', 'INCOMPLETE', 'WRONG_TIME'] as const;
export const RETRACTION_REASONS = ['WRONG_CASE', 'WRONG_PERSON', 'TYPED_WRONGLY', 'DUPLICATE'] as const;

export const WITHDRAWERS = ['CHILD', 'FAMILY'] as const;
/** Why a child or family stops taking part. */
export const WITHDRAWAL_REASONS = [
  'THREAT',
  'BLAME_OR_TREATMENT',
  'EXHAUSTION',
  'OWN_WELL_BEING',
  'FAMILY',
  'OTHER',
  'NOT_SAID',
] as const;

/** How the prosecutor ends a case (CNPP 253 to 258). */
export const CLOSURE_KINDS = [
  'ABSTAIN',
  'TEMPORARY_ARCHIVE',
  'OPPORTUNITY_CRITERION',
  'NO_PROSECUTION',
  'FINAL_JUDGMENT',
] as const;
export const CLOSURE_GROUNDS = [
  'FACTS_ARE_NO_OFFENCE',
  'NOT_ENOUGH_DATA',
  'ACTION_EXTINGUISHED',
  'FINAL_JUDGMENT',
  'NO_INTEREST_OF_VICTIM',
  'LAPSE_OF_TIME',
  'OTHER',
] as const;
export const CLOSURE_NOTIFIED = ['VICTIM', 'LEGAL_ADVISER', 'VICTIM_AND_ADVISER'] as const;
export const CHALLENGERS = ['VICTIM', 'LEGAL_ADVISER', 'REPRESENTATIVE'] as const;
/** How the way to challenge a closure ended. */
export const CLOSURE_OUTCOMES = [
  'NOT_CHALLENGED',
  'CONFIRMED_BY_JUDGE',
  'OVERTURNED_BY_JUDGE',
  'WITHDRAWN_BY_PROSECUTOR',
] as const;
export const REOPENING_REASONS = ['NEW_REPORT', 'NEW_EVIDENCE', 'JUDGE', 'CLOSED_BY_MISTAKE'] as const;

export const INVESTIGATIVE_ACTS = [
  'EXPERT_OPINION',
  'DATA_REQUEST',
  'WITNESS',
  'INSPECTION',
  'PRESERVATION',
  'OTHER',
] as const;
export const ACT_ANSWERS = ['GRANTED', 'DENIED'] as const;
export const ATTENDANCE_SUPPORTS = ['ABSENCE_LETTER', 'TRANSPORT', 'MEALS', 'LODGING'] as const;
/** Roles that a supervisor can give their own people in a case (C-9). */
export const TEAM_ROLES = ['OFFICER', 'REPRESENTATIVE', 'LEGAL_ADVISER'] as const;
