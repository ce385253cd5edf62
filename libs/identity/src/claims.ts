import type { Role } from '@resguardo/contracts';
import { AFFILIATIONS, AFFILIATIONS_OF, ROLES } from '@resguardo/contracts';
import { z } from 'zod';
import type { Caller } from './caller.js';
import { BadToken } from './token-verifier.js';

const STATE_KEY = /^(0[1-9]|[12]\d|3[0-2])$/;
/** Works for the whole country and for no state in particular. */
const WITHOUT_STATES: readonly Role[] = ['ANALYST', 'ADMINISTRATOR'];

/** Who signs in with two factors at a Keycloak, and the `acr` that says that they did (`infra/keycloak/realm.ts`). */
export const SECOND_FACTOR_ROLES: readonly Role[] = ['SUPERVISOR', 'ADMINISTRATOR'];
export const SECOND_FACTOR_LEVEL = 2;

const roleOf = (roles: readonly string[]): Role | undefined => {
  // Keycloak adds roles of its own (`offline_access`, `default-roles-…`): they say nothing here.
  const known = ROLES.filter((role) => role !== 'SYSTEM' && roles.includes(role));
  return known.length === 1 ? known[0] : undefined;
};

/** Whom roles, agency and states make: the same for a token and for the register of staff. Else what is wrong. */
export const personOf = ({
  roles,
  agency,
  states,
}: {
  readonly roles: readonly string[];
  readonly agency: string | undefined;
  readonly states: readonly string[];
}): Pick<Caller, 'role' | 'agency' | 'states'> | string => {
  const role = roleOf(roles);
  if (!role) return 'not exactly one known role';
  const theirs = AFFILIATIONS_OF[role].find((one) => one === agency);
  if (!theirs) return 'the role is not one of this agency';
  if ((states.length === 0 && !WITHOUT_STATES.includes(role)) || !states.every((state) => STATE_KEY.test(state)))
    return 'states';
  return { role, agency: theirs, states };
};

const Claims = z.object({
  typ: z.literal('Bearer'),
  azp: z.string().min(1),
  sub: z.string().regex(/^[A-Za-z0-9:._-]{1,80}$/),
  jti: z.string().min(1),
  sid: z.string().optional(),
  exp: z.number(),
  preferred_username: z.string().min(1).max(80),
  realm_access: z.object({ roles: z.array(z.string()) }),
  acr: z.string().optional(),
  agency: z.enum(AFFILIATIONS),
  states: z.array(z.string().regex(STATE_KEY)).max(32).default([]),
});

/**
 * `secondFactor`: supervisors and administrators must have given one.
 * @throws BadToken naming the claim, never its value.
 */
export const callerOf = (payload: unknown, clients: readonly string[], secondFactor = false): Caller => {
  const read = Claims.safeParse(payload);
  if (!read.success)
    throw new BadToken(`claims: ${read.error.issues.map(({ path }) => path.join('.')).join(', ')}`, 'claims');
  const claims = read.data;
  if (!clients.includes(claims.azp)) throw new BadToken('claims: azp', 'wrong-client');
  const person = personOf({ roles: claims.realm_access.roles, agency: claims.agency, states: claims.states });
  if (typeof person === 'string') throw new BadToken(`claims: ${person}`, 'claims');
  const { role } = person;
  if (secondFactor && SECOND_FACTOR_ROLES.includes(role) && claims.acr !== String(SECOND_FACTOR_LEVEL))
    throw new BadToken('claims: acr', 'one-factor');
  return {
    sub: claims.sub,
    username: claims.preferred_username,
    ...person,
    expiresAt: claims.exp,
    tokenId: claims.jti,
    ...(claims.sid !== undefined && { session: claims.sid }),
  };
};
