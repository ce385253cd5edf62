import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { until } from '../support/until.js';

/** Programs of the product and its engines on this machine, by process id. */
const programs = (): ReadonlyMap<string, string> =>
  new Map(
    readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => {
        try {
          const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
          return /kafka\.Kafka |\bpostgres |apps\/[a-z-]+\/src\/main\.ts/.test(command)
            ? [[pid, command] as const]
            : [];
        } catch {
          return [];
        }
      }),
  );

it('`npm run start:distributed` starts all of it, prints one address, and ends everything at Ctrl-C', async () => {
  const folder = temporaryFolder();
  const before = programs();
  const started = () => [...programs()].filter(([pid]) => !before.has(pid)).map(([, command]) => command);
  // What npm runs; npm itself ends at once by the signal.
  const child = spawn(process.execPath, ['tools/bootstrap.mjs', 'distributed'], {
    env: { ...process.env, RESGUARDO_DATA: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  let printed = '';
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
  try {
    const address = await until('the address', async () => /ready: +(http:\/\/\S+)/.exec(printed)?.[1]);
    expect(printed.match(/ready: /g)).toHaveLength(1);
    const page = await fetch(address);
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('<title>')]);
    const health = await fetch(`${address}/health/ready`);
    expect(health.status).toBe(200);
    expect(started().filter((command) => command.includes('main.ts')).length).toBeGreaterThanOrEqual(8);
    expect(started().filter((command) => command.includes('kafka.Kafka')).length).toBe(3);
  } finally {
    process.kill(-child.pid!, 'SIGINT');
  }
  expect(await exit).toBe(0);
  expect(started()).toEqual([]);
  removeFolder(folder);
}, 180_000);
