import { once } from 'node:events';
import { type Auditable, behindByWalking } from './auditable.js';
import type { Expected, NewEvent, Position, RecordedEvent } from './event-store.js';
import { NO_STREAM, RevisionConflict } from './event-store.js';

const BATCH = 500;

/** The reference implementation of the port: what the contract suite says, in the shortest form, forgotten with the process. */
export const memoryEventStore = (): Auditable => {
  const log: RecordedEvent[] = [];
  const streams = new Map<string, RecordedEvent[]>();
  const appended = new EventTarget();
  const revisionOf = (stream: string) => (streams.get(stream)?.length ?? 0) - 1;

  const scan = async function* (from?: Position): AsyncGenerator<readonly RecordedEvent[]> {
    const end = log.length;
    for (let next = Number(from ?? 0); next < end; next += BATCH) yield log.slice(next, Math.min(next + BATCH, end));
  };

  return {
    async read(stream, from = 0) {
      return { events: (streams.get(stream) ?? []).slice(Math.max(from, 0)), revision: revisionOf(stream) };
    },

    async append(stream: string, events: readonly NewEvent[], expected: Expected) {
      if (events.length === 0) throw new RangeError('nothing to append');
      const actual = revisionOf(stream);
      if (expected !== 'any' && actual !== (expected === 'none' ? NO_STREAM : expected))
        throw new RevisionConflict(stream, expected, actual);
      // Through JSON, as every other store: what it would lose is lost here too, and no caller can change the past.
      const recorded = events.map((event, index): RecordedEvent => {
        const { id, type, schemaVersion, data, sealed, meta } = JSON.parse(JSON.stringify(event)) as NewEvent;
        return frozen({
          stream,
          revision: actual + 1 + index,
          position: String(log.length + 1 + index),
          id,
          type,
          schemaVersion,
          data,
          ...(sealed && { sealed }),
          meta,
        });
      });
      log.push(...recorded);
      streams.set(stream, [...(streams.get(stream) ?? []), ...recorded]);
      appended.dispatchEvent(new Event('appended'));
      return { revision: actual + events.length, position: String(log.length) };
    },

    async follow(from, each, stop, limit = BATCH) {
      let next = Number(from ?? 0);
      while (!stop.aborted) {
        const events = log.slice(next, next + limit);
        if (events.length > 0) {
          await each(events);
          next += events.length;
        } else await once(appended, 'appended', { signal: stop }).catch(() => undefined);
      }
    },

    scan,

    async census() {
      return {
        last: log.at(-1)?.position,
        highest: log.at(-1)?.position,
        heads: new Map([...streams].map(([stream, events]) => [stream, events.length - 1])),
      };
    },

    after: (position: Position | undefined) => String(Number(position ?? 0) + 1),

    behind: (position) => behindByWalking(scan, position),
  };
};

const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
};
