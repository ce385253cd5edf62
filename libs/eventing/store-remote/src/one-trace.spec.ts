import { keeper } from '@resguardo/eventing';
import { memoryEventStore, someEvent } from '@resguardo/eventing/testing';
import { openTelemetry } from '@resguardo/telemetry';
import { otlpReceiver } from '../../../../test/support/otlp-receiver.js';
import { recognisedAppend } from './recognised.js';
import { clientOf, openTable, replica, statement } from './testing/served.js';

const names = { capabilities: ['case-file'], followers: [], operations: [] };

it('the append of a service and what the keeper makes of it are one trace, and the fact carries the keeper’s', async () => {
  const collector = await otlpReceiver();
  const [service, coordination] = await Promise.all(
    ['resguardo-health', 'resguardo-coordination'].map((serviceName) =>
      openTelemetry({
        otlpEndpoint: collector.endpoint,
        serviceName,
        names,
        onTrouble: (what) => {
          throw new Error(`${what} were not delivered`);
        },
      }),
    ),
  );
  const store = memoryEventStore();
  const clock = () => new Date().toISOString();
  const kept = coordination!.store(keeper(store, { clock, traceparent: coordination!.traceparent! }));
  const keeperOfAll = await replica(store, { keeper: kept, table: openTable, around: coordination!.asked! });
  const by = statement('u-1', 'HEALTH', 'OFFICER');
  const client = clientOf('health', [keeperOfAll.address], by, { traceparent: service!.traceparent! });
  await service!.command!({ command: 'receiveReport', capability: 'case-file', by: 'person' }, () =>
    service!.store(client).append('case-1', [someEvent()], 'none'),
  );
  client.close();
  await keeperOfAll.stop();
  await Promise.all([service!.close(), coordination!.close()]);

  const [command] = collector.spans.filter(({ name }) => name === 'command receiveReport');
  const below = (parent: string) => collector.spans.filter(({ parentSpanId }) => parentSpanId === parent);
  const [asked] = below(command!.spanId);
  const [keep] = below(asked!.spanId);
  const [append] = below(keep!.spanId);
  expect([asked, keep, append].map((span) => [span!.name, span!.service, span!.traceId])).toEqual([
    ['append', 'resguardo-health', command!.traceId],
    ['keep', 'resguardo-coordination', command!.traceId],
    ['append', 'resguardo-coordination', command!.traceId],
  ]);
  const { events } = await store.read('case-1');
  expect(events[0]!.meta.traceparent).toBe(`00-${append!.traceId}-${append!.spanId}-01`);
  await collector.close();
});

it('D12: what was appended under one trace is known again under another', async () => {
  const store = memoryEventStore();
  let traced = 0;
  const traceparent = () => `00-${'a'.repeat(31)}${++traced}-00f067aa0ba902b7-01`;
  const append = recognisedAppend(store, keeper(store, { clock: () => '2026-03-02T10:00:00.000Z', traceparent }));
  const event = someEvent();
  const first = await append('case-1', [event], 'none');
  await append('case-1', [someEvent()], 0);
  expect(await append('case-1', [event], 'none')).toEqual(first);
  expect((await store.read('case-1')).revision).toBe(1);
});
