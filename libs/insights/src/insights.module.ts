import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { FIGURES, InsightsResolver } from './insights.resolver.js';
import type { Insights } from './releases.js';

/** *Tablero nacional*: figures that identify nobody. */
@Module({})
export class InsightsModule {
  static with(insights: Pick<Insights, 'figures'>): DynamicModule {
    return { module: InsightsModule, providers: [{ provide: FIGURES, useValue: insights }, InsightsResolver] };
  }
}
