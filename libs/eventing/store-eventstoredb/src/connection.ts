import type { Channel } from '@grpc/grpc-js';
import { EventStoreDBClient } from '@eventstore/db-client';
import { StoreUnavailable } from '@resguardo/eventing';
import { isOf } from './errors.js';

const OPTIONS = new Set(
  [
    'userCertFile userKeyFile maxDiscoverAttempts connectionName defaultDeadline discoveryInterval gossipTimeout',
    'nodePreference tls tlsCaFile throwOnAppendFailure keepAliveInterval keepAliveTimeout',
  ].flatMap((names) => names.toLowerCase().split(' ')),
);
/** How long the other side may leave a sign of life unanswered, in milliseconds, when the connection string does not say. */
const KEEP_ALIVE_TIMEOUT = 10_000;

/**
 * The client prints whole connection strings, password included, when it meets an option that it does not know.
 * @throws Error naming the option, never the string
 */
const checked = (connectionString: string): string => {
  const text = connectionString.trim();
  if (!/^esdb(\+discover)?:\/\/./.test(text))
    throw new Error('the connection string of the event store must start with esdb:// or esdb+discover://');
  for (const option of text.split('?').slice(1).join('&').split('&').filter(Boolean)) {
    const name = option.split('=')[0]!;
    if (!OPTIONS.has(name.toLowerCase().replace(/[_-]/g, '')))
      throw new Error(`the connection string of the event store has an unknown option: ${name}`);
  }
  return text;
};

/** The same string again, yet for a connection of its own: the gRPC library shares one among all channels whose options are alike. */
const anew = (connectionString: string, generation: number): string => {
  const given = /[?&]keep[_-]?alive[_-]?timeout=(\d+)/i.exec(connectionString);
  const timeout = (given ? Number(given[1]) : KEEP_ALIVE_TIMEOUT) + generation;
  if (given) return connectionString.replace(given[0], given[0].replace(/\d+$/, String(timeout)));
  return `${connectionString}${connectionString.includes('?') ? '&' : '?'}keepAliveTimeout=${timeout}`;
};

interface Inner {
  supports: () => Promise<boolean>;
  getChannel: () => Promise<Channel>;
}
const inner = (client: EventStoreDBClient) => client as unknown as Inner;

const made = (connectionString: string): EventStoreDBClient => {
  let client: EventStoreDBClient;
  try {
    client = EventStoreDBClient.connectionString(connectionString);
  } catch (error) {
    // Its own words about a string that it cannot read hold parts of the string.
    if ((error as { connectionString?: string }).connectionString === undefined) throw error;
    throw new Error('the connection string of the event store cannot be read; user and password must be URL-encoded', {
      cause: (error as Error).name,
    });
  }
  // Every append a call of its own. The batch call keeps its callers in one table for all clients of the process: one connection lost
  // rejects everybody's appends, and an answer that comes after all ends the process (docs/adr/0016).
  inner(client).supports = async () => false;
  return client;
};

/** Of all connections of this process: two with one number would be one. */
let generations = 0;

/** Our client, replaced when its connection may be of no use any more. */
export const connectionTo = (connectionString: string) => {
  const text = checked(connectionString);
  const another = () => made(anew(text, (generations = (generations + 1) % 1_000)));
  let current = another();
  let closed = false;

  const close = async (client: EventStoreDBClient): Promise<void> => {
    // What it still has under way goes on to its end.
    await inner(client)
      .getChannel()
      .then((channel) => channel.close())
      .catch(() => undefined);
  };

  return {
    /** @throws StoreUnavailable after `close` */
    client(): EventStoreDBClient {
      if (closed) throw new StoreUnavailable('the event store was closed');
      return current;
    },
    /** Says what `client` ended with; everybody who comes from now on gets a new connection when that one may be broken. */
    failed(client: EventStoreDBClient, error: unknown): void {
      // Who leads now is known to this client alone.
      if (closed || client !== current || isOf(error, 'not-leader')) return;
      current = another();
      void close(client);
    },
    async close(): Promise<void> {
      closed = true;
      await close(current);
    },
  };
};
export type Connection = ReturnType<typeof connectionTo>;
