import type { Affiliation, Role } from '@resguardo/contracts';

/** Who is asking: taken from a verified token and from nowhere else. */
export interface Caller {
  /** Subject of the token; the actor of every fact. */
  readonly sub: string;
  readonly username: string;
  readonly role: Role;
  readonly agency: Affiliation;
  /** INEGI keys of the states the account is for, `01` to `32`. */
  readonly states: readonly string[];
  /** Seconds since 1970 (UTC), as in the token. */
  readonly expiresAt: number;
  readonly tokenId: string;
  /** Session at the issuer; ends at sign-out. */
  readonly session?: string;
}
