import { jest } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Pool } from 'pg';
import { openTestDatabase } from '../../../../test/support/database.js';

jest.setTimeout(60_000);

const STREAMS = 10;
const REVISIONS = 400;

/** A process that runs a counting projection over a fixed history, says when it has begun to write, and when it is done. */
const script = (url: string): string => `
  const { default: pg } = await import('pg');
  const { runProjection } = await import('./libs/eventing/store-postgres/src/index.ts');
  const { factMessage, pushedFeed } = await import('./libs/eventing/core/src/testing/pushed-feed.ts');
  const feed = pushedFeed();
  for (let i = 0; i < ${STREAMS * REVISIONS}; i++)
    feed.push(factMessage('c' + (i % ${STREAMS}), Math.floor(i / ${STREAMS}), 'Said', {}));
  const runner = await runProjection({
    pool: new pg.Pool({ connectionString: ${JSON.stringify(url)} }),
    feed,
    reader: 'home',
    projection: { name: 'counts', version: 1, start: { n: 0 }, evolve: ({ n }) => ({ n: n + 1 }) },
    limit: 10,
  });
  let begun = false;
  runner.onApplied(() => {
    if (!begun) console.log('writing');
    begun = true;
  });
  for (let i = 0; i < ${STREAMS}; i++) await runner.waitFor('case-c' + i, ${REVISIONS - 1}, 30_000);
  console.log('done ' + (await runner.documents.table()).name);
  process.exit(0);`;

describe('projection runner, killed', () => {
  it('applies every fact once, however often its process is killed in the middle', async () => {
    const database = await openTestDatabase();
    const pool = new Pool({ connectionString: database.url, max: 1 });
    let table: string | undefined;
    let kills = 0;
    for (let round = 0; table === undefined; round++) {
      const child = spawn(
        process.execPath,
        [
          '--import',
          './tools/hooks.mjs',
          '--disable-warning=ExperimentalWarning',
          '--input-type=module',
          '-e',
          script(database.url),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      const gone = once(child, 'exit');
      child.stdout.on('data', (said: Buffer) => {
        table ??= /done (\S+)/.exec(said.toString())?.[1];
        // A little further into its work each time.
        if (said.includes('writing') && round < 4)
          setTimeout(
            () => {
              if (child.kill('SIGKILL')) kills++;
            },
            5 + round * 20,
          );
      });
      await gone;
      if (round > 10) throw new Error('it never comes to an end');
    }
    const { rows } = await pool.query<{ key: string; doc: { n: number } }>(
      `select key, doc from ${table} order by key`,
    );
    await pool.end();
    await database.close();
    expect(rows).toEqual(Array.from({ length: STREAMS }, (_, i) => ({ key: `c${i}`, doc: { n: REVISIONS } })));
    expect(kills).toBeGreaterThan(0);
  });
});
