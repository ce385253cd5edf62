import type { Affiliation, Role, Said } from '@resguardo/contracts';
import { May } from '@resguardo/identity';
import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';

export const STAFF = Symbol('staff');

export interface StaffMember {
  readonly staffId: string;
  readonly name: Said;
  readonly role: Role;
  readonly agency: Affiliation;
  readonly states: readonly string[];
}

/** Who has an account: the issuer knows. Embedded: its accounts; in production: the realm's users. */
export interface StaffDirectory {
  all(): Promise<readonly StaffMember[]>;
}

/** Roles that stand in cases; analysts and administrators do not. */
const IN_CASES: readonly Role[] = ['OFFICER', 'REPRESENTATIVE', 'LEGAL_ADVISER', 'INTERMEDIARY', 'SUPERVISOR'];

@Resolver()
export class StaffResolver {
  constructor(@Inject(STAFF) private readonly directory: StaffDirectory) {}

  @May('staff:read')
  @Query('staff')
  async staff() {
    const all = await this.directory.all();
    return all
      .filter(({ role }) => IN_CASES.includes(role))
      .map(({ name, ...member }) => ({
        ...member,
        name: ({ locale }: { locale: 'ES' | 'EN' }) => (locale === 'ES' ? name.es : name.en),
      }));
  }
}
