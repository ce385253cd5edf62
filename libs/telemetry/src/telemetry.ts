import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TokenRefusal } from '@resguardo/contracts';
import type { Around, EventStore, Message, RecordedEvent } from '@resguardo/eventing';
import { RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { Metrics, Watched } from './metrics.js';
import type { Caused, Traces } from './traces.js';
import { type OwnNames, words } from './words.js';

export interface TelemetryOptions {
  /** Where Prometheus scrapes; undefined: nothing is measured. */
  readonly metrics?: { readonly host: string; readonly port: number } | undefined;
  /** Where a collector takes OTLP over HTTP; undefined: nothing is traced, and no fact carries a trace context. */
  readonly otlpEndpoint?: string | undefined;
  readonly serviceName: string;
  readonly names: OwnNames;
  /** Told of what could not be served or sent; the product goes on. */
  readonly onTrouble: (what: 'metrics' | 'traces') => void;
}

export interface CommandHandled {
  readonly command: string;
  readonly capability: string;
  readonly by: 'person' | 'process';
}

interface Consumed {
  readonly reader: string;
  readonly messages: readonly Message[];
}

/** What goes around the work of the program. Undefined where there is nothing to observe: then nothing is put around it. */
export interface Telemetry {
  /** For the keeper, which writes it into each fact. */
  readonly traceparent?: (() => string | undefined) | undefined;
  /** What a log line says besides. */
  readonly logged?: (() => object) | undefined;
  readonly request?: ((request: IncomingMessage, response: ServerResponse, next: () => void) => void) | undefined;
  readonly command?: Around<CommandHandled> | undefined;
  /** A batch of a projection or process. */
  readonly batch?: Around<Consumed & { readonly follower: string }> | undefined;
  /** A process sends what follows from a fact. */
  readonly reaction?: Around<{ readonly process: string; readonly causedBy: Caused }> | undefined;
  /** An append that another service asks the keeper for, under the trace context that it brings. */
  readonly asked?: Around<Caused> | undefined;
  /** A batch on its way to the feeds. */
  readonly relayed?: Around<readonly RecordedEvent[]> | undefined;
  /** A batch that came over a feed. */
  readonly consumed?: Around<Consumed> | undefined;
  /** A token was not believed. */
  readonly tokenRefused: (why: TokenRefusal) => void;
  /** The same store, its appends observed; put it around the keeper. */
  store<Store extends EventStore>(store: Store): Store;
  /** From now on those are looked at when somebody scrapes. */
  watch(watched: Watched): void;
  close(): Promise<void>;
}

/** Nothing is observed. */
export const unobserved: Telemetry = {
  tokenRefused: () => {},
  store: (store) => store,
  watch: () => {},
  close: async () => {},
};

const causesOf = (messages: readonly Message[]): readonly Caused[] =>
  messages.map((message) => ('meta' in message ? message.meta : {}));

const outcomeOf = (error: unknown): string =>
  error instanceof RevisionConflict ? 'conflict' : error instanceof StoreUnavailable ? 'unavailable' : 'failed';

interface Answered {
  readonly kind: string;
  readonly refusal?: { readonly rule: string };
}

const aroundCommands =
  (traces: Traces | undefined, metrics: Metrics | undefined): Around<CommandHandled> =>
  (about, work) => {
    const measured = async (say?: (said: { outcome: string; rule?: string | undefined }) => void) => {
      const answered = (outcome: string, rule?: string) => {
        metrics?.commandAnswered(about, outcome, rule);
        say?.({ outcome, rule });
      };
      try {
        const answer = await work();
        const { kind, refusal } = answer as Answered;
        answered(kind, refusal?.rule);
        return answer;
      } catch (error) {
        answered('failed');
        throw error;
      }
    };
    return traces ? traces.span('command', { said: { ...about }, named: 'command' }, measured) : measured();
  };

const observedAppend =
  (append: EventStore['append'], traces: Traces | undefined, metrics: Metrics | undefined): EventStore['append'] =>
  (...appended) => {
    const measured = async (say?: (said: { outcome: string }) => void) => {
      const began = performance.now();
      const ended = (outcome: string) => {
        metrics?.appended((performance.now() - began) / 1000, outcome);
        say?.({ outcome });
      };
      try {
        const kept = await append(...appended);
        ended('kept');
        return kept;
      } catch (error) {
        ended(outcomeOf(error));
        throw error;
      }
    };
    return traces ? traces.span('append', { said: { messages: appended[1].length } }, measured) : measured();
  };

const tracing = (traces: Traces): Partial<Telemetry> => ({
  traceparent: traces.traceparent,
  logged: () => traces.ids() ?? {},
  request: traces.request,
  batch: ({ reader, follower, messages }, work) =>
    traces.joined(
      'follow',
      { said: { follower, service: reader, messages: messages.length }, named: 'follower' },
      causesOf(messages),
      work,
    ),
  reaction: ({ process, causedBy: { traceparent } }, work) =>
    traceparent === undefined
      ? work()
      : traces.span('react', { said: { follower: process }, named: 'follower', from: traceparent }, work),
  asked: ({ traceparent }, work) => traces.span('keep', { kind: SERVER, from: traceparent }, work),
  relayed: (events, work) =>
    traces.joined(
      'relay',
      { kind: PRODUCER, said: { messages: events.length } },
      events.map(({ meta }) => meta),
      work,
    ),
  consumed: ({ reader, messages }, work) =>
    traces.joined(
      'consume',
      { kind: CONSUMER, said: { service: reader, messages: messages.length } },
      causesOf(messages),
      work,
    ),
});

/** As OpenTelemetry numbers them; the library is loaded only when it is wanted. */
const SERVER = 1;
const PRODUCER = 3;
const CONSUMER = 4;

/** Opens what the configuration asks for, and loads nothing else. @throws when the port is taken */
export const openTelemetry = async (options: TelemetryOptions): Promise<Telemetry> => {
  const { otlpEndpoint: endpoint, serviceName, onTrouble } = options;
  if (!options.metrics && endpoint === undefined) return unobserved;
  const closed = words(options.names);
  let metrics: Metrics | undefined;
  let server: { close(): Promise<void> } | undefined;
  if (options.metrics) {
    const { prometheus, serveMetrics } = await import('./metrics.js');
    metrics = prometheus(closed, Date.now);
    server = await serveMetrics(metrics, options.metrics, () => onTrouble('metrics'));
  }
  const traces =
    endpoint === undefined
      ? undefined
      : (await import('./traces.js')).otlpTraces({
          endpoint,
          serviceName,
          words: closed,
          onTrouble: () => onTrouble('traces'),
        });
  return {
    ...(traces && tracing(traces)),
    command: aroundCommands(traces, metrics),
    tokenRefused: (why) => metrics?.tokenRefused(why),
    store: (store) => ({ ...store, append: observedAppend(store.append.bind(store), traces, metrics) }),
    watch: (watched) => metrics?.watch(watched),
    close: async () => {
      await server?.close();
      await traces?.close();
    },
  };
};
