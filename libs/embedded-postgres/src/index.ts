export { FolderInUse } from './folder-lock.js';
export type { PostgresOptions, RunningPostgres } from './start-postgres.js';
export { startPostgres, stopAbandoned } from './start-postgres.js';
