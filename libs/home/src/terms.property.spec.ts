import type { SaidFact } from '@resguardo/contracts';
import { AGENCIES, dueTimes } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, JsonObject } from '@resguardo/eventing';
import { about, projected } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import fc from 'fast-check';
import { type CaseCard, caseCards, evolveCard, nextDue } from './case-card.projection.js';
import { isOpen, isSkeleton, termsOf } from './terms.rule.js';

const START = Date.UTC(2026, 1, 20);
const HOUR = 3_600_000;
const at = (hours: number) => new Date(START + hours * HOUR).toISOString();
/** Few ids, so that stops meet their starts and retractions their facts. */
const id = fc.integer({ min: 0, max: 30 }).map((n) => `e${n}`);
const moment = fc.integer({ min: -500, max: 2_500 }).map(at);
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });

/** Any field that the counting may read, and others that it must not miss by being cut away. */
const data = fc
  .record({
    sourceAgency: sometimes(fc.constantFrom(...AGENCIES)),
    agency: sometimes(fc.constantFrom(...AGENCIES)),
    state: sometimes(fc.constantFrom('17', '18', '02')),
    zone: sometimes(fc.constantFrom('America/Bahia_Banderas', 'America/Tijuana')),
    underSix: fc.constantFrom('YES', 'NO'),
    urgency: fc.constantFrom('URGENT', 'ORDINARY'),
    factsRecent: fc.constantFrom('YES', 'NO'),
    immediateFullAccount: fc.boolean(),
    specialProtectionNeed: fc.boolean(),
    to: fc.constantFrom('PFPNNA', 'PROSECUTOR', 'HEALTH'),
    linkKind: fc.constantFrom('SAME_CHILD', 'SAME_AUTHOR'),
    otherCaseId: id,
    requestId: id,
    referralId: id,
    declinedId: id,
    glassId: id,
    hearingId: id,
    interviewId: id,
    eventId: id,
    childAttends: fc.boolean(),
    measuresDue: sometimes(moment.map((one) => one.slice(0, 10))),
    closesAt: sometimes(moment),
    challengeUntil: sometimes(moment.map((one) => one.slice(0, 10))),
    evidenceDecisionDue: sometimes(moment),
  })
  .map((fields) => JSON.parse(JSON.stringify(fields)) as JsonObject);

// Fields that fold into lists are of no matter to terms; a fact that has them is drawn with none.
const lists = { silent: [], questionIds: [] };
const TYPES = Object.keys(allFacts);
const fact = fc.record({
  type: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...TYPES) },
    { weight: 1, arbitrary: fc.constantFrom('ReportReceived', 'ReferralMade', 'ReferralAnswered', 'FactRetracted') },
  ),
  data,
  agency: fc.constantFrom(...AGENCIES),
  hours: fc.integer({ min: 0, max: 2_000 }),
});
const history = fc.array(fact, { minLength: 1, maxLength: 60 }).map((facts) =>
  facts.map(({ type, agency, hours, ...one }, i): FactMessage => {
    const made = factMessage('1', i, type, { ...lists, ...one.data });
    return {
      ...made,
      id: `e${i}`,
      schemaVersion: (allFacts[type]?.upcasts.length ?? 0) + 1,
      // Told late, as facts are: they are recorded in one order and happened in another (C-8).
      meta: { ...made.meta, agency, occurredAt: at(hours), recordedAt: at(2_000 + i) },
    };
  }),
);

describe('C-16: terms from the card', () => {
  it('are those that follow from all facts of the case, at any moment, for any history', () => {
    fc.assert(
      fc.property(history, fc.integer({ min: 0, max: 4_000 }).map(at), (messages, now) => {
        const card = projected(caseCards, messages).get('1')!;
        const facts = messages.map((message) => ({
          type: message.type,
          data: message.data,
          about: about(message),
        })) as unknown as SaidFact[];
        expect(dueTimes(card.ledger, now)).toEqual(dueTimes(facts, now));
        expect(termsOf(card.ledger, now)).toEqual(termsOf(facts, now));
        expect(nextDue(card)).toBe(
          termsOf(facts, card.changedAt).find((term) => isSkeleton(term) && isOpen(term))?.dueAt,
        );
      }),
      { numRuns: 300 },
    );
  });

  it('have the same next one when it was counted at each fact as when it is counted once', () => {
    fc.assert(
      fc.property(history, (messages) => {
        let card: CaseCard | undefined;
        for (const message of messages) {
          card = evolveCard(card, message);
          // A copy of the facts, as if read from the table: nothing is remembered of it.
          expect(nextDue(card)).toBe(nextDue({ ...card, ledger: [...card.ledger] }));
        }
      }),
      { numRuns: 300 },
    );
  });
});
