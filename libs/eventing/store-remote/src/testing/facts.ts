import { randomUUID } from 'node:crypto';
import type { Field, Fields } from '@resguardo/contracts';
import { writerOf } from '@resguardo/contracts';
import { allFacts, registerFacts } from '@resguardo/contracts/timeline';
import type { JsonObject, NewEvent, SealedBox } from '@resguardo/eventing';

export const NOON = '2026-03-02T12:00:00.000Z';

/** A value that a field takes; `round` chooses among codes, days, numbers. */
const sample = (field: Field, round: number, id: string): unknown => {
  switch (field.kind) {
    case 'code':
      return field.codes![round % field.codes!.length];
    case 'flag':
      return round % 2 === 0;
    case 'instant':
      return new Date(Date.parse(NOON) + (round - 4) * 86_400_000).toISOString();
    case 'day':
      return new Date(Date.parse(NOON) + (round - 4) * 86_400_000).toISOString().slice(0, 10);
    case 'count':
      return Math.min(Math.max(field.min!, round), field.max!);
    case 'ref':
      return id;
    case 'digest':
      return 'ab'.repeat(32);
    case 'text':
      return 'palabras inventadas';
    case 'many':
      return [sample(field.item!, round, id)];
    case 'group':
      return sampleOf(field.fields!, round, id);
  }
};

/** Every field, filled in; those that may be left out are, in every third round. */
export const sampleOf = (fields: Fields, round = 0, id = 'one'): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, { optional }]) => !optional || round % 3 !== 2)
      .map(([name, field]) => [name, sample(field, round, id)]),
  );

export const plainOf = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, { sealed }]) => !sealed));

const box = (key: string): SealedBox => ({
  v: 1,
  key,
  iv: Buffer.alloc(12, 1).toString('base64'),
  tag: Buffer.alloc(16, 2).toString('base64'),
  text: Buffer.from('opaque').toString('base64'),
});

export interface Who {
  readonly actor: string;
  readonly agency: string;
  readonly role: string;
}

export const streamOf = (type: string, caseId: string, { actor }: Who): string => {
  if (['RecordViewed', 'AccessDenied', 'ExportMade', 'RetryOrdered', 'SetAsideOrdered'].includes(type))
    return `access-${actor}-202603`;
  if (type === 'CommandRefused') return `oversight-${caseId}`;
  return Object.hasOwn(registerFacts, type) ? 'register-intermediaries' : `case-${caseId}`;
};

/** A fact of this type as its own service offers it. What lies in the boxes is nothing: the keeper cannot look into them. */
export const offeredFact = (type: string, caseId: string, who: Who, service = writerOf(type, who.agency)): NewEvent => {
  const { fields, upcasts } = allFacts[type]!;
  const of = Object.hasOwn(registerFacts, type) ? 'none' : caseId;
  const classes = [...new Set(Object.values(fields).flatMap(({ sealed, cls }) => (sealed ? [cls as string] : [])))];
  return {
    id: randomUUID(),
    type,
    schemaVersion: upcasts.length + 1,
    data: sampleOf(plainOf(fields)) as JsonObject,
    ...(classes.length > 0 && {
      sealed: Object.fromEntries(classes.map((cls) => [cls, box(`${of}/${cls}/${service}`)])),
    }),
    meta: {
      caseId: of,
      ...who,
      commandId: randomUUID(),
      command: 'saySomething',
      digest: 'cd'.repeat(32),
      occurredAt: NOON,
    },
  };
};
