import type { CommandOf, oversightCommands } from '@resguardo/contracts';
import type { CaseFileFact, NewOversightFact, OversightFact } from '@resguardo/contracts/timeline';
import type { Decider, Refusal } from '@resguardo/eventing';
import { isRefusal } from '@resguardo/eventing';
import { added, reviewDueAt, untilOf } from './break-glass.limits.js';
import {
  blockedPeopleStayOut,
  glassIsNotNeededOnTheTeam,
  glassIsTheirOwn,
  nobodyReviewsTheirOwnGlass,
  notAfterOneThatWasWrong,
  oneGlassAtATime,
  onlyResponsibleSupervisorsReview,
  reasonIsSaid,
  reviewedOnce,
} from './break-glass.rule.js';

/** The facts this decider folds: its own, and who is on the team or in conflict. */
export type BreakGlassFact =
  | Extract<OversightFact, { type: 'BreakGlassUsed' | 'BreakGlassEnded' | 'BreakGlassReviewed' }>
  | Extract<
      CaseFileFact,
      {
        type:
          | 'TeamMemberAdded'
          | 'TeamMemberRemoved'
          | 'ProtectionRepresentativeAssigned'
          | 'LegalAdviserAssigned'
          | 'LegalAdviserChanged'
          | 'ConflictOfInterestDeclared'
          | 'FactRetracted';
      }
    >;

export interface UsedGlass {
  readonly glassId: string;
  readonly staffId: string;
  readonly staffAgency: string;
  readonly until: string;
  readonly reviewDue: string;
  readonly ended: boolean;
  readonly reviewed: boolean;
  /** The review found that it was not right. */
  readonly wrong: boolean;
}

export interface BreakGlassState {
  readonly team: readonly string[];
  readonly blocked: readonly { readonly staffId: string; readonly eventId: string }[];
  readonly glasses: readonly UsedGlass[];
}

export type BreakGlassCommand = CommandOf<typeof oversightCommands>;

const initialState: BreakGlassState = { team: [], blocked: [], glasses: [] };

const joins = (state: BreakGlassState, staffId: string): BreakGlassState => ({
  ...state,
  team: [...state.team.filter((member) => member !== staffId), staffId],
});
const leaves = (state: BreakGlassState, staffId: string): BreakGlassState => ({
  ...state,
  team: state.team.filter((member) => member !== staffId),
});
const changed = (state: BreakGlassState, glassId: string, change: Partial<UsedGlass>): BreakGlassState => ({
  ...state,
  glasses: state.glasses.map((glass) => (glass.glassId === glassId ? { ...glass, ...change } : glass)),
});

const evolve = (state: BreakGlassState, { type, data, about }: BreakGlassFact): BreakGlassState => {
  switch (type) {
    case 'TeamMemberAdded':
    case 'ProtectionRepresentativeAssigned':
    case 'LegalAdviserAssigned':
      return joins(state, data.staffId);
    case 'LegalAdviserChanged':
      return joins(leaves(state, data.formerStaffId), data.staffId);
    case 'TeamMemberRemoved':
      return leaves(state, data.staffId);
    case 'ConflictOfInterestDeclared':
      return data.staffId === undefined || data.effective === false
        ? state
        : { ...state, blocked: [...state.blocked, { staffId: data.staffId, eventId: about.eventId }] };
    case 'FactRetracted':
      return { ...state, blocked: state.blocked.filter(({ eventId }) => eventId !== data.eventId) };
    case 'BreakGlassUsed': {
      const { glassId, staffId, staffAgency, until, reviewDue } = data;
      const glass = { glassId, staffId, staffAgency, until, reviewDue, ended: false, reviewed: false, wrong: false };
      return { ...state, glasses: [...state.glasses, glass] };
    }
    case 'BreakGlassEnded':
      return changed(state, data.glassId, { ended: true });
    case 'BreakGlassReviewed':
      return changed(state, data.glassId, { reviewed: true, wrong: data.verdict !== 'JUSTIFIED' });
  }
};

const decide = (command: BreakGlassCommand, state: BreakGlassState): readonly NewOversightFact[] | Refusal => {
  switch (command.name) {
    case 'useBreakGlass':
      return (
        blockedPeopleStayOut(command.by.actor, state) ??
        glassIsNotNeededOnTheTeam(command.by.actor, state) ??
        notAfterOneThatWasWrong(command.by.actor, state) ??
        oneGlassAtATime(command.by.actor, command.at, state) ??
        reasonIsSaid(command.input.reason) ??
        used(command)
      );
    case 'endBreakGlass': {
      const glass = glassIsTheirOwn(command.input.glassId, command.by.actor, state);
      if (isRefusal(glass)) return glass;
      return glass.ended || glass.until <= command.at ? [] : [endOf(glass)];
    }
    case 'reviewBreakGlass':
      return (
        nobodyReviewsTheirOwnGlass(command.input.glassId, command.by.actor, state) ??
        onlyResponsibleSupervisorsReview(command.input.glassId, command.by, state) ??
        reviewedOnce(command.input.glassId, state) ??
        reviewed(command, state)
      );
  }
};

const endOf = ({ glassId, staffId }: UsedGlass): NewOversightFact => ({
  type: 'BreakGlassEnded',
  data: { glassId, staffId },
});

/** four hours, one case. Their own supervisors and the Child Protection Authority are told by this fact, at once. */
const used = ({
  at,
  by,
  commandId,
  input: { danger, reason },
}: Extract<BreakGlassCommand, { name: 'useBreakGlass' }>): readonly NewOversightFact[] => [
  {
    type: 'BreakGlassUsed',
    data: {
      glassId: commandId,
      staffId: by.actor,
      staffAgency: by.agency,
      danger,
      until: untilOf(at),
      reviewDue: reviewDueAt(at),
      toldAgencies: added(by.agency, 'CHILD_PROTECTION'),
      reason,
    },
  },
];

/** A late review is stamped, not refused (C-16). What was not right ends at once, and so does what the same person has opened here since. */
const reviewed = (
  { at, input: { glassId, verdict, finding } }: Extract<BreakGlassCommand, { name: 'reviewBreakGlass' }>,
  { glasses }: BreakGlassState,
): readonly NewOversightFact[] => {
  const glass = glasses.find((one) => one.glassId === glassId);
  const late = glass !== undefined && at > glass.reviewDue;
  const running = glasses.filter(({ staffId, ended, until }) => staffId === glass?.staffId && !ended && until > at);
  return [
    {
      type: 'BreakGlassReviewed',
      data: { glassId, verdict, ...(finding !== undefined && { finding }) },
      ...(late && { violationOf: ['R-704'] }),
    },
    ...(verdict === 'JUSTIFIED' ? [] : running.map(endOf)),
  ];
};

/** R-704, C-12: break-glass and its review, on the case's own stream. */
export const breakGlassDecider: Decider<BreakGlassState, BreakGlassCommand, NewOversightFact, BreakGlassFact> = {
  initialState,
  decide,
  evolve,
};
