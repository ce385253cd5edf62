import type { StateKey, Zone } from '@resguardo/contracts';
import { afterBusinessDays } from '@resguardo/contracts';
import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Hearing } from './interview.state.js';

/** Business days before a hearing by which special measures are asked for. */
export const MEASURES_DAYS = 5;
/** Hours within which a reported coercive preparation is reviewed. */
export const REVIEW_HOURS = 72;

/** End of the fifth business day of the courts before the day of the hearing, by the calendar and clock of the case's state. */
export const measuresDue = (on: string, zone: Zone, state: StateKey): string =>
  afterBusinessDays(on, -MEASURES_DAYS, zone, { kind: 'STATE_JUDICIARY', state });

/** A hearing with the child has an approved plan of no contact before it is ready. */
export const thereIsANoContactPlan = (hearing: Hearing | undefined): Refusal | undefined =>
  hearing?.childAttends && !hearing.noContactPlan ? refuse('R-120', 'E-NOCONTACT', { on: hearing.on }) : undefined;

/** All four: entry, waiting room, timing, screen or video. */
export const thePlanIsWhole = (plan: Readonly<Record<string, boolean>>): Refusal | undefined => {
  const missing = Object.keys(plan).filter((element) => !plan[element]);
  return missing.length > 0 ? refuse('R-120', 'E-NOCONTACT', { missing: missing.join(', ') }) : undefined;
};
