import type { Field, Fields } from '@resguardo/contracts';
import { AGENCIES, caseFileCommands } from '@resguardo/contracts';
import { isRefusal } from '@resguardo/eventing';
import { asCommand, asFact, CASE_ID } from '@resguardo/eventing/testing';
import fc from 'fast-check';
import { caseFileDecider } from './case-file.decider.js';
import type { CaseFileState } from './case-file.state.js';
import { OTHER_CASE, THIRD_CASE } from './testing/given.js';

/** Ids that earlier facts of the run really have, so that answers meet questions. */
const refs = fc.constantFrom(
  'staff-1',
  'staff-2',
  CASE_ID,
  OTHER_CASE,
  THIRD_CASE,
  ...Array.from({ length: 24 }, (_, i) => `e${i + 1}`),
);

const valueOf = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'code':
      return fc.constantFrom(...(field.codes ?? []));
    case 'flag':
      return fc.boolean();
    case 'instant':
      return fc.constant('2026-03-02T18:00:00.000Z');
    case 'day':
      return fc.constant('2026-03-02');
    case 'count':
      return fc.integer({ min: field.min ?? 0, max: Math.min(field.max ?? 10, (field.min ?? 0) + 10) });
    case 'ref':
      return refs;
    case 'digest':
      return fc.constant('0'.repeat(64));
    case 'text':
      return fc.constant('words');
    case 'many':
      return fc.array(valueOf(field.item!), { maxLength: 3 });
    case 'group':
      return fc.constant({});
  }
};
const inputOf = (fields: Fields): fc.Arbitrary<object> =>
  fc.record(Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, valueOf(field)])), {
    requiredKeys: Object.entries(fields)
      .filter(([, { optional }]) => !optional)
      .map(([name]) => name),
  });

const names = Object.keys(caseFileCommands) as (keyof typeof caseFileCommands)[];
const said = fc.constantFrom(...names).chain((name) =>
  fc.record({
    name: fc.constant(name),
    input: inputOf(caseFileCommands[name].input),
    agency: fc.constantFrom(...AGENCIES),
    role: fc.constantFrom('OFFICER', 'SUPERVISOR'),
    otherCaseId: fc.option(fc.constantFrom(CASE_ID, OTHER_CASE, THIRD_CASE), { nil: undefined }),
    day: fc.integer({ min: 2, max: 28 }),
  }),
);
/** Handing a case over needs three steps that meet; they are said more often than chance would. */
const handOver = fc.constantFrom(...AGENCIES, 'FITTING').chain((agency) =>
  fc.record({
    name: fc.constantFrom('offerResponsibility', 'acceptResponsibility', 'declineResponsibility'),
    input: fc.record({
      to: fc.constantFrom(...AGENCIES),
      offerId: fc.constant('last'),
      declineReason: fc.constant('OTHER'),
    }),
    agency: fc.constant(agency),
    role: fc.constant('OFFICER'),
    otherCaseId: fc.constant(undefined),
    day: fc.constant(3),
  }),
);

/** Who is responsible, by the facts alone: whoever opened it, then whoever accepted. */
const responsibleBy = (facts: readonly { type: string; data: object }[]) =>
  facts.flatMap(({ type, data }) =>
    type === 'CaseOpened'
      ? [(data as { sourceAgency: string }).sourceAgency]
      : type === 'ResponsibilityAccepted'
        ? [(data as { agency: string }).agency]
        : [],
  );

type Step = typeof said extends fc.Arbitrary<infer T> ? T : never;

const run = () => {
  let state: CaseFileState = caseFileDecider.initialState;
  const facts: { type: string; data: object; about: { agency: string } }[] = [];
  const refusedFacts: string[] = [];
  const tell = ({ name, input, agency: said, role, otherCaseId, day }: Step) => {
    const fitting = name === 'offerResponsibility' ? state.responsible : state.offer?.to;
    const agency = (said as string) === 'FITTING' ? (fitting ?? 'HEALTH') : said;
    const offerId = state.offer?.offerId ?? 'none';
    const meant =
      'offerId' in input && (input as { offerId: string }).offerId === 'last' ? { ...input, offerId } : input;
    const command = asCommand({
      name,
      input: meant,
      known: otherCaseId ? { otherCaseId } : {},
      at: `2026-03-${String(day).padStart(2, '0')}T18:00:00.000Z`,
      by: { actor: `${agency}-1`, agency, role, states: ['17'] },
    });
    const decision = caseFileDecider.decide(command as never, state);
    if (isRefusal(decision)) {
      if (caseFileCommands[name].mark === 'fact') refusedFacts.push(name);
      return;
    }
    for (const { type, data } of decision) {
      const fact = asFact({ type, data, about: { actor: command.by.actor, agency, role } }, facts.length);
      facts.push(fact);
      state = caseFileDecider.evolve(state, fact as never);
    }
  };
  return { tell, state: () => state, facts, refusedFacts };
};

const open = {
  name: 'receiveReport',
  input: {
    state: '17',
    channel: 'PFPNNA',
    mode: 'ORAL',
    reportedBy: 'CHILD_ALONE',
    anonymous: false,
    urgency: 'URGENT',
    accountGiven: false,
    immediateFullAccount: false,
    factsRecent: 'NO',
    specialProtectionNeed: false,
    contactInPerson: 'NO',
  },
  agency: 'CHILD_PROTECTION',
  role: 'OFFICER',
  otherCaseId: undefined,
  day: 2,
} as never;

describe('whatever four agencies say in whatever order', () => {
  const sequences = fc.array(fc.oneof(said, handOver as unknown as typeof said), {
    minLength: 10,
    maxLength: 40,
    size: 'max',
  });

  it('C-9: exactly one agency is responsible at every moment, and only an acceptance moves it', () => {
    let moved = 0;
    fc.assert(
      fc.property(sequences, (steps) => {
        const { tell, state, facts } = run();
        tell(open);
        for (const step of steps) {
          const before = state().responsible;
          const known = facts.length;
          tell(step);
          const acceptances = facts.slice(known).filter(({ type }) => type === 'ResponsibilityAccepted');
          expect(AGENCIES).toContain(state().responsible);
          expect(state().responsible).toBe(responsibleBy(facts).at(-1));
          if (acceptances.length === 0) expect(state().responsible).toBe(before);
          else {
            moved++;
            expect(acceptances).toHaveLength(1);
            expect(acceptances[0]!.about.agency).toBe(state().responsible);
            const { from, offerId } = acceptances[0]!.data as { from: string; offerId: string };
            expect(from).toBe(before);
            // It was offered, to them, by whoever was responsible.
            const offers = facts.slice(0, known).filter(({ type }) => type === 'ResponsibilityOffered');
            expect(offers.at(-1)).toMatchObject({
              about: { eventId: offerId, agency: before },
              data: { to: state().responsible },
            });
          }
        }
      }),
      { numRuns: 150 },
    );
    // Otherwise nothing was tried.
    expect(moved).toBeGreaterThan(10);
  });

  it('R-201: no fact is ever refused', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const { tell, refusedFacts } = run();
        tell(open);
        steps.forEach(tell);
        expect(refusedFacts).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('R-201: facts are taken even before anything is known of the case', () => {
    fc.assert(
      fc.property(fc.array(said, { maxLength: 10 }), (steps) => {
        const { tell, refusedFacts } = run();
        steps.forEach(tell);
        expect(refusedFacts).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('C-4: what is said of two cases leaves at most one link to each', () => {
    fc.assert(
      fc.property(sequences, (steps) => {
        const { tell, state } = run();
        tell(open);
        steps.forEach(tell);
        const others = state().links.map(({ otherCaseId }) => otherCaseId);
        expect(new Set(others).size).toBe(others.length);
      }),
      { numRuns: 100 },
    );
  });
});
