import type { DataClass, Purpose, Service, SetAsideReason } from '@resguardo/contracts';
import { PURPOSES } from '@resguardo/contracts';
import { ACCESS_WAYS } from '@resguardo/contracts/timeline';
import type { EventStore, JsonObject } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';

interface Attempt {
  readonly caller: Pick<Caller, 'sub' | 'agency' | 'role'>;
  /** Name of the query, subscription or search. */
  readonly operation: string;
  readonly cases: readonly string[];
  /** When, UTC; now unless given: a record that had to wait says when it was read. */
  readonly at?: string;
}

export interface Viewing extends Attempt {
  readonly classes: readonly DataClass[];
  readonly purpose: string;
  /** What the reading is tied to: `team`, an open duty, or a use of break-glass. */
  readonly task?: string;
  readonly via?: string;
}

/** What somebody ordered to be done about a case that stands still in a follower. */
export interface Order extends Attempt {
  readonly service: Service;
  /** Name of the projection or process. */
  readonly follower: string;
  /** Name of the case towards that service; it is not kept. */
  readonly standing: string;
  /** Of the fact it stands at, in its stream. */
  readonly revision: number;
  readonly factType?: string;
  /** Why the fact is set aside; absent where it is only tried again. */
  readonly reason?: SetAsideReason;
}

/**
 * one record per operation, on `access-<actor>-<yyyymm>`. Each promise resolves when the record is durable;
 * no answer leaves before. @throws StoreUnavailable: then nothing is answered.
 */
export interface AccessRecorder {
  viewed(reading: Viewing): Promise<void>;
  denied(attempt: Attempt & { readonly purpose?: string; readonly rule: string; readonly code: string }): Promise<void>;
  exported(reading: Viewing & { readonly entries: number }): Promise<void>;
  /**
   * Who ordered it and why, before it is done: whatever becomes of the order, it is on record. Answers with a proof of that for a service
   * that runs apart; undefined in one process, which asks for none.
   */
  ordered(order: Order): Promise<string | undefined>;
}

/** As many cases as one record names; a longer list makes several. */
const CASES_PER_RECORD = 1000;

/** Stream of an actor's readings in the month of `at` (UTC). */
export const accessStream = (actor: string, at: string): string => `access-${actor}-${at.slice(0, 4)}${at.slice(5, 7)}`;

const ofList = <T extends string>(list: readonly T[], said: string | undefined): T | undefined =>
  list.find((known) => known === said);

const inParts = (cases: readonly string[]): readonly (readonly string[])[] =>
  cases.length <= CASES_PER_RECORD
    ? [cases]
    : [cases.slice(0, CASES_PER_RECORD), ...inParts(cases.slice(CASES_PER_RECORD))];

export const accessRecorder = (store: Pick<EventStore, 'append'>, clock: () => string): AccessRecorder => {
  const append = async (
    type: string,
    { caller, operation, cases, at = clock() }: Attempt,
    data: JsonObject,
  ): Promise<void> => {
    const commandId = crypto.randomUUID();
    await store.append(
      accessStream(caller.sub, at),
      inParts(cases).map((part) => ({
        id: crypto.randomUUID(),
        type,
        schemaVersion: 1,
        data: { operation, cases: part, ...data },
        meta: {
          // About one case where it is one; a record of many says them in its data.
          caseId: cases.length === 1 ? cases[0]! : 'none',
          actor: caller.sub,
          agency: caller.agency,
          role: caller.role,
          commandId,
          command: operation,
          digest: '',
          occurredAt: at,
        },
      })),
      'any',
    );
  };
  const reading = ({ classes, purpose, task, via }: Viewing): JsonObject => {
    const known: Purpose | undefined = ofList(PURPOSES, purpose);
    if (!known) throw new Error('a reading without a purpose of the closed list was let through');
    const way = ofList(ACCESS_WAYS, via);
    return { classes, purpose: known, ...(task && { task }), ...(way && { via: way }) };
  };
  return {
    viewed: async (viewing) => append('RecordViewed', viewing, reading(viewing)),
    exported: async (viewing) => append('ExportMade', viewing, { ...reading(viewing), entries: viewing.entries }),
    ordered: async ({ service, follower, standing: _, revision, factType, reason, ...attempt }) => {
      await append(reason ? 'SetAsideOrdered' : 'RetryOrdered', attempt, {
        ...{ service, follower, revision },
        ...(factType && { factType }),
        ...(reason && { reason }),
      });
      return undefined;
    },
    denied: ({ purpose, rule, code, ...attempt }) => {
      // What was not a purpose is not kept: it may be anything.
      const known = ofList(PURPOSES, purpose);
      return append('AccessDenied', attempt, { ...(known && { purpose: known }), rule, code });
    },
  };
};
