// Interleaved rounds, medians, and the processor time of this process and of the database beside the wall time.
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10;

const stat = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined; // it ended meanwhile; its parent has its time
  }
};
const times = (fields, wanted) => wanted.reduce((sum, index) => sum + Number(fields[index]), 0);

/** Processor time of a PostgreSQL server and its connections in milliseconds, also of those that ended; undefined where /proc is missing. */
export const serverCpu = (postmaster) => {
  if (!existsSync(`/proc/${postmaster}/stat`)) return undefined;
  let ticks = times(stat(postmaster), [11, 12, 13, 14]);
  for (const pid of readdirSync('/proc')) {
    const fields = /^\d+$/.test(pid) ? stat(pid) : undefined;
    if (fields && Number(fields[1]) === postmaster) ticks += times(fields, [11, 12]);
  }
  return ticks * TICK_MS;
};

/** Processor time of the programs that this process has started, in milliseconds, by what `nameOf` calls their command line. */
export const programsCpu = (nameOf) => {
  const found = {};
  for (const pid of existsSync('/proc') ? readdirSync('/proc') : []) {
    const fields = /^\d+$/.test(pid) ? stat(pid) : undefined;
    if (!fields || Number(fields[1]) !== process.pid) continue;
    const name = nameOf(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    if (name) found[name] = (found[name] ?? 0) + times(fields, [11, 12]) * TICK_MS;
  }
  return found;
};

export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

export const quantile = (list, q) =>
  [...list].sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(q * list.length))];

/** `workers` at once until `total` are done; `task(index, worker)`. */
export const atOnce = async (workers, total, task) => {
  let next = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (next < total) await task(next++, worker);
    }),
  );
};

/**
 * Runs the contenders in turn, `rounds` times, each first once in a while, after one round that does not count. A contender's
 * `run(round)` does `operations` and may return the milliseconds that count; `settle` waits for what it left to be done behind it
 * (followers): that costs processor time of this contender, but its callers do not wait for it. `cpu` says its processor time up to now in
 * milliseconds, { node, server }, where that is not this process's and this database's.
 */
export const rounds = async (contenders, count, postmaster) => {
  const laps = new Map(contenders.map((one) => [one, []]));
  const here = () => {
    const { user, system } = process.cpuUsage();
    return { node: (user + system) / 1000, server: serverCpu(postmaster) ?? 0 };
  };
  for (let round = -1; round < count; round++) {
    const from = ((round + contenders.length) % contenders.length) | 0;
    for (const one of [...contenders.slice(from), ...contenders.slice(0, from)]) {
      const cpu = one.cpu ?? here;
      const before = cpu();
      const started = performance.now();
      const said = await one.run(round);
      const ms = said ?? performance.now() - started;
      await one.settle?.();
      const after = cpu();
      const lap = { ms, node: after.node - before.node, server: after.server - before.server };
      if (round >= 0) laps.get(one).push(lap);
    }
  }
  return contenders.map((one) => {
    const of = (what) => median(laps.get(one).map(what));
    const { operations } = one;
    return {
      name: one.name,
      rate: of(({ ms }) => (operations / ms) * 1000),
      node: of(({ node }) => (node / operations) * 1000),
      server: of(({ server }) => (server / operations) * 1000),
      cpu: of(({ node, server }) => ((node + server) / operations) * 1000),
    };
  });
};

/** One table: rates, ratios to the first contender, processor time per operation; and what does not fit together. */
export const table = (title, results, goals = {}) => {
  const [base] = results;
  const width = Math.max(...results.map(({ name }) => name.length));
  console.log(`\n${title}`);
  console.log(`  ${''.padEnd(width)}     per s   wall ratio   CPU µs/op (node + database)   CPU ratio   goal`);
  for (const { name, rate, cpu, node, server } of results) {
    const [wall, processor] = [rate / base.rate, base.cpu / cpu];
    const goal = goals[name];
    const verdict = goal ? `≥ ${goal}: ${wall >= goal ? 'met' : 'MISSED'}` : '';
    console.log(
      `  ${name.padEnd(width)}  ${rate.toFixed(0).padStart(8)}   ${wall.toFixed(2).padStart(10)}   ` +
        `${cpu.toFixed(0).padStart(9)} (${node.toFixed(0)} + ${server.toFixed(0)})`.padEnd(31) +
        `${processor.toFixed(2).padStart(9)}   ${verdict}`,
    );
    const apart = Math.max(wall / processor, processor / wall);
    if (apart > 2) console.log(`  ! ${name}: wall and CPU ratios disagree by ${apart.toFixed(1)}×`);
  }
};
