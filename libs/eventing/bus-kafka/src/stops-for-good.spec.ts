import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** In a process of its own: what is looked for stops everything in it. */
const PROGRAM = `
  import 'SUBJECT';
  import Runner from 'kafkajs/src/consumer/runner.js';
  const logger = { namespace: () => logger, debug() {}, info() {}, warn() {}, error() {} };
  let nodes = ['0', '1'];
  let answer = () => {};
  const asked = [];
  const consumerGroup = {
    connect: async () => {}, joinAndSync: async () => {}, leave: async () => {}, heartbeat: async () => {},
    getNodeIds: () => nodes,
    // The one waits for something new, as long as brokers do; the other asks again and learns that a broker is gone.
    fetch: (node) => { asked.push(node); return node === '0' ? new Promise((go) => { answer = () => go([]); }) : new Promise((go) => setTimeout(() => go([]), 20)); },
  };
  const runner = new Runner({ logger, consumerGroup, instrumentationEmitter: { emit() {} }, concurrency: 1, eachBatch: async () => {}, heartbeatInterval: 1, retry: { retries: 1, initialRetryTime: 1 }, onCrash: () => {} });
  await runner.start();
  nodes = ['0'];
  await new Promise((go) => setTimeout(go, 60));
  const stopped = runner.stop();
  setTimeout(() => answer(), 20);
  await stopped;
  await new Promise((go) => setTimeout(go, 50));
  process.exit(asked.length > 0 ? 7 : 1);
`;

const exitOf = async (subject: string): Promise<number | null> => {
  const program = spawn(
    process.execPath,
    ['--import', './tools/hooks.mjs', '--input-type=module', '-e', PROGRAM.replace('SUBJECT', subject)],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const late = setTimeout(() => program.kill('SIGKILL'), 10_000);
  const [code] = (await once(program, 'exit')) as [number | null];
  clearTimeout(late);
  return code;
};

it('a consumer that is stopped while a broker goes ends, and leaves its process alone', async () => {
  expect(await exitOf('./libs/eventing/bus-kafka/src/stops-for-good.ts')).toBe(7);
}, 30_000);
