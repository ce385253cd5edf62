import { createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES } from '@resguardo/contracts';
import type { KnownServiceKey, ServiceKey } from '@resguardo/store-remote';
import { z } from 'zod';
import type { Observed } from './observing.js';

const Port = z.coerce.number().int().min(1).max(65535);
const Address = z.url({ protocol: /^https?$/ });
const addresses = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(Address).min(1));

/** Settings that every service has. Read once, at start; a wrong or missing one is named, its value never printed. */
export const Common = z.object({
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  /** Address to listen on, for the gateway and for the other services. */
  HOST: z.string().default('127.0.0.1'),
  /** Names with ports under which it answers, separated by commas; those of loopback unless given. */
  NAMES: z.string().optional(),
  /** GraphQL and health, for the gateway. */
  PORT: Port,
  /** This service's own database: read models, keys; of coordination also the vault and, unless kept elsewhere, the events. */
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  KAFKA_URL: z
    .string()
    .regex(
      /^kafkas?:\/\/(?:[^:@/]+:[^@/]+@)?[^@/]+$/,
      'must be kafka://user:password@host:port,… or kafkas:// over TLS',
    ),
  /** The issuer, without `/realms/…`. */
  IDENTITY_URL: Address.transform((url) => url.replace(/\/+$/, '')),
  IDENTITY_REALM: z.string().default('resguardo'),
  /** The issuer is an embedded one with its demo accounts, which know one factor; else it is a Keycloak. Refused in production. */
  DEMO_ACCOUNTS: z.stringbool().default(false),
  /** Folder of this service's secrets: `master-key`, `service-key.pem` and what else it says. */
  SECRETS: z.string(),
  /** File with the public keys of all services, by service and key id. */
  SERVICE_KEYS: z.string(),
  /** Where Prometheus scrapes `/metrics`. Nothing is measured unless given. */
  METRICS_PORT: Port.optional(),
  /** The address it is served on: this machine alone unless given. */
  METRICS_HOST: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** A collector that takes OTLP over HTTP as JSON. Nothing is traced unless given. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
});

/** Of a service that others call. */
export const Called = {
  /** Signed calls of other services (ADR 14). */
  SERVICE_PORT: Port,
  /** Folder, outside the database and its backups, of the list of what was erased (C-13). */
  ERASURES: z.string(),
};

/** What a service beside coordination needs as well. */
export const Beside = Common.extend({
  /** Where coordination answers other services; all replicas, separated by commas. */
  COORDINATION_URL: addresses,
});

export type CommonConfig = z.infer<typeof Common>;

/** @throws Error naming what is wrong */
export const configOf = <Config extends CommonConfig>(shape: z.ZodType<Config>, env: NodeJS.ProcessEnv): Config => {
  const read = shape.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`configuration: ${problems.join('; ')}`);
  }
  if (read.data.DEMO_ACCOUNTS && read.data.NODE_ENV === 'production')
    throw new Error('configuration: DEMO_ACCOUNTS: refused with NODE_ENV=production: their password is printed');
  return read.data;
};

/** A secret of this service. @throws when it is not there: keys are made by whoever installs, never by a start that lost its folder */
export const secretIn = (folder: string, name: string): Buffer => readFileSync(join(folder, name));

export const masterKeyIn = (folder: string): KeyObject => createSecretKey(secretIn(folder, 'master-key'));

/** The key with which this service signs what it asks of others. */
export const serviceKeyIn = (folder: string, service: string): ServiceKey => ({
  service,
  kid: `${service}/1`,
  privateKey: createPrivateKey(secretIn(folder, 'service-key.pem')),
});

const PublicKeys = z.partialRecord(z.enum(SERVICES), z.record(z.string(), z.string()));

/** `{"health": {"health/1": "-----BEGIN PUBLIC KEY-----…"}, …}` */
export const knownKeysIn = (file: string): readonly KnownServiceKey[] =>
  Object.entries(PublicKeys.parse(JSON.parse(readFileSync(file, 'utf8')))).flatMap(([service, keys]) =>
    Object.entries(keys).map(([kid, pem]) => ({ service, kid, publicKey: createPublicKey(pem) })),
  );

/** What is asked for to be observed of a service. */
export const observedOf = (
  service: string,
  { LOG_LEVEL, METRICS_PORT, METRICS_HOST, OTEL_EXPORTER_OTLP_ENDPOINT }: CommonConfig,
): Observed => ({
  logLevel: LOG_LEVEL,
  metrics: METRICS_PORT === undefined ? undefined : { host: METRICS_HOST, port: METRICS_PORT },
  otlpEndpoint: OTEL_EXPORTER_OTLP_ENDPOINT,
  serviceName: service,
});
