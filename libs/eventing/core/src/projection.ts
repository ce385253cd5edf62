import { type FactMessage, isUnreadable, type Message } from './feed.js';

/** PostgreSQL type of an extra column. */
export type ColumnType =
  'text' | 'text[]' | 'integer' | 'bigint' | 'double precision' | 'boolean' | 'timestamptz' | 'date' | 'jsonb';

/** A column beside the row's document, computed from it, for filters and order in hand-written SQL. */
export interface Column<Row> {
  readonly type: ColumnType;
  /** `undefined` and `null` are stored as null. Times as ISO 8601 strings. */
  readonly of: (row: Row, key: string) => string | number | boolean | readonly string[] | object | null | undefined;
}

/**
 * Answers one question. Pure; never refuses a fact. Rows are JSON-safe.
 * One row per case is the default; a row per fact, or a fact that changes several rows, by `keyOf`.
 */
export interface Projection<Row extends object = object> {
  /** `snake_case`. */
  readonly name: string;
  /** Raised with every change of `keyOf`, `evolve` or `columns`: the runner fills a new table and switches. */
  readonly version: number;
  /**
   * Which rows a fact makes or changes: none (undefined), one or several. The case's own row, `caseId`, unless given.
   * A fact without a key costs next to nothing: name none for what the projection does not care about.
   */
  readonly keyOf?: (message: FactMessage) => string | readonly string[] | undefined;
  /** No row has this key before this fact (the fact's own row, say), so none is looked up. */
  readonly makes?: (message: FactMessage, key: string) => boolean;
  /** The row before its first fact; without it `evolve` gets undefined. */
  readonly start?: Row;
  /** The row after a fact; undefined removes it. Facts it does not know leave the row as it is. */
  readonly evolve: (row: Row, message: FactMessage, key: string) => Row | undefined;
  readonly columns?: Readonly<Record<string, Column<Row>>>;
  /** Columns to look up and order by. A `text[]` or `jsonb` column stands alone. The key and the whole document need none. */
  readonly indexes?: readonly (readonly string[])[];
  /**
   * Lists of the row that grow with its history. They are kept item by item, so a fact writes the items it changed and not the whole
   * row; `evolve` must leave the others the same objects. Readers find them in `doc` as ever.
   */
  readonly lists?: readonly (keyof Row & string)[];
}

/** Key of the row that belongs to one fact. It sorts by revision within a stream. */
export const factKey = (stream: string, revision: number): string =>
  `${stream}@${revision.toString().padStart(8, '0')}`;

/** A row per fact, as a timeline has: made once, changed only by what `change` says. */
export const rowPerFact = <Row extends object>(
  spec: Pick<Projection<Row>, 'name' | 'version' | 'columns' | 'indexes'> & {
    /** undefined: this fact has no row. */
    readonly row: (message: FactMessage) => Row | undefined;
    /** Earlier facts of the same stream, by revision, whose rows this one changes (a correction). */
    readonly changes?: (message: FactMessage) => readonly number[];
    readonly change?: (row: Row, message: FactMessage) => Row;
  },
): Projection<Row> => {
  const { row, changes, change, ...rest } = spec;
  const own = ({ stream, revision }: FactMessage): string => factKey(stream, revision);
  return {
    ...rest,
    keyOf: (message) => [
      ...(row(message) ? [own(message)] : []),
      ...(changes?.(message) ?? []).map((revision) => factKey(message.stream, revision)),
    ],
    makes: (message, key) => key === own(message),
    evolve: (before: Row | undefined, message, key) =>
      key === own(message) ? row(message) : before && change ? change(before, message) : before,
  };
};

/** Keys of the rows a fact concerns. */
export const keysOf = (projection: Projection<any>, message: FactMessage): readonly string[] => {
  const keys = projection.keyOf ? projection.keyOf(message) : message.caseId;
  return keys === undefined ? [] : typeof keys === 'string' ? [keys] : [...new Set(keys)];
};

/** The projection of a history, without a database: what the tables must hold. Messages in order, each once. */
export const projected = <Row extends object>(
  projection: Projection<Row>,
  messages: Iterable<Message>,
): ReadonlyMap<string, Row> => {
  const rows = new Map<string, Row>();
  for (const message of messages) {
    if (message.withheld || isUnreadable(message)) continue;
    for (const key of keysOf(projection, message)) {
      const after = projection.evolve(rows.get(key) ?? (projection.start as Row), message, key);
      if (after === undefined) rows.delete(key);
      else rows.set(key, after);
    }
  }
  return rows;
};
