import { sentence, sentences } from '@resguardo/contracts';
import type { Language } from './format.js';
import type { TimelineEntry } from './types.js';

export const sentenceOf = (entry: TimelineEntry, language: Language): string =>
  sentence({ ...entry, data: entry.data ?? {} }, language);

/** Plain fields that the sentence does not speak of: shown below it, by name. */
export const restOf = (entry: TimelineEntry): readonly (readonly [name: string, value: unknown])[] => {
  const template = entry.type && Object.hasOwn(sentences, entry.type) ? sentences[entry.type]!.es : '';
  const said = new Set([...template.matchAll(/\{(\w+)/g)].map(([, name]) => name));
  return Object.entries(entry.data ?? {}).filter(
    ([name, value]) =>
      !said.has(name) && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
  );
};
