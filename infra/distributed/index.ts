import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Feeds, prepareTopics } from '@resguardo/bus-kafka';
import { SERVICE_OF } from '@resguardo/contracts';
import { startPostgres } from '@resguardo/embedded-postgres';
import { Kafka, logLevel } from 'kafkajs';
import { Client } from 'pg';
import { freePorts, type KafkaCluster, type KafkaOptions, startKafka } from '../engines/index.js';
import { makeDatabases } from '../postgres/databases.js';
import { clearDatabases, hasRoom, markDatabases } from '../postgres/given.js';
import { type Program, PROGRAMS } from '../programs.js';
import { makeSecrets, passwordIn, pem, written } from '../secrets/secrets.js';

const FEEDS = JSON.parse(readFileSync(new URL('../kafka/feeds.json', import.meta.url), 'utf8')) as Feeds;

export interface ServiceProcess {
  readonly url: string;
  /** Everything it printed since it was started last. */
  output(): string;
  alive(): boolean;
  /** As it was started first. */
  start(): Promise<void>;
  /** SIGTERM, and its exit code. */
  stop(): Promise<number | null>;
  /** kill -9 */
  kill(): Promise<void>;
}

export interface Distributed {
  /** The one address of the product. */
  readonly gateway: ServiceProcess;
  readonly services: Readonly<Record<Program, ServiceProcess>>;
  /** The second processes of those that run twice. */
  readonly replicas: Readonly<Partial<Record<Program, ServiceProcess>>>;
  readonly kafka: KafkaCluster;
  /** Each as its own role, by service. They are secrets. */
  readonly databases: Readonly<Record<Program, string>>;
  /** The database server, as its owner. A secret. */
  readonly databaseOwner: string;
  /** False when the database server was given: then `restartDatabase` throws. */
  readonly ownDatabase: boolean;
  /** Where a service answers other services. */
  calledAt(service: Program): string;
  /** Where Prometheus scrapes a program, on this machine. @param replica 1: the second process of one that runs twice */
  metricsPortOf(program: Program | 'gateway', replica?: 0 | 1): number;
  /** Folder of the secrets of a service. */
  secretsOf(service: Program): string;
  /** kill -9 of the database server, and its start on the same data and port. */
  restartDatabase(): Promise<void>;
  stop(): Promise<void>;
}

const exited = (child: ChildProcess) =>
  new Promise<number | null>((done) => {
    if (child.exitCode !== null || child.signalCode !== null) done(child.exitCode);
    else child.once('exit', (code) => done(code));
  });

/** The brokers of a run begin empty: what was said to the feeds of the last one is said again. Followers know it and pass over it. */
const relayFromTheBeginning = async (url: string): Promise<void> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`do $$ begin
      if to_regclass('relay_checkpoint') is not null then delete from relay_checkpoint; end if; end $$`);
  } finally {
    await client.end();
  }
};

/** A program of this repository in a process that ends when this one does. */
const programOf = (path: string, url: string, env: Readonly<Record<string, string>>): ServiceProcess => {
  let child: ChildProcess | undefined;
  let printed = '';
  return {
    url,
    output: () => printed,
    alive: () => child !== undefined && child.exitCode === null && child.signalCode === null,
    start: async () => {
      printed = '';
      const started = spawn(process.execPath, ['--enable-source-maps', '--import', './tools/hooks.mjs', path], {
        env: { PATH: process.env['PATH'], HOME: process.env['HOME'], NODE_ENV: 'development', ...env },
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
      child = started;
      await new Promise<void>((ready, failed) => {
        const read = (chunk: Buffer) => {
          printed += chunk.toString();
          if (printed.includes(' is ready')) ready();
        };
        started.stdout?.on('data', read);
        started.stderr?.on('data', read);
        started.once('exit', (code) => failed(new Error(`${path}: exit ${code}: ${printed.slice(-4_000)}`)));
      });
    },
    stop: async () => {
      if (!child) return null;
      child.kill('SIGTERM');
      return exited(child);
    },
    kill: async () => {
      if (!child) return;
      child.kill('SIGKILL');
      await exited(child);
    },
  };
};

/** Servers that run already, instead of ones of the run's own. */
export interface Given {
  /** As `KafkaOptions.given`. */
  readonly kafka?: string | undefined;
  /** Address of a PostgreSQL, as a super user. The databases of the services are made there, in place of those of an earlier test run. */
  readonly postgres?: string | undefined;
}

interface DatabaseServer {
  readonly url: string;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const ownDatabaseServer = async (folder: string, lasting: boolean): Promise<DatabaseServer> => {
  const server = { dir: join(folder, 'postgres'), settings: { max_connections: '300' }, disposable: !lasting };
  let postgres = await startPostgres(server);
  return {
    url: postgres.url,
    restart: async () => {
      const { pid, port } = postgres;
      process.kill(pid, 'SIGKILL');
      // The folder is given back when it is gone.
      await postgres.stop();
      postgres = await startPostgres({ ...server, port });
    },
    stop: () => postgres.stop(),
  };
};

/** @param goesOn with what an earlier start made there */
const givenDatabaseServer = async (url: string, goesOn: boolean): Promise<DatabaseServer> => {
  await hasRoom(url);
  if (!goesOn) await clearDatabases(url);
  return {
    url,
    restart: () => Promise.reject(new Error('this PostgreSQL was given by DATABASE_URL: it is not to be killed')),
    stop: () => Promise.resolve(),
  };
};

/** All services of the product on this machine, each in a process, with a database, a Kafka user and secrets of its own. */
export const startDistributed = async ({
  folder,
  lasting = false,
  identityUrl,
  staffClientSecret,
  port: wanted,
  twice = [],
  store = {},
  cluster = {},
  env = {},
  given = { kafka: process.env['RESGUARDO_KAFKA'], postgres: process.env['RESGUARDO_POSTGRES'] },
  prepared = async () => {},
}: {
  /** Databases and secrets stay here; the next start goes on with them. Kafka's topics are filled anew from the store. */
  readonly folder: string;
  /** Databases that are to outlive a loss of power; unless given, nothing of the run's own waits for the disk. */
  readonly lasting?: boolean;
  /** The issuer; unless given, the gateway's embedded one with its demo accounts. */
  readonly identityUrl?: string;
  /** Of a Keycloak there: secret of its client that reads the register of staff. Unless given, the issuer has the demo accounts. */
  readonly staffClientSecret?: string;
  /** Of the gateway; a free one unless given. */
  readonly port?: number;
  /** Services of which two processes run, on the same database and with the same secrets. */
  readonly twice?: readonly Extract<Program, 'coordination' | 'oversight'>[];
  /** Where the events are kept (`StoreSettings`), its database unless given: told to coordination alone (D11). */
  readonly store?: Readonly<Record<string, string>>;
  /** Of Kafka, where it is the run's own. */
  readonly cluster?: Pick<KafkaOptions, 'controllers' | 'settings'>;
  readonly env?: Readonly<Record<string, string>>;
  /** What `RESGUARDO_KAFKA` and `RESGUARDO_POSTGRES` name, unless given. */
  readonly given?: Given;
  /** What is done with the databases, by service, before a program works on them. */
  readonly prepared?: (databases: Distributed['databases']) => Promise<void>;
}): Promise<Distributed> => {
  const secrets = join(folder, 'secrets');
  const goesOn = existsSync(secrets);
  const keysFile = makeSecrets(secrets);
  if (staffClientSecret !== undefined)
    writeFileSync(join(secrets, 'coordination', 'staff-client-secret'), staffClientSecret, { mode: 0o600 });
  const issuerKey = join(secrets, 'issuer-key.pem');
  written(issuerKey, () => pem(generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'pkcs8'));
  const passwordOf = (service: string) => passwordIn(join(secrets, service, 'password'));
  const users = Object.fromEntries(FEEDS.readers.map((reader) => [reader, passwordOf(reader)]));
  const [postgres, kafka] = await Promise.all([
    given.postgres ? givenDatabaseServer(given.postgres, goesOn) : ownDatabaseServer(folder, lasting),
    startKafka({ ...cluster, users, given: given.kafka }),
  ]);
  const stopEngines = () => Promise.all([kafka.stop(), postgres.stop()]);
  try {
    const admin = new Kafka({ ...kafka.connection(), logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    await prepareTopics(admin, FEEDS);
    await admin.disconnect();
    const databases = await makeDatabases(postgres.url, passwordOf);
    if (given.postgres) await markDatabases(postgres.url);
    await prepared(databases);
    await relayFromTheBeginning(databases.coordination);
    const ports = await freePorts(PROGRAMS.length * 6 + 2);
    const gatewayPort = wanted ?? ports.at(-1)!;
    const gatewayMetricsPort = ports.at(-2)!;
    const gatewayUrl = `http://127.0.0.1:${gatewayPort}`;
    const portsOf = (service: Program, replica = 0) => {
      const at = PROGRAMS.indexOf(service) * 6 + replica * 3;
      return { port: ports[at]!, servicePort: ports[at + 1]!, metricsPort: ports[at + 2]! };
    };
    const each = (service: Program, say: (at: ReturnType<typeof portsOf>) => string) =>
      ((twice as readonly Program[]).includes(service) ? [0, 1] : [0])
        .map((replica) => say(portsOf(service, replica)))
        .join(',');
    const calledAt = (service: Program) => each(service, ({ servicePort }) => `http://127.0.0.1:${servicePort}/keeper`);
    const { brokers } = kafka.connection('coordination') as { brokers: string[] };
    const settings = (service: Program, replica = 0): Readonly<Record<string, string>> => {
      const { port, servicePort, metricsPort } = portsOf(service, replica);
      const erasures = join(folder, 'erasures', service);
      const keepsErasures = !['oversight', 'insights'].includes(service);
      if (keepsErasures) mkdirSync(erasures, { recursive: true, mode: 0o700 });
      return {
        PORT: String(port),
        METRICS_PORT: String(metricsPort),
        DATABASE_URL: databases[service],
        KAFKA_URL: `kafka://${service}:${users[service]}@${brokers.join(',')}`,
        IDENTITY_URL: identityUrl ?? gatewayUrl,
        DEMO_ACCOUNTS: String(staffClientSecret === undefined),
        SECRETS: join(secrets, service),
        SERVICE_KEYS: keysFile,
        ...(service !== 'oversight' && { SERVICE_PORT: String(servicePort) }),
        ...(keepsErasures && { ERASURES: erasures }),
        ...(service === 'coordination' && store),
        ...(!['coordination', 'insights'].includes(service) && { COORDINATION_URL: calledAt('coordination') }),
        ...(service === 'oversight' && { INSIGHTS_URL: calledAt('insights') }),
        ...(['coordination', 'oversight'].includes(service) && {
          AGENCY_URLS: JSON.stringify(
            Object.fromEntries(Object.values(SERVICE_OF).map((agency) => [agency, calledAt(agency as Program)])),
          ),
        }),
        ...env,
      };
    };
    const programs = <Name extends Program>(names: readonly Name[], replica = 0) =>
      Object.fromEntries(
        names.map((service) => [
          service,
          programOf(
            `apps/${service}/src/main.ts`,
            `http://127.0.0.1:${portsOf(service, replica).port}`,
            settings(service, replica),
          ),
        ]),
      ) as Record<Name, ServiceProcess>;
    const services = programs(PROGRAMS);
    const replicas: Partial<Record<Program, ServiceProcess>> = programs(twice, 1);
    const gateway = programOf('apps/gateway/src/main.ts', gatewayUrl, {
      PORT: String(gatewayPort),
      METRICS_PORT: String(gatewayMetricsPort),
      ...(!identityUrl && { ISSUER_KEY: issuerKey }),
      ...(identityUrl && { IDENTITY_URL: identityUrl }),
      ...Object.fromEntries(
        PROGRAMS.map((service) => [
          `${service.toUpperCase().replaceAll('-', '_')}_URL`,
          each(service, ({ port }) => `http://127.0.0.1:${port}`),
        ]),
      ),
      ...env,
    });
    const stopServices = () =>
      Promise.all([gateway, ...Object.values(services), ...Object.values(replicas)].map((service) => service.stop()));
    try {
      // In whatever order they come up: each waits for what it needs of the others.
      await Promise.all(
        [gateway, ...Object.values(services), ...Object.values(replicas)].map((service) => service.start()),
      );
    } catch (error) {
      await stopServices();
      throw error;
    }
    return {
      gateway,
      services,
      replicas,
      kafka,
      databases,
      databaseOwner: postgres.url,
      ownDatabase: !given.postgres,
      calledAt,
      metricsPortOf: (program, replica) =>
        program === 'gateway' ? gatewayMetricsPort : portsOf(program, replica).metricsPort,
      secretsOf: (service) => join(secrets, service),
      restartDatabase: () => postgres.restart(),
      stop: async () => {
        await stopServices();
        await stopEngines();
      },
    };
  } catch (error) {
    await stopEngines();
    throw error;
  }
};
