import { AGENCIES } from '@resguardo/contracts';

const HOUR_MS = 3_600_000;
/** longest access, and latest review. Clock hours, nights and holidays included (TC-1). */
export const ACCESS_HOURS = 4;
export const REVIEW_HOURS = 72;
/** A reason of fewer characters says nothing. */
export const LEAST_REASON = 20;

const after = (at: string, hours: number): string => new Date(new Date(at).getTime() + hours * HOUR_MS).toISOString();

/** Moment (UTC) at which a break-glass used at `at` ends. */
export const untilOf = (at: string): string => after(at, ACCESS_HOURS);
export const reviewDueAt = (at: string): string => after(at, REVIEW_HOURS);

/** Agencies whose supervisors are told; outsiders have none. */
export const added = (agency: string, other: string): readonly string[] =>
  agency === other || !AGENCIES.some((known) => known === agency) ? [other] : [agency, other];
