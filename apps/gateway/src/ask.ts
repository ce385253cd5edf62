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

/** No connection was made: what was to be sent has reached nobody. */
const UNSENT = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** Code of what went wrong, without its message: that holds addresses. */
const codeOf = (error: unknown): string => {
  const { name, cause } = error as { name?: string; cause?: unknown };
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

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** What came of asking one replica: an answer, or the code of what went wrong. */
const askOne = async (
  url: string,
  { token, traceparent, body, limitMs }: Question,
): Promise<ExecutionResult | string> => {
  try {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(token && { authorization: `Bearer ${token}` }),
        ...(traceparent && TRACEPARENT.test(traceparent) && { traceparent }),
      },
      body: JSON.stringify(body),
      // Whoever answers for a service must not send the caller's token elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(limitMs),
    });
    const answer = answerOf(await response.text());
    if (!answer) return `HTTP ${response.status}`;
    const { data, errors } = answer;
    return {
      ...(data !== undefined && { data: data as Record<string, unknown> | null }),
      ...(Array.isArray(errors) && { errors: errors.map((error) => asTold(error, response.status)) }),
    };
  } catch (error) {
    return codeOf(error);
  }
};

/**
 * Asks a service with the caller's token. Its own errors come as it told them; when no answer comes, or none that a service would give,
 * the fields are null and the error names it. Another replica is asked only when what was to be sent has reached nobody. Never rejects.
 */
export const ask = async (question: Question, log: Logger): Promise<ExecutionResult> => {
  const { service, urls, keys, mutation } = question;
  let why = '';
  for (const url of urls) {
    const answer = await askOne(url, question);
    if (typeof answer !== 'string') return answer;
    why = answer;
    log.warn({ service, why }, 'a service does not answer');
    if (!UNSENT.includes(why)) break;
  }
  const fault = mutation && !UNSENT.includes(why) ? outcomeUnknown : serviceAway;
  return {
    data: Object.fromEntries(keys.map((key) => [key, null])),
    errors: keys.map((key) => fault(service, [key])),
  };
};
