import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { AGENCIES, SERVICE_OF, sealingService } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import { uuidv5 } from '@resguardo/eventing';
import { masterKeyFile, postgresKeyRing, SealBroken, sealer, type Sealer } from '@resguardo/vault';
import { Pool } from 'pg';
import { type Program, PROGRAMS } from '../../../infra/programs.js';
import { offeredFact, sampleOf } from '../../../libs/eventing/store-remote/src/testing/facts.js';
import { subjectOf, OFFICERS, SUPERVISORS } from '../../e2e/support/people.js';
import { type Cell, closed } from './matrix.js';
import { asking, asksNobody, NOBODY, outcomeOf, type Place, TYPES } from './may-keeper.js';

const SEALED = TYPES.flatMap((type) => {
  const fields = Object.entries(allFacts[type]!.fields).flatMap(([name, { sealed, cls }]) =>
    sealed ? [{ name, cls }] : [],
  );
  return fields.length ? [{ type, fields }] : [];
});

/** The sealer of each service, over its own database, with the master key from its own folder. */
const withSealers = async <T>(
  secrets: string,
  databases: Readonly<Record<Program, string>>,
  work: (sealerOf: (service: Program) => Sealer | undefined) => Promise<T>,
): Promise<T> => {
  // Insights was given none: what it was given opens nothing.
  const keyed = PROGRAMS.filter((service) => existsSync(join(secrets, service, 'master-key')));
  const opened = keyed.map((service) => {
    const pool = new Pool({ connectionString: databases[service], max: 2 });
    pool.on('error', () => {});
    return { service, pool, seals: sealer(postgresKeyRing(pool, masterKeyFile(join(secrets, service, 'master-key')))) };
  });
  try {
    return await work((service) => opened.find((one) => one.service === service)?.seals);
  } finally {
    await Promise.all(opened.map(({ pool }) => pool.end()));
  }
};

/** A fact as its service seals it: under its own key, in a case in which every service has a key of every class. */
const sealedFact = async (
  seals: (service: Program) => Sealer | undefined,
  caseId: string,
  type: string,
  agency: (typeof AGENCIES)[number],
) => {
  const owner = sealingService(type, agency) as Program;
  const offered = offeredFact(type, caseId, { actor: subjectOf(OFFICERS[agency]), agency, role: 'OFFICER' });
  const id = uuidv5(caseId, type, agency);
  const meta = { ...offered.meta, caseId };
  const spec = allFacts[type]!;
  const place = { caseId, service: owner, type, eventId: id };
  const { data, sealed } = await seals(owner)!.seal(place, spec, sampleOf(spec.fields));
  return { owner, event: { ...offered, ...{ id, meta, data }, ...(sealed && { sealed }) } };
};

type SealedFact = Awaited<ReturnType<typeof sealedFact>>;

/** Not there: the key, or all of them. */
const isNoKey = (error: Error & { code?: string }): boolean =>
  error.code === '42P01' || / is not here$/.test(error.message);

/** Its fields, or why not. */
const openedBy = async (
  seals: Sealer | undefined,
  event: SealedFact['event'],
  cls: string,
): Promise<object | string> => {
  if (!seals) return closed('no-key');
  try {
    return (await seals.open(event, allFacts[event.type]!, [cls])).fields;
  } catch (error) {
    if (isNoKey(error as Error)) return closed('no-key');
    if (error instanceof SealBroken) return closed('broken');
    throw error;
  }
};

/** Each service, with its database and its secrets × each sealed field of each agency, with the box in its hands. */
export const openingCells = (
  secrets: string,
  databases: Readonly<Record<Program, string>>,
  caseId: string,
): Promise<readonly Cell[]> =>
  withSealers(secrets, databases, async (sealerOf) => {
    const cells: Cell[] = [];
    for (const agency of AGENCIES)
      for (const { type, fields } of SEALED) {
        const { owner, event } = await sealedFact(sealerOf, caseId, type, agency);
        const classes = [...new Set(fields.map(({ cls }) => cls))];
        await Promise.all(
          PROGRAMS.flatMap((service) =>
            classes.map(async (opening) => {
              const opened = await openedBy(sealerOf(service), event, opening);
              const expected = owner === service ? 'open' : closed('no-key');
              for (const { name, cls } of fields)
                if (cls === opening) {
                  const actual =
                    typeof opened === 'string' ? opened : Object.hasOwn(opened, name) ? 'open' : closed('empty');
                  cells.push({ kind: 'field', service, resource: `${type}.${name} of ${agency}`, expected, actual });
                }
            }),
          ),
        );
      }
    return cells;
  });

/** Each service × each agency's service, asked to unseal what lies under its keys, with a token of whoever may read it and of its own people. */
export const unsealingCells = (
  place: Place,
  databases: Readonly<Record<Program, string>>,
  tokenOf: (username: string) => Promise<string>,
): Promise<readonly Cell[]> =>
  withSealers(place.secrets, databases, async (sealerOf) => {
    const cells: Cell[] = [];
    for (const agency of AGENCIES) {
      const owner = SERVICE_OF[agency] as Program;
      const { event } = await sealedFact(sealerOf, uuidv5('unseal', agency), 'ReportReceived', agency);
      const classes = Object.keys(event.sealed ?? {});
      for (const service of PROGRAMS) {
        const own = AGENCIES.find((one) => SERVICE_OF[one] === service);
        const people = [own ? OFFICERS[own] : SUPERVISORS[agency], OFFICERS[agency]];
        const outcomes = await Promise.all(
          people.map(async (username) =>
            outcomeOf(
              asking(
                place,
                service,
                { token: await tokenOf(username) },
                async (keeper) => {
                  const { fields } = (await keeper.call('unseal', { event, classes })) as { fields: object };
                  if (Object.keys(fields).length === 0) throw new Error(`${owner} opened nothing`);
                },
                { at: owner },
              ),
              'open',
            ),
          ),
        );
        const actual = outcomes.find((outcome) => outcome === 'open') ?? outcomes[0]!;
        const expected = service === 'coordination' ? 'open' : asksNobody(service) ? NOBODY : closed('may-not-ask');
        cells.push({ kind: 'unsealing', service, resource: `by ${owner}`, expected, actual });
      }
    }
    return cells;
  });
