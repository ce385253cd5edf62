import { Inject } from '@nestjs/common';
import { Args, Mutation, Query, Resolver } from '@nestjs/graphql';
import type { SetAsideReason } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { GraphQLError } from 'graphql';
import { type Integrity, NoSuchService, type OrderOutcome } from './integrity.js';

export const INTEGRITY = Symbol('integrity');

interface ParkedCaseInput {
  readonly service: string;
  readonly follower: string;
  readonly parked: string;
  readonly revision: number;
}

const orderOf = ({ follower, parked, revision }: ParkedCaseInput) => ({ follower, standing: parked, revision });

const answered = async (order: Promise<OrderOutcome>) => {
  try {
    return { outcome: await order };
  } catch (error) {
    if (error instanceof NoSuchService)
      throw new GraphQLError('There is no such service', {
        extensions: { code: 'BAD_USER_INPUT', fields: [{ path: 'input.service', problem: 'unknown' }] },
      });
    throw error;
  }
};

@Resolver()
export class IntegrityResolver {
  constructor(@Inject(INTEGRITY) private readonly asked: Integrity) {}

  @May('integrity:read')
  @Query('integrity')
  integrity(@TheCaller() caller: Caller) {
    return this.asked.overview(caller);
  }

  @May('integrity:repair')
  @Mutation('retryParkedCase')
  retryParkedCase(@TheCaller() caller: Caller, @Args('input') input: ParkedCaseInput) {
    return answered(this.asked.retry(caller, input.service, orderOf(input)));
  }

  @May('integrity:repair')
  @Mutation('setParkedCaseAside')
  setParkedCaseAside(
    @TheCaller() caller: Caller,
    @Args('input') input: ParkedCaseInput,
    @Args('reason') reason: SetAsideReason,
  ) {
    return answered(this.asked.setAside(caller, input.service, { ...orderOf(input), reason }));
  }
}
