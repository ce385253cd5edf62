import type { DataClass, DueTime, TermFact } from '@resguardo/contracts';
import { COUNTED_BY, DEADLINES, dueTimes, onlyStarts, timesStartedBy } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';

/** A due time as pages show it; times are UTC. */
export interface Term {
  readonly key: string;
  readonly rule: string;
  /** Fact that started it. */
  readonly startedBy: string;
  readonly startedAt: string | null;
  readonly dueAt: string;
  readonly breachAt: string | null;
  readonly state: 'RUNNING' | 'OVERDUE' | 'BREACHED' | 'MET' | 'MET_LATE' | 'PAUSED';
  /** Agencies that must act. */
  readonly duty: readonly string[];
  /** The one of them, when it is one. */
  readonly agency: string | null;
  /** Classes of the facts that start or stop it. */
  readonly classes: readonly DataClass[];
}

const typeOf = (name: string): string => name.split('[')[0] ?? name;

const READ: Readonly<Record<string, true>> = Object.fromEntries(
  [...COUNTED_BY, ...DEADLINES.flatMap(({ start, stop }) => [...start, ...stop].map(typeOf))].map((type) => [
    type,
    true,
  ]),
);

/** Does this type of fact start, stop or shift a due time? */
export const concernsTerms = (type: string): boolean => Object.hasOwn(READ, type);

/** Whoever may not know of a fact may not know of the time it starts or ends, nor find a case by it (C-10). */
const classesOf = (key: string, startType: string): readonly DataClass[] =>
  (CLASSES[`${key} ${startType}`] ??= computedClasses(key, startType));
const CLASSES: Record<string, readonly DataClass[]> = {};
const computedClasses = (key: string, startType: string): readonly DataClass[] => {
  const stops = DEADLINES.filter((row) => row.key === key).flatMap(({ stop }) => stop.map(typeOf));
  return [startType, ...stops]
    .flatMap((type) => factSpec(type)?.cls ?? [])
    .filter((cls, i, all) => all.indexOf(cls) === i)
    .sort();
};

/** Due times of a case at a moment, soonest first. TC-7: overdue at the earlier date, breached at the later. */
export const termsOf = (facts: readonly TermFact[], at: string): readonly Term[] => {
  const started = Object.fromEntries(facts.map(({ about }) => [about.eventId, about.occurredAt]));
  return dueTimes(facts, at)
    .map(({ key, rule, startedBy, startType, dueAt, breachAt, state, duty }): Term => {
      const said: Record<typeof state, Term['state']> = {
        running: at > dueAt ? 'OVERDUE' : 'RUNNING',
        met: 'MET',
        late: 'MET_LATE',
        missed: 'BREACHED',
        paused: 'PAUSED',
      };
      return {
        key,
        rule,
        startedBy,
        startedAt: started[startedBy] ?? null,
        dueAt,
        breachAt: breachAt ?? null,
        state: said[state],
        duty,
        agency: duty.length === 1 ? (duty[0] ?? null) : null,
        classes: classesOf(key, startType),
      };
    })
    .sort((a, b) => (a.dueAt < b.dueAt ? -1 : a.dueAt > b.dueAt ? 1 : 0));
};

export const isOpen = ({ state }: Term): boolean => state === 'RUNNING' || state === 'OVERDUE' || state === 'BREACHED';

/** What was counted of facts. */
interface Count {
  /** The earliest of the open terms that whoever sees the case may know of. */
  readonly soonest: string | undefined;
  /** Those of the facts that bear on other terms than their own. */
  readonly bearing: readonly TermFact[];
}
const counts = new WeakMap<readonly TermFact[], Count>();

/** Whether the moment matters to which terms are open: in pauses and after the end of a case. */
const dependsOnTheMoment = ({ type }: TermFact): boolean =>
  type === 'StabilisationPeriodRecognised' || type === 'CaseClosed';

const soonestOf = (times: readonly DueTime[], before?: string): string | undefined => {
  let soonest = before;
  for (const { key, startType, dueAt, state } of times)
    if (
      (state === 'running' || state === 'missed') &&
      (soonest === undefined || dueAt < soonest) &&
      isPlain(classesOf(key, startType))
    )
      soonest = dueAt;
  return soonest;
};

/** The facts with one more. What was counted is kept where the new one can only add to it. */
export const withTermFact = (facts: readonly TermFact[], fact: TermFact): readonly TermFact[] => {
  const longer = facts.concat(fact);
  const before = counts.get(facts);
  if (before && onlyStarts(fact.type)) {
    const times = timesStartedBy(fact, before.bearing, fact.about.occurredAt);
    counts.set(longer, { ...before, soonest: soonestOf(times, before.soonest) });
  }
  return longer;
};

/**
 * Earliest date of a term still open that whoever sees the case may know of, at a moment: the first of `termsOf` that is open and
 * skeleton, without making the others.
 */
export const soonestOpen = (facts: readonly TermFact[], at: string): string | undefined => {
  const known = counts.get(facts);
  if (known) return known.soonest;
  const soonest = soonestOf(dueTimes(facts, at));
  const bearing = facts.filter(({ type }) => !onlyStarts(type));
  if (!bearing.some(dependsOnTheMoment)) counts.set(facts, { soonest, bearing });
  return soonest;
};

const isPlain = (classes: readonly DataClass[]): boolean => classes.every((cls) => cls === 'D0');

/** Known to whoever may see the case at all: lists are ordered and filtered by these alone, because an order can tell as much as a row. */
export const isSkeleton = ({ classes }: Term): boolean => isPlain(classes);
