import type { RuleBook } from './rule-book.js';

/** Rules that the intake of platform reports enforces (section D in part, and C-15). */
export const rulesPlatform: RuleBook = {
  'R-302': {
    title: {
      es: 'Ningún archivo ni contenido entra: solo huella, tamaño y referencia de custodia',
      en: 'No file and no content comes in: only digest, size and custody reference',
    },
    source: 'CPF 202, 202 Bis',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/contracts/src/validate.ts',
    scenario: 'libs/contracts/src/validate.spec.ts',
  },
  'R-321': {
    title: {
      es: 'Los enlaces a material son texto sellado: nunca se abren, se muestran en vista previa ni se pulsan',
      en: 'Links to material are sealed text: never fetched, previewed or clickable',
    },
    source: 'Política del proyecto',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interchange/src/cybertip.mapping.ts',
    scenario: 'libs/interchange/src/platform-intake.spec.ts',
  },
  'C-15': {
    title: {
      es: 'El mismo reporte de plataforma, importado otra vez, no cambia nada; cada víctima tiene su caso',
      en: 'The same platform report imported again changes nothing; each victim has a case',
    },
    source: 'Política del proyecto',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interchange/src/platform-report.decider.ts',
    scenario: 'libs/interchange/src/platform-intake.spec.ts',
  },
};
