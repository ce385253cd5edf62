import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Router } from 'express';
import express from 'express';

/** Where the keeper answers, below the address. */
export const KEEPER_PATH = '/keeper';

export interface KeeperServer {
  /** What clients are given. */
  readonly address: string;
  /** Takes no more, answers what is under way for `drainMs` at most, ends. */
  stop(): Promise<void>;
}

/** An HTTP server for nothing but the keeper: on a network of its own, apart from what the public reaches. */
export const keeperServer = async (
  service: { readonly router: Router; stop(): void },
  { port = 0, host, drainMs = 10_000 }: { readonly port?: number; readonly host: string; readonly drainMs?: number },
): Promise<KeeperServer> => {
  const app = express().disable('x-powered-by').disable('etag');
  app.set('query parser', 'simple');
  app.use(KEEPER_PATH, service.router);
  app.use((_req, res) => void res.status(404).json({ error: 'not-found' }));
  const server = createServer({ headersTimeout: 5_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 }, app);
  server.listen(port, host);
  await once(server, 'listening');
  const { port: chosen } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${chosen}${KEEPER_PATH}`,
    async stop() {
      service.stop();
      const closed = once(server, 'close');
      server.close();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), drainMs);
      await closed;
      clearTimeout(late);
    },
  };
};
