import type { CommandSpec } from './command.js';
import type { Field, Fields } from './fields.js';

/** What is wrong with an input, and where. `path` names the field as the form and the SDL do: `identity.curp`, `questionTexts.3`. */
export interface InputError {
  readonly path: string;
  readonly problem:
    | 'required'
    | 'unknown'
    | 'not-a-code'
    | 'not-a-boolean'
    | 'not-an-instant'
    | 'not-a-day'
    | 'not-a-count'
    | 'not-a-reference'
    | 'not-a-digest'
    | 'not-text'
    | 'too-long'
    | 'too-many'
    | 'looks-like-content';
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
const REF = /^[A-Za-z0-9][A-Za-z0-9_:.-]*$/;
/** what looks like a CURP or a telephone is no opaque id, and must not stand in clear. */
const PERSONAL = /^[A-Z]{4}\d{6}[HMX][A-Z]{5}|^\d{10,15}$/i;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const DIGEST = /^[0-9a-f]{32,128}$/;
/** inline files are refused wherever text is taken. A data URL, or a run of base64 longer than any word or hash. */
const CONTENT = /data:[a-z]+\/[a-z0-9.+-]+[;,]|[A-Za-z0-9+/]{400,}={0,2}/i;

/** Outside these years a moment is a typing error, and more than a calendar or a database can hold. */
const FIRST_YEAR = 1900;
const LAST_YEAR = 2200;

const isDay = (value: string): boolean => {
  const [, year, month, day] = DAY.exec(value) ?? [];
  if (!year || Number(year) < FIRST_YEAR || Number(year) > LAST_YEAR) return false;
  const date = new Date(`${value}T00:00:00Z`);
  return date.getUTCMonth() + 1 === Number(month) && date.getUTCDate() === Number(day);
};

/** A moment as the SDL's `Instant` says it: UTC, ISO 8601 with Z, a day that exists. */
export const isInstant = (value: unknown): value is string =>
  typeof value === 'string' && INSTANT.test(value) && isDay(value.slice(0, 10)) && !isNaN(Date.parse(value));

/**
 * Id of a case, a fact or a command: a UUID. Asked of every id that somebody gives before it goes anywhere: what is none names nothing,
 * and may be a name typed into the wrong field.
 */
export const isId = (value: unknown): value is string => typeof value === 'string' && UUID.test(value);

const check = (field: Field, value: unknown, path: string): readonly InputError[] => {
  const wrong = (problem: InputError['problem']): readonly InputError[] => [{ path, problem }];
  switch (field.kind) {
    case 'code':
      return typeof value === 'string' && field.codes!.includes(value) ? [] : wrong('not-a-code');
    case 'flag':
      return typeof value === 'boolean' ? [] : wrong('not-a-boolean');
    case 'instant':
      return isInstant(value) ? [] : wrong('not-an-instant');
    case 'day':
      return typeof value === 'string' && isDay(value) ? [] : wrong('not-a-day');
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= field.min! && value <= field.max!
        ? []
        : wrong('not-a-count');
    case 'ref':
      return typeof value === 'string' && value.length <= field.max! && REF.test(value) && !PERSONAL.test(value)
        ? []
        : wrong('not-a-reference');
    case 'digest':
      return typeof value === 'string' && DIGEST.test(value) ? [] : wrong('not-a-digest');
    case 'text':
      return typeof value !== 'string' || value.trim() === ''
        ? wrong('not-text')
        : value.length > field.max!
          ? wrong('too-long')
          : CONTENT.test(value)
            ? wrong('looks-like-content')
            : [];
    case 'many':
      return !Array.isArray(value)
        ? wrong('required')
        : value.length > field.max!
          ? wrong('too-many')
          : value.flatMap((item, i) => check(field.item!, item, `${path}.${i}`));
    case 'group':
      return typeof value === 'object' && value !== null
        ? inputErrors(field.fields!, value as Record<string, unknown>, `${path}.`)
        : wrong('required');
  }
};

/** All that is wrong, not only the first thing: the form shows everything at once. `null` counts as not given. */
export const inputErrors = (
  fields: Fields,
  input: Readonly<Record<string, unknown>>,
  prefix = '',
): readonly InputError[] => [
  ...Object.keys(input)
    .filter((name) => !Object.hasOwn(fields, name))
    .map((name): InputError => ({ path: prefix + name, problem: 'unknown' })),
  ...Object.entries(fields).flatMap(([name, field]) => {
    const value = input[name];
    if (value === undefined || value === null)
      return field.optional ? [] : [{ path: prefix + name, problem: 'required' } as const];
    return check(field, value, prefix + name);
  }),
];

/** `nothing-said`: of a command as a whole, so its path is empty. */
export type CommandError = InputError | { readonly path: ''; readonly problem: 'nothing-said' };

/** The same of a command: one that only adds answers must bring one. */
export const commandErrors = (
  { input: fields, saysOneOf }: Pick<CommandSpec, 'input' | 'saysOneOf'>,
  input: Readonly<Record<string, unknown>>,
): readonly CommandError[] => [
  ...inputErrors(fields, input),
  ...(saysOneOf?.every((name) => input[name] === undefined || input[name] === null)
    ? [{ path: '', problem: 'nothing-said' } as const]
    : []),
];

/** The input without what was not given (`null`, as GraphQL sends it), so that equal inputs have equal digests. */
export const given = <T extends object>(input: T): T =>
  Object.fromEntries(
    Object.entries(input)
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => [
        name,
        typeof value === 'object' && !Array.isArray(value) ? given(value as object) : (value as unknown),
      ]),
  ) as T;
