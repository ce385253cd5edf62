import { hash } from 'node:crypto';

/** Root of all derived ids of the product; a random UUID made once, never changed. */
const RESGUARDO = Buffer.from('6f1f0a5e0c5b4c0e9a8d2b7e4d13c9f2', 'hex');

/**
 * UUID version 5 (RFC 9562) of parts, in this product's namespace: the same parts give the same id, everywhere and for ever (D12).
 * Parts are kept apart: ('ab', 'c') and ('a', 'bc') differ.
 */
export const uuidv5 = (...parts: readonly (string | number)[]): string => {
  const named = Buffer.concat([RESGUARDO, Buffer.from(JSON.stringify(parts.map(String)))]);
  const bytes = hash('sha1', named, 'buffer').subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
};
