import { readFileSync } from 'node:fs';
import { allCommands, routesOf, serviceOn } from '@resguardo/contracts';
import { type Elsewhere, openDoor, operationNames } from '@resguardo/door';
import {
  AUDIENCE,
  bearerOf,
  type Caller,
  callerOfContext,
  keycloakSignOut,
  keycloakTokenVerifier,
  PORTAL_CLIENT,
  type RequestContext,
  tellingRefusals,
  type TokenVerifier,
} from '@resguardo/identity';
import { observing, type Telemetry } from '@resguardo/telemetry';
import type { Express } from 'express';
import {
  type ExecutionResult,
  getOperationAST,
  GraphQLError,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { Logger } from 'pino';
import { ask } from './ask.js';
import type { GatewayConfig } from './config.js';
import { follow } from './follow.js';
import { demoIssuer } from './issuer.js';
import { type Part, partsOf } from './parts.js';
import { awayFrom, type Replicas, replicasOf } from './replicas.js';

const SCHEMA = 'libs/contracts/schema/resguardo.graphql';
const DOCUMENTS = 'libs/contracts/schema/documents.json';
const PORTAL = 'apps/portal/dist';

/** How long a service may take. A command is tried for ten seconds before it is answered `Busy` (D12), an import takes longer. */
export interface Limits {
  readonly queryMs: number;
  readonly mutationMs: number;
  readonly healthMs: number;
}
const LIMITS: Limits = { queryMs: 8_000, mutationMs: 20_000, healthMs: 1_000 };

const ROUTES = routesOf(allCommands);

/**
 * Here any root field can be null: its service may be away, and one that is must not take the others' answers with it.
 * The services' own schemas say which are never null.
 */
const withNullableRoots = (sdl: string): string => {
  const nullable = ({ name, fields }: ObjectTypeDefinitionNode) =>
    ['Query', 'Mutation'].includes(name.value)
      ? fields?.map((field) => (field.type.kind === Kind.NON_NULL_TYPE ? { ...field, type: field.type.type } : field))
      : fields;
  return print(
    visit(parse(sdl), {
      ObjectTypeDefinition: (node) => ({ ...node, ...(node.fields && { fields: nullable(node)! }) }),
    }),
  );
};

const traceparentOf = ({ req }: RequestContext): string | undefined => {
  const said = (req?.headers as Readonly<Record<string, unknown>> | undefined)?.['traceparent'];
  return typeof said === 'string' ? said : undefined;
};

const serviceFor = (caller: Caller) => (field: string) => {
  const route = Object.hasOwn(ROUTES, field) ? ROUTES[field] : undefined;
  // A test holds every field of the schema against the table.
  if (!route) throw new Error(`no route for ${field}`);
  return serviceOn(route, caller);
};

const inOrder = async (asks: readonly (() => Promise<ExecutionResult>)[]) => {
  const answers: ExecutionResult[] = [];
  for (const one of asks) answers.push(await one());
  return answers;
};

/** One answer of several; a part that has no data of its own leaves its fields null. */
const together = (parts: readonly Part<unknown>[], answers: readonly ExecutionResult[]): ExecutionResult => {
  if (answers.length === 1) return answers[0]!;
  const errors = answers.flatMap((answer) => answer.errors ?? []);
  const data = answers.flatMap((answer, i): [string, unknown][] =>
    answer.data ? Object.entries(answer.data) : parts[i]!.keys.map((key) => [key, null]),
  );
  return { data: Object.fromEntries(data), ...(errors.length > 0 && { errors }) };
};

/**
 * Operations go to the services as they came, with the token they came with; only one that several services answer is divided.
 * Nothing is kept between two operations.
 */
const forwarded = (
  replicas: Replicas,
  verifier: TokenVerifier,
  limits: Limits,
  log: Logger,
  { traceparent }: Pick<Telemetry, 'traceparent'>,
): Elsewhere => ({
  answer: async ({ query, operationName, variables, document, operation, context }) => {
    const [all] = partsOf(document, operation, () => 'all');
    // Nothing but the schema itself is asked for.
    if (!all) return undefined;
    let caller: Caller;
    try {
      caller = await callerOfContext(context, verifier);
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      const { message, extensions } = error;
      return { errors: all.keys.map((key) => new GraphQLError(message, { path: [key], extensions })), data: null };
    }
    const parts = partsOf(document, operation, serviceFor(caller));
    const mutation = operation.operation === 'mutation';
    const asks = parts.map((part) => () => {
      const whole = part.query === undefined;
      return ask(
        {
          service: part.service,
          urls: replicas.inTurn(part.service),
          token: bearerOf(context),
          // Where nothing is traced here, or not this, the services are told what the browser said.
          traceparent: traceparent?.() ?? traceparentOf(context),
          keys: part.keys,
          mutation,
          limitMs: mutation ? limits.mutationMs : limits.queryMs,
          body: {
            query: part.query ?? query,
            operationName,
            variables: whole
              ? variables
              : Object.fromEntries(Object.entries(variables).filter(([name]) => part.variables.includes(name))),
          },
        },
        log,
      );
    });
    return together(parts, mutation ? await inOrder(asks) : await Promise.all(asks.map((one) => one())));
  },
  subscribe: ({ document, operationName, variableValues, contextValue }) => {
    const context = contextValue as RequestContext;
    return follow(async () => {
      const caller = await callerOfContext(context, verifier);
      const operation = getOperationAST(document, operationName)!;
      // A subscription has exactly one root field.
      const { service } = partsOf(document, operation, serviceFor(caller))[0]!;
      return {
        service,
        url: await replicas.live(service),
        token: bearerOf(context)!,
        body: {
          query: document.loc?.source.body ?? print(document),
          ...(operationName && { operationName }),
          variables: { ...variableValues },
        },
        stillGood: () => verifier.stillGood(caller),
      };
    });
  },
});

interface Observing {
  readonly limits: Limits;
  readonly log: Logger;
  readonly documents: Readonly<Record<string, string>>;
  readonly telemetry: Telemetry;
}

/** The one GraphQL address. It starts when services are away. @throws when the port is not to be had. */
export const openGateway = async (
  config: GatewayConfig,
  { limits = LIMITS, log: told }: { limits?: Limits; log?: Logger } = {},
): Promise<{ url: string; close(): Promise<void> }> => {
  const documents = JSON.parse(readFileSync(DOCUMENTS, 'utf8')) as Record<string, string>;
  const { telemetry, log: own } = await observing(
    { ...config, serviceName: 'gateway' },
    { capabilities: [], followers: [], operations: operationNames(documents) },
  );
  try {
    const door = await openObserved(config, { limits, log: told ?? own, documents, telemetry });
    return {
      url: door.url,
      close: async () => {
        await door.close();
        await telemetry.close();
      },
    };
  } catch (error) {
    await telemetry.close();
    throw error;
  }
};

const openObserved = async (
  config: GatewayConfig,
  { limits, log, documents, telemetry }: Observing,
): Promise<{ url: string; close(): Promise<void> }> => {
  const url = `http://127.0.0.1:${config.port}`;
  const replicas = replicasOf(config.services, limits.healthMs);
  const { identityUrl, realm } = config;
  const verifier = tellingRefusals(
    keycloakTokenVerifier({
      baseUrl: identityUrl ?? url,
      realm,
      audience: AUDIENCE,
      clients: [PORTAL_CLIENT],
      secondFactor: identityUrl !== undefined,
    }),
    telemetry.tokenRefused,
  );
  const onSignOut = (session: string) => verifier.drop({ session });
  const identity =
    identityUrl === undefined
      ? { mount: await demoIssuer(url, onSignOut, config.issuerKey) }
      : {
          mount: (app: Express) =>
            keycloakSignOut({ app, baseUrl: identityUrl, realm, client: PORTAL_CLIENT, onSignOut }),
          issuer: `${identityUrl}/realms/${realm}`,
        };
  const away = awayFrom(replicas);
  return openDoor({
    port: config.port,
    host: config.host,
    ...(config.names && { names: config.names }),
    trustedProxies: config.trustedProxies,
    typeDefs: withNullableRoots(readFileSync(SCHEMA, 'utf8')),
    documents,
    elsewhere: forwarded(replicas, verifier, limits, log, telemetry),
    around: telemetry.request,
    portal: PORTAL,
    verifier,
    log,
    documentsOnly: config.documentsOnly,
    requestsPerMinute: config.requestsPerMinute,
    // It serves with services away, and says which.
    ready: async () => ({ status: 'ready', away: await away() }),
    ...identity,
    modules: [],
    providers: [],
  });
};
