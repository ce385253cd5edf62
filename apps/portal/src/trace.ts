const random = (bytes: number): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * W3C trace context for one operation: where its trace begins, when the server's operator traces. A number of chance, made anew each
 * time: it says nothing of who asks, and no two operations are told to be of the same person.
 */
export const newTraceparent = (): string => `00-${random(16)}-${random(8)}-01`;
