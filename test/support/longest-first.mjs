// In a fresh clone Jest does not know yet how long a spec takes. What drives a browser or the whole product takes longest: begun last, one worker
// would wait for the other.
import Sequencer from '@jest/test-sequencer';

const KINDS = ['.browser.spec.ts', '.e2e.spec.ts', '.contract.spec.ts', '.spec.ts'];
const kindOf = ({ path }) => KINDS.findIndex((kind) => path.endsWith(kind));

export default class LongestFirst extends Sequencer {
  /** Among its kind as Jest has it: by how long it took, or by size. */
  sort(tests) {
    return super.sort(tests).sort((one, other) => kindOf(one) - kindOf(other));
  }
}
