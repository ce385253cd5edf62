import { createHash } from 'node:crypto';
import type { Particle, Root, Structure } from './cybertip.grammar.js';
import { isOfType, LISTS, particleOf, ROOTS, STRUCTURES } from './cybertip.grammar.js';
import type { DocumentProblem, XmlElement } from './xml.js';
import { isProblem, readXml } from './xml.js';

/** A document that fits the format. */
export interface CybertipDocument {
  readonly root: Root;
  readonly element: XmlElement;
  /** SHA-256 of its canonical form: white space, comments, order of attributes and encoding do not matter. */
  readonly digest: string;
}

const wrong = (
  at: XmlElement,
  problem: string,
  values: DocumentProblem['values'] = {},
  field = at.path,
): DocumentProblem => ({ code: 'E-SCHEMA', problem, values, line: at.line, column: at.column, field });

const shown = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text).replace(/\s+/g, ' ');

const textProblem = (element: XmlElement, type: string): DocumentProblem | undefined => {
  const child = element.children[0];
  if (child) return wrong(child, 'unknown-element', { name: child.name });
  if (isOfType(type, element.text)) return undefined;
  return LISTS[type]
    ? wrong(element, 'not-in-list', { type })
    : wrong(element, 'not-of-type', { type, found: shown(element.text) });
};

const attributeProblem = (element: XmlElement, structure: Structure): DocumentProblem | undefined => {
  const declared = Object.entries(structure.attributes ?? {}).map(([said, type]) => {
    const name = said.replace('!', '');
    return { name, type, needed: said.endsWith('!') };
  });
  for (const [name, value] of Object.entries(element.attributes)) {
    const field = `${element.path}/@${name.slice(0, 80)}`;
    const { type } = declared.find((attribute) => attribute.name === name) ?? {};
    if (!type) return wrong(element, 'unknown-attribute', { name }, field);
    if (!isOfType(type, value))
      return wrong(element, LISTS[type] ? 'not-in-list' : 'not-of-type', { type, found: shown(value) }, field);
  }
  const missing = declared.find(({ name, needed }) => needed && !(name in element.attributes));
  return missing && wrong(element, 'missing-attribute', { name: missing.name }, `${element.path}/@${missing.name}`);
};

const unexpected = (
  child: XmlElement,
  before: readonly XmlElement[],
  structure: Structure,
  awaited: readonly Particle[],
): DocumentProblem => {
  const { name } = child;
  const particle = (structure.sequence ?? [])
    .flatMap((said) => said.split('|'))
    .map(particleOf)
    .find((known) => known.name === name);
  if (!particle) return wrong(child, 'unknown-element', { name: name.slice(0, 120) });
  if (!particle.many && before.some((sibling) => sibling.name === name)) return wrong(child, 'too-often', { name });
  const expected = awaited.map((next) => `<${next.name}>`).join(', ') || '–';
  return wrong(child, 'out-of-order', { name, expected });
};

const sequenceProblem = (element: XmlElement, structure: Structure): DocumentProblem | undefined => {
  const slots = (structure.sequence ?? []).map((said) => said.split('|').map(particleOf));
  let slot = 0;
  let filled = false;
  for (const [index, child] of element.children.entries()) {
    let found: Particle | undefined;
    while (slot < slots.length) {
      const particles = slots[slot]!;
      found = particles.find(({ name, many }) => name === child.name && (many || !filled));
      if (found || (!filled && particles.every(({ min }) => min === 1))) break;
      slot++;
      filled = false;
    }
    if (!found) return unexpected(child, element.children.slice(0, index), structure, slots[slot] ?? []);
    filled = true;
    const inside = elementProblem(child, found.type);
    if (inside) return inside;
  }
  const left = slots.slice(slot + (filled ? 1 : 0)).find((particles) => particles.every(({ min }) => min === 1));
  return (
    left &&
    wrong(
      element,
      'missing-element',
      { name: left.map(({ name }) => name).join(', ') },
      `${element.path}/${left[0]!.name}`,
    )
  );
};

const allProblem = (element: XmlElement, structure: Structure): DocumentProblem | undefined => {
  const particles = (structure.all ?? []).map(particleOf);
  const seen: string[] = [];
  for (const child of element.children) {
    const particle = particles.find(({ name }) => name === child.name);
    if (!particle) return wrong(child, 'unknown-element', { name: child.name.slice(0, 120) });
    if (seen.includes(child.name)) return wrong(child, 'too-often', { name: child.name });
    seen.push(child.name);
    const inside = elementProblem(child, particle.type);
    if (inside) return inside;
  }
  return undefined;
};

const elementProblem = (element: XmlElement, type: string): DocumentProblem | undefined => {
  const structure = STRUCTURES[type] ?? { text: type };
  const attribute = attributeProblem(element, structure);
  if (attribute) return attribute;
  if (structure.text) return textProblem(element, structure.text);
  const inside = structure.all ? allProblem(element, structure) : sequenceProblem(element, structure);
  return (
    inside ??
    (element.text.trim() === '' ? undefined : wrong(element, 'stray-text', { found: shown(element.text.trim()) }))
  );
};

/** What counts of an element. Elements that may come in any order are put in one; an annotation that is there says yes. */
const canonical = (element: XmlElement, type: string): unknown => {
  const structure = STRUCTURES[type] ?? { text: type };
  const particles = [...(structure.sequence ?? []), ...(structure.all ?? [])].flatMap((said) =>
    said.split('|').map(particleOf),
  );
  const children = element.children.map((child) =>
    canonical(child, particles.find(({ name }) => name === child.name)?.type ?? 'string'),
  );
  const text = structure.text === 'yes' ? 'true' : element.text.replace(/\s+/g, ' ').trim();
  return [
    element.name,
    Object.entries(element.attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
    text,
    structure.all ? children.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : children,
  ];
};

const digestOf = (element: XmlElement): string =>
  createHash('sha256')
    .update(JSON.stringify(canonical(element, element.name)))
    .digest('hex');

/** One document of the CyberTipline format, or the first thing that is wrong with it: by line, column and path. */
export const readCybertip = (document: Uint8Array | string): CybertipDocument | DocumentProblem => {
  const element = readXml(document);
  if (isProblem(element)) return element;
  const root = ROOTS.find((name) => name === element.name);
  if (!root) return wrong(element, 'unknown-root', { name: element.name.slice(0, 120), expected: ROOTS.join(', ') });
  return elementProblem(element, root) ?? { root, element, digest: digestOf(element) };
};
