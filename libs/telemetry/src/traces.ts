import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Attributes,
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { within } from './followers.js';
import type { Label, Words } from './words.js';

export interface TracesOptions {
  /** Where a collector takes OTLP over HTTP, without `/v1/traces`. What it needs to be let in is in `OTEL_EXPORTER_OTLP_HEADERS`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly words: Words;
  /** Told when spans could not be sent; they are lost, the product goes on. */
  readonly onTrouble: () => void;
}

type Said = Partial<Record<Label, string | undefined>> & { readonly messages?: number };

export interface About {
  readonly kind?: SpanKind;
  readonly said?: Said;
  /** Which of the things said is part of the span's name. */
  readonly named?: Label;
}

/** What a fact carries of its trace. */
export interface Caused {
  readonly traceparent?: string | undefined;
  readonly recordedAt?: string | undefined;
}

export interface Traces {
  /** W3C trace context of what runs now; undefined when it is not recorded. */
  traceparent(): string | undefined;
  /** For log lines. */
  ids(): { readonly trace_id: string; readonly span_id: string } | undefined;
  /** What `work` does, and what it says of itself, belongs to the span; `from`: a trace context to join instead of what runs now. */
  span<Result>(
    what: string,
    about: About & { readonly from?: string | undefined },
    work: (say: (said: Said) => void) => Promise<Result>,
  ): Promise<Result>;
  /** Work on facts of many requests at once: each of their traces gets a span of it. */
  joined<Result>(what: string, about: About, causes: readonly Caused[], work: () => Promise<Result>): Promise<Result>;
  /** Express middleware around one GraphQL request, after its body was read. */
  request(request: IncomingMessage & { body?: unknown }, response: ServerResponse, next: () => void): void;
  /** Sends what waits, for a few seconds at most, and ends. */
  close(): Promise<void>;
}

const ATTRIBUTE: Readonly<Partial<Record<string, string>>> = {
  operation: 'graphql.operation.name',
  type: 'graphql.operation.type',
};
/** A rebuild passes over facts of long ago: nobody looks at the traces of those requests any more. */
const FRESH_MS = 3_600_000;
/** How long a collector may take for a batch before it counts as away, and how long the end waits for it (milliseconds). */
const SEND_MS = 2_500;
const CLOSE_MS = 3_000;
/** Traces that one batch joins at most. */
const JOINED = 64;

const written = ({ traceId, spanId }: SpanContext): string => `00-${traceId}-${spanId}-01`;
const isSampled = ({ traceFlags }: SpanContext): boolean => (traceFlags & TraceFlags.SAMPLED) !== 0;

const contextOf = (traceparent: string | undefined): Context | undefined => {
  const parent = traceparent === undefined ? null : parseTraceParent(traceparent);
  return parent ? trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) : undefined;
};

/** Spans over OTLP. They hold closed words and counts; no variable, no id, no message of an error. */
export const otlpTraces = ({ endpoint, serviceName, words, onTrouble }: TracesOptions): Traces => {
  // What the library says may hold addresses and answers of the collector: that there is trouble is enough.
  diag.setLogger(
    { error: onTrouble, warn: onTrouble, info: () => {}, debug: () => {}, verbose: () => {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: SEND_MS });
  const provider = new TracerProvider({
    // No detectors: they would tell user names and paths of the machine.
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: 1_000 })],
  });
  const tracer = provider.getTracer('resguardo');
  const running = new AsyncLocalStorage<Context>();

  const attributesOf = ({ messages, ...said }: Said): Attributes => ({
    ...(messages !== undefined && { 'resguardo.messages': messages }),
    ...Object.fromEntries(
      Object.entries(said)
        .filter(([, value]) => value !== undefined)
        .map(([label, value]) => [ATTRIBUTE[label] ?? `resguardo.${label}`, words(label as Label, value)]),
    ),
  });
  const nameOf = (what: string, { said, named }: About): string =>
    named ? `${what} ${words(named, said?.[named])}` : what;
  const started = (what: string, about: About, parent: Context): Span => {
    const { kind = SpanKind.INTERNAL, said = {} } = about;
    return tracer.startSpan(nameOf(what, about), { kind, attributes: attributesOf(said) }, parent);
  };
  const now = (): SpanContext | undefined => {
    const found = trace.getSpanContext(running.getStore() ?? ROOT_CONTEXT);
    return found && isSampled(found) ? found : undefined;
  };
  const failed = (span: Span): void => void span.setStatus({ code: SpanStatusCode.ERROR });

  return {
    traceparent: () => {
      const found = now();
      return found && written(found);
    },
    ids: () => {
      const found = now();
      return found && { trace_id: found.traceId, span_id: found.spanId };
    },
    span: async (what, about, work) => {
      const parent = contextOf(about.from) ?? running.getStore() ?? ROOT_CONTEXT;
      const span = started(what, about, parent);
      try {
        return await running.run(trace.setSpan(parent, span), () =>
          work((more) => void span.setAttributes(attributesOf(more))),
        );
      } catch (error) {
        failed(span);
        throw error;
      } finally {
        span.end();
      }
    },
    joined: async (what, about, causes, work) => {
      const since = new Date(Date.now() - FRESH_MS).toISOString();
      const parents = new Set<string>();
      for (const { traceparent, recordedAt = since } of causes)
        if (traceparent !== undefined && recordedAt >= since && parents.size < JOINED) parents.add(traceparent);
      const spans = [...parents].flatMap((parent) => {
        const context = contextOf(parent);
        return context ? [started(what, about, context)] : [];
      });
      try {
        return await work();
      } catch (error) {
        spans.forEach(failed);
        throw error;
      } finally {
        for (const span of spans) span.end();
      }
    },
    request: (request, response, next) => {
      const { type, operation } = asked(request.body, words);
      const header = request.headers['traceparent'];
      const parent = contextOf(typeof header === 'string' ? header : undefined) ?? ROOT_CONTEXT;
      const span = tracer.startSpan(
        `${type} ${operation}`,
        {
          kind: SpanKind.SERVER,
          attributes: { ...attributesOf({ type, operation }), 'http.request.method': 'POST' },
        },
        parent,
      );
      response.once('close', () => {
        span.setAttribute('http.response.status_code', response.statusCode);
        if (response.statusCode >= 500) failed(span);
        span.end();
      });
      running.run(trace.setSpan(parent, span), next);
    },
    // A collector that is away must not hold up the end.
    close: () => within(CLOSE_MS, provider.shutdown()).catch(onTrouble),
  };
};

/** What a request asks for, by the name of the registered document. */
const asked = (body: unknown, words: Words): { readonly type: string; readonly operation: string } => {
  const { query } = (body ?? {}) as { readonly query?: unknown };
  const text = typeof query === 'string' ? query.trimStart() : '';
  const [, type, operation] = /^(query|mutation)\b\s*(\w*)/.exec(text) ?? [];
  return { type: words('type', text.startsWith('{') ? 'query' : type), operation: words('operation', operation) };
};
