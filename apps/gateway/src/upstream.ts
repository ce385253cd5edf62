import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError, print } from 'graphql';
import type { DocumentNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { away } from './errors.js';

/** A reader that takes nothing is let go when this many items wait for it. */
const MOST_WAITING = 1_000;
/** A service that is frozen is found out by a ping that is not answered (milliseconds). */
const PING_EVERY_MS = 2_000;
const PONG_WITHIN_MS = 1_000;
const CONNECT_WITHIN_MS = 2_000;

class Socket extends WebSocket {
  constructor(address: string | URL, protocols?: string | string[]) {
    super(address, protocols, { handshakeTimeout: CONNECT_WITHIN_MS, perMessageDeflate: false });
  }
}

interface Item {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly GraphQLError[];
}

/** What a service said, as an error of ours: services mask what they say, so code and details go through. */
export const passedOn = ({ message, path, extensions }: GraphQLFormattedError): GraphQLError =>
  new GraphQLError(message, { ...(path && { path }), extensions: { ...extensions } });

/**
 * One subscription at a service, over a socket of its own: a shared one would let one caller see what another was given.
 * It is not opened again when it is lost: the portal comes back from the revision it has, and nothing is skipped.
 */
export const subscribeUpstream = (
  url: string,
  service: string,
  authorization: string | undefined,
  { document, variables }: { readonly document: DocumentNode; readonly variables?: Record<string, unknown> },
): AsyncIterableIterator<Item> => {
  const waiting: Item[] = [];
  let taker: { resolve: (result: IteratorResult<Item>) => void; reject: (error: unknown) => void } | undefined;
  let failure: GraphQLError | undefined;
  let done = false;
  let pong: NodeJS.Timeout | undefined;
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts: 0,
    connectionAckWaitTimeout: CONNECT_WITHIN_MS,
    keepAlive: PING_EVERY_MS,
    connectionParams: { authorization },
    on: {
      ping: (received) => {
        if (!received) pong = setTimeout(() => client.terminate(), PONG_WITHIN_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
      closed: () => clearTimeout(pong),
    },
  });
  const settle = (): void => {
    if (!taker) return;
    const { resolve, reject } = taker;
    const item = waiting.shift();
    if (item) resolve({ value: item, done: false });
    else if (failure) {
      const failed = failure;
      failure = undefined;
      done = true;
      reject(failed);
    } else if (done) resolve({ value: undefined, done: true });
    else return;
    taker = undefined;
  };
  const stop = client.subscribe<Record<string, unknown>>(
    { query: print(document), ...(variables && { variables }) },
    {
      next: ({ data, errors }) => {
        if (done || failure) return;
        waiting.push({ ...(data !== undefined && { data }), ...(errors && { errors: errors.map(passedOn as never) }) });
        if (waiting.length > MOST_WAITING) {
          waiting.length = 0;
          failure = new GraphQLError('The reader is too slow.', { extensions: { code: 'SLOW_CONSUMER' } });
          stop();
        }
        settle();
      },
      error: (error) => {
        failure ??= Array.isArray(error)
          ? passedOn(error[0] as GraphQLFormattedError)
          : [4401, 4403].includes((error as { code?: number }).code ?? 0)
            ? new GraphQLError('Sign in again.', { extensions: { code: 'UNAUTHENTICATED' } })
            : away(service);
        settle();
      },
      complete: () => {
        done = true;
        settle();
      },
    },
  );
  const leave = (): void => {
    done = true;
    waiting.length = 0;
    failure = undefined;
    stop();
    settle();
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: () =>
      new Promise<IteratorResult<Item>>((resolve, reject) => {
        taker = { resolve, reject };
        settle();
      }),
    return: () => {
      leave();
      return Promise.resolve({ value: undefined, done: true });
    },
    throw: (error: unknown) => {
      leave();
      return Promise.reject(error as Error);
    },
  };
};
