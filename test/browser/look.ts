/** Takes pictures of the pages of a running product: `[LOOK_IN=en] node --import ./tools/hooks.mjs test/browser/look.ts URL FOLDER [USER] [PATH…]`. */
import { mkdirSync } from 'node:fs';
import { launch, NARROW, scrollsSideways, signedIn, violations, WIDE } from './support/browser.js';

const [, , url = '', folder = '/tmp/look', user = 'procuraduria.morelos', ...paths] = process.argv;
mkdirSync(folder, { recursive: true });
for (const size of [WIDE, NARROW]) {
  const browser = await launch();
  const { page, errors } = await signedIn(browser, url, user, size);
  if (process.env['LOOK_IN'] === 'en') await page.evaluate(() => localStorage.setItem('resguardo.language', 'en'));
  for (const path of paths.length ? paths : ['/']) {
    await page.goto(url + path);
    await page
      .locator('main h1')
      .first()
      .waitFor({ timeout: 10_000 })
      .catch(() => console.log(`no heading on ${path}`));
    await page
      .locator('[aria-busy="true"]')
      .first()
      .waitFor({ state: 'detached', timeout: 8_000 })
      .catch(() => console.log('busy', path));
    const name = `${folder}/${user}${path.replaceAll('/', '_').replaceAll('?', '-')}-${size.width}.png`;
    await page.screenshot({ path: name, fullPage: true });
    console.log(name, (await scrollsSideways(page)) ? 'SCROLLS SIDEWAYS' : '', (await violations(page)).slice(0, 5));
  }
  if (errors.length) console.log('errors', errors);
  await browser.close();
}
