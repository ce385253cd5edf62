import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isOfType, LISTS, particleOf, STRUCTURES } from './cybertip.grammar.js';
import type { XmlElement } from './xml.js';
import { isProblem, readXml } from './xml.js';

it('numbers, dates and yes-or-no are of their type or not', () => {
  const good = [
    ['long', '9223372036854775807'],
    ['int', ' -7 '],
    ['double', '-99.13e0'],
    ['boolean', '0'],
    ['yes', ''],
    ['dateTime', '2024-02-29T23:59:59.5-06:00'],
    ['date', '2026-01-01Z'],
    ['country', ''],
    ['phoneCountryCallingCode', '+52'],
  ] as const;
  const bad = [
    ['long', '9223372036854775808'],
    ['int', '1.5'],
    ['double', 'x'],
    ['boolean', 'TRUE'],
    ['yes', 'false'],
    ['dateTime', '2023-02-29T00:00:00Z'],
    ['dateTime', '2026-01-01'],
    ['date', '01/02/2026'],
    ['country', 'México'],
    ['phoneExtension', ''],
  ] as const;
  expect(good.filter(([type, text]) => !isOfType(type, text))).toEqual([]);
  expect(bad.filter(([type, text]) => isOfType(type, text))).toEqual([]);
});

it('every type that an element or an attribute names is known', () => {
  const named = Object.values(STRUCTURES).flatMap(({ sequence = [], all = [], attributes = {}, text }) => [
    ...[...sequence, ...all].flatMap((said) => said.split('|').map((one) => particleOf(one).type)),
    ...Object.values(attributes),
    ...(text ? [text] : []),
  ]);
  expect(named.filter((type) => !STRUCTURES[type] && !LISTS[type] && !isKnown(type))).toEqual([]);
});
const isKnown = (type: string) =>
  ['string', 'token', 'boolean', 'yes', 'dateTime', 'date', 'int', 'long', 'double'].includes(type) ||
  type.startsWith('phone');

// The published schema is not ours to keep; where a folder of samples is at hand, our rules are compared with it.
const schemaPath = join(process.env['RESGUARDO_SAMPLES'] ?? '', 'ncmec/cybertipline-ispws.xsd');
const schema =
  process.env['RESGUARDO_SAMPLES'] && existsSync(schemaPath) ? readXml(readFileSync(schemaPath)) : undefined;

const local = ({ name }: XmlElement) => name.replace(/^\{.*\}/, '');
const find = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.flatMap((child) => [
    ...(local(child) === name ? [child] : []),
    ...(local(child) === 'element' ? [] : find(child, name)),
  ]);

it('says the same as the published schema, element by element, where that is at hand', () => {
  if (!schema) {
    expect(Object.keys(STRUCTURES)).toContain('report');
    return;
  }
  if (isProblem(schema)) throw new Error(schema.problem);
  const theirs: Record<string, { elements: string[]; attributes: string[] }> = {};
  const note = (name: string, type: XmlElement) => {
    const elements = find(type, 'element').map((one) => {
      const { ref, name: own, minOccurs, maxOccurs } = one.attributes;
      return `${ref ?? own}${maxOccurs === 'unbounded' ? (minOccurs === '0' ? '*' : '+') : minOccurs === '0' ? '?' : ''}`;
    });
    const attributes = find(type, 'attribute').map(
      ({ attributes: a }) => `${a['name']}${a['use'] === 'required' ? '!' : ''}`,
    );
    if (elements.length > 0 || attributes.length > 0) theirs[name] = { elements, attributes: attributes.sort() };
    for (const one of find(type, 'element'))
      for (const inner of one.children.filter((child) => local(child) === 'complexType'))
        note(one.attributes['name']!, inner);
  };
  for (const one of schema.children) {
    if (local(one) === 'complexType') note(one.attributes['name']!, one);
    if (local(one) === 'element')
      for (const inner of one.children.filter((child) => local(child) === 'complexType'))
        note(one.attributes['name']!, inner);
    if (local(one) === 'simpleType' && LISTS[one.attributes['name']!])
      expect([...LISTS[one.attributes['name']!]!].sort()).toEqual(
        find(one, 'enumeration')
          .map(({ attributes }) => attributes['value'])
          .sort(),
      );
  }
  // Types of what holds text: `xs:string` and types that restrict nothing are strings to us; what can only be true is a `yes`.
  const texts: Record<string, string> = {};
  for (const one of find(schema, 'complexType').concat(schema.children.flatMap((child) => find(child, 'complexType'))))
    for (const element of find(one, 'element')) {
      const { name, type, fixed } = element.attributes;
      if (name && type?.startsWith('xs:')) texts[name] = fixed ? 'yes' : type.slice(3);
    }
  const said = Object.values(STRUCTURES).flatMap(({ sequence = [], all = [] }) =>
    [...sequence, ...all].flatMap((particle) => particle.split('|').map(particleOf)),
  );
  expect(Object.keys(texts).length).toBeGreaterThan(50);
  const ambiguous = ['platform', 'name', 'address', 'potentialMeme', 'fileId', 'hash'];
  const other = said.filter(({ name, type }) => texts[name] && !ambiguous.includes(name) && texts[name] !== type);
  expect(other).toEqual([]);
  // Two of their types have no name of their own; we gave them one.
  const ours = Object.fromEntries(
    Object.entries(STRUCTURES).map(([name, { sequence = [], all = [], attributes = {} }]) => [
      { associatedPlatform: 'platform', doneFiles: 'files' }[name] ?? name,
      {
        elements: [...sequence, ...all].flatMap((said) => said.split('|')).map((said) => said.replace(/:.*/, '')),
        attributes: Object.keys(attributes).sort(),
      },
    ]),
  );
  expect(ours).toEqual(theirs);
});
