import { fact, code, text } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { EventStore, RecordedEvent } from '@resguardo/eventing';
import { catalogue, handleWith, oneAtATime, uuidv5 } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import type { IdentityVault } from '../identity/identity-vault.js';
import { identityVault } from '../identity/identity-vault.js';
import type { KeyRing } from '../key-ring.js';
import { postgresKeyRing } from '../postgres-key-ring.js';
import { makeVaultTables } from '../schema.js';
import { sealer } from '../sealer.js';
import { referredToOn, vaultCapability } from '../vault-capability.js';
import { ERASURE_PROCESS, erasureHandler, followErasures } from './erasure-follower.js';
import { fileErasureList, memoryErasureList } from './erasure-list.js';

const master = createSecretKey(randomBytes(32));
const AT = '2026-11-23T12:00:00.000Z';
const words = fact({ kind: 'REPORT', cls: 'D0', fields: { channel: code(['DESK']), summary: text('D4r') } });
const supervisor = { actor: 'sup-1', agency: 'HEALTH', role: 'SUPERVISOR', states: [] };
const officer = { actor: 'off-1', agency: 'HEALTH', role: 'OFFICER', states: [] };
const prosecutor = { actor: 'pro-1', agency: 'PROSECUTOR', role: 'OFFICER', states: [] };
const representative = { actor: 'rep-1', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE', states: [] };
type By = typeof officer;

/** The desk in small: prepare, decide, append. */
const desk = (store: EventStore, vault: IdentityVault) => {
  const capability = vaultCapability({ vault, store });
  const { handle } = handleWith(
    { store, queue: oneAtATime(), now: () => 0 },
    capability.decider,
    catalogue<any>(capability.facts),
  );
  return async (name: string, caseId: string, input: object, by: By, commandId: string = randomUUID()) => {
    const context = { caseId, commandId, at: AT, occurredAt: AT, by };
    return handle(
      `case-${caseId}`,
      { commandId, actor: by.actor, digest: 'd' },
      async () => {
        const { input: left = input, known } = await capability.prepare(name, input, context);
        return { name, input: left, known, ...context } as never;
      },
      ({ type, data }, index) => event(caseId, type, data, by, uuidv5(by.actor, commandId, index), commandId, name),
    );
  };
};
const event = (
  caseId: string,
  type: string,
  data: object,
  by: By,
  id: string = randomUUID(),
  commandId = id,
  command = 'x',
) => ({
  id,
  type,
  schemaVersion: 1,
  data: data as never,
  meta: { caseId, ...by, commandId, command, digest: 'd', occurredAt: AT },
});

describe('Carrying out an erasure', () => {
  let database: TestDatabase;
  let pool: Pool;
  let store: EventStore;
  let vault: IdentityVault;
  let keys: KeyRing;
  const list = memoryErasureList();
  const purged: string[] = [];
  const ids = { one: randomUUID(), two: randomUUID(), other: randomUUID() };

  const handler = () => {
    const say = desk(store, vault);
    return erasureHandler({
      vault,
      list,
      service: 'coordination',
      clock: () => AT,
      purge: [async (caseId) => void purged.push(caseId)],
      send: async (name, { commandId, caseId, input }) => {
        const by = { actor: `process:${ERASURE_PROCESS}`, agency: 'SYSTEM', role: 'SYSTEM', states: [] };
        const outcome = await say(name, caseId, input, by, commandId);
        if (outcome.kind !== 'accepted') throw new Error(outcome.kind);
      },
    });
  };
  const factsOf = async (caseId: string): Promise<readonly RecordedEvent[]> =>
    (await store.read(`case-${caseId}`)).events;
  const until = async (caseId: string, type: string): Promise<void> => {
    const stop = new AbortController();
    await store.follow(
      undefined,
      async (events) => {
        if (events.some((e) => e.type === type && e.meta.caseId === caseId)) stop.abort();
      },
      stop.signal,
    );
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 8 });
    pool.on('error', () => {});
    await makeVaultTables(pool);
    store = memoryEventStore();
    keys = postgresKeyRing(pool, master);
    vault = identityVault({ pool, keyRing: keys, clock: () => AT, noteSearched: async () => {} });
    for (const caseId of Object.values(ids)) {
      const sealed = await sealer(keys).seal(
        { caseId, service: 'coordination', type: 'ReportReceived', eventId: `e-${caseId}` },
        words,
        { channel: 'DESK', summary: 'palabras inventadas' },
      );
      await store.append(
        `case-${caseId}`,
        [{ ...event(caseId, 'ReportReceived', sealed.data, officer, `e-${caseId}`), sealed: sealed.sealed! }],
        'none',
      );
    }
    await store.append(
      `case-${ids.one}`,
      [event(ids.one, 'CaseLinked', { otherCaseId: ids.two, linkKind: 'SAME_CHILD' }, officer)],
      'any',
    );
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('R-703: identity typed into a command reaches the vault and no event', async () => {
    const say = desk(store, vault);
    const identity = { givenNames: 'Zafirina', firstSurname: 'Inexistente', phones: ['777 444 1212'] };
    for (const caseId of [ids.one, ids.two])
      expect(await say('correctIdentity', caseId, { identity }, officer)).toMatchObject({ kind: 'accepted' });
    await say(
      'addThirdPerson',
      ids.one,
      { personKind: 'GUARDIAN', identity: { givenNames: 'Tutelaria Irreal' } },
      officer,
    );
    const block = { weekdays: ['MON'], from: '08:00', until: '13:00', replaces: true };
    await say('recordSchoolTimetable', ids.one, block, officer);
    await say('recordPreferences', ids.one, { examinerGender: 'WOMAN', otherPreferences: 'ventanal' }, officer);
    const written = JSON.stringify(await factsOf(ids.one)) + JSON.stringify(await factsOf(ids.two));
    for (const value of ['Zafirina', 'Inexistente', '777 444 1212', 'Tutelaria', '08:00', 'ventanal', 'WOMAN'])
      expect(written).not.toContain(value);
    expect(await vault.identityOf(ids.one)).toMatchObject({
      identity: { ...identity, examinerGender: 'WOMAN', timetable: [{ weekday: 'MON' }] },
    });
    expect((await factsOf(ids.one)).filter(({ type }) => type === 'ChildIdentitySealed')).toHaveLength(1);
    // The sweeper knows all of it: nothing goes.
    const later = identityVault({
      pool,
      keyRing: keys,
      clock: () => '2026-11-24T12:00:00.000Z',
      noteSearched: async () => {},
    });
    expect(await later.sweep(referredToOn(store))).toBe(0);
  });

  it('C-13: two persons order it after the legal-hold check of every linked case', async () => {
    const say = desk(store, vault);
    const request = await say('requestErasure', ids.one, { basis: 'WRONG_PERSON', reasons: 'x' }, supervisor);
    expect(request.kind).toBe('accepted');
    const { erasureId } = (await factsOf(ids.one)).findLast(({ type }) => type === 'ErasureRequested')!.data as {
      erasureId: string;
    };
    const approve = () => say('approveErasure', ids.one, { erasureId }, representative);
    expect(await approve()).toMatchObject({
      refusal: { code: 'E-LEGAL-HOLD', because: { outcome: 'NOT_REVIEWED', cases: 2 } },
    });
    await say('reviewLegalHold', ids.one, { outcome: 'NO_HOLD' }, prosecutor);
    expect(await approve()).toMatchObject({ refusal: { code: 'E-LEGAL-HOLD' } });
    await say('reviewLegalHold', ids.two, { outcome: 'NO_HOLD' }, prosecutor);
    expect(await approve()).toMatchObject({ kind: 'accepted' });
  });

  it('C-13: keys and vault rows of every linked case go, others stay, and it is written down once', async () => {
    const stop = new AbortController();
    const troubles: unknown[] = [];
    const following = followErasures({ pool, store, onTrouble: (e) => troubles.push(e) }, handler(), stop.signal);
    await until(ids.one, 'IdentityErased');
    await until(ids.two, 'IdentityErased');
    stop.abort();
    await following;
    expect(troubles).toEqual([]);
    for (const caseId of [ids.one, ids.two]) {
      const [report] = await factsOf(caseId);
      expect(await sealer(postgresKeyRing(pool, master)).open(report!, words, ['D4r'])).toEqual({
        fields: {},
        erased: true,
      });
      expect(await sealer(keys).open(report!, words, ['D4r'])).toEqual({ fields: {}, erased: true });
      expect(await vault.identityOf(caseId)).toEqual({ state: 'erased' });
      expect(purged).toContain(caseId);
      const types = (await factsOf(caseId)).map(({ type }) => type);
      expect(types.filter((type) => type === 'KeysDestroyed')).toHaveLength(1);
      expect(types.filter((type) => type === 'ErasureOrdered')).toHaveLength(1);
    }
    const [report] = await factsOf(ids.other);
    expect((await sealer(keys).open(report!, words, ['D4r'])).fields).toEqual({ summary: 'palabras inventadas' });
    expect((await list.all()).map(({ caseId }) => caseId).sort()).toEqual([ids.one, ids.two].sort());
  });

  it('C-13: following the whole history again changes nothing', async () => {
    const before = (await factsOf(ids.one)).length;
    await pool.query('delete from vault.checkpoint');
    const all = [...(await factsOf(ids.one)), ...(await factsOf(ids.two))];
    await handler().each(all);
    expect((await factsOf(ids.one)).length).toBe(before);
  });

  it('C-13: a restored backup is erased again at the next start', async () => {
    const restored = await openTestDatabase();
    const older = new Pool({ connectionString: restored.url });
    await makeVaultTables(older);
    const ring = postgresKeyRing(older, master);
    const again = identityVault({ pool: older, keyRing: ring, clock: () => AT, noteSearched: async () => {} });
    await again.register('child-x', ids.one, 'HEALTH', { givenNames: 'Zafirina', firstSurname: 'Inexistente' });
    const parts = { vault: again, list, service: 'coordination', clock: () => AT, purge: [], send: async () => {} };
    expect(await erasureHandler(parts).repeatAll()).toBe(2);
    expect(await again.identityOf(ids.one)).toEqual({ state: 'erased' });
    expect(await again.register('child-y', ids.one, 'HEALTH', {})).toMatchObject({ erased: true });
    await older.end();
    await restored.close();
  });

  it('D5: every fact the vault writes is declared', () => {
    for (const type of ['ErasureOrdered', 'KeysDestroyed', 'IdentityErased']) expect(allFacts[type]).toBeDefined();
  });
});

describe('The list of erasures in a file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'resguardo-erasures-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  const erased = (caseId: string) => ({ caseId, erasureId: 'er', at: AT });

  it('C-13: outlives the process, holds each case once, for its owner alone', async () => {
    const path = join(dir, 'erasures');
    expect(await fileErasureList(path).all()).toEqual([]);
    const list = fileErasureList(path);
    await Promise.all(['a', 'b', 'a', 'c'].map((caseId) => list.add(erased(caseId))));
    expect((await fileErasureList(path).all()).map(({ caseId }) => caseId)).toEqual(['a', 'b', 'c']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('C-13: a line torn by a crash loses nothing before or after it', async () => {
    const path = join(dir, 'torn');
    await fileErasureList(path).add(erased('a'));
    appendFileSync(path, '{"caseId":"b","era');
    await fileErasureList(path).add(erased('c'));
    expect((await fileErasureList(path).all()).map(({ caseId }) => caseId)).toEqual(['a', 'c']);
    expect(readFileSync(path, 'utf8')).toContain('"b"');
  });
});
