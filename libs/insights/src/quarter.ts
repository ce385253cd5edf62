import { addMonths, localDay, startOfDay, WRITTEN_ZONE } from '@resguardo/contracts';

/** A quarter of the national calendar, by the clock of the capital: `2026-Q3`. They sort as they follow each other. */
export type Quarter = string;

const ofDay = (day: string): Quarter => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
const firstDay = (quarter: Quarter): string =>
  `${quarter.slice(0, 4)}-${String(Number(quarter.slice(6)) * 3 - 2).padStart(2, '0')}-01`;

export const quarterOf = (instant: string): Quarter => ofDay(localDay(instant, WRITTEN_ZONE));

/** `by` quarters later; earlier when negative. */
export const quarterAfter = (quarter: Quarter, by: number): Quarter => ofDay(addMonths(firstDay(quarter), 3 * by));

/** Its first instant, UTC. */
export const startOf = (quarter: Quarter): string => startOfDay(firstDay(quarter), WRITTEN_ZONE);
/** The first instant that is no longer in it, UTC. */
export const endOf = (quarter: Quarter): string => startOf(quarterAfter(quarter, 1));
