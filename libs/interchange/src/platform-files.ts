import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { casesOf, reportKeyOf, VICTIMS } from './platform-ids.js';

/** A document that waits for its report. */
export interface WaitingDocument {
  readonly id: string;
  /** Pseudonym of the report that it names. */
  readonly reference: string;
  readonly document: string;
  readonly agency: string;
  readonly actor: string;
  readonly since: string;
  readonly reportId: string;
  /** The document as it came. */
  readonly content: string;
}

/** One report as the import knows it: its key, its document's digest, its number's pseudonym when known, and how many cases it made. */
export interface KnownReport {
  readonly reportKey: string;
  readonly document: string;
  readonly reference?: string;
  readonly cases: number;
}

/** What the import keeps beside the timeline: which report is which, and what waits. Nothing in it can be read without the key. */
export interface PlatformFiles {
  /** Reports with this document or this number. */
  reports(document: string | undefined, reference: string | undefined): Promise<readonly KnownReport[]>;
  /** Kept anew, or its number and number of cases brought up to date. */
  keepReport(report: KnownReport): Promise<void>;
  wait(document: WaitingDocument): Promise<void>;
  waitingFor(reference: string): Promise<readonly WaitingDocument[]>;
  waiting(agency: string): Promise<readonly WaitingDocument[]>;
  arrived(ids: readonly string[]): Promise<void>;
}

/** Runs one statement; the shape of `Pool.query` of pg. */
export type SqlQuery = (text: string, values?: unknown[]) => Promise<{ rows: any[] }>;

const TABLES = `
create schema if not exists interchange;
create table if not exists interchange.reports (
  report_key text primary key, document text not null, reference text, cases integer not null,
  seq bigint generated always as identity);
create index if not exists reports_document on interchange.reports (document);
create unique index if not exists reports_reference on interchange.reports (reference) where reference is not null;
create table if not exists interchange.waiting_files (
  id text primary key, reference text not null, document text not null, agency text not null, actor text not null,
  since timestamptz not null, box bytea not null);
create index if not exists waiting_files_reference on interchange.waiting_files (reference);
`;

/**
 * C-13, after a restore: files that wait again for a report of which a case was erased since. They are not sealed with that case's keys, because it
 * was not there when they came. Resolves with how many are gone.
 */
export const eraseWaiting = async (query: SqlQuery, erased: readonly string[]): Promise<number> => {
  const { rows } = await query(
    `select w.reference, array_remove(array_agg(distinct r.report_key), null) as keys
     from interchange.waiting_files w left join interchange.reports r on r.reference = w.reference group by w.reference`,
  );
  const gone = new Set(erased);
  const references = (rows as { reference: string; keys: readonly string[] }[])
    .filter(({ reference, keys }) =>
      [reportKeyOf(reference), ...keys].some((reportKey) =>
        casesOf({ reportKey, cases: VICTIMS }).some((caseId) => gone.has(caseId)),
      ),
    )
    .map(({ reference }) => reference);
  const deleted = await query('delete from interchange.waiting_files where reference = any($1) returning id', [
    references,
  ]);
  return deleted.rows.length;
};

/** Rows in PostgreSQL; what they say is encrypted under `key` (any secret that outlives restarts). */
export const sqlPlatformFiles = ({ query, key }: { query: SqlQuery; key: Buffer }) => {
  const secret = createHmac('sha256', key).update('interchange.waiting_files').digest();
  const close = (text: string): Buffer => {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, iv);
    const box = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), box]);
  };
  const open = (box: Buffer): string => {
    const cipher = createDecipheriv('aes-256-gcm', secret, box.subarray(0, 12));
    cipher.setAuthTag(box.subarray(12, 28));
    return cipher.update(box.subarray(28), undefined, 'utf8') + cipher.final('utf8');
  };
  const read = (row: any): WaitingDocument => ({
    id: row.id,
    reference: row.reference,
    document: row.document,
    agency: row.agency,
    actor: row.actor,
    since: new Date(row.since).toISOString(),
    ...(JSON.parse(open(row.box)) as { reportId: string; content: string }),
  });
  const files: PlatformFiles & { readonly migrate: () => Promise<void> } = {
    migrate: async () => {
      await query(TABLES);
    },
    reports: async (document, reference) => {
      const { rows } = await query(
        'select * from interchange.reports where document = $1 or reference = $2 order by seq',
        [document ?? null, reference ?? null],
      );
      return rows.map((row) => ({
        reportKey: row.report_key,
        document: row.document,
        cases: row.cases,
        ...(row.reference && { reference: row.reference }),
      }));
    },
    keepReport: async ({ reportKey, document, reference, cases }) => {
      await query(
        `insert into interchange.reports (report_key, document, reference, cases) values ($1, $2, $3, $4)
         on conflict (report_key) do update set
           reference = coalesce(interchange.reports.reference, excluded.reference),
           cases = greatest(interchange.reports.cases, excluded.cases)`,
        [reportKey, document, reference ?? null, cases],
      );
    },
    wait: async ({ id, reference, document, agency, actor, since, reportId, content }) => {
      await query(
        `insert into interchange.waiting_files (id, reference, document, agency, actor, since, box)
         values ($1, $2, $3, $4, $5, $6, $7) on conflict (id) do nothing`,
        [id, reference, document, agency, actor, since, close(JSON.stringify({ reportId, content }))],
      );
    },
    waitingFor: async (reference) =>
      (await query('select * from interchange.waiting_files where reference = $1 order by id', [reference])).rows.map(
        read,
      ),
    waiting: async (agency) =>
      (await query('select * from interchange.waiting_files where agency = $1 order by since, id', [agency])).rows.map(
        read,
      ),
    arrived: async (ids) => {
      await query('delete from interchange.waiting_files where id = any($1)', [ids]);
    },
  };
  return files;
};

/** The same in memory: the reference, and what specs use. */
export const memoryPlatformFiles = (): PlatformFiles => {
  let reports: readonly KnownReport[] = [];
  let waiting: readonly WaitingDocument[] = [];
  return {
    reports: (document, reference) =>
      Promise.resolve(
        reports.filter(
          (one) => one.document === document || (one.reference !== undefined && one.reference === reference),
        ),
      ),
    keepReport: async (report) => {
      const before = reports.find(({ reportKey }) => reportKey === report.reportKey);
      const merged = before
        ? {
            ...before,
            ...((before.reference ?? report.reference) && { reference: before.reference ?? report.reference }),
            cases: Math.max(before.cases, report.cases),
          }
        : report;
      reports = before ? reports.map((one) => (one === before ? merged : one)) : [...reports, merged];
    },
    wait: async (document) => {
      if (!waiting.some(({ id }) => id === document.id)) waiting = [...waiting, document];
    },
    waitingFor: (reference) => Promise.resolve(waiting.filter((one) => one.reference === reference)),
    waiting: (agency) => Promise.resolve(waiting.filter((one) => one.agency === agency)),
    arrived: async (ids) => {
      waiting = waiting.filter(({ id }) => !ids.includes(id));
    },
  };
};
