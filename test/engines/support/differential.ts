import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allCommands, mutationDocument, type Purpose, type Role } from '@resguardo/contracts';
import { canonical, type Json } from '@resguardo/eventing';
import * as documents from '../../../apps/portal/src/documents.js';
import { startDistributed } from '../../../infra/distributed/index.js';
import { freePorts } from '../../../infra/engines/index.js';
import { PROGRAMS } from '../../../infra/programs.js';
import { oneOfEachKind } from '../../e2e/support/inputs.js';
import { ANALYST, OFFICERS, REPRESENTATIVE } from '../../e2e/support/people.js';
import {
  ask,
  type GraphQLAnswer,
  removeFolder,
  startStandalone,
  temporaryFolder,
} from '../../e2e/support/standalone.js';
import { type Sample, scrape, sum } from '../../support/scrape.js';
import type { Answers } from './comparison.js';
import type { History, Saying } from './history.js';
import { signedInAt } from './sign-in.js';

/** A running product, whatever it consists of. */
export interface Product {
  readonly url: string;
  /** Where its programs say how far behind they are: first the one that keeps the timeline. */
  readonly metrics: readonly number[];
  /** From now on it is this time, for all its programs. */
  setClock(at: string): void;
  stop(): Promise<void>;
}

const clockIn = (folder: string) => {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'clock');
  const setClock = (at: string): void => {
    // Never half written: something in the background may look at any moment.
    writeFileSync(`${file}.next`, at);
    renameSync(`${file}.next`, file);
  };
  return { file, setClock };
};
/** Only what the portal says, and as much of it as it takes. */
const SETTINGS = { RESGUARDO_DOCUMENTS_ONLY: 'true', RESGUARDO_REQUESTS_PER_MINUTE: '1000000' };

export const startOneProcess = async (begins: string, env: Readonly<Record<string, string>> = {}): Promise<Product> => {
  const folder = temporaryFolder();
  const { file, setClock } = clockIn(folder);
  setClock(begins);
  const [port] = await freePorts(1);
  const product = await startStandalone(join(folder, 'data'), {
    args: ['--empty'],
    env: { ...SETTINGS, RESGUARDO_TEST_CLOCK: file, METRICS_PORT: String(port), ...env },
  });
  return {
    url: product.url,
    metrics: [port!],
    setClock,
    stop: async () => {
      await product.stop();
      removeFolder(folder);
    },
  };
};

export const startServices = async (begins: string, store: Readonly<Record<string, string>> = {}): Promise<Product> => {
  const folder = temporaryFolder();
  const { file, setClock } = clockIn(folder);
  setClock(begins);
  const all = await startDistributed({
    folder: join(folder, 'data'),
    store,
    env: { ...SETTINGS, RESGUARDO_TEST_CLOCK: file },
  });
  return {
    url: all.gateway.url,
    // What coordination has appended the others still have to handle: it is asked first.
    metrics: PROGRAMS.map((program) => all.metricsPortOf(program)),
    setClock,
    stop: async () => {
      await all.stop();
      removeFolder(folder);
    },
  };
};

const LAGS = ['resguardo_follower_lag_events', 'resguardo_relay_lag_events', 'resguardo_parked_cases'];
const isQuiet = (samples: readonly Sample[]): boolean =>
  samples.some(({ name }) => name === LAGS[0]) && LAGS.every((metric) => sum(samples, metric) === 0);
const PATIENCE_MS = 60_000;

/**
 * Until every fact is wherever it goes: each follower of each program has handled it, each feed has taken it. Seen twice in a row, since
 * a process that has just handled a fact may have appended another.
 */
export const untilQuiet = async (ports: readonly number[]): Promise<void> => {
  const end = Date.now() + PATIENCE_MS;
  for (let seen = 0; seen < 2;) {
    let last: readonly Sample[] = [];
    let quiet = true;
    for (const port of ports) {
      last = await scrape(port);
      quiet = isQuiet(last);
      if (!quiet) break;
    }
    seen = quiet ? seen + 1 : 0;
    if (!quiet && Date.now() > end)
      throw new Error(
        `not quiet: ${JSON.stringify(last.filter(({ name, value }) => LAGS.includes(name) && value > 0))}`,
      );
  }
};

export interface Run {
  readonly answers: Answers;
  readonly documents: Answers;
  /** Commands by what they were answered: `Accepted`, `Refused`, `repeated`, or the code of an error. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** Appends that met a stream which had gone on meanwhile, and were decided again. */
  readonly conflicts: number;
  /** How many times a command had to be said again. */
  readonly busy: number;
  /** Commands that were said once and answered as repeated: an answer was lost on the way, and whoever waited for it asked again (D12). */
  readonly lost: number;
  readonly milliseconds: { readonly said: number; readonly read: number };
}

const outcomeOf = ({ data, errors }: GraphQLAnswer): string =>
  errors ? String(errors[0]?.extensions?.code) : data.result.repeated ? 'repeated' : data.result.__typename;

/** In which place those who spoke at once were taken, by case: the revision that each got, and the one that it has in the comparison. */
type Places = Map<string, Map<number, number>>;

/**
 * Says a history and reads everything. Each answer is compared as it is, but for
 * - the revisions of what was said at once: which came first nobody decides, so they are renumbered in the order of the history; that they
 *   are neighbours is asked here;
 * - the ids of access records, searches and matches, which are random: no fact refers to them (`withoutRandom`);
 * - the moment at which a figure came out: it is looked for every few seconds of the machine's time, in which the clock here goes on for days.
 */
export const runOf = async (product: Product, history: History): Promise<Run> => {
  const tokenOf = signedInAt(product.url);
  const asked = async (username: string, query: string, variables: object): Promise<GraphQLAnswer> =>
    ask(product.url, await tokenOf(username), query, variables);
  let busy = 0;
  /** Busy decides nothing: whoever is told so says the same again. */
  const say = async ({ username, command, said }: Saying): Promise<GraphQLAnswer> => {
    for (;;) {
      const answer = await asked(username, mutationDocument(command, allCommands[command]!), said);
      if (answer.data?.result?.__typename !== 'Busy') return answer;
      busy++;
    }
  };

  const known = new Set<string>();
  let lost = 0;
  /** The first acceptance, whoever had to ask for it twice. */
  const asSaidOnce = ({ said }: Saying, { data }: GraphQLAnswer): void => {
    const { commandId } = said;
    if (data?.result?.repeated && !known.has(commandId)) {
      data.result.repeated = false;
      lost++;
    }
    known.add(commandId);
  };
  const answers = new Map<string, unknown>();
  const outcomes: Record<string, number> = {};
  const places: Places = new Map();
  const heads = new Map<string, number>();
  const began = Date.now();
  for (const [n, { at, sayings, isFollowed }] of history.steps.entries()) {
    product.setClock(at);
    const given = await Promise.all(sayings.map(say));
    for (const [i, answer] of given.entries()) asSaidOnce(sayings[i]!, answer);
    if (sayings.length > 1) takePlaces(places, given);
    for (const [i, answer] of given.entries()) {
      const { username, command } = sayings[i]!;
      const outcome = outcomeOf(answer);
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
      const result = answer.data?.result;
      if (result?.__typename === 'Accepted') {
        heads.set(result.caseId, Math.max(heads.get(result.caseId) ?? 0, result.revision));
        const revision = places.get(result.caseId)?.get(result.revision);
        if (revision !== undefined) result.revision = revision;
      }
      answers.set(`${command} by ${username}, said ${n}.${i}`, answer);
    }
    if (isFollowed) await untilQuiet(product.metrics.slice(0, 1));
  }
  const said = Date.now() - began;
  await untilQuiet(product.metrics);
  const read = await readAll(product, history, asked, { places, heads });
  const conflicts = sum(await scrape(product.metrics[0]!), 'resguardo_append_duration_seconds_count', {
    outcome: 'conflict',
  });
  return {
    ...{ answers, documents: read, outcomes, conflicts, busy, lost },
    milliseconds: { said, read: Date.now() - began - said },
  };
};

const takePlaces = (places: Places, given: readonly GraphQLAnswer[]): void => {
  const taken = given.map(({ data, errors }) => {
    if (errors || data.result.__typename !== 'Accepted' || data.result.repeated)
      throw new Error(`said at once and not taken: ${JSON.stringify({ data, errors })}`);
    return data.result as { readonly caseId: string; readonly revision: number };
  });
  const first = Math.min(...taken.map(({ revision }) => revision));
  const sorted = taken.map(({ revision }) => revision).sort((a, b) => a - b);
  if (sorted.some((revision, i) => revision !== first + i))
    throw new Error(`said at once, and not one after the other on the timeline: ${sorted.join(', ')}`);
  const ofCase = places.get(taken[0]!.caseId) ?? new Map<number, number>();
  for (const [i, { revision }] of taken.entries()) ofCase.set(revision, first + i);
  places.set(taken[0]!.caseId, ofCase);
};

const PURPOSE: Readonly<Partial<Record<Role, Purpose>>> = {
  SUPERVISOR: 'REVIEW',
  REPRESENTATIVE: 'REPRESENTATION',
  LEGAL_ADVISER: 'REPRESENTATION',
  INTERMEDIARY: 'INTERVIEW',
};
const SORTS = ['NEXT_DUE', 'CHANGED', 'OPENED', 'FOLIO'];
const PAGE = 100;
/** Of each case, to each reader: sealed words are opened one fact at a time. */
const DETAILS = 3;
/** Cases whose child is searched for. */
const SEARCHED = 3;

type Asked = (username: string, query: string, variables: object) => Promise<GraphQLAnswer>;
type Entry = { readonly eventId: string; revision: number; cursor: string; readonly hasDetail: boolean };

/** As often as figures are published, and as much longer as a busy machine needs. */
const FIGURES_MS = 60_000;
const FIGURES_EVERY_MS = 500;

/**
 * The portal's documents, asked by one user of every kind; each round at a moment of its own, by all of them at once. Left out, since there is
 * nothing of them that could be the same, or nothing of them at all:
 * - Integrity: which services there are, what each follows and when it was backed up, which is what differs between the ways to run it;
 * - Kept, KeptWords, ForgetKept: what an agency's service keeps while coordination is away, and one process never has; here nobody is away;
 * - RetryParkedCase, SetParkedCaseAside: of a case that stands still, and untilQuiet waits until none does;
 * - CaseChanged: a subscription, whose every entry is one of the timeline's;
 * - ImportPlatformReport: no document to read but a way to say something; the files that wait after it are asked for, and there are none.
 */
const readAll = async (
  product: Product,
  { cases, steps }: History,
  asked: Asked,
  { places, heads }: { readonly places: Places; readonly heads: ReadonlyMap<string, number> },
): Promise<Answers> => {
  const everybody = oneOfEachKind().map((one) => ({ ...one, purpose: PURPOSE[one.role] ?? ('FOLLOW_UP' as const) }));
  type Reader = (typeof everybody)[number];
  const found = new Map<string, unknown>();
  let now = Date.parse(steps.at(-1)!.at);
  const tick = (): string => {
    now += 1_000;
    const at = new Date(now).toISOString();
    product.setClock(at);
    return at;
  };
  /** All readers at once; what each was answered. */
  const round = async (
    what: string,
    query: string,
    variables: (reader: Reader) => object,
    readers: readonly Reader[] = everybody,
    canonicalised: (answer: GraphQLAnswer) => unknown = (answer) => answer,
  ): Promise<ReadonlyMap<Reader, GraphQLAnswer>> => {
    tick();
    const given = await Promise.all(readers.map(({ username }, i) => asked(username, query, variables(readers[i]!))));
    readers.forEach(({ username }, i) => found.set(`${what} as ${username}`, canonicalised(given[i]!)));
    return new Map(readers.map((reader, i) => [reader, given[i]!]));
  };
  /** All pages of a list as one. Where its first page is an error, that. */
  const paged = async (
    what: string,
    query: string,
    variables: object,
    connection: string,
    rows: string,
    canonicalised: (rows: readonly any[]) => unknown,
    readers: readonly Reader[] = everybody,
  ): Promise<ReadonlyMap<Reader, readonly any[]>> => {
    tick();
    const lists = await Promise.all(
      readers.map(async ({ username }) => {
        const all: any[] = [];
        for (let after: string | null = null; ;) {
          const answer = await asked(username, query, { ...variables, first: PAGE, after });
          const page = answer.data?.[connection];
          if (answer.errors || !page) {
            found.set(`${what} as ${username}`, answer);
            return [];
          }
          const { [rows]: some, pageInfo, ...rest } = page;
          all.push(...some);
          after = pageInfo.hasNextPage ? pageInfo.endCursor : null;
          if (after === null) {
            found.set(`${what} as ${username}`, { ...rest, [rows]: canonicalised(all) });
            return all;
          }
        }
      }),
    );
    return new Map(readers.map((reader, i) => [reader, lists[i]!]));
  };

  const begins = new Date(now + 1).toISOString();
  for (const { caseId, folio } of cases) {
    const atLeast = heads.get(caseId);
    await round(`Case ${folio}`, documents.CASE, () => ({ caseId, atLeast }));
    const timelines = await paged(
      `Timeline of ${folio}`,
      documents.TIMELINE,
      { caseId, atLeast },
      'timeline',
      'entries',
      (entries) => inPlace(entries, places.get(caseId)),
    );
    await round(`Identity in ${folio}`, documents.IDENTITY, ({ purpose }) => ({ caseId, purpose }));
    const details = everybody.flatMap((reader) => {
      const ids = [...inPlace(timelines.get(reader)!, places.get(caseId))]
        .filter(({ hasDetail }) => hasDetail)
        .map(({ eventId }) => eventId);
      // Some of each part of the timeline.
      const every = Math.max(1, Math.floor(ids.length / DETAILS));
      return ids
        .filter((_, i) => i % every === 0)
        .slice(0, DETAILS)
        .map((eventId) => ({ reader, eventId }));
    });
    for (const eventId of [...new Set(details.map((one) => one.eventId))])
      await round(
        `Detail of ${eventId} in ${folio}`,
        documents.DETAIL,
        ({ purpose }) => ({ caseId, eventId, purpose }),
        details.filter((one) => one.eventId === eventId).map(({ reader }) => reader),
      );
  }
  await round('Me', documents.ME, () => ({}));
  await round('MyDay', documents.MY_DAY, () => ({ since: steps[Math.floor(steps.length / 2)]!.at }));
  for (const sort of SORTS)
    await paged(`Cases by ${sort}`, documents.CASES, { sort }, 'cases', 'edges', (edges) => edges);
  const approvals = await round('Approvals', documents.APPROVALS, () => ({}));
  for (const [reader, { data }] of approvals)
    for (const { caseId, eventId, folio } of (data?.approvals ?? []).filter((one: any) => one.canAct).slice(0, DETAILS))
      await round(`ApprovalDetail of ${eventId} in ${folio}`, documents.APPROVAL_DETAIL, () => ({ caseId, eventId }), [
        reader,
      ]);
  await round('Intermediaries', documents.INTERMEDIARIES, () => ({}));
  await round('Staff', documents.STAFF, () => ({ locale: 'ES' }));
  await round('WaitingPlatformFiles', documents.WAITING_PLATFORM_FILES, () => ({}));
  await round('BreakGlassPending', documents.BREAK_GLASS_PENDING, () => ({}));
  for (const { curp, folio } of cases.slice(0, SEARCHED))
    await round(
      `FindChild of ${folio}`,
      documents.FIND_CHILD,
      () => ({ terms: { curp }, purpose: 'INTAKE' }),
      everybody,
      withoutRandom,
    );
  const ends = tick();
  // Also who looked, until now.
  await untilQuiet(product.metrics);
  await paged('Refusals', documents.REFUSALS, {}, 'refusals', 'entries', (rows) => rows);
  const filter = { from: begins, to: ends };
  await paged('Accesses', documents.ACCESSES, { filter }, 'accesses', 'entries', withoutOrder);
  for (const { caseId, folio } of cases.slice(0, DETAILS))
    await paged(
      `Accesses to ${folio}`,
      documents.ACCESSES,
      { filter: { ...filter, caseId } },
      'accesses',
      'entries',
      withoutOrder,
      everybody.filter(({ username }) => username === REPRESENTATIVE || username === OFFICERS.HEALTH),
    );
  // Last, since who asks again and again is on record as often. All that is settled comes out by itself, once.
  const { at: first } = steps[0]!;
  for (const end = Date.now() + FIGURES_MS; ;) {
    const { data, errors } = await asked(ANALYST, documents.NATIONAL_FIGURES, {});
    if (errors) throw new Error(`no figures: ${JSON.stringify(errors)}`);
    if (data.nationalFigures.tables.some(({ releases }: any) => releases.length > 0)) break;
    if (Date.now() > end) throw new Error(`no figures of the quarter of ${first} came out`);
    await new Promise((resolve) => setTimeout(resolve, FIGURES_EVERY_MS));
  }
  await round('NationalFigures', documents.NATIONAL_FIGURES, () => ({}), everybody, withoutRelease);
  return found;
};

/** When a figure came out hangs on the machine's time, not on the clock here; that it did is compared. */
const withoutRelease = (answer: GraphQLAnswer): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) =>
    key === 'releasedAt' && typeof value === 'string' ? 'some time' : value,
  );

/** Newest first; what was said at once in the order of the history. */
const inPlace = (entries: readonly Entry[], places: ReadonlyMap<number, number> | undefined): readonly Entry[] =>
  places === undefined
    ? entries
    : entries
        .map((entry) => {
          const revision = places.get(entry.revision) ?? entry.revision;
          return {
            ...entry,
            revision,
            cursor: entry.cursor === String(entry.revision) ? String(revision) : entry.cursor,
          };
        })
        .sort((a, b) => b.revision - a.revision);

/** Ids of a search and its matches are random: who has one may link the case that was found, for an hour. */
const withoutRandom = (answer: GraphQLAnswer): unknown =>
  JSON.parse(JSON.stringify(answer), (key, value: unknown) =>
    (key === 'searchId' || key === 'matchId') && typeof value === 'string' ? 'random' : value,
  );

/** Ids of access records are random, and decide which of two of the same moment comes first. */
const withoutOrder = (rows: readonly { readonly eventId: string; readonly at: string }[]): unknown =>
  rows
    .map(({ eventId: _, ...row }) => row)
    .map((row) => ({ row, key: `${row.at} ${canonical(row as unknown as Json)}` }))
    .sort((a, b) => (a.key < b.key ? 1 : -1))
    .map(({ row }) => row);
