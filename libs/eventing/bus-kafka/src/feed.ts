import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type Around,
  type Feed,
  type FeedCodec,
  InvalidMessage,
  type JsonObject,
  type Message,
  type Position,
  type UnreadableMessage,
  type ReceivedMessage,
} from '@resguardo/eventing';
import type { Consumer, EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs';
import { type BusLog, kafkaClient, type KafkaConnection, RETRY } from './client.js';
import { fanOut, type Served } from './fan-out.js';
import { type Offsets, offsetsOf, positionOf } from './feed-position.js';
import { type KafkaTrouble, kafkaTrouble } from './kafka-trouble.js';
import { PARTITIONS, topicOf } from './partition.js';
import { together } from './together.js';

export interface KafkaFeedOptions {
  readonly connection: KafkaConnection;
  readonly codec: FeedCodec;
  readonly log: BusLog;
  /** Told of trouble that the feed gets over by itself: brokers away, a consumer that had to be made anew. */
  readonly onTrouble?: (trouble: KafkaTrouble | Error, reader: string) => void;
  /** Told of what lies in the topic, but belongs to no stream: nothing can stand still for it, so somebody has to know. */
  readonly onStray?: (stray: Stray, reader: string) => void;
  /** Put around what is done with each batch. */
  readonly around?: Around<{ readonly reader: string; readonly messages: readonly Message[] }>;
}

export interface Stray {
  readonly partition: number;
  readonly offset: number;
  readonly because: string;
}

export interface KafkaFeed extends Feed {
  /** Messages of the reader's feed after `position`. @throws KafkaTrouble when the brokers do not say. */
  lag(reader: string, position: Position | undefined): Promise<number>;
  /** Ends its connections; what follows is stopped before. */
  close(): Promise<void>;
}

/** A broker's answer to "is there more?" may take as long; stopping waits for it. */
const WAIT_MS = 1_000;
const SESSION_MS = 6_000;
const HEARTBEAT_MS = 1_500;
const LEAVE_MS = 3_000;
/** Consumers that begin one soon after the other; brokers that agree on another leader take less. */
const SOON = 30;

/**
 * The feed of a reading service over its topic. Any number of runners follow side by side, each from its own checkpoint: no place is committed
 * to the brokers, and each consumer is a group of its own. Whenever the client's consumer ends, another begins at the place that was reached.
 */
export const kafkaFeed = (options: KafkaFeedOptions): KafkaFeed => {
  const { codec, log, around = (_, work) => work() } = options;
  const kafka = kafkaClient(options.connection, log);

  const trouble = (error: KafkaTrouble | Error, reader: string): void => {
    log.warn({ reader, name: error.name, error: error.message }, 'a feed met trouble and goes on');
    options.onTrouble?.(error, reader);
  };
  const stray = (reader: string, partition: number, offset: number, because: string): void => {
    log.error({ reader, partition, offset, error: because }, 'a message of a feed belongs to no stream');
    options.onStray?.({ partition, offset, because }, reader);
  };
  const read = (reader: string, partition: number, message: KafkaMessage): readonly Message[] => {
    const wire = wireOf(message);
    try {
      return [codec.decode(wire, reader)];
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      const place = error instanceof InvalidMessage ? error.place : undefined;
      if (place) return [unreadable(place, because, wire, `${partition}@${message.offset}`)];
      stray(reader, partition, Number(message.offset), because);
      return [];
    }
  };

  /** The same message may come to several followers; it is the same object then. */
  const known = new WeakMap<KafkaMessage, readonly Message[]>();
  const readOnce = (reader: string, partition: number, message: KafkaMessage): readonly Message[] => {
    const before = known.get(message);
    if (before) return before;
    const found = read(reader, partition, message);
    known.set(message, found);
    return found;
  };

  const consumers = new Map<string, ReturnType<typeof fanOut<readonly KafkaMessage[]>>>();
  const consumersOf = (reader: string) => {
    const before = consumers.get(reader);
    if (before) return before;
    const topic = topicOf(reader);
    const made = fanOut<readonly KafkaMessage[]>(
      async (served, over) => {
        for (let attempt = 0; !over.aborted; attempt++) {
          const began = performance.now();
          try {
            await consume(options, reader, served, over, (error) => trouble(error, reader));
          } catch (error) {
            trouble(kafkaTrouble(error, `${topic} cannot be read`), reader);
          }
          if (performance.now() - began > 10_000) attempt = 0;
          const pause = Math.min(attempt < SOON ? 250 : 3_000, 50 * 2 ** attempt);
          if (!over.aborted) await delay(pause, undefined, { signal: over }).catch(() => {});
        }
      },
      {
        onAnew: (partition, end) =>
          trouble(
            new Error(
              `${topic} was made anew: partition ${partition} ends at ${end}, before what was read; read from its start`,
            ),
            reader,
          ),
      },
    );
    consumers.set(reader, made);
    return made;
  };

  /** Another feed's place says nothing here; from the beginning is never wrong, since what is known is dropped. */
  const startOf = (reader: string, from: Position | undefined): Offsets => {
    try {
      return offsetsOf(from);
    } catch (error) {
      trouble(error as Error, reader);
      return new Map();
    }
  };

  let admin: Promise<ReturnType<Kafka['admin']>> | undefined;
  const connectedAdmin = () =>
    (admin ??= (async () => {
      const made = kafka.admin();
      await made.connect();
      return made;
    })().catch((error: unknown) => {
      admin = undefined;
      throw error;
    }));

  return {
    follow: async (reader, from, each, stop, limit = 1000) => {
      const offsets = startOf(reader, from);
      const taking = together<KafkaMessage>({
        ...{ offsets, limit, stop },
        work: async (taken, upTo) => {
          const messages = taken.flatMap(({ partition, read: message }) => readOnce(reader, partition, message));
          await around({ reader, messages }, () => each(messages, positionOf(upTo)));
        },
      });
      await consumersOf(reader).follow({ offsets, take: taking.take, over: taking.over });
      await taking.settled();
    },
    reread: (reader, message) => {
      const { key, headers, value } = message.raw as unknown as Omit<ReceivedMessage, 'value'> & {
        value: string | null;
      };
      try {
        return codec.decode({ key, headers, value: value === null ? null : Buffer.from(value, 'base64') }, reader);
      } catch (error) {
        return { ...message, unreadable: error instanceof Error ? error.message : String(error) };
      }
    },
    lag: async (reader, position) => {
      const offsets = offsetsOf(position);
      try {
        const heads = await (await connectedAdmin()).fetchTopicOffsets(topicOf(reader));
        return heads.reduce(
          (sum, { partition, high }) => sum + Math.max(0, Number(high) - (offsets.get(partition) ?? 0)),
          0,
        );
      } catch (error) {
        throw kafkaTrouble(error, `how far ${topicOf(reader)} reaches is not known`);
      }
    },
    close: async () => {
      await admin?.then(
        (made) => made.disconnect(),
        () => {},
      );
    },
  };
};

/** One consumer's life: resolves when `over` aborts or it has ended by itself. */
const consume = async (
  { connection, log }: Pick<KafkaFeedOptions, 'connection' | 'log'>,
  reader: string,
  served: Served<readonly KafkaMessage[]>,
  over: AbortSignal,
  onTrouble: (error: KafkaTrouble | Error) => void,
): Promise<void> => {
  const topic = topicOf(reader);
  const ended = new AbortController();
  let isReading = false;
  // The client would ask a dead broker again and again, each time after the others' answers, and a dead coordinator for ever.
  const kafka = kafkaClient(connection, log, (error) => {
    if (!isReading || ended.signal.aborted) return;
    onTrouble(kafkaTrouble(error, `${topic} cannot be read`));
    ended.abort();
  });
  const consumer: Consumer = kafka.consumer({
    groupId: `${reader}.${randomUUID()}`,
    allowAutoTopicCreation: false,
    // A leader that is between two brokers is looked for again soon; the client's own five minutes would be a silence.
    metadataMaxAge: 3_000,
    sessionTimeout: SESSION_MS,
    heartbeatInterval: HEARTBEAT_MS,
    maxWaitTimeInMs: WAIT_MS,
    // A crash ends this consumer and its successor begins at the place that was reached; the client would begin it elsewhere.
    retry: { ...RETRY, restartOnFailure: async () => false },
  });
  consumer.on('consumer.crash', ({ payload }) => {
    if (ended.signal.aborted) return;
    onTrouble(kafkaTrouble(payload.error, `${topic} cannot be read`));
    ended.abort();
  });
  // After every rebalance the client has forgotten where it was; before the first batch it is told.
  const seek = (partition: number): boolean => {
    if (ended.signal.aborted) return false;
    try {
      consumer.seek({ topic, partition, offset: String(served.expected(partition)) });
      return true;
    } catch {
      // It is ending and has not said so yet; the next one begins at that place.
      return false;
    }
  };
  consumer.on('consumer.group_join', ({ payload }) => {
    // One that was given up may still join, when its successor reads already.
    if (ended.signal.aborted) return;
    isReading = true;
    for (const partition of payload.memberAssignment[topic] ?? []) seek(partition);
    served.seekWith(seek);
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      // Of a topic with more, some wait for the others.
      partitionsConsumedConcurrently: PARTITIONS,
      eachBatchAutoResolve: false,
      eachBatch: async ({ batch, heartbeat, resolveOffset }: EachBatchPayload) => {
        const { partition, messages, highWatermark } = batch;
        const [head, last] = [messages[0], messages.at(-1)];
        if (!head || !last || ended.signal.aborted) return;
        const [first, next, end] = [Number(head.offset), Number(last.offset) + 1, Number(highWatermark)];
        // What takes the messages may wait for its database longer than a session lasts.
        const beating = setInterval(() => void heartbeat().catch(() => {}), HEARTBEAT_MS / 2);
        try {
          if (await served.take({ partition, batch: messages, first, next, end })) resolveOffset(last.offset);
        } finally {
          clearInterval(beating);
        }
      },
    });
    if (!over.aborted && !ended.signal.aborted)
      await new Promise<void>((resolve) => {
        const either = AbortSignal.any([over, ended.signal]);
        either.addEventListener('abort', () => resolve(), { once: true });
      });
  } finally {
    ended.abort();
    served.seekWith(undefined);
    const left = consumer.disconnect().catch(() => {});
    // The next consumer is of another group and begins at once. Whoever stops waits until this one has left, if its coordinator answers.
    if (over.aborted) {
      const patience = new AbortController();
      await Promise.race([left, delay(LEAVE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
    }
  }
};

const wireOf = ({ key, headers, value }: KafkaMessage): ReceivedMessage => ({
  key: key?.toString() ?? '',
  headers: Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, content]) =>
      content === undefined ? [] : [[name, Array.isArray(content) ? content.map(String) : content.toString()]],
    ),
  ),
  value,
});

const unreadable = (
  place: NonNullable<InvalidMessage['place']>,
  because: string,
  { key, headers, value }: ReceivedMessage,
  position: Position,
): UnreadableMessage => ({
  ...place,
  position,
  withheld: false,
  unreadable: because,
  raw: { key, headers: headers as JsonObject, value: value === null ? null : Buffer.from(value).toString('base64') },
});
