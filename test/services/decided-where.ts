import { caseFileCapability } from '@resguardo/case-file';
import type { CommandSpec, Fields, Service } from '@resguardo/contracts';
import { AGENCIES, fieldsFor, readingOf, SERVICE_OF, writerOf } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { Capability } from '@resguardo/desk';
import { isRefusal } from '@resguardo/eventing';
import { caseAccess, noAccess } from '@resguardo/identity';
import { interchangeCapability } from '@resguardo/interchange';
import { interviewCapability, registerCapability } from '@resguardo/interview';
import { oversightCapability } from '@resguardo/oversight';
import { vaultCapability } from '@resguardo/vault';
import { NOON, plainOf, sampleOf } from '../../libs/eventing/store-remote/src/testing/facts.js';

/** What is asked outside is not asked here: only folds and decisions are looked at, and they ask nobody. */
const NOBODY = {} as never;

export const capabilities: readonly Capability[] = [
  caseFileCapability(NOBODY),
  interviewCapability(NOBODY),
  registerCapability(),
  interchangeCapability(NOBODY),
  oversightCapability() as unknown as Capability,
  vaultCapability(NOBODY) as unknown as Capability,
];

export const AGENCY_SERVICES: readonly Service[] = AGENCIES.map((agency) => SERVICE_OF[agency]);

/** Variants of each fact and command; more than most lists of codes are long. */
const ROUNDS = 12;
/** One id for everything, so that every fact speaks of every other. */
const ONE = '11111111-1111-5111-8111-111111111111';
/** The beginning of a case, so that what comes later finds something to be about; a round that has closed, or not, by the variant. */
const STORY = ['CaseOpened', 'ReportReceived', 'ReferralMade', 'InterviewPlanned', 'QuestionRoundOpened'];

type Specs = Readonly<Record<string, { readonly fields: Fields }>>;
type Evolve = (state: any, fact: any) => any;

const factOf = (type: string, { fields }: { readonly fields: Fields }, round: number) => ({
  type,
  data: sampleOf(plainOf(fields), round, ONE),
  about: {
    eventId: ONE,
    revision: round,
    commandId: ONE,
    actor: 'u-1',
    agency: AGENCIES[round % AGENCIES.length]!,
    role: 'OFFICER',
    occurredAt: NOON,
    recordedAt: NOON,
    violationOf: [],
  },
});

/** An object that tells which of its members were looked at. */
const watched = <T extends object>(value: T, seen: (name: string) => void): T =>
  new Proxy(value, {
    get: (target, name) => {
      if (typeof name === 'string') seen(name);
      return Reflect.get(target, name) as unknown;
    },
    ownKeys: (target) => {
      Object.keys(target).forEach(seen);
      return Reflect.ownKeys(target);
    },
  });

/** The part of a state that rules look at: the interview keeps it apart from its log. */
const partsOf = (state: any): Record<string, unknown> => (state.view ?? state) as Record<string, unknown>;

const changedParts = (before: object, after: object): readonly string[] => {
  const [was, is] = [partsOf(before), partsOf(after)];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (part) => JSON.stringify(was[part]) !== JSON.stringify(is[part]),
  );
};

export interface Folding {
  /** Fact types that the fold knows, and which of their plain fields it looks at. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
  /** Per fact type, the parts of the state that it can change. */
  readonly parts: Readonly<Record<string, readonly string[]>>;
  /** States that it can be in, poor and rich. */
  readonly states: readonly object[];
}

/** What a fold looks at and changes, seen by running it over every fact in many variants and states. */
export const foldingOf = (initial: object, evolve: Evolve, facts: Specs): Folding => {
  const fields: Record<string, Set<string>> = {};
  const parts: Record<string, Set<string>> = {};
  const types = Object.keys(facts);
  const states: object[] = [initial];
  let rich = initial;
  for (let round = 0; round < ROUNDS; round++) {
    let young = initial;
    for (const type of STORY.filter((known) => Object.hasOwn(facts, known)))
      states.push((young = evolve(young, factOf(type, facts[type]!, round)) as object));
    types.forEach((_, step) => {
      const type = types[(step + round * 11) % types.length]!;
      const fact = factOf(type, facts[type]!, round);
      for (const before of [initial, young, rich]) {
        const data = watched(fact.data, (name) => {
          if (Object.hasOwn(facts[type]!.fields, name)) (fields[type] ??= new Set()).add(name);
        });
        const after = evolve(before, { ...fact, data }) as object;
        for (const part of changedParts(before, after)) (parts[type] ??= new Set()).add(part);
      }
      states.push((rich = evolve(rich, fact) as object));
    });
  }
  const listed = (sets: Record<string, Set<string>>) =>
    Object.fromEntries(Object.entries(sets).map(([type, set]) => [type, [...set].sort()]));
  return { fields: listed(fields), parts: listed(parts), states };
};

export const foldingOfCapability = ({ decider, facts }: Capability): Folding =>
  foldingOf(decider.initialState as object, decider.evolve as Evolve, facts);

/** Who is on the team, who must stay out, who broke the glass: asked before every command and every reading. */
export const accessFolding = (): Folding => foldingOf(noAccess, caseAccess as Evolve, allFacts);

export interface Deciding {
  readonly command: string;
  /** Fact types that it writes, ever. */
  readonly writes: readonly string[];
  /** Parts of the state that it looks at. */
  readonly looksAt: readonly string[];
}

/** What a command looks at and writes, seen by deciding it in many states. */
export const decidingOf = ({ decider }: Capability, command: string, { input }: CommandSpec, { states }: Folding) => {
  const writes = new Set<string>();
  const looksAt = new Set<string>();
  const seen = (state: any): object =>
    state.view
      ? { ...state, view: watched(state.view as object, (part) => looksAt.add(part)) }
      : watched(state as object, (part) => looksAt.add(part));
  const known = {
    newId: ONE,
    search: 'MADE',
    sameChildIn: ['another-case'],
    child: { childId: ONE, keyId: ONE, underSix: 'NO' },
    kept: { personId: ONE, keyId: ONE, erased: false },
    intermediary: null,
    cases: [],
  };
  const early = states.slice(0, 40);
  const rest = states.filter((_, index) => index % Math.ceil(states.length / 60) === 0);
  for (const state of [...early, ...rest])
    for (let round = 0; round < ROUNDS; round++) {
      const by = { actor: 'u-2', agency: AGENCIES[round % AGENCIES.length]!, role: 'OFFICER', states: ['09'] };
      const said = { caseId: 'a-case', commandId: ONE, at: NOON, occurredAt: NOON, by };
      const decision = decider.decide(
        { name: command, input: sampleOf(input, round, ONE), known, ...said } as never,
        seen(state) as never,
      );
      if (!isRefusal(decision)) for (const { type } of decision as readonly { type: string }[]) writes.add(type);
    }
  return { command, writes: [...writes].sort(), looksAt: [...looksAt].sort() } satisfies Deciding;
};

export const throughTheAgency = (type: string): boolean =>
  AGENCIES.some((agency) => writerOf(type, agency) !== 'coordination');

/** What a service cannot see of a fact that a fold looks at, whichever other agency said it; '' when it sees all that is looked at. */
export const hiddenFrom = (service: Service, type: string, fields: readonly string[]): string => {
  const readings = [...new Set(AGENCIES.map((agency) => readingOf(service, type, agency)))];
  const least = readings.find((reading) => reading === 'withheld') ?? readings.find((reading) => reading === 'step');
  if (least) return least;
  return fields.filter((name) => AGENCIES.some((agency) => !fieldsFor(service, type, agency).includes(name))).join(' ');
};

/** Per fact type, what a service cannot see of it; types that it sees well enough are left out. */
export const blindSpots = (
  service: Service,
  { fields }: Folding,
  types: readonly string[],
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    types
      .map((type) => [type, hiddenFrom(service, type, fields[type] ?? [])] as const)
      .filter(([, hidden]) => hidden !== ''),
  );
