import { AGENCIES } from '@resguardo/contracts';
import type { NewInterviewFact } from '@resguardo/contracts/timeline';
import { refuse } from '@resguardo/eventing';
import type { Decision } from './decision.js';
import { firstRefusal, stamped, stamps } from './decision.js';
import type { Interview, Known, Named, Standing, View } from './interview.state.js';
import { coverAt, held, interviewOf, isOver, othersHeld } from './interview.state.js';
import { credentialOf } from './planning.decider.js';
import { SEAL_HOURS, theRecordIsSealedOnce } from './record-seal.rule.js';
import type { Rules, WishOf } from './rules.js';
import { GO_ON, HELD_AS_PLANNED, HELD_OUTSIDE, IN_SESSION, START, WENT_ON } from './rules.js';
import { addHours, daysBetween, isBefore } from './time.js';
import { venueIsFlagged } from './venue.rule.js';

/** Why an interview that starts at this moment may be held. Whatever covers it is spent now (C-2). */
const standingAt = (
  view: View,
  at: string,
  interviewId: string,
  actor: string | undefined,
): { standing: Standing; authorisationId?: string } => {
  if (othersHeld(view, interviewId) === 0) return { standing: 'FIRST' };
  const cover = coverAt(view, at, interviewId, actor);
  return cover ? { standing: 'COVERED', authorisationId: cover.authorisationId } : { standing: 'UNCOVERED' };
};

export const startInterview = (
  { input, known, caseId, at, by }: Named<'startInterview'>,
  view: View,
  rules: Rules,
): Decision => {
  const { interviewId, recordingMode, venueKind, presentRoles, supportPersonKind } = input;
  const interview = interviewOf(view, interviewId);
  const wish: WishOf<(typeof START)[number]> = {
    caseId,
    at,
    slot: at,
    interviewId,
    actor: by.actor,
    urgent: interview?.urgent ?? false,
    mode: recordingMode,
    presentRoles,
    supportPersonKind,
    topics: interview?.topics ?? [],
    intermediary: known.intermediary ?? null,
  };
  const refused = firstRefusal(rules, START, wish, view);
  if (refused) return refused;
  if (!interview) return refuse('R-002', 'E-INT-UNKNOWN');
  const started: NewInterviewFact = {
    type: 'ForensicInterviewStarted',
    data: {
      interviewId,
      session: 1,
      ...standingAt(view, at, interviewId, by.actor),
      recordingMode,
      venueKind,
      venueFlagged: venueIsFlagged(venueKind, input.videoLink),
      presentRoles,
      ...(supportPersonKind && { supportPersonKind }),
      topics: interview.topics,
      schoolOverlap: known.schoolOverlap ?? false,
      ...credentialOf(interview.intermediary?.intermediaryId ?? '', known.intermediary),
    },
  };
  return [started];
};

export const continueInterview = (
  { input, known, caseId, at, by }: Named<'continueInterview'>,
  view: View,
  rules: Rules,
): Decision => {
  const { interviewId, recordingMode, venueKind, presentRoles, supportPersonKind, topics } = input;
  const interview = interviewOf(view, interviewId);
  const wish: WishOf<(typeof GO_ON)[number]> = {
    caseId,
    at,
    interviewId,
    agency: by.agency,
    mode: recordingMode,
    presentRoles,
    supportPersonKind,
    topics,
    intermediary: known.intermediary ?? null,
    schoolOverlap: known.schoolOverlap ?? false,
    schoolTimeAskedByChild: input.schoolTimeAskedByChild ?? false,
    // What was urgent when it was planned is so when it goes on; Child Protection's leave is for that day.
    urgent: interview?.urgent ?? false,
    slot: view.schoolTimeApproved.find((one) => daysBetween(one, at, view.zone) === 0) ?? at,
  };
  const refused = firstRefusal(rules, GO_ON, wish, view);
  if (refused) return refused;
  if (!interview) return refuse('R-001', 'E-INT-NOT-INTERRUPTED');
  return [
    {
      type: 'ForensicInterviewStarted',
      data: {
        interviewId,
        session: interview.sessions + 1,
        standing: interview.standing ?? 'UNCOVERED',
        ...(interview.authorisationId && { authorisationId: interview.authorisationId }),
        recordingMode,
        venueKind,
        venueFlagged: venueIsFlagged(venueKind, input.videoLink),
        presentRoles,
        ...(supportPersonKind && { supportPersonKind }),
        topics,
        schoolOverlap: known.schoolOverlap ?? false,
        ...credentialOf(input.intermediaryId, known.intermediary),
      },
    },
  ];
};

/** What a recorded session is: the one that runs, one more of the same interview, or an interview of its own. */
interface Session {
  readonly interviewId: string;
  readonly session: number;
  readonly standing: Standing;
  readonly authorisationId?: string;
  readonly violationOf: readonly string[];
  readonly planned: boolean;
}

/** A session as it is told afterwards: whatever it turns out to be, its rules are asked of this. */
type Told = Omit<
  WishOf<(typeof IN_SESSION | typeof WENT_ON | typeof HELD_AS_PLANNED | typeof HELD_OUTSIDE)[number]>,
  'interviewId'
>;

const before = (one: Interview): Pick<Session, 'standing' | 'authorisationId'> => ({
  standing: one.standing ?? 'UNCOVERED',
  ...(one.authorisationId && { authorisationId: one.authorisationId }),
});

/**
 * Judges a session that a fact tells of (C-2, C-3, C-8): one that was started here keeps the standing of its start;
 * one that goes on beyond what C-3 allows, or after the interview was over, is another interview.
 */
const sessionOf = (...asked: Parameters<typeof judged>): Session => {
  const session = judged(...asked);
  // What began without anything to cover it stays so to its end, whatever was retracted or authorised since (C-2).
  return session.standing === 'UNCOVERED' && !session.violationOf.includes('R-001')
    ? { ...session, violationOf: ['R-001', ...session.violationOf] }
    : session;
};

const judged = (interviewId: string, told: Told, known: Known, view: View, rules: Rules): Session => {
  const interview = interviewOf(view, interviewId);
  const planned = interview !== undefined && interview.slot !== null && !interview.cancelled;
  const { at } = told;
  if (interview?.inSession)
    return { interviewId, session: interview.sessions, ...before(interview), violationOf: sessionStamps(), planned };
  const lastAt = interview?.interruptions.at(-1)?.at;
  // The session that was interrupted is told again, as conducted: it is the same one.
  if (interview && lastAt && interview.conductedAt === null && !isBefore(lastAt, at))
    return { interviewId, session: interview.sessions, ...before(interview), violationOf: [], planned };
  if (interview && held(interview) && !isOver(interview, at, view.zone))
    return {
      interviewId,
      session: interview.sessions + 1,
      ...before(interview),
      violationOf: stamps(rules, WENT_ON, { ...told, interviewId }, view),
      planned,
    };
  // Sealed, and all of its sessions retracted: what is told now is that interview, told anew.
  const id = interview && interview.startedAt !== null ? known.newId : interviewId;
  const asPlanned = planned && id === interviewId;
  return {
    interviewId: id,
    session: 1,
    ...standingAt(view, at, id, told.actor),
    violationOf: asPlanned
      ? stamps(rules, HELD_AS_PLANNED, { ...told, interviewId: id }, view)
      : stamps(rules, HELD_OUTSIDE, { ...told, interviewId: id }, view),
    planned: asPlanned,
  };

  /** It was started under all rules; what may be otherwise since is how it was recorded, who was there and what was asked. */
  function sessionStamps(): readonly string[] {
    // Who holds it was judged at its start; whoever tells of it need not be the same person.
    return stamps(rules, IN_SESSION, { ...told, interviewId, intermediary: null }, view);
  }
};

export const interruptInterview = (
  { input, known, caseId, occurredAt, by }: Named<'interruptInterview'>,
  view: View,
  rules: Rules,
): Decision => {
  const { interviewId, minutes, topicsCovered, childWantsToGoOn, accountGiven, reason } = input;
  const told: Told = {
    caseId,
    at: occurredAt,
    slot: occurredAt,
    actor: by.actor,
    urgent: interviewOf(view, interviewId)?.urgent ?? false,
    topics: topicsCovered,
    intermediary: known.intermediary ?? null,
    // Whoever tells of an interruption is not asked who was there, nor how it was recorded.
    presentRoles: undefined,
    supportPersonKind: undefined,
    mode: undefined,
  };
  const {
    interviewId: id,
    session,
    standing,
    authorisationId,
    violationOf,
  } = sessionOf(interviewId, told, known, view, rules);
  return stamped(
    {
      type: 'ForensicInterviewInterrupted',
      data: {
        interviewId: id,
        session,
        minutes,
        topicsCovered,
        childWantsToGoOn,
        accountGiven,
        reason,
        standing,
        ...(authorisationId && { authorisationId }),
      },
    },
    violationOf,
  );
};

export const recordInterviewConducted = (
  { input, known, caseId, occurredAt, by }: Named<'recordInterviewConducted'>,
  view: View,
  rules: Rules,
): Decision => {
  const { interviewId, minutes, recordingMode, venueKind, presentRoles, topicsCovered, accountGiven } = input;
  const told: Told = {
    caseId,
    at: occurredAt,
    slot: occurredAt,
    actor: by.actor,
    urgent: interviewOf(view, interviewId)?.urgent ?? false,
    mode: recordingMode,
    presentRoles,
    // Which support person it was is asked when it starts, not afterwards.
    supportPersonKind: undefined,
    topics: topicsCovered,
    intermediary: known.intermediary ?? null,
  };
  const { violationOf, authorisationId, ...session } = sessionOf(interviewId, told, known, view, rules);
  return stamped(
    {
      type: 'ForensicInterviewConducted',
      data: {
        ...session,
        ...(authorisationId && { authorisationId }),
        heldBy: AGENCIES.find((agency) => agency === interviewOf(view, interviewId)?.plannedBy) ?? 'OTHER',
        minutes,
        recordingMode,
        venueKind,
        venueFlagged: venueIsFlagged(venueKind),
        presentRoles,
        topicsCovered,
        accountGiven,
      },
    },
    violationOf,
  );
};

export const recordInterviewHeld = (
  { input, known, caseId, occurredAt, by }: Named<'recordInterviewHeld'>,
  view: View,
  rules: Rules,
): Decision => {
  const { heldBy, minutes, recordingMode, venueKind, presentRoles, topicsCovered, accountGiven, assentGiven } = input;
  const wish: WishOf<(typeof HELD_OUTSIDE)[number]> = {
    caseId,
    at: occurredAt,
    slot: occurredAt,
    presentRoles,
    supportPersonKind: undefined,
    topics: topicsCovered,
    interviewId: known.newId,
    actor: by.actor,
    intermediary: known.intermediary ?? null,
  };
  const broken = stamps(rules, HELD_OUTSIDE, wish, view);
  return stamped(
    {
      type: 'ForensicInterviewConducted',
      data: {
        interviewId: known.newId,
        session: 1,
        ...standingAt(view, occurredAt, known.newId, by.actor),
        planned: false,
        heldBy,
        minutes,
        recordingMode,
        venueKind,
        venueFlagged: venueIsFlagged(venueKind),
        presentRoles,
        topicsCovered,
        accountGiven,
      },
    },
    assentGiven || broken.includes('R-008') ? broken : [...broken, 'R-008'],
  );
};

/** C-4. An interview of a case about the same facts counts here; told twice it is noted once. */
export const noteLinkedInterview = ({ input }: Named<'noteLinkedInterview'>, view: View, rules: Rules): Decision => {
  const { otherCaseId, interviewId, step, standing, slot } = input;
  const known = view.linked.find((one) => one.otherCaseId === otherCaseId && one.interviewId === interviewId);
  if (known?.step === step) return [];
  const counts = (step === 'STARTED' || step === 'CONDUCTED') && standing !== 'COVERED';
  // Where it is another one beside those that are known here, it is the second; an authorisation of this case does not cover it.
  const besides = { ...view, linked: view.linked.filter((one) => one !== known), authorisations: [] };
  const second = counts
    ? (rules.aSecondInterviewIsAuthorised({ at: '', interviewId: undefined, actor: undefined }, besides)?.rule ??
      (standing === 'UNCOVERED' ? 'R-001' : undefined))
    : undefined;
  return stamped(
    { type: 'LinkedInterviewNoted', data: { otherCaseId, interviewId, step, standing, ...(slot && { slot }) } },
    second ? [second] : [],
  );
};

export const sealRecord = ({ input, at }: Named<'sealRecord'>, view: View): Decision => {
  const { interviewId, digest, location } = input;
  const interview = interviewOf(view, interviewId);
  const refused = theRecordIsSealedOnce(interview);
  if (refused) return refused;
  const due = addHours(
    interview?.conductedAt ?? interview?.interruptions.at(-1)?.at ?? interview?.startedAt ?? at,
    SEAL_HOURS,
  );
  const fact: NewInterviewFact = {
    type: 'InterviewRecordSealed',
    data: { interviewId, digest, location, topicsCovered: interview?.topicsCovered ?? [], due },
  };
  return stamped(fact, isBefore(due, at) ? ['R-028'] : []);
};
