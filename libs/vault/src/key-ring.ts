import type { KeyObject } from 'node:crypto';

/**
 * Which key. `subject` is what an erasure destroys: a case, or a person in the vault. A subject may have many keys.
 * The name is what a sealed box says about its key.
 */
export interface KeyScope {
  readonly subject: string;
  readonly name: string;
}

/** Key of what one service seals of one class in one case (D5). */
export const dataKey = (caseId: string, cls: string, service: string): KeyScope => ({
  subject: caseId,
  name: `${caseId}/${cls}/${service}`,
});

/** Key of one child or third person in the identity vault. Its name is also the `keyId` on facts. */
export const personKey = (personId: string): KeyScope => ({ subject: personId, name: `person:${personId}` });

/** A key of the installation itself; it is never erased. */
export const systemKey = (purpose: string): KeyScope => ({ subject: `system:${purpose}`, name: `system:${purpose}` });

export const ERASED = 'erased';
/** `erased`: destroyed for good; nothing sealed with it can be read and none will be made again. */
export type Key = KeyObject | typeof ERASED;

/**
 * Keeps the keys that seal what identifies. Keys never leave the process; they are stored wrapped.
 * Its production sibling is a key-management service; this is all it must offer.
 */
export interface KeyRing {
  /** What is at hand without asking anyone. Sealing thousands of facts of one case must not wait. */
  cached(scope: KeyScope): Key | undefined;
  /** The key, made if there is none. Everyone asking at once gets the same one. Committed when it resolves: seal, then append. */
  key(scope: KeyScope): Promise<Key>;
  /** The key if it was ever made; never makes one. For opening: knows of what another process destroyed. */
  existing(scope: KeyScope): Promise<Key | undefined>;
  /** Destroys every key of the subjects, also those that were never made: none of them comes again. Safe to repeat. Resolves with how many it destroyed now. */
  destroy(subjects: readonly string[]): Promise<number>;
  /** Whether the subject's keys were destroyed. */
  isErased(subject: string): Promise<boolean>;
  /** @throws MasterKeyMismatch when the stored keys were wrapped by another master key. */
  assertMasterKey(): Promise<void>;
}
