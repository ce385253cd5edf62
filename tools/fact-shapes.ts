import type { Field } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';

export interface FieldShape {
  readonly is: string;
  readonly cls: string;
  readonly optional?: true;
  readonly sealed?: true;
  readonly codes?: readonly string[];
}
export interface FactShape {
  /** Of the plain fields, and of the sealed boxes: each counts its own steps. */
  readonly version: number;
  readonly sealedVersion: number;
  readonly cls: string;
  readonly fields: Readonly<Record<string, FieldShape>>;
}
export type FactShapes = Readonly<Record<string, FactShape>>;

const shapeOf = ({ kind, cls, optional, sealed, item, codes = item?.codes }: Field): FieldShape => ({
  is: item ? `${kind} ${item.kind}` : kind,
  cls,
  ...(optional && { optional: true }),
  ...(sealed && { sealed: true }),
  ...(codes && { codes: [...codes].sort() }),
});

/** The stored shape of every fact of the timeline, committed: what was stored once is read for ever. */
export const factShapes = (): FactShapes =>
  Object.fromEntries(
    Object.entries(allFacts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([type, { upcasts, sealedUpcasts, cls, fields }]) => [
        type,
        {
          version: upcasts.length + 1,
          sealedVersion: sealedUpcasts.length + 1,
          cls,
          fields: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, shapeOf(field)])),
        },
      ]),
  );

const broken = (before: FieldShape, now: FieldShape | undefined): string | undefined => {
  if (!now) return 'is gone';
  if (before.cls !== now.cls) return 'changed its class';
  if (before.is !== now.is || before.sealed !== now.sealed) return 'is of another kind';
  if (before.optional && !now.optional) return 'is no longer optional';
  const gone = (before.codes ?? []).filter((code) => !now.codes?.includes(code));
  return gone.length > 0 ? `no longer knows ${gone.join(', ')}` : undefined;
};

/**
 * What could not be read any more of facts that were stored in the shapes `before`: a step in `upcasts` (of sealed fields: `sealedUpcasts`)
 * is missing. A new optional field, a new code and a field that became optional need none. A class never changes, with a step or without.
 */
export const unreadable = (before: FactShapes, now: FactShapes): readonly string[] =>
  Object.entries(before).flatMap(([type, old]) => {
    const today = now[type];
    if (!today) return [`${type} is gone`];
    if (today.version < old.version || today.sealedVersion < old.sealedVersion) return [`${type} lost a step`];
    const stepped = (field: FieldShape) =>
      field.sealed ? today.sealedVersion > old.sealedVersion : today.version > old.version;
    const lost = Object.entries(old.fields).flatMap(([name, field]) => {
      const why = broken(field, today.fields[name]);
      return why && (why === 'changed its class' || !stepped(field)) ? [`${type}.${name} ${why}`] : [];
    });
    const missing = Object.entries(today.fields)
      .filter(([name, field]) => !old.fields[name] && !field.optional && !stepped(field))
      .map(([name]) => `${type}.${name} is new and not optional`);
    return [...(old.cls === today.cls ? [] : [`${type} changed its class`]), ...lost, ...missing];
  });

/** One line per fact, so that a change shows as the fact it is of. */
export const printShapes = (shapes: FactShapes): string =>
  `{\n${Object.entries(shapes)
    .map(([type, shape]) => ` ${JSON.stringify(type)}: ${JSON.stringify(shape)}`)
    .join(',\n')}\n}\n`;
