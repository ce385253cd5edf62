import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { ClientBase, Pool } from 'pg';
import type { Key, KeyRing, KeyScope } from './key-ring.js';
import { ERASED } from './key-ring.js';
import type { MasterKey } from './master-key.js';
import { fingerprint, MasterKeyMismatch, wrappingKey } from './master-key.js';
import { holdSubject, inTransaction } from './schema.js';
import { unwrap, wrap } from './wrapping.js';

interface Row {
  readonly wrapped: Buffer | null;
  readonly erased: boolean;
}

/** Keys in PostgreSQL, wrapped by the master key, with a bounded cache of unwrapped ones (the longest unused goes first). */
export const postgresKeyRing = (pool: Pool, master: MasterKey, { cacheSize = 50_000 } = {}): KeyRing => {
  const wrapping = wrappingKey(master);
  const cache = new Map<string, Key>();
  const subjectOf = new Map<string, string>();
  /** Raised by each destruction, so that an answer fetched before it is not cached after it. */
  let destructions = 0;

  const remember = ({ name, subject }: KeyScope, key: Key): Key => {
    cache.delete(name);
    cache.set(name, key);
    subjectOf.set(name, subject);
    if (cache.size > cacheSize)
      for (const oldest of cache.keys()) {
        cache.delete(oldest);
        subjectOf.delete(oldest);
        break;
      }
    return key;
  };
  const open = ({ name }: KeyScope, { wrapped, erased }: Row): Key =>
    erased || !wrapped ? ERASED : unwrap(wrapping, name, wrapped);

  const select = async (scope: KeyScope): Promise<Key | undefined> => {
    const { rows } = await pool.query<Row>({
      name: 'vault-key',
      text: `select k.wrapped, s.erased_at is not null as erased
             from vault.subject s left join vault.wrapped_key k on k.subject = s.subject and k.name = $1
             where s.subject = $2`,
      values: [scope.name, scope.subject],
    });
    const row = rows[0];
    return row && (row.erased || row.wrapped) ? open(scope, row) : undefined;
  };
  const insertOrSelect = (scope: KeyScope): Promise<Key> =>
    inTransaction(pool, async (client) => {
      if (await holdSubject(client, scope.subject)) return ERASED;
      await client.query(
        'insert into vault.wrapped_key (name, subject, wrapped) values ($1, $2, $3) on conflict do nothing',
        [scope.name, scope.subject, wrap(wrapping, scope.name, randomBytes(32))],
      );
      const { rows } = await client.query<Row>(
        'select wrapped, false as erased from vault.wrapped_key where name = $1',
        [scope.name],
      );
      if (!rows[0]) throw new Error('A key was neither made nor found');
      return open(scope, rows[0]);
    });

  const asking = new Map<string, Promise<Key>>();
  const make = (scope: KeyScope): Promise<Key> => {
    const asked = asking.get(scope.name);
    if (asked) return asked;
    const before = destructions;
    const answer = (async () => (await select(scope)) ?? insertOrSelect(scope))()
      .then((key) => (before === destructions ? remember(scope, key) : key))
      .finally(() => void (asking.get(scope.name) === answer && asking.delete(scope.name)));
    asking.set(scope.name, answer);
    return answer;
  };

  return {
    cached: ({ name }) => cache.get(name),
    key: async (scope) => {
      const known = cache.get(scope.name);
      return known === undefined ? make(scope) : remember(scope, known);
    },
    // Not from what is at hand: another process may have destroyed it meanwhile.
    existing: async (scope) => {
      const before = destructions;
      const key = await select(scope);
      return key !== undefined && before === destructions ? remember(scope, key) : key;
    },
    destroy: async (subjects) => {
      const forget = () => {
        destructions++;
        // What was asked for before must answer nobody who asks after.
        asking.clear();
        for (const [name, subject] of subjectOf)
          if (subjects.includes(subject)) {
            cache.delete(name);
            subjectOf.delete(name);
          }
      };
      forget();
      const destroyed = await inTransaction(pool, async (client) => {
        await client.query(
          `insert into vault.subject (subject, erased_at) select unnest($1::text[]), now()
           on conflict (subject) do update set erased_at = coalesce(vault.subject.erased_at, excluded.erased_at)`,
          [subjects],
        );
        const { rowCount } = await client.query(
          'update vault.wrapped_key set wrapped = null where subject = any ($1) and wrapped is not null',
          [subjects],
        );
        return rowCount ?? 0;
      });
      forget();
      // The old row versions still hold the wrapped keys until they are vacuumed away. A reader of an old snapshot may delay that.
      if (destroyed > 0) await pool.query('vacuum vault.wrapped_key');
      return destroyed;
    },
    isErased: async (subject) => {
      const { rowCount } = await pool.query(
        'select 1 from vault.subject where subject = $1 and erased_at is not null',
        [subject],
      );
      return rowCount === 1;
    },
    assertMasterKey: () => assertMasterKey(pool, master),
  };
};

/** @throws MasterKeyMismatch when what lies there was wrapped by another master key; the first one to ask is remembered */
export const assertMasterKey = async (database: Pick<ClientBase, 'query'>, master: MasterKey): Promise<void> => {
  const salt = randomBytes(32);
  await database.query('insert into vault.fingerprint (salt, mark) values ($1, $2) on conflict do nothing', [
    salt,
    fingerprint(master, salt),
  ]);
  const { rows } = await database.query<{ salt: Buffer; mark: Buffer }>('select salt, mark from vault.fingerprint');
  const stored = rows[0];
  if (!stored || !timingSafeEqual(stored.mark, fingerprint(master, stored.salt))) throw new MasterKeyMismatch();
};

/** Names of the keys that lie there and that the master key does not open. */
export const brokenKeys = async (
  database: Pick<ClientBase, 'query'>,
  master: MasterKey,
): Promise<readonly string[]> => {
  const wrapping = wrappingKey(master);
  const broken: string[] = [];
  for (let after = ''; ;) {
    const { rows } = await database.query<{ name: string; wrapped: Buffer }>(
      'select name, wrapped from vault.wrapped_key where wrapped is not null and name > $1 order by name limit 5000',
      [after],
    );
    if (rows.length === 0) return broken;
    for (const { name, wrapped } of rows)
      try {
        unwrap(wrapping, name, wrapped);
      } catch {
        broken.push(name);
      }
    after = rows.at(-1)!.name;
  }
};
