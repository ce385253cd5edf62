import type { Position } from '@resguardo/eventing';

/** Next offset to read, by partition. Offsets stay below 2^53 for longer than any topic lasts. */
export type Offsets = Map<number, number>;

export const positionOf = (offsets: ReadonlyMap<number, number>): Position =>
  JSON.stringify(Object.fromEntries([...offsets].sort(([a], [b]) => a - b)));

/** @throws Error when it is no position of a Kafka feed: a runner that followed another feed before starts a new table. */
export const offsetsOf = (position: Position | undefined): Offsets => {
  if (position === undefined) return new Map();
  const parsed: unknown = position.startsWith('{') ? JSON.parse(position) : undefined;
  const offsets = Object.entries(parsed ?? {}).map(([partition, offset]) => [Number(partition), offset] as const);
  if (
    typeof parsed !== 'object' ||
    offsets.some(([partition, offset]) => !Number.isInteger(partition) || !isOffset(offset))
  )
    throw new Error(`"${position.slice(0, 40)}" is no position of a Kafka feed`);
  return new Map(offsets as readonly (readonly [number, number])[]);
};

const isOffset = (offset: unknown): boolean => Number.isSafeInteger(offset) && (offset as number) >= 0;
