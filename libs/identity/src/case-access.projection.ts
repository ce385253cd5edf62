import { AGENCIES } from '@resguardo/contracts';

/**
 * What decides who may open a case, folded from its stream. Facts of several capabilities
 * are folded by name; facts it does not know change nothing.
 */
export interface CaseAccessState {
  readonly exists: boolean;
  /** INEGI key of the state where the case is; null before it is opened. */
  readonly state: string | null;
  readonly team: readonly Member[];
  readonly responsible: string | null;
  /** Agencies that take part: by a member of the team, by responsibility, or by something they were asked for. */
  readonly agencies: readonly string[];
  /** Open duties by which an agency has a task in the case (C-9). */
  readonly duties: readonly Duty[];
  /** People who may not open it whatever they hold, each with the fact that says so. */
  readonly blocked: readonly { readonly staffId: string; readonly eventId: string }[];
  readonly glasses: readonly Glass[];
}

export interface Member {
  readonly staffId: string;
  readonly agency: string;
  readonly role: string;
  /** The interview for which an intermediary is named; their membership ends with it. */
  readonly interviewId?: string;
}

/** `duty` says what and which: `referral:<eventId>`, `offer:<eventId>`, `questions:<interviewId>`. */
export interface Duty {
  readonly agency: string;
  readonly duty: string;
}

/** One use of break-glass. */
export interface Glass {
  readonly glassId: string;
  readonly staffId: string;
  readonly agency: string;
  readonly until: string;
  readonly reviewDue: string;
  readonly ended: boolean;
  readonly reviewed: boolean;
}

/** A fact as this fold sees it: the plain fields by name. */
export interface AccessFact {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly about: Readonly<{ eventId: string; actor: string; agency: string; role: string }>;
}

export const noAccess: CaseAccessState = {
  exists: false,
  state: null,
  team: [],
  responsible: null,
  agencies: [],
  duties: [],
  blocked: [],
  glasses: [],
};

type Plain = AccessFact['data'];

const said = (data: Plain, name: string): string => {
  const value = data[name];
  return typeof value === 'string' ? value : '';
};
const joined = (list: readonly string[], one: string): readonly string[] =>
  one === '' || list.includes(one) ? list : [...list, one];

const asked = (state: CaseAccessState, agency: string, duty: string): CaseAccessState => ({
  ...state,
  agencies: joined(state.agencies, agency),
  duties: [...state.duties, { agency, duty }],
});
/** The duty of one agency, or of all. */
const done = (state: CaseAccessState, duty: string, agency?: string): CaseAccessState => ({
  ...state,
  duties: state.duties.filter((open) => open.duty !== duty || (agency !== undefined && open.agency !== agency)),
});
const without = (state: CaseAccessState, staffId: string): CaseAccessState => ({
  ...state,
  team: state.team.filter((member) => member.staffId !== staffId),
});
const withMember = (state: CaseAccessState, member: Member): CaseAccessState => ({
  ...without(state, member.staffId),
  agencies: joined(state.agencies, member.agency),
  team: [...without(state, member.staffId).team, member],
});
/** One intermediary per interview: who is named last. */
const withIntermediary = (state: CaseAccessState, data: Plain): CaseAccessState => {
  const interviewId = said(data, 'interviewId');
  return withMember(withoutIntermediary(state, interviewId), {
    staffId: said(data, 'intermediaryId'),
    agency: 'INTERMEDIARY_REGISTER',
    role: 'INTERMEDIARY',
    interviewId,
  });
};
const withoutIntermediary = (state: CaseAccessState, interviewId: string): CaseAccessState => ({
  ...state,
  team: state.team.filter((member) => member.interviewId !== interviewId),
});
const changed = (state: CaseAccessState, glassId: string, change: Partial<Glass>): CaseAccessState => ({
  ...state,
  glasses: state.glasses.map((glass) => (glass.glassId === glassId ? { ...glass, ...change } : glass)),
});

/** Any fact makes the case exist; the ones below also say who may open it. */
export const caseAccess = (before: CaseAccessState, { type, data, about }: AccessFact): CaseAccessState => {
  const state = before.exists ? before : { ...before, exists: true };
  switch (type) {
    case 'CaseOpened': {
      const agency = said(data, 'sourceAgency');
      return { ...state, state: said(data, 'state'), responsible: agency, agencies: joined(state.agencies, agency) };
    }
    case 'TeamMemberAdded':
      return withMember(state, {
        staffId: said(data, 'staffId'),
        agency: said(data, 'agency'),
        role: said(data, 'role'),
      });
    case 'TeamMemberRemoved':
      return without(state, said(data, 'staffId'));
    case 'ProtectionRepresentativeAssigned':
      return withMember(state, {
        staffId: said(data, 'staffId'),
        agency: 'CHILD_PROTECTION',
        role: 'REPRESENTATIVE',
      });
    case 'LegalAdviserChanged':
    case 'LegalAdviserAssigned':
      return withMember(without(state, said(data, 'formerStaffId')), {
        staffId: said(data, 'staffId'),
        agency: 'VICTIMS_COMMISSION',
        role: 'LEGAL_ADVISER',
      });
    case 'InterviewPlanned':
    case 'IntermediaryAssigned':
      return withIntermediary(state, data);
    case 'InterviewCancelled':
    case 'InterviewRecordSealed':
      return done(withoutIntermediary(state, said(data, 'interviewId')), `questions:${said(data, 'interviewId')}`);
    case 'QuestionRoundOpened': {
      // Every agency is asked, also one that has no part in the case yet: it may answer, which opens nothing to read.
      const duty = `questions:${said(data, 'interviewId')}`;
      return { ...state, duties: [...state.duties, ...AGENCIES.map((agency) => ({ agency, duty }))] };
    }
    case 'QuestionSetSubmitted':
    case 'QuestionSetDeclined':
      return done(state, `questions:${said(data, 'interviewId')}`, about.agency);
    case 'QuestionRoundClosed':
      return done(state, `questions:${said(data, 'interviewId')}`);
    case 'ReferralMade':
      return asked(state, said(data, 'to'), `referral:${about.eventId}`);
    case 'ReferralAnswered':
    case 'ReferralWithdrawn':
      return done(state, `referral:${said(data, 'referralId')}`);
    case 'ResponsibilityOffered':
      return asked(state, said(data, 'to'), `offer:${about.eventId}`);
    case 'ResponsibilityDeclined':
      return done(state, `offer:${said(data, 'offerId')}`);
    case 'ResponsibilityAccepted': {
      const agency = said(data, 'agency');
      const taken = done(state, `offer:${said(data, 'offerId')}`);
      return { ...taken, responsible: agency, agencies: joined(taken.agencies, agency) };
    }
    case 'ConflictOfInterestDeclared': {
      const staffId = said(data, 'staffId');
      return staffId === '' || data['effective'] === false
        ? state
        : { ...state, blocked: [...state.blocked, { staffId, eventId: about.eventId }] };
    }
    case 'FactRetracted':
      return { ...state, blocked: state.blocked.filter(({ eventId }) => eventId !== data['eventId']) };
    case 'BreakGlassUsed': {
      const glass = {
        glassId: said(data, 'glassId'),
        staffId: said(data, 'staffId'),
        agency: said(data, 'staffAgency'),
        until: said(data, 'until'),
        reviewDue: said(data, 'reviewDue'),
        ended: false,
        reviewed: false,
      };
      return { ...state, glasses: [...state.glasses, glass] };
    }
    case 'BreakGlassEnded':
      return changed(state, said(data, 'glassId'), { ended: true });
    case 'BreakGlassReviewed':
      return changed(state, said(data, 'glassId'), { reviewed: true });
  }
  // Other capabilities' facts are an open set here: this fold need not have an opinion on each.
  return state;
};
