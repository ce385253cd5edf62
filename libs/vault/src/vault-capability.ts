import type { CommandInput } from '@resguardo/contracts';
import { vaultCommands } from '@resguardo/contracts';
import type { CaseFileFact, VaultFact } from '@resguardo/contracts/timeline';
import { caseFileFacts, vaultFacts } from '@resguardo/contracts/timeline';
import type { CommandContext, EventStore } from '@resguardo/eventing';
import { catalogue } from '@resguardo/eventing';
import type { CaseHold } from './erasure/erasure.rule.js';
import type { IdentityVault } from './identity/identity-vault.js';
import type { IdentityChange, TimetableBlock } from './identity/record.js';
import { changeOf, touched } from './identity/record.js';
import type { IdentityField, VaultKnown, VaultState } from './vault.decider.js';
import { vaultDecider } from './vault.decider.js';

type Inputs = { [K in keyof typeof vaultCommands]: CommandInput<(typeof vaultCommands)[K]> };
type Prepared = { readonly input?: object; readonly known: VaultKnown };

/**
 * The vault at the desk: takes identity out of the input and keeps it before anything is decided, so that no event ever holds it,
 * and asks what the rules of erasure need to know.
 */
export const vaultCapability = ({ vault, store }: { readonly vault: IdentityVault; readonly store: EventStore }) => {
  const facts = { ...caseFileFacts, ...vaultFacts };
  const stateOf = stateReader(store);

  const correct = async (
    { caseId, commandId, by }: CommandContext,
    change: IdentityChange,
    rest: object,
    known: VaultKnown = {},
  ): Promise<Prepared> => ({
    input: rest,
    known: { ...known, kept: await vault.correct(caseId, by.agency, change, commandId) },
  });

  const prepare = async (name: string, given: unknown, context: CommandContext): Promise<Prepared> => {
    const command = { name, input: given } as { [K in keyof Inputs]: { name: K; input: Inputs[K] } }[keyof Inputs];
    switch (command.name) {
      case 'correctIdentity': {
        const { identity, ...rest } = command.input;
        const change = changeOf(identity);
        const fields = touched(change) as readonly IdentityField[];
        // Refused by the decider: nothing is kept for it.
        return fields.length === 0 ? { input: rest, known: {} } : correct(context, change, rest, { fields });
      }
      case 'addThirdPerson': {
        const { identity, ...rest } = command.input;
        const { caseId, commandId, by } = context;
        return {
          input: rest,
          known: {
            kept: await vault.addThirdPerson(commandId, caseId, by.agency, rest.personKind, changeOf(identity)),
          },
        };
      }
      case 'recordSchoolTimetable': {
        const { weekdays, from, until, validUntil, replaces } = command.input;
        const timetable = weekdays.map<TimetableBlock>((weekday) => ({
          weekday,
          from,
          until,
          ...(validUntil !== undefined && { validUntil }),
        }));
        return correct(
          context,
          { timetable, ...(replaces && { replaces: ['timetable'] as const }) },
          { ...(validUntil !== undefined && { validUntil }) },
        );
      }
      case 'recordPreferences': {
        const { examinerGender, viewerGender, otherPreferences } = command.input;
        const stated = (gender?: string) => gender !== undefined && gender !== 'ANY';
        return correct(
          context,
          {
            ...(examinerGender && { examinerGender }),
            ...(viewerGender && { viewerGender }),
            ...(otherPreferences && { otherPreferences }),
          },
          {},
          { examinerPreferenceStated: stated(examinerGender), viewerPreferenceStated: stated(viewerGender) },
        );
      }
      case 'requestErasure':
      case 'approveErasure':
        return { known: { cases: await holdsOf(stateOf, context.caseId) } };
      case 'recordCommunicationNeeds':
      case 'reviewLegalHold':
      case 'rejectErasure':
      case 'orderLinkedErasure':
      case 'recordKeysDestroyed':
        return { known: {} };
    }
  };

  return { name: 'vault', commands: vaultCommands, facts, decider: vaultDecider, prepare };
};

/** What the vault's rules know of a case, read from its stream. */
const stateReader = (store: EventStore) => {
  const known = catalogue<VaultFact | CaseFileFact>({ ...caseFileFacts, ...vaultFacts });
  return async (caseId: string): Promise<VaultState> => {
    const { events } = await store.read(`case-${caseId}`);
    return events.reduce((state, event) => {
      const fact = known.read(event);
      return fact ? vaultDecider.evolve(state, fact) : state;
    }, vaultDecider.initialState);
  };
};

/** Every case of the same child, reached by whatever chain of links, with its legal hold. */
const holdsOf = async (
  stateOf: (caseId: string) => Promise<VaultState>,
  caseId: string,
): Promise<readonly CaseHold[]> => {
  const found: CaseHold[] = [];
  const ahead = [caseId];
  for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) {
    const here = next;
    if (found.some((hold) => hold.caseId === here)) continue;
    const { sameChild, hold, ordered } = await stateOf(here);
    found.push({
      caseId: here,
      ...(hold && { outcome: hold.outcome, reviewedOn: hold.on }),
      alreadyErased: ordered !== undefined,
    });
    ahead.push(...sameChild);
  }
  return found;
};

/**
 * For `IdentityVault.sweep`: whether a fact of the case refers to a person or an entry of the vault.
 */
export const referredToOn =
  (store: EventStore) =>
  async (ids: { readonly caseId: string; readonly personId: string; readonly versionId: string }): Promise<boolean> => {
    const { events } = await store.read(`case-${ids.caseId}`);
    // `<personId>:first` is referred to by the person, `<commandId>` and `<commandId>:child` by any fact of that command.
    const [entry] = ids.versionId.split(':');
    const wanted = ids.versionId === `${ids.personId}:first` ? ids.personId : entry;
    return events.some(({ data, meta }) => meta.commandId === wanted || Object.values(data).some((v) => v === wanted));
  };
