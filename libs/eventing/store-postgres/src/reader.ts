import type { Pool } from 'pg';

export interface ActiveTable {
  /** With its schema, ready for a statement; columns `key text`, `doc jsonb` and those the projection declares. */
  readonly name: string;
  /** False while the first filling of columns that no older table has is still running: answers are incomplete. */
  readonly complete: boolean;
}

export interface Documents<Row extends object = object> {
  get(key: string): Promise<Row | undefined>;
  /** In the order of `keys`; absent ones are left out. */
  getMany(keys: readonly string[]): Promise<readonly Row[]>;
  /** The table in use now, for hand-written queries. Ask for each query anew: a rebuild switches it. */
  table(): Promise<ActiveTable>;
  /** A hand-written query over the table in use; `text` gets its name. Again with the new table when it was switched meanwhile. */
  query<Result extends object>(
    text: (table: string) => string,
    values?: readonly unknown[],
  ): Promise<readonly Result[]>;
}

const NO_SUCH_TABLE = '42P01';

export const documents = <Row extends object>(
  pool: Pool,
  active: (again?: boolean) => Promise<ActiveTable>,
): Documents<Row> => {
  const query = async <Result extends object>(
    text: (table: string) => string,
    values: readonly unknown[] = [],
  ): Promise<readonly Result[]> => {
    try {
      return (await pool.query<Result>(text((await active()).name), [...values])).rows;
    } catch (error) {
      if ((error as { code?: string }).code !== NO_SUCH_TABLE) throw error;
      return (await pool.query<Result>(text((await active(true)).name), [...values])).rows;
    }
  };
  return {
    table: () => active(),
    query,
    get: async (key) =>
      (await query<{ doc: Row }>((table) => `select doc from ${table} where key = $1`, [key]))[0]?.doc,
    getMany: async (keys) =>
      (
        await query<{ doc: Row }>(
          (table) =>
            `select doc from unnest($1::text[]) with ordinality as k(key, n) join ${table} using (key) order by n`,
          [keys],
        )
      ).map(({ doc }) => doc),
  };
};
