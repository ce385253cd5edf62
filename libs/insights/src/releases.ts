import { ROUNDED_TO, SMALLEST_PUBLISHED } from './disclosure.rule.js';
import {
  type CountedBy,
  type Dimension,
  type Indicator,
  INDICATORS,
  ONE,
  releasedIn,
  SEVERAL,
} from './indicators.rule.js';
import { endOf, ON_ITS_WAY_MS, type Quarter, quarterAfter, quarterOf, settledAt, startOf } from './quarter.js';

/** Runs one statement; the shape of `Pool.query` of pg. */
export type SqlQuery = (text: string, values?: unknown[]) => Promise<{ rows: any[] }>;

/** `countedCases` as its runner keeps it; `ProjectionRunner` of store-postgres has this shape. */
export interface CountedCases {
  readonly documents: {
    table(): Promise<{ readonly complete: boolean }>;
    query<Result extends object>(
      text: (table: string) => string,
      values?: readonly unknown[],
    ): Promise<readonly Result[]>;
  };
  /** Cases of which the table lacks facts, and since when (UTC, ISO 8601); those too of which one was set aside for ever. */
  incomplete(): Promise<readonly { readonly since: string }[]>;
  /** How many of them stand still. */
  parkedCases(): Promise<number>;
  /** How many wait for a fact that did not come. */
  gaps(): Promise<number>;
}

export interface InsightsParts {
  readonly cases: CountedCases;
  readonly query: SqlQuery;
  /** Messages of the feed that `cases` has not taken in yet. */
  readonly behind: () => Promise<number>;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
}

const TABLE = `
create schema if not exists insights;
create table if not exists insights.release (
  indicator text not null, dimension text not null, quarter text not null, version integer not null,
  released_at timestamptz not null, total integer, cells jsonb not null,
  primary key (indicator, dimension, quarter));
`;

/** Quarters that are shown of each table, the latest first. */
const SHOWN = 8;

const CATEGORY: Readonly<Record<Dimension, string>> = {
  CHANNEL: 'channel',
  STATE: 'state',
  INTERVIEWS: `case when interviews_then = 1 then '${ONE}' else '${SEVERAL}' end`,
};

interface Released {
  readonly indicator: string;
  readonly dimension: string;
  readonly quarter: Quarter;
  readonly version: number;
  readonly releasedAt: Date;
  readonly total: number | null;
  /** By category, as they were when it came out: a list that grows since changes nothing of it. */
  readonly cells: Readonly<Record<string, number | null>>;
}

const shareOf = (count: number | null, total: number | null): number | null =>
  count === null || total === null || total === 0 ? null : Math.round((1000 * count) / total) / 10;

/** As today's list has them; those that it has no more come last. */
const inOrder = (categories: readonly string[], cells: Released['cells']) =>
  Object.entries(cells).sort(([a], [b]) => (categories.indexOf(a) >>> 0) - (categories.indexOf(b) >>> 0));

/** What is published of the counted cases, and nothing else of them: every page and every answer comes through here. */
export const insights = ({ cases, query, behind, clock }: InsightsParts) => {
  /**
   * The quarter before which all are settled, by the clock and by what has come. A feed that is being filled anew is empty at first, and nothing
   * is behind then: a fact of later shows that those before it are there. Null before the first.
   */
  const settled = async (): Promise<Quarter | null> => {
    const [row] = await cases.documents.query<{ latest: Quarter | null }>(
      (table) => `select max(settled) as latest from ${table}`,
    );
    const [now, latest] = [settledAt(clock()), row!.latest];
    return latest !== null && now < latest ? now : latest;
  };

  const firstOf = async (column: CountedBy): Promise<Quarter | null> =>
    (
      await cases.documents.query<{ first: Quarter | null }>((table) => `select min(${column}) as first from ${table}`)
    )[0]!.first;

  const countsOf = async ({ dimension, countedBy, categories }: Indicator, quarter: Quarter) => {
    const rows = await cases.documents.query<{ category: string; count: number }>(
      (table) =>
        `select ${CATEGORY[dimension]} as category, count(*)::int as count from ${table} where ${countedBy} = $1 group by 1`,
      [quarter],
    );
    return categories.map((category) => rows.find((row) => row.category === category)?.count ?? 0);
  };

  const publishOne = async (indicator: Indicator, known: readonly Released[], now: Quarter): Promise<number> => {
    const first = await firstOf(indicator.countedBy);
    if (first === null) return 0;
    let published = 0;
    for (let quarter = first; releasedIn(indicator, quarter) <= now; quarter = quarterAfter(quarter, 1)) {
      const { id, dimension, version } = indicator;
      if (known.some((one) => one.indicator === id && one.dimension === dimension && one.quarter === quarter)) continue;
      const { total, cells } = indicator.publish(await countsOf(indicator, quarter));
      await query('insert into insights.release values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing', [
        ...[id, dimension, quarter, version, clock(), total],
        JSON.stringify(Object.fromEntries(indicator.categories.map((category, at) => [category, cells[at]]))),
      ]);
      published++;
    }
    return published;
  };

  const released = async (): Promise<readonly Released[]> =>
    (
      await query(
        'select indicator, dimension, quarter, version, released_at as "releasedAt", total, cells from insights.release order by quarter desc',
      )
    ).rows;

  return {
    migrate: async (): Promise<void> => {
      await query(TABLE);
    },

    /**
     * Counts the quarters that are over and not counted yet. Not while facts are missing that may still come: what came out once is not counted
     * again.
     * Gives how many tables came out.
     */
    publish: async (): Promise<number> => {
      const [{ complete }, standing, gaps, missing] = await Promise.all([
        cases.documents.table(),
        cases.parkedCases(),
        cases.gaps(),
        behind(),
      ]);
      if (!complete || standing + gaps + missing > 0) return 0;
      const [known, now] = await Promise.all([released(), settled()]);
      if (now === null) return 0;
      let published = 0;
      for (const indicator of INDICATORS) published += await publishOne(indicator, known, now);
      return published;
    },

    /** each with what it counts, of which quarter, by which version of its definition; what is not known is one of its cells. */
    figures: async () => {
      const [{ complete }, lacking, known, latest] = await Promise.all([
        cases.documents.table(),
        cases.incomplete(),
        released(),
        settled(),
      ]);
      const now = latest ?? settledAt(clock());
      const since = lacking.map((one) => one.since).sort()[0];
      return {
        at: clock(),
        filling: !complete,
        // The quarter is enough: the moment at which a fact came would tell of it.
        incompleteSince: since === undefined ? null : startOf(quarterOf(since)),
        tables: INDICATORS.map(({ id, dimension, version, rules, categories, isRounded, hasShares, lag }) => ({
          ...{ id, dimension, version, rules },
          smallest: SMALLEST_PUBLISHED,
          roundedTo: isRounded ? ROUNDED_TO : null,
          nextQuarter: quarterAfter(now, -lag),
          nextAt: new Date(Date.parse(endOf(now)) + ON_ITS_WAY_MS).toISOString(),
          releases: known
            .filter((one) => one.indicator === id && one.dimension === dimension)
            .slice(0, SHOWN)
            .map(({ quarter, releasedAt, total, cells, version: published }) => ({
              ...{ quarter, total, version: published },
              asOf: new Date(Date.parse(endOf(quarter)) - 1).toISOString(),
              releasedAt: releasedAt.toISOString(),
              cells: inOrder(categories, cells).map(([code, count]) => ({
                ...{ code, count },
                percent: hasShares ? shareOf(count, total) : null,
              })),
            })),
        })),
      };
    },
  };
};
export type Insights = ReturnType<typeof insights>;
