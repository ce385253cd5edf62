import { type Feed, type Projection, keysOf } from '@resguardo/eventing';
import type { Pool } from 'pg';
import type { Work } from './projection-runner.instance.js';
import { type Runner, type RunnerOptions, startRunner } from './projection-runner.fillings.js';
import { type Documents, documents } from './reader.js';

export interface ProjectionOptions<Row extends object> extends RunnerOptions {
  /** The caller keeps it, with an `error` listener, and ends it after `stop`. */
  readonly pool: Pool;
  readonly feed: Feed;
  /** Name of the reading service; decides what the messages hold. */
  readonly reader: string;
  readonly projection: Projection<Row>;
}

export interface ProjectionRunner<Row extends object = object> extends Runner {
  readonly documents: Documents<Row>;
  /**
   * Fills a new table beside the one in use and switches when it has caught up. Resolves after the switch.
   * What was set aside stays aside.
   */
  rebuild(): Promise<void>;
}

/** Keeps a projection's table up to date until `stop`. Any number of processes may run the same one. */
export const runProjection = async <Row extends object>(
  options: ProjectionOptions<Row>,
): Promise<ProjectionRunner<Row>> => {
  const { pool, feed, reader, projection } = options;
  const work: Work = {
    name: projection.name,
    version: projection.version,
    columns: projection.columns ?? {},
    indexes: projection.indexes ?? [],
    lists: projection.lists ?? [],
    keysOf: (message) => keysOf(projection, message),
    makes: projection.makes,
    step: (row, message, key) => projection.evolve((row ?? projection.start) as Row, message, key),
    concurrency: 1,
  };
  const runner = await startRunner(pool, feed, reader, work, options);
  return { ...runner, documents: documents<Row>(pool, runner.table) };
};
