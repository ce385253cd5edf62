import { setTimeout } from 'node:timers/promises';
import { DEADLINE_MS, RevisionConflict, StoreUnavailable } from '@resguardo/eventing';

/** `kept`: in the agency's own service, until the timeline can be reached (D12). */
export type KeptInstead = { readonly kind: 'kept'; readonly keptAt: string };

export interface Keeping {
  /** Durable when it resolves; with when. Undefined: its id was kept with another content. Absent: this is not kept. */
  readonly keep?: () => Promise<string | undefined>;
  /** Something that was said earlier and must come before it still waits. */
  readonly mustWait?: () => Promise<boolean>;
  readonly deadlineMs?: number;
  /** How long the timeline is tried before something is kept; milliseconds. */
  readonly keepAfterMs?: number;
  /** When it was said, by the machine's clock: it may have waited for its turn. Absent: now. */
  readonly began?: number;
}

const KEEP_AFTER_MS = 2_500;

/**
 * Says it to the timeline until that answers. What may never be lost to an outage is kept once nobody has answered for a while, and at once behind
 * what waits already (D12).
 * @throws StoreUnavailable nobody answered in time, and it is not kept; the outcome may be unknown, and the same may be said again.
 */
export const answeredOrKept = async <Answer>(
  say: () => Promise<Answer>,
  { keep, mustWait, deadlineMs = DEADLINE_MS, keepAfterMs = KEEP_AFTER_MS, began = Date.now() }: Keeping,
): Promise<Answer | KeptInstead | { readonly kind: 'busy' } | { readonly kind: 'reused' }> => {
  const kept = async (durably: NonNullable<Keeping['keep']>) => {
    const keptAt = await durably();
    return keptAt === undefined ? ({ kind: 'reused' } as const) : ({ kind: 'kept', keptAt } as const);
  };
  let away: StoreUnavailable | undefined;
  for (let tries = 0; ; tries++) {
    if (tries > 0 && Date.now() - began > (away && keep ? keepAfterMs : deadlineMs)) {
      if (away && keep) return kept(keep);
      if (away) throw away;
      return { kind: 'busy' };
    }
    // Nothing of a case overtakes what waits: a fact waits behind it, a wish is wished again.
    if (await mustWait?.()) return keep ? kept(keep) : { kind: 'busy' };
    try {
      return await say();
    } catch (error) {
      if (error instanceof StoreUnavailable) {
        away = error;
        await setTimeout(Math.min(20 * 2 ** tries, 500));
      } else if (!(error instanceof RevisionConflict)) throw error;
      else away = undefined;
    }
  }
};
