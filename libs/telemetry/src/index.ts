export type { Follower, FollowerState } from './followers.js';
export { sharing, within } from './followers.js';
export type { Readiness } from './health.js';
export { readiness } from './health.js';
export type { Watched } from './metrics.js';
export type { CommandHandled, Telemetry, TelemetryOptions } from './telemetry.js';
export { openTelemetry, unobserved } from './telemetry.js';
export type { Caused } from './traces.js';
export type { OwnNames } from './words.js';
