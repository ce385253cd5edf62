import type { Affiliation, Field, Role, Service } from '@resguardo/contracts';
import { AGENCIES, callsForPromptInterview, readerOf, SERVICE_OF, toMessage } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { JsonObject, Message, RecordedEvent } from '@resguardo/eventing';
import { projected } from '@resguardo/eventing';
import { factMessage } from '@resguardo/eventing/testing';
import type { Caller } from '@resguardo/identity';
import fc from 'fast-check';
import { caseCards } from './case-card.projection.js';
import { caseRow, caseView } from './case-view.js';
import { entryFor } from './timeline-entry.js';
import { timelineEntries } from './timeline.projection.js';

const START = Date.UTC(2026, 1, 20, 15);
const at = (hours: number) => new Date(START + hours * 3_600_000).toISOString();

const person = (role: Role, agency: Affiliation): Caller => ({
  sub: `${role}-${agency}`.toLowerCase(),
  username: 'somebody',
  role,
  agency,
  states: ['17'],
  expiresAt: 2_000_000_000,
  tokenId: 't',
});
/** Everybody who reads cases, and the service that answers them when services run apart. */
const READERS: readonly (readonly [Caller, Service])[] = [
  ...AGENCIES.map((agency) => [person('OFFICER', agency), SERVICE_OF[agency]] as const),
  [person('REPRESENTATIVE', 'CHILD_PROTECTION'), 'child-protection'],
  [person('LEGAL_ADVISER', 'VICTIMS_COMMISSION'), 'victims-commission'],
  ...AGENCIES.map((agency) => [person('SUPERVISOR', agency), 'oversight'] as const),
];
const PEOPLE = [...READERS.map(([caller]) => caller), person('INTERMEDIARY', 'INTERMEDIARY_REGISTER')];

/** Ids that facts of the history really have, so that answers meet questions. */
const ref = fc.oneof(
  fc.integer({ min: 0, max: 24 }).map((n) => `e${n}`),
  fc.integer({ min: 0, max: 6 }).map((n) => `e${n}.1`),
  fc.constantFrom('i1', ...PEOPLE.map(({ sub }) => sub)),
);
const valueOf = (field: Field): fc.Arbitrary<unknown> => {
  switch (field.kind) {
    case 'code':
      return fc.constantFrom(...(field.codes ?? []));
    case 'flag':
      return fc.boolean();
    case 'instant':
      return fc.integer({ min: 0, max: 900 }).map(at);
    case 'day':
      return fc.integer({ min: 0, max: 900 }).map((hours) => at(hours).slice(0, 10));
    case 'count':
      return fc.integer({ min: field.min ?? 0, max: Math.min(field.max ?? 9, (field.min ?? 0) + 9) });
    case 'many':
      return fc.array(valueOf(field.item!), { maxLength: 3 });
    default:
      return ref;
  }
};
const dataOf = (type: string): fc.Arbitrary<object> => {
  const plain = Object.entries(allFacts[type]!.fields).filter(([, { sealed }]) => !sealed);
  return fc.record(Object.fromEntries(plain.map(([name, field]) => [name, valueOf(field)])), {
    requiredKeys: plain.filter(([, { optional }]) => !optional).map(([name]) => name),
  });
};
const TYPES = Object.keys(allFacts);
const said = fc.constantFrom(...TYPES).chain((type) =>
  fc.record({
    type: fc.constant(type),
    data: dataOf(type),
    by: fc.constantFrom(...PEOPLE),
    hours: fc.integer({ min: 0, max: 600 }),
    violationOf: fc.constantFrom([], ['R-001']),
  }),
);
const opening = dataOf('CaseOpened').map((data) => ({
  type: 'CaseOpened',
  data: { ...data, state: '17', zone: 'America/Mexico_City' },
  by: PEOPLE[0]!,
  hours: 0,
  violationOf: [],
}));
const history = fc.tuple(opening, fc.array(said, { maxLength: 60 })).map(([first, rest]) =>
  [first, ...rest].map(({ type, data, by, hours, violationOf }, revision): RecordedEvent => {
    const { withheld: _, caseId, ...event } = factMessage('c', revision, type);
    const { sub: actor, agency, role } = by;
    const times = { occurredAt: at(hours), recordedAt: at(600 + revision) };
    const meta = { ...event.meta, caseId, actor, agency, role, ...times, violationOf };
    const plain = JSON.parse(JSON.stringify(data)) as JsonObject;
    const decided = {
      ...(type.startsWith('Report') &&
        'promptInterview' in allFacts[type]!.fields && { promptInterview: callsForPromptInterview(plain) }),
      ...(type === 'BreakGlassUsed' && { staffId: actor, staffAgency: agency }),
    };
    return { ...event, id: `e${revision}`, data: { ...plain, ...decided }, meta };
  }),
);

/** What a reader is shown of a history that came as these messages. */
const shown = (messages: readonly Message[], caller: Caller, onTeam: boolean) => {
  const reader = readerOf(caller.role, caller.agency);
  const viewer = { actor: caller.sub, agency: caller.agency, reader, underBreakGlass: false, onTeam };
  const now = at(700);
  const card = projected(caseCards, messages).get('c');
  const rows = [...projected(timelineEntries, messages).values()].sort((a, b) => a.revision - b.revision);
  const of = (column: string) => card && (caseCards.columns![column]!.of(card, 'c') as readonly string[]);
  return {
    // By which doors a list reaches the case, and who is kept out of it.
    doors: [
      of('members')?.includes(`${caller.agency}:${caller.sub}`),
      of('glass_holders')?.includes(caller.sub),
      of('blocked'),
      ...['agencies', 'waiting_referral', 'waiting_round', 'incomplete'].map((one) => of(one)?.includes(caller.agency)),
    ],
    page: card && caseView(card, caller, viewer, now),
    line: card && caseRow(card, viewer, 'OWN_TEAM', now),
    entries: rows.flatMap((row) => entryFor(row, viewer) ?? []),
  };
};

it('D4: what a service’s own feed tells its people is what the whole history, cut by the matrix, tells them', () => {
  const feed = (service: Service, events: readonly RecordedEvent[]) =>
    events.map((event) => toMessage(service, event) as unknown as Message);
  fc.assert(
    fc.property(history, fc.constantFrom(...READERS), fc.boolean(), (events, [caller, service], onTeam) => {
      const whole = shown(feed('coordination', events), caller, onTeam);
      expect(shown(feed(service, events), caller, onTeam)).toEqual(whole);
    }),
    { numRuns: 600 },
  );
});
