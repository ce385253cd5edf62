import type { Message } from '@resguardo/eventing';
import { type FeedCodec, InvalidMessage, type Place } from '@resguardo/eventing';

/** The shortest codec that keeps what the port asks: a message that cannot be read still says where it stands. */
export const jsonCodec: FeedCodec = {
  encode: (message) => ({
    key: message.caseId,
    headers: { id: message.id, stream: message.stream, revision: String(message.revision) },
    value: JSON.stringify(message),
  }),
  decode: ({ key, headers, value }) => {
    const [id, stream, revision] = ['id', 'stream', 'revision'].map((name) => String(headers[name] ?? ''));
    const place: Place | undefined =
      id && stream && /^\d+$/.test(revision!) ? { caseId: key, id, stream, revision: Number(revision) } : undefined;
    try {
      const message = JSON.parse(String(value)) as Message;
      if (message.stream !== stream || message.revision !== place?.revision)
        throw new Error('headers and value differ');
      return message;
    } catch (cause) {
      throw new InvalidMessage(`no message: ${(cause as Error).message}`, place, { cause });
    }
  },
};
