import type { Field, Fields } from './fields.js';

/** A JSON Schema (2020-12) as plain data. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Days that exist, of the years 1900 to 2200; leap years are spelt out because a pattern cannot count. */
const YEAR = '(?:(?:19|20|21)\\d\\d|2200)';
const LEAP_YEAR = '(?:(?:19|20|21)(?:0[48]|[2468][048]|[13579][26])|2000)';
const DAY =
  `(?:${YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)|02-(?:0[1-9]|1\\d|2[0-8]))` +
  `|${LEAP_YEAR}-02-29)`;
const TIME = '(?:(?:[01]\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,3})?)?|24:00(?::00(?:\\.0{1,3})?)?)';

/** What `validate.ts` asks of the plain kinds, as patterns: a spec compares them value by value. */
const PATTERNS = {
  day: `^${DAY}$`,
  instant: `^${DAY}T${TIME}Z$`,
  ref: '^(?![A-Za-z]{4}\\d{6}[HMXhmx][A-Za-z]{5})(?!\\d{10,15}$)[A-Za-z0-9][A-Za-z0-9_:.\\-]*$',
  digest: '^[0-9a-f]{32,128}$',
} as const;

/** What a plain field may hold in a message. @throws for a field that is never plain: text, group */
export const fieldSchema = (field: Field): JsonSchema => {
  switch (field.kind) {
    case 'code':
      return { enum: field.codes };
    case 'flag':
      return { type: 'boolean' };
    case 'count':
      return { type: 'integer', minimum: field.min, maximum: field.max };
    case 'ref':
      return { type: 'string', pattern: PATTERNS.ref, maxLength: field.max };
    case 'instant':
    case 'day':
    case 'digest':
      return { type: 'string', pattern: PATTERNS[field.kind] };
    case 'many':
      return { type: 'array', items: fieldSchema(field.item!), maxItems: field.max };
    case 'text':
    case 'group':
      throw new Error(`A ${field.kind} is never plain`);
  }
};

/** An object of exactly these fields. */
export const fieldsSchema = (fields: Fields): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, fieldSchema(field)])),
  required: Object.keys(fields).filter((name) => !fields[name]!.optional),
  additionalProperties: false,
});
