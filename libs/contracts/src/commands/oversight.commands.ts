import type { CommandSpecs } from '../command.js';
import { intent } from '../command.js';
import { code, optional, ref, text } from '../fields.js';
import { DANGERS, VERDICTS } from '../timeline/oversight.facts.js';

export const oversightCommands = {
  /** Opens one case for four hours to somebody who is not on its team, because of imminent danger. */
  useBreakGlass: intent({
    capability: 'oversight',
    may: 'oversight:break-glass',
    on: 'anyone',
    input: { danger: code(DANGERS, 'D11'), reason: text('D11', 1000) },
    rules: ['R-704', 'R-706'],
  }),
  /** Gives the access back before its end; only by the person who has it. */
  endBreakGlass: intent({
    capability: 'oversight',
    may: 'oversight:break-glass',
    on: 'anyone',
    input: { glassId: ref('D11') },
    rules: ['R-704'],
  }),
  /** Says whether it was right: never by the person who used it (C-12). */
  reviewBreakGlass: intent({
    capability: 'oversight',
    may: 'oversight:review-break-glass',
    on: 'anyone',
    input: { glassId: ref('D11'), verdict: code(VERDICTS, 'D11'), finding: optional(text('D11', 2000)) },
    rules: ['R-704'],
  }),
} satisfies CommandSpecs;
