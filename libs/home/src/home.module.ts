import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import type { HomeParts } from './home.js';
import { Home } from './home.js';
import { HomeResolver } from './home.resolver.js';

@Module({})
export class HomeModule {
  /** `home.graphql` is composed by the app; this brings what answers it. */
  static with(parts: HomeParts): DynamicModule {
    return {
      module: HomeModule,
      providers: [{ provide: Home, useValue: new Home(parts) }, HomeResolver],
      exports: [Home],
    };
  }
}
