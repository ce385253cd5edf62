import { interchangeCommands } from '@resguardo/contracts';
import { caseFileFacts, interchangeFacts, vaultFacts } from '@resguardo/contracts/timeline';
import type { Capability } from '@resguardo/desk';
import type { CommandContext } from '@resguardo/eventing';
import type { PlatformKnown } from './platform-report.decider.js';
import { platformReportDecider } from './platform-report.decider.js';

type By = CommandContext['by'];
type Identity = Readonly<Record<string, unknown>>;

/** What the import asks of the vault; the same questions as for any report that is received. */
export interface PlatformAsk {
  registerChild(asked: {
    readonly caseId: string;
    readonly by: By;
    readonly identity: any;
    readonly versionId: string;
    readonly at: string;
  }): Promise<PlatformKnown['child'] | undefined>;
  search(asked: {
    readonly caseId: string;
    readonly by: By;
    readonly identity: any;
  }): Promise<readonly { readonly caseId: string; readonly certain: boolean }[] | undefined>;
  /** Whether the case is there already: then who the child is has been kept, or corrected by a person since. */
  exists(caseId: string): Promise<boolean>;
}

/** A platform's words never merge children: however alike, a match is a number to look into (C-15). */
export const interchangeCapability = (ask: PlatformAsk): Capability => ({
  name: 'interchange',
  commands: interchangeCommands,
  facts: { ...caseFileFacts, ...interchangeFacts, ChildIdentitySealed: vaultFacts.ChildIdentitySealed },
  decider: platformReportDecider,
  prepare: async (name, said: { readonly identity?: Identity }, { caseId, commandId, by, at }) => {
    if (name !== 'receivePlatformReport') return { known: {} };
    const { identity, ...input } = said;
    if (!identity) return { input, known: { search: 'NOTHING_TO_SEARCH' } };
    if (await ask.exists(caseId)) return { input, known: {} };
    const matches = await ask.search({ caseId, by, identity }).catch(() => undefined);
    const child = await ask.registerChild({ caseId, by, identity, versionId: commandId, at });
    return {
      input,
      known: {
        search: matches ? 'MADE' : 'NOT_MADE',
        possibleMatches: matches?.filter((match) => match.caseId !== caseId).length ?? 0,
        ...(child && { child }),
      },
    };
  },
});
