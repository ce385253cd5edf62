import { AGENCIES } from '@resguardo/contracts';
import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Interview, Party, View } from './interview.state.js';
import {
  interviewOf,
  ROUND_CLOSES_HOURS,
  roundClosesAt,
  roundEndsAt,
  roundIsClosed,
  URGENT_ROUND_HOURS,
} from './interview.state.js';
import { addHours, isBefore } from './time.js';
import type { Rule } from './wish.js';

/** Agencies that have neither asked nor declined. */
export const stillSilent = ({ answered }: Interview): readonly (typeof AGENCIES)[number][] =>
  AGENCIES.filter((agency) => !answered.includes(agency));

/** When the round of a plan made now closes. Shortened beforehand by Child Protection (C-6), urgent, or 72 h before the slot. */
export const closingOf = (at: string, slot: string, urgent: boolean, shortNoticeUntil: string | null): string =>
  shortNoticeUntil ?? (urgent ? addHours(at, URGENT_ROUND_HOURS) : roundClosesAt(slot));

/** R-005, C-6. Between planning and the slot lie 72 hours; or four, when urgent; or what Child Protection said, with reasons. */
export const thereIsTimeForQuestions: Rule<'at' | 'slot' | 'urgent'> = (
  { at, slot = at, urgent },
  { shortNoticeUntil },
) => {
  if (isBefore(slot, at)) return refuse('R-005', 'E-INT-PAST', { slot });
  const closes = closingOf(at, slot, urgent, shortNoticeUntil);
  const needed = urgent ? URGENT_ROUND_HOURS : ROUND_CLOSES_HOURS;
  if (shortNoticeUntil !== null)
    return isBefore(slot, closes) ? refuse('R-005', 'E-INT-NOTICE', { hours: needed }) : undefined;
  return isBefore(slot, addHours(at, needed)) ? refuse('R-005', 'E-INT-NOTICE', { hours: needed }) : undefined;
};

/** No session before each agency has asked or declined, or the round has closed. */
export const theRoundIsOver: Rule<'at' | 'interviewId'> = ({ at, interviewId = '' }, view) => {
  const interview = interviewOf(view, interviewId);
  if (!interview || roundIsClosed(interview, at) || interview.closesAt === null) return undefined;
  const silent = stillSilent(interview);
  return silent.length === 0
    ? undefined
    : refuse('R-005', 'E-INT-ROUND', { closes: interview.closesAt, silent: silent.join(', ') });
};

/** One set per agency, and while the round is open. */
export const oneSetWhileTheRoundIsOpen = (interview: Interview, party: Party, at: string): Refusal | undefined => {
  if (roundIsClosed(interview, at))
    return refuse('R-005', 'E-INT-ROUND-CLOSED', { closed: roundEndsAt(interview) ?? '' });
  return interview.answered.includes(party) ? refuse('R-005', 'E-INT-SET', { party }) : undefined;
};

/** C-16. What has closed by now and no fact says so yet: the next command records it, at the time at which it closed. */
export const roundsClosedMeanwhile = ({ interviews }: View, at: string): readonly NewInterviewFact[] =>
  interviews
    .filter((one) => one.closesAt !== null && !one.roundClosed && !one.cancelled && roundIsClosed(one, at))
    .map((one) => ({
      type: 'QuestionRoundClosed',
      data: { interviewId: one.interviewId, silent: stillSilent(one) },
      occurredAt: roundEndsAt(one) ?? at,
    }));

const BEGIN: readonly string[] = ['ForensicInterviewStarted', 'ForensicInterviewConducted'];

/** The session ends a round that was still open: nobody is waited for any more. */
export const roundsEndedBySession = (
  decided: readonly NewInterviewFact[],
  { interviews }: View,
  at: string,
): readonly NewInterviewFact[] =>
  decided
    .filter(({ type }) => BEGIN.includes(type))
    .flatMap(({ data, occurredAt }) =>
      interviews
        .filter((one) => 'interviewId' in data && one.interviewId === data.interviewId)
        .filter((one) => one.closesAt !== null && !one.roundClosed && !roundIsClosed(one, occurredAt ?? at))
        .map((one) => ({
          type: 'QuestionRoundClosed' as const,
          data: { interviewId: one.interviewId, silent: stillSilent(one) },
          ...(occurredAt && { occurredAt }),
        })),
    );
