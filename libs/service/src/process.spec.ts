import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { clockOf } from './process.js';

describe('the clock of a program', () => {
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-clock-'));
  const file = join(folder, 'clock');
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is the machine’s', () => {
    const before = Date.now();
    const now = Date.parse(clockOf()());
    expect([before <= now, now <= Date.now()]).toEqual([true, true]);
  });

  it('of a test is what its file says, each time it is asked', () => {
    writeFileSync(file, '2026-03-02T10:00:00Z\n');
    const clock = clockOf(file);
    expect(clock()).toBe('2026-03-02T10:00:00.000Z');
    writeFileSync(file, '2026-03-02T10:00:01.000Z');
    expect(clock()).toBe('2026-03-02T10:00:01.000Z');
  });

  it('is not started with a file that holds no instant, and does not repeat what it holds', () => {
    writeFileSync(file, 'palabra-secreta');
    const start = () => clockOf(file);
    expect(start).toThrow(/^RESGUARDO_TEST_CLOCK: /);
    expect(start).not.toThrow('palabra-secreta');
    expect(() => clockOf(join(folder, 'none'))).toThrow();
  });
});

it('a program ends with the one that started it, also when that one went while it was starting', async () => {
  const program = `
    import { once } from 'node:events';
    import { runService } from './libs/service/src/process.ts';
    const server = setInterval(() => {}, 1_000);
    await runService('program', async () => {
      process.send('starting');
      await once(process, 'disconnect');
      return { url: 'http://127.0.0.1', stop: async () => clearInterval(server) };
    });`;
  const child = spawn(process.execPath, ['--import', './tools/hooks.mjs', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  try {
    await once(child, 'message');
    child.disconnect();
    expect(await once(child, 'exit', { signal: AbortSignal.timeout(20_000) })).toEqual([0, null]);
  } finally {
    child.kill('SIGKILL');
  }
}, 30_000);
