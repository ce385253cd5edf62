import { hash as digest } from 'node:crypto';
import { canonical } from './canonical.js';
import type { RecordedEvent } from './event-store.js';

/**
 * SHA-256 (hex) of the hash of the event before in the stream ('' before the first) and this event in canonical form,
 * without its hash, without its position, which is given later, and without its trace context, which is no part of what was said (D6).
 * Sealed boxes enter as they are: ciphertext.
 */
export const chained = (previous: string, event: Omit<RecordedEvent, 'position'>): string => {
  const { stream, revision, id, type, schemaVersion, data, sealed, meta } = event;
  const { hash: _, traceparent: __, ...unhashed } = meta;
  const text = canonical({ stream, revision, id, type, schemaVersion, data, sealed, meta: unhashed });
  return digest('sha256', previous + text, 'hex');
};
