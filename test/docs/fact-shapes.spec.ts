import { readFileSync } from 'node:fs';
import type { FactShape, FactShapes, FieldShape } from '../../tools/fact-shapes.js';
import { factShapes, unreadable } from '../../tools/fact-shapes.js';

const kept: FieldShape = { is: 'code', cls: 'D0', codes: ['A', 'B'] };
const noted: FieldShape = { is: 'text', cls: 'D3', sealed: true, optional: true };
const stored: FactShape = { version: 1, sealedVersion: 1, cls: 'D0', fields: { kept, noted } };
const changed = (fields: Readonly<Record<string, FieldShape>>, more: Partial<FactShape> = {}): FactShapes => ({
  Kept: { ...stored, ...more, fields },
});
const lost = (now: FactShapes) => unreadable({ Kept: stored }, now);

it('the committed shapes are those of the code, and all of them can be read', () => {
  const committed = JSON.parse(readFileSync('libs/contracts/schema/facts.json', 'utf8')) as FactShapes;
  expect(committed).toEqual(factShapes());
  expect(Object.keys(committed).length).toBeGreaterThan(100);
});

it('a shape that old facts fit as well needs no step', () => {
  const { sealed, ...rest } = noted;
  expect(sealed).toBe(true);
  expect(
    lost(
      changed({
        kept: { ...kept, optional: true, codes: ['A', 'B', 'C'] },
        noted,
        more: { ...rest, is: 'day', optional: true },
      }),
    ),
  ).toEqual([]);
});

it.each<readonly [string, Readonly<Record<string, FieldShape>>]>([
  ['Kept.kept is gone', { noted }],
  ['Kept.kept is of another kind', { kept: { ...kept, is: 'ref' }, noted }],
  ['Kept.kept no longer knows B', { kept: { ...kept, codes: ['A'] }, noted }],
  ['Kept.more is new and not optional', { kept, noted, more: { is: 'day', cls: 'D0' } }],
])('%s: a step is missing', (why, fields) => {
  expect(lost(changed(fields))).toEqual([why]);
  expect(lost(changed(fields, { sealedVersion: 2 }))).toEqual([why]);
  expect(lost(changed(fields, { version: 2 }))).toEqual([]);
});

it('a sealed field needs a step of the boxes', () => {
  const fields = { kept, noted: { is: 'text', cls: 'D3', sealed: true } as const };
  expect(lost(changed(fields, { version: 2 }))).toEqual(['Kept.noted is no longer optional']);
  expect(lost(changed(fields, { sealedVersion: 2 }))).toEqual([]);
});

it('a class never changes, a step is never lost, a fact never goes', () => {
  const moved = changed({ kept: { ...kept, cls: 'D1' }, noted }, { version: 2, sealedVersion: 2 });
  expect(lost(moved)).toEqual(['Kept.kept changed its class']);
  expect(lost(changed(stored.fields, { cls: 'D1' }))).toEqual(['Kept changed its class']);
  expect(unreadable({ Kept: { ...stored, version: 2 } }, { Kept: stored })).toEqual(['Kept lost a step']);
  expect(lost({})).toEqual(['Kept is gone']);
});
