import type { DataClass, Field, Service } from '@resguardo/contracts';
import { AFFILIATIONS, DATA_CLASSES, ROLES, sealingService, toMessage } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { JsonObject, FactMessage, WithheldMessage, RecordedEvent, SealedBox } from '@resguardo/eventing';
import fc from 'fast-check';

/** Invented facts of every type, as a keeper would have recorded them. */

const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const hash = bytesOf(32).map((bytes) => Buffer.from(bytes).toString('hex'));
const moment = fc
  .integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2150, 0, 1) })
  .map((ms) => new Date(ms).toISOString());
const base64 = (bytes: fc.IntArrayConstraints) =>
  fc.uint8Array(bytes).map((array) => Buffer.from(array).toString('base64'));

const valueOf = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'code':
      return fc.constantFrom(...field.codes!);
    case 'flag':
      return fc.boolean();
    case 'instant':
      return moment;
    case 'day':
      return moment.map((text) => text.slice(0, 10));
    case 'count':
      return fc.integer({ min: field.min!, max: field.max! });
    case 'ref':
      return fc.uuid();
    case 'digest':
      return hash;
    case 'many':
      return fc.array(valueOf(field.item!), { maxLength: Math.min(field.max!, 3) });
    default:
      throw new Error(`A ${field.kind} is never plain`);
  }
};

const dataOf = (type: string): fc.Arbitrary<JsonObject> => {
  const plain = Object.entries(allFacts[type]!.fields).filter(([, field]) => !field.sealed);
  return fc.record(Object.fromEntries(plain.map(([name, field]) => [name, valueOf(field)])), {
    requiredKeys: plain.filter(([, field]) => !field.optional).map(([name]) => name),
  }) as fc.Arbitrary<JsonObject>;
};

const boxOf = (key: string, versions: number): fc.Arbitrary<SealedBox> =>
  fc.record({
    v: fc.integer({ min: 1, max: versions }),
    key: fc.constant(key),
    iv: base64({ minLength: 12, maxLength: 12 }),
    tag: base64({ minLength: 16, maxLength: 16 }),
    text: base64({ maxLength: 60 }),
  });

const streamOf = (type: string, caseId: string, actor: string): string => {
  const { kind } = allFacts[type]!;
  if (type === 'CommandRefused') return `oversight-${caseId}`;
  return kind === 'PRIVACY' &&
    ['RecordViewed', 'AccessDenied', 'ExportMade', 'RetryOrdered', 'SetAsideOrdered'].includes(type)
    ? `access-${actor}-202603`
    : `case-${caseId}`;
};

/** A recorded fact of a type, said by any agency or by those of `agencies`. */
export const storedFact = (type: string, agencies: readonly string[] = AFFILIATIONS): fc.Arbitrary<RecordedEvent> => {
  const { fields, upcasts, sealedUpcasts } = allFacts[type]!;
  const classes = DATA_CLASSES.filter((cls) =>
    Object.values(fields).some((field) => field.sealed && field.cls === cls),
  );
  return fc
    .record({ caseId: fc.uuid(), agency: fc.constantFrom(...agencies), sealed: fc.subarray<DataClass>([...classes]) })
    .chain(({ caseId, agency, sealed }) =>
      fc
        .record({
          id: fc.uuid(),
          revision: fc.nat({ max: 100_000 }),
          position: fc.nat().map(String),
          data: dataOf(type),
          boxes: fc.record(
            Object.fromEntries(
              sealed.map((cls) => [
                cls,
                boxOf(`${caseId}/${cls}/${sealingService(type, agency)}`, sealedUpcasts.length + 1),
              ]),
            ),
          ),
          meta: fc.record(
            {
              actor: fc.uuid().map((id) => `officer:${id}`),
              role: fc.constantFrom(...ROLES),
              commandId: fc.uuid(),
              command: fc.constant('recordSomething'),
              digest: fc.oneof(fc.constant(''), hash),
              occurredAt: moment,
              recordedAt: moment,
              hash,
              knownAt: moment,
              violationOf: fc.uniqueArray(fc.constantFrom('R-010', 'R-101'), { minLength: 1 }),
              dropped: fc.constant(['D4'] as const),
            },
            {
              requiredKeys: ['actor', 'role', 'commandId', 'command', 'digest', 'occurredAt', 'recordedAt', 'hash'],
            },
          ),
        })
        .map(({ boxes, meta, ...event }): RecordedEvent => ({
          ...event,
          type,
          schemaVersion: upcasts.length + 1,
          stream: streamOf(type, caseId, meta.actor),
          ...(sealed.length > 0 && { sealed: boxes as Record<string, SealedBox> }),
          meta: { ...meta, caseId, agency },
        })),
    );
};

/** Not to be turned back here either: what insights is told must not hold what it stands for. */
const pseudonym = (name: string): string => `p${Buffer.from(name).toString('hex').slice(0, 60)}`;

export const messageFor = (service: Service, event: RecordedEvent): FactMessage | WithheldMessage =>
  toMessage(service, event, pseudonym) as unknown as FactMessage | WithheldMessage;
