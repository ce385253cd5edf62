import type { RuleBook, RuleEntry } from './rule-book.js';

/** What is not built yet stands here and in the spec beside it, so that neither can forget the other. */
const waiting = (title: RuleEntry['title'], source: string, basis: string, waitsFor: string): RuleEntry => ({
  ...{ title, source, basis, confidence: 'P', state: 'waiting', waitsFor },
  where: 'libs/contracts/src/legal/rules-i.ts',
  scenario: 'libs/contracts/src/legal/rules-i.spec.ts',
});
const POLICY = { source: 'Política del proyecto', basis: 'POL', confidence: 'P', state: 'enforced' } as const;
const DISCLOSURE = {
  where: 'libs/insights/src/disclosure.rule.ts',
  scenario: 'libs/insights/src/disclosure.rule.spec.ts',
} as const;
const TABLES = {
  where: 'libs/insights/src/indicators.rule.ts',
  scenario: 'libs/insights/src/releases.spec.ts',
} as const;
const RELEASES = { where: 'libs/insights/src/releases.ts', scenario: 'libs/insights/src/releases.spec.ts' } as const;

/** Section I of the rules: statistics for SIPINNA. */
export const rulesI: RuleBook = {
  'R-801': {
    title: {
      es: 'Solo salen cifras agregadas: ningún expediente, seudónimo, texto libre ni fecha exacta',
      en: 'Only aggregates leave: no case, pseudonym, free text or exact date',
    },
    source: 'LSNIEG 38; LGV 44; LGPDPPSO 3-XIII',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    ...RELEASES,
  },
  'R-802': {
    title: {
      es: 'Una cifra de 1 a 9 casos no se publica',
      en: 'A figure of 1 to 9 cases is not published',
    },
    source: 'WA DOH; ONS; NHS Digital; OMOP; la ley mexicana no da un número',
    basis: 'STD, POL',
    confidence: 'V/P',
    state: 'enforced',
    notYet: 'the smallest number is fixed at ten: no board can raise it by configuration yet',
    ...DISCLOSURE,
  },
  'R-803': {
    title: {
      es: 'Se ocultan otras cifras hasta que ninguna oculta se deduzca del total; tampoco se dicen sus porcentajes',
      en: 'More figures are hidden until no hidden one follows from the total; nor are their shares said',
    },
    source: 'WA DOH; sdcTable, GaussSuppression',
    basis: 'STD',
    confidence: 'V',
    state: 'enforced',
    ...DISCLOSURE,
  },
  'R-804': {
    title: {
      es: 'Lo publicado de un trimestre no cambia: de dos respuestas no se deduce un caso',
      en: 'What was published of a quarter does not change: no case follows from two answers',
    },
    ...POLICY,
    ...TABLES,
  },
  'R-805': {
    title: {
      es: 'La menor unidad es la entidad y el trimestre; nunca un municipio ni un día',
      en: 'The smallest unit is state and quarter; never a municipality or a day',
    },
    ...POLICY,
    ...TABLES,
  },
  'R-806': {
    title: {
      es: 'Por debajo del nivel nacional las cifras se redondean a múltiplos de cinco',
      en: 'Below national level figures are rounded to multiples of five',
    },
    source: 'NHS Digital',
    basis: 'STD',
    confidence: 'V/P',
    state: 'enforced',
    ...DISCLOSURE,
  },
  'R-807': {
    ...waiting(
      {
        es: 'Cada indicador se ofrece por sexo, edad, discapacidad, condición económica y origen étnico',
        en: 'Every indicator is offered by sex, age, disability, economic condition and ethnic origin',
      },
      'LGDNNA 2-III',
      'LAW',
      'the cube: none of these is said in a fact that insights may read',
    ),
    confidence: 'V',
  },
  'R-808': {
    title: {
      es: 'Cada cifra dice qué cuenta, de qué periodo, con qué definición y cuánto no se sabe',
      en: 'Each figure says what it counts, of which period, by which definition, and how much is unknown',
    },
    source: 'Disrupting Harm in Mexico',
    basis: 'POL',
    confidence: 'V',
    state: 'enforced',
    ...RELEASES,
  },
  'R-809': {
    title: {
      es: '«No se sabe» es una categoría y nunca se omite',
      en: '“Unknown” is a category and never dropped',
    },
    source: 'Disrupting Harm in Mexico',
    basis: 'POL',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/insights/src/counted-case.projection.ts',
    scenario: 'libs/insights/src/counted-case.projection.spec.ts',
  },
  'R-810': waiting(
    {
      es: 'Cada consulta queda registrada con su finalidad; la descarga completa la libera el comité de datos',
      en: 'Each query is logged with its purpose; the whole is downloaded only after the data board released it',
    },
    'Política del proyecto',
    'POL',
    'queries and downloads of one’s own: today everybody is shown the same fixed tables',
  ),
  'R-811': {
    title: {
      es: 'Las cifras por entidad salen un trimestre completo después',
      en: 'Figures by state come out one full quarter later',
    },
    ...POLICY,
    ...TABLES,
  },
  'R-812': {
    title: {
      es: 'Si todos los casos de menos de veinte tienen la misma respuesta, no se publica',
      en: 'That all of fewer than twenty cases have the same answer is not published',
    },
    ...POLICY,
    ...DISCLOSURE,
  },
};
