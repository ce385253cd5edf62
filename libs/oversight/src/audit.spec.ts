import { jest } from '@jest/globals';
import type { Affiliation, Role } from '@resguardo/contracts';
import type { EventStore, JsonObject, Projection } from '@resguardo/eventing';
import { messageOf, refuse, storeFeed } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import { about } from '@resguardo/eventing';
import { accessTo, caseAccess, noAccess } from '@resguardo/identity';
import { runProjection } from '@resguardo/store-postgres';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { accessLog, refusalLog } from './access-log.projection.js';
import { accessRecorder, accessStream } from './access-recorder.js';
import { type Audit, audit, AuditDenied, type CaseCheck, MalformedPage } from './audit.js';
import { caseParts } from './case-parts.projection.js';
import { glassLog } from './glass-log.projection.js';

jest.setTimeout(60_000);

const who = (sub: string, agency: Affiliation, role: Role = 'OFFICER'): Caller => ({
  sub,
  username: sub,
  role,
  agency,
  states: ['17'],
  expiresAt: 4_000_000_000,
  tokenId: 't',
});
const healthOfficer = who('h', 'HEALTH');
const prosecutor = who('p', 'PROSECUTOR');
const healthSupervisor = who('hs', 'HEALTH', 'SUPERVISOR');
const prosecutorSupervisor = who('ps', 'PROSECUTOR', 'SUPERVISOR');
const protectionSupervisor = who('cs', 'CHILD_PROTECTION', 'SUPERVISOR');
const representative = who('r', 'CHILD_PROTECTION', 'REPRESENTATIVE');
const ONE = 'case-one';
const TWO = 'case-two';
const minute = (n: number) => new Date(Date.UTC(2026, 2, 2, 18, n)).toISOString();

let database: TestDatabase;
let pool: Pool;
let store: EventStore;
let now = minute(0);
let asked: Audit;
const stops: (() => Promise<void>)[] = [];
const waits: ((stream: string, revision: number) => Promise<boolean>)[] = [];

const say = async (stream: string, type: string, data: JsonObject, { sub, agency, role }: Caller, caseId: string) => {
  const at = now;
  return store.append(
    stream,
    [
      {
        id: crypto.randomUUID(),
        type,
        schemaVersion: 1,
        data,
        meta: { caseId, actor: sub, agency, role, commandId: 'c', command: type, digest: '', occurredAt: at },
      },
    ],
    'any',
  );
};

beforeAll(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 6 });
  store = memoryEventStore();
  const feed = storeFeed(store, (event) => messageOf(event));
  const run = async <Row extends object>(projection: Projection<Row>) => {
    const runner = await runProjection({ pool, feed, reader: 'oversight', projection });
    stops.push(() => runner.stop());
    waits.push((stream, revision) => runner.waitFor(stream, revision, 10_000));
    return runner;
  };
  const access: CaseCheck = {
    check: async (caller, caseId, wish) => {
      const { events } = await store.read(`case-${caseId}`);
      if (events.length === 0) return { kind: 'no-such-case' };
      const state = events.reduce(
        (before, event) => caseAccess(before, { type: event.type, data: event.data, about: about(event) }),
        noAccess,
      );
      const answer = accessTo(caller, state, now, wish);
      return answer.ok
        ? { kind: 'allowed', access: answer }
        : { kind: 'denied', refusal: refuse(answer.rule, answer.code) };
    },
  };
  const recorder = accessRecorder(store, () => now);
  asked = audit({
    accesses: await run(accessLog),
    refusals: await run(refusalLog),
    glasses: await run(glassLog),
    cases: await run(caseParts),
    access,
    recorder,
    clock: () => now,
  });

  for (const [caseId, folio] of [
    [ONE, 'F-1'],
    [TWO, 'F-2'],
  ] as const)
    await say(`case-${caseId}`, 'CaseOpened', { folio, state: '17', sourceAgency: 'PROSECUTOR' }, prosecutor, caseId);
  await say(
    `case-${ONE}`,
    'TeamMemberAdded',
    { staffId: 'h', agency: 'HEALTH', role: 'OFFICER' },
    healthSupervisor,
    ONE,
  );
  await say(`case-${ONE}`, 'ProtectionRepresentativeAssigned', { staffId: 'r' }, protectionSupervisor, ONE);
  await say(`case-${ONE}`, 'ConflictOfInterestDeclared', { who: 'STAFF', staffId: 'ps2' }, protectionSupervisor, ONE);
  await say(`case-${TWO}`, 'ConflictOfInterestDeclared', { who: 'STAFF', staffId: 'hs2' }, protectionSupervisor, TWO);
  const reading = { operation: 'timeline', classes: ['D0'], purpose: 'CARE' } as const;
  now = minute(1);
  await recorder.viewed({ ...reading, caller: healthOfficer, cases: [ONE], via: 'team', task: 'team' });
  now = minute(2);
  await recorder.viewed({ ...reading, caller: prosecutor, cases: [ONE, TWO], purpose: 'INVESTIGATION' });
  now = minute(3);
  await recorder.viewed({ ...reading, caller: prosecutor, cases: [TWO], via: 'break-glass', task: 'g0' });
  now = minute(4);
  await recorder.denied({ caller: healthOfficer, operation: 'detail', cases: [TWO], rule: 'R-702', code: 'E-NEED' });
  now = minute(5);
  await say(
    `oversight-${ONE}`,
    'CommandRefused',
    { command: 'planInterview', rule: 'R-002', code: 'E-INT-LOCKED' },
    prosecutor,
    ONE,
  );
  await say(
    `oversight-${TWO}`,
    'CommandRefused',
    { command: 'planInterview', rule: 'R-001', code: 'E-INT-DONE' },
    prosecutor,
    TWO,
  );
  const glass = (glassId: string, staffId: string, due: string) => ({
    glassId,
    staffId,
    staffAgency: 'HEALTH',
    danger: 'LIFE',
    until: minute(245),
    reviewDue: due,
    toldAgencies: ['HEALTH', 'CHILD_PROTECTION'],
  });
  await say(`case-${TWO}`, 'BreakGlassUsed', glass('g1', 'h', minute(10)), healthOfficer, TWO);
  // Due at the same moment as the one before it.
  await say(`case-${TWO}`, 'BreakGlassUsed', glass('g0', 'h', minute(10)), healthOfficer, TWO);
  await say(`case-${TWO}`, 'BreakGlassUsed', glass('g2', 'hs', minute(9)), healthSupervisor, TWO);
  await say(`case-${TWO}`, 'BreakGlassUsed', glass('g3', 'h', minute(8)), healthOfficer, TWO);
  await say(`case-${TWO}`, 'BreakGlassReviewed', { glassId: 'g3', verdict: 'JUSTIFIED' }, protectionSupervisor, TWO);
  now = minute(9);
  for (const stream of [
    `case-${ONE}`,
    `case-${TWO}`,
    `oversight-${ONE}`,
    `oversight-${TWO}`,
    accessStream('h', now),
    accessStream('p', now),
  ]) {
    const { revision } = await store.read(stream);
    await Promise.all(waits.map((wait) => wait(stream, revision)));
  }
});
afterAll(async () => {
  await Promise.all(stops.map((stop) => stop()));
  await pool.end();
  await database.close();
});

const seen = async (caller: Caller, filter: object = {}) =>
  (await asked.accesses(caller, { to: minute(6), ...filter }, 50)).rows.map(({ row, cases }) => [
    row.actor,
    row.kind,
    ...cases.map(({ folio }) => folio),
  ]);

it('R-720: a supervisor sees what their own people did, and what was done in cases in which their agency takes part, newest first', async () => {
  expect(await seen(healthSupervisor)).toEqual([
    ['h', 'DENIED', 'F-2'],
    // Of the two cases of this record, the one in which health has no part is not named.
    ['p', 'VIEWED', 'F-1'],
    ['h', 'VIEWED', 'F-1'],
  ]);
  expect(await seen(prosecutorSupervisor)).toEqual([
    ['h', 'DENIED', 'F-2'],
    ['p', 'VIEWED', 'F-2'],
    ['p', 'VIEWED', 'F-1', 'F-2'],
    ['h', 'VIEWED', 'F-1'],
  ]);
  expect(await seen(protectionSupervisor)).toHaveLength(4);
});

it('R-720: a supervisor of another state sees what their own people did, and nothing of others in cases that are not of their state', async () => {
  const far = (supervisor: Caller) => ({ ...supervisor, states: ['18'] });
  expect(await seen(far(healthSupervisor))).toEqual([
    ['h', 'DENIED', 'F-2'],
    ['h', 'VIEWED', 'F-1'],
  ]);
  expect(await seen(far(protectionSupervisor))).toEqual([]);
  expect(await seen(far(protectionSupervisor), { caseId: ONE })).toEqual([]);
  expect((await asked.refusals(far(protectionSupervisor), {}, 50)).rows).toEqual([]);
  expect(await asked.breakGlassPending(far(protectionSupervisor))).toEqual([]);
  expect((await asked.breakGlassPending(far(healthSupervisor))).map(({ glassId }) => glassId)).toEqual([
    'g2',
    'g0',
    'g1',
  ]);
});

it('R-706: a supervisor with a conflict of interest in a case is told nothing of it', async () => {
  const conflicted = who('ps2', 'PROSECUTOR', 'SUPERVISOR');
  expect(await seen(conflicted)).toEqual([
    ['h', 'DENIED', 'F-2'],
    ['p', 'VIEWED', 'F-2'],
    ['p', 'VIEWED', 'F-2'],
  ]);
  expect((await seen(conflicted, { caseId: ONE })).filter(([actor]) => actor === 'h')).toEqual([]);
  // Nor who broke the glass there.
  expect(await asked.breakGlassPending(who('hs2', 'HEALTH', 'SUPERVISOR'))).toEqual([]);
});

it('R-705: what was ordered about a follower and names no case is shown to every supervisor', async () => {
  now = minute(30);
  await accessRecorder(store, () => now).ordered({
    ...{ caller: who('adm', 'SYSTEM', 'ADMINISTRATOR'), operation: 'setParkedCaseAside', cases: [] },
    ...{ service: 'health', follower: 'timeline_entries', standing: 'x', revision: 4, reason: 'SAID_AGAIN' },
  });
  await Promise.all(waits.map((wait) => wait(accessStream('adm', now), 0)));
  for (const supervisor of [healthSupervisor, prosecutorSupervisor, protectionSupervisor])
    expect(await seen(supervisor, { from: minute(29), to: minute(31) })).toEqual([['adm', 'SET_ASIDE']]);
  now = minute(9);
});

it('R-705: searches that name no case are shown to the supervisors of who searched, and to nobody else', async () => {
  now = minute(40);
  const recorder = accessRecorder(store, () => now);
  const search = { caller: who('f', 'HEALTH'), operation: 'findChild', cases: [], purpose: 'INTAKE' } as const;
  await recorder.viewed({ ...search, classes: ['D1'], via: 'intake' });
  await recorder.denied({ ...search, rule: 'C-11', code: 'E-SEARCH-RATE' });
  await Promise.all(waits.map((wait) => wait(accessStream('f', now), 1)));
  const of = async (supervisor: Caller) =>
    (await asked.accesses(supervisor, { actor: 'f', to: minute(41) }, 50)).rows
      .map(({ row: { kind, operation, purpose, rule, code }, cases }) => [
        kind,
        operation,
        purpose,
        rule,
        code,
        ...cases,
      ])
      .sort();
  expect(await of(healthSupervisor)).toEqual([
    ['DENIED', 'findChild', 'INTAKE', 'C-11', 'E-SEARCH-RATE'],
    ['VIEWED', 'findChild', 'INTAKE', undefined, undefined],
  ]);
  expect(await of({ ...healthSupervisor, states: ['18'] })).toHaveLength(2);
  for (const other of [prosecutorSupervisor, protectionSupervisor]) expect(await of(other)).toEqual([]);
  now = minute(9);
});

it('the filters narrow, and widen nothing', async () => {
  expect(await seen(prosecutorSupervisor, { actor: 'h', kind: 'VIEWED' })).toEqual([['h', 'VIEWED', 'F-1']]);
  expect(await seen(prosecutorSupervisor, { breakGlass: true })).toEqual([['p', 'VIEWED', 'F-2']]);
  expect(await seen(prosecutorSupervisor, { from: minute(4) })).toEqual([['h', 'DENIED', 'F-2']]);
  expect(await seen(healthSupervisor, { caseId: TWO, kind: 'VIEWED' })).toEqual([]);
  expect(await seen(prosecutorSupervisor, { caseId: "x'] or true --" })).toEqual([]);
});

it('pages go on where they ended; a cursor that is none is said to be malformed', async () => {
  const first = await asked.accesses(prosecutorSupervisor, { to: minute(6) }, 3);
  expect(first.rows).toHaveLength(3);
  expect(first.hasNextPage).toBe(true);
  const rest = await asked.accesses(prosecutorSupervisor, { to: minute(6) }, 3, first.endCursor);
  expect(rest.rows.map(({ row }) => row.at)).toEqual([minute(1)]);
  expect(rest.hasNextPage).toBe(false);
  await expect(asked.accesses(prosecutorSupervisor, {}, 3, 'nonsense')).rejects.toThrow(MalformedPage);
  await expect(asked.accesses(prosecutorSupervisor, {}, 101)).rejects.toThrow(MalformedPage);
});

it('R-722: the representative sees who opened their case, only that case, and only by naming it', async () => {
  expect(await seen(representative, { caseId: ONE })).toEqual([
    ['p', 'VIEWED', 'F-1'],
    ['h', 'VIEWED', 'F-1'],
  ]);
  await expect(asked.accesses(representative, { caseId: TWO }, 50)).rejects.toThrow(AuditDenied);
  await expect(asked.accesses(representative, {}, 50)).rejects.toThrow(AuditDenied);
  await expect(asked.refusals(representative, { caseId: 'none-such' }, 50)).rejects.toThrow(AuditDenied);
  const { events } = await store.read(accessStream('r', now));
  expect(events.filter(({ type }) => type === 'AccessDenied')).toHaveLength(3);
});

it('refusals are seen by the same people', async () => {
  const rules = async (caller: Caller, filter = {}) =>
    (await asked.refusals(caller, filter, 50)).rows.map(({ row }) => row.rule).sort();
  expect(await rules(healthSupervisor)).toEqual(['R-002']);
  expect(await rules(prosecutorSupervisor)).toEqual(['R-001', 'R-002']);
  expect(await rules(prosecutorSupervisor, { rule: 'R-001' })).toEqual(['R-001']);
  expect(await rules(representative, { caseId: ONE })).toEqual(['R-002']);
});

it('R-704: what waits for a review, soonest first; nobody is offered their own', async () => {
  const pending = async (caller: Caller) =>
    (await asked.breakGlassPending(caller)).map(({ glassId, canReview, overdue, folio }) => [
      glassId,
      canReview,
      overdue,
      folio,
    ]);
  now = minute(9);
  expect(await pending(healthSupervisor)).toEqual([
    ['g2', false, false, 'F-2'],
    ['g0', true, false, 'F-2'],
    ['g1', true, false, 'F-2'],
  ]);
  now = minute(11);
  expect(await pending(protectionSupervisor)).toEqual([
    ['g2', true, true, 'F-2'],
    ['g0', true, true, 'F-2'],
    ['g1', true, true, 'F-2'],
  ]);
  expect((await pending(prosecutorSupervisor)).map(([, canReview]) => canReview)).toEqual([false, false, false]);
  await expect(asked.breakGlassPending(representative)).rejects.toThrow(AuditDenied);
  now = minute(9);
});

it('R-705: reading the audit is itself on record when the answer comes', async () => {
  const stream = accessStream('hs', now);
  const before = (await store.read(stream)).events.length;
  await asked.accesses(healthSupervisor, { caseId: ONE }, 10);
  const { events } = await store.read(stream);
  expect(events).toHaveLength(before + 1);
  expect(events.at(-1)).toMatchObject({
    type: 'RecordViewed',
    data: { operation: 'accesses', cases: [ONE], classes: ['D11'], purpose: 'REVIEW' },
  });
});
