import { jest } from '@jest/globals';
import { messageOf, type NewEvent, type Projection, storeFeed } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import { randomUUID } from 'node:crypto';
import { Pool } from 'pg';
import { openTestDatabase } from '../../../../test/support/database.js';
import { postgresEventStore, runProjection } from './index.js';

jest.setTimeout(60_000);

const counts: Projection<{ readonly ids: readonly string[] }> = {
  name: 'counts',
  version: 1,
  start: { ids: [] },
  evolve: ({ ids }, { id }) => ({ ids: [...ids, id] }),
};

const said = (caseId: string): NewEvent => {
  const { type, schemaVersion, data, meta } = factMessage(caseId, 0, 'Said', {});
  return { id: randomUUID(), type, schemaVersion, data, meta };
};

describe('projection runner over the PostgreSQL store', () => {
  it('holds every fact of 16 writers once, in the order of its case, while connections are ended', async () => {
    const database = await openTestDatabase();
    const pool = new Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => {});
    const store = postgresEventStore({ connection: database.url, schema: 'events' });
    await store.migrate();
    const feed = storeFeed(store, messageOf);
    const runner = await runProjection({ pool, feed, reader: 'home', projection: counts });

    const written = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 16 }, async (_, writer) => {
        for (let i = 0; i < 20; i++) {
          const caseId = `c${(writer + i) % 4}`;
          const { revision } = await store.append(`case-${caseId}`, [said(caseId)], 'any');
          written.set(caseId, Math.max(revision, written.get(caseId) ?? -1));
          if (writer === 0 && i % 7 === 3)
            await pool.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
               and application_name <> 'resguardo-store' and pid <> pg_backend_pid()`,
            );
        }
      }),
    );
    for (const [caseId, revision] of written) {
      expect(await runner.waitFor(`case-${caseId}`, revision, 10_000)).toBe(true);
      const { events } = await store.read(`case-${caseId}`);
      expect(events).toHaveLength(revision + 1);
      expect((await runner.documents.get(caseId))?.ids).toEqual(events.map(({ id }) => id));
    }

    // A command's answer, then the question with `atLeast`: one after the other, as a page does it.
    const { revision } = await store.append('case-c0', [said('c0')], 'any');
    expect(await runner.waitFor('case-c0', revision)).toBe(true);
    expect((await runner.documents.get('c0'))?.ids).toHaveLength(revision + 1);

    await runner.stop();
    await store.close();
    await pool.end();
    await database.close();
  });
});
