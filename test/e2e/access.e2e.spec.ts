import { randomUUID } from 'node:crypto';
import { request } from 'node:http';
import { createClient } from 'graphql-ws';
import { SignJWT } from 'jose';
import { WebSocket } from 'ws';
import { demoAccounts } from '@resguardo/identity';
import { until } from '../support/until.js';
import { validInput } from './support/inputs.js';
import { park, refuseRows } from './support/parked.js';
import {
  ADMINISTRATOR,
  ANALYST,
  fillTeam,
  openCase,
  OFFICERS,
  type People,
  peopleOf,
  subjectOf,
  SUPERVISORS,
} from './support/people.js';
import {
  ask,
  databaseOf,
  removeFolder,
  type Standalone,
  startStandalone,
  temporaryFolder,
  tokenFor,
} from './support/standalone.js';

const CASE = 'query ($caseId: ID!) { case(caseId: $caseId) { folio via } }';
const TIMELINE = 'query ($caseId: ID!) { timeline(caseId: $caseId) { entries { type } } }';
const IDENTITY = 'query ($caseId: ID!) { identity(caseId: $caseId, purpose: FOLLOW_UP) { state givenNames } }';
const CHANGED =
  'subscription ($caseId: ID!, $after: Int!) { caseChanged(caseId: $caseId, after: $after) { type revision } }';

describe('who may see and say what', () => {
  const dataFolder = temporaryFolder();
  let product: Standalone;
  let people: People;
  let caseId: string;

  beforeAll(async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'] });
    people = peopleOf(product);
    ({ caseId } = await openCase(people, {
      identity: { givenNames: 'Inventada', firstSurname: 'Ficticia' },
    }));
    await fillTeam(people, caseId);
    // Views follow the store: what is not there yet is not looked at either.
    await until('the case', async () => (await people.read(OFFICERS.HEALTH, CASE, { caseId })).data?.case ?? undefined);
  }, 60_000);
  afterAll(async () => {
    await product.stop();
    removeFolder(dataFolder);
  });
  const codes = async (username: string, query: string) => {
    const { errors, data } = await people.read(username, query, { caseId });
    return errors ? errors.map(({ extensions }) => extensions?.code) : Object.values(data).map(() => 'ANSWERED');
  };

  it('a request without a token, with a broken one, an unsigned one or one of another audience is not believed', async () => {
    const good = await tokenFor(product, OFFICERS.PROSECUTOR);
    const [head, body, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString());
    const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const bad = [
      undefined,
      'garbage',
      `${head}.${encoded({ ...claims, realm_access: { roles: ['SUPERVISOR'] } })}.${signature}`,
      `${encoded({ alg: 'none' })}.${body}.`,
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'issuer-1' }).sign(Buffer.from(signature)),
      await tokenFor(product, OFFICERS.PROSECUTOR, -60),
    ];
    for (const token of bad) {
      const { errors } = await ask(product.url, token, '{ me { actor } }');
      expect(errors?.map(({ extensions }) => extensions?.code)).toEqual(['UNAUTHENTICATED']);
      expect(JSON.stringify(errors)).not.toMatch(/node_modules|\/libs\/|stack/);
    }
  });

  it('R-701, R-719: the team reads; an officer outside, another state, an analyst and an administrator do not', async () => {
    expect(await codes(OFFICERS.HEALTH, CASE)).toEqual(['ANSWERED']);
    for (const query of [CASE, TIMELINE, IDENTITY]) {
      expect(await codes('salud.nayarit', query)).not.toContain('ANSWERED');
      expect(await codes(ANALYST, query)).not.toContain('ANSWERED');
      expect(await codes(ADMINISTRATOR, query)).not.toContain('ANSWERED');
    }
    expect(await codes(SUPERVISORS.PROSECUTOR, IDENTITY)).not.toContain('ANSWERED');
  });

  it('R-705: supervisors find in the audit who looked and who was denied', async () => {
    // By whom: each look at the audit is on record too, and would push out of sight what is looked for.
    const kindsOf = async (username: string): Promise<readonly string[]> => {
      const { data, errors } = await people.read(
        SUPERVISORS.HEALTH,
        'query ($caseId: ID!, $actor: ID!) { accesses(filter: { caseId: $caseId, actor: $actor }) { entries { kind } } }',
        { caseId, actor: subjectOf(username) },
      );
      expect(errors).toBeUndefined();
      return data.accesses.entries.map(({ kind }: { kind: string }) => kind);
    };
    for (const [username, kind] of [
      [OFFICERS.HEALTH, 'VIEWED'],
      ['salud.nayarit', 'DENIED'],
    ] as const)
      await until(`${username} ${kind}`, async () => (await kindsOf(username)).includes(kind) || undefined);
    expect(await kindsOf('salud.nayarit')).not.toContain('VIEWED');
  }, 20_000);

  it('R-704: break-glass opens one case, and its end closes it at the next request', async () => {
    await people.done('salud.nayarit', 'useBreakGlass', {
      caseId,
      input: validInput('useBreakGlass', { reason: 'Motivo inventado: peligro inmediato para la vida.' }),
    });
    const opened = await people.read('salud.nayarit', CASE, { caseId });
    expect(opened.data?.case).toMatchObject({ via: 'BREAK_GLASS' });
    // The list of approvals follows the timeline: asked again until the review stands in it; the test's time is the limit.
    let glassId: string | undefined;
    while (!glassId) {
      const { data } = await people.read(SUPERVISORS.HEALTH, '{ approvals { what subjectId } }');
      glassId = data.approvals.find(({ what }: { what: string }) => /GLASS/.test(what))?.subjectId;
    }
    await people.done('salud.nayarit', 'endBreakGlass', { caseId, input: { glassId } });
    expect(await codes('salud.nayarit', CASE)).not.toContain('ANSWERED');
  });

  it('D12: said again it gets its first acceptance; with another input or by another caller the id is refused', async () => {
    const commandId = randomUUID();
    const said = {
      caseId,
      commandId,
      occurredAt: new Date(Date.now() - 60_000).toISOString(),
      input: validInput('recordRetelling'),
    };
    const first = await people.done(OFFICERS.HEALTH, 'recordRetelling', said);
    await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    const again = await people.done(OFFICERS.HEALTH, 'recordRetelling', said);
    expect([again.revision, again.repeated]).toEqual([first.revision, true]);
    const codeOf = async (username: string, change: object) =>
      (await people.answer(username, 'recordRetelling', { ...said, ...change })).errors?.[0]?.extensions?.code;
    expect(await codeOf(OFFICERS.HEALTH, { input: validInput('recordRetelling', { personsPresent: 9 }) })).toBe(
      'COMMAND_ID_REUSED',
    );
    expect(await codeOf(OFFICERS.PROSECUTOR, {})).toBe('COMMAND_ID_REUSED');
  });

  it('R-720: how the services are is for administrators, who are told of no case, and supervisors, who are told of theirs; administrators alone mend', async () => {
    const other = await openCase(people);
    await park(product, { follower: 'timeline_entries', caseId });
    await park(product, { follower: 'case_card', caseId: other.caseId });
    const everybody = demoAccounts().map(({ username }) => username);
    const supervisors: readonly string[] = Object.values(SUPERVISORS);
    const input = { service: 'coordination', follower: 'timeline_entries', parked: 'unknown', revision: 1 };
    const outcomeOf = async (username: string, query: string) => {
      const { data, errors } = await people.read(username, query, { input });
      return errors?.[0]?.extensions?.code ?? (Object.values(data)[0] as any).outcome ?? 'ANSWERED';
    };
    const RETRY = 'mutation ($input: ParkedCaseInput!) { retryParkedCase(input: $input) { outcome } }';
    const ASIDE =
      'mutation ($input: ParkedCaseInput!) { setParkedCaseAside(input: $input, reason: SAID_AGAIN) { outcome } }';
    for (const username of everybody) {
      const mends = username === ADMINISTRATOR;
      const reads = mends || supervisors.includes(username);
      expect([username, await outcomeOf(username, '{ integrity { at } }')]).toEqual([
        username,
        reads ? 'ANSWERED' : 'FORBIDDEN',
      ]);
      for (const query of [RETRY, ASIDE])
        expect([username, await outcomeOf(username, query)]).toEqual([username, mends ? 'NOT_STANDING' : 'FORBIDDEN']);
    }

    const INTEGRITY = `{ integrity { services { service condition followers { name parked { id case { caseId folio }
      revision factType since error tries waiting } } } } }`;
    const shown = async (username: string) => {
      const { data } = await people.read(username, INTEGRITY);
      const services = data.integrity.services as readonly { service: string; followers: readonly any[] }[];
      expect(services.map(({ service }) => service)).toEqual(['coordination', 'oversight', 'insights']);
      return services.flatMap(({ followers }) => followers.flatMap(({ parked }) => parked as readonly any[]));
    };
    const told = await shown(ADMINISTRATOR);
    expect(told.map((one) => [one.case, one.error, one.factType])).toEqual([
      [null, 'UNREADABLE', null],
      [null, 'UNREADABLE', null],
    ]);
    expect(JSON.stringify(told)).not.toMatch(new RegExp(`${caseId}|${other.caseId}`));
    // The Child Protection Authority takes part in both, the prosecutor in the one whose team they are on.
    const named = async (username: string) => (await shown(username)).map((one) => one.case?.caseId ?? null);
    expect(await named(SUPERVISORS.CHILD_PROTECTION)).toEqual([caseId, other.caseId]);
    expect(await named(SUPERVISORS.PROSECUTOR)).toEqual([caseId, null]);

    // A service or a reason that nobody knows is no order; nor is a reason in words.
    const wrong = await people.read(ADMINISTRATOR, RETRY, { input: { ...input, service: 'nobody' } });
    expect(wrong.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    const words = await people.read(ADMINISTRATOR, ASIDE.replace('SAID_AGAIN', '"because"'), { input });
    expect(words.errors?.length).toBe(1);

    const retold = async (atLeast?: number) => {
      const { data } = await people.read(
        OFFICERS.HEALTH,
        `query ($caseId: ID!, $atLeast: Int) { timeline(caseId: $caseId, atLeast: $atLeast, first: 100) {
          behind incompleteSince entries { type } } }`,
        { caseId, atLeast },
      );
      const { behind, incompleteSince, entries } = data.timeline;
      const types: readonly string[] = entries.map(({ type }: { type: string }) => type);
      const count = (wanted: string) => types.filter((type) => type === wanted).length;
      return { behind, incompleteSince, retellings: count('RetellingRecorded'), notices: count('PrivacyNoticeGiven') };
    };
    const before = await retold();

    // Once set aside the case goes on and is said to lack something, to its own people too.
    const mended = { ...input, parked: told[0].id, revision: told[0].revision };
    const aside = async () =>
      (await people.read(ADMINISTRATOR, ASIDE, { input: mended })).data.setParkedCaseAside.outcome;
    // Not what the timeline does not have: whatever came there next would be missing.
    expect(await aside()).toBe('NOT_ALLOWED');
    const database = await databaseOf(product);
    const accept = await refuseRows(database, 'RetellingRecorded');
    const first = await people.done(OFFICERS.HEALTH, 'recordRetelling', {
      caseId,
      input: validInput('recordRetelling'),
    });
    expect(first.revision).toBe(mended.revision);
    // It has taken the other's place when it has been tried.
    const errorNow = async () => (await shown(ADMINISTRATOR)).find(({ id }) => id === mended.parked)?.error;
    while ((await errorNow()) === 'UNREADABLE');
    expect(await errorNow()).toBe('NOT_STORABLE');
    expect(await aside()).toBe('GOES_ON');
    await accept();
    await database.end();
    // It is passed over; what comes after it is there.
    const second = await people.done(OFFICERS.HEALTH, 'recordPrivacyNotice', {
      caseId,
      input: validInput('recordPrivacyNotice'),
    });
    const { notices } = before;
    const since = told[0].since as string;
    let after = await retold(second.revision!);
    // What a view lacks is looked up once a second; the test's time is the limit.
    while (after.incompleteSince === null) after = await retold(second.revision!);
    expect(after).toEqual({
      ...before,
      behind: false,
      incompleteSince: since,
      notices: notices + 1,
    });

    // Who did it, in whose view and why: for the supervisors of the agencies in the case.
    const AUDIT = `query ($caseId: ID!) { accesses(filter: { caseId: $caseId, kind: SET_ASIDE }) {
      entries { actor service code cases { caseId } } } }`;
    let orders: readonly unknown[] = [];
    // The audit follows the records; the test's time is the limit.
    while (orders.length < 2) {
      const answer = await people.read(SUPERVISORS.HEALTH, AUDIT, { caseId });
      orders = answer.data.accesses.entries;
    }
    // What was not allowed is on record, too.
    const said = { actor: subjectOf(ADMINISTRATOR), service: 'coordination', code: 'SAID_AGAIN', cases: [{ caseId }] };
    expect(orders).toEqual([said, said]);
  }, 60_000);

  const raw = (method: string, path: string, headers: Record<string, string>, body = '') =>
    new Promise<{ status: number; headers: object }>((answered, failed) => {
      const { hostname, port } = new URL(product.url);
      const sent = request({ hostname, port, method, path, headers }, (answer) => {
        answer.resume();
        answer.once('end', () => answered({ status: answer.statusCode!, headers: answer.headers }));
      });
      sent.once('error', failed);
      sent.end(body);
    });

  it('answers under its own name only: a page whose name was made to lead here gets neither data nor the sign-in', async () => {
    const authorization = `Bearer ${await tokenFor(product, OFFICERS.PROSECUTOR)}`;
    const asked = { authorization, 'content-type': 'application/json' };
    const me = JSON.stringify({ query: '{ me { actor } }' });
    const { port } = new URL(product.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`])
      expect(await raw('POST', '/graphql', { ...asked, host }, me)).toMatchObject({ status: 200 });
    for (const host of [`rebound.example:${port}`, 'rebound.example', `127.0.0.1:${port}.rebound.example`]) {
      expect(await raw('POST', '/graphql', { ...asked, host }, me)).toMatchObject({ status: 421 });
      for (const path of ['/', '/realms/resguardo/.well-known/openid-configuration'])
        expect(await raw('GET', path, { host })).toMatchObject({ status: 421 });
    }
  });

  it('nothing is asked in an address, and no answer is kept by whoever passes it on', async () => {
    const authorization = `Bearer ${await tokenFor(product, OFFICERS.PROSECUTOR)}`;
    const asked = { authorization, 'content-type': 'application/json' };
    const query = '{ me { actor } }';
    const said = JSON.stringify({ query });
    const path = `/graphql?query=${encodeURIComponent(query)}`;
    expect(await raw('GET', path, asked)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    // A registered document in the body must not let another one in the address through.
    expect(await raw('GET', path, { ...asked, 'content-length': String(said.length) }, said)).toMatchObject({
      status: 405,
    });
    expect(await raw('POST', '/graphql', asked, said)).toMatchObject({
      status: 200,
      headers: { 'cache-control': 'no-store' },
    });
  });

  it('nobody who is not signed in sends much, and nothing is unpacked', async () => {
    const json = { 'content-type': 'application/json' };
    const signedIn = { ...json, authorization: `Bearer ${await tokenFor(product, OFFICERS.PROSECUTOR)}` };
    const much = JSON.stringify({ query: '{ me { actor } }', variables: { text: 'a'.repeat(70_000) } });
    const length = { 'content-length': String(much.length) };
    for (const stranger of [json, { ...json, authorization: 'Bearer x' }])
      for (const announced of [length, { 'transfer-encoding': 'chunked' }])
        expect(await raw('POST', '/graphql', { ...stranger, ...announced }, much)).toMatchObject({ status: 401 });
    expect(await raw('POST', '/graphql', { ...signedIn, ...length }, much)).toMatchObject({ status: 200 });
    for (const encoding of ['gzip', 'br', 'deflate'])
      expect(await raw('POST', '/graphql', { ...signedIn, 'content-encoding': encoding }, 'x')).toMatchObject({
        status: 415,
      });
  });

  it('a null character, in an id or anywhere else, is a malformed request', async () => {
    const asked = {
      authorization: `Bearer ${await tokenFor(product, OFFICERS.PROSECUTOR)}`,
      'content-type': 'application/json',
    };
    for (const body of [
      { query: CASE, variables: { caseId: 'a\u0000' } },
      { query: '{ cases(filter: { text: "\\u0000" }) { totalVisible } }' },
    ])
      expect(await raw('POST', '/graphql', asked, JSON.stringify(body))).toMatchObject({ status: 400 });
  });

  it('one person holds a bounded number of sockets open, and of subscriptions on each', async () => {
    const token = await tokenFor(product, OFFICERS.VICTIMS_COMMISSION);
    const url = product.url.replace('http', 'ws') + '/graphql';
    const opened = () =>
      new Promise<WebSocket | number>((done) => {
        const socket = new WebSocket(url, 'graphql-transport-ws');
        socket.once('open', () =>
          socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } })),
        );
        socket.once('message', () => done(socket));
        socket.once('close', (code) => done(code));
      });
    const sockets: (WebSocket | number)[] = [];
    for (let i = 0; i < 21; i++) sockets.push(await opened());
    const held = sockets.filter((one) => one instanceof WebSocket);
    expect([held.length, sockets.at(-1)]).toEqual([20, 4403]);
    const [socket] = held;
    const refused = new Promise<unknown>((done) =>
      socket!.on('message', (data: Buffer) => {
        const { type, id, payload } = JSON.parse(data.toString()) as { type: string; id: string; payload: any };
        if (type === 'error') done([id, payload[0].extensions.code]);
      }),
    );
    for (let i = 0; i < 21; i++)
      socket!.send(
        JSON.stringify({
          id: `s${i}`,
          type: 'subscribe',
          payload: { query: CHANGED, variables: { caseId, after: 1_000 } },
        }),
      );
    expect(await refused).toEqual(['s20', 'TOO_MUCH']);
    for (const one of held) one.close();
    let again = await opened();
    // A socket that was closed counts until the server has heard of it.
    while (typeof again === 'number') again = await opened();
    again.close();
  }, 30_000);

  const follow = async (username: string, seconds: number) => {
    const token = await tokenFor(product, username, seconds);
    const got: string[] = [];
    const client = createClient({
      url: product.url.replace('http', 'ws') + '/graphql',
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      lazy: true,
      connectionParams: { authorization: `Bearer ${token}` },
    });
    let waiting: (() => void) | undefined;
    const ended = new Promise<void>((done) =>
      client.subscribe<{ caseChanged: { type: string } }>(
        { query: CHANGED, variables: { caseId, after: 0 } },
        {
          next: ({ data }) => {
            if (data) got.push(data.caseChanged.type);
            waiting?.();
          },
          error: () => done(),
          complete: done,
        },
      ),
    );
    const reached = async (count: number) => {
      while (got.length < count) await new Promise<void>((wake) => (waiting = wake));
    };
    return { got, ended, reached, close: () => client.dispose() };
  };

  it('the live update ends when its reader leaves the team: the next push does not come', async () => {
    const live = await follow(OFFICERS.HEALTH, 300);
    await live.reached(3);
    await people.done(SUPERVISORS.HEALTH, 'removeTeamMember', {
      caseId,
      input: { staffId: subjectOf(OFFICERS.HEALTH) },
    });
    await live.ended;
    const before = live.got.length;
    await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    expect(await codes(OFFICERS.HEALTH, CASE)).not.toContain('ANSWERED');
    expect([live.got.length, live.got.includes('TeamMemberRemoved')]).toEqual([before, false]);
    await live.close();
  }, 20_000);

  const breakGlass = async (): Promise<string> => {
    const commandId = randomUUID();
    await people.done('salud.nayarit', 'useBreakGlass', {
      caseId,
      commandId,
      input: validInput('useBreakGlass', { reason: 'Motivo inventado: peligro inmediato para la vida.' }),
    });
    return commandId;
  };
  it.each<[string, (glassId: string) => Promise<unknown>]>([
    ['is given back', (glassId) => people.done('salud.nayarit', 'endBreakGlass', { caseId, input: { glassId } })],
    [
      'is reviewed as not right',
      (glassId) =>
        people.done(SUPERVISORS.HEALTH, 'reviewBreakGlass', { caseId, input: { glassId, verdict: 'NOT_JUSTIFIED' } }),
    ],
  ])(
    'R-704: the live update ends when the break-glass %s: the next push does not come',
    async (_, end) => {
      const glassId = await breakGlass();
      const live = await follow('salud.nayarit', 300);
      await live.reached(3);
      // It is live, not only a page of the past: what is recorded now arrives.
      const told = live.got.length;
      await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
      await live.reached(told + 1);
      await end(glassId);
      await live.ended;
      const before = live.got.length;
      await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
      expect(await codes('salud.nayarit', CASE)).not.toContain('ANSWERED');
      expect(live.got).toHaveLength(before);
      await live.close();
    },
    20_000,
  );

  it('the live update ends with its token', async () => {
    const live = await follow(OFFICERS.PROSECUTOR, 3);
    await live.reached(3);
    await live.ended;
    const before = live.got.length;
    await people.done(OFFICERS.PROSECUTOR, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    expect(live.got).toHaveLength(before);
    await live.close();
  }, 20_000);
});
