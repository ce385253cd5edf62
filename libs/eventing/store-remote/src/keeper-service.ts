import { once } from 'node:events';
import type { Around, EventStore, Expected, NewEvent, RecordedEvent } from '@resguardo/eventing';
import type { Request, RequestHandler, Response, Router } from 'express';
import type { KeeperTable, Speaker } from './keeper-table.js';
import { recognisedAppend } from './recognised.js';
import type { ServiceDoorOptions, Verified } from './service-door.js';
import { json, malformed, Refused, serviceDoor } from './service-door.js';
import type { FollowLine, Problem, ReadAnswer } from './wire.js';
import { Append, EVENTS_PATH, POSITION, STREAM } from './wire.js';

export interface KeeperServiceOptions<Caller extends Verified = Verified> extends Omit<
  ServiceDoorOptions<Caller>,
  'mayBring'
> {
  /** Chains and stamps; the one that this process appends with. */
  readonly keeper: EventStore;
  /** The store behind it: readers are given the true head, also when another replica moved it. */
  readonly store: Pick<EventStore, 'read' | 'follow'>;
  readonly table: KeeperTable;
  /** Whether a service may append just this: what was decided for it. Everything that the table allows unless given. */
  readonly decided?: (offered: {
    readonly service: string;
    readonly stream: string;
    readonly events: readonly NewEvent[];
    /** The revision at which they are to be appended. */
    readonly expected: Expected;
    readonly warrant: string | undefined;
  }) => boolean;
  /** How often a follower with nothing new is told that the keeper is still there. */
  readonly heartbeatMs?: number;
  /** Put around each append, with the W3C trace context that the service brings. */
  readonly around?: Around<{ readonly traceparent?: string }>;
}

const LIMIT = 500;

/**
 * The server half of `store-remote` (D11): read, append and, where the table allows it, follow, over HTTP. Mount it at a path of its own,
 * before anything that parses bodies. `stop` ends the followers and refuses what comes; requests under way are answered.
 */
export const keeperService = <Caller extends Verified>({
  keeper,
  store,
  table,
  decided = () => true,
  heartbeatMs = 10_000,
  around = (_, work) => work(),
  ...door
}: KeeperServiceOptions<Caller>): { readonly router: Router; stop(): void } => {
  const append = recognisedAppend(store, keeper);
  const { router, asking, speaker, answered, stopping, stop, ended } = serviceDoor<Caller>({
    ...door,
    mayBring: (service, who, shown) => table.mayBring(service, who, shown),
  });
  const serviceOf = (res: Response): string => asking(res).claims.iss;

  const streamOf = ({ params }: Request, res: Response): string => {
    const stream = params['stream'];
    if (typeof stream !== 'string' || !STREAM.test(stream))
      throw malformed([{ path: 'stream', problem: 'not-a-stream' }]);
    asking(res).stream = stream;
    return stream;
  };

  const read: RequestHandler = async (req, res) => {
    const name = serviceOf(res);
    const stream = streamOf(req, res);
    if (!table.mayRead(name, stream)) throw new Refused('may-not-read');
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
    const { events, expected, warrant } = offered(req.body);
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
    if (!decided({ service: name, stream, events, expected, warrant })) throw new Refused('not-decided', {}, stream);
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
    const stop = AbortSignal.any([gone.signal, stopping]);
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

  router.get('/streams/:stream', speaker, read);
  router.post('/streams/:stream', speaker, write);
  router.get(EVENTS_PATH, follow);
  ended();
  return { router, stop };
};

const count = (said: unknown, path: string, otherwise: number): number => {
  if (said === undefined) return otherwise;
  if (typeof said !== 'string' || !/^\d{1,9}$/.test(said)) throw malformed([{ path, problem: 'not-a-count' }]);
  return Number(said);
};

const offered = (body: unknown): Offer => {
  const { data, error } = Append.safeParse(json(body));
  if (!data)
    throw malformed(
      error.issues.map(({ path, code }) => ({ path: path.join('.'), problem: code.replaceAll('_', '-') })),
    );
  const ids = data.events.map(({ id }) => id);
  if (new Set(ids).size < ids.length) throw malformed([{ path: 'events', problem: 'same-id-twice' }]);
  return data as Offer;
};

interface Offer {
  readonly expected: Expected;
  readonly events: readonly NewEvent[];
  readonly warrant?: string | undefined;
}
