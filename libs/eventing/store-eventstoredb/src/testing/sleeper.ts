import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export interface Woken {
  readonly trouble: readonly string[];
  /** SHA-256 over the ids, in the order in which they came. */
  readonly inOrder: string;
  /** By how much more it held when it was woken than when it fell asleep, in bytes. */
  readonly grown: number;
}

/** A follower that sleeps over its first batch until it is woken: a process of its own, so that its memory is its own. */
export const sleeper = (url: string, prefix: string, events: number) => {
  const script = 'libs/eventing/store-eventstoredb/src/testing/run-sleeper.ts';
  const node = ['--expose-gc', '--import', './tools/hooks.mjs'];
  const child = spawn(process.execPath, [...node, script, url, prefix, String(events)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const gone = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const said = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error('the sleeping follower ended');
    return JSON.parse(value);
  };
  const asleep: Promise<object> = said();
  return {
    /** It has its first batch, and holds it. */
    asleep,
    wake: async (): Promise<Woken> => {
      child.stdin.write('wake\n');
      return said();
    },
    close: async (): Promise<void> => {
      child.kill('SIGKILL');
      await gone;
    },
  };
};
