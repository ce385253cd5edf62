import type { Affiliation, Role } from '@resguardo/contracts';
import { AGENCIES, PURPOSES } from '@resguardo/contracts';
import type { CaseAccessState, Glass } from './case-access.projection.js';

/** As much of a caller as these rules ask about. */
export interface Asking {
  readonly sub: string;
  readonly role: Role;
  readonly agency: Affiliation;
  readonly states: readonly string[];
}

/** A command says what it is; a reading says what for. `request`: the one request its approver reads (C-12). */
export type Wish =
  | { readonly command: string }
  | { readonly query: string; readonly purpose: string | undefined; readonly request?: boolean };

export type Access =
  | {
      readonly ok: true;
      readonly via: 'team' | 'break-glass' | 'request' | 'supervision';
      /** What it is tied to: `team`, an open duty, or a use of break-glass. For the access record. */
      readonly task: string;
      /** Given with break-glass: the moment it ends (UTC). */
      readonly until?: string;
    }
  | {
      readonly ok: false;
      readonly rule: 'R-701' | 'R-702' | 'R-704' | 'R-706' | 'R-719' | 'R-720';
      readonly code: string;
    };

type Denied = Extract<Access, { ok: false }>;
const deny = (rule: Denied['rule'], code: string): Denied => ({ ok: false, rule, code });

/** What an open duty lets an officer of the agency answer without being on the team. It opens nothing to read. */
const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  referral: ['answerReferral'],
  offer: ['acceptResponsibility', 'declineResponsibility'],
  questions: ['submitQuestions', 'declineQuestions'],
};

/** no case at all, under no circumstance, not even under break-glass. An administrator keeps registers, not cases. */
const analystsReachNoCase = ({ role }: Asking): Denied | undefined => {
  if (role === 'ANALYST') return deny('R-719', 'E-NEED');
  return role === 'ADMINISTRATOR' || role === 'SYSTEM' ? deny('R-701', 'E-NEED') : undefined;
};

/** named in the case, related, under complaint or of the accused's household. Not even break-glass opens it to them. */
export const blockedPeopleStayOut = (staffId: string, { blocked }: CaseAccessState): Denied | undefined =>
  blocked.some((one) => one.staffId === staffId) ? deny('R-706', 'E-CONFLICT') : undefined;

/** a reading says what for, with a code of the closed list. */
const readingHasAPurpose = (wish: Wish): Denied | undefined => {
  if ('command' in wish) return undefined;
  return PURPOSES.some((known) => known === wish.purpose) ? undefined : deny('R-702', 'E-PURPOSE');
};

/** the glass of this person that runs at this moment; the end is checked at each request and push. */
export const runningGlass = (
  { sub }: Pick<Asking, 'sub'>,
  { glasses }: Pick<CaseAccessState, 'glasses'>,
  now: string,
): Glass | undefined =>
  glasses.find(
    ({ staffId, ended, until }) => staffId === sub && !ended && new Date(until).getTime() > new Date(now).getTime(),
  );

/** The Child Protection Authority represents every child: it takes part in each case. */
export const takesPart = (agency: Affiliation, { agencies }: CaseAccessState): boolean =>
  agency === 'CHILD_PROTECTION' || agencies.includes(agency);

const isAgency = (agency: Affiliation) => AGENCIES.some((known) => known === agency);
const isOfTheirState = ({ states }: Asking, { state }: CaseAccessState) => state === null || states.includes(state);

/**
 * may this person act on, or read, this case at this moment, and by which way do they come in.
 * Which classes they then see is the matrix's affair (C-10). `now`: UTC, ISO 8601.
 */
export const accessTo = (caller: Asking, state: CaseAccessState, now: string, wish: Wish): Access =>
  analystsReachNoCase(caller) ??
  blockedPeopleStayOut(caller.sub, state) ??
  readingHasAPurpose(wish) ??
  onTheTeam(caller, state) ??
  underBreakGlass(caller, state, now) ??
  asApprover(wish) ??
  asSupervisor(caller, state) ??
  whoseAgencyIsAsked(caller, state, wish) ??
  withoutATask(wish, caller, state, now);

const onTheTeam = ({ sub, agency }: Asking, { team, duties }: CaseAccessState): Access | undefined => {
  // Of the same agency: an account that has changed agency is not the one that was put on the team.
  if (!team.some((member) => member.staffId === sub && member.agency === agency)) return undefined;
  return { ok: true, via: 'team', task: duties.find((open) => open.agency === agency)?.duty ?? 'team' };
};

/** a supervisor's glass opens nothing before another person has approved it; their skeleton they have without. */
const isApproved = ({ role }: Asking, { reviewed }: Glass): boolean => role !== 'SUPERVISOR' || reviewed;

const underBreakGlass = (caller: Asking, state: CaseAccessState, now: string): Access | undefined => {
  const glass = runningGlass(caller, state, now);
  return glass && isApproved(caller, glass)
    ? { ok: true, via: 'break-glass', task: glass.glassId, until: glass.until }
    : undefined;
};

/** C-12: who must decide a request may read that request. Whether it is theirs to decide is checked where the request is found. */
const asApprover = (wish: Wish): Access | undefined =>
  'query' in wish && wish.request === true && wish.purpose === 'APPROVAL'
    ? { ok: true, via: 'request', task: 'request' }
    : undefined;

/** conduct, due times and the skeleton of the cases in which their agency takes part; the matrix withholds identity and words. */
const asSupervisor = (caller: Asking, state: CaseAccessState): Access | undefined =>
  caller.role === 'SUPERVISOR' &&
  isAgency(caller.agency) &&
  takesPart(caller.agency, state) &&
  isOfTheirState(caller, state)
    ? { ok: true, via: 'supervision', task: 'supervision' }
    : undefined;

/** C-9: an agency that was asked for something may answer it through any officer of the state; only that, and without reading. */
const whoseAgencyIsAsked = (caller: Asking, state: CaseAccessState, wish: Wish): Access | undefined => {
  if (!('command' in wish) || caller.role !== 'OFFICER' || !isOfTheirState(caller, state)) return undefined;
  const open = state.duties.find(
    ({ agency, duty }) => agency === caller.agency && ANSWERS[duty.slice(0, duty.indexOf(':'))]?.includes(wish.command),
  );
  return open && { ok: true, via: 'team', task: open.duty };
};

/** Why not: a glass that has ended is said as such, so that its user knows that it was no mistake of theirs. */
const withoutATask = (wish: Wish, caller: Asking, state: CaseAccessState, now: string): Denied => {
  if (runningGlass(caller, state, now)) return deny('R-720', 'E-GLASS-SECOND');
  if (state.glasses.some(({ staffId }) => staffId === caller.sub)) return deny('R-704', 'E-GLASS-ENDED');
  return 'command' in wish ? deny('R-701', 'E-NEED') : deny('R-702', 'E-NEED');
};
