import { setTimeout as delay } from 'node:timers/promises';
import type { Around, EventStore, FeedCodec, Message, Position, RecordedEvent } from '@resguardo/eventing';
import type { Message as KafkaMessage } from 'kafkajs';
import { type BusLog, kafkaClient, type KafkaConnection } from './client.js';
import type { KafkaTrouble } from './kafka-trouble.js';
import { orderKey, PARTITIONS, partitionOf, topicOf } from './partition.js';
import { type TopicWriter, topicWriter } from './topic-writer.js';

/** Where the relay goes on. A place that is too early does no harm: readers drop what they have. */
export interface RelayCheckpoint {
  load(): Promise<Position | undefined>;
  save(position: Position): Promise<void>;
}

/** Runs `work` in one process at a time, until `stop`; `lost` aborts when another may have begun. */
export type Lead = (work: (lost: AbortSignal) => Promise<void>, stop: AbortSignal) => Promise<void>;

export interface RelayOptions {
  readonly connection: KafkaConnection;
  readonly store: Pick<EventStore, 'follow'>;
  /** The reading services; each gets its own topic. */
  readonly readers: readonly string[];
  /** The table of `contracts`: what a reader gets of an event; undefined when it does not get the stream at all. */
  readonly mapping: (event: RecordedEvent, reader: string) => Message | undefined;
  readonly codec: FeedCodec;
  readonly checkpoint: RelayCheckpoint;
  readonly lead: Lead;
  readonly log: BusLog;
  /** Events per batch, at most; 500 unless given. What waits goes together. */
  readonly limit?: number;
  readonly partitions?: number;
  /** Told when a batch is on all feeds: how many messages, and up to where. */
  readonly onRelayed?: (messages: number, upTo: Position) => void;
  readonly onTrouble?: (trouble: KafkaTrouble | Error) => void;
  /** Put around each batch on its way to all feeds. */
  readonly around?: Around<readonly RecordedEvent[]>;
}

export interface Relay {
  /**
   * Up to where in the store each reader's feed has acknowledged everything, in this process; empty while another one relays.
   * Undefined for a feed that got nothing yet.
   */
  reached(): ReadonlyMap<string, Position | undefined>;
  /** Ends after the batch at hand, or without it when the brokers do not take it: the next start sends it again. */
  stop(): Promise<void>;
}

/** Largest sum of values in one send; a single message that is larger goes alone. */
const SEND_BYTES = 512_000;
const GRACE_MS = 3_000;

/**
 * Writes what the store holds to the feed of every reading service. Its checkpoint is saved after all feeds have acknowledged, so
 * whatever dies, the worst is that messages come twice.
 */
export const kafkaRelay = (options: RelayOptions): Relay => {
  const { store, readers, mapping, codec, checkpoint, lead, log, limit = 500, partitions = PARTITIONS } = options;
  const around = options.around ?? ((_, work) => work());
  const reached = new Map<string, Position | undefined>();
  const kafka = kafkaClient(options.connection, log);
  const ending = new AbortController();
  const giveUp = new AbortController();
  const trouble = (error: KafkaTrouble | Error): void => {
    log.warn(
      { name: error.name, code: (error as Partial<KafkaTrouble>).code, error: error.message },
      'the relay goes on',
    );
    options.onTrouble?.(error);
  };

  const writeAll = async (
    events: readonly RecordedEvent[],
    writers: ReadonlyMap<string, TopicWriter>,
    saved: Saver,
    lost: AbortSignal,
  ): Promise<void> => {
    // Everything is mapped before the first is sent: what cannot be mapped leaves nothing half done.
    const { position } = events.at(-1)!;
    const sends = readers.map((reader) => {
      const messages = events.flatMap((event) => mapping(event, reader) ?? []);
      return { reader, count: messages.length, parts: byPartition(messages, reader, codec, partitions) };
    });
    await allOf(
      sends.map(async ({ reader, parts }) => {
        await allOf(parts.map(({ partition, chunk }) => writers.get(reader)!.write(partition, chunk, lost)));
        reached.set(reader, position);
      }),
    );
    saved.put(position);
    options.onRelayed?.(
      sends.reduce((sum, { count }) => sum + count, 0),
      position,
    );
  };

  const work = async (lost: AbortSignal): Promise<void> => {
    log.info({ readers }, 'this process relays');
    const stopped = AbortSignal.any([lost, ending.signal]);
    const hard = AbortSignal.any([lost, giveUp.signal]);
    const writers = new Map(readers.map((reader) => [reader, topicWriter(kafka, topicOf(reader), trouble)]));
    const saved = saver(checkpoint, trouble);
    let from: Position | undefined;
    try {
      for (let attempt = 0; !stopped.aborted; attempt++) {
        try {
          from ??= await checkpoint.load();
          for (const reader of readers) reached.set(reader, from);
          await store.follow(
            from,
            async (events) => {
              await around(events, () => writeAll(events, writers, saved, hard));
              from = events.at(-1)!.position;
              attempt = 0;
            },
            stopped,
            limit,
          );
        } catch (error) {
          if (stopped.aborted) break;
          // The store's, the mapping's or the checkpoint's trouble: nothing may be left out, so it is tried until it works.
          trouble(error as Error);
          await delay(Math.min(5_000, 100 * 2 ** attempt), undefined, { signal: stopped }).catch(() => {});
        }
      }
    } finally {
      reached.clear();
      await saved.settled();
      await Promise.all([...writers.values()].map((writer) => writer.close()));
    }
  };

  const done = lead(work, ending.signal).catch((error: unknown) => trouble(error as Error));
  return {
    reached: () => reached,
    stop: async () => {
      ending.abort();
      const timer = setTimeout(() => giveUp.abort(new Error('the relay stops')), GRACE_MS);
      await done;
      clearTimeout(timer);
    },
  };
};

interface Saver {
  put(position: Position): void;
  settled(): Promise<void>;
}

/**
 * Saves the latest place beside the work: nobody waits for it, since a place that is too early does no harm. One that could not be
 * saved is followed by the next.
 */
const saver = (checkpoint: RelayCheckpoint, onTrouble: (error: Error) => void): Saver => {
  let next: Position | undefined;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (next !== undefined) {
      const position = next;
      next = undefined;
      await checkpoint.save(position).catch(onTrouble);
    }
    running = undefined;
  };
  return {
    put: (position) => {
      next = position;
      running ??= run();
    },
    settled: async () => running,
  };
};

/** Sends of one reader, in order per partition. */
const byPartition = (
  messages: readonly Message[],
  reader: string,
  codec: FeedCodec,
  partitions: number,
): readonly { readonly partition: number; readonly chunk: readonly KafkaMessage[] }[] => {
  const sends: { partition: number; chunk: KafkaMessage[] }[] = [];
  const open = new Map<number, { chunk: KafkaMessage[]; bytes: number }>();
  for (const message of messages) {
    const { key, headers, value } = codec.encode(message, reader);
    const partition = partitionOf(orderKey(message.stream), partitions);
    const bytes = value === null ? 0 : Buffer.byteLength(value);
    let room = open.get(partition);
    if (!room || room.bytes + bytes > SEND_BYTES) {
      room = { chunk: [], bytes: 0 };
      open.set(partition, room);
      sends.push({ partition, chunk: room.chunk });
    }
    room.chunk.push({ key, headers: { ...headers }, value });
    room.bytes += bytes;
  }
  return sends;
};

/** All come to rest before the first failure is told: nothing of a batch is under way when it is sent again. */
const allOf = async (writes: readonly Promise<void>[]): Promise<void> => {
  for (const result of await Promise.allSettled(writes)) if (result.status === 'rejected') throw result.reason;
};
