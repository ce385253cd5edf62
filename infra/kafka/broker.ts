import { randomBytes } from 'node:crypto';

/** One of several nodes in KRaft mode with SASL/SCRAM-SHA-256 and access lists. */
export interface Node {
  /** A broker where `brokers` names it, a controller where `controllers` does. */
  readonly node: number;
  /** `host:port` by node id from 0, as clients and the other nodes reach them. */
  readonly brokers: readonly string[];
  /**
   * `host:port` by node id. Nodes of their own lose nothing with a broker; where a broker is one too, its death can take away who would
   * have noticed it.
   */
  readonly controllers: ReadonlyMap<number, string>;
  readonly superUser: string;
  readonly password: string;
  /** Folder of its segments. */
  readonly data: string;
}

/**
 * By which another takes over soon when a broker dies (docs/adr/0025); Kafka's own values keep feeds silent for seconds longer, and nothing
 * else would tell.
 */
export const SOON = {
  // The dead node may have been the active controller: only its successor counts the session of the dead broker, from its own beginning.
  'controller.quorum.fetch.timeout.ms': '1000',
  'controller.quorum.election.timeout.ms': '500',
  'controller.quorum.election.backoff.max.ms': '500',
  // A follower often hears of the new leader before that one does, is turned away, and would ask again only after a second; until then nothing is stored.
  'replica.fetch.backoff.ms': '100',
} as const;

/** Settings of a node; what no access list allows is forbidden. They hold a password. */
export const nodeSettings = ({ node, brokers, controllers, superUser, password, data }: Node) => ({
  'process.roles': [node in brokers && 'broker', controllers.has(node) && 'controller'].filter(Boolean).join(),
  'node.id': String(node),
  listeners: [
    node in brokers && `BROKER://${brokers[node]}`,
    controllers.has(node) && `CONTROLLER://${controllers.get(node)}`,
  ]
    .filter(Boolean)
    .join(),
  'listener.security.protocol.map': 'BROKER:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT',
  'controller.listener.names': 'CONTROLLER',
  'controller.quorum.voters': [...controllers].map(([id, address]) => `${id}@${address}`).join(),
  'inter.broker.listener.name': 'BROKER',
  'sasl.enabled.mechanisms': 'SCRAM-SHA-256',
  'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-256',
  'listener.name.broker.scram-sha-256.sasl.jaas.config': scram(superUser, password),
  // SCRAM keeps its users in the controllers' own log, so controllers know each other by a password in the file.
  'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.controller.protocol': 'PLAIN',
  'listener.name.controller.plain.sasl.jaas.config': `org.apache.kafka.common.security.plain.PlainLoginModule required username="${superUser}" password="${password}" user_${superUser}="${password}";`,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': `User:${superUser}`,
  'log.dirs': data,
  'auto.create.topics.enable': 'false',
  'unclean.leader.election.enable': 'false',
  'default.replication.factor': String(brokers.length),
  'min.insync.replicas': String(Math.min(2, brokers.length)),
  'offsets.topic.replication.factor': String(brokers.length),
  // Each consumer is a group of its own: there is nobody to wait for before it begins.
  'group.initial.rebalance.delay.ms': '0',
  ...SOON,
});

/** Arguments of `kafka-storage format` that make the users with the storage. */
export const scramArguments = (passwords: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(passwords).flatMap(([name, password]) => [
    '--add-scram',
    `SCRAM-SHA-256=[name=${name},password=${password}]`,
  ]);

export const scram = (name: string, password: string): string =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="${name}" password="${password}";`;

/** As a file of Java properties. */
export const properties = (values: Readonly<Record<string, string>>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');

/** Id of a cluster: sixteen bytes as Kafka writes them. One that began with a hyphen would be taken for an option by Kafka's own tools. */
export const newClusterId = (): string => {
  for (;;) {
    const id = randomBytes(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
};
