import { oversightCommands } from '@resguardo/contracts';
import { caseFileFacts, oversightFacts } from '@resguardo/contracts/timeline';
import type { Capability } from '@resguardo/desk';
import { breakGlassDecider, type BreakGlassState } from './break-glass.decider.js';

/** What the decider folds of the case file: who is on the team, and who must stay out. */
const {
  TeamMemberAdded,
  TeamMemberRemoved,
  ProtectionRepresentativeAssigned,
  LegalAdviserAssigned,
  LegalAdviserChanged,
  ConflictOfInterestDeclared,
  FactRetracted,
} = caseFileFacts;
const { BreakGlassUsed, BreakGlassEnded, BreakGlassReviewed } = oversightFacts;

export const oversightCapability = (): Capability<BreakGlassState, typeof oversightCommands> => ({
  name: 'oversight',
  commands: oversightCommands,
  facts: {
    BreakGlassUsed,
    BreakGlassEnded,
    BreakGlassReviewed,
    TeamMemberAdded,
    TeamMemberRemoved,
    ProtectionRepresentativeAssigned,
    LegalAdviserAssigned,
    LegalAdviserChanged,
    ConflictOfInterestDeclared,
    FactRetracted,
  },
  decider: breakGlassDecider,
});
