import { randomBytes } from 'node:crypto';
import { copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { takeLock } from '@resguardo/embedded-postgres';
import { java, keycloakHome } from './artefacts.js';
import { freePorts, ready, runFolder } from './run-folder.js';

export interface KeycloakOptions {
  /** Realm to import, as Keycloak exports it. */
  readonly realmFile: string;
  /** What stands for the placeholders `${NAME}` of the file. */
  readonly values?: Readonly<Record<string, string>>;
  /** More options of `kc.sh start`. */
  readonly options?: readonly string[];
  /** Folder of themes besides those that it brings, as an absolute path. */
  readonly themes?: string;
  /** Port to listen on; a free one unless given. */
  readonly port?: number;
  /**
   * Folder in which its database stays, and the password of its administrator, who is made with the database. The next start goes on
   * with both: what is in the realm then stays as it is, and the file is not looked at again. Unless given they go with the run.
   */
  readonly kept?: { readonly folder: string; readonly password: string };
  /** A server that runs already, as below; `RESGUARDO_KEYCLOAK` unless given, undefined for none. */
  readonly given?: string | undefined;
}

export interface RunningKeycloak {
  /** Without a slash at the end; issuer tokens carry `<url>/realms/<realm>`. */
  readonly url: string;
  readonly realm: string;
  /** False when the server was given by `RESGUARDO_KEYCLOAK`. */
  readonly own: boolean;
  /** Folder of its database and its log, where it is the run's own. */
  readonly dataFolder?: string;
  /** A token of the administrator of all realms, for Keycloak's admin API; valid for a minute. */
  adminToken(): Promise<string>;
  stop(): Promise<void>;
}

/**
 * Keycloak with one realm, its database in a folder that goes with it unless it is kept.
 * With `RESGUARDO_KEYCLOAK=http://user:password@host:port` (an administrator of the master realm) the realm is put on that server,
 * in place of one of the same name, and stays there.
 */
export const startKeycloak = async (options: KeycloakOptions): Promise<RunningKeycloak> => {
  const definition = readFileSync(options.realmFile, 'utf8');
  const { realm } = JSON.parse(definition) as { realm?: unknown };
  if (typeof realm !== 'string') throw new Error(`${options.realmFile} names no realm`);
  const { given } = { given: process.env['RESGUARDO_KEYCLOAK'], ...options };
  // Keycloak puts in what stands in its environment, but only into files that it imports itself.
  return given ? givenServer(given, realm, filledIn(definition, options.values ?? {})) : ownServer(realm, options);
};

const ownServer = async (
  realm: string,
  { realmFile, values = {}, options = [], themes, port: wanted, kept }: KeycloakOptions,
): Promise<RunningKeycloak> => {
  const [program, home] = [await java(), await keycloakHome()];
  if (kept) mkdirSync(kept.folder, { recursive: true, mode: 0o700 });
  const release = kept && takeLock(kept.folder, join(kept.folder, 'lock'));
  const folder = runFolder();
  const close = async () => {
    await folder.close();
    release?.();
  };
  try {
    const own = join(folder.dir, 'keycloak');
    mkdirSync(own);
    // Its start script finds everything beside itself: what is only read is shared, what is written is this run's own.
    cpSync(join(home, 'bin'), join(own, 'bin'), { recursive: true });
    for (const name of ['lib', 'conf', 'providers']) symlinkSync(join(home, name), join(own, name));
    symlinkSync(themes ?? join(home, 'themes'), join(own, 'themes'));
    if (kept) symlinkSync(kept.folder, join(own, 'data'));
    mkdirSync(join(own, 'data/import'), { recursive: true });
    copyFileSync(realmFile, join(own, 'data/import/realm.json'));
    const [free, management] = (await freePorts(2)) as [number, number];
    const port = wanted ?? free;
    const admin = { username: 'admin', password: kept?.password ?? randomBytes(18).toString('base64url') };
    const server = folder.launch(
      'keycloak',
      '/bin/bash',
      [
        ...[join(own, 'bin/kc.sh'), 'start', '--optimized', '--import-realm', '--cache=local'],
        ...['--http-enabled=true', '--hostname-strict=false', '--http-host=127.0.0.1', `--http-port=${port}`],
        ...[`--http-management-port=${management}`, ...options],
      ],
      {
        ...values,
        JAVA: program,
        JAVA_OPTS_KC_HEAP: '-Xms96m -Xmx448m',
        // As of the brokers: a server of one machine is started often and asked little. It takes half the processor time.
        JAVA_OPTS_APPEND: '-XX:-UseG1GC -XX:+UseSerialGC -XX:TieredStopAtLevel=1',
        KC_BOOTSTRAP_ADMIN_USERNAME: admin.username,
        KC_BOOTSTRAP_ADMIN_PASSWORD: admin.password,
      },
    );
    const url = `http://127.0.0.1:${port}`;
    // It listens before the realm is imported.
    const asked = [`http://127.0.0.1:${management}/health/ready`, discoveryOf(url, realm)];
    await ready('Keycloak', server, async () => (await Promise.all(asked.map(answers))).every(Boolean), 180_000);
    return {
      url,
      realm,
      own: true,
      dataFolder: own,
      adminToken: () => adminToken(url, admin),
      stop: async () => {
        // What is thrown away with it needs no good order.
        if (!kept) await server.kill();
        await close();
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
};

const filledIn = (definition: string, values: Readonly<Record<string, string>>): string =>
  Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`\${${name}}`, () => value), definition);

const discoveryOf = (url: string, realm: string): string => `${url}/realms/${realm}/.well-known/openid-configuration`;

const answers = (url: string): Promise<boolean> =>
  fetch(url, { signal: AbortSignal.timeout(10_000) }).then(
    async (response) => (await response.text(), response.ok),
    () => false,
  );

const adminToken = async (url: string, admin: { username: string; password: string }): Promise<string> => {
  const body = new URLSearchParams({ grant_type: 'password', client_id: 'admin-cli', ...admin });
  const response = await fetch(`${url}/realms/master/protocol/openid-connect/token`, { method: 'POST', body });
  if (!response.ok) throw new Error(`Keycloak's administrator was not let in: ${response.status}`);
  return ((await response.json()) as { access_token: string }).access_token;
};

const givenServer = async (given: string, realm: string, definition: string): Promise<RunningKeycloak> => {
  const { username, password, origin, pathname } = new URL(given);
  const url = origin + pathname.replace(/\/$/, '');
  const admin = { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  const authorization = `Bearer ${await adminToken(url, admin)}`;
  await fetch(`${url}/admin/realms/${realm}`, { method: 'DELETE', headers: { authorization } });
  const made = await fetch(`${url}/admin/realms`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: definition,
  });
  if (!made.ok) throw new Error(`Keycloak at ${url} does not take realm ${realm}: ${made.status} ${await made.text()}`);
  return { url, realm, own: false, adminToken: () => adminToken(url, admin), stop: () => Promise.resolve() };
};
