import { AGENCIES } from '@resguardo/contracts';
import { isRefusal } from '@resguardo/eventing';
import fc from 'fast-check';
import type { Fact, InterviewState } from './interview.state.js';
import { interviewDecider } from './interview.decider.js';
import { linkedInterviews } from './linked-interviews.process.js';
import type { RuleName, Rules } from './rules.js';
import { allRules } from './rules.js';
import { addHours, daysBetween, isBefore } from './time.js';

/**
 * Random sequences of commands and facts by four agencies over three cases of one child, with the process that ties them.
 * The oracle below reads only the facts, and knows nothing of the rules' code.
 */
const CASES = ['case-a', 'case-b', 'case-c'];
const ZONE = 'America/Mexico_City';
const EPOCH = '2026-03-02T15:00:00.000Z';
const TOPICS = ['CONTACT_ONLINE', 'CONTENT_SHARED', 'OTHER_CHILDREN'] as const;
const CREDENTIAL = (intermediaryId: string) => ({
  intermediaryId,
  profession: 'PSYCHOLOGIST' as const,
  trainingKind: 'NICHD' as const,
  trainedOn: '2026-01-10',
  active: true,
  trainingAccepted: true,
  validUntil: '2028-01-10',
});

/** Steps are numbers: what they mean is looked up in the world when they are taken, so that most of them meet something. */
interface Step {
  readonly what: number;
  readonly on: number;
  readonly pick: number;
  readonly who: number;
  readonly hours: number;
}

interface World {
  readonly streams: Record<string, { facts: Fact[]; state: InterviewState; process: any }>;
  now: string;
  count: number;
}

const seen = (caseId: string, fact: Fact) =>
  ({
    id: fact.about.eventId,
    type: fact.type,
    schemaVersion: 1,
    data: fact.data,
    meta: { caseId, ...fact.about },
    stream: caseId,
    revision: fact.about.revision,
    position: '0',
    caseId,
    withheld: false,
  }) as any;

const simulate = (rules: Rules, steps: readonly Step[]): { world: World; failed: string[] } => {
  const decider = interviewDecider(rules);
  const world: World = {
    streams: Object.fromEntries(
      CASES.map((id) => [id, { facts: [], state: decider.initialState, process: linkedInterviews.start }]),
    ),
    now: EPOCH,
    count: 0,
  };
  const failed: string[] = [];
  const pending: { caseId: string; input: object }[] = [];

  const append = (caseId: string, type: string, data: object, about: Partial<Fact['about']> = {}) => {
    const stream = world.streams[caseId]!;
    const fact = {
      type,
      data,
      about: {
        eventId: `${caseId}:${stream.facts.length}`,
        revision: stream.facts.length,
        commandId: '',
        actor: 'somebody',
        agency: 'PROSECUTOR',
        role: 'OFFICER',
        occurredAt: world.now,
        recordedAt: world.now,
        violationOf: [],
        ...about,
      },
    } as unknown as Fact;
    stream.facts.push(fact);
    stream.state = decider.evolve(stream.state, fact);
    stream.process = linkedInterviews.evolve(stream.process, seen(caseId, fact));
    for (const { caseId: to, input } of linkedInterviews.react(seen(caseId, fact), stream.process))
      pending.push({ caseId: to, input });
  };

  const say = (
    caseId: string,
    name: string,
    input: object,
    { occurredAt = world.now, by = {}, known = {}, fact = false }: any = {},
  ) => {
    world.count += 1;
    const who = { actor: 'somebody', agency: 'PROSECUTOR', role: 'OFFICER', states: [], ...by };
    const command = {
      name,
      input,
      known: { newId: `id-${world.count}`, ...known },
      caseId,
      commandId: `c${world.count}`,
      at: world.now,
      occurredAt,
      by: who,
    };
    const decision = decider.decide(command as any, world.streams[caseId]!.state);
    if (isRefusal(decision)) {
      // D2: a fact is never refused.
      if (fact) failed.push(`${name}: ${decision.rule}`);
      return;
    }
    for (const one of decision)
      append(caseId, one.type, one.data, {
        occurredAt: one.occurredAt ?? occurredAt,
        violationOf: [...(one.violationOf ?? [])],
        actor: who.actor,
        agency: who.agency,
        role: who.role,
      });
  };

  const both = (a: string, b: string, type: string, data: object = {}) => {
    append(a, type, { otherCaseId: b, ...data });
    append(b, type, { otherCaseId: a, ...data });
  };
  const tellOne = () => {
    const note = pending.shift();
    if (note) say(note.caseId, 'noteLinkedInterview', note.input, { fact: true });
  };
  const at = <T>(list: readonly T[], i: number): T | undefined => list[i % Math.max(1, list.length)];

  for (const id of CASES) {
    append(id, 'CaseOpened', { zone: ZONE, sourceAgency: 'PROSECUTOR', underSix: 'NO' });
    append(id, 'ProtectionRepresentativeAssigned', { staffId: 'rep' });
    for (const staffId of ['somebody', 'colleague']) append(id, 'TeamMemberAdded', { staffId });
    append(id, 'AnticipatedEvidenceDecided', { decision: 'NOT_SOUGHT', reason: 'NOT_NEEDED' });
  }

  const room = { recordingMode: 'AUDIO', venueKind: 'CHILD_HOUSE', presentRoles: ['INTERMEDIARY'] };
  const take = ({ what, on, pick, who, hours }: Step) => {
    const caseId = at(CASES, on)!;
    const { state } = world.streams[caseId]!;
    const { interviews, requests } = state.view;
    const other = CASES[(CASES.indexOf(caseId) + 1 + (pick % 2)) % 3]!;
    const agency = at(AGENCIES, who)!;
    const interview = interviews[interviews.length - 1 - (pick % 3 === 2 ? 1 : 0)] ?? interviews.at(-1);
    const id = interview?.interviewId ?? 'nobody';
    const topic = at(TOPICS, pick)!;
    const person = pick % 5 === 4 ? 'i2' : 'i1';
    const late = who === 3 ? addHours(world.now, -hours) : world.now;
    const plan = (on_: string) =>
      say(
        on_,
        'planInterview',
        {
          slot: addHours(world.now, 5),
          minutes: 60,
          venueKind: 'CHILD_HOUSE',
          urgent: true,
          intermediaryId: person,
          topics: pick % 4 === 3 ? TOPICS.slice(0, 2) : [topic],
        },
        { by: { agency }, known: { intermediary: CREDENTIAL(person) } },
      );
    const prepare = () => {
      say(
        caseId,
        'recordChildAssent',
        { interviewId: id, explanationVersion: 'v1', explainedBy: 'i1', rightToStopExplained: true },
        { fact: true },
      );
      say(
        caseId,
        'recordRecordingPreference',
        { interviewId: id, preference: 'AUDIO', explainedBy: 'i1' },
        { fact: true },
      );
    };
    const start = () =>
      say(
        caseId,
        'startInterview',
        { interviewId: id, ...room },
        { known: { intermediary: CREDENTIAL(interview?.intermediary?.intermediaryId ?? 'i1') } },
      );
    const conducted = (occurredAt: string) =>
      say(
        caseId,
        'recordInterviewConducted',
        { interviewId: id, minutes: 40, topicsCovered: [topic], accountGiven: true, ...room },
        { fact: true, occurredAt, known: { intermediary: CREDENTIAL('i1') } },
      );
    const interrupt = () =>
      say(
        caseId,
        'interruptInterview',
        {
          interviewId: id,
          minutes: 10,
          topicsCovered: [topic],
          childWantsToGoOn: who !== 0,
          accountGiven: false,
          reason: 'CHILD_TIRED',
        },
        { fact: true, occurredAt: late },
      );
    const goOn = (withAssent: boolean) => {
      if (withAssent) prepare();
      else
        say(
          caseId,
          'recordRecordingPreference',
          { interviewId: id, preference: 'AUDIO', explainedBy: 'i1' },
          { fact: true },
        );
      say(
        caseId,
        'continueInterview',
        { interviewId: id, intermediaryId: person, topics: [topic], ...room },
        { known: { intermediary: CREDENTIAL(person) } },
      );
    };
    const additional = () => {
      say(
        caseId,
        'requestAdditionalInterview',
        { ground: 'NEW_FACT', newFactKnownAt: world.now, newFact: 'x', whyRecordCannotAnswer: 'x', topics: [topic] },
        { by: { agency, actor: 'asker' } },
      );
      const requestId = world.streams[caseId]!.state.view.requests.at(-1)?.requestId ?? 'none';
      say(caseId, 'recordImpactOpinion', { requestId, harmExpected: 'NO', givenBy: 'p' }, { fact: true });
      say(
        caseId,
        'recordChildAssent',
        {
          requestId,
          explanationVersion: 'v1',
          explainedBy: 'i1',
          rightToStopExplained: true,
          otherIntermediaryAsked: pick % 2 === 0,
        },
        { fact: true },
      );
      say(
        caseId,
        'approveAdditionalInterview',
        { requestId },
        { by: { actor: 'rep', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE' } },
      );
      say(caseId, 'approveAdditionalInterview', { requestId }, { by: { actor: 'sup', agency, role: 'SUPERVISOR' } });
    };
    switch (what) {
      case 0:
      case 1:
        return plan(caseId);
      case 2:
        // A whole interview, as far as the rules let it.
        plan(caseId);
        world.now = addHours(world.now, 6);
        return;
      case 3:
        world.now = addHours(world.now, 5);
        prepare();
        return start();
      case 4:
        return start();
      case 5:
        return conducted(late);
      case 6:
        return interrupt();
      case 7:
        return goOn(true);
      case 8:
        return goOn(false);
      case 9:
        return say(
          caseId,
          'recordInterviewHeld',
          { heldBy: agency, minutes: 30, topicsCovered: [topic], accountGiven: true, assentGiven: true, ...room },
          { fact: true, occurredAt: late, by: { agency } },
        );
      case 10:
        return additional();
      case 20: {
        // An exception to its end, as far as the rules let it.
        additional();
        plan(caseId);
        world.now = addHours(world.now, 6);
        const interviewId = world.streams[caseId]!.state.view.interviews.at(-1)?.interviewId ?? 'nobody';
        const answers = { interviewId, explanationVersion: 'v1', explainedBy: 'i1', rightToStopExplained: true };
        say(caseId, 'recordChildAssent', answers, { fact: true });
        say(
          caseId,
          'recordRecordingPreference',
          { interviewId, preference: 'AUDIO', explainedBy: 'i1' },
          { fact: true },
        );
        return say(caseId, 'startInterview', { interviewId, ...room }, { known: { intermediary: CREDENTIAL(person) } });
      }
      case 11: {
        const request = at(requests, pick);
        if (request)
          say(
            caseId,
            'approveAdditionalInterview',
            { requestId: request.requestId },
            { by: { actor: 'rep', agency: 'CHILD_PROTECTION', role: 'REPRESENTATIVE' } },
          );
        return;
      }
      case 12:
        return say(
          caseId,
          'recordCourtOrder',
          { courtKind: 'CONTROL_JUDGE', orders: 'ADDITIONAL_INTERVIEW', reference: 'x' },
          { fact: true, occurredAt: late, by: { actor: at(['colleague', 'somebody', 'passer-by'], pick)! } },
        );
      case 13:
        return both(caseId, other, 'CaseLinked', { linkKind: 'SAME_CHILD' });
      case 14:
        // Confirmed on one stream; the other hears of it by and by, in the same order.
        return both(caseId, other, 'FactsConfirmedSame', { leadCaseId: pick % 3 === 0 ? caseId : CASES[0] });
      case 15:
        return pick % 2 === 0 ? both(caseId, other, 'FactsConfirmedDistinct') : undefined;
      case 16: {
        const own = world.streams[caseId]!.facts.filter(
          ({ type }) => type.startsWith('ForensicInterview') || type === 'AdditionalInterviewAuthorised',
        );
        const retract = (wrong: Fact) =>
          append(caseId, 'FactRetracted', {
            eventId: wrong.about.eventId,
            factType: wrong.type,
            retractionReason: 'DUPLICATE',
          });
        // All that is told of one interview's sessions, or one fact of any.
        const sessions = own.filter(
          (one) => one.type.startsWith('ForensicInterview') && (one.data as { interviewId: string }).interviewId === id,
        );
        if (who === 1) return sessions.forEach(retract);
        const wrong = at(own, pick);
        return wrong && retract(wrong);
      }
      case 21:
        return say(caseId, 'sealRecord', { interviewId: id, digest: 'a'.repeat(64), location: 'x' });
      case 17:
        return say(caseId, 'cancelInterview', { interviewId: id, reason: 'OTHER' }, { by: { agency } });
      case 18:
        world.now = addHours(world.now, hours * 12);
        return;
      case 19:
        return say(
          caseId,
          'recordRetelling',
          {
            heardByAgency: agency,
            heardByRole: 'PROSECUTOR',
            actKind: 'PROSECUTOR_STATEMENT',
            placeKind: 'PROSECUTOR_OFFICE',
            personsPresent: 2,
            onRecord: false,
            needed: false,
          },
          { fact: true, occurredAt: late, by: { agency } },
        );
    }
  };

  for (const step of steps) {
    take(step);
    // Processes run behind: sometimes nothing is told, sometimes a note or two.
    if (step.pick % 4 > 0) tellOne();
    if (step.pick % 4 > 1) while (pending.length > 0) tellOne();
    world.now = addHours(world.now, 0.25);
  }
  while (pending.length > 0) tellOne();
  return { world, failed };
};

/** What C-2, C-3 and C-4 forbid, found in the facts of one stream. */
const broken = (caseId: string, facts: readonly Fact[]): string[] => {
  const found: string[] = [];
  const gone: string[] = [];
  const links: Record<string, { same: boolean; undecided: boolean; lead: string | null }> = {};
  const startedAt: Record<string, string> = {};
  const spentBy: Record<string, string> = {};
  const standing = (until: number) => facts.slice(0, until).filter(({ about }) => !gone.includes(about.eventId));
  const isSealed = (until: number, id: string) =>
    standing(until).some((one) => one.type === 'InterviewRecordSealed' && one.data.interviewId === id);
  /** What has a sealed record was held, whatever was retracted of it. */
  const toldOrSealed = (until: number) =>
    facts
      .slice(0, until)
      .filter(
        (one) =>
          !gone.includes(one.about.eventId) ||
          (one.type.startsWith('ForensicInterview') &&
            isSealed(until, (one.data as { interviewId: string }).interviewId)),
      );
  const spends = (until: number, authorisationId: string) =>
    toldOrSealed(until).some(
      (one) =>
        'authorisationId' in one.data &&
        one.type.startsWith('ForensicInterview') &&
        one.data.authorisationId === authorisationId &&
        spentBy[authorisationId] !== undefined &&
        (one.data as { interviewId: string }).interviewId !== spentBy['now'],
    );
  /** Who is on the case, as nobody leaves it here. */
  const isOnTheCase = (until: number, staffId: string) =>
    facts
      .slice(0, until)
      .some(
        (one) =>
          (one.type === 'TeamMemberAdded' || one.type === 'ProtectionRepresentativeAssigned') &&
          one.data.staffId === staffId,
      );
  const plannerOf = (until: number, id: string) =>
    standing(until).find((one) => one.type === 'InterviewPlanned' && one.data.interviewId === id)?.about.actor;
  const validAt = (until: number, authorisationId: string, at: string, persons: readonly (string | undefined)[]) =>
    standing(until).some((one) =>
      one.type === 'AdditionalInterviewAuthorised'
        ? one.data.requestId === authorisationId &&
          !isBefore(one.data.expiresAt, at) &&
          !isBefore(at, one.about.occurredAt)
        : one.type === 'CourtOrderRecorded' &&
          one.data.orderId === authorisationId &&
          !isBefore(at, one.about.occurredAt) &&
          isOnTheCase(one.about.revision, one.about.actor) &&
          !persons.includes(one.about.actor),
    );
  const covered: string[] = [];
  facts.forEach((fact, i) => {
    switch (fact.type) {
      case 'FactRetracted':
        gone.push(fact.data.eventId);
        return;
      case 'CaseLinked':
        links[fact.data.otherCaseId] ??= { same: false, undecided: true, lead: null };
        return;
      case 'FactsConfirmedDistinct':
        links[fact.data.otherCaseId] = { same: false, undecided: false, lead: null };
        return;
      case 'FactsConfirmedSame':
        links[fact.data.otherCaseId] = { same: true, undecided: false, lead: fact.data.leadCaseId };
        return;
      case 'InterviewPlanned': {
        const all = Object.values(links);
        if (all.some(({ undecided }) => undecided))
          found.push('C-4: planned while it is undecided whether the facts are the same');
        if (all.some(({ same, lead }) => same && lead !== caseId)) found.push('C-4: planned outside the lead case');
        const open = standing(i).some(
          (one) =>
            one.type === 'InterviewPlanned' &&
            !standing(i).some(
              (later) =>
                (later.type === 'InterviewCancelled' ||
                  later.type === 'InterviewRecordSealed' ||
                  later.type.startsWith('ForensicInterview')) &&
                (later.data as { interviewId: string }).interviewId === one.data.interviewId,
            ),
        );
        if (open) found.push('R-002: planned while another one is planned');
        return;
      }
      case 'ForensicInterviewStarted':
      case 'ForensicInterviewConducted':
      case 'ForensicInterviewInterrupted': {
        const { interviewId, session, authorisationId } = fact.data;
        const earlier = standing(i).filter(
          (one) =>
            one.type.startsWith('ForensicInterview') &&
            (one.data as { interviewId: string }).interviewId === interviewId,
        );
        if (earlier.length === 0) {
          startedAt[interviewId] = fact.about.occurredAt;
          if (authorisationId) {
            spentBy['now'] = interviewId;
            const persons = [fact.about.actor, plannerOf(i, interviewId)];
            if (!spends(i, authorisationId) && validAt(i, authorisationId, fact.about.occurredAt, persons))
              covered.push(interviewId);
            else found.push('C-2: an authorisation that was not valid, was spent, or was their own word');
            spentBy[authorisationId] = interviewId;
          }
        }
        // A start is an intent: what nothing covers does not start at all.
        if (fact.type === 'ForensicInterviewStarted' && fact.data.standing === 'UNCOVERED' && session === 1)
          found.push('C-2: a second interview started without an authorisation');
        if (fact.type === 'ForensicInterviewStarted' && session === 1 && authorisationId) {
          const allowed = standing(i).find(
            (one) => one.type === 'AdditionalInterviewAuthorised' && one.data.requestId === authorisationId,
          );
          if (allowed?.type === 'AdditionalInterviewAuthorised') {
            if (fact.data.topics.some((topic) => !allowed.data.topics.includes(topic)))
              found.push('R-010: an additional interview beyond its topics');
            const before = standing(i).filter(({ type }) => type.startsWith('ForensicInterview'));
            const ids = before.map((one) => (one.data as { interviewId: string }).interviewId);
            if (ids.filter((id, n) => ids.indexOf(id) === n).length > 2)
              found.push('R-011: a third additional interview without a court');
          }
        }
        const stamped = fact.about.violationOf.length > 0;
        const last = earlier.at(-1);
        const goesOn =
          last !== undefined &&
          session > 1 &&
          !earlier.some((one) => (one.data as { session: number }).session === session);
        if (goesOn && !stamped) {
          const first = earlier.find((one) => one.type === 'ForensicInterviewInterrupted');
          const stopped = earlier.filter((one) => one.type === 'ForensicInterviewInterrupted').at(-1);
          if (session > 3) found.push('C-3: more than two continuations');
          if (first && daysBetween(first.about.occurredAt, fact.about.occurredAt, ZONE) > 15)
            found.push('C-3: after 15 days');
          if (stopped?.type === 'ForensicInterviewInterrupted' && !stopped.data.childWantsToGoOn)
            found.push('C-3: the child did not want to go on');
          if (
            stopped &&
            !standing(i).some(
              (one) =>
                one.type === 'ChildAssentRecorded' &&
                one.data.interviewId === interviewId &&
                one.about.revision > stopped.about.revision,
            )
          )
            found.push('C-3: without a new assent');
          if (fact.type === 'ForensicInterviewStarted') {
            const told = earlier.flatMap((one) =>
              one.type === 'ForensicInterviewInterrupted' ? one.data.topicsCovered : [],
            );
            if (fact.data.topics.some((topic) => told.includes(topic))) found.push('C-3: topics again');
            const before = earlier.filter((one) => one.type === 'ForensicInterviewStarted').at(-1);
            if (before?.type === 'ForensicInterviewStarted' && before.data.intermediaryId !== fact.data.intermediaryId)
              found.push('C-3: another intermediary');
          }
        }
        break;
      }
      case 'LinkedInterviewNoted':
        break;
      default:
        return;
    }
    // C-2, at every moment: of what still counts, at most one interview is neither covered nor stamped.
    const sessionsOf = (id: string, among: readonly Fact[]) =>
      among.filter(
        (one) => one.type.startsWith('ForensicInterview') && (one.data as { interviewId: string }).interviewId === id,
      );
    const free = standing(i + 1).filter(
      (one) =>
        // A sealed record of which no session is told any more: it was told once.
        (one.type === 'InterviewRecordSealed' &&
          sessionsOf(one.data.interviewId, standing(i + 1)).length === 0 &&
          !covered.includes(one.data.interviewId) &&
          !sessionsOf(one.data.interviewId, facts.slice(0, i)).some(({ about }) =>
            about.violationOf.includes('R-001'),
          )) ||
        (one.type === 'ForensicInterviewConducted' &&
          !covered.includes(one.data.interviewId) &&
          !one.about.violationOf.includes('R-001')) ||
        (one.type === 'LinkedInterviewNoted' &&
          one.data.step === 'CONDUCTED' &&
          one.data.standing !== 'COVERED' &&
          !one.about.violationOf.includes('R-001') &&
          !facts
            .slice(0, i + 1)
            .some(
              (later) =>
                later.type === 'LinkedInterviewNoted' &&
                later.about.revision > one.about.revision &&
                later.data.interviewId === one.data.interviewId,
            )),
    );
    if (free.length > 1) found.push('C-2: a second interview, neither authorised nor stamped');
  });
  return found;
};

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom(
    0,
    2,
    2,
    3,
    3,
    3,
    4,
    5,
    5,
    6,
    6,
    7,
    7,
    7,
    8,
    8,
    9,
    10,
    10,
    11,
    12,
    13,
    14,
    14,
    15,
    16,
    17,
    18,
    18,
    19,
    20,
    20,
    21,
    21,
  ),
  on: fc.constantFrom(0, 0, 0, 0, 1, 2),
  pick: fc.nat(11),
  who: fc.nat(3),
  hours: fc.nat(40),
});

/** One line per fact, for whoever reads a counter-example. */
const told = (caseId: string, { type, data, about }: Fact): string =>
  `${caseId} ${about.eventId} ${about.occurredAt} ${type} ${JSON.stringify(data)} ${about.violationOf.join(' ')}`;

const check = (rules: Rules, runs: number, shrink: boolean, seed = 20261123) =>
  fc.check(
    fc.property(fc.array(step, { minLength: 8, maxLength: 45 }), (steps) => {
      const { world, failed } = simulate(rules, steps);
      const wrong = [...failed, ...CASES.flatMap((id) => broken(id, world.streams[id]!.facts))];
      if (wrong.length > 0)
        throw new Error(
          [...wrong, ...CASES.flatMap((id) => world.streams[id]!.facts.map((one) => told(id, one)))].join('\n'),
        );
    }),
    { numRuns: runs, seed, endOnFailure: !shrink },
  );

/** What bears C-2, C-3 and C-4, and the limits of the exception. */
const BEARING: readonly RuleName[] = [
  'oneInterviewAtATime',
  'additionalInterviewsAreCapped',
  'theAdditionalInterviewKeepsToItsTopics',
  'aSecondInterviewIsAuthorised',
  'onlyTheLeadCasePlans',
  'theInterviewMayGoOn',
  'theSameIntermediaryGoesOn',
  'onlyRemainingTopics',
  'theChildAgreed',
];

describe('C-2, C-3, C-4: no sequence of commands and facts makes the child tell it again unseen', () => {
  it('R-001: holds over random histories of linked cases, and no fact is refused', () => {
    const { failed, errorInstance } = check(allRules, 1200, true);
    expect({ failed, why: errorInstance }).toEqual({ failed: false, why: null });
  });

  it.each(BEARING)('R-001: with %s switched off a counter-example is found', (name) => {
    const without = { ...allRules, [name]: () => undefined };
    expect(check(without, 4000, false).failed).toBe(true);
  });
});
