import { readFileSync } from 'node:fs';
import { buildHTTPExecutor } from '@graphql-tools/executor-http';
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import type { Subgraph } from '@resguardo/contracts';
import { serviceFor, SUBGRAPHS } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { composeServices } from '@theguild/federation-composition';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { GraphQLError, OperationTypeNode, parse } from 'graphql';
import { away, unknownOutcome } from './errors.js';
import { passedOn, subscribeUpstream } from './upstream.js';

const FOLDER = 'libs/contracts/schema/subgraphs';
/** After this many failures in a row a service is not asked for a moment (milliseconds): a page must not wait for the dead. */
const FAILURES = 3;
const REST_MS = 500;

/** One per operation: nothing of one caller's is ever shared with another. */
export interface Context {
  readonly authorization?: string;
  /** Of a verified token; it decides which service answers. */
  readonly caller?: Caller;
  /** Services that did not answer this operation. */
  readonly away: Set<string>;
}

export interface Upstreams {
  /** Addresses of each service's replicas; the first that takes the connection answers. */
  readonly services: Readonly<Record<string, readonly string[]>>;
  /** Milliseconds a service has to answer. */
  readonly timeoutMs: number;
}

interface Request {
  readonly document: DocumentNode;
  readonly variables?: Record<string, unknown>;
  readonly operationType: OperationTypeNode;
  readonly context: Context;
}

const readSdl = (name: Subgraph): string => readFileSync(`${FOLDER}/${name}.graphql`, 'utf8');

/** The composed SDL, made from committed files: the gateway starts when every service is away. @throws when the parts do not fit. */
export const supergraph = (): string => {
  const { errors, supergraphSdl } = composeServices(
    SUBGRAPHS.map((name) => ({ name, url: `http://${name}`, typeDefs: parse(readSdl(name)) })),
  );
  if (!supergraphSdl)
    throw new Error(`the subgraphs do not compose: ${errors?.map(({ message }) => message).join('; ')}`);
  return supergraphSdl;
};

const NOT_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EHOSTUNREACH']);
const codeOf = (error: unknown): string | undefined => {
  const { originalError, cause, code } = (error ?? {}) as { originalError?: unknown; cause?: unknown; code?: unknown };
  return typeof code === 'string' && NOT_SENT.has(code)
    ? code
    : originalError || cause
      ? codeOf(originalError ?? cause)
      : undefined;
};
const isTransport = (error: GraphQLError): boolean =>
  ['SUBREQUEST_HTTP_ERROR', 'RESPONSE_VALIDATION_FAILED', 'TIMEOUT_ERROR', 'DOWNSTREAM_SERVICE_ERROR'].includes(
    String(error.extensions['code']),
  );

/** Every root field goes to the service that answers this caller (D7), with the caller's own token: each service authorises again. */
export const gatewaySchema = ({ services, timeoutMs }: Upstreams): GraphQLSchema => {
  const failures = new Map<string, { count: number; until: number }>();
  const failed = (url: string): void => {
    const before = failures.get(url)?.count ?? 0;
    failures.set(url, { count: before + 1, until: before + 1 >= FAILURES ? performance.now() + REST_MS : 0 });
  };
  const callOf = (url: string) =>
    buildHTTPExecutor({
      endpoint: `${url}/graphql`,
      timeout: timeoutMs,
      // In-flight sharing would give one caller what another was answered.
      deduplicateInflightRequests: false,
      headers: (request): Record<string, string> => {
        const { authorization } = (request?.context ?? {}) as Partial<Context>;
        return authorization ? { authorization } : {};
      },
    });
  const calls = new Map<string, ReturnType<typeof callOf>>();
  const call = (url: string) => {
    const known = calls.get(url) ?? callOf(url);
    calls.set(url, known);
    return known;
  };
  const rested = (service: string): readonly string[] =>
    (services[service] ?? []).filter((url) => (failures.get(url)?.until ?? 0) <= performance.now());

  return getStitchedSchemaFromSupergraphSdl({
    supergraphSdl: supergraph(),
    batch: true,
    batchDelegateOptions: { cache: false },
    batchingOptions: { dataLoaderOptions: { cache: false } },
    onSubschemaConfig(config) {
      const subgraph = SUBGRAPHS.find((name) => name === config.name.toLowerCase());
      if (!subgraph) throw new Error(`no subgraph ${config.name}`);
      config.executor = (async (request: Request) => {
        const { context } = request;
        if (!context.caller)
          return { errors: [new GraphQLError('Sign in.', { extensions: { code: 'UNAUTHENTICATED' } })] };
        const service = serviceFor(subgraph, context.caller);
        const isAway = () => {
          context.away.add(service);
          return { errors: [away(service)] };
        };
        const urls = rested(service);
        if (request.operationType === OperationTypeNode.SUBSCRIPTION) {
          const [url] = urls;
          return url ? subscribeUpstream(url, service, context.authorization, request) : isAway();
        }
        for (const url of urls) {
          const result = (await call(url)(request)) as { data?: unknown; errors?: readonly GraphQLError[] };
          const trouble = result.errors?.find(isTransport);
          if (!trouble) {
            failures.delete(url);
            return (
              result.errors ? { ...result, errors: result.errors.map((error) => passedOn(error.toJSON())) } : result
            ) as never;
          }
          failed(url);
          // A connection that never came about changed nothing: another replica may be asked.
          if (codeOf(trouble)) continue;
          if (request.operationType === OperationTypeNode.MUTATION) {
            context.away.add(service);
            return { errors: [unknownOutcome(service)] };
          }
        }
        return isAway();
      }) as typeof config.executor;
    },
  });
};
