import type { DataClass, Service } from './classes.js';
import type { FactSpec } from './facts.js';
import type { Field } from './fields.js';
import { allFacts, registerFacts } from './timeline/index.js';
import type { InputError } from './validate.js';
import { inputErrors, isInstant } from './validate.js';

/** A fact that somebody wants to have recorded, before anything is believed of it; `NewEvent` of eventing has this shape. */
export interface OfferedFact {
  readonly id: string;
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly sealed?: Readonly<
    Record<string, Readonly<{ v: number; key: string; iv: string; tag: string; text: string }>>
  >;
  readonly meta: Readonly<{
    caseId: string;
    actor: string;
    commandId: string;
    command: string;
    digest: string;
    occurredAt: string;
    knownAt?: string;
    violationOf?: readonly string[];
    dropped?: readonly string[];
  }>;
}

export interface AdmissionError {
  /** `data.channel`, `sealed.D4r.key`, `meta.occurredAt` … */
  readonly path: string;
  readonly problem:
    | InputError['problem']
    | 'unknown-type'
    | 'wrong-version'
    /** A field that must never stand in clear does. */
    | 'must-be-sealed'
    /** The fact has no sealed field of this class. */
    | 'no-such-class'
    /** The box is sealed under the key of another service, case or class. */
    | 'foreign-key'
    | 'not-a-box'
    /** Facts of this type stand on another stream. */
    | 'wrong-stream'
    | 'not-an-id'
    | 'not-a-rule';
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const NAME = /^[A-Za-z][A-Za-z0-9_:.-]{0,79}$/;
const HEX = /^([0-9a-f]{32,128})?$/;
const RULE = /^[A-Z]{1,3}-\d{1,4}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** AES-256-GCM: 12 bytes of nonce, 16 of tag, in base64. */
const IV = 16;
const TAG = 24;

/** Facts that stand on their actor's `access-` stream. */
const ACCESS_FACTS: readonly string[] = [
  'RecordViewed',
  'AccessDenied',
  'ExportMade',
  'RetryOrdered',
  'SetAsideOrdered',
];

/** Whether a fact of this type about this case, or by this actor, stands on that stream. */
const isPlace = (stream: string, type: string, { caseId, actor }: OfferedFact['meta']): boolean => {
  if (ACCESS_FACTS.includes(type))
    return stream.startsWith(`access-${actor}-`) && /^\d{6}$/.test(stream.slice(`access-${actor}-`.length));
  if (type === 'CommandRefused') return stream === `oversight-${caseId}`;
  if (Object.hasOwn(registerFacts, type)) return stream === 'register-intermediaries' && caseId === 'none';
  return stream === `case-${caseId}`;
};

/** Bytes that the content of a field can have at most, written as JSON: a character is written as six at most. */
const longest = (name: string, field: Field): number => {
  switch (field.kind) {
    case 'text':
      return name.length + 8 + 6 * (field.max ?? 0);
    case 'many':
      return name.length + 8 + (field.max ?? 0) * longest('', field.item!);
    default:
      // Codes, flags, times, numbers, opaque ids, digests.
      return name.length + 160;
  }
};

const boxErrors = (
  { sealed = {}, meta }: OfferedFact,
  { fields, sealedUpcasts }: FactSpec,
  service: Service,
): readonly AdmissionError[] => {
  const secret = Object.entries(fields).filter(([, field]) => field.sealed);
  const dropped = meta.dropped ?? [];
  return [
    ...Object.entries(sealed).flatMap(([cls, { v, key, iv, tag, text }]): readonly AdmissionError[] => {
      const path = `sealed.${cls}`;
      const inside = secret.filter(([, field]) => field.cls === cls);
      if (inside.length === 0 || dropped.includes(cls)) return [{ path, problem: 'no-such-class' }];
      const most = inside.reduce((sum, [name, field]) => sum + longest(name, field), 2);
      return [
        ...(v === sealedUpcasts.length + 1 ? [] : [{ path: `${path}.v`, problem: 'wrong-version' } as const]),
        ...(key === `${meta.caseId}/${cls}/${service}`
          ? []
          : [{ path: `${path}.key`, problem: 'foreign-key' } as const]),
        ...(iv.length === IV && tag.length === TAG && text !== '' && [iv, tag, text].every((part) => BASE64.test(part))
          ? []
          : [{ path, problem: 'not-a-box' } as const]),
        ...(text.length <= Math.ceil(most / 3) * 4 ? [] : [{ path: `${path}.text`, problem: 'too-long' } as const]),
      ];
    }),
    ...secret
      .filter(([, { cls, optional }]) => !optional && !Object.hasOwn(sealed, cls) && !dropped.includes(cls))
      .map(([, { cls }]): AdmissionError => ({ path: `sealed.${cls}`, problem: 'required' })),
    ...dropped
      .filter((cls) => !secret.some(([, field]) => field.cls === (cls as DataClass)))
      .map((cls): AdmissionError => ({ path: `meta.dropped.${cls}`, problem: 'no-such-class' })),
  ];
};

const metaErrors = ({ commandId, command, digest, occurredAt, knownAt, violationOf = [] }: OfferedFact['meta']) => {
  const unless = (good: boolean, path: string, problem: AdmissionError['problem']): readonly AdmissionError[] =>
    good ? [] : [{ path: `meta.${path}`, problem }];
  return [
    ...unless(UUID.test(commandId.toLowerCase()), 'commandId', 'not-an-id'),
    ...unless(NAME.test(command), 'command', 'not-a-reference'),
    ...unless(HEX.test(digest), 'digest', 'not-a-digest'),
    ...unless(isInstant(occurredAt), 'occurredAt', 'not-an-instant'),
    ...unless(knownAt === undefined || isInstant(knownAt), 'knownAt', 'not-an-instant'),
    ...unless(
      violationOf.every((rule) => RULE.test(rule)),
      'violationOf',
      'not-a-rule',
    ),
  ];
};

const dataErrors = (data: OfferedFact['data'], { fields }: FactSpec): readonly AdmissionError[] => {
  const plain = Object.fromEntries(Object.entries(fields).filter(([, { sealed }]) => !sealed));
  return [
    ...inputErrors(plain, data).map(({ path, problem }): AdmissionError => ({
      path: `data.${path}`,
      problem: problem === 'unknown' && Object.hasOwn(fields, path) ? 'must-be-sealed' : problem,
    })),
    // A form may send null for "not given"; what is recorded says nothing instead.
    ...Object.keys(data)
      .filter((name) => data[name] === null && fields[name]?.optional)
      .map((name): AdmissionError => ({ path: `data.${name}`, problem: 'required' })),
  ];
};

/**
 * All that is wrong with a fact that `service` wants to record on `stream`: shape, version, classes, the keys of its boxes, the stream (D5, D11).
 * Who may write it, and whether actor and agency are who they say, is asked elsewhere. What lies in a box cannot be looked at.
 */
export const admissionErrors = (service: Service, stream: string, fact: OfferedFact): readonly AdmissionError[] => {
  const { id, type, schemaVersion, data, meta } = fact;
  const spec = Object.hasOwn(allFacts, type) ? allFacts[type] : undefined;
  if (!spec) return [{ path: 'type', problem: 'unknown-type' }];
  return [
    ...(UUID.test(id) ? [] : [{ path: 'id', problem: 'not-an-id' } as const]),
    ...(schemaVersion === spec.upcasts.length + 1
      ? []
      : [{ path: 'schemaVersion', problem: 'wrong-version' } as const]),
    ...(isPlace(stream, type, meta) ? [] : [{ path: 'stream', problem: 'wrong-stream' } as const]),
    ...dataErrors(data, spec),
    ...boxErrors(fact, spec, service),
    ...metaErrors(meta),
  ];
};
