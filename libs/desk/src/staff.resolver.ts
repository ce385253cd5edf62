import type { Role } from '@resguardo/contracts';
import { May, type StaffMember, type StaffRegister, TryAgain } from '@resguardo/identity';
import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { GraphQLError } from 'graphql';

export const STAFF = Symbol('staff');

/** Roles that stand in cases; analysts and administrators do not. */
const IN_CASES: readonly Role[] = ['OFFICER', 'REPRESENTATIVE', 'LEGAL_ADVISER', 'INTERMEDIARY', 'SUPERVISOR'];

@Resolver()
export class StaffResolver {
  constructor(@Inject(STAFF) private readonly register: StaffRegister) {}

  @May('staff:read')
  @Query('staff')
  async staff() {
    return (await this.everybody())
      .filter(({ role }) => IN_CASES.includes(role))
      .map(({ name, ...member }) => ({
        ...member,
        name: ({ locale }: { locale: 'ES' | 'EN' }) => (locale === 'ES' ? name.es : name.en),
      }));
  }
  private async everybody(): Promise<readonly StaffMember[]> {
    try {
      return await this.register.all();
    } catch (error) {
      if (!(error instanceof TryAgain)) throw error;
      throw new GraphQLError('The register of staff does not answer now', { extensions: { code: 'TRY_AGAIN' } });
    }
  }
}
