import type { CommandSpecs } from '../command.js';
import { intent, recordedFact } from '../command.js';
import { code, count, day, flag, group, many, optional, ref, sealed, text } from '../fields.js';
import { ERASURE_BASES, FORMAT_CODES, HOLD_OUTCOMES, THIRD_PERSON_KINDS } from '../timeline/vault.facts.js';

export const HANDLE_PLATFORMS = [
  'INSTAGRAM',
  'FACEBOOK',
  'WHATSAPP',
  'TIKTOK',
  'DISCORD',
  'ROBLOX',
  'SNAPCHAT',
  'TELEGRAM',
  'X',
  'YOUTUBE',
  'TWITCH',
  'OTHER',
] as const;

export const STAFF_GENDERS = ['WOMAN', 'MAN', 'ANY'] as const;
export const WEEKDAYS = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;

/**
 * Who a child is, as a person types it. It goes to the vault and never into an event: a handler takes it out of the input
 * before anything is decided. Nothing in it is mandatory: a child may have no CURP, and a report none of it.
 */
export const identityFields = {
  givenNames: optional(text('D1', 120)),
  firstSurname: optional(text('D1', 80)),
  secondSurname: optional(text('D1', 80)),
  curp: optional(text('D1', 18, 'curp')),
  birthDate: optional(sealed(day('D1'))),
  language: optional(text('D1', 60)),
  phones: optional(many(text('D1', 30, 'phone'), 5)),
  handlePlatform: optional(sealed(code(HANDLE_PLATFORMS, 'D1'))),
  handle: optional(text('D1', 120)),
  address: optional(text('D2', 400)),
  school: optional(text('D2', 200)),
};
export const identityInput = group(identityFields, 'D1');

const { language: _language, address: _address, school: _school, ...searched } = identityFields;
/** By what a child may be searched for. As bounded as what is typed into a report: one search is about one child (C-11). */
export const searchFields = searched;

export const vaultCommands = {
  correctIdentity: intent({
    capability: 'vault',
    may: 'identity:write',
    input: { identity: identityInput },
    rules: ['R-703'],
  }),
  addThirdPerson: intent({
    capability: 'vault',
    may: 'identity:write',
    input: { personKind: code(THIRD_PERSON_KINDS, 'D1'), identity: identityInput },
    rules: ['R-703'],
  }),
  recordCommunicationNeeds: recordedFact({
    capability: 'vault',
    may: 'needs:record',
    input: {
      interpreterNeeded: flag(),
      formatCode: code(FORMAT_CODES),
      needs: optional(text('D1', 1000)),
    },
  }),
  /** One weekly block; `replaces` takes away the blocks known before. */
  recordSchoolTimetable: recordedFact({
    capability: 'vault',
    may: 'needs:record',
    input: {
      weekdays: many(sealed(code(WEEKDAYS, 'D2')), 7),
      /** Local wall time `HH:MM` at the school. */
      from: text('D2', 5, 'time'),
      until: text('D2', 5, 'time'),
      validUntil: optional(day('D2')),
      replaces: flag('D2'),
    },
  }),
  recordPreferences: recordedFact({
    capability: 'vault',
    may: 'needs:record',
    input: {
      examinerGender: optional(sealed(code(STAFF_GENDERS, 'D1'))),
      viewerGender: optional(sealed(code(STAFF_GENDERS, 'D1'))),
      otherPreferences: optional(text('D1', 1000)),
    },
  }),
  /** The prosecutor states whether a proceeding, an offence without limitation or a retention period still needs the data. */
  reviewLegalHold: intent({
    capability: 'vault',
    may: 'erasure:hold',
    input: { outcome: code(HOLD_OUTCOMES), reasons: optional(text('D4', 2000)) },
    rules: ['R-716'],
  }),
  /** By a supervisor of the agency that recorded the case, also without being on its team. */
  requestErasure: intent({
    capability: 'vault',
    may: 'erasure:request',
    on: 'anyone',
    input: { basis: code(ERASURE_BASES, 'D11'), reasons: text('D11', 2000) },
    rules: ['R-716'],
  }),
  approveErasure: intent({
    capability: 'vault',
    may: 'erasure:decide',
    input: { erasureId: ref('D11') },
    rules: ['R-716'],
  }),
  rejectErasure: intent({
    capability: 'vault',
    may: 'erasure:decide',
    input: { erasureId: ref('D11'), reasons: text('D11', 2000) },
    rules: ['R-716'],
  }),
  /** The order, repeated on the stream of a linked case. */
  orderLinkedErasure: recordedFact({
    capability: 'vault',
    may: 'erasure:carry-out',
    on: 'process',
    input: {
      erasureId: ref(),
      basis: code(ERASURE_BASES),
      requestedBy: ref(),
      approvedBy: ref(),
      cases: many(ref(), 100),
      orderedIn: ref(),
    },
  }),
  recordKeysDestroyed: recordedFact({
    capability: 'vault',
    may: 'erasure:carry-out',
    on: 'process',
    input: { erasureId: ref(), service: ref(), keys: count(), persons: count() },
  }),
} satisfies CommandSpecs;
