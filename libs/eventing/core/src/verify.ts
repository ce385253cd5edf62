import type { KeyObject } from 'node:crypto';
import type { Auditable, Census } from './auditable.js';
import type { Checkpoint, CheckpointStore } from './checkpoint.js';
import { isSignedBy, runningDigest } from './checkpoint.js';
import type { Position, RecordedEvent } from './event-store.js';
import { NO_STREAM } from './event-store.js';
import { chained } from './hash-chain.js';

/** The first event, in the order of positions, that is not what it was. What cannot be known of a missing event is absent. */
export interface Broken {
  readonly stream?: string;
  readonly revision?: number;
  readonly position?: Position;
  readonly eventId?: string;
  readonly why:
    | 'altered'
    | 'missing'
    | 'moved'
    | 'never chained'
    /** The store keeps more, or less, than it says. */
    | 'miscounted'
    /** Everything hangs together, but it is not what was signed: the history was written anew between `position` and `to`. */
    | 'not what was signed'
    | 'checkpoint forged'
    | 'checkpoint missing';
  /** The end of the range in which a checkpoint does not hold. */
  readonly to?: Position;
  /** Number of the checkpoint that does not hold. */
  readonly checkpoint?: number;
}

export interface Verdict {
  /** How many events were read. */
  readonly events: number;
  readonly streams: number;
  readonly broken?: Broken;
  /** How many events after the last good checkpoint no signature speaks of. */
  readonly unsigned: number;
}

interface Head {
  readonly revision: number;
  readonly hash: string;
}

/**
 * Recomputes the whole history (D6): hashes, revisions without gaps, positions without gaps where the store's positions count, the
 * streams' heads, the signed checkpoints.
 * Reads ciphertext as ciphertext, so it needs no key but the signer's public one and holds after an erasure.
 */
export const verifyHistory = async (
  store: Pick<Auditable, 'scan' | 'census' | 'after'>,
  { checkpoints, publicKey }: { readonly checkpoints: Pick<CheckpointStore, 'all'>; readonly publicKey: KeyObject },
): Promise<Verdict> => {
  // Appends go on meanwhile: what the store says now is compared with what lies before its last position of now.
  const census = await store.census();
  const signatures = await checkpoints.all();
  const heads = new Map<string, Head>();
  const signed = againstCheckpoints(signatures, publicKey);
  let broken: Broken | undefined;
  let early: RecordedEvent | undefined;
  let events = 0;
  let last: Position | undefined;

  walk: for await (const batch of store.scan())
    for (const event of batch) {
      if (last !== undefined && last === census.last) break walk;
      events++;
      const { stream, revision, position } = event;
      const head = heads.get(stream) ?? { revision: NO_STREAM, hash: '' };
      // Once something is missing, the first gap in a stream says what it was.
      if (broken?.why === 'missing' && broken.stream === undefined && revision > head.revision + 1)
        broken = { ...broken, stream, revision: head.revision + 1 };
      // Where positions do not count, a gap may be an event that only comes too late.
      if (early && broken?.stream === stream && broken.revision === revision) {
        broken = { ...of(early), why: 'moved' };
        early = undefined;
      }
      if (!broken && store.after(last) === undefined && revision > head.revision + 1) early = event;
      broken ??= gapBefore(event, store.after(last), head) ?? linkBroken(event, head);
      signed.pass(event);
      heads.set(stream, { revision: Math.max(revision, head.revision), hash: event.meta.hash ?? '' });
      last = position;
    }

  broken = named(broken ?? endBroken(census, last, store.after(last)), census, heads) ?? signed.broken();
  return { events, streams: heads.size, unsigned: signed.unsigned(), ...(broken && { broken }) };
};

const named = (broken: Broken | undefined, census: Census, heads: ReadonlyMap<string, Head>): Broken | undefined => {
  if (broken && (broken.why !== 'missing' || broken.stream !== undefined)) return broken;
  for (const [stream, revision] of census.heads) {
    const found = heads.get(stream)?.revision ?? NO_STREAM;
    if (found < revision) return { ...broken, stream, revision: found + 1, why: 'missing' };
  }
  if (broken) return broken;
  for (const [stream, { revision }] of heads)
    if ((census.heads.get(stream) ?? NO_STREAM) < revision) return { stream, revision, why: 'miscounted' };
  return undefined;
};

const of = ({ stream, revision, position, id }: RecordedEvent) => ({ stream, revision, position, eventId: id });

/** Whether something is missing right before this event. */
const gapBefore = (event: RecordedEvent, due: Position | undefined, head: Head): Broken | undefined => {
  if (due === undefined)
    return event.revision > head.revision + 1
      ? { stream: event.stream, revision: head.revision + 1, why: 'missing' }
      : undefined;
  if (event.position === due) return undefined;
  if (event.revision <= head.revision + 1) return { position: due, why: 'missing' };
  return { position: due, stream: event.stream, revision: head.revision + 1, why: 'missing' };
};

const linkBroken = (event: RecordedEvent, head: Head): Broken | undefined => {
  if (event.revision !== head.revision + 1) return { ...of(event), why: 'moved' };
  if (event.meta.hash === undefined) return { ...of(event), why: 'never chained' };
  if (event.meta.hash !== chained(head.hash, event)) return { ...of(event), why: 'altered' };
  return undefined;
};

const endBroken = (census: Census, last: Position | undefined, due: Position | undefined): Broken | undefined => {
  if (census.last !== last) return { ...(due !== undefined && { position: due }), why: 'missing' };
  if (census.highest !== census.last && census.highest !== undefined)
    return { position: census.highest, why: 'miscounted' };
  return undefined;
};

/** Compares events as they pass with one signed checkpoint after the other. */
const againstCheckpoints = (checkpoints: readonly Checkpoint[], publicKey: KeyObject) => {
  let broken: Broken | undefined;
  let at = 0;
  let previous = '';
  let digest = runningDigest();
  let count = 0;
  let unsigned = 0;

  const judge = (checkpoint: Checkpoint): Broken | undefined => {
    const where = { position: checkpoint.from, to: checkpoint.to, checkpoint: checkpoint.number };
    if (!isSignedBy(checkpoint, publicKey)) return { ...where, why: 'checkpoint forged' };
    if (checkpoint.number !== at + 1 || checkpoint.previous !== previous)
      return { ...where, why: 'checkpoint missing' };
    if (checkpoint.count !== count || checkpoint.digest !== digest.hex())
      return { ...where, why: 'not what was signed' };
    return undefined;
  };

  return {
    pass(event: RecordedEvent): void {
      unsigned++;
      const checkpoint = checkpoints[at];
      if (!checkpoint || broken) return;
      digest.add(event);
      count++;
      if (event.position !== checkpoint.to) return;
      broken = judge(checkpoint);
      if (broken) return;
      at++;
      previous = checkpoint.signature;
      digest = runningDigest();
      count = 0;
      unsigned = 0;
    },
    broken(): Broken | undefined {
      const waiting = checkpoints[at];
      if (broken || !waiting) return broken;
      const { from, to, number } = waiting;
      return { position: from, to, checkpoint: number, why: 'not what was signed' };
    },
    unsigned: () => unsigned,
  };
};
