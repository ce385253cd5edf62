import { createHmac } from 'node:crypto';
import { uuidv5 } from '@resguardo/eventing';

/** Victims that one report may name; each is a case (C-15). */
export const VICTIMS = 50;

/**
 * What stands for a report's number with the clearing house wherever it is not sealed. The number is the prosecutor's alone and so short that
 * whoever has a digest of it finds it by trying them all: not without the key.
 */
export const reportPseudonyms =
  (key: Buffer) =>
  (reportId: string): string =>
    createHmac('sha256', key).update(`platform report number/${reportId}`).digest('base64url');

/** @param reference pseudonym of its number, else the digest of its document */
export const reportKeyOf = (reference: string): string => uuidv5('platform-report', 'key', reference);

/** Cases by victim's number, under the key of their report (C-15): the same whoever imports it, and whenever. */
export const platformCaseId = (reportKey: string, victimNumber: number): string =>
  uuidv5('platform-report', reportKey, victimNumber);

export const casesOf = ({
  reportKey,
  cases,
}: {
  readonly reportKey: string;
  readonly cases: number;
}): readonly string[] => Array.from({ length: cases }, (_, i) => platformCaseId(reportKey, i + 1));
