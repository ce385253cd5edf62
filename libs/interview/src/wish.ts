import type { InterviewTopic } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import type { RecordingMode, View } from './interview.state.js';
import type { Credential } from './register.decider.js';

/** An act with the child, wanted or done, as far as the rules ask about it. What is not given is not judged. */
export interface Wish {
  readonly caseId: string;
  /** Now, for an intent; when it happened, for a fact. */
  readonly at: string;
  /** The interview meant, when there is one already. */
  readonly interviewId?: string;
  readonly agency: string;
  /** Session time, when it differs from `at`. */
  readonly slot?: string;
  readonly urgent?: boolean;
  readonly intermediary?: Credential | null;
  readonly mode?: RecordingMode;
  readonly presentRoles?: readonly string[];
  readonly supportPersonKind?: string;
  readonly topics?: readonly InterviewTopic[];
  readonly schoolOverlap?: boolean;
  readonly schoolTimeAskedByChild?: boolean;
}

/** One rule of `docs/rules.md`: why this may not be, or nothing. For a fact that already happened the same answer is its stamp (M-1). */
export type Rule = (wish: Wish, view: View) => Refusal | undefined;
