import type { DataClass } from '@resguardo/contracts';
import { AGENCIES, holds, PURPOSES, permissionsOf, readerOf } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { Access, Caller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import type { CaseCard } from './case-card.projection.js';
import { tasksOf, waitingRound } from './case-card.projection.js';
import { approvalFor, approvalsFor, caseRow, caseView, referralFor, taskFor, termsFor, VIA } from './case-view.js';
import type { CaseNews } from './live.js';
import { live } from './live.js';
import type { AccessLog, CaseAccess, Open, Opened, Reading, ReadModel } from './ports.js';
import type { CasesFilter, CasesSort, Cursor, Lister, TimelineFilter } from './queries.js';
import {
  caseCount,
  casePage,
  casesAwaiting,
  casesWaiting,
  casesWithTasks,
  newsOf,
  rowsAfter,
  timelineChoices,
  timelinePage,
} from './queries.js';
import { isOpen } from './terms.rule.js';
import type { TimelineEntry } from './timeline-entry.js';
import { classesShown, entryFor } from './timeline-entry.js';
import type { TimelineRow } from './timeline.projection.js';
import type { Viewer } from './visibility.rule.js';
import { isAgency, openableFor, visible } from './visibility.rule.js';

export interface HomeParts {
  readonly timeline: ReadModel<TimelineRow>;
  readonly cards: ReadModel<CaseCard>;
  readonly access: CaseAccess;
  readonly log: AccessLog;
  readonly open: Open;
  readonly news: CaseNews;
  /** Now: UTC, ISO 8601. */
  readonly clock: () => string;
  /** Not expired, not signed out; asked at each push. */
  readonly stillGood: (caller: Caller) => boolean;
  /** Calls back at a moment (UTC); returns how to forget it. */
  readonly at: (moment: string, then: () => void) => () => void;
  readonly waitMs?: number;
  /** What the caller said that this service keeps until the timeline can be reached, or that came back (D12). */
  readonly kept?: KeptHere;
}

/** What one caller said that is kept here. Everything by the caller's own id: nobody else's is found. */
export interface KeptHere {
  of(actor: string): Promise<readonly KeptEntry[]>;
  /** The words of what came back; undefined for what waits or is not theirs. */
  words(actor: string, commandId: string): Promise<KeptWords | undefined>;
  /** Whether something that came back was there; it is gone then. */
  forget(actor: string, commandId: string): Promise<boolean>;
}

export interface KeptEntry {
  readonly commandId: string;
  readonly command: string;
  readonly keptAt: string;
  readonly state: 'WAITING' | 'RETURNED';
  readonly code?: string;
}

export interface KeptWords {
  readonly commandId: string;
  readonly command: string;
  readonly caseId?: string | null | undefined;
  readonly folio?: string | null | undefined;
  readonly occurredAt?: string | null | undefined;
  readonly knownAt?: string | null | undefined;
  readonly input: Readonly<Record<string, unknown>>;
}

/** Cases that *Mi día* looks through, and terms that it shows; it says so when there are more. */
const MY_DAY_CASES = 50;
const MY_DAY_TERMS = 20;

type Allowed = Extract<Access, { ok: true }>;

/** A caller as seeing goes, by how they came into the case. */
export const viewerOf = ({ sub, agency, role }: Caller, via: Allowed['via']): Viewer => ({
  actor: sub,
  agency,
  reader: readerOf(role, agency),
  underBreakGlass: via === 'break-glass',
  onTeam: via === 'team',
});

/** Which permissions stand behind a page of the portal; one of them is enough. */
const PAGES: Readonly<Record<string, readonly string[]>> = {
  MY_DAY: ['case:list'],
  CASES: ['case:list'],
  REPORT: ['case:report'],
  RECORD_FACT: ['case:record', 'interview:record'],
  APPROVALS: ['approvals:read'],
  IMPORT: ['interchange:record'],
  ACCESS_AUDIT: ['audit:read'],
  INTERMEDIARIES: ['register:administer'],
  INTEGRITY: ['integrity:read'],
  NATIONAL_FIGURES: ['insights:read'],
};

const most = (first: number | null | undefined, otherwise: number): number =>
  Math.max(1, Math.min(first ?? otherwise, 100));

export const problem = (code: string, message: string, more: Record<string, unknown> = {}) =>
  new GraphQLError(message, { extensions: { code, ...more } });
const badInput = (path: string, why: string) =>
  problem('BAD_USER_INPUT', 'Some fields are wrong.', { fields: [{ path, problem: why }] });

const byNextDue = <Edge extends { readonly node: ReturnType<typeof caseRow> }>(
  edges: readonly Edge[],
): readonly Edge[] => {
  const due = ({ node }: Edge) => (node.nextDue ? Date.parse(node.nextDue.dueAt) : Infinity);
  return [...edges].sort((a, b) => (due(a) < due(b) ? -1 : due(a) > due(b) ? 1 : 0));
};

const encoded = (sort: CasesSort, { value, key }: Cursor): string =>
  Buffer.from(JSON.stringify([sort, value, key])).toString('base64url');
const decoded = (sort: CasesSort, cursor: string): Cursor => {
  try {
    const [of, value, key] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (of === sort && typeof value === 'string' && typeof key === 'string') return { value, key };
  } catch {
    // Said below: whatever is wrong with it, it is not a cursor of this list.
  }
  throw badInput('after', 'not-a-cursor');
};

const instantOr = (path: string, value: string | null | undefined): string | undefined => {
  if (value === null || value === undefined) return undefined;
  const at = Date.parse(value);
  if (isNaN(at)) throw badInput(path, 'not-an-instant');
  return new Date(at).toISOString();
};

/** For what a role reads a case when it says nothing else. */
const purposeOf = ({ role }: Caller): string => {
  switch (role) {
    case 'SUPERVISOR':
      return 'REVIEW';
    case 'REPRESENTATIVE':
    case 'LEGAL_ADVISER':
      return 'REPRESENTATION';
    case 'INTERMEDIARY':
      return 'INTERVIEW';
    case 'OFFICER':
    case 'ANALYST':
    case 'ADMINISTRATOR':
    case 'SYSTEM':
      return 'FOLLOW_UP';
  }
};

/** The agency's worklists belong to those who work cases for it. */
const worksFor = ({ agency, role }: Caller): boolean => isAgency(agency) && role !== 'LEGAL_ADVISER';

/**
 * What all agencies read alike (D7). Each operation: may they, by the head of the stream; the rows, cut to what they may see;
 * the access record, durable; then the answer.
 */
export class Home {
  private standing?: { readonly until: number; readonly incomplete: Promise<ReadonlyMap<string, string>> };

  constructor(private readonly parts: HomeParts) {}

  me({ sub, username, role, agency, states }: Caller) {
    return {
      actor: sub,
      name: username,
      role,
      agency,
      states,
      permissions: permissionsOf(role, agency),
      pages: Object.keys(PAGES).filter((page) => PAGES[page]?.some((permission) => holds(role, agency, permission))),
      now: this.parts.clock(),
    };
  }

  async myDay(caller: Caller, sinceSaid?: string | null) {
    const { cards, timeline } = this.parts;
    const since = instantOr('since', sinceSaid);
    const now = this.parts.clock();
    const lister = this.lister(caller, now);
    const viewer = viewerOf(caller, 'team');
    const mine = caller.role !== 'SUPERVISOR';
    const [nearest, changedCards, waitingReferral, waitingRounds, tasked, lacking] = await Promise.all([
      casePage(cards, lister, { mine, closed: false }, 'NEXT_DUE', { limit: MY_DAY_CASES + 1 }),
      since ? casePage(cards, lister, { mine }, 'TOUCHED', { limit: 100 }) : [],
      worksFor(caller) ? casesWaiting(cards, 'waiting_referral', lister) : [],
      worksFor(caller) ? casesWaiting(cards, 'waiting_round', lister) : [],
      worksFor(caller) ? casesWithTasks(cards, lister) : [],
      this.incomplete(),
    ]);
    const terms = nearest
      .slice(0, MY_DAY_CASES)
      .flatMap(({ card }) =>
        termsFor(card, viewer, now)
          .filter((term) => isOpen(term) && (!isAgency(caller.agency) || term.duty.includes(caller.agency)))
          .map((term) => ({ caseId: card.caseId, folio: card.folio, term })),
      )
      .sort((a, b) => (a.term.dueAt < b.term.dueAt ? -1 : 1));
    const moved = changedCards.filter(({ card }) => since !== undefined && card.touchedAt > since);
    const news = since
      ? await newsOf(
          timeline,
          moved.map(({ card }) => card.caseId),
          viewer,
          since,
        )
      : [];
    const canOpen = (card: CaseCard) =>
      card.members.some(({ staffId, agency }) => staffId === caller.sub && agency === caller.agency) ||
      caller.role === 'SUPERVISOR';
    const referrals = waitingReferral.flatMap((card) =>
      card.referrals
        .filter(({ state, to }) => state === 'WAITING' && to === caller.agency)
        .map((referral) => ({
          caseId: card.caseId,
          folio: card.folio,
          canOpen: canOpen(card),
          referral: referralFor(referral, termsFor(card, viewer, now)),
        })),
    );
    const rounds = waitingRounds
      .filter((card) => waitingRound(card).includes(caller.agency))
      .map(({ interview, ...card }) => ({
        caseId: card.caseId,
        folio: card.folio,
        canOpen: canOpen({ ...card, interview }),
        interviewId: interview.interviewId ?? null,
        opensAt: interview.round?.opensAt ?? null,
        closesAt: interview.round?.closesAt ?? null,
        urgent: interview.urgent,
      }));
    const tasks = tasked.flatMap((card) =>
      tasksOf(card)
        .filter(({ agency }) => agency === caller.agency)
        .map((task) => ({ caseId: card.caseId, folio: card.folio, task: taskFor(task) })),
    );
    const endOfToday = new Date(Date.parse(now) + 24 * 3_600_000).toISOString();
    const nextTerm = terms.find(({ term }) => term.dueAt > endOfToday) ?? null;
    const shown = [
      ...terms.slice(0, MY_DAY_TERMS),
      ...(nextTerm ? [nextTerm] : []),
      ...referrals,
      ...rounds,
      ...tasks,
      ...news,
    ];
    // what it shows, not what was gone through for it.
    await this.viewed(caller, 'myDay', [...new Set(shown.map(({ caseId }) => caseId))], ['D0']);
    const all = [...nearest, ...moved].map(({ card }) => card).concat(waitingReferral, waitingRounds, tasked);
    return {
      terms: terms.slice(0, MY_DAY_TERMS),
      moreTerms: terms.length > MY_DAY_TERMS || nearest.length > MY_DAY_CASES,
      referrals: referrals.sort((a, b) => (a.referral.madeAt < b.referral.madeAt ? -1 : 1)),
      rounds: rounds.sort((a, b) => ((a.closesAt ?? '') < (b.closesAt ?? '') ? -1 : 1)),
      tasks,
      changed: news.map((one) => ({
        ...one,
        folio: moved.find(({ card }) => card.caseId === one.caseId)?.card.folio ?? '',
      })),
      nextTerm,
      incompleteSince: earliestOf(all.flatMap(({ caseId }) => lacking.get(caseId) ?? [])),
    };
  }

  async cases(
    caller: Caller,
    asked: {
      readonly filter?: CasesFilter | null;
      readonly sort?: CasesSort | null;
      readonly first?: number | null;
      readonly after?: string | null;
    },
  ) {
    const { cards } = this.parts;
    const now = this.parts.clock();
    const lister = this.lister(caller, now);
    const filter = asked.filter ?? {};
    const sort = asked.sort ?? 'NEXT_DUE';
    const limit = most(asked.first, 25);
    const after = asked.after ? decoded(sort, asked.after) : undefined;
    const [found, lacking] = await Promise.all([
      casePage(cards, lister, filter, sort, { limit: limit + 1, ...(after && { after }) }),
      this.incomplete(),
    ]);
    const page = found.slice(0, limit);
    await this.viewed(
      caller,
      'cases',
      page.map(({ card }) => card.caseId),
      ['D0'],
    );
    const edges = page.map(({ card, cursor }) => {
      const via = this.wayInto(card, caller, now);
      return {
        cursor: encoded(sort, cursor),
        node: caseRow(card, viewerOf(caller, via), VIA[via], now),
      };
    });
    return {
      // Pages follow the terms that everybody in a case may know of; within one the lines follow what this caller is shown.
      edges: sort === 'NEXT_DUE' ? byNextDue(edges) : edges,
      // A function: it is counted only when it is asked for.
      totalVisible: () => caseCount(cards, lister, filter),
      pageInfo: { endCursor: edges.at(-1)?.cursor ?? null, hasNextPage: found.length > limit },
      incompleteSince: earliestOf(page.flatMap(({ card }) => lacking.get(card.caseId) ?? [])),
    };
  }

  async case(caller: Caller, caseId: string, atLeast?: number | null) {
    const { cards } = this.parts;
    const access = await this.enter(caller, caseId, 'case', purposeOf(caller));
    const behind = await this.isBehind(cards, caseId, atLeast);
    const [card, lacking] = await Promise.all([cards.documents.get(caseId), this.incomplete()]);
    if (!card) return null;
    const now = this.parts.clock();
    const viewer = viewerOf(caller, access.via);
    const [others, revision] = await Promise.all([
      cards.documents.getMany(card.links.map((link) => link.caseId)),
      cards.appliedTo(`case-${caseId}`),
      this.viewed(caller, 'case', [caseId], cardClasses(viewer), access),
    ]);
    return {
      ...caseView(card, caller, viewer, now),
      revision,
      behind,
      incompleteSince: lacking.get(caseId) ?? null,
      via: VIA[access.via],
      until: access.until ?? null,
      links: card.links.map(({ caseId: other, linkKind, sameFacts, leadCaseId, since }) => {
        const there = others.find((one) => one.caseId === other);
        return {
          caseId: other,
          folio: there?.folio ?? null,
          linkKind,
          sameFacts,
          leadCaseId: leadCaseId ?? null,
          canOpen: there?.members.some(({ staffId }) => staffId === caller.sub) ?? false,
          since,
        };
      }),
    };
  }

  async timeline(
    caller: Caller,
    caseId: string,
    asked: {
      readonly filter?: TimelineFilter | null;
      readonly knownOn?: string | null;
      readonly first?: number | null;
      readonly after?: string | null;
      readonly atLeast?: number | null;
    },
  ) {
    const { timeline } = this.parts;
    const limit = most(asked.first, 50);
    const knownOn = instantOr('knownOn', asked.knownOn);
    const filter = {
      ...asked.filter,
      from: instantOr('filter.from', asked.filter?.from) ?? null,
      to: instantOr('filter.to', asked.filter?.to) ?? null,
    };
    if (asked.after && !/^\d{1,9}$/.test(asked.after)) throw badInput('after', 'not-a-cursor');
    const access = await this.enter(caller, caseId, 'timeline', purposeOf(caller));
    const behind = await this.isBehind(timeline, caseId, asked.atLeast);
    const viewer = viewerOf(caller, access.via);
    const [rows, revision, lacking] = await Promise.all([
      timelinePage(timeline, caseId, viewer, filter, {
        limit: limit + 1,
        ...(knownOn && { knownOn }),
        ...(asked.after && { before: Number(asked.after) }),
      }),
      timeline.appliedTo(`case-${caseId}`),
      this.incomplete(),
    ]);
    const shown = rows.slice(0, limit);
    await this.viewed(caller, 'timeline', [caseId], classesShown(shown, viewer), access);
    const entries = shown.flatMap((row) => entryFor(row, viewer, knownOn) ?? []);
    let choices: ReturnType<typeof timelineChoices> | undefined;
    const chosen = () => (choices ??= timelineChoices(timeline, caseId, viewer));
    return {
      entries,
      pageInfo: { endCursor: entries.at(-1)?.cursor ?? null, hasNextPage: rows.length > limit },
      revision,
      behind,
      incompleteSince: lacking.get(caseId) ?? null,
      agencies: async () => (await chosen()).agencies,
      kinds: async () => (await chosen()).kinds,
    };
  }

  /** What a fact keeps sealed, as far as the caller may read it. The record is durable before anything is opened (D5). */
  async detail(caller: Caller, caseId: string, eventId: string, purpose: string) {
    if (!PURPOSES.some((known) => known === purpose)) throw badInput('purpose', 'not-allowed');
    const { row, classes, access } = await this.openable({ caller, operation: 'detail', purpose }, caseId, eventId);
    return this.opened(caller, 'detail', row, classes, purpose, access);
  }

  /**
   * The same for another service that has answered its caller for the record and has not the key: asked anew whether they may, of what
   * is known here. Nothing is written down twice.
   */
  async openFor(
    by: Reading,
    { caseId, eventId, revision }: Parameters<Open>[0],
    classes: readonly DataClass[],
  ): Promise<Opened> {
    await this.parts.timeline.waitFor(`case-${caseId}`, revision, this.parts.waitMs);
    const allowed = await this.openable(by, caseId, eventId);
    return this.open(
      allowed.row,
      classes.filter((cls) => allowed.classes.includes(cls)),
      by,
    );
  }

  /** Nothing is kept where no agency's service keeps it: in one process, and for callers of no agency. */
  async kept({ sub }: Caller): Promise<readonly KeptEntry[]> {
    return (await this.parts.kept?.of(sub)) ?? [];
  }

  /** No record of a reading: these are the caller's own words, and no case is opened. */
  async keptWords({ sub }: Caller, commandId: string): Promise<KeptWords> {
    const words = await this.parts.kept?.words(sub, commandId);
    if (!words) throw problem('NOT_FOUND', 'Nothing of that came back.');
    return words;
  }

  async forgetKept({ sub }: Caller, commandId: string): Promise<boolean> {
    return (await this.parts.kept?.forget(sub, commandId)) ?? false;
  }

  async approvals(caller: Caller) {
    const { cards } = this.parts;
    const now = this.parts.clock();
    const found = await casesAwaiting(cards, this.lister(caller, now), [`${caller.agency}:${caller.role}`]);
    const all = found
      .flatMap((card) => approvalsFor(card, caller, viewerOf(caller, this.wayInto(card, caller, now)), now))
      .sort((a, b) => (a.since < b.since ? -1 : 1));
    await this.viewed(
      caller,
      'approvals',
      all.map(({ caseId }) => caseId),
      ['D0'],
    );
    return all;
  }

  /** C-12: the one request, by whoever must decide it, until it is decided; never one's own. */
  async approvalDetail(caller: Caller, caseId: string, eventId: string) {
    const by = { caller, operation: 'approvalDetail', purpose: 'APPROVAL' } as const;
    const { row, classes, access } = await this.openable(by, caseId, eventId);
    return this.opened(caller, 'approvalDetail', row, classes, 'APPROVAL', access);
  }

  /** The live update. Each entry is cut to what its reader may see at the moment it is given. */
  async caseChanged(caller: Caller, caseId: string, after: number): Promise<AsyncIterableIterator<TimelineEntry>> {
    const { timeline, access, news, stillGood, at } = this.parts;
    const entered = await this.enter(caller, caseId, 'caseChanged', purposeOf(caller));
    await this.viewed(caller, 'caseChanged', [caseId], ['D0'], entered);
    const recorded = new Set<DataClass>(['D0']);
    return live<TimelineRow, TimelineEntry>(after, {
      page: async (from) => {
        const rows = await rowsAfter(timeline, caseId, from, 50);
        return { items: rows, upTo: rows.at(-1)?.revision ?? from };
      },
      admit: async (item) => {
        if (!stillGood(caller)) return 'end';
        const checked = await access.check(caller, caseId, { query: 'caseChanged', purpose: purposeOf(caller) });
        if (checked.kind !== 'allowed') return 'end';
        const viewer = viewerOf(caller, checked.access.via);
        const give = item && entryFor(item, viewer);
        if (!give) return {};
        // what the first record could not foresee is on record before it is given.
        const more = classesShown([item], viewer).filter((cls) => !recorded.has(cls));
        if (more.length > 0) await this.viewed(caller, 'caseChanged', [caseId], more, checked.access);
        for (const cls of more) recorded.add(cls);
        return { give };
      },
      news: (stop) => news.next(caseId, stop),
      atEnd: (end) => {
        const ends = [at(new Date(caller.expiresAt * 1000).toISOString(), end)];
        if (entered.until) ends.push(at(entered.until, end));
        return () => {
          for (const forget of ends) forget();
        };
      },
    });
  }

  private lister({ sub, agency, role, states }: Caller, now: string): Lister {
    return { actor: sub, agency, supervisor: role === 'SUPERVISOR', states, now };
  }

  /** How a listed case would open. The list only says so; opening it is decided anew at the head of its stream. */
  private wayInto({ members, glasses }: CaseCard, { sub, agency }: Caller, now: string): Allowed['via'] {
    if (members.some((member) => member.staffId === sub && member.agency === agency)) return 'team';
    return glasses.some(({ staffId, until }) => staffId === sub && until > now) ? 'break-glass' : 'supervision';
  }

  private async enter(
    caller: Caller,
    caseId: string,
    operation: string,
    purpose: string,
    request = false,
  ): Promise<Allowed> {
    const checked = await this.parts.access.check(caller, caseId, {
      query: operation,
      purpose,
      ...(request && { request }),
    });
    if (checked.kind === 'allowed') return checked.access;
    if (checked.kind === 'no-such-case') throw problem('NOT_FOUND', 'There is no such case.');
    return this.refuse(caller, operation, caseId, purpose, checked.refusal.rule, checked.refusal.code);
  }

  private async refuse(
    caller: Caller,
    operation: string,
    caseId: string,
    purpose: string,
    rule: string,
    code: string,
  ): Promise<never> {
    await this.parts.log.denied({ caller, operation, cases: [caseId], purpose, rule, code });
    throw problem(code, 'You may not open this.', {
      rule,
      whoCanGrant: [
        `${AGENCIES.some((known) => known === caller.agency) ? caller.agency : 'CHILD_PROTECTION'}:SUPERVISOR`,
      ],
    });
  }

  private viewed(
    caller: Caller,
    operation: string,
    cases: readonly string[],
    classes: readonly DataClass[],
    access?: Allowed,
    purpose = purposeOf(caller),
  ): Promise<void> {
    const named = [...new Set(cases)];
    if (named.length === 0) return Promise.resolve();
    return this.parts.log.viewed({
      caller,
      operation,
      cases: named,
      classes,
      purpose,
      ...(access && { task: access.task, via: access.via }),
    });
  }

  /** Which sealed classes of a fact may be opened in this reading. @throws GraphQLError when none of it is theirs to read */
  private async openable({ caller, operation, purpose }: Reading, caseId: string, eventId: string) {
    if (operation === 'approvalDetail') {
      const card = await this.parts.cards.documents.get(caseId);
      const approval = card?.approvals.find((one) => one.eventId === eventId);
      if (!card || !approval) throw problem('NOT_FOUND', 'Nothing waits for a decision there.');
      if (!approvalFor(card, approval, caller, this.parts.clock()).canAct)
        await this.refuse(caller, operation, caseId, purpose, 'R-701', 'E-NEED');
      const access = await this.enter(caller, caseId, operation, purpose, true);
      const row = await this.rowOf(caseId, eventId);
      if (!row) throw problem('NOT_FOUND', 'Nothing waits for a decision there.');
      return { row, classes: row.closed ? [] : row.boxes, access };
    }
    const access = await this.enter(caller, caseId, operation, purpose);
    const viewer = viewerOf(caller, access.via);
    const row = await this.rowOf(caseId, eventId);
    if (!row || visible(row, viewer) === 'ABSENT') throw problem('NOT_FOUND', 'There is no such entry.');
    const classes = openableFor(row.boxes, row.closed, row, viewer);
    const nothingForThem = classes.length === 0 && row.boxes.length > 0 && !row.closed;
    if (visible(row, viewer) !== 'FULL' || nothingForThem)
      await this.refuse(caller, operation, caseId, purpose, 'R-701', 'E-NEED');
    return { row, classes, access };
  }

  private open(row: TimelineRow, classes: readonly DataClass[], by: Reading): Promise<Opened> {
    return this.parts.open(row, classes, readerOf(by.caller.role, by.caller.agency) === 'PFPNNA', by);
  }

  private async opened(
    caller: Caller,
    operation: Reading['operation'],
    row: TimelineRow,
    classes: readonly DataClass[],
    purpose: string,
    access: Allowed,
  ) {
    await this.viewed(caller, operation, [row.caseId], classes.length > 0 ? classes : [row.cls], access, purpose);
    const { eventId, type } = row;
    if (classes.length === 0) {
      const why = row.closed ? 'CLOSED' : undefined;
      return {
        eventId,
        type,
        fields: [],
        unavailable: why ? row.boxes.map((cls) => ({ cls, why, service: null })) : [],
      };
    }
    const answer = await this.open(row, classes, { caller, operation, purpose });
    if ('closed' in answer)
      return { eventId, type, fields: [], unavailable: classes.map((cls) => ({ cls, why: 'CLOSED', service: null })) };
    if ('away' in answer)
      return {
        eventId,
        type,
        fields: [],
        unavailable: classes.map((cls) => ({ cls, why: 'AWAY', service: answer.away })),
      };
    const classOf = (name: string): string => factSpec(type)?.fields[name]?.cls ?? row.cls;
    // The opener is asked for classes; what else it might give goes no further.
    const fields = Object.entries(answer.fields)
      .map(([name, value]) => ({ name, value, cls: classOf(name) }))
      .filter(({ cls }) => classes.some((one) => one === cls));
    return {
      eventId,
      type,
      fields,
      unavailable: answer.erased
        ? classes
            .filter((cls) => !fields.some((field) => field.cls === cls))
            .map((cls) => ({ cls, why: 'ERASED', service: null }))
        : [],
    };
  }

  private async rowOf(caseId: string, eventId: string): Promise<TimelineRow | undefined> {
    const row = await this.parts.timeline.documents.get(eventId);
    return row?.caseId === caseId ? row : undefined;
  }

  private async isBehind(model: ReadModel<any>, caseId: string, atLeast?: number | null): Promise<boolean> {
    if (atLeast === null || atLeast === undefined) return false;
    return !(await model.waitFor(`case-${caseId}`, atLeast, this.parts.waitMs ?? 2_000));
  }

  /** Cases of which something is missing here, and since when; looked up once a second at most. */
  private incomplete(): Promise<ReadonlyMap<string, string>> {
    const now = Date.parse(this.parts.clock());
    if (!this.standing || this.standing.until <= now || this.standing.until > now + 1_000) {
      const incomplete = Promise.all([this.parts.timeline.incomplete(), this.parts.cards.incomplete()]).then((both) => {
        const found = new Map<string, string>();
        // Of both, what is missing for longer.
        for (const { stream, since } of both.flat().sort((a, b) => (a.since < b.since ? 1 : -1)))
          found.set(stream.replace(/^case-/, ''), since);
        return found as ReadonlyMap<string, string>;
      });
      incomplete.catch(() => {
        delete this.standing;
      });
      this.standing = { until: now + 1_000, incomplete };
    }
    return this.standing.incomplete;
  }
}

const earliestOf = (moments: readonly string[]): string | null => [...moments].sort()[0] ?? null;

/** Classes of which a case's page shows codes to this viewer. */
const cardClasses = (viewer: Viewer): readonly DataClass[] =>
  (['D0', 'D1', 'D3', 'D3q', 'D4', 'D7'] as const).filter(
    (cls) => visible({ cls, agency: viewer.agency, actor: '' }, viewer) === 'FULL' || cls === 'D0',
  );
