import type { CLOSURE_OUTCOMES, Zone } from '@resguardo/contracts';
import { businessDay, calendarVersion, localDay } from '@resguardo/contracts';
import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { CaseFileState, Closure } from './case-file.state.js';

/** days to challenge (CNPP 258), business days by the calendar of the state's courts. */
const CHALLENGE_DAYS = 10;
const DEFAULT_ZONE: Zone = 'America/Mexico_City';

export const zoneOfCase = ({ opened }: CaseFileState): Zone => opened?.zone ?? DEFAULT_ZONE;

/** The last day to challenge a closure notified at `noticeAt` and the calendar it was counted by (TC-2, TC-6). */
export const challengeWindow = (
  noticeAt: string,
  state: CaseFileState,
): { readonly challengeUntil: string; readonly calendar: string } => {
  const calendar = { kind: 'STATE_JUDICIARY', state: state.opened?.state ?? '09' } as const;
  const noticed = localDay(noticeAt, zoneOfCase(state));
  return {
    challengeUntil: businessDay(noticed, CHALLENGE_DAYS, calendar),
    calendar: calendarVersion(calendar, noticed)?.version ?? 'statutory-days-only',
  };
};

/** These offences are outside the opportunity criterion (CNPP 256). */
export const noOpportunityCriterion = (closureKind: string): Refusal | undefined =>
  closureKind === 'OPPORTUNITY_CRITERION' ? refuse('R-212', 'E-OPPORTUNITY') : undefined;

/** Time that passed closes nothing. */
export const noClosingForLapseOfTime = (ground: string): Refusal | undefined =>
  ground === 'LAPSE_OF_TIME' ? refuse('R-219', 'E-LAPSE-OF-TIME') : undefined;

/** The offence is prosecuted on the authority's own motion: that the family stopped coming is no ground. */
export const noClosingForLackOfInterest = (ground: string): Refusal | undefined =>
  ground === 'NO_INTEREST_OF_VICTIM' ? refuse('R-212', 'E-NO-NOTICE', { missing: 'GROUND' }) : undefined;

/** One proposal at a time, and none once the case is closed. */
export const nothingProposedYet = ({ closure, closed }: CaseFileState): Refusal | undefined =>
  closed ? refuse('R-212', 'E-CLOSED') : closure ? refuse('R-212', 'E-CLOSURE-PROPOSED') : undefined;

export const somethingIsProposed = ({ closure }: CaseFileState): Refusal | undefined =>
  closure ? undefined : refuse('R-212', 'E-NO-NOTICE', { missing: 'PROPOSAL' });

/** The last day on which either of the two may still challenge; undefined while one of them was not told. */
const lastDay = ({ victimUntil, adviserUntil }: Closure): string | undefined =>
  victimUntil && adviserUntil ? (victimUntil > adviserUntil ? victimUntil : adviserUntil) : undefined;

/** Both were told, and their time to challenge is over. */
export const noticeGivenAndWindowEnded = (at: string, state: CaseFileState): Refusal | undefined => {
  const { closure } = state;
  if (!closure) return refuse('R-212', 'E-NO-NOTICE', { missing: 'PROPOSAL' });
  const until = lastDay(closure);
  if (!until) return refuse('R-212', 'E-NO-NOTICE', { missing: closure.victimUntil ? 'LEGAL_ADVISER' : 'VICTIM' });
  return localDay(at, zoneOfCase(state)) <= until
    ? refuse('R-212', 'E-NO-NOTICE', { missing: 'WINDOW', until })
    : undefined;
};

/** How it ended must fit what happened: a judge speaks only about a closure that was challenged. */
export const outcomeFits = (
  outcome: (typeof CLOSURE_OUTCOMES)[number],
  at: string,
  state: CaseFileState,
): Refusal | undefined => {
  const challenged = state.closure?.challengedBy !== undefined;
  switch (outcome) {
    case 'NOT_CHALLENGED':
      return challenged ? refuse('R-212', 'E-CHALLENGED') : noticeGivenAndWindowEnded(at, state);
    case 'CONFIRMED_BY_JUDGE':
    case 'OVERTURNED_BY_JUDGE':
      return challenged ? undefined : refuse('R-212', 'E-NOT-CHALLENGED');
    case 'WITHDRAWN_BY_PROSECUTOR':
      return undefined;
  }
};

/** A case is closed after the way to challenge has ended, and not otherwise. */
export const closureIsFinal = (at: string, state: CaseFileState): Refusal | undefined => {
  if (state.closed) return refuse('R-212', 'E-CLOSED');
  const { closure } = state;
  if (closure?.outcome === 'CONFIRMED_BY_JUDGE' && lastDay(closure)) return undefined;
  return (
    noticeGivenAndWindowEnded(at, state) ??
    (closure?.outcome === 'NOT_CHALLENGED'
      ? undefined
      : closure?.challengedBy
        ? refuse('R-212', 'E-CHALLENGED')
        : refuse('R-212', 'E-NOT-FINAL'))
  );
};

export const isClosed = ({ closed }: CaseFileState): Refusal | undefined =>
  closed ? undefined : refuse('R-219', 'E-NOT-CLOSED');
