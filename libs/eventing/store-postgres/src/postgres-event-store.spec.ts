import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { RecordedEvent } from '@resguardo/eventing';
import { StoreUnavailable } from '@resguardo/eventing';
import { someEvent } from '@resguardo/eventing/testing';
import { Client } from 'pg';
import type { TestDatabase } from '../../../../test/support/database.js';
import { openTestDatabase } from '../../../../test/support/database.js';
import type { PostgresEventStore } from './postgres-event-store.js';
import { postgresEventStore } from './postgres-event-store.js';

let database: TestDatabase;
let store: PostgresEventStore;
let foreign: Client;

beforeEach(async () => {
  database = await openTestDatabase();
  store = postgresEventStore({ connection: database.url, pollMs: 20 });
  await store.migrate();
  foreign = new Client({ connectionString: database.url });
  foreign.on('error', () => {});
  await foreign.connect();
});
afterEach(async () => {
  await Promise.all([store.close(), foreign.end()]);
  await database.close();
});

const timed = async <T>(work: Promise<T>) => {
  const started = performance.now();
  const [outcome] = await Promise.allSettled([work]);
  return { outcome: outcome!, ms: performance.now() - started };
};

const everything = async () => {
  const events: RecordedEvent[] = [];
  for await (const batch of store.scan()) events.push(...batch);
  return events;
};

describe('PostgreSQL event store', () => {
  it('a foreign transaction left open in the same database delays neither followers nor writers', async () => {
    await foreign.query('create table theirs (n int)');
    await foreign.query('begin isolation level serializable');
    await foreign.query('insert into theirs values (1)');
    const stop = new AbortController();
    const seen: string[] = [];
    const follower = store.follow(
      undefined,
      async (events) => {
        seen.push(...events.map(({ id }) => id));
        if (seen.length === 50) stop.abort();
      },
      stop.signal,
    );
    const events = Array.from({ length: 50 }, () => someEvent());
    for (const event of events) await store.append('s', [event], 'any');
    await follower;
    expect(seen).toEqual(events.map(({ id }) => id));
    const { rows } = await foreign.query('select pg_current_xact_id_if_assigned() is not null as open');
    expect(rows).toEqual([{ open: true }]);
    await foreign.query('rollback');
  });

  it('an append that hangs is ended after two seconds, with all that wait behind it; later ones go through, none is doubled', async () => {
    await store.append('s', [someEvent()], 'none');
    await foreign.query('begin');
    await foreign.query('select position from store.counter for update');
    const events = Array.from({ length: 20 }, () => someEvent());
    const hanging = events.map((event, index) => timed(store.append(`s${index}`, [event], 'none')));
    const behind = timed(store.append('s0', [someEvent()], 0));
    for (const { outcome, ms } of await Promise.all([...hanging, behind])) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
      expect(ms).toBeGreaterThan(1_500);
      expect(ms).toBeLessThan(3_000);
    }
    await foreign.query('rollback');
    await Promise.all(events.map((event, index) => store.append(`s${index}`, [event], 'none')));
    expect((await everything()).map(({ id }) => id).sort()).toEqual(
      [(await store.read('s')).events[0]!, ...events].map(({ id }) => id).sort(),
    );
  });

  it('an append whose answer never comes is ended after two seconds; if it was kept, the revision shows it', async () => {
    const { port, hostname } = new URL(database.url);
    let silent = false;
    const sockets = new Set<Socket>();
    // Between store and server: passes everything, and on demand swallows what the server answers.
    const wire = createServer((near) => {
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) sockets.add(socket.on('error', () => {}));
      near.on('data', (data) => far.write(data)).on('close', () => far.destroy());
      far.on('data', (data) => silent || near.write(data)).on('close', () => near.destroy());
    });
    await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
    const url = new URL(database.url);
    url.host = `127.0.0.1:${(wire.address() as AddressInfo).port}`;
    const through = postgresEventStore({ connection: url.href });
    try {
      const [first, second] = [someEvent(), someEvent()];
      await through.append('s', [first], 'none');
      silent = true;
      const { outcome, ms } = await timed(through.append('s', [second], 0));
      expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailable) });
      expect(ms).toBeLessThan(3_000);
      silent = false;
      await expect(through.append('s', [second], 0)).rejects.toThrow('expected 0');
      expect((await through.append('s', [someEvent()], 1)).revision).toBe(2);
      expect((await everything()).slice(0, 2).map(({ id }) => id)).toEqual([first.id, second.id]);
    } finally {
      await through.close();
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => wire.close(resolve));
    }
  });

  it('positions have no gaps: after conflicts, mistakes and two processes the count is the last position', async () => {
    const beside = postgresEventStore({ connection: database.url });
    const work = Array.from({ length: 300 }, (_, index) => {
      const from = index % 2 ? store : beside;
      if (index % 7 === 0) return from.append('hot', [someEvent(), someEvent()], 'none');
      if (index % 11 === 0) return from.append('not\u0000text', [someEvent()], 'none');
      return from.append(`s${index % 40}`, [someEvent(), someEvent()], index % 3 ? 'any' : 0);
    });
    const outcomes = await Promise.allSettled(work);
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(kept).toBeGreaterThan(100);
    expect(kept).toBeLessThan(300);
    const events = await everything();
    expect(events).toHaveLength(kept * 2);
    expect(events.map(({ position }) => position)).toEqual(events.map((_, index) => String(index + 1)));
    const { last, highest, heads } = await store.census();
    expect([last, highest]).toEqual([String(kept * 2), String(kept * 2)]);
    expect([...heads.values()].reduce((sum, revision) => sum + revision + 1, 0)).toBe(kept * 2);
    await beside.close();
  });

  it('an append that the database cannot take fails alone, not those beside it', async () => {
    const outcomes = await Promise.allSettled([
      store.append('a', [someEvent()], 'none'),
      store.append('b', [{ ...someEvent(), type: 'No\u0000Text' }], 'none'),
      store.append('c', [someEvent()], 'none'),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((outcomes[1] as PromiseRejectedResult).reason).not.toBeInstanceOf(StoreUnavailable);
    expect(await everything()).toHaveLength(2);
  });

  it('an append of more events than a batch holds goes alone', async () => {
    const many = Array.from({ length: 1_300 }, () => someEvent());
    const [{ revision }] = await Promise.all([
      store.append('many', many, 'none'),
      store.append('few', [someEvent()], 'none'),
    ]);
    expect(revision).toBe(1_299);
    expect((await store.read('many')).events.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
  });

  it('appends to one stream are kept in the order in which they were given', async () => {
    const events = Array.from({ length: 100 }, () => someEvent());
    await Promise.all(events.map((event, index) => store.append('s', [event], index - 1)));
    expect((await store.read('s')).events.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  });

  it('making the tables again, also at the same moment, changes nothing', async () => {
    await store.append('s', [someEvent()], 'none');
    await Promise.all([store.migrate(), store.migrate(), store.migrate()]);
    expect((await store.append('s', [someEvent()], 0)).position).toBe('2');
  });

  it('lives in the schema it is given; a name that is no plain name is refused', async () => {
    const other = postgresEventStore({ connection: database.url, schema: 'elsewhere' });
    await other.migrate();
    await other.append('s', [someEvent()], 'none');
    expect((await store.read('s')).revision).toBe(-1);
    await other.close();
    expect(() => postgresEventStore({ connection: database.url, schema: 'x; drop' })).toThrow(RangeError);
  });

  it('a closed store, and one whose server is away, say that they are unavailable', async () => {
    const closed = postgresEventStore({ connection: database.url });
    await closed.close();
    await expect(closed.append('s', [someEvent()], 'none')).rejects.toThrow(StoreUnavailable);
    const away = postgresEventStore({ connection: 'postgres://nobody:x@127.0.0.1:1/none' });
    await expect(away.append('s', [someEvent()], 'none')).rejects.toThrow(StoreUnavailable);
    await expect(away.read('s')).rejects.toThrow(StoreUnavailable);
    await away.close();
  });
});
