import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** Just enough of X.509 in DER for tests that want an authority of their own: no key and no certificate lies in the repository. */
const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  const size = body.length;
  const length = size < 128 ? [size] : size < 256 ? [0x81, size] : [0x82, size >> 8, size & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]) => der(0x30, ...parts);
const set = (...parts: readonly Uint8Array[]) => der(0x31, ...parts);
const oid = (...numbers: readonly number[]) => der(0x06, Buffer.from(numbers));
/** Positive, and written as short as can be. */
const serialNumber = () => der(0x02, Buffer.from([0x40]), randomBytes(8));
const bits = (bytes: Uint8Array) => der(0x03, Buffer.from([0]), bytes);
const yes = der(0x01, Buffer.from([255]));

const SHA256_WITH_RSA = sequence(oid(0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b), der(0x05));
const name = (common: string) => sequence(set(sequence(oid(0x55, 0x04, 0x03), der(0x0c, Buffer.from(common)))));
const time = (year: number) => der(0x18, Buffer.from(`${year}0101000000Z`));
const extension = (id: number, critical: boolean, value: Uint8Array) =>
  sequence(oid(0x55, 0x1d, id), ...(critical ? [yes] : []), der(0x04, value));

const pem = (kind: string, bytes: Buffer) =>
  `-----BEGIN ${kind}-----\n${bytes.toString('base64').replace(/.{64}/g, '$&\n')}\n-----END ${kind}-----\n`;

const certificate = (
  subject: string,
  publicKey: KeyObject,
  issuer: string,
  issuerKey: KeyObject,
  isAuthority: boolean,
) => {
  const info = publicKey.export({ type: 'spki', format: 'der' });
  const statement = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    serialNumber(),
    SHA256_WITH_RSA,
    name(issuer),
    sequence(time(2020), time(2120)),
    name(subject),
    info,
    der(
      0xa3,
      sequence(
        extension(0x13, true, isAuthority ? sequence(yes) : sequence()),
        extension(0x0e, false, der(0x04, createHash('sha1').update(info).digest())),
        ...(isAuthority
          ? []
          : [
              // localhost, 127.0.0.1
              extension(
                0x11,
                false,
                sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))),
              ),
            ]),
      ),
    ),
  );
  return pem('CERTIFICATE', sequence(statement, SHA256_WITH_RSA, bits(sign('sha256', statement, issuerKey))));
};

export interface TestCertificates {
  /** PEM of the authority that a client must know. */
  readonly authority: string;
  readonly certificate: string;
  readonly key: string;
}

/** An authority that nobody knows and a certificate of a server on this machine by it. `node`: the common name of the server. */
export const testCertificates = (node = 'eventstoredb-node'): TestCertificates => {
  const pair = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
  const [authority, server] = [pair(), pair()];
  const issuer = `authority of a test ${randomBytes(4).toString('hex')}`;
  return {
    authority: certificate(issuer, authority.publicKey, issuer, authority.privateKey, true),
    certificate: certificate(node, server.publicKey, issuer, authority.privateKey, false),
    key: server.privateKey.export({ type: 'pkcs1', format: 'pem' }) as string,
  };
};
