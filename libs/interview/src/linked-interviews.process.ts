import { caseFileFacts, interviewFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, Process } from '@resguardo/eventing';
import { catalogue } from '@resguardo/eventing';
import type { Fact, Interview, InterviewState, LinkedInterview } from './interview.state.js';
import { evolveInterview, held, initialInterviewState } from './interview.state.js';

/** What is told to the stream of a linked case. */
export interface NoteLinkedInterview {
  readonly caseId: string;
  readonly name: 'noteLinkedInterview';
  readonly input: {
    readonly otherCaseId: string;
    readonly interviewId: string;
    readonly step: LinkedInterview['step'];
    readonly standing: LinkedInterview['standing'];
    readonly slot?: string;
  };
}

interface Told {
  readonly caseId: string;
  readonly interviewId: string;
  readonly step: LinkedInterview['step'];
}

/** One case: its interviews and links, what was told to whom, and what follows from the last fact. */
export interface LinkedInterviewsState {
  readonly interviews: InterviewState;
  readonly told: readonly Told[];
  readonly toTell: readonly NoteLinkedInterview[];
}

const { CaseLinked, CaseUnlinked, FactsConfirmedDistinct, FactsConfirmedSame, FactRetracted } = caseFileFacts;
const { InterviewPlanned, InterviewCancelled } = interviewFacts;
const { ForensicInterviewStarted, ForensicInterviewInterrupted, ForensicInterviewConducted, InterviewRecordSealed } =
  interviewFacts;
/** Only what this process needs; the rest of the stream is passed over. */
const followed = catalogue<Fact>({
  CaseLinked,
  CaseUnlinked,
  FactsConfirmedDistinct,
  FactsConfirmedSame,
  FactRetracted,
  InterviewPlanned,
  InterviewCancelled,
  ForensicInterviewStarted,
  ForensicInterviewInterrupted,
  ForensicInterviewConducted,
  InterviewRecordSealed,
});

const stepOf = ({ conductedAt, startedAt, sealedAt, cancelled }: Interview): LinkedInterview['step'] => {
  if (conductedAt) return 'CONDUCTED';
  if (startedAt) return 'STARTED';
  // Its record is there, though what was said of its sessions was retracted.
  if (sealedAt) return 'CONDUCTED';
  return cancelled ? 'CANCELLED' : 'PLANNED';
};

const isPlannedOrHeld = (one: Interview): boolean => one.slot !== null || held(one);

const noteTo = (
  caseId: string,
  otherCaseId: string,
  interviewId: string,
  step: LinkedInterview['step'],
  standing: LinkedInterview['standing'] = 'FIRST',
  slot: string | null = null,
): NoteLinkedInterview => ({
  caseId,
  name: 'noteLinkedInterview',
  input: { otherCaseId, interviewId, step, standing, ...(slot && { slot }) },
});

const lastTold = (told: readonly Told[], caseId: string, interviewId: string): LinkedInterview['step'] | undefined =>
  told.filter((one) => one.caseId === caseId && one.interviewId === interviewId).at(-1)?.step;

/** Interviews of which the cases with the same facts do not know where they stand. */
const news = (caseId: string, { view }: InterviewState, told: readonly Told[]): readonly NoteLinkedInterview[] =>
  view.links
    .filter(({ facts }) => facts === 'SAME')
    .flatMap(({ otherCaseId }) =>
      view.interviews
        .filter(isPlannedOrHeld)
        .filter((one) => lastTold(told, otherCaseId, one.interviewId) !== stepOf(one))
        // A plan that came and went before the other case had to know of it is nothing to tell.
        .filter((one) => stepOf(one) !== 'CANCELLED' || lastTold(told, otherCaseId, one.interviewId) !== undefined)
        .map((one) => noteTo(otherCaseId, caseId, one.interviewId, stepOf(one), one.standing ?? 'FIRST', one.slot)),
    );

/** What was told and is no longer so: the fact was retracted, or the facts turned out to be others. */
const takenBack = (caseId: string, { view }: InterviewState, told: readonly Told[]): readonly NoteLinkedInterview[] =>
  told
    .filter((one, i) => told.findIndex((t) => t.caseId === one.caseId && t.interviewId === one.interviewId) === i)
    .filter((one) => lastTold(told, one.caseId, one.interviewId) !== 'RETRACTED')
    .filter(
      (one) =>
        !view.links.some((link) => link.otherCaseId === one.caseId && link.facts === 'SAME') ||
        !view.interviews.some((known) => known.interviewId === one.interviewId && isPlannedOrHeld(known)),
    )
    .map((one) => noteTo(one.caseId, caseId, one.interviewId, 'RETRACTED'));

const due = (caseId: string, state: InterviewState, told: readonly Told[]): readonly NoteLinkedInterview[] => [
  ...news(caseId, state, told),
  ...takenBack(caseId, state, told),
];

/**
 * C-4. What is planned, cancelled, started or held in one case is noted in every case about the same facts; also what was there
 * before the facts were found to be the same, and that it no longer counts, when a fact is retracted or the facts turn out to be others.
 */
export const linkedInterviews: Process<LinkedInterviewsState, NoteLinkedInterview> = {
  name: 'linked_interviews',
  start: { interviews: initialInterviewState, told: [], toTell: [] },
  concerns: (message) => followed.read(message) !== undefined,
  evolve: (state, message: FactMessage) => {
    const fact = followed.read(message);
    if (!fact) return { ...state, toTell: [] };
    const interviews = evolveInterview(state.interviews, fact);
    const toTell = due(message.caseId, interviews, state.told);
    const told = toTell.map(({ caseId, input: { interviewId, step } }) => ({ caseId, interviewId, step }));
    return { interviews, told: [...state.told, ...told], toTell };
  },
  react: (_message, { toTell }) => toTell,
};
