import type { Affiliation, Role, Service } from '@resguardo/contracts';
import {
  admissionErrors,
  AFFILIATIONS_OF,
  AGENCIES,
  holds,
  ROLES,
  SERVICE_OF,
  SERVICES,
  toMessage,
  writerOf,
} from '@resguardo/contracts';
import type { Provenance, RecordedEvent, SealedBox } from '@resguardo/eventing';
import type { KeeperTable, Speaker } from './keeper-table.js';

const serviceNamed = (name: string): Service | undefined => SERVICES.find((service) => service === name);

/** A process speaks as itself, a person as somebody whose role their agency has. */
const isSomebody = ({ actor, agency, role }: Speaker): boolean => {
  if (actor.startsWith('process:')) return agency === 'SYSTEM' && role === 'SYSTEM';
  const known: Role | undefined = ROLES.find((one) => one === role);
  return known !== undefined && AFFILIATIONS_OF[known].includes(agency as Affiliation);
};

/** Whose people a service serves: an agency's its own, oversight whoever audits or mends, coordination everybody (D7). */
const serves = (service: Service, { agency, role }: Speaker): boolean => {
  // It is told by its feed alone, and asks nobody.
  if (service === 'insights') return false;
  if (agency === 'SYSTEM' && role === 'SYSTEM') return true;
  switch (service) {
    case 'coordination':
      return true;
    case 'oversight':
      // Supervisors; a representative, who reads the audit of a case of theirs; and who mends what stands still.
      return ['audit:read', 'integrity:read'].some((one) => holds(role as Role, agency as Affiliation, one));
    case 'prosecution':
    case 'child-protection':
    case 'victims-commission':
    case 'health':
      return AGENCIES.some((known) => known === agency && SERVICE_OF[known] === service);
  }
};

/** Boxes that were sealed under this service's own keys: nobody else could open them, and nobody else is given them (D5). */
const ownBoxes = (
  service: Service,
  { sealed = {} }: RecordedEvent,
): Readonly<Record<string, SealedBox>> | undefined => {
  const own = Object.entries(sealed).filter(([, { key }]) => key.endsWith(`/${service}`));
  return own.length > 0 ? Object.fromEntries(own) : undefined;
};

/** A message that says no more than that a step was taken leaves most of this out. */
const provenance = (meta: Partial<Provenance> & Pick<Provenance, 'caseId' | 'occurredAt'>): Provenance => ({
  actor: '',
  agency: '',
  role: '',
  commandId: '',
  command: '',
  digest: '',
  ...meta,
});

const shown = (service: Service, event: RecordedEvent): RecordedEvent | undefined => {
  const message = toMessage(service, event);
  if (message.withheld) return undefined;
  if (service === 'oversight') return event;
  const { stream, revision, position, id, type, schemaVersion, data, meta } = message;
  const sealed = type === event.type ? ownBoxes(service, event) : undefined;
  return {
    ...{ stream, revision, position, id, type, schemaVersion, data, meta: provenance(meta) },
    ...(sealed && { sealed }),
  };
};

/**
 * The table of `contracts` at the keeper's door (D4, D11). Insights reads its feed, which carries pseudonyms, and never a stream.
 * Nobody follows but coordination itself: the others have their feeds.
 */
export const contractsTable: KeeperTable = {
  mayBring: (name, speaker, shown) => {
    const service = serviceNamed(name);
    // Oversight keeps nothing to say later: a person there shows their own token, always.
    const believed = shown || service !== 'oversight' || speaker.role === 'SYSTEM';
    return service !== undefined && believed && isSomebody(speaker) && serves(service, speaker);
  },
  // Who looked at what is oversight's alone: even the names of those streams would tell others.
  mayRead: (name, stream) =>
    serviceNamed(name) !== undefined &&
    name !== 'insights' &&
    (!stream.startsWith('access-') || name === 'oversight' || name === 'coordination'),
  mayFollow: (name) => name === 'coordination',
  // Coordination decides for everybody (ADR 17); an agency writes what is said to it.
  mayWrite: (name, type, agency) => name === 'coordination' || writerOf(type, agency) === name,
  problemsIn: (name, stream, event) => {
    const service = serviceNamed(name);
    return service ? admissionErrors(service, stream, event) : [{ path: 'service', problem: 'unknown' }];
  },
  shown: (name, event) => {
    const service = serviceNamed(name);
    return service && service !== 'insights' ? shown(service, event) : undefined;
  },
};
