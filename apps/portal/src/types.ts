/** What the queries of `documents.ts` answer, as the schema declares it. Instants are UTC, ISO 8601. */

export interface Me {
  actor: string;
  name: string | null;
  role: string;
  agency: string;
  states: string[];
  permissions: string[];
  pages: string[];
  now: string;
}

export interface DueTime {
  key: string;
  rule: string;
  startedAt: string | null;
  dueAt: string | null;
  breachAt: string | null;
  state: string;
  agency: string | null;
}

export interface CaseTerm {
  caseId: string;
  folio: string;
  term: DueTime;
}

export interface Referral {
  referralId: string;
  eventId: string;
  from: string;
  to: string;
  urgent: boolean | null;
  service: string | null;
  madeAt: string;
  state: string;
  answeredAt: string | null;
  due: DueTime | null;
}

/** Something that is missing and holds nothing up (M-2). */
export interface Task {
  command: string;
  eventId: string | null;
  agency: string;
  since: string;
  missing: string[];
}

export interface MyDay {
  terms: CaseTerm[];
  moreTerms: boolean;
  referrals: { caseId: string; folio: string; canOpen: boolean; referral: Referral }[];
  rounds: {
    caseId: string;
    folio: string;
    canOpen: boolean;
    interviewId: string | null;
    opensAt: string | null;
    closesAt: string | null;
    urgent: boolean | null;
  }[];
  tasks: { caseId: string; folio: string; task: Task }[];
  changed: { caseId: string; folio: string; entries: number; lastAt: string }[];
  nextTerm: CaseTerm | null;
  incompleteSince: string | null;
}

export interface KeptEntry {
  commandId: string;
  command: string;
  keptAt: string;
  state: string;
  code: string | null;
}

export interface KeptWords {
  commandId: string;
  command: string;
  caseId: string | null;
  folio: string | null;
  occurredAt: string | null;
  knownAt: string | null;
  input: Record<string, unknown>;
}

export interface PageInfo {
  endCursor: string | null;
  hasNextPage: boolean;
}

export interface CaseRow {
  caseId: string;
  folio: string;
  state: string | null;
  ageBand: string | null;
  responsible: string | null;
  stage: string;
  openedAt: string | null;
  changedAt: string;
  closed: boolean;
  nextDue: DueTime | null;
  overdue: number;
  via: string;
}

export interface CasePage {
  edges: { cursor: string; node: CaseRow }[];
  totalVisible: number;
  pageInfo: PageInfo;
  incompleteSince: string | null;
}

export interface TeamMember {
  staffId: string;
  agency: string;
  role: string;
  since: string | null;
}

export interface Approval {
  eventId: string;
  caseId: string;
  folio: string;
  what: string;
  subjectId: string;
  askedBy: string | null;
  askedByAgency: string;
  since: string;
  due: string | null;
  overdue: boolean;
  must: string[];
  given: string[];
  canAct: boolean;
  whyNot: string | null;
}

export interface CaseView {
  caseId: string;
  folio: string;
  revision: number;
  behind: boolean;
  incompleteSince: string | null;
  via: string;
  until: string | null;
  state: string | null;
  ageBand: string | null;
  channel: string | null;
  openedAt: string | null;
  childUnidentified: boolean | null;
  urgent: boolean | null;
  responsible: string | null;
  responsibilityOfferedTo: string | null;
  board: {
    agency: string;
    lastType: string | null;
    lastKind: string | null;
    lastAt: string | null;
    duties: DueTime[];
    notApplicable: boolean;
  }[];
  team: TeamMember[];
  representative: TeamMember | null;
  representationKind: string | null;
  adviser: TeamMember | null;
  supportPersonRelation: string | null;
  terms: DueTime[];
  interview: {
    stage: string;
    interviewId: string | null;
    slotStart: string | null;
    slotEnd: string | null;
    venueKind: string | null;
    urgent: boolean | null;
    intermediary: string | null;
    plannedBy: string | null;
    heldAt: string | null;
    conducted: number;
    additionalHeld: number;
    conditions: { key: string; rule: string; met: boolean; at: string | null }[];
    round: {
      opensAt: string | null;
      closesAt: string | null;
      closed: boolean;
      shortened: boolean;
      agencies: { agency: string; answer: string; at: string | null }[];
    } | null;
    questions: {
      questionId: string;
      eventId: string;
      agency: string;
      decision: string | null;
      reasonCode: string | null;
      objected: boolean;
      decisionEventId: string | null;
    }[];
    exceptions: {
      requestId: string;
      eventId: string;
      agency: string;
      requestedAt: string;
      state: string;
      approvals: string[];
      impactOpinion: boolean;
      expiresAt: string | null;
    }[];
    record: { eventId: string; sealedAt: string; digest: string | null; sharedWith: string[] } | null;
  };
  retellings: {
    count: number;
    officials: number;
    list: {
      eventId: string;
      agency: string | null;
      role: string | null;
      actKind: string | null;
      placeKind: string | null;
      persons: number | null;
      onRecord: boolean | null;
      needed: boolean | null;
      occurredAt: string;
    }[];
  };
  exams: { eventId: string; step: string; kind: string | null; agency: string; occurredAt: string }[];
  referrals: Referral[];
  links: {
    caseId: string;
    folio: string | null;
    linkKind: string;
    sameFacts: string;
    leadCaseId: string | null;
    canOpen: boolean;
    since: string;
  }[];
  closing: {
    state: string;
    kind: string | null;
    proposedAt: string | null;
    notifiedAt: string | null;
    challengeUntil: string | null;
    closedAt: string | null;
  };
  firstSteps: { command: string; agency: string; rule: string; done: boolean }[];
  tasks: Task[];
  pending: Approval[];
  participationWithdrawn: boolean;
  erased: boolean;
  permissions: string[];
}

export interface TimelineEntry {
  eventId: string | null;
  revision: number;
  type: string | null;
  kind: string;
  agency: string | null;
  actor: string | null;
  actorRole: string | null;
  occurredAt: string;
  knownAt: string | null;
  recordedAt: string;
  late: boolean;
  correctedBy: string | null;
  retractedBy: string | null;
  retractionReason: string | null;
  violations: string[];
  sight: 'FULL' | 'STATUS';
  data: Record<string, unknown>;
  hasDetail: boolean;
  own: boolean;
  cursor: string;
}

export interface TimelinePage {
  entries: TimelineEntry[];
  pageInfo: PageInfo;
  revision: number;
  behind: boolean;
  incompleteSince: string | null;
  agencies: string[];
  kinds: string[];
}

export interface Detail {
  eventId: string;
  type: string;
  fields: { name: string; value: unknown; cls: string }[];
  unavailable: { cls: string; why: string; service: string | null }[];
}

/** How the server answers a command. */
export type CommandResult =
  | {
      __typename: 'Accepted';
      caseId: string | null;
      commandId: string;
      revision: number;
      repeated: boolean;
      folio: string | null;
      violations: { rule: string; text: string }[];
    }
  | { __typename: 'Refused'; rule: string; code: string; because: string; instead: string; source: string }
  | { __typename: 'Busy'; retryAfterMs: number }
  | { __typename: 'Kept'; commandId: string; keptAt: string };

export type Refused = Extract<CommandResult, { __typename: 'Refused' }>;

export interface ChildSearch {
  __typename: 'ChildSearch';
  searchId: string;
  matches: { matchId: string; kinds: string[]; strength: string; agency: string; contact: string }[];
  ignored: { term: string; problem: string }[];
}

export interface ChildIdentity {
  state: string;
  asOf: string | null;
  givenNames: string | null;
  firstSurname: string | null;
  secondSurname: string | null;
  curp: string | null;
  birthDate: string | null;
  age: number | null;
  language: string | null;
  phones: string[] | null;
  handles: { platform: string; handle: string }[] | null;
  addresses: string[] | null;
  school: string | null;
  withheld: string[];
}

export interface Intermediary {
  intermediaryId: string;
  profession: string;
  trainingKind: string;
  trainedOn: string;
  validUntil: string;
  state: string;
}

export interface ParkedCase {
  id: string;
  case: { caseId: string; folio: string | null } | null;
  revision: number;
  factType: string | null;
  since: string;
  error: 'UNREADABLE' | 'NEWER_THAN_PROGRAM' | 'NOT_STORABLE' | 'NOT_SETTLED' | 'NOT_APPLICABLE';
  tries: number;
  waiting: number;
}

export interface FollowerIntegrity {
  name: string;
  kind: 'PROJECTION' | 'PROCESS';
  leavesOut: boolean;
  condition: 'UP_TO_DATE' | 'BEHIND' | 'PARKED' | 'GAPS' | 'FEED_AWAY';
  behind: number | null;
  waitingSince: string | null;
  parkedInAll: number;
  gaps: number;
  parked: ParkedCase[];
}

export interface Integrity {
  at: string;
  history: {
    at: string;
    events: number;
    unsigned: number;
    broken: { why: string; position: string | null; checkpoint: number | null; since: string } | null;
  } | null;
  services: {
    service: string;
    condition: 'ANSWERED' | 'AWAY' | 'FAILED';
    copies: { backup: string | null; drill: { at: string; whole: boolean } | null } | null;
    followers: FollowerIntegrity[];
  }[];
}

export interface FigureCell {
  code: string;
  count: number | null;
  percent: number | null;
}

export interface FigureRelease {
  quarter: string;
  version: number;
  asOf: string;
  releasedAt: string;
  total: number | null;
  cells: FigureCell[];
}

export interface FigureTable {
  id: string;
  dimension: 'CHANNEL' | 'STATE' | 'INTERVIEWS';
  version: number;
  rules: string[];
  smallest: number;
  roundedTo: number | null;
  nextQuarter: string;
  nextAt: string;
  releases: FigureRelease[];
}

export interface NationalFigures {
  at: string;
  filling: boolean;
  incompleteSince: string | null;
  tables: FigureTable[];
}

export interface RepairResult {
  outcome: 'GOES_ON' | 'STILL_STANDS' | 'NOT_STANDING' | 'NOT_ALLOWED' | 'NOT_RECORDED' | 'AWAY';
}

export interface AccessPage {
  entries: {
    eventId: string;
    kind: string;
    actor: string;
    agency: string;
    role: string;
    at: string;
    operation: string;
    cases: { caseId: string; folio: string | null }[];
    classes: string[];
    purpose: string | null;
    task: string | null;
    underBreakGlass: boolean;
    rule: string | null;
    code: string | null;
    service: string | null;
    exported: number | null;
  }[];
  pageInfo: PageInfo;
  incompleteSince: string | null;
}

export interface RefusalPage {
  entries: {
    eventId: string;
    case: { caseId: string; folio: string | null } | null;
    actor: string;
    agency: string;
    role: string;
    at: string;
    command: string;
    rule: string;
    code: string;
  }[];
  pageInfo: PageInfo;
  incompleteSince: string | null;
}

export interface BreakGlassUse {
  glassId: string;
  caseId: string;
  folio: string | null;
  eventId: string;
  staffId: string;
  staffAgency: string;
  danger: string;
  usedAt: string;
  until: string;
  endedAt: string | null;
  reviewDue: string;
  overdue: boolean;
  canReview: boolean;
}

/** What an XML file of a platform's report is. */
type PlatformDocument = 'report' | 'reportResponse' | 'reportDoneResponse' | 'fileDetails';

export interface ImportedFile {
  name: string;
  document: PlatformDocument | null;
  outcome: 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'NUMBER_ONLY' | 'WAITING' | 'REFUSED' | 'KEPT';
  folios: string[];
  caseIds: string[];
  warnings: string[];
  error: { code: string; line: number | null; column: number | null; field: string | null; message: string } | null;
}

export interface ImportResult {
  files: ImportedFile[];
  waiting: number | null;
  kept: { commandId: string; keptAt: string } | null;
}

export interface WaitingPlatformFile {
  id: string;
  document: PlatformDocument;
  agency: string;
  since: string;
  reportId: string | null;
}

export interface StaffMember {
  staffId: string;
  name: string;
  role: string;
  agency: string;
  states: string[];
}
