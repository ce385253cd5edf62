import { jest } from '@jest/globals';
import type { Affiliation, DataClass, FactSpec, Field, Role } from '@resguardo/contracts';
import { MATRIX, READERS, readerOf } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, Json, JsonObject } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import { factMessage, type PushedFeed, pushedFeed } from '@resguardo/eventing/testing';
import type { AccessLog, CaseNews } from '@resguardo/home';
import { caseCards, caseNews, Home, tellFrom, timelineEntries } from '@resguardo/home';
import type { Caller, CaseAccessState } from '@resguardo/identity';
import { accessTo, caseAccess, noAccess } from '@resguardo/identity';
import { runProjection } from '@resguardo/store-postgres';
import { readFileSync } from 'node:fs';
import type { GraphQLObjectType } from 'graphql';
import { buildSchema, getNamedType, graphql, isEnumType, isObjectType, isScalarType, isUnionType } from 'graphql';
import { Pool } from 'pg';
import { openTestDatabase, type TestDatabase } from '../support/database.js';

jest.setTimeout(60_000);

const START = Date.parse('2026-03-01T12:00:00.000Z');
const hour = (n: number): string => new Date(START + n * 3_600_000).toISOString();

const caller = (sub: string, role: Role, agency: Affiliation): Caller => ({
  sub,
  username: sub,
  role,
  agency,
  states: ['17'],
  expiresAt: Date.parse(hour(1000)) / 1000,
  tokenId: `token-${sub}`,
});
const prosecutor = caller('pros', 'OFFICER', 'PROSECUTOR');
const health = caller('heal', 'OFFICER', 'HEALTH');
const commission = caller('comm', 'OFFICER', 'VICTIMS_COMMISSION');
const protection = caller('prot', 'OFFICER', 'CHILD_PROTECTION');
const adviser = caller('advi', 'LEGAL_ADVISER', 'VICTIMS_COMMISSION');
const intermediary = caller('inte', 'INTERMEDIARY', 'INTERMEDIARY_REGISTER');
const supervisor = caller('supe', 'SUPERVISOR', 'PROSECUTOR');
const representative = caller('repr', 'REPRESENTATIVE', 'CHILD_PROTECTION');
const stranger = caller('stra', 'OFFICER', 'PROSECUTOR');
const TEAM = [prosecutor, health, commission, protection, adviser, intermediary];

interface Said {
  readonly by?: Caller;
  readonly occurredAt?: string;
  readonly recordedAt?: string;
  readonly boxes?: readonly string[];
  readonly violationOf?: readonly string[];
}

let database: TestDatabase;
let pool: Pool;
let feed: PushedFeed;
let home: Home;
let news: CaseNews;
let now: string;
let timers: { moment: string; then: () => void }[];
let steps: string[];
let signedOut: Set<string>;
let opened: Record<string, Record<string, unknown>>;
let runners: {
  stop(): Promise<void>;
  waitFor(stream: string, revision: number): Promise<boolean>;
  parked(): Promise<readonly object[]>;
}[];
const heads = new Map<string, { state: CaseAccessState; revision: number }>();
let logged: Parameters<AccessLog['viewed']>[0][];
let denials: Parameters<AccessLog['denied']>[0][];

/** Records a fact: at the head of the stream at once, in the read models when their runners come to it. */
const say = (caseId: string, type: string, data: JsonObject = {}, said: Said = {}): FactMessage => {
  const { state, revision } = heads.get(caseId) ?? { state: noAccess, revision: -1 };
  const { by = prosecutor, boxes = [] } = said;
  const made = factMessage(caseId, revision + 1, type, data);
  const message = {
    ...made,
    id: `${caseId}-${revision + 1}`,
    schemaVersion: 1,
    sealed: Object.fromEntries(boxes.map((cls) => [cls, { v: 1, key: 'k', iv: '', tag: '', text: '' }])),
    meta: {
      ...made.meta,
      caseId,
      actor: by.sub,
      agency: by.agency,
      role: by.role,
      occurredAt: said.occurredAt ?? hour(revision + 1),
      recordedAt: said.recordedAt ?? said.occurredAt ?? hour(revision + 1),
      ...(said.violationOf && { violationOf: said.violationOf }),
    },
  };
  const about = { actor: by.sub, agency: by.agency, role: by.role };
  heads.set(caseId, {
    state: caseAccess(state, { type, data, about: { ...about, eventId: message.id } }),
    revision: revision + 1,
  });
  feed.push(message);
  return message;
};
const settled = async (caseId: string): Promise<void> => {
  for (const runner of runners) {
    const arrived = await runner.waitFor(`case-${caseId}`, heads.get(caseId)?.revision ?? 0);
    expect([arrived, await runner.parked()]).toEqual([true, []]);
  }
};

const open = (caseId: string, folio: string, team: readonly Caller[] = TEAM): void => {
  say(caseId, 'CaseOpened', {
    folio,
    state: '17',
    zone: 'America/Mexico_City',
    channel: 'POLICE',
    sourceAgency: 'PROSECUTOR',
    provisional: false,
    possibleMatches: 0,
    underSix: 'NO',
  });
  for (const { sub, agency, role } of team) say(caseId, 'TeamMemberAdded', { staffId: sub, agency, role });
};
/** One value of each plain field. */
const sample = ({ fields }: FactSpec): JsonObject => {
  const value = ({ kind, codes, min }: Field): Json => {
    if (kind === 'code') return codes?.[0] ?? '';
    if (kind === 'flag') return false;
    if (kind === 'count') return min ?? 0;
    if (kind === 'instant') return hour(300);
    if (kind === 'day') return '2026-04-01';
    return kind === 'many' ? [] : 'ref';
  };
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => (field.sealed ? [] : [[name, value(field)] as const])),
  );
};
const ids = (page: { entries: readonly { eventId: string | null }[] }) => page.entries.map(({ eventId }) => eventId);

beforeAll(async () => {
  database = await openTestDatabase();
  pool = new Pool({ connectionString: database.url, max: 4 });
  pool.on('error', () => {});
});
afterAll(async () => {
  await pool.end();
  await database.close();
});

let schemas = 0;
beforeEach(async () => {
  feed = pushedFeed();
  heads.clear();
  now = hour(100);
  timers = [];
  steps = [];
  logged = [];
  denials = [];
  signedOut = new Set();
  opened = {};
  news = caseNews();
  const schema = `home_${++schemas}`;
  const timeline = await runProjection({ pool, feed, reader: 'coordination', projection: timelineEntries, schema });
  const cards = await runProjection({ pool, feed, reader: 'coordination', projection: caseCards, schema });
  runners = [timeline, cards];
  tellFrom(timeline, news);
  home = new Home({
    timeline,
    cards,
    news,
    clock: () => now,
    stillGood: ({ sub }) => !signedOut.has(sub),
    waitMs: 50,
    at: (moment, then) => {
      const timer = { moment, then };
      timers.push(timer);
      return () => {
        timers = timers.filter((one) => one !== timer);
      };
    },
    access: {
      check: (who, caseId, wish) => {
        const head = heads.get(caseId);
        if (!head) return Promise.resolve({ kind: 'no-such-case' });
        const access = accessTo(who, head.state, now, wish);
        return Promise.resolve(
          access.ok ? { kind: 'allowed', access } : { kind: 'denied', refusal: refuse(access.rule, access.code) },
        );
      },
    },
    log: {
      viewed: (read) => {
        steps.push(`viewed ${read.operation}`);
        logged.push(read);
        return Promise.resolve();
      },
      denied: (attempt) => {
        steps.push(`denied ${attempt.operation}`);
        denials.push(attempt);
        return Promise.resolve();
      },
    },
    open: ({ eventId }, classes: readonly DataClass[]) => {
      steps.push(`open ${classes.join()}`);
      return Promise.resolve({ fields: opened[eventId] ?? {}, erased: false });
    },
  });
});
afterEach(() => Promise.all(runners.map((runner) => runner.stop())));

describe('C-10: what may not be seen is absent from rows, counts and filters', () => {
  it('for every reader and every kind of fact, as the matrix says', async () => {
    open('all', 'F-1');
    const types = Object.keys(allFacts).filter((type) => !/^(FactCorrected|FactRetracted|Team|BreakGlass)/.test(type));
    for (const type of types) say('all', type, sample(allFacts[type]!), { by: caller('else', 'OFFICER', 'HEALTH') });
    await settled('all');
    for (const who of TEAM) {
      const reader = readerOf(who.role, who.agency)!;
      expect(READERS).toContain(reader);
      const page = await home.timeline(who, 'all', { first: 100 });
      const rest = await home.timeline(who, 'all', { first: 100, after: page.pageInfo.endCursor });
      const entries = [...page.entries, ...rest.entries];
      const expected = types.filter((type) => {
        const sight = MATRIX[allFacts[type]!.cls][reader];
        return sight === 'read' || sight === 'status' || (sight === 'own' && who.agency === 'HEALTH');
      });
      expect([reader, entries.length]).toEqual([reader, expected.length + 1 + TEAM.length]);
      for (const entry of entries) {
        const fields = entry.type ? allFacts[entry.type]!.fields : {};
        for (const name of Object.keys(entry.data)) {
          const sight = MATRIX[fields[name]!.cls][reader];
          const mayRead = sight === 'read' || (sight === 'own' && who.agency === entry.agency);
          expect([reader, entry.type, name, mayRead]).toEqual([reader, entry.type, name, true]);
        }
        if (entry.sight === 'STATUS') expect([entry.type, entry.agency, entry.data]).toEqual([null, null, {}]);
      }
      expect(await page.kinds()).toEqual([...new Set(entries.map(({ kind }) => kind))].sort());
    }
  });

  it('one neutral sentence names no agency, person, type or id, and no filter by agency finds it', async () => {
    open('s', 'F-2');
    say('s', 'CaseClosureProposed', { closureKind: 'ABSTAIN', ground: 'OTHER' }, { by: prosecutor, boxes: ['D4'] });
    await settled('s');
    const [newest] = (await home.timeline(commission, 's', {})).entries;
    expect(newest).toMatchObject({
      sight: 'STATUS',
      kind: 'CLOSING',
      type: null,
      agency: null,
      actor: null,
      eventId: null,
      data: {},
      hasDetail: false,
    });
    const filtered = await home.timeline(commission, 's', { filter: { agencies: ['PROSECUTOR'], kinds: ['CLOSING'] } });
    expect(filtered.entries).toEqual([]);
    expect((await home.timeline(commission, 's', { filter: { kinds: ['CLOSING'] } })).entries).toHaveLength(1);
    expect((await home.timeline(health, 's', { filter: { kinds: ['CLOSING'] } })).entries).toEqual([]);
    expect(await (await home.timeline(health, 's', {})).kinds()).not.toContain('CLOSING');
    expect((await home.case(health, 's'))?.closing).toMatchObject({ state: 'OPEN', kind: null });
    expect((await home.case(adviser, 's'))?.closing).toMatchObject({ state: 'PROPOSED', kind: 'ABSTAIN' });
  });

  it('R-720: a supervisor sees agency, role and violations of conduct, and may point at what their agency recorded', async () => {
    open('c', 'F-3');
    say('c', 'RetellingRecorded', { actKind: 'DESK', accountGiven: true }, { by: prosecutor, violationOf: ['R-012'] });
    say('c', 'RetellingRecorded', { actKind: 'DESK', accountGiven: true }, { by: health });
    await settled('c');
    const [theirs, own] = (await home.timeline(supervisor, 'c', {})).entries;
    expect(own).toMatchObject({ sight: 'STATUS', agency: 'PROSECUTOR', violations: ['R-012'], type: null, data: {} });
    expect(own?.eventId).not.toBeNull();
    expect(theirs).toMatchObject({ agency: 'HEALTH', eventId: null });
  });

  it('C-7: an act that a reader may not know of is not counted for them', async () => {
    open('n', 'F-4');
    say('n', 'HearingHeld', { hearingKind: 'TRIAL', childAttended: true, accountGiven: true });
    say('n', 'RetellingRecorded', {
      heardByAgency: 'HEALTH',
      heardByRole: 'PHYSICIAN',
      actKind: 'MEDICAL_HISTORY',
      accountGiven: true,
    });
    await settled('n');
    expect((await home.case(prosecutor, 'n'))?.retellings.count).toBe(2);
    expect((await home.case(health, 'n'))?.retellings).toMatchObject({ count: 1, officials: 1 });
  });
});

describe('the timeline', () => {
  it('a page once read stays what it was while facts arrive', async () => {
    open('p', 'F-5');
    for (let i = 0; i < 20; i++) say('p', 'RightsExplained', { version: `v${i}`, formatCode: 'STANDARD' });
    await settled('p');
    const whole = ids(await home.timeline(prosecutor, 'p', { first: 100 }));
    const read: (string | null)[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<Home['timeline']>> = await home.timeline(prosecutor, 'p', {
        first: 6,
        ...(after && { after }),
      });
      read.push(...ids(page));
      after = page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null;
      say(
        'p',
        'RightsExplained',
        { version: 'later', formatCode: 'STANDARD' },
        { occurredAt: hour(-50), recordedAt: hour(99) },
      );
      await settled('p');
    } while (after);
    expect(read).toEqual(whole);
  });

  it('as it was known on a date: later records and later corrections are left out', async () => {
    open('k', 'F-6');
    const wrong = say('k', 'RightsExplained', { version: 'v1', formatCode: 'STANDARD' });
    say('k', 'FactCorrected', { eventId: wrong.id, factType: 'RightsExplained', correctionReason: 'TYPED_WRONGLY' });
    say('k', 'GuardianDemanded', { authority: 'POLICE' }, { occurredAt: hour(1), recordedAt: hour(60) });
    await settled('k');
    const find = (page: Awaited<ReturnType<Home['timeline']>>) =>
      page.entries.find(({ eventId }) => eventId === wrong.id);
    const today = await home.timeline(prosecutor, 'k', {});
    expect(today.entries[0]).toMatchObject({ type: 'GuardianDemanded', late: true });
    expect(find(today)?.correctedBy).not.toBeNull();
    const then = await home.timeline(prosecutor, 'k', { knownOn: wrong.meta.recordedAt! });
    expect(then.entries[0]?.eventId).toBe(wrong.id);
    expect(find(then)?.correctedBy).toBeNull();
  });

  it('waits for `atLeast`, then says that it is behind', async () => {
    open('b', 'F-7');
    await settled('b');
    expect((await home.timeline(prosecutor, 'b', { atLeast: 6 })).behind).toBe(false);
    expect((await home.timeline(prosecutor, 'b', { atLeast: 60 })).behind).toBe(true);
  });

  it('R-702: who is not on the team is refused, and the denial is on record', async () => {
    open('d', 'F-8');
    await settled('d');
    await expect(home.timeline(stranger, 'd', {})).rejects.toMatchObject({
      extensions: { code: 'E-NEED', rule: 'R-702', whoCanGrant: ['PROSECUTOR:SUPERVISOR'] },
    });
    expect(denials).toMatchObject([{ operation: 'timeline', cases: ['d'], rule: 'R-702' }]);
    expect(logged).toEqual([]);
  });

  it('R-705: one record per operation, durable before the answer, naming the classes shown', async () => {
    open('r', 'F-9');
    await settled('r');
    await home.timeline(prosecutor, 'r', {});
    expect(logged).toMatchObject([{ operation: 'timeline', cases: ['r'], via: 'team', classes: ['D0', 'D1'] }]);
  });
});

describe('detail', () => {
  it('opens the classes that the caller may read, after the record', async () => {
    open('o', 'F-10');
    const said = say('o', 'ReportRefused', { authority: 'POLICE' }, { by: protection, boxes: ['D4', 'D4r'] });
    opened = { [said.id]: { office: 'x', reasonGiven: 'y' } };
    await settled('o');
    const { fields } = await home.detail(prosecutor, 'o', said.id, 'INVESTIGATION');
    expect(fields).toEqual([
      { name: 'office', value: 'x', cls: 'D4' },
      { name: 'reasonGiven', value: 'y', cls: 'D4r' },
    ]);
    expect(steps).toEqual(['viewed detail', 'open D4,D4r']);
    expect(logged).toMatchObject([{ classes: ['D4', 'D4r'], purpose: 'INVESTIGATION' }]);
    await expect(home.detail(health, 'o', said.id, 'CARE')).rejects.toMatchObject({ extensions: { code: 'E-NEED' } });
    await expect(home.detail(supervisor, 'o', said.id, 'REVIEW')).rejects.toMatchObject({
      extensions: { code: 'E-NEED' },
    });
    expect(denials).toHaveLength(2);
    await expect(home.detail(prosecutor, 'o', said.id, 'CURIOSITY')).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  it('C-10: what one wrote oneself one may read', async () => {
    open('w', 'F-11');
    const said = say('w', 'ReportRefused', { authority: 'POLICE' }, { by: health, boxes: ['D4r'] });
    opened = { [said.id]: { reasonGiven: 'mine' } };
    await settled('w');
    expect((await home.detail(health, 'w', said.id, 'CARE')).fields).toHaveLength(1);
    const other = caller('heal2', 'OFFICER', 'HEALTH');
    say('w', 'TeamMemberAdded', { staffId: 'heal2', agency: 'HEALTH', role: 'OFFICER' });
    await settled('w');
    await expect(home.detail(other, 'w', said.id, 'CARE')).rejects.toMatchObject({ extensions: { code: 'E-NEED' } });
  });

  it('C-14: retracted as of the wrong case, it is closed to everyone but PFPNNA, its author included', async () => {
    open('x', 'F-12');
    const said = say('x', 'ReportRefused', { authority: 'POLICE' }, { by: prosecutor, boxes: ['D4r'] });
    opened = { [said.id]: { reasonGiven: 'of another child' } };
    say('x', 'FactRetracted', { eventId: said.id, factType: 'ReportRefused', retractionReason: 'WRONG_CASE' });
    await settled('x');
    expect(await home.detail(prosecutor, 'x', said.id, 'INVESTIGATION')).toMatchObject({
      fields: [],
      unavailable: [{ cls: 'D4r', why: 'CLOSED' }],
    });
    expect(steps.filter((step) => step.startsWith('open'))).toEqual([]);
    expect((await home.detail(protection, 'x', said.id, 'REPRESENTATION')).fields).toHaveLength(1);
  });
});

describe('C-9: lists', () => {
  it('hold the cases of the caller, in pages, with a count that matches', async () => {
    for (let i = 0; i < 5; i++) open(`l${i}`, `F-2${i}`, i < 3 ? [prosecutor] : [health]);
    for (let i = 0; i < 5; i++) await settled(`l${i}`);
    const first = await home.cases(prosecutor, { sort: 'FOLIO', first: 2 });
    expect(first.edges.map(({ node }) => node.folio)).toEqual(['F-20', 'F-21']);
    expect(await first.totalVisible()).toBe(3);
    const second = await home.cases(prosecutor, { sort: 'FOLIO', first: 2, after: first.pageInfo.endCursor });
    expect(second.edges.map(({ node }) => node.folio)).toEqual(['F-22']);
    expect(second.pageInfo.hasNextPage).toBe(false);
    expect(await (await home.cases(stranger, {})).totalVisible()).toBe(0);
    expect((await home.cases(health, { filter: { text: 'f-2' } })).edges.map(({ node }) => node.folio).sort()).toEqual([
      'F-23',
      'F-24',
    ]);
    expect(await (await home.cases(supervisor, {})).totalVisible()).toBe(5);
    expect(await (await home.cases(supervisor, { filter: { mine: true } })).totalVisible()).toBe(0);
    await expect(home.cases(prosecutor, { sort: 'CHANGED', after: first.pageInfo.endCursor })).rejects.toMatchObject({
      extensions: { code: 'BAD_USER_INPUT' },
    });
    for (const sort of ['NEXT_DUE', 'CHANGED', 'OPENED'] as const) {
      const one = await home.cases(prosecutor, { sort, first: 2 });
      const two = await home.cases(prosecutor, { sort, first: 2, after: one.pageInfo.endCursor });
      expect(new Set([...one.edges, ...two.edges].map(({ node }) => node.caseId)).size).toBe(3);
    }
  });

  it('R-704: a break-glass lists the case until its end, R-706: never to somebody named in it', async () => {
    open('g', 'F-30', [health]);
    const glass = {
      glassId: 'g1',
      staffId: 'stra',
      staffAgency: 'PROSECUTOR',
      until: hour(104),
      reviewDue: hour(172),
      danger: 'LIFE',
      toldAgencies: [],
    };
    say('g', 'BreakGlassUsed', glass, { by: stranger });
    await settled('g');
    const list = async () => (await home.cases(stranger, {})).edges.map(({ node }) => node.via);
    expect(await list()).toEqual(['BREAK_GLASS']);
    now = hour(105);
    expect(await list()).toEqual([]);
    say('g', 'ConflictOfInterestDeclared', { who: 'OTHER_OFFICIAL', staffId: 'heal' });
    await settled('g');
    expect((await home.cases(health, {})).edges).toEqual([]);
  });

  it('my day: what changed at the same moment stands in one order, whatever the database read first', async () => {
    const cases = Array.from({ length: 25 }, (_, i) => `m-${String((i * 7) % 25).padStart(2, '0')}`);
    for (const caseId of cases) open(caseId, `F-${caseId}`, [prosecutor, health]);
    for (const caseId of cases) await settled(caseId);
    // With what it knows then it groups by hash, which is no order.
    await pool.query('analyze');
    expect((await home.myDay(health, hour(-1))).changed.map(({ caseId }) => caseId)).toEqual(
      [...cases].sort().slice(0, 20),
    );
  });

  it('R-705: my day puts on record what it shows, and no case in which others did what its reader may not know of', async () => {
    for (const caseId of ['seen', 'unseen']) open(caseId, `F-${caseId}`, [prosecutor, health]);
    const since = hour(200);
    say('seen', 'RightsExplained', {}, { by: prosecutor, recordedAt: hour(201) });
    say('unseen', 'ConflictOfInterestDeclared', { who: 'OTHER_OFFICIAL' }, { by: prosecutor, recordedAt: hour(201) });
    // With no term of theirs, so that only what is new leads to them.
    for (const caseId of ['seen', 'unseen']) await settled(caseId);
    const { changed, terms } = await home.myDay(health, since);
    expect(changed.map(({ caseId }) => caseId)).toEqual(['seen']);
    expect(terms).toEqual([]);
    expect(logged.at(-1)).toMatchObject({ operation: 'myDay', cases: ['seen'] });
  });

  it('my day: terms, referrals and rounds that wait for my agency, and what is new', async () => {
    open('m', 'F-40', [prosecutor]);
    say(
      'm',
      'ReportReceived',
      { channel: 'POLICE', mode: 'ORAL', urgency: 'ORDINARY', accountGiven: false },
      { by: prosecutor },
    );
    say('m', 'ReferralMade', { to: 'HEALTH', purpose: 'CARE', urgency: 'ORDINARY' }, { by: prosecutor });
    say('m', 'InterviewPlanned', {
      interviewId: 'i1',
      slot: hour(300),
      minutes: 60,
      venueKind: 'CHILD_HOUSE',
      urgent: false,
      intermediaryId: 'x',
    });
    say('m', 'QuestionRoundOpened', { interviewId: 'i1', closesAt: hour(228) });
    await settled('m');
    const theirs = await home.myDay(health, hour(-1));
    expect(theirs.referrals).toMatchObject([
      { folio: 'F-40', canOpen: false, referral: { to: 'HEALTH', state: 'WAITING' } },
    ]);
    expect(theirs.rounds).toMatchObject([{ folio: 'F-40', interviewId: 'i1' }]);
    expect([theirs.terms, theirs.changed]).toEqual([[], []]);
    expect((await home.myDay(stranger, hour(-1))).referrals).toEqual([]);
    const mine = await home.myDay(prosecutor, hour(-1));
    expect(mine.terms.length).toBeGreaterThan(0);
    expect(mine.terms.every(({ term }) => term.duty.includes('PROSECUTOR'))).toBe(true);
    expect(mine.changed).toEqual([]);
    say(
      'm',
      'QuestionSetSubmitted',
      { interviewId: 'i1', questionIds: ['q1', 'q2'], asLegalAdviser: false },
      { by: health, boxes: ['D3q'] },
    );
    await settled('m');
    expect((await home.myDay(health)).rounds).toEqual([]);
    expect((await home.myDay(prosecutor, hour(-1))).changed).toMatchObject([{ caseId: 'm', entries: 1 }]);
    expect((await home.case(prosecutor, 'm'))?.interview.questions).toEqual([]);
  });
});

describe('C-12: approvals', () => {
  it('are shown to those who must decide, never decided by the asker, and the one request can be read until it is decided', async () => {
    open('a', 'F-50', [prosecutor, protection]);
    const asked = say(
      'a',
      'AdditionalInterviewRequested',
      { requestId: 'r1', ground: 'NEW_FACT' },
      { by: prosecutor, boxes: ['D3'] },
    );
    opened = { [asked.id]: { newFact: 'words' } };
    await settled('a');
    expect(await home.approvals(supervisor)).toMatchObject([
      { what: 'ADDITIONAL_INTERVIEW', subjectId: 'r1', canAct: true },
    ]);
    expect(await home.approvals(prosecutor)).toMatchObject([{ canAct: false }]);
    expect(await home.approvals(stranger)).toEqual([]);
    expect((await home.approvalDetail(supervisor, 'a', asked.id)).fields).toMatchObject([{ name: 'newFact' }]);
    expect(logged.at(-1)).toMatchObject({ operation: 'approvalDetail', purpose: 'APPROVAL', classes: ['D3'] });
    await expect(home.approvalDetail(stranger, 'a', asked.id)).rejects.toMatchObject({
      extensions: { code: 'E-NEED' },
    });
    say('a', 'AdditionalInterviewApproved', { requestId: 'r1', approvalKey: 'ASKER_SUPERVISOR' }, { by: supervisor });
    await settled('a');
    expect(await home.approvals(supervisor)).toMatchObject([{ canAct: false, given: ['ASKER_SUPERVISOR'] }]);
    expect(await home.approvals(representative)).toMatchObject([{ canAct: true }]);
    // Its second key is the representative's alone: an officer knows of it and does not read it.
    expect(await home.approvals(protection)).toMatchObject([{ canAct: false }]);
    await expect(home.approvalDetail(protection, 'a', asked.id)).rejects.toMatchObject({
      extensions: { code: 'E-NEED' },
    });
    say('a', 'AdditionalInterviewDenied', { requestId: 'r1', reason: 'NOT_NEW' }, { by: representative });
    await settled('a');
    expect(await home.approvals(representative)).toEqual([]);
    await expect(home.approvalDetail(supervisor, 'a', asked.id)).rejects.toMatchObject({
      extensions: { code: 'NOT_FOUND' },
    });
  });

  it('an agency that is asked is asked in its state: nobody of another learns of it, reads it or finds it on a list', async () => {
    open('n', 'F-52', [protection]);
    const offered = say('n', 'ResponsibilityOffered', { to: 'HEALTH' }, { by: protection, boxes: ['D4'] });
    say('n', 'ReferralMade', { to: 'HEALTH', purpose: 'CARE', urgency: 'ORDINARY' }, { by: protection });
    opened = { [offered.id]: { reasons: 'words' } };
    await settled('n');
    const near = caller('near', 'OFFICER', 'HEALTH');
    const far = { ...caller('far', 'OFFICER', 'HEALTH'), states: ['18'] };
    const lead = caller('lead', 'SUPERVISOR', 'HEALTH');
    const farLead = { ...lead, states: ['18'] };
    const folios = (list: readonly { readonly folio: string }[]) => list.filter(({ folio }) => folio === 'F-52').length;
    const lists = async (who: Caller) => [
      folios((await home.myDay(who)).referrals),
      folios(await home.approvals(who)),
      folios((await home.cases(who, { filter: { text: 'F-52' } })).edges.map(({ node }) => node)),
    ];
    expect([await lists(near), await lists(far)]).toEqual([
      [1, 1, 0],
      [0, 0, 0],
    ]);
    expect([await lists(lead), await lists(farLead)]).toEqual([
      [1, 0, 1],
      [0, 0, 0],
    ]);
    expect((await home.approvalDetail(near, 'n', offered.id)).fields).toMatchObject([{ name: 'reasons' }]);
    // A supervisor accepts no case, and so does not read why it is offered.
    for (const who of [far, farLead, lead])
      await expect(home.approvalDetail(who, 'n', offered.id)).rejects.toMatchObject({ extensions: { code: 'E-NEED' } });
  });

  it('what is decided on the team of the case is read by those on it', async () => {
    open('t', 'F-53', [representative]);
    const asked = say(
      't',
      'ErasureRequested',
      { erasureId: 'x1', basis: 'DATA_SUBJECT_REQUEST', cases: ['t'] },
      { by: supervisor, boxes: ['D11'] },
    );
    await settled('t');
    expect((await home.approvals(representative)).filter(({ caseId }) => caseId === 't')).toMatchObject([
      { canAct: true },
    ]);
    await home.approvalDetail(representative, 't', asked.id);
    await expect(
      home.approvalDetail(caller('rep2', 'REPRESENTATIVE', 'CHILD_PROTECTION'), 't', asked.id),
    ).rejects.toMatchObject({ extensions: { code: 'E-NEED' } });
  });

  it('nobody reviews their own break-glass', async () => {
    open('e', 'F-51', [health]);
    const glass = {
      glassId: 'g2',
      staffId: 'supe',
      staffAgency: 'PROSECUTOR',
      until: hour(104),
      reviewDue: hour(50),
      danger: 'LIFE',
      toldAgencies: [],
    };
    say('e', 'BreakGlassUsed', glass, { by: supervisor });
    await settled('e');
    expect(await home.approvals(supervisor)).toMatchObject([{ canAct: false, whyNot: 'OWN_REQUEST', overdue: true }]);
    expect(await home.approvals(caller('supe2', 'SUPERVISOR', 'PROSECUTOR'))).toMatchObject([{ canAct: true }]);
    expect(await home.approvals(health)).toEqual([]);
  });
});

describe('home.graphql', () => {
  const read = (file: string) => readFileSync(file, 'utf8');
  const schema = buildSchema(
    [
      'type Query',
      'type Mutation',
      'type Subscription',
      read('libs/desk/src/desk.graphql'),
      read('libs/home/src/home.graphql'),
    ].join('\n'),
  );
  /** Every field that needs no argument, all the way down. */
  const everything = (type: GraphQLObjectType): string =>
    Object.values(type.getFields())
      .map((field) => {
        const inner = getNamedType(field.type);
        if (isScalarType(inner) || isEnumType(inner)) return field.name;
        return isObjectType(inner) && !isUnionType(inner) ? `${field.name} { ${everything(inner)} }` : '';
      })
      .join(' ');

  it('every field of every answer is there, for every reader', async () => {
    open('h', 'F-70', [...TEAM, caller('repr', 'REPRESENTATIVE', 'CHILD_PROTECTION')]);
    for (const [type, spec] of Object.entries(allFacts))
      if (!/^(CaseOpened|Team|Erasure|Identity|CaseClosed|.*Denied|FactRetracted)/.test(type))
        say('h', type, sample(spec));
    const said = say('h', 'ReportRefused', { authority: 'POLICE' }, { boxes: ['D4r'] });
    opened = { [said.id]: { reasonGiven: 'y' } };
    say('h', 'ErasureRequested', { erasureId: 'e', basis: 'RETENTION_ENDED' }, { by: supervisor });
    say('h', 'ResponsibilityOffered', { from: 'PROSECUTOR', to: 'HEALTH' });
    say('h', 'CaseLinked', { otherCaseId: 'i', linkKind: 'SAME_CHILD', urgency: 'URGENT', mirrored: false });
    await settled('h');
    const fields = schema.getQueryType()!.getFields();
    const asked = {
      me: '',
      myDay: `(since: "${hour(-5)}")`,
      cases: '',
      case: '(caseId: "h")',
      timeline: '(caseId: "h", first: 100)',
      detail: `(caseId: "h", eventId: "${said.id}", purpose: INVESTIGATION)`,
      approvals: '',
    };
    for (const who of [...TEAM, supervisor])
      for (const [name, args] of Object.entries(asked)) {
        if (name === 'detail' && ![prosecutor, protection, adviser].includes(who)) continue;
        const type = getNamedType(fields[name]!.type) as GraphQLObjectType;
        const { data, errors } = await graphql({
          schema,
          source: `{ ${name}${args} { ${everything(type)} } }`,
          rootValue: {
            me: () => home.me(who),
            myDay: ({ since }: { since: string }) => home.myDay(who, since),
            cases: (said: object) => home.cases(who, said),
            case: ({ caseId }: { caseId: string }) => home.case(who, caseId),
            timeline: ({ caseId, ...said }: { caseId: string }) => home.timeline(who, caseId, said),
            detail: (d: { caseId: string; eventId: string; purpose: string }) =>
              home.detail(who, d.caseId, d.eventId, d.purpose),
            approvals: () => home.approvals(who),
          },
        });
        expect([who.sub, name, errors, data?.[name] === null]).toEqual([who.sub, name, undefined, false]);
      }
  });
});

describe('D7: the live update', () => {
  const added = (caseId: string) => say(caseId, 'RightsExplained', { version: 'v', formatCode: 'STANDARD' });

  it('gives what comes, in order, to who may see it', async () => {
    open('v', 'F-60');
    await settled('v');
    const updates = await home.caseChanged(commission, 'v', 6);
    const first = updates.next();
    added('v');
    say('v', 'TherapyContentRequested', { purpose: 'CARE' }, { by: health });
    added('v');
    expect(await first).toMatchObject({ value: { revision: 7, type: 'RightsExplained' } });
    // D9 is nothing to the Commission: revision 8 does not come.
    expect(await updates.next()).toMatchObject({ value: { revision: 9 } });
    await updates.return?.();
    expect(news.waiting()).toBe(0);
  });

  it('R-705: what a subscription shows is on record by class before it is given, each class once', async () => {
    open('w', 'F-66');
    await settled('w');
    const updates = await home.caseChanged(prosecutor, 'w', -1);
    const classes = () =>
      logged.filter(({ operation }) => operation === 'caseChanged').flatMap(({ classes: named }) => named);
    expect(classes()).toEqual(['D0']);
    const shown = new Set<string>(['D0']);
    for (let i = 0; i < 7; i++) {
      const { value } = await updates.next();
      const spec = allFacts[value.type] as FactSpec;
      for (const cls of [spec.cls, ...Object.keys(value.data).map((name) => spec.fields[name]!.cls)]) shown.add(cls);
      expect(new Set(classes())).toEqual(shown);
    }
    expect(classes()).toHaveLength(shown.size);
    expect(shown.size).toBeGreaterThan(1);
    await updates.return?.();
  });

  it('a person taken off the team gets no further push, not even of what was recorded before', async () => {
    open('t', 'F-61');
    await settled('t');
    const updates = await home.caseChanged(health, 't', 6);
    added('t');
    expect(await updates.next()).toMatchObject({ value: { revision: 7 } });
    const next = updates.next();
    say('t', 'TeamMemberRemoved', { staffId: 'heal' });
    added('t');
    expect(await next).toEqual({ value: undefined, done: true });
    expect(news.waiting()).toBe(0);
  });

  it('ends when the token expires, when its session is signed out, and when the break-glass ends', async () => {
    open('z', 'F-62');
    const glass = {
      glassId: 'g3',
      staffId: 'stra',
      staffAgency: 'PROSECUTOR',
      until: hour(104),
      reviewDue: hour(172),
      danger: 'LIFE',
      toldAgencies: [],
    };
    say('z', 'BreakGlassUsed', glass, { by: stranger });
    await settled('z');
    const expiring = await home.caseChanged(prosecutor, 'z', 99);
    const pending = expiring.next();
    timers.find(({ moment }) => moment === hour(1000))?.then();
    expect(await pending).toEqual({ value: undefined, done: true });

    const leaving = await home.caseChanged(prosecutor, 'z', 7);
    const afterSignOut = leaving.next();
    signedOut.add('pros');
    added('z');
    expect(await afterSignOut).toEqual({ value: undefined, done: true });

    const looking = await home.caseChanged(stranger, 'z', 8);
    const afterGlass = looking.next();
    now = hour(104);
    timers.find(({ moment }) => moment === hour(104))?.then();
    expect(await afterGlass).toEqual({ value: undefined, done: true });
    expect(timers).toEqual([]);
    expect(news.waiting()).toBe(0);
  });

  it('a subscriber who leaves while nothing happens is let go at once', async () => {
    open('q', 'F-63');
    await settled('q');
    const updates = await home.caseChanged(prosecutor, 'q', 6);
    const pending = updates.next();
    expect(await updates.return?.()).toEqual({ value: undefined, done: true });
    expect(await pending).toEqual({ value: undefined, done: true });
    expect(news.waiting()).toBe(0);
  });

  it('is refused to who may not read the case', async () => {
    open('y', 'F-64');
    await settled('y');
    await expect(home.caseChanged(stranger, 'y', 0)).rejects.toMatchObject({ extensions: { code: 'E-NEED' } });
  });
});
