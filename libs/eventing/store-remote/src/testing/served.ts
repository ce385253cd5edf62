import type { KeyPairKeyObjectResult } from 'node:crypto';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { Service } from '@resguardo/contracts';
import { SERVICES } from '@resguardo/contracts';
import type { EventStore } from '@resguardo/eventing';
import { keeper } from '@resguardo/eventing';
import type { KeeperServiceOptions, KeeperTable, OnBehalf, RemoteEventStoreOptions, Trouble } from '../index.js';
import { contractsTable, keeperServer, keeperService, remoteEventStore, serviceSigner } from '../index.js';

export const AUDIENCE = 'coordination';

const pairs = Object.fromEntries(SERVICES.map((service) => [service, generateKeyPairSync('ed25519')])) as Record<
  Service,
  KeyPairKeyObjectResult
>;
const kidOf = (service: string) => `${service}/1`;
export const keyOf = (service: Service) => ({
  service,
  kid: kidOf(service),
  privateKey: pairs[service].privateKey,
});
export const knownKeys = SERVICES.map((service) => ({
  service,
  kid: kidOf(service),
  publicKey: pairs[service].publicKey,
}));

/** What the contract suite writes is in no table: everybody may do everything. */
export const openTable: KeeperTable = {
  mayBring: () => true,
  mayRead: () => true,
  mayFollow: () => true,
  mayWrite: () => true,
  problemsIn: () => [],
  shown: (_service, event) => event,
};

/** Tokens of the form `actor agency role`; any other is bad. */
export const plainTokens: KeeperServiceOptions['tokens'] = {
  async verify(token) {
    const [sub, agency, role, ...rest] = token.split(' ');
    if (!sub || !agency || !role || rest.length > 0)
      throw Object.assign(new Error('not one of ours'), { name: 'BadToken' });
    return { sub, agency, role };
  },
};

export const statement = (actor: string, agency: string, role: string, at = new Date().toISOString()): OnBehalf => ({
  statement: { actor, agency, role, verifiedAt: at, ...(!actor.startsWith('process:') && { tokenId: 't-1' }) },
});

/** One replica of coordination over a store. */
export const replica = async (store: EventStore, options: Partial<KeeperServiceOptions> = {}) => {
  const troubles: Trouble[] = [];
  const service = keeperService({
    keeper: keeper(store, { clock: () => new Date().toISOString() }),
    store,
    table: contractsTable,
    audience: AUDIENCE,
    keys: () => knownKeys,
    tokens: plainTokens,
    trouble: (trouble) => troubles.push(trouble),
    ...options,
  });
  const server = await keeperServer(service, { host: '127.0.0.1' });
  return { ...server, troubles };
};

export const clientOf = (
  service: Service,
  addresses: readonly string[],
  by: OnBehalf,
  options: Partial<RemoteEventStoreOptions> = {},
) =>
  remoteEventStore({
    addresses,
    sign: serviceSigner(keyOf(service), { audience: AUDIENCE }),
    onBehalf: () => by,
    // A busy machine is not what these tests are about.
    connectMs: 30_000,
    timeoutMs: 60_000,
    ...options,
  });

/** A wire between client and keeper that can be cut; `swallowing` lets requests through and no answer back. */
export const wire = async (address: string) => {
  const { port, hostname, pathname } = new URL(address);
  const open = new Set<Socket>();
  let swallow: (() => void) | undefined;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const socket of [near, far]) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (answer) => {
      if (!swallow) return void near.write(answer);
      swallow();
      near.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => open.forEach((socket) => socket.destroy());
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    cut,
    /** From now on answers are lost on the way, and the connection with them. */
    loseAnswers: (lost: () => void = () => {}) => {
      swallow = lost;
    },
    carryAnswers: () => {
      swallow = undefined;
    },
    connections: () => open.size / 2,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
};
