import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pseudonyms } from '@resguardo/service';
import type { Client } from 'pg';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { FIGURES, openedBy, openMany } from '../e2e/support/figures.js';
import { ADMINISTRATOR, ANALYST, OFFICERS, type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { rowsOf } from '../support/canaries.js';
import { inDatabase, tableInUse } from '../support/in-database.js';
import { until } from '../support/until.js';

const INTEGRITY = `{ integrity { services { service condition followers { name condition leavesOut parked {
  id revision factType case { caseId } } } } } }`;
const RETRY = 'mutation ($input: ParkedCaseInput!) { retryParkedCase(input: $input) { outcome } }';

describe('figures for analysis, from a feed of pseudonyms', () => {
  const folder = temporaryFolder();
  const clock = join(folder, 'clock');
  let all: Distributed;
  let people: People;
  let cases: { readonly caseId: string; readonly folio: string }[];
  beforeAll(async () => {
    writeFileSync(clock, '2026-02-10T12:00:00.000Z');
    all = await startDistributed({
      folder: join(folder, 'data'),
      env: { RESGUARDO_TEST_CLOCK: clock, RESGUARDO_REQUESTS_PER_MINUTE: '1000000' },
    });
    people = peopleOf({ url: all.gateway.url, dataFolder: join(folder, 'data') });
    cases = [...(await openMany(people, 12, 'POLICE'))];
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    removeFolder(folder);
  });

  const inItsDatabase = <T>(work: (client: Client) => Promise<T>): Promise<T> =>
    inDatabase(all.databases.insights, work);
  const counted = () =>
    inItsDatabase(async (client) => {
      const { rows } = await client.query<{ key: string }>(
        `select key from ${await tableInUse(client, 'counted_case')}`,
      );
      return rows.map(({ key }) => key);
    });
  const untilCounted = (many: number) =>
    until(`${many} cases counted`, async () => ((await counted()).length === many ? true : undefined));
  const codesOf = ({ errors = [] }: Awaited<ReturnType<People['read']>>) =>
    errors.map(({ extensions }) => [extensions?.code, extensions?.service]);
  const insightsIn = async () => {
    const { data } = await people.read(ADMINISTRATOR, INTEGRITY);
    return data.integrity.services.find(({ service }: { service: string }) => service === 'insights');
  };

  it('insights away: the analyst is told so by name, everybody else works on, and it catches up', async () => {
    await untilCounted(12);
    await all.services.insights.kill();
    expect(codesOf(await people.read(ANALYST, FIGURES))).toEqual([['SERVICE_AWAY', 'insights']]);
    expect(await insightsIn()).toMatchObject({ condition: 'AWAY' });
    cases.push(...(await openMany(people, 3, 'SCHOOL')));
    expect((await people.read(OFFICERS.PROSECUTOR, '{ myDay { incompleteSince } }')).errors).toBeUndefined();
    await all.services.insights.start();
    await untilCounted(15);
  });

  it('R-719: its database names its cases as nobody else does, and its folder has no key', async () => {
    const key = readFileSync(join(all.secretsOf('coordination'), 'pseudonym-key'));
    expect([...(await counted())].sort()).toEqual(cases.map(({ caseId }) => pseudonyms(key)(caseId)).sort());
    const held = await inItsDatabase((client) => rowsOf(client));
    expect(held.some(({ bytes }) => bytes.includes('POLICE'))).toBe(true);
    const named = cases.flatMap(({ caseId, folio }) => [caseId, folio]);
    expect(named.filter((name) => held.some(({ bytes }) => bytes.includes(name)))).toEqual([]);
    expect(() => readFileSync(join(all.secretsOf('insights'), 'master-key'))).toThrow('ENOENT');
    expect(() => readFileSync(join(all.secretsOf('insights'), 'pseudonym-key'))).toThrow('ENOENT');
  });

  it('D4: a case that stands still in it is seen in oversight under no name, and nothing comes out until it goes on', async () => {
    const alter = (how: string) =>
      inItsDatabase(async (client) => client.query(`alter table ${await tableInUse(client, 'counted_case')} ${how}`));
    await alter(`add constraint planted check (channel <> 'HEALTH')`);
    cases.push(...(await openMany(people, 1, 'HEALTH')));
    const parked = await until('the parked case', async () => {
      const [follower] = (await insightsIn()).followers;
      return follower.parked.length > 0 ? follower : undefined;
    });
    expect(parked).toMatchObject({ name: 'counted_case', leavesOut: true, condition: 'PARKED' });
    expect(parked.parked).toEqual([{ id: expect.any(String), revision: 0, factType: 'CaseOpened', case: null }]);
    writeFileSync(clock, '2026-08-10T12:00:00.000Z');
    await openMany(people, 1, 'POLICE');
    const lacking = await until('what is missing', async () => {
      const { data } = await people.read(ANALYST, FIGURES);
      return data.nationalFigures.incompleteSince ? data.nationalFigures : undefined;
    });
    expect(openedBy(lacking, 'CHANNEL')).toEqual([]);
    await alter('drop constraint planted');
    const { data } = await people.read(ADMINISTRATOR, RETRY, {
      input: { service: 'insights', follower: 'counted_case', parked: parked.parked[0].id, revision: 0 },
    });
    expect(data.retryParkedCase).toEqual({ outcome: 'GOES_ON' });
  });

  it('R-802, R-811: what comes out is protected as in one process', async () => {
    const said = await until('the figures', async () => {
      const { data } = await people.read(ANALYST, FIGURES);
      return data.nationalFigures.tables[1].releases.length > 0 ? data.nationalFigures : undefined;
    });
    expect(openedBy(said, 'CHANNEL')).toEqual([
      { quarter: '2026-Q2', total: 0, cells: {} },
      { quarter: '2026-Q1', total: 16, cells: null },
    ]);
    expect(openedBy(said, 'STATE')).toEqual([{ quarter: '2026-Q1', total: 16, cells: { '17': 15 } }]);
    expect(said.incompleteSince).toBeNull();
  });
});
