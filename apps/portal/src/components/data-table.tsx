import type { ReactNode } from 'react';

export interface Column<T> {
  readonly label: string;
  readonly cell: (row: T) => ReactNode;
  /** Names the row. */
  readonly names?: boolean;
  /** Given when the list can be ordered by this column. */
  readonly sort?: { readonly now: 'ascending' | 'descending' | 'none'; readonly choose: () => void };
}

/**
 * A real table. On a narrow screen each row becomes a block in which every value keeps its column's name; the roles are written
 * out because some readers of a screen forget them when a table is laid out otherwise.
 */
export function DataTable<T>({
  label,
  caption,
  columns,
  rows,
  keyOf,
}: {
  label: string;
  caption?: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  keyOf: (row: T) => string;
}) {
  return (
    <div className="scroll" tabIndex={0} role="group" aria-label={label}>
      <table className="data" role="table" aria-label={label}>
        {caption && <caption>{caption}</caption>}
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ label: head, sort }) => (
              <th key={head} scope="col" role="columnheader" aria-sort={sort?.now}>
                {sort ? (
                  <button type="button" onClick={sort.choose}>
                    {head}
                    <span aria-hidden="true">
                      {sort.now === 'descending' ? ' ↓' : sort.now === 'ascending' ? ' ↑' : ''}
                    </span>
                  </button>
                ) : (
                  head
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr key={keyOf(row)} role="row">
              {columns.map(({ label: head, names, cell }) =>
                names ? (
                  <th key={head} scope="row" role="rowheader" data-label={head}>
                    {cell(row)}
                  </th>
                ) : (
                  <td key={head} role="cell" data-label={head}>
                    {cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
