import { createPrivateKey, createSecretKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportJWK, type JWK } from 'jose';

/** Made on the first start, one file each, mode 0600; the same ever after. */
export interface Secrets {
  /** Wraps every data key (D5). Without it nothing sealed can be opened again. */
  readonly masterKey: KeyObject;
  /** Tells a repeated command from a reused id (D12). */
  readonly digestKey: Buffer;
  /** Makes the pseudonyms of cases on the insights feed. */
  readonly pseudonymKey: Buffer;
  /** Signs checkpoints over the history (D6). Ed25519. */
  readonly signingKey: KeyObject;
  /** Signs tokens of the embedded issuer. RS256. */
  readonly issuerKey: JWK;
  /** Signs the issuer's cookies. */
  readonly cookieKey: string;
}

const kept = (file: string, make: () => string | Buffer): Buffer => {
  if (!existsSync(file)) {
    // Written beside and renamed: a start that is killed half-way must not leave half a key.
    const partial = `${file}.${process.pid}`;
    writeFileSync(partial, make(), { mode: 0o600 });
    renameSync(partial, file);
  }
  chmodSync(file, 0o600);
  return readFileSync(file);
};

const pem = (type: 'ed25519' | 'rsa') => () => {
  const { privateKey } =
    type === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' });
};

export const secretsIn = async (dataFolder: string): Promise<Secrets> => {
  const folder = join(dataFolder, 'secrets');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = (name: string) => join(folder, name);
  const rsa = createPrivateKey(kept(file('issuer-key.pem'), pem('rsa')));
  return {
    masterKey: createSecretKey(kept(file('master-key'), () => randomBytes(32))),
    digestKey: kept(file('digest-key'), () => randomBytes(32)),
    pseudonymKey: kept(file('pseudonym-key'), () => randomBytes(32)),
    signingKey: createPrivateKey(kept(file('signing-key.pem'), pem('ed25519'))),
    issuerKey: { ...(await exportJWK(rsa)), use: 'sig', alg: 'RS256', kid: 'issuer-1' },
    cookieKey: kept(file('cookie-key'), () => randomBytes(32)).toString('base64url'),
  };
};
