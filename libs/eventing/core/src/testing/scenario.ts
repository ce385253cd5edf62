import type { CommandContext, Decider, FactAbout, NewFact, Refusal } from '../decider.js';
import { isRefusal } from '../decider.js';

/** A fact that a scenario starts from. What `about` leaves out is filled in: eventId `e1`, `e2` …, noon of 2 March 2026, an officer of the prosecutor. */
export interface Happened<Type extends string = string, Data = object> {
  readonly type: Type;
  readonly data: Data;
  readonly about: Partial<FactAbout>;
}

/** A command of a scenario; context that is left out is filled in like that of a fact. */
export interface Wanted<Name extends string = string, Input = object, Known = unknown> extends Partial<CommandContext> {
  readonly name: Name;
  readonly input: Input;
  readonly known: Known;
}

export const NOON = '2026-03-02T18:00:00.000Z';
export const CASE_ID = '5f0c3f0e-6f4b-5a53-9f2e-0f6f6d3d7a01';
const OFFICER = { actor: 'officer-1', agency: 'PROSECUTOR', role: 'OFFICER', states: ['17'] } as const;

export const happened = <const Type extends string, const Data extends object>(
  type: Type,
  data: Data,
  about: Partial<FactAbout> = {},
): Happened<Type, Data> => ({ type, data, about });

/** `at` also gives `occurredAt` unless that is named. */
export const wanted = <const Name extends string, const Input extends object, Known = unknown>(
  name: Name,
  input: Input,
  context: Partial<CommandContext> & { readonly known?: Known } = {},
): Wanted<Name, Input, Known> => {
  const { known, ...rest } = context;
  return { name, input, known: (known ?? {}) as Known, ...rest };
};

/** As a capability's decider gets it. */
export const asCommand = ({ name, input, known, ...context }: Wanted<string, object, unknown>) => {
  const at = context.at ?? NOON;
  return {
    name,
    input,
    known,
    caseId: context.caseId ?? CASE_ID,
    commandId: context.commandId ?? 'command-1',
    at,
    occurredAt: context.occurredAt ?? at,
    ...(context.knownAt && { knownAt: context.knownAt }),
    by: context.by ?? OFFICER,
  };
};

export const asFact = ({ type, data, about }: Happened, index: number) => {
  const occurredAt = about.occurredAt ?? NOON;
  return {
    type,
    data,
    about: {
      eventId: `e${index + 1}`,
      revision: index,
      commandId: `c${index + 1}`,
      actor: OFFICER.actor,
      agency: OFFICER.agency,
      role: OFFICER.role,
      occurredAt,
      recordedAt: about.recordedAt ?? occurredAt,
      violationOf: [],
      ...about,
    },
  };
};

/** State must be plain and untouched: frozen to the bottom, so that a decider that writes into it fails here. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(frozen);
  }
  return value;
};

/**
 * `given(facts).when(command).then(facts)` for one decider.
 * The decider's own types are not demanded of the scenario: facts and commands are what a store and a desk would bring.
 * `commands` are the declarations: each rule that refuses or stamps a command must be among those that it names.
 */
export const scenarios = <State>(
  decider: Decider<State, any, NewFact, any>,
  commands: Readonly<Record<string, { readonly rules: readonly string[] }>>,
) => {
  const given = (...facts: readonly Happened[]) => {
    const state = facts
      .map(asFact)
      .reduce((soFar, fact) => frozen(decider.evolve(soFar, frozen(fact))), frozen(decider.initialState));
    return {
      state,
      when: (command: Wanted<string, object, any>) => {
        const decision: readonly NewFact[] | Refusal = decider.decide(frozen(asCommand(command)), state);
        const applied = isRefusal(decision)
          ? [decision.rule]
          : decision.flatMap(({ violationOf }) => violationOf ?? []);
        const undeclared = applied.filter((rule) => !commands[command.name]?.rules.includes(rule));
        expect([command.name, undeclared]).toEqual([command.name, []]);
        return {
          decision,
          /** Exactly these facts, in order; of their data, at least what is named. */
          then: (
            ...expected: readonly {
              readonly type: string;
              readonly data?: object;
              readonly violationOf?: readonly string[];
            }[]
          ) => {
            expect(decision).toEqual(
              expected.map(({ type, data = {}, violationOf }) => {
                const stamped = violationOf && { violationOf: expect.arrayContaining([...violationOf]) };
                return expect.objectContaining({ type, data: expect.objectContaining(data), ...stamped });
              }),
            );
          },
          thenNothing: () => expect(decision).toEqual([]),
          thenRefused: (rule: string, code?: string, because?: object) =>
            expect(decision).toEqual(
              expect.objectContaining({
                refused: true,
                rule,
                ...(code && { code }),
                ...(because && { because: expect.objectContaining(because) }),
              }),
            ),
          /** Recorded, and none of the facts is stamped. */
          thenUnstamped: () => {
            expect(isRefusal(decision)).toBe(false);
            expect(isRefusal(decision) ? [] : decision.flatMap(({ violationOf }) => violationOf ?? [])).toEqual([]);
          },
          /** Recorded, and stamped with these rules (M-1). */
          thenStamped: (...rules: readonly string[]) => {
            expect(isRefusal(decision)).toBe(false);
            expect(isRefusal(decision) ? [] : decision.flatMap(({ violationOf }) => violationOf ?? [])).toEqual(
              expect.arrayContaining([...rules]),
            );
          },
        };
      },
    };
  };
  return { given };
};
