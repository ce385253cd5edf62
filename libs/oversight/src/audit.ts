import type { Purpose } from '@resguardo/contracts';
import type { Access, Caller, Wish } from '@resguardo/identity';
import type { Refusal } from '@resguardo/eventing';
import type { AccessRow, RefusalRow } from './access-log.projection.js';
import type { AccessRecorder } from './access-recorder.js';
import type { CaseParts } from './case-parts.projection.js';
import type { GlassRow } from './glass-log.projection.js';

/** A read model as its runner keeps it; `ProjectionRunner` of store-postgres has this shape. */
export interface ReadModel<Row extends object> {
  readonly documents: {
    getMany(keys: readonly string[]): Promise<readonly Row[]>;
    table(): Promise<{ readonly name: string }>;
    query<Result extends object>(
      text: (table: string) => string,
      values?: readonly unknown[],
    ): Promise<readonly Result[]>;
  };
  /** Streams of which the table lacks facts, and since when (UTC, ISO 8601). */
  incomplete(): Promise<readonly { readonly since: string }[]>;
}

/** `CaseAccess` of the desk has this shape. */
export interface CaseCheck {
  check(
    caller: Caller,
    caseId: string,
    wish: Wish,
  ): Promise<
    | { readonly kind: 'allowed'; readonly access: Extract<Access, { ok: true }> }
    | { readonly kind: 'denied'; readonly refusal: Refusal }
    | { readonly kind: 'no-such-case' }
  >;
}

export interface AuditParts {
  readonly accesses: ReadModel<AccessRow>;
  readonly refusals: ReadModel<RefusalRow>;
  readonly glasses: ReadModel<GlassRow>;
  readonly cases: ReadModel<CaseParts>;
  readonly access: CaseCheck;
  readonly recorder: AccessRecorder;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
}

export interface AuditFilter {
  readonly caseId?: string | null;
  readonly actor?: string | null;
  readonly from?: string | null;
  readonly to?: string | null;
  readonly kind?: string | null;
  readonly breakGlass?: boolean | null;
  readonly rule?: string | null;
}

export interface NamedCase {
  readonly caseId: string;
  readonly folio: string | null;
}

export interface Page<Row> {
  readonly rows: readonly { readonly row: Row; readonly cases: readonly NamedCase[] }[];
  readonly endCursor: string | null;
  readonly hasNextPage: boolean;
  readonly incompleteSince: string | null;
}

/** The caller may not see this; the attempt is on record. */
export class AuditDenied extends Error {
  constructor(
    readonly rule: string,
    readonly code: string,
  ) {
    super(code);
    this.name = 'AuditDenied';
  }
}
/** A cursor or a page size that is none. */
export class MalformedPage extends Error {}

const MOST = 100;
const cursorOf = (at: string, key: string) => Buffer.from(JSON.stringify([at, key])).toString('base64url');
const readCursor = (cursor: string): readonly [string, string] => {
  try {
    const read: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (
      Array.isArray(read) &&
      read.length === 2 &&
      read.every((part) => typeof part === 'string') &&
      !isNaN(Date.parse(String(read[0])))
    )
      return [String(read[0]), String(read[1])];
  } catch {
    // Said below, alike for every malformed cursor.
  }
  throw new MalformedPage('after');
};

/** A supervisor's cases, as `accessTo` of identity has them. The Child Protection Authority takes part in every case. */
/** R-706: a conflict of interest closes a case to its supervisor, too. */
const isBlocked = ({ sub }: Caller, part: CaseParts | undefined): boolean =>
  part?.blocked.some(({ staffId }) => staffId === sub) ?? false;

export const takesPart = (caller: Caller, part: CaseParts | undefined): boolean =>
  !isBlocked(caller, part) && agencyTakesPart(caller, part);

const agencyTakesPart = ({ agency, states }: Caller, part: CaseParts | undefined): boolean =>
  agency === 'CHILD_PROTECTION'
    ? part === undefined || part.state === '' || states.includes(part.state)
    : part !== undefined && part.agencies.includes(agency) && (part.state === '' || states.includes(part.state));

/** R-705, R-720: who may read the audit of what. Each reading of it is recorded before it is answered. */
export const audit = ({ accesses, refusals, glasses, cases, access, recorder, clock }: AuditParts) => {
  const deny = async (caller: Caller, operation: string, caseId: string | undefined, rule: string, code: string) => {
    await recorder.denied({ caller, operation, cases: caseId ? [caseId] : [], rule, code });
    throw new AuditDenied(rule, code);
  };

  /** A representative reads the audit of one case, and only while they are on its team. */
  const asRepresentative = async (caller: Caller, operation: string, caseId: string | null | undefined) => {
    if (caller.role !== 'REPRESENTATIVE') return;
    if (!caseId) return deny(caller, operation, undefined, 'R-701', 'E-NEED');
    const checked = await access.check(caller, caseId, { query: operation, purpose: 'REPRESENTATION' });
    if (checked.kind === 'no-such-case') return deny(caller, operation, caseId, 'R-701', 'E-NEED');
    if (checked.kind === 'denied') return deny(caller, operation, caseId, checked.refusal.rule, checked.refusal.code);
    // Break-glass opens a case because of danger, not the log of who looked at it.
    if (checked.access.via !== 'team') return deny(caller, operation, caseId, 'R-701', 'E-NEED');
  };

  /**
   * Of the cases named in a record, those whose reading the caller may know of: all, where it was one of their own people;
   * else those of their states in which their agency takes part. A representative knows of the one case they asked for.
   */
  const knowable = async (caller: Caller, ids: readonly string[], caseId: string | null | undefined) => {
    const found = await cases.documents.query<{ key: string; doc: CaseParts }>(
      (name) => `select key, doc from ${name} where key = any($1)`,
      [[...new Set(ids)]],
    );
    const parts = new Map(found.map(({ key, doc }) => [key, doc]));
    const mayKnow = (id: string, agency: string) =>
      caller.role === 'REPRESENTATIVE'
        ? id === caseId
        : !isBlocked(caller, parts.get(id)) && (agency === caller.agency || takesPart(caller, parts.get(id)));
    return (agency: string, named: readonly string[]): readonly NamedCase[] =>
      // A record that is about no case says `none`.
      named
        .filter((id) => id !== 'none' && mayKnow(id, agency))
        .map((id) => ({ caseId: id, folio: parts.get(id)?.folio || null }));
  };

  const page = async <Row extends { readonly at: string; readonly agency: string }>(
    caller: Caller,
    operation: string,
    model: ReadModel<Row>,
    filter: AuditFilter,
    first: number,
    after: string | null | undefined,
    casesOf: (row: Row) => readonly string[],
    own: readonly (readonly [string, unknown])[],
  ): Promise<Page<Row>> => {
    if (!Number.isInteger(first) || first < 1 || first > MOST) throw new MalformedPage('first');
    const [at, key] = after ? readCursor(after) : [null, null];
    await asRepresentative(caller, operation, filter.caseId);
    const parts = (await cases.documents.table()).name;
    const values: unknown[] = [];
    const value = (one: unknown) => `$${values.push(one)}`;
    const supervised = () => {
      const agency = value(caller.agency);
      // Asked about one case, their agency must take part in that one: else the filter would tell what the answer hides.
      const which = filter.caseId ? `p.key = ${value(filter.caseId)}` : 'p.key = any(r.cases)';
      const near = `p.doc->>'state' = any(array[''] || ${value(caller.states)}::text[])
        and not p.doc->'blocked' @> jsonb_build_array(jsonb_build_object('staffId', ${value(caller.sub)}::text))`;
      const some = (also: string) => `exists (select 1 from ${parts} p where ${which}${also})`;
      // What was ordered about a follower and names no case concerns all of them.
      const ofNoCase = `(agency = 'SYSTEM' and cardinality(cases) = 0)`;
      return caller.agency === 'CHILD_PROTECTION'
        ? `(${ofNoCase} or agency = ${agency} or (cardinality(cases) > 0 and (${some(` and ${near}`)} or not ${some('')})))`
        : `(${ofNoCase} or agency = ${agency} or ${some(` and ${agency} = any(p.agencies) and ${near}`)})`;
    };
    const conditions = [
      ...(caller.role === 'REPRESENTATIVE' ? [] : [supervised()]),
      ...(filter.caseId ? [`cases @> array[${value(filter.caseId)}]`] : []),
      ...(filter.actor ? [`actor = ${value(filter.actor)}`] : []),
      ...(filter.from ? [`at >= ${value(filter.from)}`] : []),
      ...(filter.to ? [`at < ${value(filter.to)}`] : []),
      ...own.map(([column, wanted]) => `${column} = ${value(wanted)}`),
      ...(at !== null ? [`(at, key) < (${value(at)}, ${value(key)})`] : []),
      'true',
    ].join(' and ');
    const found = await model.documents.query<{ key: string; doc: Row }>(
      (table) => `select key, doc from ${table} r where ${conditions} order by at desc, key desc limit ${first + 1}`,
      values,
    );
    const rows = found.slice(0, first);
    const named = await knowable(
      caller,
      rows.flatMap(({ doc }) => casesOf(doc)),
      filter.caseId,
    );
    const answer = rows.map(({ doc }) => ({ row: doc, cases: named(doc.agency, casesOf(doc)) }));
    const purpose: Purpose = caller.role === 'REPRESENTATIVE' ? 'REPRESENTATION' : 'REVIEW';
    const about = filter.caseId
      ? [filter.caseId]
      : [...new Set(answer.flatMap((entry) => entry.cases.map(({ caseId }) => caseId)))];
    await recorder.viewed({ caller, operation, cases: about, classes: ['D11'], purpose, task: 'supervision' });
    const last = rows.at(-1);
    return {
      rows: answer,
      endCursor: last ? cursorOf(last.doc.at, last.key) : null,
      hasNextPage: found.length > first,
      incompleteSince: (await model.incomplete()).map(({ since }) => since).sort()[0] ?? null,
    };
  };

  return {
    accesses: (caller: Caller, filter: AuditFilter, first: number, after?: string | null) =>
      page(caller, 'accesses', accesses, filter, first, after, ({ cases: of }) => of, [
        ...(filter.kind ? [['kind', filter.kind] as const] : []),
        ...(filter.breakGlass ? [['glass', true] as const] : []),
      ]),

    refusals: (caller: Caller, filter: AuditFilter, first: number, after?: string | null) =>
      page(caller, 'refusals', refusals, filter, first, after, ({ caseId }) => [caseId], [
        ...(filter.rule ? [['rule', filter.rule] as const] : []),
      ]),

    /** R-704: what waits for a review by a supervisor of the user's agency or of Child Protection; for others, in their cases, to know of. */
    breakGlassPending: async (caller: Caller) => {
      if (caller.role !== 'SUPERVISOR') return deny(caller, 'breakGlassPending', undefined, 'R-701', 'E-NEED');
      const parts = (await cases.documents.table()).name;
      const found = await glasses.documents.query<{ doc: GlassRow; folio: string | null }>(
        (table) =>
          `select g.doc, p.doc->>'folio' as folio from ${table} g left join ${parts} p on p.key = g.case_id
           where pending and (staff_agency = $1
             or (($1 = 'CHILD_PROTECTION' or $1 = any(p.agencies)) and coalesce(p.doc->>'state', '') = any(array[''] || $2::text[])))
             and not coalesce(p.doc->'blocked', '[]') @> jsonb_build_array(jsonb_build_object('staffId', $3::text))
           order by review_due, g.key limit 200`,
        [caller.agency, caller.states, caller.sub],
      );
      const now = clock();
      const caseIds = [...new Set(found.map(({ doc }) => doc.caseId))];
      await recorder.viewed({
        caller,
        operation: 'breakGlassPending',
        cases: caseIds,
        classes: ['D11'],
        purpose: 'REVIEW',
        task: 'supervision',
      });
      return found.map(({ doc, folio }) => ({
        ...doc,
        folio: folio || null,
        overdue: Date.parse(doc.reviewDue) < Date.parse(now),
        canReview:
          doc.staffId !== caller.sub && (caller.agency === doc.staffAgency || caller.agency === 'CHILD_PROTECTION'),
      }));
    },
  };
};
export type Audit = ReturnType<typeof audit>;
