import type { Affiliation, Role, Said } from '@resguardo/contracts';
import type { Account } from './demo-accounts.js';

/** Somebody who has an account. */
export interface StaffMember {
  /** Subject of their tokens. */
  readonly staffId: string;
  readonly name: Said;
  readonly role: Role;
  readonly agency: Affiliation;
  readonly states: readonly string[];
}

/** Who has an account: the issuer knows. Embedded: its accounts; with a Keycloak: the realm's users. */
export interface StaffRegister {
  /**
   * Everybody who can sign in.
   * @throws TryAgain when the issuer does not answer and nothing is known from before.
   */
  all(): Promise<readonly StaffMember[]>;

  /** Undefined when there is no such account, and when the issuer cannot tell now: no command waits for it or fails by it. */
  find(staffId: string): Promise<StaffMember | undefined>;
}

export const embeddedStaff = (accounts: readonly Account[]): StaffRegister => {
  const members = accounts.map(({ sub, display, role, agency, states }) => ({
    staffId: sub,
    name: display,
    role,
    agency,
    states,
  }));
  const byId = new Map(members.map((member) => [member.staffId, member]));
  return { all: () => Promise.resolve(members), find: (staffId) => Promise.resolve(byId.get(staffId)) };
};
