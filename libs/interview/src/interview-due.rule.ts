import type { View } from './interview.state.js';
import { dueDays, held } from './interview.state.js';
import { addDays, daysBetween, localDay } from './time.js';

/**
 * The day by which the single interview is held: 7, 14 or 21 calendar days from the report, in the zone of the case.
 * Days of stabilisation do not count (TC-9): the date is then "paused by the child's right", never missed.
 */
export const interviewDueOn = (
  view: View,
  at: string,
): { readonly due: string; readonly paused: boolean } | undefined => {
  const dates = view.reports.map((report) => addDays(localDay(report.at, view.zone), dueDays(view, report)));
  const [first] = [...dates].sort();
  if (!first) return undefined;
  const days = view.pauses.reduce((sum, { from, until }) => sum + daysBetween(from, until ?? at, view.zone), 0);
  return { due: addDays(first, Math.max(0, days)), paused: view.pauses.some(({ until }) => until === null) };
};

export const interviewOverdue = (view: View, at: string): boolean => {
  const due = interviewDueOn(view, at);
  return due !== undefined && !due.paused && !view.interviews.some(held) && localDay(at, view.zone) > due.due;
};
