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
