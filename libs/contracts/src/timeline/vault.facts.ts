import type { FactOf, FactSpecs, NewFactOf } from '../facts.js';
import { fact } from '../facts.js';
import { code, count, day, flag, many, optional, ref, text } from '../fields.js';

/** Which part of a vault record a correction touched; never what it said. */
export const IDENTITY_FIELDS = [
  'GIVEN_NAMES',
  'FIRST_SURNAME',
  'SECOND_SURNAME',
  'CURP',
  'BIRTH_DATE',
  'ADDRESS',
  'SCHOOL',
  'PHONE',
  'HANDLE',
  'LANGUAGE',
  'TIMETABLE',
  'PREFERENCES',
  'NEEDS',
] as const;
export type IdentityField = (typeof IDENTITY_FIELDS)[number];

/** What a third person is to the child, as coarse as a rule needs it. */
export const THIRD_PERSON_KINDS = [
  'GUARDIAN',
  'RELATIVE',
  'SUPPORT_PERSON',
  'WITNESS',
  'SIGNALLED_PERSON',
  'OTHER',
] as const;

/** The form in which the child can take and give messages. */
export const FORMAT_CODES = [
  'STANDARD',
  'PLAIN_LANGUAGE',
  'EASY_READ',
  'PICTOGRAMS',
  'AUDIO',
  'BRAILLE',
  'SIGN_LANGUAGE',
  'INDIGENOUS_LANGUAGE',
] as const;

/** Why personal data are to be erased (LGPDPPSO 3-V, 17, 18, 43). */
export const ERASURE_BASES = ['RETENTION_ENDED', 'DATA_SUBJECT_REQUEST', 'WRONG_PERSON', 'NO_LEGAL_BASIS'] as const;

/** Outcome of the legal-hold check. Only NO_HOLD lets an erasure through. */
export const HOLD_OUTCOMES = [
  'NO_HOLD',
  'PROCEEDING_OPEN',
  'OFFENCE_WITHOUT_LIMITATION',
  'CLINICAL_RETENTION',
] as const;

/** Facts of the vault and of erasure. None carries a name, a number or a date of birth: those never leave the vault. */
export const vaultFacts = {
  /** The child's identity lies in the vault, under a key of its own. */
  ChildIdentitySealed: fact({
    kind: 'PRIVACY',
    cls: 'D0',
    substantive: false,
    fields: { childId: ref(), keyId: ref() },
  }),
  IdentityDataCorrected: fact({
    kind: 'PRIVACY',
    cls: 'D1',
    substantive: false,
    fields: { childId: ref('D1'), versionId: ref('D1'), fields: many(code(IDENTITY_FIELDS, 'D1'), 20) },
  }),
  ThirdPersonSealed: fact({
    kind: 'PRIVACY',
    cls: 'D1',
    substantive: false,
    fields: { personId: ref('D1'), personKind: code(THIRD_PERSON_KINDS, 'D1') },
  }),
  CommunicationNeedsRecorded: fact({
    kind: 'INFORMATION',
    cls: 'D1',
    fields: {
      interpreterNeeded: flag(),
      formatCode: code(FORMAT_CODES),
      needs: optional(text('D1', 1000)),
    },
  }),
  /** The weekly blocks lie in the vault; rules ask it for a dated yes or no (R-018, C-1). */
  SchoolTimetableRecorded: fact({
    kind: 'INFORMATION',
    cls: 'D2',
    fields: { childId: ref('D2'), versionId: ref('D2'), validUntil: optional(day('D2')) },
  }),
  PreferencesRecorded: fact({
    kind: 'INFORMATION',
    cls: 'D1',
    fields: {
      childId: ref('D1'),
      versionId: ref('D1'),
      examinerPreferenceStated: flag(),
      viewerPreferenceStated: flag(),
    },
  }),
  LegalHoldReviewed: fact({
    kind: 'PRIVACY',
    cls: 'D0',
    fields: { outcome: code(HOLD_OUTCOMES), reasons: optional(text('D4', 2000)) },
  }),
  ErasureRequested: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    fields: { erasureId: ref('D11'), basis: code(ERASURE_BASES, 'D11'), reasons: text('D11', 2000) },
  }),
  ErasureRejected: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    fields: { erasureId: ref('D11'), reasons: text('D11', 2000) },
  }),
  /** Two persons ordered it (C-13). From here on every service destroys its keys of this case. */
  ErasureOrdered: fact({
    kind: 'PRIVACY',
    cls: 'D0',
    fields: {
      erasureId: ref(),
      basis: code(ERASURE_BASES),
      requestedBy: ref(),
      approvedBy: ref(),
      /** Every case of the same child, this one included. */
      cases: many(ref(), 100),
      /** Set on a linked case: where the two persons decided. */
      orderedIn: optional(ref()),
    },
  }),
  KeysDestroyed: fact({
    kind: 'PRIVACY',
    cls: 'D0',
    substantive: false,
    fields: { erasureId: ref(), service: ref(), keys: count() },
  }),
  IdentityErased: fact({
    kind: 'PRIVACY',
    cls: 'D0',
    substantive: false,
    fields: { erasureId: ref(), persons: count() },
  }),
} satisfies FactSpecs;
export type NewVaultFact = NewFactOf<typeof vaultFacts>;
export type VaultFact = FactOf<typeof vaultFacts>;
