import { clientGoesOn, kafkaTrouble } from './kafka-trouble.js';

const client = (name: string, about: object = {}) =>
  Object.assign(new Error('what the client says'), { name, ...about });

it.each([
  ['a group that one may not use', client('KafkaJSGroupCoordinatorNotFound'), 'NOT_ALLOWED'],
  [
    'a topic that one may not use',
    client('KafkaJSProtocolError', { type: 'TOPIC_AUTHORIZATION_FAILED' }),
    'NOT_ALLOWED',
  ],
  ['a wrong password', client('KafkaJSSASLAuthenticationError'), 'WRONG_CREDENTIALS'],
  ['a missing topic', client('KafkaJSProtocolError', { type: 'UNKNOWN_TOPIC_OR_PARTITION' }), 'NO_TOPIC'],
  ['a large message', client('KafkaJSProtocolError', { type: 'MESSAGE_TOO_LARGE' }), 'TOO_LARGE'],
  ['too few replicas', client('KafkaJSProtocolError', { type: 'NOT_ENOUGH_REPLICAS' }), 'AWAY'],
  ['no broker', client('KafkaJSConnectionError', { code: 'ECONNREFUSED' }), 'AWAY'],
  ['anything else', client('KafkaJSError'), 'OTHER'],
])('%s, however often it is wrapped', (_, error, code) => {
  const wrapped = client('KafkaJSNonRetriableError', {
    cause: client('KafkaJSNumberOfRetriesExceeded', { cause: error }),
  });
  for (const said of [error, wrapped]) {
    const trouble = kafkaTrouble(said, 'feed-health cannot be read');
    expect(trouble).toMatchObject({ name: 'KafkaTrouble', code, cause: said });
    expect(trouble.message).toMatch(/^feed-health cannot be read: /);
  }
});

it.each([
  ['a leader that refuses', client('KafkaJSConnectionError', { code: 'ECONNREFUSED', retriable: true }), true],
  ['a connection that takes too long', client('KafkaJSConnectionError', { code: 'ETIMEDOUT', retriable: true }), false],
  ['a connection that broke', client('KafkaJSConnectionClosedError', { retriable: true }), false],
  ['another leader', client('KafkaJSProtocolError', { type: 'NOT_LEADER_OR_FOLLOWER', retriable: true }), true],
  ['a wrong password', client('KafkaJSSASLAuthenticationError', { retriable: false }), false],
])('after %s the client goes on by itself, or a fresh one is made', (_, error, expected) =>
  expect(clientGoesOn(client('KafkaJSNumberOfRetriesExceeded', { cause: error }))).toBe(expected),
);
