import type { Provider } from '@nestjs/common';
import type { CommandSpecs } from '@resguardo/contracts';
import { commandProviders, INTAKE, IntakeResolver, STAFF, StaffResolver } from '@resguardo/desk';
import type { StaffRegister } from '@resguardo/identity';
import { ImportResolver, InterchangeResolver, PLATFORM_IMPORT, PLATFORM_INTAKE } from '@resguardo/interchange';
import { REGISTER, RegisterResolver } from '@resguardo/interview';
import type { TableCore } from './table-core.js';

/** What answers GraphQL where the shared table is: the mutations of `commands`, search of a child, registers, intake of files. */
export const tableProviders = (
  { clock, desk, vault, access, accesses, registerNow, interchange, importReport }: TableCore,
  commands: CommandSpecs,
  staff: StaffRegister,
): Provider[] => [
  ...commandProviders(desk, commands),
  { provide: INTAKE, useValue: { vault, access, log: accesses } },
  IntakeResolver,
  { provide: REGISTER, useValue: { register: registerNow, clock } },
  RegisterResolver,
  { provide: STAFF, useValue: staff },
  StaffResolver,
  { provide: PLATFORM_INTAKE, useValue: interchange },
  InterchangeResolver,
  { provide: PLATFORM_IMPORT, useValue: importReport },
  ImportResolver,
];
