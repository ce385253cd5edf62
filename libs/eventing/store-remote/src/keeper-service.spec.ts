import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Service } from '@resguardo/contracts';
import type { EventStore, NewEvent } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import { BadToken, TryAgain } from '@resguardo/identity';
import type { KeeperServer, KeeperServiceOptions, OnBehalf, RemoteEventStore } from './index.js';
import { isAway, KeeperRefused, serviceSigner } from './index.js';
import type { Who } from './testing/facts.js';
import { offeredFact } from './testing/facts.js';
import { AUDIENCE, clientOf, keyOf, replica, statement } from './testing/served.js';
import { SERVICE_HEADER } from './wire.js';

jest.setTimeout(120_000);

const officer: Who = { actor: 'u-health', agency: 'HEALTH', role: 'OFFICER' };
const token = (who: Who): OnBehalf => ({ token: `${who.actor} ${who.agency} ${who.role}` });
const process_: Who = { actor: 'process:mirror', agency: 'SYSTEM', role: 'SYSTEM' };

let store: EventStore;
let server: KeeperServer & { readonly troubles: readonly { readonly code: string; readonly cause?: unknown }[] };
const open: { close(): unknown }[] = [];

const start = async (options: Partial<KeeperServiceOptions> = {}, under: EventStore = memoryEventStore()) => {
  store = under;
  server = await replica(store, options);
  const { stop } = server;
  open.push({ close: stop });
};
const client = (service: Service, by: OnBehalf, options = {}): RemoteEventStore => {
  const made = clientOf(service, [server.address], by, options);
  open.push(made);
  return made;
};
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});

const retelling = (caseId: string, who: Who = officer) => offeredFact('RetellingRecorded', caseId, who);
const refusal = async (work: Promise<unknown>): Promise<KeeperRefused> => {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(KeeperRefused);
  return error as KeeperRefused;
};

describe('D11: the service is authenticated', () => {
  const caseId = randomUUID();
  const path = `/keeper/streams/case-${caseId}?from=0`;
  const by = {
    actor: 'u-health',
    agency: 'HEALTH',
    role: 'OFFICER',
    verifiedAt: new Date().toISOString(),
    tokenId: 't',
  };
  const request = { method: 'GET', path, body: Buffer.alloc(0) };
  const sign = serviceSigner(keyOf('health'), { audience: AUDIENCE });
  const ask = async (header: string | undefined, more: { path?: string; headers?: Record<string, string> } = {}) => {
    const answer = await fetch(new URL(more.path ?? path, server.address), {
      headers: { ...(header && { [SERVICE_HEADER]: header }), ...more.headers },
    });
    return [answer.status, ((await answer.json()) as { error?: string }).error];
  };
  const NOT_BELIEVED = [401, 'service-not-believed'];
  beforeEach(() => start());

  it('a signed request is served, once', async () => {
    const header = await sign(request, by);
    expect(await ask(header)).toEqual([200, undefined]);
    expect(await ask(header)).toEqual([401, 'replayed']);
  });

  it('nothing, nonsense, and a token of another kind are no signature', async () => {
    expect(await ask(undefined)).toEqual(NOT_BELIEVED);
    expect(await ask('nonsense')).toEqual(NOT_BELIEVED);
    const [head, ...rest] = (await sign(request, by)).split('.');
    const other = { ...(JSON.parse(Buffer.from(head!, 'base64url').toString()) as object), typ: 'JWT' };
    expect(await ask([Buffer.from(JSON.stringify(other)).toString('base64url'), ...rest].join('.'))).toEqual(
      NOT_BELIEVED,
    );
  });

  it('a key speaks for its own service only, to this keeper only, and a strange key for nobody', async () => {
    const signed = (key: Parameters<typeof serviceSigner>[0], audience = AUDIENCE) =>
      serviceSigner(key, { audience })(request, by);
    expect(await ask(await signed({ ...keyOf('health'), service: 'oversight' }))).toEqual(NOT_BELIEVED);
    expect(await ask(await signed({ ...keyOf('health'), kid: 'oversight/1' }))).toEqual(NOT_BELIEVED);
    expect(await ask(await signed({ ...keyOf('health'), kid: 'health/2' }))).toEqual(NOT_BELIEVED);
    expect(await ask(await signed(keyOf('health'), 'somebody else'))).toEqual(NOT_BELIEVED);
  });

  it('a request that was long on its way, or comes from the future, is not served', async () => {
    const at = (ms: number) =>
      serviceSigner(keyOf('health'), { audience: AUDIENCE, now: () => Date.now() + ms })(request, by);
    expect(await ask(await at(-60_000))).toEqual(NOT_BELIEVED);
    expect(await ask(await at(60_000))).toEqual(NOT_BELIEVED);
    expect(await ask(await at(-10_000))).toEqual([200, undefined]);
  });

  it('a signature is good for its request: no other path, query, method, body or token', async () => {
    const otherCase = `/keeper/streams/case-${randomUUID()}?from=0`;
    expect(await ask(await sign(request, by), { path: otherCase })).toEqual(NOT_BELIEVED);
    expect(await ask(await sign(request, by), { path: path.replace('from=0', 'from=1') })).toEqual(NOT_BELIEVED);
    expect(await ask(await sign({ ...request, method: 'POST' }, by))).toEqual(NOT_BELIEVED);
    expect(await ask(await sign({ ...request, body: Buffer.from('{}') }, by))).toEqual(NOT_BELIEVED);
    const mine = { headers: { authorization: 'Bearer u-1 HEALTH OFFICER' } };
    expect(await ask(await sign(request), mine)).toEqual(NOT_BELIEVED);
    expect(await ask(await sign({ ...request, token: 'u-2 HEALTH OFFICER' }), mine)).toEqual(NOT_BELIEVED);
    expect(await ask(await sign({ ...request, token: 'u-1 HEALTH OFFICER' }), mine)).toEqual([200, undefined]);
  });

  it('a stranger uploads nothing: the answer comes before the body', async () => {
    const answer = await fetch(new URL(path, server.address), {
      method: 'POST',
      body: Buffer.alloc(40 * 1024 * 1024),
    }).catch(() => undefined);
    // The connection may be gone before the answer was read; a body that was taken would be `too-large`.
    if (answer) expect(answer.status).toBe(401);
    expect(server.troubles.map(({ code }) => code)).toEqual(['service-not-believed']);
  });
});

describe('D11: somebody speaks', () => {
  const stream = `case-${randomUUID()}`;

  it('the caller’s own token is verified again', async () => {
    const outcomes: Record<string, () => Promise<never>> = {
      bad: () => Promise.reject(new BadToken('expired', 'expired')),
      early: () => Promise.reject(new TryAgain('the key is not known yet')),
    };
    await start({
      tokens: {
        verify: (said) => outcomes[said]?.() ?? Promise.resolve({ sub: 'u-1', agency: 'HEALTH', role: 'OFFICER' }),
      },
    });
    expect(await client('health', { token: 'good' }).read(stream)).toEqual({ events: [], revision: -1 });
    expect((await refusal(client('health', { token: 'bad' }).read(stream))).code).toBe('caller-not-believed');
    // Not a bad token: it may be asked again.
    await expect(client('health', { token: 'early' }).read(stream)).rejects.toThrow(StoreUnavailable);
  });

  it('an outbox or a process says whom it verified and when; neither a token nor a statement is nobody', async () => {
    await start({ statementLifeMs: 3_600_000 });
    const at = (ms: number) => new Date(Date.now() + ms).toISOString();
    const by = (who: Who, ms = 0) => statement(who.actor, who.agency, who.role, at(ms));
    expect((await client('health', by(officer, -3_000_000)).read(stream)).revision).toBe(-1);
    expect((await client('coordination', by(process_)).read(stream)).revision).toBe(-1);
    for (const said of [
      by(officer, -4_000_000),
      by(officer, 600_000),
      { statement: { ...officer, verifiedAt: at(0) } },
      { statement: { ...process_, verifiedAt: at(0), tokenId: 't' } },
    ])
      expect((await refusal(client('health', said).read(stream))).code).toBe('caller-not-believed');
    const silent = clientOf('health', [server.address], undefined as never);
    open.push(silent);
    await expect(silent.read(stream)).rejects.toThrow('on behalf of nobody');
    const header = await serviceSigner(keyOf('health'), { audience: AUDIENCE })({
      method: 'GET',
      path: '/keeper/streams/s?from=0',
      body: Buffer.alloc(0),
    });
    const answer = await fetch(`${server.address}/streams/s?from=0`, { headers: { [SERVICE_HEADER]: header } });
    expect(await answer.json()).toEqual({ error: 'nobody-speaks' });
  });

  it('D7: an agency’s service speaks for its own people, oversight for supervisors, insights for nobody', async () => {
    await start();
    const who = (agency: string, role: string): OnBehalf => token({ actor: 'u-1', agency, role });
    const brings = async (service: Service, agency: string, role: string) => {
      const code = await client(service, who(agency, role))
        .read(stream)
        .then(
          () => 'served',
          (error: KeeperRefused) => error.code,
        );
      return code;
    };
    expect(await brings('health', 'HEALTH', 'OFFICER')).toBe('served');
    expect(await brings('health', 'PROSECUTOR', 'OFFICER')).toBe('may-not-bring');
    expect(await brings('child-protection', 'CHILD_PROTECTION', 'REPRESENTATIVE')).toBe('served');
    expect(await brings('child-protection', 'HEALTH', 'REPRESENTATIVE')).toBe('may-not-bring');
    expect(await brings('oversight', 'HEALTH', 'SUPERVISOR')).toBe('served');
    expect(await brings('oversight', 'CHILD_PROTECTION', 'REPRESENTATIVE')).toBe('served');
    expect(await brings('oversight', 'HEALTH', 'OFFICER')).toBe('may-not-bring');
    expect(await brings('oversight', 'HEALTH', 'REPRESENTATIVE')).toBe('may-not-bring');
    expect(await brings('insights', 'SIPINNA', 'ANALYST')).toBe('may-not-bring');
    expect(await brings('coordination', 'INTERMEDIARY_REGISTER', 'INTERMEDIARY')).toBe('served');
    // Nobody signs in as the system: only a process is it.
    expect(await brings('coordination', 'SYSTEM', 'SYSTEM')).toBe('may-not-bring');
  });
});

describe('D11: who said it is taken from the credentials', () => {
  const caseId = randomUUID();
  const stream = `case-${caseId}`;
  beforeEach(() => start());

  it.each([
    ['actor', { actor: 'u-other' }],
    ['agency', { agency: 'PROSECUTOR' }],
    ['role', { role: 'SUPERVISOR' }],
  ])('another %s than the caller’s is refused, and that is no conflict', async (field, other) => {
    const event = offeredFact('RetellingRecorded', caseId, { ...officer, ...other });
    const health = client('health', token(officer));
    const error = await refusal(health.append(stream, [retelling(caseId), event], 'none'));
    expect(error.code).toBe('not-who-speaks');
    expect(error.errors).toEqual([{ path: `events.1.meta.${field}`, problem: 'not-who-speaks' }]);
    expect(error).not.toBeInstanceOf(RevisionConflict);
    expect((await store.read(stream)).revision).toBe(-1);
    expect(server.troubles.at(-1)).toMatchObject({
      code: 'not-who-speaks',
      service: 'health',
      actor: officer.actor,
      stream,
    });
  });

  it('D6: hash and time of recording are the keeper’s to give', async () => {
    const event = retelling(caseId);
    const health = client('health', token(officer));
    for (const mine of [{ hash: 'mine' }, { recordedAt: '1999-01-01T00:00:00Z' }]) {
      const brought = { ...event, meta: { ...event.meta, ...mine } };
      expect((await refusal(health.append(stream, [brought], 'none'))).code).toBe('malformed');
    }
    await health.append(stream, [event], 'none');
    const [kept] = (await store.read(stream)).events;
    expect(kept!.meta.hash).toMatch(/^[0-9a-f]{64}$/);
    expect(kept!.meta.recordedAt).toMatch(/^20\d\d-/);
  });
});

describe('D5, D11: shape and classes are checked before anything is kept', () => {
  const caseId = randomUUID();
  const stream = `case-${caseId}`;
  const whole = offeredFact('CourtOrderRecorded', caseId, officer);
  const [cls, sealedBox] = Object.entries(whole.sealed!)[0]!;
  const withBox = (change: object): NewEvent => ({
    ...whole,
    sealed: { ...whole.sealed, [cls]: { ...sealedBox, ...change } },
  });
  const withData = (change: object): NewEvent => ({ ...whole, data: { ...whole.data, ...change } });
  const withMeta = (change: object): NewEvent => ({ ...whole, meta: { ...whole.meta, ...change } });
  beforeEach(() => start());

  const cases: [string, NewEvent, string][] = [
    ['an unknown field', withData({ surprise: 1 }), 'data.surprise unknown'],
    ['a sealed field in clear', withData({ reference: 'palabras' }), 'data.reference must-be-sealed'],
    ['a code that is none', withData({ courtKind: 'NOWHERE' }), 'data.courtKind not-a-code'],
    ['null', withData({ validUntil: null }), 'data.validUntil required'],
    ['another version', { ...whole, schemaVersion: 9 }, 'schemaVersion wrong-version'],
    ['a box of another service', withBox({ key: `${caseId}/${cls}/prosecution` }), `sealed.${cls}.key foreign-key`],
    ['a box of another case', withBox({ key: `${randomUUID()}/${cls}/health` }), `sealed.${cls}.key foreign-key`],
    ['a box of a newer shape', withBox({ v: 2 }), `sealed.${cls}.v wrong-version`],
    ['a box that is none', withBox({ tag: 'AAAA' }), `sealed.${cls} not-a-box`],
    ['a box larger than its fields can be', withBox({ text: 'A'.repeat(4_000) }), `sealed.${cls}.text too-long`],
    [
      'a class that the fact has not',
      { ...whole, sealed: { ...whole.sealed, D7: sealedBox } },
      'sealed.D7 no-such-class',
    ],
    ['another case', withMeta({ caseId: randomUUID() }), 'stream wrong-stream'],
    ['a time that is none', withMeta({ occurredAt: 'yesterday' }), 'meta.occurredAt not-an-instant'],
    ['a rule that is none', withMeta({ violationOf: ['because'] }), 'meta.violationOf not-a-rule'],
    ['an id that is none', { ...whole, id: 'one' }, 'id not-an-id'],
  ];
  it.each(cases)('%s', async (_, event, expected) => {
    const health = client('health', token(officer));
    const error = await refusal(health.append(stream, [retelling(caseId), event], 'none'));
    expect(error.code).toBe('malformed');
    expect(error.errors.map(({ path, problem }) => `${path} ${problem}`)).toContain(`events.1.${expected}`);
    expect((await store.read(stream)).revision).toBe(-1);
  });

  it('a type that nobody knows has no writer', async () => {
    const error = await refusal(
      client('health', token(officer)).append(stream, [{ ...whole, type: 'Invented' }], 'none'),
    );
    expect([error.code, error.types]).toEqual(['may-not-write', ['Invented']]);
    const coordination = client(
      'coordination',
      token({ ...officer, agency: 'INTERMEDIARY_REGISTER', role: 'INTERMEDIARY' }),
    );
    const meta = { ...whole.meta, agency: 'INTERMEDIARY_REGISTER', role: 'INTERMEDIARY' };
    const there = await refusal(coordination.append(stream, [{ ...whole, type: 'Invented', meta }], 'none'));
    expect(there.errors).toEqual([{ path: 'events.0.type', problem: 'unknown-type' }]);
  });

  it('C-13: a class whose keys are destroyed comes without its box, and says so', async () => {
    const { sealed: _, ...bare } = whole;
    const health = client('health', token(officer));
    const missing = await refusal(health.append(stream, [bare], 'none'));
    expect(missing.errors).toEqual([{ path: `events.0.sealed.${cls}`, problem: 'required' }]);
    const dropped = { ...bare, meta: { ...bare.meta, dropped: Object.keys(whole.sealed!) } };
    expect((await health.append(stream, [dropped], 'none')).revision).toBe(0);
  });

  it('a body that is too large, no JSON, or twice the same event', async () => {
    await start({ maxBytes: 10_000 });
    const health = client('health', token(officer));
    expect((await refusal(health.append(stream, [withBox({ text: 'A'.repeat(20_000) })], 'none'))).code).toBe(
      'too-large',
    );
    expect((await refusal(health.append(stream, [whole, whole], 'none'))).errors).toEqual([
      { path: 'events', problem: 'same-id-twice' },
    ]);
    await expect(health.append(stream, [], 'none')).rejects.toThrow(RangeError);
  });
});

describe('D4: a reader is given what it may know', () => {
  it('permitted facts cut to its fields, its own boxes only, and the true head', async () => {
    await start();
    const caseId = randomUUID();
    const stream = `case-${caseId}`;
    const prosecutor: Who = { actor: 'u-p', agency: 'PROSECUTOR', role: 'OFFICER' };
    const glass = offeredFact('BreakGlassUsed', caseId, officer);
    const order = offeredFact('CourtOrderRecorded', caseId, prosecutor);
    const told = offeredFact('ReportReceived', caseId, officer);
    const by = (service: Service, who: Who) => client(service, token(who));
    await by('coordination', officer).append(stream, [glass], 'none');
    await by('prosecution', prosecutor).append(stream, [order], 0);
    await by('health', officer).append(stream, [told], 1);
    const { events, revision } = await by('prosecution', prosecutor).read(stream);
    expect(revision).toBe(2);
    expect(events.map(({ type, revision: at }) => [at, type])).toEqual([
      [1, 'CourtOrderRecorded'],
      [2, 'ReportReceived'],
    ]);
    expect(events[0]!.sealed).toEqual(order.sealed);
    expect(events[1]).not.toHaveProperty('sealed');
    const health = await by('health', officer).read(stream);
    // What its own people said, wherever it was decided; the boxes only of what it sealed itself.
    expect(health.events.map(({ type }) => type)).toEqual(['BreakGlassUsed', 'ReportReceived']);
    expect(health.events[0]).not.toHaveProperty('sealed');
    expect(health.events[1]!.sealed).toEqual(told.sealed);
    const commission = await by('victims-commission', {
      actor: 'u-v',
      agency: 'VICTIMS_COMMISSION',
      role: 'OFFICER',
    }).read(stream);
    expect(commission.events[0]).toMatchObject({
      type: 'StepTaken',
      data: { kind: 'PRIVACY' },
      meta: { actor: '', commandId: '' },
    });
    const oversight = await by('oversight', { actor: 'u-s', agency: 'HEALTH', role: 'SUPERVISOR' }).read(stream);
    expect(oversight.events).toEqual((await store.read(stream)).events);
  });

  it('nobody follows all streams but coordination itself', async () => {
    await start();
    for (const service of ['health', 'oversight', 'insights'] as const) {
      const following = client(service, token(officer)).follow(undefined, async () => {}, new AbortController().signal);
      expect((await refusal(following)).code).toBe('may-not-follow');
    }
  });
});

describe('errors of our own', () => {
  const stream = `case-${randomUUID()}`;

  it('say no inner address, no statement and no stack; the keeper’s log has the cause', async () => {
    const inner = new Error('connect ECONNREFUSED 10.11.12.13:5432, select * from store.events');
    const memory = memoryEventStore();
    for (const thrown of [inner, new StoreUnavailable(inner.message, { cause: inner })]) {
      await start({}, { ...memory, read: () => Promise.reject(thrown) });
      const path = `/keeper/streams/${stream}?from=0`;
      const header = await serviceSigner(keyOf('health'), { audience: AUDIENCE })(
        { method: 'GET', path, body: Buffer.alloc(0) },
        { ...officer, verifiedAt: new Date().toISOString(), tokenId: 't' },
      );
      const answer = await fetch(new URL(path, server.address), { headers: { [SERVICE_HEADER]: header } });
      expect(answer.status).toBeGreaterThanOrEqual(500);
      expect(await answer.json()).toEqual({ error: thrown === inner ? 'failed' : 'unavailable' });
      expect([...answer.headers.keys()]).not.toContain('x-powered-by');
      expect(server.troubles.at(-1)!.cause).toBe(thrown);
      const told = await client('health', token(officer))
        .read(stream)
        .catch((error: unknown) => error);
      expect(told).toBeInstanceOf(StoreUnavailable);
      // D12: what waits, and who reads by the last known team, do so while the store is away, not because something failed.
      expect(isAway(told)).toBe(thrown !== inner);
    }
  });

  it('a keeper that does not answer in time is away', async () => {
    const memory = memoryEventStore();
    let letGo = () => {};
    const held = new Promise<void>((resolve) => (letGo = resolve));
    await start({}, { ...memory, read: (...how) => held.then(() => memory.read(...how)) });
    const health = client('health', token(officer), { timeoutMs: 100 });
    await expect(health.read(stream)).rejects.toThrow(StoreUnavailable);
    letGo();
  });

  it('a keeper that is not there is away', async () => {
    await start();
    const gone = server.address;
    await server.stop();
    open.splice(0, 1);
    const health = clientOf('health', [gone], token(officer));
    await expect(health.append(stream, [retelling(randomUUID())], 'any')).rejects.toThrow(StoreUnavailable);
    health.close();
  });
});
