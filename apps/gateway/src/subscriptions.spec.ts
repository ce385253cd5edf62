import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { jest } from '@jest/globals';
import type { ExecutionResult } from 'graphql';
import { type Client, createClient } from 'graphql-ws';
import WebSocket, { WebSocketServer } from 'ws';
import { openGateway } from './compose.js';
import { type Service, SERVICES } from '@resguardo/contracts';
import { type Followed, follow } from './follow.js';
import {
  closed,
  type Double,
  freePort,
  gatewayConfig,
  type Issuer,
  listening,
  logged,
  startDouble,
  startIssuer,
} from './testing/services.js';

jest.setTimeout(30_000);

const DOCUMENT =
  'subscription CaseChanged($caseId: ID!, $after: Int!) { caseChanged(caseId: $caseId, after: $after) { revision actor } }';

/** Waits until something is so; a test that waits in vain fails by its own time limit. */
const until = async (so: () => boolean): Promise<void> => {
  while (!so()) await new Promise((later) => setTimeout(later, 10));
};

/** The entries of one case, and whoever listens to them: what a service would have in its read model. */
const caseFeed = () => {
  const entries: number[] = [];
  const wakers = new Set<() => void>();
  let open = 0;
  return {
    open: () => open,
    recorded: () => entries.length,
    record: () => {
      entries.push(entries.length);
      for (const wake of wakers) wake();
    },
    /** Entries after a revision; a plain iterator whose `return()` settles what waits. */
    after: (revision: number, actor: string): AsyncIterableIterator<object> => {
      open++;
      let at = revision + 1;
      let done = false;
      let waiting: ((result: IteratorResult<object>) => void) | undefined;
      const wake = () => {
        if (!waiting || (!done && at >= entries.length)) return;
        const resolve = waiting;
        waiting = undefined;
        if (done) return resolve({ value: undefined, done: true });
        resolve({
          value: { revision: at++, actor, kind: 'x', occurredAt: '', recordedAt: '', late: false, violations: [] },
          done: false,
        });
      };
      wakers.add(wake);
      return {
        [Symbol.asyncIterator]() {
          return this;
        },
        next: () =>
          new Promise((resolve) => {
            waiting = resolve;
            wake();
          }),
        return: () => {
          if (!done) open--;
          done = true;
          wakers.delete(wake);
          wake();
          return Promise.resolve({ value: undefined, done: true });
        },
      };
    },
  };
};

const feed = caseFeed();
let issuer: Issuer;
let services: Record<Service, string>;
const startService = (name: Service, port = 0) =>
  startDouble(name, issuer, { caseChanged: ({ sub }, { after }) => feed.after(after as number, sub) }, port);
const started: Double[] = [];

beforeAll(async () => {
  issuer = await startIssuer();
  services = Object.fromEntries(
    await Promise.all(
      SERVICES.map(async (name) => {
        const double = await startService(name);
        started.push(double);
        return [name, double.url] as const;
      }),
    ),
  ) as Record<Service, string>;
});
afterAll(async () => {
  await Promise.all(started.map((double) => double.close()));
  await issuer.close();
});

const browser = (url: string, token: string, retryAttempts = 0): Client & { sockets: WebSocket[] } => {
  const sockets: WebSocket[] = [];
  class Socket extends WebSocket {
    constructor(to: string, protocol: string) {
      super(to, protocol);
      sockets.push(this);
    }
  }
  const client = createClient({
    url: `${url.replace(/^http/, 'ws')}/graphql`,
    webSocketImpl: Socket,
    retryAttempts,
    connectionParams: { authorization: `Bearer ${token}` },
  });
  return Object.assign(client, { sockets });
};

interface Entry {
  readonly caseChanged: { readonly revision: number; readonly actor: string };
}

it('shows each of many subscribers their own feed, and leaves nothing open however they leave', async () => {
  const gateway = await openGateway(await gatewayConfig(services, issuer));
  try {
    const agencies = ['salud', 'fiscalia', 'procuraduria', 'comision'];
    const users = agencies.flatMap((agency) => [`${agency}.morelos`, `${agency}.nayarit`]);
    const all = await Promise.all(
      Array.from({ length: 104 }, async (_, i) => {
        const username = users[i % users.length]!;
        const client = browser(gateway.url, await issuer.tokenOf(username));
        const got: string[] = [];
        const stop = client.subscribe<Entry>(
          { query: DOCUMENT, variables: { caseId: 'x', after: -1 } },
          { next: ({ data }) => got.push(data!.caseChanged.actor), error: () => {}, complete: () => {} },
        );
        return { username, client, got, stop };
      }),
    );
    await until(() => feed.open() === all.length);
    feed.record();
    await until(() => all.every(({ got }) => got.length === 1));
    for (const { username, got } of all) expect(got).toEqual([`demo:${username}`]);

    const leave = [
      ({ stop }: (typeof all)[number]) => stop(),
      ({ client }: (typeof all)[number]) => client.sockets[0]!.close(1001),
      ({ client }: (typeof all)[number]) => client.sockets[0]!.terminate(),
    ];
    all.forEach((one, i) => leave[i % leave.length]!(one));
    await until(() => feed.open() === 0);

    // And whoever leaves before they have been let in.
    const token = await issuer.tokenOf('salud.morelos');
    for (let i = 0; i < 15; i++) {
      const client = browser(gateway.url, token);
      client.subscribe(
        { query: DOCUMENT, variables: { caseId: 'x', after: 99 } },
        { next: () => {}, error: () => {}, complete: () => {} },
      )();
    }
    const last = browser(gateway.url, token);
    const asked = last.iterate<Entry>({ query: DOCUMENT, variables: { caseId: 'x', after: -1 } });
    expect((await asked.next()).value).toMatchObject({ data: { caseChanged: { revision: 0 } } });
    await until(() => feed.open() === 1);
    await asked.return!();
    await until(() => feed.open() === 0);
  } finally {
    await gateway.close();
  }
}, 60_000);

it('ends when its service is killed, names it, and goes on from its revision without a gap when it is back', async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let health = await startService('health', port);
  const { lines, log } = logged();
  const gateway = await openGateway(await gatewayConfig({ ...services, health: url }, issuer), { log });
  const client = browser(gateway.url, await issuer.tokenOf('salud.morelos'), 10);
  const got: number[] = [];
  const errors: unknown[] = [];
  let left = false;
  // As the portal does: after an error it asks again, from the revision it has.
  const listen = (): void => {
    client.subscribe<Entry>(
      { query: DOCUMENT, variables: { caseId: 'x', after: got.at(-1) ?? -1 } },
      {
        next: ({ data }) => got.push(data!.caseChanged.revision),
        error: (error) => {
          errors.push(error);
          if (!left) setTimeout(listen, 50);
        },
        complete: () => left || listen(),
      },
    );
  };
  try {
    const before = feed.recorded();
    listen();
    feed.record();
    await until(() => got.length === before + 1);
    await health.close();
    await until(() => errors.length > 0);
    feed.record();
    feed.record();
    health = await startService('health', port);
    await until(() => got.length === before + 3);
    feed.record();
    await until(() => got.length === before + 4);
    expect(got).toEqual(got.map((_, i) => i));
    for (const error of errors) {
      expect(error).toMatchObject([{ extensions: { code: 'SERVICE_AWAY', service: 'health' } }]);
      expect(JSON.stringify(error)).not.toContain(String(port));
    }
    expect(lines.join()).not.toContain(String(port));
  } finally {
    left = true;
    await client.dispose();
    await gateway.close();
    await health.close();
  }
}, 60_000);

it('goes on at another replica when the one that serves it is killed', async () => {
  const replicas = [await startService('health'), await startService('health')];
  const health = replicas.map(({ url }) => url);
  const gateway = await openGateway(await gatewayConfig({ ...services, health }, issuer));
  const client = browser(gateway.url, await issuer.tokenOf('salud.morelos'), 10);
  const got: number[] = [];
  let left = false;
  const listen = (): void => {
    client.subscribe<Entry>(
      { query: DOCUMENT, variables: { caseId: 'x', after: got.at(-1) ?? -1 } },
      {
        next: ({ data }) => got.push(data!.caseChanged.revision),
        error: () => left || listen(),
        complete: () => left || listen(),
      },
    );
  };
  try {
    listen();
    await until(() => replicas.some(({ heard }) => heard.length > 0));
    const serving = replicas.findIndex(({ heard }) => heard.length > 0);
    started.push(...replicas.toSpliced(serving, 1));
    await replicas[serving]!.close();
    feed.record();
    await until(() => got.length === feed.recorded());
    expect(got).toEqual(got.map((_, i) => i));
    expect(replicas.every(({ heard }) => heard.length > 0)).toBe(true);
  } finally {
    left = true;
    await client.dispose();
    await gateway.close();
  }
}, 60_000);

describe('one subscription at a service', () => {
  /** A socket server that takes whoever comes and answers with what the test says. */
  const scripted = async (onSubscribe: (socket: WebSocket, id: string) => void) => {
    const server = createServer();
    const sockets = new WebSocketServer({ server, path: '/graphql', handleProtocols: () => 'graphql-transport-ws' });
    sockets.on('connection', (socket) =>
      socket.on('message', (text: Buffer) => {
        const { type, id } = JSON.parse(text.toString()) as { type: string; id: string };
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
        if (type === 'subscribe') onSubscribe(socket, id);
      }),
    );
    const url = await listening(server);
    const followed: Followed = {
      service: 'health',
      url,
      token: 't',
      body: { query: DOCUMENT, variables: {} },
      stillGood: () => true,
    };
    return {
      followed,
      sockets,
      close: async () => {
        sockets.clients.forEach((socket) => socket.terminate());
        await closed(server);
      },
    };
  };
  const next = (id: string, revision: number) =>
    JSON.stringify({ type: 'next', id, payload: { data: { caseChanged: { revision } } } });
  const problemOf = (events: AsyncIterator<ExecutionResult>) =>
    events.next().then(
      (result) => ({ result }),
      (error: { extensions?: object }) => error.extensions,
    );

  it('ends by itself when the service is frozen', async () => {
    // It takes the subscription and says nothing more, not even to a ping.
    const { followed, close, sockets } = await scripted(() => {});
    const events = follow(async () => followed);
    expect(await problemOf(events)).toEqual({ code: 'SERVICE_AWAY', service: 'health' });
    expect(await events.next()).toEqual({ value: undefined, done: true });
    await until(() => sockets.clients.size === 0);
    await close();
  });

  it('ends by itself when the service takes the connection and does not answer', async () => {
    const held: Duplex[] = [];
    const server = createServer().on('upgrade', (_, socket) => held.push(socket));
    const url = await listening(server);
    const events = follow(async () => ({
      service: 'health',
      url,
      token: 't',
      body: { query: DOCUMENT, variables: {} },
      stillGood: () => true,
    }));
    expect(await problemOf(events)).toEqual({ code: 'SERVICE_AWAY', service: 'health' });
    held.forEach((socket) => socket.destroy());
    await closed(server);
  });

  it('keeps no more than a bounded number of events for who does not read', async () => {
    const { followed, close, sockets } = await scripted((socket, id) => {
      for (let revision = 0; revision < 3_000; revision++) socket.send(next(id, revision));
    });
    const events = follow(async () => followed);
    expect((await events.next()).value).toMatchObject({ data: { caseChanged: { revision: 0 } } });
    await until(() => sockets.clients.size === 0);
    expect(await problemOf(events)).toEqual({ code: 'SLOW_CONSUMER' });
    expect(await events.next()).toEqual({ value: undefined, done: true });
    await close();
  });

  it('gives nothing more to who has signed out meanwhile', async () => {
    let good = true;
    const { followed, close, sockets } = await scripted((socket, id) => {
      socket.send(next(id, 0));
      socket.on('message', () => socket.send(next(id, 1)));
    });
    const events = follow(async () => ({ ...followed, stillGood: () => good }));
    await events.next();
    good = false;
    // Its next message is the client's ping.
    expect(await problemOf(events)).toEqual({ code: 'UNAUTHENTICATED' });
    await until(() => sockets.clients.size === 0);
    await close();
  });

  it('passes on what the service says: an error, a refusal of the socket, its end', async () => {
    const no = { message: 'no', extensions: { code: 'E-NEED', whoCanGrant: ['SUPERVISOR:HEALTH'] } };
    const first = await scripted((socket, id) => socket.send(JSON.stringify({ type: 'error', id, payload: [no] })));
    expect(await problemOf(follow(async () => first.followed))).toEqual(no.extensions);
    const second = await scripted((socket) => socket.close(4403, 'Forbidden'));
    expect(await problemOf(follow(async () => second.followed))).toEqual({ code: 'TRY_AGAIN', service: 'health' });
    const third = await scripted((socket, id) => socket.send(JSON.stringify({ type: 'complete', id })));
    expect(await problemOf(follow(async () => third.followed))).toEqual({ result: { value: undefined, done: true } });
    await Promise.all([first.close(), second.close(), third.close()]);
  });

  it('settles what waits when it is left, and opens nothing when it was never read', async () => {
    const { followed, close, sockets } = await scripted(() => {});
    const events = follow(async () => followed);
    const waits = events.next();
    await until(() => sockets.clients.size === 1);
    await events.return!();
    expect(await waits).toEqual({ value: undefined, done: true });
    await until(() => sockets.clients.size === 0);
    const unread = follow(() => Promise.reject(new Error('opened')));
    expect(await unread.return!()).toEqual({ value: undefined, done: true });
    await close();
  });
});
