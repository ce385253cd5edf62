import { createHash, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { Auditable } from './auditable.js';
import { canonical } from './canonical.js';
import type { Position, RecordedEvent } from './event-store.js';

/** A signed statement about every event from `from` to `to`. It shows what a chain of hashes cannot: that nothing was cut off. */
export interface Checkpoint {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Position of the first event it speaks of. */
  readonly from: Position;
  /** Position of the last event it speaks of. */
  readonly to: Position;
  /** How many events lie from `from` to `to`. */
  readonly count: number;
  /** SHA-256 (hex) over position and hash of each of them, in order. */
  readonly digest: string;
  /** Signature of the checkpoint before; '' for the first. */
  readonly previous: string;
  /** Ed25519 (base64) over all of the above in canonical form. */
  readonly signature: string;
}

/** Where signed checkpoints are kept: apart from the events, so that who can change the ones need not be able to change the others. */
export interface CheckpointStore {
  last(): Promise<Checkpoint | undefined>;
  /** All of them by number. */
  all(): Promise<readonly Checkpoint[]>;
  /** False when another signer has already kept one with that number; then this one is not kept. */
  save(checkpoint: Checkpoint): Promise<boolean>;
}

export const memoryCheckpointStore = (): CheckpointStore => {
  const kept: Checkpoint[] = [];
  return {
    last: async () => kept.at(-1),
    all: async () => [...kept],
    save: async (checkpoint) => {
      if (checkpoint.number !== kept.length + 1) return false;
      kept.push(checkpoint);
      return true;
    },
  };
};

/** Digest over position and hash of events as they pass. */
export const runningDigest = () => {
  const hash = createHash('sha256');
  return {
    add: ({ position, meta }: RecordedEvent) => void hash.update(`${position}:${meta.hash ?? ''}\n`),
    hex: () => hash.digest('hex'),
  };
};

const signed = ({ signature: _, ...statement }: Checkpoint): Buffer => Buffer.from(canonical(statement));

export const isSignedBy = (checkpoint: Checkpoint, publicKey: KeyObject): boolean =>
  verify(null, signed(checkpoint), publicKey, Buffer.from(checkpoint.signature, 'base64'));

/** Signs what was appended since the last checkpoint. Ed25519; the key is nobody's but the signer's (D6). */
export const checkpointSigner = (
  store: Pick<Auditable, 'scan'>,
  { privateKey, checkpoints }: { readonly privateKey: KeyObject; readonly checkpoints: CheckpointStore },
) => ({
  /** The new checkpoint; undefined when there is nothing new, or another signer was faster. */
  async sign(): Promise<Checkpoint | undefined> {
    const before = await checkpoints.last();
    const digest = runningDigest();
    let from: Position | undefined;
    let to: Position | undefined;
    let count = 0;
    for await (const events of store.scan(before?.to))
      for (const event of events) {
        digest.add(event);
        from ??= event.position;
        to = event.position;
        count++;
      }
    if (from === undefined || to === undefined) return undefined;
    const statement = {
      number: (before?.number ?? 0) + 1,
      from,
      to,
      count,
      digest: digest.hex(),
      previous: before?.signature ?? '',
      signature: '',
    };
    const checkpoint = { ...statement, signature: sign(null, signed(statement), privateKey).toString('base64') };
    return (await checkpoints.save(checkpoint)) ? checkpoint : undefined;
  },
});
export type CheckpointSigner = ReturnType<typeof checkpointSigner>;
