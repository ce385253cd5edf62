/** Parts of a rule's source that are words and not the short name of a law, in both languages. The longer ones come first. */
const PHRASES: readonly (readonly [en: string, es: string])[] = [
  [
    'Disrupting Harm in Mexico, recommendations on the single interview',
    'Disrupting Harm en México, recomendaciones sobre la entrevista única',
  ],
  [
    'Disrupting Harm in Mexico, testimonies of about ten retellings',
    'Disrupting Harm en México, testimonios de unos diez relatos',
  ],
  ['Disrupting Harm in Mexico, barriers to reporting', 'Disrupting Harm en México, barreras para denunciar'],
  ['Disrupting Harm in Mexico, reporting channels', 'Disrupting Harm en México, vías para denunciar'],
  ['Disrupting Harm in Mexico, testimonies', 'Disrupting Harm en México, testimonios'],
  ['Disrupting Harm in Mexico, delays', 'Disrupting Harm en México, demoras'],
  ['Disrupting Harm in Mexico, proceedings', 'Disrupting Harm en México, proceso penal'],
  ['Disrupting Harm in Mexico, withdrawal', 'Disrupting Harm en México, abandono del proceso'],
  ['Disrupting Harm in Mexico', 'Disrupting Harm en México'],
  [
    'Project policy, so that R-001 holds when two agencies act at once',
    'Política del proyecto, para que R-001 valga cuando dos instituciones actúan a la vez',
  ],
  [
    'Norway, Criminal Procedure Act § 239 e, adopted as project policy',
    'Noruega, Ley de Procedimiento Penal § 239 e, adoptada como política del proyecto',
  ],
  ['Norwegian practice', 'Práctica noruega'],
  ['Barnahus Quality Standards', 'Estándares de calidad Barnahus'],
  ['NCA standards, case review', 'Estándares NCA, revisión de casos'],
  ['NCA standards, case tracking', 'Estándares NCA, seguimiento de casos'],
  ['NICHD protocol', 'Protocolo NICHD'],
  ['24 months are project policy', '24 meses: política del proyecto'],
  ['five days are project policy', 'cinco días: política del proyecto'],
  ['24 hours are project policy', '24 horas: política del proyecto'],
  ['two keys are project policy', 'dos llaves: política del proyecto'],
  ['one hour: project policy', 'una hora: política del proyecto'],
  ['24 hours: project policy', '24 horas: política del proyecto'],
  ['two days: project policy', 'dos días: política del proyecto'],
  ['numbers: project policy', 'cantidades: política del proyecto'],
  ['days: project policy', 'días: política del proyecto'],
  ['LGV 40, last paragraph', 'LGV 40, último párrafo'],
  ['Project policy', 'Política del proyecto'],
  ['project policy', 'política del proyecto'],
];

/** A rule's source as it is read: laws keep their short names, everything else is said in the reader's language. */
export const sourceIn = (source: string, language: 'es' | 'en'): string =>
  source
    .split('; ')
    .map((part) => {
      const phrase = PHRASES.find((pair) => pair.includes(part));
      return phrase ? phrase[language === 'en' ? 0 : 1] : part;
    })
    .join('; ');
