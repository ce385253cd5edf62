import type { caseFileCommands, CommandInput } from '@resguardo/contracts';

export { callsForPromptInterview, folioOf, limitationOf } from '@resguardo/contracts';

type Input<C extends keyof typeof caseFileCommands> = CommandInput<(typeof caseFileCommands)[C]>;

/** what a refused, diverted or conditioned report violated. Recording it is never refused. */
export const brokenByRefusing = ({ condition }: Input<'recordReportRefused'>): readonly string[] => {
  switch (condition) {
    case 'GUARDIAN':
      return ['R-203', 'R-201', 'R-202'];
    case 'IDENTITY_DOCUMENT':
    case 'EVIDENCE':
    case 'TERRITORY':
      return ['R-203', 'R-201'];
    case 'MIGRATION_DOCUMENT':
      return ['R-203', 'R-201', 'R-218'];
    case 'NONE':
    case 'OTHER':
      return ['R-203'];
  }
};

/** at a first disclosure nothing is asked but whether the child is safe. */
export const brokenByListening = ({ detailsAsked }: Input<'recordDisclosure'>): readonly string[] =>
  detailsAsked ? ['R-014'] : [];
