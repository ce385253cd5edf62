import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Feeds, kafkaFeed, KafkaTrouble, prepareTopics } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { allCommands, mutationDocument, SERVICES } from '@resguardo/contracts';
import { isUnreadable, type Message, rowPerFact } from '@resguardo/eventing';
import { runProjection } from '@resguardo/store-postgres';
import { openTelemetry } from '@resguardo/telemetry';
import { Kafka, logLevel } from 'kafkajs';
import { type KafkaCluster, startKafka } from '../../infra/engines/index.js';
import { Pool } from 'pg';
import { newTraceparent } from '../../apps/portal/src/trace.js';
import { validInput } from '../e2e/support/inputs.js';
import { fillTeam, openCase, OFFICERS, peopleOf } from '../e2e/support/people.js';
import { ask, removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import { openTestDatabase } from '../support/database.js';
import { otlpReceiver } from '../support/otlp-receiver.js';
import { freePort, metricsIn, scrape, sum } from '../support/scrape.js';

const feeds = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;
const users = Object.fromEntries(feeds.readers.map((user) => [user, `secret-of-${user}`]));
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

describe('the single process carries its facts to the feeds', () => {
  const dataFolder = temporaryFolder();
  let cluster: KafkaCluster;
  let product: Standalone | undefined;
  let env: Record<string, string>;
  beforeAll(async () => {
    cluster = await startKafka({ users });
    const admin = new Kafka({ ...cluster.connection(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await prepareTopics(admin, feeds);
    await admin.disconnect();
    const { brokers } = cluster.connection(feeds.relay);
    env = { KAFKA_URL: `kafka://${feeds.relay}:${users[feeds.relay]}@${(brokers as string[]).join(',')}` };
  });
  afterAll(async () => {
    await product?.kill();
    await cluster?.stop();
    removeFolder(dataFolder);
  });

  /** What a service finds on its feed, with its own credentials, until it has `enough`. */
  const heard = async (
    service: string,
    enough: (messages: readonly Message[]) => boolean,
    as = service,
  ): Promise<readonly Message[]> => {
    const all: Message[] = [];
    const stop = new AbortController();
    const feed = kafkaFeed({ connection: cluster.connection(as), codec: cloudEvents(), log: quiet });
    try {
      await feed.follow(
        service,
        undefined,
        async (messages) => {
          all.push(...messages);
          if (enough(all)) stop.abort();
        },
        stop.signal,
      );
      return all;
    } finally {
      await feed.close();
    }
  };
  const of = (caseId: string) => (messages: readonly Message[]) =>
    messages.filter(({ stream }) => stream === `case-${caseId}`);
  const isAccess = ({ stream }: Message) => stream.startsWith('access-');
  const revisions = (messages: readonly Message[]) =>
    [...new Set(messages.map(({ revision }) => revision))].sort((a, b) => a - b);

  it('every service finds every revision of a case on its own feed, and what it may know, also after kill -9', async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'], env });
    const people = peopleOf(product);
    const { caseId } = await openCase(people, { summary: 'Palabras inventadas que nadie debe leer.' });
    await fillTeam(people, caseId);
    for (let i = 0; i < 5; i++)
      await people.done(OFFICERS.HEALTH, 'recordRetelling', { caseId, input: validInput('recordRetelling') });
    // Whoever looks leaves a record, which oversight alone is told of.
    await people.read(OFFICERS.HEALTH, 'query ($caseId: ID!) { case(caseId: $caseId) { folio } }', { caseId });
    await product.kill();
    product = await startStandalone(dataFolder, { env });
    const { revision } = await peopleOf(product).done(OFFICERS.PROSECUTOR, 'recordCourtOrder', {
      caseId,
      input: validInput('recordCourtOrder'),
    });
    const whole = Array.from({ length: revision! + 1 }, (_, at) => at);
    const complete = (messages: readonly Message[]) => revisions(of(caseId)(messages)).includes(revision!);

    for (const service of SERVICES.filter((name) => name !== 'insights')) {
      // Partitions are read side by side: the record of who looked lies in another than the case.
      const messages = await heard(service, (all) => complete(all) && (service !== 'oversight' || all.some(isAccess)));
      expect([service, messages.filter(isUnreadable)]).toEqual([service, []]);
      expect([service, revisions(of(caseId)(messages))]).toEqual([service, whole]);
      expect(JSON.stringify(messages)).not.toContain('inventadas');
      expect([service, messages.some(isAccess)]).toEqual([service, service === 'oversight']);
    }
    const last = (messages: readonly Message[]) =>
      of(caseId)(messages).find((message) => message.revision === revision) as any;
    expect(last(await heard('prosecution', complete))).toMatchObject({ type: 'CourtOrderRecorded', withheld: false });
    expect(last(await heard('health', complete))).toMatchObject({ withheld: true });
  });

  it('R-719: the insights feed names no case', async () => {
    const { caseId } = await openCase(peopleOf(product!));
    const told = await heard('insights', (messages) => messages.filter(({ withheld }) => !withheld).length > 3);
    expect(JSON.stringify(told)).not.toContain(caseId);
    expect(told.every((message) => /^p[0-9a-f]{40}$/.test(message.caseId))).toBe(true);
  });

  it('one trace: the page’s request, its command and append, the relay, and the consumer and projection of a service', async () => {
    await product!.stop();
    const collector = await otlpReceiver();
    const metricsPort = await freePort();
    product = await startStandalone(dataFolder, {
      env: { ...env, METRICS_PORT: String(metricsPort), OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint },
    });
    const people = peopleOf(product);
    const database = await openTestDatabase();
    const pool = new Pool({ connectionString: database.url, max: 4 });
    pool.on('error', () => {});
    // A service of its own, as it will be composed: the same libs around its feed and its projections.
    const telemetry = await openTelemetry({
      otlpEndpoint: collector.endpoint,
      serviceName: 'resguardo-prosecution',
      names: { capabilities: [], followers: ['heard'], operations: [] },
      onTrouble: (what) => {
        throw new Error(`${what} were not delivered`);
      },
    });
    const feed = kafkaFeed({
      connection: cluster.connection('prosecution'),
      codec: cloudEvents(),
      log: quiet,
      around: telemetry.consumed!,
    });
    const projection = rowPerFact({ name: 'heard', version: 1, row: ({ type }) => ({ type }) });
    const runner = await runProjection({ pool, feed, reader: 'prosecution', projection, around: telemetry.batch! });
    const { caseId } = await openCase(people);
    await fillTeam(people, caseId);
    const [traceparent, command] = [newTraceparent(), 'recordCourtOrder'];
    const { data } = await ask(
      product.url,
      await people.token(OFFICERS.PROSECUTOR),
      mutationDocument(command, allCommands[command]!),
      { commandId: randomUUID(), occurredAt: new Date().toISOString(), caseId, input: validInput(command) },
      { traceparent },
    );
    expect(data.result.__typename).toBe('Accepted');
    const [, traceId, browser] = traceparent.split('-');
    const spans = await collector.trace(traceId!, [
      'mutation RecordCourtOrder',
      'relay',
      'consume',
      'follow heard',
      'follow timeline_entries',
    ]);
    const of = (name: string) => spans.find((span) => span.name === name)!;
    expect(of('mutation RecordCourtOrder')).toMatchObject({ parentSpanId: browser, service: 'resguardo' });
    expect(of(`command ${command}`)).toMatchObject({ parentSpanId: of('mutation RecordCourtOrder').spanId });
    const append = spans.find(
      ({ name, parentSpanId }) => name === 'append' && parentSpanId === of(`command ${command}`).spanId,
    )!;
    for (const [name, kind, service] of [
      ['relay', 4, 'resguardo'],
      ['consume', 5, 'resguardo-prosecution'],
      ['follow heard', 1, 'resguardo-prosecution'],
      ['follow timeline_entries', 1, 'resguardo'],
    ] as const)
      expect(of(name)).toMatchObject({ parentSpanId: append.spanId, kind, service });
    expect(collector.bodies.join()).not.toContain(caseId);

    // what insights is told has no trace, or its pseudonyms could be matched with the other feeds.
    const told = await heard('insights', (messages) => messages.filter(({ withheld }) => !withheld).length > 3);
    expect(JSON.stringify(told)).not.toContain('traceparent');

    const refused = await people.say(OFFICERS.PROSECUTOR, 'planInterview', {
      caseId,
      input: validInput('planInterview'),
    });
    expect(refused.__typename).toBe('Refused');
    const feedsKnown = (samples: Awaited<ReturnType<typeof scrape>>) =>
      samples.filter(({ name }) => name === 'resguardo_relay_lag_events').map(({ labels }) => labels['service']);
    let samples = await scrape(metricsPort);
    while (sum(samples, 'resguardo_relay_lag_events') > 0) samples = await scrape(metricsPort);
    expect(feedsKnown(samples).sort()).toEqual([...SERVICES].sort());
    const dashboard = JSON.parse(readFileSync('infra/grafana/resguardo.json', 'utf8')) as Parameters<
      typeof metricsIn
    >[0];
    const named = metricsIn(dashboard);
    expect(named).toContain('resguardo_relay_lag_seconds');
    const scraped = new Set(samples.map(({ name }) => name));
    expect(named.filter((name) => !scraped.has(name))).toEqual([]);

    await runner.stop();
    await feed.close();
    await telemetry.close();
    await pool.end();
    await database.close();
    await collector.close();
  });

  it('D4: a service reads its own feed and no other', async () => {
    const trouble: unknown[] = [];
    const stop = new AbortController();
    const feed = kafkaFeed({
      connection: cluster.connection('health'),
      codec: cloudEvents(),
      log: quiet,
      onTrouble: (error) => {
        trouble.push(error);
        stop.abort();
      },
    });
    await feed.follow('prosecution', undefined, () => Promise.reject(new Error('it read')), stop.signal);
    await feed.close();
    expect(trouble[0]).toBeInstanceOf(KafkaTrouble);
  });
});
