import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { caseSigns, folioOf } from '@resguardo/contracts';
import { uuidv5 } from '@resguardo/eventing';
import { makeVaultTables, postgresKeyRing } from '@resguardo/vault';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { aboutOf, type Kept, KeptAlready, openOutbox, type Waiting } from './outbox.js';

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
      return 'arrived';
    });
    return delivered;
  };
  const wordsOf = (kept: readonly Kept[]) => kept.map(({ said }) => (said as { input: { words: string } }).input.words);

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
    expect([await (await opened()).waitsFor('case-1'), await first.waitsFor('case-2')]).toEqual([true, false]);
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
    expect(await outbox.waiting()).toBe(3);
    expect((await all()).map(({ kind }) => kind)).toEqual(['command', 'reading', 'reading']);
  });

  it('nobody reads it in the database; delivered, nothing of it is left', async () => {
    const outbox = await opened();
    await outbox.keep(saying('Canario inventado', 'case-1'), NOW);
    const { rows } = await pool.query('select * from outbox.entry');
    const [row] = rows as [Record<string, unknown>];
    const raw = Object.values(row).map((value) => (Buffer.isBuffer(value) ? value.toString('latin1') : String(value)));
    expect(raw.join(' ')).not.toMatch(/Canario|officer-1.*OFFICER/);
    await outbox.deliver(async () => 'arrived');
    expect((await pool.query('select 1 from outbox.entry')).rowCount).toBe(0);
  });

  it('what cannot be delivered holds up what was said of the same case, and nothing else', async () => {
    const outbox = await opened();
    for (const [words, about] of [
      ['uno', 'case-1'],
      ['dos', 'case-2'],
      ['tres', 'case-1'],
    ] as const)
      await outbox.keep(saying(words, about), NOW);
    const tried: Kept[] = [];
    await outbox.deliver(async (kept) => {
      tried.push(kept);
      return kept.about === 'case-1' ? 'later' : 'arrived';
    });
    expect(wordsOf(tried)).toEqual(['uno', 'dos']);
    expect([await outbox.waitsFor('case-1'), await outbox.waitsFor('case-2'), await outbox.waiting()]).toEqual([
      true,
      false,
      2,
    ]);
    expect(wordsOf(await all())).toEqual(['uno', 'tres']);
  });

  it('when nothing can be delivered it does not try all of it', async () => {
    const outbox = await opened();
    for (let i = 0; i < 10; i++) await outbox.keep(saying('x', `case-${i}`), NOW);
    let tries = 0;
    await outbox.deliver(async () => {
      tries++;
      return 'away';
    });
    expect([tries, await outbox.waiting()]).toEqual([3, 10]);
  });

  it('many that cannot be delivered now hold up neither others nor the records of readings', async () => {
    const outbox = await opened();
    for (let i = 0; i < 5; i++) await outbox.keep(saying('se queda', `case-${i}`), NOW);
    await outbox.keep(saying('llega', 'case-6'), NOW);
    await outbox.keep({ kind: 'reading', name: 'viewed', said: {}, by, about: randomUUID() }, NOW);
    const arrived: Kept[] = [];
    await outbox.deliver(async (kept) => {
      if (kept.kind === 'command' && wordsOf([kept])[0] === 'se queda') return 'later';
      arrived.push(kept);
      return 'arrived';
    });
    expect([arrived.map(({ kind }) => kind), await outbox.waiting()]).toEqual([['command', 'reading'], 5]);
  });

  it('what was said goes before sets of files that were kept earlier, and each of the two in its order', async () => {
    const outbox = await opened();
    const set = (words: string): Waiting => ({ ...saying(words, 'import/officer-1'), kind: 'files' });
    for (const one of [set('a'), saying('uno', 'case-1'), set('b'), saying('dos', 'case-1')])
      await outbox.keep(one, NOW);
    await outbox.keep(
      { kind: 'reading', name: 'viewed', said: { input: { words: 'leído' } }, by, about: randomUUID() },
      NOW,
    );
    const delivered: Kept[] = [];
    await outbox.deliver(async (kept) => {
      delivered.push(kept);
      return 'arrived';
    });
    expect(wordsOf(delivered)).toEqual(['uno', 'dos', 'a', 'b', 'leído']);
  });

  it('what came back and is said anew as a set of files under the same id waits as such', async () => {
    const outbox = await opened();
    const first = saying('uno', 'case-1');
    await outbox.keep(first, NOW);
    await outbox.deliver(async () => ({ returned: 'E-REFUSED' }));
    await outbox.keep({ ...first, kind: 'files', name: 'importPlatformReport' }, NOW);
    expect((await all()).map(({ kind, name }) => [kind, name])).toEqual([['files', 'importPlatformReport']]);
  });

  it('what does not unseal any more comes back without its words, is told of, and holds up nothing', async () => {
    const outbox = await opened();
    const broken = randomUUID();
    await outbox.keep(saying('dañado', 'case-1', broken), NOW);
    await outbox.keep(saying('entero', 'case-2'), NOW);
    await pool.query(`update outbox.entry set box = set_byte(box, 0, get_byte(box, 0) # 1) where about = 'case-1'`);
    const told: string[] = [];
    const arrived: Kept[] = [];
    await outbox.deliver(
      async (kept) => {
        arrived.push(kept);
        return 'arrived';
      },
      { unreadable: ({ name }) => told.push(name) },
    );
    expect([wordsOf(arrived), told]).toEqual([['entero'], ['recordRetelling']]);
    expect(await outbox.of('officer-1')).toMatchObject([{ commandId: broken, state: 'RETURNED', code: 'UNREADABLE' }]);
    expect([await outbox.words('officer-1', broken), await outbox.forget('officer-1', broken)]).toEqual([
      undefined,
      true,
    ]);
  });

  it('what an officer imported waits after what is said, and comes back with its files', async () => {
    const outbox = await opened();
    const commandId = randomUUID();
    const input = {
      files: [{ name: 'minimal.xml', content: '<report>Canario inventado</report>' }],
      reportId: '70010',
    };
    const set: Waiting = {
      ...{ kind: 'files', name: 'importPlatformReport', by, about: 'import/officer-1' },
      said: { commandId, input },
    };
    await outbox.keep(saying('antes', 'case-1'), NOW);
    expect([await outbox.keep(set, NOW), await outbox.keep(set, '2026-03-02T11:00:00.000Z')]).toEqual([NOW, NOW]);
    await outbox.keep(saying('después', 'case-2'), NOW);
    const { rows } = await pool.query('select * from outbox.entry');
    const raw = rows.flatMap(Object.values).map((one) => (Buffer.isBuffer(one) ? one.toString('latin1') : String(one)));
    expect(raw.join(' ')).not.toMatch(/Canario|70010|minimal/);
    const handed: Kept[] = [];
    await outbox.deliver(async (kept) => {
      handed.push(kept);
      return kept.name === 'importPlatformReport' ? { returned: 'E-REFUSED' } : 'arrived';
    });
    expect(handed.map(({ name, keptAt }) => [name, keptAt])).toEqual([
      ['recordRetelling', NOW],
      ['recordRetelling', NOW],
      ['importPlatformReport', NOW],
    ]);
    expect(await outbox.words('officer-1', commandId)).toMatchObject({ command: 'importPlatformReport', input });
  });

  it('what is kept while something earlier is being delivered is known to wait', async () => {
    const outbox = await opened();
    await outbox.keep(saying('uno', 'case-1'), NOW);
    await outbox.deliver(async (kept) => {
      if (wordsOf([kept])[0] === 'uno') await outbox.keep(saying('dos', 'case-1'), NOW);
      return wordsOf([kept])[0] === 'uno' ? 'arrived' : 'later';
    });
    expect([await outbox.waitsFor('case-1'), await outbox.waiting()]).toEqual([true, 1]);
  });

  it('commands go before records of readings', async () => {
    const outbox = await opened();
    await outbox.keep({ kind: 'reading', name: 'viewed', said: {}, by, about: 'readings' }, NOW);
    await outbox.keep(saying('uno', 'case-1'), NOW);
    expect((await all()).map(({ kind }) => kind)).toEqual(['command', 'reading']);
  });

  it('what will never be taken comes back to whoever said it; said again it waits again, as it is said now', async () => {
    const outbox = await opened();
    const commandId = randomUUID();
    await outbox.keep(saying('folio equivocado', 'FOLIO', commandId), NOW);
    await outbox.keep(saying('dos', 'case-2'), NOW);
    await outbox.deliver(async ({ about }) => (about === 'FOLIO' ? { returned: 'NO_SUCH_CASE' } : 'arrived'));
    expect(await outbox.of('officer-1')).toEqual([
      { commandId, command: 'recordRetelling', keptAt: NOW, state: 'RETURNED', code: 'NO_SUCH_CASE' },
    ]);
    expect([await outbox.of('officer-2'), await outbox.waiting()]).toEqual([[], 0]);
    await outbox.keep(saying('folio corregido', 'case-1', commandId), NOW);
    expect(wordsOf(await all())).toEqual(['folio corregido']);
  });

  it('what came back gives its words back to whoever said them, and goes when they let it go; what waits does neither', async () => {
    const outbox = await opened();
    const [back, waits] = [randomUUID(), randomUUID()];
    await outbox.keep(saying('folio equivocado', 'FOLIO', back), NOW);
    await outbox.keep(saying('espera', 'case-2', waits), NOW);
    await outbox.deliver(async ({ about }) => (about === 'FOLIO' ? { returned: 'NO_SUCH_CASE' } : 'later'));
    const taken = (actor: string) => Promise.all([back, waits].map((one) => outbox.words(actor, one)));
    expect(await taken('officer-1')).toMatchObject([
      { commandId: back, command: 'recordRetelling', caseId: 'FOLIO', input: { words: 'folio equivocado' } },
      undefined,
    ]);
    expect(await taken('officer-2')).toEqual([undefined, undefined]);
    const forgotten = (actor: string) => Promise.all([back, waits].map((one) => outbox.forget(actor, one)));
    expect(await forgotten('officer-2')).toEqual([false, false]);
    expect(await forgotten('officer-1')).toEqual([true, false]);
    expect(await taken('officer-1')).toEqual([undefined, undefined]);
    expect(wordsOf(await all())).toEqual(['espera']);
  });

  it('its id with other words is not kept, and the first words stay', async () => {
    const outbox = await opened();
    const commandId = randomUUID();
    await outbox.keep(saying('primero', 'case-1', commandId), NOW);
    await expect(outbox.keep(saying('otra cosa', 'case-1', commandId), NOW)).rejects.toThrow(KeptAlready);
    expect(wordsOf(await all())).toEqual(['primero']);
  });

  it('said again while it is being delivered it is never stuck, and is delivered at most once more', async () => {
    const outbox = await opened();
    const once = saying('una vez', 'case-1');
    let delivered = 0;
    await outbox.keep(once, NOW);
    const again = Promise.all(Array.from({ length: 20 }, () => outbox.keep(once, NOW)));
    await outbox.deliver(async () => {
      delivered++;
      await outbox.keep(once, NOW);
      return 'arrived';
    });
    await again;
    delivered += (await all()).length;
    expect([delivered >= 1, await (await opened()).waiting()]).toEqual([true, 0]);
  });

  it('C-13, D12: a case has one name here, by its id, by its folio, and in what opens it', () => {
    const commandId = randomUUID();
    const caseId = uuidv5('officer-1', commandId);
    const name = caseSigns({ caseId })!;
    const folio = folioOf(caseId, '17', NOW, 'America/Mexico_City');
    expect(
      [{ caseId }, { folio }, { caseId: caseId.toUpperCase() }].map((by) => aboutOf({ commandId, ...by })),
    ).toEqual([name, name, name]);
    expect(aboutOf({ commandId }, 'officer-1')).toBe(name);
    // What names no case is about itself; somebody's name in the wrong field is written nowhere.
    expect([aboutOf({ commandId }), aboutOf({ commandId, folio: 'Nombre Inventado' })]).toEqual([commandId, commandId]);
  });

  it('C-13: what waits or came back about an erased case goes with it', async () => {
    const outbox = await opened();
    await outbox.keep(saying('uno', 'case-1'), NOW);
    await outbox.keep(saying('dos', 'case-2'), NOW);
    await outbox.deliver(async () => ({ returned: 'MALFORMED' }));
    await outbox.keep(saying('tres', 'case-1'), NOW);
    await outbox.erase(['case-1']);
    expect((await outbox.of('officer-1')).map(({ state }) => state)).toEqual(['RETURNED']);
    expect(await outbox.waitsFor('case-1')).toBe(false);
  });
});
