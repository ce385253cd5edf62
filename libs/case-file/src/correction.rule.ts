import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import { factSpec } from '@resguardo/contracts/timeline';
import type { CaseFileState } from './case-file.state.js';
import { factOf } from './case-file.state.js';

/** C-14. Facts that others stand on are not taken back; each has a step of its own that ends it. */
const STANDING: readonly string[] = [
  'CaseOpened',
  'ResponsibilityOffered',
  'ResponsibilityDeclined',
  'ResponsibilityAccepted',
  'TeamMemberAdded',
  'TeamMemberRemoved',
  'CaseLinked',
  'CaseUnlinked',
  'FactsConfirmedDistinct',
  'FactsConfirmedSame',
  'FactCorrected',
  'FactRetracted',
  'ClosureFinal',
  'CaseClosed',
  'CaseReopened',
  'ChildIdentitySealed',
  'BreakGlassUsed',
  'BreakGlassEnded',
  'BreakGlassReviewed',
  'LegalHoldReviewed',
  'ErasureRequested',
  'ErasureRejected',
  'ErasureOrdered',
  'KeysDestroyed',
  'IdentityErased',
];

/** C-14. Whoever wrote it, or their supervisor. */
export const onlyTheWriterOrTheirSupervisor = (
  eventId: string,
  by: { readonly actor: string; readonly agency: string; readonly role: string },
  state: CaseFileState,
): Refusal | undefined => {
  const fact = factOf(state, eventId);
  if (!fact) return refuse('C-14', 'E-NO-FACT');
  return fact.actor === by.actor || (by.role === 'SUPERVISOR' && by.agency === fact.agency)
    ? undefined
    : refuse('C-14', 'E-NOT-YOURS', { agency: fact.agency });
};

/** C-14. What was taken back is not corrected any more. */
export const notRetracted = (eventId: string, { retracted }: CaseFileState): Refusal | undefined =>
  retracted.includes(eventId) ? refuse('C-14', 'E-RETRACTED') : undefined;

export const mayBeRetracted = (eventId: string, state: CaseFileState): Refusal | undefined => {
  const type = factOf(state, eventId)?.type;
  return type !== undefined && STANDING.includes(type) ? refuse('C-14', 'E-STANDS', { fact: type }) : undefined;
};

/** C-14. A correction names a field that the fact has. */
export const theFieldExists = (
  eventId: string,
  fieldName: string | undefined,
  state: CaseFileState,
): Refusal | undefined => {
  const type = factOf(state, eventId)?.type;
  const fields = type === undefined ? undefined : factSpec(type)?.fields;
  return fieldName === undefined || (fields && Object.hasOwn(fields, fieldName))
    ? undefined
    : refuse('C-14', 'E-NO-FIELD');
};
