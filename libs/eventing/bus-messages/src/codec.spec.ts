import { jest } from '@jest/globals';
import { AGENCIES, SERVICES } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { FactMessage, JsonObject, RecordedEvent } from '@resguardo/eventing';
import { CloudEvent, Kafka } from 'cloudevents';
import fc from 'fast-check';
import type { KafkaRecord } from './codec.js';
import { decode, encode, MessageRefused, MAX_VALUE_BYTES, recordErrors } from './codec.js';
import { topicOf } from './attributes.js';
import { kindOf } from './kinds.js';
import { messageFor, storedFact } from './testing/stored-facts.js';
import { contentErrors } from './validate.js';

const TYPES = Object.keys(allFacts);
const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** As a Kafka client gives it: bytes throughout. */
const received = (
  reader: (typeof SERVICES)[number],
  { key, headers, value }: ReturnType<typeof encode>,
): KafkaRecord => ({
  topic: topicOf(reader),
  key: Buffer.from(key),
  headers: Object.fromEntries(Object.entries(headers).map(([name, said]) => [name, Buffer.from(said)])),
  value: Buffer.from(value),
});

jest.setTimeout(180_000);

describe('a message comes out as it went in', () => {
  it.each(TYPES)('%s, said by anybody, for every reader', (type) => {
    fc.assert(
      fc.property(storedFact(type), (event) => {
        for (const reader of SERVICES) {
          const message = messageFor(reader, event);
          expect(decode(received(reader, encode(message, reader)))).toEqual(message);
        }
      }),
      { numRuns: 12, endOnFailure: true },
    );
  });

  it('the moment of recording keeps its exact form: the chain of hashes rests on it', () => {
    const [event] = fc.sample(storedFact('CaseOpened'), 1) as [RecordedEvent];
    const exact = { ...event, meta: { ...event.meta, recordedAt: '2026-03-01T11:00:00Z' } };
    const back = decode(received('oversight', encode(messageFor('oversight', exact), 'oversight')));
    expect(back).toMatchObject({ meta: { recordedAt: '2026-03-01T11:00:00Z' } });
  });
});

describe('the record', () => {
  const event: RecordedEvent = {
    id: 'f2a7e1de-9d65-5a3e-8f33-1f2b6c1c2a10',
    type: 'GuardianNotified',
    schemaVersion: 1,
    stream: 'case-0b6b7c0e-3e0c-5a44-8a53-7d1f3f6f0a01',
    revision: 7,
    position: '70',
    data: { means: 'TELEPHONE' },
    meta: {
      caseId: '0b6b7c0e-3e0c-5a44-8a53-7d1f3f6f0a01',
      actor: 'officer:17',
      agency: 'CHILD_PROTECTION',
      role: 'OFFICER',
      commandId: '5f0c9a52-5c44-4f0b-a0b9-27ad3f0a9a11',
      command: 'notifyGuardian',
      digest: 'ab'.repeat(32),
      occurredAt: '2026-03-01T10:00:00.000Z',
      recordedAt: '2026-03-01T11:00:00.000Z',
      hash: 'cd'.repeat(32),
    },
  };
  const traced = { ...event, meta: { ...event.meta, traceparent: TRACE } };
  const encoded = encode(messageFor('child-protection', traced), 'child-protection');
  const record = received('child-protection', encoded);

  it('is CloudEvents 1.0 in binary mode: key, headers, content', () =>
    expect({ ...encoded, value: JSON.parse(encoded.value) as unknown }).toEqual({
      key: event.meta.caseId,
      headers: {
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_type: 'mx.resguardo.timeline.GuardianNotified.v1',
        ce_source: 'urn:resguardo:coordination',
        ce_subject: event.meta.caseId,
        ce_time: '2026-03-01T11:00:00.000Z',
        ce_dataschema: 'urn:resguardo:feed:child-protection#/$defs/GuardianNotified.v1',
        ce_partitionkey: event.meta.caseId,
        ce_position: '70',
        ce_sequence: '0000000007',
        'content-type': 'application/json',
        traceparent: TRACE,
      },
      value: {
        stream: event.stream,
        fact: { means: 'TELEPHONE' },
        meta: Object.fromEntries(Object.entries(event.meta).filter(([name]) => !['caseId', 'hash'].includes(name))),
        boxes: [],
      },
    }));

  it('is read by the CloudEvents library as what it is', () => {
    const { key, headers, value } = encoded;
    const read = Kafka.toEvent({ key, headers, value, body: value } as never) as CloudEvent<JsonObject>;
    expect(read).toMatchObject({ id: event.id, source: 'urn:resguardo:coordination', sequence: '0000000007' });
    expect(read.data).toEqual(JSON.parse(value));
  });

  it('a withheld fact says that it is there, and nothing else', () => {
    const { headers, value } = encode(messageFor('insights', event), 'insights');
    expect(headers['ce_type']).toBe('mx.resguardo.timeline.Withheld.v1');
    expect(headers['ce_time']).toBeUndefined();
    expect(Object.keys(JSON.parse(value) as object)).toEqual(['stream']);
    expect(JSON.stringify([headers, value])).not.toMatch(/TELEPHONE|officer|Guardian|0b6b7c0e/);
  });

  it('carries the trace beside the content, where there is one', () => {
    expect(encoded.value).not.toContain(TRACE);
    expect(decode(record)).toMatchObject({ meta: { traceparent: TRACE } });
    const without = encode(messageFor('child-protection', event), 'child-protection');
    expect(without.headers).not.toHaveProperty('traceparent');
    expect(decode(received('child-protection', without))).not.toHaveProperty('meta.traceparent');
  });

  it('R-719: no message to insights carries a trace, by which a pseudonym could be matched with the case on other feeds', () => {
    let told = 0;
    for (const type of TYPES)
      for (const stored of fc.sample(storedFact(type), 3)) {
        const message = messageFor('insights', { ...stored, meta: { ...stored.meta, traceparent: TRACE } });
        if (!message.withheld) told++;
        // Also where a mapping would leave it in.
        const careless = message.withheld ? message : { ...message, meta: { ...message.meta, traceparent: TRACE } };
        const { headers, value } = encode(careless, 'insights');
        expect(JSON.stringify([message, headers, value])).not.toContain(TRACE.slice(3, 35));
      }
    expect(told).toBeGreaterThan(10);
  });

  it('no header names a person, nor the stream of what somebody read', () => {
    for (const type of TYPES)
      fc.assert(
        fc.property(storedFact(type), (stored) => {
          for (const reader of SERVICES) {
            const { key, headers } = encode(messageFor(reader, stored), reader);
            const outside = JSON.stringify([key, headers]);
            expect(outside).not.toContain(stored.meta.actor);
            expect(outside).not.toContain('access-o');
          }
        }),
        { numRuns: 3, endOnFailure: true },
      );
  });

  it('no header says more than the kind of a fact: neither who recorded it, nor what is sealed in it (ADR 26)', () => {
    let alike = 0;
    for (const type of TYPES)
      for (const stored of fc.sample(storedFact(type), 3))
        for (const agency of AGENCIES)
          for (const reader of SERVICES) {
            const { sealed: _, ...open } = stored;
            const [one, other] = [stored, { ...open, meta: { ...open.meta, agency } }].map(
              (event) => encode(messageFor(reader, event), reader).headers,
            );
            // Whose fact it is decides whether this reader gets it as a fact, a step, or not at all.
            if (one!['ce_type'] !== other!['ce_type']) continue;
            expect(other).toEqual(one);
            alike++;
          }
    expect(alike).toBeGreaterThan(TYPES.length * SERVICES.length);
  });

  const withHeader = (name: string, value: unknown): KafkaRecord => ({
    ...record,
    headers: { ...record.headers, [name]: value as string },
  });
  const withValue = (change: (value: any) => unknown): KafkaRecord => ({
    ...record,
    value: JSON.stringify(change(JSON.parse(encoded.value))),
  });
  const without = (name: string) => withHeader(name, undefined);
  const text = encoded.value;

  const broken: readonly (readonly [string, KafkaRecord, readonly (readonly [string, string])[]])[] = [
    ['no feed', { ...record, topic: 'feed-nobody' }, [['topic', 'not-a-feed']]],
    ['no key', { ...record, key: null }, [['key', 'required']]],
    ['another key', { ...record, key: 'another' }, [['key', 'differs']]],
    ['a key of broken bytes', { ...record, key: Buffer.from([0xc3, 0x28]) }, [['key', 'not-utf8']]],
    ['no value', { ...record, value: null }, [['value', 'required']]],
    ['no JSON', { ...record, value: text.slice(1) }, [['value', 'not-json']]],
    ['a byte order mark', { ...record, value: Buffer.from('\ufeff' + text) }, [['value', 'not-json']]],
    [
      'bytes that are no UTF-8',
      { ...record, value: Buffer.from(text.replace('T', '\xff'), 'latin1') },
      [['value', 'not-utf8']],
    ],
    ['half a character', { ...record, value: text.replace('TELE', '\ud800') }, [['value', 'not-utf8']]],
    [
      'a member twice',
      { ...record, value: text.replace('"means"', '"means":"E_MAIL","means"') },
      [['value', 'repeated-member']],
    ],
    [
      'a member twice, once in escapes',
      { ...record, value: text.replace('"means"', '"\\u006deans":"E_MAIL","means"') },
      [['value', 'repeated-member']],
    ],
    ['a value over the limit', { ...record, value: `"${'x'.repeat(MAX_VALUE_BYTES)}"` }, [['value', 'too-large']]],
    ['a list', { ...record, value: '[]' }, [['value', 'not-an-object']]],
    ['an unknown header', withHeader('ce_actor', 'officer:17'), [['ce_actor', 'unknown']]],
    ['a class of data', withHeader('ce_classification', 'D4'), [['ce_classification', 'unknown']]],
    ['a header in capitals', withHeader('CE_ID', 'x'), [['CE_ID', 'unknown']]],
    ['the trace as an attribute', withHeader('ce_traceparent', TRACE), [['ce_traceparent', 'unknown']]],
    ['a header twice', withHeader('ce_id', [event.id, event.id]), [['ce_id', 'repeated']]],
    ['a header of broken bytes', withHeader('ce_id', Buffer.from([0xff])), [['ce_id', 'not-utf8']]],
    ['no id', without('ce_id'), [['ce_id', 'required']]],
    ['no time', without('ce_time'), [['ce_time', 'required']]],
    ['no content type', without('content-type'), [['content-type', 'required']]],
    ['structured mode', withHeader('content-type', 'application/cloudevents+json'), [['content-type', 'wrong-form']]],
    ['another specification', withHeader('ce_specversion', '0.3'), [['ce_specversion', 'wrong-form']]],
    ['a type of nobody', withHeader('ce_type', 'mx.resguardo.timeline.Toast.v1'), [['ce_type', 'not-for-this-reader']]],
    [
      'a type of the language',
      withHeader('ce_type', 'mx.resguardo.timeline.constructor.v1'),
      [['ce_type', 'not-for-this-reader']],
    ],
    [
      'a version to come',
      withHeader('ce_type', 'mx.resguardo.timeline.GuardianNotified.v2'),
      [['ce_type', 'not-for-this-reader']],
    ],
    [
      'the schema of another feed',
      withHeader('ce_dataschema', 'urn:resguardo:feed:health#/$defs/GuardianNotified.v1'),
      [['ce_dataschema', 'wrong-form']],
    ],
    [
      'a CURP for a case',
      { ...withHeader('ce_subject', 'EEEE010101HDFXXX09'), key: record.key },
      [
        ['ce_subject', 'wrong-form'],
        ['stream', 'differs'],
      ],
    ],
    ['a revision of eleven digits', withHeader('ce_sequence', '00000000007'), [['ce_sequence', 'wrong-form']]],
    ['a trace that is none', withHeader('traceparent', TRACE.replace('0af7', 'XYZ7')), [['traceparent', 'wrong-form']]],
    ['another moment', withHeader('ce_time', '2026-03-01T11:00:00Z'), [['ce_time', 'differs']]],
    ['the stream of another case', withValue((value) => ({ ...value, stream: 'case-other' })), [['stream', 'differs']]],
    [
      'an unknown field',
      withValue((value) => ({ ...value, fact: { ...value.fact, name: 'Aurora' } })),
      [['fact.name', 'unknown']],
    ],
    ['a field missing', withValue((value) => ({ ...value, fact: {} })), [['fact.means', 'required']]],
    [
      'a field of null',
      withValue((value) => ({ ...value, meta: { ...value.meta, knownAt: null } })),
      [['meta.knownAt', 'null']],
    ],
    ['a box', withValue((value) => ({ ...value, sealed: {} })), [['sealed', 'unknown']]],
    ['a box that the fact has not', withValue((value) => ({ ...value, boxes: ['D1'] })), [['boxes', 'too-many']]],
    [
      'a code of no list',
      withValue((value) => ({ ...value, fact: { means: 'PIGEON' } })),
      [['fact.means', 'not-a-code']],
    ],
    ['a fact that is a list', withValue((value) => ({ ...value, fact: [] })), [['fact', 'not-an-object']]],
    [
      'an agency of nobody',
      withValue((value) => ({ ...value, meta: { ...value.meta, agency: 'CIRCUS' } })),
      [['meta.agency', 'not-a-code']],
    ],
    [
      'everything at once',
      {
        ...withValue((value) => ({ ...value, fact: { means: 1 }, more: 1 })),
        key: 'x',
        headers: { ...record.headers, ce_id: '', x: 'y' },
      },
      [
        ['x', 'unknown'],
        ['key', 'differs'],
        ['ce_id', 'wrong-form'],
        ['more', 'unknown'],
        ['fact.means', 'not-a-code'],
      ],
    ],
  ];

  it.each(broken)('refuses %s, and says where', (_, wrong, errors) => {
    expect(recordErrors(wrong).map(({ path, problem }) => [path, problem])).toEqual(errors);
    expect(() => decode(wrong)).toThrow(MessageRefused);
  });

  const trace = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
  it.each([
    ['of a request that is not recorded', `00-${trace}-00`],
    ['with flags of nobody', `00-${trace}-a4`],
    ['of a version to come', `7f-${trace}-01`],
    ['of a version to come, with more in it', `7f-${trace}-01-x.y`],
  ])('takes a trace %s, and carries it on as it is', (_, traceparent) =>
    expect(decode(withHeader('traceparent', traceparent))).toMatchObject({ meta: { traceparent } }),
  );

  it.each([
    ['of no version', `ff-${trace}-01`],
    ['of a version that is no number', `0x-${trace}-01`],
    ['with more than its version has', `00-${trace}-01-x`],
    ['with a mark after it', `00-${trace}-01.`],
    ['of a version to come, with more after a wrong mark', `7f-${trace}-01.x`],
    ['without an id', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`],
    ['without a parent', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['with a digit too few in its id', `00-${trace.slice(1)}-01`],
    ['with a digit too many in its id', `00-0${trace}-01`],
    ['with a digit too few in its parent', `00-${trace.slice(0, -1)}-01`],
    ['with a digit too many in its parent', `00-${trace}0-01`],
    ['with capitals', `00-${trace.toUpperCase()}-01`],
    ['with a flag of one digit', `00-${trace}-1`],
    ['with flags of three digits', `00-${trace}-001`],
    // HTTP lets them stand there; a record of ours has none.
    ['between blanks', ` 00-${trace}-01 `],
    ['twice in one', `00-${trace}-01, 00-${trace}-01`],
  ])('refuses a trace %s', (_, traceparent) =>
    expect(recordErrors(withHeader('traceparent', traceparent))).toEqual([
      { path: 'traceparent', problem: 'wrong-form' },
    ]),
  );

  it('neither takes a trace that comes twice, nor a header of it in capitals', () => {
    expect(recordErrors(withHeader('traceparent', [TRACE, TRACE]))).toEqual([
      { path: 'traceparent', problem: 'repeated' },
    ]);
    expect(recordErrors(withHeader('Traceparent', TRACE))).toEqual([{ path: 'Traceparent', problem: 'unknown' }]);
  });

  it('what is refused says where it stands, so that its stream can wait there, when that much is right', () => {
    const placeOf = (wrong: KafkaRecord) => {
      try {
        decode(wrong);
      } catch (error) {
        return (error as MessageRefused).place;
      }
      throw new Error('was taken');
    };
    const place = { caseId: event.meta.caseId, stream: event.stream, revision: 7, id: event.id };
    expect(placeOf(withValue((value) => ({ ...value, fact: {} })))).toEqual(place);
    expect(placeOf(withHeader('ce_type', 'mx.resguardo.timeline.Toast.v1'))).toEqual(place);
    expect(placeOf(without('ce_sequence'))).toBeUndefined();
    expect(placeOf({ ...record, value: '{' })).toBeUndefined();
    expect(placeOf({ ...withValue(() => ({ stream: 'no stream' })) })).toBeUndefined();
    expect(placeOf({ ...record, topic: 'cases' })).toBeUndefined();
  });

  it('what is refused is named without its values', () => {
    try {
      decode(withHeader('ce_subject', 'EEEE010101HDFXXX09'));
      throw new Error('was taken');
    } catch (error) {
      expect(error).toBeInstanceOf(MessageRefused);
      expect(String(error)).toContain('wrong-form');
      expect(String(error) + JSON.stringify((error as MessageRefused).errors)).not.toContain('EEEE');
    }
  });

  it('the library alone would take most of it: this is why the edge has rules of its own', () => {
    const asText = (said: unknown) => (said instanceof Uint8Array ? Buffer.from(said).toString() : said);
    const taken = broken.filter(([, { key, headers, value }]) => {
      const texts = Object.fromEntries(Object.entries(headers ?? {}).map(([name, said]) => [name, asText(said)]));
      try {
        return Kafka.toEvent({ key: asText(key), headers: texts, value: asText(value) } as never) !== undefined;
      } catch {
        return false;
      }
    });
    expect(taken.length).toBeGreaterThan(20);
  });
});

describe('what is not this reader’s is never sent', () => {
  const [event] = fc.sample(
    storedFact('ReportReceived', ['HEALTH']).filter(({ sealed }) => sealed !== undefined),
    1,
  ) as [RecordedEvent];
  const errorsOf = (send: () => unknown) => {
    try {
      send();
    } catch (error) {
      return (error as MessageRefused).errors.map(({ path }) => path);
    }
    throw new Error('was sent');
  };

  it('a sealed box to anyone but oversight', () => {
    const { sealed } = event;
    expect(errorsOf(() => encode({ ...messageFor('health', event), sealed } as never, 'health'))).toEqual(['sealed']);
  });

  it('the message of one reader to another', () => {
    expect(errorsOf(() => encode(messageFor('coordination', event), 'insights'))).toContain('meta.actor');
    expect(errorsOf(() => encode(messageFor('prosecution', event), 'oversight')).length).toBeGreaterThan(0);
  });

  it('a withheld message to oversight, which must sign every fact', () => {
    const { caseId, stream, revision, position, id } = messageFor('health', event);
    expect(errorsOf(() => encode({ caseId, stream, revision, position, id, withheld: true }, 'oversight'))).toEqual([
      'ce_type',
    ]);
  });

  it('a case that the provenance contradicts, and names of boxes that are not there', () => {
    const message = messageFor('oversight', event) as never as RecordedEvent & { caseId: string };
    expect(
      errorsOf(() => encode({ ...message, meta: { ...message.meta, caseId: 'x' } } as never, 'oversight')),
    ).toEqual(['meta.caseId']);
    expect(errorsOf(() => encode({ ...message, boxes: ['D0'] } as never, 'oversight'))).toEqual(['boxes']);
  });

  it('an id that is none: the library would invent one', () =>
    expect(errorsOf(() => encode({ ...messageFor('health', event), id: '' }, 'health'))).toEqual(['ce_id']));

  it('a fact without its hash to oversight', () => {
    const { hash: _, ...meta } = event.meta;
    expect(errorsOf(() => encode(messageFor('oversight', { ...event, meta }), 'oversight'))).toEqual(['meta.hash']);
  });
});

describe('an old shape', () => {
  const spec = {
    ...allFacts['CaseLinked']!,
    upcasts: [
      (old: Record<string, unknown>) => {
        const { linked, ...rest } = old;
        return { ...rest, linkKind: (linked as string).toUpperCase() };
      },
    ],
  };
  const kind = kindOf('oversight', 'CaseLinked', spec)!;
  const [{ data, meta, stream }] = fc.sample(storedFact('CaseLinked'), 1) as [RecordedEvent];
  const { caseId, ...about } = meta;
  const { digest: _, ...told } = about;
  const errorsOf = (fact: object, version: number) =>
    contentErrors('oversight', kind, version, { stream, fact, meta: told }, { subject: caseId, time: meta.recordedAt });
  const { linkKind, ...rest } = data;
  const old = { ...rest, linked: String(linkKind).toLowerCase() };

  it('is what today’s shape makes of it', () => {
    expect(kind.version).toBe(2);
    expect(errorsOf(old, 1)).toEqual([]);
    expect(errorsOf(data as object, 2)).toEqual([]);
  });

  describe('that lies in the feed of whoever is given only a part of a fact', () => {
    const [event] = fc.sample(storedFact('PlatformFileReported'), 1) as [RecordedEvent];
    const message = messageFor('prosecution', { ...event, meta: { ...event.meta, agency: 'HEALTH' } }) as FactMessage;
    const sent = encode(message, 'prosecution');
    const { fact: given, ...rest } = JSON.parse(sent.value.toString()) as { fact: object };
    const inOldShape = (more: object) => {
      const before = (name: string) => sent.headers[name]!.replace('.v2', '.v1');
      return received('prosecution', {
        ...sent,
        headers: { ...sent.headers, ce_type: before('ce_type'), ce_dataschema: before('ce_dataschema') },
        value: JSON.stringify({ ...rest, fact: { ...given, ...more } }),
      });
    };
    const digest = { sha1: 'ab'.repeat(20) };

    it('is read in today’s shape, so that nothing is kept of what a step takes out', () =>
      expect(decode(inOldShape(digest))).toEqual(message));

    it('is refused with a field that no shape of it had', () =>
      expect(() => decode(inOldShape({ sha3: digest.sha1 }))).toThrow(MessageRefused));

    it('is not sent: what others are given is chosen by today’s shape', () => {
      const old = { ...message, schemaVersion: 1, data: { ...message.data, ...digest } };
      expect(() => encode(old, 'prosecution')).toThrow(MessageRefused);
      expect(() => encode({ ...old, data: message.data }, 'prosecution')).toThrow(MessageRefused);
    });

    it('may lack what a step adds and this reader is not given', () => {
      const insights = kindOf('insights', 'CaseOpened', {
        ...allFacts['CaseOpened']!,
        upcasts: [(before: Record<string, unknown>) => ({ ...before, underSix: 'UNKNOWN' })],
      })!;
      const [opened] = fc.sample(storedFact('CaseOpened'), 1) as [RecordedEvent];
      const { stream, caseId, data, meta } = messageFor('insights', opened) as FactMessage;
      const { agency, occurredAt, recordedAt } = meta;
      const content = { stream, fact: data, meta: { agency, occurredAt, recordedAt }, boxes: [] };
      const about = { subject: caseId, time: recordedAt };
      expect(contentErrors('insights', insights, 1, content, about)).toEqual([]);
      const more = { ...content, fact: { ...data, underSix: 'YES' } };
      expect(contentErrors('insights', insights, 1, more, about)).not.toEqual([]);
    });
  });

  it('is refused when nothing of today can be made of it', () => {
    expect(errorsOf(rest, 1)).toEqual([{ path: 'fact', problem: 'not-this-shape' }]);
    expect(errorsOf({ ...old, linked: 'none' }, 1)).toEqual([{ path: 'fact.linkKind', problem: 'not-this-shape' }]);
    expect(errorsOf(old, 2)).not.toEqual([]);
  });
});
