import { isIP } from 'node:net';
import type { Service } from '@resguardo/contracts';
import { ObservedSettings } from '@resguardo/service/settings';
import type { Observed } from '@resguardo/telemetry';
import { z } from 'zod';

const bare = (url: string) => url.replace(/\/+$/, '');
const Address = z.url({ protocol: /^https?$/, error: 'must be http:// or https://' }).transform(bare);
/** Where a service answers, without `/graphql`; its replicas separated by commas. */
const Replicas = z
  .string()
  .transform((list) => list.split(',').map((url) => url.trim()))
  .pipe(z.array(Address).min(1));

/** Addresses and ranges, separated by commas. */
const Networks = z
  .string()
  .transform((list) =>
    list
      .split(',')
      .map((one) => one.trim())
      .filter(Boolean),
  )
  .refine(
    (list) =>
      list.every((one) => {
        const [address = '', bits = '0', ...more] = one.split('/');
        return (
          isIP(address) > 0 &&
          more.length === 0 &&
          /^\d{1,3}$/.test(bits) &&
          Number(bits) <= (isIP(address) === 4 ? 32 : 128)
        );
      }),
    'must be addresses or ranges',
  );

/** Read once, at start. A missing or wrong value stops the process; its name is printed, never its value. */
export const Config = z.object({
  PORT: z.coerce.number().int().min(1).max(65535).default(8080),
  /** Address to listen on. */
  HOST: z.string().default('127.0.0.1'),
  /** Names, with their ports, under which browsers reach it; separated by commas. Those of loopback unless given. */
  NAMES: z.string().optional(),
  /**
   * Who passes requests on to it (an ingress): whoever asked stands in `X-Forwarded-For` then. Otherwise all share one address, and one of
   * them could use up everybody's requests.
   */
  TRUSTED_PROXIES: Networks.default([]),
  COORDINATION_URL: Replicas,
  PROSECUTION_URL: Replicas,
  CHILD_PROTECTION_URL: Replicas,
  VICTIMS_COMMISSION_URL: Replicas,
  HEALTH_URL: Replicas,
  OVERSIGHT_URL: Replicas,
  INSIGHTS_URL: Replicas,
  /** Address of Keycloak without `/realms/…`, as browsers reach it. Without it the gateway carries the embedded issuer. */
  IDENTITY_URL: Address.optional(),
  IDENTITY_REALM: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,60}$/, 'must be the name of a realm')
    .default('resguardo'),
  /** File with the private key of the embedded issuer; one is made for the time of a run unless given. */
  ISSUER_KEY: z.string().optional(),
  NODE_ENV: z.enum(['development', 'test', 'production']).default('production'),
  /** Serve the portal's own documents only (D7). */
  RESGUARDO_DOCUMENTS_ONLY: z.stringbool().default(false),
  /** Requests of one sign-in in a minute. */
  RESGUARDO_REQUESTS_PER_MINUTE: z.coerce.number().int().min(1).default(3000),
  ...ObservedSettings,
});

export interface GatewayConfig extends Omit<Observed, 'serviceName'> {
  readonly port: number;
  readonly host: string;
  /** Undefined: those of loopback. */
  readonly names: readonly string[] | undefined;
  readonly trustedProxies: readonly string[];
  /** Addresses of the replicas of each, without a slash at the end. */
  readonly services: Readonly<Record<Service, readonly string[]>>;
  /** Undefined: the embedded issuer. */
  readonly identityUrl: string | undefined;
  readonly realm: string;
  /** Undefined: a key for the time of a run. */
  readonly issuerKey: string | undefined;
  readonly documentsOnly: boolean;
  readonly requestsPerMinute: number;
}

/** @throws Error naming what is wrong */
export const configFrom = (env: NodeJS.ProcessEnv): GatewayConfig => {
  const read = Config.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (!read.success) {
    const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`configuration: ${problems.join('; ')}`);
  }
  const given = read.data;
  if (given.IDENTITY_URL === undefined) {
    if (given.NODE_ENV === 'production')
      throw new Error(
        'configuration: IDENTITY_URL: needed unless NODE_ENV=development: the embedded issuer has demo accounts',
      );
    if (given.HOST !== '127.0.0.1')
      throw new Error('configuration: HOST: without IDENTITY_URL it is 127.0.0.1: demo accounts stay on this machine');
    if (given.NAMES !== undefined)
      throw new Error('configuration: NAMES: only with IDENTITY_URL: demo accounts stay on this machine');
    if (given.IDENTITY_REALM !== 'resguardo')
      throw new Error('configuration: IDENTITY_REALM: only with IDENTITY_URL: the embedded issuer has one realm');
  }
  if (given.METRICS_PORT === given.PORT)
    throw new Error('configuration: METRICS_PORT must be another than PORT: metrics are not for the public');
  return {
    port: given.PORT,
    host: given.HOST,
    names: given.NAMES?.split(',')
      .map((name) => name.trim())
      .filter(Boolean),
    trustedProxies: given.TRUSTED_PROXIES,
    services: {
      coordination: given.COORDINATION_URL,
      prosecution: given.PROSECUTION_URL,
      'child-protection': given.CHILD_PROTECTION_URL,
      'victims-commission': given.VICTIMS_COMMISSION_URL,
      health: given.HEALTH_URL,
      oversight: given.OVERSIGHT_URL,
      insights: given.INSIGHTS_URL,
    },
    identityUrl: given.IDENTITY_URL,
    realm: given.IDENTITY_REALM,
    issuerKey: given.ISSUER_KEY,
    documentsOnly: given.RESGUARDO_DOCUMENTS_ONLY,
    requestsPerMinute: given.RESGUARDO_REQUESTS_PER_MINUTE,
    logLevel: given.LOG_LEVEL,
    metrics: given.METRICS_PORT === undefined ? undefined : { host: given.METRICS_HOST, port: given.METRICS_PORT },
    otlpEndpoint: given.OTEL_EXPORTER_OTLP_ENDPOINT,
  };
};
