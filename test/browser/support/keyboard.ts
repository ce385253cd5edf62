import type { CommandSpec } from '@resguardo/contracts';
import type { Locator, Page } from 'playwright-core';
import { afterSchool } from './forms.js';

type Field = CommandSpec['input'][string];

/** What is wrong with where the keyboard is: nothing marked, out of sight, or under something that stays in place (WCAG 2.4.7, 2.4.11). */
const FLAW = `(() => {
    const one = document.activeElement;
    if (!one || one === document.body || one.tabIndex < 0) return '';
    const called = one.outerHTML.slice(0, 120);
    const of = (element) => getComputedStyle(element);
    const marked = [one, one.parentElement, one.nextElementSibling].filter(Boolean).some((element) =>
      (of(element).outlineStyle !== 'none' && parseFloat(of(element).outlineWidth) > 0) || of(element).boxShadow !== 'none');
    const bordered = one.matches('input, textarea, select') && of(one).borderTopColor !== 'rgb(124, 133, 142)';
    if (!marked && !bordered) return 'not marked: ' + called;
    const box = one.getBoundingClientRect();
    if (box.bottom < 0 || box.top > innerHeight) return 'out of sight: ' + called;
    const x = Math.min(Math.max(box.left + Math.min(box.width / 2, 20), 0), innerWidth - 1);
    const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 0), innerHeight - 1);
    const top = document.elementFromPoint(x, y);
    const own = top && (one.contains(top) || top.contains(one) || one.parentElement.contains(top));
    return own ? '' : 'under something: ' + called;
  })()`;

/** Presses Tab until the keyboard is there. @throws when it does not get there, or is lost from sight on the way. */
export const tabTo = async (page: Page, target: Locator, most = 150): Promise<void> => {
  await target.waitFor();
  for (let i = 0; i < most; i++) {
    await page.keyboard.press('Tab');
    // What arrives meanwhile may move the page for a moment; the keyboard's place must come back to sight by itself.
    await page.waitForFunction(FLAW + " === ''", undefined, { timeout: 2_000 }).catch(async () => {
      throw new Error(`the keyboard's place is ${await page.evaluate(FLAW)}`);
    });
    // Looked for anew each time: what arrives meanwhile may put another in its place.
    if (await target.evaluate((one) => one === (globalThis as any).document.activeElement)) return;
  }
  throw new Error(`Tab does not reach ${target.toString()}`);
};

/** Chooses in a list by its arrows. */
export const choose = async (page: Page, list: Locator, value: string): Promise<void> => {
  await tabTo(page, list);
  for (let i = 0; i < 200 && (await list.inputValue()) !== value; i++) await page.keyboard.press('ArrowDown');
  if ((await list.inputValue()) !== value) throw new Error(`the arrows do not reach ${value}`);
};

/** Types a date and time in the order in which this browser asks for it. */
const typeInstant = async (page: Page, place: Locator, wall: string): Promise<void> => {
  const [, year, month, day, hour, minute] = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+)$/.exec(wall)!;
  for (const order of [`${month}${day}`, `${day}${month}`]) {
    await page.keyboard.type(`${order}${year}`);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.type(
      `${String(Number(hour) % 12 || 12).padStart(2, '0')}${minute}${Number(hour) < 12 ? 'AM' : 'PM'}`,
    );
    if ((await place.inputValue()) === wall) return;
    for (let i = 0; i < 6; i++) await page.keyboard.press('ArrowLeft');
  }
  throw new Error(`typed ${wall}, the field says ${await place.inputValue()}`);
};

/** Fills in what a form asks for with Tab, arrows, the space bar and letters. */
export const fillByKeyboard = async (
  page: Page,
  form: Locator,
  fields: CommandSpec['input'],
  input: Record<string, unknown>,
): Promise<void> => {
  for (const [name, field] of Object.entries(fields)) {
    if ((field.optional && input[name] === undefined) || field.kind === 'group') continue;
    const place = form.locator(`[data-field="${name}"]`).first();
    if ((await place.count()) > 0) await giveByKeyboard(page, place, field, input[name]);
  }
};

const giveByKeyboard = async (page: Page, place: Locator, field: Field, value: unknown): Promise<void> => {
  const wanted = String(Array.isArray(value) ? value[0] : value);
  const radios = place.locator('input[type=radio]');
  const list = place.locator('select');
  const boxes = place.locator('input[type=checkbox]');
  if ((await radios.count()) > 0) {
    // Tab stops at the one that is chosen already.
    const chosen = place.locator('input[type=radio]:checked');
    await tabTo(page, (await chosen.count()) > 0 ? chosen : radios.first());
    await page.keyboard.press('Space');
    for (let i = 0; i < 6 && (await place.locator('input:checked').inputValue()) !== wanted; i++)
      await page.keyboard.press('ArrowDown');
  } else if ((await list.count()) > 0) {
    const options: string[] = await list.locator('option').evaluateAll((all) => all.map((one: any) => one.value));
    await choose(page, list, options.includes(wanted) ? wanted : options.find(Boolean)!);
  } else if ((await boxes.count()) > 0) {
    const exact = place.locator(`input[type=checkbox][value="${wanted}"]`);
    await tabTo(page, (await exact.count()) > 0 ? exact : boxes.first());
    await page.keyboard.press('Space');
  } else {
    const typed = place.locator('input, textarea').first();
    await tabTo(page, typed);
    if (field.kind === 'instant') await typeInstant(page, typed, afterSchool(20));
    else if ((await typed.inputValue()) === '') await page.keyboard.type(wanted);
  }
};

/** Waits until the keyboard is at a place to which the page takes it of itself. */
export const takenTo = (target: Locator): Promise<void> => target.and(target.page().locator(':focus')).waitFor();
