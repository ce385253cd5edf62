import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import { postgresKeyRing } from '../postgres-key-ring.js';
import { makeVaultTables } from '../schema.js';
import { curpCheckDigit } from './curp.js';
import { identityVault } from './identity-vault.js';
import { intakeOf } from './intake.js';

describe('What intake asks of the vault', () => {
  let database: TestDatabase;
  let pool: Pool;
  const at = '2026-11-23T12:00:00.000Z';
  const by = { actor: 'officer-1', agency: 'HEALTH' };
  const noted: { caseIds: readonly string[]; actor: string; role: string | undefined }[] = [];
  const open = (searchesPerMinute = 30) =>
    identityVault({
      pool,
      keyRing: postgresKeyRing(pool, createSecretKey(Buffer.alloc(32, 7))),
      clock: () => at,
      noteSearched: async (caseIds, { actor, role }) => {
        noted.push({ caseIds, actor, role });
      },
      searchesPerMinute,
    });
  const root = 'IAZF201124MNTRXRA';
  const identity = { givenNames: 'Zefa', firstSurname: 'Irreal', curp: `${root}${curpCheckDigit(root)}` };

  beforeAll(async () => {
    database = await openTestDatabase();
    pool = new Pool({ connectionString: database.url });
    pool.on('error', () => {});
    await makeVaultTables(pool);
  });
  afterAll(async () => {
    await pool.end();
    await database.close();
  });

  it('D12: the same report said twice keeps one child; whether she is under six is all that leaves', async () => {
    const asked = { caseId: randomUUID(), by, identity, versionId: randomUUID(), at };
    const first = await intakeOf(open()).registerChild(asked);
    expect(first).toEqual({ childId: expect.any(String), keyId: `person:${first?.childId}`, underSix: 'YES' });
    expect(await intakeOf(open()).registerChild(asked)).toEqual(first);
    expect(
      await intakeOf(open()).registerChild({ ...asked, at: '2026-11-24T12:00:00.000Z', versionId: randomUUID() }),
    ).toMatchObject({ childId: first?.childId, underSix: 'NO' });
    expect(
      await intakeOf(open()).registerChild({ ...asked, caseId: randomUUID(), versionId: randomUUID(), identity: {} }),
    ).toMatchObject({ underSix: 'UNKNOWN' });
  });

  it('C-4: a CURP that agrees makes the match certain, a name does not; the case itself is no match', async () => {
    const [one, two] = [randomUUID(), randomUUID()];
    const other = { ...identity, givenNames: 'Ada', curp: `IAAD${identity.curp.slice(4)}` };
    await intakeOf(open()).registerChild({ caseId: one, by, identity: other, versionId: randomUUID(), at });
    await intakeOf(open()).registerChild({ caseId: two, by, identity: other, versionId: randomUUID(), at });
    expect(await intakeOf(open()).search({ caseId: two, by, identity: other })).toEqual([
      { caseId: one, certain: true },
    ]);
    const { givenNames, firstSurname } = other;
    expect(await intakeOf(open()).search({ caseId: two, by, identity: { givenNames, firstSurname } })).toEqual([
      { caseId: one, certain: false },
    ]);
  });

  it('R-705: the search of a registration is on record in the role of who registers, also where it finds nobody', async () => {
    noted.length = 0;
    const representative = { actor: 'rep-1', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE' };
    const nobody = { givenNames: 'Nadie', firstSurname: 'Inexistente' };
    expect(await intakeOf(open()).search({ caseId: randomUUID(), by: representative, identity: nobody })).toEqual([]);
    expect(noted).toEqual([{ caseIds: [], actor: 'rep-1', role: 'REPRESENTATIVE' }]);
  });

  it('M-2: who searched too often still registers; the search is not made', async () => {
    const busy = { actor: randomBytes(4).toString('hex'), agency: 'HEALTH' };
    const search = () => intakeOf(open(1)).search({ caseId: randomUUID(), by: busy, identity });
    expect(await search()).toBeDefined();
    expect(await search()).toBeUndefined();
  });
});
