import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands, type CommandSpec } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { Auditable } from '@resguardo/eventing';
import type { Sealer } from '@resguardo/vault';
import type { Client } from 'pg';
import { canaryForms } from '../../libs/vault/src/testing/canary-forms.js';
import { inventedCurp, inventedPhone, validInput } from '../e2e/support/inputs.js';

type Field = CommandSpec['input'][string];
type Fields = CommandSpec['input'];

/** Paths of the sealed fields of a fact or of a command's input: `summary`, `identity.curp`. */
export const sealedPaths = (fields: Fields, prefix = ''): readonly string[] =>
  Object.entries(fields).flatMap(([name, field]) =>
    field.kind === 'group' ? sealedPaths(field.fields!, `${prefix}${name}.`) : field.sealed ? [prefix + name] : [],
  );

/** Every sealed field that a person can fill, as `command.path`, and every one that a fact can hold, as `Type.field`. */
export const SEALED_INPUTS: readonly string[] = Object.entries(allCommands)
  .filter(([, { on }]) => on !== 'process')
  .flatMap(([name, { input }]) => sealedPaths(input).map((path) => `${name}.${path}`));
export const SEALED_FACTS: readonly string[] = Object.entries(allFacts).flatMap(([type, { fields }]) =>
  sealedPaths(fields).map((path) => `${type}.${path}`),
);

const codesInClear = (fields: Fields): readonly string[] =>
  Object.values(fields).flatMap(({ sealed, kind, codes, item, fields: inner }) =>
    kind === 'group' ? codesInClear(inner!) : sealed ? [] : (codes ?? item?.codes ?? []),
  );
const CLEAR = new Set(
  [
    ...Object.values(allFacts).map(({ fields }) => fields),
    ...Object.values(allCommands).map(({ input }) => input),
  ].flatMap(codesInClear),
);

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';
/** A word of nobody's language, with an accent that normalising takes away; another for each number. */
const word = (n: number): string => {
  const letters = CONSONANTS.length * VOWELS.length;
  let rest = (n * 48_271) % letters ** 3;
  let made = '';
  for (let i = 0; i < 3; i++, rest = Math.floor(rest / letters))
    made += CONSONANTS[rest % 14]! + (i === 1 ? 'áéíóú' : VOWELS)[Math.floor((rest % letters) / 14)]!;
  return `${made[0]!.toUpperCase()}${made.slice(1)}xur`;
};

const nameIn = (where: string): string => where.split('.').at(-1)!;

export interface Canary {
  /** Where it was planted. */
  readonly where: string;
  readonly value: string;
}

/**
 * Plants values that stand nowhere else, one per sealed field, and remembers them. A sealed code comes from a closed list and cannot be
 * invented: one is taken that no field in clear may hold, and it is looked for together with its field's name besides.
 */
export const canaryPlanter = () => {
  const planted: Canary[] = [];
  let count = 0;
  let wordCount = 0;
  const plant = (where: string, value: string): string => {
    planted.push({ where, value });
    return value;
  };
  const text = (where: string): string => {
    const words = [word(++wordCount), word(++wordCount), `Ñandú${++count}`];
    // Searches keep words one by one: each of them is looked for alone, too.
    for (const one of words.slice(0, 2)) plant(where, one);
    return plant(where, words.join(' '));
  };
  const code = (where: string, codes: readonly string[]): string =>
    plantCode(where, [...codes].sort((a, b) => Number(CLEAR.has(a)) - Number(CLEAR.has(b)) || b.length - a.length)[0]!);
  const plantCode = (where: string, chosen: string): string => {
    if (!CLEAR.has(chosen) && chosen.length >= 10) plant(where, chosen);
    return together(where, nameIn(where), chosen);
  };
  /** A value too short or too common to be looked for alone. */
  const together = (where: string, name: string, value: string): string => {
    for (const shape of [
      `"${name}":"${value}"`,
      `"${name}": "${value}"`,
      `"${name}":["${value}"`,
      `"${name}": ["${value}"`,
    ])
      plant(where, shape);
    plant(where, `${name}: '${value}'`);
    return value;
  };
  const of = (field: Field, where: string): unknown => {
    switch (field.kind) {
      case 'group':
        return filled(field.fields!, where);
      case 'many':
        return [of(field.item!, where)];
      case 'code':
        return code(where, field.codes!);
      case 'day':
        return plant(where, `20${12 + (++count % 4)}-0${1 + (count % 9)}-${10 + (count % 18)}`);
      case 'instant':
        return plant(where, new Date(Date.UTC(2021, 4, 3, 2, 1, 7, 0) + ++count * 86_413_337).toISOString());
      case 'text':
        switch (field.format) {
          case 'curp':
            return plant(where, inventedCurp(++count));
          case 'phone':
            return plant(where, inventedPhone(++count));
          case 'time':
            return together(where, nameIn(where), `0${7 + (++count % 2)}:${10 + (count % 50)}`);
          default:
            return text(where).slice(0, field.max);
        }
      default:
        throw new Error(`${where}: no canary for a sealed ${field.kind}`);
    }
  };
  /** A value that somebody else has thought of. */
  const note = (field: Field, where: string, value: unknown): void => {
    switch (field.kind) {
      case 'group':
        return noteAll(field.fields!, where, value as Record<string, unknown>);
      case 'many':
        return (value as readonly unknown[]).forEach((one) => note(field.item!, where, one));
      case 'code':
        return void plantCode(where, value as string);
      case 'text':
        return void (field.format === 'time'
          ? together(where, nameIn(where), value as string)
          : plant(where, value as string));
      case 'day':
      case 'instant':
        return void plant(where, value as string);
      default:
        throw new Error(`${where}: a sealed ${field.kind} cannot be looked for`);
    }
  };
  const noteAll = (fields: Fields, where: string, values: Readonly<Record<string, unknown>>): void => {
    for (const [name, field] of Object.entries(fields))
      if (field.sealed && values[name] !== undefined) note(field, `${where}.${name}`, values[name]);
  };
  const filled = (fields: Fields, where: string): Record<string, unknown> =>
    Object.fromEntries(
      Object.entries(fields)
        .filter(([, { sealed }]) => sealed)
        .map(([name, field]) => [name, of(field, `${where}.${name}`)]),
    );
  return {
    planted: planted as readonly Canary[],
    text,
    /** A value chosen by hand (in a file, say), and one too short to be looked for without its field's name. */
    plant,
    together,
    /** Remembers what stands in the sealed fields of an input that was made elsewhere. Its words are ordinary ones: they are looked for together. */
    noted: <Input extends Readonly<Record<string, unknown>>>(command: string, input: Input): Input => {
      noteAll(allCommands[command]!.input, command, input);
      return input;
    },
    /** An input that validates, with a canary in each sealed field; `overrides` replace whole fields. */
    input: (command: string, overrides: Readonly<Record<string, unknown>> = {}): Record<string, unknown> =>
      validInput(command, { ...filled(allCommands[command]!.input, command), ...overrides }),
  };
};

/** Everything that PostgreSQL can be made to say: what is not sent to it in clear cannot be said by it either. */
export const TALKATIVE = {
  log_statement: 'all',
  log_error_verbosity: 'verbose',
  log_min_error_statement: 'debug5',
  log_min_messages: 'info',
  log_parameter_max_length: '-1',
  log_parameter_max_length_on_error: '-1',
};

export interface Haystack {
  readonly name: string;
  readonly bytes: Buffer;
}
export interface Leak {
  readonly haystack: string;
  readonly where: string;
  readonly form: string;
}

/** Finds every form of every canary in one pass: what `canariesIn` says, for hundreds of values in hundreds of megabytes. */
export const searchFor = (canaries: readonly Canary[]): ((haystack: Haystack) => readonly Leak[]) => {
  const needles = new Map<number, { readonly bytes: Buffer; readonly where: string; readonly form: string }[]>();
  const starts = new Uint8Array(1 << 24);
  for (const { where, value } of canaries)
    for (const [form, bytes] of Object.entries(canaryForms(value))) {
      const start = bytes.readUIntBE(0, 3);
      starts[start] = 1;
      needles.set(start, [...(needles.get(start) ?? []), { bytes, where, form }]);
    }
  return ({ name, bytes }) => {
    const found = new Map<string, Leak>();
    let start = 0;
    for (let i = 0; i < bytes.length; i++) {
      start = ((start << 8) | bytes[i]!) & 0xffffff;
      if (i < 2 || starts[start] === 0) continue;
      for (const needle of needles.get(start)!)
        if (needle.bytes.equals(bytes.subarray(i - 2, i - 2 + needle.bytes.length)))
          found.set(`${needle.where} ${needle.form}`, { haystack: name, where: needle.where, form: needle.form });
    }
    return [...found.values()];
  };
};

/** Every file below a folder, whole; `without` are names directly below it, `but` says by name which are left out wherever they lie. */
export const filesBelow = (
  folder: string,
  without: readonly string[] = [],
  but = (_name: string): boolean => false,
): readonly Haystack[] =>
  readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !without.includes(name) && !but(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return filesBelow(path, [], but);
      return entry.isFile() ? [{ name: path, bytes: readFileSync(path) }] : [];
    });

/** Every row of every table of a database. */
export const rowsOf = async (client: Client): Promise<readonly Haystack[]> => {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
  );
  const found: Haystack[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    found.push({ name: `table ${name}`, bytes: Buffer.from(rows.map(({ row }) => row).join('\n')) });
  }
  return found;
};

/** Sealed fields of facts, as `Type.field`, in which a canary lies when whoever has the key opens them. */
export const fieldsThatHold = async (
  canaries: readonly Canary[],
  store: Pick<Auditable, 'scan'>,
  sealerOf: (service: string) => Sealer,
): Promise<ReadonlySet<string>> => {
  const search = searchFor(canaries);
  const found = new Set<string>();
  for await (const batch of store.scan(undefined))
    for (const event of batch)
      for (const [cls, { key }] of Object.entries(event.sealed ?? {})) {
        const seals = sealerOf(key.split('/')[2]!);
        const { fields } = await seals.open(event, allFacts[event.type]!, [cls]);
        for (const [name, value] of Object.entries(fields)) {
          const field = `${event.type}.${name}`;
          if (search({ name: field, bytes: Buffer.from(JSON.stringify({ [name]: value })) }).length > 0)
            found.add(field);
        }
      }
  return found;
};
