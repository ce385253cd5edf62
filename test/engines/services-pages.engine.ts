import type { Browser, Page } from 'playwright-core';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { launch, entered, violations } from '../browser/support/browser.js';
import { fill, send } from '../browser/support/forms.js';
import { visit } from '../browser/support/pages.js';
import { allCommands } from '@resguardo/contracts';
import { validInput } from '../e2e/support/inputs.js';
import { OFFICERS, openCase, type People, peopleOf } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';

describe('the pages of the product as eight services, through its one address', () => {
  const folder = temporaryFolder();
  const pages = new Map<string, Promise<Page>>();
  let all: Distributed;
  let people: People;
  let browser: Browser;
  const pageOf = (username: string): Promise<Page> => {
    const product = { url: all.gateway.url, dataFolder: folder };
    const known = pages.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    pages.set(username, known);
    return known;
  };

  beforeAll(async () => {
    all = await startDistributed({ folder });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
    browser = await launch();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await all?.stop();
    removeFolder(folder);
  });

  describe('D12: with coordination away', () => {
    const NOBODYS = ['17-26-ZZZZZZZY', '17-26-ZZZZZZZZ'] as const;
    const retellingIn = (page: Page) => page.locator('form[data-command="recordRetelling"]');
    const myDay = (page: Page) => visit(page, `${all.gateway.url}/`);
    const cameBack = (page: Page) =>
      page.getByRole('region', { name: 'Regresó: no está en la línea de tiempo' }).getByRole('listitem');
    const untilBack = async (page: Page, many: number) => {
      for (const end = Date.now() + 60_000; Date.now() < end;) {
        await myDay(page);
        if ((await cameBack(page).count()) === many) return;
      }
      throw new Error(`${many} did not come back`);
    };

    it('what is said is kept and shown as such; what no case takes comes back, and is got back and sent, or let go', async () => {
      const { folio } = await openCase(people, {}, OFFICERS.HEALTH);
      const page = await pageOf(OFFICERS.HEALTH);
      await all.services.coordination.kill();
      for (const nobodys of NOBODYS) {
        await visit(page, `${all.gateway.url}/hechos#recordRetelling`);
        await fill(retellingIn(page), allCommands['recordRetelling']!.input, validInput('recordRetelling'));
        await retellingIn(page)
          .getByLabel(/^Folio/)
          .fill(nobodys);
        expect(await send(page, retellingIn(page))).toMatch(/^partial: Guardado aquí/);
      }
      await myDay(page);
      await page
        .getByRole('region', { name: 'Guardado aquí, aún no en la línea de tiempo' })
        .getByRole('listitem')
        .nth(1)
        .waitFor();

      await all.services.coordination.start();
      await untilBack(page, 2);
      await cameBack(page).first().getByText('Ningún caso tiene ese folio.').waitFor();
      expect(await violations(page)).toEqual([]);
      await cameBack(page).first().getByRole('button', { name: 'Recuperar lo escrito' }).click();
      const recovered = retellingIn(page);
      await recovered.waitFor();
      expect(await recovered.getByLabel(/^Folio/).inputValue()).toBe(NOBODYS[0]);
      await recovered.getByLabel(/^Folio/).fill(folio);
      expect(await send(page, recovered)).toBe('good');

      await untilBack(page, 1);
      await cameBack(page).getByRole('button', { name: 'Quitar' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByText('Lo que escribió se borra').waitFor();
      expect(await violations(page)).toEqual([]);
      const forgetting = page.waitForRequest((request) => request.postData()?.includes('mutation ForgetKept') === true);
      await dialog.getByRole('button', { name: 'Quitar' }).click();
      await forgetting;
      await cameBack(page).waitFor({ state: 'detached' });
      await untilBack(page, 0);
    }, 150_000);
  });
});
