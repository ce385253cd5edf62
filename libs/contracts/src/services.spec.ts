import { AGENCIES, SERVICE_OF, SERVICES } from './classes.js';
import type { StoredFact } from './services.js';
import {
  fieldsFor,
  readingOf,
  sealingService,
  serviceTable,
  STEP_TAKEN,
  toMessage,
  writerOf,
  writersOf,
} from './services.js';
import { allFacts } from './timeline/index.js';

const stored = (type: string, data: object, more: Partial<StoredFact['meta']> & object = {}): StoredFact => ({
  id: 'event-1',
  type,
  schemaVersion: (allFacts[type]?.upcasts.length ?? 0) + 1,
  stream: 'case-1',
  revision: 7,
  position: '70',
  data: data as Record<string, unknown>,
  sealed: { D11: { text: 'closed' } },
  meta: {
    caseId: '1',
    agency: 'HEALTH',
    occurredAt: '2026-03-01T10:00:00Z',
    recordedAt: '2026-03-01T11:00:00Z',
    ...more,
  },
});

const glass = { glassId: 'g', staffId: 's', staffAgency: 'HEALTH', danger: 'LIFE' };

describe('D4, D11: the table of services and facts', () => {
  it('names a writer for every fact of the timeline and for every agency', () => {
    for (const { type, writers } of serviceTable()) {
      expect([type, writers.length > 0]).toEqual([type, true]);
      for (const agency of [...AGENCIES, 'INTERMEDIARY_REGISTER', 'SYSTEM'])
        expect(writers).toContain(writerOf(type, agency));
    }
    expect(serviceTable().map(({ type }) => type)).toEqual(Object.keys(allFacts).sort());
  });

  it('the service that decides a fact is the one that seals it', () => {
    for (const type of Object.keys(allFacts))
      for (const agency of AGENCIES) expect(sealingService(type, agency)).toBe(writerOf(type, agency));
  });

  it('what already happened enters through the agency that says it, what is intended is decided by coordination', () => {
    expect(writerOf('RetellingRecorded', 'HEALTH')).toBe('health');
    expect(writerOf('QuestionSetSubmitted', 'PROSECUTOR')).toBe('prosecution');
    expect(writerOf('RetellingRecorded', 'SYSTEM')).toBe('coordination');
    expect(writerOf('InterviewPlanned', 'HEALTH')).toBe('coordination');
    for (const intended of ['InterviewPlanned', 'AttendeeExcluded'])
      expect([intended, ...writersOf(intended)]).toEqual([intended, 'coordination']);
  });

  it('D11: coordination may read the plain fields of every fact, because its deciders fold them', () => {
    for (const [type, { fields }] of Object.entries(allFacts))
      expect([type, fieldsFor('coordination', type, 'HEALTH')]).toEqual([
        type,
        Object.keys(fields).filter((name) => !fields[name]!.sealed),
      ]);
  });

  it('no service but oversight is ever given a sealed field, and no service a sealed name', () => {
    for (const service of SERVICES)
      for (const [type, { fields }] of Object.entries(allFacts))
        for (const agency of AGENCIES)
          for (const name of fieldsFor(service, type, agency)) expect(fields[name]!.sealed).toBe(false);
  });

  it('a break-glass is known to Child Protection, a step to the Commission (for the adviser), nothing to the prosecutor', () => {
    const by = (service: (typeof SERVICES)[number]) => readingOf(service, 'BreakGlassUsed', 'HEALTH');
    expect(by('child-protection')).toBe('content');
    expect(by('victims-commission')).toBe('step');
    expect(by('prosecution')).toBe('withheld');
    expect(by('insights')).toBe('withheld');
    expect(by('oversight')).toBe('whole');
  });

  it('the writer reads what it wrote, also when the matrix gives its agency nothing', () => {
    for (const [type, agency] of [['AccessDenied', 'PROSECUTOR'] as const])
      expect(readingOf(SERVICE_OF[agency], type, agency)).toBe('whole');
  });
});

describe('D4: a message carries what its reader may know', () => {
  const event = stored('BreakGlassUsed', glass);

  it('withheld: the revision arrives, the content does not', () => {
    const message = toMessage('prosecution', event);
    expect(message).toEqual({
      caseId: '1',
      stream: 'case-1',
      revision: 7,
      position: '70',
      id: 'event-1',
      withheld: true,
    });
  });

  it('a step: kind and times, nobody and nothing else', () => {
    const message = toMessage('victims-commission', event);
    expect(message).toMatchObject({
      withheld: false,
      type: STEP_TAKEN,
      data: { kind: 'PRIVACY', cls: 'D11' },
      revision: 7,
    });
    expect(JSON.stringify(message)).not.toMatch(/HEALTH|LIFE|BreakGlass|closed/);
  });

  it('R-706: every agency is told whom a fact keeps out of the case, whatever its people may read, and no more', () => {
    const declared = (more: object) =>
      stored(
        'ConflictOfInterestDeclared',
        { who: 'OTHER_OFFICIAL', staffId: 'somebody', ...more },
        { agency: 'PROSECUTOR' },
      );
    const step = { kind: 'REPRESENTATION', cls: 'D4' };
    expect(toMessage('health', declared({}))).toMatchObject({ type: STEP_TAKEN, boxes: [] });
    expect(toMessage('health', declared({}))).toHaveProperty('data', { ...step, closedTo: 'somebody' });
    expect(toMessage('health', declared({ effective: false }))).toHaveProperty('data', step);
    const others = ['child-protection', 'prosecution', 'victims-commission', 'coordination', 'oversight'] as const;
    for (const service of others)
      expect(toMessage(service, declared({}))).toMatchObject({ data: { staffId: 'somebody' } });
  });

  it('content: plain fields, the names of boxes, never a box', () => {
    const message = toMessage('child-protection', event);
    expect(message).toMatchObject({ withheld: false, type: 'BreakGlassUsed', data: glass, boxes: ['D11'] });
    expect(JSON.stringify(message)).not.toContain('closed');
  });

  it('oversight gets the event as stored, with its boxes, to sign it', () =>
    expect(toMessage('oversight', event)).toMatchObject({ ...event, withheld: false }));

  it('nobody but oversight gets the hash of a fact, by which the codes that are kept from them could be found', () => {
    const chained = { ...event, meta: { ...event.meta, hash: 'f'.repeat(64) } };
    for (const service of SERVICES)
      expect([service, JSON.stringify(toMessage(service, chained, (id) => `p-${id.length}`)).includes('ffff')]).toEqual(
        [service, service === 'oversight'],
      );
  });

  it('insights gets a pseudonym and codes: no case, no person, no opaque id', () => {
    const erased = stored('IdentityErased', { erasureId: 'e-77', persons: 2 });
    const message = toMessage('insights', erased, () => 'p0');
    expect(message).toMatchObject({ caseId: 'p0', stream: 'case-p0', id: 'p0-7', data: { persons: 2 } });
    expect(JSON.stringify(message)).not.toMatch(/e-77|event-1|case-1/);
    expect(() => toMessage('insights', erased)).toThrow(/pseudonym/);
  });

  it('insights: streams of one case stay apart, and a reader of the audit is no name of a stream', () => {
    const refused = { ...stored('CommandRefused', {}), stream: 'oversight-1', revision: 7 };
    const looked = { ...stored('RecordViewed', {}, { caseId: 'none' }), stream: 'access-officer-202603' };
    const names = [event, refused, looked].map((one) => {
      const { stream, id } = toMessage('insights', one, (name) => `p${name.length}`);
      return [stream, id];
    });
    expect(names).toEqual([
      ['case-p1', 'p1-7'],
      ['oversight-p1', 'oversight-p1-7'],
      ['access-p14', 'access-p14-7'],
    ]);
  });

  it('a fact of an unknown type is withheld from everyone but oversight', () => {
    const strange = stored('SomethingNew', { secret: 'x' });
    for (const service of SERVICES.filter((name) => name !== 'oversight'))
      expect(toMessage(service, strange, () => 'p0').withheld).toBe(true);
  });

  it('stops at a version newer than this program', () =>
    expect(() => toMessage('child-protection', { ...event, schemaVersion: 99 })).toThrow(/newer/));
});

it('C-13: what ties a case to an image is given to nobody in clear, also where it was stored so before', () => {
  const old = stored('PlatformFileReported', {
    reportKey: 'r',
    fileKey: 'f',
    md5: 'ab'.repeat(16),
    relevance: 'REPORTED',
  });
  for (const service of SERVICES.filter((service) => service !== 'oversight')) {
    const message = toMessage(service, { ...old, schemaVersion: 1 }, (id) => `p-${id}`);
    expect(JSON.stringify(message)).not.toContain('abab');
  }
  expect(toMessage('prosecution', { ...old, schemaVersion: 1 })).toMatchObject({
    schemaVersion: 2,
    data: { fileKey: 'f' },
  });
});
