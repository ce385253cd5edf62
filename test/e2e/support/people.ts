import { randomUUID } from 'node:crypto';
import { allCommands, mutationDocument } from '@resguardo/contracts';
import { demoAccounts } from '@resguardo/identity';
import { validInput } from './inputs.js';
import { ask, type GraphQLAnswer, type Standalone, tokenFor } from './standalone.js';

/** User names of the demo accounts, by what they do. */
export const OFFICERS = {
  VICTIMS_COMMISSION: 'comision.morelos',
  CHILD_PROTECTION: 'procuraduria.morelos',
  PROSECUTOR: 'fiscalia.morelos',
  HEALTH: 'salud.morelos',
} as const;
export const SUPERVISORS = {
  VICTIMS_COMMISSION: 'supervision.comision',
  CHILD_PROTECTION: 'supervision.procuraduria',
  PROSECUTOR: 'supervision.fiscalia',
  HEALTH: 'supervision.salud',
} as const;
export const [REPRESENTATIVE, ADVISER, INTERMEDIARY, ANALYST, ADMINISTRATOR] = [
  'representante',
  'asesoria',
  'intermediaria',
  'analista',
  'administracion',
] as const;

export const subjectOf = (username: string): string => {
  const account = demoAccounts().find((one) => one.username === username);
  if (!account) throw new Error(`no demo account ${username}`);
  return account.sub;
};

export interface Outcome {
  readonly __typename: 'Accepted' | 'Refused' | 'Busy';
  readonly caseId?: string;
  readonly folio?: string | null;
  readonly commandId?: string;
  readonly revision?: number;
  readonly repeated?: boolean;
  readonly violations?: readonly { readonly rule: string }[];
  readonly rule?: string;
  readonly code?: string;
}

export interface Said {
  readonly caseId?: string;
  readonly folio?: string;
  readonly commandId?: string;
  readonly occurredAt?: string;
  readonly input?: Readonly<Record<string, unknown>>;
}

/** Each with a token that is made once, signed with the issuer's key from the data folder. */
const tokensOf = (product: Pick<Standalone, 'url' | 'dataFolder'>) => {
  const tokens = new Map<string, Promise<string>>();
  return (username: string): Promise<string> => {
    const known = tokens.get(username) ?? tokenFor(product, username, 1_800);
    tokens.set(username, known);
    return known;
  };
};

/** The people of the demo on one running product. @param token of somebody, unless the embedded issuer's */
export const peopleOf = (product: Pick<Standalone, 'url' | 'dataFolder'>, token = tokensOf(product)) => {
  /** What came back, errors included. */
  const answer = async (username: string, command: string, said: Said): Promise<GraphQLAnswer> => {
    const spec = allCommands[command]!;
    return ask(product.url, await token(username), mutationDocument(command, spec), {
      commandId: randomUUID(),
      ...(spec.mark === 'fact' && { occurredAt: new Date().toISOString() }),
      ...said,
    });
  };
  /** Accepted, Refused or Busy; errors are thrown. */
  const say = async (username: string, command: string, said: Said): Promise<Outcome> => {
    const { data, errors } = await answer(username, command, said);
    if (errors) throw new Error(`${command} by ${username}: ${JSON.stringify(errors)}`);
    return data.result as Outcome;
  };
  /** It must be accepted. */
  const done = async (username: string, command: string, said: Said): Promise<Outcome & { caseId: string }> => {
    const outcome = await say(username, command, said);
    if (outcome.__typename !== 'Accepted')
      throw new Error(`${command} by ${username} was not accepted: ${JSON.stringify(outcome)}`);
    return outcome as Outcome & { caseId: string };
  };
  const read = async (username: string, query: string, variables: object = {}): Promise<GraphQLAnswer> =>
    ask(product.url, await token(username), query, variables);
  return { token, answer, say, done, read };
};
export type People = ReturnType<typeof peopleOf>;

/** A new case of the Child Protection Authority in Morelos. */
export const openCase = async (
  { done }: People,
  overrides: Readonly<Record<string, unknown>> = {},
  username: string = OFFICERS.CHILD_PROTECTION,
): Promise<{ caseId: string; folio: string }> => {
  const { caseId, folio } = await done(username, 'receiveReport', {
    input: validInput('receiveReport', { state: '17', ...overrides }),
  });
  return { caseId, folio: folio! };
};

/** Puts the officers of the other agencies on the team, each through their supervisor. */
export const fillTeam = async ({ done }: People, caseId: string): Promise<void> => {
  for (const agency of ['VICTIMS_COMMISSION', 'PROSECUTOR', 'HEALTH'] as const)
    await done(SUPERVISORS[agency], 'addTeamMember', {
      caseId,
      input: { staffId: subjectOf(OFFICERS[agency]), role: 'OFFICER' },
    });
};

export const registerIntermediary = ({ done }: People): Promise<Outcome> =>
  done(ADMINISTRATOR, 'registerIntermediary', {
    input: {
      staffId: subjectOf(INTERMEDIARY),
      profession: 'PSYCHOLOGIST',
      trainingKind: 'NICHD',
      trainedOn: new Date(Date.now() - 200 * 86_400_000).toISOString().slice(0, 10),
    },
  });

/** A case in which everything stands that planning the interview asks for; the intermediary must be registered. */
export const caseReadyToPlan = async (people: People): Promise<{ caseId: string; folio: string }> => {
  const made = await openCase(people);
  const { caseId } = made;
  await fillTeam(people, caseId);
  await people.done(OFFICERS.CHILD_PROTECTION, 'assignRepresentative', {
    caseId,
    input: { staffId: subjectOf(REPRESENTATIVE) },
  });
  await people.done(OFFICERS.PROSECUTOR, 'decideAnticipatedEvidence', {
    caseId,
    input: validInput('decideAnticipatedEvidence'),
  });
  return made;
};

/** An urgent plan, five hours from now. */
export const plan = (): Record<string, unknown> => ({
  slot: new Date(Date.now() + 5 * 3_600_000).toISOString(),
  minutes: 60,
  venueKind: 'CHILD_FRIENDLY_ROOM',
  urgent: true,
  modePlanned: 'AUDIO',
  intermediaryId: subjectOf(INTERMEDIARY),
  topics: ['CONTACT_ONLINE'],
});
