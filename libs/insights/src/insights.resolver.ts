import { Inject } from '@nestjs/common';
import { Query, Resolver } from '@nestjs/graphql';
import { May } from '@resguardo/identity';
import type { Insights } from './releases.js';

export const FIGURES = Symbol('figures');

@Resolver()
export class InsightsResolver {
  constructor(@Inject(FIGURES) private readonly insights: Pick<Insights, 'figures'>) {}

  @May('insights:read')
  @Query('nationalFigures')
  nationalFigures() {
    return this.insights.figures();
  }
}
