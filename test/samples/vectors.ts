import { readdirSync, readFileSync } from 'node:fs';
import { decode, headerOf, type KafkaRecord, recordErrors, recordOf } from '@resguardo/bus-messages';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';

/** What a file of vectors asks, and whether our consumer does as it should: one line each. */
export interface Outcome {
  readonly passed: boolean;
  readonly says: string;
}
type Vector = Readonly<Record<string, unknown>>;
type Event = Readonly<Record<string, unknown>>;

const FOLDER = 'docs/conformance/accepted';
const json = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));
/** An event that a feed of ours would carry, in either form: what a vector says is put into it. */
const EVENT = json(`${FOLDER}/a-referral-for-health.json`) as Event;
const RECORD = recordOf(EVENT);

const withHeaders = (headers: object): KafkaRecord => ({
  ...RECORD,
  headers: { ...RECORD.headers, ...headers },
});
const refusals = (record: KafkaRecord): ReadonlyMap<string, string> =>
  new Map(recordErrors(record).map(({ path, problem }) => [path, problem]));
const outcome = (passed: boolean, ...says: unknown[]): Outcome => ({ passed, says: says.map(String).join(' ') });

/** W3C Trace Context. It has a receiver begin anew where a trace is none; ours refuses the record, since nobody but the keeper writes there. */
const traceparents = (vectors: readonly Vector[]): readonly Outcome[] =>
  vectors.map(({ traceparent, valid }) => {
    const record = withHeaders({ traceparent });
    const problems = refusals(record);
    if (valid !== true)
      return outcome(
        problems.get('traceparent') === 'wrong-form' && problems.size === 1,
        problems.size === 0 ? 'takes' : 'refuses',
        traceparent,
      );
    if (problems.size > 0) return outcome(false, 'refuses', traceparent);
    const message = decode(record);
    return outcome(!message.withheld && message.meta.traceparent === traceparent, 'carries on', traceparent);
  });

/** Attributes whose values are ours alone, or whose form we hold narrower; and why. Everything else of CloudEvents is taken as it is. */
const NARROWER: Readonly<Record<string, string>> = {
  type: 'kinds of fact of this system',
  source: 'keepers of this system',
  subject: 'a case id, always',
  dataschema: 'schemas of our feeds',
  time: 'UTC',
  data_base64: 'content is JSON',
};
/** Of others: what nobody has declared could be a name. */
const OTHERS = 'no attributes of others';

/** CloudEvents 1.0: names are lower-case letters and digits, values are texts, truth values, whole numbers of 32 bits; or not said. */
const isAllowed = (name: string, value: unknown): boolean =>
  (name === 'data' || name === 'data_base64' || /^[a-z0-9]+$/.test(name)) &&
  (name === 'data' ||
    value === null ||
    ['string', 'boolean'].includes(typeof value) ||
    (Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31));

/** An event in the JSON form. What is no CloudEvent must be refused for what makes it none; what is one, for what is narrower here, or not. */
const cloudEvent = (event: Event, isValid: boolean): Outcome => {
  const { data: _, ...said } = event;
  const never = Object.keys(event).filter((name) => !isAllowed(name, event[name]));
  if (isValid !== (never.length === 0)) return outcome(false, 'allowed by CloudEvents:', isValid, 'but not', never);
  const problems = refusals(recordOf({ ...EVENT, ...said }, 'health'));
  const refused = Object.keys(said).filter((name) => problems.has(headerOf(name)));
  const isOurs = (name: string) => Object.hasOwn(EVENT, name) || Object.hasOwn(NARROWER, name);
  const unexplained = refused.filter((name) => isOurs(name) && !Object.hasOwn(NARROWER, name) && !never.includes(name));
  const taken = never.filter((name) => !refused.includes(name));
  const why = refused.map((name) => `${name} (${never.includes(name) ? 'no CloudEvent' : (NARROWER[name] ?? OTHERS)})`);
  return outcome(
    unexplained.length === 0 && taken.length === 0 && refusals(recordOf(event, 'health')).size > 0,
    ...(taken.length > 0 ? ['takes', taken.join(', ')] : []),
    ...(unexplained.length > 0 ? ['refuses without a reason', unexplained.join(', ')] : []),
    `refuses ${why.join(', ') || 'only what is missing'}`,
  );
};

/** CloudEvents over Kafka: each attribute under the header that the binding gives it. Feeds are in binary mode alone. */
const binding = (vectors: readonly Vector[]): readonly Outcome[] =>
  vectors.map(({ scenario, headers, payload, expect }) => {
    const said = headers as Readonly<Record<string, string>>;
    const { attributes, data } = expect as {
      readonly attributes: Readonly<Record<string, string>>;
      readonly data: unknown;
    };
    const isStructured = String(said['content-type']).startsWith('application/cloudevents');
    // The kit reads the JSON form, and makes the headers of it that binary mode has.
    const { headers: found = {}, value } = isStructured
      ? recordOf(payload)
      : recordOf({ topic: RECORD.topic, key: RECORD.key, headers, value: payload });
    const lost = Object.keys(attributes).filter((name) => found[headerOf(name)] !== attributes[name]);
    const added = Object.keys(found).filter(
      (header) => !Object.keys(attributes).some((name) => headerOf(name) === header),
    );
    const isSame = JSON.stringify(JSON.parse(String(value))) === JSON.stringify(data);
    // The consumer: what it refuses of the headers is narrower here, and nothing else.
    const problems = refusals(withHeaders(headers as object));
    const refused = Object.keys(said).filter((header) => problems.has(header));
    const expected = isStructured ? ['content-type'] : ['ce_type', 'ce_source'];
    const isNarrower =
      refused.every((header) => expected.includes(header)) && expected.every((one) => problems.has(one));
    return outcome(
      lost.length + added.length === 0 && isSame && isNarrower,
      `${String(scenario)}: reads ${Object.keys(attributes).length - lost.length} of ${Object.keys(attributes).length} attributes,`,
      `refuses ${refused.join(', ')}`,
    );
  });

/** The published schema of the JSON form, over every event that the kit accepts in that form. */
const schema = (published: object): readonly Outcome[] => {
  const ajv = new Ajv({ strict: false });
  // Both packages are CommonJS: what is imported is the function or holds it.
  const add = formats as unknown as { default?: typeof formats };
  ((add.default ?? formats) as unknown as (to: Ajv) => void)(ajv);
  const valid = ajv.compile(published);
  const events = readdirSync(FOLDER).flatMap((name) =>
    [json(`${FOLDER}/${name}`)].flat().flatMap((event) => ('headers' in (event as object) ? [] : [{ name, event }])),
  );
  return events.map(({ name, event }) => outcome(valid(event), name, ajv.errorsText(valid.errors)));
};

const has = (vectors: unknown, ...names: readonly string[]): vectors is readonly Vector[] =>
  Array.isArray(vectors) &&
  vectors.length > 0 &&
  vectors.every((one) => names.every((name) => Object.hasOwn(one, name)));

/**
 * What our consumer makes of a file of vectors; undefined where it is none that we know.
 * @param name of the file: those of CloudEvents say in it that an event must be refused
 */
export const vectorsIn = (name: string, content: unknown): readonly Outcome[] | undefined => {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined;
  const { vectors, specversion, title, description } = content as Vector;
  if (has(vectors, 'traceparent', 'valid')) return traceparents(vectors);
  if (has(vectors, 'scenario', 'headers', 'payload', 'expect')) return binding(vectors);
  if (specversion === '1.0') return [cloudEvent(content as Event, !/fail|invalid/.test(name))];
  if ([title, description].includes('CloudEvents Specification JSON Schema')) return schema(content);
  return undefined;
};
