import { createSecretKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { caseSigns } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import { checkpointSigner, keeper } from '@resguardo/eventing';
import { platformCaseId, reportKeyOf, sqlPlatformFiles } from '@resguardo/interchange';
import { postgresCheckpointStore } from '@resguardo/store-postgres';
import { fileErasureList, makeVaultTables, postgresKeyRing, sealer } from '@resguardo/vault';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { openOutbox } from '../outbox.js';
import { openStore } from '../store.js';
import { type Backed, takeBackup } from './backup.js';
import { restoreBackup, tryBackup } from './restore.js';
import { upkeepLog } from '../upkeep.js';

const AT = '2026-11-23T12:00:00.000Z';
const clock = () => AT;
const key = () => generateKeyPairSync('ed25519');
const secret = () => createSecretKey(randomBytes(32));
const [table, health, signer] = [key(), key(), key()];
const words = factSpec('ReportReceived')!;
const by = { agency: 'HEALTH', role: 'OFFICER', actor: 'officer-1' };

/** A history of two cases, sealed by coordination and by the health service, each in a database of its own. */
describe('what is backed up', () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-backup-'));
  const databases: TestDatabase[] = [];
  const pools: Pool[] = [];
  let coordination: Backed;
  let agency: Backed;
  const [one, two] = [randomUUID(), randomUUID()];

  const fresh = async (): Promise<string> => {
    const database = await openTestDatabase();
    databases.push(database);
    return database.url;
  };
  const poolOn = ({ databaseUrl }: Backed): Pool => {
    const pool = new Pool({ connectionString: databaseUrl, max: 3 });
    pool.on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const at = (name: string) => join(folder, name);
  /** The same service on another, empty database. */
  const anew = async (of: Backed, change: Partial<Backed> = {}): Promise<Backed> => ({
    ...of,
    databaseUrl: await fresh(),
    ...change,
  });
  const onHistory = async <T>(work: (parts: Awaited<ReturnType<typeof partsOf>>) => Promise<T>): Promise<T> => {
    const parts = await partsOf();
    return work(parts).finally(() => parts.kept.close());
  };
  const partsOf = async () => {
    const pool = poolOn(coordination);
    const kept = await openStore(
      { eventStoreDbUrl: undefined, eventStoreDbPrefix: '' },
      { url: coordination.databaseUrl, pool },
      { warn: () => {} },
    );
    const checkpoints = postgresCheckpointStore(pool);
    await checkpoints.migrate();
    await makeVaultTables(pool);
    return {
      pool,
      kept,
      store: keeper(kept, { clock }),
      sign: checkpointSigner(kept, { privateKey: signer.privateKey, checkpoints }),
    };
  };
  /** A retelling, sealed by one service and appended. */
  const told = (caseId: string, service: 'coordination' | 'health', summary: string) =>
    onHistory(async ({ store }) => {
      const of = service === 'health' ? agency : coordination;
      const seals = sealer(postgresKeyRing(poolOn(of), of.masterKey!));
      const id = randomUUID();
      const { data, sealed } = await seals.seal({ caseId, service, type: 'ReportReceived', eventId: id }, words, {
        summary,
      });
      const meta = { ...by, caseId, commandId: id, command: 'x', digest: 'd', occurredAt: AT };
      await store.append(
        `case-${caseId}`,
        [{ id, type: 'ReportReceived', schemaVersion: 1, data, sealed, meta }],
        'any',
      );
    });
  const ordered = (caseId: string) =>
    onHistory(async ({ store }) => {
      const id = randomUUID();
      const meta = { ...by, caseId, commandId: id, command: 'x', digest: 'd', occurredAt: AT };
      const data = { erasureId: id, basis: 'WRONG_PERSON', requestedBy: 'a', approvedBy: 'b', cases: [caseId] };
      await store.append(`case-${caseId}`, [{ id, type: 'ErasureOrdered', schemaVersion: 1, data, meta }], 'any');
    });
  const keysLeft = async (of: Backed): Promise<readonly string[]> => {
    const { rows } = await poolOn(of).query<{ name: string }>(
      `select name from vault.wrapped_key where wrapped is not null and name not like 'system:%' order by name`,
    );
    return rows.map(({ name }) => name);
  };
  const platformFiles = (of: Backed) => {
    const pool = poolOn(of);
    return sqlPlatformFiles({ query: (text, values) => pool.query(text, values), key: Buffer.alloc(32, 4) });
  };
  const said = (work: Promise<unknown>) => work.then(() => 'restored').catch((error: Error) => error.message);

  beforeAll(async () => {
    const of = async (service: 'coordination' | 'health', own: typeof table): Promise<Backed> => ({
      ...{ service, databaseUrl: await fresh(), masterKey: secret(), privateKey: own.privateKey },
      ...{ publicKeys: [own.publicKey], tableKeys: [table.publicKey] },
      historyKey: service === 'coordination' ? signer.publicKey : undefined,
      erasures: at(`${service}.jsonl`),
      store: service === 'coordination' ? { eventStoreDbUrl: undefined, eventStoreDbPrefix: '' } : undefined,
    });
    coordination = await of('coordination', table);
    agency = await of('health', health);
    const theirs = poolOn(agency);
    await makeVaultTables(theirs);
    for (const backed of [coordination, agency]) {
      await makeVaultTables(poolOn(backed));
      await postgresKeyRing(poolOn(backed), backed.masterKey!).assertMasterKey();
    }
    await platformFiles(coordination).migrate();
    const outbox = await openOutbox(theirs, postgresKeyRing(theirs, agency.masterKey!));
    const statement = { ...by, states: ['17'], verifiedAt: AT, tokenId: 't' };
    for (const caseId of [one, two])
      await outbox.keep(
        {
          ...{ kind: 'command', name: 'recordRetelling', by: statement, about: caseSigns({ caseId })! },
          said: { commandId: randomUUID(), caseId, input: {} },
        },
        AT,
      );
    for (const caseId of [one, two]) {
      await told(caseId, 'coordination', 'uno\u0000, dos\u2028 y "tres"');
      await told(caseId, 'health', 'cuatro');
    }
    await onHistory(({ sign }) => sign.sign());
    await takeBackup(agency, at('health-older'), clock);
    // A key that the copy above does not have.
    await told(randomUUID(), 'health', 'cinco');
    await takeBackup(coordination, at('coordination'), clock);
    await takeBackup(agency, at('health'), clock);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all(databases.map((database) => database.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('is there again, letter by letter, in tables that are made alike', async () => {
    const pool = poolOn(coordination);
    await pool.query(`
      create schema odd; create table odd.parent (id bigint generated by default as identity primary key, kinds text[] not null default '{}');
      create table odd.child (seq bigint generated always as identity, parent bigint not null references odd.parent on delete cascade,
        said json, at timestamptz, box bytea, ok boolean, words text, check (words <> 'no')) with (fillfactor = 50);
      create index child_at on odd.child (at desc) where ok;
      insert into odd.parent (kinds) values ('{"a b","c\\"d",NULL}'), ('{}');
      insert into odd.child (parent, said, at, box, ok, words) values
        (1, '{"b":  "\\u0000", "a": 1}', '2026-03-02 10:00:00.123456+00', '\\x00ff', true, E'line\\nnext'),
        (2, null, null, '', false, E'\\u2028\\u2029\\\\\\t"')`);
    try {
      await takeBackup(coordination, at('odd'), clock);
      const back = await anew(coordination);
      await restoreBackup(back, at('odd'), {});
      const of = async (backed: Backed) => {
        const on = poolOn(backed);
        const columns = await on.query(
          `select table_name, column_name, data_type, is_nullable, column_default, is_identity, identity_generation
           from information_schema.columns where table_schema in ('odd', 'vault', 'store', 'oversight') order by 1, ordinal_position`,
        );
        const made = await on.query(
          `select indexdef as definition from pg_indexes where schemaname in ('odd', 'vault', 'store', 'oversight')
           union all select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint where connamespace::regnamespace::text in ('odd', 'vault', 'store', 'oversight')
           union all select relname || reloptions::text from pg_class where reloptions is not null and relkind = 'r' order by 1`,
        );
        const rows = await on.query(
          `select row(p)::text as parent, row(c)::text as child, said::text from odd.parent p join odd.child c on c.parent = p.id order by p.id`,
        );
        const events = await on.query('select row(e)::text from store.events e order by position');
        const next = await on.query(`insert into odd.child (parent) values (1) returning seq`);
        return [columns, made, rows, events, next].map((found) => found.rows);
      };
      const [before, after] = [await of(coordination), await of(back)];
      expect(after).toEqual(before);
      expect(after[3]).toHaveLength(5);
      // The next row's number goes on.
      expect(after[4]).toEqual([{ seq: '3' }]);
    } finally {
      await pool.query('drop schema odd cascade');
    }
  }, 30_000);

  it('the history first: it is verified, and an agency’s copy that has every key it needs follows it', async () => {
    const [back, theirs] = [await anew(coordination), await anew(agency)];
    expect(await said(restoreBackup(theirs, at('health'), {}))).toMatch(/history is restored first/);
    const restored = await restoreBackup(back, at('coordination'), { demandsInto: at('demands') });
    expect(restored.history).toEqual({ events: 5, unsigned: 1 });
    await restoreBackup(theirs, at('health'), { demands: at('demands/health.json') });
    expect(await keysLeft(theirs)).toEqual(await keysLeft(agency));
    expect(
      await said(restoreBackup(await anew(agency), at('health'), { demands: at('demands/prosecution.json') })),
    ).toMatch(/for prosecution/);
  }, 30_000);

  it('keys older than the history are refused, and nothing of them is restored', async () => {
    const theirs = await anew(agency);
    await restoreBackup(await anew(coordination), at('coordination'), { demandsInto: at('demands-2') });
    expect(await said(restoreBackup(theirs, at('health-older'), { demands: at('demands-2/health.json') }))).toMatch(
      /older than the history: 1 of the keys/,
    );
    const { rows } = await poolOn(theirs).query(`select to_regclass('vault.wrapped_key') as there`);
    expect(rows).toEqual([{ there: null }]);
  }, 30_000);

  it('C-13: neither what the restored timeline says was erased comes back, nor what was erased after both copies, also where an agency lost its list', async () => {
    await ordered(one);
    await takeBackup(coordination, at('coordination-erased'), clock);
    const [back, theirs] = [
      await anew(coordination, { erasures: at('coordination-2.jsonl') }),
      await anew(agency, { erasures: at('lost/health.jsonl') }),
    ];
    // Ordered after the copies: only the list knows.
    await fileErasureList(back.erasures!).add({ caseId: two, erasureId: 'after', at: AT });
    await restoreBackup(back, at('coordination-erased'), { demandsInto: at('demands-3') });
    await restoreBackup(theirs, at('health'), { demands: at('demands-3/health.json') });
    for (const backed of [back, theirs]) {
      const ring = postgresKeyRing(poolOn(backed), backed.masterKey!);
      expect(await Promise.all([one, two].map((caseId) => ring.isErased(caseId)))).toEqual([true, true]);
      expect((await keysLeft(backed)).filter((name) => name.includes(one) || name.includes(two))).toEqual([]);
      // For the next start, and the next restore.
      expect((await fileErasureList(backed.erasures!).all()).map(({ caseId }) => caseId)).toEqual(
        expect.arrayContaining([one, two]),
      );
    }
    expect((await poolOn(theirs).query('select from outbox.entry')).rowCount).toBe(0);
    // An older list would let what was erased since come back: it is known by what this copy knows and it does not.
    await takeBackup(back, at('coordination-later'), clock);
    await fileErasureList(at('older.jsonl')).add({ caseId: two, erasureId: 'after', at: AT });
    const older = await anew(back, { erasures: at('older.jsonl') });
    expect(await said(restoreBackup(older, at('coordination-later'), {}))).toMatch(
      /older than this backup: it lacks 1 /,
    );
    const { rows: nothing } = await poolOn(older).query(`select to_regclass('store.events') as there`);
    expect(nothing).toEqual([{ there: null }]);
    // Known before anything is back: whoever starts on a restore that was cut off erases them then.
    const cut = await anew(agency, { erasures: at('cut.jsonl') });
    expect(await said(restoreBackup(cut, at('health-older'), { demands: at('demands-3/health.json') }))).toMatch(
      /older/,
    );
    expect(await fileErasureList(cut.erasures!).all()).toHaveLength(2);
  }, 30_000);

  it('C-13: a platform’s file that waited when it was copied does not come back, when a case of its report was erased since', async () => {
    const [numbered, numberedLater, living] = ['one', 'two', 'three'].map((name) => `pseudonym of ${name}`) as [
      string,
      string,
      string,
    ];
    const files = platformFiles(coordination);
    const file = { document: 'fileDetails', agency: 'PROSECUTION', actor: 'officer-1', since: AT, content: '<x/>' };
    for (const reference of [numbered, numberedLater, living])
      await files.wait({ ...file, id: `file of ${reference}`, reference, reportId: '1' });
    // Known by what it says before its number was told: its key does not follow from its number.
    const reportKey = reportKeyOf('digest of its document');
    await files.keepReport({ reportKey, document: 'd', reference: numberedLater, cases: 2 });
    await takeBackup(coordination, at('coordination-waiting'), clock);
    const back = await anew(coordination, { erasures: at('coordination-waiting.jsonl') });
    const list = fileErasureList(back.erasures!);
    for (const caseId of [one, platformCaseId(reportKeyOf(numbered), 1), platformCaseId(reportKey, 2)])
      await list.add({ caseId, erasureId: 'after', at: AT });
    await restoreBackup(back, at('coordination-waiting'), {});
    expect((await platformFiles(back).waiting('PROSECUTION')).map(({ id }) => id)).toEqual([`file of ${living}`]);
  }, 30_000);

  it('a backup that does not fit is refused, and nothing of it is restored', async () => {
    const back = await anew(coordination);
    const refused = (change: Partial<Backed>, name = 'coordination', options = {}) =>
      said(restoreBackup({ ...back, ...change }, at(name), options));
    expect(await refused({ masterKey: secret() })).toMatch(/another master key/);
    expect(await refused({ publicKeys: [health.publicKey] })).toMatch(/not known here/);
    expect(await refused({ service: 'single' })).toMatch(/backup of coordination, not of single/);
    expect(await refused({ erasures: at('lost.jsonl') })).toMatch(/list of what was erased is not there/);
    expect(await refused({}, 'no-such')).toMatch(/is not there/);
    const altered = (file: string, change: (bytes: Buffer) => Buffer | string) => {
      const bytes = readFileSync(at(file));
      writeFileSync(at(file), change(bytes));
      return () => writeFileSync(at(file), bytes);
    };
    const put = altered('coordination/vault.wrapped_key.jsonl.gz', (bytes) =>
      gzipSync(gunzipSync(bytes).toString().replace('/health', '/Health').replace('/coordination', '/coordinatiom')),
    );
    expect(await refused({})).toMatch(/vault.wrapped_key.jsonl.gz: is not what was backed up/);
    put();
    const putToo = altered('coordination/manifest.json', (bytes) => bytes.toString().replace('"rows": 5', '"rows": 4'));
    expect(await refused({})).toMatch(/was altered/);
    putToo();
    expect((await poolOn(back).query(`select from pg_namespace where nspname = 'vault'`)).rowCount).toBe(0);
    expect(await refused({}, 'coordination', { withoutList: true })).toBe('restored');
    expect(await refused({})).toMatch(/tables in this database already/);
    expect(await said(takeBackup(coordination, at('coordination'), clock))).toMatch(/is not empty/);
  }, 30_000);

  it('C-13: a backup begins the list of what was erased; where it was lost since, there is no backup without it', async () => {
    const of = { ...agency, erasures: at('first.jsonl') };
    await takeBackup(of, at('first'), clock);
    expect(readFileSync(of.erasures, 'utf8')).toBe('');
    const theirs = poolOn(agency);
    const erased = randomUUID();
    await postgresKeyRing(theirs, agency.masterKey!).destroy([erased]);
    rmSync(of.erasures);
    expect(await said(takeBackup(of, at('second'), clock))).toMatch(/list of what was erased is lost/);
    expect(existsSync(at('second/manifest.json'))).toBe(false);
    await theirs.query('delete from vault.subject where subject = $1', [erased]);
  }, 30_000);

  it('a backup and a trial are written down where the service keeps them, whatever came of the trial', async () => {
    const own = { ...agency, erasures: at('own.jsonl') };
    const noted = async () => (await upkeepLog(poolOn(agency)).last()).copies;
    expect(await noted()).toEqual({ backup: AT });
    const elsewhere = async () => ({ databaseUrl: await fresh(), erasures: at('elsewhere.jsonl') });
    const tried = async (name: string, when: string) =>
      said(tryBackup(own, at(name), { demands: at('demands-3/health.json') }, await elsewhere(), () => when));
    expect(await tried('health-older', '2026-11-24T00:00:00.000Z')).toMatch(/older than the history/);
    expect(await noted()).toEqual({ backup: AT, drill: { at: '2026-11-24T00:00:00.000Z', whole: false } });
    expect(await tried('health', '2026-11-25T00:00:00.000Z')).toBe('restored');
    expect(await noted()).toEqual({ backup: AT, drill: { at: '2026-11-25T00:00:00.000Z', whole: true } });
    // The trial is of another place.
    expect([at('elsewhere.jsonl'), own.erasures].map((file) => existsSync(file))).toEqual([true, false]);
  }, 30_000);

  it('keys that were damaged before they were backed up are not restored', async () => {
    const pool = poolOn(agency);
    const flip = `update vault.wrapped_key set wrapped = set_byte(wrapped, 20, get_byte(wrapped, 20) # 1) where name like $1`;
    await pool.query(flip, [`${two}/%`]);
    await takeBackup(agency, at('damaged'), clock);
    await pool.query(flip, [`${two}/%`]);
    expect(
      await said(restoreBackup(await anew(agency), at('damaged'), { demands: at('demands/health.json') })),
    ).toMatch(/1 keys of this copy do not open/);
  }, 30_000);

  it('D6: a history that was altered before it was backed up is named when it is back', async () => {
    const pool = poolOn(coordination);
    await pool.query(`update store.events set data = '{"altered":true}' where position = 2`);
    try {
      await takeBackup(coordination, at('altered'), clock);
    } finally {
      await pool.query(`update store.events set data = '{}' where position = 2`);
    }
    expect(existsSync(at('altered/manifest.json'))).toBe(true);
    expect(await said(restoreBackup(await anew(coordination), at('altered'), {}))).toMatch(
      /history is broken: altered \(.*position 2/,
    );
  }, 30_000);

  it('R-804: figures that came out are brought back, not counted anew; insights has no keys, and needs no file of the history', async () => {
    const { privateKey, publicKey } = health;
    const figures = async (): Promise<Backed> => ({
      ...{ service: 'insights', databaseUrl: await fresh(), masterKey: undefined, privateKey, erasures: undefined },
      ...{ publicKeys: [publicKey], tableKeys: [table.publicKey], historyKey: undefined, store: undefined },
    });
    const [before, after] = [await figures(), await figures()];
    const released = 'select indicator, quarter, total, cells from insights.release';
    await poolOn(before).query(
      `create schema insights; create table insights.release (indicator text primary key, quarter text, total int, cells jsonb);
       insert into insights.release values ('I-01', '2026-T1', 40, '[20, null]');
       create schema read_models; create table read_models.counted_case_v1_1 (key text); insert into read_models.counted_case_v1_1 values ('p1')`,
    );
    await takeBackup(before, at('insights-backup'), () => AT);
    const { rows } = await restoreBackup(after, at('insights-backup'), {});
    expect(rows).toBe(1);
    expect((await poolOn(after).query(released)).rows).toEqual((await poolOn(before).query(released)).rows);
    expect((await poolOn(after).query(`select to_regclass('read_models.counted_case_v1_1') as view`)).rows).toEqual([
      { view: null },
    ]);
  });
});
