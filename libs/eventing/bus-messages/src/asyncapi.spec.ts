import { jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { SERVICES } from '@resguardo/contracts';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { asyncApiDocument } from './asyncapi.js';
import { topicOf } from './attributes.js';
import { feedSchema } from './schema.js';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, any>;

/** The published schema of AsyncAPI 3.1. Its twin with `$id` names parts twice, which ajv does not take. */
const published = () => {
  const ajv = new Ajv({ strict: false, allErrors: true });
  // The specs' package and this one are both CommonJS: what is imported is the function or holds it.
  const add = formats as unknown as { default?: typeof formats };
  ((add.default ?? formats) as unknown as (to: Ajv) => void)(ajv);
  return ajv.compile(json('node_modules/@asyncapi/specs/schemas/3.1.0-without-$id.json'));
};

const refsIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, part]) => (name === '$ref' ? [String(part)] : refsIn(part)));

const at = (document: Record<string, any>, pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<any>((part, name) => part?.[name], document);

jest.setTimeout(180_000);

describe('AsyncAPI document', () => {
  const document = JSON.parse(JSON.stringify(asyncApiDocument())) as Record<string, any>;
  const valid = published();

  it('is what AsyncAPI 3.1 says of a document', () => {
    valid(document);
    expect(valid.errors).toBeNull();
  });

  it('the published schema is no rubber stamp', () => {
    expect(valid({ ...document, channels: { a: { adress: 'a' } } })).toBe(false);
    expect(valid({ ...document, asyncapi: '2.6.0' })).toBe(false);
    const [name] = Object.keys(document['operations'] as object);
    expect(valid({ ...document, operations: { [name!]: { action: 'read', channel: { $ref: '#/x' } } } })).toBe(false);
  });

  it('has a channel per reading service, and every reference leads somewhere', () => {
    expect(Object.keys(document['channels'] as object)).toEqual(SERVICES.map(topicOf));
    const files: Record<string, Record<string, any>> = { '': document };
    const broken = refsIn(document).filter((ref) => {
      const [file = '', pointer] = ref.split('#');
      const target = (files[file] ??= json(`libs/contracts/schema/${file}`));
      return at(target, pointer!) === undefined;
    });
    expect(broken).toEqual([]);
  });

  it('says of topics what keeps facts: three replicas, two in sync, no end, no compaction, no unclean election', () => {
    for (const service of SERVICES)
      expect(document['channels'][topicOf(service)].bindings.kafka).toMatchObject({
        replicas: 3,
        topicConfiguration: {
          'cleanup.policy': ['delete'],
          'retention.ms': -1,
          'min.insync.replicas': 2,
          'unclean.leader.election.enable': false,
        },
      });
  });
});

describe('schemas of the feeds', () => {
  it.each(SERVICES)('%s: is JSON Schema 2020-12, and the committed file', (service) => {
    const schema = feedSchema(service);
    const ajv = new Ajv2020({ allowUnionTypes: true });
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(() => ajv.compile(schema)).not.toThrow();
    expect(json(`libs/contracts/schema/feeds/${service}.schema.json`)).toEqual(JSON.parse(JSON.stringify(schema)));
  });

  it('boxes are described to oversight alone; insights is told no person and no opaque id', () => {
    for (const service of SERVICES)
      expect([service, JSON.stringify(feedSchema(service)).includes('"sealed"')]).toEqual([
        service,
        service === 'oversight',
      ]);
    const { $defs } = feedSchema('insights') as Record<string, any>;
    expect(Object.keys($defs['meta'].properties as object).sort()).toEqual(['agency', 'occurredAt', 'recordedAt']);
    const facts = Object.keys($defs as object).filter((name) => name.endsWith('.v1') && name !== 'Withheld.v1');
    expect(facts.length).toBeGreaterThan(10);
    for (const name of facts)
      expect([name, JSON.stringify($defs[name].properties.fact)]).toEqual([
        name,
        expect.not.stringMatching(/defs.(reference|digest)"/),
      ]);
  });
});
