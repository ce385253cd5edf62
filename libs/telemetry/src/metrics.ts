import { createServer } from 'node:http';
import { TOKEN_REFUSALS } from '@resguardo/contracts';
import type { Behind } from '@resguardo/eventing';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { type Follower, secondsSince, statesOf, within } from './followers.js';
import type { Label, Words } from './words.js';

/** What is looked at when somebody scrapes. */
export interface Watched {
  readonly followers: readonly Follower[];
  /** How far each feed is; empty while another process relays. */
  readonly feeds: () => ReadonlyMap<string, () => Promise<Behind>>;
  /** Connections to the database, by name of the pool. */
  readonly pools: Readonly<Record<string, { totalCount: number; idleCount: number; waitingCount: number }>>;
}

export interface Metrics {
  commandAnswered(about: { command: string; capability: string; by: string }, outcome: string, rule?: string): void;
  appended(seconds: number, outcome: string): void;
  tokenRefused(why: string): void;
  watch(watched: Watched): void;
  /** In the text format of Prometheus. */
  text(): Promise<string>;
  readonly contentType: string;
}

const PATIENCE_MS = 5_000;
const APPEND_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Everything in a registry of its own. Labels say closed words only. */
export const prometheus = (words: Words, now: () => number): Metrics => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const say = (labels: Partial<Record<Label, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, words(label as Label, value)]));
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Gauge({ name: `resguardo_${name}`, help, labelNames, registers });

  const append = new Histogram({
    name: 'resguardo_append_duration_seconds',
    help: 'How long an append took, waiting for its turn included.',
    labelNames: ['outcome'],
    buckets: APPEND_SECONDS,
    registers,
  });
  const commands = new Counter({
    name: 'resguardo_commands_total',
    help: 'Commands by what they were answered.',
    labelNames: ['capability', 'command', 'by', 'outcome'],
    registers,
  });
  const refusals = new Counter({
    name: 'resguardo_refusals_total',
    help: 'Refused commands by the rule that refused them.',
    labelNames: ['rule'],
    registers,
  });
  const tokens = new Counter({
    name: 'resguardo_refused_tokens_total',
    help: 'Tokens that were not believed, by the reason.',
    labelNames: ['reason'],
    registers,
  });
  // There from the start: the first of a kind would be no increase otherwise.
  for (const reason of TOKEN_REFUSALS) tokens.inc(say({ reason }), 0);
  const failures = new Counter({
    name: 'resguardo_scrape_failures_total',
    help: 'Scrapes in which the database or the event store did not say how far the followers are.',
    registers,
  });
  const follower = ['follower', 'kind', 'service'] as const;
  const lagEvents = gauge('follower_lag_events', 'Events that a follower has not handled yet.', follower);
  const lagSeconds = gauge('follower_lag_seconds', 'For how long the first of them has been waiting.', follower);
  const parked = gauge(
    'parked_cases',
    'Cases that stand still in a follower since a fact could not be applied.',
    follower,
  );
  const relayEvents = gauge('relay_lag_events', 'Events that a feed has not acknowledged yet.', ['service']);
  const relaySeconds = gauge('relay_lag_seconds', 'For how long the first of them has been waiting.', ['service']);
  const pool = gauge('database_pool_connections', 'Connections to the database; waiting: callers without one.', [
    'pool',
    'state',
  ]);
  let watched: Watched | undefined;

  const lookAtFollowers = async ({ followers, feeds }: Watched): Promise<void> => {
    const [states, relayed] = await within(
      PATIENCE_MS,
      Promise.all([
        statesOf(followers, now),
        Promise.all([...feeds()].map(async ([feed, behind]) => [feed, await behind()] as const)),
      ]),
    );
    for (const one of [lagEvents, lagSeconds, parked, relayEvents, relaySeconds]) one.reset();
    for (const { name, kind, service, events, seconds, parked: cases } of states) {
      const labels = say({ follower: name, kind, service });
      lagEvents.set(labels, events);
      lagSeconds.set(labels, seconds);
      parked.set(labels, cases);
    }
    for (const [feed, { events, since }] of relayed) {
      relayEvents.set(say({ service: feed }), events);
      relaySeconds.set(say({ service: feed }), secondsSince(since, now()));
    }
  };

  return {
    commandAnswered: (about, outcome, rule) => {
      commands.inc(say({ ...about, outcome }));
      if (rule !== undefined) refusals.inc(say({ rule }));
    },
    appended: (seconds, outcome) => append.observe(say({ outcome }), seconds),
    tokenRefused: (reason) => tokens.inc(say({ reason })),
    watch: (what) => (watched = what),
    text: async () => {
      if (watched) {
        // What is not known is not told: an old figure would look like a good one.
        await lookAtFollowers(watched).catch(() => {
          for (const one of [lagEvents, lagSeconds, parked, relayEvents, relaySeconds]) one.reset();
          failures.inc();
        });
        for (const [name, { totalCount, idleCount, waitingCount }] of Object.entries(watched.pools)) {
          pool.set({ pool: name, state: 'open' }, totalCount);
          pool.set({ pool: name, state: 'idle' }, idleCount);
          pool.set({ pool: name, state: 'waiting' }, waitingCount);
        }
      }
      return registry.metrics();
    },
    contentType: registry.contentType,
  };
};

/** Serves `GET /metrics` and nothing else, on a port of its own: the public one never answers it. @throws when the port is taken */
export const serveMetrics = async (
  { text, contentType }: Pick<Metrics, 'text' | 'contentType'>,
  { host, port }: { readonly host: string; readonly port: number },
  onTrouble: (error: unknown) => void,
): Promise<{ close(): Promise<void> }> => {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    text().then(
      (body) => response.writeHead(200, { 'content-type': contentType }).end(body),
      (error: unknown) => {
        onTrouble(error);
        response.writeHead(500).end();
      },
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      failed(
        error.code === 'EADDRINUSE' ? new Error(`port ${port} is taken; choose another with METRICS_PORT`) : error,
      ),
    );
    server.listen(port, host, listening);
  });
  return {
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};
