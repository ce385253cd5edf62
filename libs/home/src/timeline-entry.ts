import type { DataClass } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { Mark, TimelineRow } from './timeline.projection.js';
import type { Viewer } from './visibility.rule.js';
import { mayPointAt, openableFor, plainFor, seesConduct, visible } from './visibility.rule.js';

/** An entry as GraphQL answers it (`TimelineEntry`). */
export interface TimelineEntry {
  readonly eventId: string | null;
  readonly revision: number;
  readonly type: string | null;
  readonly kind: string;
  readonly agency: string | null;
  readonly actor: string | null;
  readonly actorRole: string | null;
  readonly occurredAt: string;
  readonly knownAt: string | null;
  readonly recordedAt: string;
  readonly late: boolean;
  readonly correctedBy: string | null;
  readonly retractedBy: string | null;
  readonly retractionReason: string | null;
  readonly violations: readonly string[];
  readonly sight: 'FULL' | 'STATUS';
  readonly data: Readonly<Record<string, unknown>>;
  readonly hasDetail: boolean;
  readonly own: boolean;
  readonly cursor: string;
}

const LATE_MS = 24 * 3_600_000;

/** C-8: recorded more than a day after it happened. */
export const isLate = (occurredAt: string, recordedAt: string): boolean =>
  Date.parse(recordedAt) - Date.parse(occurredAt) > LATE_MS;

const latest = (marks: readonly Mark[], kind: Mark['kind']): Mark | undefined =>
  marks.filter((mark) => mark.kind === kind).at(-1);

/**
 * A row as one viewer may see it; undefined when they may not know of it at all (C-10).
 * `knownOn`: marks made later are left out; what is closed stays closed, because permissions are today's.
 */
export const entryFor = (row: TimelineRow, viewer: Viewer, knownOn?: string): TimelineEntry | undefined => {
  const sight = visible(row, viewer);
  if (sight === 'ABSENT') return undefined;
  const full = sight === 'FULL';
  const conduct = full || seesConduct(viewer);
  const pointed = mayPointAt(row, viewer);
  const marks = row.marks.filter(
    (mark) => visible(mark, viewer) !== 'ABSENT' && (!knownOn || Date.parse(mark.recordedAt) <= Date.parse(knownOn)),
  );
  const corrected = full || pointed ? latest(marks, 'CORRECTED') : undefined;
  const retracted = full || pointed ? latest(marks, 'RETRACTED') : undefined;
  return {
    eventId: pointed ? row.eventId : null,
    revision: row.revision,
    type: full ? row.type : null,
    kind: row.kind,
    agency: conduct ? row.agency : null,
    actor: full ? row.actor : null,
    actorRole: conduct ? row.role : null,
    occurredAt: row.occurredAt,
    knownAt: full ? (row.knownAt ?? null) : null,
    recordedAt: row.recordedAt,
    late: isLate(row.occurredAt, row.recordedAt),
    correctedBy: corrected?.eventId ?? null,
    retractedBy: retracted?.eventId ?? null,
    retractionReason: retracted?.reason ?? null,
    violations: conduct ? row.violations : [],
    sight,
    data: full ? plainFor(factSpec(row.type), row.data, row, viewer) : {},
    hasDetail: full && openableFor(row.boxes, row.closed, row, viewer).length > 0,
    own: row.actor === viewer.actor,
    cursor: String(row.revision),
  };
};

/** Classes that were shown of these rows, for the access record. */
export const classesShown = (rows: readonly TimelineRow[], viewer: Viewer): readonly DataClass[] =>
  [
    ...new Set(
      rows.flatMap((row) => {
        if (visible(row, viewer) !== 'FULL') return [];
        const spec = factSpec(row.type);
        const shown = Object.keys(plainFor(spec, row.data, row, viewer));
        return [row.cls, ...shown.flatMap((name) => spec?.fields[name]?.cls ?? [])];
      }),
    ),
  ].sort();
