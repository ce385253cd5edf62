import type { KeyObject } from 'node:crypto';
import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { chmodSync, closeSync, fstatSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Wraps all other keys. 256 bits, as a KeyObject so that it does not appear in a heap dump's strings or a log. */
export type MasterKey = KeyObject;

/** The database was written under other keys. Reading on would find nothing and writing on would split the vault in two. */
export class MasterKeyMismatch extends Error {
  constructor() {
    super(
      'This database was written with another master key. Start with the data folder (or key) it was made with; nothing was read or changed.',
    );
    this.name = 'MasterKeyMismatch';
  }
}

/** One purpose, one key: what wraps is never what signs the fingerprint. */
const derived = (master: MasterKey, purpose: string): KeyObject =>
  createSecretKey(Buffer.from(hkdfSync('sha256', master, Buffer.alloc(0), `resguardo ${purpose} v1`, 32)));

export const wrappingKey = (master: MasterKey): KeyObject => derived(master, 'wrapping');

/** Recognises a master key without giving it away. */
export const fingerprint = (master: MasterKey, salt: Buffer): Buffer =>
  createHmac('sha256', derived(master, 'fingerprint')).update(salt).digest();

/**
 * The master key kept in a file of mode 0600; made on the first start.
 * @throws when the file is open to others or does not hold 32 bytes.
 */
export const masterKeyFile = (path: string): MasterKey => {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, randomBytes(32));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const file = openSync(path, 'r');
  try {
    if (process.platform !== 'win32' && (fstatSync(file).mode & 0o077) !== 0)
      throw new Error('The master key file may be read by others: set its mode to 0600');
    const bytes = readFileSync(file);
    if (bytes.length !== 32)
      throw new Error('The master key file does not hold 32 bytes: restore it, do not remove it');
    return createSecretKey(bytes);
  } finally {
    closeSync(file);
  }
};
