import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoAccounts, STAFF_CLIENT } from '@resguardo/identity';
import { realmWithDemoAccounts } from './people.js';
import { realm, realmFile, THEMES } from './realm.js';

const committed = readFileSync('infra/keycloak/realm.json', 'utf8');
const { clients, groups, users } = realm();

it('the committed realm is the one that the code makes', () => expect(committed).toBe(realmFile()));

it('its pages are those of a theme that is here: a Keycloak that lacks one shows its own, and says nothing', () => {
  const login = join(THEMES, realm().loginTheme, 'login');
  const { styles, scripts } = Object.fromEntries(
    [...readFileSync(join(login, 'theme.properties'), 'utf8').matchAll(/^(\w+)=(.*)$/gm)].map(([, name, said]) => [
      name,
      said,
    ]),
  ) as Record<string, string>;
  for (const file of [styles!.split(' ').at(-1)!, scripts!])
    expect([file, existsSync(join(login, 'resources', file))]).toEqual([file, true]);
});

it.each(['es', 'en'])('its pages say the same of a wrong code and of an account that waits (%s)', (language) => {
  const messages = readFileSync(join(THEMES, `resguardo/login/messages/messages_${language}.properties`), 'utf8');
  const said = [
    'invalidTotpMessage',
    'accountTemporarilyDisabledMessageTotp',
    'accountPermanentlyDisabledMessageTotp',
  ].map((key) => new RegExp(`^${key}=(.+)$`, 'm').exec(messages)?.[1]);
  expect(new Set(said).size).toBe(1);
  expect(said[0]).toBeDefined();
});

it('it holds no secret and no person: its one user is the account of the client that reads the register of staff', () => {
  expect(committed).not.toMatch(/"(secret|credentials|privateKey|password)":/i);
  expect(users.map(({ serviceAccountClientId, clientRoles }) => [serviceAccountClientId, clientRoles])).toEqual([
    [STAFF_CLIENT, { 'realm-management': ['view-users'] }],
  ]);
});

it('nobody gets a token by name and password without the sign-in page, and none goes to an address with a wildcard', () => {
  for (const client of clients)
    expect([client.clientId, client.directAccessGrantsEnabled, client.implicitFlowEnabled]).toEqual([
      client.clientId,
      false,
      false,
    ]);
  expect(committed).not.toContain('*');
});

it('there is a group for whatever agency and state an account can have', () => {
  for (const { agency, states } of demoAccounts()) {
    const group = groups.find(({ name }) => name === agency);
    expect(group?.attributes.agency).toEqual([agency]);
    for (const state of states)
      expect(group?.subGroups).toContainEqual({ name: state, attributes: { agency: [agency], states: [state] } });
  }
});

it('with the demo accounts in it, it is the committed realm and asks no less: it differs by them and by the secret of one client', () => {
  const {
    users: all,
    clients: theirs,
    ...rest
  } = JSON.parse(realmWithDemoAccounts('inventado')) as ReturnType<typeof realm>;
  const { users: none, clients: ours, ...committedRest } = JSON.parse(committed) as ReturnType<typeof realm>;
  expect(rest).toEqual(committedRest);
  expect(theirs).toEqual(
    ours.map((client) => ({ ...client, ...(client.clientId === STAFF_CLIENT && { secret: 'inventado' }) })),
  );
  expect(all.slice(0, none.length)).toEqual(none);
  expect(all.slice(none.length)).toEqual(
    demoAccounts().map(({ sub, username, role }) =>
      expect.objectContaining({ id: sub, username, realmRoles: ['default-roles-resguardo', role] }),
    ),
  );
});
