import { code, fact, optional, sealed as sealedField, text } from '@resguardo/contracts';
import type { SealedBox } from '@resguardo/eventing';
import { ERASED } from './key-ring.js';
import { memoryKeyRing } from './memory-key-ring.js';
import type { SealedData } from './sealer.js';
import { sealer, UnknownSealedVersion } from './sealer.js';
import { SealBroken } from './wrapping.js';

const spec = fact({
  kind: 'REPORT',
  cls: 'D0',
  fields: {
    channel: code(['PHONE', 'DESK']),
    summary: text('D4r'),
    note: optional(text('D4r')),
    risk: sealedField(code(['LOW', 'HIGH'], 'D5')),
  },
});
const place = { caseId: 'c-1', service: 'coordination', type: 'ReportTaken', eventId: 'e-1' };
const given = { channel: 'PHONE', summary: 'invented words', risk: 'HIGH' };
const event = ({ sealed }: SealedData, id = 'e-1') => ({
  id,
  type: 'ReportTaken',
  meta: { caseId: 'c-1' } as never,
  ...(sealed && { sealed }),
});
const with_ = (box: SealedBox, change: Partial<SealedBox>) => ({ sealed: { D4r: { ...box, ...change } }, data: {} });

describe('Sealing', () => {
  it('D5: what identifies is in no plain field, in one box per class, and opens again', async () => {
    const seals = sealer(memoryKeyRing());
    const sealed = await seals.seal(place, spec, given);
    expect(sealed.data).toEqual({ channel: 'PHONE' });
    expect(Object.keys(sealed.sealed ?? {}).sort()).toEqual(['D4r', 'D5']);
    expect(sealed.sealed?.['D4r']?.key).toBe('c-1/D4r/coordination');
    expect(JSON.stringify(sealed)).not.toContain('invented');
    expect(await seals.open(event(sealed), spec, ['D4r', 'D5'])).toEqual({
      fields: { summary: 'invented words', risk: 'HIGH' },
      erased: false,
    });
    expect((await seals.open(event(sealed), spec, ['D5'])).fields).toEqual({ risk: 'HIGH' });
  });

  it('D5: with its keys at hand it answers at once', async () => {
    const seals = sealer(memoryKeyRing());
    await seals.prepare('c-1', 'coordination', spec);
    const sealed = seals.seal(place, spec, given);
    expect(sealed).not.toBeInstanceOf(Promise);
    expect((sealed as SealedData).data).toEqual({ channel: 'PHONE' });
  });

  it('D5: a field without a class is never stored', () => {
    expect(() => sealer(memoryKeyRing()).seal(place, spec, { ...given, surprise: 1 })).toThrow('no data class');
  });

  it('D5: no two boxes share a nonce', async () => {
    const seals = sealer(memoryKeyRing());
    const boxes = await Promise.all(Array.from({ length: 500 }, () => seals.seal(place, spec, given)));
    expect(new Set(boxes.flatMap(({ sealed }) => Object.values(sealed!).map(({ iv }) => iv))).size).toBe(1000);
  });

  it('D5: a box that was altered or moved does not open', async () => {
    const seals = sealer(memoryKeyRing());
    const sealed = await seals.seal(place, spec, given);
    const box = sealed.sealed!['D4r']!;
    const other = await seals.seal({ ...place, caseId: 'c-2' }, spec, given);
    const flipped = Buffer.from(box.text, 'base64');
    flipped[0]! ^= 1;
    for (const altered of [
      event(with_(box, { text: flipped.toString('base64') })),
      event(with_(box, { tag: Buffer.alloc(16).toString('base64') })),
      event(with_(box, { tag: box.tag.slice(0, 4) })),
      event(with_(box, { key: 'c-1/D5/coordination' })),
      event(sealed, 'e-2'),
      { ...event(sealed), type: 'Other' },
      event(other),
      event({ data: {}, sealed: { D4r: sealed.sealed!['D5']! } }),
    ])
      await expect(seals.open(altered, spec, ['D4r'])).rejects.toThrow(SealBroken);
  });

  it('D5: sealed content is brought up to date after unsealing, and an unknown version stops', async () => {
    const seals = sealer(memoryKeyRing());
    const old = await seals.seal(place, spec, given);
    const today = fact({
      ...spec,
      fields: { channel: spec.fields.channel, words: text('D4r'), risk: spec.fields.risk },
      sealedUpcasts: [({ summary, ...rest }) => ({ ...rest, words: summary })],
    });
    expect((await seals.open(event(old), today, ['D4r', 'D5'])).fields).toEqual({
      words: 'invented words',
      risk: 'HIGH',
    });
    const newer = await seals.seal(place, today, { channel: 'DESK', words: 'invented', risk: 'LOW' });
    expect(newer.sealed!['D4r']!.v).toBe(2);
    await expect(seals.open(event(newer), spec, ['D4r'])).rejects.toThrow(UnknownSealedVersion);
  });

  it('C-13: after an erasure boxes say so, and a later fact keeps its codes only', async () => {
    const keys = memoryKeyRing();
    const seals = sealer(keys);
    const before = await seals.seal(place, spec, given);
    await keys.destroy(['c-1']);
    expect(await seals.open(event(before), spec, ['D4r'])).toEqual({ fields: {}, erased: true });
    const later = await seals.seal({ ...place, eventId: 'e-2' }, spec, given);
    expect(later).toEqual({ data: { channel: 'PHONE' }, dropped: ['D4r', 'D5'] });
    expect(keys.cached({ subject: 'c-1', name: 'c-1/D4r/coordination' })).toBe(ERASED);
  });
});
