export { FolderInUse, holderOf, takeLock } from './folder-lock.js';
export { isAlive, within } from './processes.js';
export type { PostgresOptions, RunningPostgres } from './start-postgres.js';
export { startPostgres, stopAbandoned } from './start-postgres.js';
