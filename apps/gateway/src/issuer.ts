import { demoAccounts, embeddedIssuer, type TokenVerifier } from '@resguardo/identity';
import type { Express } from 'express';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose';

/** A key for the time that this process runs: the issuer's sessions end with it too. */
const issuerKey = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, use: 'sig', alg: 'RS256', kid: await calculateJwkThumbprint(jwk) };
};

/**
 * The demo accounts' issuer, where there is no Keycloak: on this machine only.
 * @throws Error in production or off loopback.
 */
export const demoIssuer = async (baseUrl: string) => {
  const jwk = await issuerKey();
  return (app: Express, verifier: TokenVerifier): void => {
    embeddedIssuer({
      app,
      baseUrl,
      jwk,
      accounts: demoAccounts(),
      redirectUris: [`${baseUrl}/callback`, `${baseUrl}/silent`],
      postLogoutRedirectUris: [`${baseUrl}/`],
      onSignOut: (session) => verifier.drop({ session }),
    });
  };
};
