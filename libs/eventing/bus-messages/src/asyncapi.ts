import type { JsonSchema, Service } from '@resguardo/contracts';
import { SERVICES } from '@resguardo/contracts';
import { definitionOf, topicOf, typeOf } from './attributes.js';
import { MAX_VALUE_BYTES } from './codec.js';
import { WITHHELD } from './kinds.js';
import { headersSchema, versionsOf } from './schema.js';

/** Partitions of every feed. Never changed: a stream's later facts would go elsewhere than its earlier ones. */
export const PARTITIONS = 9;
export const REPLICAS = 3;
/** What the record may weigh beside its value: key, headers, framing. */
const ENVELOPE_BYTES = 64 * 1024;
export const MAX_MESSAGE_BYTES = MAX_VALUE_BYTES + ENVELOPE_BYTES;

const BINDING = '0.5.0';
/** Where the committed schema of a feed lies, seen from the document. */
const fileOf = (service: Service): string => `./feeds/${service}.schema.json`;

/** One message per declared version of a kind; its payload is a part of the feed's schema, never written here again. */
const messages = (service: Service) =>
  versionsOf(service).map(({ kind: { type }, version }) => [
    definitionOf(type, version),
    {
      name: typeOf(type, version),
      ...(type === WITHHELD && { title: `A revision that ${service} may not see` }),
      traits: [{ $ref: '#/components/messageTraits/feed' }],
      payload: {
        schemaFormat: 'application/schema+json;version=draft-2020-12',
        schema: { $ref: `${fileOf(service)}#/$defs/${definitionOf(type, version)}` },
      },
    },
  ]);

const channel = (service: Service) => ({
  address: topicOf(service),
  title: `What ${service} may know`,
  description:
    service === 'insights'
      ? 'Every revision of every stream under keyed pseudonyms; coarse codes, or withheld.'
      : service === 'oversight'
        ? 'Every fact as stored, sealed boxes included, to be signed.'
        : 'Every revision of every stream; content withheld where this reader may not see it.',
  servers: [{ $ref: '#/servers/kafka' }],
  messages: Object.fromEntries(messages(service)),
  bindings: {
    kafka: {
      topic: topicOf(service),
      partitions: PARTITIONS,
      replicas: REPLICAS,
      topicConfiguration: {
        'cleanup.policy': ['delete'],
        'retention.ms': -1,
        'retention.bytes': -1,
        'max.message.bytes': MAX_MESSAGE_BYTES,
        'min.insync.replicas': 2,
        'unclean.leader.election.enable': false,
      },
      bindingVersion: BINDING,
    },
  },
});

/** Of all messages of its channel. */
const operation = (service: Service, action: 'send' | 'receive') => ({
  action,
  channel: { $ref: `#/channels/${topicOf(service)}` },
  title: action === 'send' ? 'Only the relay writes' : `Only ${service} reads`,
  ...(action === 'receive' && {
    bindings: { kafka: { groupId: { type: 'string', pattern: `^${service}\\.` }, bindingVersion: BINDING } },
  }),
});

/** AsyncAPI 3.1 document of all feeds (D4): who sends what to whom over which topic, how it is secured, and what topics must be like. */
export const asyncApiDocument = (): JsonSchema => ({
  asyncapi: '3.1.0',
  info: {
    title: 'Feeds of Resguardo',
    version: '1.0.0',
    description:
      'One topic per reading service; each carries what that service may know of the shared timelines. CloudEvents 1.0 in binary mode; no personal data in headers. Generated from the contracts; do not edit.',
    license: { name: 'Apache-2.0' },
  },
  defaultContentType: 'application/json',
  servers: {
    kafka: {
      host: '{host}',
      protocol: 'kafka-secure',
      description: 'The brokers of the installation.',
      variables: { host: { description: 'host:port of a broker', default: 'localhost:9093' } },
      security: [{ $ref: '#/components/securitySchemes/scram' }],
    },
  },
  channels: Object.fromEntries(SERVICES.map((service) => [topicOf(service), channel(service)])),
  operations: Object.fromEntries(
    SERVICES.flatMap((service) => [
      [`relay.${service}`, operation(service, 'send')],
      [`follow.${service}`, operation(service, 'receive')],
    ]),
  ),
  components: {
    messageTraits: {
      feed: {
        contentType: 'application/json',
        headers: headersSchema(),
        bindings: {
          kafka: {
            key: { type: 'string', maxLength: 80, description: 'Case id; on the feed of insights its pseudonym' },
            bindingVersion: BINDING,
          },
        },
      },
    },
    securitySchemes: {
      scram: {
        type: 'scramSha256',
        description: 'One user per service: it reads its own feed and nothing else. Only the relay writes.',
      },
    },
  },
});
