import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Expected, Json, NewEvent } from '@resguardo/eventing';
import { canonical } from '@resguardo/eventing';

/**
 * Proof that these facts, in their plain part, were decided at the shared table for this stream at this revision: a service that seals
 * and appends them can leave out no stamp, change no code and add no fact, nor append them where they would have been stamped otherwise
 * (ADR 17). What is sealed is the service's own.
 */
export const warrantsWith = (key: Buffer) => {
  const warrantOf = (stream: string, events: readonly NewEvent[], expected: Expected): string => {
    const decided = events.map(({ id, type, schemaVersion, data, meta }) => {
      const {
        caseId,
        actor,
        agency,
        role,
        commandId,
        command,
        digest,
        occurredAt,
        knownAt = null,
        violationOf = [],
      } = meta;
      return {
        ...{ id, type, schemaVersion, data },
        meta: { caseId, actor, agency, role, commandId, command, digest, occurredAt, knownAt, violationOf },
      };
    });
    return createHmac('sha256', key)
      .update(canonical({ stream, expected, decided } as unknown as Json))
      .digest('base64url');
  };
  return {
    warrantOf,
    covers: (warrant: string | undefined, stream: string, events: readonly NewEvent[], expected: Expected): boolean => {
      const wanted = Buffer.from(warrantOf(stream, events, expected));
      const given = Buffer.from(warrant ?? '');
      return given.length === wanted.length && timingSafeEqual(given, wanted);
    },
  };
};
export type Warrants = ReturnType<typeof warrantsWith>;
