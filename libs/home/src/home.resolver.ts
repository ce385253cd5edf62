import { Inject } from '@nestjs/common';
import { Args, Int, Mutation, Query, Resolver, Subscription } from '@nestjs/graphql';
import { isId } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import { May, TheCaller } from '@resguardo/identity';
import { Home, problem } from './home.js';
import type { CasesFilter, CasesSort, TimelineFilter } from './queries.js';

/** @throws NOT_FOUND for what is no id: nothing is looked up by it. */
const namesSomething = (...ids: readonly string[]): void => {
  if (!ids.every(isId)) throw problem('NOT_FOUND', 'There is no such entry.');
};

/** Doors of `home.graphql`. No field resolvers: a page is one object in its final shape. */
@Resolver()
export class HomeResolver {
  constructor(@Inject(Home) private readonly home: Home) {}

  @May('session:read')
  @Query('me')
  me(@TheCaller() caller: Caller) {
    return this.home.me(caller);
  }

  @May('case:list')
  @Query('myDay')
  myDay(@TheCaller() caller: Caller, @Args('since') since?: string) {
    return this.home.myDay(caller, since);
  }

  @May('case:list')
  @Query('cases')
  cases(
    @TheCaller() caller: Caller,
    @Args() asked: { filter?: CasesFilter; sort?: CasesSort; first?: number; after?: string },
  ) {
    return this.home.cases(caller, asked);
  }

  @May('case:read')
  @Query('case')
  case(
    @TheCaller() caller: Caller,
    @Args('caseId') caseId: string,
    @Args('atLeast', { type: () => Int, nullable: true }) atLeast?: number,
  ) {
    return this.home.case(caller, caseId, atLeast);
  }

  @May('timeline:read')
  @Query('timeline')
  timeline(
    @TheCaller() caller: Caller,
    @Args()
    asked: {
      caseId: string;
      filter?: TimelineFilter;
      knownOn?: string;
      first?: number;
      after?: string;
      atLeast?: number;
    },
  ) {
    return this.home.timeline(caller, asked.caseId, asked);
  }

  @May('detail:read')
  @Query('detail')
  detail(
    @TheCaller() caller: Caller,
    @Args('caseId') caseId: string,
    @Args('eventId') eventId: string,
    @Args('purpose') purpose: string,
  ) {
    namesSomething(caseId, eventId);
    return this.home.detail(caller, caseId, eventId, purpose);
  }

  @May('session:read')
  @Query('kept')
  kept(@TheCaller() caller: Caller) {
    return this.home.kept(caller);
  }

  @May('session:read')
  @Query('keptWords')
  keptWords(@TheCaller() caller: Caller, @Args('commandId') commandId: string) {
    namesSomething(commandId);
    return this.home.keptWords(caller, commandId);
  }

  @May('session:read')
  @Mutation('forgetKept')
  forgetKept(@TheCaller() caller: Caller, @Args('commandId') commandId: string) {
    namesSomething(commandId);
    return this.home.forgetKept(caller, commandId);
  }

  @May('approvals:read')
  @Query('approvals')
  approvals(@TheCaller() caller: Caller) {
    return this.home.approvals(caller);
  }

  @May('approvals:read')
  @Query('approvalDetail')
  approvalDetail(@TheCaller() caller: Caller, @Args('caseId') caseId: string, @Args('eventId') eventId: string) {
    namesSomething(caseId, eventId);
    return this.home.approvalDetail(caller, caseId, eventId);
  }

  @May('timeline:read')
  @Subscription('caseChanged', { resolve: (entry: unknown) => entry })
  caseChanged(
    @TheCaller() caller: Caller,
    @Args('caseId') caseId: string,
    @Args('after', { type: () => Int }) after: number,
  ) {
    return this.home.caseChanged(caller, caseId, after);
  }
}
