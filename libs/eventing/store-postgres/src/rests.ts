/** A batch sets out at most this often (milliseconds): what comes meanwhile goes in one. The first after a pause sets out at once. */
const BEAT_MS = 20;
/**
 * While batches of so many messages or more come one after the other, a follower rests between them, the longer the longer they took: much in one
 * write costs less, a card above all. Not after the first of them: what was held up by something is waited for.
 */
const MANY = 10;
const RESTS = 4;
const REST_MS = 250;

/** How long one follower rests after each of its batches. To be asked about every one. */
export const rests = () => {
  let wereMany = false;
  return (messages: number, tookMs: number): number => {
    const isMany = messages >= MANY;
    const rest = isMany && wereMany ? Math.min(RESTS * tookMs, REST_MS) : 0;
    wereMany = isMany;
    return Math.max(0, BEAT_MS - tookMs, rest);
  };
};
