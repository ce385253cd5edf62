import type { Service } from '@resguardo/contracts';
import { inputErrors, SERVICES } from '@resguardo/contracts';
import type {
  FactMessage,
  FeedCodec,
  Json,
  JsonObject,
  Place,
  Provenance,
  SealedBox,
  WithheldMessage,
} from '@resguardo/eventing';
import { InvalidMessage, isUnreadable } from '@resguardo/eventing';
import { CloudEvent, Kafka } from 'cloudevents';
import { attributeOf, dataschemaOf, headerOf, serviceOf, sourceOf, topicOf, typeFrom, typeOf } from './attributes.js';
import { kindsOf, streamField, WITHHELD } from './kinds.js';
import { namesTwice } from './json-text.js';
import type { Attributes, MessageError } from './validate.js';
import { asToday, messageErrors } from './validate.js';

/**
 * Longest value of a record, in bytes. A fact of a platform's report can fill what a document may hold (2 MB, sealed in base64); topics must
 * let it pass (`max.message.bytes`).
 */
export const MAX_VALUE_BYTES = 8 * 1024 * 1024;
/** More headers are no message of ours, and each would be an error of its own. */
const MAX_HEADERS = 32;

/** A record as Kafka clients give it; a header that came twice is a list. */
export interface KafkaRecord {
  readonly topic: string;
  readonly key: Uint8Array | string | null;
  readonly headers?: Readonly<Record<string, Uint8Array | string | readonly (Uint8Array | string)[] | undefined>>;
  readonly value: Uint8Array | string | null;
}

/** What a producer sends to `topicOf(reader)`. */
export interface Encoded {
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string;
}

/** A message as read: facts carry the names of their boxes. */
export type ReadMessage = WithheldMessage | (FactMessage & { readonly boxes: readonly string[] });

/** A message is not exactly of its schema. The text names neither values nor unknown names: it may be logged. */
export class MessageRefused extends InvalidMessage {
  constructor(
    readonly topic: string,
    readonly errors: readonly MessageError[],
    place?: Place,
  ) {
    super(
      `${errors.length} faults in a message of ${topic}: ${[...new Set(errors.map(({ problem }) => problem))].join(', ')}`,
      place,
    );
    this.name = 'MessageRefused';
  }
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, i) => name === b[i]);

/** What the wire leaves out: who recorded it where that is not told, a digest that is none, and the trace context, which is a header. */
const spoken = (meta: object): object =>
  Object.fromEntries(
    Object.entries(meta).filter(
      ([name, value]) =>
        value !== undefined &&
        name !== 'traceparent' &&
        !(value === '' && ['actor', 'agency', 'role', 'digest'].includes(name)),
    ),
  );

/** Insights gets none: the other feeds carry the same one, and it would tell which case a pseudonym is. */
const traceOf = (message: FactMessage | WithheldMessage, reader: Service): string | undefined =>
  message.withheld || reader === 'insights' ? undefined : message.meta.traceparent;

/** Content of the record's value, and what is wrong with the message that the value would not show. */
const contentOf = (
  message: FactMessage | WithheldMessage,
  reader: Service,
): readonly [content: object, errors: readonly MessageError[]] => {
  if (message.withheld) {
    const { caseId: _c, revision: _r, position: _p, id: _i, withheld: _w, ...content } = message;
    return [content, []];
  }
  const {
    caseId,
    revision: _r,
    position: _p,
    id: _i,
    withheld: _w,
    type: _t,
    schemaVersion: _v,
    data,
    meta: { caseId: about, ...meta },
    boxes,
    ...rest
  } = message as FactMessage & { readonly boxes?: readonly string[] };
  const content = { ...rest, fact: data, meta: spoken(meta) };
  const errors: readonly MessageError[] = about === caseId ? [] : [{ path: 'meta.caseId', problem: 'differs' }];
  if (reader !== 'oversight') return [{ ...content, boxes }, errors];
  // The boxes themselves are sent: their names need not be said again.
  const told = same(boxes ?? [], Object.keys(message.sealed ?? {}).sort());
  return [content, told ? errors : [...errors, { path: 'boxes', problem: 'differs' }]];
};

/**
 * The record of one message for one reader: CloudEvents 1.0 in Kafka's binary mode.
 * @param node which keeper says it, part of the `source`: lower-case letters, digits, hyphens.
 * @throws MessageRefused when the message is not exactly what this reader is to get
 */
export const encode = (
  message: FactMessage | WithheldMessage,
  reader: Service,
  { node = 'coordination' }: { readonly node?: string } = {},
): Encoded => {
  const traceparent = traceOf(message, reader);
  const { type, schemaVersion: version } = message.withheld ? { type: WITHHELD, schemaVersion: 1 } : message;
  const [content, errors] = contentOf(message, reader);
  const attributes = {
    specversion: '1.0',
    id: message.id,
    type: typeOf(type, version),
    source: sourceOf(node),
    subject: message.caseId,
    ...(!message.withheld && { time: message.meta.recordedAt }),
    dataschema: dataschemaOf(reader, type, version),
    datacontenttype: 'application/json',
    partitionkey: message.caseId,
    position: message.position,
    sequence: String(message.revision).padStart(10, '0'),
    ...(traceparent !== undefined && { traceparent }),
  };
  // Oversight gets facts as stored; what others are given is chosen by today's shape.
  const isOld = reader !== 'oversight' && version !== (kindsOf(reader)[type]?.version ?? version);
  const all = [
    ...errors,
    ...(isOld ? [{ path: headerOf('type'), problem: 'not-for-this-reader' } as const] : []),
    ...messageErrors(reader, attributes, content),
  ];
  if (all.length > 0) throw new MessageRefused(topicOf(reader), all);
  const value = JSON.stringify(content);
  if (Buffer.byteLength(value) > MAX_VALUE_BYTES)
    throw new MessageRefused(topicOf(reader), [{ path: 'value', problem: 'too-large' }]);
  const { traceparent: _trace, ...event } = attributes;
  const record = Kafka.binary(new CloudEvent({ ...event, data: value }));
  // The library says the content type twice, and when it made an event that has no time.
  const headers = Object.entries(record.headers).filter(
    ([name, said]) =>
      said !== undefined && attributeOf(name) !== undefined && (name !== 'ce_time' || !message.withheld),
  );
  return {
    key: message.caseId,
    headers: {
      ...Object.fromEntries(headers as [string, string][]),
      ...(traceparent !== undefined && { traceparent }),
    },
    value,
  };
};

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text, or undefined when it is none: bytes that are not UTF-8, half a surrogate pair. */
const textOf = (value: unknown): string | undefined => {
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined;
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return utf8.decode(value);
  } catch {
    return undefined;
  }
};

type Read<T> = { readonly is?: T; readonly errors: readonly MessageError[] };

const readValue = (value: unknown): Read<unknown> => {
  const wrong = (problem: MessageError['problem']) => ({ errors: [{ path: 'value', problem }] });
  if (value === null || value === undefined) return wrong('required');
  if (typeof value !== 'string' && !(value instanceof Uint8Array)) return wrong('not-text');
  if ((typeof value === 'string' ? Buffer.byteLength(value) : value.byteLength) > MAX_VALUE_BYTES)
    return wrong('too-large');
  const text = textOf(value);
  if (text === undefined) return wrong('not-utf8');
  let is: unknown;
  try {
    is = JSON.parse(text);
  } catch {
    return wrong('not-json');
  }
  return namesTwice(text, is) ? wrong('repeated-member') : { is, errors: [] };
};

const readHeaders = (
  headers: Readonly<Record<string, unknown>>,
): { is: Attributes; errors: readonly MessageError[] } => {
  const errors: MessageError[] = [];
  const attributes: Record<string, unknown> = {};
  const names = Object.keys(headers).filter((name) => headers[name] !== undefined);
  if (names.length > MAX_HEADERS) return { is: {}, errors: [{ path: 'headers', problem: 'too-many' }] };
  for (const path of names) {
    const attribute = attributeOf(path);
    const value = headers[path];
    if (!attribute) errors.push({ path, problem: 'unknown' });
    else if (Array.isArray(value)) errors.push({ path, problem: 'repeated' });
    else if (typeof value !== 'string' && !(value instanceof Uint8Array)) errors.push({ path, problem: 'not-text' });
    else attributes[attribute] = textOf(value);
    if (attribute && !(attribute in attributes)) attributes[attribute] = undefined;
    else if (attribute && attributes[attribute] === undefined) errors.push({ path, problem: 'not-utf8' });
  }
  return { is: attributes, errors };
};

const placeOf = (errors: readonly MessageError[], attributes: Attributes, content: unknown): Place | undefined => {
  const { subject, sequence, id } = attributes;
  const { stream } = (content ?? {}) as { readonly stream?: unknown };
  const needed = ['ce_subject', 'ce_sequence', 'ce_id', 'key', 'topic', 'stream'];
  if (stream === undefined || errors.some(({ path }) => needed.includes(path))) return undefined;
  // Of a type that nobody knows the content was not looked at.
  if (inputErrors({ stream: streamField }, { stream }).length > 0) return undefined;
  return { caseId: String(subject), stream: String(stream), revision: Number(sequence), id: String(id) };
};

/** Everything of a record that is sound enough to look at, and everything that is wrong with it. */
const look = (record: KafkaRecord) => {
  const service = typeof record.topic === 'string' ? serviceOf(record.topic) : undefined;
  const headers = readHeaders(record.headers ?? {});
  const value = readValue(record.value);
  const key = textOf(record.key);
  const errors: MessageError[] = [...headers.errors, ...value.errors];
  if (key === undefined)
    errors.push({ path: 'key', problem: record.key === null || record.key === undefined ? 'required' : 'not-utf8' });
  else if (headers.is['partitionkey'] !== undefined && key !== headers.is['partitionkey'])
    errors.push({ path: 'key', problem: 'differs' });
  if (!service) return { errors: [...errors, { path: 'topic', problem: 'not-a-feed' } as const] };
  const said = headers.errors.map(({ path }) => path);
  // A header that was said wrongly is wrong for one reason, not missing as well.
  errors.push(
    ...messageErrors(service, headers.is, value.is).filter(
      ({ path, problem }) => problem !== 'required' || !said.includes(path),
    ),
  );
  return { errors, service, attributes: headers.is, content: value.is };
};

/** All that is wrong with a record, header by header and field by field. Nothing: `decode` takes it. */
export const recordErrors = (record: KafkaRecord): readonly MessageError[] => look(record).errors;

/**
 * The message of one record of a feed.
 * @throws MessageRefused with everything that is wrong, when the record is not exactly of its schema
 */
export const decode = (record: KafkaRecord): ReadMessage => {
  const { errors, service, attributes, content } = look(record);
  if (errors.length > 0 || !service)
    throw new MessageRefused(String(record.topic), errors, placeOf(errors, attributes ?? {}, content));
  const { type, version } = typeFrom(String(attributes['type']))!;
  const { stream, fact, meta, boxes, sealed } = content as JsonObject;
  const traceparent = attributes['traceparent'];
  const envelope = {
    id: String(attributes['id']),
    caseId: String(attributes['subject']),
    stream: String(stream),
    revision: Number(attributes['sequence']),
    position: String(attributes['position']),
  };
  const kind = kindsOf(service)[type]!;
  if (!kind.meta) return { ...envelope, withheld: true };
  const isAsStored = service === 'oversight';
  return {
    ...envelope,
    withheld: false,
    type,
    schemaVersion: isAsStored ? version : kind.version,
    data: (isAsStored ? fact : asToday(kind, version, fact as object, (meta as JsonObject)['agency'])) as JsonObject,
    meta: {
      ...unspoken(service, type),
      ...(meta as object),
      ...(traceparent !== undefined && { traceparent }),
      caseId: envelope.caseId,
    } as Provenance,
    ...(sealed && { sealed: sealed as unknown as Record<string, SealedBox> }),
    boxes: service === 'oversight' ? Object.keys(sealed ?? {}).sort() : (boxes as readonly Json[]).map(String),
  };
};

/** What `spoken` left out. */
const unspoken = (service: Service, type: string): Partial<Provenance> => {
  const { meta } = kindsOf(service)[type]!;
  if (meta!['commandId']) return { digest: '' };
  return { actor: '', role: '', ...(!meta!['agency'] && { agency: '' }) };
};

/** Topics of all reading services. */
export const TOPICS: readonly string[] = SERVICES.map(topicOf);

const serviceNamed = (name: string): Service => {
  const service = SERVICES.find((known) => known === name);
  if (!service) throw new Error(`no service reads as ${name}`);
  return service;
};

/** The codec of the feeds, for relay and consumers alike. */
export const cloudEvents = (options: { readonly node?: string } = {}): FeedCodec => ({
  encode: (message, reader) => {
    if (isUnreadable(message)) throw new Error('what could not be read is not sent on');
    return encode(message, serviceNamed(reader), options);
  },
  decode: ({ key, headers, value }, reader) => decode({ topic: topicOf(serviceNamed(reader)), key, headers, value }),
});
