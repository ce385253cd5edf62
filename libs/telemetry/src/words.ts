import { allCommands, ruleBook, SERVICES, TOKEN_REFUSALS } from '@resguardo/contracts';

/** Names that only the composition knows: of its own code, never of what people said. */
export interface OwnNames {
  readonly capabilities: readonly string[];
  /** Projections and processes. */
  readonly followers: readonly string[];
  /** GraphQL operations of the registered documents. */
  readonly operations: readonly string[];
}

const FIXED = {
  by: ['person', 'process'],
  command: Object.keys(allCommands),
  kind: ['projection', 'process'],
  outcome: [
    ...['accepted', 'refused', 'busy', 'reused', 'malformed', 'no-such-case', 'decided', 'failed'],
    ...['kept', 'conflict', 'unavailable'],
  ],
  reason: [...TOKEN_REFUSALS],
  rule: Object.keys(ruleBook),
  service: [...SERVICES],
  type: ['query', 'mutation', 'subscription'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Label = keyof typeof FIXED | 'capability' | 'follower' | 'operation';

/** What anything else is called. */
export const OTHER = 'other';

/** A value as a label or an attribute may say it. */
export type Words = (label: Label, value: string | undefined) => string;

/**
 * The closed list of what metrics and traces may say. Whatever is not on it, an id, a folio, a name, becomes `other`: what leaves this way
 * lies in systems that know no case and no team.
 */
export const words = ({ capabilities, followers, operations }: OwnNames): Words => {
  const known = new Map<string, ReadonlySet<string>>(
    Object.entries({ ...FIXED, capability: capabilities, follower: followers, operation: operations }).map(
      ([label, values]) => [label, new Set<string>(values)],
    ),
  );
  return (label, value) => (value !== undefined && known.get(label)?.has(value) ? value : OTHER);
};
