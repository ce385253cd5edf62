import type { FactSpec, FactSpecs } from '../facts.js';
import { caseFileFacts } from './case-file.facts.js';
import { interchangeFacts } from './interchange.facts.js';
import { interviewFacts, registerFacts } from './interview.facts.js';
import { oversightFacts } from './oversight.facts.js';
import { vaultFacts } from './vault.facts.js';

export { caseFileFacts } from './case-file.facts.js';
export type { CaseFileFact, NewCaseFileFact } from './case-file.facts.js';
export { interchangeFacts } from './interchange.facts.js';
export type { InterchangeFact, NewInterchangeFact } from './interchange.facts.js';
export {
  ACCEPTED_TRAINING,
  INTERVIEW_TOPICS,
  interviewFacts,
  registerFacts,
  UNSUITABLE_VENUES,
} from './interview.facts.js';
export type {
  InterviewFact,
  InterviewTopic,
  NewInterviewFact,
  NewRegisterFact,
  RegisterFact,
} from './interview.facts.js';
export { ACCESS_WAYS, oversightFacts } from './oversight.facts.js';
export type { NewOversightFact, OversightFact } from './oversight.facts.js';
export { vaultFacts } from './vault.facts.js';
export type { NewVaultFact, VaultFact } from './vault.facts.js';

/** Every fact a timeline can hold. One place to read what is kept about a child. */
export const allFacts: FactSpecs = {
  ...caseFileFacts,
  ...interviewFacts,
  ...registerFacts,
  ...oversightFacts,
  ...vaultFacts,
  ...interchangeFacts,
};

export const factSpec = (type: string): FactSpec | undefined => allFacts[type];
