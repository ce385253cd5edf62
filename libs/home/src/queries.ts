import { couldBeFolio } from '@resguardo/contracts';
import type { CaseCard } from './case-card.projection.js';
import type { ReadModel } from './ports.js';
import type { TimelineRow } from './timeline.projection.js';
import type { Viewer } from './visibility.rule.js';
import { classesOf, seesConduct } from './visibility.rule.js';

export interface TimelineFilter {
  readonly agencies?: readonly string[] | null;
  readonly kinds?: readonly string[] | null;
  readonly from?: string | null;
  readonly to?: string | null;
}

export interface CasesFilter {
  readonly text?: string | null;
  readonly state?: string | null;
  readonly responsible?: string | null;
  readonly stage?: string | null;
  readonly mine?: boolean | null;
  readonly overdue?: boolean | null;
  readonly closed?: boolean | null;
}

export type CasesSort = 'NEXT_DUE' | 'CHANGED' | 'OPENED' | 'FOLIO';
/** TOUCHED: by any fact, seen or not, so it orders nothing that is shown. */
type Order = CasesSort | 'TOUCHED';

/** Collects values of one statement and says their placeholders. */
const statement = () => {
  const values: unknown[] = [];
  return { values, $: (value: unknown): string => `$${values.push(value)}` };
};
type Statement = ReturnType<typeof statement>;

/** `visible` of visibility.rule, as a condition: a row that may not be seen is neither fetched nor counted (C-10). */
const sight = ({ $ }: Statement, viewer: Viewer) => {
  const { full, own, status } = classesOf(viewer);
  const conditions = [`cls = any(${$(full)}::text[])`];
  if (own.length > 0) conditions.push(`(cls = any(${$(own)}::text[]) and agency = ${$(viewer.agency)})`);
  if (viewer.onTeam && viewer.reader) conditions.push(`actor = ${$(viewer.actor)}`);
  const isFull = `(${conditions.join(' or ')})`;
  const any = status.length > 0 ? `(${isFull} or cls = any(${$(status)}::text[]))` : isFull;
  return { any, full: isFull };
};

/** A filter by agency finds no step whose agency is withheld: finding it would say whose it was. */
const timelineConditions = (
  sql: Statement,
  caseId: string,
  viewer: Viewer,
  filter: TimelineFilter,
  knownOn?: string,
) => {
  const { $ } = sql;
  const seen = sight(sql, viewer);
  const { agencies, kinds, from, to } = filter;
  const conditions = [`case_id = ${$(caseId)}`, seen.any];
  if (agencies) {
    conditions.push(`agency = any(${$(agencies)}::text[])`);
    if (!seesConduct(viewer)) conditions.push(seen.full);
  }
  if (kinds) conditions.push(`kind = any(${$(kinds)}::text[])`);
  if (from) conditions.push(`occurred_at >= ${$(from)}::timestamptz`);
  if (to) conditions.push(`occurred_at < ${$(to)}::timestamptz`);
  if (knownOn) conditions.push(`recorded_at <= ${$(knownOn)}::timestamptz`);
  return conditions;
};

/** Newest first, below a revision. New facts get higher revisions, so a page once read stays what it was. */
export const timelinePage = async (
  model: ReadModel<TimelineRow>,
  caseId: string,
  viewer: Viewer,
  filter: TimelineFilter,
  { knownOn, before, limit }: { knownOn?: string; before?: number; limit: number },
): Promise<readonly TimelineRow[]> => {
  const sql = statement();
  const where = timelineConditions(sql, caseId, viewer, filter, knownOn);
  if (before !== undefined) where.push(`revision < ${sql.$(before)}`);
  const bound = sql.$(limit);
  const rows = await model.documents.query<{ doc: TimelineRow }>(
    (table) => `select doc from ${table} where ${where.join(' and ')} order by revision desc limit ${bound}`,
    sql.values,
  );
  return rows.map(({ doc }) => doc);
};

/** Agencies and kinds that the caller could filter by: of what they may see, nothing else. */
export const timelineChoices = async (
  model: ReadModel<TimelineRow>,
  caseId: string,
  viewer: Viewer,
): Promise<{ readonly agencies: readonly string[]; readonly kinds: readonly string[] }> => {
  const sql = statement();
  const { any, full } = sight(sql, viewer);
  const bound = sql.$(caseId);
  const named = seesConduct(viewer) ? 'true' : full;
  const rows = await model.documents.query<{ agency: string; kind: string; named: boolean }>(
    (table) => `select distinct agency, kind, ${named} as named from ${table} where case_id = ${bound} and ${any}`,
    sql.values,
  );
  const distinct = (list: readonly string[]) => [...new Set(list)].filter((one) => one !== '').sort();
  return {
    agencies: distinct(rows.flatMap((row) => (row.named ? row.agency : []))),
    kinds: distinct(rows.map(({ kind }) => kind)),
  };
};

/** The last revision that the read model has of a case, whoever may see it; -1 when it has none. */
/** Rows after a revision, oldest first, seen or not: the live update decides on each when it gives it. */
export const rowsAfter = async (
  model: ReadModel<TimelineRow>,
  caseId: string,
  after: number,
  limit: number,
): Promise<readonly TimelineRow[]> =>
  (
    await model.documents.query<{ doc: TimelineRow }>(
      (table) => `select doc from ${table} where case_id = $1 and revision > $2 order by revision limit $3`,
      [caseId, after, limit],
    )
  ).map(({ doc }) => doc);

/** Entries of several cases recorded after a moment by others, that the caller may see. */
export const newsOf = async (
  model: ReadModel<TimelineRow>,
  caseIds: readonly string[],
  viewer: Viewer,
  since: string,
): Promise<readonly { readonly caseId: string; readonly entries: number; readonly lastAt: string }[]> => {
  const sql = statement();
  const { any } = sight(sql, viewer);
  const [ids, me, at] = [sql.$(caseIds), sql.$(viewer.actor), sql.$(since)];
  const rows = await model.documents.query<{ case_id: string; entries: number; last: Date | string }>(
    (table) =>
      `select case_id, count(*)::int as entries, max(recorded_at) as last from ${table}
       where case_id = any(${ids}::text[]) and actor <> ${me} and recorded_at > ${at}::timestamptz and ${any}
       group by case_id order by last desc, case_id limit 20`,
    sql.values,
  );
  return rows.map(({ case_id, entries, last }) => ({
    caseId: case_id,
    entries,
    lastAt: new Date(last).toISOString(),
  }));
};

/** How somebody's list of cases is cut. The same doors as `accessTo` of identity, over the read model. */
export interface Lister {
  readonly actor: string;
  readonly agency: string;
  readonly supervisor: boolean;
  /** INEGI keys; a supervisor and an agency that is asked reach the cases of these alone. */
  readonly states: readonly string[];
  /** Now, UTC: a break-glass that has ended opens no list. */
  readonly now: string;
}

/** The same as `isOfTheirState` of identity. */
const ofTheirState = ({ $ }: Statement, states: readonly string[]): string =>
  `(state is null or state = any(${$(states)}::text[]))`;

const reachable = (sql: Statement, { actor, agency, supervisor, states, now }: Lister, mine = false): string => {
  const { $ } = sql;
  const who = $(actor);
  const doors = [`members @> array[${$(`${agency}:${actor}`)}::text]`];
  if (!mine) {
    doors.push(
      `(glass_holders @> array[${who}::text] and exists (select 1 from jsonb_array_elements(doc->'glasses') as g
         where g->>'staffId' = ${who} and (g->>'until')::timestamptz > ${$(now)}::timestamptz))`,
    );
    if (supervisor) {
      const takesPart = agency === 'CHILD_PROTECTION' ? 'true' : `agencies @> array[${$(agency)}::text]`;
      doors.push(`(${takesPart} and ${ofTheirState(sql, states)})`);
    }
  }
  return `(${doors.join(' or ')}) and not blocked @> array[${who}::text]`;
};

const ORDER: Record<Order, { readonly by: string; readonly type: string; readonly direction: 'asc' | 'desc' }> = {
  NEXT_DUE: { by: `coalesce(next_due, 'infinity')`, type: 'timestamptz', direction: 'asc' },
  CHANGED: { by: 'changed_at', type: 'timestamptz', direction: 'desc' },
  TOUCHED: { by: 'touched_at', type: 'timestamptz', direction: 'desc' },
  OPENED: { by: `coalesce(opened_at, '-infinity')`, type: 'timestamptz', direction: 'desc' },
  FOLIO: { by: 'folio', type: 'text', direction: 'asc' },
};

export interface Cursor {
  readonly value: string;
  readonly key: string;
}

const caseConditions = (sql: Statement, lister: Lister, filter: CasesFilter): string[] => {
  const { $ } = sql;
  const { text, state, responsible, stage, mine, overdue, closed } = filter;
  const where = [reachable(sql, lister, mine === true), `folio <> ''`];
  if (text) where.push(couldBeFolio(text.trim()) ? `position(upper(${$(text.trim())}) in upper(folio)) > 0` : 'false');
  if (state) where.push(`state = ${$(state)}`);
  if (responsible) where.push(`responsible = ${$(responsible)}`);
  if (stage) where.push(`stage = ${$(stage)}`);
  if (overdue !== undefined && overdue !== null)
    where.push(`coalesce(next_due < ${$(lister.now)}::timestamptz, false) = ${$(overdue)}`);
  if (closed !== undefined && closed !== null) where.push(`closed = ${$(closed)}`);
  return where;
};

export const casePage = async (
  model: ReadModel<CaseCard>,
  lister: Lister,
  filter: CasesFilter,
  sort: Order,
  { after, limit }: { after?: Cursor; limit: number },
): Promise<readonly { readonly card: CaseCard; readonly cursor: Cursor }[]> => {
  const sql = statement();
  const where = caseConditions(sql, lister, filter);
  const { by, type, direction } = ORDER[sort];
  if (after)
    where.push(`(${by}, key) ${direction === 'asc' ? '>' : '<'} (${sql.$(after.value)}::${type}, ${sql.$(after.key)})`);
  const bound = sql.$(limit);
  const rows = await model.documents.query<{ key: string; doc: CaseCard; value: string }>(
    (table) =>
      `select key, doc, (${by})::text as value from ${table} where ${where.join(' and ')}
       order by ${by} ${direction}, key ${direction} limit ${bound}`,
    sql.values,
  );
  return rows.map(({ key, doc, value }) => ({ card: doc, cursor: { key, value } }));
};

export const caseCount = async (model: ReadModel<CaseCard>, lister: Lister, filter: CasesFilter): Promise<number> => {
  const sql = statement();
  const where = caseConditions(sql, lister, filter);
  const [row] = await model.documents.query<{ n: number }>(
    (table) => `select count(*)::int as n from ${table} where ${where.join(' and ')}`,
    sql.values,
  );
  return row?.n ?? 0;
};

/** Cases of the caller's states in which their agency owes an answer; a column of `case_card` that holds agencies. */
export const casesWaiting = async (
  model: ReadModel<CaseCard>,
  column: 'waiting_referral' | 'waiting_round',
  { agency, actor, states }: Lister,
): Promise<readonly CaseCard[]> => {
  const sql = statement();
  const [asked, who] = [sql.$(agency), sql.$(actor)];
  const near = ofTheirState(sql, states);
  const rows = await model.documents.query<{ doc: CaseCard }>(
    (table) =>
      `select doc from ${table} where ${column} @> array[${asked}::text] and not blocked @> array[${who}::text]
         and ${near} order by coalesce(next_due, 'infinity'), key limit 50`,
    sql.values,
  );
  return rows.map(({ doc }) => doc);
};

/** Cases of the caller's team, or that they supervise, in which something is missing that is their agency's to say, oldest first. */
export const casesWithTasks = async (model: ReadModel<CaseCard>, lister: Lister): Promise<readonly CaseCard[]> => {
  const sql = statement();
  const mine = reachable(sql, lister, !lister.supervisor);
  const theirs = sql.$(lister.agency);
  const rows = await model.documents.query<{ doc: CaseCard }>(
    (table) =>
      `select doc from ${table} where ${mine} and incomplete @> array[${theirs}::text] order by opened_at, key limit 20`,
    sql.values,
  );
  return rows.map(({ doc }) => doc);
};

/** Cases of the caller's states in which a decision waits for one of these holders, or that the caller may list and in which any decision waits. */
export const casesAwaiting = async (
  model: ReadModel<CaseCard>,
  lister: Lister,
  holders: readonly string[],
): Promise<readonly CaseCard[]> => {
  const sql = statement();
  const [theirs, who] = [sql.$(holders), sql.$(lister.actor)];
  const near = ofTheirState(sql, lister.states);
  const mine = reachable(sql, lister);
  const rows = await model.documents.query<{ doc: CaseCard }>(
    (table) =>
      `select doc from ${table} where ((awaiting && ${theirs}::text[] and ${near} and not blocked @> array[${who}::text])
         or (${mine} and cardinality(awaiting) > 0)) order by key limit 200`,
    sql.values,
  );
  return rows.map(({ doc }) => doc);
};
