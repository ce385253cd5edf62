import { parsePhoneNumberFromString } from 'libphonenumber-js/max';

export type PhoneVerdict =
  | { readonly valid: true; readonly e164: string }
  | { readonly valid: false; readonly problem: 'SHORT_CODE' | 'NOT_A_NUMBER' };

/** Emergency and report lines: channels through which a report comes, not telephones of a person. */
const SHORT_CODES = ['088', '089', '911', '066', '060'];

/**
 * What was dialled before Mexico went to ten digits (3 August 2019) and still stands in files: 01, 044, 045, and the 1 after +52.
 * The library does not know them.
 */
const withoutOldPrefixes = (digits: string): string =>
  digits
    .replace(/^00(?=[1-9]\d{9,})/, '+')
    .replace(/^\+?521(?=\d{10}$)/, '+52')
    .replace(/^\+?520(?:1|44|45)(?=\d{10}$)/, '+52')
    .replace(/^0(?:1|44|45)(?=\d{10}$)/, '')
    .replace(/^52(?=\d{10}$)/, '+52');

/** A telephone in E.164, so that the same number written in any way is the same. Numbers without a country are Mexican. */
export const normalisePhone = (typed: string): PhoneVerdict => {
  const digits = typed.replace(/(?!^\s*\+)\D/g, '').trim();
  if (SHORT_CODES.includes(digits.replace(/^\+?(52)?/, ''))) return { valid: false, problem: 'SHORT_CODE' };
  const parsed = parsePhoneNumberFromString(withoutOldPrefixes(digits), 'MX');
  return parsed?.isValid() ? { valid: true, e164: parsed.number } : { valid: false, problem: 'NOT_A_NUMBER' };
};
