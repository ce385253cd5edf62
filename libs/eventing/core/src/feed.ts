import type { EventStore, JsonObject, Position, RecordedEvent } from './event-store.js';

/** A fact as one reading service gets it: what that service may see, in today's or yesterday's shape (see `upcast`). */
export interface FactMessage extends RecordedEvent {
  /** Equal to `meta.caseId`; a pseudonym where the reader is not told the case. */
  readonly caseId: string;
  readonly withheld: false;
}

/** A fact that the reader may not see. It is sent all the same, so that every revision arrives and a gap is visible (D4). */
export interface WithheldMessage {
  readonly caseId: string;
  readonly stream: string;
  readonly revision: number;
  readonly position: Position;
  readonly id: string;
  readonly withheld: true;
}

/**
 * A message that came and cannot be read. Its stream stands still there, like at one that cannot be applied: later messages wait,
 * and a person tries again (then it is read again: see `Feed.reread`) or sets it aside.
 */
export interface UnreadableMessage extends Omit<WithheldMessage, 'withheld'> {
  readonly withheld: false;
  /** Why. Nothing of what the message holds. */
  readonly unreadable: string;
  /** What came, as the feed needs it to read it again. */
  readonly raw: JsonObject;
}

export type Message = FactMessage | WithheldMessage | UnreadableMessage;

export const isUnreadable = (message: Message): message is UnreadableMessage => 'unreadable' in message;

/** The whole fact, for a reader that may see it. */
export const messageOf = (event: RecordedEvent): FactMessage => ({
  ...event,
  caseId: event.meta.caseId,
  withheld: false,
});

/** No content, not even the kind of fact. */
export const withheldMessageOf = (event: RecordedEvent): WithheldMessage => ({
  caseId: event.meta.caseId,
  stream: event.stream,
  revision: event.revision,
  position: event.position,
  id: event.id,
  withheld: true,
});

/**
 * What a reading service follows: per stream every revision, in order. Messages may come twice, and a message may come after a
 * later one of another stream; the runners bear both.
 */
export interface Feed {
  /**
   * Messages for `reader` after `from`, until `stop` aborts. `each` also gets the position to go on from; it may be called
   * without messages, when there was nothing for this reader. Rejects only with what `each` rejected with.
   */
  follow(
    reader: string,
    from: Position | undefined,
    each: (messages: readonly Message[], upTo: Position) => Promise<void>,
    stop: AbortSignal,
    limit?: number,
  ): Promise<void>;
  /** Reads a message again that could not be read: a newer program may. The same again when it still cannot. */
  reread?(reader: string, message: UnreadableMessage): Message;
}

/**
 * The feed in the single process: the store itself, mapped as on Kafka.
 * @param mapping the table of `contracts`: what a reader gets of an event; undefined when it does not get the stream at all.
 */
export const storeFeed = (
  store: Pick<EventStore, 'follow'>,
  mapping: (event: RecordedEvent, reader: string) => Message | undefined,
): Feed => {
  /** Followers at the end of the history are given the same events: each is mapped once per reader. */
  const mapped = new Map<string, WeakMap<RecordedEvent, readonly Message[]>>();
  return {
    follow: (reader, from, each, stop, limit) => {
      const known = mapped.get(reader) ?? new WeakMap<RecordedEvent, readonly Message[]>();
      mapped.set(reader, known);
      const messagesOf = (event: RecordedEvent): readonly Message[] => {
        const before = known.get(event);
        if (before) return before;
        const message = mapping(event, reader);
        const messages = message ? [message] : [];
        known.set(event, messages);
        return messages;
      };
      return store.follow(
        from,
        async (events) => {
          const last = events.at(-1);
          if (last) await each(events.flatMap(messagesOf), last.position);
        },
        stop,
        limit,
      );
    },
  };
};
