import type { RuleBook, Said } from './rule-book.js';

const REPORTING = 'libs/case-file/src/reporting.spec.ts';
const REPRESENTATION = 'libs/case-file/src/representation.spec.ts';
const BETWEEN = 'libs/case-file/src/between-agencies.spec.ts';
const CLOSING = 'libs/case-file/src/closing.spec.ts';
const LINKED = 'libs/case-file/src/linked-cases.spec.ts';
const CORRECTION = 'libs/case-file/src/correction.spec.ts';
const DUE = { where: 'libs/contracts/src/legal/deadlines.ts', scenario: 'libs/contracts/src/legal/due-times.spec.ts' };

/** Why, and the next lawful step; Spanish first. */
const no = (
  because: readonly [string, string],
  instead: readonly [string, string],
): { because: Said; instead: Said } => ({
  because: { es: because[0], en: because[1] },
  instead: { es: instead[0], en: instead[1] },
});

const ONLY_CHILD_PROTECTION = (es: string, en: string) =>
  no(
    [
      `${es} Eso lo decide la Procuraduría de Protección.`,
      `${en} That is for the Child Protection Authority to decide.`,
    ],
    [
      'Pida a la Procuraduría de Protección que lo haga; puede enviarle una canalización urgente.',
      'Ask the Child Protection Authority to do it; you can send it an urgent referral.',
    ],
  );

/** Section C of the rules: reporting, accompaniment, representation, information; with R-408 and the clarifications that govern them. */
export const rulesC: RuleBook = {
  'R-201': {
    title: {
      es: 'Un reporte se recibe siempre: sin tutor, documento, prueba ni territorio',
      en: 'A report is always received: without guardian, document, evidence or territory',
    },
    source: 'CNPP 131-II, 221, 223; LGV 107; LGDNNA 83-IV; LGAMVLV 34 Bis',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/case-file.decider.ts',
    scenario: REPORTING,
  },
  'R-202': {
    title: {
      es: 'No se exige la presencia de un tutor como condición',
      en: 'No guardian is demanded as a condition',
    },
    source: 'Disrupting Harm in Mexico, barriers to reporting',
    basis: 'REC, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/report.rule.ts',
    scenario: REPORTING,
  },
  'R-203': {
    title: {
      es: 'Un reporte negado, desviado o condicionado queda registrado y se canaliza',
      en: 'A report that was refused, diverted or conditioned is put on record and forwarded',
    },
    source: 'CNPP 221; LGV 107, 120-IX',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    notYet: 'that it was forwarded is recorded; nothing follows when it was not',
    where: 'libs/case-file/src/report.rule.ts',
    scenario: REPORTING,
  },
  'R-204': {
    title: {
      es: 'En el primer contacto se explican los derechos con palabras que la niña o el niño entiende',
      en: 'At first contact rights are explained in words the child understands',
    },
    source: 'LGV 12-I, 123-I; CNPP 109-I; LGDNNA 83-III',
    basis: 'LAW',
    confidence: 'V',
    state: 'recorded',
    where: 'libs/contracts/src/commands/case-file.commands.ts',
    scenario: REPORTING,
  },
  'R-205': {
    title: {
      es: 'Se avisa de inmediato a la Procuraduría de Protección: una hora',
      en: 'The Child Protection Authority is told at once: one hour',
    },
    source: 'LGDNNA 87; one hour: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'recorded',
    ...DUE,
  },
  'R-206': {
    title: {
      es: 'Se avisa a madre, padre o tutor, salvo que la Procuraduría de Protección lo retenga',
      en: 'Guardians are told, unless the Child Protection Authority holds it back',
    },
    source: 'LGDNNA 87, 106',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/guardian-notice.rule.ts',
    scenario: REPORTING,
    refusals: {
      'E-CHILD-PROTECTION-ONLY': ONLY_CHILD_PROTECTION(
        'Su institución no puede decidir que no se avise a la familia.',
        'Your agency cannot decide that the family is not told.',
      ),
    },
  },
  'R-207': {
    title: {
      es: 'Lo que puede ser delito pasa al Ministerio Público: 24 horas, y a más tardar 3 días hábiles',
      en: 'What may be an offence goes to the prosecutor: 24 hours, and 3 business days at the outside',
    },
    source: 'CNPP 222; LGDNNA 12, 122-V; LGV 108, 120-X; LGAMVLV 29',
    basis: 'LAW',
    confidence: 'V',
    state: 'recorded',
    ...DUE,
  },
  'R-208': {
    title: {
      es: 'Cada caso tiene representante de la Procuraduría de Protección en 24 horas',
      en: 'Every case has a Child Protection representative within 24 hours',
    },
    source: 'LGDNNA 4-XXIV, 106, 122-II',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/representation.rule.ts',
    scenario: REPRESENTATION,
    refusals: {
      'E-CHILD-PROTECTION-ONLY': ONLY_CHILD_PROTECTION(
        'Su institución no nombra a quien representa a la niña o al niño.',
        'Your agency does not name who represents the child.',
      ),
      'E-NO-REP': no(
        [
          'Nadie representa todavía a esta niña o este niño. Sin representante no se planea ni se hace este acto.',
          'Nobody represents this child yet. Without a representative this act is neither planned nor held.',
        ],
        [
          'Si usted es de la Procuraduría de Protección, asígnelo en «Equipo y representación»; si no, canalícele el caso en «Canalizaciones» con finalidad de representación. La atención y las medidas urgentes no esperan por esto.',
          'If you are of the Child Protection Authority, assign one under «Team and representation»; if not, refer the case to it under «Referrals» for representation. Urgent care and urgent measures do not wait for it.',
        ],
      ),
    },
  },
  'R-209': {
    title: {
      es: 'Cada caso tiene asesoría jurídica gratuita en 24 horas; la niña o el niño puede elegir otra',
      en: 'Every case has a free legal adviser within 24 hours; the child may choose another',
    },
    source: 'CNPP 109-VII, 110; LGV 12-IV, 125, 168, 169-I; 24 hours: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/representation.rule.ts',
    scenario: REPRESENTATION,
    refusals: {
      'E-COMMISSION-ONLY': no(
        [
          'La asesoría jurídica la asigna la Comisión de Víctimas.',
          'The legal adviser is assigned by the Victims’ Commission.',
        ],
        ['Envíe una canalización a la Comisión de Víctimas.', 'Send a referral to the Victims’ Commission.'],
      ),
    },
  },
  'R-210': {
    title: {
      es: 'Ir acompañada o acompañado es un derecho, no una condición; siempre puede estar una persona de confianza',
      en: 'Being accompanied is a right, not a condition; a person the child trusts is always allowed',
    },
    source: 'LGDNNA 83-IX, 86-III',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/contracts/src/commands/case-file.commands.ts',
    scenario: REPRESENTATION,
  },
  'R-211': {
    title: {
      es: 'A más tardar cada 30 días la niña o el niño sabe cómo va su caso',
      en: 'At least every 30 days the child is told how the case stands',
    },
    source: 'LGV 7-XII; CNPP 109-V; LGDNNA 83-III, 86-I; numbers: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'recorded',
    ...DUE,
  },
  'R-212': {
    title: {
      es: 'No se cierra un caso sin avisar a la víctima y a su asesoría y sin sus diez días para impugnar',
      en: 'No case is closed before victim and adviser were told and had their ten days to challenge',
    },
    source: 'CNPP 254–258, 94, 82',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/closing.rule.ts',
    scenario: CLOSING,
    refusals: {
      'E-NO-NOTICE': no(
        [
          'Este caso todavía no se puede cerrar ni dar por terminado: falta avisar a la víctima o a su asesoría, o no han pasado sus diez días hábiles para impugnar. Que la familia ya no venga no es razón para cerrar: este delito se investiga de oficio.',
          'This case cannot be closed or ended yet: the victim or the adviser has not been told, or their ten business days to challenge are not over. That the family stopped coming is no reason to close: this offence is investigated on the authority’s own motion.',
        ],
        [
          'Registre la propuesta y el aviso a ambas personas y espere a que termine el plazo. Si dejaron de venir, pida a la Procuraduría de Protección que revise, sin preguntar por los hechos, si hubo amenazas.',
          'Record the proposal and the notice to both, and wait for the time to end. If they stopped coming, ask the Child Protection Authority to check for threats, without asking for the account.',
        ],
      ),
      'E-OPPORTUNITY': no(
        [
          'El criterio de oportunidad no se aplica a estos delitos.',
          'The opportunity criterion does not apply to these offences.',
        ],
        [
          'Siga con la investigación o proponga otra determinación con su fundamento.',
          'Go on with the investigation or propose another decision with its legal basis.',
        ],
      ),
      'E-CLOSED': no(
        ['Este caso ya está cerrado.', 'This case is closed already.'],
        ['Si hay algo nuevo, reabra el caso.', 'If there is something new, reopen the case.'],
      ),
      'E-CLOSURE-PROPOSED': no(
        ['Ya hay una propuesta de cierre en curso.', 'A closure has been proposed already.'],
        [
          'Retire la propuesta anterior o espere su resultado.',
          'Withdraw the earlier proposal or wait for its outcome.',
        ],
      ),
      'E-CHALLENGED': no(
        ['El cierre fue impugnado: decide una jueza o un juez.', 'The closure was challenged: a judge decides.'],
        ['Registre lo que resuelva el juzgado.', 'Record what the court decides.'],
      ),
      'E-NOT-CHALLENGED': no(
        [
          'Nadie ha impugnado este cierre; el juzgado no tiene nada que resolver.',
          'Nobody has challenged this closure; there is nothing for a court to decide.',
        ],
        ['Si hubo impugnación, regístrela primero.', 'If there was a challenge, record it first.'],
      ),
      'E-NOT-FINAL': no(
        ['Falta registrar que el cierre quedó firme.', 'It has not been recorded that the closure became final.'],
        ['Registre primero que nadie impugnó.', 'First record that nobody challenged it.'],
      ),
    },
  },
  'R-213': {
    title: {
      es: 'A quien pide un acto de investigación se le contesta con razones en tres días hábiles',
      en: 'Whoever asks for an investigative act is answered with reasons within three business days',
    },
    source: 'CNPP 129, 216, 109-XVII',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/case-file.decider.ts',
    scenario: BETWEEN,
    refusals: {
      'E-NO-REQUEST': no(
        ['No hay una solicitud abierta con esa referencia.', 'There is no open request under that reference.'],
        ['Elija la solicitud en la lista del caso.', 'Choose the request from the list of the case.'],
      ),
    },
  },
  'R-214': {
    title: {
      es: 'Lo que se dice a la niña o al niño va en el formato que necesita',
      en: 'What the child is told comes in the format the child needs',
    },
    source: 'LGDNNA 83-III, VII; CNPP 109-XI',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/message-format.rule.ts',
    scenario: REPORTING,
  },
  'R-215': {
    title: {
      es: 'Antes de decidir se escucha a la niña o al niño, y se le responde',
      en: 'Before a decision the child is heard, and answered',
    },
    source: 'LGDNNA 71, 73, 74',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    notYet:
      'a decision is not held back when the view or the answer is missing; a view not sought without a reason is stamped',
    where: 'libs/case-file/src/child-view.rule.ts',
    scenario: REPORTING,
  },
  'R-216': {
    title: {
      es: 'Ir a una diligencia justifica la falta y se cubren sus gastos; se contesta en dos días hábiles',
      en: 'Attending an act justifies the absence and its costs are covered; answered within two business days',
    },
    source: 'LGV 7-XXXIV, 39 Bis; two days: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/case-file.decider.ts',
    scenario: BETWEEN,
    refusals: {
      'E-NO-REQUEST': no(
        ['No hay una solicitud abierta con esa referencia.', 'There is no open request under that reference.'],
        ['Elija la solicitud en la lista del caso.', 'Choose the request from the list of the case.'],
      ),
    },
  },
  'R-217': {
    title: {
      es: 'La vía por la que llega un reporte es una de la lista',
      en: 'The way a report comes in is one of the list',
    },
    source: 'Disrupting Harm in Mexico, reporting channels',
    basis: 'REC',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/contracts/src/codes.ts',
    scenario: REPORTING,
  },
  'R-218': {
    title: {
      es: 'Ningún documento, tampoco migratorio, es condición para ayudar o proteger',
      en: 'No document, of migration or other, is a condition for help or protection',
    },
    source: 'LGAMVLV 34 Undecies; LGV 46',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/report.rule.ts',
    scenario: REPORTING,
  },
  'R-219': {
    title: {
      es: 'El tiempo que pasa no cierra un caso ni lo deja para después',
      en: 'Time that passes neither closes a case nor puts it last',
    },
    source: 'CPF 107 Bis, 205 Bis',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/case-file/src/closing.rule.ts',
    scenario: CLOSING,
    refusals: {
      'E-LAPSE-OF-TIME': no(
        [
          'El paso del tiempo no es razón para cerrar este caso.',
          'That time has passed is no reason to close this case.',
        ],
        [
          'Revise con la fiscalía si de verdad hay prescripción: casi todos estos delitos no prescriben.',
          'Check with the prosecutor whether there really is limitation: most of these offences have none.',
        ],
      ),
      'E-NOT-CLOSED': no(
        ['Este caso no está cerrado.', 'This case is not closed.'],
        ['Siga trabajando en él: no hace falta reabrirlo.', 'Go on working on it: there is nothing to reopen.'],
      ),
    },
  },
  'R-408': {
    title: {
      es: 'Quien declina competencia sigue actuando hasta que otra autoridad acepta; nada se repite con la niña o el niño',
      en: 'Whoever declines competence goes on acting until another accepts; no act with the child is repeated',
    },
    source: 'CNPP 20; 24 hours: project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/case-file/src/competence.rule.ts',
    scenario: BETWEEN,
    refusals: {
      'E-COMPETENCE-OPEN': no(
        [
          'La competencia ya se declinó y nadie la ha aceptado. Hasta entonces quien declinó sigue a cargo y el caso no se cierra.',
          'Competence was declined and nobody has accepted it. Until then whoever declined stays in charge, and the case is not closed.',
        ],
        [
          'Espere la aceptación, o registre el conflicto de competencia.',
          'Wait for the acceptance, or record the conflict of competence.',
        ],
      ),
      'E-SAME-AUTHORITY': no(
        [
          'La competencia se declina a favor de otra autoridad.',
          'Competence is declined in favour of another authority.',
        ],
        ['Elija la autoridad que recibe.', 'Choose the receiving authority.'],
      ),
      'E-COMPETENCE-NONE': no(
        ['No hay una declinatoria abierta con esa referencia.', 'There is no open declination under that reference.'],
        ['Vea en la línea de tiempo cuál sigue abierta.', 'See on the timeline which one is still open.'],
      ),
    },
  },
  'C-4': {
    title: {
      es: 'Los casos de la misma niña o el mismo niño se ligan; con los mismos hechos, uno solo lleva la entrevista',
      en: 'Cases of the same child are linked; with the same facts, one alone leads the interview',
    },
    source: 'LGDNNA 4-XVII; project policy',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/case-file/src/linked-cases.rule.ts',
    scenario: LINKED,
    refusals: {
      'E-CHILD-PROTECTION-ONLY': ONLY_CHILD_PROTECTION(
        'Su institución no decide si dos casos tratan de los mismos hechos o de otra niña o niño.',
        'Your agency does not decide whether two cases are about the same facts or another child.',
      ),
      'E-NOT-LINKED': no(
        ['Ese caso no está ligado a éste.', 'That case is not linked to this one.'],
        ['Lígelo primero desde una búsqueda.', 'Link it first from a search.'],
      ),
      'E-LEAD-IS-ANOTHER': no(
        ['Con los mismos hechos ya hay otro caso que va al frente.', 'For the same facts another case leads already.'],
        [
          'Elija ese mismo caso, o confirme primero que los hechos son distintos.',
          'Choose that case, or first confirm that the facts differ.',
        ],
      ),
      'E-LEAD-IS-NEITHER': no(
        ['Al frente va uno de los dos casos.', 'One of the two cases leads.'],
        ['Elija este caso o el otro.', 'Choose this case or the other.'],
      ),
    },
  },
  'C-9': {
    title: {
      es: 'Siempre hay una sola institución responsable, y cada quien suma sólo a su propia gente',
      en: 'There is always exactly one responsible agency, and each adds only its own people',
    },
    source: 'Project policy; LGPDPPSO 12, 61',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/case-file/src/responsibility.rule.ts',
    scenario: BETWEEN,
    refusals: {
      'E-NOT-RESPONSIBLE': no(
        [
          'La responsable de este caso es otra institución ({agency}).',
          'Another agency is responsible for this case ({agency}).',
        ],
        ['Pídale que ofrezca el caso.', 'Ask it to offer the case.'],
      ),
      'E-SAME-AGENCY': no(
        ['Esa institución ya es la responsable.', 'That agency is responsible already.'],
        ['Elija otra institución.', 'Choose another agency.'],
      ),
      'E-NO-OFFER': no(
        ['No hay un ofrecimiento abierto para su institución.', 'There is no open offer to your agency.'],
        [
          'Revise la línea de tiempo: pudo haberse sustituido por otro.',
          'See the timeline: another may have replaced it.',
        ],
      ),
      'E-OTHER-AGENCY': no(
        ['Esa persona trabaja en otra institución.', 'That person works for another agency.'],
        [
          'Pida a la supervisión de su institución que la sume o la retire.',
          'Ask that agency’s supervisor to add or remove them.',
        ],
      ),
      'E-ROLE-OF-ANOTHER-AGENCY': no(
        ['Esa función es de otra institución.', 'That role belongs to another agency.'],
        ['Elija una función de su institución.', 'Choose a role of your own agency.'],
      ),
      'E-NOT-THEIR-ROLE': no(
        ['Esa persona no tiene esa función.', 'That person does not have that role.'],
        ['Elija a alguien que la tenga.', 'Choose somebody who has it.'],
      ),
      'E-OTHER-STATE': no(
        ['Este caso es de otra entidad federativa.', 'This case belongs to another state.'],
        ['Pídalo a su institución en esa entidad.', 'Ask your agency in that state.'],
      ),
    },
  },
  'C-14': {
    title: {
      es: 'Nada se borra: corrige o retira quien lo escribió, o su supervisión, y se ven ambas cosas',
      en: 'Nothing is erased: whoever wrote it, or their supervisor, corrects or takes it back, and both are seen',
    },
    source: 'LGPDPPSO 25–28; project policy',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/case-file/src/correction.rule.ts',
    scenario: CORRECTION,
    refusals: {
      'E-NOT-YOURS': no(
        ['Ese hecho lo registró otra persona.', 'Somebody else recorded that fact.'],
        [
          'Pida la corrección a quien lo registró o a su supervisión; o registre usted lo que le consta.',
          'Ask whoever recorded it, or their supervisor; or record what you know yourself.',
        ],
      ),
      'E-NO-FACT': no(
        ['Ese hecho no está en este caso.', 'That fact is not in this case.'],
        ['Elíjalo en la línea de tiempo.', 'Choose it on the timeline.'],
      ),
      'E-RETRACTED': no(
        ['Ese hecho ya se retiró.', 'That fact has been taken back already.'],
        ['Registre de nuevo lo que sí ocurrió.', 'Record anew what did happen.'],
      ),
      'E-STANDS': no(
        ['Otros pasos descansan en ese hecho: no se retira.', 'Other steps rest on that fact: it is not taken back.'],
        [
          'Use el paso que lo termina: retirar del equipo, desligar, ofrecer el caso o reabrirlo.',
          'Use the step that ends it: take off the team, unlink, offer the case or reopen it.',
        ],
      ),
      'E-NO-FIELD': no(
        ['Ese hecho no tiene ese dato.', 'That fact has no such field.'],
        ['Elija el dato que quiere corregir.', 'Choose the field you want to correct.'],
      ),
    },
  },
};
