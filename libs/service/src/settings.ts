import { z } from 'zod';

/*
 * Settings that the one-process product and the services share. Loads nothing but zod: a wrong setting is named before the rest of the program is
 * read.
 */

export const Port = z.coerce.number().int().min(1).max(65535);

export const DatabaseUrl = z.url({ protocol: /^postgres(ql)?$/ });

/** Brokers, with the user and password of whoever connects. */
export const KafkaUrl = z
  .string()
  .regex(
    /^kafkas?:\/\/(?:[^:@/]+:[^@/]+@)?[^@/]+$/,
    'must be kafka://user:password@host:port,host:port, or kafkas:// over TLS',
  );

/** Where the events are kept. */
export const StoreSettings = {
  /** In the database as well, or in an EventStoreDB of one's own. */
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
};

/** What `openStore` is told. @throws Error when the EventStoreDB that was asked for is not named: facts are never kept elsewhere instead */
export const storeIn = ({
  RESGUARDO_STORE,
  EVENTSTOREDB_URL,
  EVENTSTOREDB_PREFIX: eventStoreDbPrefix,
}: z.infer<z.ZodObject<typeof StoreSettings>>) => {
  const apart = RESGUARDO_STORE === 'eventstoredb';
  if (apart && EVENTSTOREDB_URL === undefined)
    throw new Error('configuration: RESGUARDO_STORE=eventstoredb needs EVENTSTOREDB_URL');
  return { eventStoreDbUrl: apart ? EVENTSTOREDB_URL : undefined, eventStoreDbPrefix };
};

/** What is observed, and how loudly it is said. */
export const ObservedSettings = {
  /** Where Prometheus scrapes `/metrics`. Nothing is measured unless given. */
  METRICS_PORT: Port.optional(),
  /** The address it is served on: this machine alone unless given. */
  METRICS_HOST: z.union([z.ipv4(), z.ipv6()]).default('127.0.0.1'),
  /** A collector that takes OTLP over HTTP as JSON. Nothing is traced unless given. */
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
  /** What it asks for to let a program in, a secret: `authorization=Bearer%20…`, several with commas. OpenTelemetry's library reads it by itself. */
  OTEL_EXPORTER_OTLP_HEADERS: z
    .string()
    .regex(/^[^=,\s]+=[^=,\s]+(,[^=,\s]+=[^=,\s]+)*$/, 'must be name=value,name=value with values as in an address')
    .optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
};

/** Of all programs that read one clock: test programs, which are to give the same answers. */
export const TestClockSetting = {
  /** File with one instant, UTC, ISO 8601, which is now until the file says otherwise. Refused in production. */
  RESGUARDO_TEST_CLOCK: z.string().optional(),
};

/** @throws Error in production: whoever may write that file would say when everything happened */
export const testClockIn = ({
  NODE_ENV,
  RESGUARDO_TEST_CLOCK,
}: {
  readonly NODE_ENV: string;
  readonly RESGUARDO_TEST_CLOCK?: string | undefined;
}): string | undefined => {
  if (RESGUARDO_TEST_CLOCK !== undefined && NODE_ENV === 'production')
    throw new Error(
      'configuration: RESGUARDO_TEST_CLOCK: refused with NODE_ENV=production: what is recorded is stamped with the time at which it was',
    );
  return RESGUARDO_TEST_CLOCK;
};

/** What was set, read once, at start; empty is not set. @throws Error naming what is wrong, never its value */
export const settingsFrom = <Settings>(shape: z.ZodType<Settings>, env: NodeJS.ProcessEnv): Settings => {
  const read = shape.safeParse(Object.fromEntries(Object.entries(env).filter(([, value]) => value !== '')));
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new Error(`configuration: ${problems.join('; ')}`);
};
