import { createPrivateKey, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  AFFILIATIONS_OF,
  AGENCIES,
  fieldsFor,
  readingOf,
  ROLES,
  type Service,
  SERVICE_OF,
  STEP_TAKEN,
  writerOf,
} from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import { type EventStore, type NewEvent, type RecordedEvent, RevisionConflict } from '@resguardo/eventing';
import {
  KeeperRefused,
  type OnBehalf,
  remoteEventStore,
  type RemoteEventStore,
  serviceSigner,
} from '@resguardo/store-remote';
import { type Program, PROGRAMS } from '../../../infra/programs.js';
import { BRINGS, byOf, SPEAKERS } from '../../../libs/eventing/store-remote/src/testing/brings.js';
import { offeredFact, streamOf, type Who } from '../../../libs/eventing/store-remote/src/testing/facts.js';
import { type Cell, CLOSED, closed } from './matrix.js';

export const TYPES = Object.keys(allFacts).sort();
const OFFICERS = SPEAKERS.slice(0, AGENCIES.length);
const PROCESS = SPEAKERS.find(({ agency }) => agency === 'SYSTEM')!;

/** What the services lie behind, and the folder in which each has its own secrets. */
export interface Place {
  readonly secrets: string;
  calledAt(service: Program): string;
}

export const outcomeOf = (work: Promise<unknown>, done: string): Promise<string> =>
  work.then(
    () => done,
    (error: unknown) => {
      if (error instanceof KeeperRefused) return closed(error.code);
      if (error instanceof RevisionConflict) return done;
      throw error;
    },
  );

/** Asks with the key that a service has in its folder. */
export const asking = async <T>(
  { secrets, calledAt }: Place,
  service: Program,
  by: OnBehalf,
  work: (keeper: RemoteEventStore) => Promise<T>,
  { at = 'coordination', as = service, kid = `${as}/1` }: { at?: Program; as?: string; kid?: string } = {},
): Promise<T> => {
  const privateKey = createPrivateKey(readFileSync(join(secrets, service, 'service-key.pem')));
  const keeper = remoteEventStore({
    addresses: [calledAt(at)],
    sign: serviceSigner({ service: as, kid, privateKey }, { audience: at }),
    onBehalf: () => by,
    // A busy machine is slow, and that is not what is looked at here.
    ...{ timeoutMs: 60_000, connectMs: 30_000 },
  });
  return work(keeper).finally(() => keeper.close());
};

/** R-719: insights has its feed, and is refused whatever it asks in whoever's name. */
export const asksNobody = (service: Program): boolean => service === 'insights';
export const NOBODY = closed('may-not-bring');

/** Each service's key × each service's name. */
export const nameCells = async (place: Place): Promise<readonly Cell[]> => {
  const known = JSON.parse(readFileSync(join(place.secrets, 'service-keys.json'), 'utf8')) as Record<string, object>;
  return Promise.all(
    PROGRAMS.flatMap((service) =>
      PROGRAMS.map(async (as): Promise<Cell> => {
        const read = (kid: string) =>
          outcomeOf(
            asking(place, service, byOf(PROCESS), (keeper) => keeper.read('register-intermediaries'), { as, kid }),
            'speak',
          );
        const outcomes = await Promise.all(Object.keys(known[as]!).map(read));
        const actual = outcomes.find((outcome) => outcome === 'speak') ?? outcomes[0]!;
        const expected = as !== service ? closed('service-not-believed') : asksNobody(as) ? NOBODY : 'speak';
        return { kind: 'name', service, resource: as, expected, actual };
      }),
    ),
  );
};

/** Each service × everybody who can have an account, and a process: whom it serves it may speak for, on its own word; oversight for nobody. */
export const voiceCells = async (place: Place): Promise<readonly Cell[]> => {
  const voices: readonly Who[] = [
    ...ROLES.flatMap((role) => AFFILIATIONS_OF[role].map((agency) => ({ actor: 'u-somebody', agency, role }))),
    PROCESS,
  ];
  const serves = (service: Program, { agency, role }: Who): boolean =>
    (role === 'SYSTEM' && !asksNobody(service)) ||
    service === 'coordination' ||
    AGENCIES.some((one) => one === agency && SERVICE_OF[one] === service);
  return Promise.all(
    PROGRAMS.flatMap((service) =>
      voices.map(async (who): Promise<Cell> => {
        const read = asking(place, service, byOf(who), (keeper) => keeper.read('register-intermediaries'));
        const expected = serves(service, who) ? 'speak' : closed('may-not-bring');
        const resource = `${who.role} of ${who.agency}`;
        return { kind: 'voice', service, resource, expected, actual: await outcomeOf(read, 'speak') };
      }),
    ),
  );
};

/**
 * Each service × each fact type, in the name of whoever could say it there. What the table lets through is stopped by what comes after it,
 * so nothing is kept: an agency's fact by the warrant that is missing, coordination's by the revision it expects.
 */
export const factCells = async (place: Place): Promise<readonly Cell[]> => {
  const cells: Cell[] = [];
  for (const service of PROGRAMS)
    for (const who of SPEAKERS.filter(({ agency }) => BRINGS[service].some((known) => known === agency)))
      await asking(place, service, byOf(who), (keeper) =>
        Promise.all(
          TYPES.map(async (type) => {
            const caseId = randomUUID();
            const work = keeper.append(streamOf(type, caseId, who), [offeredFact(type, caseId, who, service)], 2 ** 30);
            const outcome = await outcomeOf(work, 'write');
            cells.push({
              ...{ kind: 'fact', service, resource: `${type} as ${who.agency}` },
              expected: mayWrite(service, type, who),
              actual: outcome === closed('not-decided') ? 'write what was decided' : outcome,
            });
          }),
        ),
      );
  return cells;
};
const mayWrite = (service: Program, type: string, { agency }: Who): string => {
  if (service === 'coordination') return 'write';
  return writerOf(type, agency) === service ? 'write what was decided' : closed('may-not-write');
};

/** Every fact, of each agency, on streams of its own, as whoever may had written it. */
export interface Everything {
  readonly who: Who;
  readonly caseId: string;
  readonly events: readonly RecordedEvent[];
}
export const writeEverything = (keeper: EventStore): Promise<readonly Everything[]> =>
  Promise.all(
    OFFICERS.map(async (who): Promise<Everything> => {
      const caseId = randomUUID();
      const streams = new Map<string, NewEvent[]>();
      for (const type of TYPES) {
        const stream = streamOf(type, caseId, who);
        streams.set(stream, [...(streams.get(stream) ?? []), offeredFact(type, caseId, who)]);
      }
      const written: RecordedEvent[] = [];
      for (const [stream, events] of streams) {
        const { revision } = await keeper.append(stream, events, 'any');
        const kept = await keeper.read(stream, revision - events.length + 1);
        written.push(...kept.events.slice(0, events.length));
      }
      return { who, caseId, events: written };
    }),
  );

/** What is given of a fact, in words: which type, which plain fields, which boxes. */
export const told = (type: string, fields: readonly string[], boxes: readonly string[]): string =>
  `${type}(${[...fields].sort().join(' ')})${boxes.length ? `[${[...boxes].sort().join(' ')}]` : ''}`;

/** What the table says that a service is told of a fact. */
export const tellsOf = (
  service: Service,
  { type, data, sealed = {} }: RecordedEvent,
  { agency }: Who,
  withBoxes: boolean,
) => {
  const reading = readingOf(service, type, agency);
  if (reading === 'withheld') return CLOSED;
  if (reading === 'step') {
    const more = [
      ...(data['accountGiven'] === true ? ['accountGiven'] : []),
      ...(allFacts[type]?.closedTo?.(data) ? ['closedTo'] : []),
    ];
    return told(STEP_TAKEN, ['kind', 'cls', ...more], []);
  }
  const fields = fieldsFor(service, type, agency);
  return told(type, fields, withBoxes ? Object.keys(sealed) : []);
};

/** Each service × each fact of each agency, read through the keeper. */
export const readingCells = async (place: Place, everything: readonly Everything[]): Promise<readonly Cell[]> => {
  const cells: Cell[] = [];
  await Promise.all(
    PROGRAMS.flatMap((service) =>
      everything.map(async ({ who, events }) => {
        const streams = [...new Set(events.map(({ stream }) => stream))];
        for (const stream of streams) {
          const first = Math.min(...events.filter((one) => one.stream === stream).map(({ revision }) => revision));
          const read = await asking(place, service, byOf(PROCESS), (keeper) => keeper.read(stream, first)).catch(
            (error: unknown) => {
              if (error instanceof KeeperRefused) return error.code;
              throw error;
            },
          );
          const isClosed = stream.startsWith('access-') && service !== 'oversight' && service !== 'coordination';
          for (const event of events.filter((one) => one.stream === stream)) {
            const given =
              typeof read === 'string' ? read : read.events.find(({ revision }) => revision === event.revision);
            const withBoxes = service === 'oversight' || writerOf(event.type, who.agency) === service;
            cells.push({
              ...{ kind: 'reading', service, resource: `${event.type} of ${who.agency}` },
              expected: asksNobody(service)
                ? NOBODY
                : isClosed
                  ? closed('may-not-read')
                  : tellsOf(service, event, who, withBoxes),
              actual:
                typeof given === 'string'
                  ? closed(given)
                  : given
                    ? told(given.type, Object.keys(given.data), Object.keys(given.sealed ?? {}))
                    : CLOSED,
            });
          }
        }
      }),
    ),
  );
  return cells;
};

/** Who follows the timeline at the keeper itself: the others have their feeds. */
export const followingCells = (place: Place): Promise<readonly Cell[]> =>
  Promise.all(
    PROGRAMS.map(async (service): Promise<Cell> => {
      const stop = new AbortController();
      const actual = await outcomeOf(
        asking(place, service, byOf(PROCESS), (keeper) =>
          keeper.follow(undefined, async () => stop.abort(), stop.signal, 1),
        ),
        'follow',
      );
      const expected = service === 'coordination' ? 'follow' : closed('may-not-follow');
      return { kind: 'following', service, resource: 'timeline', expected, actual };
    }),
  );
