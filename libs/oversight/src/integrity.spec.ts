import { AFFILIATIONS_OF, type Affiliation, holds, type Role, ROLES, type Service } from '@resguardo/contracts';
import { StoreUnavailable } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import type { AccessRecorder } from './access-recorder.js';
import type { ReadModel } from './audit.js';
import type { CaseParts } from './case-parts.projection.js';
import {
  type FollowerReport,
  integrity,
  type RepairOrder,
  type RepairOutcome,
  ServiceAway,
  type ServiceFollowers,
  type Upkeep,
} from './integrity.js';

const MORELOS = '00000000-0000-4000-8000-000000000001';
const NAYARIT = '00000000-0000-4000-8000-000000000002';
const WITHOUT_HEALTH = '00000000-0000-4000-8000-000000000003';
const AT = '2026-03-02T18:00:00.000Z';

const who = (role: Role, agency: Affiliation): Caller => ({
  ...{ sub: `${role}@${agency}`, username: '', role, agency, states: ['17'], expiresAt: 4_000_000_000, tokenId: 't' },
});
const administrator = who('ADMINISTRATOR', 'SYSTEM');
const healthSupervisor = who('SUPERVISOR', 'HEALTH');

/** As the projection of oversight has the cases. */
const PARTS: Readonly<Record<string, CaseParts>> = {
  [MORELOS]: { folio: '17-26-AAAA0001', state: '17', agencies: ['HEALTH', 'PROSECUTOR'], blocked: [] },
  [NAYARIT]: { folio: '18-26-AAAA0002', state: '18', agencies: ['HEALTH'], blocked: [] },
  [WITHOUT_HEALTH]: { folio: '17-26-AAAA0003', state: '17', agencies: ['PROSECUTOR'], blocked: [] },
};
const cases: ReadModel<CaseParts> = {
  documents: {
    getMany: () => Promise.reject(new Error('not asked')),
    table: () => Promise.reject(new Error('not asked')),
    query: async <Result extends object>(_: unknown, values?: readonly unknown[]) =>
      (values![0] as readonly string[]).flatMap((key) =>
        PARTS[key] ? [{ key, doc: PARTS[key] }] : [],
      ) as unknown as readonly Result[],
  },
  incomplete: () => Promise.resolve([]),
};

const standing = (id: string, caseId: string, more: object = {}) => ({
  ...{ id, caseId, revision: 5, factType: 'ReferralMade', since: AT, error: 'NOT_APPLICABLE', tries: 1, waiting: 2 },
  ...more,
});
const REPORT = {
  name: 'timeline_entries',
  kind: 'projection',
  behind: 3,
  waitingSince: AT,
  standing: [
    standing('one', MORELOS),
    standing('two', NAYARIT),
    standing('three', WITHOUT_HEALTH),
    standing('four', 'none', { factType: undefined, error: 'UNREADABLE' }),
    // Of a class of which a supervisor is told nothing.
    standing('five', MORELOS, { factType: 'ReportReceived' }),
    standing('six', MORELOS, { factType: 'SomethingNobodyDeclared' }),
  ],
} as unknown as FollowerReport;

let log: (readonly [string, object])[];
let repaired: RepairOrder[];
let troubles: string[];
const recorder = Object.fromEntries(
  ['viewed', 'denied', 'exported', 'ordered'].map((name) => [
    name,
    async ({ caller: _, ...said }: { caller: object }) => void log.push([name, said]),
  ]),
) as unknown as AccessRecorder;
const answering = (
  reports: readonly FollowerReport[],
  outcome: RepairOutcome = 'GOES_ON',
  upkeep: Upkeep = {},
): ServiceFollowers => ({
  report: () => Promise.resolve(reports),
  upkeep: () => Promise.resolve(upkeep),
  repair: async (_, order) => {
    log.push(['repaired', order]);
    repaired.push(order);
    return outcome;
  },
});
const failing = (error: Error): ServiceFollowers => ({
  report: () => Promise.reject(error),
  upkeep: () => Promise.reject(error),
  repair: () => Promise.reject(error),
});
const open = (services: Partial<Record<Service, ServiceFollowers>>) =>
  integrity({
    services: new Map(Object.entries(services) as [Service, ServiceFollowers][]),
    ...{ cases, recorder, clock: () => AT },
    onTrouble: (service, { message }) => troubles.push(`${service}: ${message}`),
  });
beforeEach(() => {
  log = [];
  repaired = [];
  troubles = [];
});
const parkedOf = ({ services }: Awaited<ReturnType<ReturnType<typeof open>['overview']>>) =>
  services[0]!.followers[0]!.parked;

it('R-720: an administrator is told of no case, and of every kind of fact that is declared', async () => {
  const parked = parkedOf(await open({ health: answering([REPORT]) }).overview(administrator));
  expect(parked.map((one) => one.case)).toEqual(parked.map(() => null));
  expect(parked.map(({ factType }) => factType)).toEqual([
    ...['ReferralMade', 'ReferralMade', 'ReferralMade', null, 'ReportReceived', null],
  ]);
  expect(JSON.stringify(parked)).not.toMatch(/00000000-0000|17-26|SomethingNobody/);
  // By their role, not for want of an agency that takes part in every case.
  const besides = parkedOf(
    await open({ health: answering([REPORT]) }).overview(who('ADMINISTRATOR', 'CHILD_PROTECTION')),
  );
  expect(besides.map((one) => one.case)).toEqual(besides.map(() => null));
  // Of no case anything was read.
  expect(log).toEqual([]);
});

it('R-701, R-720: a supervisor is told of the cases of their states in which their agency takes part, and that is on record', async () => {
  const parked = parkedOf(await open({ prosecution: answering([REPORT]) }).overview(healthSupervisor));
  expect(parked.map((one) => one.case?.folio ?? null)).toEqual([
    ...['17-26-AAAA0001', null, null, null, '17-26-AAAA0001', '17-26-AAAA0001'],
  ]);
  expect(log).toEqual([['viewed', expect.objectContaining({ operation: 'integrity', cases: [MORELOS] })]]);
});

it('R-706: a supervisor with a conflict of interest in a case is not told that it stands still', async () => {
  const conflicted = { ...healthSupervisor, sub: 'conflicted' };
  const before = PARTS[MORELOS]!;
  const parts = { ...PARTS, [MORELOS]: { ...before, blocked: [{ staffId: 'conflicted', eventId: 'e' }] } };
  Object.assign(PARTS, parts);
  try {
    const parked = parkedOf(await open({ health: answering([REPORT]) }).overview(conflicted));
    expect(parked.every((one) => one.case === null && one.factType === null)).toBe(true);
  } finally {
    Object.assign(PARTS, { [MORELOS]: before });
  }
});

it('R-701: a supervisor is not told that there is a fact of a kind of which they are told nothing', async () => {
  const words = { ...REPORT, standing: [standing('one', MORELOS, { factType: 'QuestionFiltered' })] };
  const parked = parkedOf(await open({ health: answering([words as never]) }).overview(healthSupervisor));
  expect(parked.map(({ factType }) => factType)).toEqual([null]);
});

it('a follower is up to date, behind, standing with a case, lacking a fact that did not come, or without its feed', async () => {
  const at = (behind: number | undefined, of: readonly object[] = [], gaps = 0) =>
    ({
      name: 'x',
      kind: 'process',
      ...(behind !== undefined && { behind }),
      standing: of,
      standingInAll: of.length,
      gaps,
    }) as unknown as FollowerReport;
  const reports = [at(0), at(2), at(0, [standing('one', MORELOS)], 1), at(0, [], 3), at(undefined)];
  const { services } = await open({ health: answering(reports) }).overview(administrator);
  expect(services[0]!.followers.map(({ condition, behind, kind, gaps }) => [condition, behind, kind, gaps])).toEqual([
    ['UP_TO_DATE', 0, 'PROCESS', 0],
    ['BEHIND', 2, 'PROCESS', 0],
    ['PARKED', 0, 'PROCESS', 1],
    ['GAPS', 0, 'PROCESS', 3],
    ['FEED_AWAY', null, 'PROCESS', 0],
  ]);
});

it('a service that is away is named, one that fails is told to whoever operates, and the others are shown', async () => {
  const { services } = await open({
    coordination: answering([REPORT]),
    health: failing(new ServiceAway('nobody')),
    prosecution: failing(new Error('a bug')),
  }).overview(administrator);
  expect(services.map(({ service, condition, followers }) => [service, condition, followers.length])).toEqual([
    ['coordination', 'ANSWERED', 1],
    ['health', 'AWAY', 0],
    ['prosecution', 'FAILED', 0],
  ]);
  expect(troubles).toEqual(['prosecution: a bug']);
});

it('the last verification of the history and the last copies are told as their services noted them; of one that is away nothing', async () => {
  const found = (upkeep: Upkeep) => open({ coordination: answering([], 'GOES_ON', upkeep) }).overview(administrator);
  const whole = { at: AT, events: 7, unsigned: 2 };
  expect(await found({ copies: {}, history: whole })).toMatchObject({
    history: { ...whole, broken: null },
    services: [{ copies: { backup: null, drill: null } }],
  });
  const broken = { why: 'not what was signed', position: '4', checkpoint: 2, since: AT } as const;
  const drill = { at: AT, whole: false };
  expect(await found({ copies: { backup: AT, drill }, history: { ...whole, broken } })).toMatchObject({
    history: { ...whole, broken: { ...broken, why: 'NOT_WHAT_WAS_SIGNED' } },
    services: [{ copies: { backup: AT, drill } }],
  });
  const away = await open({ coordination: failing(new ServiceAway('nobody')), oversight: answering([]) }).overview(
    administrator,
  );
  // Nobody but who keeps it speaks of the history.
  const pretended = open({ coordination: answering([]), health: answering([], 'GOES_ON', { history: whole }) });
  expect((await pretended.overview(administrator)).history).toBeNull();
  expect([away.history, away.services.map(({ copies }) => copies)]).toEqual([null, [null, null]]);
});

describe('an order', () => {
  const asked = { follower: 'timeline_entries', standing: 'one', revision: 5 };

  it('R-705: is on record, with case, fact and reason as the service says them, before it is done', async () => {
    const { retry, setAside } = open({ health: answering([REPORT]) });
    expect(await retry(administrator, 'health', asked)).toBe('GOES_ON');
    expect(await setAside(administrator, 'health', { ...asked, reason: 'SAID_AGAIN' })).toBe('GOES_ON');
    const about = {
      ...{ service: 'health', follower: 'timeline_entries', standing: 'one', revision: 5 },
      ...{ cases: [MORELOS], factType: 'ReferralMade' },
    };
    expect(log).toEqual([
      ['ordered', { operation: 'retryParkedCase', ...about }],
      ['repaired', asked],
      ['ordered', { operation: 'setParkedCaseAside', ...about, reason: 'SAID_AGAIN' }],
      ['repaired', { ...asked, reason: 'SAID_AGAIN' }],
    ]);
  });

  it('is not done where it cannot be put on record', async () => {
    let refused = new Error('');
    const { setAside } = integrity({
      services: new Map([['health', answering([REPORT])]]),
      ...{ cases, clock: () => AT, onTrouble: () => undefined },
      recorder: { ...recorder, ordered: () => Promise.reject(refused) },
    });
    const order = { ...asked, reason: 'SAID_AGAIN' } as const;
    refused = new StoreUnavailable('coordination is away');
    expect(await setAside(administrator, 'health', order)).toBe('NOT_RECORDED');
    refused = new Error('a bug');
    await expect(setAside(administrator, 'health', order)).rejects.toThrow('a bug');
    expect(repaired).toEqual([]);
  });

  it.each([
    ['another revision', { ...asked, revision: 6 }],
    ['another case', { ...asked, standing: 'other' }],
    ['another follower', { ...asked, follower: 'case_card' }],
  ])('about %s than what stands there does nothing', async (_, wrong) => {
    expect(await open({ health: answering([REPORT]) }).retry(administrator, 'health', wrong)).toBe('NOT_STANDING');
    expect(log).toEqual([]);
  });

  it('goes to the service that is named and to no other; one that is away is said to be', async () => {
    const { retry } = open({ health: failing(new ServiceAway('nobody')), prosecution: answering([REPORT]) });
    expect(await retry(administrator, 'health', asked)).toBe('AWAY');
    await expect(retry(administrator, 'insights', asked)).rejects.toThrow('insights');
    expect(repaired).toEqual([]);
  });
});

it('D7: of all accounts there are, administrators and supervisors read it, and administrators alone order', () => {
  const people = ROLES.flatMap((role) => AFFILIATIONS_OF[role].map((agency) => [role, agency] as const));
  const those = (permission: string) => people.filter(([role, agency]) => holds(role, agency, permission)).length;
  expect([those('integrity:read'), those('integrity:repair')]).toEqual([5, 1]);
});
