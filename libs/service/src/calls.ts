import { DATA_CLASSES, PURPOSES, SERVICES, SET_ASIDE_REASONS } from '@resguardo/contracts';
import type { RecordedEvent } from '@resguardo/eventing';
import { SET_LIMITS } from '@resguardo/interchange';
import { z } from 'zod';

// What services ask of each other, besides reading and appending (ADR 14). What comes in is looked at; what comes back is believed.

const Id = z.uuid();
const Name = z.string().regex(/^[A-Za-z][A-Za-z0-9]{0,79}$/);
/** A rule's id or a code of ours: what is stored once goes to every feed for ever, so it has the form that feeds take. */
const Code = z.string().regex(/^[A-Z][A-Za-z0-9-]{0,39}$/);
const Opaque = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_:.-]{0,79}$/);
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

/** What has its own time, by the clock of who takes it down: readings, and what an officer imported. */
export const datedCalls = (clock: () => string) => {
  /** It may have waited for as long as a statement is believed (ADR 14), and is never of the future. */
  const When = z.iso.datetime().refine((at) => {
    const age = Date.parse(clock()) - Date.parse(at);
    return age > -5 * 60_000 && age < 31 * 86_400_000;
  });
  const Attempt = {
    /** When, for a record that had to wait. */
    at: When.optional(),
    operation: Name,
    cases: z.array(z.union([Id, z.literal('none')])).max(100_000),
  };
  /** R-705, written down before the answer leaves. */
  const ViewedCall = z.object({
    ...Attempt,
    classes: Classes,
    purpose: z.enum(PURPOSES),
    task: Opaque.optional(),
    via: Opaque.optional(),
  });
  const ExportedCall = ViewedCall.extend({ entries: z.number().int().min(0) });
  /** Who had a case tried again, or a fact set aside, in which service's view. */
  const OrderedCall = z.object({
    // Written down when it is given, and never later.
    operation: Attempt.operation,
    cases: Attempt.cases,
    service: z.enum(SERVICES),
    follower: z.string().regex(/^[a-z][a-z0-9_]{0,39}$/),
    standing: z.string().max(40),
    revision: z.number().int().min(0).max(2_147_483_647),
    factType: Name.optional(),
    reason: z.enum(SET_ASIDE_REASONS).optional(),
  });
  /** Whoever is turned away may have named anything as a case: what is none is not kept. */
  const DeniedCall = z.object({
    ...Attempt,
    cases: z
      .array(z.string().max(200))
      .max(1_000)
      .transform((named) => named.filter((id) => Id.safeParse(id).success)),
    purpose: z.string().max(100).optional(),
    rule: Code,
    code: Code,
  });
  /** Take a platform's set from one of the agency's people; its limits are the intake's. */
  const ImportCall = z.object({
    importedAt: When,
    input: z.object({
      files: z
        .array(z.object({ name: z.string(), content: z.string().nullish(), base64: z.string().nullish() }))
        .min(1)
        .max(SET_LIMITS.files),
      reportId: z.string().nullish(),
      state: z.string().nullish(),
    }),
  });
  return { ViewedCall, ExportedCall, OrderedCall, DeniedCall, ImportCall };
};

/** Open sealed classes of one fact, whoever has the key. */
export const OpenCall = z.object({
  caseId: Id,
  eventId: Id,
  revision: z.number().int().min(0),
  classes: Classes,
  operation: z.enum(['detail', 'approvalDetail']),
  purpose: z.enum(PURPOSES),
});

/** Unseal boxes that were sealed under this service's keys; asked by coordination alone, which has seen that the caller may. */
export const UnsealCall = z.object({
  event: z.custom<RecordedEvent>((value) => typeof value === 'object' && value !== null),
  classes: Classes,
});

/** Try a case again that stands still in a follower of this service, or set the fact aside; asked by oversight alone. */
export const RepairCall = z.object({
  follower: z.string().max(40),
  standing: z.string().max(40),
  revision: z.number().int().min(0).max(2_147_483_647),
  reason: z.enum(SET_ASIDE_REASONS).optional(),
  /** Coordination's, that the order is on record. */
  proof: z.string().max(2_000),
});

/** The keys of a case were destroyed here (C-13). */
export const KeysDestroyedCall = z.object({
  caseId: Id,
  erasureId: Opaque,
  keys: z.number().int().min(0).max(1_000_000),
});
