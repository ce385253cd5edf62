import type { Agency, DataClass, Reader, Service } from './classes.js';
import { AGENCIES, MATRIX, SERVICE_OF, SERVICES } from './classes.js';
import type { FactSpec } from './facts.js';
import { allFacts } from './timeline/index.js';

/**
 * The one table that says which service writes a fact, which reads it, and from which it is withheld (D4, D11).
 * It is computed from the classes of the fact and its fields; only what cannot be computed is written down here.
 */

/** Columns of the matrix that a service's callers fill. Coordination serves intermediaries; the advisers work for the Commission. */
const READERS_OF: Readonly<Record<Service, readonly Reader[]>> = {
  coordination: ['INTERMEDIARY'],
  prosecution: ['PROSECUTOR'],
  'child-protection': ['PFPNNA'],
  'victims-commission': ['VICTIMS_COMMISSION', 'LEGAL_ADVISER'],
  health: ['HEALTH'],
  oversight: ['SUPERVISOR'],
  insights: ['ANALYST'],
};

/**
 * Facts that enter through the recording agency's own service, are sealed there and appended by it (D11): reports, questions, answers to
 * referrals, whatever already happened, and what follows from them at once (a report opens a case). All others are coordination's.
 * Held against the commands (`entersThroughAgency`) in `test/e2e/admission.e2e.spec.ts`.
 */
const THROUGH_THE_AGENCY: readonly string[] = [
  'AccessDenied',
  'AttendanceSupportRequested',
  'AuthoritiesNotified',
  'CaseLinked',
  'CaseOpened',
  'CaseReopened',
  'CaseReviewHeld',
  'ChildAssentRecorded',
  'ChildAssentWithheld',
  'ChildIdentitySealed',
  'ChildTestimonyOrdered',
  'ChildViewAnswered',
  'ChildViewRecorded',
  'ClosureChallenged',
  'ClosureNotified',
  'CoercivePreparationReported',
  'CommandRefused',
  'CommunicationNeedsRecorded',
  'ConflictOfInterestDeclared',
  'ContactWithAccusedOccurred',
  'CourtOrderRecorded',
  'CourtTestimonyPlanOpened',
  'DisclosureReceived',
  'ExamConsentRecorded',
  'ExamExplained',
  'ExportMade',
  'ForensicExamDeclined',
  'ForensicExamPerformed',
  'ForensicInterviewConducted',
  'ForensicInterviewInterrupted',
  'GuardianDemanded',
  'GuardianNotified',
  'HearingHeld',
  'HearingScheduled',
  'ImpactOpinionRecorded',
  'InterviewRecordCopied',
  'InterviewRecordViewed',
  'InvestigativeActRequested',
  'ParticipationWithdrawn',
  'PlatformFileReported',
  'PlatformReportReceived',
  'PreferencesRecorded',
  'PrivacyNoticeGiven',
  'QuestionFiltered',
  'QuestionRoundClosed',
  'QuestionSetDeclined',
  'QuestionSetSubmitted',
  'RecordViewed',
  'RecordingPreferenceStated',
  'ReferralAnswered',
  'ReportCompleted',
  'ReportForwarded',
  'ReportReceived',
  'ReportRefused',
  'RetellingRecorded',
  'RightsExplained',
  'SchoolTimetableRecorded',
  'StabilisationPeriodEnded',
  'StabilisationPeriodRecognised',
  'StatementReplayed',
  'StatusInformationGiven',
  'SupportPersonChosen',
  'TeamMemberAdded',
  'TherapySecrecyReleased',
  'WithdrawalReasonChecked',
];

const isAgency = (agency: string): agency is Agency => AGENCIES.some((known) => known === agency);

/** The service that decides and writes a fact of this type when this agency says it. Outsiders enter through coordination. */
export const writerOf = (factType: string, agency: string): Service =>
  THROUGH_THE_AGENCY.includes(factType) && isAgency(agency) ? SERVICE_OF[agency] : 'coordination';

/** Every service that may write a fact of this type. */
export const writersOf = (factType: string): readonly Service[] =>
  THROUGH_THE_AGENCY.includes(factType)
    ? ['coordination', ...AGENCIES.map((agency) => SERVICE_OF[agency])]
    : ['coordination'];

/** The service whose key seals the fields of a fact: the one that decides it (D5). */
export const sealingService = (factType: string, agency: string): Service => writerOf(factType, agency);

/** `whole`: all plain fields. `content`: plain fields of the classes it may read. `step`: that a step of this kind took place. `withheld`: that there is a revision. */
export type Reading = 'whole' | 'content' | 'step' | 'withheld';

/** May this service hold plain content of a class, of a fact recorded by this agency? Break-glass must find it there when it opens. */
const holds = (service: Service, cls: DataClass, agency: string): boolean =>
  READERS_OF[service].some((reader) => {
    const sight = MATRIX[cls][reader];
    return (
      sight === 'read' || sight === 'glass' || (sight === 'own' && isAgency(agency) && SERVICE_OF[agency] === service)
    );
  });

/** What a service is given of a fact of this type, recorded by this agency; `owner`: whose matter it is, when that is another. */
export const readingOf = (service: Service, factType: string, agency: string, owner = agency): Reading => {
  const spec = Object.hasOwn(allFacts, factType) ? allFacts[factType] : undefined;
  if (!spec) return 'withheld';
  // Coordination keeps the timeline and runs the shared deciders, which fold plain fields of every fact (D11).
  // Oversight gets whole events, sealed, to sign them (D6).
  if (service === 'coordination' || service === 'oversight') return 'whole';
  // The cube counts coarse codes under a pseudonym; what is more than skeleton never reaches it.
  if (service === 'insights') return spec.cls === 'D0' ? 'content' : 'withheld';
  // What one wrote oneself one may read (C-10), also where coordination decided it: an agency is given what its own people said.
  if ([agency, owner].some((one) => isAgency(one) && SERVICE_OF[one] === service)) return 'whole';
  if (holds(service, spec.cls, agency)) return 'content';
  // Whom it keeps out every agency has to know.
  if (spec.closedTo) return 'step';
  return READERS_OF[service].some((reader) => MATRIX[spec.cls][reader] === 'status') ? 'step' : 'withheld';
};

/** Plain fields that a service is given. */
export const fieldsFor = (service: Service, factType: string, agency: string, owner = agency): readonly string[] => {
  const spec: FactSpec | undefined = Object.hasOwn(allFacts, factType) ? allFacts[factType] : undefined;
  const reading = readingOf(service, factType, agency, owner);
  if (!spec || reading === 'step' || reading === 'withheld') return [];
  return Object.entries(spec.fields)
    .filter(([, field]) => {
      if (field.sealed) return false;
      if (reading === 'whole') return true;
      if (service !== 'insights') return holds(service, field.cls, agency);
      const kind = field.item?.kind ?? field.kind;
      return field.cls === 'D0' && kind !== 'ref' && kind !== 'digest';
    })
    .map(([name]) => name);
};

/** A stored event, as far as a message is made of it; `RecordedEvent` of eventing has this shape. */
export interface StoredFact {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly stream: string;
  readonly revision: number;
  readonly position: string;
  readonly data: Readonly<Record<string, any>>;
  readonly sealed?: Readonly<Record<string, any>>;
  readonly meta: Readonly<{ caseId: string; agency: string; occurredAt: string; recordedAt?: string }>;
}

/** Whose matter a fact is: of the agency it names, else of the one that recorded it. */
const ownerOf = ({ ownField }: FactSpec, data: Readonly<Record<string, unknown>>, agency: string): string => {
  const named = ownField && data[ownField];
  return typeof named === 'string' ? named : agency;
};

/**
 * Type of a message that says no more than that a step of a kind took place; `data` names kind and class (C-10, S),
 * `accountGiven` when the child told it in that step: it is counted for everybody who may know of the step (C-7); and `closedTo`, whom
 * the step keeps out of the case, which no page shows.
 */
export const STEP_TAKEN = 'StepTaken';

/** A message of `feed-<service>` (D4); the same shapes as `Message` of eventing. Every revision arrives, so a gap is visible. */
export type ServiceMessage<E extends StoredFact> =
  | (E & {
      /** Case id; for insights its pseudonym. */
      readonly caseId: string;
      readonly withheld: false;
      /** Classes of the sealed boxes the fact has. The boxes stay where they are: their owner opens them (D5). */
      readonly boxes: readonly string[];
    })
  | {
      readonly caseId: string;
      readonly stream: string;
      readonly revision: number;
      readonly position: string;
      readonly id: string;
      readonly withheld: true;
    };

const today = ({ type, schemaVersion, data }: StoredFact, { upcasts }: FactSpec) => {
  if (schemaVersion > upcasts.length + 1)
    throw new Error(`${type} version ${schemaVersion} is newer than this program`);
  return upcasts.slice(schemaVersion - 1).reduce<Record<string, unknown>>((old, step) => step(old), { ...data });
};

const pick = (data: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(data).filter(([name]) => names.includes(name)));

/**
 * Name of a stream for insights. Each stream keeps a name of its own, or the revisions of two would be taken for repetitions; what
 * follows its kind is a case, or the person who looked.
 */
const disguised = ({ stream, meta }: StoredFact, caseId: string, pseudonym: (name: string) => string): string => {
  const kind = stream.slice(0, stream.indexOf('-'));
  const rest = stream.slice(kind.length + 1);
  return `${kind}-${rest === meta.caseId ? caseId : pseudonym(rest)}`;
};

/**
 * What one reading service is told about one stored fact; the same in the single process and on Kafka.
 * `pseudonym`: keyed and not to be turned back; required for insights, unused for others.
 * Fields are chosen by today's classes, so old shapes are brought to today's first; oversight alone gets events as stored, boxes included,
 * because it signs them (D6).
 * @throws when a stored version is newer than this program
 */
export const toMessage = <E extends StoredFact>(
  service: Service,
  event: E,
  pseudonym?: (caseId: string) => string,
): ServiceMessage<E> => {
  const { type, revision, position, meta, sealed, ...rest } = event;
  const boxes = Object.keys(sealed ?? {}).sort();
  if (service === 'oversight') return { ...event, caseId: meta.caseId, withheld: false, boxes };
  const anonymous = service === 'insights';
  if (anonymous && !pseudonym) throw new Error('The insights feed carries pseudonyms: none was given');
  const caseId = anonymous && pseudonym ? pseudonym(meta.caseId) : meta.caseId;
  const stream = anonymous && pseudonym ? disguised(event, caseId, pseudonym) : event.stream;
  const id = anonymous ? `${stream.replace(/^case-/, '')}-${revision}` : event.id;
  const spec = Object.hasOwn(allFacts, type) ? allFacts[type] : undefined;
  const { occurredAt, recordedAt = occurredAt } = meta;
  // A fact that this program does not know has no classes: it is withheld.
  const plain = spec && today(event, spec);
  const owner = spec && plain ? ownerOf(spec, plain, meta.agency) : meta.agency;
  const reading = readingOf(service, type, meta.agency, owner);
  if (!spec || !plain || reading === 'withheld') return { caseId, stream, revision, position, id, withheld: true };
  const envelope = { revision, position, stream, id, caseId, withheld: false, schemaVersion: spec.upcasts.length + 1 };
  // The spread of generics cannot be followed by the compiler; each member of E is set here or comes from the event.
  if (reading === 'step') {
    const closedTo = spec.closedTo?.(plain);
    return {
      ...envelope,
      type: STEP_TAKEN,
      schemaVersion: 1,
      data: {
        ...{ kind: spec.kind, cls: spec.cls },
        ...(plain['accountGiven'] === true && { accountGiven: true }),
        ...(closedTo && { closedTo }),
      },
      meta: { caseId, agency: '', actor: '', role: '', occurredAt, recordedAt },
      boxes: [],
    } as unknown as ServiceMessage<E>;
  }
  const data = pick(plain, fieldsFor(service, type, meta.agency, owner));
  // A person's id is no statistic, and beside an exact history it would point at one.
  if (anonymous)
    return {
      ...envelope,
      type,
      data,
      meta: { caseId, agency: meta.agency, actor: '', role: '', occurredAt, recordedAt },
      boxes: [],
    } as unknown as ServiceMessage<E>;
  // Who has all but a few codes of a fact would find those by its hash, trying them one after the other. Only oversight verifies (D6).
  const { hash: _, ...told } = meta as typeof meta & { readonly hash?: string };
  return { ...rest, ...envelope, type, data, meta: told, boxes } as unknown as ServiceMessage<E>;
};

/** The table, row by row, for documents and tests: what each service is given of each fact type said by each agency. */
export const serviceTable = (): readonly {
  readonly type: string;
  readonly writers: readonly Service[];
  readonly readings: Readonly<Record<Service, readonly Reading[]>>;
}[] =>
  Object.keys(allFacts)
    .sort()
    .map((type) => ({
      type,
      writers: writersOf(type),
      readings: Object.fromEntries(
        SERVICES.map((service) => [service, AGENCIES.map((agency) => readingOf(service, type, agency))]),
      ) as unknown as Record<Service, readonly Reading[]>,
    }));
