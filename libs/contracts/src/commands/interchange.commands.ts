import { AGE_BANDS, FORMS, PLATFORMS, STATES, ZONES } from '../codes.js';
import type { CommandSpecs } from '../command.js';
import { intent } from '../command.js';
import { code, count, many, optional, ref, sealed } from '../fields.js';
import { interchangeFacts } from '../timeline/interchange.facts.js';
import { identityInput } from './vault.commands.js';

const { PlatformReportReceived, PlatformReportReferenced, PlatformFileReported } = interchangeFacts;

/**
 * Said by the import of platform reports on behalf of the officer who imports; no mutation. Which case they are for is derived from the
 * report and the victim's number (C-15), so the same report leads to the same cases whoever imports it, and in whatever order.
 */
export const interchangeCommands = {
  receivePlatformReport: intent({
    capability: 'interchange',
    may: 'interchange:record',
    on: 'process',
    input: {
      ...PlatformReportReceived.fields,
      state: code(STATES),
      zone: optional(code(ZONES)),
      forms: optional(sealed(many(code(FORMS, 'D4'), FORMS.length))),
      platforms: optional(sealed(many(code(PLATFORMS, 'D4'), PLATFORMS.length))),
      ageBand: optional(sealed(code(AGE_BANDS, 'D1'))),
      factsYear: optional(count('D4', 1950, 2200)),
      factsMonth: optional(count('D4', 1, 12)),
      /** Who the platform says the child is: to the vault, unconfirmed. */
      identity: optional(identityInput),
      /** Cases of the other victims of the same report. */
      sameReportIn: many(ref(), 50),
    },
    rules: ['C-15', 'R-302', 'R-321'],
  }),
  recordPlatformReference: intent({
    capability: 'interchange',
    may: 'interchange:record',
    on: 'process',
    input: PlatformReportReferenced.fields,
    rules: ['C-15'],
  }),
  recordPlatformFile: intent({
    capability: 'interchange',
    may: 'interchange:record',
    on: 'process',
    input: PlatformFileReported.fields,
    rules: ['C-15', 'R-302', 'R-321'],
  }),
} satisfies CommandSpecs;
