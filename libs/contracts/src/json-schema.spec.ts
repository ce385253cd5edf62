import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Field } from './fields.js';
import { code, count, day, digest, flag, instant, many, optional, ref, text } from './fields.js';
import { fieldSchema, fieldsSchema } from './json-schema.js';
import { inputErrors } from './validate.js';

const ajv = new Ajv2020({ allowUnionTypes: true });
const two = (n: number) => String(n).padStart(2, '0');

/** Days, moments, references and digests that are right, nearly right and wrong. */
const nearly = fc.oneof(
  fc
    .tuple(
      fc.integer({ min: 1895, max: 2205 }),
      fc.integer({ min: 0, max: 13 }),
      fc.integer({ min: 0, max: 32 }),
      fc.constantFrom('', 'T00:00Z', 'T24:00:00.000Z', 'T24:00:01Z', 'T23:59:59.9999Z', 'T12:60Z', 'T10:00:00+00:00'),
    )
    .map(([y, m, d, rest]) => `${y}-${two(m)}-${two(d)}${rest}`),
  fc
    .tuple(fc.integer({ min: 0, max: 25 }), fc.integer({ min: 0, max: 61 }), fc.integer({ min: 0, max: 61 }))
    .map(([h, m, s]) => `2026-02-28T${two(h)}:${two(m)}:${two(s)}Z`),
  fc.stringMatching(/^[A-Za-z]{4}\d{5,7}[HMXhma][A-Za-z]{5}$/),
  fc.stringMatching(/^\d{8,17}$/),
  fc.stringMatching(/^[A-Za-z0-9_:.\-ñ ]{0,90}$/),
  fc.stringMatching(/^[0-9a-fA-F]{30,130}$/),
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.array(fc.constantFrom('A', 'B', 'C'), { maxLength: 5 }),
  fc.constant({}),
);

const KINDS: Readonly<Record<string, Field>> = {
  day: day(),
  instant: instant(),
  ref: ref(),
  digest: digest(),
  count: count('D0', 0, 12),
  flag: flag(),
  code: code(['A', 'B']),
  many: many(code(['A', 'B']), 3),
};

describe('JSON Schema of fields', () => {
  it.each(Object.entries(KINDS))('%s: the schema and the validator agree on every value', (_, field) => {
    const bySchema = ajv.compile(fieldSchema(field));
    fc.assert(
      fc.property(nearly, (value) => bySchema(value) === (inputErrors({ value: field }, { value }).length === 0)),
      { numRuns: 2_000 },
    );
  });

  it('every day of four hundred years is a day exactly when it exists', () => {
    const bySchema = ajv.compile(fieldSchema(day()));
    for (let year = 1899; year <= 2201; year++)
      for (const end of ['01-31', '02-28', '02-29', '02-30', '04-30', '04-31', '12-31', '00-10', '13-01']) {
        const value = `${year}-${end}`;
        expect([value, bySchema(value)]).toEqual([value, inputErrors({ value: day() }, { value }).length === 0]);
      }
  });

  it('an object has its fields, the required ones, and no other', () => {
    const bySchema = ajv.compile(fieldsSchema({ a: flag(), b: optional(flag()) }));
    expect(
      [{ a: true }, { a: true, b: false }, { b: true }, { a: true, c: 1 }, { a: true, b: null }].map((v) =>
        bySchema(v),
      ),
    ).toEqual([true, true, false, false, false]);
  });

  it('free text has no place in a message', () => expect(() => fieldSchema(text('D4'))).toThrow('never plain'));
});
