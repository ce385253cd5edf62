import type { Said } from '../legal/rule-book.js';

/** A name in both languages, and what helps to use it. */
export interface Label extends Said {
  readonly help?: Said;
}

export type Labels = Readonly<Record<string, Label>>;
export type Row = readonly [es: string, en: string] | readonly [es: string, en: string, helpEs: string, helpEn: string];

export const labelsFrom = (rows: Readonly<Record<string, Row>>): Labels =>
  Object.fromEntries(
    Object.entries(rows).map(([name, [es, en, helpEs, helpEn]]) => [
      name,
      { es, en, ...(helpEs && helpEn && { help: { es: helpEs, en: helpEn } }) },
    ]),
  );
