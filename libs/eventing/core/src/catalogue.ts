import type { FactAbout } from './decider.js';
import type { JsonObject, RecordedEvent } from './event-store.js';

/** Shape history of one fact: one step per old version, oldest first. Today's version is the number of steps plus one. */
interface Versioned {
  readonly upcasts: readonly ((old: Record<string, unknown>) => Record<string, unknown>)[];
}

/** A stored version that this code has never heard of. Reading on would guess; it stops instead. */
export class UnknownVersion extends Error {
  constructor(event: Pick<RecordedEvent, 'type' | 'schemaVersion' | 'stream' | 'revision'>) {
    super(
      `${event.type} version ${event.schemaVersion} in ${event.stream}@${event.revision} is newer than this program`,
    );
    this.name = 'UnknownVersion';
  }
}

export interface Catalogue<Fact extends { type: string }> {
  /** The fact in today's shape; undefined for a fact of another capability on the same stream. @throws UnknownVersion */
  read(event: RecordedEvent): Fact | undefined;
  /** The version under which a new fact is stored. */
  versionOf(type: string): number;
}

export const about = ({ id, revision, meta }: RecordedEvent): FactAbout => ({
  eventId: id,
  revision,
  commandId: meta.commandId,
  actor: meta.actor,
  agency: meta.agency,
  role: meta.role,
  occurredAt: meta.occurredAt,
  recordedAt: meta.recordedAt ?? meta.occurredAt,
  violationOf: meta.violationOf ?? [],
});

/** Plain fields of a stored fact in today's shape. @throws UnknownVersion */
export const upcast = (event: RecordedEvent, { upcasts }: Versioned): JsonObject => {
  if (event.schemaVersion > upcasts.length + 1 || event.schemaVersion < 1) throw new UnknownVersion(event);
  return upcasts
    .slice(event.schemaVersion - 1)
    .reduce<Record<string, unknown>>((old, step) => step(old), event.data) as JsonObject;
};

export const catalogue = <Fact extends { type: string }>(
  specs: Readonly<Record<string, Versioned>>,
): Catalogue<Fact> => ({
  read: (event) => {
    const spec = Object.hasOwn(specs, event.type) ? specs[event.type] : undefined;
    return spec && ({ type: event.type, data: upcast(event, spec), about: about(event) } as unknown as Fact);
  },
  versionOf: (type) => {
    const spec = specs[type];
    if (!spec) throw new Error(`${type} is in no catalogue`);
    return spec.upcasts.length + 1;
  },
});
