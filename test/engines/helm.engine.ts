import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SERVICE_OF } from '@resguardo/contracts';
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { PersistentVolumeClaim, Service, ServiceAccount } from 'kubernetes-models/v1';
import { parse, parseAllDocuments } from 'yaml';
import { addressesFor, DECLARED, faultsOf, LEFT, type Left, replicasOf, toBeSet } from '../../infra/declared.js';
import { renderChart } from '../../infra/engines/index.js';
import { databaseOf, type Program, PROGRAMS } from '../../infra/programs.js';

const CHART = 'infra/helm/resguardo';
const VALUES = 'infra/helm/example-values.yaml';
const PORTS = { PORT: 8080, SERVICE_PORT: 8090 };
const RELEASE = 'resguardo';
const { erasures, traces: seen } = parse(readFileSync(VALUES, 'utf8')) as {
  erasures: { sharedStorageClass: string };
  traces: { headersSecret: string };
};
const ALL = ['gateway', ...PROGRAMS] as const;
type Name = (typeof ALL)[number];
/** With the events in coordination's own database. */
const LEFT_HERE: Left = { ...LEFT, EVENTSTOREDB_URL: 'only with store: eventstoredb' };
const AGENCIES = Object.values(SERVICE_OF) as readonly Program[];

/** Kinds of the chart, each with its schema and its type as `kubernetes-models` makes them from Kubernetes' own OpenAPI document. */
const KINDS: Readonly<Record<string, new (data: any) => { validate(): void }>> = {
  'apps/v1 Deployment': Deployment,
  'apps/v1 StatefulSet': StatefulSet,
  'v1 Service': Service,
  'v1 ServiceAccount': ServiceAccount,
  'v1 PersistentVolumeClaim': PersistentVolumeClaim,
  'policy/v1 PodDisruptionBudget': PodDisruptionBudget,
  'networking.k8s.io/v1 NetworkPolicy': NetworkPolicy,
};
const modelOf = ({ apiVersion, kind }: Rendered) => {
  const model = KINDS[`${apiVersion} ${kind}`];
  if (!model) throw new Error(`nobody knows ${apiVersion} ${kind}`);
  return model;
};

interface Probe {
  readonly httpGet: {
    readonly path: string;
    readonly port: string;
    readonly httpHeaders: readonly { readonly name: string; readonly value: string }[];
  };
}
interface Variable {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { readonly secretKeyRef: { readonly name: string; readonly key: string } };
}
interface Peer {
  readonly podSelector?: { readonly matchLabels: Readonly<Record<string, string>> };
}
interface Rule {
  readonly from?: readonly Peer[];
  readonly to?: readonly Peer[];
  readonly ports: readonly { readonly port: number | string }[];
}
/** As far as it is looked into; whether it is a whole one, Kubernetes' schema says. */
interface Rendered {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: any;
}

const rendered = async (values?: Readonly<Record<string, string>>): Promise<readonly Rendered[]> =>
  parseAllDocuments(await renderChart(CHART, VALUES, values)).flatMap((document) => {
    if (document.errors.length) throw document.errors[0]!;
    return (document.toJS() as Rendered | null) ?? [];
  });

let objects: readonly Rendered[];
beforeAll(async () => {
  objects = await rendered();
});

const named = (kind: string, name: string, among = objects): Rendered => {
  const found = among.filter((one) => one.kind === kind && one.metadata.name === name);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const hostOf = (program: string) => `${RELEASE}-${program}`;
/** What is asked: each replica of coordination by itself, of the others their Service. */
const hostsOf = (program: Program): readonly string[] =>
  program === 'coordination' ? [0, 1].map((i) => `${hostOf(program)}-${i}.${hostOf(program)}`) : [hostOf(program)];
const workloadOf = (program: Name, among = objects) =>
  named(program === 'coordination' ? 'StatefulSet' : 'Deployment', hostOf(program), among);
const podOf = (program: Name, among = objects) => workloadOf(program, among).spec.template.spec;

/** Its variables, with invented secrets in place of those that a Secret of the cluster gives. */
const environmentOf = (program: Name, among = objects): Record<string, string> => {
  const secrets: Readonly<Record<string, string>> = {
    DATABASE_URL: `postgres://${databaseOf(program)}:secret@database:5432/${databaseOf(program)}`,
    KAFKA_URL: `kafkas://${program}:secret@kafka:9092`,
    EVENTSTOREDB_URL: 'esdb://events:2113',
    OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20secret',
  };
  const variables = podOf(program, among).containers[0].env as readonly Variable[];
  expect(new Set(variables.map(({ name }) => name)).size).toBe(variables.length);
  return Object.fromEntries(
    variables.map(({ name, value, valueFrom }) => [name, value ?? secrets[valueFrom!.secretKeyRef.key]!]),
  );
};

/** What Kubernetes' schema says of these objects, each with its name: fields that are missing, or of another type or form. */
const faultsBySchema = (given: readonly Rendered[]): readonly string[] =>
  given.flatMap((one) => {
    try {
      new (modelOf(one))(one).validate();
      return [];
    } catch (error) {
      return [`${one.kind} ${one.metadata.name}: ${(error as Error).message}`];
    }
  });

/** A schema lets pass what it does not name. The compiler, told the same schema as types, does not. */
const faultsByType = (given: readonly Rendered[]): string => {
  const dir = resolve('node_modules/.cache/resguardo-helm');
  mkdirSync(dir, { recursive: true });
  try {
    const file = join(dir, 'rendered.ts');
    const lines = given.map(
      (one, i) =>
        `export const o${i}: import('kubernetes-models/${one.apiVersion}').I${modelOf(one).name} = ${JSON.stringify(one)};`,
    );
    writeFileSync(file, lines.join('\n'));
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'esnext',
      '--moduleResolution',
      'bundler',
      '--ignoreConfig',
      file,
    ];
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ['node_modules/typescript-native/bin/tsc', ...options],
      { encoding: 'utf8' },
    );
    return status === 0 ? '' : stdout + stderr;
  } finally {
    rmSync(dir, { recursive: true });
  }
};

it('renders whole Kubernetes objects, after a strict lint, by their schema and with no field that it does not know', () => {
  expect(new Set(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`))).toEqual(new Set(Object.keys(KINDS)));
  expect(faultsBySchema(objects)).toEqual([]);
  expect(faultsByType(objects)).toBe('');
});

it('would tell a field that is unknown, missing, of another type or of another form, however deep', () => {
  const deployment = named('Deployment', hostOf('health'));
  const { selector: _selector, ...unselected } = deployment.spec;
  const unnamed = structuredClone(deployment);
  delete unnamed.spec.template.spec.containers[0].name;
  const misspelt = structuredClone(deployment);
  misspelt.spec.template.spec.containers[0].livenessProbe.httpGet.hostt = 'x';
  const because = 'Deployment resguardo-health: ';
  expect(
    faultsBySchema([
      { ...deployment, spec: unselected },
      { ...deployment, spec: { ...deployment.spec, replicas: 'one' } },
      { ...deployment, spec: { ...deployment.spec, replicas: 2 ** 40 } },
      unnamed,
    ]),
  ).toEqual([
    expect.stringContaining(`${because}data/spec must have required property selector`),
    expect.stringContaining(`${because}data/spec/replicas must be integer`),
    expect.stringContaining(`${because}data/spec/replicas must match format "int32"`),
    expect.stringContaining(`${because}data/spec/template/spec/containers/0 must have required property name`),
  ]);
  const told = faultsByType([{ ...deployment, spec: { ...deployment.spec, replica: 1 } }, misspelt]);
  expect(told).toContain('\'"replica"\' does not exist');
  expect(told).toContain('\'"hostt"\' does not exist');
});

it('does not render without what only an installation can say', async () => {
  await expect(renderChart(CHART, VALUES, { 'identity.url': '' })).rejects.toThrow(
    'identity.url: the address of Keycloak',
  );
  await expect(renderChart(CHART, VALUES, { 'gateway.names': 'null' })).rejects.toThrow('gateway.names');
});

it('takes names of releases with which every pod of every program can be made, and no longer one', async () => {
  const named = (length: number) => renderChart(CHART, VALUES, {}, 'r'.repeat(length));
  await expect(named(33)).rejects.toThrow('the name of the release: at most 32 characters');
  const programs = parseAllDocuments(await named(32))
    .map((document) => document.toJS() as { kind?: string; metadata: { name: string } } | null)
    .filter((one) => one?.kind === 'Deployment' || one?.kind === 'StatefulSet');
  expect(programs).toHaveLength(ALL.length);
  // What stands behind it in a label, a print of ten characters, has to fit into 63.
  for (const one of programs) expect(one!.metadata.name.length).toBeLessThanOrEqual(63 - '-0123456789'.length);
});

describe.each(ALL)('%s', (program) => {
  const isCalled = DECLARED[program].variables.includes('SERVICE_PORT');
  const ports = isCalled ? [8080, 8090] : [8080];
  const isMeasured = DECLARED[program].variables.includes('METRICS_PORT');

  it('sets every variable that its configuration declares but those left for a reason, and none that it does not know', () => {
    expect(Object.keys(environmentOf(program)).sort()).toEqual(toBeSet(program, LEFT_HERE));
    expect(faultsOf(program, environmentOf(program))).toEqual([]);
    // Kubernetes would add some of its own.
    expect(podOf(program).enableServiceLinks).toBe(false);
  });

  it('is the program of its name on the ports of its configuration, and finds the others', () => {
    const [container] = podOf(program).containers;
    const environment = environmentOf(program);
    expect(container.args).toEqual([`apps/${program}/src/main.ts`]);
    const open = container.ports as readonly { readonly name: string; readonly containerPort: number }[];
    expect(open.map(({ containerPort }) => containerPort)).toEqual(isMeasured ? [...ports, 9464] : ports);
    expect([environment['PORT'], environment['SERVICE_PORT']]).toEqual(['8080', isCalled ? '8090' : undefined]);
    const { spec } = named('Service', hostOf(program));
    expect(spec.ports.map(({ port, targetPort }: { port: number; targetPort: string }) => [port, targetPort])).toEqual(
      open.flatMap(({ containerPort, name }) => (name === 'metrics' ? [] : [[containerPort, name]])),
    );
    const addresses = addressesFor(program, PORTS, hostsOf);
    const found = Object.keys(addresses).map((name) => [
      name,
      name === 'AGENCY_URLS' ? JSON.parse(environment[name]!) : environment[name],
    ]);
    expect(Object.fromEntries(found)).toEqual(addresses);
    if (program !== 'gateway')
      expect(new Set(environment['NAMES']!.split(','))).toEqual(
        new Set([hostOf(program), ...hostsOf(program)].map((host) => `${host}:8080`)),
      );
  });

  it('says of each pod where it is measured, unless its program measures nothing', () => {
    const { annotations } = workloadOf(program).spec.template.metadata;
    const { METRICS_HOST: host, METRICS_PORT: port } = environmentOf(program);
    expect([host, port]).toEqual(isMeasured ? ['0.0.0.0', '9464'] : [undefined, undefined]);
    expect(annotations).toEqual(
      isMeasured
        ? { 'prometheus.io/scrape': 'true', 'prometheus.io/port': port, 'prometheus.io/path': '/metrics' }
        : undefined,
    );
  });

  it('is asked whether it lives and is ready, under a name of its own', () => {
    const [container] = podOf(program).containers;
    const probes = [container.startupProbe, container.livenessProbe, container.readinessProbe] as readonly Probe[];
    expect(probes.map(({ httpGet }) => httpGet.path)).toEqual(['/health/live', '/health/live', '/health/ready']);
    for (const { httpGet } of probes) {
      expect(httpGet.port).toBe('graphql');
      expect(httpGet.httpHeaders.map(({ name }) => name)).toEqual(['Host']);
      expect(environmentOf(program)['NAMES']!.split(',')).toContain(httpGet.httpHeaders[0]!.value);
    }
  });

  it('runs as often as its part asks, one is taken away at a time, and of two one stays', () => {
    const { spec } = workloadOf(program);
    const twice = replicasOf(program) === 2;
    expect(spec.replicas).toBe(replicasOf(program));
    expect([spec.strategy?.type, spec.updateStrategy?.type]).toEqual(
      program === 'coordination' ? [undefined, 'RollingUpdate'] : [twice ? undefined : 'Recreate', undefined],
    );
    const budget = named('PodDisruptionBudget', hostOf(program)).spec;
    expect(budget).toEqual({ maxUnavailable: 1, selector: spec.selector });
    expect(spec.template.metadata.labels).toMatchObject(spec.selector.matchLabels);
    expect(named('Service', hostOf(program)).spec.selector).toEqual(spec.selector.matchLabels);
    const apart = {
      weight: 100,
      podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: spec.selector },
    };
    expect(spec.template.spec.affinity).toEqual(
      twice ? { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [apart] } } : undefined,
    );
  });

  it('has no rights in its pod, its node or its cluster', () => {
    const pod = podOf(program);
    expect(pod).toMatchObject({
      serviceAccountName: hostOf(program),
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(named('ServiceAccount', hostOf(program))).toMatchObject({ automountServiceAccountToken: false });
    expect(pod.containers).toHaveLength(1);
    expect(pod.containers[0]).toMatchObject({
      securityContext: {
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      resources: {
        requests: { cpu: expect.any(String), memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      },
    });
  });

  it('mounts its own secrets and no other, and is let in by the collector', () => {
    const { volumes = [], containers } = podOf(program);
    const secrets = volumes.flatMap(({ secret }: { secret?: { secretName: string } }) => secret?.secretName ?? []);
    const variables = (containers[0].env as readonly Variable[]).flatMap(
      ({ valueFrom }) => valueFrom?.secretKeyRef.name ?? [],
    );
    const own = `resguardo-${program}`;
    expect(secrets).toEqual(program === 'gateway' ? [] : [own, 'resguardo-service-keys']);
    expect(new Set(variables)).toEqual(new Set([...(program === 'gateway' ? [] : [own]), seen.headersSecret]));
    const at = (name: string) =>
      containers[0].volumeMounts?.find((mount: { name: string }) => mount.name === name)?.mountPath as string;
    const environment = environmentOf(program);
    if (program !== 'gateway')
      expect([at('own'), `${at('known')}/service-keys.json`]).toEqual([
        environment['SECRETS'],
        environment['SERVICE_KEYS'],
      ]);
    expect(at('erasures')).toBe(environment['ERASURES']);
    if (!DECLARED[program].variables.includes('ERASURES')) return;
    const claimed = (volumes as readonly { persistentVolumeClaim?: { claimName: string } }[]).flatMap(
      ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
    );
    expect(claimed).toEqual([`${hostOf(program)}-erasures`]);
    const claim = named('PersistentVolumeClaim', claimed[0]!);
    expect(claim.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' });
    // All replicas add to one list, from whatever node they are on.
    expect([claim.spec.accessModes, claim.spec.storageClassName]).toEqual(
      replicasOf(program) > 1 ? [['ReadWriteMany'], erasures.sharedStorageClass] : [['ReadWriteOnce'], undefined],
    );
  });
});

it('gives each replica of coordination an address of its own, and updates the second once the first can be found again', () => {
  const { spec } = workloadOf('coordination');
  const service = named('Service', hostOf('coordination'));
  expect([service.metadata.name, service.spec.clusterIP]).toEqual([spec.serviceName, 'None']);
  expect(service.spec.publishNotReadyAddresses).toBeUndefined();
  expect([spec.podManagementPolicy, spec.minReadySeconds]).toEqual(['Parallel', 30]);
  expect(spec.volumeClaimTemplates).toBeUndefined();
  const others = ALL.filter((program) => program !== 'coordination');
  for (const program of others) expect(named('Service', hostOf(program)).spec.clusterIP).toBeUndefined();
});

describe('the network', () => {
  const policyOf = (program: string, among = objects) => named('NetworkPolicy', hostOf(program), among).spec;
  /** `program:port` of the chart's own pods, else what is said. */
  const ends = (rules: readonly Rule[] = [], side: 'from' | 'to') =>
    rules
      .flatMap((rule) =>
        (rule[side] ?? ['everybody' as const]).flatMap((peer) =>
          rule.ports.map(({ port }) => {
            const labels = typeof peer === 'string' ? undefined : peer.podSelector?.matchLabels;
            const program = labels?.['app.kubernetes.io/instance'] === RELEASE && labels['app.kubernetes.io/name'];
            return `${program || JSON.stringify(peer)} ${port}`;
          }),
        ),
      )
      .sort();
  const { gateway, metrics, traces, egress } = parse(readFileSync(VALUES, 'utf8')) as {
    gateway: { from: readonly Peer[] };
    metrics: { from: readonly Peer[] };
    traces: { endpoint: string };
    egress: Readonly<Record<string, { to: readonly Peer[] }>>;
  };
  const outside = (...kinds: readonly (readonly [string, number])[]) =>
    kinds.flatMap(([kind, port]) => egress[kind]!.to.map((peer) => `${JSON.stringify(peer)} ${port}`));
  const DNS = {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } },
    podSelector: { matchLabels: { 'k8s-app': 'kube-dns' } },
  };
  const dns = [53, 53].map((port) => `${JSON.stringify(DNS)} ${port}`);
  const engines = outside(['postgres', 5432], ['kafka', 9092], ['identity', 443]);
  const scrapers = metrics.from.map((peer) => `${JSON.stringify(peer)} metrics`);
  const on = (port: string, programs: readonly string[]) => programs.map((program) => `${program} ${port}`);

  it('lets nothing through that no other policy names', () =>
    expect(policyOf('default-deny')).toEqual({
      podSelector: { matchLabels: { 'app.kubernetes.io/instance': RELEASE } },
      policyTypes: ['Ingress', 'Egress'],
    }));

  it('leads in from outside to the gateway alone, and from it to the services’ GraphQL', () => {
    const { ingress, egress: out, podSelector, policyTypes } = policyOf('gateway');
    expect(podSelector.matchLabels).toEqual({
      'app.kubernetes.io/instance': RELEASE,
      'app.kubernetes.io/name': 'gateway',
    });
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ends(ingress, 'from')).toEqual(
      [...gateway.from.map((peer) => `${JSON.stringify(peer)} graphql`), ...scrapers].sort(),
    );
    expect(ends(out, 'to')).toEqual(
      [...on('graphql', PROGRAMS), ...dns, ...outside(['identity', 443], ['collector', 4318])].sort(),
    );
    const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy');
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual([...ALL, 'default-deny'].map(hostOf).sort());
  });

  it.each(PROGRAMS)('lets %s be asked and ask as far as its part goes', (program) => {
    const callers: readonly Program[] =
      program === 'coordination'
        ? [...AGENCIES, 'oversight']
        : program === 'oversight'
          ? []
          : program === 'insights'
            ? ['oversight']
            : ['coordination', 'oversight'];
    const called: readonly Program[] =
      program === 'coordination'
        ? AGENCIES
        : program === 'oversight'
          ? ['coordination', ...AGENCIES, 'insights']
          : program === 'insights'
            ? []
            : ['coordination'];
    const { ingress, egress: out, podSelector, policyTypes } = policyOf(program);
    expect(podSelector.matchLabels['app.kubernetes.io/name']).toBe(program);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
    expect(ends(ingress, 'from')).toEqual(
      [...on('graphql', ['gateway']), ...on('service', callers), ...scrapers].sort(),
    );
    expect(ends(out, 'to')).toEqual(
      [...on('service', called), ...dns, ...engines, ...outside(['collector', 4318])].sort(),
    );
  });

  it('lets nobody scrape whom nobody named, and traces to nowhere unless told where', async () => {
    const unseen = await rendered({ 'metrics.from': 'null', 'traces.endpoint': '' });
    for (const program of ALL) {
      const { ingress, egress: out } = policyOf(program, unseen);
      expect(ends(ingress, 'from').filter((end) => end.endsWith(' metrics'))).toEqual([]);
      expect(ends(out, 'to').filter((end) => end.endsWith(' 4318'))).toEqual([]);
      const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = environmentOf(program);
      expect(endpoint).toBe(traces.endpoint);
      expect(Object.keys(environmentOf(program, unseen)).filter((name) => name.startsWith('OTEL_'))).toEqual([]);
    }
  });

  it('says nothing to a collector that asks for nothing', async () => {
    const open = await rendered({ 'traces.headersSecret': '' });
    for (const program of ALL)
      expect(Object.keys(environmentOf(program, open)).filter((name) => name.startsWith('OTEL_'))).toEqual([
        'OTEL_EXPORTER_OTLP_ENDPOINT',
      ]);
  });

  it('lets coordination alone reach an event store of its own, and tells it where', async () => {
    const apart = await rendered({ store: 'eventstoredb' });
    expect(Object.keys(environmentOf('coordination', apart)).sort()).toEqual(toBeSet('coordination', LEFT));
    expect(faultsOf('coordination', environmentOf('coordination', apart))).toEqual([]);
    expect(environmentOf('coordination', apart)).toMatchObject({
      RESGUARDO_STORE: 'eventstoredb',
      EVENTSTOREDB_URL: 'esdb://events:2113',
    });
    const [end] = outside(['eventstoredb', 2113]);
    const reached = ALL.filter((program) => ends(policyOf(program, apart).egress, 'to').includes(end!));
    expect(reached).toEqual(['coordination']);
  });

  it('reaches nothing outside that nobody named', async () => {
    const closed = await rendered({ 'egress.kafka.to': 'null' });
    const ports = ends(policyOf('health', closed).egress, 'to').map((end) => end.split(' ').at(-1));
    expect(ports).not.toContain('9092');
    expect(ends(policyOf('health').egress, 'to').map((end) => end.split(' ').at(-1))).toContain('9092');
  });
});
