/**
 * Why a fact is left out of one service's view for ever. A closed list and no words: whoever decides it sees nothing of the fact but its
 * kind, and what they typed about a case would lie beside it in the clear for ever (C-1).
 */
export const SET_ASIDE_REASONS = ['SAID_AGAIN', 'CORRECTED_SINCE', 'UNREADABLE_FOR_GOOD', 'TOLD_ANOTHER_WAY'] as const;
export type SetAsideReason = (typeof SET_ASIDE_REASONS)[number];

/**
 * Facts that no view may be without: who may read, what was taken back or erased, and who looked at what (C-13, C-14, R-701, R-704 to R-706).
 * One person's order would take them out of it for good.
 */
const NEVER: readonly string[] = [
  'AccessDenied',
  'BreakGlassEnded',
  'BreakGlassReviewed',
  'BreakGlassUsed',
  'CommandRefused',
  'ConflictOfInterestDeclared',
  'ErasureOrdered',
  'ExportMade',
  'FactRetracted',
  'KeysDestroyed',
  'ParticipationWithdrawn',
  'RecordViewed',
  'RetryOrdered',
  'SetAsideOrdered',
  'TeamMemberRemoved',
];

/** Whether a fact may be left out of a view. */
export const mayBeSetAside = (type: string): boolean => !NEVER.includes(type);
