import { setTimeout } from 'node:timers/promises';
import type { Catalogue } from './catalogue.js';
import type { Decider, NewFact, Refusal } from './decider.js';
import { isRefusal } from './decider.js';
import type { EventStore, NewEvent, Position, RecordedEvent } from './event-store.js';
import { NO_STREAM, RevisionConflict, StoreUnavailable } from './event-store.js';
import { folded } from './folded.js';
import type { OneAtATime } from './one-at-a-time.js';

/** Commands on one stream queue in the process and are decided again on conflict, for this long. Then the answer is `busy`. */
export const DEADLINE_MS = 10_000;

/** Who says what: the three things by which a repetition is told from a reuse (D12). */
export interface Said {
  readonly commandId: string;
  readonly actor: string;
  /** Keyed digest of name, input and claimed times. */
  readonly digest: string;
}

/** What a command left behind on its stream; the first acceptance, also when asked again later. */
export interface Acceptance {
  readonly actor: string;
  readonly digest: string;
  readonly revision: number;
  readonly eventIds: readonly string[];
  readonly violationOf: readonly string[];
}

export type Outcome =
  | {
      readonly kind: 'accepted';
      readonly acceptance: Acceptance;
      readonly repeated: boolean;
      readonly position?: Position;
    }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** The same id was used before, with another input or by another caller. Nothing was decided. */
  | { readonly kind: 'reused' }
  /** Not decided in time, or the store's answer is unknown. The same command may be said again without harm. */
  | { readonly kind: 'busy' };

/** What was decided and not yet appended, or why there is nothing to append. */
export type Decided<New extends NewFact> =
  | Exclude<Outcome, { kind: 'busy' }>
  | { readonly kind: 'decided'; readonly facts: readonly New[]; readonly expected: number | 'none' };

/** The first acceptance of a command whose facts were appended just now. */
export const acceptanceOf = ({ actor, digest }: Said, events: readonly NewEvent[], revision: number): Acceptance => ({
  actor,
  digest,
  revision,
  eventIds: events.map(({ id }) => id),
  violationOf: [...new Set(events.flatMap(({ meta }) => meta.violationOf ?? []))],
});

/**
 * Grows in place, unlike deciders' states: copying it at each event of a long case would be quadratic, and acceptances are never taken back.
 * Two readers may fold the same event into it; the second time changes nothing.
 */
type Acceptances = Map<string, Acceptance>;

const remember = (accepted: Acceptances, { id, revision, meta }: RecordedEvent): Acceptances => {
  const before = accepted.get(meta.commandId);
  if (before?.eventIds.includes(id)) return accepted;
  return accepted.set(meta.commandId, {
    actor: meta.actor,
    digest: meta.digest,
    revision,
    eventIds: [...(before?.eventIds ?? []), id],
    violationOf: [...new Set([...(before?.violationOf ?? []), ...(meta.violationOf ?? [])])],
  });
};

/**
 * Read the stream, fold what this decider knows, decide, append at the revision that was read; on conflict read and decide again (D12).
 * Acceptances are recognised from the stream's own facts, so a repetition is answered alike after a restart and after the stream moved on.
 */
export const handleWith = <State, Command, New extends NewFact, Fact extends { type: string }>(
  machinery: {
    readonly store: EventStore;
    readonly queue: OneAtATime;
    /** Milliseconds; only for the deadline. */
    readonly now: () => number;
    readonly deadlineMs?: number;
  },
  decider: Decider<State, Command, New, Fact>,
  facts: Catalogue<Fact>,
) => {
  const { store, queue, now, deadlineMs = DEADLINE_MS } = machinery;
  const states = folded<{ readonly state: State; readonly accepted: Acceptances }>(
    store,
    () => ({ state: decider.initialState, accepted: new Map() }),
    ({ state, accepted }, event) => {
      const fact = facts.read(event);
      return { state: fact ? decider.evolve(state, fact) : state, accepted: remember(accepted, event) };
    },
  );

  const decide = async (stream: string, said: Said, command: () => Promise<Command>): Promise<Decided<New>> => {
    const { state, revision } = await states.at(stream);
    const before = state.accepted.get(said.commandId);
    if (before)
      return before.actor === said.actor && before.digest === said.digest
        ? { kind: 'accepted', acceptance: before, repeated: true }
        : { kind: 'reused' };
    const decision = decider.decide(await command(), state.state);
    if (isRefusal(decision)) return { kind: 'refused', refusal: decision };
    const { actor, digest } = said;
    return decision.length === 0
      ? {
          kind: 'accepted',
          repeated: false,
          acceptance: { actor, digest, revision, eventIds: [], violationOf: [] },
        }
      : { kind: 'decided', facts: decision, expected: revision === NO_STREAM ? 'none' : revision };
  };

  const attempt = async (
    stream: string,
    said: Said,
    command: () => Promise<Command>,
    write: (fact: New, index: number) => NewEvent | Promise<NewEvent>,
  ): Promise<Outcome> => {
    const decided = await decide(stream, said, command);
    if (decided.kind !== 'decided') return decided;
    const events: NewEvent[] = [];
    for (const [index, fact] of decided.facts.entries()) events.push(await write(fact, index));
    const { revision, position } = await store.append(stream, events, decided.expected);
    return { kind: 'accepted', repeated: false, position, acceptance: acceptanceOf(said, events, revision) };
  };

  return {
    /** One decision, which the caller appends at `expected`, or asks for again after a conflict. */
    decide,
    handle: (
      stream: string,
      said: Said,
      command: () => Promise<Command>,
      write: (fact: New, index: number) => NewEvent | Promise<NewEvent>,
    ): Promise<Outcome> => {
      const until = now() + deadlineMs;
      return queue(stream, async () => {
        for (let tries = 0; ; tries++) {
          if (tries > 0 && now() > until) return { kind: 'busy' };
          try {
            return await attempt(stream, said, command, write);
          } catch (error) {
            // A conflict is decided again; an unknown outcome is read again, and recognised if it had been kept after all.
            if (!(error instanceof RevisionConflict) && !(error instanceof StoreUnavailable)) throw error;
            if (error instanceof StoreUnavailable) await setTimeout(Math.min(20 * 2 ** tries, 500));
          }
        }
      });
    },
    /** What this decider knows of a stream. */
    stateOf: async (stream: string): Promise<State> => (await states.at(stream)).state.state,
  };
};
