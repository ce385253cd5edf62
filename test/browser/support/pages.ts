import { ruleBook } from '@resguardo/contracts';
import type { Locator, Page, Route } from 'playwright-core';

/** Waits until a page has its heading and nothing on it is loading. */
export const settled = async (page: Page): Promise<void> => {
  await page.locator('main h1').first().waitFor();
  await page.locator('main[aria-busy=true], main [aria-busy=true]').first().waitFor({ state: 'detached' });
};

export const visit = async (page: Page, address: string): Promise<void> => {
  await page.goto(address);
  await settled(page);
};

/**
 * Goes to a place within the portal as a link does, which costs no start of the page; by way of where nothing is, so that the page is new
 * even when only the fragment is.
 */
export const goWithin = async (page: Page, path: string): Promise<void> => {
  const go = (to: string) =>
    page.evaluate(`history.pushState(null, '', ${JSON.stringify(to)}), dispatchEvent(new PopStateEvent('popstate'))`);
  const nothing = page.locator('main a[href="/"]').filter({ hasText: 'Volver' });
  await go('/nada');
  await nothing.waitFor();
  await go(path);
  await nothing.waitFor({ state: 'detached' });
  await settled(page);
};

/** Looks at a list again until what was recorded a moment ago stands in it: lists follow. The test's time is the limit. */
export const visitUntil = async (page: Page, address: string, what: Locator): Promise<void> => {
  do await visit(page, address);
  while ((await what.count()) === 0);
};

/**
 * Opens everything that is folded, what is inside it too; the form of each command is made when its line is opened.
 * `seen`: commands whose form was opened before and stays folded now.
 */
export const unfold = async (page: Page, seen = new Set<string>()): Promise<void> => {
  for (;;) {
    const folded: string = JSON.stringify([...seen]);
    const opened: readonly string[] = await page.evaluate(`(() => {
      const seen = new Set(${folded});
      return [...document.querySelectorAll('main details:not([open])')]
        .filter((one) => !seen.has(one.dataset.action))
        .map((one) => ((one.open = true), one.dataset.action ?? ''));
    })()`);
    if (opened.length === 0) break;
    opened.forEach((command) => command && seen.add(command));
    await page
      .locator('main details[open][data-action]:not(:has(form, [role=status]))')
      .first()
      .waitFor({ state: 'detached' });
  }
  await settled(page);
};

const RULES = JSON.stringify(Object.fromEntries(Object.entries(ruleBook).map(([id, { title }]) => [id, title.es])));

/**
 * What no page may show: codes and ids as programs write them, rules by their id alone, times in another form, more than one red thing,
 * pictures, links that lead away.
 */
export const flaws = async (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const found = [];
    const text = document.body.innerText;
    for (const [what, pattern] of [
      ['a code', /\\b[A-Z]{2,}_[A-Z0-9_]+\\b/g],
      ['an id', /\\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/g],
      ['a time of programs', /\\d{4}-\\d\\d-\\d\\dT\\d\\d/g],
      ['a value of programs', /\\b(undefined|null|NaN)\\b|\\[object /g],
      ['a class of data', /\\bD\\d{1,2}[a-z]?\\b/g],
    ])
      for (const hit of new Set(text.match(pattern) ?? [])) found.push(what + ': ' + hit);
    const rules = ${RULES};
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data, parentElement } = texts.currentNode;
      for (const [id] of data.matchAll(/\\b[RC]-\\d{1,3}\\b/g))
        if (data.trim().length < id.length + 12 && !parentElement.parentElement.textContent.includes(rules[id] ?? 'no such rule'))
          found.push('a rule without words: ' + id);
    }
    for (const time of document.querySelectorAll('time'))
      if (!/\\d{1,2} \\p{L}{3,4} \\d{4}, \\d\\d:\\d\\d \\(CDMX\\)$/u.test(time.innerText)) found.push('a time: ' + time.innerText);
    const red = [...document.querySelectorAll('main *')].filter(
      (one) => getComputedStyle(one).color === 'rgb(180, 35, 24)' && getComputedStyle(one.parentElement).color !== 'rgb(180, 35, 24)',
    );
    if (red.length > 1) found.push('red things: ' + red.map((one) => one.innerText).join(' / '));
    for (const one of document.querySelectorAll('img, video, iframe, object, embed')) found.push('a picture: ' + one.outerHTML);
    for (const one of document.querySelectorAll('a[href]'))
      if (one.origin !== location.origin) found.push('a link that leads away: ' + one.href);
    return found;
  })()`);

/** The operations that a request to the server asks for, by name. */
const operationOf = (route: Route): string =>
  (JSON.parse(route.request().postData() ?? '{}') as { operationName?: string }).operationName ?? '';

/** Answers one operation in place of the server until `stop` is called; everything else goes its way. */
export const instead = async (
  page: Page,
  operation: string,
  answer: (route: Route) => Promise<void>,
): Promise<{ stop(): Promise<void> }> => {
  const handler = (route: Route) => (operationOf(route) === operation ? answer(route) : route.fallback());
  await page.route('**/graphql', handler);
  return { stop: () => page.unroute('**/graphql', handler) };
};

/** The server's own answer with something in it changed. */
export const changed =
  (change: (data: any) => void) =>
  async (route: Route): Promise<void> => {
    const response = await route.fetch();
    const body = (await response.json()) as { data?: unknown };
    change(body.data);
    await route.fulfill({ response, json: body });
  };

/** An error as GraphQL says it. */
export const failing =
  (code: string, extensions: object = {}) =>
  (route: Route): Promise<void> =>
    route.fulfill({ json: { errors: [{ message: 'x', extensions: { code, ...extensions } }], data: null } });
