import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { audit, type AuditParts } from './audit.js';
import { AUDIT, OversightResolver } from './oversight.resolver.js';

/** The page *Auditoría de accesos*: who looked, who was refused, which break-glass waits. */
@Module({})
export class OversightModule {
  static with(parts: AuditParts): DynamicModule {
    return {
      module: OversightModule,
      providers: [{ provide: AUDIT, useValue: audit(parts) }, OversightResolver],
    };
  }
}
