import type { ClientRequest, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpAgent, request as overHttp } from 'node:http';
import { Agent as HttpsAgent, request as overHttps } from 'node:https';

/** The request never left: no connection came about. Another address may be asked. */
export class NotSent extends Error {
  constructor(cause: Error) {
    super('no connection', { cause });
    this.name = 'NotSent';
  }
}

/** No keeper answers with more. */
const MOST_BYTES = 256 * 1024 * 1024;

/** An idle connection is ended here, long before the other side does: what is sent while that ends it would be lost. */
const IDLE_MS = 30_000;

export interface Ask {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

/** Requests over connections that are kept. */
export const exchanges = ({
  connectMs,
  timeoutMs,
  maxSockets,
}: {
  readonly connectMs: number;
  readonly timeoutMs: number;
  readonly maxSockets: number;
}) => {
  const kept = { keepAlive: true, timeout: IDLE_MS, maxSockets, scheduling: 'lifo' } as const;
  const agents = { 'http:': new HttpAgent(kept), 'https:': new HttpsAgent(kept) };

  const send = ({ method, url, headers, body }: Ask, agent: boolean): ClientRequest => {
    const secure = url.protocol === 'https:';
    const options: RequestOptions = {
      method,
      headers: { ...headers, ...(body && { 'content-length': String(body.length) }) },
      agent: agent ? agents[secure ? 'https:' : 'http:'] : false,
    };
    return (secure ? overHttps : overHttp)(url, options);
  };

  /** The answer's head. @throws NotSent, or what broke the connection */
  const headOf = (request: ClientRequest, body: Buffer | undefined, stop?: AbortSignal): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      let connected = request.reusedSocket;
      const late = setTimeout(() => request.destroy(new Error(`no connection in ${connectMs} ms`)), connectMs);
      const ended = (): void => {
        clearTimeout(late);
        stop?.removeEventListener('abort', abandon);
      };
      const abandon = (): void => void request.destroy(new Error('stopped'));
      stop?.addEventListener('abort', abandon);
      if (stop?.aborted) abandon();
      request.on('socket', (socket) => {
        const ready = (): void => {
          connected = true;
          clearTimeout(late);
        };
        if (socket.connecting) socket.once('connect', ready);
        else ready();
      });
      request.once('response', (response) => {
        ended();
        resolve(response);
      });
      request.on('error', (error) => {
        ended();
        reject(connected ? error : new NotSent(error));
      });
      request.end(body);
    });

  const contentOf = async (response: IncomingMessage): Promise<Buffer> => {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of response as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MOST_BYTES) throw new Error('the answer does not end');
      parts.push(part);
    }
    return Buffer.concat(parts);
  };

  return {
    /** One request and its whole answer, within the time-out. @throws NotSent, or what broke the connection */
    async whole(ask: Ask, limitMs = timeoutMs): Promise<{ readonly status: number; readonly body: Buffer }> {
      const request = send(ask, true);
      const late = setTimeout(() => request.destroy(new Error(`no answer in ${limitMs} ms`)), limitMs);
      try {
        const response = await headOf(request, ask.body);
        return { status: response.statusCode ?? 0, body: await contentOf(response) };
      } finally {
        clearTimeout(late);
      }
    },

    /** An answer that goes on until somebody stops, on a connection of its own; ends when nothing comes for `idleMs`. */
    async lasting(
      ask: Ask,
      idleMs: number,
      stop: AbortSignal,
    ): Promise<{ readonly status: number; lines(): AsyncGenerator<string>; body(): Promise<Buffer>; end(): void }> {
      const request = send(ask, false);
      request.setTimeout(idleMs, () => request.destroy(new Error(`nothing came for ${idleMs} ms`)));
      const response = await headOf(request, ask.body, stop);
      const end = (): void => void request.destroy();
      stop.addEventListener('abort', end, { once: true });
      return {
        status: response.statusCode ?? 0,
        lines: async function* () {
          response.setEncoding('utf8');
          let rest = '';
          for await (const part of response as AsyncIterable<string>) {
            const lines = (rest + part).split('\n');
            rest = lines.pop() ?? '';
            yield* lines;
          }
        },
        body: () => contentOf(response),
        end: () => {
          stop.removeEventListener('abort', end);
          end();
        },
      };
    },

    close(): void {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
};
export type Exchanges = ReturnType<typeof exchanges>;
