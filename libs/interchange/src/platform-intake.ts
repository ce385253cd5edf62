import type { Said, StateKey } from '@resguardo/contracts';
import { STATES } from '@resguardo/contracts';
import type { Answer, CaseAccess, Desk } from '@resguardo/desk';
import type { EventStore } from '@resguardo/eventing';
import { NO_STREAM, uuidv5 } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import type { CybertipDocument } from './cybertip.document.js';
import { readCybertip } from './cybertip.document.js';
import { fileIdOf, fileInput, reportIdOf, reportInputs } from './cybertip.mapping.js';
import { warningsOf } from './cybertip.warnings.js';
import type { KnownReport, PlatformFiles } from './platform-files.js';
import { casesOf, platformCaseId, reportKeyOf, platformPseudonyms, VICTIMS } from './platform-ids.js';
import type { Warning } from './words.js';
import { problemInWords, warningInWords } from './words.js';
import type { DocumentProblem } from './xml.js';
import { isProblem, XML_LIMITS } from './xml.js';

/** One set, as it is sent. Bytes together count once decoded. */
export const SET_LIMITS = { files: 20, bytes: 5_000_000, victims: VICTIMS } as const;

/** Sets that may wait behind the one under way; one officer has at most one set here. Each may be as large as a set may be. */
const MOST_WAITING = 5;

export interface SentFile {
  readonly name: string;
  /** Bytes, or text that has been decoded already. */
  readonly content: Uint8Array | string;
}

export type ImportOutcome = 'CREATED' | 'UPDATED' | 'UNCHANGED' | 'NUMBER_ONLY' | 'WAITING' | 'REFUSED' | 'KEPT';

export interface ImportError {
  readonly code: 'E-XML' | 'E-SCHEMA' | 'E-LIMIT' | 'E-NO-CONTENT' | 'E-REPORT-ID' | 'E-STATE' | 'E-BUSY' | 'E-REFUSED';
  readonly line?: number;
  readonly column?: number;
  readonly field?: string;
  readonly message: Said;
}

/** What became of one file of a set. */
export interface ImportedFile {
  readonly name: string;
  readonly document?: string;
  readonly outcome: ImportOutcome;
  readonly folios: readonly string[];
  readonly caseIds: readonly string[];
  /** Those that the caller may not open as well: for the access record alone. */
  readonly concerned: readonly string[];
  readonly warnings: readonly Said[];
  readonly error?: ImportError;
}

export interface IntakeOptions {
  /** Number of the report with the clearing house, typed by the officer. */
  readonly reportId?: string;
  readonly state?: string;
  /** When the officer imported it, where it had to wait since (D12). */
  readonly importedAt?: string;
}

export interface PlatformIntakeParts {
  readonly desk: Pick<Desk, 'executeOnBehalf'>;
  readonly store: Pick<EventStore, 'read'>;
  readonly access: Pick<CaseAccess, 'check'>;
  readonly files: PlatformFiles;
  /** Any secret that outlives restarts: under another one the same number is another report. */
  readonly key: Buffer;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
}

/** Who imports, and when they did if that was earlier. */
interface Importer {
  readonly caller: Caller;
  readonly importedAt?: string | undefined;
}

interface Read {
  readonly index: number;
  readonly content: string;
  readonly document: CybertipDocument;
}

interface Result {
  outcome: ImportOutcome;
  caseIds: readonly string[];
  error?: ImportError;
  warnings: Warning[];
}

/** The command was not accepted: what came before it in the set stays, and importing again goes on from there. */
class NotAccepted extends Error {
  constructor(readonly problem: ImportError) {
    super(problem.code);
  }
}

const errorOf = ({ code, problem, values, line, column, field }: DocumentProblem): ImportError => ({
  code,
  ...(line !== undefined && { line }),
  ...(column !== undefined && { column }),
  ...(field !== undefined && { field }),
  message: problemInWords(problem, values),
});
const errorSaying = (code: ImportError['code'], problem: string, values: Warning['values'] = {}): ImportError => ({
  code,
  message: problemInWords(problem, values),
});

const noneTaken = (sent: readonly SentFile[], error: ImportError): readonly ImportedFile[] =>
  sent.map(({ name }) => ({
    name,
    outcome: 'REFUSED',
    folios: [],
    caseIds: [],
    concerned: [],
    warnings: [],
    error,
  }));

const lengthOf = ({ content }: SentFile): number => content.length;
const better = (a: ImportOutcome, b: ImportOutcome): ImportOutcome => {
  const order: readonly ImportOutcome[] = ['UNCHANGED', 'NUMBER_ONLY', 'WAITING', 'UPDATED', 'CREATED', 'REFUSED'];
  return order.indexOf(a) >= order.indexOf(b) ? a : b;
};
const textOf = (content: Uint8Array | string): string =>
  typeof content === 'string' ? content : `base64:${Buffer.from(content).toString('base64')}`;
const contentOf = (kept: string): Uint8Array | string =>
  kept.startsWith('base64:') ? Buffer.from(kept.slice(7), 'base64') : kept;

const tooLarge: DocumentProblem = { code: 'E-LIMIT', problem: 'too-large', values: { limit: XML_LIMITS.bytes } };

const tooManyVictims = ({ root, element }: CybertipDocument): DocumentProblem | undefined => {
  const victims = element.children.filter(({ name }) => root === 'report' && name === 'victim');
  const over = victims[SET_LIMITS.victims];
  return (
    over && {
      code: 'E-LIMIT',
      problem: 'too-many-victims',
      values: { limit: SET_LIMITS.victims },
      line: over.line,
      column: over.column,
      field: over.path,
    }
  );
};

/** What a set says by itself, whoever takes it: what is wrong with all of it, or with which of its files, and which number its one report has. */
type CheckedSet =
  | { readonly refused: ImportError }
  | {
      readonly documents: readonly (CybertipDocument | undefined)[];
      readonly errors: readonly (ImportError | undefined)[];
      readonly sound: readonly Read[];
      readonly reports: readonly Read[];
      readonly others: readonly Read[];
      readonly digests: readonly string[];
      readonly state: StateKey;
      readonly reportId?: string | undefined;
      /** A warning on its reports. */
      readonly onReports?: string | undefined;
    };

const checkedSet = (
  sent: readonly SentFile[],
  { reportId: typed, state: wished }: IntakeOptions,
  { states }: Pick<Caller, 'states'>,
  read: (content: SentFile['content']) => CybertipDocument | DocumentProblem,
): CheckedSet => {
  const refused = (...[code, problem, values]: Parameters<typeof errorSaying>) => ({
    refused: errorSaying(code, problem, values),
  });
  if (sent.length > SET_LIMITS.files) return refused('E-LIMIT', 'too-many-files', { limit: SET_LIMITS.files });
  if (sent.reduce((sum, file) => sum + lengthOf(file), 0) > SET_LIMITS.bytes)
    return refused('E-LIMIT', 'too-large-together', { limit: SET_LIMITS.bytes });
  const state = STATES.find((key) => key === (wished ?? states[0]));
  if (!state) return refused('E-STATE', 'no-state');

  const found = sent.map(({ content }): CybertipDocument | ImportError => {
    const document = content.length > XML_LIMITS.bytes ? tooLarge : read(content);
    const problem = isProblem(document) ? document : tooManyVictims(document);
    return problem ? errorOf(problem) : (document as CybertipDocument);
  });
  const documents = found.map((one) => ('root' in one ? one : undefined));
  const errors = found.map((one) => ('root' in one ? undefined : one));
  const sound = documents.flatMap((document, index): Read[] =>
    document ? [{ index, document, content: textOf(sent[index]!.content) }] : [],
  );
  const reports = sound.filter(({ document }) => document.root === 'report');
  const others = sound.filter(({ document }) => document.root !== 'report');
  const digests = [...new Set(reports.map(({ document }) => document.digest))];

  // Which number the one report has: typed, or the only one that the rest of the set names.
  const named = (roots: readonly string[]) => [
    ...new Set(
      others
        .filter(({ document }) => roots.includes(document.root))
        .flatMap(({ document }) => reportIdOf(document) ?? []),
    ),
  ];
  const byResponse = named(['reportResponse', 'reportDoneResponse']);
  const byFiles = named(['fileDetails']);
  const checked = { documents, errors, sound, reports, others, digests, state };
  const wanted = typed?.trim();
  if (wanted) {
    if (!/^\d{1,19}$/.test(wanted) || digests.length !== 1) return refused('E-REPORT-ID', 'report-id');
    const reportId = wanted.replace(/^0+(?=\d)/, '');
    if (byResponse.length > 0 && !byResponse.includes(reportId)) return refused('E-REPORT-ID', 'other-report-id');
    return { ...checked, reportId };
  }
  if (digests.length === 1 && byResponse.length > 0)
    return { ...checked, reportId: byResponse.length === 1 ? byResponse[0] : undefined };
  if (digests.length === 1 && byFiles.length === 1)
    return { ...checked, reportId: byFiles[0], onReports: 'id-from-files' };
  return { ...checked, ...(digests.length > 1 && others.length > 0 && { onReports: 'many-reports' }) };
};

/** What can be said of each file before anybody takes it: only what is wrong with it, or with the whole set. */
export const refusedFiles = (
  sent: readonly SentFile[],
  caller: Pick<Caller, 'states'>,
  options: IntakeOptions = {},
): readonly (ImportError | undefined)[] => {
  const checked = checkedSet(sent, options, caller, readCybertip);
  return 'refused' in checked ? sent.map(() => checked.refused) : checked.errors;
};

/** Takes a set of documents in any order and makes, or updates, the cases that they are about. */
export const platformIntake = ({ desk, store, access, files, key, clock }: PlatformIntakeParts) => {
  const { ofNumber: pseudonymOf, ofDocument, ofFile } = platformPseudonyms(key);
  const read = (content: Uint8Array | string): CybertipDocument | DocumentProblem => {
    const document = readCybertip(content);
    return isProblem(document) ? document : { ...document, digest: ofDocument(document.digest) };
  };
  // One set at a time: which report a number belongs to is looked up and written down in one go.
  let before: Promise<unknown> = Promise.resolve();
  /** Whose sets are under way or wait. */
  const here = new Set<string>();

  const accepted = (answer: Answer): Extract<Answer, { kind: 'accepted' }> => {
    switch (answer.kind) {
      case 'accepted':
        return answer;
      case 'busy':
        throw new NotAccepted(errorSaying('E-BUSY', 'busy'));
      case 'refused':
        throw new NotAccepted(errorSaying('E-REFUSED', 'refused', { code: answer.refusal.code }));
      case 'malformed':
        throw new NotAccepted({
          ...errorSaying('E-LIMIT', 'refused', {
            code: answer.errors.map(({ path, problem }) => `${path}: ${problem}`).join('; '),
          }),
        });
      case 'reused':
      case 'no-such-case':
        throw new NotAccepted(errorSaying('E-REFUSED', 'refused', { code: answer.kind }));
    }
  };

  /** Says a command; its id is derived from what it says, so the same officer saying it again is answered alike. */
  const say = async (
    { caller, importedAt }: Importer,
    name: string,
    caseId: string,
    about: readonly string[],
    input: Readonly<Record<string, unknown>>,
  ): Promise<ImportOutcome> => {
    const { revision } = await store.read(`case-${caseId}`);
    const commandId = uuidv5('platform-import', caller.sub, caseId, name, ...about);
    const answer = accepted(await desk.executeOnBehalf(caller, name, { caseId, commandId, input }, importedAt));
    if (answer.repeated || answer.revision <= revision) return 'UNCHANGED';
    return revision === NO_STREAM ? 'CREATED' : 'UPDATED';
  };

  /** what is imported is kept, but a guessed number names no case to somebody who may not open it. */
  const openTo = async (caller: Caller, caseIds: readonly string[]): Promise<readonly string[]> => {
    const wish = { query: 'importPlatformReport', purpose: 'INTAKE' };
    const checked = await Promise.all(caseIds.map((caseId) => access.check(caller, caseId, wish)));
    return caseIds.filter((_, i) => checked[i]!.kind === 'allowed');
  };

  const foliosOf = async (caseIds: readonly string[]): Promise<readonly string[]> => {
    const streams = await Promise.all(caseIds.map((caseId) => store.read(`case-${caseId}`)));
    return streams.flatMap(({ events }) => {
      const folio = events.find(({ type }) => type === 'CaseOpened')?.data['folio'];
      return typeof folio === 'string' ? [folio] : [];
    });
  };

  /**
   * The number of a report is the prosecutor's alone, and of the agencies that brought the report: to others it must not say whether it is here,
   * nor in which case.
   */
  const mayAsk = async (caller: Caller, report: KnownReport): Promise<boolean> => {
    if (caller.agency === 'PROSECUTOR') return true;
    const streams = await Promise.all(casesOf(report).map((caseId) => store.read(`case-${caseId}`)));
    return streams.some(({ events }) =>
      events.some(({ type, meta }) => type === 'PlatformReportReceived' && meta.agency === caller.agency),
    );
  };

  /** Which report this is: by its number where that is known, else by what it says. */
  const reportOf = async (
    caller: Caller,
    digest: string,
    reportId: string | undefined,
    cases: number,
  ): Promise<KnownReport> => {
    const said = reportId === undefined ? undefined : pseudonymOf(reportId);
    const found = await files.reports(digest, said);
    const numbered = found.find((one) => said !== undefined && one.reference === said);
    const isSecret = numbered !== undefined && numbered.document !== digest && !(await mayAsk(caller, numbered));
    const reference = isSecret ? undefined : said;
    const known = isSecret ? found.filter((one) => one !== numbered) : found;
    const same =
      known.find((one) => reference !== undefined && one.reference === reference) ??
      known.find((one) => one.document === digest && (reference === undefined || one.reference === undefined));
    return {
      reportKey: same?.reportKey ?? reportKeyOf(reference ?? digest),
      document: digest,
      ...((reference ?? same?.reference) && { reference: reference ?? same?.reference }),
      cases: Math.max(cases, same?.cases ?? 0),
    };
  };

  const takeReport = async (
    by: Importer,
    document: CybertipDocument,
    state: StateKey,
    reportId: string | undefined,
  ): Promise<{ report: KnownReport; outcome: ImportOutcome; caseIds: readonly string[] }> => {
    const inputs = reportInputs(document);
    const report = await reportOf(by.caller, document.digest, reportId, inputs.length);
    const own = { ...report, cases: inputs.length };
    let outcome: ImportOutcome = 'UNCHANGED';
    for (const [i, input] of inputs.entries()) {
      const caseId = platformCaseId(report.reportKey, i + 1);
      const { events } = await store.read(`case-${caseId}`);
      const isKnown = events.some(
        ({ type, data }) => type === 'PlatformReportReceived' && data['document'] === document.digest,
      );
      if (!isKnown)
        outcome = better(
          outcome,
          await say(by, 'receivePlatformReport', caseId, [document.digest], {
            ...input,
            reportKey: report.reportKey,
            victimNumber: i + 1,
            state,
            ...(reportId && { reference: reportId }),
            sameReportIn: casesOf({ ...own, cases: i }),
          }),
        );
      else if (reportId && !(await numbered(report, document.digest)))
        outcome = better(
          outcome,
          await say(by, 'recordPlatformReference', caseId, [document.digest, pseudonymOf(reportId)], {
            reportKey: report.reportKey,
            document: document.digest,
            reference: reportId,
          }),
        );
    }
    await files.keepReport(report);
    return { report, outcome, caseIds: casesOf(own) };
  };

  /** The number had been told with the report, or after it: then it is not told again. */
  const numbered = async ({ reportKey, reference }: KnownReport, digest: string): Promise<boolean> =>
    (await files.reports(digest, undefined)).some(
      (one) => one.reportKey === reportKey && one.reference !== undefined && one.reference === reference,
    );

  const takeFile = async (
    by: Importer,
    report: KnownReport,
    fileId: string,
    documents: readonly CybertipDocument[],
  ): Promise<{ outcome: ImportOutcome; caseIds: readonly string[] }> => {
    const input = fileInput(fileId, documents);
    const fileKey = uuidv5('platform-report', report.reportKey, 'file', ofFile(fileId));
    const caseIds = casesOf(report);
    let outcome: ImportOutcome = 'UNCHANGED';
    for (const caseId of caseIds)
      outcome = better(
        outcome,
        await say(by, 'recordPlatformFile', caseId, [fileKey, ...input.documents], {
          ...input,
          reportKey: report.reportKey,
          fileKey,
        }),
      );
    return { outcome, caseIds };
  };

  /** Files of a report, whatever document told of them, those that waited included. */
  const takeFiles = async (
    by: Importer,
    report: KnownReport,
    told: readonly Read[],
    result: (read: Read) => Result,
  ): Promise<void> => {
    const waited = report.reference ? await files.waitingFor(report.reference) : [];
    const kept = waited.flatMap(({ content }) => {
      const document = read(contentOf(content));
      return isProblem(document) ? [] : [document];
    });
    const all = [...told.map(({ document }) => document), ...kept];
    const fileIds = [...new Set(all.flatMap((document) => fileIdOf(document) ?? []))].sort();
    for (const fileId of fileIds) {
      const taken = await takeFile(
        by,
        report,
        fileId,
        all.filter((document) => fileIdOf(document) === fileId),
      );
      for (const read of told.filter(({ document }) => fileIdOf(document) === fileId))
        Object.assign(result(read), { ...taken, outcome: taken.outcome === 'CREATED' ? 'UPDATED' : taken.outcome });
    }
    if (waited.length > 0) await files.arrived(waited.map(({ id }) => id));
  };

  const importSet = async (
    sent: readonly SentFile[],
    caller: Caller,
    options: IntakeOptions,
  ): Promise<readonly ImportedFile[]> => {
    const { importedAt } = options;
    const by = { caller, importedAt };
    const at = importedAt ?? clock();
    const checked = checkedSet(sent, options, caller, read);
    if ('refused' in checked) return noneTaken(sent, checked.refused);
    const { documents, errors, sound, reports, others, digests, state, reportId } = checked;
    const results: Result[] = errors.map((error) => ({
      ...{ outcome: error ? 'REFUSED' : 'UNCHANGED', caseIds: [] },
      ...(error && { error }),
      warnings: [],
    }));
    for (const { index, document } of sound) results[index]!.warnings.push(...warningsOf(document, at));
    const result = ({ index }: Read) => results[index]!;
    // What they bring is recorded with the report.
    for (const one of others) if (!fileIdOf(one.document)) result(one).outcome = 'NUMBER_ONLY';
    if (checked.onReports)
      for (const one of reports) result(one).warnings.push({ warning: checked.onReports, values: {} });

    const attempt = async (of: readonly Read[], task: () => Promise<void>) => {
      try {
        await task();
      } catch (error) {
        if (!(error instanceof NotAccepted)) throw error;
        for (const one of of) Object.assign(result(one), { outcome: 'REFUSED', error: error.problem });
      }
    };

    let own: KnownReport | undefined;
    for (const digest of [...digests].sort()) {
      const same = reports.filter(({ document }) => document.digest === digest);
      await attempt(same, async () => {
        const taken = await takeReport(by, same[0]!.document, state, digests.length === 1 ? reportId : undefined);
        if (digests.length === 1) own = taken.report;
        for (const one of same) Object.assign(result(one), { outcome: taken.outcome, caseIds: taken.caseIds });
        if (reportInputs(same[0]!.document)[0]?.child === 'UNIDENTIFIED' && taken.outcome === 'CREATED')
          for (const one of same) result(one).warnings.push({ warning: 'no-such-child', values: {} });
      });
    }

    // What the rest of the set names: a report of this set, one that is here already, or one that has not come.
    const numbers = [
      ...new Set([
        ...(own && reportId ? [reportId] : []),
        ...others.flatMap(({ document }) => reportIdOf(document) ?? []),
      ]),
    ].sort();
    for (const number of numbers) {
      const told = others.filter(({ document }) => reportIdOf(document) === number);
      const reference = pseudonymOf(number);
      const [known] =
        own && number === reportId
          ? [own]
          : (await files.reports(undefined, reference)).filter((one) => one.reference === reference);
      await attempt(told, async () => {
        const named = known && (known === own || (await mayAsk(caller, known)));
        const responses = named ? [] : told.filter(({ document }) => !fileIdOf(document));
        for (const one of responses) result(one).warnings.push({ warning: 'response-alone', values: {} });
        const rest = told.filter((one) => !responses.includes(one));
        if (known) {
          for (const one of rest) result(one).caseIds = casesOf(known);
          await takeFiles(by, known, rest, result);
          return;
        }
        for (const one of rest) {
          await files.wait({
            id: uuidv5('platform-report', reference, one.document.digest),
            reference,
            document: one.document.root,
            agency: caller.agency,
            actor: caller.sub,
            since: at,
            reportId: number,
            content: one.content,
          });
          result(one).outcome = 'WAITING';
        }
      });
    }

    return Promise.all(
      results.map(async ({ outcome, caseIds, warnings, error }, index): Promise<ImportedFile> => {
        const own = await openTo(caller, caseIds);
        if (own.length < caseIds.length) warnings.unshift({ warning: 'not-on-the-team', values: {} });
        return {
          name: sent[index]!.name,
          ...(documents[index] && { document: documents[index].root }),
          outcome,
          caseIds: own,
          concerned: caseIds,
          folios: await foliosOf(own),
          warnings: warnings.slice(0, 50).map(warningInWords),
          ...(error && { error }),
        };
      }),
    );
  };

  return {
    /**
     * Each file is taken or refused for itself; nothing of a refused one is written. Importing the same again changes nothing.
     * `E-BUSY` on all of them: nothing was taken, because a set of this caller, or too many sets, are here already; to be sent again.
     */
    import: async (
      sent: readonly SentFile[],
      caller: Caller,
      options: IntakeOptions = {},
    ): Promise<readonly ImportedFile[]> => {
      if (here.has(caller.sub)) return noneTaken(sent, errorSaying('E-BUSY', 'busy-with-yours'));
      if (here.size > MOST_WAITING) return noneTaken(sent, errorSaying('E-BUSY', 'busy-with-others'));
      here.add(caller.sub);
      const after = before.then(() => importSet(sent, caller, options)).finally(() => here.delete(caller.sub));
      before = after.catch(() => undefined);
      return after;
    },
    waiting: (agency: string) => files.waiting(agency),
  };
};

export type PlatformIntake = ReturnType<typeof platformIntake>;
