import type { CommandSpec, CommandError } from '@resguardo/contracts';
import { commandErrors, isId, isInstant } from '@resguardo/contracts';

/** Clocks differ; a fact may lie this far ahead of ours (milliseconds) before it is taken for a typing error. */
const AHEAD_MS = 5 * 60_000;

/** What came with a mutation, before anything is believed of it. */
export interface Said {
  readonly commandId: string;
  readonly caseId?: string | null;
  /** Instead of the id, where `on` is `anyone`. */
  readonly folio?: string | null;
  readonly occurredAt?: string | null;
  readonly knownAt?: string | null;
  readonly input?: Readonly<Record<string, unknown>> | null;
}

/** Every field that is wrong, all at once. `at`: now, UTC, ISO 8601. */
export const errorsIn = (spec: CommandSpec, said: Said, at: string): readonly CommandError[] => {
  const claimed = (path: 'occurredAt' | 'knownAt') => {
    const value = said[path];
    if (value === undefined || value === null)
      return path === 'occurredAt' && spec.mark === 'fact' ? [{ path, problem: 'required' } as const] : [];
    return !isInstant(value) || Date.parse(value) > Date.parse(at) + AHEAD_MS
      ? [{ path, problem: 'not-an-instant' } as const]
      : [];
  };
  return [
    ...(isId(said.commandId) ? [] : [{ path: 'commandId', problem: 'not-a-reference' } as const]),
    ...claimed('occurredAt'),
    ...claimed('knownAt'),
    ...commandErrors(spec, said.input ?? {}),
  ];
};
