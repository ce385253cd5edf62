import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Service } from '@resguardo/contracts';
import { openDoor } from '@resguardo/door';
import {
  AUDIENCE,
  type Caller,
  callerOfContext,
  demoAccounts,
  embeddedIssuer,
  keycloakTokenVerifier,
  mint,
  PORTAL_CLIENT,
  REALM,
  type RequestContext,
  SECOND_FACTOR_LEVEL,
} from '@resguardo/identity';
import express from 'express';
import type { GraphQLFieldResolver, GraphQLSchema } from 'graphql';
import { exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose';
import { pino } from 'pino';
import type { GatewayConfig } from '../config.js';

/** Doubles of the services, for specs: real servers behind the real door, with scripted resolvers. */

const SDL = readFileSync('libs/contracts/schema/resguardo.graphql', 'utf8');
export const DOCUMENTS = JSON.parse(readFileSync('libs/contracts/schema/documents.json', 'utf8')) as Record<
  string,
  string
>;

export const freePort = (): Promise<number> =>
  new Promise((found) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });

export const listening = async (server: Server, port = 0): Promise<string> => {
  await new Promise<void>((ready) => server.listen(port, '127.0.0.1', ready));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

export const closed = (server: Server): Promise<void> =>
  new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });

const key = async (): Promise<JWK> => {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return { ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256', kid: 'k1' };
};

/** An issuer, and tokens of the demo accounts by user name. */
export const startIssuer = async () => {
  const app = express();
  const server = createServer(app);
  const url = await listening(server);
  const jwk = await key();
  const { issuer } = await embeddedIssuer({
    app,
    baseUrl: url,
    jwk,
    accounts: demoAccounts(),
    redirectUris: [`${url}/cb`],
  });
  const account = (username: string) => demoAccounts().find((one) => one.username === username)!;
  const signed = mint({ issuer, jwk });
  const forger = mint({ issuer, jwk: await key() });
  return {
    url,
    /** Of a sign-in with two factors. */
    tokenOf: (username: string, claims?: Record<string, unknown>) =>
      signed(account(username), { acr: String(SECOND_FACTOR_LEVEL), ...claims }),
    /** What is posted when a session has ended there. */
    signedOut: async (session: string) =>
      new SignJWT({ sid: session, events: { 'http://schemas.openid.net/event/backchannel-logout': {} } })
        .setProtectedHeader({ alg: 'RS256', kid: jwk.kid!, typ: 'logout+jwt' })
        .setIssuer(issuer)
        .setAudience(PORTAL_CLIENT)
        .setIssuedAt()
        .setExpirationTime('1m')
        .setJti('j')
        .sign(await importJWK(jwk, 'RS256')),
    /** Everything right but the signature. */
    forged: (username: string) => forger(account(username)),
    verifier: () => keycloakTokenVerifier({ baseUrl: url, realm: REALM, audience: AUDIENCE, clients: [PORTAL_CLIENT] }),
    close: () => closed(server),
  };
};

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** What a double says for one root field. */
export type Said = (caller: Caller, args: Record<string, unknown>, service: Service) => unknown;

export interface Double {
  readonly url: string;
  readonly port: number;
  /** Root fields that were asked, with who asked. */
  readonly heard: { readonly field: string; readonly by: string; readonly args: Record<string, unknown> }[];
  close(): Promise<void>;
}

export const ME: Said = (caller, _args, service) => ({
  actor: caller.sub,
  role: caller.role,
  agency: caller.agency,
  states: caller.states,
  permissions: [service],
  pages: [],
  now: '2026-01-01T00:00:00Z',
});
export const ACCEPTED: Said = (_caller, { commandId }) => ({
  __typename: 'Accepted',
  commandId,
  revision: 1,
  repeated: false,
  violations: [],
});
export const NOTHING: Said = () => ({ entries: [], pageInfo: { hasNextPage: false } });

/** A service behind the real door. Fields that `says` does not name are answered as `me`, as an acceptance, or with nothing. */
export const startDouble = async (
  service: Service,
  issuer: Issuer,
  says: Readonly<Record<string, Said>> = {},
  port = 0,
): Promise<Double> => {
  const heard: { field: string; by: string; args: Record<string, unknown> }[] = [];
  const verifier = issuer.verifier();
  const at = port || (await freePort());
  const script = (schema: GraphQLSchema) => {
    const answer =
      (field: string, usual: Said): GraphQLFieldResolver<unknown, RequestContext, any> =>
      async (_source, args, context) => {
        const caller = await callerOfContext(context, verifier);
        heard.push({ field, by: caller.sub, args });
        return (says[field] ?? usual)(caller, args, service);
      };
    const fieldsOf = (type: { getFields(): any } | null | undefined) => Object.values(type!.getFields()) as any[];
    for (const field of fieldsOf(schema.getQueryType()))
      field.resolve = answer(field.name, field.name === 'me' ? ME : field.name === 'accesses' ? NOTHING : () => []);
    for (const field of fieldsOf(schema.getMutationType())) field.resolve = answer(field.name, ACCEPTED);
    for (const field of fieldsOf(schema.getSubscriptionType())) {
      field.subscribe = answer(field.name, () => {
        throw new Error('no feed');
      });
      field.resolve = (event: unknown) => event;
    }
    return schema;
  };
  const door = await openDoor({
    port: at,
    typeDefs: SDL,
    transformSchema: script,
    documents: DOCUMENTS,
    verifier,
    log: pino({ level: 'silent' }),
    documentsOnly: false,
    requestsPerMinute: 100_000,
    ready: () => Promise.resolve({ status: 'ready' }),
    modules: [],
    providers: [],
  });
  return { url: door.url, port: at, heard, close: door.close };
};

/** Lines that the gateway logs, as they would be written. */
export const logged = () => {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) }) };
};

export const gatewayConfig = async (
  services: Readonly<Record<Service, string | readonly string[]>>,
  issuer: Issuer,
): Promise<GatewayConfig> => ({
  port: await freePort(),
  host: '127.0.0.1',
  names: undefined,
  trustedProxies: [],
  services: Object.fromEntries(
    Object.entries(services).map(([name, urls]) => [name, [urls].flat()]),
  ) as unknown as GatewayConfig['services'],
  identityUrl: issuer.url,
  realm: REALM,
  issuerKey: undefined,
  documentsOnly: false,
  requestsPerMinute: 100_000,
  logLevel: 'silent',
  metrics: undefined,
  otlpEndpoint: undefined,
});

export interface Reply {
  readonly status: number;
  readonly body: { data?: any; errors?: any[] };
  readonly text: string;
}

export const post = async (url: string, token: string | undefined, query: string, variables = {}): Promise<Reply> => {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ query, variables }),
  });
  const text = await response.text();
  return { status: response.status, body: JSON.parse(text) as Reply['body'], text };
};
