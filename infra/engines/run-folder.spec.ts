import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, within } from '@resguardo/embedded-postgres';
import { freePorts, ready, runFolder } from './run-folder.js';

const PROGRAM = `
  import { runFolder } from './infra/engines/run-folder.ts';
  const folder = runFolder();
  const { pid } = folder.launch('sleeper', 'sleep', ['600']);
  console.log(JSON.stringify({ pid, dir: folder.dir }));
  setInterval(() => {}, 1000);`;

it('ends the servers of a process that is killed, and removes what it left', async () => {
  const owner = spawn(process.execPath, ['--import', './tools/hooks.mjs', '--input-type=module', '-e', PROGRAM], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const { pid, dir } = JSON.parse(line.toString()) as { pid: number; dir: string };
  expect(isAlive(pid)).toBe(true);
  owner.kill('SIGKILL');
  expect(await within(30_000, () => !isAlive(pid) && !existsSync(dir))).toBe(true);
}, 60_000);

it('ends its servers and says with their last words why one was not ready', async () => {
  const folder = runFolder();
  const sleeper = folder.launch('sleeper', 'sleep', ['600']);
  const broken = folder.launch('broken', '/bin/sh', ['-c', 'echo "no such setting"; exit 1']);
  await expect(ready('The engine', broken, () => false, 30_000)).rejects.toThrow(/The engine ended:\nno such setting/);
  expect(existsSync(join(folder.dir, 'sleeper'))).toBe(true);
  await folder.close();
  expect([sleeper.alive(), existsSync(folder.dir)]).toEqual([false, false]);
}, 60_000);

it('gives ports that are free and differ', async () => {
  const ports = await freePorts(8);
  expect(new Set(ports).size).toBe(8);
});
