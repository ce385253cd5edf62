import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { ApolloDriver, type ApolloDriverConfig } from '@nestjs/apollo';
import { type DynamicModule, Module, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { GraphQLModule, GraphQLSchemaHost } from '@nestjs/graphql';
import { ExpressAdapter } from '@nestjs/platform-express';
import { ApolloServerPluginCacheControlDisabled } from '@apollo/server/plugin/disabled';
import { exceeded, LIMITS, rateLimit, registeredDocuments } from '@resguardo/desk';
import { BadToken, callerOfContext, IdentityModule, type TokenVerifier } from '@resguardo/identity';
import type { Express, NextFunction, Request, Response } from 'express';
import express from 'express';
import {
  getOperationAST,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  parse,
  validate,
} from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import { answeredElsewhere, type Elsewhere } from './elsewhere.js';

/** Errors that say something to their reader, beside refusals by rule (`E-…`); anything else is masked and logged. */
const SHOWN = new Set([
  'BAD_REQUEST',
  'BAD_USER_INPUT',
  'COMMAND_ID_REUSED',
  'DOCUMENT_NOT_REGISTERED',
  'FORBIDDEN',
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'NOT_FOUND',
  'RATE_LIMITED',
  'SEARCH_UNAVAILABLE',
  'SERVICE_AWAY',
  'SLOW_CONSUMER',
  'TOO_MUCH',
  'TRY_AGAIN',
  'UNAUTHENTICATED',
]);

/** What leaves of an error: no stack, no inner message, no address. */
const masked =
  ({ log, away = () => undefined }: Pick<DoorParts, 'log' | 'away'>) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const code = formatted.extensions?.['code'];
    if (typeof code === 'string' && (SHOWN.has(code) || code.startsWith('E-'))) {
      const { stacktrace: _, http: __, ...extensions } = formatted.extensions!;
      return { message: formatted.message, ...(formatted.path && { path: formatted.path }), extensions };
    }
    const cause = error instanceof GraphQLError ? (error.originalError ?? error) : error;
    const service = away(cause);
    if (service !== undefined)
      return {
        message: `${service} does not answer now`,
        ...(formatted.path && { path: formatted.path }),
        extensions: { code: 'SERVICE_AWAY', service },
      };
    // The message of a broken query may hold values: name and place are enough to find it.
    log.error({ path: formatted.path, name: (cause as Error)?.name, stack: placesOf(cause) }, 'request failed');
    return {
      message: 'Internal error',
      ...(formatted.path && { path: formatted.path }),
      extensions: { code: 'INTERNAL_SERVER_ERROR' },
    };
  };

const maskedAll = (parts: Pick<DoorParts, 'log' | 'away'>) => {
  const mask = masked(parts);
  return (errors: readonly GraphQLError[]) => errors.map((error) => mask(error.toJSON(), error));
};

const placesOf = (error: unknown): string | undefined =>
  error instanceof Error
    ? error.stack
        ?.split('\n')
        .filter((line) => line.trimStart().startsWith('at '))
        .slice(0, 8)
        .join('\n')
    : undefined;

export interface DoorParts {
  readonly port: number;
  /** Address to listen on; loopback unless given. */
  readonly host?: string;
  /** Names, with their ports, under which this door answers; those of loopback unless given. */
  readonly names?: readonly string[];
  /** Addresses and ranges of who passes requests on, and is believed whom it asks for; nobody unless given. */
  readonly trustedProxies?: readonly string[];
  /** The SDL that is answered here. */
  readonly typeDefs: string;
  /** Last hand on the schema. */
  readonly transformSchema?: (schema: GraphQLSchema) => GraphQLSchema;
  /** Who answers in place of this process; its own resolvers unless given. */
  readonly elsewhere?: Elsewhere;
  /** Text of the registered documents by their id. */
  readonly documents: Readonly<Record<string, string>>;
  /** Folder of the built portal; none is served without it. */
  readonly portal?: string;
  readonly verifier: TokenVerifier;
  readonly modules: readonly (DynamicModule | Type)[];
  readonly providers: readonly Provider[];
  /** Address of an issuer elsewhere, for the portal; the one under this address unless given. */
  readonly issuer?: string;
  /** Mounts what stands before everything else (an issuer). */
  readonly mount?: (app: Express) => void | Promise<unknown>;
  readonly log: Logger;
  /** The service that an error from inside says to be away, if it says so. */
  readonly away?: (error: unknown) => string | undefined;
  /** Only the registered documents of the portal are served. */
  readonly documentsOnly: boolean;
  /** Requests of one sign-in per minute. */
  readonly requestsPerMinute: number;
  /** Whether the process can serve at the moment, and what of it cannot. */
  readonly ready: () => Promise<{ readonly status: 'ready' | 'unwell' }>;
  /** Put around each GraphQL request whose body was taken. */
  readonly around?: ((request: Request, response: Response, next: NextFunction) => void) | undefined;
}

/** The names of the registered operations; anything else has none that is known. */
export const operationNames = (documents: Readonly<Record<string, string>>): readonly string[] =>
  Object.values(documents).flatMap((text) => /^\s*(?:query|mutation|subscription)\s+(\w+)/.exec(text)?.[1] ?? []);

/** What one person may hold open: a tab has one socket, and a page of it a few subscriptions. */
const SOCKETS_OF_ONE = 20;
const SUBSCRIPTIONS_OF_A_SOCKET = 20;

/** A sign-in as the limits count it; the token itself is kept nowhere. */
const whoIs = (authorization: unknown): string =>
  createHash('sha256')
    .update(typeof authorization === 'string' ? authorization : '')
    .digest('hex');

const errorBody = (message: string, code: string) => ({ errors: [{ message, extensions: { code } }] });

/** The one way in from outside: GraphQL over HTTP and WebSocket with its limits, health, and the portal where there is one (D7). */
export const openDoor = async (parts: DoorParts): Promise<{ url: string; close(): Promise<void> }> => {
  const { verifier, documents, host = '127.0.0.1' } = parts;
  const registered = registeredDocuments(documents);
  const app = express();
  app.disable('x-powered-by');
  if (parts.trustedProxies?.length) app.set('trust proxy', [...parts.trustedProxies]);
  app.use(securityHeaders);
  app.use(onlyByItsOwnName(parts.names ?? loopback(parts.port)));
  await parts.mount?.(app);

  const allowed = rateLimit(parts.requestsPerMinute, 60_000, Date.now);
  // Whoever sends another header with each request has one address all the same.
  const allowedFrom = rateLimit(parts.requestsPerMinute * 20, 60_000, Date.now);
  app.use('/graphql', (request, response, next) => {
    if (allowedFrom(request.ip ?? '') && allowed(whoIs(request.headers.authorization))) return next();
    response
      .status(429)
      .setHeader('retry-after', '60')
      .json(errorBody('Too many requests; wait a minute.', 'RATE_LIMITED'));
  });
  app.use('/graphql', (request, response, next) => {
    // What an answer says of a child is kept nowhere; what is asked stands in no address, for those are logged and remembered.
    response.setHeader('cache-control', 'no-store');
    if (request.method === 'POST') return next();
    response.status(405).setHeader('allow', 'POST').json(errorBody('Operations are posted.', 'BAD_REQUEST'));
  });
  app.use('/graphql', bodyOf(verifier), (request, response, next) => {
    const body = (request.body ?? {}) as { query?: unknown; documentId?: unknown };
    if (typeof body.documentId === 'string' && body.query === undefined)
      body.query = Object.hasOwn(documents, body.documentId) ? documents[body.documentId] : '';
    if (parts.documentsOnly && !registered(body.query))
      response.status(400).json(errorBody('Only registered documents are served.', 'DOCUMENT_NOT_REGISTERED'));
    else if (typeof body.query === 'string' && body.query.length > LIMITS.document)
      response.status(400).json(errorBody('The document is too long.', 'TOO_MUCH'));
    else next();
  });
  if (parts.around) app.use('/graphql', parts.around);
  app.get('/health/live', (_request, response) => void response.json({ status: 'live' }));
  app.get('/health/ready', async (_request, response) => {
    const readiness = await parts.ready();
    response.status(readiness.status === 'ready' ? 200 : 503).json(readiness);
  });
  if (parts.portal && existsSync(join(parts.portal, 'index.html'))) servePortal(app, parts.portal, parts);

  @Module({
    imports: [
      IdentityModule.with(verifier),
      GraphQLModule.forRoot<ApolloDriverConfig>({
        driver: ApolloDriver,
        typeDefs: parts.typeDefs,
        ...(parts.transformSchema && { transformSchema: parts.transformSchema }),
        path: '/graphql',
        graphiql: false,
        introspection: !parts.documentsOnly,
        includeStacktraceInErrorResponses: false,
        fieldResolverEnhancers: ['guards'],
        context: ({ req }: { req: Request }) => ({ req }),
        formatError: masked(parts),
        plugins: [
          ApolloServerPluginCacheControlDisabled(),
          ...(parts.elsewhere ? [answeredElsewhere(parts.elsewhere, maskedAll(parts))] : []),
          {
            requestDidStart: () =>
              Promise.resolve({
                didResolveOperation: ({ document, operationName, request }) => {
                  const error = exceeded(document, operationName, request.variables ?? {});
                  return error ? Promise.reject(error) : Promise.resolve();
                },
              }),
          },
        ],
      }),
      ...parts.modules,
    ],
    providers: [...parts.providers],
  })
  class Door {}

  const nest = await NestFactory.create(Door, new ExpressAdapter(app), {
    logger: ['error', 'fatal'],
    bodyParser: false,
    abortOnError: false,
  });
  await nest.init();
  const server = nest.getHttpServer() as Server;
  // Longer than whoever stands before it keeps one: on a connection that is just being ended here, a command would be lost.
  server.keepAliveTimeout = 65_000;
  const { schema } = nest.get(GraphQLSchemaHost);
  const sockets = serveSubscriptions(server, schema, verifier, registered, allowed, parts);
  await new Promise<void>((listening, failed) => {
    server.once('error', failed);
    server.listen(parts.port, host, listening);
  });
  return {
    url: `http://${host}:${parts.port}`,
    close: async () => {
      await sockets.dispose();
      server.closeAllConnections();
      await nest.close();
    },
  };
};

/** As much as anybody may send; whoever sends more is signed in. Bytes. */
const ANYBODYS_BYTES = 64_000;

/** Reads what was posted. What is not read cannot fill the memory: neither much by a stranger, nor little that unpacks to much. */
const bodyOf = (verifier: TokenVerifier) => {
  const upTo = (limit: number) => express.json({ limit, inflate: false, verify: withoutNul });
  const [little, much] = [upTo(ANYBODYS_BYTES), upTo(LIMITS.variables + LIMITS.document)];
  return (request: Request, response: Response, next: NextFunction): void => {
    if (Number(request.headers['content-length'] ?? Infinity) <= ANYBODYS_BYTES) return little(request, response, next);
    callerOfContext({ req: request }, verifier).then(
      () => much(request, response, next),
      (error: GraphQLError) => {
        const { code, http } = error.extensions as { code: string; http: { status: number } };
        response.status(http.status).setHeader('connection', 'close').json(errorBody(error.message, code));
      },
    );
  };
};

/** No text has this character and no database takes it: an id that holds it is a malformed request, not a broken one. */
const withoutNul = (_request: unknown, _response: unknown, body: Buffer): void => {
  if (body.includes('\\u0000')) throw Object.assign(new Error('Text with a null character'), { status: 400 });
};

const loopback = (port: number) =>
  ['127.0.0.1', 'localhost', '[::1]'].flatMap((name) => (port === 80 ? [name] : [`${name}:${port}`]));

/**
 * The demo accounts' password is printed, so loopback is what keeps others out. A page of another site that has its name resolve
 * to this machine would be as good as local: it brings its own name, and is answered nothing.
 */
const onlyByItsOwnName = (names: readonly string[]) => {
  return (request: Request, response: Response, next: NextFunction) => {
    if (names.includes(request.headers.host ?? '')) return next();
    response.status(421).json(errorBody('This address is answered under its own name only.', 'BAD_REQUEST'));
  };
};

const securityHeaders = (_request: Request, response: Response, next: NextFunction) => {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('referrer-policy', 'no-referrer');
  response.setHeader('x-frame-options', 'DENY');
  response.setHeader('cross-origin-opener-policy', 'same-origin');
  response.setHeader('permissions-policy', 'camera=(), microphone=(), geolocation=()');
  next();
};

/** Where the built page names its issuer. */
const ISSUER_OF_PAGE = '<meta name="issuer" content="/realms/resguardo" />';

const servePortal = (app: Express, folder: string, { port, names, issuer }: DoorParts) => {
  const sockets = names
    ? names.flatMap((name) => [`wss://${name}`, `ws://${name}`])
    : [`ws://127.0.0.1:${port}`, `ws://localhost:${port}`];
  const spoken = issuer ? [...sockets, new URL(issuer).origin].join(' ') : 'ws://127.0.0.1:* http://127.0.0.1:*';
  const policy =
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
    `connect-src 'self' ${spoken}; frame-ancestors 'none'; base-uri 'self'; form-action 'self'`;
  const index = pageOf(folder, issuer);
  app.use((request, response, next) => {
    if (!request.path.startsWith('/realms') && !request.path.startsWith('/graphql'))
      response.setHeader('content-security-policy', policy);
    next();
  });
  app.use('/assets', express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y' }));
  app.get('/index.html', (_request, response) => response.redirect('/'));
  app.use(express.static(folder, { index: false }));
  app.get(/^\/(?!graphql|realms|health).*/, (request, response, next) => {
    if (!request.accepts('html')) return next();
    response.setHeader('cache-control', 'no-store');
    response.type('html').send(index);
  });
};

/** The portal's page. @throws when an issuer cannot be named in it: a portal that signs in elsewhere must not be served. */
const pageOf = (folder: string, issuer: string | undefined): string => {
  const page = readFileSync(join(folder, 'index.html'), 'utf8');
  if (!issuer) return page;
  if (!page.includes(ISSUER_OF_PAGE)) throw new Error('the built portal names no issuer; build it again');
  const escaped = issuer.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`);
  return page.replace(ISSUER_OF_PAGE, () => `<meta name="issuer" content="${escaped}" />`);
};

const serveSubscriptions = (
  server: Server,
  schema: GraphQLSchemaHost['schema'],
  verifier: TokenVerifier,
  registered: (query: unknown) => boolean,
  allowed: (who: string) => boolean,
  parts: DoorParts,
) => {
  const { documentsOnly, elsewhere } = parts;
  const socketsOf = new Map<string, number>();
  const holds = (sub: string, by: 1 | -1) => {
    const count = (socketsOf.get(sub) ?? 0) + by;
    if (count > 0) socketsOf.set(sub, count);
    else socketsOf.delete(sub);
  };
  const sockets = new WebSocketServer({ server, path: '/graphql', maxPayload: 64 * 1024 });
  const formatted = maskedAll(parts);
  return useServer(
    {
      schema,
      ...(elsewhere && { subscribe: elsewhere.subscribe }),
      onConnect: async (context) => {
        const params = (context.connectionParams ?? {}) as Record<string, unknown>;
        try {
          const caller = await callerOfContext({ connectionParams: params }, verifier);
          const { socket } = context.extra;
          // Whoever has left meanwhile is not counted: their leaving has been told already.
          if (socket.readyState !== socket.OPEN || (socketsOf.get(caller.sub) ?? 0) >= SOCKETS_OF_ONE) return false;
          holds(caller.sub, 1);
          socket.once('close', () => holds(caller.sub, -1));
          // The token's end is the socket's end; the portal comes back with a new one from the revision it has.
          const left = caller.expiresAt * 1000 - Date.now();
          const timer = setTimeout(() => socket.close(4401, 'Unauthorized'), Math.max(0, left));
          socket.once('close', () => clearTimeout(timer));
          return true;
        } catch (error) {
          if (!(error instanceof GraphQLError) && !(error instanceof BadToken)) throw error;
          return false;
        }
      },
      onSubscribe: (context, _id, payload) => {
        const no = (message: string, code: string) => [new GraphQLError(message, { extensions: { code } })];
        const who = whoIs(context.connectionParams?.['authorization'] ?? context.connectionParams?.['Authorization']);
        if (!allowed(who)) return no('Too many requests; wait a minute.', 'RATE_LIMITED');
        // This one is among them.
        if (Object.keys(context.subscriptions).length > SUBSCRIPTIONS_OF_A_SOCKET)
          return no(`At most ${SUBSCRIPTIONS_OF_A_SOCKET} subscriptions on one socket.`, 'TOO_MUCH');
        if (documentsOnly && !registered(payload.query))
          return no('Only registered documents are served.', 'DOCUMENT_NOT_REGISTERED');
        if (payload.query.length > LIMITS.document) return no('The document is too long.', 'TOO_MUCH');
        let document;
        try {
          document = parse(payload.query);
        } catch (error) {
          return [error as GraphQLError];
        }
        if (getOperationAST(document, payload.operationName)?.operation !== 'subscription')
          return no('Queries and mutations go over HTTP.', 'BAD_REQUEST');
        const wrong = validate(schema, document);
        if (wrong.length > 0) return wrong;
        const tooMuch = exceeded(document, payload.operationName, payload.variables ?? {});
        if (tooMuch) return [tooMuch];
        // A context of its own for every operation: nothing of one caller is ever seen by another.
        return {
          schema,
          document,
          operationName: payload.operationName,
          variableValues: payload.variables,
          contextValue: { connectionParams: context.connectionParams },
        };
      },
      onNext: (_context, _id, _payload, _args, result) =>
        result.errors ? { ...result, errors: formatted(result.errors) } : result,
      onError: (_context, _id, _payload, errors) => formatted(errors as readonly GraphQLError[]),
    },
    sockets,
    20_000,
  );
};
