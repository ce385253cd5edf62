import type { Form, ReportQuestion, StateKey, Zone } from '../codes.js';
import { REPORT_QUESTIONS } from '../codes.js';
import { localDay } from './time.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The folio: state, year and eight signs that cannot be confused when read aloud. Made from the case's id, so the same case has one folio;
 * 40 bits within a state and a year. It opens nothing (C-9).
 */
export const folioOf = (caseId: string, state: StateKey, at: string, zone: Zone): string =>
  `${state}-${localDay(at, zone).slice(2, 4)}-${signsOf(caseId)}`;

const signsOf = (caseId: string): string => {
  let rest = parseInt(caseId.replaceAll('-', '').slice(0, 10), 16);
  let signs = '';
  for (let i = 0; i < 8; i++) {
    signs = ALPHABET.charAt(rest % 32) + signs;
    rest = Math.floor(rest / 32);
  }
  return signs;
};

const FOLIO = /^\d{2}-\d{2}-([0-9A-HJKMNP-TV-Z]{8})$/;

/**
 * One name for a case, by its id or by its folio, where only one of them is known: its eight signs. Undefined for what is no folio:
 * somebody's name typed into the wrong field names no case and is written nowhere.
 */
export const caseSigns = ({
  caseId,
  folio,
}: {
  readonly caseId?: string | null;
  readonly folio?: string | null;
}): string | undefined =>
  caseId
    ? /^[0-9a-f-]{36}$/i.test(caseId)
      ? signsOf(caseId)
      : undefined
    : FOLIO.exec((folio ?? '').trim().toUpperCase())?.[1];

/**
 * Whether a folio could be, or begin, or end like this. Asked before a text that somebody typed goes to the database: a name typed
 * into the wrong field is not sent there, and so cannot stand in a log of statements.
 */
export const couldBeFolio = (text: string): boolean => /^[0-9A-Z-]{1,14}$/i.test(text);

/** does anything in the report call for the single interview within seven days? */
export const callsForPromptInterview = (report: {
  readonly factsRecent?: unknown;
  readonly immediateFullAccount?: unknown;
  readonly specialProtectionNeed?: unknown;
}): boolean =>
  report.factsRecent === 'YES' || report.immediateFullAccount === true || report.specialProtectionNeed === true;

/** Questions that a report, or what completes it, answers. "Unknown" is an answer; saying nothing is none (M-2). */
export const answeredIn = (said: Partial<Record<ReportQuestion, unknown>>): readonly ReportQuestion[] =>
  REPORT_QUESTIONS.filter((question) => said[question] !== undefined);

/** What one fact says of a report: the one that received it, or one that completes it. */
interface Said {
  readonly eventId: string;
  readonly answered: readonly ReportQuestion[];
  readonly urgent: boolean;
  readonly accountGiven: boolean;
}

/** A report and what is known of it. */
export interface KnownReport {
  readonly reportId: string;
  readonly said: readonly Said[];
}

interface ReportFact {
  readonly type: string;
  readonly data: object;
  readonly about: { readonly eventId: string };
}
interface ReportData {
  readonly reportId?: string;
  readonly eventId?: string;
  readonly answered?: readonly ReportQuestion[];
  readonly urgency?: string;
  readonly accountGiven?: boolean;
  readonly fromOutside?: boolean;
}

/** The reports of a case after a fact that receives, completes or retracts one. */
export const knownReports = (
  reports: readonly KnownReport[],
  { type, data, about: { eventId } }: ReportFact,
): readonly KnownReport[] => {
  const { reportId, eventId: retracted, urgency, accountGiven = false, fromOutside, ...rest }: ReportData = data;
  // Reports of old say it by having every answer.
  const answered = fromOutside ? [] : (rest.answered ?? REPORT_QUESTIONS);
  const said = { eventId, answered, urgent: urgency === 'URGENT', accountGiven };
  switch (type) {
    case 'ReportReceived':
      return [...reports, { reportId: eventId, said: [said] }];
    case 'ReportCompleted':
      return reports.map((report) =>
        report.reportId === reportId ? { ...report, said: [...report.said, said] } : report,
      );
    case 'FactRetracted':
      return reports
        .filter((report) => report.reportId !== retracted)
        .map((report) => ({ ...report, said: report.said.filter((one) => one.eventId !== retracted) }));
    default:
      return reports;
  }
};

/** Questions of a report that nobody has answered: tasks, never a bar (M-2). */
export const missingOf = ({ said }: KnownReport): readonly ReportQuestion[] =>
  REPORT_QUESTIONS.filter((question) => !said.some(({ answered }) => answered.includes(question)));

/** Urgent as soon as one report is, and while nobody has said how urgent one is: what is not known is not taken lightly (M-2). */
export const isUrgent = (reports: readonly KnownReport[]): boolean =>
  reports.some((report) => report.said.some(({ urgent }) => urgent) || missingOf(report).includes('urgency'));

/** forms that are, as such, offences with ordinary limitation; all others of the list have none (CPF 107 Bis, 205 Bis). */
const ORDINARY_LIMITATION: readonly Form[] = ['GROOMING_SOLICITATION', 'UNWANTED_REQUEST_FOR_CONTENT'];
const NOT_CLASSIFIABLE: readonly Form[] = [
  'OTHER',
  'UNKNOWN',
  'UNWANTED_SEXUAL_IMAGES_RECEIVED',
  'OFFER_OF_MONEY_OR_GIFTS',
];

/** a warning and nothing else. One form without limitation is enough for `NONE`; no time ever closes a case or ranks it down. */
export const limitationOf = (forms: readonly Form[] = []): 'NONE' | 'ORDINARY' | 'TO_BE_CHECKED' => {
  if (forms.some((form) => !ORDINARY_LIMITATION.includes(form) && !NOT_CLASSIFIABLE.includes(form))) return 'NONE';
  if (forms.length === 0 || forms.some((form) => NOT_CLASSIFIABLE.includes(form))) return 'TO_BE_CHECKED';
  return 'ORDINARY';
};
