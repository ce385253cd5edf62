import type { Auditable, Verdict } from '@resguardo/eventing';
import type { Drill, HistoryCheck, Upkeep } from '@resguardo/oversight';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

interface Noted {
  /** The whole history was verified (D6). */
  readonly history: Omit<HistoryCheck, 'at'>;
  /** A backup was taken. */
  readonly backup: object;
  /** A backup was restored for a trial. */
  readonly drill: Omit<Drill, 'at'>;
}

/** What was done last to keep what this service keeps, in its own database, written by whatever did it. */
export interface UpkeepLog {
  /** `at`: UTC, ISO 8601. */
  note<What extends keyof Noted>(what: What, at: string, found: Noted[What]): Promise<void>;
  last(): Promise<Upkeep>;
}

const TABLE =
  'create table if not exists last_upkeep (what text primary key, at timestamptz not null, found jsonb not null)';

export const upkeepLog = (database: Pick<Pool, 'query'>): UpkeepLog => ({
  note: async (what, at, found) => {
    await database.query(TABLE);
    await database.query(
      `insert into last_upkeep (what, at, found) values ($1, $2, $3)
       on conflict (what) do update set at = excluded.at, found = excluded.found`,
      [what, at, found],
    );
  },
  last: async () => {
    const { rows: tables } = await database.query<{ there: boolean }>(
      `select to_regclass('last_upkeep') is not null as there`,
    );
    if (!tables[0]?.there) return { copies: {} };
    const { rows } = await database.query<{ what: keyof Noted; at: Date; found: never }>(
      'select what, at, found from last_upkeep',
    );
    const done = new Map(rows.map(({ what, at, found }) => [what, { at: at.toISOString(), ...(found as object) }]));
    const [history, backup, drill] = [done.get('history'), done.get('backup'), done.get('drill')];
    return {
      copies: { ...(backup && { backup: backup.at }), ...(drill && { drill: drill as Drill }) },
      ...(history && { history: history as HistoryCheck }),
    };
  },
});

/** How old the last verification may become. */
const CHECK_EVERY_MS = 24 * 3_600_000;

/** Writes down what a verification found. What was broken before is broken since then. */
export const noteVerdict = async (
  log: UpkeepLog,
  at: string,
  { events, unsigned, broken }: Verdict,
): Promise<HistoryCheck> => {
  const before = (await log.last()).history?.broken;
  const check = {
    ...{ events, unsigned },
    ...(broken && {
      broken: {
        why: broken.why,
        // Neither stream nor event: whoever looks may not know of the case. `npm run verify` names them.
        ...(broken.position !== undefined && { position: broken.position }),
        ...(broken.checkpoint !== undefined && { checkpoint: broken.checkpoint }),
        since: before?.since ?? at,
      },
    }),
  };
  await log.note('history', at, check);
  return { at, ...check };
};

/** A history whose reading ends with an error between two batches when the program stops: all of it may take long. */
export const untilStopped = (
  store: Pick<Auditable, 'scan' | 'census' | 'after'>,
  stop?: AbortSignal,
): Pick<Auditable, 'scan' | 'census' | 'after'> => ({
  census: () => store.census(),
  after: (position) => store.after(position),
  scan: async function* (from) {
    for await (const events of store.scan(from)) {
      stop?.throwIfAborted();
      yield events;
    }
  },
});

/** Verifies the whole history once a day; asked more often, it does nothing. */
export const dailyCheck =
  (
    { upkeep, verify, clock }: { upkeep: UpkeepLog; verify: () => Promise<Verdict>; clock: () => string },
    log: Pick<Logger, 'error'>,
  ) =>
  async (): Promise<void> => {
    const { history } = await upkeep.last();
    const now = clock();
    if (history && Math.abs(Date.parse(now) - Date.parse(history.at)) < CHECK_EVERY_MS) return;
    const { broken } = await noteVerdict(upkeep, now, await verify());
    if (broken) log.error(broken, 'the history is broken');
  };
