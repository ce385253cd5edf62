import { resolve } from 'node:path';
import {
  DatabaseUrl,
  KafkaUrl,
  ObservedSettings,
  Port,
  settingsFrom,
  storeIn,
  StoreSettings,
  testClockIn,
  TestClockSetting,
} from '@resguardo/service/settings';
import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
/** Passwords go there: in clear to this machine only. */
const isKeycloak = (text: string): boolean => {
  if (!/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.includes(hostname);
};

/** Read once, at start. A missing or wrong value stops the process; its name is printed, never its value. */
const Config = z.object({
  /** Where the database, the secrets and the signing keys lie. */
  RESGUARDO_DATA: z.string().default('.resguardo'),
  /** A free one unless given. */
  PORT: Port.optional(),
  /** A PostgreSQL of one's own instead of the embedded one. */
  DATABASE_URL: DatabaseUrl.optional(),
  ...StoreSettings,
  /** Brokers to whose feeds every fact is carried, for the systems of other authorities. None unless given. */
  KAFKA_URL: KafkaUrl.optional(),
  /** A Keycloak of one's own instead of the embedded issuer: its address without `/realms/…`. */
  KEYCLOAK_URL: z
    .string()
    .refine(isKeycloak, 'must be an address without user, query and fragment, https:// unless it is on this machine')
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  KEYCLOAK_REALM: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be letters, digits, dots, hyphens and low lines')
    .default('resguardo'),
  /** Secret of the client that reads the register of staff there. */
  KEYCLOAK_CLIENT_SECRET: z.string().optional(),
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  /** Serve the portal's own documents only (D7). */
  RESGUARDO_DOCUMENTS_ONLY: z.stringbool().default(false),
  /** Requests of one sign-in in a minute. */
  RESGUARDO_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(3000),
  ...TestClockSetting,
  ...ObservedSettings,
  OTEL_SERVICE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be letters, digits, dots, hyphens and underscores')
    .default('resguardo'),
});

export interface StandaloneConfig {
  readonly dataFolder: string;
  readonly port: number | undefined;
  readonly databaseUrl: string | undefined;
  /** The connection string of the EventStoreDB that keeps the events; undefined: the database keeps them. */
  readonly eventStoreDbUrl: string | undefined;
  readonly eventStoreDbPrefix: string;
  /** Where the feeds are; undefined: facts are carried nowhere. */
  readonly kafkaUrl: string | undefined;
  /** Who says who is who; undefined: the embedded issuer with its demo accounts. */
  readonly keycloak: { readonly baseUrl: string; readonly realm: string; readonly clientSecret: string } | undefined;
  /** The file that says what time it is; undefined: the machine does. */
  readonly testClock: string | undefined;
  readonly documentsOnly: boolean;
  readonly requestsPerMinute: number;
  readonly logLevel: string;
  /** Undefined: nothing is measured. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Undefined: nothing is traced. */
  readonly otlpEndpoint: string | undefined;
  readonly serviceName: string;
  /** Leaves the invented demo cases out of an empty data folder. */
  readonly empty: boolean;
}

/** @throws Error naming what is wrong */
export const configFrom = (env: NodeJS.ProcessEnv, args: readonly string[]): StandaloneConfig => {
  const set = settingsFrom(Config, env);
  const unknown = args.filter((arg) => arg !== '--empty');
  if (unknown.length > 0) throw new Error(`configuration: unknown argument ${unknown.join(' ')}; known: --empty`);
  const { KEYCLOAK_URL: baseUrl, KEYCLOAK_REALM: realm, KEYCLOAK_CLIENT_SECRET: clientSecret } = set;
  if (baseUrl !== undefined && clientSecret === undefined)
    throw new Error('configuration: KEYCLOAK_URL needs KEYCLOAK_CLIENT_SECRET');
  if (set.NODE_ENV === 'production' && baseUrl === undefined)
    throw new Error(
      'configuration: NODE_ENV=production is refused without KEYCLOAK_URL: the embedded issuer has demo accounts',
    );
  if (set.METRICS_PORT !== undefined && set.METRICS_PORT === set.PORT)
    throw new Error('configuration: METRICS_PORT must be another than PORT: metrics are not for the public');
  return {
    dataFolder: resolve(set.RESGUARDO_DATA),
    port: set.PORT,
    databaseUrl: set.DATABASE_URL,
    ...storeIn(set),
    kafkaUrl: set.KAFKA_URL,
    keycloak: baseUrl !== undefined && clientSecret !== undefined ? { baseUrl, realm, clientSecret } : undefined,
    // An installation with an issuer of its own is none that a test may tell the time, whatever NODE_ENV says.
    testClock: testClockIn(baseUrl === undefined ? set : { ...set, NODE_ENV: 'production' }),
    documentsOnly: set.RESGUARDO_DOCUMENTS_ONLY,
    requestsPerMinute: set.RESGUARDO_REQUESTS_PER_MINUTE,
    logLevel: set.LOG_LEVEL,
    metrics: set.METRICS_PORT === undefined ? undefined : { host: set.METRICS_HOST, port: set.METRICS_PORT },
    otlpEndpoint: set.OTEL_EXPORTER_OTLP_ENDPOINT,
    serviceName: set.OTEL_SERVICE_NAME,
    empty: args.includes('--empty'),
  };
};
