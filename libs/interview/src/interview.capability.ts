import { interviewCaseCommands, registerCommands } from '@resguardo/contracts';
import { caseFileFacts, interviewFacts, registerFacts, vaultFacts } from '@resguardo/contracts/timeline';
import type { Capability } from '@resguardo/desk';
import type { CommandContext } from '@resguardo/eventing';
import { uuidv5 } from '@resguardo/eventing';
import { interviewDecider } from './interview.decider.js';
import type { Known } from './interview.state.js';
import type { Credential } from './register.decider.js';
import { registerDecider } from './register.decider.js';

/** What the rules of the interview ask outside: the register, and the vault for a dated yes or no (C-1). */
export interface InterviewAsk {
  /** Does an act from `slot` (UTC) for so many minutes overlap the child's school time? Undefined: no timetable is known. */
  schoolOverlap(caseId: string, slot: string, minutes: number): Promise<boolean | undefined>;
  /** The register's entry of this intermediary as it stands; null when there is none. */
  intermediary(intermediaryId: string): Promise<Credential | null>;
  /** Is an examiner of this gender whom the child said yes to? */
  examinerFits(caseId: string, gender: string): Promise<'YES' | 'NO' | 'NOT_STATED'>;
}

/** Stream of the register of intermediaries. */
export const REGISTER_STREAM = 'register-intermediaries';

const {
  CaseOpened,
  ReportReceived,
  ReportCompleted,
  ProtectionRepresentativeAssigned,
  LegalAdviserAssigned,
  LegalAdviserChanged,
  TeamMemberAdded,
  TeamMemberRemoved,
  ResponsibilityAccepted,
  CaseLinked,
  CaseUnlinked,
  FactsConfirmedDistinct,
  FactsConfirmedSame,
  FactRetracted,
} = caseFileFacts;

/** Facts that the interview's decider folds: its own, and a few of the shared case file and the vault. */
export const foldedByInterview = {
  ...interviewFacts,
  CaseOpened,
  ReportReceived,
  ReportCompleted,
  ProtectionRepresentativeAssigned,
  LegalAdviserAssigned,
  LegalAdviserChanged,
  TeamMemberAdded,
  TeamMemberRemoved,
  ResponsibilityAccepted,
  CaseLinked,
  CaseUnlinked,
  FactsConfirmedDistinct,
  FactsConfirmedSame,
  FactRetracted,
  CommunicationNeedsRecorded: vaultFacts.CommunicationNeedsRecorded,
};

/** Minutes for which school time is checked when a session goes on: its end is not known beforehand. */
const SESSION_MINUTES = 60;

/** Sections A of the rules, over the stream of a case. */
export const interviewCapability = (ask: InterviewAsk): Capability => ({
  name: 'interview',
  commands: interviewCaseCommands,
  facts: foldedByInterview,
  decider: interviewDecider(),
  prepare: async (name, input, { caseId, commandId, at, by }: CommandContext) => {
    const newId = uuidv5('interview', by.actor, commandId);
    const overlap = async (slot: string, minutes: number): Promise<Pick<Known, 'schoolOverlap'>> => {
      const schoolOverlap = await ask.schoolOverlap(caseId, slot, minutes);
      return schoolOverlap === undefined ? {} : { schoolOverlap };
    };
    const entry = async (id: string): Promise<Pick<Known, 'intermediary'>> => ({
      intermediary: await ask.intermediary(id),
    });
    const known = async (): Promise<Omit<Known, 'newId'>> => {
      switch (name) {
        case 'planInterview':
          return { ...(await entry(input.intermediaryId)), ...(await overlap(input.slot, input.minutes)) };
        case 'assignIntermediary':
          return entry(input.intermediaryId);
        case 'continueInterview':
          return { ...(await entry(input.intermediaryId)), ...(await overlap(at, SESSION_MINUTES)) };
        case 'startInterview':
          // Who starts it holds it.
          return { ...(await entry(by.actor)), ...(await overlap(at, SESSION_MINUTES)) };
        case 'recordInterviewConducted':
        case 'interruptInterview':
          return entry(by.actor);
        case 'recordInterviewHeld':
          return input.intermediaryId ? entry(input.intermediaryId) : {};
        case 'planExam':
          return {
            examinerFits: await ask.examinerFits(caseId, input.examinerGender),
            ...(await overlap(input.slot, input.minutes)),
          };
        case 'recordExamPerformed':
          return { examinerFits: await ask.examinerFits(caseId, input.examinerGender) };
      }
      // All other commands ask nothing outside.
      return {};
    };
    return { known: { newId, ...(await known()) } };
  },
});

/** The register of intermediaries, kept by an administrator on a stream of its own. */
export const registerCapability = (): Capability => ({
  name: 'intermediary-register',
  commands: registerCommands,
  facts: registerFacts,
  decider: registerDecider,
  stream: () => REGISTER_STREAM,
});
