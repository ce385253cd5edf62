import type { TokenRefusal } from '@resguardo/contracts';
import type { Caller, TokenVerifier } from '@resguardo/identity';
import { AUDIENCE, keycloakTokenVerifier, PORTAL_CLIENT, tellingRefusals } from '@resguardo/identity';
import { type Speaking, speaking, type Statement } from '@resguardo/store-remote';
import type { CommonConfig } from './service-config.js';

/** Verified callers, and the token by which each speaks: what a service asks of another it asks in their name, with it (D7, D11). */
export interface Callers {
  readonly verifier: TokenVerifier;
  readonly now: Speaking['now'];
  /** Runs `work` in the name of a caller whom `verifier` gave. */
  as<T>(caller: Caller, work: () => T): T;
  /** Whom this service has verified, for what is asked in their name once their token is gone (D11). */
  statementOf(caller: Caller): Statement;
  /** Runs `work` on the word of this service that it had verified them. */
  asStated<T>(statement: Statement, work: () => T): T;
  /** Runs `work` in the name of a process of this service. */
  asProcess<T>(name: string, work: () => T): T;
}

export const callersOf = (verifier: TokenVerifier): Callers => {
  // The verifier gives the same object for the same token, and a token to nobody else.
  const tokens = new WeakMap<Caller, string>();
  const voice = speaking();
  return {
    verifier: {
      verify: async (token) => {
        const caller = await verifier.verify(token);
        tokens.set(caller, token);
        return caller;
      },
      stillGood: (caller) => verifier.stillGood(caller),
      drop: (of) => verifier.drop(of),
    },
    now: voice.now,
    as: (caller, work) => {
      const token = tokens.get(caller);
      if (token === undefined) throw new Error('A caller without a token speaks to nobody');
      return voice.as({ token }, work);
    },
    statementOf: ({ sub, agency, role, states, tokenId }) => ({
      ...{ actor: sub, agency, role, states: [...states], tokenId },
      verifiedAt: new Date().toISOString(),
    }),
    asStated: (statement, work) => voice.as({ statement }, work),
    asProcess: (name, work) => {
      const verifiedAt = new Date().toISOString();
      return voice.as({ statement: { actor: `process:${name}`, agency: 'SYSTEM', role: 'SYSTEM', verifiedAt } }, work);
    },
  };
};

/** @param refused is told why, each time a token is not believed */
export const callersAt = (
  {
    IDENTITY_URL,
    IDENTITY_REALM,
    DEMO_ACCOUNTS,
  }: Pick<CommonConfig, 'IDENTITY_URL' | 'IDENTITY_REALM' | 'DEMO_ACCOUNTS'>,
  refused: (why: TokenRefusal) => void,
): Callers =>
  callersOf(
    tellingRefusals(
      keycloakTokenVerifier({
        baseUrl: IDENTITY_URL,
        realm: IDENTITY_REALM,
        audience: AUDIENCE,
        clients: [PORTAL_CLIENT],
        secondFactor: !DEMO_ACCOUNTS,
      }),
      refused,
    ),
  );
