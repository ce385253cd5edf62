import type { Fields, JsonSchema, Service } from '@resguardo/contracts';
import { AFFILIATIONS, day, digest, fieldSchema, fieldsSchema, instant, ref } from '@resguardo/contracts';
import type { AttributeSpec } from './attributes.js';
import { ATTRIBUTES, dataschemaOf, definitionOf, headerOf, schemaIdOf, typeOf } from './attributes.js';
import type { Kind, Variant } from './kinds.js';
import { boxFields, kindsOf, streamField } from './kinds.js';
import { BOX_PATTERNS, boxKeyPattern } from './validate.js';

/** What is said often, once. */
const SHARED: Readonly<Record<string, JsonSchema>> = {
  reference: fieldSchema(ref()),
  instant: fieldSchema(instant()),
  day: fieldSchema(day()),
  digest: fieldSchema(digest()),
};

const shortened = (schema: unknown): unknown => {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(shortened);
  const name = Object.keys(SHARED).find((one) => JSON.stringify(SHARED[one]) === JSON.stringify(schema));
  return name
    ? { $ref: `#/$defs/${name}` }
    : Object.fromEntries(Object.entries(schema).map(([key, part]) => [key, shortened(part)]));
};

const exactly = (properties: Readonly<Record<string, JsonSchema>>, optional: readonly string[] = []): JsonSchema => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  additionalProperties: false,
});

const boxSchema = (cls: string, boxVersion: number): JsonSchema =>
  exactly({
    v: fieldSchema(boxFields(boxVersion)['v']!),
    key: { type: 'string', pattern: boxKeyPattern(cls) },
    iv: { type: 'string', pattern: BOX_PATTERNS.iv },
    tag: { type: 'string', pattern: BOX_PATTERNS.tag },
    text: { type: 'string', pattern: BOX_PATTERNS.text },
  });

const metaSchema = (kind: Kind, { agencies }: Variant): JsonSchema => {
  if (!kind.meta!['agency']) return { $ref: '#/$defs/times' };
  const all = { $ref: '#/$defs/meta' };
  return agencies.length === AFFILIATIONS.length
    ? all
    : { ...all, type: 'object', properties: { agency: { enum: agencies } } };
};

const contentSchema = (service: Service, kind: Kind, version: number): JsonSchema => {
  const stream = fieldSchema(streamField);
  if (!kind.meta) return exactly({ stream });
  const { classes, boxVersion } = kind;
  const boxes: Readonly<Record<string, JsonSchema>> =
    service === 'oversight'
      ? {
          sealed: exactly(Object.fromEntries(classes.map((cls) => [cls, boxSchema(cls, boxVersion)])), classes),
        }
      : {
          boxes: {
            type: 'array',
            ...(classes.length > 0 && { items: { enum: classes } }),
            maxItems: classes.length,
            uniqueItems: true,
          },
        };
  const shapes = kind.variants.map((variant) =>
    exactly(
      {
        stream,
        // What an old shape held is known to the program that brings it to today's, not to a schema.
        fact: version === kind.version ? fieldsSchema(variant.fields) : { type: 'object' },
        meta: metaSchema(kind, variant),
        ...boxes,
      },
      ['sealed'],
    ),
  );
  return shapes.length === 1 ? shapes[0]! : { oneOf: shapes };
};

const attributeSchema = ({ pattern, max, says, required }: AttributeSpec): JsonSchema => ({
  // CloudEvents in JSON may say null for what is not said.
  type: required ? 'string' : ['string', 'null'],
  pattern,
  maxLength: max,
  description: says,
});

/** Every kind of message of a feed with each version that may lie in it: what was sent in an older shape stays there. */
export const versionsOf = (service: Service): readonly { readonly kind: Kind; readonly version: number }[] =>
  Object.values(kindsOf(service)).flatMap((kind) =>
    Array.from({ length: kind.version }, (_, i) => ({ kind, version: i + 1 })),
  );

/** Schema of the headers of a record: a string each. */
export const headersSchema = (): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([name, { pattern, max, says }]) => [
      headerOf(name),
      { type: 'string', pattern, maxLength: max, description: says },
    ]),
  ),
  required: Object.entries(ATTRIBUTES)
    .filter(([, { required }]) => required)
    .map(([name]) => headerOf(name)),
  additionalProperties: false,
});

/**
 * JSON Schema (2020-12) of everything that one reading service is sent: its root is an event in the JSON form of CloudEvents, `$defs` hold
 * the content of each kind and version, which is what the value of a Kafka record holds.
 */
export const feedSchema = (service: Service): JsonSchema => {
  const versions = versionsOf(service);
  const facts = versions.map(({ kind }) => kind).filter(({ meta }) => meta?.['agency']);
  const steps = versions.map(({ kind }) => kind).filter(({ meta }) => meta && !meta['agency']);
  const provenance = (name: string, fields: Fields | undefined) =>
    fields ? { [name]: shortened(fieldsSchema(fields)) } : {};
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: schemaIdOf(service),
    title: `What the service ${service} is sent`,
    description: 'Generated from the contracts; do not edit. An event as CloudEvents 1.0 in JSON.',
    type: 'object',
    properties: {
      ...Object.fromEntries(Object.entries(ATTRIBUTES).map(([name, spec]) => [name, attributeSchema(spec)])),
      type: { enum: versions.map(({ kind, version }) => typeOf(kind.type, version)) },
      data: { type: 'object' },
    },
    required: [...Object.keys(ATTRIBUTES).filter((name) => ATTRIBUTES[name]!.required), 'data'],
    additionalProperties: false,
    allOf: versions.map(({ kind, version }) => ({
      if: { type: 'object', properties: { type: { const: typeOf(kind.type, version) } } },
      then: {
        type: 'object',
        properties: {
          dataschema: { const: dataschemaOf(service, kind.type, version) },
          // A fact says when it was recorded; of a withheld one nothing is said.
          time: { type: kind.meta ? 'string' : 'null' },
          data: { $ref: `#/$defs/${definitionOf(kind.type, version)}` },
        },
        ...(kind.meta && { required: ['time'] }),
      },
    })),
    $defs: {
      ...SHARED,
      ...provenance('meta', facts[0]?.meta),
      ...provenance('times', steps[0]?.meta),
      ...Object.fromEntries(
        versions.map(({ kind, version }) => [
          definitionOf(kind.type, version),
          shortened(contentSchema(service, kind, version)),
        ]),
      ),
    },
  };
};
