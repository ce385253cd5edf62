import type { DataClass } from './classes.js';

/**
 * Fields of facts and of commands. Every field has a data class, or it does not compile (C-10).
 * Free text is always sealed; a plain field is a coarse code, a number, a time or an opaque id (C-1).
 */
export interface Field<T = unknown, Sealed extends boolean = boolean, Optional extends boolean = boolean> {
  readonly kind: 'code' | 'flag' | 'instant' | 'day' | 'count' | 'ref' | 'digest' | 'text' | 'many' | 'group';
  readonly cls: DataClass;
  readonly sealed: Sealed;
  readonly optional: Optional;
  /** Allowed codes of a `code`. */
  readonly codes?: readonly string[];
  /** Longest text, most items, or largest number. */
  readonly max?: number;
  readonly min?: number;
  /** A `text` that must match, and the name of the format in the error (`curp`, `phone` …). */
  readonly format?: string;
  /** Item of a `many`. */
  readonly item?: Field;
  /** Members of a `group` (only in command inputs; facts are flat). */
  readonly fields?: Readonly<Record<string, Field>>;
  /** Carries the type to the compiler; never set. */
  readonly is?: T;
}

const field = <T, S extends boolean>(f: Omit<Field<T, S, false>, 'optional'>): Field<T, S, false> => ({
  ...f,
  optional: false,
});

/** One of a closed list. */
export const code = <const L extends readonly string[]>(codes: L, cls: DataClass = 'D0') =>
  field<L[number], false>({ kind: 'code', cls, sealed: false, codes });
export const flag = (cls: DataClass = 'D0') => field<boolean, false>({ kind: 'flag', cls, sealed: false });
/** A moment: UTC, ISO 8601 with `Z`. */
export const instant = (cls: DataClass = 'D0') => field<string, false>({ kind: 'instant', cls, sealed: false });
/** A calendar day `YYYY-MM-DD` in the zone of the competent authority. */
export const day = (cls: DataClass = 'D0') => field<string, false>({ kind: 'day', cls, sealed: false });
export const count = (cls: DataClass = 'D0', min = 0, max = 1_000_000) =>
  field<number, false>({ kind: 'count', cls, sealed: false, min, max });
/** An opaque id (UUID, or a staff id): letters, digits, `-`, `_`, `:`, `.`; at most 80. It says nothing by itself. */
export const ref = (cls: DataClass = 'D0') => field<string, false>({ kind: 'ref', cls, sealed: false, max: 80 });
/** A lower-case hexadecimal digest, 32 to 128 characters. */
export const digest = (cls: DataClass = 'D0') => field<string, false>({ kind: 'digest', cls, sealed: false });
/** Free text: sealed, always. */
export const text = (cls: Exclude<DataClass, 'D0' | 'D12'>, max = 4000, format?: string) =>
  field<string, true>({ kind: 'text', cls, sealed: true, max, ...(format && { format }) });
/** A code or a flag that would say too much beside the case: sealed like text. No rule may read it. */
export const sealed = <T>(f: Field<T, boolean, false>) => ({ ...f, sealed: true }) as Field<T, true, false>;
export const many = <T, S extends boolean>(item: Field<T, S, false>, max = 50) =>
  field<readonly T[], S>({ kind: 'many', cls: item.cls, sealed: item.sealed, item, max });
export const optional = <T, S extends boolean>(f: Field<T, S, false>) =>
  ({ ...f, optional: true }) as Field<T, S, true>;
/** Several fields under one name, in command inputs only. */
export const group = <const F extends Fields>(fields: F, cls: DataClass) =>
  field<InputOf<F>, true>({ kind: 'group', cls, sealed: true, fields });

export type Fields = Readonly<Record<string, Field>>;
export type TypeOf<F> = F extends Field<infer T, boolean, boolean> ? T : never;
type Keys<F extends Fields, Opt extends boolean> = {
  [K in keyof F]: F[K] extends Field<unknown, boolean, infer O> ? (O extends Opt ? K : never) : never;
}[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };
/** All fields, in clear: what a command brings and a decider writes. */
export type InputOf<F extends Fields> = Flat<
  { readonly [K in Keys<F, false>]: TypeOf<F[K]> } & { readonly [K in Keys<F, true>]?: TypeOf<F[K]> }
>;
type PlainKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends Field<unknown, infer S, boolean> ? (S extends false ? K : never) : never;
}[keyof F];
/** Plain fields only: what is stored in clear and what rules may read (C-1). */
export type PlainOf<F extends Fields> = InputOf<Pick<F, PlainKeys<F>>>;
