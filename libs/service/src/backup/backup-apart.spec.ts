import { createSecretKey, generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factSpec } from '@resguardo/contracts/timeline';
import { checkpointSigner, keeper } from '@resguardo/eventing';
import { sqlPlatformFiles } from '@resguardo/interchange';
import { postgresCheckpointStore } from '@resguardo/store-postgres';
import { makeVaultTables, postgresKeyRing, sealer } from '@resguardo/vault';
import { Client, Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../../test/support/database.js';
import { until } from '../../../../test/support/until.js';
import { serversUnderTest, type TestServer } from '../../../eventing/store-eventstoredb/src/testing/test-servers.js';
import { openStore } from '../store.js';
import { type Backed, takeBackup } from './backup.js';
import { restoreBackup, tryBackup } from './restore.js';

const AT = '2026-11-23T12:00:00.000Z';
const clock = () => AT;
const key = () => generateKeyPairSync('ed25519');
const words = factSpec('ReportReceived')!;
const server = serversUnderTest[0]!;

describe(`what is backed up while the events lie on ${server.label}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-backup-'));
  const at = (name: string) => join(folder, name);
  const [table, signer] = [key(), key()];
  const databases: TestDatabase[] = [];
  const pools: Pool[] = [];
  const [one, two] = [randomUUID(), randomUUID()];
  let events: TestServer;
  let coordination: Backed;

  const fresh = async (): Promise<string> => {
    const database = await openTestDatabase();
    databases.push(database);
    return database.url;
  };
  const poolOn = ({ databaseUrl }: Backed): Pool => {
    const pool = new Pool({ connectionString: databaseUrl, max: 3 }).on('error', () => {});
    pools.push(pool);
    return pool;
  };
  const anew = async (change: Partial<Backed> = {}): Promise<Backed> => ({
    ...coordination,
    databaseUrl: await fresh(),
    ...change,
  });
  const on = (prefix: string) => ({ eventStoreDbUrl: events.url, eventStoreDbPrefix: prefix });
  const onHistory = async (of: Backed, work: (kept: Awaited<ReturnType<typeof openStore>>) => Promise<void>) => {
    const kept = await openStore(of.store!, { url: of.databaseUrl, pool: poolOn(of) }, { warn: () => {} });
    await work(kept).finally(() => kept.close());
  };
  const told = (caseId: string) =>
    onHistory(coordination, async (kept) => {
      const seals = sealer(postgresKeyRing(poolOn(coordination), coordination.masterKey!));
      const id = randomUUID();
      const about = { caseId, service: 'coordination', type: 'ReportReceived', eventId: id } as const;
      const { data, sealed } = await seals.seal(about, words, { summary: 'uno' });
      const by = { agency: 'HEALTH', role: 'OFFICER', actor: 'officer-1' };
      const meta = { ...by, caseId, commandId: id, command: 'x', digest: 'd', occurredAt: AT };
      const event = { id, type: 'ReportReceived', schemaVersion: 1, data, sealed, meta };
      await keeper(kept, { clock }).append(`case-${caseId}`, [event], 'any');
    });
  const signed = () =>
    onHistory(coordination, async (kept) => {
      const checkpoints = postgresCheckpointStore(poolOn(coordination));
      await checkpoints.migrate();
      await checkpointSigner(kept, { privateKey: signer.privateKey, checkpoints }).sign();
    });
  const said = (work: Promise<unknown>) => work.then(() => 'done').catch((error: Error) => error.message);
  const isUntouched = async (of: Backed) =>
    (await poolOn(of).query(`select from pg_namespace where nspname in ('vault', 'oversight')`)).rowCount === 0;

  beforeAll(async () => {
    events = await server.open();
    coordination = {
      ...{ service: 'coordination', databaseUrl: await fresh(), masterKey: createSecretKey(randomBytes(32)) },
      ...{ privateKey: table.privateKey, publicKeys: [table.publicKey], tableKeys: [table.publicKey] },
      ...{ historyKey: signer.publicKey, erasures: at('erasures.jsonl'), store: on(`t${randomUUID().slice(0, 8)}-`) },
    };
    const pool = poolOn(coordination);
    await makeVaultTables(pool);
    const ring = postgresKeyRing(pool, coordination.masterKey!);
    await ring.assertMasterKey();
    await sqlPlatformFiles({ query: (text, values) => pool.query(text, values), key: Buffer.alloc(32, 4) }).migrate();
    await told(one);
    await told(two);
    await signed();
    await told(two);
    await takeBackup(coordination, at('backup'), clock);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(pools.map((pool) => pool.end()));
    await Promise.all(databases.map((database) => database.close()));
    await events.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('beside the event store that it was copied with it is there again, verified, and the product goes on with both', async () => {
    const back = await anew();
    const { manifest, history } = await restoreBackup(back, at('backup'), { demandsInto: at('demands') });
    expect(history).toEqual({ events: 3, unsigned: 1 });
    expect(manifest.head).toEqual({
      position: expect.stringMatching(/^\d+:\d+$/),
      checkpoint: { number: 1, to: expect.any(String), signature: expect.any(String) },
      owner: expect.any(String),
    });
    await onHistory(back, async (kept) => expect((await kept.read(`case-${two}`)).revision).toBe(1));
  }, 30_000);

  it.each(['resguardo-coordination', 'resguardo relay'])(
    'nothing is copied while a process could append: one connected as %s',
    async (application_name) => {
      const process = new Client({ connectionString: coordination.databaseUrl, application_name });
      await process.connect();
      try {
        expect(await said(takeBackup(coordination, at(`while ${application_name}`), clock))).toMatch(
          /stop every process of coordination until it and this database are copied/,
        );
      } finally {
        await process.end();
      }
    },
  );

  it('an event store that is not the one of the backup is refused, and nothing is restored', async () => {
    const back = await anew();
    const refused = (store: Backed['store']) => said(restoreBackup({ ...back, store }, at('backup'), {}));
    expect(await refused({ eventStoreDbUrl: undefined, eventStoreDbPrefix: '' })).toMatch(/say where/);
    expect(await refused(on(`t${randomUUID().slice(0, 8)}-`))).toMatch(/is empty: bring its copy back first/);
    const another = await anew({ store: on(`t${randomUUID().slice(0, 8)}-`) });
    await onHistory(another, async () => {});
    expect(await refused(another.store)).toMatch(/belongs to another database/);
    expect(await said(takeBackup({ ...coordination, store: another.store }, at('elsewhere'), clock))).toMatch(
      /belongs to another database/,
    );
    expect(await isUntouched(back)).toBe(true);
  }, 30_000);

  it('an event store that has gone on is refused where the product is to go on, and read as it was in a trial', async () => {
    await told(one);
    const [back, elsewhere] = [await anew(), { databaseUrl: await fresh(), erasures: at('trial.jsonl') }];
    expect(await said(restoreBackup(back, at('backup'), {}))).toMatch(
      /ends at position \d+:\d+ and this backup at \d+:\d+: bring the copy of it that was made together/,
    );
    expect(await isUntouched(back)).toBe(true);
    const tried = await tryBackup(coordination, at('backup'), {}, elsewhere, clock);
    expect(tried.history).toEqual({ events: 3, unsigned: 1 });
    // Signed since, over what the backup does not have.
    await signed();
    await takeBackup(coordination, at('later'), clock);
    expect((await restoreBackup(await anew(), at('later'), {})).history).toEqual({ events: 4, unsigned: 0 });
  }, 30_000);

  it('C-13: a list that lacks a case erased by then is known by the streams of the event store', async () => {
    await postgresKeyRing(poolOn(coordination), coordination.masterKey!).destroy([one, 'no case']);
    await takeBackup(coordination, at('erased'), clock);
    writeFileSync(at('older.jsonl'), '');
    const back = await anew({ erasures: at('older.jsonl') });
    expect(await said(restoreBackup(back, at('erased'), {}))).toMatch(/older than this backup: it lacks 1 cases/);
    expect(await isUntouched(back)).toBe(true);
  }, 30_000);

  const connected = async () => {
    const process = new Client({ connectionString: coordination.databaseUrl, application_name: 'resguardo relay' });
    await process.connect();
    return process;
  };
  it.each([
    ['came and stayed', /stop every process/, () => connected()],
    ['came, appended and went', /somebody appended to the event store while this was copied/, () => told(one)],
  ])(
    'it is no backup where a process %s while it was copied',
    async (how, refusal, meanwhile: () => Promise<Client | void>) => {
      const pool = poolOn(coordination);
      const held = await pool.connect();
      await held.query('begin; lock table oversight.checkpoints');
      const taken = said(takeBackup(coordination, at(how), clock));
      await until('it waits for the table', async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where application_name = 'resguardo backup coordination' and wait_event_type = 'Lock'`,
        );
        return rowCount === 1 || undefined;
      });
      const came = await meanwhile();
      await held.query('commit');
      held.release();
      expect(await taken).toMatch(refusal);
      expect(existsSync(join(at(how), 'manifest.json'))).toBe(false);
      await came?.end();
    },
  );
});
