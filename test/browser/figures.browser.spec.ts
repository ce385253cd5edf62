import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { FIGURES, openMany } from '../e2e/support/figures.js';
import { ANALYST, peopleOf } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { until } from '../support/until.js';
import { entered, launch, NARROW, scrollsSideways, violations, WIDE } from './support/browser.js';
import { flaws, visit } from './support/pages.js';

describe('figures that came out, on the page', () => {
  const folder = temporaryFolder();
  const clock = join(folder, 'clock');
  let product: Standalone;
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    writeFileSync(clock, '2026-02-10T12:00:00.000Z');
    product = await startStandalone(join(folder, 'data'), {
      args: ['--empty'],
      env: { RESGUARDO_TEST_CLOCK: clock, RESGUARDO_REQUESTS_PER_MINUTE: '1000000' },
    });
    const people = peopleOf(product);
    for (const [channel, many] of Object.entries({ POLICE: 12, LINE_911: 20, SCHOOL: 3 }))
      await openMany(people, many, channel);
    writeFileSync(clock, '2026-04-10T12:00:00.000Z');
    await openMany(people, 1, 'POLICE');
    await until('the figures', async () => {
      const { data } = await people.read(ANALYST, FIGURES);
      return data.nationalFigures.tables[0].releases.length > 0 || undefined;
    });
    browser = await launch();
    ({ page } = await entered(browser, product, ANALYST));
    await visit(page, `${product.url}/tablero`);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await product?.stop();
    removeFolder(folder);
  });

  it('R-802, R-803: what is hidden is said to be, in words, and is neither a zero nor a gap', async () => {
    const panel = page.getByRole('region', { name: 'Casos nuevos por vía de entrada' });
    await panel.getByText('35 casos en total').waitFor();
    const row = (name: string) =>
      panel
        .locator('tr')
        .filter({ has: page.getByRole('rowheader', { name, exact: true }) })
        .getByRole('cell')
        .allInnerTexts();
    expect(await row('Policía')).toEqual(['12', '34.3 %']);
    for (const name of ['Escuela', '911']) expect(await row(name)).toEqual(['No se publica', 'No se publica']);
    await panel.getByText('«No se publica»: son menos de 10 casos').waitFor();
  });

  it('R-808: each figure says its period, until when it counts, when it came out, and by which rules', async () => {
    const panel = page.getByRole('region', { name: 'Casos nuevos por vía de entrada' });
    await panel.getByText('Cómo se cuenta y cómo se protege').click();
    expect(await panel.getByLabel('Trimestre').locator('option').allInnerTexts()).toEqual(['Trimestre 1 de 2026']);
    const said = await panel.innerText();
    for (const text of ['I-01', '31 mar 2026, 23:59 (CDMX)', '10 abr 2026', 'R-803', 'Siguiente: Trimestre 2 de 2026'])
      expect(said).toContain(text);
    const byState = page.getByRole('region', { name: 'Casos nuevos por entidad' });
    await byState.getByText('Todavía no hay cifras: Trimestre 1 de 2026').waitFor();
  });

  it('R-719: no number leads anywhere, and the page is sound, wide and narrow', async () => {
    expect(await page.locator('main a').count()).toBe(0);
    for (const size of [NARROW, WIDE]) {
      await page.setViewportSize(size);
      expect([size.width, await scrollsSideways(page)]).toEqual([size.width, false]);
    }
    expect([await violations(page), await flaws(page)]).toEqual([[], []]);
  });
});
