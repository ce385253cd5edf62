import { createHmac } from 'node:crypto';
import { uuidv5 } from '@resguardo/eventing';

/** Victims that one report may name; each is a case (C-15). */
export const VICTIMS = 50;

/**
 * What stands for a report's number, for a document and for a file of the platform wherever they are not sealed. Numbers are the prosecutor's
 * alone and so short that whoever has a digest of one finds it by trying them all, and a document is known but for its number: not without the key.
 */
export const platformPseudonyms = (key: Buffer) => {
  const of = (kind: string, said: string) => createHmac('sha256', key).update(`platform ${kind}/${said}`);
  return {
    ofNumber: (reportId: string): string => of('report number', reportId).digest('base64url'),
    /** @param digest of its canonical form */
    ofDocument: (digest: string): string => of('document', digest).digest('hex'),
    ofFile: (fileId: string): string => of('file', fileId).digest('base64url'),
  };
};

/** @param reference pseudonym of its number, else of its document */
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
