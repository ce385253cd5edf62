import { allCommands } from '@resguardo/contracts';
import { useMemo } from 'react';
import { useAsk } from './ask.js';
import type { Choice } from './components/command-form.js';
import { INTERMEDIARIES, TIMELINE } from './documents.js';
import { useMe } from './me.js';
import { useNameOf, useStaff } from './staff.js';
import type { Intermediary, Me, StaffMember, TimelinePage } from './types.js';
import { useWords } from './words.js';

/** Fields that point at an earlier fact of the case: by which fact, and under which id it is known. */
const REFS: Readonly<Record<string, Readonly<Record<string, readonly [fact: string, id: string]>>>> = {
  completeReport: { reportId: ['ReportReceived', 'eventId'] },
  recordImpactOpinion: { requestId: ['AdditionalInterviewRequested', 'requestId'] },
  shareRecord: { requestId: ['RecordAccessRequested', 'requestId'] },
  denyRecordAccess: { requestId: ['RecordAccessRequested', 'requestId'] },
  recordRecordCopied: { courtOrderId: ['CourtOrderRecorded', 'orderId'] },
  decideInvestigativeAct: { requestId: ['InvestigativeActRequested', 'eventId'] },
  answerAttendanceSupport: { requestId: ['AttendanceSupportRequested', 'eventId'] },
  recordChildViewAnswered: { viewId: ['ChildViewRecorded', 'eventId'] },
  recordWithdrawalChecked: { withdrawalId: ['ParticipationWithdrawn', 'eventId'] },
  acceptCompetence: { declinedId: ['CompetenceDeclined', 'eventId'] },
  raiseCompetenceConflict: { declinedId: ['CompetenceDeclined', 'eventId'] },
  recordContactWithAccused: { hearingId: ['HearingScheduled', 'hearingId'] },
  recordTestimonyOrdered: { hearingId: ['HearingScheduled', 'hearingId'] },
  requestSpecialMeasures: { hearingId: ['HearingScheduled', 'hearingId'] },
  approveNoContactPlan: { hearingId: ['HearingScheduled', 'hearingId'] },
  markHearingReady: { hearingId: ['HearingScheduled', 'hearingId'] },
  recordHearingHeld: { hearingId: ['HearingScheduled', 'hearingId'] },
  endBreakGlass: { glassId: ['BreakGlassUsed', 'glassId'] },
  acceptResponsibility: { offerId: ['ResponsibilityOffered', 'eventId'] },
  declineResponsibility: { offerId: ['ResponsibilityOffered', 'eventId'] },
};
const WITH_REGISTER = ['planInterview', 'assignIntermediary', 'continueInterview', 'recordInterviewHeld'];

/** Whose account a command may name, by field. */
const STAFF_FIELDS: Readonly<Record<string, (one: StaffMember, me: Me) => boolean>> = {
  addTeamMember: (one, me) => one.agency === me.agency,
  assignRepresentative: ({ role }) => role === 'REPRESENTATIVE',
  assignLegalAdviser: ({ role }) => role === 'LEGAL_ADVISER',
  registerIntermediary: ({ role }) => role === 'INTERMEDIARY',
};
const SPEAKERS = ['explainedBy', 'givenBy'];

interface FactChoices {
  readonly choices: Readonly<Record<string, readonly Choice[]>>;
  /** The fact that an intent must point at, when the caller sees the whole timeline and there is none of it. */
  readonly lacks?: string;
}

/** What the caller may choose for those fields; asked only when the form is opened. Undefined while it is not known. */
export const useFactChoices = (command: string, caseId: string | undefined): FactChoices | undefined => {
  const words = useWords();
  const me = useMe();
  const staff = useStaff();
  const nameOf = useNameOf();
  const refs = REFS[command];
  const register = WITH_REGISTER.includes(command);
  const timeline = useAsk<{ timeline: TimelinePage | null }>(TIMELINE, { caseId, first: 100 }, !refs || !caseId);
  const people = useAsk<{ intermediaries: Intermediary[] }>(INTERMEDIARIES, {}, !register);
  return useMemo(() => {
    if ((refs && caseId && timeline.loading && !timeline.data) || (register && people.loading && !people.data))
      return undefined;
    const made: Record<string, readonly Choice[]> = {};
    const seen = timeline.data?.timeline;
    // Of a fact that came later than these, or that the caller is told of in a neutral sentence only, the page knows nothing.
    const all = seen && !seen.pageInfo.hasNextPage && seen.entries.every(({ type }) => type !== null);
    let lacks: string | undefined;
    for (const [field, [type, id]] of Object.entries(refs ?? {})) {
      const found = (seen?.entries ?? []).flatMap((entry) => {
        const value = id === 'eventId' ? entry.eventId : entry.data?.[id];
        return entry.type === type && typeof value === 'string' && !entry.retractedBy
          ? [{ value, label: `${words.fact(type)} · ${words.instant(entry.occurredAt)}` }]
          : [];
      });
      if (found.length > 0) made[field] = found;
      else if (all && allCommands[command]?.mark === 'intent' && !allCommands[command].input[field]?.optional)
        lacks = type;
    }
    const listed = people.data?.intermediaries ?? [];
    if (register && listed.length > 0)
      made['intermediaryId'] = listed.map((one) => ({
        value: one.intermediaryId,
        label: `${nameOf(one.intermediaryId)} · ${words.code(one.profession)} · ${words.code(one.state)}`,
      }));
    // Work stays within a state: who shares none with the caller is not offered.
    const near = staff.filter(
      ({ states }) =>
        me.states.length === 0 || states.length === 0 || states.some((state) => me.states.includes(state)),
    );
    const asChoice = ({ staffId, name, role, agency }: StaffMember): Choice => ({
      value: staffId,
      label: `${name} · ${words.code(role)} · ${words.code(agency)}`,
    });
    const fits = STAFF_FIELDS[command];
    const able = fits ? near.filter((one) => fits(one, me)) : [];
    if (able.length > 0) made['staffId'] = able.map(asChoice);
    const own = near.filter(({ staffId }) => staffId === me.actor);
    if (own.length > 0)
      for (const field of SPEAKERS)
        made[field] = [...own, ...near.filter(({ staffId }) => staffId !== me.actor)].map(asChoice);
    return { choices: made, ...(lacks && { lacks }) };
  }, [
    command,
    me,
    staff,
    nameOf,
    refs,
    register,
    caseId,
    timeline.loading,
    timeline.data,
    people.loading,
    people.data,
    words,
  ]);
};
