import { createHmac } from 'node:crypto';
import { type KafkaConnection, kafkaRelay, postgresLeader, postgresRelayCheckpoint } from '@resguardo/bus-kafka';
import { cloudEvents } from '@resguardo/bus-messages';
import { type Service, SERVICES, toMessage } from '@resguardo/contracts';
import type { Around, EventStore, Message, RecordedEvent } from '@resguardo/eventing';
import type { Pool } from 'pg';
import type { Logger } from 'pino';

/** `kafka://user:password@host:port,host:port`; `kafkas://` over TLS. @throws TypeError when it is neither; the message holds none of it. */
export const kafkaConnection = (url: string): KafkaConnection => {
  const found = /^(kafkas?):\/\/(?:([^:@/]+):([^@/]+)@)?([^@/]+)$/.exec(url);
  if (!found) throw new TypeError('must be kafka://user:password@host:port,… or kafkas://…');
  const [, scheme, username, password, brokers] = found;
  return {
    clientId: 'resguardo',
    brokers: brokers!.split(','),
    ssl: scheme === 'kafkas',
    ...(username &&
      password && {
        sasl: {
          mechanism: 'scram-sha-256',
          username: decodeURIComponent(username),
          password: decodeURIComponent(password),
        },
      }),
  };
};

/** Names that are remembered: making one costs more than all else that is done to a message. */
const REMEMBERED = 10_000;

/** A case under a name that only the holder of the key could turn back. */
export const pseudonyms = (key: Buffer): ((caseId: string) => string) => {
  const names = new Map<string, string>();
  return (caseId) => {
    const known = names.get(caseId);
    if (known !== undefined) return known;
    if (names.size >= REMEMBERED) names.clear();
    const name = `p${createHmac('sha256', key).update(caseId).digest('hex').slice(0, 40)}`;
    names.set(caseId, name);
    return name;
  };
};

/** What a service is told of an event. Who looked at what is oversight's alone: even the names of those streams would tell others. */
export const told =
  (pseudonym: (caseId: string) => string) =>
  (event: Parameters<typeof toMessage>[1], reader: Service): Message | undefined =>
    event.stream.startsWith('access-') && reader !== 'oversight'
      ? undefined
      : (toMessage(reader, event, pseudonym) as unknown as Message);

/** Up to where every feed has what the store holds, whichever process carries it. */
export const relayCheckpoint = (pool: Pool) => postgresRelayCheckpoint(pool, 'feeds');

/** Carries every fact to the feed of each service, for the systems of other authorities (docs/how-to/connect-another-system.md). */
export const openRelay = (parts: {
  readonly kafkaUrl: string;
  readonly databaseUrl: string;
  readonly pool: Pool;
  readonly store: Pick<EventStore, 'follow'>;
  readonly pseudonymKey: Buffer;
  readonly log: Logger;
  readonly around?: Around<readonly RecordedEvent[]> | undefined;
}) => {
  const { log } = parts;
  const mapping = told(pseudonyms(parts.pseudonymKey));
  return kafkaRelay({
    connection: kafkaConnection(parts.kafkaUrl),
    store: parts.store,
    readers: SERVICES,
    mapping: (event, reader) => mapping(event, reader as Service),
    codec: cloudEvents(),
    checkpoint: relayCheckpoint(parts.pool),
    lead: postgresLeader(parts.databaseUrl, 'relay', ({ name }) =>
      log.warn({ name }, 'the relay lost its turn and waits for it again'),
    ),
    log,
    ...(parts.around && { around: parts.around }),
  });
};
