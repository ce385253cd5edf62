import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FolderInUse, takeLock } from '@resguardo/embedded-postgres';

const KAFKA = '4.3.1';
const KEYCLOAK = '26.7.0';
const LOG4J = '2.25.2';
const HELM = '0.0.16';
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const JVMS = '/usr/lib/jvm';

/** Outside the checkout, kept between runs. */
const cache = (): string => process.env['RESGUARDO_ENGINES'] ?? join(homedir(), '.cache/resguardo-engines');

/** Java 17 or newer, as a program to run. Installed when it is missing and we may. */
export const java = async (): Promise<string> => {
  const found = () => ['java', ...installedJvms()].find((program) => versionOf(program) >= 17);
  return found() ?? (await install('openjdk-17-jre-headless', found));
};

/** Java that runs a source file: one with its compiler. Installed when it is missing and we may. */
const javaWithCompiler = async (): Promise<string> => {
  const found = () =>
    ['java', ...installedJvms()].find(
      (program) =>
        versionOf(program) >= 17 &&
        spawnSync(program, ['--list-modules'], { encoding: 'utf8' }).stdout.includes('jdk.compiler@'),
    );
  return found() ?? (await install('openjdk-17-jdk-headless', found));
};

const installedJvms = (): readonly string[] =>
  (existsSync(JVMS) ? readdirSync(JVMS) : []).map((name) => join(JVMS, name, 'bin/java')).filter(existsSync);

const versionOf = (program: string): number =>
  Number(/version "(\d+)/.exec(spawnSync(program, ['-version'], { encoding: 'utf8' }).stderr ?? '')?.[1] ?? 0);

const maven = async (): Promise<string> => {
  const found = () => (spawnSync('mvn', ['-v']).status === 0 ? 'mvn' : undefined);
  return found() ?? (await install('maven', found));
};

const install = async (name: string, found: () => string | undefined): Promise<string> => {
  if (process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0)
    throw new Error(
      `Kafka and Keycloak need ${name} on this machine: install it, or run this as root on Debian or Ubuntu`,
    );
  console.log(`[engines] apt-get install ${name} …`);
  const wait = ['-q', '-o', 'DPkg::Lock::Timeout=300'];
  await run('apt-get', [...wait, 'update']);
  await run('apt-get', [...wait, 'install', '-y', '--no-install-recommends', name]);
  const program = found();
  if (!program) throw new Error(`${name} is installed, but cannot be run`);
  return program;
};

/** Runs a program to its end. @throws Error with what it said when it did not end well. */
export const run = (program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const out of [child.stdout, child.stderr]) out.on('data', (chunk: Buffer) => (said += chunk.toString()));
    child.once('error', reject);
    child.once('close', (status) =>
      status === 0
        ? resolve(said)
        : reject(new Error(`${program} ended with ${status}:\n${said.split('\n').slice(-25).join('\n')}`)),
    );
  });

/** A folder of the cache that is there whole or not at all; runs beside each other wait for the one that makes it. */
const made = async (name: string, make: (dir: string) => Promise<void>): Promise<string> => {
  const dir = join(cache(), name);
  const partial = `${dir}.partial`;
  mkdirSync(cache(), { recursive: true });
  while (!existsSync(dir)) {
    const release = lockOf(dir);
    if (!release) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      continue;
    }
    try {
      if (existsSync(dir)) break;
      console.log(`[engines] making ${dir} …`);
      rmSync(partial, { recursive: true, force: true });
      mkdirSync(partial);
      await make(partial);
      renameSync(partial, dir);
    } finally {
      release();
    }
  }
  return dir;
};

const lockOf = (dir: string): (() => void) | undefined => {
  try {
    return takeLock(dir, `${dir}.lock`);
  } catch (error) {
    if (error instanceof FolderInUse) return undefined;
    throw error;
  }
};

const dependency = ([groupId, artifactId, version]: readonly string[]): string =>
  `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`;

const pom = (dependencies: readonly (readonly string[])[]): string =>
  `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>resguardo</groupId><artifactId>engines</artifactId><version>1</version><packaging>pom</packaging><dependencies>
${dependencies.map(dependency).join('\n')}
</dependencies></project>`;

/** @throws Error that says in a sentence what could not be had, and then what Maven found. */
const fetched = async (what: string, args: readonly string[]): Promise<void> => {
  const program = await maven();
  try {
    await run(program, ['-q', '-B', ...args]);
  } catch (error) {
    throw new Error(
      `${what} could not be fetched with Maven; the first time it needs a way to Maven Central. ${(error as Error).message}`,
      { cause: error },
    );
  }
};

/** A folder with these jars and all that they need. */
const jars = (name: string, dependencies: readonly (readonly string[])[]): Promise<string> =>
  made(name, async (dir) => {
    writeFileSync(join(dir, 'pom.xml'), pom(dependencies));
    const goal = `${PLUGIN}:copy-dependencies`;
    await fetched(name, ['-f', join(dir, 'pom.xml'), goal, `-DoutputDirectory=${dir}`]);
  });

/** Folder with the jars of Kafka's broker and tools. */
export const kafkaJars = (): Promise<string> =>
  jars(`kafka-${KAFKA}`, [
    ['org.apache.kafka', 'kafka_2.13', KAFKA],
    ['org.apache.kafka', 'kafka-tools', KAFKA],
    // Without it the broker logs nothing.
    ['org.apache.logging.log4j', 'log4j-slf4j-impl', LOG4J],
  ]);

/**
 * File with the classes of a broker as this JVM wants them for these jars (AppCDS): with it a broker starts in half the time.
 * It is not there before a broker was started with `-XX:ArchiveClassesAtExit` and ended in good order.
 */
export const kafkaClasses = (program: string, jarFolder: string): string => {
  const fits = createHash('sha256').update(spawnSync(program, ['-version'], { encoding: 'utf8' }).stderr);
  for (const name of readdirSync(jarFolder).sort()) {
    const { size, mtimeMs } = statSync(join(jarFolder, name));
    fits.update(`${jarFolder} ${name} ${size} ${mtimeMs}`);
  }
  return join(cache(), `kafka-${KAFKA}-${fits.digest('hex').slice(0, 12)}.jsa`);
};

/** Gives a file its name when all of it is on the disk: a JVM dies of an archive that ends too early. */
export const settle = (made: string, name: string): void => {
  const file = openSync(made, 'r');
  fsyncSync(file);
  closeSync(file);
  renameSync(made, name);
};

/**
 * Lints a chart strictly and renders it, by Helm itself as a library.
 * @param values more of them, as Helm's `--set` has them
 * @returns what it rendered. @throws Error with what Helm found
 */
export const renderChart = async (
  chart: string,
  valuesFile: string,
  values: Readonly<Record<string, string>> = {},
  release = 'resguardo',
): Promise<string> => {
  const group = 'com.marcnuri.helm-java';
  const native = `linux-${process.arch === 'arm64' ? 'arm64' : 'amd64'}`;
  const folder = await jars(`helm-${HELM}`, [
    [group, 'helm-java', HELM],
    [group, native, HELM],
  ]);
  const set = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  const program = fileURLToPath(new URL('../helm/Render.java', import.meta.url));
  const out = join(mkdtempSync(join(tmpdir(), 'resguardo-helm-')), 'rendered.yaml');
  try {
    await run(await javaWithCompiler(), ['-cp', join(folder, '*'), program, out, chart, valuesFile, release, ...set]);
    return readFileSync(out, 'utf8');
  } finally {
    rmSync(dirname(out), { recursive: true });
  }
};

/** Keycloak, built for what all runs have alike. A run adds its own `data` (see `startKeycloak`). */
export const keycloakHome = (): Promise<string> =>
  made(`keycloak-${KEYCLOAK}`, async (dir) => {
    const artefact = `-Dartifact=org.keycloak:keycloak-quarkus-dist:${KEYCLOAK}:zip`;
    await fetched(`keycloak-${KEYCLOAK}`, [`${PLUGIN}:unpack`, artefact, `-DoutputDirectory=${dir}`]);
    const [inner] = readdirSync(dir);
    for (const name of readdirSync(join(dir, inner!))) renameSync(join(dir, inner!, name), join(dir, name));
    const build = ['build', '--db=dev-file', '--health-enabled=true', '--metrics-enabled=true'];
    await run('/bin/bash', [join(dir, 'bin/kc.sh'), ...build], { ...process.env, JAVA: await java() });
  });
