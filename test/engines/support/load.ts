import { randomUUID } from 'node:crypto';
import { allCommands } from '@resguardo/contracts';
import { validInput } from '../../e2e/support/inputs.js';
import { OFFICERS, type People, subjectOf } from '../../e2e/support/people.js';
import type { GraphQLAnswer } from '../../e2e/support/standalone.js';
import type { Acknowledged } from './checker.js';

const FOUR = Object.values(OFFICERS);
/** What happened, what is wished for, and reports: the four take turns. */
const FACTS = ['recordRetelling', 'recordPrivacyNotice', 'recordRightsExplained', 'recordDisclosure'] as const;
const REPORT_EVERY = 17;
const WISH_EVERY = 7;
/** Whoever got no answer asks again, and whoever got one has the next thing to say, but not at once; milliseconds. */
const BREATH_MS = 100;

/** Something said once, however often it had to be sent. */
interface Saying {
  readonly username: string;
  readonly command: string;
  readonly commandId: string;
  readonly occurredAt?: string;
  readonly caseId?: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** `Accepted`, `Kept`, `Refused`; undefined while nothing was answered. */
  outcome?: string;
  at?: { readonly caseId: string; readonly revision: number };
}

/**
 * What four officers of four agencies say while things break, as their portals would: each waits for the answer, and sends the same again under the
 * same id where none came.
 */
export const loadOf = (people: People, cases: readonly string[]) => {
  const sayings: Saying[] = [];
  /** Codes of what was answered instead. */
  const troubles = new Map<string, number>();

  const send = async (one: Saying, by: Pick<People, 'answer'> = people): Promise<void> => {
    const { username, command, commandId, occurredAt, caseId, input } = one;
    const answer = await by
      .answer(username, command, {
        ...{ commandId, input },
        ...(occurredAt && { occurredAt }),
        ...(caseId && { caseId }),
      })
      .catch((error: Error): GraphQLAnswer => ({
        errors: [{ message: error.message, extensions: { code: 'NO_ANSWER' } }],
      }));
    const { __typename: outcome = undefined, ...result } = answer.data?.result ?? {};
    if (outcome === undefined || outcome === 'Busy') {
      const code = outcome ?? String(answer.errors?.[0]?.extensions?.code);
      troubles.set(code, (troubles.get(code) ?? 0) + 1);
      return;
    }
    one.outcome = outcome;
    if (outcome === 'Accepted') one.at = { caseId: result.caseId, revision: result.revision };
  };
  const breath = (many = 1) => new Promise((resolve) => setTimeout(resolve, many * BREATH_MS));
  const until = async (one: Saying, over: () => boolean, by?: Pick<People, 'answer'>): Promise<void> => {
    for (await send(one, by); one.outcome === undefined && !over(); await send(one, by)) await breath();
  };
  const note = (one: Omit<Saying, 'commandId'>): Saying => {
    const saying = { ...one, commandId: randomUUID() };
    sayings.push(saying);
    return saying;
  };
  const factOf = (username: string, command: string, caseId: string) =>
    note({ username, command, caseId, occurredAt: new Date().toISOString(), input: validInput(command) });
  const report = (username: string) =>
    note({
      ...{ username, command: 'receiveReport', occurredAt: new Date().toISOString() },
      input: validInput('receiveReport', { state: '17' }),
    });
  const wish = (caseId: string) =>
    note({
      ...{ username: OFFICERS.PROSECUTOR, command: 'makeReferral', caseId },
      input: validInput('makeReferral', { to: 'HEALTH' }),
    });

  /** One fact on a case, sent until it is answered. @param by with other tokens than everybody has */
  const say = async (
    username: string,
    caseId: string,
    command: (typeof FACTS)[number] = FACTS[0],
    by?: Pick<People, 'answer'>,
  ): Promise<Readonly<Saying>> => {
    const one = factOf(username, command, caseId);
    const end = Date.now() + 60_000;
    await until(one, () => Date.now() > end, by);
    return one;
  };

  /** They go on until `work` is done; what is still without an answer then is sent until it has one. */
  const during = async <T>(work: () => Promise<T>): Promise<T> => {
    let over = false;
    const loops = FOUR.map(async (username, i) => {
      for (let n = 0; !over; n++) {
        const caseId = cases[(i + n) % cases.length]!;
        const one =
          n % REPORT_EVERY === 7
            ? report(username)
            : n % WISH_EVERY === 3 && username === OFFICERS.PROSECUTOR
              ? wish(caseId)
              : factOf(username, FACTS[(i + n) % FACTS.length]!, caseId);
        await until(one, () => over);
        // What is kept is answered at once, and handed over one by one: nobody speaks a hundred times a second.
        await breath(one.outcome === 'Kept' ? 10 : 1);
      }
    });
    try {
      return await work();
    } finally {
      over = true;
      await Promise.all(loops);
      const end = Date.now() + 60_000;
      await Promise.all(
        sayings.filter(({ outcome }) => outcome === undefined).map((one) => until(one, () => Date.now() > end)),
      );
    }
  };

  const answered = (): readonly Acknowledged[] =>
    sayings
      .filter(({ outcome }) => outcome === 'Accepted' || outcome === 'Kept')
      .map(({ username, command, commandId, occurredAt, at }) => ({
        ...{ actor: subjectOf(username), command, commandId },
        ...(occurredAt && allCommands[command]!.mark === 'fact' && { occurredAt }),
        ...(at && { at }),
      }));
  return {
    say,
    during,
    answered,
    sayings: sayings as readonly Readonly<Saying>[],
    /** As many as were answered in this way until now. */
    count: (outcome: string) => sayings.filter((one) => one.outcome === outcome).length,
    unanswered: () => sayings.filter(({ outcome }) => outcome === undefined).length,
    troubles: troubles as ReadonlyMap<string, number>,
  };
};
export type Load = ReturnType<typeof loadOf>;
