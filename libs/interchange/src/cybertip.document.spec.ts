import { readFileSync } from 'node:fs';
import { readCybertip } from './cybertip.document.js';
import { warningsOf } from './cybertip.warnings.js';
import { isWorded } from './words.js';
import { isProblem } from './xml.js';

const sample = (name: string) => readFileSync(new URL(`./samples/${name}.xml`, import.meta.url), 'utf8');
const minimal = sample('minimal');
const full = sample('two-victims');
const read = (content: string | Uint8Array) => {
  const document = readCybertip(content);
  if (isProblem(document)) throw new Error(JSON.stringify(document));
  return document;
};
const problem = (content: string | Uint8Array) => {
  const document = readCybertip(content);
  if (!isProblem(document)) throw new Error('it was read');
  expect(isWorded(document.problem)).toBe(true);
  return document;
};

describe('C-15: documents of the CyberTipline format', () => {
  it.each(['minimal', 'two-victims', 'response', 'upload', 'file-details', 'batched'])('%s is read', (name) => {
    expect(read(sample(name)).digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it('white space, comments, order of attributes, encoding and the way an annotation says yes make no difference', () => {
    const { digest } = read(full);
    const others = [
      full.replace(/>\s+</g, '><'),
      full.replace(/<!--[^]*?-->/, '').replace('<report>', '<report ><!-- other -->'),
      full.replace('<minorToMinorInteraction/>', '<minorToMinorInteraction>true</minorToMinorInteraction>'),
      full.replace(
        /(<minorToMinorInteraction\/>)\s*(<sextortion>true<\/sextortion>)/,
        (_, first: string, second: string) => second + first,
      ),
      full.replace('type="Work" verified="true"', 'verified="true" type="Work"'),
      '\uFEFF' + full,
    ];
    for (const other of others) expect(read(other).digest).toBe(digest);
    expect(read(Buffer.from(full, 'utf8')).digest).toBe(digest);
    expect(read(Buffer.from('\uFEFF' + full.replace('UTF-8', 'UTF-16'), 'utf16le')).digest).toBe(digest);
    expect(read(full.replace('OBSERVACION-1', 'OBSERVACION-2')).digest).not.toBe(digest);
  });

  it('Latin-1 is read only where it is declared', () => {
    const accented = minimal.replace('Inventado', 'Inventadó');
    const declared = Buffer.from(accented.replace('UTF-8', 'ISO-8859-1'), 'latin1');
    expect(read(declared).digest).toBe(read(accented).digest);
    expect(problem(Buffer.from(accented, 'latin1'))).toMatchObject({
      code: 'E-XML',
      problem: 'not-decodable',
      line: 10,
    });
  });
});

describe('a document that is slow to look at', () => {
  const slow = (run: string) =>
    minimal.replace('</report>', `${`<x>${run.repeat(Math.floor(59_000 / run.length))}</x>`.repeat(33)}</report>`);

  it.each([
    ['runs just too short for base64', `${'A'.repeat(399)}-`],
    ['lines of base64 just too few', `${`${'B'.repeat(399)} `.repeat(4)}-`],
    ['padding without a line end', `${'B'.repeat(399)}=`],
    ['white space between too few lines', `${`${'B'.repeat(60)}${' '.repeat(500)}`.repeat(4)}-`],
    ['many beginnings of a data URL', 'data:image/'],
  ])('%s: nobody else waits for it', (_, run) => {
    const content = slow(run);
    const before = process.cpuUsage().user;
    problem(content);
    // Microseconds of this process. Looked at from every letter it was three to fifteen seconds.
    expect(process.cpuUsage().user - before).toBeLessThan(1_500_000);
  });
});

describe('malformed documents: one error with line, column and field', () => {
  const laughs = '<!DOCTYPE report [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>';
  const external = '<!DOCTYPE report [<!ENTITY x SYSTEM "file:///etc/hostname">]>';
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  const extra = (text: string) => minimal.replace('</report>', `<additionalInfo>${text}</additionalInfo></report>`);

  it.each([
    ['entities', minimal.replace(declaration, declaration + laughs), 'E-XML', 'doctype', undefined],
    ['an external entity', minimal.replace(declaration, declaration + external), 'E-XML', 'doctype', undefined],
    ['an unknown entity', extra('&x;'), 'E-XML', 'malformed', 'report/additionalInfo'],
    [
      'a stylesheet',
      minimal.replace('<report>', '<?xml-stylesheet href="x"?><report>'),
      'E-XML',
      'instruction',
      undefined,
    ],
    ['a document cut short', minimal.slice(0, 300), 'E-XML', 'malformed', 'report/reporter/reportingPerson/firstName'],
    ['nesting', '<a>'.repeat(2000), 'E-LIMIT', 'too-deep', Array(24).fill('a').join('/')],
    ['elements without end', `<report>${'<a/>'.repeat(30_000)}`, 'E-LIMIT', 'too-many-elements', 'report'],
    ['a huge text', extra('palabra '.repeat(20_000)), 'E-LIMIT', 'too-long', 'report/additionalInfo'],
    ['a huge file', minimal + ' '.repeat(2_000_001), 'E-LIMIT', 'too-large', undefined],
    [
      'an unknown element',
      minimal.replace('<reporter>', '<other/><reporter>'),
      'E-SCHEMA',
      'unknown-element',
      'report/other',
    ],
    [
      'an element of another namespace',
      minimal.replace('<report>', '<report xmlns="urn:x">'),
      'E-SCHEMA',
      'unknown-root',
      'report',
    ],
    [
      'an unknown attribute',
      minimal.replace('<reporter>', '<reporter a="1">'),
      'E-SCHEMA',
      'unknown-attribute',
      'report/reporter/@a',
    ],
    ['stray text', minimal.replace('<reporter>', 'x<reporter>'), 'E-SCHEMA', 'stray-text', 'report'],
    [
      'a type of incident not in the list',
      minimal.replace('Online Enticement', 'Offline'),
      'E-SCHEMA',
      'not-in-list',
      'report/incidentSummary/incidentType',
    ],
    [
      'a day that does not exist',
      minimal.replace('2026-02-03', '2026-02-30'),
      'E-SCHEMA',
      'not-of-type',
      'report/incidentSummary/incidentDateTime',
    ],
    [
      'a missing element',
      minimal.replace(/<incidentDateTime>.*<\/incidentDateTime>/, ''),
      'E-SCHEMA',
      'missing-element',
      'report/incidentSummary/incidentDateTime',
    ],
    [
      'an element twice',
      minimal.replace('</reporter>', '</reporter><reporter><reportingPerson/></reporter>'),
      'E-SCHEMA',
      'too-often',
      'report/reporter[2]',
    ],
    ['another kind of document', '<html><body/></html>', 'E-NO-CONTENT', 'not-xml', undefined],
    ['an inline image', extra('data:image/png;base64,AAAA'), 'E-NO-CONTENT', 'content', 'report/additionalInfo'],
    ['base64 in lines', extra(`${'A'.repeat(76)}\n`.repeat(8)), 'E-NO-CONTENT', 'content', 'report/additionalInfo'],
  ])('%s', (_, content, code, what, field) => {
    const found = problem(content);
    expect(found).toMatchObject({ code, problem: what });
    expect(found.field).toBe(field);
    if (code === 'E-SCHEMA') expect(found.line).toBeGreaterThan(0);
  });

  it('elements out of order are refused where they stand', () => {
    const summary = /<incidentSummary>[^]*<\/incidentSummary>\s*/.exec(minimal)![0];
    const turned = minimal.replace(summary, '').replace('</report>', `${summary}</report>`);
    expect(problem(turned)).toMatchObject({ problem: 'out-of-order', field: 'report/reporter', line: 3, column: 3 });
  });

  it.each([
    ['PNG', Buffer.from([0x89, 0x50, 0x4e, 0x47])],
    ['JPEG', Buffer.from([0xff, 0xd8, 0xff, 0xe0])],
    ['ZIP', Buffer.from('PK\x03\x04')],
    ['base64', Buffer.from(Buffer.from(minimal).toString('base64'))],
    ['nothing', Buffer.alloc(0)],
  ])('R-302: %s is content, not a report', (_, bytes) => {
    expect(problem(bytes).code).toBe('E-NO-CONTENT');
  });
});

it('rules that only the documentation states are warnings', () => {
  const at = '2026-02-04T00:00:00.000Z';
  expect(warningsOf(read(minimal), at)).toEqual([]);
  const codes = (content: string) => warningsOf(read(content), at).map(({ warning }) => warning);
  expect(codes(sample('batched'))).toEqual(['no-zone', 'no-email']);
  expect(codes(minimal.replace('2026-02-03', '2027-02-03'))).toEqual(['in-future']);
  expect(codes(full.replace('verified="true" ', ''))).toEqual(['not-verified']);
  const twice = full.replace('<victim>', '<personOrUserReported/><victim>');
  expect(codes(twice)).toEqual(['many-reported']);
  const mail =
    '<internetDetails><emailIncident><emailAddress>a@b.example</emailAddress></emailIncident></internetDetails>';
  expect(codes(minimal.replace('<reporter>', `${mail}<reporter>`))).toEqual(['email-of-nobody']);
});
