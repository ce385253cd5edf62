import type { Handle } from './handle.js';

/** One weekly block at school, local wall time `HH:MM`. */
export interface TimetableBlock {
  readonly weekday: 'MON' | 'TUE' | 'WED' | 'THU' | 'FRI' | 'SAT' | 'SUN';
  readonly from: string;
  readonly until: string;
  /** Last day on which it holds, `YYYY-MM-DD`; open when absent. */
  readonly validUntil?: string;
}

export type StaffGender = 'WOMAN' | 'MAN' | 'ANY';

/** All the vault holds about a child or a third person. It exists in clear only in memory and only for the answer at hand. */
export interface IdentityRecord {
  readonly givenNames?: string;
  readonly firstSurname?: string;
  readonly secondSurname?: string;
  readonly curp?: string;
  /** `YYYY-MM-DD` */
  readonly birthDate?: string;
  readonly language?: string;
  readonly phones?: readonly string[];
  readonly handles?: readonly Handle[];
  readonly addresses?: readonly string[];
  readonly school?: string;
  readonly timetable?: readonly TimetableBlock[];
  readonly examinerGender?: StaffGender;
  readonly viewerGender?: StaffGender;
  readonly otherPreferences?: string;
}

/** A change to a record. `replaces` names lists that are taken as given; others grow. `null` takes a value away. */
export type IdentityChange = { readonly [K in keyof IdentityRecord]?: IdentityRecord[K] | null } & {
  readonly replaces?: readonly ('phones' | 'handles' | 'addresses' | 'timetable')[];
};

const LISTS = ['phones', 'handles', 'addresses', 'timetable'] as const;

/** The record after a change; what the change does not name stays. */
export const changed = (record: IdentityRecord, { replaces = [], ...change }: IdentityChange): IdentityRecord => {
  const next: Record<string, unknown> = { ...record };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null) delete next[name];
    else if (LISTS.some((list) => list === name) && !replaces.some((list) => list === name)) {
      const before = (next[name] as readonly unknown[] | undefined) ?? [];
      const known = before.map((item) => JSON.stringify(item));
      next[name] = [
        ...before,
        ...(value as readonly unknown[]).filter((item) => !known.includes(JSON.stringify(item))),
      ];
    } else next[name] = value;
  }
  return next as IdentityRecord;
};

/** An identity as a person types it into a form (`identityInput` of contracts), as a change to a record. */
export const changeOf = (typed: {
  readonly givenNames?: string;
  readonly firstSurname?: string;
  readonly secondSurname?: string;
  readonly curp?: string;
  readonly birthDate?: string;
  readonly language?: string;
  readonly phones?: readonly string[];
  readonly handlePlatform?: string;
  readonly handle?: string;
  readonly address?: string;
  readonly school?: string;
}): IdentityChange => {
  const { givenNames, firstSurname, secondSurname, curp, birthDate, language, phones, school } = typed;
  return {
    ...(givenNames && { givenNames }),
    ...(firstSurname && { firstSurname }),
    ...(secondSurname && { secondSurname }),
    ...(curp && { curp }),
    ...(birthDate && { birthDate }),
    ...(language && { language }),
    ...(phones?.length && { phones }),
    ...(typed.handle && { handles: [{ platform: typed.handlePlatform ?? 'OTHER', handle: typed.handle }] }),
    ...(typed.address && { addresses: [typed.address] }),
    ...(school && { school }),
  };
};

const NAMED: Readonly<Record<string, string>> = {
  givenNames: 'GIVEN_NAMES',
  firstSurname: 'FIRST_SURNAME',
  secondSurname: 'SECOND_SURNAME',
  curp: 'CURP',
  birthDate: 'BIRTH_DATE',
  language: 'LANGUAGE',
  phones: 'PHONE',
  handles: 'HANDLE',
  addresses: 'ADDRESS',
  school: 'SCHOOL',
  timetable: 'TIMETABLE',
  examinerGender: 'PREFERENCES',
  viewerGender: 'PREFERENCES',
  otherPreferences: 'PREFERENCES',
};

/** Which parts a change touches: all that a fact may say about it. */
export const touched = (change: IdentityChange): readonly string[] => [
  ...new Set(Object.keys(change).flatMap((name) => NAMED[name] ?? [])),
];
