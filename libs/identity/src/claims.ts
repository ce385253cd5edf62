import type { Affiliation, Role } from '@resguardo/contracts';
import { AFFILIATIONS, AFFILIATIONS_OF, ROLES } from '@resguardo/contracts';
import { z } from 'zod';
import type { Caller } from './caller.js';
import { BadToken } from './token-verifier.js';

const STATE_KEY = /^(0[1-9]|[12]\d|3[0-2])$/;
/** Works for the whole country and for no state in particular. */
const WITHOUT_STATES: readonly Role[] = ['ANALYST', 'ADMINISTRATOR'];

const roleOf = (roles: readonly string[]): Role | undefined => {
  // Keycloak adds roles of its own (`offline_access`, `default-roles-…`): they say nothing here.
  const known = ROLES.filter((role) => role !== 'SYSTEM' && roles.includes(role));
  return known.length === 1 ? known[0] : undefined;
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
  agency: z.enum(AFFILIATIONS),
  states: z.array(z.string().regex(STATE_KEY)).max(32).default([]),
});

/** @throws BadToken naming the claim, never its value. */
export const callerOf = (payload: unknown, clients: readonly string[]): Caller => {
  const read = Claims.safeParse(payload);
  if (!read.success) throw new BadToken(`claims: ${read.error.issues.map(({ path }) => path.join('.')).join(', ')}`);
  const claims = read.data;
  if (!clients.includes(claims.azp)) throw new BadToken('claims: azp');
  const role = roleOf(claims.realm_access.roles);
  if (!role) throw new BadToken('claims: not exactly one known role');
  const agency: Affiliation = claims.agency;
  if (!AFFILIATIONS_OF[role].includes(agency)) throw new BadToken('claims: the role is not one of this agency');
  if (claims.states.length === 0 && !WITHOUT_STATES.includes(role)) throw new BadToken('claims: states');
  return {
    sub: claims.sub,
    username: claims.preferred_username,
    role,
    agency,
    states: claims.states,
    expiresAt: claims.exp,
    tokenId: claims.jti,
    ...(claims.sid !== undefined && { session: claims.sid }),
  };
};
