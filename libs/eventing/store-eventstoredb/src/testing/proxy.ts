import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Ends every connection, as a cable that is pulled and put back. */
  cut(): void;
  /** From now on nothing goes through, in either direction, and nobody is told; new connections go through. */
  freeze(): void;
  /** Ends every connection and takes no new one. */
  away(): Promise<void>;
  /** Takes connections again, on the same port. */
  back(): Promise<void>;
  close(): Promise<void>;
}

/** In front of a server, whoever that is, to take its connections away without touching it. Sees bytes only, so TLS passes through. */
export const openProxy = async (host: string, port: number): Promise<Proxy> => {
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(port, host);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', end);
      socket.on('close', end);
    }
    near.pipe(far);
    far.pipe(near);
  });
  const listen = (on: number) =>
    new Promise<number>((resolve, reject) => {
      server.once('error', reject);
      server.listen(on, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
  const at = await listen(0);
  const cut = (): void => {
    for (const [near, far] of pairs) {
      near.destroy();
      far.destroy();
    }
  };
  const away = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      cut();
    });
  return {
    port: at,
    cut,
    freeze: () => {
      for (const [near, far] of pairs)
        for (const socket of [near, far]) {
          socket.unpipe();
          socket.pause();
        }
    },
    away,
    back: async () => {
      await listen(at);
    },
    close: async () => {
      if (server.listening) await away();
      cut();
    },
  };
};
