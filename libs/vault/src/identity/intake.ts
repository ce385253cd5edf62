import { isRefusal, uuidv5 } from '@resguardo/eventing';
import { validateCurp } from './curp.js';
import type { IdentityVault } from './identity-vault.js';
import { changeOf } from './record.js';

type Typed = Parameters<typeof changeOf>[0];
type Asker = Readonly<{ actor: string; agency: string; role?: string }>;

/** Whether somebody born on a day is younger than six on another; both `YYYY-MM-DD`. */
const underSixOn = (birthDate: string, day: string): boolean =>
  `${Number(birthDate.slice(0, 4)) + 6}${birthDate.slice(4, 10)}` > day;

/**
 * What registering and linking cases ask of the vault. Ids are derived from whoever says it and the command: said twice, it is kept once.
 * After an erasure nothing is kept and the answers are undefined.
 */
export const intakeOf = (vault: IdentityVault) => ({
  registerChild: async ({
    caseId,
    by,
    identity,
    versionId,
    at,
  }: {
    readonly caseId: string;
    readonly by: Asker;
    readonly identity: Typed;
    readonly versionId: string;
    readonly at: string;
  }): Promise<{ childId: string; keyId: string; underSix: 'YES' | 'NO' | 'UNKNOWN' } | undefined> => {
    const childId = uuidv5(by.actor, versionId, 'child');
    const { personId, keyId, erased } = await vault.register(
      childId,
      caseId,
      by.agency,
      changeOf(identity),
      `${versionId}:child`,
    );
    if (erased) return undefined;
    const curp = identity.curp ? validateCurp(identity.curp) : undefined;
    const birthDate = identity.birthDate ?? (curp?.valid ? curp.birthDate : undefined);
    const underSix = birthDate ? (underSixOn(birthDate, at.slice(0, 10)) ? 'YES' : 'NO') : 'UNKNOWN';
    return { childId: personId, keyId, underSix };
  },

  registerThirdPerson: async ({
    caseId,
    by,
    identity,
    versionId,
    kind = 'SUPPORT_PERSON',
  }: {
    readonly caseId: string;
    readonly by: Asker;
    readonly identity: Typed;
    readonly versionId: string;
    readonly kind?: string;
  }): Promise<{ personId: string } | undefined> => {
    const id = uuidv5(by.actor, versionId, 'person');
    const { personId, erased } = await vault.addThirdPerson(id, caseId, by.agency, kind, changeOf(identity));
    return erased ? undefined : { personId };
  },

  /**
   * Cases that may be of the same child; `certain` when the CURP agrees. Undefined when this caller searches too often: that search is a task.
   * @throws SearchUnavailable
   */
  search: async ({
    caseId,
    by,
    identity,
  }: {
    readonly caseId: string;
    readonly by: Asker;
    readonly identity: Typed;
  }): Promise<readonly { readonly caseId: string; readonly certain: boolean }[] | undefined> => {
    const { actor, agency, role } = by;
    const { replaces: _, ...typed } = changeOf(identity);
    const terms = Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== null));
    const result = await vault.findChild(
      terms,
      { actor, agency, purpose: 'INTAKE', ...(role && { role }) },
      { searchId: uuidv5(actor, caseId, 'search'), exceptCaseId: caseId },
    );
    if (isRefusal(result)) return undefined;
    const found = [];
    for (const { matchId, kinds } of result.matches) {
      const other = await vault.caseOfMatch(result.searchId, matchId, actor);
      if (other) found.push({ caseId: other, certain: kinds.includes('CURP') });
    }
    return found;
  },

  caseOfMatch: vault.caseOfMatch,
});
