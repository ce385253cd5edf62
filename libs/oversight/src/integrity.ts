import { isId, MATRIX, type Service, type SetAsideReason } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { Broken } from '@resguardo/eventing';
import { StoreUnavailable } from '@resguardo/eventing';
import type { Caller } from '@resguardo/identity';
import type { AccessRecorder } from './access-recorder.js';
import { type NamedCase, type ReadModel, takesPart } from './audit.js';
import type { CaseParts } from './case-parts.projection.js';

/** Why a follower could not take a fact in: a code, because what the program says may repeat what the fact holds. */
export const STANDING_ERRORS = [
  /** What came on the feed is no message, or none that this program can read. */
  'UNREADABLE',
  /** Of a shape that a newer program wrote. */
  'NEWER_THAN_PROGRAM',
  /** The database does not take what would have to be written. */
  'NOT_STORABLE',
  /** A process could not get done what follows from it. */
  'NOT_SETTLED',
  /** The view's own program failed on it. */
  'NOT_APPLICABLE',
] as const;
export type StandingError = (typeof STANDING_ERRORS)[number];

/** A case that stands still in a follower (D4). */
export interface StandingCase {
  /** Names it towards this service for as long as the service runs; it says nothing by itself. */
  readonly id: string;
  /** As the message says it; not always a case. */
  readonly caseId: string;
  readonly revision: number;
  /** As the service was told of it; absent where the message could not be read. */
  readonly factType?: string;
  /** UTC, ISO 8601. */
  readonly since: string;
  readonly error: StandingError;
  readonly tries: number;
  /** Messages that wait, this one included. */
  readonly waiting: number;
}

/** As many cases as a follower names at once. */
export const STANDING_SHOWN = 100;

export interface FollowerReport {
  readonly name: string;
  readonly kind: 'projection' | 'process';
  /** Whether a fact may be set aside in it at all: not in what acts on facts, nor in the audit. */
  readonly leavesOut: boolean;
  /** Facts that it has not handled yet; undefined where the feed does not answer. */
  readonly behind?: number;
  /** Since when (UTC, ISO 8601) the first of them waits, where the feed knows it. */
  readonly waitingSince?: string;
  /** Those that stand longest, `STANDING_SHOWN` at most: a defect may stop every case there is. */
  readonly standing: readonly StandingCase[];
  readonly standingInAll: number;
  /** Cases that wait for a fact which did not come, though later ones did. */
  readonly gaps: number;
}

export interface RepairOrder {
  readonly follower: string;
  /** `StandingCase.id`. */
  readonly standing: string;
  readonly revision: number;
  /** Sets the fact aside for ever; without it the case is tried again. */
  readonly reason?: SetAsideReason;
  /** That the order is on record, where the service runs apart. */
  readonly proof?: string;
}

/** What came of an order. `NOT_STANDING`: it does not stand there any more, somebody was faster. `NOT_ALLOWED`: this is never set aside. */
export type RepairOutcome = 'GOES_ON' | 'STILL_STANDS' | 'NOT_STANDING' | 'NOT_ALLOWED';

/** The same of an order that may not have got there, or that could not be put on record: then it was not given. */
export type OrderOutcome = RepairOutcome | 'NOT_RECORDED' | 'AWAY';

/** What the last verification of the whole history found (D6). Times are UTC, ISO 8601. */
export interface HistoryCheck {
  readonly at: string;
  readonly events: number;
  /** How many at the end no signature speaks of. */
  readonly unsigned: number;
  /** The first event that is not what it was, by its place in the history, which says nothing of its case. */
  readonly broken?: {
    readonly why: Broken['why'];
    readonly position?: string;
    /** Number of the signature that does not hold. */
    readonly checkpoint?: number;
    /** The first verification that found the history broken. */
    readonly since: string;
  };
}

/** A backup was restored for a trial. */
export interface Drill {
  readonly at: string;
  /** Everything came back as it was. */
  readonly whole: boolean;
}

/** What was done last to keep what a service keeps. */
export interface Upkeep {
  /** Absent where nothing is kept that is not made anew from the history. */
  readonly copies?: { readonly backup?: string; readonly drill?: Drill };
  /** Of who keeps the history; absent before the first verification. */
  readonly history?: HistoryCheck;
}

/** Nobody answers at a service: whether what was ordered was done is not known. */
export class ServiceAway extends Error {
  override readonly name = 'ServiceAway';
}

/** The followers of one service, here or at another address. @throws ServiceAway */
export interface ServiceFollowers {
  report(caller: Caller): Promise<readonly FollowerReport[]>;
  upkeep(caller: Caller): Promise<Upkeep>;
  repair(caller: Caller, order: RepairOrder): Promise<RepairOutcome>;
}

export interface IntegrityParts {
  /** Every service that follows the timeline, in the order in which they are shown. */
  readonly services: ReadonlyMap<Service, ServiceFollowers>;
  readonly cases: ReadModel<CaseParts>;
  readonly recorder: AccessRecorder;
  /** Now, UTC, ISO 8601. */
  readonly clock: () => string;
  /** Told of a service that answered something else than a report. */
  readonly onTrouble: (service: Service, error: Error) => void;
}

/** No service of this name is known. */
export class NoSuchService extends Error {
  override readonly name = 'NoSuchService';
}

/** The kind of a fact, as far as the reader may know that there is one of it. */
const typeFor = ({ role }: Caller, type: string | undefined, named: boolean): string | null => {
  const spec = type === undefined ? undefined : factSpec(type);
  if (!spec || type === undefined) return null;
  // An administrator is told of no case, so the kind is said of none; they cannot decide without it.
  return role === 'ADMINISTRATOR' || (named && MATRIX[spec.cls].SUPERVISOR === 'read') ? type : null;
};

const conditionOf = ({ behind, gaps, standingInAll }: FollowerReport) =>
  standingInAll > 0
    ? 'PARKED'
    : gaps > 0
      ? 'GAPS'
      : behind === undefined
        ? 'FEED_AWAY'
        : behind > 0
          ? 'BEHIND'
          : 'UP_TO_DATE';

const BROKEN: Readonly<Record<Broken['why'], string>> = {
  altered: 'ALTERED',
  missing: 'MISSING',
  moved: 'MOVED',
  'never chained': 'NEVER_CHAINED',
  miscounted: 'MISCOUNTED',
  'not what was signed': 'NOT_WHAT_WAS_SIGNED',
  'checkpoint forged': 'CHECKPOINT_FORGED',
  'checkpoint missing': 'CHECKPOINT_MISSING',
};

/** Everything that can be found wrong with a history. */
export const HISTORY_FAULTS = Object.keys(BROKEN) as Broken['why'][];

/** As who keeps it says: nobody else speaks of the history. */
const historyOf = (answers: readonly { readonly service: Service; readonly upkeep: Upkeep }[]) => {
  const history = answers.find(({ service }) => service === 'coordination')?.upkeep.history;
  if (!history) return null;
  const { at, events, unsigned, broken } = history;
  return {
    ...{ at, events, unsigned },
    broken: broken
      ? {
          ...{ why: BROKEN[broken.why], since: broken.since },
          ...{ position: broken.position ?? null, checkpoint: broken.checkpoint ?? null },
        }
      : null,
  };
};

/** The page *Verificación e integridad*: how every service's view of the timeline is, and what is done about it (D4). */
export const integrity = ({ services, cases, recorder, clock, onTrouble }: IntegrityParts) => {
  /** Cases that the reader may know of: a supervisor those in which their agency takes part, an administrator none. */
  const namesFor = async (caller: Caller, ids: readonly string[]): Promise<ReadonlyMap<string, NamedCase>> => {
    if (caller.role !== 'SUPERVISOR' || ids.length === 0) return new Map();
    const found = await cases.documents.query<{ key: string; doc: CaseParts }>(
      (table) => `select key, doc from ${table} where key = any($1)`,
      [ids],
    );
    const parts = new Map(found.map(({ key, doc }) => [key, doc]));
    return new Map(
      ids
        .filter((id) => parts.has(id) && takesPart(caller, parts.get(id)))
        .map((id) => [id, { caseId: id, folio: parts.get(id)?.folio || null }]),
    );
  };

  const reportOf = async (caller: Caller, [service, followers]: readonly [Service, ServiceFollowers]) => {
    try {
      const [reports, upkeep] = await Promise.all([followers.report(caller), followers.upkeep(caller)]);
      return { service, condition: 'ANSWERED', reports, upkeep } as const;
    } catch (error) {
      const nothing = { reports: [], upkeep: {} as Upkeep };
      if (error instanceof ServiceAway) return { service, condition: 'AWAY', ...nothing } as const;
      onTrouble(service, error as Error);
      return { service, condition: 'FAILED', ...nothing } as const;
    }
  };

  const order = async (
    caller: Caller,
    operation: string,
    service: string,
    asked: RepairOrder,
  ): Promise<OrderOutcome> => {
    const [known, followers] = [...services].find(([name]) => name === service) ?? [];
    if (!known || !followers) throw new NoSuchService(service);
    try {
      const follower = (await followers.report(caller)).find(({ name }) => name === asked.follower);
      const standing = follower?.standing.find(
        ({ id, revision }) => id === asked.standing && revision === asked.revision,
      );
      // Nothing was done, and nothing stands there that the order could be about.
      if (!follower || !standing) return 'NOT_STANDING';
      const { caseId, revision, factType } = standing;
      let proof: string | undefined;
      try {
        proof = await recorder.ordered({
          ...{ caller, operation, service: known, follower: follower.name, standing: asked.standing, revision },
          cases: isId(caseId) ? [caseId] : [],
          ...(factType !== undefined && { factType }),
          ...(asked.reason && { reason: asked.reason }),
        });
      } catch (error) {
        if (error instanceof StoreUnavailable) return 'NOT_RECORDED';
        throw error;
      }
      return await followers.repair(caller, { ...asked, ...(proof && { proof }) });
    } catch (error) {
      if (error instanceof ServiceAway) return 'AWAY';
      throw error;
    }
  };

  return {
    /**
     * Where it names a case it is recorded before it is answered. Whoever is told of none reads of none: they are answered also while
     * nothing can be recorded, which is when they look.
     */
    overview: async (caller: Caller) => {
      const answers = await Promise.all([...services].map((one) => reportOf(caller, one)));
      const standing = answers.flatMap(({ reports }) => reports.flatMap((report) => report.standing));
      const ids = [...new Set(standing.map(({ caseId }) => caseId))].filter(isId);
      const named = await namesFor(caller, ids);
      if (named.size > 0)
        await recorder.viewed({
          ...{ caller, operation: 'integrity', cases: [...named.keys()] },
          ...{ classes: ['D0'], purpose: 'REVIEW', task: 'supervision' },
        });
      return {
        at: clock(),
        history: historyOf(answers),
        services: answers.map(({ service, condition, reports, upkeep: { copies } }) => ({
          service,
          condition,
          copies: copies ? { backup: copies.backup ?? null, drill: copies.drill ?? null } : null,
          followers: reports.map((report) => ({
            name: report.name,
            kind: report.kind === 'process' ? 'PROCESS' : 'PROJECTION',
            leavesOut: report.leavesOut,
            condition: conditionOf(report),
            behind: report.behind ?? null,
            waitingSince: report.waitingSince ?? null,
            parkedInAll: report.standingInAll,
            gaps: report.gaps,
            parked: report.standing.map(({ id, caseId, revision, factType, since, error, tries, waiting }) => ({
              ...{ id, revision, since, error, tries, waiting },
              case: named.get(caseId) ?? null,
              factType: typeFor(caller, factType, named.has(caseId)),
            })),
          })),
        })),
      };
    },
    retry: (caller: Caller, service: string, asked: Omit<RepairOrder, 'reason'>) =>
      order(caller, 'retryParkedCase', service, asked),
    setAside: (caller: Caller, service: string, asked: RepairOrder & { readonly reason: SetAsideReason }) =>
      order(caller, 'setParkedCaseAside', service, asked),
  };
};
export type Integrity = ReturnType<typeof integrity>;
