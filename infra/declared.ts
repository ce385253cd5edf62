import { SERVICE_OF } from '@resguardo/contracts';
import { Agency, Beside, Coordination, configOf, Insights, Oversight } from '@resguardo/service';
import type { z } from 'zod';
import { Config as Gateway, configFrom } from '../apps/gateway/src/config.js';
import { type Program, PROGRAMS } from './programs.js';

type Env = Readonly<Record<string, string>>;

/** What a program's configuration declares, from its own code. */
export interface Declared {
  readonly variables: readonly string[];
  /** Those without which it does not start. */
  readonly needed: readonly string[];
  /** @throws Error naming what is wrong, as the program would at its start */
  read(env: Env): void;
}

const declaredBy = (shape: z.ZodObject, read: (env: Env) => unknown): Declared => {
  const variables = Object.keys(shape.shape);
  const needed = variables.filter((name) => !(shape.shape[name] as z.ZodType).safeParse(undefined).success);
  return { variables, needed, read };
};

const shapeOf = (program: Program): z.ZodObject => {
  switch (program) {
    case 'coordination':
      return Coordination;
    case 'oversight':
      return Oversight;
    case 'insights':
      return Insights;
    default:
      return Agency;
  }
};

/** By program, the gateway among them. */
export const DECLARED: Readonly<Record<Program | 'gateway', Declared>> = Object.fromEntries([
  ['gateway', declaredBy(Gateway, configFrom)],
  ...PROGRAMS.map((program) => [
    program,
    declaredBy(shapeOf(program), (env) => configOf(shapeOf(program) as typeof Beside, env)),
  ]),
]);

/** What is wrong with these settings of a program: missing, unknown, or refused at its start. */
export const faultsOf = (program: Program | 'gateway', env: Env): readonly string[] => {
  const { variables, needed, read } = DECLARED[program];
  const faults = [
    ...needed.filter((name) => !env[name]).map((name) => `${name} is missing`),
    ...Object.keys(env)
      .filter((name) => !variables.includes(name))
      .map((name) => `${name} is unknown`),
  ];
  if (faults.length) return faults;
  try {
    read(env);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
};

/** Variables that a deployment does not set, by name, each with why its default, or none, is right. */
export type Left = Readonly<Record<string, string>>;

/** Those that no deployment sets. */
export const LEFT: Left = {
  DEMO_ACCOUNTS: 'refused in production: their password is printed',
  RESGUARDO_TEST_CLOCK: 'refused in production: it would say when everything happened',
  ISSUER_KEY: 'of the embedded issuer; a deployment has a Keycloak',
  EVENTSTOREDB_PREFIX: 'an installation has an event store of its own, shared with no other',
};

/** Variables that a program declares and a deployment has to set: all but those that it leaves. */
export const toBeSet = (program: Program | 'gateway', left: Left): readonly string[] =>
  DECLARED[program].variables.filter((name) => !Object.hasOwn(left, name)).sort();

/** How many of a program run in a deployment. Coordination is never away as a whole (D11); the gateway keeps nothing. */
export const replicasOf = (program: Program | 'gateway'): number =>
  ['gateway', 'coordination'].includes(program) ? 2 : 1;

/**
 * What must stand in a program's settings so that the programs find each other.
 * @param ports those of the containers
 * @param hostsOf a name for each replica: who asks goes on to the next by its address
 */
export const addressesFor = (
  program: Program | 'gateway',
  ports: { readonly PORT: number; readonly SERVICE_PORT: number },
  hostsOf: (program: Program) => readonly string[],
): Readonly<Record<string, unknown>> => {
  const at = (service: Program, port: number, path = '') =>
    hostsOf(service)
      .map((host) => `http://${host}:${port}${path}`)
      .join(',');
  const keeper = (service: Program) => at(service, ports.SERVICE_PORT, '/keeper');
  if (program === 'gateway')
    return Object.fromEntries(
      PROGRAMS.map((name) => [`${name.toUpperCase().replaceAll('-', '_')}_URL`, at(name, ports.PORT)]),
    );
  // It asks nobody.
  if (program === 'insights') return {};
  const agencies: readonly string[] = Object.values(SERVICE_OF);
  return {
    ...(program !== 'coordination' && { COORDINATION_URL: keeper('coordination') }),
    ...(!agencies.includes(program) && {
      AGENCY_URLS: Object.fromEntries(agencies.map((agency) => [agency, keeper(agency as Program)])),
    }),
    ...(program === 'oversight' && { INSIGHTS_URL: keeper('insights') }),
  };
};
