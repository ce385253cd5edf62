import type { Ruling, Said } from '@resguardo/desk';
import type { AccessLog, CaseAccess, Open, Opened } from '@resguardo/home';
import type { Caller } from '@resguardo/identity';
import type { ImportAnswer, SaidImport } from '@resguardo/interchange';
import type { AccessRecorder } from '@resguardo/oversight';
import { type RemoteEventStore, remoteEventStore, serviceSigner, type Statement } from '@resguardo/store-remote';
import type { Callers } from './callers.js';
import { type CommonConfig, serviceKeyIn } from './service-config.js';

/** Name under which services address coordination in what they sign. */
export const TABLE = 'coordination';

/** A set becomes many facts; the gateway waits longer. Taken again it changes nothing, so that one which takes longer arrives all the same. */
const IMPORT_MS = 12_000;

/** In whose name something is asked: a caller with their token at hand, or on this service's word. */
export type Voice = { readonly caller: Caller } | { readonly statement: Statement };

/** The shared table in coordination, as the other services see it. Everything is asked in somebody's name. */
export interface Table {
  readonly store: RemoteEventStore;
  readonly access: CaseAccess;
  readonly log: AccessLog & AccessRecorder;
  readonly open: Open;
  rule(name: string, said: Said, voice: Voice): Promise<Ruling>;
  /** Brings a platform's set to the intake, as of when it was said. */
  import(said: SaidImport, importedAt: string, voice: Voice): Promise<ImportAnswer>;
  append(voice: Voice, ...appended: Parameters<RemoteEventStore['append']>): ReturnType<RemoteEventStore['append']>;
  /** Writes down a reading that was made while coordination was away. */
  recordLate(name: string, said: object, statement: Statement): Promise<void>;
}

export const tableAt = (
  addresses: readonly string[],
  service: string,
  { SECRETS }: Pick<CommonConfig, 'SECRETS'>,
  callers: Callers,
  traceparent?: () => string | undefined,
): Table => {
  const sign = serviceSigner(serviceKeyIn(SECRETS, service), { audience: TABLE });
  const store = remoteEventStore({ addresses, sign, onBehalf: callers.now, ...(traceparent && { traceparent }) });
  const as = <T>(voice: Voice, work: () => T): T =>
    'caller' in voice ? callers.as(voice.caller, work) : callers.asStated(voice.statement, work);
  const inName = <Answer>(voice: Voice, name: string, said: object): Promise<Answer> =>
    as(voice, () => store.call(name, said)) as Promise<Answer>;
  const recorded =
    (name: string) =>
    async ({ caller, ...said }: { readonly caller: object }): Promise<void> => {
      await inName({ caller: caller as Caller }, name, said);
    };
  return {
    store,
    access: { check: (caller, caseId, wish) => inName({ caller }, 'access', { caseId, wish }) },
    log: {
      viewed: recorded('viewed'),
      denied: recorded('denied'),
      exported: recorded('exported'),
      ordered: async ({ caller, ...order }) =>
        (await inName<{ readonly proof: string }>({ caller: caller as Caller }, 'ordered', order)).proof,
    },
    open: ({ caseId, eventId, revision }, classes, _closedToo, { caller, operation, purpose }) =>
      inName<Opened>({ caller }, 'open', { caseId, eventId, revision, classes, operation, purpose }),
    rule: (name, said, voice) => inName(voice, 'rule', { name, said }),
    import: (said, importedAt, voice) =>
      as(voice, () => store.call('import', { ...said, importedAt }, IMPORT_MS)) as Promise<ImportAnswer>,
    append: (voice, ...appended) => as(voice, () => store.append(...appended)),
    recordLate: async (name, said, statement) => {
      await inName({ statement }, name, said);
    },
  };
};
