import { createServer, type Server } from 'node:http';
import { jest } from '@jest/globals';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { demoAccounts, SIGNED_OUT_PATH } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import { type Limits, openGateway } from './compose.js';
import { type Service, SERVICES } from '@resguardo/contracts';
import {
  closed,
  DOCUMENTS,
  type Double,
  freePort,
  gatewayConfig,
  type Issuer,
  listening,
  logged,
  post,
  type Said,
  startDouble,
  startIssuer,
} from './testing/services.js';

jest.setTimeout(60_000);

/** What the services below are asked about and must not say further. */
const INNER = 'dentro-no-sale';
const IMPATIENT = { queryMs: 600, mutationMs: 600, healthMs: 600 };

const asError = (code: string, more: object = {}): Said => {
  return () => {
    throw new GraphQLError(`said: ${code}`, { extensions: { code, ...more } });
  };
};

let issuer: Issuer;
let doubles: Record<Service, Double>;
let gateway: { url: string; close(): Promise<void> };
const { lines, log } = logged();

const urls = () => Object.fromEntries(SERVICES.map((name) => [name, doubles[name].url])) as Record<Service, string>;
const heardBy = () => SERVICES.filter((name) => doubles[name].heard.length > 0);
const says: Readonly<Record<string, Said>> = {
  case: asError('E-NEED', { rule: 'R-702', whoCanGrant: ['SUPERVISOR:HEALTH'], http: { status: 403 } }),
  timeline: () => {
    throw new Error(`select * from secrets at 10.1.2.3:5432 where name = '${INNER}'`);
  },
  recordRetelling: asError('BAD_USER_INPUT', { fields: [{ path: 'personsPresent', problem: 'not-a-count' }] }),
  closeCase: () => ({
    __typename: 'Refused',
    rule: 'C-12',
    code: 'E-OPEN',
    because: 'porque sí',
    instead: 'otra cosa',
    source: 'ley',
  }),
};

beforeAll(async () => {
  issuer = await startIssuer();
  doubles = Object.fromEntries(
    await Promise.all(SERVICES.map(async (name) => [name, await startDouble(name, issuer, says)] as const)),
  ) as Record<Service, Double>;
  gateway = await openGateway(await gatewayConfig(urls(), issuer), { log });
});
afterAll(async () => {
  await gateway.close();
  await Promise.all(SERVICES.map((name) => doubles[name].close()));
  await issuer.close();
});
beforeEach(() => SERVICES.forEach((name) => doubles[name].heard.splice(0)));

const ME = 'query Me { me { actor role agency permissions } }';

describe('whose requests are counted', () => {
  /** More than one address may have in a minute, each of another sign-in. */
  const flood = async (url: string, from: string) => {
    const answers = await Promise.all(
      Array.from({ length: 21 }, (_, i) =>
        fetch(`${url}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-forwarded-for': from,
            authorization: `Bearer ${from}-${i}`,
          },
          body: '{}',
        }),
      ),
    );
    return answers.filter(({ status }) => status === 429).length;
  };
  it.each([
    ['of whom it asks for, where a proxy is trusted', ['127.0.0.1'], [1, 1]],
    ['of whoever connects, where none is', [], [1, 21]],
  ])('%s', async (_, trustedProxies, limited) => {
    const config = { ...(await gatewayConfig(urls(), issuer)), trustedProxies, requestsPerMinute: 1 };
    const door = await openGateway(config, { log });
    expect([await flood(door.url, '192.0.2.1'), await flood(door.url, '192.0.2.2')]).toEqual(limited);
    await door.close();
  });
});

describe('who is asked', () => {
  it('answers each of forty callers at once as themselves, through the service of their own agency', async () => {
    const service = { VICTIMS_COMMISSION: 'victims-commission', CHILD_PROTECTION: 'child-protection' } as const;
    const accounts = demoAccounts();
    const callers = await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const account = accounts[i % accounts.length]!;
        return { account, token: await issuer.tokenOf(account.username) };
      }),
    );
    for (let round = 0; round < 5; round++) {
      const answers = await Promise.all(callers.map(({ token }) => post(gateway.url, token, ME)));
      answers.forEach(({ body }, i) => {
        const { sub, role, agency } = callers[i]!.account;
        expect(body.data.me).toMatchObject({ actor: sub, role, agency });
        if (role === 'SUPERVISOR') expect(body.data.me.permissions).toEqual(['oversight']);
        else if (agency in service) expect(body.data.me.permissions).toEqual([service[agency as keyof typeof service]]);
      });
    }
  });

  it.each([
    ['salud.morelos', 'health', 'health'],
    ['fiscalia.nayarit', 'prosecution', 'prosecution'],
    ['procuraduria.morelos', 'child-protection', 'child-protection'],
    ['representante', 'child-protection', 'child-protection'],
    ['comision.nayarit', 'victims-commission', 'victims-commission'],
    ['asesoria', 'victims-commission', 'victims-commission'],
    ['supervision.salud', 'oversight', 'health'],
    ['supervision.comision', 'oversight', 'victims-commission'],
    ['intermediaria', 'coordination', 'coordination'],
    ['analista', 'coordination', 'coordination'],
    ['administracion', 'coordination', 'coordination'],
  ])('%s reads at %s, says facts to %s, and the rest where all do', async (username, home, entry) => {
    const token = await issuer.tokenOf(username);
    const asked = async (query: string, variables = {}) => {
      SERVICES.forEach((name) => doubles[name].heard.splice(0));
      await post(gateway.url, token, query, variables);
      return heardBy();
    };
    expect(await asked(ME)).toEqual([home]);
    const fact = { commandId: 'c', occurredAt: '2026-01-01T00:00:00Z', input: {} };
    expect(await asked(mutationDocument('receiveReport', allCommands['receiveReport']!), fact)).toEqual([entry]);
    const intent = { caseId: 'x', commandId: 'c' };
    expect(await asked(mutationDocument('closeCase', allCommands['closeCase']!), intent)).toEqual(['coordination']);
    expect(await asked('{ staff { staffId } }')).toEqual(['coordination']);
    expect(await asked('{ accesses { entries { eventId } } }')).toEqual(['oversight']);
    expect(await asked('{ nationalFigures { at } }')).toEqual(['insights']);
  });

  it.each([
    ['none', async () => undefined],
    ['no token at all', async () => 'nothing.of.the-kind'],
    ['a forged one', () => issuer.forged('salud.morelos')],
    ['one that has ended', () => issuer.tokenOf('salud.morelos', { exp: Math.floor(Date.now() / 1000) - 60 })],
    ['a supervisor’s of one factor', () => issuer.tokenOf('supervision.salud', { acr: '1' })],
    ['one of another agency than the role has', () => issuer.tokenOf('salud.morelos', { agency: 'SIPINNA' })],
  ])('takes no token but a good one: %s', async (_, token) => {
    const { status, body } = await post(gateway.url, await token(), `${ME}`);
    expect([status, body.errors?.[0].extensions.code, body.data]).toEqual([200, 'UNAUTHENTICATED', null]);
    expect(heardBy()).toEqual([]);
  });

  it('takes no token of a session that Keycloak says has ended', async () => {
    const [ended, other] = await Promise.all(['s-1', 's-2'].map((sid) => issuer.tokenOf('salud.morelos', { sid })));
    const code = async (token: string | undefined) =>
      (await post(gateway.url, token, ME)).body.errors?.[0].extensions.code;
    const say = async (logout_token: string) =>
      (await fetch(`${gateway.url}${SIGNED_OUT_PATH}`, { method: 'POST', body: new URLSearchParams({ logout_token }) }))
        .status;
    expect([await code(ended), await code(other)]).toEqual([undefined, undefined]);
    // An access token says nothing of the end of its session.
    expect([await say(ended!), await code(ended)]).toEqual([400, undefined]);
    expect(await say(await issuer.signedOut('s-1'))).toBe(200);
    expect([await code(ended), await code(other)]).toEqual(['UNAUTHENTICATED', undefined]);
  });

  it('answers with every registered document from one service, which gets it as it is registered', async () => {
    const got: { query: string; by: string }[] = [];
    const listeners = await Promise.all(
      SERVICES.map(async (name) => {
        const server = createServer((request, response) => {
          let text = '';
          request.on('data', (chunk: Buffer) => (text += chunk.toString()));
          request.on('end', () => {
            got.push({ query: (JSON.parse(text) as { query: string }).query, by: name });
            response.setHeader('content-type', 'application/json').end('{"data":{}}');
          });
        });
        return [name, server, await listening(server)] as const;
      }),
    );
    const config = await gatewayConfig(
      Object.fromEntries(listeners.map(([name, , url]) => [name, url])) as Record<Service, string>,
      issuer,
    );
    const closedDoor = await openGateway({ ...config, documentsOnly: true }, { log });
    try {
      const token = await issuer.tokenOf('fiscalia.morelos');
      const texts = Object.values(DOCUMENTS).filter((text) => !text.startsWith('subscription'));
      expect(texts.length).toBeGreaterThan(130);
      for (const text of texts) {
        const { status, body } = await post(closedDoor.url, token, text);
        expect([text, status, body]).toEqual([text, 200, { data: {} }]);
      }
      expect(got.map(({ query }) => query)).toEqual(texts);
      expect(new Set(got.map(({ by }) => by))).toEqual(
        new Set(['prosecution', 'coordination', 'oversight', 'insights']),
      );
      const other = await post(closedDoor.url, token, '{ me { actor } }');
      expect([other.status, other.body.errors?.[0].extensions.code]).toEqual([400, 'DOCUMENT_NOT_REGISTERED']);
    } finally {
      await closedDoor.close();
      await Promise.all(listeners.map(([, server]) => closed(server)));
    }
  });
});

describe('what is answered', () => {
  it('is what the service answers, errors and status included', async () => {
    const token = await issuer.tokenOf('salud.morelos');
    const asked: [string, object][] = [
      ['query C($id: ID!) { case(caseId: $id) { folio } }', { id: 'x' }],
      ['query C($id: ID!) { case(caseId: $id) { folio } }', {}],
      ['query T($id: ID!) { timeline(caseId: $id) { revision } }', { id: INNER }],
      ['{ again: me { who: actor __typename } __typename }', {}],
      [
        mutationDocument('recordRetelling', allCommands['recordRetelling']!),
        {
          caseId: 'x',
          commandId: 'c',
          occurredAt: '2026-01-01T00:00:00Z',
          input: { heardByAgency: 'HEALTH', heardByRole: 'x', actKind: 'x', placeKind: 'x', personsPresent: 1 },
        },
      ],
    ];
    for (const [query, variables] of asked) {
      const through = await post(gateway.url, token, query, variables);
      expect(through).toEqual(await post(doubles.health.url, token, query, variables));
    }
    const refused = await post(gateway.url, token, asked[0]![0], asked[0]![1]);
    expect([refused.status, refused.body.errors?.[0].extensions]).toEqual([
      200,
      { code: 'E-NEED', rule: 'R-702', whoCanGrant: ['SUPERVISOR:HEALTH'] },
    ]);
    const closing = mutationDocument('closeCase', allCommands['closeCase']!);
    const { body } = await post(gateway.url, token, closing, { caseId: 'x', commandId: 'c' });
    expect(body.data.result).toMatchObject({ __typename: 'Refused', rule: 'C-12', because: 'porque sí' });
  });

  it('is one answer where several services are asked, each only its own part and variables', async () => {
    const token = await issuer.tokenOf('salud.morelos');
    const query = `query Mixed($first: Int = 5, $since: Instant, $no: Boolean!) {
      ...Mine
      accesses(first: $first) { ...Page }
      ... on Query { skipped: me @skip(if: $no) { actor } }
    }
    fragment Mine on Query { me { actor } day: myDay(since: $since) { nextTerm { folio } } intermediaries { profession } }
    fragment Page on AccessPage { entries { eventId } }`;
    const { status, body } = await post(gateway.url, token, query, { since: '2026-01-01T00:00:00Z', no: true });
    // The double answers `myDay` with a list, of which it has no `nextTerm`.
    expect([status, body]).toEqual([
      200,
      {
        data: {
          me: { actor: 'demo:salud.morelos' },
          day: { nextTerm: null },
          intermediaries: [],
          accesses: { entries: [] },
        },
      },
    ]);
    expect(doubles.health.heard.map(({ field }) => field)).toEqual(['me', 'myDay']);
    expect(doubles.coordination.heard.map(({ field }) => field)).toEqual(['intermediaries']);
    expect(doubles.oversight.heard).toMatchObject([{ field: 'accesses', args: { first: 5 } }]);
  });

  it('does mutations one after the other, as they stand', async () => {
    const token = await issuer.tokenOf('salud.morelos');
    const input = 'input: { summary: "x" }, occurredAt: "2026-01-01T00:00:00Z"';
    const query = `mutation {
      a: receiveReport(commandId: "1", ${input}) { __typename }
      b: closeCase(caseId: "x", commandId: "2") { __typename }
      c: receiveReport(commandId: "3", ${input}) { __typename }
    }`;
    const { body } = await post(gateway.url, token, query);
    expect(body).toEqual({
      data: { a: { __typename: 'Accepted' }, b: { __typename: 'Refused' }, c: { __typename: 'Accepted' } },
    });
    expect(doubles.health.heard.map(({ args }) => args['commandId'])).toEqual(['1', '3']);
  });
});

describe('what is away', () => {
  const nowhere = async () => `http://127.0.0.1:${await freePort()}`;
  /** A gateway in front of the doubles, with some of them replaced; and what it logged. */
  const withOthers = async (others: Partial<Record<Service, string | readonly string[]>>, limits?: Limits) => {
    const own = logged();
    const door = await openGateway(await gatewayConfig({ ...urls(), ...others }, issuer), {
      ...(limits && { limits }),
      log: own.log,
    });
    return { ...door, lines: own.lines };
  };
  const REPORT = mutationDocument('receiveReport', allCommands['receiveReport']!);
  const report = { commandId: 'said-once', occurredAt: '2026-01-01T00:00:00Z', input: { summary: INNER } };

  it('is nobody for a connection that lay idle: whoever asks ends it long before the service does', async () => {
    const { headers } = await fetch(`${doubles.health.url}/health/live`);
    expect(headers.get('keep-alive')).toBe('timeout=65');
  });

  it('is named, and the others’ answers come; the gateway is ready', async () => {
    const oversight = await nowhere();
    const door = await withOthers({ oversight });
    try {
      const token = await issuer.tokenOf('salud.morelos');
      const mixed = await post(door.url, token, '{ me { actor } looked: accesses { entries { eventId } } }');
      expect([mixed.status, mixed.body]).toEqual([
        200,
        {
          data: { me: { actor: 'demo:salud.morelos' }, looked: null },
          errors: [
            {
              message: 'oversight does not answer now',
              path: ['looked'],
              extensions: { code: 'SERVICE_AWAY', service: 'oversight' },
            },
          ],
        },
      ]);
      const health = await fetch(`${door.url}/health/ready`);
      expect([health.status, await health.json()]).toEqual([200, { status: 'ready', away: ['oversight'] }]);
      expect(door.lines.join()).toContain('oversight');
      expect(door.lines.join() + mixed.text).not.toContain(new URL(oversight).port);
    } finally {
      await door.close();
    }
  });

  it('has another replica asked when one is down, and only when nothing was sent', async () => {
    const got: string[] = [];
    const broken = createServer((request, response) => {
      request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
      request.on('end', () => response.destroy());
    });
    const door = await withOthers({
      health: [await nowhere(), doubles.health.url],
      coordination: [await listening(broken), doubles.coordination.url],
    });
    try {
      const token = await issuer.tokenOf('salud.morelos');
      for (let times = 0; times < 4; times++) {
        const { body } = await post(door.url, token, ME);
        expect(body).toMatchObject({ data: { me: { actor: 'demo:salud.morelos' } } });
      }
      expect(await (await fetch(`${door.url}/health/ready`)).json()).toEqual({ status: 'ready', away: [] });
      const closing = mutationDocument('closeCase', allCommands['closeCase']!);
      const answers = [];
      for (let times = 0; times < 4; times++)
        answers.push((await post(door.url, token, closing, { caseId: 'x', commandId: `c${times}` })).body);
      const unknown = answers.filter(({ errors }) => errors?.[0].extensions.code === 'TRY_AGAIN');
      // Turn and turn about: what the one may have done, the other was not told.
      expect([unknown.length, got.length, doubles.coordination.heard.length]).toEqual([2, 2, 2]);
    } finally {
      await door.close();
      await closed(broken);
    }
  });

  it('had not been told of a command when no connection was made', async () => {
    const door = await withOthers({ health: await nowhere() });
    try {
      const { body } = await post(door.url, await issuer.tokenOf('salud.morelos'), REPORT, report);
      expect(body.errors?.map(({ extensions }) => extensions)).toEqual([{ code: 'SERVICE_AWAY', service: 'health' }]);
      expect(body.data).toEqual({ result: null });
    } finally {
      await door.close();
    }
  });

  it('may have done a command that it did not answer: the outcome is unknown, and the same is said again', async () => {
    const got: string[] = [];
    const silent = createServer((request) => {
      request.on('data', (chunk: Buffer) => got.push(chunk.toString()));
    });
    const door = await withOthers({ health: await listening(silent) }, IMPATIENT);
    try {
      const token = await issuer.tokenOf('salud.morelos');
      for (const times of [1, 2]) {
        const { status, body } = await post(door.url, token, REPORT, report);
        expect([status, body.data, body.errors]).toEqual([
          200,
          { result: null },
          [
            {
              message: 'The outcome is not known. Say the same command, with the same id, again.',
              path: ['result'],
              extensions: { code: 'TRY_AGAIN', service: 'health' },
            },
          ],
        ]);
        expect(got.filter((text) => text.includes('said-once'))).toHaveLength(times);
      }
      // A question that is not answered leaves nothing unknown.
      const { body } = await post(door.url, token, ME);
      expect(body.errors?.[0].extensions).toEqual({ code: 'SERVICE_AWAY', service: 'health' });
    } finally {
      await door.close();
      await closed(silent);
    }
  });

  it.each<[string, (server: Server) => void]>([
    [
      'a page of a proxy',
      (server) =>
        server.on('request', (_, response) =>
          response.writeHead(502, { 'content-type': 'text/html' }).end(`<h1>10.1.2.3:9000 ${INNER}</h1>`),
        ),
    ],
    ['something that is no answer', (server) => server.on('request', (_, response) => response.end(`["${INNER}"]`))],
    ['half an answer', (server) => server.on('request', (_, response) => response.end(`{"data":{"me":"${INNER}`))],
    ['a closed connection', (server) => server.on('request', (request) => request.destroy())],
    [
      'another address',
      (server) =>
        server.on('request', (_, response) => response.writeHead(307, { location: doubles.oversight.url }).end()),
    ],
  ])('says no more than its name: %s', async (_, behave) => {
    const server = createServer();
    behave(server);
    const door = await withOthers({ health: await listening(server) });
    try {
      const token = await issuer.tokenOf('salud.morelos');
      const asked = await post(door.url, token, ME);
      expect(asked.body.errors).toEqual([
        {
          message: 'health does not answer now',
          path: ['me'],
          extensions: { code: 'SERVICE_AWAY', service: 'health' },
        },
      ]);
      const told = await post(door.url, token, REPORT, report);
      expect(told.body.errors?.[0].extensions).toEqual({ code: 'TRY_AGAIN', service: 'health' });
      const all = [asked.text, told.text, ...door.lines].join('\n');
      expect(all).not.toMatch(/10\.1\.2\.3|127\.0\.0\.1|receiveReport|summary/);
      expect(all).not.toContain(INNER);
      expect(heardBy()).toEqual([]);
    } finally {
      await door.close();
      await closed(server);
    }
  });

  it('leaves no address, stack, query or variable in an answer or the log', async () => {
    const token = await issuer.tokenOf('salud.morelos');
    const query = 'query T($id: ID!) { timeline(caseId: $id) { revision } }';
    const { text, body } = await post(gateway.url, token, query, { id: INNER });
    expect(body.errors).toEqual([
      { message: 'Internal error', path: ['timeline'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    const all = [text, ...lines].join('\n');
    expect(lines.length).toBeGreaterThan(0);
    expect(all).not.toContain(INNER);
    expect(all).not.toContain('10.1.2.3');
    expect(all).not.toMatch(/Bearer|eyJ/);
    for (const { port } of Object.values(doubles)) expect(all).not.toContain(`:${port}`);
  });
});
