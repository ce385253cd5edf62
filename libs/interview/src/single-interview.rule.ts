import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { View } from './interview.state.js';
import { coverAt, othersHeld } from './interview.state.js';
import type { Rule } from './wish.js';

/** Additional interviews that may be held in the whole life of a case. */
export const MAX_ADDITIONAL = 2;

/**
 * A child tells it once. After an interview was held, here or in a case about the same facts, by whatever agency,
 * another one needs an authorisation that is valid at its start and unspent, or a court's order that somebody else has recorded (C-2).
 */
export const aSecondInterviewIsAuthorised: Rule<'at' | 'interviewId' | 'actor'> = ({ at, interviewId, actor }, view) =>
  othersHeld(view, interviewId) === 0 || coverAt(view, at, interviewId, actor)
    ? undefined
    : refuse('R-001', 'E-INT-DONE', { held: lastHeldAt(view) });

const lastHeldAt = ({ interviews, linked }: View): string =>
  interviews
    .flatMap(({ conductedAt, startedAt, sealedAt }) => conductedAt ?? startedAt ?? sealedAt ?? [])
    .sort()
    .at(-1) ??
  linked[0]?.otherCaseId ??
  '';

/** Two additional interviews have been held: a third only by order of a court. */
export const noThirdAdditionalInterview = (
  view: View,
  at: string,
  besides?: string,
  actor?: string,
): Refusal | undefined =>
  othersHeld(view, besides) > MAX_ADDITIONAL && coverAt(view, at, besides, actor)?.by !== 'COURT'
    ? refuse('R-011', 'E-INT-CAP', { most: MAX_ADDITIONAL })
    : undefined;

export const additionalInterviewsAreCapped: Rule<'at' | 'interviewId' | 'actor'> = ({ at, interviewId, actor }, view) =>
  noThirdAdditionalInterview(view, at, interviewId, actor);
