import type { Zone } from '../codes.js';
import type { Calendar } from './calendars.js';
import { isBusinessDay } from './calendars.js';

/**
 * Counting of legal time (TC-1 to TC-8). Pure: instants are UTC ISO 8601, days are `YYYY-MM-DD` in a zone,
 * and the only knowledge of zones is that of `Intl`. A limit given in days ends with the last millisecond of its last day.
 */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const formats: Record<string, Intl.DateTimeFormat> = {};
const formatOf = (zone: Zone) =>
  (formats[zone] ??= new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }));

/** No zone changes its clock inside a quarter of an hour, so its offset is asked of Intl once for each. */
const QUARTER = 15 * 60_000;
const REMEMBERED = 20_000;
let offsets: Record<string, number> = {};
let remembered = 0;

const offsetAt = (ms: number, zone: Zone): number => {
  const quarter = Math.floor(ms / QUARTER) * QUARTER;
  const key = `${zone} ${quarter}`;
  const known = offsets[key];
  if (known !== undefined) return known;
  const part = Object.fromEntries(
    formatOf(zone)
      .formatToParts(quarter)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>;
  const offset = Date.UTC(part.year, part.month - 1, part.day, part.hour, part.minute, part.second) - quarter;
  if (++remembered > REMEMBERED) {
    offsets = {};
    remembered = 1;
  }
  offsets[key] = offset;
  return offset;
};

/** Wall clock of an instant as if it were UTC, in milliseconds, whole seconds. */
const wall = (ms: number, zone: Zone): number => Math.floor(ms / 1000) * 1000 + offsetAt(ms, zone);

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const msOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** The calendar day on which an instant falls in a zone. */
export const localDay = (at: string, zone: Zone): string => dayOf(wall(Date.parse(at), zone));

/** `days` may be negative. */
export const addDays = (day: string, days: number): string => dayOf(msOf(day) + days * DAY);

/** The same day number `months` later, or the last day of that month when it has none. */
export const addMonths = (day: string, months: number): string => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return dayOf(Date.UTC(year, month - 1 + months, Math.min(date, last)));
};

/** Whole days from one day to another; negative when `to` is earlier. */
export const daysBetween = (from: string, to: string): number => Math.round((msOf(to) - msOf(from)) / DAY);

/** 0 Sunday to 6 Saturday. */
export const weekday = (day: string): number => new Date(msOf(day)).getUTCDay();

/** First instant of a day in a zone, also where a clock change takes midnight away. */
export const startOfDay = (day: string, zone: Zone): string => {
  const midnight = msOf(day);
  const offsets = [midnight - DAY, midnight + DAY].map((near) => wall(near, zone) - near);
  const instants = offsets.map((offset) => midnight - offset).filter((ms) => dayOf(wall(ms, zone)) === day);
  return new Date(Math.min(...instants)).toISOString();
};

/** Last millisecond of a day in a zone. */
export const endOfDay = (day: string, zone: Zone): string =>
  new Date(Date.parse(startOfDay(addDays(day, 1), zone)) - 1).toISOString();

/** TC-1: hours run from moment to moment, nights and holidays included. */
export const afterHours = (at: string, hours: number): string => new Date(Date.parse(at) + hours * HOUR).toISOString();

/** TC-3: calendar days; the day on which it starts is not counted. */
export const afterCalendarDays = (at: string, days: number, zone: Zone): string =>
  endOfDay(addDays(localDay(at, zone), days), zone);

export const afterMonths = (at: string, months: number, zone: Zone): string =>
  endOfDay(addMonths(localDay(at, zone), months), zone);

/**
 * The n-th business day after a day (before it, when n is negative); the day itself is never counted.
 * For notices this is TC-2 with TC-6: a notice takes effect the day after it is made, and that day is the first one counted if it is a business day.
 */
export const businessDay = (from: string, n: number, calendar: Calendar): string => {
  const step = n < 0 ? -1 : 1;
  let day = from;
  for (let left = Math.abs(n); left > 0;) {
    day = addDays(day, step);
    if (isBusinessDay(day, calendar)) left--;
  }
  return day;
};

/** End of the n-th business day after (before) the day of an instant. */
export const afterBusinessDays = (at: string, n: number, zone: Zone, calendar: Calendar): string =>
  endOfDay(businessDay(localDay(at, zone), n, calendar), zone);

/** A limit that falls on a non-business day moves to the next business day (TC-2). */
export const movedToBusinessDay = (day: string, calendar: Calendar): string =>
  isBusinessDay(day, calendar) ? day : businessDay(day, 1, calendar);
