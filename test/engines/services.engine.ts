import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@resguardo/contracts';
import {
  KeeperRefused,
  type OnBehalf,
  remoteEventStore,
  type RemoteEventStore,
  serviceSigner,
} from '@resguardo/store-remote';
import { createClient } from 'graphql-ws';
import { Client } from 'pg';
import { WebSocket } from 'ws';
import { type Distributed, startDistributed } from '../../infra/distributed/index.js';
import { databaseOf, type Program, PROGRAMS } from '../../infra/programs.js';
import { offeredFact } from '../../libs/eventing/store-remote/src/testing/facts.js';
import { validInput } from '../e2e/support/inputs.js';
import { fillTeam, OFFICERS, openCase, type People, peopleOf, subjectOf, SUPERVISORS } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { withoutDatabases } from '../support/in-database.js';
import { metricsIn, scrape, sum } from '../support/scrape.js';
import { until } from '../support/until.js';

const TIMELINE = `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
  revision behind entries { eventId type occurredAt recordedAt late sight hasDetail } } }`;
const DETAIL = `query ($caseId: ID!, $eventId: ID!) { detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) {
  fields { name value } unavailable { cls why service } } }`;
const IMPORT = `mutation ($commandId: ID!, $input: ImportPlatformReportInput!) {
  importPlatformReport(commandId: $commandId, input: $input) {
    files { outcome caseIds error { code } } kept { commandId keptAt } } }`;
const KEPT = '{ kept { commandId command state } }';
/** Metrics of what happens in coordination alone: deciding, appending, carrying to the feeds. */
const AT_THE_TABLE = ['resguardo_commands_', 'resguardo_refusals_', 'resguardo_append_', 'resguardo_relay_'];

describe('one service per agency, over Kafka, behind one address', () => {
  const folder = temporaryFolder();
  let all: Distributed;
  let people: People;
  beforeAll(async () => {
    all = await startDistributed({ folder });
    people = peopleOf({ url: all.gateway.url, dataFolder: folder });
  }, 240_000);
  afterAll(async () => {
    await all?.stop();
    removeFolder(folder);
  });

  const timelineOf = (username: string, caseId: string, revision: number) =>
    until(`revision ${revision} for ${username}`, async () => {
      const { data, errors } = await people.read(username, TIMELINE, { caseId, atLeast: revision });
      if (errors) throw new Error(JSON.stringify(errors));
      return data.timeline && !data.timeline.behind ? data.timeline : undefined;
    });
  const typesOf = ({ entries }: { entries: readonly { type: string }[] }) => entries.map(({ type }) => type);
  const codesOf = ({ errors = [] }: Awaited<ReturnType<People['read']>>) =>
    errors.map(({ extensions }) => [extensions?.code, extensions?.service]);
  /** A case on which an officer of each agency works. */
  const shared = async () => {
    const made = await openCase(people);
    await fillTeam(people, made.caseId);
    return made;
  };

  it('D4: a report taken by one agency’s service reaches every agency; who sealed its words opens them for whoever may read them', async () => {
    const summary = 'Palabras inventadas para esta prueba.';
    const { caseId } = await openCase(people, { summary }, OFFICERS.PROSECUTOR);
    for (const agency of ['VICTIMS_COMMISSION', 'CHILD_PROTECTION', 'HEALTH'] as const)
      await people.done(SUPERVISORS[agency], 'addTeamMember', {
        caseId,
        input: { staffId: `demo:${OFFICERS[agency]}`, role: 'OFFICER' },
      });
    const { revision } = await people.done(OFFICERS.HEALTH, 'recordRetelling', {
      caseId,
      input: validInput('recordRetelling'),
    });
    for (const username of Object.values(OFFICERS))
      expect([username, typesOf(await timelineOf(username, caseId, revision!))]).toEqual([
        username,
        expect.arrayContaining(['CaseOpened', 'ReportReceived', 'RetellingRecorded']),
      ]);
    // A supervisor sees that steps were taken.
    expect((await timelineOf(SUPERVISORS.HEALTH, caseId, revision!)).entries).toHaveLength(revision! + 1);
    const { entries } = await timelineOf(OFFICERS.CHILD_PROTECTION, caseId, revision!);
    const { eventId } = entries.find(({ type }: { type: string }) => type === 'ReportReceived');
    const opened = {
      data: { detail: { fields: expect.arrayContaining([{ name: 'summary', value: summary }]), unavailable: [] } },
    };
    expect(await people.read(OFFICERS.PROSECUTOR, DETAIL, { caseId, eventId })).toMatchObject(opened);
    expect(await people.read(OFFICERS.CHILD_PROTECTION, DETAIL, { caseId, eventId })).toMatchObject(opened);
    expect(JSON.stringify(await people.read(OFFICERS.HEALTH, DETAIL, { caseId, eventId }))).not.toContain(summary);
  });

  it('a subscriber of one agency is told what another recorded', async () => {
    const { caseId } = await shared();
    const { revision } = await people.done(OFFICERS.PROSECUTOR, 'recordPrivacyNotice', {
      caseId,
      input: validInput('recordPrivacyNotice'),
    });
    await timelineOf(OFFICERS.VICTIMS_COMMISSION, caseId, revision!);
    const authorization = `Bearer ${await people.token(OFFICERS.VICTIMS_COMMISSION)}`;
    const client = createClient({
      url: `${all.gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization },
      retryAttempts: 0,
    });
    const seen = new Promise<unknown>((resolve, reject) => {
      client.subscribe(
        {
          query:
            'subscription ($caseId: ID!, $after: Int!) { caseChanged(caseId: $caseId, after: $after) { type revision } }',
          variables: { caseId, after: revision },
        },
        {
          next: ({ data, errors }) => (errors ? reject(new Error(JSON.stringify(errors))) : resolve(data)),
          error: reject,
          complete: () => {},
        },
      );
    });
    await people.done(OFFICERS.HEALTH, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    expect(await seen).toEqual({ caseChanged: { type: 'RetellingRecorded', revision: revision! + 1 } });
    await client.dispose();
  });

  it('each service is scraped, and serves what the dashboard names of it', async () => {
    const { caseId } = await shared();
    const refused = await people.say(OFFICERS.PROSECUTOR, 'planInterview', {
      caseId,
      input: validInput('planInterview'),
    });
    expect(refused.__typename).toBe('Refused');
    const named = metricsIn(
      JSON.parse(readFileSync('infra/grafana/resguardo.json', 'utf8')) as Parameters<typeof metricsIn>[0],
    );
    expect(named.length).toBeGreaterThan(10);
    const meantFor = (service: Program) =>
      named.filter((name) => service === 'coordination' || !AT_THE_TABLE.some((start) => name.startsWith(start)));
    for (const service of PROGRAMS) {
      const samples = await until(`the metrics of ${service}`, async () => {
        const scraped = await scrape(all.metricsPortOf(service));
        const missing = meantFor(service).filter((name) => !scraped.some((sample) => sample.name === name));
        if (missing.length > 0) throw new Error(missing.join());
        return scraped;
      });
      const labelled = (metric: string, label: string) =>
        new Set(samples.filter(({ name }) => name === metric).map(({ labels }) => labels[label]));
      expect([
        service,
        [...labelled('resguardo_follower_lag_events', 'service')],
        [...labelled('resguardo_parked_cases', 'service')],
        [...labelled('resguardo_database_pool_connections', 'pool')],
      ]).toEqual([service, [service], [service], [service]]);
      expect(samples.map(({ labels }) => Object.values(labels)).flat()).not.toContain(caseId);
      if (service !== 'coordination') continue;
      expect([...labelled('resguardo_relay_lag_events', 'service')].sort()).toEqual([...SERVICES].sort());
      expect(sum(samples, 'resguardo_commands_total', { command: 'planInterview', outcome: 'refused' })).toBe(1);
    }
  });

  it('ADR 14: whoever has an agency’s key, and even its people’s tokens, asks with them no more than that agency may', async () => {
    const { caseId } = await openCase(people, { summary: 'Palabras inventadas para esta prueba.' });
    await fillTeam(people, caseId);
    const { revision } = await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', {
      caseId,
      input: validInput('recordRetelling'),
    });
    const { entries } = await timelineOf(OFFICERS.HEALTH, caseId, revision!);
    const { eventId } = entries.find(({ type }: { type: string }) => type === 'ReportReceived');
    const fact = { caseId, eventId, revision: 1, classes: ['D4r'], operation: 'detail', purpose: 'FOLLOW_UP' };
    const verifiedAt = new Date().toISOString();
    const officer = {
      statement: { actor: subjectOf(OFFICERS.HEALTH), agency: 'HEALTH', role: 'OFFICER', verifiedAt, tokenId: 't' },
    };
    const supervisor = {
      statement: { ...officer.statement, actor: subjectOf(SUPERVISORS.HEALTH), role: 'SUPERVISOR' },
    };
    const someProcess = {
      statement: { actor: 'process:some', agency: 'SYSTEM', role: 'SYSTEM', verifiedAt },
    };
    const withToken: OnBehalf = { token: await people.token(OFFICERS.HEALTH) };
    const outcomeOf = async (by: OnBehalf, work: (stolen: RemoteEventStore) => Promise<unknown>) => {
      const privateKey = createPrivateKey(readFileSync(join(all.secretsOf('health'), 'service-key.pem')));
      const stolen = remoteEventStore({
        addresses: [all.calledAt('coordination')],
        sign: serviceSigner({ service: 'health', kid: 'health/1', privateKey }, { audience: 'coordination' }),
        onBehalf: () => by,
      });
      return work(stolen)
        .then(
          (answer) => answer,
          (error: unknown) => (error instanceof KeeperRefused ? error.code : String(error)),
        )
        .finally(() => stolen.close());
    };
    const call = (by: OnBehalf, name: string, said: object) => outcomeOf(by, (stolen) => stolen.call(name, said));
    const exported = { operation: 'dossier', cases: [caseId], classes: ['D4'], purpose: 'FOLLOW_UP', entries: 1 };

    // On a service's word nobody is told anything, nor said to have taken anything along.
    expect(await call(officer, 'access', { caseId, wish: { query: 'timeline' } })).toBe('may-not-ask');
    expect(await call(officer, 'open', fact)).toBe('may-not-ask');
    expect(await call(officer, 'exported', exported)).toBe('may-not-ask');
    // With a token: what that person may and no more.
    expect(await call(withToken, 'access', { caseId, wish: { query: 'detail', purpose: 'FOLLOW_UP' } })).toMatchObject({
      kind: 'allowed',
    });
    expect(await call(withToken, 'open', fact)).toBe('may-not-ask');
    // Deciding: not what the role may not say, not what does not enter through an agency, not a process's.
    const said = { commandId: randomUUID(), occurredAt: verifiedAt, caseId, input: validInput('recordRetelling') };
    expect(await call(officer, 'rule', { name: 'recordRetelling', said })).toMatchObject({ kind: 'decided' });
    for (const [by, name] of [
      [supervisor, 'recordRetelling'],
      [officer, 'makeReferral'],
      [officer, 'recordKeysDestroyed'],
      [someProcess, 'recordRetelling'],
    ] as const)
      expect([name, await call(by, 'rule', { name, said })]).toEqual([name, 'may-not-ask']);
    // The same of a platform's set; on a service's word it is taken, and nobody is told what became of it, nor how many wait.
    const xml = readFileSync('libs/interchange/src/samples/minimal.xml', 'utf8').replace('2026-02-03', '2026-01-03');
    const set = {
      commandId: randomUUID(),
      importedAt: verifiedAt,
      input: { files: [{ name: 'a.xml', content: xml }], state: '17' },
    };
    for (const by of [supervisor, someProcess]) expect(await call(by, 'import', set)).toBe('may-not-ask');
    const nothingTold = { name: 'a.xml', outcome: 'UNCHANGED', folios: [], caseIds: [], warnings: [] };
    expect(await call(officer, 'import', set)).toEqual({ files: [nothingTold] });
    const destroyed = { caseId, erasureId: 'one', keys: 1 };
    expect(await call(someProcess, 'keys-destroyed', destroyed)).toBe('may-not-ask');
    expect(await call(officer, 'keys-destroyed', destroyed)).toBe('may-not-ask');
    // Who looked at what is not an agency's to read.
    expect(await outcomeOf(officer, (stolen) => stolen.read(`access-${subjectOf(OFFICERS.HEALTH)}-202611`))).toBe(
      'may-not-read',
    );
    // Nothing is appended that was not decided, nor where it was not decided, nor changed.
    const { warrant } = (await call(officer, 'rule', { name: 'recordRetelling', said })) as { warrant: string };
    const { actor, agency, role } = officer.statement;
    const offered = offeredFact('RetellingRecorded', caseId, { actor, agency, role });
    for (const shown of [undefined, '', warrant])
      expect(await outcomeOf(officer, (stolen) => stolen.append(`case-${caseId}`, [offered], 'any', shown))).toBe(
        'not-decided',
      );
  });

  it('D11: a service connects to its own database and to no other', async () => {
    const outcome = async (url: string) => {
      const client = new Client({ connectionString: url });
      return client.connect().then(
        () => client.end().then(() => 'in'),
        (error: Error & { code?: string }) => error.code,
      );
    };
    const found: string[] = [];
    for (const service of PROGRAMS)
      for (const other of PROGRAMS) {
        const url = new URL(all.databases[service]);
        url.pathname = new URL(all.databases[other]).pathname;
        const expected = service === other ? 'in' : '42501';
        const was = await outcome(url.toString());
        if (was !== expected) found.push(`${service} at ${other}: ${was}`);
      }
    expect(found).toEqual([]);
  });

  it('D12: coordination away: facts and reports are kept, reading goes on, and all arrives once, in order, with its true time', async () => {
    const { caseId } = await shared();
    const before = await people.done(OFFICERS.HEALTH, 'recordRetelling', {
      caseId,
      input: validInput('recordRetelling'),
    });
    for (const username of Object.values(OFFICERS)) await timelineOf(username, caseId, before.revision!);
    await all.services.coordination.kill();
    const happened = new Date(Date.now() - 60_000).toISOString();
    const first = {
      caseId,
      commandId: crypto.randomUUID(),
      occurredAt: happened,
      input: validInput('recordPrivacyNotice'),
    };
    expect(await people.say(OFFICERS.HEALTH, 'recordPrivacyNotice', first)).toMatchObject({ __typename: 'Kept' });
    const second = { caseId, commandId: crypto.randomUUID(), input: validInput('recordRetelling') };
    expect(await people.say(OFFICERS.HEALTH, 'recordRetelling', second)).toMatchObject({ __typename: 'Kept' });
    // Said again while it waits: it waits once.
    expect(await people.say(OFFICERS.HEALTH, 'recordPrivacyNotice', first)).toMatchObject({ __typename: 'Kept' });
    const report = {
      commandId: crypto.randomUUID(),
      occurredAt: happened,
      input: { state: '17', summary: 'Palabras inventadas que esperan.' },
    };
    expect(await people.say(OFFICERS.PROSECUTOR, 'receiveReport', report)).toMatchObject({ __typename: 'Kept' });
    const sample = (name: string) => ({
      name,
      content: readFileSync(`libs/interchange/src/samples/${name}`, 'utf8'),
    });
    const set = {
      commandId: crypto.randomUUID(),
      input: { files: [sample('minimal.xml'), { name: 'broken.xml', content: '<report>' }] },
    };
    const imports = () => people.read(OFFICERS.PROSECUTOR, IMPORT, set);
    const imported = await imports();
    expect(imported.data?.importPlatformReport).toMatchObject({
      files: [
        { outcome: 'KEPT', error: null },
        { outcome: 'REFUSED', error: { code: 'E-XML' } },
      ],
      kept: { commandId: set.commandId },
    });
    const { keptAt } = imported.data.importPlatformReport.kept;
    // Sent again while it waits: it waits once.
    expect((await imports()).data.importPlatformReport.kept).toEqual({ commandId: set.commandId, keptAt });
    // A wish is not kept.
    expect(
      codesOf(
        await people.answer(OFFICERS.CHILD_PROTECTION, 'makeReferral', {
          caseId,
          input: validInput('makeReferral', { to: 'HEALTH' }),
        }),
      ),
    ).toEqual([['SERVICE_AWAY', 'coordination']]);
    expect(typesOf(await timelineOf(OFFICERS.HEALTH, caseId, before.revision!))).toContain('RetellingRecorded');
    const { data } = await people.read(OFFICERS.HEALTH, KEPT);
    expect(data.kept).toEqual([
      { commandId: first.commandId, command: 'recordPrivacyNotice', state: 'WAITING' },
      { commandId: second.commandId, command: 'recordRetelling', state: 'WAITING' },
    ]);
    expect((await people.read(OFFICERS.PROSECUTOR, KEPT)).data.kept).toEqual([
      { commandId: report.commandId, command: 'receiveReport', state: 'WAITING' },
      { commandId: set.commandId, command: 'importPlatformReport', state: 'WAITING' },
    ]);
    // Sealed where they wait, and after another kill still there.
    const database = new Client({ connectionString: all.databases.prosecution });
    await database.connect();
    const { rows } = await database.query('select e.*, encode(box, $1) as raw from outbox.entry e', ['escape']);
    await database.end();
    expect([rows.length > 0, /inventad|incidentSummary/i.test(JSON.stringify(rows))]).toEqual([true, false]);
    await all.services.health.kill();
    await all.services.health.start();

    await all.services.coordination.start();
    const { entries } = await timelineOf(OFFICERS.VICTIMS_COMMISSION, caseId, before.revision! + 2);
    expect(typesOf({ entries: [...entries].reverse().slice(before.revision! + 1) })).toEqual([
      'PrivacyNoticeGiven',
      'RetellingRecorded',
    ]);
    expect(entries.find(({ type }: { type: string }) => type === 'PrivacyNoticeGiven')).toMatchObject({
      occurredAt: happened,
    });
    await until('nothing is kept any more', async () => {
      const answers = await Promise.all(
        [OFFICERS.HEALTH, OFFICERS.PROSECUTOR].map((username) => people.read(username, KEPT)),
      );
      return answers.every(({ data: day }) => day?.kept.length === 0) || undefined;
    });
    // The same again gets the answer that it would have had.
    expect(await people.say(OFFICERS.PROSECUTOR, 'receiveReport', report)).toMatchObject({
      __typename: 'Accepted',
      repeated: true,
    });
    // The platform's report arrived once, and is of when it was sent.
    const after = (await imports()).data.importPlatformReport;
    expect(after).toMatchObject({ files: [{ outcome: 'UNCHANGED' }, { outcome: 'REFUSED' }], kept: null });
    const arrived = await timelineOf(OFFICERS.PROSECUTOR, after.files[0].caseIds[0], 3);
    expect(
      arrived.entries.map(({ type, occurredAt }: { type: string; occurredAt: string }) => [type, occurredAt]),
    ).toEqual(
      ['PlatformReportReceived', 'TeamMemberAdded', 'ReportReceived', 'CaseOpened'].map((type) => [type, keptAt]),
    );
    // Who read meanwhile is on record, as of then.
    await until('the record of the reading', async () => {
      const read = await people.read(
        SUPERVISORS.HEALTH,
        '{ accesses(first: 100, filter: {}) { entries { task operation } } }',
      );
      return JSON.stringify(read).includes('last-known-team') || undefined;
    });
  });

  it('each service says whether it can serve, which part of it is away while its database takes no connection, and that it lives meanwhile', async () => {
    const asked = async (service: Program, what: 'live' | 'ready') => {
      const response = await fetch(`${all.services[service].url}/health/${what}`);
      return { service, status: response.status, body: await response.json() };
    };
    const each = (what: 'live' | 'ready') => Promise.all(PROGRAMS.map((service) => asked(service, what)));
    const WHY = { database: 'the database does not answer', store: 'the event store does not answer' } as const;
    /** The events are in coordination's database. */
    const partsOf = (service: Program): readonly (keyof typeof WHY)[] =>
      service === 'coordination' ? ['database', 'store'] : ['database'];
    const told = (status: number, state: 'ready' | 'away') =>
      PROGRAMS.map((service) => {
        const parts = partsOf(service);
        const body = {
          status: state === 'away' ? 'unwell' : 'ready',
          parts: Object.fromEntries(parts.map((part) => [part, state])),
          ...(state === 'away' && { why: parts.map((part) => WHY[part]).join('; ') }),
        };
        return { service, status, body: expect.objectContaining(body) };
      });
    const ready = told(200, 'ready');
    // What was looked at is remembered for a second.
    const untilAll = (what: string, expected: typeof ready) =>
      until(
        what,
        async () => {
          expect(await each('ready')).toEqual(expected);
          return true;
        },
        15_000,
      );
    await untilAll('all of them ready', ready);
    await withoutDatabases(all.databaseOwner, PROGRAMS.map(databaseOf), async () => {
      await untilAll('the name of what is away', told(503, 'away'));
      expect(await each('live')).toEqual(
        PROGRAMS.map((service) => ({ service, status: 200, body: { status: 'live' } })),
      );
    });
    await untilAll('all of them ready again', ready);
  }, 60_000);
});
