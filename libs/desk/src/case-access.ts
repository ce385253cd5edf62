import { isId } from '@resguardo/contracts';
import { factSpec } from '@resguardo/contracts/timeline';
import type { EventStore, Refusal } from '@resguardo/eventing';
import { about, folded, NO_STREAM, refuse, upcast } from '@resguardo/eventing';
import type { Access, Caller, CaseAccessState, Wish } from '@resguardo/identity';
import { accessTo, caseAccess, noAccess } from '@resguardo/identity';

export type Checked =
  | { readonly kind: 'allowed'; readonly access: Extract<Access, { ok: true }>; readonly state: CaseAccessState }
  | { readonly kind: 'denied'; readonly refusal: Refusal }
  | { readonly kind: 'no-such-case' };

/** May this caller act on, or read, this case now? Answered from the head of the case's stream, never from a read model (D5, R-701, R-702). */
export interface CaseAccess {
  exists(caseId: string): Promise<boolean>;
  /** What the stream says of who may open it; for questions that are not a person's act (R-706 in a search). */
  stateOf(caseId: string): Promise<CaseAccessState>;
  check(caller: Caller, caseId: string, wish: Wish): Promise<Checked>;
}

export const caseAccessOver = (store: Pick<EventStore, 'read'>, clock: () => string): CaseAccess => {
  const states = folded<CaseAccessState>(
    store,
    () => noAccess,
    (state, event) => {
      const spec = factSpec(event.type);
      return caseAccess(state, { type: event.type, data: spec ? upcast(event, spec) : {}, about: about(event) });
    },
  );
  return {
    exists: async (caseId) => isId(caseId) && (await states.at(`case-${caseId}`)).revision > NO_STREAM,
    stateOf: async (caseId) => (await states.at(`case-${caseId}`)).state,
    check: async (caller, caseId, wish) => {
      if (!isId(caseId)) return { kind: 'no-such-case' };
      const { state, revision } = await states.at(`case-${caseId}`);
      if (revision === NO_STREAM) return { kind: 'no-such-case' };
      const access = accessTo(caller, state, clock(), wish);
      return access.ok
        ? { kind: 'allowed', access, state }
        : { kind: 'denied', refusal: refuse(access.rule, access.code, { caseId }) };
    },
  };
};
