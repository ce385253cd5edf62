import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Affiliation, Service } from '@resguardo/contracts';
import {
  AFFILIATIONS_OF,
  AGENCIES,
  fieldsFor,
  readingOf,
  ROLES,
  SERVICE_OF,
  SERVICES,
  serviceTable,
  STEP_TAKEN,
  writerOf,
} from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { EventStore, RecordedEvent } from '@resguardo/eventing';
import { memoryEventStore } from '@resguardo/eventing/testing';
import { keeper } from '@resguardo/eventing';
import type { RemoteEventStore } from './index.js';
import { contractsTable, KeeperRefused } from './index.js';
import { BRINGS, byOf, SPEAKERS } from './testing/brings.js';
import type { Who } from './testing/facts.js';
import { offeredFact, streamOf } from './testing/facts.js';
import { clientOf, replica } from './testing/served.js';

jest.setTimeout(120_000);

const TYPES = Object.keys(allFacts).sort();
let store: EventStore;
let served: Awaited<ReturnType<typeof replica>>;
const clients: RemoteEventStore[] = [];
const clientFor = (service: Service, who: Who): RemoteEventStore => {
  const made = clientOf(service, [served.address], byOf(who));
  clients.push(made);
  return made;
};
beforeAll(async () => {
  store = memoryEventStore();
  served = await replica(store);
});
afterAll(async () => {
  clients.forEach((client) => client.close());
  await served.stop();
});

const outcomeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'kept',
    (error: unknown) => (error instanceof KeeperRefused ? error.code : String(error)),
  );

it('R-720, R-722: oversight speaks for whoever may read the audit or mend what stands still, and for nobody else', () => {
  const brings = ROLES.flatMap((role) =>
    AFFILIATIONS_OF[role]
      .filter((agency) => contractsTable.mayBring('oversight', { actor: 'someone', agency, role }, true))
      .map((agency) => `${role} of ${agency}`),
  );
  expect(brings.sort()).toEqual([
    'ADMINISTRATOR of SYSTEM',
    'REPRESENTATIVE of CHILD_PROTECTION',
    'SUPERVISOR of CHILD_PROTECTION',
    'SUPERVISOR of HEALTH',
    'SUPERVISOR of PROSECUTOR',
    'SUPERVISOR of VICTIMS_COMMISSION',
  ]);
});

it('ADR 14: oversight shows the token of every person it speaks for', () => {
  const stated = ROLES.filter((role) =>
    AFFILIATIONS_OF[role].some((agency) =>
      contractsTable.mayBring('oversight', { actor: 'someone', agency, role }, false),
    ),
  );
  expect(stated).toEqual([]);
});

describe.each(SERVICES)('%s', (service) => {
  it('D11: writes what the table says and nothing else, in nobody else’s name', async () => {
    const wrong: string[] = [];
    const kept: string[] = [];
    for (const who of SPEAKERS) {
      const client = clientFor(service, who);
      await Promise.all(
        TYPES.map(async (type) => {
          const caseId = randomUUID();
          const event = offeredFact(type, caseId, who, service);
          const stream = streamOf(type, caseId, who);
          const actual = await outcomeOf(client.append(stream, [event], 'any'));
          const expected = !BRINGS[service].includes(who.agency as Affiliation)
            ? 'may-not-bring'
            : service === 'coordination' || writerOf(type, who.agency) === service
              ? 'kept'
              : 'may-not-write';
          if (actual !== expected) wrong.push(`${type} as ${who.agency}: expected ${expected}, was ${actual}`);
          if (actual === 'kept') kept.push(type);
          else if ((await store.read(stream)).events.some(({ id }) => id === event.id))
            wrong.push(`${type} as ${who.agency}: refused, and kept`);
        }),
      );
    }
    expect(wrong).toEqual([]);
    expect([...new Set(kept)].sort()).toEqual(
      serviceTable()
        .filter(({ type }) =>
          SPEAKERS.some(
            (who) =>
              BRINGS[service].includes(who.agency as Affiliation) &&
              (service === 'coordination' || writerOf(type, who.agency) === service),
          ),
        )
        .map(({ type }) => type),
    );
  });

  it('D4: reads what the table says and nothing else', async () => {
    const wrong: string[] = [];
    const kept = keeper(store, { clock: () => new Date().toISOString() });
    const [agency] = BRINGS[service];
    // Insights brings nobody: whoever it says.
    const reader = SPEAKERS.find((who) => who.agency === (agency ?? 'SYSTEM'))!;
    const client = clientFor(service, reader);
    for (const who of SPEAKERS.slice(0, AGENCIES.length)) {
      // Past the table, as if it had been written by whoever may: every fact, on one stream.
      const stream = `case-${randomUUID()}`;
      const events = TYPES.map((type) => offeredFact(type, stream.slice(5), who));
      await kept.append(stream, events, 'none');
      if (service === 'insights') {
        if ((await outcomeOf(client.read(stream))) !== 'may-not-bring') wrong.push('insights read a stream');
        continue;
      }
      const { events: given, revision } = await client.read(stream);
      if (revision !== TYPES.length - 1) wrong.push(`the head is ${TYPES.length - 1}, not ${revision}`);
      TYPES.forEach((type, at) => {
        const seen = given.find((event) => event.revision === at);
        const say = (problem: string) => wrong.push(`${type} of ${who.agency}: ${problem}`);
        const reading = readingOf(service, type, who.agency);
        if (reading === 'withheld') return void (seen && say('given, though withheld'));
        if (!seen) return void say('not given');
        const expected = reading === 'step' ? STEP_TAKEN : type;
        if (seen.type !== expected) say(`expected ${expected}, was ${seen.type}`);
        const { data } = events[at]!;
        const told = [
          ...(data['accountGiven'] === true ? ['accountGiven'] : []),
          ...(allFacts[type]!.closedTo?.(data) ? ['closedTo'] : []),
        ];
        const fields = reading === 'step' ? ['kind', 'cls', ...told] : fieldsFor(service, type, who.agency);
        if (Object.keys(seen.data).sort().join() !== [...fields].sort().join()) say(`fields ${Object.keys(seen.data)}`);
        if (reading === 'step' && (seen.meta.actor || seen.meta.agency)) say('a step names somebody');
        const boxes = boxesFor(service, events[at]! as RecordedEvent);
        if (
          Object.keys(seen.sealed ?? {})
            .sort()
            .join() !== boxes.join()
        )
          say(`boxes ${Object.keys(seen.sealed ?? {})}`);
      });
    }
    expect(wrong).toEqual([]);
  });
});

/** Oversight signs whole events; every other service is given the boxes to which it has the keys. */
const boxesFor = (service: Service, { type, meta, sealed = {} }: RecordedEvent): readonly string[] =>
  service === 'oversight' || writerOf(type, meta.agency) === service ? Object.keys(sealed).sort() : [];

/** One opened grant changes a number: then somebody has to look, and to say so here. */
it('D11: the table as it stands', () => {
  const counted = (service: Service) => {
    const readings = TYPES.flatMap((type) => AGENCIES.map((agency) => readingOf(service, type, agency)));
    const many = (what: string) => readings.filter((reading) => reading === what).length;
    const fields = TYPES.flatMap((type) => AGENCIES.flatMap((agency) => fieldsFor(service, type, agency)));
    const writes = TYPES.filter((type) => AGENCIES.some((agency) => writerOf(type, agency) === service));
    return `writes ${writes.length}, whole ${many('whole')}, content ${many('content')}, step ${many('step')}, withheld ${many('withheld')}, fields ${fields.length}`;
  };
  expect(Object.fromEntries(SERVICES.map((service) => [service, counted(service)]))).toMatchInlineSnapshot(`
   {
     "child-protection": "writes 65, whole 135, content 384, step 21, withheld 0, fields 1785",
     "coordination": "writes 70, whole 540, content 0, step 0, withheld 0, fields 1884",
     "health": "writes 65, whole 135, content 267, step 12, withheld 126, fields 1293",
     "insights": "writes 0, whole 0, content 304, step 0, withheld 236, fields 564",
     "oversight": "writes 0, whole 540, content 0, step 0, withheld 0, fields 1884",
     "prosecution": "writes 65, whole 135, content 339, step 27, withheld 39, fields 1638",
     "victims-commission": "writes 65, whole 135, content 351, step 54, withheld 0, fields 1671",
   }
  `);
  expect(Object.values(SERVICE_OF).sort()).toEqual(SERVICES.filter((service) => BRINGS[service].length === 2).sort());
});
