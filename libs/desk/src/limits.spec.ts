import { parse } from 'graphql';
import { exceeded, LIMITS, rateLimit } from './limits.js';

const problem = (text: string, variables = {}) => exceeded(parse(text), undefined, variables)?.message;

describe('limits of one operation', () => {
  it('lets an ordinary page through', () => {
    expect(problem('query { timeline(caseId: "a", first: 50) { entries { eventId type } } }')).toBeUndefined();
  });

  it('counts root fields wherever they stand: aliases, fragments, inline fragments', () => {
    const many = Array.from({ length: LIMITS.rootFields + 1 }, (_, i) => `a${i}: me { actor }`).join(' ');
    expect(problem(`{ ${many} }`)).toMatch(/root fields/);
    expect(problem(`{ ...F } fragment F on Query { ${many} }`)).toMatch(/root fields/);
    expect(problem(`{ ... on Query { ${many} } }`)).toMatch(/root fields/);
  });

  it('bounds depth and cost, also through variables and fragments that name each other', () => {
    const deep = 'a { '.repeat(LIMITS.depth + 1) + 'b' + ' }'.repeat(LIMITS.depth + 1);
    expect(problem(`{ ${deep} }`)).toMatch(/levels/);
    const wide = Array.from({ length: 60 }, (_, i) => `f${i}`).join(' ');
    expect(problem(`query ($n: Int) { cases(first: $n) { edges { ${wide} } } }`, { n: 1000 })).toMatch(/smaller pages/);
    expect(problem('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A me { actor } }')).toBeUndefined();
  });

  it('gives each caller so many requests in a window, and forgets the longest idle one first', () => {
    let now = 0;
    const allowed = rateLimit(2, 1_000, () => now, 2);
    expect([allowed('a'), allowed('a'), allowed('a'), allowed('b')]).toEqual([true, true, false, true]);
    now = 1_000;
    expect(allowed('a')).toBe(true);
  });
});
