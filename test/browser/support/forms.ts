import type { CommandSpec } from '@resguardo/contracts';
import type { Locator, Page } from 'playwright-core';
import { toLocal } from '../../../apps/portal/src/format.js';

type Field = CommandSpec['input'][string];

/** Five in the afternoon, in so many days, as a field for date and time takes it: to come, whenever the tests run. */
export const afterSchool = (days: number): string =>
  `${toLocal(new Date(Date.now() + days * 86_400_000).toISOString()).slice(0, 10)}T17:00`;

/** Fills in what a form asks for and is not optional, as a person would: a choice is chosen, a text is typed. */
export const fill = async (
  form: Locator,
  fields: CommandSpec['input'],
  input: Record<string, unknown>,
  prefix = '',
) => {
  // A form that is not drawn yet would look like one that asks for nothing.
  await form.waitFor();
  for (const [name, field] of Object.entries(fields)) {
    if (field.optional && input[name] === undefined) continue;
    const place = form.locator(`[data-field="${prefix}${name}"]`).first();
    // What the page knows already is not asked again.
    if ((await place.count()) === 0) continue;
    if (field.kind === 'group') await fill(form, field.fields!, input[name] as Record<string, unknown>, `${name}.`);
    else await give(place, field, input[name]);
  }
};

export const give = async (place: Locator, field: Field, value: unknown) => {
  const radio = place.locator('input[type=radio]');
  const select = place.locator('select');
  const box = place.locator('input[type=checkbox]');
  if ((await radio.count()) > 0) {
    const wanted = place.locator(`input[type=radio][value="${String(value)}"]`);
    await ((await wanted.count()) > 0 ? wanted : radio).first().check();
  } else if ((await select.count()) > 0) {
    const options = await select.locator('option').evaluateAll((all) => all.map((one: any) => one.value as string));
    await select.selectOption(options.includes(String(value)) ? String(value) : (options.find(Boolean) ?? ''));
  } else if ((await box.count()) > 0) {
    const wanted = (Array.isArray(value) ? value : [value]).map((one) =>
      place.locator(`input[type=checkbox][value="${String(one)}"]`),
    );
    for (const one of wanted) await ((await one.count()) > 0 ? one : box).first().check();
  } else if (field.kind === 'instant') await place.locator('input').first().fill(afterSchool(20));
  else {
    const text = Array.isArray(value) ? String(value[0]) : String(value);
    const typed = place.locator('input, textarea').first();
    if ((await typed.inputValue()) === '') await typed.fill(text);
  }
};

/**
 * Sends a form and says what came of it: `good`, `refused`, or what the page complains of.
 * @param notice where the page says so, when the form goes with what it was about
 */
export const send = async (page: Page, form: Locator, notice = form.locator('.notice')): Promise<string> => {
  await form.locator('button[type=submit]').click();
  const dialog = page.getByRole('dialog');
  await notice.or(dialog).first().waitFor();
  if (await dialog.isVisible()) {
    await dialog.getByRole('button').last().click();
    await dialog.waitFor({ state: 'hidden' });
    await notice.first().waitFor();
  }
  const tone = await notice.first().getAttribute('data-tone');
  return tone === 'good' || tone === 'refused' ? tone : `${tone}: ${(await notice.first().innerText()).slice(0, 300)}`;
};
