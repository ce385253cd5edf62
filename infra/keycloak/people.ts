import { readFileSync } from 'node:fs';
import { type Account, demoAccounts, REALM, STAFF_CLIENT } from '@resguardo/identity';

/** An invented account as Keycloak's admin API and its realm files have a user; agency and states as attributes, or by the groups that have them. */
export const userOf = (
  { username, password, agency, states, display }: Omit<Account, 'sub' | 'role'>,
  by: 'attributes' | 'groups' = 'attributes',
) => ({
  username,
  enabled: true,
  firstName: display.es,
  email: `${username}@example.org`,
  ...(by === 'attributes'
    ? { attributes: { agency: [agency], states } }
    : { groups: states.map((state) => `/${agency}/${state}`) }),
  credentials: [{ type: 'password', value: password, temporary: false }],
});

interface Realm {
  readonly clients: readonly { readonly clientId: string }[];
  readonly users: readonly object[];
}

/**
 * The committed realm as it is, with the demo accounts in it: for this machine only. Each keeps the id that it has with the embedded
 * issuer, so that a timeline that was begun there knows them. What it asks of a supervisor it asks of them too.
 * @param staffSecret of the client that reads the register of staff: known before Keycloak is there to be asked for it
 */
export const realmWithDemoAccounts = (staffSecret: string): string => {
  const realm = JSON.parse(readFileSync(new URL('realm.json', import.meta.url), 'utf8')) as Realm;
  return JSON.stringify({
    ...realm,
    clients: realm.clients.map((client) => ({
      ...client,
      ...(client.clientId === STAFF_CLIENT && { secret: staffSecret }),
    })),
    users: [
      ...realm.users,
      ...demoAccounts().map((account) => ({
        ...userOf(account),
        id: account.sub,
        // Whoever is made by hand is given the first by Keycloak itself.
        realmRoles: [`default-roles-${REALM}`, account.role],
      })),
    ],
  });
};
