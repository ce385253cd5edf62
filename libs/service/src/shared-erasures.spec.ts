import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openTestDatabase } from '../../../test/support/database.js';
import { inTurn, poolOf } from './process.js';
import { sharedErasures } from './shared-erasures.js';

const erased = (caseId: string) => ({ caseId, erasureId: 'er', at: '2026-11-23T12:00:00.000Z' });

it('C-13: replicas that erase at once add to their list one after the other: each case is on it, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-erasures-'));
  const database = await openTestDatabase();
  const pools = [0, 1].map((i) => poolOf(`replica-${i}`, database.url));
  const replicas = pools.map((pool) => sharedErasures(pool, folder));
  const cases = Array.from({ length: 20 }, (_, i) => `case-${i}`);
  try {
    for (const caseId of cases) await Promise.all(replicas.map((list) => list.add(erased(caseId))));
    for (const list of replicas) expect((await list.all()).map(({ caseId }) => caseId)).toEqual(cases);

    // While one is at it, the other neither looks nor adds.
    let adding: Promise<void> | undefined;
    await inTurn(pools[0]!, 'erasures', async () => {
      adding = replicas[1]!.add(erased('later'));
      await pools[1]!.query('select pg_sleep(0.2)');
      expect(readFileSync(join(folder, 'erasures.jsonl'), 'utf8')).not.toContain('later');
    });
    await adding;
    expect((await replicas[0]!.all()).map(({ caseId }) => caseId)).toEqual([...cases, 'later']);
  } finally {
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close();
    rmSync(folder, { recursive: true });
  }
});

it('C-13: whoever lost its turn while it added does not take the line for written', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-erasures-'));
  const database = await openTestDatabase();
  const pool = poolOf('replica-that-loses', database.url);
  const other = poolOf('other', database.url);
  try {
    const lost = inTurn(pool, 'erasures', async () => {
      await other.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'replica-that-loses'`,
      );
    });
    await expect(lost).rejects.toThrow();
    // Nobody is held up by it.
    await sharedErasures(pool, folder).add(erased('case-1'));
    expect(await sharedErasures(other, folder).all()).toHaveLength(1);
  } finally {
    await Promise.all([pool, other].map((one) => one.end()));
    await database.close();
    rmSync(folder, { recursive: true });
  }
});
