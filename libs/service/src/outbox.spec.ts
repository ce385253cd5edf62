import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { StoreUnavailable } from '@resguardo/eventing';
import { makeVaultTables, postgresKeyRing } from '@resguardo/vault';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { type Kept, openOutbox, type Waiting } from './outbox.js';

const by = {
  actor: 'officer-1',
  agency: 'HEALTH',
  role: 'OFFICER',
  states: ['17'],
  verifiedAt: '2026-03-02T10:00:00.000Z',
  tokenId: 't',
};
const NOW = '2026-03-02T10:00:01.000Z';

describe('D12: what waits in an agency’s outbox', () => {
  let database: TestDatabase;
  let pool: Pool;
  const master = createSecretKey(randomBytes(32));
  const opened = () => openOutbox(pool, postgresKeyRing(pool, master));
  const saying = (words: string, about: string, commandId = randomUUID()): Waiting => ({
    kind: 'command',
    name: 'recordRetelling',
    said: { commandId, caseId: about, input: { words } },
    by,
    about,
  });
  const all = async () => {
    const delivered: Kept[] = [];
    await (
      await opened()
    ).deliver(async (kept) => {
      delivered.push(kept);
      return {};
    });
    return delivered;
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url });
    pool.on('error', () => {});
    await makeVaultTables(pool);
  });
  afterEach(() => pool.query('delete from outbox.entry'));
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('is delivered whole, in the order in which it was said, also after a restart', async () => {
    const first = await opened();
    const said = ['uno', 'dos', 'tres'].map((words) => saying(words, 'case-1'));
    for (const one of said) expect(await first.keep(one, NOW)).toBe(NOW);
    expect([(await opened()).waitsFor('case-1'), first.waitsFor('case-2')]).toEqual([true, false]);
    expect((await all()).map(({ said: what, by: who, keptAt }) => ({ what, who, keptAt }))).toEqual(
      said.map((one) => ({ what: one.said, who: by, keptAt: NOW })),
    );
    expect(await all()).toEqual([]);
  });

  it('said again while it waits it waits once; a record of a reading has no name to be said again', async () => {
    const outbox = await opened();
    const once = saying('una vez', 'case-1');
    await outbox.keep(once, NOW);
    await outbox.keep(once, NOW);
    const reading: Waiting = { kind: 'reading', name: 'viewed', said: {}, by, about: 'readings' };
    await outbox.keep(reading, NOW);
    await outbox.keep(reading, NOW);
    expect(outbox.waiting()).toBe(3);
    expect((await all()).map(({ kind }) => kind)).toEqual(['command', 'reading', 'reading']);
  });

  it('nobody reads it in the database; delivered, not even its key is left', async () => {
    const outbox = await opened();
    await outbox.keep(saying('Canario inventado', 'case-1'), NOW);
    const { rows } = await pool.query('select * from outbox.entry');
    expect(JSON.stringify(rows.map((row) => ({ ...row, box: row.box.toString('latin1') })))).not.toContain('Canario');
    await outbox.deliver(async () => ({}));
    const keys = await pool.query(`select wrapped from vault.wrapped_key where name = $1`, [`outbox:${rows[0].id}`]);
    expect(keys.rows).toEqual([{ wrapped: null }]);
    expect((await pool.query('select 1 from outbox.entry')).rowCount).toBe(0);
  });

  it('while it cannot be delivered all of it waits on', async () => {
    const outbox = await opened();
    await outbox.keep(saying('uno', 'case-1'), NOW);
    await outbox.keep(saying('dos', 'case-2'), NOW);
    const tried: string[] = [];
    const away = outbox.deliver(async ({ about }) => {
      tried.push(about);
      throw new StoreUnavailable('away');
    });
    await expect(away).rejects.toThrow(StoreUnavailable);
    expect([tried, outbox.waiting()]).toEqual([['case-1'], 2]);
  });

  it('what will never be taken comes back to whoever said it, and holds up nothing', async () => {
    const outbox = await opened();
    const wrong = saying('otro folio', 'FOLIO');
    await outbox.keep(wrong, NOW);
    await outbox.keep(saying('dos', 'case-2'), NOW);
    await outbox.deliver(async ({ about }) => (about === 'FOLIO' ? { returned: 'NO_SUCH_CASE' } : {}));
    const { commandId } = wrong.said as { commandId: string };
    expect(await outbox.of('officer-1')).toEqual([
      { commandId, command: 'recordRetelling', keptAt: NOW, state: 'RETURNED', code: 'NO_SUCH_CASE' },
    ]);
    expect([await outbox.of('officer-2'), outbox.waiting()]).toEqual([[], 0]);
  });

  it('said once more after it was delivered, it is not kept a second time', async () => {
    const outbox = await opened();
    const once = saying('una vez', 'case-1');
    await outbox.keep(once, NOW);
    await outbox.deliver(async () => ({}));
    await expect(outbox.keep(once, NOW)).rejects.toThrow(StoreUnavailable);
  });
});
