import type { NewEvent, Position, RecordedEvent } from '@resguardo/eventing';
import { StoreUnavailable } from '@resguardo/eventing';
import type { ClientConfig } from 'pg';
import { Client } from 'pg';
import { appendOf } from './postgres-event-store.sql.js';
import { textArray } from './text-array.js';

/**
 * One plan for batches of any size: planning anew costs more than it finds. It is made when the tables may still be empty, and must
 * go by the index even so.
 */
const PLANNED = '-c plan_cache_mode=force_generic_plan -c enable_seqscan=off';

interface Kept {
  readonly revision: number;
  readonly position: Position;
}

interface Member {
  readonly stream: string;
  readonly expected: number;
  /** Per event: id, type, schema version, data, sealed fields, provenance; written already, so that only its own caller meets a mistake. */
  readonly rows: readonly (readonly [string, string, number, string, string | null, string])[];
  /** Undefined: the stream was not at `expected`. */
  readonly kept: (kept: Kept | undefined) => void;
  readonly failed: (error: unknown) => void;
}

interface Lane {
  busy: boolean;
  client?: Client;
}

/** What was kept of an append, as a reader of the database would get it. */
const recordedOf = ({ stream, expected, rows }: Member, { position }: Kept): RecordedEvent[] =>
  rows.map(([id, type, schemaVersion, data, sealed, meta], index) => ({
    stream,
    revision: expected + 1 + index,
    position: String(Number(position) - rows.length + 1 + index),
    id,
    type,
    schemaVersion,
    data: JSON.parse(data) as RecordedEvent['data'],
    ...(sealed !== null && { sealed: JSON.parse(sealed) as NonNullable<RecordedEvent['sealed']> }),
    meta: JSON.parse(meta) as RecordedEvent['meta'],
  }));

/** How many appends must be waiting for a second batch to set out while one is on its way: fewer would pay for more than they gain. */
const WORTH_A_SECOND = 32;

/** The connection is of no use any more, or may be stuck: whatever was under way has an unknown outcome. */
const isLost = (error: unknown): boolean => {
  const code = (error as { code?: unknown }).code;
  // Five characters are the server's own word; classes 08, 53, 57, 58 and XX speak of its state, not of the statement.
  return typeof code !== 'string' || code.length !== 5 || /^(08|53|57|58|XX)/.test(code);
};

/**
 * While a batch is on its way the next one gathers, and goes in one statement. Nobody waits for a batch to fill up. When many wait, a
 * second batch sets out beside the first, so that this process and the database work at the same time; the counter's lock orders them.
 * A stream is in one batch at a time, once, so its appends are kept in the order in which they came.
 */
export const groupCommit = ({
  config,
  schema,
  timeoutMs,
  maxBatch,
  committed,
}: {
  readonly config: ClientConfig;
  readonly schema: string;
  readonly timeoutMs: number;
  readonly maxBatch: number;
  /** Told of the events of each batch, in the order of their positions. */
  readonly committed: (events: readonly RecordedEvent[]) => void;
}) => {
  const text = appendOf(schema);
  const lanes: Lane[] = [{ busy: false }, { busy: false }];
  const underWay = new Set<string>();
  let queue: Member[] = [];
  let gathering = false;
  let closed = false;
  let idle = () => {};

  const drop = (lane: Lane): void => {
    // Not `end()`: that would wait for a statement that may never come back.
    (
      lane.client as unknown as { connection: { stream: { destroy(): void } } } | undefined
    )?.connection.stream.destroy();
    delete lane.client;
  };

  const connected = async (lane: Lane): Promise<Client> => {
    if (lane.client) return lane.client;
    const made = new Client({ ...config, options: `${config.options ?? ''} ${PLANNED}` });
    const lost = () => {
      if (lane.client === made) delete lane.client;
    };
    made.on('error', lost);
    made.on('end', lost);
    await made.connect();
    return (lane.client = made);
  };

  /** Ends after the time-out, whatever the server does. */
  const inTime = async <T>(work: Promise<T>): Promise<T> => {
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<never>((_, reject) => {
      // The server ends the statement itself a moment earlier, unless it is stuck.
      timer = setTimeout(() => reject(new Error(`no answer in ${timeoutMs} ms`)), timeoutMs + 100);
    });
    try {
      return await Promise.race([work, over]);
    } finally {
      clearTimeout(timer);
      work.catch(() => undefined);
    }
  };

  const send = async (lane: Lane, members: readonly Member[]): Promise<Map<string, Kept>> => {
    const rows = members.flatMap(({ rows }) => rows);
    const values = [
      textArray(members.map(({ stream }) => stream)),
      members.map(({ expected }) => expected),
      members.map(({ rows }) => rows.length),
      textArray(members.flatMap(({ stream, rows }) => rows.map(() => stream))),
      members.flatMap(({ expected, rows }) => rows.map((_, index) => expected + 1 + index)),
      textArray(rows.map(([id]) => id)),
      textArray(rows.map(([, type]) => type)),
      rows.map(([, , schemaVersion]) => schemaVersion),
      textArray(rows.map(([, , , data]) => data)),
      textArray(rows.map(([, , , , sealed]) => sealed)),
      textArray(rows.map(([, , , , , meta]) => meta)),
    ];
    const answer = await inTime(
      connected(lane).then((open) => open.query<Kept & { stream: string }>({ name: 'append', text, values })),
    );
    return new Map(answer.rows.map(({ stream, revision, position }) => [stream, { revision, position }]));
  };

  const commit = async (lane: Lane, members: readonly Member[]): Promise<void> => {
    const started = performance.now();
    try {
      const answers = await send(lane, members);
      for (const { stream, kept } of members) kept(answers.get(stream));
      committed(
        members
          .flatMap((member) => {
            const kept = answers.get(member.stream);
            return kept ? recordedOf(member, kept) : [];
          })
          .sort((a, b) => Number(a.position) - Number(b.position)),
      );
    } catch (error) {
      if (isLost(error)) {
        drop(lane);
        const message = `the outcome of an append is unknown: ${(error as Error).message}`;
        for (const { failed } of members) failed(new StoreUnavailable(message, { cause: error }));
        // Those who waited behind a store that did not answer have waited long enough; nothing of theirs was sent.
        if (performance.now() - started > timeoutMs / 2)
          for (const { failed } of queue.splice(0)) failed(new StoreUnavailable('the event store does not answer'));
      } else if (members.length > 1) {
        // The statement as a whole left nothing. One of them is to blame; the others must not pay for it.
        for (const member of members) await commit(lane, [member]);
      } else members[0]!.failed(error);
    }
  };

  /** The next batch, in the order they came. */
  const take = (most: number): Member[] => {
    const batch: Member[] = [];
    const rest: Member[] = [];
    const streams = new Set(underWay);
    let size = 0;
    for (const member of queue) {
      const fits = batch.length === 0 || (batch.length < most && size + member.rows.length <= maxBatch);
      if (fits && !streams.has(member.stream)) {
        batch.push(member);
        size += member.rows.length;
      } else rest.push(member);
      // Also of those that stay: a later append of the same stream must not overtake.
      streams.add(member.stream);
    }
    queue = rest;
    return batch;
  };

  const setOut = (): void => {
    gathering = false;
    for (const lane of lanes) {
      const others = lanes.some((other) => other !== lane && other.busy);
      if (lane.busy || queue.length === 0 || (others && queue.length < WORTH_A_SECOND)) continue;
      const half = !others && queue.length >= 2 * WORTH_A_SECOND;
      const batch = take(half ? Math.ceil(queue.length / 2) : queue.length);
      if (batch.length === 0) continue;
      lane.busy = true;
      for (const { stream } of batch) underWay.add(stream);
      void commit(lane, batch).finally(() => {
        lane.busy = false;
        for (const { stream } of batch) underWay.delete(stream);
        gather();
      });
    }
    if (lanes.every(({ busy }) => !busy)) idle();
  };

  /** Once round the event loop: those whom the last batch answered, and who go on at once, come along. */
  const gather = (): void => {
    if (gathering) return;
    gathering = true;
    setImmediate(setOut);
  };

  return {
    /** Undefined when the stream is not at `expected`. @throws StoreUnavailable */
    append: (stream: string, events: readonly NewEvent[], expected: number): Promise<Kept | undefined> =>
      new Promise((kept, failed) => {
        if (closed) throw new StoreUnavailable('the event store was closed');
        const rows = events.map(
          ({ id, type, schemaVersion, data, sealed, meta }) =>
            [
              id,
              type,
              schemaVersion,
              JSON.stringify(data),
              sealed ? JSON.stringify(sealed) : null,
              JSON.stringify(meta),
            ] as const,
        );
        queue.push({ stream, expected, rows, kept, failed });
        gather();
      }),
    async close(): Promise<void> {
      closed = true;
      for (const { failed } of queue.splice(0)) failed(new StoreUnavailable('the event store was closed'));
      await new Promise<void>((resolve) => {
        idle = resolve;
        gather();
      });
      for (const { client } of lanes) await client?.end().catch(() => undefined);
    },
  };
};
