import type { Message } from './feed.js';

/** A message as it lies in a topic. */
export interface WireMessage {
  /** The case, or its pseudonym. */
  readonly key: string;
  /** Nothing that identifies a person: headers are read by whoever operates the brokers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | Buffer | null;
}

/** A message as it came: whoever wrote it may have said a header twice. */
export interface ReceivedMessage extends Omit<WireMessage, 'headers'> {
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
}

/** Between messages and what lies in a topic. Both sides of a feed use the same one. */
export interface FeedCodec {
  encode(message: Message, reader: string): WireMessage;
  /**
   * @throws InvalidMessage when it is no message of this feed: with its place, when that can still be read, so that the stream
   * stands still there; without, it belongs nowhere.
   */
  decode(wire: ReceivedMessage, reader: string): Message;
}

/** Where a message stands that cannot be read, when that much of it is right. */
export interface Place {
  readonly caseId: string;
  readonly stream: string;
  readonly revision: number;
  readonly id: string;
}

export class InvalidMessage extends Error {
  constructor(
    message: string,
    readonly place?: Place,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'InvalidMessage';
  }
}
