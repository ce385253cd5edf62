import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { registeredText } from './registered.js';
import { accessToken, renewedToken, sessionEnded } from './session.js';
import { connection } from './connection.js';
import { newTraceparent } from './trace.js';

const url = `${window.location.origin}/graphql`;

/** Whether the server does not believe the token: the answer has no status of its own for that. */
const isRefused = (status: number, text: string): boolean => {
  if (status === 401) return true;
  if (!text.includes('"UNAUTHENTICATED"')) return false;
  const { errors } = JSON.parse(text) as { errors?: readonly { extensions?: { code?: unknown } }[] };
  return errors?.some(({ extensions }) => extensions?.code === 'UNAUTHENTICATED') ?? false;
};

/**
 * GraphQL over HTTP with the caller's token. One that the server does not believe any more is renewed once: its key may have been taken away.
 * Whoever signed out elsewhere is given none.
 */
const authorised: typeof fetch = async (input, init) => {
  const token = await accessToken();
  const first = await sent(token, input, init);
  if (!token || !first.refused) return first.response;
  const renewed = await renewedToken(token);
  if (renewed === undefined) return first.response;
  const second = await sent(renewed, input, init);
  if (second.refused) sessionEnded();
  return second.response;
};

const sent = async (token: string | undefined, ...[input, init]: Parameters<typeof fetch>) => {
  const headers = new Headers(init?.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  headers.set('traceparent', newTraceparent());
  const body = JSON.parse(String(init?.body)) as { operationName?: string; query: string };
  body.query = registeredText(body.operationName, body.query);
  try {
    const response = await fetch(input, { ...init, headers, body: JSON.stringify(body), cache: 'no-store' });
    connection.heard(response.status < 500);
    const text = await response.text();
    const { status, statusText } = response;
    return {
      response: new Response(text, { status, statusText, headers: response.headers }),
      refused: isRefused(status, text),
    };
  } catch (cause) {
    connection.heard(false);
    throw cause;
  }
};

let socket: Socket | undefined;
const live = () =>
  (socket ??= createSocket({
    url: url.replace(/^http/, 'ws'),
    lazy: true,
    retryAttempts: 10,
    shouldRetry: (problem) => !(problem instanceof CloseEvent && [4401, 4403].includes(problem.code)),
    connectionParams: async () => {
      const token = await accessToken();
      return token ? { authorization: `Bearer ${token}` } : {};
    },
    on: {
      // Not the page that lets go of a feed which it needs no longer.
      closed: (event) => {
        if (!(event instanceof CloseEvent && event.code === 1000)) connection.doubt();
      },
    },
  }));

/** No document cache: a page of a case is always the server's answer, never an older one. */
export const client = new Client({
  url,
  preferGetMethod: false,
  requestPolicy: 'network-only',
  fetch: authorised,
  exchanges: [
    subscriptionExchange({
      forwardSubscription: (operation) => ({
        subscribe: (sink) => {
          let left = false;
          const stop = live().subscribe(
            {
              query: registeredText(operation.operationName, operation.query ?? ''),
              ...(operation.operationName && { operationName: operation.operationName }),
              variables: operation.variables ?? {},
            },
            {
              next: (answer) => sink.next(answer as never),
              error: (cause) => sink.error(cause),
              // A feed has no end of its own: when the server closes it, the page must know and ask again.
              complete: () => (left ? sink.complete() : sink.error(new Error('the feed ended'))),
            },
          );
          return {
            unsubscribe: () => {
              left = true;
              stop();
            },
          };
        },
      }),
    }),
    fetchExchange,
  ],
});
