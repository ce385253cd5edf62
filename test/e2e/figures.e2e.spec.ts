import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../support/until.js';
import { FIGURES, openedBy, openMany } from './support/figures.js';
import { ANALYST, OFFICERS, type People, peopleOf, SUPERVISORS } from './support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

describe('figures for analysis', () => {
  const folder = temporaryFolder();
  const clock = join(folder, 'clock');
  let product: Standalone;
  let people: People;
  beforeAll(async () => {
    writeFileSync(clock, '2026-02-10T12:00:00.000Z');
    product = await startStandalone(join(folder, 'data'), {
      args: ['--empty'],
      env: { RESGUARDO_TEST_CLOCK: clock, RESGUARDO_REQUESTS_PER_MINUTE: '1000000' },
    });
    people = peopleOf(product);
  }, 60_000);
  afterAll(async () => {
    await product.stop();
    removeFolder(folder);
  });

  it('R-719, R-802, R-805: an analyst is told of a quarter once it is over, of no small number, and of no case', async () => {
    const cases = [...(await openMany(people, 12, 'POLICE')), ...(await openMany(people, 3, 'SCHOOL'))];
    expect((await people.read(ANALYST, FIGURES)).data.nationalFigures.tables[0].releases).toEqual([]);
    writeFileSync(clock, '2026-08-10T12:00:00.000Z');
    await openMany(people, 1, 'POLICE');
    const said = await until('the figures', async () => {
      const { data } = await people.read(ANALYST, FIGURES);
      return data.nationalFigures.tables[1].releases.length > 0 ? data.nationalFigures : undefined;
    });
    // Three came through a school: of fifteen no other number is told, nor that of all the others.
    expect(openedBy(said, 'CHANNEL')).toEqual([
      { quarter: '2026-Q2', total: 0, cells: {} },
      { quarter: '2026-Q1', total: 15, cells: null },
    ]);
    expect(openedBy(said, 'STATE')).toEqual([{ quarter: '2026-Q1', total: 15, cells: { '17': 15 } }]);
    for (const { caseId, folio } of cases) {
      expect(JSON.stringify(said)).not.toContain(caseId);
      expect(JSON.stringify(said)).not.toContain(folio);
    }
  }, 60_000);

  it('R-719: who works on cases has other pages, and an analyst no case', async () => {
    for (const username of [OFFICERS.HEALTH, SUPERVISORS.HEALTH])
      expect((await people.read(username, FIGURES)).errors?.map(({ extensions }) => extensions?.code)).toEqual([
        'FORBIDDEN',
      ]);
    const { data } = await people.read(ANALYST, '{ me { pages permissions } }');
    expect(data.me).toEqual({ pages: ['NATIONAL_FIGURES'], permissions: ['session:read', 'insights:read'] });
  });
});
