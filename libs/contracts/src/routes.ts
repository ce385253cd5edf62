import type { Affiliation, Agency, Role, Service } from './classes.js';
import { AGENCIES, SERVICE_OF } from './classes.js';
import type { CommandSpecs } from './command.js';
import { entersThroughAgency } from './entry.js';

/**
 * Where a root field of the schema is answered (D7, D11). `agency`: the service of the caller's own agency. `home`: the same, but a
 * supervisor's is oversight. Callers of no agency are coordination's in both.
 */
export type Route = 'agency' | 'home' | 'coordination' | 'oversight' | 'insights';

/** Every root field that is no command. */
const FIELDS: Readonly<Record<string, Route>> = {
  accesses: 'oversight',
  approvalDetail: 'home',
  approvals: 'home',
  breakGlassPending: 'oversight',
  case: 'home',
  caseChanged: 'home',
  cases: 'home',
  detail: 'home',
  findChild: 'coordination',
  forgetKept: 'agency',
  identity: 'coordination',
  importPlatformReport: 'agency',
  integrity: 'oversight',
  intermediaries: 'coordination',
  kept: 'agency',
  keptWords: 'agency',
  me: 'home',
  myDay: 'home',
  nationalFigures: 'insights',
  refusals: 'oversight',
  retryParkedCase: 'oversight',
  setParkedCaseAside: 'oversight',
  staff: 'coordination',
  timeline: 'home',
  waitingPlatformFiles: 'coordination',
};

/** The route of every root field, commands included; a field that is not here is answered by nobody. */
export const routesOf = (commands: CommandSpecs): Readonly<Record<string, Route>> => ({
  ...FIELDS,
  ...Object.fromEntries(
    Object.entries(commands)
      .filter(([, { on }]) => on !== 'process')
      .map(([name, spec]): [string, Route] => [name, entersThroughAgency(name, spec) ? 'agency' : 'coordination']),
  ),
});

const isAgency = (agency: Affiliation): agency is Agency => AGENCIES.some((known) => known === agency);

/** The service that answers on a route, by what the caller's verified token says. */
export const serviceOn = (route: Route, { role, agency }: { role: Role; agency: Affiliation }): Service => {
  switch (route) {
    case 'coordination':
    case 'oversight':
    case 'insights':
      return route;
    case 'home':
      if (role === 'SUPERVISOR') return 'oversight';
      return isAgency(agency) ? SERVICE_OF[agency] : 'coordination';
    case 'agency':
      return isAgency(agency) ? SERVICE_OF[agency] : 'coordination';
  }
};
