import type { CaseView, Me } from './types.js';

type Has = (view: CaseView, me: Pick<Me, 'actor' | 'agency' | 'role'>) => boolean;

const planned: Has = ({ interview }) => interview.stage === 'PLANNED';
const proposed: Has = ({ closing }) => ['PROPOSED', 'NOTIFIED', 'CHALLENGED', 'FINAL'].includes(closing.state);
const offered: Has = ({ responsibilityOfferedTo }, { agency }) => responsibilityOfferedTo === agency;
const standing = ({ state }: CaseView['referrals'][number]) => state === 'WAITING' || state === 'ACCEPTED';
const sameChild: Has = ({ links }) => links.some(({ linkKind }) => linkKind === 'SAME_CHILD');
/** An agency says once what it would ask; legal advisers speak for the child and not for their agency. */
const mayAnswerRound: Has = ({ interview: { stage, round } }, { agency, role }) =>
  stage === 'PLANNED' &&
  round?.closed === false &&
  (role === 'LEGAL_ADVISER' || round.agencies.some((one) => one.agency === agency && one.answer === 'WAITING'));
/** The record is sealed in the case in which the interview was held. */
const sealed: Has = ({ interview: { stage, record } }) => record !== null || stage.endsWith('_ELSEWHERE');

/** What each intent needs to find in the case. An intent that is not here may always be tried: the rule answers it. */
const ACTS_ON: Readonly<Record<string, Has>> = {
  completeDuplicateSearch: ({ tasks }) => tasks.some(({ command }) => command === 'completeDuplicateSearch'),
  confirmFactsDistinct: sameChild,
  confirmFactsSame: sameChild,
  unlinkCase: ({ links }) => links.length > 0,
  useBreakGlass: ({ via }) => via !== 'BREAK_GLASS' && via !== 'OWN_TEAM',
  endBreakGlass: ({ via }) => via === 'BREAK_GLASS',
  reviewLegalHold: ({ erased }) => !erased,
  requestErasure: ({ erased, pending }) => !erased && !pending.some(({ what }) => what === 'ERASURE'),
  cancelInterview: planned,
  assignIntermediary: planned,
  assignInterpreter: ({ interview }) => interview.interviewId !== null,
  submitQuestions: mayAnswerRound,
  declineQuestions: mayAnswerRound,
  // Also said before there is a plan (C-6).
  shortenQuestionRound: ({ interview: { stage, round } }) =>
    stage === 'NOT_PLANNED' || (stage === 'PLANNED' && round?.closed === false),
  filterQuestion: (view, me) => planned(view, me) && view.interview.questions.length > 0,
  objectToFilter: (view, me) =>
    planned(view, me) &&
    view.interview.questions.some(
      ({ agency, decision, objected }) =>
        agency === me.agency && decision !== null && decision !== 'ACCEPTED' && !objected,
    ),
  startInterview: planned,
  continueInterview: ({ interview }) => interview.stage === 'INTERRUPTED',
  sealRecord: ({ interview }) => interview.conducted > 0,
  requestRecordAccess: sealed,
  shareRecord: sealed,
  denyRecordAccess: sealed,
  removeTeamMember: ({ team }, { agency }) => team.some((one) => one.agency === agency),
  acceptResponsibility: offered,
  declineResponsibility: offered,
  answerReferral: ({ referrals }, { agency }) => referrals.some((one) => standing(one) && one.to === agency),
  withdrawReferral: ({ referrals }, { agency }) => referrals.some((one) => standing(one) && one.from === agency),
  proposeClosure: ({ closing }) => ['OPEN', 'REOPENED'].includes(closing.state),
  finaliseClosure: proposed,
  closeCase: proposed,
  reopenCase: ({ closing }) => closing.state === 'CLOSED',
};

/**
 * Whether an act would find nothing in this case to act on, so that its form would only ask for what does not exist. Never so of a fact:
 * what happened can always be said (M-1); nor in a case of which the page may not show all.
 */
export const nothingToActOn = (command: string, view: CaseView, me: Pick<Me, 'actor' | 'agency' | 'role'>): boolean =>
  !view.behind && view.incompleteSince === null && ACTS_ON[command]?.(view, me) === false;
