import { type Outcome, vectorsIn } from './vectors.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331';
const passed = (outcomes: readonly Outcome[] | undefined) => outcomes?.map((one) => one.passed);

/** Other makers' vectors are no part of the product: these, of our own in the same form, see that what is said of them is true. */
describe('vectors for events', () => {
  it.each([
    [`00-${TRACE}-01`, true],
    [`cc-${TRACE}-01-more`, true],
    [`00-${TRACE}-01-more`, false],
    [`ff-${TRACE}-01`, false],
  ])('of a trace: %s', (traceparent, valid) => {
    expect(passed(vectorsIn('traces.json', { vectors: [{ traceparent, valid }] }))).toEqual([true]);
    expect(passed(vectorsIn('traces.json', { vectors: [{ traceparent, valid: !valid }] }))).toEqual([false]);
  });

  const event = { specversion: '1.0', id: 'a', type: 'toast.made', source: '/kitchen' };
  it.each([
    ['with nothing but what it must say', {}],
    ['with a truth value', { buttered: true }],
    ['with a whole number', { slices: 2 }],
    ['with nothing said', { subject: null }],
    ['in local time', { time: '2026-03-01T10:00:00-06:00' }],
  ])('a CloudEvent %s is refused for what is narrower here', (_, more) => {
    expect(passed(vectorsIn('toast.json', { ...event, ...more }))).toEqual([true]);
    expect(passed(vectorsIn('toast_invalid.json', { ...event, ...more }))).toEqual([false]);
  });
  it.each([
    ['a broken number', { slices: 1.5 }],
    ['a number too long', { slices: 4_200_000_000 }],
    ['a name in capitals', { Slices: 2 }],
    ['a name with a line', { slices_cut: 2 }],
    ['an object for an attribute', { bread: { rye: true } }],
  ])('%s is no CloudEvent, and refused for it', (_, more) => {
    expect(passed(vectorsIn('fail_toast.json', { ...event, ...more }))).toEqual([true]);
    expect(passed(vectorsIn('toast.json', { ...event, ...more }))).toEqual([false]);
  });

  const data = { crust: 'off' };
  const attributes = { specversion: '1.0', id: 'a', type: 'toast.made', source: '/kitchen' };
  const headers = { ce_specversion: '1.0', ce_id: 'a', ce_type: 'toast.made', ce_source: '/kitchen' };
  const binary = { scenario: 'binary', headers, payload: data, expect: { attributes, data } };
  const structured = {
    scenario: 'structured',
    headers: { 'content-type': 'application/cloudevents+json' },
    payload: { ...attributes, data },
    expect: { attributes, data },
  };
  const ofKafka = (vector: object) => passed(vectorsIn('kafka.json', { vectors: [vector] }));

  it('over Kafka are read in both modes, and taken in one', () => {
    expect([ofKafka(binary), ofKafka(structured)]).toEqual([[true], [true]]);
  });
  it.each([
    ['another header', { ...binary, headers: { ...headers, ce_id: undefined, cloudEvents_id: 'a' } }],
    ['another content', { ...binary, payload: { crust: 'on' } }],
    ['another attribute', { ...structured, payload: { ...attributes, id: 'b', data } }],
    ['an attribute more', { ...structured, payload: { ...attributes, subject: 'b', data } }],
  ])('over Kafka with %s are not', (_, vector) => expect(ofKafka(vector)).toEqual([false]));

  it.each([[null], [[]], [{}], [{ vectors: [] }], [{ vectors: [{ a: 1 }] }], [{ specversion: '0.3' }]])(
    '%j are none',
    (content) => expect(vectorsIn('x.json', content)).toBeUndefined(),
  );
});
