import { canonical } from './canonical.js';

describe('canonical form', () => {
  it('does not depend on the order of keys, at any depth', () => {
    expect(canonical({ b: [{ d: 1, c: 2 }], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1}]}');
    expect(canonical({ a: null, b: [{ c: 2, d: 1 }] })).toBe(canonical({ b: [{ d: 1, c: 2 }], a: null }));
  });

  it('sorts keys by UTF-16 code units, not by any language', () => {
    expect(canonical({ ñ: 1, z: 2, Z: 3, 10: 4, 9: 5, '\u{1f600}': 6, '\ufb01': 7 })).toBe(
      '{"10":4,"9":5,"Z":3,"z":2,"ñ":1,"\u{1f600}":6,"\ufb01":7}',
    );
  });

  it('keeps the order of lists, and tells texts from numbers', () => {
    expect(canonical([2, 1, '1'])).toBe('[2,1,"1"]');
  });

  it('is the same before and after a round trip through JSON', () => {
    const value = {
      text: 'á\u0000\u2028"\\',
      gone: undefined,
      numbers: [-0, 1e21, 1.5, 0.1],
      deep: { list: [undefined] },
    };
    expect(canonical(JSON.parse(JSON.stringify(value)))).toBe(canonical(value));
  });

  it('refuses what JSON cannot hold', () => {
    for (const value of [NaN, Infinity, 1n, () => 1]) expect(() => canonical({ value })).toThrow(TypeError);
  });
});
