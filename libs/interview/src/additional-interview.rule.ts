import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { Request, View } from './interview.state.js';
import { coverAt, held, othersHeld, roundEndsAt } from './interview.state.js';
import { noThirdAdditionalInterview } from './single-interview.rule.js';
import { daysBetween, isBefore } from './time.js';
import type { Rule } from './wish.js';

/** Calendar days: how old the impact opinion may be, and how long an authorisation lasts. */
export const OPINION_DAYS = 7;
export const AUTHORISATION_DAYS = 15;

/** An additional interview keeps to the new topics and to the same intermediary, unless the child asked for another. */
export const theAdditionalInterviewKeepsToItsTopics: Rule<
  'at' | 'interviewId' | 'actor' | 'topics' | 'intermediary'
> = ({ at, interviewId, actor, topics, intermediary }, view) => {
  if (othersHeld(view, interviewId) === 0) return undefined;
  const begun = view.interviews.find((one) => one.interviewId === interviewId && held(one));
  // What has begun keeps what it began under, though that has expired since; nothing authorised meanwhile is its own (C-2).
  const cover = begun
    ? view.authorisations.find(({ authorisationId }) => authorisationId === begun.authorisationId)
    : coverAt(view, at, interviewId, actor);
  if (!cover) return undefined;
  const allowed = cover.topics;
  const beyond = allowed ? topics.filter((topic) => !allowed.includes(topic)) : [];
  if (beyond.length > 0) return refuse('R-010', 'E-INT-EXTRA', { why: 'TOPICS', topics: beyond.join(', ') });
  return cover.sameIntermediary && intermediary && intermediary.intermediaryId !== cover.sameIntermediary
    ? refuse('R-010', 'E-INT-EXTRA', { why: 'INTERMEDIARY' })
    : undefined;
};

/** What is asked for: a new fact, unknown when the round closed, that the record cannot answer. Silence in the round is no ground. */
export const theRequestStatesANewFact = (
  { ground, newFactKnownAt }: { readonly ground: string; readonly newFactKnownAt: string },
  at: string,
  view: View,
): Refusal | undefined => {
  const last = view.interviews.filter(held).at(-1);
  if (othersHeld(view) === 0) return refuse('R-010', 'E-INT-EXTRA', { why: 'NO_INTERVIEW_YET' });
  if (ground !== 'NEW_FACT') return refuse('R-010', 'E-INT-EXTRA', { why: 'GROUND', ground });
  const closed = last && (roundEndsAt(last) ?? last.startedAt ?? last.sealedAt);
  if (closed && !isBefore(closed, newFactKnownAt))
    return refuse('R-010', 'E-INT-EXTRA', { why: 'KNOWN_BEFORE', closed });
  return noThirdAdditionalInterview(view, at);
};

type Approver = Readonly<{ actor: string; agency: string; role: string }>;

/** Which of the two keys this person holds for this request (C-12). */
export const keyOf = (
  { agency, role }: Approver,
  request: Request,
): 'CHILD_PROTECTION' | 'ASKER_SUPERVISOR' | undefined =>
  agency === 'CHILD_PROTECTION' && role === 'REPRESENTATIVE'
    ? 'CHILD_PROTECTION'
    : role === 'SUPERVISOR' && agency === request.agency
      ? 'ASKER_SUPERVISOR'
      : undefined;

/** R-010, C-12. Two keys of two persons, neither of them who asked. */
export const aKeyOfTheirOwn = (request: Request | undefined, by: Approver): Refusal | undefined => {
  if (!request) return refuse('R-010', 'E-EXTRA-UNKNOWN');
  if (request.outcome !== null) return refuse('R-010', 'E-EXTRA-DECIDED', { outcome: request.outcome });
  if (request.actor === by.actor) return refuse('R-010', 'E-EXTRA-OWN');
  return keyOf(by, request) ? undefined : refuse('R-010', 'E-EXTRA-KEY', { agency: request.agency });
};

/** Before anyone approves: the child agrees, and an opinion on the harm is at most seven days old. */
export const theRequestIsReady = ({ opinionAt, assent }: Request, at: string, { zone }: View): Refusal | undefined => {
  if (!assent) return refuse('R-010', 'E-INT-EXTRA', { why: 'ASSENT' });
  return opinionAt === null || daysBetween(opinionAt, at, zone) > OPINION_DAYS
    ? refuse('R-010', 'E-INT-EXTRA', { why: 'OPINION', days: OPINION_DAYS })
    : undefined;
};

/** The intermediary who must hold it, unless the child asked for another. */
export const intermediaryToKeep = ({ assent }: Request, view: View): string | undefined =>
  assent?.otherIntermediaryAsked ? undefined : view.interviews.filter(held).at(-1)?.intermediary?.intermediaryId;
