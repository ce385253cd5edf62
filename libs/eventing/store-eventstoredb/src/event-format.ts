import type { EventData, Position as LogPosition, ResolvedEvent } from '@eventstore/db-client';
import type { NewEvent, Position, RecordedEvent } from '@resguardo/eventing';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** From here on a number stands for "no position" or "the end", never for a place in the log. */
const NOWHERE = 1n << 63n;

const bytes = (value: unknown): Uint8Array => {
  const text = JSON.stringify(value) as string | undefined;
  if (text === undefined) throw new TypeError(`${typeof value} has no place in JSON`);
  return new TextEncoder().encode(text);
};
const parsed = (value: unknown): unknown =>
  value instanceof Uint8Array ? JSON.parse(Buffer.from(value).toString('utf8')) : value;

/** What the server keeps beside an event's data: everything that is not plain data, sealed boxes and chain included. */
type Beside = Pick<NewEvent, 'schemaVersion' | 'sealed' | 'meta'>;

/**
 * Written to bytes here, before the client sees it: what JSON refuses must be the caller's error, and in the client it would be a
 * rejection that nobody handles, which ends the process.
 * @throws TypeError naming what cannot be kept
 */
export const toEventData = ({ id, type, schemaVersion, data, sealed, meta }: NewEvent): EventData => {
  if (typeof id !== 'string' || !UUID.test(id)) throw new TypeError(`event id ${JSON.stringify(id)} is no UUID`);
  if (typeof type !== 'string' || type === '' || type.startsWith('$') || !type.isWellFormed())
    throw new TypeError(`${JSON.stringify(type)} cannot be a type of event`);
  const beside: Beside = { schemaVersion, ...(sealed && { sealed }), meta };
  return {
    id,
    type,
    // Bytes, not JSON, for the client: it would serialise again.
    contentType: 'application/octet-stream',
    data: bytes(data),
    metadata: bytes(beside),
  };
};

export const isSomewhere = ({ commit }: LogPosition): boolean => commit < NOWHERE;

export const positionOf = ({ commit, prepare }: LogPosition): Position => `${commit}:${prepare}`;

/** @throws RangeError when another store gave it */
export const logPosition = (position: Position): LogPosition => {
  const found = /^(\d{1,20}):(\d{1,20})$/.exec(position);
  if (!found) throw new RangeError(`${JSON.stringify(position)} is no position of this store`);
  return { commit: BigInt(found[1]!), prepare: BigInt(found[2]!) };
};

export const isAfter = (one: LogPosition, other: LogPosition | undefined): boolean =>
  !other || one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);

/**
 * @param stream the name by which we know it
 * @throws Error when it was not written by this adapter
 */
export const toRecordedEvent = (stream: string, { event }: ResolvedEvent): RecordedEvent => {
  const at = event?.position;
  if (!event || !at || !isSomewhere(at)) throw new Error(`${stream}: an event came without its place in the log`);
  const beside = parsed(event.metadata) as Partial<Beside> | undefined;
  if (beside?.schemaVersion === undefined || beside.meta === undefined)
    throw new Error(`${stream}@${event.revision}: this event was written by another program`);
  return {
    stream,
    revision: Number(event.revision),
    position: positionOf(at),
    id: event.id,
    type: event.type,
    schemaVersion: beside.schemaVersion,
    data: parsed(event.data) as NewEvent['data'],
    ...(beside.sealed && { sealed: beside.sealed }),
    meta: beside.meta,
  };
};
