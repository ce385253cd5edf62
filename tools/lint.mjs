// Without a cached project graph Nx's boundary rule warns, skips itself and exits 0: the graph is built first, always.
import { spawnSync } from 'node:child_process';

const run = (...args) => spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'], encoding: 'utf8' });
const graph = run('node_modules/nx/dist/bin/nx.js', 'show', 'projects');
if (graph.status !== 0) {
  console.error(graph.stdout);
  process.exit(graph.status ?? 1);
}
const lint = run(
  'node_modules/eslint/bin/eslint.js',
  '--max-warnings',
  '0',
  ...(process.argv.slice(2).length ? process.argv.slice(2) : ['.']),
);
process.stdout.write(lint.stdout);
process.exit(lint.status ?? 1);
