/**
 * Why a fact is left out of one service's view for ever. A closed list and no words: whoever decides it sees nothing of the fact but its
 * kind, and what they typed about a case would lie beside it in the clear for ever (C-1).
 */
export const SET_ASIDE_REASONS = ['SAID_AGAIN', 'CORRECTED_SINCE', 'UNREADABLE_FOR_GOOD', 'TOLD_ANOTHER_WAY'] as const;
export type SetAsideReason = (typeof SET_ASIDE_REASONS)[number];
