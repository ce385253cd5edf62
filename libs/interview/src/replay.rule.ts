import type { Refusal } from '@resguardo/eventing';
import { refuse } from '@resguardo/eventing';

/** The child's statement is not replayed with child and accused in one room or call; the child may ask to be there, apart. */
export const noReplayBeforeTheAccused = ({
  childPresent,
  accusedPresent,
  separated,
  childAsksToBePresent = false,
}: {
  readonly childPresent: boolean;
  readonly accusedPresent: boolean;
  readonly separated: boolean;
  readonly childAsksToBePresent?: boolean;
}): Refusal | undefined =>
  childPresent && accusedPresent && !(separated && childAsksToBePresent) ? refuse('R-024', 'E-REPLAY') : undefined;
