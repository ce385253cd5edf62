import type { DataClass, Reader } from '@resguardo/contracts';
import { DATA_CLASSES, fact, flag, MATRIX, READERS, ref, sealed, text } from '@resguardo/contracts';
import type { Viewer } from './visibility.rule.js';
import { classesOf, mayPointAt, openableFor, plainFor, sightOf, visible } from './visibility.rule.js';

const agencyOf: Record<Reader, string> = {
  PFPNNA: 'CHILD_PROTECTION',
  PROSECUTOR: 'PROSECUTOR',
  LEGAL_ADVISER: 'VICTIMS_COMMISSION',
  VICTIMS_COMMISSION: 'VICTIMS_COMMISSION',
  HEALTH: 'HEALTH',
  INTERMEDIARY: 'INTERMEDIARY_REGISTER',
  SUPERVISOR: 'PROSECUTOR',
  ANALYST: 'SIPINNA',
  ADMINISTRATOR: 'SYSTEM',
};
const viewer = (reader: Reader | undefined, more: Partial<Viewer> = {}): Viewer => ({
  actor: 'me',
  agency: reader ? agencyOf[reader] : 'SYSTEM',
  reader,
  underBreakGlass: false,
  onTeam: true,
  ...more,
});
const elsewhere = { agency: 'PLATFORM', actor: 'someone' };

describe('C-10, R-701: the access matrix', () => {
  // Written out again by hand, so that a slip in the matrix shows: R read, S status, o own agency, B break-glass, - absent.
  const written: Record<DataClass, string> = {
    D0: 'RRRRRRS--',
    D1: 'RRRRRRB--',
    D2: 'RRRBB----',
    D3: 'RRRS-RS--',
    D3q: 'RoRooR---',
    D4: 'RRRS--S--',
    D4r: 'RRRS-----',
    D5: 'RRRSS-S--',
    D6: 'SRR---S--',
    D6p: '-R-------',
    D7: 'SSS-R-S--',
    D9: 'RSS-RSS--',
    D10: 'RSRR--S--',
    D11: 'R-S---R--',
    D12: 'RR-RR-RR-',
  };
  const expected = { R: 'FULL', S: 'STATUS', o: 'ABSENT', B: 'ABSENT', '-': 'ABSENT' } as const;

  for (const cls of DATA_CLASSES)
    for (const [i, reader] of READERS.entries())
      it(`${reader} gets ${cls} as ${written[cls][i]}`, () => {
        const cell = written[cls][i] as keyof typeof expected;
        expect(sightOf(cls, elsewhere, viewer(reader))).toBe(expected[cell]);
        expect(sightOf(cls, elsewhere, viewer(reader, { underBreakGlass: true }))).toBe(
          cell === 'B' ? 'FULL' : expected[cell],
        );
        expect(sightOf(cls, { agency: agencyOf[reader], actor: 'colleague' }, viewer(reader))).toBe(
          cell === 'o' ? 'FULL' : expected[cell],
        );
      });

  it('gives nothing to a role that reads no case', () =>
    expect(DATA_CLASSES.map((cls) => sightOf(cls, elsewhere, viewer(undefined)))).toEqual(
      DATA_CLASSES.map(() => 'ABSENT'),
    ));

  it('C-10: what one wrote oneself one may read while on the team, and only then', () => {
    const mine = { cls: 'D6p', agency: 'HEALTH', actor: 'me' } as const;
    expect(visible(mine, viewer('HEALTH'))).toBe('FULL');
    expect(visible(mine, viewer('HEALTH', { onTeam: false }))).toBe('ABSENT');
    expect(visible(mine, viewer('HEALTH', { onTeam: false, underBreakGlass: true }))).toBe('ABSENT');
  });

  it('the lists for a query say for every class and reader what the rule says', () => {
    for (const reader of READERS)
      for (const underBreakGlass of [false, true]) {
        const me = viewer(reader, { underBreakGlass });
        const { full, own, status } = classesOf(me);
        for (const cls of DATA_CLASSES)
          for (const agency of ['PLATFORM', me.agency]) {
            const bySql =
              full.includes(cls) || (own.includes(cls) && agency === me.agency)
                ? 'FULL'
                : status.includes(cls)
                  ? 'STATUS'
                  : 'ABSENT';
            expect([reader, cls, bySql]).toEqual([reader, cls, sightOf(cls, { agency, actor: 'x' }, me)]);
          }
      }
    expect(Object.keys(MATRIX)).toEqual([...DATA_CLASSES]);
  });
});

describe('C-10: fields of a fact that may be seen', () => {
  const spec = fact({
    kind: 'EVIDENCE',
    cls: 'D0',
    fields: { seen: flag('D6'), platformReference: ref('D6p'), words: text('D4r'), hidden: sealed(flag('D0')) },
  });
  const seen = { cls: 'D0', ...elsewhere } as const;
  const data = { seen: true, platformReference: 'r-1', hidden: true, strange: 1 };

  it('a field of a class one may not read leaves no trace', () => {
    expect(plainFor(spec, data, seen, viewer('PROSECUTOR'))).toEqual({ seen: true, platformReference: 'r-1' });
    expect(plainFor(spec, data, seen, viewer('LEGAL_ADVISER'))).toEqual({ seen: true });
    expect(plainFor(spec, data, seen, viewer('HEALTH'))).toEqual({});
  });

  it('nothing is shown of a fact that no catalogue knows', () =>
    expect(plainFor(undefined, data, seen, viewer('PROSECUTOR'))).toEqual({}));

  it('only the sealed classes one may read can be opened', () => {
    expect(openableFor(['D4r', 'D6p'], false, seen, viewer('PROSECUTOR'))).toEqual(['D4r', 'D6p']);
    expect(openableFor(['D4r', 'D6p'], false, seen, viewer('PFPNNA'))).toEqual(['D4r']);
    expect(openableFor(['D4r'], false, seen, viewer('VICTIMS_COMMISSION'))).toEqual([]);
  });

  it('C-14: retracted as of the wrong case, its boxes are closed to everyone but PFPNNA', () => {
    for (const reader of READERS)
      expect([reader, openableFor(['D4r'], true, { ...seen, actor: 'me' }, viewer(reader))]).toEqual([
        reader,
        reader === 'PFPNNA' ? ['D4r'] : [],
      ]);
  });

  it('C-14: a supervisor may point at what their own agency recorded and at nothing else', () => {
    expect(mayPointAt({ ...seen, agency: 'PROSECUTOR' }, viewer('SUPERVISOR'))).toBe(true);
    expect(mayPointAt({ ...seen, agency: 'HEALTH' }, viewer('SUPERVISOR'))).toBe(false);
  });
});
