import type { Process } from '@resguardo/eventing';

/** The keys of a case that one service has are to go (C-13). */
export interface EraseKeys {
  readonly caseId: string;
  readonly erasureId: string;
}

/** C-13: what was ordered erased is erased wherever something was sealed: each service destroys its own keys, and says so. */
export const erasedKeys: Process<object, EraseKeys> = {
  name: 'erased_keys',
  start: {},
  concerns: ({ type }) => type === 'ErasureOrdered',
  evolve: (state) => state,
  react: ({ type, caseId, data }) =>
    type === 'ErasureOrdered' ? [{ caseId, erasureId: String(data['erasureId']) }] : [],
};
