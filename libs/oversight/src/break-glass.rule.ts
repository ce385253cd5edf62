import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';
import type { BreakGlassState, UsedGlass } from './break-glass.decider.js';
import { LEAST_REASON } from './break-glass.limits.js';

/** named in the case, related, under complaint or of the accused's household: no danger opens it to them, a colleague can. */
export const blockedPeopleStayOut = (actor: string, { blocked }: BreakGlassState): Refusal | undefined =>
  blocked.some(({ staffId }) => staffId === actor) ? refuse('R-706', 'E-CONFLICT') : undefined;

/** who is on the team has the case open already. */
export const glassIsNotNeededOnTheTeam = (actor: string, { team }: BreakGlassState): Refusal | undefined =>
  team.includes(actor) ? refuse('R-704', 'E-GLASS-TEAM') : undefined;

/** no second one while one runs: it would be an extension. */
export const oneGlassAtATime = (actor: string, at: string, { glasses }: BreakGlassState): Refusal | undefined => {
  const running = glasses.find(({ staffId, ended, until }) => staffId === actor && !ended && until > at);
  return running && refuse('R-704', 'E-GLASS-OPEN', { until: running.until });
};

/** whose use of it in this case was found not right opens it no more; a colleague can. */
export const notAfterOneThatWasWrong = (actor: string, { glasses }: BreakGlassState): Refusal | undefined =>
  glasses.some(({ staffId, wrong }) => staffId === actor && wrong) ? refuse('R-704', 'E-GLASS-WRONG') : undefined;

/** a reason in words. */
export const reasonIsSaid = (reason: string): Refusal | undefined =>
  reason.trim().length < LEAST_REASON ? refuse('R-704', 'E-GLASS-REASON', { least: LEAST_REASON }) : undefined;

/** the person who used it gives it back; nobody else's is touched. */
export const glassIsTheirOwn = (glassId: string, actor: string, { glasses }: BreakGlassState): UsedGlass | Refusal =>
  glasses.find((glass) => glass.glassId === glassId && glass.staffId === actor) ?? refuse('R-704', 'E-GLASS-UNKNOWN');

/** R-704, C-12: nobody reviews their own. */
export const nobodyReviewsTheirOwnGlass = (
  glassId: string,
  actor: string,
  { glasses }: BreakGlassState,
): Refusal | undefined => {
  const glass = glasses.find((one) => one.glassId === glassId);
  if (!glass) return refuse('R-704', 'E-GLASS-UNKNOWN');
  return glass.staffId === actor ? refuse('R-704', 'E-GLASS-OWN') : undefined;
};

/** a supervisor of the agency of whoever used it, or of the Child Protection Authority. */
export const onlyResponsibleSupervisorsReview = (
  glassId: string,
  { agency, role }: { readonly agency: string; readonly role: string },
  { glasses }: BreakGlassState,
): Refusal | undefined => {
  const owner = glasses.find((glass) => glass.glassId === glassId)?.staffAgency ?? '';
  return role === 'SUPERVISOR' && (agency === owner || agency === 'CHILD_PROTECTION')
    ? undefined
    : refuse('R-704', 'E-GLASS-REVIEWER', { agency: owner });
};

/** one review; what was found is not found again. */
export const reviewedOnce = (glassId: string, { glasses }: BreakGlassState): Refusal | undefined =>
  glasses.some((glass) => glass.glassId === glassId && glass.reviewed)
    ? refuse('R-704', 'E-GLASS-REVIEWED')
    : undefined;
