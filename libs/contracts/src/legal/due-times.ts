import { AGENCIES } from '../classes.js';
import type { Agency } from '../classes.js';
import type { StateKey, Zone } from '../codes.js';
import { STATES, ZONE_OF_STATE, ZONES } from '../codes.js';
import type { About } from '../facts.js';
import { allFacts } from '../timeline/index.js';
import type { Calendar } from './calendars.js';
import type { DeadlineRow, Limit } from './deadlines.js';
import { callsForPromptInterview } from './report.js';
import { DEADLINES } from './deadlines.js';
import {
  addMonths,
  afterBusinessDays,
  afterCalendarDays,
  afterHours,
  daysBetween,
  endOfDay,
  localDay,
} from './time.js';

/** A fact as read from the stream: plain fields only. */
export interface SaidFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly about: About;
}

/** What the counting of time reads of a fact. A `SaidFact` is one. */
export interface TermFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly about: Pick<About, 'eventId' | 'revision' | 'agency' | 'occurredAt'>;
}

/** `met`: in time. `late`: done after its time. `missed`: its time has passed and nothing was done. `paused`: by the child's own right (TC-9), never missed. */
export type DueState = 'running' | 'met' | 'late' | 'missed' | 'paused';

export interface DueTime {
  readonly key: string;
  readonly rule: string;
  /** Event that started it, and its type: whoever may not know of that fact may not know of this time. */
  readonly startedBy: string;
  readonly startType: string;
  /** When to act by: the alarm, UTC. */
  readonly dueAt: string;
  /** Where the count is ambiguous, the later date: before it nothing is breached (TC-7). */
  readonly breachAt?: string;
  readonly metBy?: string;
  readonly state: DueState;
  /** Agencies that must act; empty when it is a supervisor's. */
  readonly duty: readonly Agency[];
}

interface Where {
  readonly zone: Zone;
  readonly state: StateKey;
}

const isOneOf = <T extends string>(list: readonly T[], value: unknown): value is T =>
  list.some((known) => known === value);

const whereOf = (facts: readonly TermFact[]): Where => {
  const opened = facts.find(({ type }) => type === 'CaseOpened');
  const state = isOneOf(STATES, opened?.data['state']) ? opened.data['state'] : '09';
  return { state, zone: isOneOf(ZONES, opened?.data['zone']) ? opened.data['zone'] : ZONE_OF_STATE[state] };
};

const TYPES: Record<string, string> = {};
const typeOf = (name: string): string => (TYPES[name] ??= name.split('[')[0] ?? name);

const QUALIFIERS: Record<string, readonly string[]> = {};
const qualifiersOf = (name: string): readonly string[] =>
  (QUALIFIERS[name] ??=
    /\[(.*)\]/
      .exec(name)?.[1]
      ?.split(',')
      .map((code) => (code === 'urgent' ? 'URGENT' : code)) ?? []);

/** Does a fact of its type answer to `Type[QUALIFIER]`? A qualifier is any plain code of the fact. */
const answers = ({ data }: TermFact, name: string): boolean => {
  const wanted = qualifiersOf(name);
  return wanted.length === 0 || wanted.every((code) => Object.values(data).includes(code));
};

/** How one row differs from "a start, then any stop after it". */
interface Pairing {
  /** Only the first start counts, and a stop before it counts as well: the thing is done or it is not. */
  readonly once?: boolean;
  /** The stop names its start: by the start's event id, or by a field both carry. */
  readonly by?: (start: TermFact, stop: TermFact) => boolean;
  readonly startsOn?: (fact: TermFact, facts: readonly TermFact[]) => boolean;
  readonly stopsOn?: (fact: TermFact) => boolean;
  /** Counted in time if the start itself settles it. */
  readonly settled?: (start: TermFact) => boolean;
  readonly limit?: (start: TermFact, facts: readonly TermFact[]) => Limit;
  /** The fact says when it ends; nothing is counted. */
  readonly dueAt?: (start: TermFact, facts: readonly TermFact[]) => string | undefined;
  readonly pausable?: boolean;
  /** A later start ends the earlier wait, as a message does to the one before. */
  readonly restarts?: boolean;
}

const names = (field: string) => (start: TermFact, stop: TermFact) => stop.data[field] === start.about.eventId;
const sharing = (field: string) => (start: TermFact, stop: TermFact) => stop.data[field] === start.data[field];
const ordinary = (fact: TermFact) => fact.data['urgency'] !== 'URGENT';
const text = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** seven days when the facts are recent, were told at once in full, or protection needs it; fourteen under six; else twenty-one. */
const interviewLimit = (report: TermFact, facts: readonly TermFact[]): Limit => {
  const completes = ({ type, data }: TermFact) =>
    type === 'ReportCompleted' && data['reportId'] === report.about.eventId;
  if (
    [report, ...facts.filter(completes)].some(
      ({ data }) => data['promptInterview'] === true || callsForPromptInterview(data),
    )
  )
    return 7;
  return facts.some(({ type, data }) => type === 'CaseOpened' && data['underSix'] === 'YES') ? 14 : 21;
};

/** as opened, or as shortened since. */
const roundCloses = (opened: TermFact, facts: readonly TermFact[]) =>
  text(
    facts.findLast(
      ({ type, data }) => type === 'QuestionRoundShortened' && data['interviewId'] === opened.data['interviewId'],
    )?.data['closesAt'] ?? opened.data['closesAt'],
  );

const PAIRINGS: Readonly<Record<string, Pairing>> = {
  pfpnna_notice: { once: true, settled: ({ about }) => about.agency === 'CHILD_PROTECTION' },
  guardian_decision: { once: true },
  forward_prosecutor: {
    settled: ({ about }) => about.agency === 'PROSECUTOR',
    stopsOn: ({ data }) => data['to'] === 'PROSECUTOR' || data['to'] === 'FEDERAL_PROSECUTOR',
  },
  forward_outer: {
    settled: ({ about }) => about.agency === 'PROSECUTOR',
    stopsOn: ({ data }) => data['to'] === 'PROSECUTOR' || data['to'] === 'FEDERAL_PROSECUTOR',
  },
  assign_rep: { once: true },
  assign_adviser: { once: true },
  status_info: { restarts: true },
  closure_challenge: { dueAt: (start) => text(start.data['challengeUntil']) },
  act_request: { by: names('requestId') },
  attendance_support: { by: names('requestId') },
  interview: { once: true, limit: interviewLimit, pausable: true },
  record_access: { by: sharing('requestId') },
  competence: { by: names('declinedId') },
  referral: { by: names('referralId'), startsOn: ordinary },
  referral_urgent: { by: names('referralId') },
  same_facts: { by: sharing('otherCaseId'), startsOn: ordinary },
  same_facts_urgent: { by: sharing('otherCaseId') },
  case_review: { restarts: true },
  break_glass_review: { by: sharing('glassId') },
  testimony_measures: {
    by: sharing('hearingId'),
    dueAt: (start) => text(start.data['measuresDue']),
    startsOn: ({ data }) => data['childAttends'] === true,
  },
  question_round: { by: sharing('interviewId'), dueAt: roundCloses },
  anticipated_decision_urgent: {
    startsOn: (_, facts) =>
      facts.some(({ type, data }) => type === 'InterviewPlanned' && typeof data['evidenceDecisionDue'] === 'string'),
    once: true,
  },
};

/** Stops that the registry writes under another name, or that end a wait as well. */
const ALSO_STOPS: Readonly<Record<string, readonly string[]>> = {
  question_round: ['InterviewCancelled'],
  record_access: ['RecordAccessDenied'],
  referral: ['ReferralWithdrawn'],
  referral_urgent: ['ReferralWithdrawn'],
};

const counted = (at: string, limit: number, cal: DeadlineRow['cal'], { zone }: Where, calendar: Calendar) => {
  switch (cal) {
    case 'H':
      return { dueAt: afterHours(at, limit) };
    case 'C':
      return { dueAt: afterCalendarDays(at, limit, zone) };
    case 'B':
      return { dueAt: afterBusinessDays(at, limit, zone, calendar) };
    case 'C|B':
      return {
        dueAt: afterCalendarDays(at, limit, zone),
        breachAt: afterBusinessDays(at, limit, zone, calendar),
      };
  }
};

const countedDue = (
  row: Pick<DeadlineRow, 'cal' | 'calendar'>,
  limit: Limit,
  at: string,
  where: Where,
): { readonly dueAt: string; readonly breachAt?: string } => {
  if (limit === 'SAME_DAY') return { dueAt: endOfDay(localDay(at, where.zone), where.zone) };
  const calendar: Calendar = { kind: row.calendar, state: where.state };
  if (typeof limit === 'number') return counted(at, limit, row.cal, where, calendar);
  if ('months' in limit) return { dueAt: endOfDay(addMonths(localDay(at, where.zone), limit.months), where.zone) };
  const all = limit.oneOf.map((n) => counted(at, n, row.cal, where, calendar).dueAt).sort();
  return { dueAt: all[0]!, breachAt: all.at(-1)! };
};

/** Counting days in a zone is the dear part, and the same fact is counted anew with every fact that follows it. */
const MOST_DUES = 50_000;
let dues = new WeakMap<object, Record<string, ReturnType<typeof countedDue>>>();
let duesKept = 0;

/** When a limit that starts at an instant ends: the alarm and, where the count is ambiguous, the breach (TC-7). */
export const dueOf = (
  row: Pick<DeadlineRow, 'cal' | 'calendar'>,
  limit: Limit,
  at: string,
  where: Where,
): ReturnType<typeof countedDue> => {
  const key = `${at} ${typeof limit === 'object' ? JSON.stringify(limit) : limit} ${where.zone} ${where.state}`;
  const known = dues.get(row)?.[key];
  if (known) return known;
  if (++duesKept > MOST_DUES) {
    dues = new WeakMap();
    duesKept = 1;
  }
  const due = countedDue(row, limit, at, where);
  const ofRow = dues.get(row) ?? {};
  ofRow[key] = due;
  dues.set(row, ofRow);
  return due;
};

const days = new WeakMap<TermFact, { readonly zone: Zone; readonly day: string }>();

/** The day on which a fact happened. */
const dayOf = (fact: TermFact, { zone }: Where): string => {
  const known = days.get(fact);
  if (known?.zone === zone) return known.day;
  const day = localDay(fact.about.occurredAt, zone);
  days.set(fact, { zone, day });
  return day;
};

interface Pause {
  readonly from: string;
  readonly until?: string;
}

/** TC-9: the child's own stabilisation stops the clock until it is said to have ended. */
const pausesOf = (facts: readonly TermFact[]): readonly Pause[] =>
  facts
    .filter(({ type }) => type === 'StabilisationPeriodRecognised')
    .map(({ about }) => {
      const end = facts.find((f) => f.type === 'StabilisationPeriodEnded' && f.about.occurredAt >= about.occurredAt)
        ?.about.occurredAt;
      return { from: about.occurredAt, ...(end && { until: end }) };
    });

/** Time taken out of the count after `at`, in milliseconds; overlapping pauses are counted once. */
const pausedFor = (pauses: readonly Pause[], at: string): number => {
  if (pauses.length === 0) return 0;
  let upTo = Date.parse(at);
  return [...pauses]
    .sort((a, b) => a.from.localeCompare(b.from))
    .reduce((sum, { from, until }) => {
      if (!until) return sum;
      const start = Math.max(upTo, Date.parse(from));
      const end = Math.max(start, Date.parse(until));
      upTo = end;
      return sum + (end - start);
    }, 0);
};

const later = (at: string, ms: number) => new Date(Date.parse(at) + ms).toISOString();

const dutyOf = ({ duty }: DeadlineRow, start: TermFact, facts: readonly TermFact[]): readonly Agency[] => {
  const agency = (value: unknown): readonly Agency[] => (isOneOf(AGENCIES, value) ? [value] : []);
  switch (duty) {
    case 'RECORDER':
      return agency(start.about.agency);
    case 'RECEIVER':
      return agency(start.data['to']);
    case 'EVERYONE':
      return AGENCIES;
    case 'SUPERVISOR':
      return [];
    case 'RESPONSIBLE':
      return responsibleAgency(facts);
    case 'VICTIMS_COMMISSION':
    case 'CHILD_PROTECTION':
    case 'PROSECUTOR':
    case 'HEALTH':
      return [duty];
  }
};

/** The agency responsible now; none only where there is no case (C-9). */
const responsibleAgency = (facts: readonly TermFact[]): readonly Agency[] => {
  const moved = facts.findLast(({ type }) => type === 'ResponsibilityAccepted' || type === 'CaseOpened');
  const agency = moved?.data['agency'] ?? moved?.data['sourceAgency'];
  return isOneOf(AGENCIES, agency) ? [agency] : [];
};

const byTime = (a: TermFact, b: TermFact) =>
  a.about.occurredAt < b.about.occurredAt
    ? -1
    : a.about.occurredAt > b.about.occurredAt
      ? 1
      : a.about.revision - b.about.revision;

/** Names of facts by their type. */
type Wanted = readonly { readonly type: string; readonly names: readonly string[] }[];
const wantedOf = (names: readonly string[]): Wanted =>
  names
    .map(typeOf)
    .filter((type, i, all) => all.indexOf(type) === i)
    .map((type) => ({ type, names: names.filter((name) => typeOf(name) === type) }));

/** A row of the registry as it is counted. */
interface Counted {
  readonly row: DeadlineRow;
  readonly pairing: Pairing;
  readonly starts: Wanted;
  readonly stops: Wanted;
}

/** A registry never changes while the program runs: looked through once. */
const looked = new WeakMap<readonly DeadlineRow[], readonly Counted[]>();
const computable = (registry: readonly DeadlineRow[]): readonly Counted[] => {
  const rows = looked.get(registry) ?? computableOf(registry);
  looked.set(registry, rows);
  return rows;
};

/** Rows that can be computed today: a start and a stop are among the facts that somebody records. */
const computableOf = (registry: readonly DeadlineRow[]): readonly Counted[] =>
  registry
    .filter(
      ({ key, start, stop, limit }) =>
        // Counted back from a planned act: only where a fact says when that is.
        (key in PAIRINGS || typeof limit !== 'number' || limit >= 0) &&
        start.some((name) => Object.hasOwn(allFacts, typeOf(name))) &&
        stop.some((name) => Object.hasOwn(allFacts, typeOf(name))),
    )
    .map((row) => ({
      row,
      pairing: PAIRINGS[row.key] ?? {},
      starts: wantedOf(row.start),
      stops: wantedOf([...row.stop, ...(ALSO_STOPS[row.key] ?? [])]),
    }));

type ByType = Readonly<Record<string, readonly TermFact[]>>;
const NONE: readonly TermFact[] = [];

/** Facts that answer to one of the names, in the order of time; only those of the named types are looked at. */
const answering = (wanted: Wanted, byType: ByType): readonly TermFact[] => {
  const there = wanted.filter(({ type }) => byType[type] !== undefined);
  if (there.length === 0) return NONE;
  const found = there.flatMap(({ type, names }) =>
    byType[type]!.filter((fact) => names.some((name) => answers(fact, name))),
  );
  return there.length > 1 ? found.sort(byTime) : found;
};

const timesOf = (
  { row, pairing, ...wanted }: Counted,
  facts: readonly TermFact[],
  byType: ByType,
  where: Where,
  pauses: readonly Pause[],
  now: string,
): readonly DueTime[] => {
  const stops = answering(wanted.stops, byType).filter((fact) => pairing.stopsOn?.(fact) ?? true);
  const starts = answering(wanted.starts, byType).filter((fact) => {
    const day = dayOf(fact, where);
    return (
      row.from <= day && (row.until === undefined || day <= row.until) && (pairing.startsOn?.(fact, facts) ?? true)
    );
  });
  const paused = pairing.pausable ? pauses : [];
  const times = starts.map((start): DueTime => {
    const at = start.about.occurredAt;
    const stop = stops.find(
      (fact) =>
        fact !== start &&
        (pairing.by?.(start, fact) ?? true) &&
        (pairing.once || (pairing.restarts ? byTime(fact, start) > 0 : fact.about.occurredAt >= at)),
    );
    const said = pairing.dueAt?.(start, facts);
    const base = said
      ? { dueAt: said.length === 10 ? endOfDay(said, where.zone) : said }
      : dueOf(row, pairing.limit?.(start, facts) ?? row.limit, at, where);
    const pausedMs = pausedFor(paused, at);
    // What a fact says may be written in another form of the same instant; what was counted is in the one form already.
    const dueAt = said || pausedMs > 0 ? later(base.dueAt, pausedMs) : base.dueAt;
    const breachAt = 'breachAt' in base && base.breachAt ? later(base.breachAt, pausedMs) : undefined;
    const settled = pairing.settled?.(start) ?? false;
    const stoppedAt = settled ? at : stop?.about.occurredAt;
    const last = breachAt ?? dueAt;
    const stillPaused = paused.some(({ from, until }) => !until && from <= now && from <= last);
    const state: DueState = stoppedAt
      ? stoppedAt <= last
        ? 'met'
        : 'late'
      : stillPaused
        ? 'paused'
        : now <= last
          ? 'running'
          : 'missed';
    const metBy = settled ? start.about.eventId : stop?.about.eventId;
    return {
      key: row.key,
      rule: row.rule,
      startedBy: start.about.eventId,
      startType: start.type,
      dueAt,
      ...(breachAt && { breachAt }),
      ...(metBy && { metBy }),
      state,
      duty: dutyOf(row, start, facts),
    };
  });
  if (!pairing.once) return times;
  // Done or not: the earliest of the times is the one that binds.
  const first = [...times].sort((a, b) => a.dueAt.localeCompare(b.dueAt))[0];
  return first ? [first] : [];
};

/**
 * Every due time that follows from a case's facts, whichever agency recorded them (C-16). Pure: the same facts and the same `now` give the same answer.
 * A retracted fact starts and stops nothing. Facts are compared by when they happened (C-8), so a late entry changes what is computed here
 * and no earlier stamp. A closed case's times are settled and left out, except those that were late or missed.
 */
export const dueTimes = (
  facts: readonly TermFact[],
  now: string,
  registry: readonly DeadlineRow[] = DEADLINES,
): readonly DueTime[] => {
  const retracted = facts.filter(({ type }) => type === 'FactRetracted').map(({ data }) => data['eventId']);
  const standing = facts.filter(({ about }) => !retracted.includes(about.eventId)).sort(byTime);
  const where = whereOf(standing);
  const pauses = pausesOf(standing);
  const byType: Record<string, TermFact[]> = Object.create(null);
  for (const fact of standing) (byType[fact.type] ??= []).push(fact);
  const times = computable(registry)
    // Most rows start from facts that this case does not have.
    .filter(({ starts }) => starts.some(({ type }) => byType[type] !== undefined))
    .flatMap((row) => timesOf(row, standing, byType, where, pauses, now));
  const end = standing.findLast(({ type }) => type === 'CaseClosed' || type === 'CaseReopened');
  const closedAt = end?.type === 'CaseClosed' ? end.about.occurredAt : undefined;
  return closedAt
    ? times.filter(
        ({ state, dueAt, breachAt }) => state === 'late' || (state === 'missed' && (breachAt ?? dueAt) < closedAt),
      )
    : times;
};

/** Facts that no row starts or stops with, but by which all times of a case, or those of others, are counted. */
export const COUNTED_BY: readonly string[] = [
  'CaseOpened',
  'CaseClosed',
  'CaseReopened',
  'FactRetracted',
  'InterviewCancelled',
  'InterviewPlanned',
  'QuestionRoundShortened',
  'RecordAccessDenied',
  'ReferralWithdrawn',
  'ReportCompleted',
  'ResponsibilityAccepted',
  'StabilisationPeriodEnded',
  'StabilisationPeriodRecognised',
];

/** Rows that facts of a type start, when they do nothing else: undefined for a type that also stops or shifts times, or whose starts count once. */
const startedOf = (type: string): readonly DeadlineRow[] | undefined => {
  const isOne = (one: { readonly type: string }) => one.type === type;
  const rows = computable(DEADLINES);
  const started = rows.filter(({ starts }) => starts.some(isOne));
  return COUNTED_BY.includes(type) ||
    rows.some(({ stops }) => stops.some(isOne)) ||
    started.some((row) => row.pairing.once)
    ? undefined
    : started.map(({ row }) => row);
};
const STARTED: Record<string, { readonly rows: readonly DeadlineRow[] | undefined }> = {};
const startedBy = (type: string) => (STARTED[type] ??= { rows: startedOf(type) }).rows;

/** Whether facts of this type start times of their own and leave all other times of the case as they are. */
export const onlyStarts = (type: string): boolean => startedBy(type) !== undefined;

/**
 * Of `dueTimes`, those that a fact starts that `onlyStarts`. So the times of a case can be counted as facts come.
 * @param others the other facts of the case; those that only start times are of no matter
 */
export const timesStartedBy = (start: TermFact, others: readonly TermFact[], now: string): readonly DueTime[] =>
  dueTimes([...others, start], now, startedBy(start.type) ?? []);

/** Fields that the pairings, the place and the duties above read. */
const READ = [
  'agency',
  'challengeUntil',
  'childAttends',
  'closesAt',
  'declinedId',
  'eventId',
  'evidenceDecisionDue',
  'factsRecent',
  'promptInterview',
  'glassId',
  'hearingId',
  'immediateFullAccount',
  'interviewId',
  'measuresDue',
  'otherCaseId',
  'referralId',
  'reportId',
  'requestId',
  'sourceAgency',
  'specialProtectionNeed',
  'state',
  'to',
  'underSix',
  'urgency',
  'zone',
];
const CODES = DEADLINES.flatMap(({ start, stop }) => [...start, ...stop].flatMap(qualifiersOf));

/** A fact cut to what `dueTimes` with the registry reads of it, for keeping: the same times follow from it. */
export const termFact = ({ type, data, about }: TermFact): TermFact => ({
  type,
  data: Object.fromEntries(
    Object.entries(data).filter(([name, value]) => READ.includes(name) || CODES.some((code) => code === value)),
  ),
  about: {
    eventId: about.eventId,
    revision: about.revision,
    agency: about.agency,
    occurredAt: about.occurredAt,
  },
});

/** days since the first report, and what that calls for. */
export const ageOfCase = (
  facts: readonly SaidFact[],
  now: string,
): { readonly days: number; readonly level: 'NONE' | 'NOTE' | 'SIGNAL' | 'SIGNAL_HIGH' } => {
  const { zone } = whereOf(facts);
  const first = facts.filter(({ type }) => type === 'ReportReceived' || type === 'CaseOpened').sort(byTime)[0];
  const days = first ? daysBetween(localDay(first.about.occurredAt, zone), localDay(now, zone)) : 0;
  return { days, level: days >= 730 ? 'SIGNAL_HIGH' : days >= 365 ? 'SIGNAL' : days >= 180 ? 'NOTE' : 'NONE' };
};

/**
 * days without a substantive step, and what that calls for. Time in which the child's own stabilisation is recognised is not counted (TC-9).
 */
export const inactivity = (
  facts: readonly SaidFact[],
  now: string,
): { readonly days: number; readonly level: 'NONE' | 'NOTE' | 'SIGNAL' | 'SIGNAL_HIGH'; readonly paused: boolean } => {
  const { zone } = whereOf(facts);
  const retracted = facts.filter(({ type }) => type === 'FactRetracted').map(({ data }) => data['eventId']);
  const last = facts
    .filter(({ type, about }) => allFacts[type]?.substantive === true && !retracted.includes(about.eventId))
    .sort(byTime)
    .at(-1);
  if (!last) return { days: 0, level: 'NONE', paused: false };
  const pauses = pausesOf(facts);
  const open = pauses
    .filter(({ until }) => !until)
    .map(({ from }) => from)
    .sort()[0];
  const until = open && open < now ? open : now;
  const taken = Math.floor(pausedFor(pauses, last.about.occurredAt) / 86_400_000);
  const days = Math.max(0, daysBetween(localDay(last.about.occurredAt, zone), localDay(until, zone)) - taken);
  const level = days >= 90 ? 'SIGNAL_HIGH' : days >= 60 ? 'SIGNAL' : days >= 30 ? 'NOTE' : 'NONE';
  return { days, level, paused: open !== undefined };
};
