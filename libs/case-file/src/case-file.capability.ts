import type { CommandInput } from '@resguardo/contracts';
import { caseFileCommands } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { Capability } from '@resguardo/desk';
import type { CommandContext } from '@resguardo/eventing';
import type { CaseFileKnown } from './case-file.decider.js';
import { caseFileDecider } from './case-file.decider.js';

type By = CommandContext['by'];
/** Who a child or somebody else is, as typed into a form. It goes to the vault and nowhere else. */
export type TypedIdentity = NonNullable<CommandInput<typeof caseFileCommands.receiveReport>['identity']>;

/** What the case file asks of the vault and of the register of staff, before it decides. */
export interface CaseFileAsk {
  /** Keeps the child's identity under a key of its own; committed when it resolves. The same `versionId` again changes nothing. */
  registerChild(asked: {
    readonly caseId: string;
    readonly by: By;
    readonly identity: TypedIdentity;
    readonly versionId: string;
    readonly at: string;
  }): Promise<
    { readonly childId: string; readonly keyId: string; readonly underSix: 'YES' | 'NO' | 'UNKNOWN' } | undefined
  >;
  /** Keeps somebody else of the case, and gives the pseudonym. */
  registerThirdPerson(asked: {
    readonly caseId: string;
    readonly by: By;
    readonly identity: TypedIdentity;
    readonly versionId: string;
  }): Promise<{ readonly personId: string } | undefined>;
  /**
   * Cases that may be of the same child. `certain`: a number of their own agrees (CURP), so that the cases are linked at once (C-4).
   * Undefined, or thrown: the search cannot be made now; the report is received as provisional (M-2).
   */
  search(asked: {
    readonly caseId: string;
    readonly by: By;
    readonly identity: TypedIdentity;
  }): Promise<readonly { readonly caseId: string; readonly certain: boolean }[] | undefined>;
  /** The case behind a match of a search that this person made; undefined for anybody else's. */
  caseOfMatch(searchId: string, matchId: string, actor: string): Promise<string | undefined>;
  /** Agency of a staff id, where a register can tell. */
  agencyOfStaff?(staffId: string): Promise<string | undefined>;
  /** Their role, likewise. */
  roleOfStaff?(staffId: string): Promise<string | undefined>;
}

interface Asking {
  readonly identity?: TypedIdentity;
  readonly searchId?: string;
  readonly matchId?: string;
  readonly staffId?: string;
}

const asksForSomething = (identity: Asking['identity']): identity is TypedIdentity =>
  identity !== undefined && Object.values(identity).some((value) => value !== undefined && value !== null);

/** The identity leaves the input here: nothing after this line has ever seen it. */
const withoutIdentity = (input: Asking): Omit<Asking, 'identity'> => {
  const { identity: _, ...rest } = input;
  return rest;
};

const found = async (ask: CaseFileAsk, input: Asking, { caseId, by }: CommandContext): Promise<CaseFileKnown> => {
  const recognised =
    input.searchId && input.matchId ? await ask.caseOfMatch(input.searchId, input.matchId, by.actor) : undefined;
  const sameChild = recognised ? [recognised] : [];
  if (!asksForSomething(input.identity))
    return { search: 'NOTHING_TO_SEARCH', possibleMatches: sameChild.length, sameChildIn: sameChild };
  // M-2: whatever is wrong with the search, the report is received; the search becomes a task.
  const matches = await ask.search({ caseId, by, identity: input.identity }).catch(() => undefined);
  if (!matches) return { search: 'NOT_MADE', possibleMatches: sameChild.length, sameChildIn: sameChild };
  const others = matches.filter((match) => match.caseId !== caseId);
  return {
    search: 'MADE',
    possibleMatches: others.length,
    sameChildIn: [...sameChild, ...others.filter(({ certain }) => certain).map((match) => match.caseId)],
  };
};

export const caseFileCapability = (ask: CaseFileAsk): Capability => ({
  name: 'case-file',
  commands: caseFileCommands,
  // Every fact of the stream is folded: who wrote it decides who may correct it (C-14).
  facts: allFacts,
  decider: caseFileDecider,
  prepare: async (name, input: Asking, context) => {
    const { caseId, commandId, by, at } = context;
    switch (name) {
      case 'receiveReport':
      case 'completeDuplicateSearch': {
        const answers = await found(ask, input, context);
        const child = asksForSomething(input.identity)
          ? await ask.registerChild({ caseId, by, identity: input.identity, versionId: commandId, at })
          : undefined;
        return { input: withoutIdentity(input), known: { ...answers, ...(child && { child }) } };
      }
      case 'recordSupportPerson': {
        const person = asksForSomething(input.identity)
          ? await ask.registerThirdPerson({ caseId, by, identity: input.identity, versionId: commandId })
          : undefined;
        return { input: withoutIdentity(input), known: person ? { personId: person.personId } : {} };
      }
      case 'linkCase': {
        const { searchId, matchId } = input;
        const otherCaseId = searchId && matchId ? await ask.caseOfMatch(searchId, matchId, by.actor) : undefined;
        return { known: otherCaseId ? { otherCaseId } : {} };
      }
      case 'addTeamMember':
      case 'assignRepresentative':
      case 'assignLegalAdviser': {
        const { staffId } = input;
        if (!staffId) return { known: {} };
        const [agencyOfStaff, roleOfStaff] = await Promise.all([
          ask.agencyOfStaff?.(staffId),
          ask.roleOfStaff?.(staffId),
        ]);
        return { known: { ...(agencyOfStaff && { agencyOfStaff }), ...(roleOfStaff && { roleOfStaff }) } };
      }
      default:
        return { known: {} };
    }
  },
});
