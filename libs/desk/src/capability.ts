import type { CommandOf, CommandSpecs, FactSpecs } from '@resguardo/contracts';
import type { CommandContext, Decider, NewFact } from '@resguardo/eventing';

/**
 * What a capability brings to the desk: its commands, its facts, one pure decider, and what must be asked before it can decide.
 * The desk does the rest, alike for all: permission, validation, derived ids, queueing, sealing, append, refusals kept for oversight.
 */
export interface Capability<
  State = any,
  Specs extends CommandSpecs = CommandSpecs,
  Known = any,
  New extends NewFact = any,
  Fact extends { type: string } = any,
> {
  readonly name: string;
  readonly commands: Specs;
  readonly facts: FactSpecs;
  readonly decider: Decider<State, CommandOf<Specs, Known>, New, Fact>;
  /** Stream of a command; `case-<caseId>` unless given (a register has its own). */
  readonly stream?: (context: CommandContext) => string;
  /**
   * Asked once per attempt, before the decider: vault, register, calendars. The answers enter the command as `known`.
   * It may also take fields out of the input that must never reach an event (identity): it returns the input to decide with.
   */
  readonly prepare?: (
    name: string,
    input: any,
    context: CommandContext,
  ) => Promise<{ readonly input?: any; readonly known: Known }>;
}
