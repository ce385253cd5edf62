import type { RuleBook, Said } from './rule-book.js';

const SCENARIO = 'libs/interview/src/interview.rules.spec.ts';

/** Why, and the next lawful step; Spanish first. */
const no = (
  because: readonly [string, string],
  instead: readonly [string, string],
): { because: Said; instead: Said } => ({
  because: { es: because[0], en: because[1] },
  instead: { es: instead[0], en: instead[1] },
});

/** Section A of the rules: the single interview and the counting of retellings; with R-120, whose hearing half it holds. */
export const rulesA: RuleBook = {
  'R-001': {
    title: { es: 'La niña, niño o adolescente lo cuenta una sola vez', en: 'The child tells it once' },
    source:
      'Disrupting Harm in Mexico, recommendations on the single interview; LGDNNA 4-XVII, 6-XVI, 6-XVII, 86-VI; LGV 120-VI; LGTrata 66-XV; SCJN Pleno 11-02-2026',
    basis: 'REC, LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/single-interview.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-DONE': no(
        [
          'Ya hubo una entrevista sobre estos hechos: no se le vuelve a preguntar.',
          'An interview about these facts was already held: the child is not asked again.',
        ],
        [
          'Pida acceso al registro de la entrevista. Si hay un hecho nuevo, solicite una entrevista adicional. Si la ordenó un tribunal, una persona del equipo registra la orden y otra planea la entrevista.',
          'Ask for access to the record of the interview. If there is a new fact, request an additional interview. If a court ordered it, one person of the team records the order and another plans the interview.',
        ],
      ),
      'E-INT-NOT-INTERRUPTED': no(
        [
          'Esta entrevista no está interrumpida: no hay nada que continuar.',
          'This interview is not interrupted: there is nothing to continue.',
        ],
        ['Revise en qué paso está la entrevista.', 'Look at which step the interview is in.'],
      ),
      'E-INT-TOPICS': no(
        [
          'La continuación sólo trata los temas que faltan; estos ya se trataron o no estaban previstos: {topics}.',
          'A continuation deals only with the remaining topics; these were covered or never planned: {topics}.',
        ],
        ['Quite esos temas de la sesión.', 'Take those topics out of the session.'],
      ),
    },
  },
  'R-002': {
    title: { es: 'Sólo una entrevista a la vez', en: 'One interview at a time' },
    source: 'Project policy, so that R-001 holds when two agencies act at once',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/one-at-a-time.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-LOCKED': no(
        [
          'Ya hay una entrevista agendada o en curso para esta niña, niño o adolescente.',
          'An interview is already planned or in progress for this child.',
        ],
        ['Envíe sus preguntas a esa entrevista.', 'Send your questions to that interview.'],
      ),
      'E-INT-CANCEL': no(
        [
          'Por ahora sólo la agencia responsable puede cancelarla.',
          'For now only the responsible agency can cancel it.',
        ],
        [
          'Pídalo a la agencia responsable; 24 horas después de la cita sin iniciar puede cancelarla cualquiera.',
          'Ask the responsible agency; 24 hours after a slot that never started anyone can cancel it.',
        ],
      ),
      'E-INT-UNKNOWN': no(
        ['Esa entrevista no está agendada en este caso.', 'That interview is not planned in this case.'],
        ['Actualice la página y elija la entrevista vigente.', 'Reload the page and choose the interview that stands.'],
      ),
      'E-INT-STARTED': no(
        ['La entrevista ya comenzó.', 'The interview has already started.'],
        ['Registre lo que ocurrió en la sesión.', 'Record what happened in the session.'],
      ),
      'E-INT-CANCELLED': no(
        ['La entrevista fue cancelada.', 'The interview was cancelled.'],
        ['Proponga una nueva fecha.', 'Propose a new date.'],
      ),
    },
  },
  'R-003': {
    title: {
      es: 'Con los mismos hechos en dos casos, sólo el caso guía planea',
      en: 'With the same facts in two cases, only the lead case plans',
    },
    source: 'Disrupting Harm in Mexico; LGDNNA 4-XVII',
    basis: 'REC, LAW',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/same-facts.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-SAMEFACTS': no(
        [
          'La misma niña, niño o adolescente tiene otro caso y aún no se sabe si los hechos son los mismos.',
          'The same child has another case and it is not yet known whether the facts are the same.',
        ],
        [
          'La Procuraduría de Protección decide si los hechos son distintos; pídale que lo haga.',
          'The Child Protection Authority decides whether the facts differ; ask it to.',
        ],
      ),
      'E-INT-LEAD': no(
        [
          'Los actos con la niña, niño o adolescente se planean sólo en el caso guía.',
          'Acts with the child are planned only in the lead case.',
        ],
        [
          'Abra el caso guía; aquí se siguen registrando los hechos.',
          'Open the lead case; facts are still recorded here.',
        ],
      ),
    },
  },
  'R-004': {
    title: {
      es: 'Entrevista quien está en el registro, con formación vigente y ajeno a la investigación',
      en: 'The interviewer is registered, trained and no part of the investigation',
    },
    source:
      'Disrupting Harm in Mexico, recommendations on the single interview; NICHD protocol; 24 months are project policy',
    basis: 'REC, STD, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/intermediary.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-INTERMEDIARY': no(
        [
          'Esta persona no puede conducir la entrevista: no está asignada, registrada, activa, con formación vigente o participa en la investigación.',
          'This person cannot hold the interview: not assigned, registered, active or trained in date, or part of the investigation.',
        ],
        [
          'Elija otra persona del registro de intermediarios.',
          'Choose another person from the register of intermediaries.',
        ],
      ),
      'E-REG-KNOWN': no(
        ['Esta persona ya está en el registro.', 'This person is already in the register.'],
        ['Renueve su formación o reactívela.', 'Renew the training or reinstate the person.'],
      ),
      'E-REG-UNKNOWN': no(
        ['Esta persona no está en el registro.', 'This person is not in the register.'],
        ['Regístrela primero.', 'Register the person first.'],
      ),
      'E-REG-FUTURE': no(
        ['La fecha de la formación aún no llega.', 'The date of the training lies in the future.'],
        ['Corrija la fecha.', 'Correct the date.'],
      ),
    },
  },
  'R-005': {
    title: {
      es: 'Todas las agencias pueden preguntar antes de la sesión',
      en: 'Every agency can ask before the session',
    },
    source: 'Disrupting Harm in Mexico, recommendations on the single interview; Norwegian practice',
    basis: 'REC, STD',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/question-round.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-PAST': no(
        ['Esa hora ya pasó.', 'That time has passed.'],
        ['Elija una hora futura.', 'Choose a time in the future.'],
      ),
      'E-INT-NOTICE': no(
        [
          'Las agencias necesitan {hours} horas para enviar preguntas.',
          'The agencies need {hours} hours to send questions.',
        ],
        [
          'Elija una cita más tarde, márquela urgente o pida a la Procuraduría de Protección acortar el plazo con razones.',
          'Choose a later slot, mark it urgent, or ask the Child Protection Authority to shorten the round with reasons.',
        ],
      ),
      'E-INT-ROUND': no(
        [
          'La ronda de preguntas sigue abierta; faltan: {silent}.',
          'The question round is still open; missing: {silent}.',
        ],
        [
          'Espere al cierre o pida a esas agencias que envíen o declinen.',
          'Wait until it closes, or ask those agencies to send or decline.',
        ],
      ),
      'E-INT-ROUND-CLOSED': no(
        ['La ronda de preguntas ya cerró.', 'The question round has closed.'],
        [
          'Consulte el registro de la entrevista cuando esté sellado.',
          'Read the record of the interview once it is sealed.',
        ],
      ),
      'E-INT-SET': no(
        ['Su agencia ya respondió a la ronda.', 'Your agency has already answered the round.'],
        [
          'Coordine con su equipo; hay un solo juego de preguntas por agencia.',
          'Coordinate with your team; there is one set of questions per agency.',
        ],
      ),
      'E-INT-NO-QUESTIONS': no(
        ['No hay ninguna pregunta.', 'There is no question.'],
        ['Escriba al menos una o decline.', 'Write at least one, or decline.'],
      ),
      'E-INT-LATER': no(
        ['El cierre sólo puede acortarse.', 'The round can only be made shorter.'],
        ['Elija una hora anterior al cierre.', 'Choose a time before the closing.'],
      ),
    },
  },
  'R-006': {
    title: { es: 'Cada pregunta pasa por el intermediario', en: 'Every question passes the intermediary' },
    source: 'Disrupting Harm in Mexico, recommendations on the single interview; CNPP 346',
    basis: 'REC, LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/question-filter.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-UNFILTERED': no(
        [
          'Hay {questions} preguntas sin decisión del intermediario.',
          '{questions} questions have no decision of the intermediary.',
        ],
        [
          'El intermediario acepta, reformula o rechaza cada una.',
          'The intermediary accepts, rewords or rejects each one.',
        ],
      ),
      'E-QUESTION-UNKNOWN': no(
        ['Esa pregunta no existe en esta entrevista.', 'That question is not part of this interview.'],
        ['Actualice la página.', 'Reload the page.'],
      ),
      'E-QUESTION-CONDUCT': no(
        ['Las preguntas sobre otra conducta sexual se rechazan.', 'Questions on other sexual conduct are rejected.'],
        [
          'Sólo un juez puede permitirla; indique ese motivo si lo hizo.',
          'Only a judge can allow it; give that reason if one did.',
        ],
      ),
      'E-QUESTION-WORDS': no(
        ['Falta el texto reformulado.', 'The reworded text is missing.'],
        ['Escriba cómo se preguntará.', 'Write how it will be asked.'],
      ),
      'E-QUESTION-DECIDED': no(
        ['La pregunta ya tiene decisión.', 'The question has been decided.'],
        ['La agencia que preguntó puede objetar una vez.', 'The agency that asked may object once.'],
      ),
      'E-QUESTION-NOT-YOURS': no(
        ['La pregunta es de otra agencia.', "The question is another agency's."],
        ['Sólo la agencia que preguntó puede objetar.', 'Only the agency that asked may object.'],
      ),
      'E-QUESTION-UNDECIDED': no(
        ['La pregunta aún no tiene decisión.', 'The question has no decision yet.'],
        ['Espere la decisión del intermediario.', "Wait for the intermediary's decision."],
      ),
      'E-QUESTION-OBJECTED': no(
        ['Ya se objetó una vez.', 'It was objected to once already.'],
        ['La decisión del intermediario se mantiene.', "The intermediary's decision stands."],
      ),
    },
  },
  'R-007': {
    title: {
      es: 'En la sala sólo están el intermediario y una persona de apoyo',
      en: 'Only the intermediary and one support person are in the room',
    },
    source: 'Disrupting Harm in Mexico, recommendations on the single interview; Norwegian practice',
    basis: 'REC, STD',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/room.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-ROOM': no(
        [
          'En la sala sólo están el intermediario, una persona de apoyo y, si hace falta, intérprete.',
          'Only the intermediary, one support person and, if needed, an interpreter are in the room.',
        ],
        [
          'Los demás siguen la sesión a distancia o detrás del espejo.',
          'Everybody else follows remotely or behind the mirror.',
        ],
      ),
    },
  },
  'R-008': {
    title: {
      es: 'Sin asentimiento para esta sesión no se inicia',
      en: 'Without assent to this session it does not start',
    },
    source: 'LGV 7-XXXVIII; LGDNNA 71, 83-III; Disrupting Harm in Mexico, recommendations on the single interview',
    basis: 'LAW, REC',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/assent.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-NOASSENT': no(
        [
          'Falta el asentimiento para esta sesión, con el derecho a detenerse explicado.',
          'The assent to this session is missing, with the right to stop explained.',
        ],
        [
          'El intermediario lo explica y registra la respuesta. Si no quiere, se respeta sin consecuencia.',
          'The intermediary explains and records the answer. A no is respected without consequence.',
        ],
      ),
      'E-INT-PAUSED': no(
        [
          'Está en un periodo de estabilización: los plazos se pausan por su derecho.',
          "There is a stabilisation period: clocks are paused by the child's right.",
        ],
        ['Espere a que termine el periodo.', 'Wait until the period ends.'],
      ),
    },
  },
  'R-009': {
    title: { es: 'Se graba sólo como se prefirió', en: 'It is recorded only as the child preferred' },
    source: 'Disrupting Harm in Mexico, recommendations on the single interview',
    basis: 'REC',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/recording.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-NOPREF': no(
        [
          'No se ha preguntado cómo prefiere que se registre esta sesión.',
          'Nobody asked how this session may be recorded.',
        ],
        ['El intermediario pregunta y registra la preferencia.', 'The intermediary asks and records the preference.'],
      ),
      'E-INT-CAMERA': no(
        ['Ese registro guarda más de lo que aceptó.', 'That recording keeps more than was agreed to.'],
        ['Use el modo preferido o uno que guarde menos.', 'Use the preferred mode, or one that keeps less.'],
      ),
    },
  },
  'R-010': {
    title: {
      es: 'Una entrevista adicional es excepcional: hecho nuevo, dos aprobaciones, opinión y asentimiento',
      en: 'An additional interview is exceptional: a new fact, two approvals, an opinion and assent',
    },
    source:
      'Disrupting Harm in Mexico, recommendations on the single interview; Norwegian practice; two keys are project policy',
    basis: 'REC, STD, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/additional-interview.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-EXTRA': no(
        [
          'La solicitud no reúne lo necesario para una entrevista adicional ({why}).',
          'The request lacks what an additional interview needs ({why}).',
        ],
        [
          'Si la entrevista única aún no se hace, envíe sus preguntas a esa entrevista; si ya se hizo, pida acceso al registro. Una adicional requiere un hecho nuevo desconocido al cerrar la ronda, sólo temas nuevos, asentimiento y una opinión de impacto de no más de 7 días.',
          'If the single interview is still to be held, send your questions to it; if it was held, ask for access to the record. An additional one needs a new fact unknown when the round closed, new topics only, assent, and an impact opinion at most 7 days old.',
        ],
      ),
      'E-EXTRA-UNKNOWN': no(
        ['Esa solicitud no existe en este caso.', 'That request is not part of this case.'],
        ['Actualice la página.', 'Reload the page.'],
      ),
      'E-EXTRA-DECIDED': no(
        ['La solicitud ya fue decidida.', 'The request was decided.'],
        ['Si hay otro hecho nuevo, haga otra solicitud.', 'If there is another new fact, make another request.'],
      ),
      'E-EXTRA-OWN': no(
        ['Nadie aprueba su propia solicitud.', 'Nobody approves their own request.'],
        [
          'La deciden la representación de la Procuraduría de Protección y la supervisión de la agencia que la pidió.',
          'The Child Protection representative and the supervisor of the asking agency decide it.',
        ],
      ),
      'E-EXTRA-KEY': no(
        ['Esta aprobación corresponde a otra persona.', 'This approval belongs to another person.'],
        [
          'La deciden la representación de la Procuraduría de Protección y la supervisión de la agencia que la pidió.',
          'The Child Protection representative and the supervisor of the asking agency decide it.',
        ],
      ),
      'E-EXTRA-APPROVED': no(
        ['Esta aprobación ya fue dada.', 'This approval was given.'],
        ['Falta la otra aprobación.', 'The other approval is missing.'],
      ),
    },
  },
  'R-011': {
    title: { es: 'A lo más dos entrevistas adicionales', en: 'At most two additional interviews' },
    source: 'Project policy',
    basis: 'POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/single-interview.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-CAP': no(
        ['Ya hubo {most} entrevistas adicionales.', '{most} additional interviews were held.'],
        [
          'Use los registros; sólo un tribunal puede ordenar otra. Una persona del equipo registra la orden y otra planea la entrevista.',
          'Use the records; only a court can order another one. One person of the team records the order and another plans the interview.',
        ],
      ),
    },
  },
  'R-012': {
    title: { es: 'Quien preguntaría de nuevo lee el registro', en: 'Whoever would ask again reads the record' },
    source: 'Disrupting Harm in Mexico; LGV 99-V, 104-I',
    basis: 'REC, LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/record-instead-of-asking.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-USE-RECORD': no(
        [
          'Un registro sellado ya lo responde: no se le vuelve a pedir el relato.',
          'A record already answers: the child is not asked for the account again.',
        ],
        [
          'Pida acceso al registro; se decide en 24 horas. Para atender puede preguntar lo que la atención necesita, no el relato.',
          'Ask for access to the record; it is decided within 24 hours. Care may ask what care needs, not the account.',
        ],
      ),
      'E-RECORD-NONE': no(
        ['No hay un registro sellado de esa entrevista.', 'There is no sealed record of that interview.'],
        ['Espere a que el intermediario lo selle.', 'Wait until the intermediary seals it.'],
      ),
      'E-ACCESS-UNKNOWN': no(
        ['Esa solicitud de acceso no existe.', 'That access request does not exist.'],
        ['Actualice la página.', 'Reload the page.'],
      ),
      'E-ACCESS-DECIDED': no(
        ['La solicitud de acceso ya fue decidida.', 'The access request was decided.'],
        ['Haga otra solicitud si la necesita.', 'Make another request if you need one.'],
      ),
      'E-ACCESS-OWN': no(
        ['Nadie decide su propia solicitud.', 'Nobody decides their own request.'],
        ['Otra persona de la agencia responsable la decide.', 'Another person of the responsible agency decides it.'],
      ),
      'E-ACCESS-OWNER': no(
        ['Decide la agencia responsable del caso.', 'The agency responsible for the case decides.'],
        [
          'Pídalo a la agencia responsable o a la Procuraduría de Protección.',
          'Ask the responsible agency or the Child Protection Authority.',
        ],
      ),
    },
  },
  'R-013': {
    title: { es: 'Cada relato repetido se cuenta, para siempre', en: 'Every retelling is counted, for ever' },
    source: 'Disrupting Harm in Mexico, testimonies of about ten retellings',
    basis: 'REC',
    confidence: 'V/P',
    state: 'recorded',
    where: 'libs/home/src/case-card.projection.ts',
    scenario: 'libs/home/src/case-card.projection.spec.ts',
  },
  'R-014': {
    title: {
      es: 'La primera revelación se anota y no se cuenta',
      en: 'A first disclosure is written down and not counted',
    },
    source: 'Disrupting Harm in Mexico; LGDNNA 12',
    basis: 'REC, LAW',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/case-file/src/report.rule.ts',
    scenario: 'libs/case-file/src/reporting.spec.ts',
  },
  'R-015': {
    title: {
      es: 'Cuatro o más personas que escucharon el relato son una señal',
      en: 'Four or more officials who heard it are a signal',
    },
    source: 'Disrupting Harm in Mexico',
    basis: 'REC',
    confidence: 'V/P',
    state: 'recorded',
    where: 'libs/home/src/case-card.projection.ts',
    scenario: 'libs/home/src/case-card.projection.spec.ts',
  },
  'R-016': {
    title: { es: 'Un examen forense explicado, aceptado y único', en: 'One forensic exam, explained and agreed to' },
    source: 'LGV 15; CNPP 109-III, 269, 270',
    basis: 'LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/exam.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-EXAM': no(
        ['El examen todavía no procede: {why}.', 'The exam may not take place yet: {why}.'],
        [
          'Explique, registre el asentimiento, ofrezca compañía y elección de examinador. Si no quiere, nada más se detiene.',
          'Explain, record the assent, offer a companion and a choice of examiner. If the child says no, nothing else stops.',
        ],
      ),
    },
  },
  'R-017': {
    title: {
      es: 'Sin contacto en persona no hay examen íntimo',
      en: 'Without contact in person there is no intimate exam',
    },
    source: 'CNPP 269; project policy',
    basis: 'LAW, POL',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/exam.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-EXAM-IRRELEVANT': no(
        [
          'Los hechos registrados no incluyen contacto en persona: el examen íntimo no prueba nada.',
          'The recorded facts include no contact in person: an intimate exam proves nothing.',
        ],
        ['Sólo personal clínico puede indicarlo para la atención.', 'Only a clinician can indicate it for care.'],
      ),
    },
  },
  'R-018': {
    title: { es: 'Los actos respetan el horario escolar', en: 'Acts keep out of school time' },
    source: 'LGDNNA 4-XVII',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/school-time.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-SCHOOLTIME': no(
        ['La cita coincide con su horario escolar.', 'The slot overlaps school time.'],
        [
          'Elija otra hora, salvo que lo pida o sea urgente con aprobación de la Procuraduría de Protección.',
          'Choose another time, unless the child asks for it or it is urgent and the Child Protection Authority agrees.',
        ],
      ),
    },
  },
  'R-019': {
    title: {
      es: 'La entrevista única se realiza en 7, 14 o 21 días',
      en: 'The single interview is held within 7, 14 or 21 days',
    },
    source: 'Norway, Criminal Procedure Act § 239 e, adopted as project policy',
    basis: 'STD, POL',
    confidence: 'V/P',
    state: 'recorded',
    where: 'libs/contracts/src/legal/deadlines.ts',
    scenario: 'libs/contracts/src/legal/due-times.spec.ts',
  },
  'R-020': {
    title: { es: 'Una sede inadecuada queda señalada', en: 'An unsuitable venue is flagged' },
    source: 'Disrupting Harm in Mexico; Barnahus Quality Standards',
    basis: 'REC, STD',
    confidence: 'P',
    state: 'recorded',
    where: 'libs/interview/src/venue.rule.ts',
    scenario: SCENARIO,
  },
  'R-021': {
    title: { es: 'Primero se decide sobre la prueba anticipada', en: 'Advance evidence is decided first' },
    source: 'CNPP 304, 305, 306, 371, 385; LGTrata 66-XV',
    basis: 'LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/anticipated-evidence.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INT-NOANT': no(
        [
          'La fiscalía no ha decidido si la sesión servirá como prueba anticipada.',
          'The prosecutor has not decided whether the session is to serve as advance evidence.',
        ],
        [
          'La fiscalía registra su decisión; en urgencia puede hacerlo hasta 48 horas después.',
          'The prosecutor records the decision; in urgency up to 48 hours afterwards.',
        ],
      ),
      'E-ANT-LATE': no(
        ['La sesión ya comenzó.', 'The session has already started.'],
        ['Registre la orden del tribunal si la hay.', "Record the court's order if there is one."],
      ),
    },
  },
  'R-022': {
    title: {
      es: 'Si un tribunal ordena su testimonio se abre un plan',
      en: 'When a court orders testimony a plan opens',
    },
    source: 'LGDNNA 83-VIII; CNPP 366; SCJN Pleno 11-02-2026; five days are project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/court.decider.ts',
    scenario: SCENARIO,
    refusals: {
      'E-HEARING-UNKNOWN': no(
        ['Esa audiencia no está registrada en este caso.', 'That hearing is not recorded in this case.'],
        ['Registre primero la audiencia.', 'Record the hearing first.'],
      ),
    },
  },
  'R-023': {
    title: { es: 'Preparar con coacción queda registrado', en: 'Coercive preparation is put on record' },
    source: 'Disrupting Harm in Mexico, testimonies',
    basis: 'REC',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/court.decider.ts',
    scenario: SCENARIO,
  },
  'R-024': {
    title: {
      es: 'No se reproduce su declaración ante la persona acusada',
      en: 'The statement is not replayed before the accused',
    },
    source: 'Disrupting Harm in Mexico; LGTrata 66-II',
    basis: 'REC, LAW',
    confidence: 'P',
    state: 'enforced',
    where: 'libs/interview/src/replay.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-REPLAY': no(
        [
          'Estarían en la misma sala o llamada que la persona acusada.',
          'Child and accused would be in the same room or call.',
        ],
        [
          'Reprodúzcala sin su presencia; si pide estar, sepárelos.',
          'Replay it without the child; if the child asks to be there, keep them apart.',
        ],
      ),
    },
  },
  'R-025': {
    title: { es: 'Lo dicho en terapia no es prueba', en: 'What is said in therapy is no evidence' },
    source: 'CNPP 362',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/therapy.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-THERAPY': no(
        [
          'El contenido de la terapia está protegido por el secreto profesional.',
          'The content of therapy is protected by professional secrecy.',
        ],
        [
          'Use el registro de la entrevista y otros datos de prueba; sólo la niña, niño o adolescente puede liberar del secreto.',
          'Use the record of the interview and other evidence; only the child can release the professional.',
        ],
      ),
    },
  },
  'R-026': {
    title: { es: 'Quien necesita intérprete o ajuste lo tiene', en: 'Who needs an interpreter or adjustment has it' },
    source: 'CNPP 109-XI, 109-XII; LGDNNA 83-VII',
    basis: 'LAW',
    confidence: 'V',
    state: 'enforced',
    where: 'libs/interview/src/interpreter.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-INTERPRETER': no(
        ['Hay una necesidad registrada y nadie asignado.', 'A need is recorded and nobody is assigned.'],
        [
          'Asigne intérprete o ajuste, o registre que prefirió ir sin él.',
          'Assign an interpreter or adjustment, or record that the child chose to go without.',
        ],
      ),
    },
  },
  'R-027': {
    title: {
      es: 'No se exige tutor; quien fue excluido queda fuera',
      en: 'No guardian is required; who was excluded stays out',
    },
    source: 'Disrupting Harm in Mexico; LGDNNA 106',
    basis: 'REC, LAW',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/guardian.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-EXCLUDED': no(
        ['Esa persona fue excluida de los actos.', 'That person was excluded from the acts.'],
        ['Pregunte a quién quiere como persona de apoyo.', 'Ask whom the child wants as support person.'],
      ),
    },
  },
  'R-028': {
    title: {
      es: 'El registro se sella una vez; cada copia y consulta consta',
      en: 'The record is sealed once; every copy and viewing is on record',
    },
    source: 'CNPP 217, 227; 24 hours are project policy',
    basis: 'LAW, POL',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/record-seal.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-RECORD-NONE': no(
        ['No hay una sesión que sellar.', 'There is no session to seal.'],
        ['Registre primero la sesión.', 'Record the session first.'],
      ),
      'E-RECORD-SEALED': no(
        ['El registro ya está sellado: no cambia.', 'The record is sealed: it does not change.'],
        ['Registre la copia o la consulta como un hecho.', 'Record the copy or the viewing as a fact.'],
      ),
    },
  },
  'R-120': {
    title: {
      es: 'Ninguna audiencia con la niña, niño o adolescente sin plan de no contacto',
      en: 'No hearing with the child without a no-contact plan',
    },
    source: 'CNPP 366; LGDNNA 83-X; LGTrata 66-II; Disrupting Harm in Mexico',
    basis: 'LAW, REC',
    confidence: 'V/P',
    state: 'enforced',
    where: 'libs/interview/src/court.rule.ts',
    scenario: SCENARIO,
    refusals: {
      'E-NOCONTACT': no(
        [
          'Falta un plan aprobado de no contacto con sus cuatro elementos.',
          'An approved no-contact plan with its four elements is missing.',
        ],
        [
          'Pida al tribunal entrada, sala de espera y horario separados, y pantalla o video; registre la aprobación.',
          'Ask the court for separate entry, waiting room and times, and a screen or video; record the approval.',
        ],
      ),
      'E-HEARING-UNKNOWN': no(
        ['Esa audiencia no está registrada en este caso.', 'That hearing is not recorded in this case.'],
        ['Registre primero la audiencia.', 'Record the hearing first.'],
      ),
    },
  },
};
