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
