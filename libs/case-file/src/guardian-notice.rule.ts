import type { CaseFileState } from './case-file.state.js';

/**
 * Guardians are told, unless the Child Protection Authority holds it back; any risk flag holds it back until that authority has decided.
 * Its own notice is its decision.
 */
export const brokenByNotifyingGuardian = (agency: string, { hold, flagged }: CaseFileState): readonly string[] =>
  agency !== 'CHILD_PROTECTION' && (hold !== undefined || flagged.length > 0) ? ['R-206'] : [];
