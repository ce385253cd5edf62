import type { CommandSpecs } from './command.js';
import { caseFileCommands } from './commands/case-file.commands.js';
import { interchangeCommands } from './commands/interchange.commands.js';
import { interviewCaseCommands, interviewCommands, registerCommands } from './commands/interview.commands.js';
import { oversightCommands } from './commands/oversight.commands.js';
import { searchFields, vaultCommands } from './commands/vault.commands.js';
import type { RuleBook } from './legal/rule-book.js';
import { rulesA } from './legal/rules-a.js';
import { rulesC } from './legal/rules-c.js';
import { rulesH } from './legal/rules-h.js';
import { rulesI } from './legal/rules-i.js';
import { rulesJ } from './legal/rules-j.js';
import { rulesPlatform } from './legal/rules-platform.js';
import { rulesVault } from './legal/rules-vault.js';

export type { Affiliation, Agency, DataClass, Reader, Role, Service, Sight } from './classes.js';
export {
  AFFILIATIONS,
  AGENCIES,
  DATA_CLASSES,
  MATRIX,
  READERS,
  ROLES,
  readerOf,
  SERVICES,
  SERVICE_OF,
} from './classes.js';
export type { CommandInput, CommandOf, CommandSpec, CommandSpecs } from './command.js';
export { intent, recordedFact } from './command.js';
export { entersThroughAgency } from './entry.js';
export type { About, FactKind, FactOf, FactSpec, FactSpecs, NewFactOf } from './facts.js';
export { fact, FACT_KINDS } from './facts.js';
export type { Field, Fields, InputOf, PlainOf } from './fields.js';
export { code, count, day, digest, flag, group, instant, many, optional, ref, sealed, text } from './fields.js';
export type { JsonSchema } from './json-schema.js';
export { fieldSchema, fieldsSchema } from './json-schema.js';
export type { RuleBook, RuleEntry, Said } from './legal/rule-book.js';
export type { Holder } from './permissions.js';
export { AFFILIATIONS_OF, holds, PERMISSIONS, permissionsOf } from './permissions.js';
export type { Purpose } from './purposes.js';
export { PURPOSES } from './purposes.js';
export type { Route } from './routes.js';
export { routesOf, serviceOn } from './routes.js';

export {
  caseFileCommands,
  interchangeCommands,
  interviewCaseCommands,
  interviewCommands,
  oversightCommands,
  registerCommands,
  searchFields,
  vaultCommands,
};

/** Every mutation of the product. */
export const allCommands: CommandSpecs = {
  ...caseFileCommands,
  ...interviewCommands,
  ...oversightCommands,
  ...vaultCommands,
  ...interchangeCommands,
};

export const ruleBook: RuleBook = {
  ...rulesA,
  ...rulesC,
  ...rulesH,
  ...rulesI,
  ...rulesJ,
  ...rulesPlatform,
  ...rulesVault,
};
export { commandsSdl, inputType, mutationArguments, mutationDocument } from './sdl.js';
export type { CommandError, InputError } from './validate.js';
export type { SetAsideReason } from './set-aside.js';
export { mayBeSetAside, SET_ASIDE_REASONS } from './set-aside.js';
export { commandErrors, given, inputErrors, isId, isInstant } from './validate.js';
export type { TokenRefusal } from './token-refusals.js';
export { TOKEN_REFUSALS } from './token-refusals.js';
export type { Reading, ServiceMessage, StoredFact } from './services.js';
export {
  fieldsFor,
  readingOf,
  sealingService,
  serviceTable,
  STEP_TAKEN,
  toMessage,
  writerOf,
  writersOf,
} from './services.js';
export type { AdmissionError, OfferedFact } from './admission.js';
export { admissionErrors } from './admission.js';
export type { LabelKind } from './labels.js';
export { codeIn, helpOf, labelOf, labels } from './labels.js';
export type { Channel, Form, LinkKind, ReportQuestion, RiskFlag, StateKey, YesNoUnknown, Zone } from './codes.js';
export {
  CHANNELS,
  CLOSURE_OUTCOMES,
  REPORT_QUESTIONS,
  RISK_FLAGS,
  STATES,
  TEAM_ROLES,
  ZONE_OF_STATE,
  ZONES,
} from './codes.js';
export type { Calendar, CalendarKind, CalendarVersion } from './legal/calendars.js';
export { CALENDARS, calendarVersion, isBusinessDay } from './legal/calendars.js';
export type { Cal, DeadlineRow, Duty, Limit } from './legal/deadlines.js';
export { deadlineOn, DEADLINES } from './legal/deadlines.js';
export type { KnownReport } from './legal/report.js';
export {
  answeredIn,
  callsForPromptInterview,
  caseSigns,
  couldBeFolio,
  folioOf,
  isUrgent,
  knownReports,
  limitationOf,
  missingOf,
} from './legal/report.js';
export { sourceIn } from './legal/source.js';
export { WRITTEN_ZONE, writtenDay, writtenInstant } from './legal/written.js';
export type { DueState, DueTime, SaidFact, TermFact } from './legal/due-times.js';
export {
  ageOfCase,
  COUNTED_BY,
  dueOf,
  dueTimes,
  inactivity,
  onlyStarts,
  termFact,
  timesStartedBy,
} from './legal/due-times.js';
export {
  addDays,
  addMonths,
  afterBusinessDays,
  afterCalendarDays,
  afterHours,
  afterMonths,
  businessDay,
  daysBetween,
  endOfDay,
  localDay,
  movedToBusinessDay,
  startOfDay,
  weekday,
} from './legal/time.js';
export { sentence, sentences, spoken, stepSentences } from './sentences.js';
