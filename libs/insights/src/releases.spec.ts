import { jest } from '@jest/globals';
import type { JsonObject } from '@resguardo/eventing';
import { factMessage, type PushedFeed, pushedFeed } from '@resguardo/eventing/testing';
import { type ProjectionRunner, runProjection } from '@resguardo/store-postgres';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../../../test/support/database.js';
import { until } from '../../../test/support/until.js';
import { type CountedCase, countedCases } from './counted-case.projection.js';
import { type Insights, insights } from './releases.js';

jest.setTimeout(60_000);

let database: TestDatabase;
let pool: Pool;
let feed: PushedFeed;
let cases: ProjectionRunner<CountedCase>;
let figures: Insights;
let now: string;
let behind: number;

beforeEach(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url });
  feed = pushedFeed();
  cases = await runProjection({ pool, feed, reader: 'insights', projection: countedCases });
  behind = 0;
  figures = insights({
    cases,
    query: (text, values) => pool.query(text, values),
    behind: async () => behind,
    clock: () => now,
  });
  await figures.migrate();
});
afterEach(async () => {
  await cases.stop();
  await pool.end();
  await database.close();
});

const say = (caseId: string, revision: number, type: string, at: string, data: JsonObject = {}) => {
  const message = factMessage(caseId, revision, type, data);
  feed.push({ ...message, meta: { ...message.meta, recordedAt: at } });
  return cases.waitFor(message.stream, revision);
};
const FEBRUARY = '2026-02-10T12:00:00.000Z';
const opened = async (name: string, many: number, data: JsonObject, at = FEBRUARY) => {
  for (let i = 0; i < many; i++) {
    const coming = say(`${name}${i}`, 0, 'CaseOpened', at, { state: '17', sourceAgency: 'HEALTH', ...data });
    if (i === many - 1) await coming;
  }
};
/** Time goes on: it is `at`, and somebody else's case was opened just now. */
const pass = async (at: string) => {
  now = at;
  await opened(`at ${at}`, 1, {}, at);
};
const tableOf = async (id: string, dimension: string) =>
  (await figures.figures()).tables.find((one) => one.id === id && one.dimension === dimension)!;
const shown = async (id: string, dimension: string) =>
  (await tableOf(id, dimension)).releases.map(({ quarter, total, cells }) => [
    quarter,
    total,
    Object.fromEntries(cells.filter(({ count }) => count !== 0).map(({ code, count }) => [code, count])),
  ]);

it('R-805: nothing comes out of a quarter before it is over, and facts on their way have had a day', async () => {
  await opened('a', 12, { channel: 'POLICE' });
  for (now of ['2026-03-31T23:00:00.000Z', '2026-04-02T05:59:59.000Z']) expect(await figures.publish()).toBe(0);
  expect(await tableOf('I-01', 'CHANNEL')).toMatchObject({
    ...{ nextQuarter: '2026-Q1', nextAt: '2026-04-02T06:00:00.000Z', releases: [] },
  });
  await pass('2026-04-02T06:00:00.000Z');
  expect(await figures.publish()).toBe(1);
  expect(await shown('I-01', 'CHANNEL')).toEqual([['2026-Q1', 12, { POLICE: 12 }]]);
  const [release] = (await tableOf('I-01', 'CHANNEL')).releases;
  expect(release).toMatchObject({ asOf: '2026-04-01T05:59:59.999Z', releasedAt: now, version: 1 });
  expect(release!.cells.find(({ code }) => code === 'POLICE')).toEqual({ code: 'POLICE', count: 12, percent: 100 });
});

it('R-804: a feed that is being filled anew has nothing behind it, and nothing comes out before a fact of later has come', async () => {
  await opened('a', 12, { channel: 'POLICE' });
  now = '2026-08-01T12:00:00.000Z';
  expect(await figures.publish()).toBe(0);
  await opened('on its way', 1, { channel: 'POLICE' }, '2026-04-02T05:59:59.000Z');
  expect(await figures.publish()).toBe(0);
  expect(await tableOf('I-01', 'CHANNEL')).toMatchObject({ nextQuarter: '2026-Q1', releases: [] });
  await opened('later', 1, { channel: 'POLICE' }, '2026-04-02T06:00:00.000Z');
  expect(await figures.publish()).toBe(1);
  expect(await shown('I-01', 'CHANNEL')).toEqual([['2026-Q1', 12, { POLICE: 12 }]]);
});

it('R-811: a table by state comes out one full quarter later', async () => {
  await opened('a', 12, { channel: 'POLICE' });
  await pass('2026-06-30T12:00:00.000Z');
  await figures.publish();
  expect(await shown('I-01', 'STATE')).toEqual([]);
  await pass('2026-07-03T12:00:00.000Z');
  await figures.publish();
  // the state's count is rounded, the national total is not.
  expect(await shown('I-01', 'STATE')).toEqual([['2026-Q1', 12, { '17': 10 }]]);
});

it('R-802, R-803: small cells, and those from which they would follow, lie hidden in the database of what is published too', async () => {
  await opened('a', 12, { channel: 'POLICE' });
  await opened('b', 3, { channel: 'SCHOOL' });
  await opened('c', 30, { channel: 'LINE_911' });
  await pass('2026-05-01T12:00:00.000Z');
  await figures.publish();
  expect(await shown('I-01', 'CHANNEL')).toEqual([['2026-Q1', 45, { POLICE: 12, SCHOOL: null, LINE_911: null }]]);
  const percents = (await tableOf('I-01', 'CHANNEL')).releases[0]!.cells.filter(({ count }) => count === null);
  expect(percents.map(({ percent }) => percent)).toEqual([null, null]);
  const { rows } = await pool.query('select cells from insights.release');
  expect(JSON.stringify(rows)).not.toMatch(/\b(3|30)\b/);
});

it('R-804: what came out does not change with what is learnt later, nor is it counted twice', async () => {
  await opened('a', 12, {});
  await pass('2026-05-01T12:00:00.000Z');
  expect(await figures.publish()).toBe(1);
  const before = await figures.figures();
  await say('a0', 1, 'ReportCompleted', '2026-05-02T12:00:00.000Z', { channel: 'POLICE' });
  await opened('late', 1, {});
  expect(await figures.publish()).toBe(0);
  expect(await figures.figures()).toEqual(before);
});

it('R-804: what came out keeps its categories, whatever becomes of the list', async () => {
  await pool.query(
    `insert into insights.release values ('I-01', 'CHANNEL', '2025-Q1', 1, now(), 45, '{"GONE_SINCE": 12, "UNKNOWN": 20, "POLICE": 13}')`,
  );
  const [release] = (await tableOf('I-01', 'CHANNEL')).releases;
  expect(release!.cells.map(({ code, count }) => [code, count])).toEqual([
    ['POLICE', 13],
    ['UNKNOWN', 20],
    ['GONE_SINCE', 12],
  ]);
});

it('R-801, R-808: a figure says period, version and what is not known, and nothing of a case', async () => {
  await opened('pseudonym', 12, {});
  await pass('2026-05-01T12:00:00.000Z');
  await figures.publish();
  const said = await figures.figures();
  const [release] = said.tables[0]!.releases;
  expect(release).toMatchObject({ quarter: '2026-Q1', version: 1, total: 12 });
  expect(release!.cells.find(({ code }) => code === 'UNKNOWN')).toMatchObject({ count: 12 });
  const { rows } = await pool.query('select * from insights.release');
  expect(JSON.stringify([said, rows])).not.toMatch(/pseudonym|2026-02/);
});

it('R-002: a case of one interview by the end of the quarter of its first is told apart from one of several', async () => {
  for (let i = 0; i < 36; i++) {
    await say(`i${i}`, 0, 'ForensicInterviewConducted', FEBRUARY, { session: 1 });
    if (i < 12) await say(`i${i}`, 1, 'ForensicInterviewConducted', FEBRUARY, { session: 2 });
    else if (i < 20) await say(`i${i}`, 1, 'ForensicInterviewConducted', '2026-05-02T12:00:00.000Z', { session: 2 });
  }
  await pass('2026-04-10T12:00:00.000Z');
  await figures.publish();
  expect(await shown('I-06', 'INTERVIEWS')).toEqual([['2026-Q1', 36, { ONE: 24, SEVERAL: 12 }]]);
  const [release] = (await tableOf('I-06', 'INTERVIEWS')).releases;
  expect(release!.cells.map(({ percent }) => percent)).toEqual([66.7, 33.3]);
});

it('nothing comes out while a fact is missing in the middle of a case', async () => {
  await opened('gap', 20, { channel: 'SCHOOL' });
  const { stream } = factMessage('gap0', 2, 'CaseClosed', {});
  feed.push(factMessage('gap0', 2, 'CaseClosed', {}));
  await pass('2026-07-02T12:00:00.000Z');
  await until('the gap is known', async () => (await cases.gaps()) === 1 || undefined);
  expect(await figures.publish()).toBe(0);
  expect((await cases.incomplete()).map((one) => one.stream)).toEqual([stream]);
  await say('gap0', 1, 'RightsExplained', FEBRUARY);
  await cases.waitFor(stream, 2);
  expect(await figures.publish()).toBeGreaterThan(0);
});

it('nothing comes out while facts are missing that may still come, and it is said since when', async () => {
  await opened('a', 12, { channel: 'POLICE' });
  await pass('2026-05-01T12:00:00.000Z');
  behind = 1;
  expect(await figures.publish()).toBe(0);
  behind = 0;
  // Nothing that PostgreSQL stores.
  await say('broken', 0, 'CaseOpened', FEBRUARY, { state: 'x\u0000', sourceAgency: 'HEALTH' });
  // the quarter, and not the moment at which a fact came.
  expect((await figures.figures()).incompleteSince).toEqual(
    expect.stringMatching(/^20\d\d-(01|04|07|10)-01T06:00:00.000Z$/),
  );
  expect(await figures.publish()).toBe(0);
  expect(await shown('I-01', 'CHANNEL')).toEqual([]);
  const [parked] = await cases.parked();
  await cases.setAside(parked!.stream, parked!.revision, 'UNREADABLE_FOR_GOOD');
  // Somebody has decided to go on without it; that it is missing is still said.
  expect(await figures.publish()).toBe(1);
  expect((await figures.figures()).incompleteSince).not.toBeNull();
});
