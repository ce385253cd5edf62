import { createHmac } from 'node:crypto';
import type { CommandSpec } from '@resguardo/contracts';

/** Capabilities whose commands bring words to the vault, which runs beside the shared desk: it must get them. */
const TO_THE_VAULT: readonly string[] = ['vault'];

export interface Hidden {
  /** The input with a mark in the place of each free text. The same words get the same mark, so a repetition is recognised. */
  readonly input: Readonly<Record<string, unknown>>;
  /** The decided data with the words again. */
  readonly reveal: (data: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
}

/**
 * Takes the free texts out of an input that another service decides (D5: deciders never see plaintext). Identity, which goes to the vault,
 * and codes stay. `key`: of this service; without it a mark tells nothing.
 */
export const hideTexts = (
  { input: fields, capability }: CommandSpec,
  input: Readonly<Record<string, unknown>>,
  key: Buffer,
): Hidden => {
  const words = new Map<string, string>();
  const hidden = (text: string): string => {
    const mark = `~${createHmac('sha256', key).update(text).digest('base64url')}`;
    words.set(mark, text);
    return mark;
  };
  const shown = (value: unknown): unknown =>
    typeof value === 'string' ? hidden(value) : Array.isArray(value) ? value.map(shown) : value;
  const isText = (name: string): boolean => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    return (field?.kind === 'many' ? field.item?.kind : field?.kind) === 'text';
  };
  const revealed = (value: unknown): unknown =>
    typeof value === 'string' ? (words.get(value) ?? value) : Array.isArray(value) ? value.map(revealed) : value;
  return {
    input: TO_THE_VAULT.includes(capability)
      ? input
      : Object.fromEntries(Object.entries(input).map(([name, value]) => [name, isText(name) ? shown(value) : value])),
    reveal: (data) => Object.fromEntries(Object.entries(data).map(([name, value]) => [name, revealed(value)])),
  };
};
