import {
  type CommandSpec,
  allCommands,
  AFFILIATIONS_OF,
  holds,
  REPORT_QUESTIONS,
  type Role,
  ROLES,
} from '@resguardo/contracts';
import { demoAccounts } from '@resguardo/identity';
import { curpCheckDigit } from '../../../libs/vault/src/identity/curp.js';

type Field = CommandSpec['input'][string];

export interface InputOptions {
  /** Fields that need not be given are given too. */
  readonly optionals?: boolean;
  /** Words for a free text, by its path (`identity.address`); each field gets words of its own unless told. */
  readonly text?: (path: string) => string;
}

/** A CURP of nobody that passes every check, from a number. */
export const inventedCurp = (n = 0): string => {
  const consonants = 'BCDFGHJKLMNPQRSTVWXYZ';
  const at = (shift: number) => consonants[Math.floor(n / shift) % consonants.length]!;
  const root = `ZEZZ130219HNE${at(1)}${at(21)}${at(441)}A`;
  return `${root}${curpCheckDigit(root)}`;
};

/** A Mexican number that no exchange has given out in a row: the last four digits are free. */
export const inventedPhone = (n = 0): string => `777 31${String(20 + (n % 80)).padStart(2, '0')} ${String(1000 + n)}`;

const FORMATS: Readonly<Record<string, () => string>> = {
  curp: () => inventedCurp(),
  phone: () => inventedPhone(),
  time: () => '08:30',
};

const valueOf = (field: Field, path: string, options: InputOptions): unknown => {
  switch (field.kind) {
    case 'code':
      return field.codes![0];
    case 'flag':
      return true;
    case 'instant':
      return new Date(Date.now() - 3_600_000).toISOString();
    case 'day':
      return '2013-02-19';
    case 'count':
      return Math.max(field.min ?? 0, Math.min(1, field.max ?? 1));
    case 'ref':
      return 'v1';
    case 'digest':
      return 'ab'.repeat(32);
    case 'text':
      return field.format
        ? FORMATS[field.format]!()
        : (options.text?.(path) ?? `Texto inventado para ${path}`).slice(0, field.max);
    case 'many':
      return [valueOf(field.item!, path, options)];
    case 'group':
      return inputOf(field.fields!, `${path}.`, options);
  }
};

/** May be left for later, and is what people usually know. */
const USUAL: readonly string[] = REPORT_QUESTIONS;

const inputOf = (fields: CommandSpec['input'], prefix: string, options: InputOptions): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([name, field]) => options.optionals || !field.optional || USUAL.includes(name))
      .map(([name, field]) => [name, valueOf(field, prefix + name, options)]),
  );

/**
 * An input that the validation of a command takes; whether a rule takes it is another matter. `overrides` replace whole fields;
 * one that is `undefined` takes the field away.
 */
export const validInput = (
  command: string,
  overrides: Readonly<Record<string, unknown>> = {},
  options: InputOptions = {},
): Record<string, unknown> => {
  const spec = allCommands[command];
  if (!spec) throw new Error(`no command ${command}`);
  const all = { ...inputOf(spec.input, '', options), ...overrides };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
};

/** User names of the demo accounts of Morelos that hold a command's permission, officers first. */
export const whoMaySay = (command: string): readonly string[] => {
  const { may } = allCommands[command]!;
  return demoAccounts()
    .filter(({ role, agency, states }) => holds(role, agency, may) && (states.length === 0 || states.includes('17')))
    .map(({ username }) => username);
};

/** One account of each kind that can sign in: role and affiliation. */
export const oneOfEachKind = (): readonly {
  readonly role: Role;
  readonly agency: string;
  readonly username: string;
}[] =>
  ROLES.flatMap((role) =>
    AFFILIATIONS_OF[role].map((agency) => {
      const found = demoAccounts().find((account) => account.role === role && account.agency === agency);
      if (!found) throw new Error(`no demo account of ${role} at ${agency}`);
      return { role, agency, username: found.username };
    }),
  );
