import { addMonths, localDay, startOfDay, WRITTEN_ZONE } from '@resguardo/contracts';

/** A quarter of the national calendar, by the clock of the capital: `2026-Q3`. They sort as they follow each other. */
export type Quarter = string;

const ofDay = (day: string): Quarter => `${day.slice(0, 4)}-Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
const firstDay = (quarter: Quarter): string =>
  `${quarter.slice(0, 4)}-${String(Number(quarter.slice(6)) * 3 - 2).padStart(2, '0')}-01`;

export const quarterOf = (instant: string): Quarter => ofDay(localDay(instant, WRITTEN_ZONE));

/** As long as a fact may be on its way when its quarter ends, in milliseconds. */
export const ON_ITS_WAY_MS = 86_400_000;

/** The quarter that runs at an instant, as far as those before it are settled: what was on its way when they ended has had its time. */
export const settledAt = (instant: string): Quarter =>
  quarterOf(new Date(Date.parse(instant) - ON_ITS_WAY_MS).toISOString());

/** `by` quarters later; earlier when negative. */
export const quarterAfter = (quarter: Quarter, by: number): Quarter => ofDay(addMonths(firstDay(quarter), 3 * by));

/** Its first instant, UTC. */
export const startOf = (quarter: Quarter): string => startOfDay(firstDay(quarter), WRITTEN_ZONE);
/** The first instant that is no longer in it, UTC. */
export const endOf = (quarter: Quarter): string => startOf(quarterAfter(quarter, 1));
