import { once } from 'node:events';
import type { Around, EventStore, Keeper, NewEvent, RecordedEvent } from '@resguardo/eventing';
import { RevisionConflict, StoreUnavailable } from '@resguardo/eventing';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import express, { Router } from 'express';
import type { KeeperTable, Speaker } from './keeper-table.js';
import { IdTaken, recognisedAppend } from './recognised.js';
import type { KnownServiceKey, ServiceClaims } from './service-credentials.js';
import { isAbout, ServiceNotBelieved, serviceVerifier } from './service-credentials.js';
import type { AppendAnswer, AwayCode, FollowLine, Problem, ReadAnswer, RefusalCode, Statement } from './wire.js';
import { Append, AWAY, EVENTS_PATH, POSITION, REFUSALS, SERVICE_HEADER, STREAM } from './wire.js';

/** The part of `TokenVerifier` of identity that is used. Rejects with an error named `BadToken` when the token must not be believed. */
export interface CallerTokens {
  verify(token: string): Promise<{ readonly sub: string; readonly agency: string; readonly role: string }>;
}

/** What the keeper refused or could not do, for its log and its measures: codes and names, no content. */
export interface Trouble {
  readonly code: RefusalCode | AwayCode;
  readonly service?: string;
  readonly stream?: string;
  /** Actor of the caller, once verified. */
  readonly actor?: string;
  readonly why?: string;
  readonly cause?: unknown;
}

export interface KeeperServiceOptions {
  /** Chains and stamps; the one that this process appends with. */
  readonly keeper: Keeper;
  /** The store behind it: readers are given the true head, also when another replica moved it. */
  readonly store: Pick<EventStore, 'read' | 'follow'>;
  readonly table: KeeperTable;
  /** Name under which services address the keeper in what they sign; the same for all replicas. */
  readonly audience: string;
  readonly keys: () => readonly KnownServiceKey[];
  readonly tokens: CallerTokens;
  readonly trouble?: (trouble: Trouble) => void;
  readonly now?: () => number;
  /** Largest body of an append. */
  readonly maxBytes?: number;
  /** How long after the verification a service's statement is still taken: what lies in an outbox must get through. */
  readonly statementLifeMs?: number;
  /** How often a follower with nothing new is told that the keeper is still there. */
  readonly heartbeatMs?: number;
  /** Put around each append, with the W3C trace context that the service brings. */
  readonly around?: Around<{ readonly traceparent?: string }>;
}

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const SKEW_MS = 5 * 60_000;
const LIMIT = 500;

class Refused extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly details: object = {},
    readonly why?: string,
  ) {
    super(code);
  }
}
class Away extends Error {
  constructor(
    readonly code: AwayCode,
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }
}

interface Asking {
  readonly claims: ServiceClaims;
  readonly token?: string;
  speaker?: Speaker;
  stream?: string;
}

const bearerOf = ({ headers }: Request): string | undefined => {
  const said = headers.authorization;
  return said?.startsWith('Bearer ') ? said.slice(7) : undefined;
};

/**
 * The server half of `store-remote` (D11): read, append and, where the table allows it, follow, over HTTP. Mount it at a path of its own,
 * before anything that parses bodies. `stop` ends the followers and refuses what comes; requests under way are answered.
 */
export const keeperService = ({
  keeper,
  store,
  table,
  audience,
  keys,
  tokens,
  trouble = () => {},
  now = Date.now,
  maxBytes = 16 * MIB,
  statementLifeMs = 30 * DAY_MS,
  heartbeatMs = 10_000,
  around = (_, work) => work(),
}: KeeperServiceOptions): { readonly router: Router; stop(): void } => {
  const believed = serviceVerifier({ audience, keys, now });
  const append = recognisedAppend(store, keeper);
  const stopping = new AbortController();

  const asking = (res: Response): Asking => res.locals['asking'] as Asking;
  const serviceOf = (res: Response): string => asking(res).claims.iss;

  /** Before the body is read: a stranger uploads nothing. */
  const service: RequestHandler = async (req, res, next) => {
    if (stopping.signal.aborted) throw new Away('stopping');
    const token = bearerOf(req);
    const header = req.headers[SERVICE_HEADER];
    const claims = await believed(typeof header === 'string' ? header : undefined, {
      method: req.method,
      path: req.originalUrl,
    });
    res.locals['asking'] = { claims, ...(token !== undefined && { token }) } satisfies Asking;
    next();
  };

  const body = express.raw({ type: () => true, limit: maxBytes, inflate: false });

  const bound: RequestHandler = (req, res, next) => {
    const { claims, token } = asking(res);
    isAbout(claims, {
      body: Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0),
      ...(token !== undefined && { token }),
    });
    next();
  };

  const said = ({ actor, agency, role, verifiedAt, tokenId }: Statement): Speaker => {
    const at = Date.parse(verifiedAt);
    if (at > now() + SKEW_MS || at < now() - statementLifeMs)
      throw new Refused('caller-not-believed', {}, `stated as verified at ${verifiedAt}`);
    // A person was verified by a token; a process has none.
    if ((tokenId === undefined) !== actor.startsWith('process:'))
      throw new Refused('caller-not-believed', {}, 'a statement about a person names the token');
    return { actor, agency, role };
  };

  const shownToken = async (token: string): Promise<Speaker> => {
    try {
      const { sub, agency, role } = await tokens.verify(token);
      return { actor: sub, agency, role };
    } catch (cause) {
      if ((cause as Error).name === 'BadToken') throw new Refused('caller-not-believed', {}, (cause as Error).message);
      throw new Away('cannot-judge-caller', { cause });
    }
  };

  const speaker: RequestHandler = async (_req, res, next) => {
    const { claims, token } = asking(res);
    if ((token === undefined) === (claims.obo === undefined)) throw new Refused('nobody-speaks');
    const who = token !== undefined ? await shownToken(token) : said(claims.obo!);
    if (!table.mayBring(claims.iss, who)) throw new Refused('may-not-bring', {}, `${who.role} of ${who.agency}`);
    asking(res).speaker = who;
    next();
  };

  const streamOf = ({ params }: Request, res: Response): string => {
    const stream = params['stream'];
    if (typeof stream !== 'string' || !STREAM.test(stream))
      throw malformed([{ path: 'stream', problem: 'not-a-stream' }]);
    asking(res).stream = stream;
    return stream;
  };

  const answered = (res: Response, answer: ReadAnswer | AppendAnswer): void => {
    // A connection that is kept would hold up the end.
    if (stopping.signal.aborted) res.setHeader('connection', 'close');
    res.json(answer);
  };

  const read: RequestHandler = async (req, res) => {
    const name = serviceOf(res);
    const stream = streamOf(req, res);
    if (!table.mayRead(name)) throw new Refused('may-not-read');
    const from = count(req.query['from'], 'from', 0);
    const { events, revision } = await store.read(stream, from);
    const answer: ReadAnswer = { revision, events: events.flatMap((event) => table.shown(name, event) ?? []) };
    answered(res, answer);
  };

  /** Who speaks is who is written down: an event that says otherwise is refused, and what is kept is taken from the credentials. */
  const stamped = (event: NewEvent, { actor, agency, role }: Speaker): NewEvent => ({
    ...event,
    meta: { ...event.meta, actor, agency, role },
  });

  const write: RequestHandler = async (req, res) => {
    const name = serviceOf(res);
    const who = asking(res).speaker!;
    const stream = streamOf(req, res);
    const { events, expected } = offered(req.body);
    const others = events.flatMap(({ meta }, i) =>
      (['actor', 'agency', 'role'] as const)
        .filter((field) => meta[field] !== who[field])
        .map((field): Problem => ({ path: `events.${i}.meta.${field}`, problem: 'not-who-speaks' })),
    );
    if (others.length > 0) throw new Refused('not-who-speaks', { errors: others });
    const types = [...new Set(events.map(({ type }) => type))].filter(
      (type) => !table.mayWrite(name, type, who.agency),
    );
    if (types.length > 0) throw new Refused('may-not-write', { types }, types.join(' '));
    const problems = events.flatMap((event, i) =>
      table.problemsIn(name, stream, event).map(({ path, problem }) => ({ path: `events.${i}.${path}`, problem })),
    );
    if (problems.length > 0) throw malformed(problems);
    const said = events.map((event) => stamped(event, who));
    const { traceparent } = req.headers;
    const trace = typeof traceparent === 'string' ? { traceparent } : {};
    answered(res, await around(trace, () => append(stream, said, expected)));
  };

  const follow: RequestHandler = async (req, res) => {
    const name = serviceOf(res);
    if (!table.mayFollow(name)) throw new Refused('may-not-follow');
    const after = req.query['after'];
    if (after !== undefined && (typeof after !== 'string' || !POSITION.test(after)))
      throw malformed([{ path: 'after', problem: 'not-a-position' }]);
    const limit = Math.min(Math.max(count(req.query['limit'], 'limit', LIMIT), 1), LIMIT);
    const gone = new AbortController();
    res.on('close', () => gone.abort());
    const stop = AbortSignal.any([gone.signal, stopping.signal]);
    res.setHeader('content-type', 'application/x-ndjson');
    res.setHeader('connection', 'close');
    res.flushHeaders();
    /** Waits until the reader takes more: what it has not read is not read from the store either. */
    const say = async (line: FollowLine): Promise<void> => {
      if (stop.aborted || res.write(`${JSON.stringify(line)}\n`)) return;
      await once(res, 'drain', { signal: stop }).catch(() => undefined);
    };
    const heartbeat = setInterval(() => void (res.writableNeedDrain || say({})), heartbeatMs);
    try {
      await store.follow(
        after,
        (events: readonly RecordedEvent[]) => {
          const upTo = events.at(-1)!.position;
          return say({ events: events.flatMap((event) => table.shown(name, event) ?? []), upTo });
        },
        stop,
        limit,
      );
    } finally {
      clearInterval(heartbeat);
      res.end();
    }
  };

  const failed = (error: unknown, req: Request, res: Response, _next: NextFunction): void => {
    const { code, status, details, why, cause } = answerTo(error);
    const known = res.locals['asking'] as Asking | undefined;
    trouble({
      code,
      ...(known && { service: known.claims.iss }),
      ...(known?.speaker && { actor: known.speaker.actor }),
      ...(known?.stream !== undefined && { stream: known.stream }),
      ...(why !== undefined && { why }),
      ...(cause !== undefined && { cause }),
    });
    if (res.headersSent) {
      res.destroy();
      return;
    }
    // What was not read to its end would be taken for the next request.
    if (!req.complete || stopping.signal.aborted) res.setHeader('connection', 'close');
    res.status(status).json({ error: code, ...details });
  };

  const router = Router({ caseSensitive: true, strict: true });
  router.use(service, body, bound);
  router.get('/streams/:stream', speaker, read);
  router.post('/streams/:stream', speaker, write);
  router.get(EVENTS_PATH, follow);
  router.use(() => {
    throw new Refused('not-found');
  });
  router.use(failed);
  return { router, stop: () => stopping.abort() };
};

const malformed = (errors: readonly Problem[]): Refused =>
  new Refused('malformed', { errors }, errors.map(({ path, problem }) => `${path} ${problem}`).join(', '));

const count = (said: unknown, path: string, otherwise: number): number => {
  if (said === undefined) return otherwise;
  if (typeof said !== 'string' || !/^\d{1,9}$/.test(said)) throw malformed([{ path, problem: 'not-a-count' }]);
  return Number(said);
};

const offered = (body: unknown): Offer => {
  let said: unknown;
  try {
    said = JSON.parse((body as Buffer).toString('utf8'));
  } catch {
    throw malformed([{ path: '', problem: 'not-json' }]);
  }
  const { data, error } = Append.safeParse(said);
  if (!data)
    throw malformed(
      error.issues.map(({ path, code }) => ({ path: path.join('.'), problem: code.replaceAll('_', '-') })),
    );
  const ids = data.events.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw malformed([{ path: 'events', problem: 'same-id-twice' }]);
  return data as Offer;
};

interface Offer {
  readonly expected: number | 'none' | 'any';
  readonly events: readonly NewEvent[];
}

interface Answer {
  readonly code: RefusalCode | AwayCode;
  readonly status: number;
  readonly details?: object;
  readonly why?: string;
  readonly cause?: unknown;
}

const no = (code: RefusalCode, details: object = {}, why?: string): Answer => ({
  code,
  status: REFUSALS[code],
  details,
  ...(why !== undefined && { why }),
});

/** What the other side is told: a code of ours, never an inner address, a statement or a stack. */
const answerTo = (error: unknown): Answer => {
  if (error instanceof Refused) return no(error.code, error.details, error.why);
  if (error instanceof ServiceNotBelieved)
    return no(error.replayed ? 'replayed' : 'service-not-believed', {}, error.message);
  if (error instanceof RevisionConflict)
    return no('conflict', error.actual === undefined ? {} : { actual: error.actual });
  if (error instanceof IdTaken) return no('id-taken', { id: error.eventId });
  if (error instanceof Away) return { code: error.code, status: AWAY[error.code], cause: error.cause };
  if (error instanceof StoreUnavailable) return { code: 'unavailable', status: AWAY.unavailable, cause: error };
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return no('too-large');
  // Anything else that was wrong with how the request was written: cut off, compressed, a broken address.
  if (typeof status === 'number' && status >= 400 && status < 500) return no('malformed', {}, type ?? String(status));
  return { code: 'failed', status: AWAY.failed, cause: error };
};
