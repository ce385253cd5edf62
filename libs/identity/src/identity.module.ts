import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { APP_GUARD, DiscoveryModule } from '@nestjs/core';
import { DefaultDeny } from './default-deny.guard.js';
import { EveryDoorIsNamed } from './every-door-is-named.js';
import { TOKEN_VERIFIER, type TokenVerifier } from './token-verifier.js';

/** Closes every door of an app and checks at the start that each has a name. */
@Module({})
export class IdentityModule {
  static with(verifier: TokenVerifier): DynamicModule {
    return {
      module: IdentityModule,
      global: true,
      imports: [DiscoveryModule],
      providers: [
        { provide: TOKEN_VERIFIER, useValue: verifier },
        { provide: APP_GUARD, useClass: DefaultDeny },
        EveryDoorIsNamed,
      ],
      exports: [TOKEN_VERIFIER],
    };
  }
}
