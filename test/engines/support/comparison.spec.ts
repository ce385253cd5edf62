import { differencesBetween, reportOf } from './comparison.js';

const answer = () => ({
  data: {
    case: {
      folio: '17-26-ZZZZZZZZ',
      terms: [
        { key: 'a', late: false },
        { key: 'b', late: false },
      ],
    },
  },
});
const answers = (...pairs: readonly (readonly [string, unknown])[]) => new Map(pairs);
const one = (value: unknown) => answers(['Case of 17-26-ZZZZZZZZ as salud.morelos', value]);

describe('the comparer of a differential run', () => {
  it('finds nothing in answers that are the same', () =>
    expect(differencesBetween(one(answer()), one(answer()))).toEqual([]));

  it('finds one changed value, and says whose answer it is in, where, and both values', () => {
    const changed = answer();
    changed.data.case.terms[1]!.late = true;
    const found = differencesBetween(one(answer()), one(changed));
    expect(found).toEqual([
      { what: 'Case of 17-26-ZZZZZZZZ as salud.morelos', path: 'data.case.terms.1.late', left: false, right: true },
    ]);
    expect(reportOf(found, ['one', 'the other'])).toBe(
      [
        '1 differences',
        'Case of 17-26-ZZZZZZZZ as salud.morelos',
        '  at data.case.terms.1.late',
        '  one        false',
        '  the other  true',
      ].join('\n'),
    );
  });

  it.each([
    ['a key that is not there', { a: 1 }, { a: 1, b: null }, 'b'],
    ['an element that is not there', [1], [1, 2], '1'],
    ['another order', ['x', 'y'], ['y', 'x'], '0'],
    ['null for nothing', { a: null }, {}, 'a'],
    ['an object for a list', {}, [], ''],
    ['an error for data', { data: {} }, { errors: [{ message: 'no' }] }, 'data'],
    ['a number for its text', { n: 1 }, { n: '1' }, 'n'],
  ])('finds %s', (_what, left, right, path) =>
    expect(differencesBetween(one(left), one(right))[0]).toMatchObject({ path }),
  );

  it('says one entry more or less once, not all that follow it', () => {
    expect(differencesBetween(one(['a', 'b', 'c', 'd']), one(['a', 'c', 'd', 'e']))).toMatchObject([
      { path: '1', left: 'b', right: undefined },
      { path: '3', left: undefined, right: 'e' },
    ]);
    expect(
      differencesBetween(one([{ n: 1 }, { n: 2 }, { n: 3 }]), one([{ n: 0 }, { n: 1 }, { n: 5 }, { n: 3 }])),
    ).toMatchObject([
      { path: '0', left: undefined, right: { n: 0 } },
      { path: '1.n', left: 2, right: 5 },
    ]);
  });

  it('finds what only one was asked', () => {
    expect(differencesBetween(one(1), answers())).toMatchObject([{ left: 1, right: undefined }]);
    expect(differencesBetween(answers(), one(1))).toMatchObject([{ left: undefined, right: 1 }]);
  });

  it('says how many more there are than it shows', () => {
    const found = differencesBetween(one([1, 2, 3]), one([4, 5, 6]));
    expect(reportOf(found, ['a', 'b'], 1)).toMatch(/^3 differences\n[^]*… and 2 more$/);
  });
});
