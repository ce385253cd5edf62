import type { CommandSpec } from './command.js';

/** Not facts, and all the same said to one's own agency: reports, questions for the interview, answers to referrals. */
const ALSO: readonly string[] = ['answerReferral', 'declineQuestions', 'receiveReport', 'submitQuestions'];

/** Does this command enter through the service of the caller's own agency? All others are decided in coordination (D11). */
export const entersThroughAgency = (command: string, { mark, on }: CommandSpec): boolean =>
  on !== 'process' && (mark === 'fact' || ALSO.includes(command));
