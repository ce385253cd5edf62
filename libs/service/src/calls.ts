import { DATA_CLASSES } from '@resguardo/contracts';
import type { RecordedEvent } from '@resguardo/eventing';
import { z } from 'zod';

// What services ask of each other, besides reading and appending (ADR 14). What comes in is looked at; what comes back is believed.

const Id = z.uuid();
const Name = z.string().min(1).max(200);
const Classes = z.array(z.enum(DATA_CLASSES)).max(DATA_CLASSES.length);

/** Decide a command of which an agency will seal and append the facts (ADR 17). */
export const RuleCall = z.object({
  name: Name,
  said: z.looseObject({ commandId: z.string().max(200) }),
});

/** May the caller, now? Asked where every fact that says so can be seen: of some an agency is not told. */
export const AccessCall = z.object({
  caseId: z.string().max(200),
  wish: z.union([
    z.object({ command: Name }),
    z.object({ query: Name, purpose: z.string().max(100).optional(), request: z.boolean().optional() }),
  ]),
});

const Attempt = {
  /** When, for a record that had to wait. */
  at: z.iso.datetime().optional(),
  operation: Name,
  cases: z.array(Name).max(100_000),
};
/** R-705, written down before the answer leaves. */
export const ViewedCall = z.object({
  ...Attempt,
  classes: Classes,
  purpose: Name,
  task: Name.optional(),
  via: Name.optional(),
});
export const ExportedCall = ViewedCall.extend({ entries: z.number().int().min(0) });
export const DeniedCall = z.object({ ...Attempt, purpose: z.string().max(100).optional(), rule: Name, code: Name });

/** Open sealed classes of one fact, whoever has the key. */
export const OpenCall = z.object({
  caseId: Id,
  eventId: Id,
  revision: z.number().int().min(0),
  classes: Classes,
  operation: z.enum(['detail', 'approvalDetail']),
  purpose: Name,
});

/** Unseal boxes that were sealed under this service's keys; asked by coordination alone, which has seen that the caller may. */
export const UnsealCall = z.object({
  event: z.custom<RecordedEvent>((value) => typeof value === 'object' && value !== null),
  classes: Classes,
});

/** The keys of a case were destroyed here (C-13). */
export const KeysDestroyedCall = z.object({
  caseId: Id,
  erasureId: Name,
  keys: z.number().int().min(0),
  commandId: Id,
});
