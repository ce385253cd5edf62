import { spawnSync } from 'node:child_process';
import { readFileSync, readlinkSync, realpathSync } from 'node:fs';

const linux = process.platform === 'linux';

/** `undefined` when there is no such process, or only its zombie. */
const stat = (pid: number): { state: string; started: string } | undefined => {
  if (linux) {
    try {
      // pid (command, may hold anything) state ppid … field 22 is the start in clock ticks since boot.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
      return fields[0] === 'Z' || fields[0] === 'X' ? undefined : { state: fields[0] ?? '', started: fields[19] ?? '' };
    } catch {
      return undefined;
    }
  }
  const { status, stdout } = spawnSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' });
  const [state = '', ...started] = stdout.trim().split(/\s+/);
  return status !== 0 || state.startsWith('Z') ? undefined : { state, started: started.join(' ') };
};

export const isAlive = (pid: number): boolean => stat(pid) !== undefined;

/** Tells a process from a later one with the same number. */
export const fingerprint = (pid: number): string | undefined => {
  const found = stat(pid);
  if (!found) return undefined;
  return `${pid} ${found.started} ${linux ? readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() : ''}`.trim();
};

/** Whether a process is the server of this cluster, and not a stranger that was given the number of a dead server. */
export const servesCluster = (pid: number, cluster: string): boolean => {
  if (!isAlive(pid)) return false;
  // A server works in its cluster folder.
  if (linux) {
    try {
      return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(cluster);
    } catch {
      return false;
    }
  }
  const { stdout } = spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.includes(cluster);
};

/** Resolves with whether `done` became true within `ms` milliseconds. */
export const within = async (ms: number, done: () => boolean): Promise<boolean> => {
  const end = performance.now() + ms;
  while (!done()) {
    if (performance.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
};
