import { code, count, day, digest, flag, group, instant, many, optional, ref, text } from './fields.js';
import { caseFileCommands } from './commands/case-file.commands.js';
import { commandErrors, given, inputErrors } from './validate.js';

const fields = {
  state: code(['17', '18']),
  urgent: flag(),
  at: instant(),
  on: optional(day()),
  minutes: count('D0', 1, 480),
  staffId: ref(),
  seal: optional(digest('D3')),
  summary: optional(text('D4r', 500)),
  topics: many(code(['A', 'B']), 2),
  identity: optional(group({ givenNames: optional(text('D1', 10)), curp: optional(text('D1', 18)) }, 'D1')),
};
const good = {
  state: '17',
  urgent: false,
  at: '2026-11-24T00:00:00Z',
  minutes: 60,
  staffId: 'demo:fiscalia.morelos',
  topics: ['A'],
};
const problems = (change: object) =>
  inputErrors(fields, { ...good, ...change }).map(({ path, problem }) => [path, problem]);

describe('input of a command', () => {
  it('passes when every field is of its kind, and null counts as not given', () => {
    expect(problems({})).toEqual([]);
    expect(problems({ summary: null, identity: null })).toEqual([]);
  });

  it('names each wrong field, all at once', () => {
    expect(problems({ state: '99', minutes: 0, urgent: 'no', topics: ['A', 'C'] })).toEqual([
      ['state', 'not-a-code'],
      ['urgent', 'not-a-boolean'],
      ['minutes', 'not-a-count'],
      ['topics.1', 'not-a-code'],
    ]);
  });

  it('refuses fields that nobody declared, also inside a group and under names of the language', () => {
    expect(problems({ notes: 'x' })).toEqual([['notes', 'unknown']]);
    expect(problems({ identity: { nick: 'x' } })).toEqual([['identity.nick', 'unknown']]);
    expect(problems(JSON.parse('{"__proto__": {"a": 1}, "constructor": 1}'))).toContainEqual([
      'constructor',
      'unknown',
    ]);
  });

  it('takes only moments and days that exist', () => {
    expect(problems({ at: '2026-02-30T10:00:00Z' })).toEqual([['at', 'not-an-instant']]);
    for (const at of ['-100000-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '1', 5, ['2026-11-24T00:00:00Z']])
      expect(problems({ at })).toEqual([['at', 'not-an-instant']]);
    expect(problems({ at: '2026-11-24' })).toEqual([['at', 'not-an-instant']]);
    expect(problems({ on: '2025-02-29' })).toEqual([['on', 'not-a-day']]);
    expect(problems({ on: '2028-02-29' })).toEqual([]);
  });

  it('takes no words where an opaque id belongs', () => {
    expect(problems({ staffId: 'Ana Ejemplo' })).toEqual([['staffId', 'not-a-reference']]);
    expect(problems({ staffId: 'ana@ejemplo.mx' })).toEqual([['staffId', 'not-a-reference']]);
    expect(problems({ staffId: 'ZEZZ130219HNEBBBA7' })).toEqual([['staffId', 'not-a-reference']]);
    expect(problems({ staffId: '7773120100' })).toEqual([['staffId', 'not-a-reference']]);
    expect(problems({ seal: 'ABC' })).toEqual([['seal', 'not-a-digest']]);
  });

  it('R-302: refuses inline content wherever text is taken', () => {
    expect(problems({ summary: 'mira data:image/png;base64,iVBORw0KGgo=' })).toEqual([
      ['summary', 'looks-like-content'],
    ]);
    expect(problems({ summary: 'QUJD'.repeat(120) })).toEqual([['summary', 'looks-like-content']]);
    expect(problems({ summary: 'Un texto largo y corriente. '.repeat(15) })).toEqual([]);
  });

  it('M-2: what only adds answers brings at least one', () => {
    const { completeReport } = caseFileCommands;
    const problemsOf = (input: object) => commandErrors(completeReport, { ...input }).map(({ problem }) => problem);
    expect(problemsOf({ reportId: 'r1', mode: null })).toEqual(['nothing-said']);
    expect(problemsOf({ anonymous: false })).toEqual([]);
    expect(problemsOf({ mode: 'BY_PIGEON' })).toEqual(['not-a-code']);
    expect(commandErrors(caseFileCommands.receiveReport, {})).toEqual([]);
  });

  it('equal inputs are equal whether what is missing is null or left out', () => {
    expect(given({ a: 1, b: null, c: { d: undefined, e: 2 } })).toEqual({ a: 1, c: { e: 2 } });
  });
});
