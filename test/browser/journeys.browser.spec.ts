import type { Browser, Page } from 'playwright-core';
import { subjectOf } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { entered, launch } from './support/browser.js';
import { journeys } from './support/journeys.js';

describe('the child tells it once: the main job of each role', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let browser: Browser;
  const opened = new Map<string, Promise<Page>>();
  const pageOf = (username: string): Promise<Page> => {
    const known = opened.get(username) ?? entered(browser, product, username).then(({ page }) => page);
    opened.set(username, known);
    return known;
  };

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    browser = await launch();
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await product.stop();
    removeFolder(dataFolder);
  });

  journeys(() => ({ url: product.url, pageOf, subjectOf }));
});
