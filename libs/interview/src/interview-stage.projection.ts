import { AGENCIES } from '@resguardo/contracts';
import { decisionOverdue } from './anticipated-evidence.rule.js';
import { says } from './decision.js';
import type { Fact, Interview, View } from './interview.state.js';
import {
  evolveInterview,
  held,
  initialInterviewState,
  isOpen,
  isOver,
  linkedHeld,
  mayGoOn,
  pausedAt,
  roundIsClosed,
} from './interview.state.js';
import { interviewDueOn, interviewOverdue } from './interview-due.rule.js';
import type { Retelling } from './retellings.rule.js';
import { officialsWhoHeard, retellings, tooManyHeardIt } from './retellings.rule.js';
import type { RuleName } from './rules.js';
import { allRules } from './rules.js';

/** Where the single interview stands. */
export const STEPS = ['PLAN', 'QUESTIONS', 'PREPARE', 'SESSION', 'SEAL', 'DONE'] as const;
export type Step = (typeof STEPS)[number];

/** One thing that must be so before the session may start. */
export interface Condition {
  readonly rule: string;
  readonly met: boolean;
  /** Code of the refusal that a start would get now. */
  readonly code: string | null;
}

export interface InterviewStage {
  readonly step: Step;
  readonly interviewId: string | null;
  readonly slot: string | null;
  readonly paused: boolean;
  readonly mayGoOn: boolean;
  readonly conditions: readonly Condition[];
  readonly round: {
    readonly closesAt: string | null;
    readonly closed: boolean;
    /** Per agency: asked, declined, silent or still open; ids of its questions only. */
    readonly parties: readonly {
      readonly party: string;
      readonly answered: boolean;
      readonly silent: boolean;
      readonly questionIds: readonly string[];
    }[];
  } | null;
  readonly held: number;
  readonly heldInLinkedCases: number;
  readonly retellings: readonly Retelling[];
  readonly officials: number;
  readonly tooManyOfficials: boolean;
  readonly requestsPending: readonly string[];
  readonly due: string | null;
  readonly duePaused: boolean;
  readonly overdue: boolean;
  readonly evidenceDecisionOverdue: boolean;
}

/** What a start is asked about beforehand; people and credentials are judged when it starts. */
const BEFORE_START = [
  'theChildIsRepresented',
  'onlyTheLeadCasePlans',
  'aSecondInterviewIsAuthorised',
  'advanceEvidenceIsDecided',
  'theRoundIsOver',
  'everyQuestionIsFiltered',
  'theChildIsReady',
  'theChildAgreed',
  'theChildWasAskedAboutRecording',
  'aRecordedNeedIsMet',
] as const satisfies readonly RuleName[];

const stepOf = (one: Interview | undefined, at: string, zone: string): Step => {
  if (!one) return 'PLAN';
  if (one.sealedAt) return 'DONE';
  if (isOver(one, at, zone)) return 'SEAL';
  if (held(one)) return 'SESSION';
  return roundIsClosed(one, at) ? 'PREPARE' : 'QUESTIONS';
};

const roundOf = (one: Interview | undefined, at: string): InterviewStage['round'] =>
  one?.closesAt
    ? {
        closesAt: one.closesAt,
        closed: roundIsClosed(one, at),
        parties: [...AGENCIES, 'LEGAL_ADVISER'].map((party) => ({
          party,
          answered: one.answered.includes(party),
          silent: !one.answered.includes(party) && roundIsClosed(one, at),
          questionIds: one.questions.filter((question) => question.party === party).map(({ questionId }) => questionId),
        })),
      }
    : null;

const stage = (view: View, caseId: string, at: string): InterviewStage => {
  const open = view.interviews.find((one) => isOpen(one, at, view.zone));
  const one = open ?? view.interviews.filter(held).at(-1);
  const due = interviewDueOn(view, at);
  const wish = { caseId, at, interviewId: one?.interviewId, urgent: one?.urgent ?? false };
  return {
    step: stepOf(one, at, view.zone),
    interviewId: one?.interviewId ?? null,
    slot: one?.slot ?? null,
    paused: pausedAt(view, at),
    mayGoOn: one !== undefined && mayGoOn(one, at, view.zone),
    conditions: BEFORE_START.map((name) => {
      const refusal = says(allRules, name, wish, view);
      return { rule: refusal?.rule ?? RULE_OF[name], met: refusal === undefined, code: refusal?.code ?? null };
    }),
    round: roundOf(one, at),
    held: view.interviews.filter(held).length,
    heldInLinkedCases: linkedHeld(view).length,
    retellings: retellings(view),
    officials: officialsWhoHeard(view),
    tooManyOfficials: tooManyHeardIt(view),
    requestsPending: view.requests.filter(({ outcome }) => outcome === null).map(({ requestId }) => requestId),
    due: due?.due ?? null,
    duePaused: due?.paused ?? false,
    overdue: interviewOverdue(view, at),
    evidenceDecisionOverdue: decisionOverdue(one?.evidenceDecisionDue ?? null, view.evidenceDecidedAt, at),
  };
};

const RULE_OF: Readonly<Record<(typeof BEFORE_START)[number], string>> = {
  theChildIsRepresented: 'R-208',
  onlyTheLeadCasePlans: 'R-003',
  aSecondInterviewIsAuthorised: 'R-001',
  advanceEvidenceIsDecided: 'R-021',
  theRoundIsOver: 'R-005',
  everyQuestionIsFiltered: 'R-006',
  theChildIsReady: 'R-008',
  theChildAgreed: 'R-008',
  theChildWasAskedAboutRecording: 'R-009',
  aRecordedNeedIsMet: 'R-026',
};

/** What the page of the single interview shows, from the facts of one case in order, as of `at` (UTC). */
export const interviewStage = (facts: readonly Fact[], caseId: string, at: string): InterviewStage =>
  stage(facts.reduce(evolveInterview, initialInterviewState).view, caseId, at);
