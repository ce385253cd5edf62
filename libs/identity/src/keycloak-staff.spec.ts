import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { demoAccounts } from './demo-accounts.js';
import { keycloakStaff, STAFF_CLIENT } from './keycloak-staff.js';
import { embeddedStaff } from './staff-register.js';
import { TryAgain } from './token-verifier.js';

interface Kept {
  readonly id: string;
  readonly username: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly enabled?: boolean;
  readonly attributes?: Readonly<Record<string, readonly string[]>>;
  readonly roles: readonly string[];
  readonly groups?: readonly { readonly attributes: Readonly<Record<string, readonly string[]>> }[];
}

const officer: Kept = {
  id: 'o-1',
  username: 'fiscalia.uno',
  firstName: 'Inventada',
  lastName: 'Ficticia',
  attributes: { agency: ['PROSECUTOR'], states: ['17'] },
  roles: ['default-roles-resguardo', 'offline_access', 'OFFICER'],
};
const inGroups: Kept = {
  id: 'g-1',
  username: 'salud.uno',
  roles: ['OFFICER'],
  groups: ['18', '17'].map((state) => ({ attributes: { agency: ['HEALTH'], states: [state] } })),
};

/** Keycloak's answers as they were seen (`test/engines/keycloak-journeys.engine.ts` asks a real one). */
const answering = async (users: Kept[]) => {
  const asked: string[] = [];
  const state = { status: 200, tokens: 0, lifeSeconds: 300 };
  const app = express();
  app.use(express.urlencoded({ extended: false }));
  app.post('/realms/resguardo/protocol/openid-connect/token', ({ body }, response) => {
    if (body.client_id !== STAFF_CLIENT || body.client_secret !== 'right') response.status(401).json({});
    else response.json({ access_token: `token-${++state.tokens}`, expires_in: state.lifeSeconds });
  });
  app.use('/admin/realms/resguardo', ({ headers, url }, response, next) => {
    asked.push(url);
    if (state.status !== 200) response.status(state.status).json({});
    else if (headers.authorization !== `Bearer token-${state.tokens}`) response.status(401).json({});
    else next();
  });
  const shown = ({ roles: _, groups: __, ...user }: Kept) => user;
  const byId = (id: string) => users.find((user) => user.id === id);
  app.get('/admin/realms/resguardo/users', ({ query }, response) => {
    const [first, max] = [Number(query['first']), Number(query['max'])];
    response.json(users.slice(first, first + max).map(shown));
  });
  app.get('/admin/realms/resguardo/users/:id', ({ params }, response) => {
    const user = byId(params.id);
    response.status(user ? 200 : 404).json(user ? shown(user) : {});
  });
  app.get('/admin/realms/resguardo/users/:id/role-mappings/realm/composite', ({ params }, response) => {
    response.json(byId(params.id)!.roles.map((name) => ({ id: name, name })));
  });
  app.get('/admin/realms/resguardo/users/:id/groups', ({ params }, response) => {
    response.json(byId(params.id)!.groups ?? []);
  });
  const server = createServer(app);
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  servers.push(server);
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, state };
};
const servers: Server[] = [];
const close = (server: Server) => {
  server.closeAllConnections();
  return new Promise((closed) => server.close(closed));
};
afterAll(() => Promise.all(servers.map(close)));

const registerOf = (baseUrl: string, clientSecret = 'right') => {
  const time = { now: 1_000_000 };
  const trouble: string[] = [];
  const register = keycloakStaff({
    baseUrl,
    realm: 'resguardo',
    clientSecret,
    now: () => time.now,
    onTrouble: ({ message }) => trouble.push(message),
  });
  return { register, time, trouble };
};

it('says of each person what their token would say, from attributes of their own or of their groups', async () => {
  const { register } = registerOf((await answering([officer, inGroups])).baseUrl);
  const name = (all: string) => ({ es: all, en: all });
  expect(await register.all()).toEqual([
    { staffId: 'o-1', name: name('Inventada Ficticia'), role: 'OFFICER', agency: 'PROSECUTOR', states: ['17'] },
    { staffId: 'g-1', name: name('salud.uno'), role: 'OFFICER', agency: 'HEALTH', states: ['17', '18'] },
  ]);
  expect(await register.find('g-1')).toMatchObject({ agency: 'HEALTH' });
});

it('whoever would be no caller is no staff; whoever can no longer sign in is not offered', async () => {
  const wrong: readonly Kept[] = [
    { ...officer, id: 'two-roles', roles: ['OFFICER', 'SUPERVISOR'] },
    { ...officer, id: 'no-role', roles: ['default-roles-resguardo'] },
    { ...officer, id: 'no-agency', attributes: { states: ['17'] } },
    { ...officer, id: 'no-state', attributes: { agency: ['PROSECUTOR'] } },
    { ...officer, id: 'another-agency', roles: ['ANALYST'] },
  ];
  const { register } = registerOf((await answering([...wrong, { ...officer, id: 'left', enabled: false }])).baseUrl);
  expect(await register.all()).toEqual([]);
  for (const { id } of wrong) expect([id, await register.find(id)]).toEqual([id, undefined]);
  expect(await register.find('left')).toMatchObject({ agency: 'PROSECUTOR' });
});

it('reads a realm of more users than one page holds', async () => {
  const many = Array.from({ length: 205 }, (_, i) => ({ ...officer, id: `o-${i}` }));
  const { register } = registerOf((await answering(many)).baseUrl);
  expect(new Set((await register.all()).map(({ staffId }) => staffId)).size).toBe(205);
});

it('remembers a person for a minute and everybody for five', async () => {
  const users = [officer];
  const { baseUrl, asked } = await answering(users);
  const { register, time } = registerOf(baseUrl);
  await Promise.all([register.find('o-1'), register.find('o-1'), register.all(), register.all()]);
  expect(asked).toHaveLength(3 + 3);
  users[0] = { ...officer, attributes: { agency: ['HEALTH'], states: ['17'] } };
  time.now += 59_000;
  expect(await register.find('o-1')).toMatchObject({ agency: 'PROSECUTOR' });
  time.now += 1_000;
  expect(await register.find('o-1')).toMatchObject({ agency: 'HEALTH' });
  expect(await register.all()).toMatchObject([{ agency: 'PROSECUTOR' }]);
  time.now += 240_000;
  expect(await register.all()).toMatchObject([{ agency: 'HEALTH' }]);
});

it('nobody of that id: undefined, and no trouble', async () => {
  const { register, trouble } = registerOf((await answering([officer])).baseUrl);
  expect(await register.find('../roles')).toBeUndefined();
  expect(await register.find('nobody')).toBeUndefined();
  expect(trouble).toEqual([]);
});

it('a token that Keycloak takes no longer is asked for anew, once', async () => {
  const { baseUrl, state, asked } = await answering([officer]);
  const { register, time } = registerOf(baseUrl);
  await register.find('o-1');
  // Another key, a restart: what was given out is good no longer.
  state.tokens += 1;
  time.now += 60_000;
  expect(await register.find('o-1')).toMatchObject({ agency: 'PROSECUTOR' });
  state.status = 401;
  time.now += 60_000;
  const before = asked.length;
  expect(await register.find('o-1')).toBeUndefined();
  expect(asked.length - before).toBe(2);
});

it('Keycloak away: a person is unknown, everybody is who was known, else TRY_AGAIN; it is asked again the next time', async () => {
  const { baseUrl, state } = await answering([officer]);
  const { register, time, trouble } = registerOf(baseUrl);
  state.status = 503;
  expect(await register.find('o-1')).toBeUndefined();
  await expect(register.all()).rejects.toThrow(TryAgain);
  expect(trouble).toHaveLength(2);
  state.status = 200;
  expect(await register.find('o-1')).toMatchObject({ agency: 'PROSECUTOR' });
  expect(await register.all()).toHaveLength(1);
  state.status = 503;
  time.now += 3_600_000;
  expect(await register.find('o-1')).toBeUndefined();
  expect(await register.all()).toHaveLength(1);
});

it.each<[string, () => Promise<string>, string]>([
  ['nobody listens', async () => 'http://127.0.0.1:9', 'right'],
  ['the secret is wrong', async () => (await answering([officer])).baseUrl, 'wrong'],
  [
    'it may not view users',
    async () => {
      const { baseUrl, state } = await answering([officer]);
      state.status = 403;
      return baseUrl;
    },
    'right',
  ],
])('%s: no command fails by it, and the reason holds no secret', async (_, where, secret) => {
  const { register, trouble } = registerOf(await where(), secret);
  expect(await register.find('o-1')).toBeUndefined();
  await expect(register.all()).rejects.toThrow(TryAgain);
  expect(trouble).toHaveLength(2);
  expect(trouble.join()).not.toMatch(/right|wrong/);
});

it('the embedded register is of the demo accounts', async () => {
  const [first] = demoAccounts();
  const register = embeddedStaff(demoAccounts());
  expect(await register.all()).toHaveLength(demoAccounts().length);
  expect(await register.find(first!.sub)).toEqual({
    staffId: first!.sub,
    name: first!.display,
    role: first!.role,
    agency: first!.agency,
    states: first!.states,
  });
  expect(await register.find('nobody')).toBeUndefined();
});
