import type { RuleBook, RuleEntry, Said } from './rule-book.js';

const RECORDED = {
  state: 'recorded',
  where: 'libs/contracts/src/legal/due-times.ts',
  scenario: 'libs/contracts/src/legal/due-times.spec.ts',
} as const;

/** What is not built yet stands here, with its limit in the registry where it has one. */
const waiting = (
  title: Said,
  source: string,
  basis: string,
  confidence: RuleEntry['confidence'],
  waitsFor: string,
): RuleEntry => ({
  title,
  source,
  basis,
  confidence,
  state: 'waiting',
  waitsFor,
  where: 'libs/contracts/src/legal/rules-j.ts',
  scenario: 'libs/contracts/src/legal/due-times.spec.ts',
});

const no = (
  because: readonly [string, string],
  instead: readonly [string, string],
): { because: Said; instead: Said } => ({
  because: { es: because[0], en: because[1] },
  instead: { es: instead[0], en: instead[1] },
});

/** Section J of the rules: timeliness and escalation. */
export const rulesJ: RuleBook = {
  'R-901': {
    title: {
      es: 'La edad del caso se ve: a los 180 días, al año y a los dos años',
      en: 'The age of the case is shown: at 180 days, one year and two years',
    },
    source: 'LGDNNA 86-II, 116-XXIII; days: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    ...RECORDED,
  },
  'R-902': {
    title: {
      es: 'Un caso sin movimiento se ve: a los 30, 60 y 90 días',
      en: 'A case without movement is shown: at 30, 60 and 90 days',
    },
    source: 'Disrupting Harm in Mexico, delays; days: project policy',
    basis: 'POL',
    confidence: 'V/P',
    ...RECORDED,
  },
  'R-903': waiting(
    {
      es: 'La investigación complementaria se cierra en el plazo que fija el juzgado',
      en: 'The complementary investigation closes within the term set by the judge',
    },
    'CNPP 321',
    'LAW',
    'V',
    'the capability of hearings and the prosecutor’s own duties',
  ),
  'R-904': waiting(
    {
      es: 'Un juicio suspendido se reanuda antes de once días, para no repetir el testimonio',
      en: 'A suspended trial resumes before the eleventh day, so that testimony is not repeated',
    },
    'CNPP 351–352',
    'LAW',
    'V',
    'the capability of hearings and the prosecutor’s own duties',
  ),
  'R-905': {
    title: {
      es: 'Una canalización se acepta o se rechaza: 24 horas si es urgente, tres días hábiles si no',
      en: 'A referral is accepted or declined: 24 hours when urgent, otherwise three business days',
    },
    source: 'Project policy',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/case-file/src/referral.rule.ts',
    scenario: 'libs/case-file/src/between-agencies.spec.ts',
    refusals: {
      'E-OWN-AGENCY': no(
        ['Una canalización va a otra institución.', 'A referral goes to another agency.'],
        ['Dentro de su institución, sume a la persona al equipo.', 'Within your agency, add the person to the team.'],
      ),
      'E-NO-REFERRAL': no(
        ['No hay una canalización con esa referencia.', 'There is no referral under that reference.'],
        ['Elíjala en la lista del caso.', 'Choose it from the list of the case.'],
      ),
      'E-NOT-RECEIVER': no(
        [
          'Esa canalización la contesta quien la recibe ({agency}).',
          'That referral is answered by its receiver ({agency}).',
        ],
        ['Pídale que conteste.', 'Ask it to answer.'],
      ),
      'E-NOT-SENDER': no(
        [
          'Esa canalización la retira quien la envió ({agency}).',
          'That referral is withdrawn by its sender ({agency}).',
        ],
        ['Pídale que la retire, o recházela.', 'Ask it to withdraw, or decline it.'],
      ),
      'E-REFERRAL-ENDED': no(
        ['Esa canalización ya terminó.', 'That referral has ended.'],
        ['Si hace falta, envíe otra.', 'If need be, send another.'],
      ),
      'E-NOT-ACCEPTED': no(
        ['Primero se acepta y después se termina.', 'It is accepted first and done afterwards.'],
        ['Acéptela, o rechácela con su razón.', 'Accept it, or decline it with a reason.'],
      ),
      'E-REFERRAL-ANSWERED': no(
        ['Esa canalización ya se aceptó.', 'That referral was accepted already.'],
        ['Regístrela como terminada cuando lo esté.', 'Record it as done when it is.'],
      ),
      'E-REASON-NEEDED': no(
        ['Un rechazo lleva su razón.', 'A refusal to take it needs its reason.'],
        ['Elija la razón de la lista.', 'Choose the reason from the list.'],
      ),
    },
  },
  'R-906': waiting(
    { es: 'Se cuentan los días de clase perdidos por el proceso', en: 'School days lost to proceedings are counted' },
    'Disrupting Harm in Mexico, proceedings',
    'POL',
    'V/P',
    'risk signals in oversight',
  ),
  'R-907': waiting(
    {
      es: 'Cada audiencia diferida deja dicho por qué y quién lo pidió',
      en: 'Each deferred hearing says why and who asked',
    },
    'LGDNNA 83-XII',
    'POL',
    'V/P',
    'the capability of hearings',
  ),
  'R-908': {
    title: {
      es: 'Por qué alguien deja de participar se pregunta una vez, sin preguntar por los hechos',
      en: 'Why somebody stops taking part is asked once, without asking for the account',
    },
    source: 'Disrupting Harm in Mexico, withdrawal',
    basis: 'REC',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/withdrawal.rule.ts',
    scenario: 'libs/case-file/src/closing.spec.ts',
  },
  'R-909': waiting(
    {
      es: 'Con autor adolescente el proceso dura lo mínimo',
      en: 'With an adolescent author proceedings last as little as possible',
    },
    'LNSIJPA 33',
    'LAW',
    'V',
    'the capability of classification and hearings',
  ),
  'R-910': {
    title: {
      es: 'Las instituciones revisan juntas cada caso al menos una vez al mes',
      en: 'The agencies review each case together at least once a month',
    },
    source: 'NCA standards, case review',
    basis: 'STD, POL',
    confidence: 'M/P',
    ...RECORDED,
    where: 'libs/contracts/src/legal/deadlines.ts',
  },
  'R-911': waiting(
    { es: 'De cada caso se sigue un mínimo de datos', en: 'A minimum of data is tracked for each case' },
    'NCA standards, case tracking',
    'STD',
    'V',
    'the capabilities of classification, care and reparation',
  ),
  'R-912': waiting(
    { es: 'Un plazo vencido sube por una escalera de avisos', en: 'A missed deadline climbs a ladder of notices' },
    'Project policy',
    'POL',
    'P',
    'the ticker in oversight; due times are computed and shown today',
  ),
};
