import { createServer } from 'node:http';

/** A span as it came: ids in hexadecimal, attributes by name. */
export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly kind: number;
  readonly service: string;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly failed: boolean;
}

interface Value {
  readonly stringValue?: string;
  readonly intValue?: number | string;
}
interface Attributed {
  readonly attributes?: readonly { readonly key: string; readonly value: Value }[];
}
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: Attributed;
    readonly scopeSpans: readonly {
      readonly spans: readonly (Omit<ReceivedSpan, 'attributes' | 'failed'> &
        Attributed & { readonly status?: { readonly code?: number } })[];
    }[];
  }[];
}

const named = ({ attributes = [] }: Attributed): Record<string, string | number> =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? Number(value.intValue)]));

/** Takes OTLP over HTTP as JSON, as a collector does, and remembers everything. */
export const otlpReceiver = async () => {
  const bodies: string[] = [];
  const passes: (string | undefined)[] = [];
  const spans: ReceivedSpan[] = [];
  const watchers = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (request.method !== 'POST' || request.url !== '/v1/traces') return void response.writeHead(404).end();
      const body = Buffer.concat(chunks).toString('utf8');
      bodies.push(body);
      passes.push(request.headers.authorization);
      for (const { resource, scopeSpans } of (JSON.parse(body) as Export).resourceSpans)
        for (const { spans: came } of scopeSpans)
          for (const { traceId, spanId, parentSpanId, name, kind, status, ...rest } of came)
            spans.push({
              ...{ traceId, spanId, name, kind },
              ...(parentSpanId && { parentSpanId }),
              service: String(named(resource)['service.name']),
              attributes: named(rest),
              failed: status?.code === 2,
            });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      for (const watcher of [...watchers]) watcher();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as { port: number };
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans: spans as readonly ReceivedSpan[],
    /** What was sent, as it was sent. */
    bodies: bodies as readonly string[],
    /** `authorization` of each. */
    passes: passes as readonly (string | undefined)[],
    /** The spans of a trace, once there is one of each of these names. */
    trace: (traceId: string, names: readonly string[]): Promise<readonly ReceivedSpan[]> =>
      new Promise((resolve) => {
        const look = () => {
          const found = spans.filter((span) => span.traceId === traceId);
          if (!names.every((name) => found.some((span) => span.name === name))) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    close: () =>
      new Promise<void>((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
};
export type OtlpReceiver = Awaited<ReturnType<typeof otlpReceiver>>;
