import { type Cell, closed, linesOf, openIn, tableOf, wrongIn } from './matrix.js';

const cell = (service: string, resource: string, expected: string, actual = expected): Cell => ({
  ...{ kind: 'reading', service, resource, expected, actual },
});
const wide = Array.from({ length: 9 }, (_, i) => cell('health', `Fact${i}`, i < 4 ? 'open' : closed('may-not-read')));
const opened = [...wide.slice(0, 8), cell('health', 'Fact8', closed('may-not-read'), 'open')];

it('what is as declared says so, as expected and as it was', () => {
  expect(wrongIn(wide)).toEqual([]);
  expect(tableOf(wide)).toBe(
    'reading: 9 cells, open 4 expected, 4 actual; 0 not as declared\n' +
      'health  of 9 open 4 expected, 4 actual; 0 not as declared',
  );
});

it('one cell too many of a kind with many resources is counted, and said in full', () => {
  expect(tableOf(opened)).toBe(
    'reading: 9 cells, open 4 expected, 5 actual; 1 not as declared\n' +
      'health  of 9 open 4 expected, 5 actual; 1 not as declared\n\n' +
      'health × reading Fact8: expected - may-not-read, was open',
  );
  expect(openIn(opened)).toEqual({ health: 'reading 5/9' });
});

it('of a kind with few resources each cell is shown, with what was expected where it is not that', () => {
  expect(tableOf([cell('health', 'Fact0', closed('may-not-read'), 'open'), cell('health', 'Fact1', 'open')])).toBe(
    'reading: 2 cells, open 1 expected, 2 actual; 1 not as declared\n' +
      '        Fact0     Fact1\n' +
      'health  open ≠ -  open \n\n' +
      'health × reading Fact0: expected - may-not-read, was open',
  );
});

it('every cell has a line with both', () => {
  expect(linesOf(opened.slice(7))).toBe(
    'kind\tservice\tresource\texpected\tactual\n' +
      'reading\thealth\tFact7\t- may-not-read\t- may-not-read\n' +
      'reading\thealth\tFact8\t- may-not-read\topen\n',
  );
});
