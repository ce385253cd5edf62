import type { DataClass, FactSpec } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { EventStore, RecordedEvent, Refusal } from '@resguardo/eventing';
import type { Access, Caller, Wish } from '@resguardo/identity';
import { closes } from './timeline.projection.js';

/** A read model as its runner keeps it; `ProjectionRunner` of store-postgres has this shape. */
export interface ReadModel<Row extends object> {
  readonly documents: {
    get(key: string): Promise<Row | undefined>;
    getMany(keys: readonly string[]): Promise<readonly Row[]>;
    query<Result extends object>(
      text: (table: string) => string,
      values?: readonly unknown[],
    ): Promise<readonly Result[]>;
  };
  /** Whether the table has `revision` of `stream`, waiting `timeoutMs` (2000) at most; false means: behind. */
  waitFor(stream: string, revision: number, timeoutMs?: number): Promise<boolean>;
  /** Last revision of `stream` that the table has; -1 before the first. */
  appliedTo(stream: string): Promise<number>;
  /** Streams of which the table lacks facts: one could not be applied, or was set aside. */
  incomplete(): Promise<readonly { readonly stream: string; readonly since: string }[]>;
  /** Told after each write, in this process. Returns how to stop listening. */
  onApplied(listener: (applied: { readonly streams: ReadonlyMap<string, number> }) => void): () => void;
}

/** May this caller read this case now? Answered from the head of the stream (D5). `CaseAccess` of the desk has this shape. */
export interface CaseAccess {
  check(
    caller: Caller,
    caseId: string,
    wish: Wish,
  ): Promise<
    | { readonly kind: 'allowed'; readonly access: Extract<Access, { ok: true }> }
    | { readonly kind: 'denied'; readonly refusal: Refusal }
    | { readonly kind: 'no-such-case' }
  >;
}

/** one record per operation. Each promise resolves when the record is durable; no answer leaves before. */
export interface AccessLog {
  viewed(read: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly classes: readonly DataClass[];
    readonly purpose: string;
    readonly task?: string;
    readonly via?: string;
  }): Promise<void>;
  denied(attempt: {
    readonly caller: Caller;
    readonly operation: string;
    readonly cases: readonly string[];
    readonly purpose?: string;
    readonly rule: string;
    readonly code: string;
  }): Promise<void>;
}

/** What came of opening sealed boxes of one fact. `closed`: it was retracted as of the wrong case (C-14). `away`: the service that owns the key does not answer (D5). */
export type Opened =
  | { readonly fields: Readonly<Record<string, unknown>>; readonly erased: boolean }
  | { readonly away: string }
  | { readonly closed: true };

/**
 * Unseals classes of one fact, by the service that owns the key. Permission and access record come before it, here.
 * The keeper looks at the head of the stream: what was retracted as of the wrong case since the rows were written is opened
 * only with `closedToo`.
 */
export type Open = (
  fact: { readonly caseId: string; readonly eventId: string; readonly revision: number },
  classes: readonly DataClass[],
  closedToo: boolean,
  /** Who asks in which operation and what for: where the key is elsewhere, its owner asks again whether they may. */
  by: Reading,
) => Promise<Opened>;

export interface Reading {
  readonly caller: Caller;
  readonly operation: 'detail' | 'approvalDetail';
  readonly purpose: string;
}

/** Opening where store and keys are in the same process. `Sealer` of the vault has the shape of `sealer`. */
export const openWith =
  (
    store: Pick<EventStore, 'read'>,
    sealer: {
      open(
        event: RecordedEvent,
        spec: FactSpec,
        classes: readonly DataClass[],
      ): Promise<{ readonly fields: Readonly<Record<string, unknown>>; readonly erased: boolean }>;
    },
  ): ((fact: Parameters<Open>[0], classes: readonly DataClass[], closedToo: boolean) => Promise<Opened>) =>
  async ({ caseId, eventId, revision }, classes, closedToo) => {
    const { events } = await store.read(`case-${caseId}`, revision);
    const event = events.find(({ id }) => id === eventId);
    const spec = event && factSpec(event.type);
    if (!closedToo && events.some((later) => closes(later, eventId))) return { closed: true };
    return event && spec ? sealer.open(event, spec, classes) : { fields: {}, erased: false };
  };
