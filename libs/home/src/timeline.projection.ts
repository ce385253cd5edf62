import type { DataClass } from '@resguardo/contracts';
import { DATA_CLASSES, STEP_TAKEN } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { FactMessage, Projection } from '@resguardo/eventing';
import { upcast } from '@resguardo/eventing';

/** A later fact that corrects or retracts this one (C-14). It is shown only to whoever may see that later fact. */
export interface Mark {
  readonly kind: 'CORRECTED' | 'RETRACTED';
  readonly eventId: string;
  readonly reason?: string;
  readonly recordedAt: string;
  readonly cls: DataClass;
  readonly agency: string;
  readonly actor: string;
}

/** One fact of a case as the timeline keeps it: everything plain, for no reader yet. */
export interface TimelineRow {
  readonly caseId: string;
  readonly eventId: string;
  readonly revision: number;
  readonly type: string;
  readonly kind: string;
  readonly cls: DataClass;
  readonly agency: string;
  readonly actor: string;
  readonly role: string;
  readonly occurredAt: string;
  readonly knownAt?: string;
  readonly recordedAt: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Classes of the sealed boxes the fact has. */
  readonly boxes: readonly DataClass[];
  readonly violations: readonly string[];
  readonly marks: readonly Mark[];
  /** C-14: retracted as of the wrong case; its boxes are closed to everyone but the Child Protection Authority. */
  readonly closed: boolean;
}

const isClass = (name: string): name is DataClass => DATA_CLASSES.some((cls) => cls === name);

/** A feed that withholds boxes names them (`boxes`); a feed of the store itself carries them. */
const boxesOf = (message: FactMessage & { readonly boxes?: readonly string[] }): readonly DataClass[] =>
  [...(message.boxes ?? Object.keys(message.sealed ?? {}))].filter(isClass).sort();

export const timelineRow = (message: FactMessage): TimelineRow | undefined => {
  const spec = factSpec(message.type);
  const { id, revision, meta, caseId, type } = message;
  const { occurredAt, knownAt, recordedAt = occurredAt } = meta;
  const row = {
    caseId,
    eventId: id,
    revision,
    type,
    occurredAt,
    ...(knownAt && { knownAt }),
    recordedAt,
    violations: meta.violationOf ?? [],
    marks: [],
    closed: false,
  };
  if (type === STEP_TAKEN) {
    const { kind, cls } = message.data as { kind: string; cls: string };
    // Without agency, person and data it is a sentence to everyone; and only to those whom the class gives one.
    if (!isClass(cls)) return undefined;
    return {
      ...row,
      kind,
      cls,
      agency: '',
      actor: '',
      role: '',
      data: {},
      boxes: [],
    };
  }
  // A fact that this program does not know has no class, so nobody may see it; a newer program will fill a new table.
  if (!spec) return undefined;
  return {
    ...row,
    kind: spec.kind,
    cls: spec.cls,
    agency: meta.agency,
    actor: meta.actor,
    role: meta.role,
    data: upcast(message, spec),
    boxes: boxesOf(message),
  };
};

/** Reasons of a retraction that close the boxes of what was retracted (C-14). */
export const CLOSING_REASONS: readonly string[] = ['WRONG_CASE'];

/** C-14: does this fact close the boxes of that one? */
export const closes = ({ type, data }: Pick<FactMessage, 'type' | 'data'>, eventId: string): boolean =>
  type === 'FactRetracted' &&
  data['eventId'] === eventId &&
  CLOSING_REASONS.some((reason) => reason === data['retractionReason']);

const marked = (row: TimelineRow, message: FactMessage): TimelineRow => {
  const spec = factSpec(message.type);
  if (!spec) return row;
  const { retractionReason, correctionReason } = message.data as Record<string, unknown>;
  const reason = retractionReason ?? correctionReason;
  const retracted = message.type === 'FactRetracted';
  const mark: Mark = {
    kind: retracted ? 'RETRACTED' : 'CORRECTED',
    eventId: message.id,
    ...(typeof reason === 'string' && { reason }),
    recordedAt: message.meta.recordedAt ?? message.meta.occurredAt,
    cls: spec.cls,
    agency: message.meta.agency,
    actor: message.meta.actor,
  };
  return {
    ...row,
    marks: [...row.marks, mark],
    closed: row.closed || (retracted && typeof reason === 'string' && CLOSING_REASONS.includes(reason)),
  };
};

/** The earlier fact that a correction or retraction is about. */
const about = ({ type, data }: FactMessage): string | undefined => {
  const { eventId } = data as { eventId?: unknown };
  return (type === 'FactCorrected' || type === 'FactRetracted') && typeof eventId === 'string' ? eventId : undefined;
};

/**
 * What happened in this case, in order? A row per fact, keyed by its event id; corrections mark the row they are about (C-14).
 * Indexes: (case_id, revision) serves pages in both directions, the live update and the head of the case.
 */
export const timelineEntries: Projection<TimelineRow> = {
  name: 'timeline_entries',
  // 2: digests of platform files are sealed.
  version: 2,
  keyOf: (message) => {
    if (!message.stream.startsWith('case-')) return undefined;
    const target = about(message);
    return target ? [message.id, target] : message.id;
  },
  makes: (message, key) => key === message.id,
  evolve: (before: TimelineRow | undefined, message, key) =>
    // A correction that names a fact of another case changes nothing there.
    key === message.id
      ? timelineRow(message)
      : before && before.caseId === message.caseId
        ? marked(before, message)
        : before,
  columns: {
    case_id: { type: 'text', of: (row) => row.caseId },
    revision: { type: 'integer', of: (row) => row.revision },
    kind: { type: 'text', of: (row) => row.kind },
    cls: { type: 'text', of: (row) => row.cls },
    agency: { type: 'text', of: (row) => row.agency },
    actor: { type: 'text', of: (row) => row.actor },
    occurred_at: { type: 'timestamptz', of: (row) => row.occurredAt },
    recorded_at: { type: 'timestamptz', of: (row) => row.recordedAt },
  },
  indexes: [['case_id', 'revision']],
};
