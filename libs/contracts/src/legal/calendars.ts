import type { StateKey } from '../codes.js';

/**
 * Days on which an authority does not count business days, as versioned reference data (TC-8).
 *
 * TO BE CONFIRMED BY COUNSEL: the statutory days follow article 74 of the Federal Labour Law; the days of the federal judiciary follow
 * article 19 of the Amparo Law; the days of the judiciaries of Morelos and Nayarit and the recesses were not read in their gazettes and are
 * left out unless listed here. A missing closed day makes an alarm ring early, never late; it may also make a time to challenge
 * look shorter than it is, which is why a closure is finalised by a person and not by a clock.
 * A change is a new version with its own validity; what was counted under an old one names it.
 */
export const CALENDAR_KINDS = ['FEDERAL_JUDICIARY', 'STATE_JUDICIARY', 'AGENCY'] as const;
export type CalendarKind = (typeof CALENDAR_KINDS)[number];

export interface CalendarVersion {
  readonly kind: CalendarKind;
  /** Absent: every state that has no version of its own. */
  readonly state?: StateKey;
  readonly version: string;
  /** First and last day it is good for, both included. */
  readonly from: string;
  readonly until: string;
  /** Rules that close days, by name in `CLOSING_RULES`. */
  readonly rules: readonly ClosingRule[];
  /** Further closed days, `YYYY-MM-DD`. */
  readonly closed: readonly string[];
  readonly source: string;
  readonly confirmed: boolean;
}

export interface Calendar {
  readonly kind: CalendarKind;
  readonly state?: StateKey;
}

const two = (n: number) => String(n).padStart(2, '0');
const dated = (year: number, month: number, date: number) => `${year}-${two(month)}-${two(date)}`;
const weekdayOf = (day: string) => new Date(`${day}T00:00:00Z`).getUTCDay();
const shifted = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
const nthMonday = (year: number, month: number, n: number) => {
  const first = weekdayOf(dated(year, month, 1));
  return dated(year, month, 1 + ((8 - first) % 7) + 7 * (n - 1));
};

/** Easter Sunday of the Gregorian calendar (anonymous computus). */
const easter = (year: number) => {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = b >> 2;
  const e = b % 4;
  const g = Math.floor((8 * b + 13) / 25);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = c >> 2;
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const month = Math.floor((h + l - 7 * m + 114) / 31);
  return dated(year, month, ((h + l - 7 * m + 114) % 31) + 1);
};

const CLOSING_RULES = {
  /** LFT 74: with the Mondays in place of 5 February, 21 March and 20 November, and 1 October every six years (2024, 2030). */
  LFT_74: (year: number): readonly string[] => [
    dated(year, 1, 1),
    nthMonday(year, 2, 1),
    nthMonday(year, 3, 3),
    dated(year, 5, 1),
    dated(year, 9, 16),
    ...((year - 2024) % 6 === 0 ? [dated(year, 10, 1)] : []),
    nthMonday(year, 11, 3),
    dated(year, 12, 25),
  ],
  /** Amparo Law 19: by date, beside the Mondays of LFT 74. */
  AMPARO_19: (year: number): readonly string[] => [
    dated(year, 2, 5),
    dated(year, 3, 21),
    dated(year, 5, 5),
    dated(year, 10, 12),
    dated(year, 11, 20),
  ],
  HOLY_WEEK: (year: number): readonly string[] => [shifted(easter(year), -3), shifted(easter(year), -2)],
} as const;
export type ClosingRule = keyof typeof CLOSING_RULES;

export const CALENDARS: readonly CalendarVersion[] = [
  {
    kind: 'FEDERAL_JUDICIARY',
    version: 'federal-judiciary-2025.1',
    from: '2024-01-01',
    until: '2030-12-31',
    rules: ['LFT_74', 'AMPARO_19', 'HOLY_WEEK'],
    closed: [],
    source: 'LFT 74; Ley de Amparo 19',
    confirmed: false,
  },
  {
    kind: 'STATE_JUDICIARY',
    version: 'state-judiciary-2025.1',
    from: '2024-01-01',
    until: '2030-12-31',
    rules: ['LFT_74', 'HOLY_WEEK'],
    closed: [],
    source: 'LFT 74; customary closing of courts',
    confirmed: false,
  },
  {
    kind: 'STATE_JUDICIARY',
    state: '17',
    version: 'judiciary-morelos-2025.1',
    from: '2024-01-01',
    until: '2030-12-31',
    rules: ['LFT_74', 'HOLY_WEEK'],
    closed: [],
    source: 'LFT 74; customary closing of courts',
    confirmed: false,
  },
  {
    kind: 'STATE_JUDICIARY',
    state: '18',
    version: 'judiciary-nayarit-2025.1',
    from: '2024-01-01',
    until: '2030-12-31',
    rules: ['LFT_74', 'HOLY_WEEK'],
    closed: [],
    source: 'LFT 74; customary closing of courts',
    confirmed: false,
  },
  {
    kind: 'AGENCY',
    version: 'agency-2025.1',
    from: '2024-01-01',
    until: '2030-12-31',
    rules: ['LFT_74'],
    closed: [],
    source: 'LFT 74',
    confirmed: false,
  },
];

/** The version in force on a day; the state's own before the general one, the last listed before earlier ones. Undefined outside every validity. */
export const calendarVersion = (
  { kind, state }: Calendar,
  day: string,
  versions: readonly CalendarVersion[] = CALENDARS,
): CalendarVersion | undefined => {
  const inForce = versions.filter((v) => v.kind === kind && v.from <= day && day <= v.until);
  return inForce.findLast((v) => v.state === state) ?? inForce.findLast((v) => v.state === undefined);
};

const closedDays: Record<string, readonly string[]> = {};
const closedIn = (year: number, version: CalendarVersion): readonly string[] =>
  (closedDays[`${version.version} ${year}`] ??= [
    ...version.rules.flatMap((rule) => CLOSING_RULES[rule](year)),
    ...version.closed,
  ]);

/** Outside every validity only weekends and the statutory days are closed: an alarm then rings early rather than late. */
export const isBusinessDay = (day: string, calendar: Calendar): boolean => {
  const weekday = weekdayOf(day);
  if (weekday === 0 || weekday === 6) return false;
  const year = Number(day.slice(0, 4));
  const version = calendarVersion(calendar, day);
  return !(version ? closedIn(year, version) : CLOSING_RULES.LFT_74(year)).includes(day);
};
