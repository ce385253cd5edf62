import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { topicOf } from '@resguardo/bus-kafka';
import { type AclEntry, type Admin, Kafka, type KafkaConfig, logLevel } from 'kafkajs';
import { newClusterId, nodeSettings, properties, scram, scramArguments } from '../kafka/broker.js';
import { java, kafkaClasses, kafkaJars, run, settle } from './artefacts.js';
import { freePorts, ready, type RunFolder, runFolder, type Server } from './run-folder.js';

export interface KafkaOptions {
  /** 3 unless given. */
  readonly brokers?: number;
  /** Nodes beside them that agree on who leads; unless given each broker does that too. */
  readonly controllers?: number;
  /** Passwords by user name. */
  readonly users?: Readonly<Record<string, string>>;
  readonly acls?: readonly AclEntry[];
  /** More settings of every broker. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Servers that run already, `user:password@host:port,host:port` (a super user); `RESGUARDO_KAFKA` unless given, undefined for none. */
  readonly given?: string | undefined;
}

export interface KafkaCluster {
  /** `host:port` by node id. */
  readonly brokers: readonly string[];
  /** False when the servers were given: then `kill`, `restart` and `dataOf` throw. */
  readonly own: boolean;
  /** How to connect as one of the users; as the super user unless given. */
  connection(user?: string): KafkaConfig;
  /** kill -9 of one broker. @param node its node id, 0 and up */
  kill(node: number): Promise<void>;
  /** Starts a broker again that was killed, on its data and its port. */
  restart(node: number): Promise<void>;
  /** Folder of one broker's segments. */
  dataOf(node: number): string;
  stop(): Promise<void>;
}

const SUPER = 'admin';

/**
 * Apache Kafka in KRaft mode with SASL/SCRAM-SHA-256 and access lists; what no list allows is forbidden.
 * On servers that were given it makes users and lists, and takes the feeds of an earlier run away.
 */
export const startKafka = async (options: KafkaOptions = {}): Promise<KafkaCluster> => {
  const { given } = { given: process.env['RESGUARDO_KAFKA'], ...options };
  const cluster = await (given ? givenCluster(given, options) : ownCluster(options));
  try {
    const { acls = [] } = options;
    if (acls.length) await asSuper(cluster, (admin) => admin.createAcls({ acl: [...acls] }));
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
};

const asSuper = async <T>(
  cluster: Pick<KafkaCluster, 'connection'>,
  work: (admin: Admin) => Promise<T>,
): Promise<T> => {
  const admin = new Kafka({ ...cluster.connection(), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
};

const connections =
  (brokers: readonly string[], passwords: Readonly<Record<string, string>>, superUser: string) =>
  (user = superUser): KafkaConfig => {
    const password = passwords[user];
    if (password === undefined) throw new Error(`Kafka has no user "${user}" in this run`);
    return { brokers: [...brokers], clientId: user, sasl: { mechanism: 'scram-sha-256', username: user, password } };
  };

const LOGGING = properties({
  'appender.console.type': 'Console',
  'appender.console.name': 'console',
  'appender.console.layout.type': 'PatternLayout',
  'appender.console.layout.pattern': '%d %p %m (%c)%n',
  'rootLogger.level': 'WARN',
  'rootLogger.appenderRef.console.ref': 'console',
  'logger.server.name': 'kafka.server.KafkaRaftServer',
  'logger.server.level': 'INFO',
});

/** Small and quick to start: these brokers live for minutes. */
const JVM = ['-Xms64m', '-Xmx288m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

const ownCluster = async ({
  brokers: count = 3,
  controllers: apart = 0,
  users = {},
  settings = {},
}: KafkaOptions): Promise<KafkaCluster> => {
  const [program, jarFolder] = [await java(), await kafkaJars()];
  const jars = join(jarFolder, '*');
  const classes = kafkaClasses(program, jarFolder);
  const keepsClasses = !existsSync(classes);
  const jvm = [...JVM, ...(keepsClasses ? [] : [`-XX:SharedArchiveFile=${classes}`])];
  const folder = runFolder();
  // Beside it, and whole before it has its name: runs start at once.
  const kept = `${classes}.${basename(folder.dir)}`;
  try {
    const places = (await freePorts(count + (apart || count))).map((port) => `127.0.0.1:${port}`);
    const brokers = places.slice(0, count);
    const controllers = new Map(places.slice(count).map((place, i) => [apart ? count + i : i, place]));
    const nodes = Array.from({ length: count + apart }, (_, node) => node);
    const passwords = { ...users, [SUPER]: randomBytes(18).toString('base64url') };
    const dataOf = (node: number) => join(folder.dir, `node-${node}`, 'data');
    const fileOf = (node: number) => join(folder.dir, `node-${node}`, 'server.properties');
    const logging = join(folder.dir, 'log4j2.properties');
    writeFileSync(logging, LOGGING);
    for (const node of nodes) {
      mkdirSync(join(folder.dir, `node-${node}`));
      writeFileSync(
        fileOf(node),
        properties({
          ...nodeSettings({
            node,
            brokers,
            controllers,
            superUser: SUPER,
            password: passwords[SUPER],
            data: dataOf(node),
          }),
          'offsets.topic.num.partitions': '3',
          'num.network.threads': '2',
          'num.io.threads': '4',
          'log.cleaner.enable': 'false',
          ...settings,
        }),
        { mode: 0o600 },
      );
    }
    const id = newClusterId();
    const added = scramArguments(passwords);
    const format = ['-cp', jars, 'kafka.tools.StorageTool', 'format', '-t', id];
    await Promise.all(nodes.map((node) => run(program, [...jvm, ...format, '-c', fileOf(node), ...added])));

    const launch = (node: number): Server =>
      folder.launch(`node-${node}`, program, [
        ...jvm,
        ...(keepsClasses && node === 0 ? [`-XX:ArchiveClassesAtExit=${kept}`] : []),
        ...['-cp', jars, `-Dlog4j2.configurationFile=${logging}`, 'kafka.Kafka', fileOf(node)],
      ]);
    const started = (node: number, server: Server): Promise<void> =>
      ready(`Kafka node ${node}`, server, () => server.said().includes('Kafka Server started'), 120_000);
    const servers = nodes.map(launch);
    await Promise.all(servers.map((server, node) => started(node, server)));
    const connection = connections(brokers, passwords, SUPER);
    await whole({ connection }, count);
    return {
      brokers,
      own: true,
      connection,
      dataOf,
      kill: (node) => servers[node]!.kill(),
      restart: async (node) => {
        if (servers[node]!.alive()) throw new Error(`broker ${node} runs`);
        servers[node] = launch(node);
        await started(node, servers[node]);
      },
      // They have nothing to hand over to each other: the data goes with the folder.
      stop: async () => {
        if (keepsClasses && (await servers[0]!.end()) && existsSync(kept)) settle(kept, classes);
        await Promise.all(servers.map((server) => server.kill()));
        await folder.close();
        rmSync(kept, { force: true });
      },
    };
  } catch (error) {
    await folder.close();
    rmSync(kept, { force: true });
    throw error;
  }
};

/** A broker that has started may still be unknown to the others. */
const whole = async (cluster: Pick<KafkaCluster, 'connection'>, count: number): Promise<void> => {
  const end = performance.now() + 60_000;
  while ((await asSuper(cluster, (admin) => admin.describeCluster())).brokers.length < count)
    if (performance.now() > end) throw new Error('the Kafka brokers have started, but did not find each other');
};

const givenCluster = async (given: string, { users = {} }: KafkaOptions): Promise<KafkaCluster> => {
  const [, superUser, password, list] = /^([^:]+):(.+)@([^@]+)$/.exec(given) ?? [];
  if (!superUser || !password || !list) throw new Error('RESGUARDO_KAFKA has to be user:password@host:port,host:port');
  const brokers = list.split(',');
  const notOurs = (): never => {
    throw new Error('these Kafka brokers were given by RESGUARDO_KAFKA: they are not to be killed');
  };
  const folder = runFolder();
  try {
    await addUsers(folder, brokers, scram(superUser, password), users);
  } finally {
    await folder.close();
  }
  const connection = connections(brokers, { ...users, [superUser]: password }, superUser);
  await asSuper({ connection }, withoutFeeds);
  return {
    brokers,
    own: false,
    connection,
    kill: notOurs,
    restart: notOurs,
    dataOf: notOurs,
    stop: () => Promise.resolve(),
  };
};

/** Each run begins with empty feeds. A topic is gone some time after it was told to go. */
const withoutFeeds = async (admin: Admin): Promise<void> => {
  const feeds = async () => (await admin.listTopics()).filter((topic) => topic.startsWith(topicOf('')));
  const old = await feeds();
  if (old.length === 0) return;
  await admin.deleteTopics({ topics: old });
  const end = performance.now() + 60_000;
  while ((await feeds()).length > 0)
    if (performance.now() > end) throw new Error('the feeds of an earlier run do not go away');
};

/** kafkajs cannot make users; Kafka's own tool can. */
const addUsers = async (
  folder: RunFolder,
  brokers: readonly string[],
  jaas: string,
  users: Readonly<Record<string, string>>,
): Promise<void> => {
  const file = join(folder.dir, 'admin.properties');
  const sasl = { 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': 'SCRAM-SHA-256', 'sasl.jaas.config': jaas };
  writeFileSync(file, properties(sasl), { mode: 0o600 });
  const [program, jars] = [await java(), join(await kafkaJars(), '*')];
  for (const [name, password] of Object.entries(users))
    await run(program, [
      ...[...JVM, '-cp', jars, 'kafka.admin.ConfigCommand', '--bootstrap-server', brokers.join(',')],
      ...['--command-config', file, '--alter', '--entity-type', 'users', '--entity-name', name],
      ...['--add-config', `SCRAM-SHA-256=[password=${password}]`],
    ]);
};
