import { join } from 'node:path';
import { type ErasureList, fileErasureList } from '@resguardo/vault';
import type { Pool } from 'pg';
import { inTurn } from './process.js';

/**
 * The list of what was erased, in a folder that all replicas of a service share. Each carries out every erasure, and goes on from where any of
 * them was: a list of its own would lack what the others erased while it was away. One at a time looks and adds: appends of two at once would
 * overwrite each other on a network file system, and who found a line that the other had not flushed yet would destroy keys before it is durable.
 */
export const sharedErasures = (pool: Pool, folder: string): ErasureList => {
  const list = fileErasureList(join(folder, 'erasures.jsonl'));
  return { all: list.all, add: (erased) => inTurn(pool, 'erasures', () => list.add(erased)) };
};
