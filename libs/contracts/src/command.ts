import type { Fields, InputOf } from './fields.js';

/**
 * Mutations, declared once: the SDL, the validation, the permission, the portal's form and the browser test's to-do list all come from here.
 * `intent`: may be refused by a rule. `fact`: it already happened and is always recorded (M-1, D2).
 */
export interface CommandSpec<F extends Fields = Fields> {
  readonly mark: 'intent' | 'fact';
  readonly capability: 'case-file' | 'interview' | 'oversight' | 'vault' | 'interchange';
  /** Permission `capability:verb`; who holds it is in `permissions.ts`. */
  readonly may: string;
  /**
   * `case`: an existing case, by id, and the caller must be on its team (or under break-glass).
   * `anyone`: an existing case, by id or folio, also without being on the team (facts: C-9). It opens nothing to read.
   * `new`: makes the case. `none`: about no case (a register of persons, say).
   * `process`: only processes send it (they follow facts and react); it has no mutation.
   */
  readonly on: 'case' | 'anyone' | 'new' | 'none' | 'process';
  readonly input: F;
  /** Optional fields of which at least one must be given. */
  readonly saysOneOf?: readonly string[];
  /** Rules that refuse or stamp it, or that rest on what it records. */
  readonly rules: readonly string[];
}

export type CommandSpecs = Readonly<Record<string, CommandSpec>>;

type Rest<F extends Fields> = Pick<CommandSpec<F>, 'capability' | 'may' | 'input'> &
  Partial<Pick<CommandSpec<F>, 'on' | 'rules' | 'saysOneOf'>>;

export const intent = <const F extends Fields>(spec: Rest<F>): CommandSpec<F> => ({
  mark: 'intent',
  on: 'case',
  rules: [],
  ...spec,
});
export const recordedFact = <const F extends Fields>(spec: Rest<F>): CommandSpec<F> => ({
  mark: 'fact',
  on: 'anyone',
  rules: [],
  ...spec,
});

export type CommandInput<S extends CommandSpec> = InputOf<S['input']>;

/**
 * A command as its decider gets it. `known` holds dated answers of the vault, registers and calendars, asked by the handler (C-1, D3).
 * The context members are those of `CommandContext` of eventing.
 */
export type CommandOf<S extends CommandSpecs, Known = unknown> = {
  [K in keyof S & string]: {
    readonly name: K;
    readonly input: CommandInput<S[K]>;
    readonly known: Known;
    readonly caseId: string;
    readonly commandId: string;
    readonly at: string;
    readonly occurredAt: string;
    readonly knownAt?: string;
    readonly by: Readonly<{ actor: string; agency: string; role: string; states: readonly string[] }>;
  };
}[keyof S & string];
