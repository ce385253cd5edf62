import { setTimeout as delay } from 'node:timers/promises';
import type { Kafka, Message, Producer, RecordMetadata } from 'kafkajs';
import { RETRY } from './client.js';
import { clientGoesOn, type KafkaTrouble, kafkaTrouble } from './kafka-trouble.js';

export interface TopicWriter {
  /**
   * Writes to one partition, in order; one send at a time per partition. Resolves when all replicas in sync have the messages,
   * however long that takes; rejects only with what `stop` aborted with.
   */
  write(partition: number, messages: readonly Message[], stop: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Between the attempts; the last one repeats. */
const PAUSE_MS = [50, 100, 200] as const;

/**
 * Writes a topic so that nothing acknowledged is lost and each partition keeps its order: a plain producer, all replicas, **one
 * partition per send**. The client remembers answers per broker, so of a send over several partitions it can forget the one whose
 * leader died (tulios/kafkajs#1303). Its idempotent producer can stay out of sequence for ever; readers drop duplicates.
 */
export const topicWriter = (
  kafka: Pick<Kafka, 'producer'>,
  topic: string,
  onTrouble: (trouble: KafkaTrouble) => void,
): TopicWriter => {
  let current: Promise<Producer> | undefined;
  const queues = new Map<number, Promise<unknown>>();

  const open = async (): Promise<Producer> => {
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      idempotent: false,
      // A feed that had nothing to write while another leader was agreed on learns it before it writes, not by a refusal.
      metadataMaxAge: 1_000,
      retry: RETRY,
      createPartitioner:
        () =>
        ({ message }) =>
          message.partition!,
    });
    await producer.connect();
    return producer;
  };
  const producer = (): Promise<Producer> => (current ??= open());
  const ending = new Set<Promise<void>>();
  /** Only who used the broken one replaces it. Nobody waits for its end: what other partitions have on their way with it may take long. */
  const renew = (broken: Promise<Producer>): void => {
    if (current === broken) current = undefined;
    const end = broken
      .then((old) => old.disconnect())
      .catch(() => {})
      .then(() => void ending.delete(end));
    ending.add(end);
  };

  const send = async (partition: number, messages: readonly Message[], stop: AbortSignal): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      stop.throwIfAborted();
      const used = producer();
      let opened: Producer | undefined;
      try {
        opened = await used;
        const answer = await opened.send({
          topic,
          acks: -1,
          messages: messages.map((message) => ({ ...message, partition })),
        });
        if (isStored(answer, topic, partition)) return;
        throw new Error(`the answer does not name partition ${partition} alone`);
      } catch (error) {
        if (stop.aborted) throw stop.reason;
        onTrouble(kafkaTrouble(error, `${topic} cannot be written`));
        if (!opened || !clientGoesOn(error)) renew(used);
        await delay(PAUSE_MS[Math.min(attempt, PAUSE_MS.length - 1)], undefined, { signal: stop }).catch(() => {});
      }
    }
  };

  return {
    write: (partition, messages, stop) => {
      const turn = (queues.get(partition) ?? Promise.resolve()).then(() => send(partition, messages, stop));
      queues.set(
        partition,
        turn.catch(() => {}),
      );
      return turn;
    },
    close: async () => {
      if (current) renew(current);
      await Promise.all(ending);
    },
  };
};

/** A send is done when the answer names exactly the partition that was written, without an error. */
const isStored = (answer: readonly RecordMetadata[], topic: string, partition: number): boolean =>
  answer.length === 1 &&
  answer[0]!.topicName === topic &&
  answer[0]!.partition === partition &&
  answer[0]!.errorCode === 0;
