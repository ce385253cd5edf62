import type { FactMessage, Message } from './feed.js';

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
 * Answers one question. Pure; never refuses a fact (style, rule 17). Rows are JSON-safe.
 * One row per case is the default; a row per fact, or a fact that changes several rows, by `keyOf`.
 */
export interface Projection<Row extends object = object> {
  /** `snake_case`. */
  readonly name: string;
  /** Raised with every change of `keyOf`, `evolve` or `columns`: the runner fills a new table and switches. */
  readonly version: number;
  /** Which rows a fact makes or changes: none (undefined), one or several. The case's own row, `caseId`, unless given. */
  readonly keyOf?: (message: FactMessage) => string | readonly string[] | undefined;
  /** The row before its first fact; without it `evolve` gets undefined. */
  readonly start?: Row;
  /** The row after a fact; undefined removes it. Facts it does not know leave the row as it is. */
  readonly evolve: (row: Row, message: FactMessage, key: string) => Row | undefined;
  readonly columns?: Readonly<Record<string, Column<Row>>>;
  /** Columns to look up and order by. A `text[]` or `jsonb` column stands alone. The key and the whole document need none. */
  readonly indexes?: readonly (readonly string[])[];
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
  return {
    ...rest,
    keyOf: (message) => [
      factKey(message.stream, message.revision),
      ...(changes?.(message) ?? []).map((revision) => factKey(message.stream, revision)),
    ],
    evolve: (before: Row | undefined, message, key) =>
      key === factKey(message.stream, message.revision)
        ? row(message)
        : before && change
          ? change(before, message)
          : before,
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
    if (message.withheld) continue;
    for (const key of keysOf(projection, message)) {
      const after = projection.evolve(rows.get(key) ?? (projection.start as Row), message, key);
      if (after === undefined) rows.delete(key);
      else rows.set(key, after);
    }
  }
  return rows;
};
