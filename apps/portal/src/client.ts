import { createClient as createSocket, type Client as Socket } from 'graphql-ws';
import { Client, fetchExchange, subscriptionExchange } from 'urql';
import { registeredText } from './registered.js';
import { accessToken, sessionEnded } from './session.js';
import { connection } from './connection.js';
import { newTraceparent } from './trace.js';

const url = `${window.location.origin}/graphql`;

/** GraphQL over HTTP with the caller's token, one try again with a fresh one when the server says it is too old. */
const authorised: typeof fetch = async (input, init) => {
  const token = await accessToken();
  const headers = new Headers(init?.headers);
  if (token) headers.set('authorization', `Bearer ${token}`);
  headers.set('traceparent', newTraceparent());
  const body = JSON.parse(String(init?.body)) as { operationName?: string; query: string };
  body.query = registeredText(body.operationName, body.query);
  try {
    const response = await fetch(input, { ...init, headers, body: JSON.stringify(body), cache: 'no-store' });
    connection.heard(response.status < 500);
    if (response.status === 401) sessionEnded();
    return response;
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
    on: { connected: () => connection.live(true), closed: () => connection.live(false) },
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
