import { z } from 'zod';
import { personOf } from './claims.js';
import type { StaffMember, StaffRegister } from './staff-register.js';
import { TryAgain } from './token-verifier.js';

/** The confidential client whose service account may view the realm's users, and nothing else. */
export const STAFF_CLIENT = 'resguardo-staff';

export interface KeycloakStaffOptions {
  /** Address of Keycloak without `/realms/…`. */
  readonly baseUrl: string;
  readonly realm: string;
  /** Secret of the client `resguardo-staff`. */
  readonly clientSecret: string;
  /** Told when Keycloak could not be asked; what is answered then see `StaffRegister`. */
  readonly onTrouble?: (error: Error) => void;
  /** Milliseconds since 1970; for tests. */
  readonly now?: () => number;
}

const ONE_FOR_MS = 60_000;
const ALL_FOR_MS = 5 * 60_000;
/** Commands wait for it. */
const ONE_WITHIN_MS = 3_000;
const ALL_WITHIN_MS = 30_000;
const PAGE = 100;
const AT_ONCE = 8;
const REMEMBERED = 2_000;

const Attributes = z.record(z.string(), z.array(z.string())).default({});
const User = z.object({
  id: z.string(),
  username: z.string(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  enabled: z.boolean().default(true),
  attributes: Attributes,
});
type User = z.infer<typeof User>;
const Roles = z.array(z.object({ name: z.string() }));
const Groups = z.array(z.object({ attributes: Attributes }));
const TokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() });
interface Token {
  readonly value: string;
  readonly until: number;
}

/** The realm's users as staff, over Keycloak's admin API; remembered for a minute each, and for five as a whole. */
export const keycloakStaff = ({
  baseUrl,
  realm,
  clientSecret,
  onTrouble = () => {},
  now = Date.now,
}: KeycloakStaffOptions): StaffRegister => {
  const admin = `${baseUrl}/admin/realms/${realm}`;
  let token: Promise<Token> | undefined;

  const asked = async (url: string, init: RequestInit): Promise<Response> => {
    try {
      return await fetch(url, { redirect: 'error', ...init });
    } catch (cause) {
      throw new TryAgain('Keycloak does not answer', { cause });
    }
  };
  const signIn = async (): Promise<Token> => {
    const response = await asked(`${baseUrl}/realms/${realm}/protocol/openid-connect/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: STAFF_CLIENT,
        client_secret: clientSecret,
      }),
      signal: AbortSignal.timeout(ONE_WITHIN_MS),
    });
    if (!response.ok) throw new TryAgain(`Keycloak does not let ${STAFF_CLIENT} in: ${response.status}`);
    const { access_token, expires_in } = TokenAnswer.parse(await response.json());
    // Not to its last moment: it is on its way for a while.
    return { value: access_token, until: now() + (expires_in - 10) * 1000 };
  };
  /** One for all who ask at the same time; another than `bad`. */
  const tokenNow = async (bad?: string): Promise<string> => {
    const signing = token;
    const known = await signing?.catch(() => undefined);
    if (known && known.until > now() && known.value !== bad) return known.value;
    // Whoever waited beside has begun already.
    if (token === signing) token = signIn();
    return (await token!).value;
  };
  /** Undefined when there is no such thing. */
  const read = async <T>(shape: z.ZodType<T>, path: string, signal: AbortSignal): Promise<T | undefined> => {
    const ask = (bearer: string) =>
      asked(`${admin}${path}`, { headers: { authorization: `Bearer ${bearer}` }, signal });
    const bearer = await tokenNow();
    let response = await ask(bearer);
    // A restart or a new key may have ended the token before its time.
    if (response.status === 401) response = await ask(await tokenNow(bearer));
    if (response.status === 404) return undefined;
    if (!response.ok) throw new TryAgain(`Keycloak refuses to show its users: ${response.status}`);
    return shape.parse(await response.json());
  };

  /** As their tokens would say it; undefined for who would be no caller. */
  const memberOf = async (user: User, signal: AbortSignal): Promise<StaffMember | undefined> => {
    const path = `/users/${encodeURIComponent(user.id)}`;
    const [roles = [], groups = []] = await Promise.all([
      read(Roles, `${path}/role-mappings/realm/composite`, signal),
      read(Groups, `${path}/groups?briefRepresentation=false`, signal),
    ]);
    const all = (name: string) => [user, ...groups].flatMap(({ attributes }) => attributes[name] ?? []);
    const person = personOf({
      roles: roles.map(({ name }) => name),
      agency: all('agency')[0],
      states: [...new Set(all('states'))].sort(),
    });
    if (typeof person === 'string') return undefined;
    const name = [user.firstName, user.lastName].filter(Boolean).join(' ') || user.username;
    return { staffId: user.id, name: { es: name, en: name }, ...person };
  };

  const everybody = async (): Promise<readonly StaffMember[]> => {
    const signal = AbortSignal.timeout(ALL_WITHIN_MS);
    const members: StaffMember[] = [];
    for (let first = 0; ; first += PAGE) {
      const path = `/users?briefRepresentation=false&first=${first}&max=${PAGE}`;
      const page = (await read(z.array(User), path, signal)) ?? [];
      const users = page.filter(({ enabled }) => enabled);
      for (let at = 0; at < users.length; at += AT_ONCE) {
        const some = await Promise.all(users.slice(at, at + AT_ONCE).map((user) => memberOf(user, signal)));
        members.push(...some.filter((member) => member !== undefined));
      }
      if (page.length < PAGE) return members;
    }
  };

  const one = async (staffId: string): Promise<StaffMember | undefined> => {
    const signal = AbortSignal.timeout(ONE_WITHIN_MS);
    const user = await read(User, `/users/${encodeURIComponent(staffId)}`, signal);
    return user && memberOf(user, signal);
  };

  const trouble = (cause: unknown): Error => {
    const error = cause instanceof TryAgain ? cause : new TryAgain('Keycloak answers something else', { cause });
    onTrouble(error);
    return error;
  };
  let known: readonly StaffMember[] | undefined;
  let listing: { readonly until: number; readonly list: Promise<readonly StaffMember[]> } | undefined;
  const found = new Map<string, { readonly until: number; readonly member: Promise<StaffMember | undefined> }>();

  return {
    async all() {
      if (!listing || listing.until <= now()) {
        const list = everybody();
        listing = { until: now() + ALL_FOR_MS, list };
      }
      const { list } = listing;
      try {
        return (known = await list);
      } catch (cause) {
        if (listing?.list === list) listing = undefined;
        const error = trouble(cause);
        if (known) return known;
        throw error;
      }
    },
    async find(staffId) {
      const seen = found.get(staffId);
      if (seen && seen.until > now()) return seen.member;
      const member = one(staffId).catch((cause: unknown) => {
        found.delete(staffId);
        trouble(cause);
        return undefined;
      });
      found.delete(staffId);
      if (found.size >= REMEMBERED) found.delete(found.keys().next().value!);
      found.set(staffId, { until: now() + ONE_FOR_MS, member });
      return member;
    },
  };
};
