/** Why a CURP is not one. A wrong CURP never stops a report: it is shown to the person who typed it. */
export type CurpProblem = 'FORMAT' | 'STATE' | 'DATE' | 'CHECK_DIGIT';
/** `SEX_X`: issued in some cases, not confirmed by a published norm: accepted, and shown for review. */
export type CurpReview = 'SEX_X';

export type CurpVerdict =
  | {
      readonly valid: true;
      readonly curp: string;
      /** `YYYY-MM-DD` */
      readonly birthDate: string;
      readonly sex: 'H' | 'M' | 'X';
      readonly state: string;
      readonly review: readonly CurpReview[];
    }
  | { readonly valid: false; readonly problems: readonly CurpProblem[] };

/** Letters of the federal entity of birth; NE = born abroad. */
const STATES =
  'AS BC BS CC CL CM CS CH DF DG GT GR HG JC MC MN MS NT NL OC PL QT QR SP SL SR TC TS TL VZ YN ZS NE'.split(' ');
const SHAPE = /^[A-Z][AEIOUX][A-Z]{2}(\d{2})(\d{2})(\d{2})([HMX])([A-Z]{2})[B-DF-HJ-NP-TV-Z]{3}([A-Z0-9])\d$/;
const ALPHABET = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';

/** Upper case, without the blanks and hyphens people put in. */
export const normaliseCurp = (typed: string): string => typed.normalize('NFC').toUpperCase().replace(/[\s-]/g, '');

/** Last digit of a CURP from the seventeen characters before it. */
export const curpCheckDigit = (root: string): number => {
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += ALPHABET.indexOf(root[i] ?? '') * (18 - i);
  return (10 - (sum % 10)) % 10;
};

const daysIn = (year: number, month: number): number => {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
};

/**
 * Format, state of birth, a day that exists, and check digit. The seventeenth character gives the century:
 * a digit for births up to 1999, a letter from 2000.
 */
export const validateCurp = (typed: string): CurpVerdict => {
  const curp = normaliseCurp(typed);
  const parts = SHAPE.exec(curp);
  if (!parts) return { valid: false, problems: ['FORMAT'] };
  const [, yy = '', mm = '', dd = '', sex, state = '', century = ''] = parts;
  const year = (/\d/.test(century) ? 1900 : 2000) + Number(yy);
  const problems: CurpProblem[] = [];
  if (!STATES.includes(state)) problems.push('STATE');
  if (Number(dd) < 1 || Number(dd) > daysIn(year, Number(mm))) problems.push('DATE');
  if (curpCheckDigit(curp) !== Number(curp[17])) problems.push('CHECK_DIGIT');
  if (problems.length > 0) return { valid: false, problems };
  return {
    valid: true,
    curp,
    birthDate: `${year}-${mm}-${dd}`,
    sex: sex as 'H' | 'M' | 'X',
    state,
    review: sex === 'X' ? ['SEX_X'] : [],
  };
};
