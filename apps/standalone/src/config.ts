import { resolve } from 'node:path';
import { z } from 'zod';

const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];
/** Passwords go there: in clear to this machine only. */
const isKeycloak = (text: string): boolean => {
  if (!/^https?:\/\/[^/?#@]+(?:\/[^?#]*)?$/.test(text) || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.includes(hostname);
};
const Port = z.coerce.number().int().min(1).max(65535);

/** Read once, at start. A missing or wrong value stops the process; its name is printed, never its value. */
const Config = z.object({
  /** Where the database, the secrets and the signing keys lie. */
  RESGUARDO_DATA: z.string().default('.resguardo'),
  /** A free one unless given. */
  PORT: Port.optional(),
  /** A PostgreSQL of one's own instead of the embedded one. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  /** Where the events are kept: in the database as well, or in an EventStoreDB of one's own. */
  RESGUARDO_STORE: z.enum(['postgres', 'eventstoredb']).default('postgres'),
  /** Only with RESGUARDO_STORE=eventstoredb. */
  EVENTSTOREDB_URL: z
    .string()
    .regex(/^esdb(\+discover)?:\/\/./, 'must start with esdb:// or esdb+discover://')
    .optional(),
  /** Before the name of each stream there, so that several installations share one server. */
  EVENTSTOREDB_PREFIX: z
    .string()
    .regex(/^[a-z0-9-]{1,40}$/, 'must be lower-case letters, digits and hyphens')
    .default(''),
  /** Brokers to whose feeds every fact is carried, for the systems of other authorities. None unless given. */
  KAFKA_URL: z
    .string()
    .regex(
      /^kafkas?:\/\/(?:[^:@/]+:[^@/]+@)?[^@/]+$/,
      'must be kafka://user:password@host:port,host:port, or kafkas:// over TLS',
    )
    .optional(),
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
  /** Where Prometheus scrapes `/metrics`. Nothing is measured unless given. */
  METRICS_PORT: Port.optional(),
  /** The address it is served on: this machine alone unless given. */
  METRICS_HOST: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** A collector that takes OTLP over HTTP as JSON. Nothing is traced unless given. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  OTEL_SERVICE_NAME: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,80}$/, 'must be letters, digits, dots, hyphens and underscores')
    .default('resguardo'),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
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
  const read = Config.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`configuration: ${problems.join('; ')}`);
  }
  const unknown = args.filter((arg) => arg !== '--empty');
  if (unknown.length > 0) throw new Error(`configuration: unknown argument ${unknown.join(' ')}; known: --empty`);
  const { KEYCLOAK_URL: baseUrl, KEYCLOAK_REALM: realm, KEYCLOAK_CLIENT_SECRET: clientSecret } = read.data;
  if (baseUrl !== undefined && clientSecret === undefined)
    throw new Error('configuration: KEYCLOAK_URL needs KEYCLOAK_CLIENT_SECRET');
  if (read.data.NODE_ENV === 'production' && baseUrl === undefined)
    throw new Error(
      'configuration: NODE_ENV=production is refused without KEYCLOAK_URL: the embedded issuer has demo accounts',
    );
  if (read.data.METRICS_PORT !== undefined && read.data.METRICS_PORT === read.data.PORT)
    throw new Error('configuration: METRICS_PORT must be another than PORT: metrics are not for the public');
  const apart = read.data.RESGUARDO_STORE === 'eventstoredb';
  if (apart && read.data.EVENTSTOREDB_URL === undefined)
    throw new Error('configuration: RESGUARDO_STORE=eventstoredb needs EVENTSTOREDB_URL');
  return {
    dataFolder: resolve(read.data.RESGUARDO_DATA),
    port: read.data.PORT,
    databaseUrl: read.data.DATABASE_URL,
    eventStoreDbUrl: apart ? read.data.EVENTSTOREDB_URL : undefined,
    eventStoreDbPrefix: read.data.EVENTSTOREDB_PREFIX,
    kafkaUrl: read.data.KAFKA_URL,
    keycloak: baseUrl !== undefined && clientSecret !== undefined ? { baseUrl, realm, clientSecret } : undefined,
    documentsOnly: read.data.RESGUARDO_DOCUMENTS_ONLY,
    requestsPerMinute: read.data.RESGUARDO_REQUESTS_PER_MINUTE,
    logLevel: read.data.LOG_LEVEL,
    metrics:
      read.data.METRICS_PORT === undefined ? undefined : { host: read.data.METRICS_HOST, port: read.data.METRICS_PORT },
    otlpEndpoint: read.data.OTEL_EXPORTER_OTLP_ENDPOINT,
    serviceName: read.data.OTEL_SERVICE_NAME,
    empty: args.includes('--empty'),
  };
};
