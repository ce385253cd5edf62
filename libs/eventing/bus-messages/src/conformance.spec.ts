import { jest } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { Service } from '@resguardo/contracts';
import { SERVICES } from '@resguardo/contracts';
import { allFacts } from '@resguardo/contracts/timeline';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { ATTRIBUTES, headerOf, topicOf } from './attributes.js';
import type { KafkaRecord } from './codec.js';
import { decode, encode, MessageRefused } from './codec.js';
import { eventsIn, REASONS, recordOf, verdictOf } from './conformance.js';
import { feedSchema } from './schema.js';
import { messageFor, storedFact } from './testing/stored-facts.js';
import { BEYOND_SCHEMA } from './validate.js';

// Seven schemas are compiled, and programs are started.
jest.setTimeout(180_000);

type Event = Record<string, any>;

/** The JSON form of what a feed would carry. */
const structured = (reader: Service, type: string): fc.Arbitrary<Event> =>
  storedFact(type).map((stored) => {
    const { headers, value } = encode(messageFor(reader, stored), reader);
    const said = Object.keys(ATTRIBUTES).filter((name) => headers[headerOf(name)] !== undefined);
    return {
      ...Object.fromEntries(said.map((name) => [name, headers[headerOf(name)]])),
      data: JSON.parse(value) as unknown,
    };
  });

const STRANGE = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    0,
    -1,
    1.5,
    '',
    '3',
    [],
    {},
    ['D4'],
    'HEALTH',
    '2026-02-30',
    'EEEE010101HDFXXX09',
  ),
  fc.uuid(),
  fc.constantFrom(
    '2026-03-01T10:00:00Z',
    '2026-03-01T10:00:00-06:00',
    '5551234567',
    'a b',
    'ñ',
    '\u0000',
    'x'.repeat(300),
  ),
);

/** Every place in an event, as the names that lead there. */
const placesIn = (value: unknown, here: readonly string[] = []): readonly (readonly string[])[] =>
  typeof value !== 'object' || value === null
    ? [here]
    : [here, ...Object.entries(value).flatMap(([name, part]) => placesIn(part, [...here, name]))];

type Change = readonly [where: number, how: 'drop' | 'replace' | 'add' | 'rename' | 'again', what: unknown];

const changed = (event: Event, [where, how, what]: Change): Event => {
  const copy = structuredClone(event);
  const places = placesIn(copy).slice(1);
  const place = places[where % places.length]!;
  const name = place.at(-1)!;
  const parent = place.slice(0, -1).reduce<any>((part, step) => part[step], copy);
  if (how === 'replace') parent[name] = what;
  else if (Array.isArray(parent)) parent.push(how === 'again' ? parent[0] : what);
  else if (how === 'add') parent['more'] = what;
  else {
    if (how === 'rename') parent[`${name}X`] = parent[name];
    if (how === 'again') parent[name] = Object.values(parent)[0];
    else delete parent[name];
  }
  return copy;
};

/** Changed in one place or two, and no longer what it was: what is taken out and put back is no change. */
const mutated: fc.Arbitrary<readonly [reader: Service, event: Event, before: Event]> = fc
  .tuple(fc.constantFrom(...SERVICES), fc.constantFrom(...Object.keys(allFacts)))
  .chain(([reader, type]) =>
    fc
      .tuple(
        structured(reader, type),
        fc.array(
          fc.tuple(
            fc.nat(),
            fc.constantFrom('drop', 'replace', 'replace', 'add', 'rename', 'again'),
            STRANGE,
          ) as fc.Arbitrary<Change>,
          { minLength: 1, maxLength: 2 },
        ),
      )
      .map(([before, changes]) => [reader, changes.reduce(changed, before), before] as const)
      .filter(([, event, before]) => JSON.stringify(event) !== JSON.stringify(before)),
  );

const bytes = (value: unknown) => (typeof value === 'string' && value.isWellFormed() ? Buffer.from(value) : value);
/** As the consumer gets it from a client. */
const received = ({ topic, key, headers, value }: KafkaRecord): KafkaRecord =>
  ({
    topic,
    key: bytes(key),
    headers: Object.fromEntries(Object.entries(headers ?? {}).map(([name, said]) => [name, bytes(said)])),
    value: bytes(value),
  }) as KafkaRecord;

const taken = (record: KafkaRecord): boolean => {
  try {
    decode(record);
    return true;
  } catch (error) {
    if (error instanceof MessageRefused) return false;
    throw error;
  }
};

const schemas = new Map<Service, ValidateFunction>();
const schemaOf = (service: Service): ValidateFunction => {
  const known = schemas.get(service) ?? new Ajv2020({ allowUnionTypes: true }).compile(feedSchema(service));
  schemas.set(service, known);
  return known;
};

describe('the kit says what the consumer does', () => {
  const EVENTS = fc.sample(mutated, { numRuns: 1_000, seed: 20260301 });
  const VALID = fc.sample(
    fc
      .tuple(fc.constantFrom(...SERVICES), fc.constantFrom(...Object.keys(allFacts)))
      .chain(([reader, type]) => structured(reader, type).map((event) => [reader, event] as const)),
    { numRuns: 50, seed: 20260301 },
  );

  it('on 50 events as a feed carries them all three say yes', () => {
    for (const [reader, event] of VALID) {
      const record = recordOf(event, reader);
      expect([verdictOf(record).accepted, taken(received(record)), schemaOf(reader)(event), event]).toEqual([
        ...[true, true, true],
        event,
      ]);
    }
  });

  it('on 1,000 mutated events the kit, the consumer and, where it can express the rule, the schema agree', () => {
    let accepted = 0;
    const beyond = new Set<string>();
    for (const [reader, event, before] of EVENTS) {
      expect(event).not.toEqual(before);
      const record = recordOf(event, reader);
      const verdict = verdictOf(record);
      expect([verdict.accepted, event]).toEqual([taken(received(record)), event]);
      const bySchema = schemaOf(reader)(event);
      const problems = verdict.fields.flatMap((field) => (field.verdict === 'refused' ? [field.problem] : []));
      const expressible = problems.filter((problem) => !BEYOND_SCHEMA.includes(problem));
      if (verdict.accepted || expressible.length > 0)
        expect([bySchema, problems, event]).toEqual([verdict.accepted, problems, event]);
      else if (bySchema) problems.forEach((problem) => beyond.add(problem));
      if (verdict.accepted) accepted++;
    }
    // A sample in which all is right, or all is wrong, would prove nothing: some changes leave an event that is as good as the one before.
    expect(accepted).toBeGreaterThan(20);
    expect(EVENTS.length - accepted).toBeGreaterThan(100);
    expect([...beyond]).toContain('differs');
  });

  it('on 200 records with a bit turned over they agree as well', () => {
    const turned = fc
      .tuple(fc.constantFrom(...SERVICES), fc.constantFrom(...Object.keys(allFacts)), fc.nat(), fc.nat({ max: 7 }))
      .chain(([reader, type, at, bit]) =>
        storedFact(type).map((stored): KafkaRecord => {
          const { key, headers, value } = encode(messageFor(reader, stored), reader);
          const names = Object.keys(headers);
          const parts = [key, value, ...Object.values(headers)].map((part) => Buffer.from(part));
          const part = parts[at % parts.length]!;
          part[at % part.length]! ^= 1 << bit;
          return {
            topic: topicOf(reader),
            key: parts[0]!,
            value: parts[1]!,
            headers: Object.fromEntries(names.map((name, i) => [name, parts[i + 2]!])),
          };
        }),
      );
    let accepted = 0;
    for (const record of fc.sample(turned, { numRuns: 200, seed: 20260301 })) {
      const verdict = verdictOf(record);
      expect(verdict.accepted).toBe(taken(record));
      if (verdict.accepted) accepted++;
    }
    expect(accepted).toBeLessThan(150);
  });

  it('what is accepted names every field, what is refused the wrong ones, what cannot be told is open', () => {
    const [event] = fc.sample(structured('coordination', 'TeamMemberAdded'), { numRuns: 1, seed: 1 }) as [Event];
    const good = verdictOf(recordOf(event));
    expect(good.fields.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['topic', 'key', 'ce_id', 'content-type', 'fact.staffId', 'meta.actor', 'boxes']),
    );
    expect(new Set(good.fields.map(({ verdict }) => verdict))).toEqual(new Set(['accepted']));
    const strange = verdictOf(recordOf({ ...event, type: 'x' }, 'coordination')).fields;
    expect(strange).toContainEqual({ path: 'ce_type', verdict: 'refused', problem: 'wrong-form' });
    expect(strange).toContainEqual({ path: 'fact.staffId', verdict: 'open' });
  });

  it('null says that an attribute is not said, as CloudEvents in JSON may', () => {
    const [event] = fc.sample(structured('health', 'TeamMemberAdded'), { numRuns: 1, seed: 1 }) as [Event];
    expect(verdictOf(recordOf({ ...event, traceparent: null })).accepted).toBe(true);
    expect(verdictOf(recordOf({ ...event, id: null })).accepted).toBe(false);
    expect(verdictOf(recordOf({ ...event, other: null })).accepted).toBe(false);
  });

  it('a file in which a member comes twice is no file of events', () => {
    expect(() => eventsIn('{"a":1,"b":{"c":"\\"a\\":","c":2}}')).toThrow('twice');
    expect(eventsIn('[{"a":"\\\\"},{"a":"x:\\"y\\":"}]')).toHaveLength(2);
  });
});

const FOLDER = 'docs/conformance';
const files = (kind: string) => readdirSync(`${FOLDER}/${kind}`).map((name) => `${FOLDER}/${kind}/${name}`);
const run = (...args: string[]) =>
  spawnSync(process.execPath, ['--import', './tools/hooks.mjs', 'tools/conformance.ts', ...args], { encoding: 'utf8' });

describe('npm run conformance', () => {
  it.each(files('accepted'))('%s would be accepted', (file) => {
    for (const event of eventsIn(readFileSync(file, 'utf8')))
      expect(verdictOf(recordOf(event)).fields.filter(({ verdict }) => verdict !== 'accepted')).toEqual([]);
  });

  it.each(files('refused'))('%s would be refused', (file) => {
    for (const event of eventsIn(readFileSync(file, 'utf8'))) expect(verdictOf(recordOf(event)).accepted).toBe(false);
  });

  it('ends 0 when all would be accepted', () => {
    const { status, stdout, stderr } = run(...files('accepted'));
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^accepted {2}docs\/conformance\/accepted\/a-referral-for-health.json {2}feed-health$/m);
    expect(stdout).toMatch(/^ {2}ok {2}fact\.urgency$/m);
  });

  it('ends 1 with the field and the reason when one would not', () => {
    const { status, stdout } = run(`${FOLDER}/accepted/several.json`, `${FOLDER}/refused/a-name-in-the-content.json`);
    expect(status).toBe(1);
    expect(stdout).toContain(`  no  fact.childName: ${REASONS.unknown}`);
    expect(stdout).not.toContain('Aurora');
  });

  it('ends 2 when it was asked nothing, or a file is not there', () => {
    expect(run().status).toBe(2);
    expect(run('--feed', 'nobody', `${FOLDER}/accepted/several.json`).status).toBe(2);
    expect(run('/nowhere.json').stderr).toContain('there is no such file');
  });
});
