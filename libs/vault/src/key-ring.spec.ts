import { createSecretKey, randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeyObject } from 'node:crypto';
import { Pool } from 'pg';
import type { TestDatabase } from '../../../test/support/database.js';
import { openTestDatabase } from '../../../test/support/database.js';
import { dataKey, ERASED, personKey } from './key-ring.js';
import { MasterKeyMismatch, masterKeyFile } from './master-key.js';
import { postgresKeyRing } from './postgres-key-ring.js';
import { makeVaultTables } from './schema.js';

const master = createSecretKey(randomBytes(32));
const same = (a: unknown, b: unknown) => (a as KeyObject).equals(b as KeyObject);

describe('The key ring in PostgreSQL', () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 16 });
    pool.on('error', () => {});
    await makeVaultTables(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('D5: everyone who asks at once for a key that is not there gets the same one', async () => {
    const scope = dataKey('case-race', 'D4r', 'coordination');
    const rings = Array.from({ length: 24 }, () => postgresKeyRing(pool, master));
    const keys = await Promise.all(rings.map((ring) => ring.key(scope)));
    expect(keys.every((key) => same(key, keys[0]))).toBe(true);
    const { rows } = await pool.query('select count(*)::int as n from vault.wrapped_key where name = $1', [scope.name]);
    expect(rows[0].n).toBe(1);
  });

  it('D5: keys differ by case, class and service, and none is stored in clear', async () => {
    const ring = postgresKeyRing(pool, master);
    const keys = await Promise.all(
      [
        dataKey('case-1', 'D4r', 'coordination'),
        dataKey('case-2', 'D4r', 'coordination'),
        dataKey('case-1', 'D5', 'coordination'),
        dataKey('case-1', 'D4r', 'health'),
        personKey('case-1'),
      ].map((scope) => ring.key(scope)),
    );
    const clear = keys.map((key) => (key as KeyObject).export().toString('hex'));
    expect(new Set(clear).size).toBe(5);
    const { rows } = await pool.query<{ hex: string }>(`select encode(wrapped, 'hex') as hex from vault.wrapped_key`);
    for (const key of clear) expect(rows.some(({ hex }) => hex.includes(key))).toBe(false);
  });

  it('D5: a key is there again after a restart', async () => {
    const scope = dataKey('case-restart', 'D5', 'coordination');
    const before = await postgresKeyRing(pool, master).key(scope);
    const ring = postgresKeyRing(pool, master);
    expect(ring.cached(scope)).toBeUndefined();
    expect(same(await ring.existing(scope), before)).toBe(true);
    expect(ring.cached(scope)).toBeDefined();
    expect(await ring.existing(dataKey('case-restart', 'D6', 'coordination'))).toBeUndefined();
  });

  it('D5: a wrapped key copied to another name does not open', async () => {
    const ring = postgresKeyRing(pool, master);
    await ring.key(dataKey('case-mine', 'D5', 'health'));
    await ring.key(dataKey('case-yours', 'D5', 'health'));
    await pool.query(
      `update vault.wrapped_key set wrapped = (select wrapped from vault.wrapped_key where name = 'case-mine/D5/health')
       where name = 'case-yours/D5/health'`,
    );
    await expect(postgresKeyRing(pool, master).existing(dataKey('case-yours', 'D5', 'health'))).rejects.toThrow(
      'does not open',
    );
  });

  it('C-13: a destroyed key is never made again, also for classes that had none', async () => {
    const ring = postgresKeyRing(pool, master);
    const old = dataKey('case-erased', 'D4r', 'coordination');
    await ring.key(old);
    expect(await ring.destroy(['case-erased'])).toBe(1);
    expect(await ring.destroy(['case-erased'])).toBe(0);
    for (const asked of [ring, postgresKeyRing(pool, master)]) {
      expect(await asked.key(old)).toBe(ERASED);
      expect(await asked.existing(old)).toBe(ERASED);
      expect(await asked.key(dataKey('case-erased', 'D9', 'health'))).toBe(ERASED);
    }
    expect(await ring.isErased('case-erased')).toBe(true);
    expect(await ring.isErased('case-1')).toBe(false);
    const { rows } = await pool.query(
      `select count(*)::int as n from vault.wrapped_key where subject = 'case-erased' and wrapped is not null`,
    );
    expect(rows[0].n).toBe(0);
  });

  it('C-13: a key that another process destroyed opens nothing here, though it is at hand', async () => {
    const [here, there] = [postgresKeyRing(pool, master), postgresKeyRing(pool, master)];
    const scope = personKey('person-elsewhere');
    await here.key(scope);
    await there.destroy([scope.subject]);
    expect(await here.existing(scope)).toBe(ERASED);
    expect(await here.key(scope)).toBe(ERASED);
  });

  it('C-13: who asks after a destruction is not given what somebody was about to be given before it', async () => {
    const scope = personKey('person-asked-before');
    await postgresKeyRing(pool, master).key(scope);
    const [read, release] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    // The first answer of the database is slow in coming.
    const slow = Object.create(pool) as Pool;
    let first = true;
    slow.query = (async (...asked: [never]) => {
      const answer = await pool.query(...asked);
      if (first) {
        first = false;
        read.resolve();
        await release.promise;
      }
      return answer;
    }) as never;
    const ring = postgresKeyRing(slow, master);
    const before = ring.key(scope);
    await read.promise;
    await ring.destroy([scope.subject]);
    expect(await ring.key(scope)).toBe(ERASED);
    release.resolve();
    await before;
    expect(await ring.key(scope)).toBe(ERASED);
  });

  it('C-13: keys asked for while their case is erased are all gone afterwards', async () => {
    const rings = Array.from({ length: 6 }, () => postgresKeyRing(pool, master));
    for (let round = 0; round < 10; round++) {
      const subject = `case-storm-${round}`;
      await Promise.all([
        ...rings.map((ring, i) => ring.key(dataKey(subject, 'D4r', `service-${i}`))),
        rings[0]!.destroy([subject]),
      ]);
      const { rows } = await pool.query(
        'select count(*)::int as n from vault.wrapped_key where subject = $1 and wrapped is not null',
        [subject],
      );
      expect(rows[0].n).toBe(0);
      expect(rings[0]!.cached(dataKey(subject, 'D4r', 'service-0'))).not.toBeInstanceOf(Object);
    }
  });

  it('D5: the cache is bounded and forgets the key that was unused the longest', async () => {
    const ring = postgresKeyRing(pool, master, { cacheSize: 2 });
    const [a, b, c] = ['a', 'b', 'c'].map((cls) => dataKey('case-cache', cls, 's')) as [never, never, never];
    await ring.key(a);
    await ring.key(b);
    await ring.key(a);
    await ring.key(c);
    expect([ring.cached(a), ring.cached(b), ring.cached(c)].map((key) => key !== undefined)).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('D5: a database written with other keys is refused', async () => {
    await postgresKeyRing(pool, master).assertMasterKey();
    await postgresKeyRing(pool, master).assertMasterKey();
    const other = postgresKeyRing(pool, createSecretKey(randomBytes(32)));
    await expect(other.assertMasterKey()).rejects.toThrow(MasterKeyMismatch);
  });
});

describe('The master key file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'resguardo-key-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  it('D5: is made once, for its owner alone', () => {
    const path = join(dir, 'master.key');
    const made = masterKeyFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(same(masterKeyFile(path), made)).toBe(true);
  });

  it('D5: is refused when others may read it', () => {
    const path = join(dir, 'open.key');
    masterKeyFile(path);
    chmodSync(path, 0o644);
    expect(() => masterKeyFile(path)).toThrow('0600');
  });
});
