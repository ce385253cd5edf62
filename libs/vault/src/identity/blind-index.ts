import type { KeyObject } from 'node:crypto';
import { createHmac } from 'node:crypto';
import { normaliseCurp } from './curp.js';
import { normaliseHandle } from './handle.js';
import { nameKeys, phonetic } from './names.js';
import { normalisePhone } from './phone.js';
import type { IdentityRecord } from './record.js';

export type MatchKind = 'CURP' | 'NAME_EXACT' | 'NAME_PHONETIC' | 'PHONE' | 'HANDLE' | 'BIRTH_DATE';

/** A keyed digest under which a person is found without anything about them being stored in clear. */
export interface BlindToken {
  readonly kind: MatchKind;
  readonly token: Buffer;
  readonly whole: boolean;
}

export type SearchTerms = Pick<
  IdentityRecord,
  'givenNames' | 'firstSurname' | 'secondSurname' | 'curp' | 'birthDate' | 'phones' | 'handles'
>;

/** Tokens of everything a person can be found by. The kind is part of the digest: a number never meets a name. */
export const blindTokens = (key: KeyObject, terms: SearchTerms): readonly BlindToken[] => {
  const tokens: BlindToken[] = [];
  const add = (kind: MatchKind, value: string, whole = true) => {
    tokens.push({ kind, whole, token: createHmac('sha256', key).update(`${kind}\0${value}`).digest().subarray(0, 16) });
  };
  if (terms.curp) add('CURP', normaliseCurp(terms.curp));
  if (terms.birthDate) add('BIRTH_DATE', terms.birthDate);
  for (const { value, whole } of nameKeys(terms)) add('NAME_EXACT', value, whole);
  for (const { value, whole } of nameKeys(terms, phonetic)) add('NAME_PHONETIC', value, whole);
  for (const phone of terms.phones ?? []) {
    const normalised = normalisePhone(phone);
    if (normalised.valid) add('PHONE', normalised.e164);
  }
  for (const handle of terms.handles ?? []) {
    const normalised = normaliseHandle(handle);
    if (normalised) add('HANDLE', `${normalised.platform}\0${normalised.handle}`);
  }
  return tokens;
};

/** How much a match says. Only for showing: a person decides whether it is the same child. */
export type Strength = 'STRONG' | 'PROBABLE' | 'POSSIBLE';

/** Which kinds matched makes the strength; each can be read off the kinds shown. A birth date alone matches nobody. */
export const strengthOf = (kinds: readonly MatchKind[], wholeName: boolean): Strength | undefined => {
  const has = (kind: MatchKind) => kinds.includes(kind);
  const name = has('NAME_EXACT') || has('NAME_PHONETIC');
  if (has('CURP')) return 'STRONG';
  if (name && (has('PHONE') || has('HANDLE'))) return 'STRONG';
  if (name && wholeName && has('BIRTH_DATE')) return 'STRONG';
  if ((has('NAME_EXACT') && wholeName) || (name && has('BIRTH_DATE'))) return 'PROBABLE';
  if (name || has('PHONE') || has('HANDLE')) return 'POSSIBLE';
  return undefined;
};
