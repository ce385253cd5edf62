import { chmodSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { newClusterId, nodeSettings, properties, scramArguments } from '../kafka/broker.js';
import { passwordIn, written } from './secrets.js';

const SUPER = 'admin';
/** As infra/compose/compose.yaml calls them. */
export const BROKERS = [0, 1, 2].map((node) => `kafka-${node}:9092`);
export const CONTROLLERS = new Map([3, 4, 5].map((node, i) => [node, `controller-${i}:9093`]));
const KAFKA_DATA = '/var/lib/kafka/data/log';

/** Name of a variable of the compose file that holds a password. */
export const passwordVariable = (user: string): string => `${user.toUpperCase().replaceAll('-', '_')}_PASSWORD`;

/**
 * What infra/compose/compose.yaml needs besides `makeSecrets`: passwords, the brokers' settings, and the file `compose.env` that names them.
 * @param readers the services that read a feed
 * @param uid under which the containers run; it has to own the folder
 */
export const makeComposeSecrets = (folder: string, readers: readonly string[], uid: number): string => {
  const users = Object.fromEntries(readers.map((user) => [user, passwordIn(join(folder, user, 'password'))]));
  const others = ['postgres', 'keycloak', 'keycloak-admin'].map((user): [string, string] => [
    user,
    passwordIn(join(folder, user, 'password')),
  ]);
  const kafka = join(folder, 'kafka');
  const password = passwordIn(join(kafka, 'password'));
  written(join(kafka, 'cluster-id'), newClusterId);
  written(join(kafka, 'format-arguments'), () => scramArguments({ ...users, [SUPER]: password }).join('\n'));
  for (const node of [...BROKERS.keys(), ...CONTROLLERS.keys()]) {
    const place = { node, brokers: BROKERS, controllers: CONTROLLERS, superUser: SUPER, password, data: KAFKA_DATA };
    written(join(kafka, `node-${node}.properties`), () => properties(nodeSettings(place)));
  }
  const file = join(folder, 'compose.env');
  const variables = {
    RESGUARDO_SECRETS: resolve(folder),
    RESGUARDO_UID: String(uid),
    ...Object.fromEntries(
      [...Object.entries(users), ...others, ['kafka', password] as const].map(([user, secret]) => [
        passwordVariable(user),
        secret,
      ]),
    ),
  };
  writeFileSync(file, properties(variables), { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
};
