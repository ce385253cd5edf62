import type { DataClass } from '@resguardo/contracts';
import { AGENCIES, isUrgent, permissionsOf } from '@resguardo/contracts';
import type { Caller } from '@resguardo/identity';
import type { CardAct, CardApproval, CardTask, CaseCard } from './case-card.projection.js';
import { countedActs, heardActs, tasksOf } from './case-card.projection.js';
import type { Term } from './terms.rule.js';
import { isOpen, termsOf } from './terms.rule.js';
import type { Seen, Viewer } from './visibility.rule.js';
import { seesConduct, sightOf } from './visibility.rule.js';

/** How a caller came in, as the page says it. */
export const VIA = {
  team: 'OWN_TEAM',
  'break-glass': 'BREAK_GLASS',
  request: 'REQUEST',
  supervision: 'SUPERVISION',
} as const;

const NOBODYS = { agency: '', actor: '' };

/** Who sees the steps of a class one by one: whoever reads it, and supervisors, who see conduct where others get a neutral sentence. */
const seesSteps = (cls: DataClass, by: Omit<Seen, 'cls'>, viewer: Viewer): boolean => {
  const sight = sightOf(cls, by, viewer);
  return sight === 'FULL' || (sight === 'STATUS' && seesConduct(viewer));
};

/** Terms the viewer may know of: those of which they see every fact that starts or ends them. */
export const termsFor = (card: CaseCard, viewer: Viewer, at: string): readonly Term[] =>
  termsOf(card.ledger, at).filter(({ classes }) => classes.every((cls) => seesSteps(cls, NOBODYS, viewer)));

/** Decisions that are taken on the team of the case; the others by anyone of the state who holds the role. */
const ON_THE_TEAM: readonly CardApproval['what'][] = ['SAME_FACTS', 'ERASURE'];

const mayDecide = (card: CaseCard, { what }: CardApproval, { sub, agency, states }: Caller): boolean =>
  ON_THE_TEAM.includes(what)
    ? card.members.some((member) => member.staffId === sub && member.agency === agency)
    : isOfTheirState(states, card);

const isOfTheirState = (states: readonly string[], { state }: CaseCard): boolean =>
  state === undefined || states.includes(state);

/** Why a caller who holds the role may not decide: nobody approves their own request, nor twice (C-12). Who may not decide may not read it. */
export const approvalFor = (card: CaseCard, approval: CardApproval, caller: Caller, at: string) => {
  const { sub, agency, role } = caller;
  const token = `${agency}:${role}`;
  const open = approval.must.filter(({ key }) => !approval.given.some((one) => one.key === key));
  const holds = open.some(({ by }) => by.includes(token)) && mayDecide(card, approval, caller);
  const whyNot = !holds
    ? null
    : approval.askedBy === sub
      ? 'OWN_REQUEST'
      : approval.given.some(({ actor }) => actor === sub)
        ? 'ALREADY_DECIDED'
        : null;
  return {
    eventId: approval.eventId,
    caseId: card.caseId,
    folio: card.folio,
    what: approval.what,
    subjectId: approval.subjectId,
    askedBy: approval.askedBy,
    askedByAgency: approval.askedByAgency,
    since: approval.since,
    due: approval.due ?? null,
    overdue: approval.due !== undefined && Date.parse(approval.due) < Date.parse(at),
    must: open.flatMap(({ by }) => by),
    given: approval.given.map(({ key }) => key),
    canAct: holds && whyNot === null,
    whyNot,
  };
};
export type ApprovalView = ReturnType<typeof approvalFor>;

/** Approvals that a caller may know of: those they hold the role for, and those whose fact they may see. */
export const approvalsFor = (card: CaseCard, caller: Caller, viewer: Viewer, at: string): readonly ApprovalView[] => {
  const token = `${caller.agency}:${caller.role}`;
  return card.approvals
    .filter(
      ({ must, cls, askedBy, askedByAgency }) =>
        (must.some(({ by }) => by.includes(token)) && isOfTheirState(caller.states, card)) ||
        sightOf(cls, { agency: askedByAgency, actor: askedBy }, viewer) === 'FULL',
    )
    .map((approval) => approvalFor(card, approval, caller, at));
};

/** C-16. Its time is over by itself; the fact that says so comes with the next command. */
const closedBy = (round: CaseCard['interview']['round'], at: string): boolean =>
  round !== undefined && (round.closedAt !== undefined || Date.parse(round.closesAt) <= Date.parse(at));

const conditionsFor = (card: CaseCard, viewer: Viewer, at: string) => {
  const { interview, representative } = card;
  const { round, questions } = interview;
  const answeredAll = round !== undefined && AGENCIES.every((agency) => round.answers[agency] !== undefined);
  const knowsRecord = seesSteps('D3', NOBODYS, viewer);
  const condition = (key: string, rule: string, met: boolean, since?: string) => ({
    key,
    rule,
    met,
    at: since ?? null,
  });
  return [
    condition('representative', 'R-208', representative !== undefined, representative?.since),
    condition('intermediary', 'R-004', interview.intermediary !== undefined),
    condition('evidence', 'R-021', interview.evidenceDecidedAt !== undefined, interview.evidenceDecidedAt),
    condition(
      'round',
      'R-005',
      answeredAll || closedBy(round, at),
      round?.closedAt ?? (closedBy(round, at) ? round?.closesAt : undefined),
    ),
    ...(seesSteps('D3q', NOBODYS, viewer)
      ? [condition('filter', 'R-006', round !== undefined && questions.every(({ decision }) => decision !== undefined))]
      : []),
    ...(knowsRecord
      ? [
          condition('assent', 'R-008', interview.assentAt !== undefined, interview.assentAt),
          condition('preference', 'R-009', interview.preferenceAt !== undefined, interview.preferenceAt),
        ]
      : []),
    ...(interview.stabilising ? [condition('stabilisation', 'R-008', false)] : []),
    // The child may have gone without one, which the assent says.
    ...(interview.interpreterNeeded && knowsRecord
      ? [condition('interpreter', 'R-026', interview.interpreterAt !== undefined, interview.interpreterAt)]
      : []),
  ];
};

const interviewFor = ({ interview, ...card }: CaseCard, viewer: Viewer, at: string) => {
  const { slot, minutes, round, record, exceptions } = interview;
  return {
    stage: interview.stage,
    interviewId: interview.interviewId ?? null,
    slotStart: slot ?? null,
    slotEnd: slot && minutes ? new Date(Date.parse(slot) + minutes * 60_000).toISOString() : null,
    venueKind: interview.venueKind ?? null,
    urgent: interview.urgent,
    intermediary: interview.intermediary ?? null,
    plannedBy: interview.plannedBy ?? null,
    heldAt: interview.heldAt ?? null,
    conducted: interview.conducted,
    additionalHeld: interview.additionalHeld,
    conditions: conditionsFor({ interview, ...card }, viewer, at),
    round: round
      ? {
          opensAt: round.opensAt,
          closesAt: round.closesAt,
          closed: closedBy(round, at),
          shortened: round.shortened,
          agencies: [...AGENCIES, ...(round.answers['LEGAL_ADVISER'] ? ['LEGAL_ADVISER'] : [])].map((agency) => ({
            agency,
            answer: round.answers[agency]?.answer ?? 'WAITING',
            at: round.answers[agency]?.at ?? null,
          })),
        }
      : null,
    // the asking agency sees what became of its questions, and of nobody else's.
    questions: interview.questions
      .filter((question) => sightOf('D3q', question, viewer) === 'FULL')
      .map(({ questionId, eventId, agency, decision, reasonCode, objected, decisionEventId }) => ({
        questionId,
        eventId,
        agency,
        decision: decision ?? null,
        reasonCode: reasonCode ?? null,
        objected,
        decisionEventId: decisionEventId ?? null,
      })),
    exceptions: exceptions.map(({ expiresAt, state, actor: _actor, ...exception }) => ({
      ...exception,
      state:
        state === 'AUTHORISED' && expiresAt !== undefined && Date.parse(expiresAt) <= Date.parse(at)
          ? 'EXPIRED'
          : state,
      expiresAt: expiresAt ?? null,
    })),
    record: record
      ? {
          eventId: record.eventId,
          sealedAt: record.sealedAt,
          digest: sightOf('D3', NOBODYS, viewer) === 'FULL' ? record.digest : null,
          sharedWith: interview.sharedWith,
        }
      : null,
  };
};

const boardFor = (card: CaseCard, viewer: Viewer, terms: readonly Term[]) =>
  AGENCIES.map((agency) => {
    const seen = Object.entries(card.last[agency] ?? {}).flatMap(([cls, last]) => {
      // A neutral sentence names no agency (C-10), so it has no place on a board by agency.
      const by = { agency, actor: '' };
      if (!seesSteps(cls as DataClass, by, viewer)) return [];
      return [{ ...last, type: sightOf(cls as DataClass, by, viewer) === 'FULL' ? last.type : null }];
    });
    const last = seen.sort((a, b) => (a.at < b.at ? 1 : -1))[0];
    const duties = terms.filter((term) => term.duty.includes(agency) && isOpen(term));
    return {
      agency,
      lastType: last?.type ?? null,
      lastKind: last?.kind ?? null,
      lastAt: last?.at ?? null,
      duties,
      notApplicable: !last && duties.length === 0 && !card.agencies.includes(agency),
    };
  });

/** What to do first in a new case; nothing once all of it is done. */
const FIRST_STEPS = [
  {
    command: 'assignRepresentative',
    agency: 'CHILD_PROTECTION',
    rule: 'R-208',
    fact: 'ProtectionRepresentativeAssigned',
  },
  { command: 'assignLegalAdviser', agency: 'VICTIMS_COMMISSION', rule: 'R-209', fact: 'LegalAdviserAssigned' },
  { command: 'recordRightsExplained', agency: undefined, rule: 'R-204', fact: 'RightsExplained' },
] as const;

const firstStepsFor = ({ done, responsible }: CaseCard) => {
  const steps = FIRST_STEPS.map(({ command, agency, rule, fact }) => ({
    command,
    agency: agency ?? responsible ?? 'CHILD_PROTECTION',
    rule,
    done: done.includes(fact),
  }));
  return steps.every((step) => step.done) ? [] : steps;
};

export const taskFor = ({ command, eventId, agency, since, missing }: CardTask) => ({
  command,
  eventId: eventId ?? null,
  agency,
  since,
  missing,
});

const closingFor = ({ closing, standing }: CaseCard, viewer: Viewer) => {
  const knows = sightOf('D4', NOBODYS, viewer) === 'FULL';
  return {
    state: knows ? closing.state : standing.state,
    kind: knows ? (closing.kind ?? null) : null,
    proposedAt: knows ? (closing.proposedAt ?? null) : null,
    notifiedAt: knows ? (closing.notifiedAt ?? null) : null,
    // A day of the case's zone; shown as the moment it ends would be a claim the law does not make.
    challengeUntil: knows && closing.challengeUntil ? closing.challengeUntil : null,
    closedAt: standing.closedAt ?? null,
  };
};

const retellingsFor = (card: CaseCard, viewer: Viewer) => {
  const sight = (act: CardAct) => sightOf(act.cls, { ...act, actor: act.heardBy }, viewer);
  const isKnown = (act: CardAct) => sight(act) !== 'ABSENT';
  const isNamed = (act: CardAct) => sight(act) === 'FULL' || act.cls === 'D0';
  const counted = countedActs(card).filter(isKnown);
  const named = counted.filter(isNamed);
  return {
    count: counted.length,
    // Who heard it in a step of which the viewer gets a neutral sentence is not theirs to know, not even as a number.
    officials: new Set(
      heardActs(card)
        .filter(seesConduct(viewer) ? isKnown : isNamed)
        .map(({ heardBy }) => heardBy),
    ).size,
    list: named.map((act) => ({
      eventId: act.eventId,
      agency: act.agency,
      role: act.role,
      actKind: act.actKind,
      placeKind: act.placeKind ?? null,
      persons: act.persons ?? null,
      onRecord: act.onRecord ?? null,
      needed: act.needed ?? null,
      occurredAt: act.occurredAt,
    })),
  };
};

/** A case as one viewer may see it (`CaseView`), but for what is not in the card: links' other side, `behind`, `incompleteSince`. */
export const caseView = (card: CaseCard, caller: Caller, viewer: Viewer, at: string) => {
  const terms = termsFor(card, viewer, at);
  const identity = sightOf('D1', NOBODYS, viewer) === 'FULL';
  const offer = card.approvals.find(({ what }) => what === 'RESPONSIBILITY');
  return {
    caseId: card.caseId,
    folio: card.folio,
    state: card.state ?? null,
    ageBand: identity && card.underSix === 'YES' ? 'UNDER_6' : null,
    channel: card.channel ?? null,
    openedAt: card.openedAt ?? null,
    childUnidentified: !card.identified,
    urgent: card.platformUrgent || isUrgent(card.reports),
    responsible: card.responsible ?? null,
    responsibilityOfferedTo: offer?.must[0]?.key ?? null,
    board: boardFor(card, viewer, terms),
    team: card.members,
    representative: card.representative ?? null,
    representationKind: card.representationKind ?? null,
    adviser: card.adviser ?? null,
    supportPersonRelation: identity ? (card.supportRelation ?? null) : null,
    terms,
    interview: interviewFor(card, viewer, at),
    retellings: retellingsFor(card, viewer),
    exams: card.exams
      .filter((exam) => sightOf('D7', exam, viewer) === 'FULL')
      .map(({ eventId, step, kind, agency, occurredAt }) => ({
        eventId,
        step,
        kind: kind ?? null,
        agency,
        occurredAt,
      })),
    referrals: card.referrals.map((referral) => referralFor(referral, terms)),
    closing: closingFor(card, viewer),
    firstSteps: firstStepsFor(card),
    tasks: tasksOf(card).map(taskFor),
    pending: approvalsFor(card, caller, viewer, at),
    participationWithdrawn: card.withdrawn,
    erased: card.erased,
    permissions: permissionsOf(caller.role, caller.agency),
  };
};

export const referralFor = (
  { eventId, from, to, urgent, service, madeAt, state, answeredAt }: CaseCard['referrals'][number],
  terms: readonly Term[],
) => ({
  referralId: eventId,
  eventId,
  from,
  to,
  urgent,
  service,
  madeAt,
  state,
  answeredAt: answeredAt ?? null,
  due: state === 'WAITING' ? (terms.find(({ startedBy }) => startedBy === eventId) ?? null) : null,
});

/** One line of a list of cases. */
export const caseRow = (card: CaseCard, viewer: Viewer, via: string, at: string) => {
  const open = termsFor(card, viewer, at).filter(isOpen);
  return {
    caseId: card.caseId,
    folio: card.folio,
    state: card.state ?? null,
    ageBand: sightOf('D1', NOBODYS, viewer) === 'FULL' && card.underSix === 'YES' ? 'UNDER_6' : null,
    responsible: card.responsible ?? null,
    stage: card.interview.stage,
    openedAt: card.openedAt ?? null,
    changedAt: card.changedAt,
    closed: card.standing.state === 'CLOSED',
    nextDue: open[0] ?? null,
    overdue: open.filter(({ dueAt }) => Date.parse(dueAt) < Date.parse(at)).length,
    via,
  };
};
