import type { InterviewTopic } from '@resguardo/contracts/timeline';
import type { Refusal } from '@resguardo/eventing';
import type { RecordingMode, View } from './interview.state.js';
import type { Credential } from './register.decider.js';

/**
 * An act with the child, wanted or done, as far as the rules ask about it. No member may be left out where one of the act's rules
 * asks for it: what is not known is said to be `undefined`, and is not judged.
 */
export interface Wish {
  readonly caseId: string;
  /** Now, for an intent; when it happened, for a fact. */
  readonly at: string;
  /** The interview meant, when there is one already. */
  readonly interviewId: string | undefined;
  readonly agency: string;
  /** Who asks for it or tells of it: a court's order that only they have put on record does not count for it. Undefined: whoever. */
  readonly actor: string | undefined;
  /** Session time, when it differs from `at`. */
  readonly slot: string | undefined;
  readonly urgent: boolean;
  /** The register's entry for who holds the session; null when it has none. */
  readonly intermediary: Credential | null;
  readonly mode: RecordingMode | undefined;
  readonly presentRoles: readonly string[] | undefined;
  readonly supportPersonKind: string | undefined;
  readonly topics: readonly InterviewTopic[];
  readonly schoolOverlap: boolean;
  readonly schoolTimeAskedByChild: boolean;
}

/**
 * One rule of `docs/rules.md`: why this may not be, or nothing. For a fact that already happened the same answer is its stamp (M-1).
 * `Asks` names what it reads of the wish: an act that lists the rule and does not say it does not compile (`WishOf` in `rules.ts`).
 */
export type Rule<Asks extends keyof Wish = keyof Wish> = (wish: Pick<Wish, Asks>, view: View) => Refusal | undefined;
