import { codeLabels } from './labels/codes.js';
import { commandLabels } from './labels/commands.js';
import { factLabels } from './labels/facts.js';
import { fieldLabels } from './labels/fields.js';
import { classLabels, operationLabels, termLabels, whyLabels } from './labels/terms.js';
import type { Labels } from './labels/label.js';

/** What people read instead of the names that programs use: commands, their fields, closed codes, and kinds of facts. */
export const labels = {
  commands: commandLabels,
  fields: fieldLabels,
  codes: codeLabels,
  facts: factLabels,
  terms: termLabels,
  operations: operationLabels,
  classes: classLabels,
  why: whyLabels,
} as const;
export type LabelKind = keyof typeof labels;

/** A name nobody has put into words yet, taken apart so that it can at least be read. */
const spelled = (name: string): string => {
  const words = name
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

const found = (kind: LabelKind, name: string) => {
  const list: Labels = labels[kind];
  return Object.hasOwn(list, name) ? list[name] : undefined;
};

export const labelOf = (kind: LabelKind, name: string, language: 'es' | 'en'): string =>
  found(kind, name)?.[language] ?? spelled(name);

/** A code where it stands in a field: one code may mean several things, and is said there as that field has it. */
export const codeIn = (field: string, code: string, language: 'es' | 'en'): string =>
  found('codes', `${field}.${code}`)?.[language] ?? labelOf('codes', code, language);

/** The sentence under the label; empty when none is needed. */
export const helpOf = (kind: LabelKind, name: string, language: 'es' | 'en'): string =>
  found(kind, name)?.help?.[language] ?? '';
