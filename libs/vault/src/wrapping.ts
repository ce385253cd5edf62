import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';

const IV = 12;
const TAG = 16;

/** Something that was stored does not open: altered, moved to another place, or written by another hand. */
export class SealBroken extends Error {
  constructor(what: string, options?: { cause?: unknown }) {
    super(`${what} does not open: it was altered or belongs elsewhere`, options);
    this.name = 'SealBroken';
  }
}

/** AES-256-GCM; `place` is authenticated, so that a box moved elsewhere does not open. iv, tag and text in one buffer. */
export const lock = (key: KeyObject, place: string, clear: Buffer): Buffer => {
  const iv = randomBytes(IV);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
  const text = Buffer.concat([cipher.update(clear), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
};

/** @throws SealBroken */
export const unlock = (key: KeyObject, place: string, box: Buffer): Buffer => {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, box.subarray(0, IV), { authTagLength: TAG })
      .setAAD(Buffer.from(place))
      .setAuthTag(box.subarray(IV, IV + TAG));
    return Buffer.concat([decipher.update(box.subarray(IV + TAG)), decipher.final()]);
  } catch (error) {
    throw new SealBroken(place, { cause: error });
  }
};

export const wrap = (wrapping: KeyObject, name: string, key: Buffer): Buffer => lock(wrapping, `key ${name}`, key);
export const unwrap = (wrapping: KeyObject, name: string, box: Buffer): KeyObject =>
  createSecretKey(unlock(wrapping, `key ${name}`, box));
