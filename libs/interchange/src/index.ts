export type { PlatformAsk } from './interchange.capability.js';
export { interchangeCapability } from './interchange.capability.js';
export { ImportResolver, InterchangeResolver, PLATFORM_IMPORT, PLATFORM_INTAKE } from './interchange.resolver.js';
export type { ImportAnswer, Importing, InterchangeParts, SaidImport } from './platform-import.js';
export { IMPORT, importHere, importThroughAgency, whyNotTaken } from './platform-import.js';
export type { CybertipDocument } from './cybertip.document.js';
export { readCybertip } from './cybertip.document.js';
export { warningsOf } from './cybertip.warnings.js';
export type { KnownReport, PlatformFiles, SqlQuery, WaitingDocument } from './platform-files.js';
export { eraseWaiting, memoryPlatformFiles, sqlPlatformFiles } from './platform-files.js';
export type {
  ImportedFile,
  ImportError,
  ImportOutcome,
  IntakeOptions,
  PlatformIntake,
  PlatformIntakeParts,
  SentFile,
} from './platform-intake.js';
export { platformCaseId, reportKeyOf } from './platform-ids.js';
export { platformIntake, SET_LIMITS } from './platform-intake.js';
export { problemInWords, warningInWords } from './words.js';
export { isProblem } from './xml.js';
