// A follower in a process of its own, which falls asleep over its first batch: run-sleeper.ts URL PREFIX EVENTS. A line on stdin wakes it.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { eventStoreDbEventStore } from '../index.js';

const [url, prefix, wanted] = process.argv.slice(2);
if (!url || !wanted) throw new Error('usage: run-sleeper.ts URL PREFIX EVENTS');
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);
const trouble: string[] = [];
const store = eventStoreDbEventStore({
  connection: url,
  streams: ['case-'],
  prefix: prefix!,
  onTrouble: (error) => trouble.push(String(error)),
});
const digest = createHash('sha256');
const stop = new AbortController();
let seen = 0;
/** What it holds, in bytes: not what it has used and would give back. */
const held = () => {
  gc!();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};
let grown = 0;
await store.follow(
  undefined,
  async (events) => {
    for (const { id } of events) digest.update(id);
    seen += events.length;
    if (seen === events.length) {
      const before = held();
      say({});
      await once(process.stdin, 'data');
      grown = held() - before;
    }
    if (seen >= Number(wanted)) stop.abort();
  },
  stop.signal,
);
say({ trouble, inOrder: digest.digest('hex'), grown });
await store.close();
process.exit();
