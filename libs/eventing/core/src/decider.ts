/** A rule said no. It is a value, not an error: expected, explained, recorded for oversight. */
export interface Refusal {
  readonly refused: true;
  /** Id in `docs/rules.md`, e.g. `R-002`. */
  readonly rule: string;
  /** Stable code of the refusal, e.g. `E-INT-LOCKED`; the page finds its sentence by it. */
  readonly code: string;
  /** Plain, non-identifying values for the sentence (agency, date, revision …). */
  readonly because: Readonly<Record<string, string | number>>;
}

export const refuse = (
  rule: string,
  code: string,
  because: Readonly<Record<string, string | number>> = {},
): Refusal => ({ refused: true, rule, code, because });

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as Refusal).refused === true;

/** What every decider gets beside its input: time, identity and derived ids come in, they are never fetched (D3, D9, D12). */
export interface CommandContext {
  readonly caseId: string;
  readonly commandId: string;
  /** Now, by the Clock port (UTC, ISO 8601). */
  readonly at: string;
  /** When the fact happened; for intents equal to `at`. */
  readonly occurredAt: string;
  readonly knownAt?: string;
  readonly by: Readonly<{ actor: string; agency: string; role: string; states: readonly string[] }>;
}

/** What happened, as stored: plain fields only, with who and when. */
export interface FactAbout {
  readonly eventId: string;
  readonly revision: number;
  readonly commandId: string;
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  readonly occurredAt: string;
  readonly recordedAt: string;
  readonly violationOf: readonly string[];
}

/** A new fact as a decider returns it: all fields in clear; the handler seals by class before the append. */
export interface NewFact {
  readonly type: string;
  readonly data: object;
  /** Defaults to the command's `occurredAt`. */
  readonly occurredAt?: string;
  readonly violationOf?: readonly string[];
}

/**
 * Pure. `decide` never asks for time, ids or outside answers; it may run again on conflict.
 * `evolve` sees plain fields only: no rule reads a sealed field (C-1).
 */
export interface Decider<State, Command, New extends NewFact, Fact extends { type: string }> {
  readonly initialState: State;
  /** No facts (`[]`) means: accepted, nothing to add. */
  decide(command: Command, state: State): readonly New[] | Refusal;
  evolve(state: State, fact: Fact): State;
}
