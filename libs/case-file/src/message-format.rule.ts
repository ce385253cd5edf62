import type { CaseFileState } from './case-file.state.js';

/** What is said to the child has the format that the child needs; what was given otherwise is recorded, and stamped. */
export const brokenByFormat = (formatCode: string, { formatNeeded }: CaseFileState): readonly string[] =>
  formatNeeded && formatNeeded !== 'STANDARD' && formatNeeded !== formatCode ? ['R-214'] : [];
