import { RevisionConflict } from '@resguardo/eventing';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import express, { Router } from 'express';
import { z } from 'zod';
import type { Speaker } from './keeper-table.js';
import { IdTaken } from './recognised.js';
import { isAway } from './remote-event-store.js';
import type { KnownServiceKey, ServiceClaims } from './service-credentials.js';
import { isAbout, ServiceNotBelieved, serviceVerifier } from './service-credentials.js';
import type { AwayCode, Problem, RefusalCode, Statement } from './wire.js';
import { AWAY, CALLS_PATH, REFUSALS, SERVICE_HEADER } from './wire.js';

/** The part of a `Caller` of identity that is always asked for. */
export interface Verified {
  readonly sub: string;
  readonly agency: string;
  readonly role: string;
}

/** The part of `TokenVerifier` of identity that is used. Rejects with an error named `BadToken` when the token must not be believed. */
export interface CallerTokens<Caller extends Verified = Verified> {
  verify(token: string): Promise<Caller>;
}

/** What a service refused or could not do, for its log and its measures: codes and names, no content. */
export interface Trouble {
  readonly code: RefusalCode | AwayCode;
  readonly service?: string;
  readonly stream?: string;
  /** Actor of the caller, once verified. */
  readonly actor?: string;
  readonly why?: string;
  readonly cause?: unknown;
}

/** What one service asks another to do, in the name of a caller. The answer is JSON. */
export type Call<Caller extends Verified = Verified> = (
  said: unknown,
  by: {
    readonly service: string;
    readonly speaker: Speaker;
    /** Of a person who speaks by their own token. */ readonly caller?: Caller;
  },
) => Promise<object>;

export interface ServiceDoorOptions<Caller extends Verified = Verified> {
  /** Name under which services address this one in what they sign; the same for all replicas. */
  readonly audience: string;
  readonly keys: () => readonly KnownServiceKey[];
  readonly tokens: CallerTokens<Caller>;
  /** Does this service speak for this caller, or for this process, at all? */
  readonly mayBring: (service: string, speaker: Speaker, shown: boolean) => boolean;
  /** By name, at `/calls/<name>`. */
  readonly calls?: Readonly<Record<string, Call<Caller>>>;
  readonly trouble?: (trouble: Trouble) => void;
  readonly now?: () => number;
  /** Largest body. */
  readonly maxBytes?: number;
  /** How long after the verification a service's statement is still taken: what lies in an outbox must get through. */
  readonly statementLifeMs?: number;
}

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
const SKEW_MS = 5 * 60_000;

export interface Asking {
  readonly claims: ServiceClaims;
  readonly token?: string;
  speaker?: Speaker;
  caller?: Verified;
  stream?: string;
}

export class Refused extends Error {
  constructor(
    readonly code: RefusalCode,
    readonly details: object = {},
    readonly why?: string,
  ) {
    super(code);
  }
}
export class Away extends Error {
  constructor(
    readonly code: AwayCode,
    options?: { cause?: unknown },
  ) {
    super(code, options);
  }
}

const bearerOf = ({ headers }: Request): string | undefined => {
  const said = headers.authorization;
  return said?.startsWith('Bearer ') ? said.slice(7) : undefined;
};

/**
 * The way in for other services: who asks, for whom, and that both are believed (ADR 14). Routes that are added get past it with
 * `speaker` before them; `ended` comes last.
 */
export const serviceDoor = <Caller extends Verified = Verified>({
  audience,
  keys,
  tokens,
  mayBring,
  calls = {},
  trouble = () => {},
  now = Date.now,
  maxBytes = 16 * MIB,
  statementLifeMs = 30 * DAY_MS,
}: ServiceDoorOptions<Caller>) => {
  const believed = serviceVerifier({ audience, keys, now });
  const stopping = new AbortController();

  const asking = (res: Response): Asking => res.locals['asking'] as Asking;

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

  const said = ({ actor, agency, role, states, verifiedAt, tokenId }: Statement): Speaker => {
    const at = Date.parse(verifiedAt);
    if (at > now() + SKEW_MS || at < now() - statementLifeMs)
      throw new Refused('caller-not-believed', {}, `stated as verified at ${verifiedAt}`);
    // A person was verified by a token; a process has none.
    if ((tokenId === undefined) !== actor.startsWith('process:'))
      throw new Refused('caller-not-believed', {}, 'a statement about a person names the token');
    return { actor, agency, role, ...(states && { states }) };
  };

  const shownToken = async (token: string): Promise<Caller> => {
    try {
      return await tokens.verify(token);
    } catch (cause) {
      if ((cause as Error).name === 'BadToken') throw new Refused('caller-not-believed', {}, (cause as Error).message);
      throw new Away('cannot-judge-caller', { cause });
    }
  };

  const speaker: RequestHandler = async (_req, res, next) => {
    const { claims, token } = asking(res);
    if ((token === undefined) === (claims.obo === undefined)) throw new Refused('nobody-speaks');
    const caller = token === undefined ? undefined : await shownToken(token);
    const who = caller ? { actor: caller.sub, agency: caller.agency, role: caller.role } : said(claims.obo!);
    if (!mayBring(claims.iss, who, caller !== undefined))
      throw new Refused('may-not-bring', {}, `${who.role} of ${who.agency}`);
    asking(res).speaker = who;
    if (caller) asking(res).caller = caller;
    next();
  };

  const answered = (res: Response, answer: object): void => {
    // A connection that is kept would hold up the end.
    if (stopping.signal.aborted) res.setHeader('connection', 'close');
    res.json(answer);
  };

  const called: RequestHandler = async (req, res) => {
    const name = req.params['call'];
    const call = typeof name === 'string' && Object.hasOwn(calls, name) ? calls[name] : undefined;
    if (!call) throw new Refused('not-found');
    const { claims, speaker: who, caller } = asking(res);
    answered(
      res,
      await call(json(req.body), { service: claims.iss, speaker: who!, ...(caller && { caller: caller as Caller }) }),
    );
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
  router.post(`${CALLS_PATH}/:call`, speaker, called);
  return {
    router,
    asking,
    speaker,
    answered,
    stopping: stopping.signal,
    stop: () => stopping.abort(),
    /** After the last route. */
    ended: (): void => {
      router.use(() => {
        throw new Refused('not-found');
      });
      router.use(failed);
    },
  };
};

/** A service's door with nothing behind it but its calls. */
export const callsService = <Caller extends Verified = Verified>(
  options: ServiceDoorOptions<Caller>,
): { readonly router: Router; stop(): void } => {
  const { router, stop, ended } = serviceDoor(options);
  ended();
  return { router, stop };
};

/** Answer to a call that is not for whoever speaks, or not without their token. `why` is for the log. */
export const mayNotAsk = (why: string): Error => new Refused('may-not-ask', {}, why);

export const malformed = (errors: readonly Problem[]): Refused =>
  new Refused('malformed', { errors }, errors.map(({ path, problem }) => `${path} ${problem}`).join(', '));

export const json = (body: unknown): unknown => {
  try {
    return JSON.parse((body as Buffer).toString('utf8'));
  } catch {
    throw malformed([{ path: '', problem: 'not-json' }]);
  }
};

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
  if (isAway(error)) return { code: 'unavailable', status: AWAY.unavailable, cause: error };
  // A call that was written in another way than it is read.
  if (error instanceof z.ZodError) return no('malformed', {}, error.issues.map(({ path }) => path.join('.')).join(' '));
  const { type, status } = error as { type?: string; status?: number };
  if (type === 'entity.too.large') return no('too-large');
  // Anything else that was wrong with how the request was written: cut off, compressed, a broken address.
  if (typeof status === 'number' && status >= 400 && status < 500) return no('malformed', {}, type ?? String(status));
  return { code: 'failed', status: AWAY.failed, cause: error };
};
