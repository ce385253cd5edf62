import type { Service } from '@resguardo/contracts';
import { SERVICES } from '@resguardo/contracts';
import { ATTRIBUTES, headerOf, schemaIdOf, topicOf } from './attributes.js';
import type { KafkaRecord } from './codec.js';
import { recordErrors } from './codec.js';
import { namesTwice } from './json-text.js';
import type { MessageError } from './validate.js';

/** One field of an event: accepted, or why not; `open` when something else is so wrong that it cannot be told. */
export type FieldVerdict =
  | { readonly path: string; readonly verdict: 'accepted' | 'open' }
  | { readonly path: string; readonly verdict: 'refused'; readonly problem: MessageError['problem'] };

export interface Verdict {
  readonly accepted: boolean;
  readonly topic: string;
  /** Every field that the event has or should have: headers first, then the value. */
  readonly fields: readonly FieldVerdict[];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A record written down as JSON (`{topic, key, headers, value}`); the value as text or as the object that the text would hold. */
const fromBinary = ({ topic, key, headers, value }: Readonly<Record<string, unknown>>, feed?: Service): KafkaRecord =>
  ({
    topic: feed ? topicOf(feed) : topic,
    key,
    headers: isObject(headers) ? headers : {},
    value: isObject(value) || Array.isArray(value) ? JSON.stringify(value) : value,
  }) as KafkaRecord;

/** What binary mode makes of an event in the JSON form of CloudEvents; null says that an attribute is not said. */
const fromStructured = (event: Readonly<Record<string, unknown>>, feed?: Service): KafkaRecord => {
  const { data, ...attributes } = event;
  const said = Object.entries(attributes).filter(([name, value]) => value !== null || !Object.hasOwn(ATTRIBUTES, name));
  const { dataschema, partitionkey } = attributes;
  const named = SERVICES.find((service) => String(dataschema).startsWith(`${schemaIdOf(service)}#`));
  const reader = feed ?? named;
  return {
    topic: reader ? topicOf(reader) : '',
    key: partitionkey ?? null,
    headers: Object.fromEntries(said.map(([name, value]) => [headerOf(name), value])),
    value: data === undefined ? null : JSON.stringify(data),
  } as KafkaRecord;
};

/**
 * The Kafka record that an event written down as JSON stands for: structured CloudEvents, or a record in binary mode.
 * `feed`: whose feed it is meant for; else its topic says, or its `dataschema`.
 */
export const recordOf = (event: unknown, feed?: Service): KafkaRecord => {
  if (!isObject(event)) return fromBinary({ key: null, value: null }, feed);
  return Object.hasOwn(event, 'headers') ? fromBinary(event, feed) : fromStructured(event, feed);
};

/**
 * The events of a file: one, or a list of them.
 * @throws SyntaxError when it is not JSON, or an object in it names a member twice
 */
export const eventsIn = (text: string): readonly unknown[] => {
  const is: unknown = JSON.parse(text);
  if (namesTwice(text, is)) throw new SyntaxError('an object names a member twice');
  return Array.isArray(is) ? is : [is];
};

/** Paths of everything a value says, down to what is no object. */
const pathsIn = (value: unknown, path: string): readonly string[] =>
  isObject(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([name, member]) => pathsIn(member, path ? `${path}.${name}` : name))
    : [path];

const parsed = (value: KafkaRecord['value']): unknown => {
  try {
    return JSON.parse(String(value));
  } catch {
    return undefined;
  }
};

/** Whether the consumer would accept a record, field by field. It asks the consumer's own validator. */
export const verdictOf = (record: KafkaRecord): Verdict => {
  const errors = recordErrors(record);
  const value = parsed(record.value);
  const envelope = ['topic', 'key', ...Object.keys(record.headers ?? {})];
  const paths = [...envelope, ...(isObject(value) ? pathsIn(value, '') : ['value'])];
  const wrong = errors.map(({ path }) => path);
  const told = (path: string): boolean => {
    // Whose feed it is says which schema holds; the kind of fact, which fields; the agency, which of them this reader gets.
    if (wrong.includes('topic')) return false;
    if (!envelope.includes(path)) {
      if (wrong.includes(headerOf('type'))) return false;
      if (path.startsWith('fact.')) return !wrong.includes('meta') && !wrong.includes('meta.agency');
    }
    return true;
  };
  const fields = [
    // A list is one field, of which an error may name an item.
    ...paths
      .filter((path) => !wrong.some((one) => one === path || one.startsWith(`${path}.`)))
      .map((path): FieldVerdict => ({ path, verdict: told(path) ? 'accepted' : 'open' })),
    ...errors.map(({ path, problem }): FieldVerdict => ({ path, verdict: 'refused', problem })),
  ];
  return { accepted: errors.length === 0, topic: record.topic, fields };
};

/** What a problem means, for those who have to mend it. */
export const REASONS: Readonly<Record<MessageError['problem'], string>> = {
  required: 'is missing',
  unknown: 'is not part of this message',
  'not-a-code': 'is not in the closed list',
  'not-a-boolean': 'must be true or false',
  'not-an-instant': 'must be a moment in UTC, as 2026-03-01T10:00:00Z',
  'not-a-day': 'must be a day that exists, as 2026-03-01',
  'not-a-count': 'must be a whole number within its bounds, not a text',
  'not-a-reference': 'must be an opaque id: letters, digits, - _ : . and nothing that looks like a CURP or a telephone',
  'not-a-digest': 'must be a digest in lower-case hexadecimal',
  'not-text': 'must be a text',
  'too-long': 'is too long',
  'too-many': 'has too many items',
  'looks-like-content': 'looks like a file',
  null: 'must be left out instead of null',
  repeated: 'comes more than once',
  'not-utf8': 'is not UTF-8',
  'not-json': 'is not JSON',
  'repeated-member': 'names a member twice',
  'too-large': 'is larger than a record may be',
  'not-an-object': 'must be an object',
  'wrong-form': 'has not the form it must have',
  'not-a-feed': 'is no feed of this system',
  'not-for-this-reader': 'is not sent to this reader',
  'not-this-shape': 'cannot be brought from its old shape to the one of today',
  differs: 'contradicts what the message says elsewhere',
  'not-in-order': 'must be in alphabetical order, each once',
  'not-a-box': 'is no sealed box',
};
