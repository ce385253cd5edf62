import type { DynamicModule } from '@nestjs/common';
import { Module } from '@nestjs/common';
import { audit, type AuditParts } from './audit.js';
import { integrity, type IntegrityParts } from './integrity.js';
import { INTEGRITY, IntegrityResolver } from './integrity.resolver.js';
import { AUDIT, OversightResolver } from './oversight.resolver.js';

/** *Auditoría de accesos*: who looked, who was refused, which break-glass waits. *Verificación e integridad*: how the services' views are. */
@Module({})
export class OversightModule {
  static with(parts: AuditParts & IntegrityParts): DynamicModule {
    return {
      module: OversightModule,
      providers: [
        { provide: AUDIT, useValue: audit(parts) },
        OversightResolver,
        { provide: INTEGRITY, useValue: integrity(parts) },
        IntegrityResolver,
      ],
    };
  }
}
