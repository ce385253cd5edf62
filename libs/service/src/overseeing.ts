import { holds, type Service } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import {
  type FollowerReport,
  HISTORY_FAULTS,
  type RepairOutcome,
  ServiceAway,
  type ServiceFollowers,
  STANDING_ERRORS,
  STANDING_SHOWN,
  type Upkeep,
} from '@resguardo/oversight';
import {
  type Call,
  isAway,
  mayNotAsk,
  type RemoteEventStore,
  remoteEventStore,
  serviceSigner,
} from '@resguardo/store-remote';
import { z } from 'zod';
import type { Callers } from './callers.js';
import { RepairCall } from './calls.js';
import type { OnRecord } from './order-proof.js';
import { type CommonConfig, serviceKeyIn } from './service-config.js';

/** How long a service may take to say how it is, and to mend it, in milliseconds: the gateway waits no longer for all of it together. */
const REPORT_MS = 4_000;
const REPAIR_MS = 10_000;

/**
 * What a service answers oversight about its own followers, and does for it: in the name of a person alone, who shows their token and
 * whose permission is asked for here once more.
 */
export const followerCalls = (
  service: Service,
  followers: ServiceFollowers,
  onRecord: (proof: string, order: OnRecord) => Promise<boolean>,
): Readonly<Record<'followers' | 'upkeep' | 'repair', Call<Caller>>> => {
  const whoMay = ({ service: asking, caller }: Parameters<Call<Caller>>[1], permission: string): Caller => {
    if (asking !== 'oversight') throw mayNotAsk('only oversight asks this');
    if (!caller) throw mayNotAsk('this is asked with a token');
    if (!holds(caller.role, caller.agency, permission)) throw mayNotAsk('their role may not ask this');
    return caller;
  };
  return {
    followers: async (_body, by) => ({ reports: await followers.report(whoMay(by, 'integrity:read')) }),
    upkeep: async (_body, by) => followers.upkeep(whoMay(by, 'integrity:read')),
    repair: async (body, by) => {
      const caller = whoMay(by, 'integrity:repair');
      const { follower, standing, revision, reason, proof } = RepairCall.parse(body);
      if (!(await onRecord(proof, { service, actor: caller.sub, follower, standing, revision, reason })))
        throw mayNotAsk('the order is not on record');
      return { outcome: await followers.repair(caller, { follower, standing, revision, ...(reason && { reason }) }) };
    },
  };
};

const Instant = z.iso.datetime();
const Count = z.number().int().min(0);
/** What one service says is held against this, so that none of them can take the page of all away. */
const Reports = z.object({
  reports: z
    .array(
      z.object({
        name: z.string().max(60),
        kind: z.enum(['projection', 'process']),
        leavesOut: z.boolean(),
        behind: Count.optional(),
        waitingSince: Instant.optional(),
        standingInAll: Count,
        gaps: Count,
        standing: z
          .array(
            z.object({
              ...{ id: z.string().max(60), caseId: z.string().max(80), revision: Count, since: Instant },
              ...{
                factType: z.string().max(80).optional(),
                error: z.enum(STANDING_ERRORS),
                tries: Count,
                waiting: Count,
              },
            }),
          )
          .max(STANDING_SHOWN),
      }),
    )
    .max(40),
});
const Upkept = z.object({
  copies: z
    .object({ backup: Instant.optional(), drill: z.object({ at: Instant, whole: z.boolean() }).optional() })
    .optional(),
  history: z
    .object({
      ...{ at: Instant, events: Count, unsigned: Count },
      broken: z
        .object({
          why: z.enum(HISTORY_FAULTS),
          ...{ position: z.string().max(40).optional(), checkpoint: Count.optional(), since: Instant },
        })
        .optional(),
    })
    .optional(),
});

const Repaired = z.object({
  outcome: z.enum(['GOES_ON', 'STILL_STANDS', 'NOT_STANDING', 'NOT_ALLOWED'] satisfies RepairOutcome[]),
});

/** The followers of a service that runs apart, asked in the caller's name with their token. */
export const remoteFollowers = (
  storeFor: (patienceMs: number) => Pick<RemoteEventStore, 'call'>,
  callers: Callers,
): ServiceFollowers => {
  const [reports, repairs] = [storeFor(REPORT_MS), storeFor(REPAIR_MS)];
  const asked = async (
    store: Pick<RemoteEventStore, 'call'>,
    caller: Caller,
    name: string,
    said: object,
  ): Promise<unknown> => {
    try {
      return await callers.as(caller, () => store.call(name, said));
    } catch (error) {
      if (isAway(error)) throw new ServiceAway('nobody answers there', { cause: error });
      throw error;
    }
  };
  return {
    report: async (caller) =>
      Reports.parse(await asked(reports, caller, 'followers', {})).reports as readonly FollowerReport[],
    upkeep: async (caller) => Upkept.parse(await asked(reports, caller, 'upkeep', {})) as Upkeep,
    repair: async (caller, order) => Repaired.parse(await asked(repairs, caller, 'repair', order)).outcome,
  };
};

/** The services at these addresses, as oversight asks each about its followers. */
export const openOverseen = (
  addresses: ReadonlyMap<Service, readonly string[]>,
  { SECRETS }: Pick<CommonConfig, 'SECRETS'>,
  callers: Callers,
  traceparent?: () => string | undefined,
): { readonly services: ReadonlyMap<Service, ServiceFollowers>; close(): void } => {
  const key = serviceKeyIn(SECRETS, 'oversight');
  const stores: RemoteEventStore[] = [];
  const storeAt = (service: Service, at: readonly string[]) => (timeoutMs: number) => {
    const store = remoteEventStore({
      addresses: at,
      sign: serviceSigner(key, { audience: service }),
      onBehalf: callers.now,
      timeoutMs,
      ...(traceparent && { traceparent }),
    });
    stores.push(store);
    return store;
  };
  return {
    services: new Map([...addresses].map(([service, at]) => [service, remoteFollowers(storeAt(service, at), callers)])),
    close: () => {
      for (const store of stores) store.close();
    },
  };
};
