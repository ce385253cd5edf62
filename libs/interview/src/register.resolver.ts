import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { May } from '@resguardo/identity';
import { type Credential, inDateOn, type Register, snapshotOf } from './register.decider.js';
import { localDay } from './time.js';

/** The register as its stream stands, and the clock. */
export const REGISTER = Symbol('register');
export interface RegisterReader {
  readonly register: () => Promise<Register>;
  readonly clock: () => string;
}

const stateOn = (credential: Credential, day: string): string =>
  !credential.active
    ? 'SUSPENDED'
    : inDateOn(credential, day)
      ? 'ACTIVE'
      : credential.validUntil < day
        ? 'TRAINING_EXPIRED'
        : 'TRAINING_NOT_ACCEPTED';

/** Staff data, about no case: no access record. */
@Resolver()
export class RegisterResolver {
  constructor(@Inject(REGISTER) private readonly reader: RegisterReader) {}

  @May('register:read')
  @Query('intermediaries')
  async intermediaries() {
    const register = await this.reader.register();
    const today = localDay(this.reader.clock(), 'America/Mexico_City');
    return register.map(({ intermediaryId }) => {
      const credential = snapshotOf(register, intermediaryId)!;
      return { ...credential, state: stateOn(credential, today) };
    });
  }
}
