import { createServer, type Server } from 'node:http';
import { allCommands, TOKEN_REFUSALS, type TokenRefusal } from '@resguardo/contracts';
import { type FactMessage, keeper, RevisionConflict } from '@resguardo/eventing';
import { memoryEventStore, someEvent } from '@resguardo/eventing/testing';
import express from 'express';
import fc from 'fast-check';
import { otlpReceiver, type OtlpReceiver } from '../../../test/support/otlp-receiver.js';
import { freePort, scrape, sum } from '../../../test/support/scrape.js';
import type { CommandHandled, Telemetry } from './telemetry.js';
import { openTelemetry, unobserved } from './telemetry.js';
import { OTHER, words } from './words.js';

const names = { capabilities: ['case-file'], followers: ['case_card'], operations: ['ReceiveReport'] };
const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const [, TRACE_ID, PARENT] = TRACE.split('-') as [string, string, string];

it('whatever is not on the closed list becomes `other`', () => {
  const say = words(names);
  const labels = [
    'by',
    'capability',
    'command',
    'follower',
    'kind',
    'operation',
    'outcome',
    'reason',
    'rule',
    'service',
    'type',
  ] as const;
  const known = new Set(Object.keys(allCommands));
  fc.assert(
    fc.property(fc.constantFrom(...labels), fc.string(), (label, text) => {
      expect([OTHER, ...known]).toContain(say(label, text));
    }),
  );
  for (const personal of ['Ana López', 'LOAA120305MMSPNN09', '+52 777 123 4567', 'RG-2026-000123', '__proto__'])
    for (const label of labels) expect(say(label, personal)).toBe(OTHER);
  expect([say('command', 'receiveReport'), say('rule', 'R-701'), say('follower', 'case_card')]).toEqual([
    'receiveReport',
    'R-701',
    'case_card',
  ]);
});

it('with nothing switched on there is nothing around anything', async () => {
  const store = memoryEventStore();
  const off = await openTelemetry({ serviceName: 'resguardo', names, onTrouble: fail });
  expect(off).toBe(unobserved);
  expect(off.store(store)).toBe(store);
});

function fail(): never {
  throw new Error('trouble');
}

describe('with everything switched on', () => {
  let collector: OtlpReceiver;
  let port: number;
  let telemetry: Telemetry;
  let trouble: string[];
  let server: Server | undefined;
  beforeEach(async () => {
    trouble = [];
    collector = await otlpReceiver();
    port = await freePort();
    telemetry = await openTelemetry({
      metrics: { host: '127.0.0.1', port },
      otlpEndpoint: `${collector.endpoint}/`,
      serviceName: 'resguardo-test',
      names,
      onTrouble: (what) => trouble.push(what),
    });
  });
  afterEach(async () => {
    await telemetry.close();
    await collector.close();
    server?.close();
    server?.closeAllConnections();
    expect(trouble).toEqual([]);
  });
  const handled = (command: string): CommandHandled => ({ command, capability: 'case-file', by: 'person' });
  const message = (meta: object): FactMessage => ({
    ...someEvent(),
    stream: 's',
    revision: 0,
    position: '1',
    caseId: 'c',
    withheld: false,
    meta: { ...someEvent().meta, ...meta },
  });

  it('what a command came to is told unchanged, also when it fails', async () => {
    const answer = { kind: 'refused', refusal: { rule: 'R-701' } };
    expect(await telemetry.command!(handled('receiveReport'), async () => answer)).toBe(answer);
    const broken = new Error('Ana López');
    await expect(telemetry.command!(handled('receiveReport'), () => Promise.reject(broken))).rejects.toBe(broken);
    const samples = await scrape(port);
    expect(sum(samples, 'resguardo_commands_total', { outcome: 'refused', command: 'receiveReport' })).toBe(1);
    expect(sum(samples, 'resguardo_commands_total', { outcome: 'failed' })).toBe(1);
    expect(sum(samples, 'resguardo_refusals_total', { rule: 'R-701' })).toBe(1);
    await telemetry.close();
    expect(collector.spans.map(({ name, failed }) => [name, failed])).toEqual([
      ['command receiveReport', false],
      ['command receiveReport', true],
    ]);
    expect(collector.bodies.join()).not.toContain('López');
  });

  it('refused tokens are counted by a reason of the list, each of which is there before the first', async () => {
    const counts = async () =>
      Object.fromEntries(
        (await scrape(port))
          .filter(({ name }) => name === 'resguardo_refused_tokens_total')
          .map(({ labels, value }) => [labels['reason'], value]),
      );
    const none = Object.fromEntries(TOKEN_REFUSALS.map((reason) => [reason, 0]));
    expect(await counts()).toEqual(none);
    telemetry.tokenRefused('expired');
    telemetry.tokenRefused('expired');
    telemetry.tokenRefused('eyJhbGciOi' as TokenRefusal);
    expect(await counts()).toEqual({ ...none, expired: 2, other: 1 });
  });

  it('an append belongs to its command, and the fact carries the trace of the append', async () => {
    const store = telemetry.store(
      keeper(memoryEventStore(), { clock: () => '2026-03-02T10:00:00.000Z', traceparent: telemetry.traceparent! }),
    );
    let logged: object | undefined;
    await telemetry.command!(handled('receiveReport'), () => {
      logged = telemetry.logged!();
      return store.append('s', [someEvent()], 'none');
    });
    expect(telemetry.logged!()).toEqual({});
    await expect(store.append('s', [someEvent()], 'none')).rejects.toThrow(RevisionConflict);
    await telemetry.close();
    const [append, command] = collector.spans;
    expect(append).toMatchObject({ name: 'append', parentSpanId: command!.spanId, traceId: command!.traceId });
    expect(logged).toEqual({ trace_id: command!.traceId, span_id: command!.spanId });
    const { events } = await store.read('s');
    expect(events.map(({ meta }) => meta.traceparent)).toEqual([`00-${append!.traceId}-${append!.spanId}-01`]);
    expect(collector.spans[2]).toMatchObject({ attributes: { 'resguardo.outcome': 'conflict' }, failed: true });
  });

  it('a batch joins each of its traces once, and none of long ago', async () => {
    const now = new Date().toISOString();
    const other = TRACE.replace('4bf9', 'ffff');
    const messages = [
      ...[TRACE, TRACE, other].map((traceparent) => message({ traceparent, recordedAt: now })),
      message({ traceparent: TRACE.replace('4bf9', 'eeee'), recordedAt: '2020-01-01T00:00:00.000Z' }),
      message({ recordedAt: now }),
      message({ traceparent: 'Ana López', recordedAt: now }),
    ];
    const batch = { reader: 'coordination', follower: 'case_card', messages };
    expect(await telemetry.batch!(batch, async () => 7)).toBe(7);
    await telemetry.consumed!({ reader: 'health', messages: messages.slice(0, 1) }, async () => {});
    await telemetry.close();
    expect(collector.spans.map(({ name, traceId, parentSpanId }) => [name, traceId.slice(0, 4), parentSpanId])).toEqual(
      [
        ['follow case_card', '4bf9', PARENT],
        ['follow case_card', 'ffff', PARENT],
        ['consume', '4bf9', PARENT],
      ],
    );
    expect(collector.bodies.join()).not.toContain('López');
  });

  it('what follows from a fact belongs to the trace of the fact', async () => {
    await telemetry.reaction!({ process: 'linked_cases', causedBy: { traceparent: TRACE } }, () =>
      telemetry.command!(handled('recordLinkedCase'), async () => ({ kind: 'accepted' })),
    );
    await telemetry.close();
    expect(collector.spans.map(({ traceId }) => traceId)).toEqual([TRACE_ID, TRACE_ID]);
  });

  it('nothing that people say leaves in a label, an attribute or the name of a span', async () => {
    const app = express();
    app.use(express.json(), telemetry.request!, (_request, response) => void response.json({}));
    server = await new Promise<Server>((ready) => {
      const made = createServer(app).listen(0, '127.0.0.1', () => ready(made));
    });
    const { port: at } = server.address() as { port: number };
    const said: string[] = [];
    const personal = fc
      .tuple(fc.constantFrom('Ana', 'LOAA120305MMSPNN09', '7771234567', 'RG-2026-000123'), fc.uuid())
      .map(([what, mark]) => `${what}q${mark}`);
    await fc.assert(
      fc.asyncProperty(personal, async (secret) => {
        said.push(secret);
        const about = { command: secret, capability: secret, by: secret as 'person' };
        await telemetry.command!(about, async () => ({ kind: secret, refusal: { rule: secret } }));
        await telemetry.reaction!({ process: secret, causedBy: { traceparent: TRACE } }, async () => {}).catch(
          () => {},
        );
        const meta = { traceparent: TRACE, recordedAt: new Date().toISOString() };
        const messages = [
          { ...message(meta), type: secret, stream: secret, caseId: secret, id: secret, data: { secret } },
        ];
        await telemetry.batch!({ reader: secret, follower: secret, messages }, async () => {});
        await telemetry.consumed!({ reader: secret, messages }, async () => {});
        await telemetry.relayed!(messages, async () => {});
        await telemetry.store(memoryEventStore()).append(secret, messages, 'none');
        await fetch(`http://127.0.0.1:${at}/${secret}?${secret}`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            traceparent: secret,
            tracestate: `a=${secret}`,
            baggage: secret,
          },
          body: JSON.stringify({
            query: `mutation ${secret.replaceAll('-', '_')} { a }`,
            operationName: secret,
            variables: { secret },
          }),
        });
      }),
      { numRuns: 25 },
    );
    const scraped = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    await telemetry.close();
    expect(collector.spans.length).toBeGreaterThan(100);
    const everything = [scraped, ...collector.bodies].join();
    expect(
      said.filter((secret) => everything.includes(secret.replaceAll('-', '_')) || everything.includes(secret)),
    ).toEqual([]);
  });
});

it('a collector that asks for something is given it with everything', async () => {
  const asking = await otlpReceiver();
  process.env['OTEL_EXPORTER_OTLP_HEADERS'] = 'authorization=Bearer%20of-the-collector';
  try {
    const telemetry = await openTelemetry({
      otlpEndpoint: asking.endpoint,
      serviceName: 'resguardo',
      names,
      onTrouble: () => {},
    });
    await telemetry.command!({ command: 'receiveReport', capability: 'case-file', by: 'person' }, async () => 1);
    await telemetry.close();
  } finally {
    delete process.env['OTEL_EXPORTER_OTLP_HEADERS'];
    await asking.close();
  }
  expect(asking.spans).toHaveLength(1);
  expect(asking.passes).toEqual(['Bearer of-the-collector']);
});

it('a collector that is away is told, and holds nothing up', async () => {
  let told = () => {};
  const trouble = new Promise<void>((resolve) => (told = resolve));
  const telemetry = await openTelemetry({
    otlpEndpoint: `http://127.0.0.1:${await freePort()}`,
    serviceName: 'resguardo',
    names,
    onTrouble: () => told(),
  });
  expect(
    await telemetry.command!({ command: 'receiveReport', capability: 'case-file', by: 'person' }, async () => 1),
  ).toBe(1);
  await Promise.all([trouble, telemetry.close()]);
}, 60_000);

it('a collector that never answers does not hold up the end for longer than a few seconds', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((ready) => silent.listen(0, '127.0.0.1', ready));
  const { port } = silent.address() as { port: number };
  let troubles = 0;
  const telemetry = await openTelemetry({
    otlpEndpoint: `http://127.0.0.1:${port}`,
    serviceName: 'resguardo',
    names,
    onTrouble: () => troubles++,
  });
  await telemetry.command!({ command: 'receiveReport', capability: 'case-file', by: 'person' }, async () => 1);
  const began = performance.now();
  await telemetry.close();
  expect(performance.now() - began).toBeLessThan(8_000);
  expect(troubles).toBeGreaterThan(0);
  silent.closeAllConnections();
  silent.close();
}, 60_000);

it('a port that is taken is said by the name of its setting', async () => {
  const port = await freePort();
  const metrics = { host: '127.0.0.1', port };
  const first = await openTelemetry({ metrics, serviceName: 'resguardo', names, onTrouble: fail });
  await expect(openTelemetry({ metrics, serviceName: 'resguardo', names, onTrouble: fail })).rejects.toThrow(
    'METRICS_PORT',
  );
  await first.close();
});
