import type { Page } from 'playwright-core';
import { NARROW, scrollsSideways, violations, WIDE } from '../../browser/support/browser.js';

/** Words that call somebody "tú": the pages say "usted", like the portal. */
const FAMILIAR =
  /(?<!\p{L})(t[uú]s?|te|ti|ha[sz]|puedes|tienes|debes|quieres|consigues|instala|abre|escanea|introduce|escribe|elige|usa|configura|actualiza|inicia|confirma|vuelve|identif[ií]cate)(?!\p{L})/giu;

/** What is wrong with a page of Keycloak's on a telephone and on a desk, in words. It is left as wide as it was. */
export const wrongWith = async (page: Page): Promise<readonly string[]> => {
  const before = page.viewportSize()!;
  const found: string[] = [];
  for (const size of [NARROW, WIDE]) {
    await page.setViewportSize(size);
    if (await scrollsSideways(page)) found.push(`${size.width} px: wider than that`);
    for (const one of await violations(page)) found.push(`${size.width} px: ${one}`);
  }
  await page.setViewportSize(before);
  // A key is made of letters, of any.
  const key = (await page.locator('#kc-totp-secret-key').allInnerTexts()).join();
  const [title, text] = [await page.title(), (await page.locator('body').innerText()).replace(key, '')];
  for (const [word] of `${title}\n${text}`.matchAll(FAMILIAR)) found.push(`says "${word}"`);
  return found;
};

/** Waits until the keyboard is in a field. @returns what is said of it to whoever does not see it: its label, and what describes it. */
export const saidAt = async (page: Page, field: string): Promise<string> => {
  await page.locator(`#${field}:focus`).waitFor();
  return page.evaluate(`(() => {
    const at = document.activeElement;
    const described = document.getElementById(at.getAttribute('aria-describedby'));
    return [...at.labels, ...(described ? [described] : [])].map(({ innerText }) => innerText.trim()).join(': ');
  })()`);
};
