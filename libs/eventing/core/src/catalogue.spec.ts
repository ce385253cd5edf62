import { catalogue, UnknownVersion, upcast } from './catalogue.js';
import type { RecordedEvent } from './event-store.js';

/** Known at first as `office`, then `desk`; the last shape also says whether it was night. */
const steps = {
  upcasts: [
    ({ office, ...rest }: Record<string, unknown>) => ({ ...rest, desk: office }),
    (old: Record<string, unknown>) => ({ ...old, atNight: 'UNKNOWN' }),
  ],
};
const stored = (schemaVersion: number, data: RecordedEvent['data']): RecordedEvent => ({
  id: 'event-1',
  type: 'Received',
  schemaVersion,
  stream: 'case-1',
  revision: 3,
  position: '7',
  data,
  meta: {
    caseId: '1',
    commandId: 'c',
    actor: 'a',
    agency: 'HEALTH',
    role: 'OFFICER',
    occurredAt: '2026-03-02T18:00:00.000Z',
  } as RecordedEvent['meta'],
});
const today = { desk: 'north', atNight: 'UNKNOWN' };

it('each stored version is brought to today’s shape, step by step from where it stands', () => {
  expect(upcast(stored(1, { office: 'north' }), steps)).toEqual(today);
  expect(upcast(stored(2, { desk: 'north' }), steps)).toEqual(today);
  expect(upcast(stored(3, { desk: 'north', atNight: 'YES' }), steps)).toEqual({ desk: 'north', atNight: 'YES' });
});

it('a version that no program of this line wrote stops it, and says where', () => {
  for (const version of [0, 4])
    expect(() => upcast(stored(version, {}), steps)).toThrow(
      `Received version ${version} in case-1@3 is newer than this program`,
    );
  expect(() => upcast(stored(4, {}), steps)).toThrow(UnknownVersion);
});

it('a new fact is stored under the version after the last step; a fact of nobody here is none', () => {
  const facts = catalogue<{ type: string; data: object }>({ Received: steps });
  expect(facts.versionOf('Received')).toBe(3);
  expect(() => facts.versionOf('Sent')).toThrow('Sent is in no catalogue');
  expect(facts.read(stored(1, { office: 'north' }))).toMatchObject({ type: 'Received', data: today });
  expect(facts.read({ ...stored(1, {}), type: 'Sent' })).toBeUndefined();
});
