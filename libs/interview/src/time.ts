/** Calculations with given instants and days. Nothing here asks what time it is (D9). */

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

export const addHours = (instant: string, hours: number): string =>
  new Date(Date.parse(instant) + hours * HOUR).toISOString();

export const isBefore = (a: string, b: string): boolean => Date.parse(a) < Date.parse(b);

/** The calendar day of an instant in an IANA zone, `YYYY-MM-DD` (TC-8). */
export const localDay = (instant: string, zone: string): string =>
  new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(
    new Date(instant),
  );

/** Whole calendar days from one instant to another in a zone; negative when the second is earlier. */
export const daysBetween = (from: string, to: string, zone: string): number =>
  (Date.parse(`${localDay(to, zone)}T00:00:00Z`) - Date.parse(`${localDay(from, zone)}T00:00:00Z`)) / DAY;

/** The same day of the month so many months later; the last one of a shorter month. */
export const addMonths = (day: string, months: number): string => {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  const last = new Date(Date.UTC(year, month - 1 + months + 1, 0)).getUTCDate();
  return new Date(Date.UTC(year, month - 1 + months, Math.min(date, last))).toISOString().slice(0, 10);
};
