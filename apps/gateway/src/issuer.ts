import { demoAccounts, embeddedIssuer } from '@resguardo/identity';
import type { Express } from 'express';
import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { exportJWK, generateKeyPair, type JWK } from 'jose';

/** The key of a file, or one for the time that this process runs: the issuer's sessions end with it too. */
const issuerKey = async (file: string | undefined): Promise<JWK> => {
  const { privateKey } = file
    ? { privateKey: createPrivateKey(readFileSync(file)) }
    : await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'issuer-1' };
};

/**
 * The demo accounts' issuer, where there is no Keycloak: on this machine only.
 * @throws Error in production or off loopback.
 */
export const demoIssuer = async (baseUrl: string, onSignOut: (session: string) => void, keyFile?: string) => {
  const jwk = await issuerKey(keyFile);
  return (app: Express) =>
    embeddedIssuer({
      app,
      baseUrl,
      jwk,
      accounts: demoAccounts(),
      redirectUris: [`${baseUrl}/callback`, `${baseUrl}/silent`],
      postLogoutRedirectUris: [`${baseUrl}/`],
      onSignOut,
    });
};
