import { type ExecutionResult, GraphQLError } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { asTold, serviceAway } from './faults.js';

/** A subscription at one service. */
export interface Followed {
  readonly service: string;
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly body: Readonly<{ query: string; operationName?: string; variables: Record<string, unknown> }>;
  /** Asked before each event: whether the caller is still signed in. */
  readonly stillGood: () => boolean;
}

/** Events that wait for a slow reader; more end the subscription, and it comes back from its revision. */
const WAITING = 1_000;
const CONNECT_MS = 2_000;
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 1_000;

class Upstream extends WebSocket {
  constructor(url: string, protocol: string) {
    super(url, protocol, { handshakeTimeout: CONNECT_MS, perMessageDeflate: false, followRedirects: false });
  }
}

const signedOut = () => new GraphQLError('Sign in to do this', { extensions: { code: 'UNAUTHENTICATED' } });
const tooSlow = () => new GraphQLError('Read too slowly', { extensions: { code: 'SLOW_CONSUMER' } });
/** The service takes no more sockets of this person, or could not judge the token: both pass. */
const notNow = (service: string) => new GraphQLError('Not now', { extensions: { code: 'TRY_AGAIN', service } });

const socketTo = ({ url, token }: Followed): Client => {
  let late: NodeJS.Timeout | undefined;
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Upstream,
    // A socket that comes back by itself would have lost what happened meanwhile: the subscriber asks again from its revision.
    retryAttempts: 0,
    connectionAckWaitTimeout: CONNECT_MS,
    keepAlive: PING_EVERY_MS,
    connectionParams: { authorization: `Bearer ${token}` },
    on: {
      ping: (received) => {
        if (!received) late = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(late);
      },
      closed: () => clearTimeout(late),
    },
  });
  return client;
};

const faultOf = (service: string, error: unknown): GraphQLError => {
  if (Array.isArray(error)) return asTold(error[0]);
  const code = (error as { code?: unknown } | undefined)?.code;
  return code === 4401 || code === 4403 ? notNow(service) : serviceAway(service);
};

/**
 * The events of a subscription at a service, over a socket of its own: no two callers ever share one. Opened by the first `next()`;
 * `return()` settles it and closes the socket. Ends with an error when the service does, or is frozen.
 */
export const follow = (opening: () => Promise<Followed>): AsyncIterableIterator<ExecutionResult> => {
  const waiting: ExecutionResult[] = [];
  let reader: PromiseWithResolvers<IteratorResult<ExecutionResult>> | undefined;
  let failed: unknown;
  let ended = false;
  let stop: (() => void) | undefined;
  let opened = false;

  const settle = () => {
    if (!reader) return;
    const event = waiting.shift();
    if (event) reader.resolve({ value: event, done: false });
    else if (failed !== undefined) {
      reader.reject(failed);
      failed = undefined;
      ended = true;
    } else if (ended) reader.resolve({ value: undefined, done: true });
    else return;
    reader = undefined;
  };
  const fail = (error: unknown) => {
    if (ended || failed !== undefined) return;
    failed = error;
    stop?.();
    settle();
  };
  const open = async () => {
    const followed = await opening();
    if (ended) return;
    stop = socketTo(followed).subscribe(followed.body, {
      next: ({ data, errors }) => {
        if (ended || failed !== undefined) return;
        if (!followed.stillGood()) return fail(signedOut());
        if (waiting.length >= WAITING) {
          waiting.length = 0;
          return fail(tooSlow());
        }
        waiting.push({
          ...(data !== undefined && { data: data as Record<string, unknown> | null }),
          ...(errors && { errors: errors.map((error) => asTold(error)) }),
        });
        settle();
      },
      error: (error) => fail(faultOf(followed.service, error)),
      complete: () => {
        if (failed === undefined) ended = true;
        settle();
      },
    });
  };

  const leave = () => {
    ended = true;
    waiting.length = 0;
    failed = undefined;
    stop?.();
    settle();
    return Promise.resolve({ value: undefined, done: true as const });
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () => {
      if (!opened) {
        opened = true;
        open().catch(fail);
      }
      reader = Promise.withResolvers();
      const { promise } = reader;
      settle();
      return promise;
    },
    return: leave,
    throw: async (error: unknown) => {
      await leave();
      throw error;
    },
  };
};
