export type { AccessRow, RefusalRow } from './access-log.projection.js';
export { accessLog, refusalLog } from './access-log.projection.js';
export type { AccessRecorder, Order, Viewing } from './access-recorder.js';
export { accessRecorder, accessStream } from './access-recorder.js';
export type { AuditParts } from './audit.js';
export type { CaseParts } from './case-parts.projection.js';
export { caseParts } from './case-parts.projection.js';
export type {
  Drill,
  FollowerReport,
  HistoryCheck,
  RepairOrder,
  RepairOutcome,
  ServiceFollowers,
  StandingCase,
  StandingError,
  Upkeep,
} from './integrity.js';
export { HISTORY_FAULTS, ServiceAway, STANDING_ERRORS, STANDING_SHOWN } from './integrity.js';
export type { GlassRow } from './glass-log.projection.js';
export { glassLog } from './glass-log.projection.js';
export { oversightCapability } from './oversight-capability.js';
export { OversightModule } from './oversight.module.js';
