import { isRefusal } from '@resguardo/eventing';
import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import { ERASED, dataKey, personKey } from '../key-ring.js';
import { postgresKeyRing } from '../postgres-key-ring.js';
import { makeVaultTables } from '../schema.js';
import { canariesIn } from '../testing/canary-forms.js';
import type { SearchTerms } from './blind-index.js';
import { curpCheckDigit } from './curp.js';
import type { SearchCaller, SearchResult } from './identity-vault.js';
import { identityVault, SearchUnavailable } from './identity-vault.js';

const master = createSecretKey(randomBytes(32));
const curp = (root: string) => `${root}${curpCheckDigit(root)}`;
const intake = (actor: string = randomUUID()): SearchCaller => ({ actor, agency: 'HEALTH', purpose: 'INTAKE' });

describe('The identity vault', () => {
  let database: TestDatabase;
  let pool: Pool;
  let now = '2026-11-23T12:00:00.000Z';
  let noted: { caseIds: readonly string[]; actor: string; blocked: readonly string[] }[] = [];
  const blockedUsers: Record<string, string> = {};

  const open = (over: Partial<Parameters<typeof identityVault>[0]> = {}) =>
    identityVault({
      pool,
      keyRing: postgresKeyRing(pool, master),
      clock: () => now,
      blockedIn: async (actor, caseIds) => caseIds.filter((caseId) => blockedUsers[actor] === caseId),
      noteSearched: async (caseIds, { actor }, { blocked }) => {
        noted.push({ caseIds, actor, blocked });
      },
      dutyContact: (agency) => `guardia ${agency}`,
      ...over,
    });
  const found = async (terms: SearchTerms, caller = intake(), over = {}): Promise<SearchResult> => {
    const result = await open(over).findChild(terms, caller);
    if (isRefusal(result)) throw new Error(result.code);
    return result;
  };
  const matchIn = async (caseId: string, terms: SearchTerms) => {
    const caller = intake();
    const result = await found(terms, caller);
    for (const match of result.matches)
      if ((await open().caseOfMatch(result.searchId, match.matchId, caller.actor)) === caseId) return match;
    return undefined;
  };

  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url, max: 16 });
    pool.on('error', () => {});
    await makeVaultTables(pool);
    await makeVaultTables(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });
  beforeEach(() => {
    noted = [];
  });

  const child = {
    givenNames: 'Ficticia Luz',
    firstSurname: 'Valdovinos',
    secondSurname: 'Muñoz',
    curp: curp('VAMF140517MMSLXCA'),
    birthDate: '2014-05-17',
    phones: ['044 777 212 3456'],
    handles: [{ platform: 'INSTAGRAM', handle: '@Luz_Ficticia' }],
    addresses: ['Calle Inventada 1'],
    school: 'Escuela Inexistente',
  };

  it('R-703: what was registered is read back, and its rows hold nothing of it in clear', async () => {
    const kept = await open().register('child-a', 'case-a', 'HEALTH', child);
    expect(kept).toEqual({ personId: 'child-a', keyId: 'person:child-a', erased: false });
    expect(await open().identityOf('case-a')).toMatchObject({ state: 'known', childId: 'child-a', identity: child });
    const { rows } = await pool.query(
      `select string_agg(t::text, '') as dump from (
         select to_jsonb(p) as t from vault.person p union all select to_jsonb(v) from vault.person_version v
         union all select to_jsonb(b) from vault.blind_index b) x`,
    );
    for (const value of [child.curp, 'Valdovinos', 'Calle Inventada 1', '7772123456', 'Luz_Ficticia', '2014-05-17'])
      expect(canariesIn(Buffer.from(rows[0].dump), value)).toEqual([]);
    expect(await open().identityOf('case-nobody')).toEqual({ state: 'unknown' });
  });

  it.each<[string, SearchTerms, readonly string[], string]>([
    ['CURP', { curp: child.curp.toLowerCase() }, ['CURP'], 'STRONG'],
    [
      'accents and order',
      { givenNames: 'LUZ FICTICIA', firstSurname: 'Muñoz', secondSurname: 'Váldovinos' },
      ['NAME_EXACT'],
      'PROBABLE',
    ],
    ['one surname', { givenNames: 'Ficticia', firstSurname: 'Valdovinos' }, ['NAME_EXACT'], 'POSSIBLE'],
    ['ñ written n', { givenNames: 'Luz', firstSurname: 'Munoz' }, ['NAME_PHONETIC'], 'POSSIBLE'],
    [
      'sound',
      { givenNames: 'Fictisia', firstSurname: 'Baldobinos', secondSurname: 'Muños' },
      ['NAME_PHONETIC'],
      'POSSIBLE',
    ],
    [
      'sound and birth date',
      { givenNames: 'Fictisia', firstSurname: 'Baldobinos', birthDate: '2014-05-17' },
      ['BIRTH_DATE', 'NAME_PHONETIC'],
      'PROBABLE',
    ],
    ['telephone', { phones: ['+52 1 777 212 34 56'] }, ['PHONE'], 'POSSIBLE'],
    ['handle', { handles: [{ platform: 'instagram', handle: 'luz_ficticia' }] }, ['HANDLE'], 'POSSIBLE'],
  ])('C-11: a child is found by %s, with the reasons and without name or case', async (_, terms, kinds, strength) => {
    const match = await matchIn('case-a', terms);
    expect(match).toEqual({
      matchId: expect.any(String),
      kinds,
      strength,
      agency: 'HEALTH',
      contact: 'guardia HEALTH',
    });
  });

  it.each<[string, SearchTerms]>([
    ['a birth date alone', { birthDate: '2014-05-17' }],
    ['one word', { givenNames: 'Ficticia' }],
    ['another platform', { handles: [{ platform: 'TIKTOK', handle: 'luz_ficticia' }] }],
    ['another name', { givenNames: 'Otra', firstSurname: 'Persona' }],
    ['nothing', {}],
  ])('C-11, R-705: nobody is found by %s, and that it was searched is on record without a case', async (_, terms) => {
    const caller = intake();
    expect((await found(terms, caller)).matches).toEqual([]);
    expect(noted).toEqual([{ caseIds: [], actor: caller.actor, blocked: [] }]);
  });

  it('C-11: what could not be searched for is told', async () => {
    const { ignored } = await found({ curp: `${child.curp.slice(0, 17)}X`, phones: ['911'], givenNames: 'Ana' });
    expect(ignored).toEqual([
      { term: 'CURP', problem: 'FORMAT' },
      { term: 'PHONE', problem: 'SHORT_CODE' },
      { term: 'NAME', problem: 'ONE_WORD' },
    ]);
  });

  it('C-11: each matched case is told who searched, once per search, without the terms', async () => {
    const caller = intake();
    await found({ curp: child.curp }, caller);
    expect(noted).toEqual([{ caseIds: ['case-a'], actor: caller.actor, blocked: [] }]);
  });

  it('C-11: an answer that could not be logged is not given', async () => {
    const failing = { noteSearched: () => Promise.reject(new Error('log away')) };
    await expect(found({ curp: child.curp }, intake(), failing)).rejects.toThrow(SearchUnavailable);
    await expect(found({ birthDate: '2014-05-17' }, intake(), failing)).rejects.toThrow(SearchUnavailable);
  });

  it('R-705: who tries a list of children leaves a record of each try, the first that finds nobody included', async () => {
    const caller = intake();
    for (const firstSurname of ['Inexistente', 'Imposible', 'Valdovinos'])
      await found({ givenNames: 'Ficticia', firstSurname }, caller);
    expect(noted.map(({ actor, caseIds }) => [actor, ...caseIds])).toEqual([
      [caller.actor],
      [caller.actor],
      [caller.actor, 'case-a'],
    ]);
  });

  it('C-11: only the purpose intake searches', async () => {
    const result = await open().findChild({ curp: child.curp }, { ...intake(), purpose: 'CURIOSITY' });
    expect(result).toMatchObject({ refused: true, code: 'E-SEARCH-PURPOSE' });
    expect(noted).toEqual([]);
  });

  it('R-706: who is named in the case does not learn of it; the attempt is on record', async () => {
    const caller = intake();
    blockedUsers[caller.actor] = 'case-a';
    expect((await found({ curp: child.curp }, caller)).matches).toEqual([]);
    expect(noted).toEqual([{ caseIds: ['case-a'], actor: caller.actor, blocked: ['case-a'] }]);
  });

  it('C-11: a caller is limited per minute, also when all searches come at once; others are not', async () => {
    const caller = intake();
    const limited = open({ searchesPerMinute: 5 });
    const results = await Promise.all(
      Array.from({ length: 12 }, () => limited.findChild({ birthDate: '2014-05-17' }, caller)),
    );
    expect(results.filter(isRefusal).length).toBeGreaterThanOrEqual(7);
    // What was refused was not searched: its record is the refusal's.
    expect(noted).toHaveLength(results.filter((result) => !isRefusal(result)).length);
    expect(results.filter(isRefusal)[0]).toMatchObject({
      rule: 'C-11',
      code: 'E-SEARCH-RATE',
      because: { perMinute: 5 },
    });
    expect(isRefusal(await limited.findChild({}, intake()))).toBe(false);
    now = '2026-11-23T12:01:01.000Z';
    expect(isRefusal(await limited.findChild({}, caller))).toBe(false);
  });

  it('C-11: a match means something only to whoever searched, with that search, for a day', async () => {
    const caller = intake();
    const { searchId, matches } = await found({ curp: child.curp }, caller);
    const matchId = matches[0]!.matchId;
    const other = await found({}, caller);
    expect(await open().wasSearched(searchId, caller.actor)).toBe(true);
    expect(await open().wasSearched(searchId, 'someone-else')).toBe(false);
    expect(await open().caseOfMatch(searchId, matchId, caller.actor)).toBe('case-a');
    expect(await open().caseOfMatch(searchId, matchId, 'someone-else')).toBeUndefined();
    expect(await open().caseOfMatch(other.searchId, matchId, caller.actor)).toBeUndefined();
    const foreign = await open().findChild({ curp: child.curp }, intake(), { searchId });
    expect(foreign).toMatchObject({ code: 'E-SEARCH-RECEIPT' });
    now = '2026-11-24T12:30:00.000Z';
    expect(await open().caseOfMatch(searchId, matchId, caller.actor)).toBeUndefined();
  });

  it('M-2: with the database away the search says so instead of finding nobody', async () => {
    const away = new Pool({ host: '127.0.0.1', port: 1, connectionTimeoutMillis: 200 });
    away.on('error', () => {});
    await expect(open({ pool: away }).findChild({ curp: child.curp }, intake())).rejects.toThrow(SearchUnavailable);
    await away.end();
  });

  it('M-2: a search that hangs is given up', async () => {
    const client = await pool.connect();
    await client.query('begin; lock table vault.search_receipt in access exclusive mode');
    await expect(open({ searchDeadlineMs: 50 }).findChild({ curp: child.curp }, intake())).rejects.toThrow(
      SearchUnavailable,
    );
    await client.query('rollback');
    client.release();
  });

  it('D12: registering the same child thirty times at once keeps one record; the first id stays', async () => {
    const kept = await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        open().register(i % 2 ? 'child-b1' : 'child-b2', 'case-b', 'PROSECUTOR', { givenNames: 'Inventado' }),
      ),
    );
    const ids = [...new Set(kept.map(({ personId }) => personId))];
    expect(ids).toHaveLength(1);
    expect(await open().identityOf('case-b')).toMatchObject({ childId: ids[0], identity: { givenNames: 'Inventado' } });
  });

  it('R-703: a correction adds to the record; said twice it is there once; both spellings are found', async () => {
    await open().register('child-c', 'case-c', 'HEALTH', { givenNames: 'Zeferina', firstSurname: 'Irreal' });
    for (let i = 0; i < 2; i++)
      await open().correct('case-c', 'HEALTH', { firstSurname: 'Imaginaria', phones: ['777 999 1234'] }, 'v-c');
    expect(await open().identityOf('case-c')).toMatchObject({
      identity: { givenNames: 'Zeferina', firstSurname: 'Imaginaria', phones: ['777 999 1234'] },
    });
    for (const firstSurname of ['Irreal', 'Imaginaria'])
      expect(await matchIn('case-c', { givenNames: 'Zeferina', firstSurname })).toBeDefined();
  });

  it('R-703: a guardian is kept under a key of their own, and only their telephone leads to the case', async () => {
    await open().addThirdPerson('guardian-c', 'case-c', 'HEALTH', 'GUARDIAN', {
      givenNames: 'Tutora',
      firstSurname: 'Supuesta',
      phones: ['777 111 2222'],
    });
    expect(await open().thirdPersonsOf('case-c')).toMatchObject([
      { kind: 'GUARDIAN', identity: { givenNames: 'Tutora' } },
    ]);
    expect(await matchIn('case-c', { phones: ['7771112222'] })).toMatchObject({ kinds: ['PHONE'] });
    expect(await matchIn('case-c', { givenNames: 'Tutora', firstSurname: 'Supuesta' })).toBeUndefined();
  });

  it('C-4: linked cases are of the same child until unlinked', async () => {
    for (let i = 0; i < 2; i++) await open().link('case-a', 'case-c');
    await open().link('case-c', 'case-d');
    expect(await open().casesOfSameChild('case-d')).toEqual(['case-a', 'case-c', 'case-d']);
    await open().unlink('case-c', 'case-a');
    expect(await open().casesOfSameChild('case-d')).toEqual(['case-c', 'case-d']);
  });

  it('C-1: timetable and preference are answered with a dated yes or no', async () => {
    now = '2026-11-25T00:00:00.000Z';
    expect(await open().timetableOverlaps('case-c', '2026-11-30T15:00:00Z', 60)).toEqual({
      stated: false,
      overlaps: false,
      asOf: now,
    });
    await open().correct(
      'case-c',
      'HEALTH',
      { timetable: [{ weekday: 'MON', from: '08:00', until: '13:00' }], examinerGender: 'WOMAN' },
      'v-c2',
    );
    expect(await open().timetableOverlaps('case-c', '2026-11-30T15:00:00Z', 60)).toMatchObject({ overlaps: true });
    expect(await open().examinerPreferenceMatches('case-c', 'MAN')).toEqual({
      stated: true,
      matches: false,
      asOf: now,
    });
    expect(await open().examinerPreferenceMatches('case-c', 'WOMAN')).toMatchObject({ matches: true });
    expect(await open().viewerPreferenceMatches('case-c', 'MAN')).toMatchObject({ stated: false, matches: true });
  });

  it('D5: what no fact refers to is swept away, what one does stays', async () => {
    await open().register('child-e', 'case-e', 'HEALTH', { givenNames: 'Perdida', firstSurname: 'Solicitud' });
    await open().register('child-f', 'case-f', 'HEALTH', { givenNames: 'Guardada', firstSurname: 'Solicitud' });
    const referenced = async ({ caseId }: { caseId: string }) => caseId !== 'case-e';
    expect(await open().sweep(referenced)).toBe(0);
    now = '2026-11-25T02:00:00.000Z';
    expect(await open().sweep(referenced)).toBe(1);
    expect(await open().identityOf('case-e')).toEqual({ state: 'unknown' });
    expect(await matchIn('case-e', { givenNames: 'Perdida', firstSurname: 'Solicitud' })).toBeUndefined();
    expect(await matchIn('case-f', { givenNames: 'Guardada', firstSurname: 'Solicitud' })).toBeDefined();
  });

  it('C-13: an erased child is gone from every table and search, and is not made again', async () => {
    const keys = postgresKeyRing(pool, master);
    await keys.key(dataKey('case-c', 'D4r', 'coordination'));
    const erased = await open().erase(['case-c']);
    expect(erased).toEqual({ keys: 3, persons: 2 });
    expect(await open().erase(['case-c'])).toEqual({ keys: 0, persons: 0 });
    expect(await open().identityOf('case-c')).toEqual({ state: 'erased' });
    expect(await open().thirdPersonsOf('case-c')).toEqual([]);
    expect(await matchIn('case-c', { givenNames: 'Zeferina', firstSurname: 'Irreal' })).toBeUndefined();
    expect(await open().register('child-new', 'case-c', 'HEALTH', child)).toMatchObject({ erased: true });
    expect(await open().correct('case-c', 'HEALTH', child, 'v-late')).toMatchObject({ erased: true });
    expect(await postgresKeyRing(pool, master).key(personKey('child-c'))).toBe(ERASED);
    const { rows } = await pool.query(
      `select (select count(*) from vault.person where case_id = 'case-c')::int as persons,
              (select count(*) from vault.person_version where person_id in ('child-c', 'guardian-c'))::int as versions,
              (select count(*) from vault.blind_index where person_id in ('child-c', 'guardian-c'))::int as tokens`,
    );
    expect(rows[0]).toEqual({ persons: 0, versions: 0, tokens: 0 });
  });

  it('C-13: persons added while their case is erased are gone afterwards', async () => {
    for (let round = 0; round < 5; round++) {
      const caseId = `case-storm-${round}`;
      await Promise.all([
        ...Array.from({ length: 6 }, (_, i) =>
          open().addThirdPerson(`storm-${round}-${i}`, caseId, 'HEALTH', 'WITNESS', { givenNames: 'Nadie Inventado' }),
        ),
        open().erase([caseId]),
      ]);
      const { rows } = await pool.query('select count(*)::int as n from vault.person where case_id = $1', [caseId]);
      expect(rows[0].n).toBe(0);
    }
  });
});
