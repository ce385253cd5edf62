import type { Service } from '@resguardo/contracts';
import { fieldSchema, ref, SERVICES } from '@resguardo/contracts';

export const topicOf = (service: Service): string => `feed-${service}`;
export const serviceOf = (topic: string): Service | undefined => SERVICES.find((service) => topicOf(service) === topic);

/** Reverse name of the type of a message, with the version of its shape. */
export const typeOf = (type: string, version: number): string => `mx.resguardo.timeline.${type}.v${version}`;
const TYPE = /^mx\.resguardo\.timeline\.([A-Za-z]{1,80})\.v([1-9]\d{0,3})$/;
export const typeFrom = (name: string): { readonly type: string; readonly version: number } | undefined => {
  const [, type, version] = TYPE.exec(name) ?? [];
  return type ? { type, version: Number(version) } : undefined;
};

/** Identifies the composed schema of a feed. */
export const schemaIdOf = (service: Service): string => `urn:resguardo:feed:${service}`;
/** Place of one kind of message in it. */
export const definitionOf = (type: string, version: number): string => `${type}.v${version}`;
export const dataschemaOf = (service: Service, type: string, version: number): string =>
  `${schemaIdOf(service)}#/$defs/${definitionOf(type, version)}`;

/** Where a feed's messages come from: the keeper of a node of this system. */
export const sourceOf = (node: string): string => `urn:resguardo:${node}`;

export interface AttributeSpec {
  readonly pattern: string;
  /** Characters. */
  readonly max: number;
  readonly required: boolean;
  readonly says: string;
}

/** An opaque id, as in fields. */
const REFERENCE = String(fieldSchema(ref())['pattern']);

/**
 * Attributes of a message, as CloudEvents 1.0 names them. They end up in brokers' files and logs: nobody's name or id is among them, and no
 * name of a stream, because the stream of somebody's readings is named after them.
 */
export const ATTRIBUTES: Readonly<Record<string, AttributeSpec>> = {
  specversion: { pattern: '^1\\.0$', max: 100, required: true, says: 'CloudEvents 1.0' },
  id: { pattern: REFERENCE, max: 200, required: true, says: 'Id of the fact; the same when it comes again' },
  type: { pattern: TYPE.source, max: 120, required: true, says: 'Kind of fact and version of its shape' },
  source: {
    pattern: '^urn:resguardo:[a-z][a-z0-9\\-]{0,62}$',
    max: 80,
    required: true,
    says: 'The node that keeps the timeline',
  },
  subject: { pattern: REFERENCE, max: 80, required: true, says: 'Case id; for insights its pseudonym' },
  time: {
    pattern: '^\\d{4}-\\d{2}-\\d{2}T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(?:\\.\\d{1,3})?Z$',
    max: 100,
    required: false,
    says: 'When it was recorded (UTC); not said of a withheld fact',
  },
  dataschema: { pattern: '^urn:resguardo:feed:', max: 200, required: true, says: 'Schema of the content' },
  datacontenttype: { pattern: '^application/json$', max: 100, required: true, says: 'JSON in UTF-8' },
  partitionkey: { pattern: REFERENCE, max: 80, required: true, says: 'Key of the record: equal to the subject' },
  position: { pattern: '^[!-~]+$', max: 100, required: true, says: 'Place in the history; opaque' },
  sequence: {
    pattern: '^[01]\\d{9}$',
    max: 100,
    required: true,
    says: 'Revision in its stream, ten digits: each is one more than the one before',
  },
  traceparent: {
    pattern:
      '^(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]*)?)$',
    max: 200,
    required: false,
    says: 'W3C trace context',
  },
};

/** Header of the Kafka record that carries an attribute (CloudEvents Kafka binding, binary mode). */
export const headerOf = (attribute: string): string =>
  attribute === 'datacontenttype' ? 'content-type' : attribute === 'traceparent' ? 'traceparent' : `ce_${attribute}`;

const BY_HEADER = new Map(Object.keys(ATTRIBUTES).map((name) => [headerOf(name), name]));
export const attributeOf = (header: string): string | undefined => BY_HEADER.get(header);
