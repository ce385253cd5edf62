import { exchanges, NotSent } from '@resguardo/store-remote';
import type { ExecutionResult } from 'graphql';
import type { Logger } from 'pino';
import { asTold, outcomeUnknown, serviceAway } from './faults.js';

/** One question to one service. */
export interface Question {
  readonly service: string;
  /** Addresses of its replicas, in the order in which they are tried. */
  readonly urls: readonly string[];
  readonly token: string | undefined;
  /** The trace that the browser began, in its W3C form; anything else goes no further. */
  readonly traceparent?: string | undefined;
  readonly body: Readonly<{ query: string; operationName?: string | undefined; variables: object }>;
  /** Names of the root fields in the answer: they are null when none comes. */
  readonly keys: readonly string[];
  readonly mutation: boolean;
  readonly limitMs: number;
}

/** Not `fetch`, which takes four times the processor time of this, more than all else that forwarding an operation takes. */
const http = exchanges({ connectMs: 1_000, timeoutMs: 30_000, maxSockets: 1_000 });

/** Code of what went wrong, without its message: that holds addresses. */
const codeOf = (error: unknown): string => {
  const { name, cause = error } = error as { name?: string; cause?: unknown };
  // Of several addresses that were tried, the first says what is the matter.
  const inner = cause instanceof AggregateError ? (cause.errors[0] as unknown) : cause;
  const code = (inner as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : (name ?? 'Error');
};

const answerOf = (text: string): { data?: unknown; errors?: unknown } | undefined => {
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === 'object' && read !== null && ('data' in read || 'errors' in read) ? read : undefined;
  } catch {
    return undefined;
  }
};

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** No answer came; `unsent`: what was to be sent has reached nobody. */
interface Silence {
  readonly why: string;
  readonly unsent: boolean;
}

/** What came of asking one replica. */
const askOne = async (
  url: string,
  { token, traceparent, body, limitMs }: Question,
): Promise<ExecutionResult | Silence> => {
  try {
    // Followed nowhere: whoever answers for a service must not send the caller's token elsewhere.
    const { status, body: told } = await http.whole(
      {
        method: 'POST',
        url: new URL(`${url}/graphql`),
        headers: {
          'content-type': 'application/json',
          ...(token && { authorization: `Bearer ${token}` }),
          ...(traceparent && TRACEPARENT.test(traceparent) && { traceparent }),
        },
        body: Buffer.from(JSON.stringify(body)),
      },
      limitMs,
    );
    const answer = answerOf(told.toString());
    if (!answer) return { why: `HTTP ${status}`, unsent: false };
    const { data, errors } = answer;
    return {
      ...(data !== undefined && { data: data as Record<string, unknown> | null }),
      ...(Array.isArray(errors) && { errors: errors.map((error) => asTold(error, status)) }),
    };
  } catch (error) {
    return { why: codeOf(error), unsent: error instanceof NotSent };
  }
};

/**
 * Asks a service with the caller's token. Its own errors come as it told them; when no answer comes, or none that a service would give,
 * the fields are null and the error names it. Another replica is asked only when what was to be sent has reached nobody. Never rejects.
 */
export const ask = async (question: Question, log: Logger): Promise<ExecutionResult> => {
  const { service, urls, keys, mutation } = question;
  let unsent = true;
  for (const url of urls) {
    const answer = await askOne(url, question);
    if (!('why' in answer)) return answer;
    log.warn({ service, why: answer.why }, 'a service does not answer');
    ({ unsent } = answer);
    if (!unsent) break;
  }
  const fault = mutation && !unsent ? outcomeUnknown : serviceAway;
  return {
    data: Object.fromEntries(keys.map((key) => [key, null])),
    errors: keys.map((key) => fault(service, [key])),
  };
};
