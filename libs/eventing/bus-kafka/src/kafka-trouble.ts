/** Trouble with Kafka in our own words; `cause` is what the client said. */
export class KafkaTrouble extends Error {
  constructor(
    readonly code: 'AWAY' | 'NO_TOPIC' | 'NOT_ALLOWED' | 'WRONG_CREDENTIALS' | 'TOO_LARGE' | 'NOT_STORED' | 'OTHER',
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'KafkaTrouble';
  }
}

interface ClientError {
  readonly name?: string;
  readonly type?: string;
  readonly message?: string;
  readonly code?: string;
  readonly retriable?: boolean;
  readonly cause?: unknown;
}

/** The innermost error of the client: it wraps each in "number of retries exceeded" and the like. */
export const rootOf = (error: unknown): ClientError => {
  let found = error as ClientError;
  while (found?.cause && found.cause !== found) found = found.cause as ClientError;
  return found ?? {};
};

/** @param what what was tried, as in "the relay cannot write feed-health" */
export const kafkaTrouble = (error: unknown, what: string): KafkaTrouble => {
  if (error instanceof KafkaTrouble) return error;
  const { name = '', type = '', message = String(error), code = '' } = rootOf(error);
  const trouble = (kind: KafkaTrouble['code'], because: string) =>
    new KafkaTrouble(kind, `${what}: ${because}`, { cause: error });
  if (name === 'KafkaJSSASLAuthenticationError' || type === 'SASL_AUTHENTICATION_FAILED')
    return trouble('WRONG_CREDENTIALS', 'Kafka does not accept user or password');
  // A group that one may not use is answered as one whose coordinator cannot be found.
  if (name === 'KafkaJSGroupCoordinatorNotFound')
    return trouble('NOT_ALLOWED', 'no access list lets this user read with this group');
  if (/AUTHORIZATION_FAILED/.test(type)) return trouble('NOT_ALLOWED', 'no access list lets this user do so');
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || name === 'KafkaJSTopicMetadataNotLoaded')
    return trouble('NO_TOPIC', 'the topic does not exist; topics are prepared before services start');
  if (type === 'MESSAGE_TOO_LARGE') return trouble('TOO_LARGE', 'a message is larger than the topic takes');
  if (
    /^KafkaJS(Connection|BrokerNotFound|NoBrokerAvailable|RequestTimeout|LockTimeout)/.test(name) ||
    /NOT_AVAILABLE|NOT_ENOUGH_REPLICAS|NOT_LEADER|TIMED_OUT|NETWORK_EXCEPTION/.test(type) ||
    /^E[A-Z]+$/.test(code)
  )
    return trouble('AWAY', 'not enough brokers answer');
  return trouble('OTHER', message);
};

/** Whether the client itself goes on from here when asked again; after anything else a fresh one is safer. */
export const clientGoesOn = (error: unknown): boolean => {
  const { name, type, code, retriable } = rootOf(error);
  // Nobody listens where the leader was: the client asks the others who leads now, with what it has.
  if (name === 'KafkaJSConnectionError') return code === 'ECONNREFUSED';
  return retriable === true && type !== undefined;
};
