import type { Account } from '@resguardo/identity';
import type { RunningKeycloak } from '../engines/index.js';
import { userOf } from './people.js';

/** Keycloak's admin API, as its administrator. */
export const adminOf = (keycloak: Pick<RunningKeycloak, 'url' | 'realm' | 'adminToken'>) => {
  const call = async (method: string, path: string, body?: unknown): Promise<Response> => {
    const response = await fetch(`${keycloak.url}/admin/realms/${keycloak.realm}${path}`, {
      method,
      headers: { authorization: `Bearer ${await keycloak.adminToken()}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const read = async <T>(path: string): Promise<T> => (await (await call('GET', path)).json()) as T;
  const clientId = async (name: string): Promise<string> =>
    (await read<{ id: string }[]>(`/clients?clientId=${name}`))[0]!.id;
  return {
    call,
    read,
    clientId,
    /** Changes what is named of a client and leaves the rest. */
    changeClient: async (name: string, change: object) => {
      const path = `/clients/${await clientId(name)}`;
      await call('PUT', path, { ...(await read<object>(path)), ...change });
    },
    secretOf: async (name: string): Promise<string> =>
      (await read<{ value: string }>(`/clients/${await clientId(name)}/client-secret`)).value,
    /** An invented person with a password; agency and states as attributes, or by the groups that have them. @returns their id */
    makeUser: async (account: Omit<Account, 'sub'>, by?: 'attributes' | 'groups'): Promise<string> => {
      const made = await call('POST', '/users', userOf(account, by));
      const id = made.headers.get('location')!.split('/').at(-1)!;
      await call('POST', `/users/${id}/role-mappings/realm`, [await read(`/roles/${account.role}`)]);
      return id;
    },
  };
};
export type Admin = ReturnType<typeof adminOf>;
