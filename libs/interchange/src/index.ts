export type { PlatformAsk } from './interchange.capability.js';
export { interchangeCapability } from './interchange.capability.js';
export type { InterchangeParts } from './interchange.resolver.js';
export { InterchangeResolver, PLATFORM_INTAKE } from './interchange.resolver.js';
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
