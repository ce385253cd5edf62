import { labelsFrom } from './label.js';

/** Legal terms (rows of the deadline registry) and conditions of the session, in words. */
export const termLabels = labelsFrom({
  pfpnna_notice: ['Aviso a la Procuraduría de Protección', 'Notice to the Child Protection Authority'],
  guardian_decision: ['Decidir el aviso a madre, padre o tutor', 'Decide on notice to the guardians'],
  forward_prosecutor: ['Remitir a la Fiscalía', 'Forward to the prosecutor'],
  forward_outer: ['Remitir a la Fiscalía (límite exterior)', 'Forward to the prosecutor (outer limit)'],
  assign_rep: ['Asignar representante', 'Assign a representative'],
  assign_adviser: ['Asignar asesoría jurídica', 'Assign a legal adviser'],
  status_info: ['Informar cómo va el caso', 'Give news of the case'],
  closure_challenge: ['Plazo para impugnar el cierre', 'Term to challenge the closing'],
  act_request: ['Responder la solicitud de un acto', 'Answer the request for an act'],
  interview: ['Hacer la entrevista única', 'Hold the single interview'],
  record_access: ['Responder el acceso al registro', 'Answer the request for the record'],
  record_seal: ['Sellar el registro', 'Seal the record'],
  competence: ['Aceptar o discutir la competencia', 'Accept or dispute competence'],
  break_glass_review: ['Revisar el acceso de emergencia', 'Review the break-glass access'],
  question_round: ['Cierre de la ronda de preguntas', 'Question round closes'],
  anticipated_decision_urgent: ['Decidir la prueba anticipada', 'Decide on advance evidence'],
  testimony_plan: ['Plan de testimonio', 'Testimony plan'],
  testimony_measures: ['Solicitar medidas para el testimonio', 'Request measures for the testimony'],
  referral_urgent: ['Responder la canalización urgente', 'Answer the urgent referral'],
  referral: ['Responder la canalización', 'Answer the referral'],
  case_review: ['Revisión conjunta del caso', 'Joint case review'],
  withdrawal_check: ['Revisar por qué dejaron de participar', 'Check why they stopped taking part'],
  attendance_support: ['Responder el apoyo para asistir', 'Answer the support to attend'],
  same_facts: ['Decidir si son los mismos hechos', 'Decide whether the facts are the same'],
  same_facts_urgent: [
    'Decidir si son los mismos hechos (reporte urgente)',
    'Decide whether the facts are the same (urgent report)',
  ],
  retelling_recorded: ['Registrar el relato', 'Record the retelling'],
  intermediary: [
    'Persona intermediaria con registro y capacitación vigentes',
    'Intermediary registered, training in date',
  ],
  representative: ['Representante de la Procuraduría de Protección', 'Child Protection representative'],
  evidence: ['Decisión sobre prueba anticipada', 'Decision on advance evidence'],
  stabilisation: ['Sin pausa de estabilización en curso', 'No stabilisation pause under way'],
  round: ['Ronda de preguntas cerrada o respondida por todas', 'Question round closed, or answered by all'],
  filter: ['Cada pregunta tiene decisión', 'Every question has a decision'],
  assent: ['Asentimiento para esta sesión', 'Assent for this session'],
  preference: ['Preferencia de grabación preguntada', 'Recording preference asked'],
  interpreter: ['Intérprete o ajuste, si se necesita', 'Interpreter or adjustment, if needed'],
  sameFacts: ['Casos vinculados resueltos', 'Linked cases decided'],
});

/** What exactly a refusal found missing, inside its sentence. */
export const whyLabels = labelsFrom({
  NO_INTERVIEW_YET: ['la entrevista única aún no se ha hecho', 'the single interview has not been held yet'],
  GROUND: ['el fundamento no es un hecho nuevo', 'its ground is not a new fact'],
  KNOWN_BEFORE: ['el hecho ya se conocía al cerrar la ronda', 'the fact was known when the round closed'],
  TOPICS: ['los temas no son solo los nuevos', 'the topics are not new ones only'],
  INTERMEDIARY: ['no es la misma persona intermediaria', 'it is not the same intermediary'],
  ASSENT: ['falta el asentimiento', 'the assent is missing'],
  OPINION: ['falta una opinión de impacto vigente', 'an impact opinion in date is missing'],
});

/** Queries and subscriptions as the access log names them. */
export const operationLabels = labelsFrom({
  me: ['Su cuenta', 'Own account'],
  myDay: ['Mi día', 'My day'],
  cases: ['Lista de casos', 'List of cases'],
  case: ['Resumen del caso', 'Summary of the case'],
  timeline: ['Línea de tiempo', 'Timeline'],
  caseChanged: ['Cambios en vivo', 'Live changes'],
  detail: ['Contenido sellado', 'Sealed content'],
  approvals: ['Aprobaciones', 'Approvals'],
  approvalDetail: ['Contenido de una solicitud', 'Content of a request'],
  identity: ['Identidad', 'Identity'],
  findChild: ['Búsqueda de duplicados', 'Search for duplicates'],
  accesses: ['Auditoría de accesos', 'Access audit'],
  refusals: ['Rechazos', 'Refusals'],
  breakGlassPending: ['Accesos de emergencia', 'Break-glass accesses'],
  staff: ['Directorio de personas', 'Directory of people'],
  intermediaries: ['Registro de intermediarios', 'Register of intermediaries'],
  waitingPlatformFiles: ['Archivos que esperan su reporte', 'Files waiting for their report'],
});

/** Data classes (R-701, C-10) as the access log and a gap in a reading name them. */
export const classLabels = labelsFrom({
  D0: ['pasos del caso', 'steps of the case'],
  D1: ['identidad', 'identity'],
  D2: ['domicilio y escuela', 'home and school'],
  D3: ['entrevista', 'interview'],
  D3q: ['preguntas', 'questions'],
  D4: ['actos jurídicos', 'legal acts'],
  D4r: ['relatos y opiniones', 'accounts and views'],
  D5: ['protección y riesgo', 'protection and risk'],
  D6: ['datos de prueba', 'evidence data'],
  D6p: ['referencias de plataformas', 'platform references'],
  D7: ['salud', 'health'],
  D9: ['seguridad emocional', 'emotional safety'],
  D10: ['ayuda y compensación', 'aid and compensation'],
  D11: ['registro de accesos', 'access log'],
  D12: ['cifras agregadas', 'aggregates'],
});
