import type { FactKind } from './facts.js';
import { codeIn } from './labels.js';
import type { Said } from './legal/rule-book.js';
import { writtenDay, writtenInstant } from './legal/written.js';

/**
 * What a timeline entry says, in both languages, made from its type and the plain fields its reader may see.
 * `{field}`: the field in words. `{field?yes|no}`: one of two texts by a flag. `[…]`: left out when a field inside it is absent,
 * because it was not said or may not be seen. Agency, role and times stand beside the sentence, not in it.
 */
const table = (rows: Readonly<Record<string, readonly [es: string, en: string]>>): Readonly<Record<string, Said>> =>
  Object.fromEntries(Object.entries(rows).map(([type, [es, en]]) => [type, { es, en }]));

export const sentences = table({
  // The case and how it came in
  CaseOpened: [
    'Se abrió el caso {folio}[ por {channel}].[{provisional? La búsqueda de duplicados queda pendiente.|}]',
    'Case {folio} was opened[ through {channel}].[{provisional? The search for duplicates is still to be made.|}]',
  ],
  DuplicateSearchCompleted: [
    'Se hizo la búsqueda de duplicados[: {possibleMatches} posibles coincidencias].',
    'The search for duplicates was made[: {possibleMatches} possible matches].',
  ],
  ReportReceived: [
    'Se recibió un reporte[ por {channel}][ ({mode})].[ Urgencia: {urgency}.][{accountGiven? Se dio el relato en este acto.|}]',
    'A report was received[ through {channel}][ ({mode})].[ Urgency: {urgency}.][{accountGiven? The account was given in this act.|}]',
  ],
  ReportCompleted: [
    'Se completó un reporte[: llegó por {channel}][ ({mode})].[ Urgencia: {urgency}.][{accountGiven? Al reportar se dio el relato.|}]',
    'A report was completed[: it came through {channel}][ ({mode})].[ Urgency: {urgency}.][{accountGiven? The account was given when reporting.|}]',
  ],
  DisclosureReceived: [
    'Una primera revelación espontánea fue escuchada[ por {heardBy}].[{detailsAsked? Se preguntaron detalles.|}]',
    'A first spontaneous disclosure was heard[ by {heardBy}].[{detailsAsked? Details were asked for.|}]',
  ],
  ReportRefused: [
    'Una autoridad no tomó el reporte[ ({authority}: {refusalKind})].[ Condición exigida: {condition}.]',
    'An authority did not take the report[ ({authority}: {refusalKind})].[ Condition demanded: {condition}.]',
  ],
  GuardianDemanded: [
    'Se exigió la presencia de madre, padre o tutor como condición[ ({authority})].',
    'A guardian was demanded as a condition[ ({authority})].',
  ],
  RightsExplained: [
    'Se explicaron sus derechos a la niña, niño o adolescente[ (formato: {formatCode})].',
    'Rights were explained to the child[ (format: {formatCode})].',
  ],
  PrivacyNoticeGiven: [
    'Se dio el aviso de privacidad[ (formato: {formatCode})].',
    'The privacy notice was given[ (format: {formatCode})].',
  ],
  AuthoritiesNotified: ['Se dio aviso a {to}[ ({means})].', '{to} was notified[ ({means})].'],
  ReportForwarded: ['El reporte se remitió a {to}[ ({means})].', 'The report was forwarded to {to}[ ({means})].'],
  GuardianNotified: ['Se dio aviso a madre, padre o tutor[ ({means})].', 'The guardians were notified[ ({means})].'],
  GuardianNotificationWithheld: [
    'La Procuraduría de Protección decidió no avisar por ahora a madre, padre o tutor.',
    'The Child Protection Authority decided not to tell the guardians for now.',
  ],
  // Representation, information, team
  ProtectionRepresentativeAssigned: [
    'Se asignó representante de la Procuraduría de Protección.',
    'A representative of the Child Protection Authority was assigned.',
  ],
  RepresentationInSubstitutionAssumed: [
    'La Procuraduría de Protección asumió la representación en suplencia[: {ground}].',
    'The Child Protection Authority assumed substitute representation[: {ground}].',
  ],
  ConflictOfInterestDeclared: [
    'Se declaró un conflicto de interés[ de {who}].',
    'A conflict of interest was declared[ of {who}].',
  ],
  LegalAdviserAssigned: [
    'Se asignó asesoría jurídica[{chosenByChild? elegida por la niña, niño o adolescente|}].',
    'A legal adviser was assigned[{chosenByChild?, chosen by the child|}].',
  ],
  LegalAdviserChanged: [
    'Cambió la asesoría jurídica[{chosenByChild? por elección de la niña, niño o adolescente|}].',
    'The legal adviser changed[{chosenByChild?, by the choice of the child|}].',
  ],
  SupportPersonChosen: [
    'La niña, niño o adolescente eligió a su persona de apoyo[ ({relation})].',
    'The child chose a support person[ ({relation})].',
  ],
  StatusInformationGiven: [
    'Se informó a la niña, niño o adolescente sobre su caso[ (formato: {formatCode})].[{delivered?| La entrega no está confirmada.}]',
    'The child was told how the case stands[ (format: {formatCode})].[{delivered?| Delivery is not confirmed.}]',
  ],
  ChildViewRecorded: [
    'Sobre {matter}, la opinión de la niña, niño o adolescente: {childView}[ ({notSoughtReason})].',
    "On {matter}, the child's view: {childView}[ ({notSoughtReason})].",
  ],
  ChildViewAnswered: [
    'Se respondió a la opinión de la niña, niño o adolescente[ (formato: {formatCode})].',
    "The child's view was answered[ (format: {formatCode})].",
  ],
  TeamMemberAdded: [
    'Se sumó al equipo del caso una persona: {agency}[, {role}].',
    "A person joined the case's team: {agency}[, {role}].",
  ],
  TeamMemberRemoved: ['Una persona dejó el equipo del caso.', "Somebody left the case's team."],
  ResponsibilityOffered: [
    '{from} ofreció la responsabilidad del caso a {to}.',
    '{from} offered the responsibility for the case to {to}.',
  ],
  ResponsibilityDeclined: [
    'No se aceptó la responsabilidad ofrecida[: {declineReason}].',
    'The responsibility offered was declined[: {declineReason}].',
  ],
  ResponsibilityAccepted: [
    '{agency} aceptó la responsabilidad del caso[, antes de {from}].',
    '{agency} accepted the responsibility for the case[, before of {from}].',
  ],
  // Referrals, competence, review, links
  ReferralMade: [
    'Se canalizó a {to} para {purpose}[ (urgencia: {urgency})].',
    'A referral was made to {to} for {purpose}[ (urgency: {urgency})].',
  ],
  ReferralAnswered: [
    'La canalización fue respondida: {answer}[ ({declineReason})].',
    'The referral was answered: {answer}[ ({declineReason})].',
  ],
  ReferralWithdrawn: ['La canalización se retiró.', 'The referral was withdrawn.'],
  CompetenceDeclined: [
    '{from} declinó la competencia a favor de {to}[: {reasonCode}]. Sigue actuando hasta que otra acepte.',
    '{from} declined competence in favour of {to}[: {reasonCode}]. It keeps acting until another accepts.',
  ],
  CompetenceAccepted: ['{authority} aceptó la competencia.', '{authority} accepted competence.'],
  CompetenceConflictRaised: [
    'Se planteó un conflicto de competencia[: {reasonCode}].',
    'A conflict of competence was raised[: {reasonCode}].',
  ],
  CaseReviewHeld: ['Se revisó el caso en mesa[ con {agencies}].', 'The case was reviewed[ with {agencies}].'],
  CaseLinked: ['El caso se vinculó con otro[: {linkKind}].', 'The case was linked with another[: {linkKind}].'],
  CaseUnlinked: [
    'Se quitó el vínculo con otro caso[: {unlinkReason}].',
    'The link with another case was removed[: {unlinkReason}].',
  ],
  FactsConfirmedDistinct: [
    'La Procuraduría de Protección confirmó que los hechos del caso vinculado son otros.',
    'The Child Protection Authority confirmed that the facts of the linked case are others.',
  ],
  FactsConfirmedSame: [
    'La Procuraduría de Protección confirmó que son los mismos hechos: solo en el caso principal se planean actos con la niña, niño o adolescente.',
    'The Child Protection Authority confirmed that the facts are the same: acts with the child are planned in the lead case only.',
  ],
  FactCorrected: [
    'Se corrigió un hecho registrado antes[: {correctionReason}]. Ambos quedan a la vista.',
    'A fact recorded before was corrected[: {correctionReason}]. Both remain.',
  ],
  FactRetracted: [
    'Se retiró un hecho registrado antes[: {retractionReason}]. Ambos quedan a la vista.',
    'A fact recorded before was retracted[: {retractionReason}]. Both remain.',
  ],
  ParticipationWithdrawn: [
    'Dejó de participar: {who}. No cierra el caso ni quita protección.',
    'Taking part ended: {who}. It closes no case and takes no protection away.',
  ],
  WithdrawalReasonChecked: [
    'Se verificó por qué se dejó de participar.[{accountAsked? Se pidió el relato.|}]',
    'It was checked why taking part ended.[{accountAsked? The account was asked for.|}]',
  ],
  InvestigativeActRequested: [
    'Se pidió un acto de investigación[: {act}][, por {requestedBy}].',
    'An investigative act was requested[: {act}][, by {requestedBy}].',
  ],
  InvestigativeActDecided: [
    'Se resolvió el acto de investigación pedido: {answer}.',
    'The investigative act requested was decided: {answer}.',
  ],
  AttendanceSupportRequested: [
    'Se pidió apoyo para asistir a actos[: {supports}].',
    'Support to attend acts was requested[: {supports}].',
  ],
  AttendanceSupportAnswered: [
    'Se respondió al apoyo para asistir: {answer}.',
    'The support to attend was answered: {answer}.',
  ],
  CaseClosureProposed: [
    'Se propuso terminar el caso: {closureKind}[ ({ground})].',
    'Ending the case was proposed: {closureKind}[ ({ground})].',
  ],
  ClosureNotified: [
    'Se notificó la propuesta de término a {notified}[. Puede impugnarse hasta el {challengeUntil}].',
    'The proposed ending was notified to {notified}[. It can be challenged until {challengeUntil}].',
  ],
  ClosureChallenged: [
    'La propuesta de término fue impugnada[ por {challengedBy}].',
    'The proposed ending was challenged[ by {challengedBy}].',
  ],
  ClosureFinal: ['Terminó la vía para impugnar: {outcome}.', 'The way to challenge has ended: {outcome}.'],
  CaseClosed: ['El caso se cerró[: {closureKind}].', 'The case was closed[: {closureKind}].'],
  CaseReopened: ['El caso se reabrió: {reopeningReason}.', 'The case was reopened: {reopeningReason}.'],

  // The single interview
  InterviewPlanned: [
    'Se planeó la entrevista única para el {slot} ({venueKind}).[{venueFlagged? El lugar queda señalado como riesgo.|}]',
    'The single interview was planned for {slot} ({venueKind}).[{venueFlagged? The venue is flagged as a risk.|}]',
  ],
  InterviewCancelled: [
    'Se canceló la entrevista planeada: {reason}.',
    'The planned interview was cancelled: {reason}.',
  ],
  LinkedInterviewNoted: [
    'En un caso vinculado por los mismos hechos, la entrevista: {step}. Cuenta también aquí.',
    'In a case linked by the same facts, the interview: {step}. It counts here too.',
  ],
  QuestionRoundOpened: [
    'Se abrió la ronda de preguntas para todas las agencias, hasta el {closesAt}.',
    'The question round opened for all agencies, until {closesAt}.',
  ],
  QuestionRoundShortened: [
    'La Procuraduría de Protección acortó la ronda de preguntas: hasta el {closesAt}.',
    'The Child Protection Authority shortened the question round: until {closesAt}.',
  ],
  QuestionRoundClosed: [
    'Se cerró la ronda de preguntas.[ Sin respuesta, cuenta como sin preguntas: {silent}.]',
    'The question round closed.[ No answer, which counts as no questions: {silent}.]',
  ],
  QuestionSetSubmitted: [
    'Se entregaron preguntas para la entrevista[{asLegalAdviser? por la asesoría jurídica|}].',
    'Questions for the interview were submitted[{asLegalAdviser? by the legal adviser|}].',
  ],
  QuestionSetDeclined: [
    'Se declaró no tener preguntas para la entrevista[{asLegalAdviser? por la asesoría jurídica|}].',
    'It was said that there are no questions for the interview[{asLegalAdviser? by the legal adviser|}].',
  ],
  QuestionFiltered: [
    'Una pregunta fue filtrada: {decision}[ ({reason})].',
    'A question was filtered: {decision}[ ({reason})].',
  ],
  FilterObjected: [
    'La agencia objetó la decisión sobre una pregunta suya.',
    'The agency objected to the decision on a question of its own.',
  ],
  IntermediaryAssigned: [
    'Se asignó una persona intermediaria del registro[ ({profession})].',
    'An intermediary of the register was assigned[ ({profession})].',
  ],
  InterpreterAssigned: [
    'Se asignó apoyo de comunicación: {formatCode}.',
    'Communication support was assigned: {formatCode}.',
  ],
  AnticipatedEvidenceDecided: [
    'Se decidió sobre la prueba anticipada: {decision}[ ({reason})].',
    'Advance evidence was decided: {decision}[ ({reason})].',
  ],
  SchoolTimeApproved: [
    'La Procuraduría de Protección aprobó un acto en horario escolar[, el {slot}].',
    'The Child Protection Authority approved an act in school time[, on {slot}].',
  ],
  ChildAssentRecorded: [
    'La niña, niño o adolescente dio su asentimiento.[{rightToStopExplained? Se explicó su derecho a detenerse.|}]',
    'The child assented.[{rightToStopExplained? The right to stop was explained.|}]',
  ],
  ChildAssentWithheld: [
    'La niña, niño o adolescente no dio su asentimiento[: {reason}]. No tiene consecuencias para ella o él.',
    'The child did not assent[: {reason}]. Nothing follows from it for the child.',
  ],
  StabilisationPeriodRecognised: [
    'Se reconoció un periodo de estabilización: los plazos se detienen por derecho de la niña, niño o adolescente[ (revisión: {reviewOn})].',
    "A stabilisation period was recognised: terms pause by the child's right[ (review: {reviewOn})].",
  ],
  StabilisationPeriodEnded: ['Terminó el periodo de estabilización.', 'The stabilisation period ended.'],
  RecordingPreferenceStated: [
    'La niña, niño o adolescente dijo cómo prefiere que se registre: {preference}.',
    'The child said how it should be recorded: {preference}.',
  ],
  ForensicInterviewStarted: [
    'Comenzó la entrevista forense (sesión {session}).[ Presentes: {presentRoles}.]',
    'The forensic interview started (session {session}).[ Present: {presentRoles}.]',
  ],
  ForensicInterviewInterrupted: [
    'La entrevista se interrumpió tras {minutes} min[: {reason}].[{accountGiven? Se dio el relato.|}]',
    'The interview was interrupted after {minutes} min[: {reason}].[{accountGiven? The account was given.|}]',
  ],
  ForensicInterviewConducted: [
    'Se realizó la entrevista forense (sesión {session}, {minutes} min).[{planned?| Fuera del plan de este caso.}][{accountGiven? Se dio el relato.|}]',
    "The forensic interview was held (session {session}, {minutes} min).[{planned?| Outside this case's plan.}][{accountGiven? The account was given.|}]",
  ],
  InterviewRecordSealed: [
    'El registro de la entrevista quedó sellado. Se usa en vez de volver a preguntar.',
    'The record of the interview was sealed. It is used instead of asking again.',
  ],
  AccountRequested: [
    'Se quiso pedir el relato a la niña, niño o adolescente ({actKind}).',
    'It was intended to ask the child for the account ({actKind}).',
  ],
  RecordAccessRequested: [
    'Se pidió acceso al registro de la entrevista: {purpose}[. Se decide antes del {decisionDue}].',
    'Access to the record of the interview was requested: {purpose}[. To be decided by {decisionDue}].',
  ],
  InterviewRecordShared: [
    'El registro de la entrevista se compartió con {recipientAgency} ({parts}).',
    'The record of the interview was shared with {recipientAgency} ({parts}).',
  ],
  RecordAccessDenied: [
    'No se dio acceso al registro de la entrevista: {reason}.',
    'Access to the record of the interview was denied: {reason}.',
  ],
  InterviewRecordCopied: [
    'Se hizo una copia del registro de la entrevista: {purpose}.',
    'A copy of the record of the interview was made: {purpose}.',
  ],
  InterviewRecordViewed: [
    'Se consultó el registro de la entrevista ({persons} personas): {purpose}.',
    'The record of the interview was viewed ({persons} persons): {purpose}.',
  ],
  AdditionalInterviewRequested: [
    'Se pidió una entrevista adicional: {ground}.',
    'An additional interview was requested: {ground}.',
  ],
  ImpactOpinionRecorded: [
    'Se registró la opinión de impacto[: daño esperado, {harmExpected}].',
    'The impact opinion was recorded[: harm expected, {harmExpected}].',
  ],
  AdditionalInterviewApproved: [
    'Se dio una de las dos aprobaciones para la entrevista adicional ({approvalKey}).',
    'One of the two approvals of the additional interview was given ({approvalKey}).',
  ],
  AdditionalInterviewAuthorised: [
    'La entrevista adicional quedó autorizada, una sola vez, hasta el {expiresAt}.',
    'The additional interview was authorised, once, until {expiresAt}.',
  ],
  AdditionalInterviewDenied: [
    'La entrevista adicional no se autorizó: {reason}.',
    'The additional interview was denied: {reason}.',
  ],
  CourtOrderRecorded: [
    'Se registró una orden judicial[ ({courtKind}): {orders}].',
    'A court order was recorded[ ({courtKind}): {orders}].',
  ],
  // Retellings, exam, hearings
  RetellingRecorded: [
    'La niña, niño o adolescente tuvo que estar en un acto más: {actKind}, ante {heardByRole} ({heardByAgency}).[ Lugar: {placeKind}.][ Personas presentes: {personsPresent}.][{accountGiven? Dio el relato.|}]',
    'The child went through one more act: {actKind}, before {heardByRole} ({heardByAgency}).[ Place: {placeKind}.][ Persons present: {personsPresent}.][{accountGiven? The account was given.|}]',
  ],
  ExamExplained: ['Se explicó el examen a la niña, niño o adolescente.', 'The exam was explained to the child.'],
  ExamConsentRecorded: [
    'Sobre el examen, la niña, niño o adolescente [{childAssents?lo aceptó|no lo aceptó}].',
    'As to the exam, the child [{childAssents?assented|did not assent}].',
  ],
  ForensicExamPlanned: [
    'Se planeó el examen ({examKind}) para el {slot}.',
    'The exam ({examKind}) was planned for {slot}.',
  ],
  ForensicExamPerformed: [
    'Se realizó el examen ({examKind}).[{accountGiven? Se dio el relato.|}]',
    'The exam ({examKind}) was performed.[{accountGiven? The account was given.|}]',
  ],
  ForensicExamDeclined: [
    'El examen no se hizo, por decisión de: {declinedBy}. No detiene el reporte, la atención ni las medidas.',
    'The exam was not done, by decision of: {declinedBy}. It stops no report, care or measure.',
  ],
  CoercivePreparationReported: [
    'Se reportó que alguien indicó a la niña, niño o adolescente cómo comportarse antes de un acto ({actKind}, {byRole}).',
    'It was reported that somebody told the child how to behave before an act ({actKind}, {byRole}).',
  ],
  StatementReplayPlanned: [
    'Se planeó reproducir la declaración de la niña, niño o adolescente, el {slot}.',
    "Replaying the child's statement was planned, on {slot}.",
  ],
  StatementReplayed: [
    'Se reprodujo la declaración de la niña, niño o adolescente[{childPresent? en su presencia|}].',
    "The child's statement was replayed[{childPresent? in the child's presence|}].",
  ],
  ContactWithAccusedOccurred: [
    'Hubo contacto con la persona imputada: {contactKind}.',
    'There was contact with the accused: {contactKind}.',
  ],
  AttendeeExcluded: [
    'Se excluyó a una persona del acto ({attendeeRole}): {reason}.',
    'A person was excluded from the act ({attendeeRole}): {reason}.',
  ],
  ChildTestimonyOrdered: [
    'Un tribunal ordenó el testimonio de la niña, niño o adolescente[, el {on}].',
    "A court ordered the child's testimony[, on {on}].",
  ],
  CourtTestimonyPlanOpened: [
    'Se abrió el plan para el testimonio en audiencia[; las medidas se piden antes del {measuresDue}].',
    'The plan for the testimony in court was opened[; measures are to be requested by {measuresDue}].',
  ],
  HearingScheduled: [
    'Se fijó audiencia ({hearingKind}) para el {on}.[{childAttends? Asiste la niña, niño o adolescente.|}]',
    'A hearing ({hearingKind}) was set for {on}.[{childAttends? The child attends.|}]',
  ],
  SpecialTestimonyMeasuresRequested: [
    'Se pidieron medidas especiales para el testimonio[: {measures}].',
    'Special measures for the testimony were requested[: {measures}].',
  ],
  NoContactPlanApproved: [
    'Se aprobó el plan para que no haya contacto con la persona imputada.',
    'The plan for no contact with the accused was approved.',
  ],
  HearingReady: [
    'La audiencia está lista en lo que toca a la niña, niño o adolescente.',
    'The hearing is ready as far as the child is concerned.',
  ],
  HearingHeld: [
    'Se celebró la audiencia ({hearingKind}).[{accountGiven? Se dio el relato.|}]',
    'The hearing ({hearingKind}) was held.[{accountGiven? The account was given.|}]',
  ],
  TherapySecrecyReleased: [
    'La niña, niño o adolescente liberó del secreto a quien le da terapia.',
    'The child released the therapist from secrecy.',
  ],
  TherapyContentRequested: [
    'Se pidió contenido de terapia[: {purpose}].',
    'Therapy content was requested[: {purpose}].',
  ],
  // Register of intermediaries
  IntermediaryRegistered: [
    'Una persona intermediaria entró al registro[ ({profession}, {trainingKind})].',
    'An intermediary entered the register[ ({profession}, {trainingKind})].',
  ],
  TrainingRenewed: [
    'Se renovó la capacitación de una persona intermediaria[ ({trainingKind}, {trainedOn})].',
    "An intermediary's training was renewed[ ({trainingKind}, {trainedOn})].",
  ],
  IntermediarySuspended: [
    'Se suspendió a una persona intermediaria[: {reason}].',
    'An intermediary was suspended[: {reason}].',
  ],
  IntermediaryReinstated: ['Se reincorporó a una persona intermediaria.', 'An intermediary was reinstated.'],
  // Access, oversight, vault, erasure
  BreakGlassUsed: [
    'Se abrió el caso por acceso de emergencia[ ({danger})][, hasta el {until}].',
    'The case was opened under break-glass[ ({danger})][, until {until}].',
  ],
  BreakGlassEnded: ['Terminó un acceso de emergencia.', 'A break-glass access ended.'],
  BreakGlassReviewed: [
    'Se revisó un acceso de emergencia: {verdict}.',
    'A break-glass access was reviewed: {verdict}.',
  ],
  RecordViewed: ['Se consultó el caso[: {purpose}].', 'The case was viewed[: {purpose}].'],
  AccessDenied: ['Se negó un intento de consulta[ ({rule})].', 'An attempt to view was denied[ ({rule})].'],
  ExportMade: ['Se hizo una exportación[: {purpose}].', 'An export was made[: {purpose}].'],
  RetryOrdered: [
    'Se ordenó intentar de nuevo un hecho que no se pudo incorporar.',
    'It was ordered to try again a fact that could not be taken in.',
  ],
  SetAsideOrdered: [
    'Se ordenó apartar de una vista un hecho que no se pudo incorporar[: {reason}].',
    'It was ordered to set a fact that could not be taken in aside from a view[: {reason}].',
  ],
  CommandRefused: ['Una orden fue rechazada por una regla[ ({rule})].', 'A command was refused by a rule[ ({rule})].'],
  ChildIdentitySealed: [
    'La identidad de la niña, niño o adolescente quedó resguardada en la bóveda.',
    "The child's identity was sealed in the vault.",
  ],
  IdentityDataCorrected: [
    'Se corrigieron datos de identidad en la bóveda[: {fields}].',
    'Identity data were corrected in the vault[: {fields}].',
  ],
  ThirdPersonSealed: [
    'Los datos de otra persona quedaron resguardados en la bóveda[ ({personKind})].',
    "Another person's data were sealed in the vault[ ({personKind})].",
  ],
  CommunicationNeedsRecorded: [
    'Se registraron necesidades de comunicación[: {formatCode}].[{interpreterNeeded? Hace falta intérprete o ajuste.|}]',
    'Communication needs were recorded[: {formatCode}].[{interpreterNeeded? An interpreter or adjustment is needed.|}]',
  ],
  SchoolTimetableRecorded: [
    'Se registró el horario escolar, para no citar en clases[ (vigente hasta el {validUntil})].',
    'The school timetable was recorded, so that no act falls in school time[ (valid until {validUntil})].',
  ],
  PreferencesRecorded: [
    'Se registraron preferencias de la niña, niño o adolescente.',
    "The child's preferences were recorded.",
  ],
  LegalHoldReviewed: [
    'Se revisó si hay impedimento legal para borrar datos: {outcome}.',
    'It was reviewed whether a legal hold forbids erasure: {outcome}.',
  ],
  ErasureRequested: [
    'Se pidió borrar datos personales[: {basis}].',
    'Erasure of personal data was requested[: {basis}].',
  ],
  ErasureRejected: ['No se aprobó borrar datos personales.', 'Erasure of personal data was rejected.'],
  ErasureOrdered: [
    'Dos personas ordenaron borrar los datos personales[: {basis}]. La cronología queda sin ellos.',
    'Two persons ordered the erasure of personal data[: {basis}]. The timeline stays without them.',
  ],
  KeysDestroyed: [
    'Un servicio destruyó sus llaves del caso[ ({keys})].',
    'A service destroyed its keys of the case[ ({keys})].',
  ],
  IdentityErased: ['La identidad se borró de la bóveda.', 'The identity was erased from the vault.'],
  // Platform reports
  PlatformReportReceived: [
    'Se recibió un reporte de plataforma (urgencia: {urgency}).[ Niña, niño o adolescente: {child}.][{reportedIsChild? La cuenta señalada también sería de una niña, niño o adolescente.|}]',
    'A platform report was received (urgency: {urgency}).[ Child: {child}.][{reportedIsChild? The account reported is said to be a child’s too.|}]',
  ],
  PlatformReportReferenced: [
    'Se conoció el número de un reporte de plataforma recibido antes.',
    'The number of a platform report received before became known.',
  ],
  PlatformFileReported: [
    'Una plataforma señaló un archivo[; visto por la plataforma: {viewedByPlatform}]. Aquí nunca se guarda ni se muestra su contenido.',
    'A platform reported a file[; viewed by the platform: {viewedByPlatform}]. Its content is never kept or shown here.',
  ],
});

/** C-10, S: the one neutral sentence of a step of which no more may be known. */
export const stepSentences: Readonly<Record<FactKind, Said>> = {
  REPORT: { es: 'Hubo un paso sobre un reporte.', en: 'A step about a report took place.' },
  CASE: { es: 'Hubo un paso en la conducción del caso.', en: 'A step in running the case took place.' },
  TEAM: { es: 'Hubo un cambio en el equipo.', en: 'The team changed.' },
  REPRESENTATION: { es: 'Hubo un paso de representación.', en: 'A step of representation took place.' },
  INFORMATION: {
    es: 'Se informó o escuchó a la niña, niño o adolescente.',
    en: 'The child was informed or heard.',
  },
  REFERRAL: { es: 'Hubo un paso en una canalización.', en: 'A step of a referral took place.' },
  INTERVIEW: { es: 'Hubo un paso de la entrevista única.', en: 'A step of the single interview took place.' },
  RETELLING: { es: 'Hubo un acto con la niña, niño o adolescente.', en: 'An act with the child took place.' },
  EXAM: { es: 'Hubo un paso de salud.', en: 'A health step took place.' },
  HEARING: { es: 'Hubo un paso ante la autoridad judicial.', en: 'A step before the court took place.' },
  EVIDENCE: { es: 'Hubo un paso sobre datos de prueba.', en: 'A step about evidence took place.' },
  CARE: { es: 'Hubo un paso de apoyo o atención.', en: 'A step of support or care took place.' },
  CLOSING: { es: 'Hubo un paso sobre el término del caso.', en: 'A step about ending the case took place.' },
  PRIVACY: { es: 'Hubo un paso de resguardo de datos.', en: 'A step of data protection took place.' },
};

const AT = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A value of a fact or of a refusal in words: moments in the zone of the capital, days as they are, codes by their label. */
export const spoken = (value: unknown, locale: 'es' | 'en', field = ''): string => {
  if (Array.isArray(value)) return value.map((one) => spoken(one, locale, field)).join(', ');
  if (typeof value === 'boolean') return locale === 'es' ? (value ? 'sí' : 'no') : value ? 'yes' : 'no';
  if (typeof value !== 'string') return String(value);
  if (AT.test(value)) return writtenInstant(value, locale);
  if (DAY.test(value)) return writtenDay(value, locale, 'UTC');
  // Codes are written in capitals; a folio or a rule id has digits and hyphens and is said as it is.
  return /^[A-Z][A-Z_]+[A-Z0-9_]*$/.test(value) ? codeIn(field, value, locale) : value;
};

const PLACE = /\{(\w+)(?:\?([^|{}]*)\|([^|{}]*))?\}/g;

const absent = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);

const filled = (template: string, data: Readonly<Record<string, unknown>>, locale: 'es' | 'en'): string => {
  const put = (text: string): string =>
    text.replace(PLACE, (_, name: string, yes?: string, no?: string) =>
      yes !== undefined ? ((data[name] ? yes : no) ?? '') : absent(data[name]) ? '…' : spoken(data[name], locale, name),
    );
  return put(
    template.replace(/\[([^\]]*)\]/g, (_, part: string) =>
      [...part.matchAll(PLACE)].some(([, name = '']) => absent(data[name])) ? '' : part,
    ),
  );
};

/**
 * The sentence of an entry. `type` null: only the step may be known. A type without a sentence (none, by test) reads as its kind's.
 * Fields that are absent and not optional in the sentence read as `…`.
 */
export const sentence = (
  entry: { readonly type: string | null; readonly kind: string; readonly data: Readonly<Record<string, unknown>> },
  locale: 'es' | 'en',
): string => {
  const own = entry.type !== null && Object.hasOwn(sentences, entry.type) ? sentences[entry.type] : undefined;
  if (own) return filled(own[locale], entry.data, locale);
  const step = Object.hasOwn(stepSentences, entry.kind) ? stepSentences[entry.kind as FactKind] : stepSentences.CASE;
  return step[locale];
};

/** Names of the fields a sentence speaks of; for its test. */
export const fieldsSpokenOf = (template: string): readonly string[] =>
  [...template.matchAll(PLACE)].flatMap(([, name]) => name ?? []);
