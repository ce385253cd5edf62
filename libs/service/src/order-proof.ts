import type { KnownServiceKey, ServiceKey } from '@resguardo/store-remote';
import { jwtVerify, SignJWT } from 'jose';
import { TABLE } from './table.js';

/** What somebody ordered about a case that stands still in a service's follower; `actor`: subject of their token. */
export interface OnRecord {
  readonly service: string;
  readonly actor: string;
  readonly follower: string;
  readonly standing: string;
  readonly revision: number;
  readonly reason?: string | undefined;
}

const TYP = 'resguardo-order+jwt';
/** From the record to the service that mends: one step of one request. */
const GOOD_FOR = '60s';
const said = ({ follower, standing, revision, reason }: OnRecord) => ({
  ...{ follower, standing, revision },
  reason: reason ?? null,
});

/** Proof by coordination that an order is on record: a service mends on nobody's word, oversight's neither. */
export const proofOfOrder = ({ kid, privateKey }: ServiceKey, order: OnRecord): Promise<string> =>
  new SignJWT(said(order))
    .setProtectedHeader({ alg: 'EdDSA', kid, typ: TYP })
    .setIssuer(TABLE)
    .setAudience(order.service)
    .setSubject(order.actor)
    .setIssuedAt()
    .setExpirationTime(GOOD_FOR)
    .sign(privateKey);

/** Whether coordination has this very order on record. */
export const isOnRecord =
  (keys: () => readonly KnownServiceKey[]) =>
  async (proof: string, order: OnRecord): Promise<boolean> => {
    try {
      const { payload } = await jwtVerify(
        proof,
        ({ kid }) => {
          const key = keys().find((one) => one.service === TABLE && one.kid === kid);
          if (!key) throw new Error('no such key of coordination');
          return key.publicKey;
        },
        { issuer: TABLE, audience: order.service, subject: order.actor, typ: TYP, algorithms: ['EdDSA'] },
      );
      return Object.entries(said(order)).every(([name, value]) => payload[name] === value);
    } catch {
      // Of whatever kind: it proves nothing.
      return false;
    }
  };
