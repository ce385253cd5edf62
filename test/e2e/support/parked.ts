import type { Client } from 'pg';
import { databaseOf, type Standalone } from './standalone.js';

export interface ParkedFact {
  /** Name of the projection. */
  readonly follower: string;
  readonly caseId: string;
  /** What was wrong with the fact is mended by now: tried again, it is taken in. */
  readonly mended?: boolean;
}

/**
 * Makes a case stand still in a view of a running product, at a fact after its last that cannot be read: behind the product's back, in its own
 * tables. The next fact of the case that can be read takes its place.
 * @returns revision at which it stands
 */
export const park = async (
  product: Pick<Standalone, 'dataFolder'>,
  { follower, caseId, mended = false }: ParkedFact,
): Promise<number> => {
  const database = await databaseOf(product);
  const stream = `case-${caseId}`;
  try {
    const where = async () => {
      const { rows } = await database.query<{ id: number; head: number; applied: number | null }>(
        `select i.id, s.revision as head, p.revision as applied
         from store.streams s, read_models.instances i
         left join read_models.progress p on p.instance = i.id and p.stream = $2
         where i.projection = $1 and i.state = 'active' and s.stream = $2`,
        [follower, stream],
      );
      return rows[0]!;
    };
    // The view follows; the test's time is the limit.
    let found = await where();
    while (found.applied !== found.head) found = await where();
    const revision = found.head + 1;
    const place = { caseId, stream, revision, position: '0', id: crypto.randomUUID() };
    const message = mended
      ? { ...place, withheld: true }
      : { ...place, withheld: false, unreadable: 'not JSON', raw: {} };
    await database.query('begin');
    await database.query(
      'insert into read_models.waiting (instance, stream, revision, message) values ($1, $2, $3, $4)',
      [found.id, stream, revision, JSON.stringify(message)],
    );
    await database.query(
      `insert into read_models.parked (instance, stream, revision, error) values ($1, $2, $3, 'Unreadable: not JSON')`,
      [found.id, stream, revision],
    );
    // What the product remembers of the case is out of date.
    await database.query('update read_models.instances set turn = turn + 1 where id = $1', [found.id]);
    await database.query('commit');
    return revision;
  } finally {
    await database.end();
  }
};

/**
 * Has the database refuse the rows of one type in the timeline of a running product, until what is returned is called: a fact that is on
 * the timeline and cannot be taken in, as with a disk or a program that is at fault.
 */
export const refuseRows = async (database: Pick<Client, 'query'>, type: string): Promise<() => Promise<void>> => {
  const { rows } = await database.query<{ name: string }>(
    `select tablename as name from pg_tables where schemaname = 'read_models' and tablename like 'timeline_entries_v%'`,
  );
  await database.query(`create or replace function read_models.refused() returns trigger language plpgsql as
    $$ begin if new.doc->>'type' = '${type}' then raise exception 'refused' using errcode = '23514'; end if; return new; end $$`);
  for (const { name } of rows)
    await database.query(`create trigger refused before insert or update on read_models.${name}
      for each row execute function read_models.refused()`);
  return async () => {
    await database.query('drop function read_models.refused() cascade');
  };
};
