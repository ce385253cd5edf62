import { generateKeyPairSync } from 'node:crypto';
import { AFFILIATIONS_OF, ROLES, type Role, type Service, SERVICES } from '@resguardo/contracts';
import type { Caller, TokenVerifier } from '@resguardo/identity';
import { type FollowerReport, ServiceAway, type ServiceFollowers } from '@resguardo/oversight';
import {
  callsService,
  contractsTable,
  KeeperRefused,
  type KeeperServer,
  keeperServer,
  remoteEventStore,
  serviceSigner,
} from '@resguardo/store-remote';
import { callersOf } from './callers.js';
import { serviceFollowers, standingErrorOf } from './followers-of.js';
import { isOnRecord, proofOfOrder } from './order-proof.js';
import { followerCalls, remoteFollowers } from './overseeing.js';

const keys = new Map(SERVICES.map((service) => [service, generateKeyPairSync('ed25519')]));
const PEOPLE = ROLES.flatMap((role) => AFFILIATIONS_OF[role].map((agency): [Role, Caller['agency']] => [role, agency]));
const tokenOf = ([role, agency]: (typeof PEOPLE)[number]) => `${role}.${agency}`;
const verifier = {
  verify: async (token: string): Promise<Caller> => {
    const [role, agency] = token.split('.') as [Role, Caller['agency']];
    return { sub: `demo:${role}`, username: '', role, agency, states: ['17'], expiresAt: 4e9, tokenId: 't' };
  },
} as TokenVerifier;

const known = () =>
  SERVICES.map((service) => ({ service, kid: `${service}/1`, publicKey: keys.get(service)!.publicKey }));
const proved = (
  order: object,
  { service = 'health', by = 'coordination' as Service, actor = 'demo:ADMINISTRATOR' } = {},
) =>
  proofOfOrder(
    { service: by, kid: `${by}/1`, privateKey: keys.get(by)!.privateKey },
    { ...(order as typeof ORDER), service, actor },
  );
const ORDER = { follower: 'timeline_entries', standing: 'x', revision: 1, reason: 'SAID_AGAIN' } as const;
const REPORT: FollowerReport = {
  ...{ name: 'timeline_entries', kind: 'projection', leavesOut: true, behind: 0 },
  ...{ standing: [], standingInAll: 0, gaps: 0 },
};
let done: string[];
const followers: ServiceFollowers = {
  report: async ({ role }) => {
    done.push(`report ${role}`);
    return [REPORT];
  },
  upkeep: async ({ role }) => {
    done.push(`upkeep ${role}`);
    return { copies: { backup: '2026-03-02T18:00:00.000Z' } };
  },
  repair: async ({ role }, order) => {
    done.push(`repair ${role} ${JSON.stringify(order)}`);
    return 'GOES_ON';
  },
};

let health: KeeperServer;
beforeAll(async () => {
  health = await keeperServer(
    callsService<Caller>({
      audience: 'health',
      keys: known,
      tokens: verifier,
      mayBring: (asking, speaker, shown) => contractsTable.mayBring(asking, speaker, shown),
      calls: followerCalls('health', followers, isOnRecord(known)),
    }),
    { host: '127.0.0.1', port: 0 },
  );
});
afterAll(() => health.stop());
beforeEach(() => (done = []));

/** A service that asks the health service in somebody's name, with their token. */
const asking = async <Answer>(
  service: Service,
  person: (typeof PEOPLE)[number],
  ask: (followers: ServiceFollowers, caller: Caller) => Promise<Answer>,
  address = health.address,
): Promise<Answer | string> => {
  const callers = callersOf(verifier);
  const { privateKey } = keys.get(service)!;
  const store = remoteEventStore({
    addresses: [address],
    sign: serviceSigner({ service, kid: `${service}/1`, privateKey }, { audience: 'health' }),
    onBehalf: callers.now,
  });
  try {
    return await ask(
      remoteFollowers(() => store, callers),
      await callers.verifier.verify(tokenOf(person)),
    );
  } catch (error) {
    if (error instanceof KeeperRefused) return error.code;
    if (error instanceof ServiceAway) return error.name;
    throw error;
  } finally {
    store.close();
  }
};

it.each(PEOPLE)(
  'a service asks for the permission itself, of a token that it verified: %s of %s',
  async (...person) => {
    const [role] = person;
    const mayRead = ['SUPERVISOR', 'ADMINISTRATOR'].includes(role);
    // A representative is brought for the audit of a case, and not told of this.
    const refused = role === 'REPRESENTATIVE' || mayRead ? 'may-not-ask' : 'may-not-bring';
    const report = await asking('oversight', person, (there, caller) => there.report(caller));
    expect(report).toEqual(mayRead ? [expect.objectContaining({ name: 'timeline_entries' })] : refused);
    const upkeep = await asking('oversight', person, (there, caller) => there.upkeep(caller));
    expect(upkeep).toEqual(mayRead ? { copies: { backup: '2026-03-02T18:00:00.000Z' } } : refused);
    const proof = await proved(ORDER, { actor: `demo:${role}` });
    const outcome = await asking('oversight', person, (there, caller) => there.repair(caller, { ...ORDER, proof }));
    expect(outcome).toBe(role === 'ADMINISTRATOR' ? 'GOES_ON' : refused);
    expect(done).toEqual([
      ...(mayRead ? [`report ${role}`, `upkeep ${role}`] : []),
      ...(role === 'ADMINISTRATOR' ? [`repair ADMINISTRATOR ${JSON.stringify(ORDER)}`] : []),
    ]);
  },
);

it('R-705: what is not on record, or not as it is asked, is not done', async () => {
  const repaired = async (proof: string, order: object = ORDER) =>
    asking('oversight', ['ADMINISTRATOR', 'SYSTEM'], (there, caller) =>
      there.repair(caller, { ...(order as typeof ORDER), proof }),
    );
  const { reason: _, ...retry } = ORDER;
  for (const proof of [
    'none',
    await proved(ORDER, { by: 'oversight' }),
    await proved(ORDER, { service: 'prosecution' }),
    await proved(ORDER, { actor: 'demo:OTHER' }),
    await proved(retry),
    await proved({ ...ORDER, standing: 'y' }),
    await proved({ ...ORDER, revision: 2 }),
    await proved({ ...ORDER, follower: 'case_card' }),
  ])
    expect(await repaired(proof)).toBe('may-not-ask');
  expect(done).toEqual([]);
  expect(await repaired(await proved(retry), retry)).toBe('GOES_ON');
});

it('nobody asks it but oversight, not even coordination with an administrator’s token', async () => {
  for (const service of SERVICES.filter((name) => name !== 'oversight')) {
    const asked = await asking(service, ['ADMINISTRATOR', 'SYSTEM'], (there, caller) => there.report(caller));
    expect([service, asked]).toEqual([service, service === 'coordination' ? 'may-not-ask' : 'may-not-bring']);
  }
  expect(done).toEqual([]);
});

it('on the word of oversight alone nothing is told and nothing done', async () => {
  const calls = followerCalls('health', followers, () => Promise.resolve(true));
  const speaker = { actor: 'demo:ADMINISTRATOR', agency: 'SYSTEM', role: 'ADMINISTRATOR' };
  for (const call of [calls.followers, calls.upkeep, calls.repair])
    await expect(call(ORDER, { service: 'oversight', speaker })).rejects.toThrow('may-not-ask');
  expect(done).toEqual([]);
});

it('a service that is not there is away', async () => {
  const nowhere = 'http://127.0.0.1:1/keeper';
  const asked = await asking(
    'oversight',
    ['ADMINISTRATOR', 'SYSTEM'],
    (there, caller) => there.report(caller),
    nowhere,
  );
  expect(asked).toBe('ServiceAway');
});

it.each([
  ['no list', { reports: null, copies: null }],
  [
    'a case that stands still without a moment',
    { reports: [{ ...REPORT, standing: [{ id: 'x' }] }], copies: { drill: 1 } },
  ],
  ['nothing', undefined],
])('a service that answers something else than a report does not have it believed: %s', async (_, answer) => {
  const callers = callersOf(verifier);
  const there = remoteFollowers(() => ({ call: async () => answer }) as never, callers);
  const caller = await callers.verifier.verify('ADMINISTRATOR.SYSTEM');
  await expect(there.report(caller)).rejects.toThrow(/invalid/i);
  await expect(there.upkeep(caller)).rejects.toThrow(/invalid/i);
});

it('what stopped a case is said as a code; nothing of what the error says gets out', async () => {
  const stopped = (error: string, kind: 'projection' | 'process' = 'projection') => standingErrorOf(kind, { error });
  expect(stopped('Unreadable: not JSON')).toBe('UNREADABLE');
  expect(stopped('UnknownVersion: X 9')).toBe('NEWER_THAN_PROGRAM');
  expect(stopped('error: invalid input syntax for type integer: "Juana"')).toBe('NOT_STORABLE');
  expect(stopped('BadRow: Juana')).toBe('NOT_STORABLE');
  expect(stopped('TypeError: Juana')).toBe('NOT_APPLICABLE');
  expect(stopped('toString: Juana')).toBe('NOT_APPLICABLE');
  expect(stopped('Error: linked_cases: linkCase was answered busy', 'process')).toBe('NOT_SETTLED');
  expect(stopped('something that was thrown')).toBe('NOT_APPLICABLE');
});

it('names a case by what nobody can turn back, does what is ordered about it, and says when the feed does not answer', async () => {
  const parked = {
    ...{ stream: 'access-demo:juana-202603', revision: 4, since: '2026-03-02T18:00:00.000Z', tries: 1, waiting: 2 },
    ...{ caseId: 'none', error: 'TypeError: Juana', type: 'RecordViewed' },
  };
  const acts: string[] = [];
  const runner = {
    ...{ position: () => undefined, parkedCases: async () => 1, parked: async () => [parked], gaps: async () => 2 },
    retry: async (stream: string) => {
      acts.push(`retry ${stream}`);
      return false;
    },
    setAside: async (stream: string, revision: number, reason: string) => {
      acts.push(`set aside ${stream} ${revision} ${reason}`);
      return true;
    },
  };
  const warned: object[] = [];
  let timeline: string | undefined;
  const own = serviceFollowers(
    [
      { name: 'access_log', kind: 'projection', service: 'oversight', behind: () => Promise.reject(new Error('away')) },
      {
        name: 'erasure',
        kind: 'process',
        service: 'oversight',
        behind: async () => ({ events: 2, since: parked.since }),
      },
      { name: 'timeline_entries', kind: 'projection', service: 'oversight', behind: async () => ({ events: 0 }) },
      { name: 'linked_cases', kind: 'process', service: 'oversight', behind: async () => ({ events: 0 }) },
    ],
    { access_log: runner, timeline_entries: runner, linked_cases: runner },
    {
      log: { warn: (what: object) => void warned.push(what) } as never,
      key: Buffer.alloc(32, 1),
      typeAt: async () => timeline,
    },
  );
  const caller = await verifier.verify('ADMINISTRATOR.SYSTEM');
  const [log, erasure, view, acting] = await own.report(caller);
  expect(erasure).toEqual({
    ...{
      name: 'erasure',
      kind: 'process',
      leavesOut: false,
      behind: 2,
      waitingSince: parked.since,
      standing: [],
      standingInAll: 0,
      gaps: 0,
    },
  });
  expect([log, view, acting].map((one) => one!.leavesOut)).toEqual([false, true, false]);
  expect(log!.gaps).toBe(2);
  expect(log).not.toHaveProperty('behind');
  expect(warned).toEqual([{ follower: 'access_log', name: 'Error' }]);
  const [one] = log!.standing;
  expect(one).toMatchObject({ error: 'NOT_APPLICABLE', revision: 4, factType: 'RecordViewed' });
  expect(JSON.stringify(log)).not.toMatch(/juana/i);

  const order = { follower: 'access_log', standing: one!.id, revision: 4 };
  expect(await own.repair(caller, order)).toBe('STILL_STANDS');
  // The audit leaves nothing out.
  timeline = 'RetellingRecorded';
  const aside = ({ name, standing }: typeof view & object) =>
    own.repair(caller, { follower: name, standing: standing[0]!.id, revision: 4, reason: 'SAID_AGAIN' });
  expect([await aside(log!), await aside(acting!)]).toEqual(['NOT_ALLOWED', 'NOT_ALLOWED']);
  // Nor does a view what the timeline does not have, or what no view may be without.
  for (const type of [undefined, 'ErasureOrdered', 'TeamMemberRemoved', 'RecordViewed']) {
    timeline = type;
    expect([type, await aside(view!)]).toEqual([type, 'NOT_ALLOWED']);
  }
  timeline = 'RetellingRecorded';
  expect(await aside(view!)).toBe('GOES_ON');
  for (const wrong of [{ revision: 5 }, { standing: 'other' }, { follower: 'erasure' }, { follower: 'toString' }])
    expect(await own.repair(caller, { ...order, ...wrong })).toBe('NOT_STANDING');
  expect(acts).toEqual([`retry ${parked.stream}`, `set aside ${parked.stream} 4 SAID_AGAIN`]);
});
