import { generateKeyPairSync, randomUUID } from 'node:crypto';
import type { Service } from '@resguardo/contracts';
import type { RecordedEvent } from '@resguardo/eventing';
import type { Caller, TokenVerifier } from '@resguardo/identity';
import {
  type Call,
  callsService,
  contractsTable,
  isAway,
  type KeeperServer,
  keeperServer,
  mayNotAsk,
  remoteEventStore,
  serviceSigner,
} from '@resguardo/store-remote';
import { callersOf } from './callers.js';
import { openUnsealing } from './unsealing.js';

const keys = new Map(
  (['coordination', 'prosecution', 'health'] as const).map((service) => [service, generateKeyPairSync('ed25519')]),
);
const known = () => [...keys].map(([service, { publicKey }]) => ({ service, kid: `${service}/1`, publicKey }));
const signerOf = (service: 'coordination' | 'prosecution') => (audience: string) =>
  serviceSigner({ service, kid: `${service}/1`, privateKey: keys.get(service)!.privateKey }, { audience });
const callers = callersOf({
  verify: async (): Promise<Caller> => ({
    ...{ sub: 'demo:p', username: '', role: 'OFFICER', agency: 'PROSECUTOR', states: ['17'] },
    ...{ expiresAt: 4e9, tokenId: 't' },
  }),
} as unknown as TokenVerifier);
const event = { id: randomUUID(), type: 'ReportReceived' } as RecordedEvent;

const servers: KeeperServer[] = [];
const serviceAt = async (audience: Service, calls: Readonly<Record<string, Call<Caller>>>): Promise<KeeperServer> => {
  const service = callsService<Caller>({
    ...{ audience, keys: known, tokens: callers.verifier, calls },
    mayBring: (...asked) => contractsTable.mayBring(...asked),
  });
  const server = await keeperServer(service, { host: '127.0.0.1', port: 0 });
  servers.push(server);
  return server;
};
let logged: [string, object][];
const log = {
  warn: (about: object) => void logged.push(['warn', about]),
  error: (about: object) => void logged.push(['error', about]),
} as unknown as Parameters<typeof openUnsealing>[3];
beforeEach(() => (logged = []));
afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

/** What the prosecution is told when it asks coordination to open what the health service sealed. */
const told = async (unseal: Call<Caller>, { isStopped = false } = {}): Promise<unknown> => {
  const health = await serviceAt('health', { unseal });
  const agencies = openUnsealing({ health: health.address }, signerOf('coordination'), callers, log);
  const coordination = await serviceAt('coordination', {
    open: async (_said, { caller }) => agencies.unseal('health', caller!, event, ['D4r']),
  });
  if (isStopped) await health.stop();
  const table = remoteEventStore({
    addresses: [coordination.address],
    sign: signerOf('prosecution')('coordination'),
    onBehalf: callers.now,
  });
  try {
    return await callers.as(await callers.verifier.verify('t'), () => table.call('open', {}));
  } catch (error) {
    return isAway(error) ? 'coordination is away' : 'an error';
  } finally {
    table.close();
    agencies.close();
  }
};

describe('D5: what another service sealed, asked of coordination', () => {
  const opened = { fields: { summary: 'words' }, erased: false };

  it('is what that service opens', async () => {
    expect(await told(async () => opened)).toEqual(opened);
    expect(logged).toEqual([]);
  });

  it('is away by the name of that service when nobody answers there', async () => {
    expect(await told(async () => opened, { isStopped: true })).toEqual({ away: 'health' });
    expect(logged).toEqual([['warn', { owner: 'health', name: 'StoreUnavailable' }]]);
  });

  it('is away by that name, and not by the name of coordination, when that service is silent', async () => {
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    const answer = await told(() => held.then(() => opened)).finally(letGo);
    expect(answer).toEqual({ away: 'health' });
  });

  it.each([
    ['it failed there', 'StoreUnavailable', new Error('the seal is broken')],
    ['it was refused there', 'KeeperRefused', mayNotAsk('not by you')],
  ])('is an error, and no outage of anybody, when %s', async (_what, name, thrown) => {
    expect(await told(() => Promise.reject(thrown))).toBe('an error');
    expect(logged).toEqual([['error', { owner: 'health', name }]]);
  });
});
