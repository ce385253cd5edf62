import type { Ruling, Said } from '@resguardo/desk';
import type { AccessLog, CaseAccess, Open, Opened } from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import type { AccessRecorder } from '@resguardo/oversight';
import { type RemoteEventStore, remoteEventStore, serviceSigner } from '@resguardo/store-remote';
import type { Callers } from './callers.js';
import { type CommonConfig, serviceKeyIn } from './service-config.js';

/** Name under which services address coordination in what they sign. */
export const TABLE = 'coordination';

/** The shared table in coordination, as the other services see it. Everything is asked in the name of a caller, or of a process. */
export interface Table {
  readonly store: RemoteEventStore;
  readonly access: CaseAccess;
  readonly log: AccessLog & AccessRecorder;
  rule(name: string, said: Said, caller: Caller): Promise<Ruling>;
  readonly open: Open;
}

export const tableAt = (
  addresses: readonly string[],
  service: string,
  { SECRETS }: Pick<CommonConfig, 'SECRETS'>,
  callers: Callers,
): Table => {
  const sign = serviceSigner(serviceKeyIn(SECRETS, service), { audience: TABLE });
  const store = remoteEventStore({ addresses, sign, onBehalf: callers.now });
  const inName = <Answer>(caller: Caller, name: string, said: object): Promise<Answer> =>
    callers.as(caller, () => store.call(name, said)) as Promise<Answer>;
  const recorded =
    (name: string) =>
    async ({ caller, ...said }: { readonly caller: object }): Promise<void> => {
      await inName(caller as Caller, name, said);
    };
  return {
    store,
    access: { check: (caller, caseId, wish) => inName(caller, 'access', { caseId, wish }) },
    log: { viewed: recorded('viewed'), denied: recorded('denied'), exported: recorded('exported') },
    rule: (name, said, caller) => inName(caller, 'rule', { name, said }),
    open: ({ caseId, eventId, revision }, classes, _closedToo, { caller, operation, purpose }) =>
      inName<Opened>(caller, 'open', { caseId, eventId, revision, classes, operation, purpose }),
  };
};
