import type { Fields, InputError, Service } from '@resguardo/contracts';
import { code, inputErrors, many, SERVICES } from '@resguardo/contracts';
import { ATTRIBUTES, dataschemaOf, headerOf, typeFrom } from './attributes.js';
import type { Kind, Variant } from './kinds.js';
import { boxFields, kindsOf, streamField } from './kinds.js';

/** What is wrong with a message, and where: a header (`ce_id`), `key`, `topic`, `value`, or a place in the value (`fact.folio`). */
export interface MessageError {
  readonly path: string;
  readonly problem:
    | InputError['problem']
    | 'null'
    | 'repeated'
    | 'not-utf8'
    | 'not-json'
    | 'repeated-member'
    | 'too-large'
    | 'not-an-object'
    | 'wrong-form'
    | 'not-a-feed'
    | 'not-for-this-reader'
    | 'not-this-shape'
    | 'differs'
    | 'not-in-order'
    | 'not-a-box';
}

/**
 * Problems that no JSON Schema of one event can express: what the bytes were, what two places say of each other, the order of a
 * list. Everything else the committed schema refuses too (a test compares them).
 */
export const BEYOND_SCHEMA: readonly MessageError['problem'][] = [
  'repeated',
  'not-utf8',
  'not-json',
  'repeated-member',
  'too-large',
  'not-a-feed',
  'not-this-shape',
  'differs',
  'not-in-order',
];

export type Attributes = Readonly<Record<string, unknown>>;
type Errors = readonly MessageError[];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Exactly these fields: an input may leave a field out by saying null, a message may not. */
const objectErrors = (fields: Fields, value: unknown, path: string): Errors => {
  if (value === undefined) return [{ path, problem: 'required' }];
  if (!isObject(value)) return [{ path, problem: 'not-an-object' }];
  return [
    ...Object.keys(fields)
      .filter((name) => value[name] === null && fields[name]!.optional)
      .map((name): MessageError => ({ path: `${path}.${name}`, problem: 'null' })),
    ...inputErrors(fields, value, `${path}.`),
  ];
};

const PATTERNS = Object.fromEntries(
  Object.entries(ATTRIBUTES).map(([name, { pattern }]) => [name, new RegExp(pattern, 'u')]),
);

const attributeErrors = (attributes: Attributes): Errors =>
  Object.entries(ATTRIBUTES).flatMap(([name, { max, required }]): Errors => {
    const path = headerOf(name);
    const value = attributes[name];
    if (value === undefined) return required ? [{ path, problem: 'required' }] : [];
    if (typeof value !== 'string') return [{ path, problem: 'not-text' }];
    if (value.length > max) return [{ path, problem: 'too-long' }];
    return PATTERNS[name]!.test(value) ? [] : [{ path, problem: 'wrong-form' }];
  });

/** AES-256-GCM: a nonce of 12 bytes, a tag of 16, ciphertext; base64 with padding. */
export const BOX_PATTERNS = {
  iv: '^[A-Za-z0-9+/]{16}$',
  tag: '^[A-Za-z0-9+/]{21}[AQgw]==$',
  text: '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$',
} as const;
/** `caseId/class/service` */
export const boxKeyPattern = (cls: string): string => `^[A-Za-z0-9_:.\\-]{1,80}/${cls}/(?:${SERVICES.join('|')})$`;

const boxErrors = (kind: Kind, cls: string, box: unknown, caseId: unknown): Errors => {
  const path = `sealed.${cls}`;
  if (!isObject(box)) return [{ path, problem: 'not-an-object' }];
  const { iv, tag, text, key, ...rest } = box;
  const forms = { iv, tag, text };
  return [
    ...objectErrors(boxFields(kind.boxVersion), rest, path),
    ...(['iv', 'tag', 'text'] as const).flatMap((name): Errors => {
      const value = forms[name];
      return typeof value === 'string' && new RegExp(BOX_PATTERNS[name]).test(value)
        ? []
        : [{ path: `${path}.${name}`, problem: value === undefined ? 'required' : 'not-a-box' }];
    }),
    ...(typeof key !== 'string' || !new RegExp(boxKeyPattern(cls)).test(key)
      ? [{ path: `${path}.key`, problem: key === undefined ? 'required' : 'not-a-box' } as const]
      : key.startsWith(`${String(caseId)}/`)
        ? []
        : [{ path: `${path}.key`, problem: 'differs' } as const]),
  ];
};

const sealedErrors = (kind: Kind, sealed: unknown, caseId: unknown): Errors => {
  if (sealed === undefined) return [];
  if (!isObject(sealed)) return [{ path: 'sealed', problem: 'not-an-object' }];
  return Object.entries(sealed).flatMap(([cls, box]) =>
    kind.classes.some((known) => known === cls)
      ? boxErrors(kind, cls, box, caseId)
      : [{ path: `sealed.${cls}`, problem: 'unknown' } as const],
  );
};

/** Names of boxes, each once, in the order of the alphabet. */
const boxNameErrors = (kind: Kind, boxes: unknown): Errors => {
  const errors = objectErrors({ boxes: many(code(kind.classes), kind.classes.length) }, { boxes }, '').map((error) => ({
    ...error,
    path: error.path.slice(1),
  }));
  if (errors.length > 0) return errors;
  const names = boxes as readonly string[];
  return names.some((name, i) => i > 0 && name <= names[i - 1]!) ? [{ path: 'boxes', problem: 'not-in-order' }] : [];
};

const variantOf = ({ variants }: Kind, agency: unknown): Variant | undefined =>
  variants.find(({ agencies }) => agencies.some((known) => known === (agency ?? '')));

/** A step is made for a whole fact: what it adds that this reader is not given is left out. */
const todayOf = (kind: Kind, { fields }: Variant, version: number, fact: object): Readonly<Record<string, unknown>> => {
  const today = kind.upcasts.slice(version - 1).reduce<Record<string, unknown>>((old, step) => step(old), { ...fact });
  return Object.fromEntries(
    Object.entries(today).filter(([name]) => Object.hasOwn(fields, name) || Object.hasOwn(fact, name)),
  );
};

/** A fact that was sent in an older shape, as it is sent today. It has no errors. */
export const asToday = (kind: Kind, version: number, fact: object, agency: unknown): object =>
  version === kind.version ? fact : todayOf(kind, variantOf(kind, agency)!, version, fact);

const factErrors = (kind: Kind, version: number, fact: unknown, agency: unknown): Errors => {
  // Nothing is told of who recorded a step: it has one shape.
  const variant = variantOf(kind, agency);
  if (!variant) return [{ path: 'meta.agency', problem: 'not-for-this-reader' }];
  if (version === kind.version || !isObject(fact)) return objectErrors(variant.fields, fact, 'fact');
  let today;
  try {
    today = todayOf(kind, variant, version, fact);
  } catch {
    return [{ path: 'fact', problem: 'not-this-shape' }];
  }
  return objectErrors(variant.fields, today, 'fact').map(({ path }) => ({ path, problem: 'not-this-shape' }));
};

const streamErrors = (stream: unknown, caseId: unknown): Errors => {
  const errors = inputErrors({ stream: streamField }, { stream });
  if (errors.length > 0) return errors;
  const [, of] = /^(?:case|oversight)-(.*)$/.exec(stream as string) ?? [];
  return of === undefined || of === caseId ? [] : [{ path: 'stream', problem: 'differs' }];
};

/** What the value of a message of this kind may hold beside the fact itself. */
const membersOf = (kind: Kind, service: Service): readonly string[] => [
  'stream',
  ...(kind.meta ? ['fact', 'meta', service === 'oversight' ? 'sealed' : 'boxes'] : []),
];

/** All that is wrong with the content of a message of one kind. */
export const contentErrors = (
  service: Service,
  kind: Kind,
  version: number,
  content: unknown,
  attributes: Attributes,
): Errors => {
  if (!isObject(content)) return [{ path: 'value', problem: 'not-an-object' }];
  const { stream, fact, meta, boxes, sealed } = content;
  const members = membersOf(kind, service);
  const unknown = Object.keys(content)
    .filter((name) => !members.includes(name))
    .map((path): MessageError => ({ path, problem: 'unknown' }));
  const common = [...unknown, ...streamErrors(stream, attributes['subject'])];
  if (!kind.meta)
    return attributes['time'] === undefined ? common : [...common, { path: 'ce_time', problem: 'unknown' }];
  const told = isObject(meta) ? meta : {};
  const inMeta = objectErrors(kind.meta, meta, 'meta');
  return [
    ...common,
    ...inMeta,
    ...(inMeta.some(({ path }) => path === 'meta' || path === 'meta.agency')
      ? []
      : factErrors(kind, version, fact, told['agency'])),
    ...(service === 'oversight' ? sealedErrors(kind, sealed, attributes['subject']) : boxNameErrors(kind, boxes)),
    ...(attributes['time'] === undefined
      ? [{ path: 'ce_time', problem: 'required' } as const]
      : told['recordedAt'] === undefined || attributes['time'] === told['recordedAt']
        ? []
        : [{ path: 'ce_time', problem: 'differs' } as const]),
  ];
};

/**
 * All that is wrong with a message for one reader, not only the first thing: its attributes by the names of CloudEvents, its content as
 * parsed. The encoder, the decoder and the conformance kit ask here and nowhere else.
 */
export const messageErrors = (service: Service, attributes: Attributes, content: unknown): Errors => {
  const errors = [...attributeErrors(attributes)];
  const wrong = (name: string) => errors.some(({ path }) => path === headerOf(name));
  const { type: name, subject, partitionkey, dataschema } = attributes;
  if (!wrong('partitionkey') && !wrong('subject') && subject !== partitionkey)
    errors.push({ path: headerOf('partitionkey'), problem: 'differs' });
  if (wrong('type')) return errors;
  const found = typeFrom(String(name));
  const known = kindsOf(service);
  const kind = found && Object.hasOwn(known, found.type) ? known[found.type] : undefined;
  if (!found || !kind || found.version > kind.version)
    return [...errors, { path: headerOf('type'), problem: 'not-for-this-reader' }];
  if (!wrong('dataschema') && dataschema !== dataschemaOf(service, found.type, found.version))
    errors.push({ path: headerOf('dataschema'), problem: 'wrong-form' });
  if (content !== undefined) errors.push(...contentErrors(service, kind, found.version, content, attributes));
  return errors;
};
