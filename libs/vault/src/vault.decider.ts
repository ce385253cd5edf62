import type { CommandOf, vaultCommands } from '@resguardo/contracts';
import type { CaseFileFact, NewVaultFact, VaultFact } from '@resguardo/contracts/timeline';
import type { Decider, Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseHold, OpenErasure } from './erasure/erasure.rule.js';
import {
  nobodyDecidesTheirOwn,
  noKnownHold,
  noLegalHold,
  oneErasure,
  onlyTheControllerRequests,
  onlyTheRepresentativeDecides,
} from './erasure/erasure.rule.js';

/** Part of a record that a correction may name. */
export type IdentityField = Extract<NewVaultFact, { type: 'IdentityDataCorrected' }>['data']['fields'][number];

/** What the vault answered before the decision (C-1): where the identity lies now, and what the legal-hold check found. */
export interface VaultKnown {
  readonly kept?: { readonly personId: string; readonly keyId: string; readonly erased: boolean };
  /** Parts of the record that the command touched, without what they say. */
  readonly fields?: readonly IdentityField[];
  readonly examinerPreferenceStated?: boolean;
  readonly viewerPreferenceStated?: boolean;
  /** Every case of the same child, this one included. */
  readonly cases?: readonly CaseHold[];
}

export type VaultCommand = CommandOf<typeof vaultCommands, VaultKnown>;

export interface VaultState {
  /** Agency that recorded the case: the controller of its data. */
  readonly controller?: string;
  readonly childId?: string;
  /** Cases found to be of the same child. */
  readonly sameChild: readonly string[];
  readonly hold?: { readonly outcome: string; readonly on: string };
  readonly open?: OpenErasure;
  readonly ordered?: string;
  readonly destroyedIn: readonly string[];
  readonly identityErased: boolean;
}

const initialState: VaultState = { sameChild: [], destroyedIn: [], identityErased: false };

/** The case's first mention of its child's record; there is one however the record came about. */
const sealedFirst = ({ childId }: VaultState, { kept }: VaultKnown): NewVaultFact[] =>
  childId || !kept || kept.erased
    ? []
    : [{ type: 'ChildIdentitySealed', data: { childId: kept.personId, keyId: kept.keyId } }];

const notErased = ({ ordered }: VaultState, { kept }: VaultKnown): Refusal | undefined =>
  ordered || kept?.erased ? refuse('R-716', 'E-ERASED') : undefined;

/** a correction that names nothing is no correction. */
const somethingIsNamed = ({ fields = [] }: VaultKnown): Refusal | undefined =>
  fields.length === 0 ? refuse('R-703', 'E-IDENTITY-EMPTY') : undefined;

const openErasure = ({ open }: VaultState, erasureId: string): OpenErasure | Refusal =>
  open?.erasureId === erasureId ? open : refuse('R-716', 'E-ERASURE-NONE');

const decide = (command: VaultCommand, state: VaultState): readonly NewVaultFact[] | Refusal => {
  const { known } = command;
  switch (command.name) {
    case 'correctIdentity':
      return (
        notErased(state, known) ??
        somethingIsNamed(known) ?? [
          ...sealedFirst(state, known),
          {
            type: 'IdentityDataCorrected',
            data: {
              childId: known.kept?.personId ?? state.childId ?? '',
              versionId: command.commandId,
              fields: known.fields ?? [],
            },
          },
        ]
      );
    case 'addThirdPerson':
      return (
        notErased(state, known) ?? [
          {
            type: 'ThirdPersonSealed',
            data: { personId: known.kept?.personId ?? command.commandId, personKind: command.input.personKind },
          },
        ]
      );
    case 'recordCommunicationNeeds': {
      const { interpreterNeeded, formatCode, needs } = command.input;
      return [
        {
          type: 'CommunicationNeedsRecorded',
          data: { interpreterNeeded, formatCode, ...(needs !== undefined && { needs }) },
        },
      ];
    }
    case 'recordSchoolTimetable': {
      const { validUntil } = command.input;
      return [
        ...sealedFirst(state, known),
        {
          type: 'SchoolTimetableRecorded',
          data: {
            childId: known.kept?.personId ?? state.childId ?? '',
            versionId: command.commandId,
            ...(validUntil !== undefined && { validUntil }),
          },
        },
      ];
    }
    case 'recordPreferences':
      return [
        ...sealedFirst(state, known),
        {
          type: 'PreferencesRecorded',
          data: {
            childId: known.kept?.personId ?? state.childId ?? '',
            versionId: command.commandId,
            examinerPreferenceStated: known.examinerPreferenceStated ?? false,
            viewerPreferenceStated: known.viewerPreferenceStated ?? false,
          },
        },
      ];
    case 'reviewLegalHold': {
      const { outcome, reasons } = command.input;
      return (
        notErased(state, known) ?? [
          { type: 'LegalHoldReviewed', data: { outcome, ...(reasons !== undefined && { reasons }) } },
        ]
      );
    }
    case 'requestErasure':
      return (
        oneErasure(state.open, state.ordered !== undefined) ??
        onlyTheControllerRequests(state.controller, command.by) ??
        noKnownHold(known.cases ?? []) ?? [
          {
            type: 'ErasureRequested',
            data: { erasureId: command.commandId, basis: command.input.basis, reasons: command.input.reasons },
          },
        ]
      );
    case 'approveErasure': {
      const open = openErasure(state, command.input.erasureId);
      if ('refused' in open) return open;
      const cases = known.cases ?? [];
      return (
        onlyTheRepresentativeDecides(command.by) ??
        nobodyDecidesTheirOwn(open, command.by) ??
        noLegalHold(
          // This case as its stream is now, not as it was when the vault asked.
          cases.map((hold) => (hold.caseId === command.caseId ? { ...hold, ...ownHold(state) } : hold)),
          command.at,
        ) ?? [
          {
            type: 'ErasureOrdered',
            data: {
              erasureId: open.erasureId,
              basis: open.basis,
              requestedBy: open.by,
              approvedBy: command.by.actor,
              cases: cases.map(({ caseId }) => caseId),
            },
          },
        ]
      );
    }
    case 'rejectErasure': {
      const open = openErasure(state, command.input.erasureId);
      if ('refused' in open) return open;
      return (
        onlyTheRepresentativeDecides(command.by) ??
        nobodyDecidesTheirOwn(open, command.by) ?? [
          { type: 'ErasureRejected', data: { erasureId: open.erasureId, reasons: command.input.reasons } },
        ]
      );
    }
    case 'orderLinkedErasure': {
      if (state.ordered !== undefined) return [];
      const { erasureId, basis, requestedBy, approvedBy, cases, orderedIn } = command.input;
      return [{ type: 'ErasureOrdered', data: { erasureId, basis, requestedBy, approvedBy, cases, orderedIn } }];
    }
    case 'recordKeysDestroyed': {
      const { erasureId, service, keys, persons } = command.input;
      // Nobody says that something was erased which was not ordered (C-13).
      if (state.destroyedIn.includes(service) || state.ordered !== erasureId) return [];
      return [
        { type: 'KeysDestroyed', data: { erasureId, service, keys } },
        // The vault is coordination's: others had keys of what they sealed, not of who somebody is.
        ...(state.identityErased || service !== 'coordination'
          ? []
          : [{ type: 'IdentityErased' as const, data: { erasureId, persons } }]),
      ];
    }
  }
};

const ownHold = ({ hold }: VaultState): Pick<CaseHold, 'outcome' | 'reviewedOn'> =>
  hold ? { outcome: hold.outcome, reviewedOn: hold.on } : {};

const evolve = (before: VaultState, fact: VaultFact | CaseFileFact): VaultState => {
  // Whoever wrote the first fact recorded the case.
  const state = before.controller ? before : { ...before, controller: fact.about.agency };
  switch (fact.type) {
    case 'CaseOpened':
      return fact.data.childId ? { ...state, childId: fact.data.childId } : state;
    case 'ChildIdentitySealed':
      return { ...state, childId: fact.data.childId };
    case 'CaseLinked': {
      const { otherCaseId, linkKind } = fact.data;
      return linkKind !== 'SAME_CHILD' || state.sameChild.includes(otherCaseId)
        ? state
        : { ...state, sameChild: [...state.sameChild, otherCaseId] };
    }
    case 'CaseUnlinked':
      return { ...state, sameChild: state.sameChild.filter((caseId) => caseId !== fact.data.otherCaseId) };
    case 'LegalHoldReviewed':
      return { ...state, hold: { outcome: fact.data.outcome, on: fact.about.occurredAt } };
    case 'ErasureRequested': {
      const { erasureId, basis } = fact.data;
      return { ...state, open: { erasureId, basis, by: fact.about.actor } };
    }
    case 'ErasureRejected':
      return withoutOpen(state);
    case 'ErasureOrdered':
      return { ...withoutOpen(state), ordered: fact.data.erasureId };
    case 'KeysDestroyed':
      return { ...state, destroyedIn: [...state.destroyedIn, fact.data.service] };
    case 'IdentityErased':
      return { ...state, identityErased: true };
  }
  // Facts of the case file that say nothing about identity or erasure.
  return state;
};

const withoutOpen = ({ open: _, ...state }: VaultState): VaultState => state;

export const vaultDecider: Decider<VaultState, VaultCommand, NewVaultFact, VaultFact | CaseFileFact> = {
  initialState,
  decide,
  evolve,
};
