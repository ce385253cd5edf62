import { FACT_KINDS } from './facts.js';
import { MATRIX, READERS } from './classes.js';
import type { Fields } from './fields.js';
import { labels } from './labels.js';
import { fieldsSpokenOf, sentence, sentences, stepSentences } from './sentences.js';
import { allFacts, oversightFacts } from './timeline/index.js';

const FORBIDDEN = /pornograf|prostituci|presunta víctima|\bmenor(es)?\b|\bminors?\b|víctima difícil|child porn/i;

describe('what the timeline says', () => {
  it('every fact of the timeline has its sentence in both languages', () => {
    const without = Object.keys(allFacts).filter((type) => !sentences[type]?.es.trim() || !sentences[type]?.en.trim());
    expect(without).toEqual([]);
  });

  it('every field and code that a timeline can show has its words', () => {
    const missing = new Set<string>();
    const walk = (fields: Fields) => {
      for (const [name, field] of Object.entries(fields)) {
        if (!(name in labels.fields)) missing.add(`field ${name}`);
        for (const code of (field.kind === 'many' ? field.item! : field).codes ?? [])
          if (![labels.codes, labels.fields, labels.classes].some((known) => code in known))
            missing.add(`code ${code}`);
        if (field.fields) walk(field.fields);
      }
    };
    // What is said about services stands in the audit, which has words of its own.
    for (const [type, { fields }] of Object.entries(allFacts)) if (!(type in oversightFacts)) walk(fields);
    expect([...missing]).toEqual([]);
  });

  it('a sentence speaks of plain fields of its own fact only, and of the same in both languages', () => {
    for (const [type, { fields }] of Object.entries(allFacts)) {
      const spoken = fieldsSpokenOf(sentences[type]?.es ?? '');
      const wrong = spoken.filter((name) => !fields[name] || fields[name]?.sealed);
      expect([type, wrong]).toEqual([type, []]);
      expect([type, [...fieldsSpokenOf(sentences[type]?.en ?? '')].sort()]).toEqual([type, [...spoken].sort()]);
    }
  });

  it('C-10: a field that somebody who sees the fact may not see is optional in its sentence', () => {
    for (const [type, { cls, fields }] of Object.entries(allFacts))
      for (const template of [sentences[type]?.es ?? '', sentences[type]?.en ?? '']) {
        const needed = fieldsSpokenOf(template.replace(/\[[^\]]*\]/g, ''));
        for (const name of needed) {
          const field = fields[name]!;
          const hidden = READERS.filter(
            (reader) => MATRIX[cls][reader] === 'read' && MATRIX[field.cls][reader] !== 'read',
          );
          expect([type, name, field.optional, hidden]).toEqual([type, name, false, []]);
        }
      }
  });

  it('C-10: every kind has one neutral sentence, that names nobody and nothing', () => {
    for (const kind of FACT_KINDS) {
      expect(stepSentences[kind].es).not.toMatch(/[{}[\]]/);
      expect(sentence({ type: null, kind, data: { secret: 'x' } }, 'es')).toBe(stepSentences[kind].es);
      expect(sentence({ type: null, kind, data: {} }, 'en')).toBe(stepSentences[kind].en);
    }
  });

  it('no sentence uses a word that blames or diminishes the child', () => {
    const all = [...Object.values(sentences), ...Object.values(stepSentences)].flatMap(({ es, en }) => [es, en]);
    expect(all.filter((said) => FORBIDDEN.test(said))).toEqual([]);
  });

  it('fills in words, leaves out what is not known, and chooses by a flag', () => {
    const entry = { type: 'ReportReceived', kind: 'REPORT' };
    expect(sentence({ ...entry, data: {} }, 'en')).toBe('A report was received.');
    expect(sentence({ ...entry, data: { accountGiven: true } }, 'en')).toBe(
      'A report was received. The account was given in this act.',
    );
    expect(sentence({ ...entry, data: { accountGiven: false } }, 'es')).toBe('Se recibió un reporte.');
    expect(
      sentence({ type: 'QuestionRoundOpened', kind: 'INTERVIEW', data: { closesAt: '2026-03-02T18:00:00Z' } }, 'es'),
    ).toMatch(/hasta el 2 mar 2026, 12:00 \(CDMX\)\.$/);
  });
});
