// Makes topics and access lists of the feeds: `KAFKA_BROKERS=… KAFKA_USER=… KAFKA_PASSWORD=… node --import ./tools/hooks.mjs infra/kafka/prepare.ts`
import { readFileSync } from 'node:fs';
import { Kafka, logLevel } from 'kafkajs';
import { type Feeds, prepareTopics } from '@resguardo/bus-kafka';

const setting = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is missing`);
  return value;
};

const feeds = JSON.parse(readFileSync(new URL('feeds.json', import.meta.url), 'utf8')) as Feeds;
const admin = new Kafka({
  clientId: 'prepare-feeds',
  brokers: setting('KAFKA_BROKERS').split(','),
  sasl: { mechanism: 'scram-sha-256', username: setting('KAFKA_USER'), password: setting('KAFKA_PASSWORD') },
  ssl: process.env['KAFKA_TLS'] === 'true',
  logLevel: logLevel.NOTHING,
}).admin();
await admin.connect();
try {
  await prepareTopics(admin, feeds);
  console.log(`${feeds.readers.length} feeds are ready`);
} finally {
  await admin.disconnect();
}
