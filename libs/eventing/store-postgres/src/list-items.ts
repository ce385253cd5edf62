/**
 * A row's lists that grow with its history lie item by item in a table beside the rows; a view puts the whole document together
 * again for readers. So a fact writes the items that it changed, however long the list has become.
 */
export const itemsOf = (table: string): string => `${table}_items`;
export const wholeOf = (table: string): string => `${table}_whole`;

/** Makes the two; they go with the table (`drop … cascade`, but the items). */
export const makeItems = (table: string, lists: readonly string[], columns: readonly string[]): string => `
  create table ${itemsOf(table)} (key text, list text, n integer, item jsonb not null, primary key (key, list, n));
  create view ${wholeOf(table)} as
  select r.key, r.doc || '${JSON.stringify(Object.fromEntries(lists.map((list) => [list, []])))}'::jsonb || coalesce((
      select jsonb_object_agg(i.list, i.items) from (
        select list, jsonb_agg(item order by n) as items from ${itemsOf(table)} where key = r.key group by list) i),
    '{}') as doc${columns.map((name) => `, r."${name}"`).join('')}
  from ${table} r;`;

type Lists = Readonly<Record<string, readonly unknown[] | undefined>>;

/** What became of the lists: items that are other objects than before, and where a list ends that became shorter. */
export const listChanges = (
  lists: readonly string[],
  before: ReadonlyMap<string, unknown>,
  after: ReadonlyMap<string, unknown>,
) => {
  const put: { key: string; list: string; n: number; item: unknown }[] = [];
  const cut: { key: string; list: string; n: number }[] = [];
  for (const [key, row] of after)
    for (const list of lists) {
      const old = (before.get(key) as Lists | undefined)?.[list] ?? [];
      const now = (row as Lists | undefined)?.[list] ?? [];
      if (now === old) continue;
      for (let n = 0; n < now.length; n++)
        if (now[n] !== old[n] || n >= old.length) put.push({ key, list, n, item: now[n] });
      if (now.length < old.length) cut.push({ key, list, n: now.length });
    }
  return { put, cut };
};
