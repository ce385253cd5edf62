import { createHmac, createPrivateKey, createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Service, SERVICE_OF, SERVICES } from '@resguardo/contracts';
import type { KnownServiceKey, ServiceKey } from '@resguardo/store-remote';
import type { Observed } from '@resguardo/telemetry';
import { z } from 'zod';
import {
  DatabaseUrl,
  KafkaUrl,
  ObservedSettings,
  Port,
  settingsFrom,
  StoreSettings,
  testClockIn,
  TestClockSetting,
} from './settings.js';

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
  DATABASE_URL: DatabaseUrl,
  KAFKA_URL: KafkaUrl,
  /** The issuer, without `/realms/…`. */
  IDENTITY_URL: Address.transform((url) => url.replace(/\/+$/, '')),
  IDENTITY_REALM: z.string().default('resguardo'),
  /** The issuer is an embedded one with its demo accounts, which know one factor; else it is a Keycloak. Refused in production. */
  DEMO_ACCOUNTS: z.stringbool().default(false),
  /** Folder of this service's secrets: `master-key`, `service-key.pem` and what else it says. */
  SECRETS: z.string(),
  /** File with the public keys of all services, by service and key id. */
  SERVICE_KEYS: z.string(),
  ...TestClockSetting,
  ...ObservedSettings,
});

/** Of a service that others call. */
export const Called = {
  /** Signed calls of other services (ADR 14). */
  SERVICE_PORT: Port,
  /** Folder, outside the database and its backups, of the list of what was erased (C-13). */
  ERASURES: z.string(),
};

/** JSON of whoever installs. A JSON.parse of its own would print the value. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'must be JSON' });
    return z.NEVER;
  }
});

/** Of a service that calls the agencies' services. */
const Calling = {
  /** Where each agency's service answers calls: `{"health": "https://…/keeper", …}`. */
  AGENCY_URLS: json.pipe(z.record(z.enum(Object.values(SERVICE_OF) as [Service, ...Service[]]), Address)),
};

export const Coordination = Common.extend({ ...Called, ...StoreSettings, ...Calling });

/** What a service beside coordination needs as well. */
export const Beside = Common.extend({
  /** Where coordination answers other services; all replicas, separated by commas. */
  COORDINATION_URL: addresses,
});

/** Settings of oversight. */
export const Oversight = Beside.extend({
  ...Calling,
  /** Where insights answers calls; what stands still in it is overseen, too. */
  INSIGHTS_URL: Address,
});

/** Settings of insights: it has no key, and asks nobody. */
export const Insights = Common.extend({ SERVICE_PORT: Called.SERVICE_PORT });

export type CommonConfig = z.infer<typeof Common>;

/** @throws Error naming what is wrong */
export const configOf = <Config extends CommonConfig>(shape: z.ZodType<Config>, env: NodeJS.ProcessEnv): Config => {
  const config = settingsFrom(shape, env);
  if (config.DEMO_ACCOUNTS && config.NODE_ENV === 'production')
    throw new Error('configuration: DEMO_ACCOUNTS: refused with NODE_ENV=production: their password is printed');
  testClockIn(config);
  return config;
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

/** With which a service names the cases that stand still in it; alike in its replicas, and nobody else's. */
export const standingKey = (folder: string): Buffer =>
  createHmac('sha256', secretIn(folder, 'service-key.pem')).update('standing cases').digest();

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
