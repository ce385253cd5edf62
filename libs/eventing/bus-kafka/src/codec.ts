import type { Message } from '@resguardo/eventing';

/** A message as it lies in a topic. */
export interface WireMessage {
  /** The case, or its pseudonym. */
  readonly key: string;
  /** Nothing that identifies a person: headers are read by whoever operates the brokers. */
  readonly headers: Readonly<Record<string, string>>;
  readonly value: string | Buffer | null;
}

/** Between messages and what lies in a topic. Both sides of a feed use the same one. */
export interface FeedCodec {
  encode(message: Message, reader: string): WireMessage;
  /**
   * @throws InvalidMessage when it is no message of this feed: with its place, when that can still be read, so that the stream
   * stands still there; without, it belongs nowhere.
   */
  decode(wire: WireMessage, reader: string): Message;
}

/** Where a message stands that cannot be read. */
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
