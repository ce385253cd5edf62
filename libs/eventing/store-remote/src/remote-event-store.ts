import { setTimeout as delay } from 'node:timers/promises';
import type { EventStore, Expected, NewEvent } from '@resguardo/eventing';
import { RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import { z } from 'zod';
import type { Ask } from './exchange.js';
import { exchanges, NotSent } from './exchange.js';
import type { ServiceSigner } from './service-credentials.js';
import type { AppendAnswer, FollowLine, Problem, ReadAnswer, RefusalCode, Statement } from './wire.js';
import { CALLS_PATH, EVENTS_PATH, pathOfStream, REFUSALS, SERVICE_HEADER } from './wire.js';

/** For whom this service asks: the caller's own token while it is at hand, else whom the service had verified (D11). */
export type OnBehalf = { readonly token: string } | { readonly statement: Statement };

/** The keeper said no, and will say so again: nothing was kept, and this is no conflict. */
export class KeeperRefused extends Error {
  constructor(
    readonly code: Exclude<RefusalCode, 'conflict'>,
    /** Which parts of the request, where the keeper names them. */
    readonly errors: readonly Problem[] = [],
    /** Fact types that this service may not write. */
    readonly types: readonly string[] = [],
  ) {
    const named = [...types, ...errors.map(({ path, problem }) => `${path} ${problem}`)];
    super(`the keeper refused: ${code}${named.length > 0 ? ` (${named.join(', ')})` : ''}`);
    this.name = 'KeeperRefused';
  }
}

export interface RemoteEventStoreOptions {
  /** The replicas, each with the path at which it answers. The first that answers is asked until it does not any more. */
  readonly addresses: readonly string[];
  readonly sign: ServiceSigner;
  /** Who speaks now; undefined when nobody does: then nothing is read or written. */
  readonly onBehalf: () => OnBehalf | undefined;
  /** How long an answer may take, in milliseconds. The outcome of an append that takes longer is unknown. */
  readonly timeoutMs?: number;
  readonly connectMs?: number;
  /** How long a followed keeper may be silent. */
  readonly idleMs?: number;
  /** Connections to one replica. */
  readonly maxSockets?: number;
  /** W3C trace context of what runs now, while somebody traces: the keeper joins it. */
  readonly traceparent?: () => string | undefined;
  /** Told of what a follower bears: it tries again, for ever. */
  readonly trouble?: (error: Error) => void;
}

export interface RemoteEventStore extends EventStore {
  /** `warrant`: proof of what was decided, where the keeper asks for it. */
  append(
    stream: string,
    events: readonly NewEvent[],
    expected: Expected,
    warrant?: string,
  ): ReturnType<EventStore['append']>;
  /** Asks the service to do something (`Call`). Sent again only when it is certain that it did not arrive. @param limitMs for the answer, if not as for all others @throws StoreUnavailable, KeeperRefused */
  call(name: string, said: object, limitMs?: number): Promise<unknown>;
  /** Ends the connections that wait. Followers should have been stopped before. */
  close(): void;
}

const Read = z.object({ revision: z.number().int().min(-1), events: z.array(z.any()) });
const Appended = z.object({ revision: z.number().int().min(0), position: z.string() });
/** Each call's own shape is looked at by who called. */
const Anything = z.unknown();
const Refusal = z.object({
  error: z.string(),
  actual: z.number().optional(),
  errors: z.array(z.object({ path: z.string(), problem: z.string() })).optional(),
  types: z.array(z.string()).optional(),
});

const NOTHING = Buffer.alloc(0);
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/** What the reader of a follower rejected with, told apart from what the network did. */
class ReaderFailed extends Error {
  constructor(readonly reason: unknown) {
    super('the reader failed');
  }
}

/** The client half of `store-remote`: the port of the event store, answered by the keeper over HTTP. It chains and stamps nothing (D11). */
export const remoteEventStore = ({
  addresses,
  sign,
  onBehalf,
  timeoutMs = 5_000,
  connectMs = 1_000,
  idleMs = 30_000,
  maxSockets = 64,
  traceparent = () => undefined,
  trouble = () => {},
}: RemoteEventStoreOptions): RemoteEventStore => {
  if (addresses.length === 0) throw new RangeError('a keeper has at least one address');
  const http = exchanges({ connectMs, timeoutMs, maxSockets });
  let at = 0;
  const address = (): string => addresses[at % addresses.length]!;
  /** Leaves a replica, unless another request has left it already. */
  const leave = (left: string): void => {
    if (address() === left) at++;
  };

  const asked = async (
    base: string,
    method: Ask['method'],
    path: string,
    body?: Buffer,
    by?: OnBehalf,
  ): Promise<Ask> => {
    const url = new URL(base + path);
    const token = by && 'token' in by ? by.token : undefined;
    const statement = by && 'statement' in by ? by.statement : undefined;
    const trace = traceparent();
    const request = {
      method,
      path: url.pathname + url.search,
      body: body ?? NOTHING,
      ...(token !== undefined && { token }),
    };
    return {
      method,
      url,
      headers: {
        [SERVICE_HEADER]: await sign(request, statement),
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body && { 'content-type': 'application/json' }),
        ...(trace !== undefined && { traceparent: trace }),
      },
      ...(body && { body }),
    };
  };

  /** Asks one replica after the other, as long as it is certain that nothing was done. */
  const ask = async <T>(
    method: Ask['method'],
    path: string,
    shape: z.ZodType<T>,
    conflict: (actual?: number) => Error,
    body?: Buffer,
    limitMs?: number,
  ): Promise<T> => {
    const by = onBehalf();
    if (!by) throw new Error('The keeper is asked on behalf of nobody');
    let lost: unknown;
    for (let tried = 0; tried < addresses.length; tried++) {
      const base = address();
      try {
        const answer = await http.whole(await asked(base, method, path, body, by), limitMs);
        return outcome(answer, shape, conflict);
      } catch (error) {
        if (error instanceof KeeperRefused || error instanceof RevisionConflict) throw error;
        leave(base);
        lost = error;
        // A reading harms nobody when it is done twice; an append that may have arrived is for the caller to look into.
        if (!(error instanceof NotSent || error instanceof Stopping) && method !== 'GET') break;
      }
    }
    throw new StoreUnavailable(`the keeper did not answer: ${(lost as Error).message}`, { cause: lost });
  };

  const lines = async function* (from: string | undefined, limit: number | undefined, stop: AbortSignal) {
    const base = address();
    const query = new URLSearchParams({
      ...(from !== undefined && { after: from }),
      ...(limit !== undefined && { limit: String(limit) }),
    });
    const answer = await http
      .lasting(await asked(base, 'GET', `${EVENTS_PATH}?${query}`), idleMs, stop)
      .catch((error: unknown) => {
        leave(base);
        throw error;
      });
    try {
      if (answer.status !== 200) {
        leave(base);
        outcome({ status: answer.status, body: await answer.body() }, Read, () => new Error('no conflict is possible'));
      }
      for await (const line of answer.lines()) yield JSON.parse(line) as FollowLine;
    } finally {
      answer.end();
    }
  };

  return {
    read: (stream, from = 0) =>
      ask<ReadAnswer>(
        'GET',
        `${pathOfStream(stream)}?from=${Math.max(from, 0)}`,
        Read,
        () => new Error('a reading cannot conflict'),
      ),

    async append(stream, events, expected: Expected, warrant) {
      if (events.length === 0) throw new RangeError('nothing to append');
      const body = Buffer.from(JSON.stringify({ expected, events, ...(warrant !== undefined && { warrant }) }));
      return ask<AppendAnswer>(
        'POST',
        pathOfStream(stream),
        Appended,
        (actual) => new RevisionConflict(stream, expected, actual),
        body,
      );
    },

    /** As the port promises, with one exception: rejects with KeeperRefused where this service may not follow. */
    async follow(from, each, stop, limit) {
      let last = from;
      let pause = FIRST_PAUSE_MS;
      while (!stop.aborted) {
        try {
          for await (const { events = [], upTo } of lines(last, limit, stop)) {
            if (stop.aborted) return;
            if (events.length > 0)
              await each(events).catch((reason: unknown) => {
                throw new ReaderFailed(reason);
              });
            last = upTo ?? last;
            pause = FIRST_PAUSE_MS;
          }
        } catch (error) {
          if (error instanceof ReaderFailed) throw error.reason;
          if (error instanceof KeeperRefused && error.code === 'may-not-follow') throw error;
          if (!stop.aborted) trouble(error as Error);
        }
        await delay(pause, undefined, { signal: stop }).catch(() => undefined);
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
      }
    },

    call: (name, said, limitMs) =>
      ask(
        'POST',
        `${CALLS_PATH}/${name}`,
        Anything,
        (actual) => new RevisionConflict(name, 'any', actual),
        Buffer.from(JSON.stringify(said)),
        limitMs,
      ),

    close: () => http.close(),
  };
};

/** It answered, and not what was asked for. */
class Failed extends Error {}

/** Nobody answered: no replica is there, or what was there broke off. Not: one that said that it failed. */
export const isAway = (error: unknown): boolean =>
  error instanceof StoreUnavailable && !(error.cause instanceof Failed);

/** This replica is about to end; nothing was done. */
class Stopping extends Error {}

const outcome = <T>(
  { status, body }: { readonly status: number; readonly body: Buffer },
  shape: z.ZodType<T>,
  conflict: (actual?: number) => Error,
): T => {
  const said = parsed(body);
  if (status === 200) {
    const { data, error } = shape.safeParse(said);
    if (error) throw new Error('the keeper answered something else than a keeper does');
    return data;
  }
  const { data } = Refusal.safeParse(said);
  if (data?.error === 'stopping') throw new Stopping('the keeper is stopping');
  if (data?.error === 'unavailable') throw new Error('the event store does not answer the keeper');
  if (data?.error === 'conflict') throw conflict(data.actual);
  if (data && isRefusalCode(data.error)) throw new KeeperRefused(data.error, data.errors, data.types);
  throw new Failed(`the keeper answered ${status} ${data?.error ?? ''}`.trim());
};

const isRefusalCode = (code: string): code is Exclude<RefusalCode, 'conflict'> =>
  code !== 'conflict' && Object.hasOwn(REFUSALS, code);

const parsed = (body: Buffer): unknown => {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
};
