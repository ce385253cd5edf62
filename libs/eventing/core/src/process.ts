import type { FactMessage } from './feed.js';

/** Reacts to facts with commands, with one state per stream. Pure: the runner sends, remembers and repeats. */
export interface Process<State extends object = object, Command = unknown> {
  /** `snake_case`. Part of the commands' ids: never changes. */
  readonly name: string;
  readonly start: State;
  /** Facts that change its state or lead to commands; every fact unless given. The others are passed over. */
  readonly concerns?: (message: FactMessage) => boolean;
  readonly evolve: (state: State, message: FactMessage) => State;
  /** Commands that follow from this fact; `state` includes it. */
  readonly react: (message: FactMessage, state: State) => readonly Command[];
}
