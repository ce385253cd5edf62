import { oversightFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, Projection } from '@resguardo/eventing';
import { rowPerFact, upcast } from '@resguardo/eventing';

const KINDS = {
  RecordViewed: 'VIEWED',
  AccessDenied: 'DENIED',
  ExportMade: 'EXPORTED',
  RetryOrdered: 'RETRIED',
  SetAsideOrdered: 'SET_ASIDE',
} as const;
type Kind = keyof typeof KINDS;

/** Who looked, at what, what for, and by which way they came in; who had a case tried again, or a fact set aside: one row per operation. */
export interface AccessRow {
  readonly eventId: string;
  readonly kind: (typeof KINDS)[Kind];
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  /** When it happened (UTC). */
  readonly at: string;
  readonly operation: string;
  readonly cases: readonly string[];
  readonly classes: readonly string[];
  readonly purpose?: string;
  readonly task?: string;
  readonly via?: string;
  /** Why it was denied; of what was set aside, why. */
  readonly rule?: string;
  readonly code?: string;
  /** Whose view was mended. */
  readonly service?: string;
  /** Entries of an export. */
  readonly entries?: number;
}

const isKind = (type: string): type is Kind => Object.hasOwn(KINDS, type);

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
const said = (row: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== undefined));

export const accessRow = (message: FactMessage): AccessRow | undefined => {
  const { type, id, meta } = message;
  if (!isKind(type)) return undefined;
  const data = upcast(message, oversightFacts[type]);
  return {
    eventId: id,
    kind: KINDS[type],
    actor: meta.actor,
    agency: meta.agency,
    role: meta.role,
    at: meta.occurredAt,
    operation: text(data['operation']) ?? '',
    cases: texts(data['cases']),
    classes: texts(data['classes']),
    ...said({
      purpose: text(data['purpose']),
      task: text(data['task']),
      via: text(data['via']),
      rule: text(data['rule']),
      code: text(data['code']) ?? text(data['reason']),
      service: text(data['service']),
      entries: typeof data['entries'] === 'number' ? data['entries'] : undefined,
    }),
  };
};

/** the page *Auditoría de accesos*. */
export const accessLog: Projection<AccessRow> = rowPerFact<AccessRow>({
  name: 'access_log',
  version: 2,
  row: accessRow,
  columns: {
    cases: { type: 'text[]', of: ({ cases }) => cases },
    actor: { type: 'text', of: ({ actor }) => actor },
    agency: { type: 'text', of: ({ agency }) => agency },
    kind: { type: 'text', of: ({ kind }) => kind },
    glass: { type: 'boolean', of: ({ via }) => via === 'break-glass' },
    at: { type: 'timestamptz', of: ({ at }) => at },
  },
  indexes: [['cases'], ['actor', 'at'], ['agency', 'at'], ['at']],
});

/** Who was refused what, by which rule. */
export interface RefusalRow {
  readonly eventId: string;
  readonly caseId: string;
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
  readonly at: string;
  readonly command: string;
  readonly rule: string;
  readonly code: string;
}

export const refusalRow = (message: FactMessage): RefusalRow | undefined => {
  if (message.type !== 'CommandRefused') return undefined;
  const { id, caseId, meta } = message;
  const data = upcast(message, oversightFacts.CommandRefused);
  return {
    eventId: id,
    caseId,
    actor: meta.actor,
    agency: meta.agency,
    role: meta.role,
    at: meta.occurredAt,
    command: text(data['command']) ?? '',
    rule: text(data['rule']) ?? '',
    code: text(data['code']) ?? '',
  };
};

/** denied attempts and refused commands, on the same page. */
export const refusalLog: Projection<RefusalRow> = rowPerFact<RefusalRow>({
  name: 'refusal_log',
  version: 1,
  row: refusalRow,
  columns: {
    cases: { type: 'text[]', of: ({ caseId }) => [caseId] },
    actor: { type: 'text', of: ({ actor }) => actor },
    agency: { type: 'text', of: ({ agency }) => agency },
    rule: { type: 'text', of: ({ rule }) => rule },
    at: { type: 'timestamptz', of: ({ at }) => at },
  },
  indexes: [['cases'], ['actor', 'at'], ['agency', 'at'], ['at']],
});
