import { readdirSync, readFileSync } from 'node:fs';
import { allCommands, DATA_CLASSES, DEADLINES, type Fields, labels, sentences } from '@resguardo/contracts';
import { en } from './i18n/en.js';
import { es } from './i18n/es.js';
import { formOf, pathOf, placeOf, sectionNames, sectionsOf, termsMet } from './places.js';
import { endOfDay, fromLocal, instantText, relative, toLocal, valueText } from './format.js';

const source = new URL('.', import.meta.url);
const files = (readdirSync(source, { recursive: true }) as string[]).filter(
  (name) => /\.tsx?$/.test(name) && !name.endsWith('.spec.ts'),
);
const text = files.map((name) => readFileSync(new URL(name, source), 'utf8')).join('\n');
const open = Object.entries(allCommands).filter(([, { on }]) => on !== 'process');

describe('the sentences of the portal', () => {
  it('every key stands in both languages', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(es).sort());
  });

  it('every key that a page says exists, and every heading of forms has its words', () => {
    const said = [...text.matchAll(/\bsay\(\s*(?:[^'()]*\?\s*)?'([\w.]+)'/g)].map(([, key]) => key!);
    expect(said.length).toBeGreaterThan(100);
    expect(said.filter((key) => !(key in es))).toEqual([]);
    expect(sectionNames().filter((name) => !(`section.${name}` in es))).toEqual([]);
  });

  it('placeholders are the same in both languages', () => {
    const places = (sentence: string) =>
      [...new Set([...sentence.matchAll(/\{(\w+)/g)].map(([, name]) => name))]
        .filter((name) => /^[a-z]/.test(name!))
        .sort();
    for (const key of Object.keys(es) as (keyof typeof es)[])
      if (!/plural/.test(es[key])) expect([key, ...places(en[key])]).toEqual([key, ...places(es[key])]);
  });
});

it('that something is kept in the tab is said by two sentences, which are shown where it is so', () => {
  const saying = (sentences: object, kept: RegExp) =>
    Object.entries(sentences).flatMap(([key, sentence]) => (kept.test(sentence) ? [key] : []));
  expect(saying(es, /\bestán? guardad/)).toEqual(['drafts.kept', 'form.kept']);
  expect(saying(en, /\b(is|are) kept\b/)).toEqual(['drafts.kept', 'form.kept']);
});

describe('how far away a moment is', () => {
  // Five minutes past four in the afternoon of a Wednesday, in the capital.
  const now = Date.parse('2026-11-25T22:05:00Z');
  it.each([
    ['2026-11-25T22:34:00Z', 'dentro de 29 minutos'],
    ['2026-11-26T05:59:59Z', 'dentro de 7 horas'],
    ['2026-11-27T23:00:00Z', 'pasado mañana'],
    // A minute short of three days: the day is named, not counted in hours.
    ['2026-11-28T22:04:00Z', 'dentro de 3 días'],
    ['2026-11-29T05:59:59Z', 'dentro de 3 días'],
    ['2026-11-24T04:00:00Z', 'anteayer'],
    ['2026-11-23T05:00:00Z', 'hace 3 días'],
  ])('%s is %s', (at, words) => expect(relative(at, now, 'es')).toBe(words));
});

describe('forms', () => {
  it('no mutation without a page: every command has its place', () => {
    expect(open.filter(([name]) => !placeOf(name)).map(([name]) => name)).toEqual([]);
  });

  it('every place that a command names exists as a route', () => {
    const routes = readFileSync(new URL('routes.tsx', source), 'utf8');
    for (const [name] of open) {
      const last = pathOf(placeOf(name)!.place)
        .split('/')
        .filter((part) => part && !part.startsWith(':'))
        .at(-1)!;
      expect(routes).toContain(`'${last === 'casos' ? 'casos/:caseId' : last}'`);
      expect(sectionsOf(placeOf(name)!.place).some(({ commands }) => commands.includes(name))).toBe(true);
    }
  });

  it('every command, field and code of a form has its words', () => {
    const missing = new Set<string>();
    const walk = (fields: Fields) => {
      for (const [name, field] of Object.entries(fields)) {
        if (!(name in labels.fields)) missing.add(`field ${name}`);
        for (const code of (field.kind === 'many' ? field.item! : field).codes ?? [])
          if (!(code in labels.codes)) missing.add(`code ${code}`);
        if (field.fields) walk(field.fields);
      }
    };
    for (const [name, { input }] of open) {
      if (!(name in labels.commands)) missing.add(`command ${name}`);
      walk(input);
    }
    expect([...missing]).toEqual([]);
  });

  it('every term that leads to a form is a row of the registry with its words, and the form stands somewhere', () => {
    const rows = new Set(DEADLINES.map(({ key }) => key));
    expect(termsMet().length).toBeGreaterThan(10);
    for (const [term, command] of termsMet()) {
      expect([term, rows.has(term), term in labels.terms]).toEqual([term, true, true]);
      expect([command, formOf(command, 'CASE')]).toEqual([command, expect.stringMatching(`^/.*CASE.*#${command}$`)]);
    }
  });

  it('every step of the timeline has a short name', () => {
    expect(Object.keys(sentences).filter((type) => !(type in labels.facts))).toEqual([]);
  });
});

it('the access log speaks in words: every reading of the schema and every class of data has them', () => {
  const schema = readFileSync(new URL('../../../libs/contracts/schema/resguardo.graphql', import.meta.url), 'utf8');
  const readings = ['Query', 'Subscription'].flatMap((type) =>
    [
      ...schema
        .slice(schema.indexOf(`\ntype ${type} {`))
        .split('\n}')[0]!
        .matchAll(/^  (\w+)(?:\(|: )/gm),
    ].map(([, name]) => name!),
  );
  expect(readings.length).toBeGreaterThan(15);
  expect(readings.filter((name) => !(name in labels.operations))).toEqual([]);
  expect(DATA_CLASSES.filter((cls) => !(cls in labels.classes))).toEqual([]);
});

/** Words that the portal never uses of a child (Terminology Guidelines); what to say instead stands beside them. */
const NEVER: readonly (readonly [RegExp, string])[] = [
  [/pornograf[ií]a|child pornography/i, 'material de abuso sexual de niñas, niños y adolescentes'],
  [/prostituci[oó]n infantil|child prostitut/i, 'explotación sexual'],
  [
    /\b(el|la|los|las|un|una|del|al) menor(es)?\b|\bmenor(es)? de edad\b|\bthe minor\b|\bminors\b/i,
    'niña, niño o adolescente',
  ],
  [/sexo con\b|\bsex with\b/i, 'abuso sexual'],
  [/\bcliente(s)?\b|\bclients?\b/i, 'persona señalada'],
  [/v[ií]ctima dif[ií]cil|difficult victim/i, '—'],
  [/presunta v[ií]ctima|alleged victim/i, 'niña, niño o adolescente víctima'],
];

it('the lint list of words: none stands in any sentence or label, in either language', () => {
  const said = [
    ...Object.values(es),
    ...Object.values(en),
    ...Object.values(labels).flatMap((list) =>
      Object.values(list).flatMap(({ es, en, help }) => [es, en, help?.es ?? '', help?.en ?? '']),
    ),
    ...Object.values(sentences).flatMap(({ es, en }) => [es, en]),
  ];
  for (const [word, instead] of NEVER)
    expect({ instead, found: said.filter((sentence) => word.test(sentence)) }).toEqual({ instead, found: [] });
  expect(NEVER.some(([word]) => word.test('El menor dijo'))).toBe(true);
});

it('what somebody typed is shown as they typed it, also in capitals; a code by its words', () => {
  const shown = (value: unknown) => valueText(value, 'es');
  expect(['LOPEZ', 'ZEZZ130219HNEKBBA4', 'FICTICIA'].map(shown)).toEqual(['LOPEZ', 'ZEZZ130219HNEKBBA4', 'FICTICIA']);
  expect(shown(['URGENT', 'Inventada'])).toBe('Urgente · Inventada');
});

it('a number is shown as a number, also where a code is written alike', () => {
  expect([12, 1_234.5].map((one) => valueText(one, 'es'))).toEqual(['12', '1,234.5']);
  expect(valueText('12', 'es')).toBe('Guerrero');
});

describe('times', () => {
  it('are written in the capital’s zone, by day, month and year', () => {
    expect(instantText('2026-11-22T20:05:00Z', 'es')).toBe('22 nov 2026, 14:05 (CDMX)');
    expect(endOfDay('2026-11-22')).toBe('2026-11-23T05:59:59.999Z');
  });

  it('what is typed as local time comes back as the same local time, also while the clocks were still changed', () => {
    for (const wall of ['2026-11-22T14:05', '2021-07-01T09:30', '2021-04-04T03:30', '2026-01-01T00:00'])
      expect(toLocal(fromLocal(wall)!)).toBe(wall);
    expect(fromLocal('2026-11-22T14:05')).toBe('2026-11-22T20:05:00.000Z');
    expect(fromLocal('2026-11-22')).toBeUndefined();
  });
});
