import type { Affiliation, Role, Service } from './classes.js';
import { AGENCIES, SERVICE_OF } from './classes.js';
import type { CommandSpecs } from './command.js';
import { entersThroughAgency } from './entry.js';

/**
 * Parts of the schema, by who answers them when services run apart (D7). `home`: what all agencies have alike, read from one's own
 * service's read models. `entry`: what one says to one's own agency. `coordination`: decisions at the shared table, the vault, the registers.
 * `oversight`: who looked and who was refused.
 */
export const SUBGRAPHS = ['coordination', 'entry', 'home', 'oversight'] as const;
export type Subgraph = (typeof SUBGRAPHS)[number];

const HOME = ['me', 'myDay', 'cases', 'case', 'timeline', 'detail', 'approvals', 'approvalDetail', 'caseChanged'];
const OVERSIGHT = ['accesses', 'refusals', 'breakGlassPending'];

/** The part that a root field belongs to. */
export const subgraphOf = (field: string, commands: CommandSpecs): Subgraph => {
  if (HOME.includes(field)) return 'home';
  if (OVERSIGHT.includes(field)) return 'oversight';
  const command = Object.hasOwn(commands, field) ? commands[field] : undefined;
  return command && entersThroughAgency(field, command) ? 'entry' : 'coordination';
};

/** The service that answers a caller in this part; whoever belongs to no agency has coordination for it. */
export const serviceFor = (
  subgraph: Subgraph,
  { agency, role }: { readonly agency: Affiliation; readonly role: Role },
): Service => {
  if (subgraph === 'coordination' || subgraph === 'oversight') return subgraph;
  // Supervisors see conduct, which only oversight is given; what they record they record for their agency.
  if (subgraph === 'home' && role === 'SUPERVISOR') return 'oversight';
  const own = AGENCIES.find((one) => one === agency);
  return own ? SERVICE_OF[own] : 'coordination';
};
