export { dataschemaOf, headerOf, schemaIdOf, serviceOf, topicOf } from './attributes.js';
export type { Encoded, KafkaRecord, ReadMessage } from './codec.js';
export { cloudEvents, decode, encode, MAX_VALUE_BYTES, MessageRefused, recordErrors, TOPICS } from './codec.js';
export type { MessageError } from './validate.js';
export { feedSchema } from './schema.js';
export { asyncApiDocument, MAX_MESSAGE_BYTES, PARTITIONS, REPLICAS } from './asyncapi.js';
export type { FieldVerdict, Verdict } from './conformance.js';
export { eventsIn, REASONS, recordOf, verdictOf } from './conformance.js';
