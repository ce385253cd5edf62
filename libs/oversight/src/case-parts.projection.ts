import type { CaseFileFact } from '@resguardo/contracts/timeline';
import { caseFileFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, Projection } from '@resguardo/eventing';
import { about, upcast } from '@resguardo/eventing';

/** Which agencies take part in a case: whose supervisors may see who looked at it. */
export interface CaseParts {
  readonly folio: string;
  readonly state: string;
  readonly agencies: readonly string[];
  /** Who has a conflict of interest in it, and the fact that says so. */
  readonly blocked: readonly { readonly staffId: string; readonly eventId: string }[];
}

type Part = Extract<
  CaseFileFact,
  {
    type:
      | 'CaseOpened'
      | 'TeamMemberAdded'
      | 'ProtectionRepresentativeAssigned'
      | 'LegalAdviserAssigned'
      | 'ReferralMade'
      | 'ResponsibilityOffered'
      | 'ResponsibilityAccepted'
      | 'ConflictOfInterestDeclared'
      | 'FactRetracted';
  }
>;
const TYPES: readonly Part['type'][] = [
  'CaseOpened',
  'TeamMemberAdded',
  'ProtectionRepresentativeAssigned',
  'LegalAdviserAssigned',
  'ReferralMade',
  'ResponsibilityOffered',
  'ResponsibilityAccepted',
  'ConflictOfInterestDeclared',
  'FactRetracted',
];

const partOf = (message: FactMessage): Part | undefined => {
  const type = TYPES.find((known) => known === message.type);
  return type && ({ type, data: upcast(message, caseFileFacts[type]), about: about(message) } as unknown as Part);
};

const joined = (row: CaseParts, agency: string): CaseParts =>
  row.agencies.includes(agency) ? row : { ...row, agencies: [...row.agencies, agency] };

const evolve = (row: CaseParts, message: FactMessage): CaseParts => {
  const part = partOf(message);
  if (!part) return row;
  switch (part.type) {
    case 'CaseOpened':
      return joined({ ...row, folio: part.data.folio, state: part.data.state }, part.data.sourceAgency);
    case 'TeamMemberAdded':
    case 'ResponsibilityAccepted':
      return joined(row, part.data.agency);
    case 'ProtectionRepresentativeAssigned':
      return joined(row, 'CHILD_PROTECTION');
    case 'LegalAdviserAssigned':
      return joined(row, 'VICTIMS_COMMISSION');
    case 'ReferralMade':
    case 'ResponsibilityOffered':
      return joined(row, part.data.to);
    case 'ConflictOfInterestDeclared': {
      const { staffId, effective } = part.data;
      if (!staffId || effective === false) return row;
      return { ...row, blocked: [...row.blocked, { staffId, eventId: part.about.eventId }] };
    }
    case 'FactRetracted': {
      const { eventId } = part.data;
      return { ...row, blocked: row.blocked.filter((one) => one.eventId !== eventId) };
    }
  }
};

export const caseParts: Projection<CaseParts> = {
  name: 'case_parts',
  version: 3,
  keyOf: ({ stream, type, caseId }) =>
    stream.startsWith('case-') && TYPES.some((known) => known === type) ? caseId : undefined,
  start: { folio: '', state: '', agencies: [], blocked: [] },
  evolve,
  columns: { agencies: { type: 'text[]', of: ({ agencies }) => agencies } },
  indexes: [['agencies']],
};
