import { type Feeds, kafkaFeed } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { type Service, SERVICES, toMessage } from '@resguardo/contracts';
import { isUnreadable, type Message } from '@resguardo/eventing';
import type { KafkaConfig } from 'kafkajs';
import { type Cell, CLOSED } from './matrix.js';
import { type Everything, tellsOf, told } from './may-keeper.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Each service × each fact of each agency, read from its own feed, with its own credentials. */
export const feedCells = async (
  { readers }: Feeds,
  connectionOf: (user: string) => KafkaConfig,
  everything: readonly Everything[],
  pseudonym: (caseId: string) => string,
): Promise<readonly Cell[]> => {
  const cellsOf = async (service: Service): Promise<readonly Cell[]> => {
    const nameOf = ({ stream, revision }: { stream: string; revision: number }) => `${stream}@${revision}`;
    const wanted = everything.flatMap(({ who, events }) =>
      events.map((event) => ({ who, event, name: nameOf(toMessage(service, event, pseudonym)) })),
    );
    // Even the names of those streams would tell who looked.
    const isTold = ({ stream }: { stream: string }) => !stream.startsWith('access-') || service === 'oversight';
    const missing = new Set(wanted.filter(({ event }) => isTold(event)).map(({ name }) => name));
    const heard = new Map<string, Message>();
    const stop = new AbortController();
    const feed = kafkaFeed({ connection: connectionOf(service), codec: cloudEvents(), log: quiet });
    try {
      await feed.follow(
        service,
        undefined,
        async (messages) => {
          for (const message of messages) {
            heard.set(nameOf(message), message as Message);
            missing.delete(nameOf(message));
          }
          if (missing.size === 0) stop.abort();
        },
        stop.signal,
      );
    } finally {
      await feed.close();
    }
    return wanted.map(({ who, event, name }): Cell => {
      const message = heard.get(name);
      const resource = `${event.type} of ${who.agency}`;
      const expected = isTold(event) ? tellsOf(service, event, who, service === 'oversight') : CLOSED;
      return { kind: 'feed', service, resource, expected, actual: message ? heardOf(message) : CLOSED };
    });
  };
  return (await Promise.all(SERVICES.filter((name) => readers.includes(name)).map(cellsOf))).flat();
};

const heardOf = (message: Message): string => {
  if (isUnreadable(message)) return `unreadable: ${message.unreadable}`;
  if (message.withheld) return CLOSED;
  return told(message.type, Object.keys(message.data), Object.keys(message.sealed ?? {}));
};
