import { setTimeout } from 'node:timers/promises';
import { type FactMessage, type Feed, type Process, uuidv5 } from '@resguardo/eventing';
import type { Pool } from 'pg';
import { type Runner, type RunnerOptions, startRunner } from './projection-runner.fillings.js';
import type { Work } from './projection-runner.instance.js';

/** A process's command as the sender gets it. */
export interface ProcessCommand<Command> {
  readonly command: Command;
  /** UUIDv5 of process, causing event and step: the same whenever the same is sent again (D12). */
  readonly commandId: string;
  /** Who says it: `process:<name>`. */
  readonly actor: string;
  readonly causedBy: FactMessage;
}

export interface ProcessOptions<State extends object, Command> extends RunnerOptions {
  readonly pool: Pool;
  readonly feed: Feed;
  readonly reader: string;
  readonly process: Process<State, Command>;
  /** Resolves when the command is settled: accepted, or refused by a rule. Rejects when it has to be sent again. */
  readonly send: (command: ProcessCommand<Command>) => Promise<unknown>;
  /** Milliseconds between the attempts before the stream is parked. */
  readonly patience?: readonly number[];
  /** Milliseconds after which parked streams are tried again: the wait grows from the first to the last while some stay parked. */
  readonly retryAfter?: readonly [first: number, last: number];
}

export type ProcessRunner = Omit<Runner, 'rebuild' | 'table' | 'onApplied'>;

/**
 * Follows facts and sends the commands that follow from them: each at least once, always under the same id, so that twice is once.
 * A command that cannot be settled parks its stream, not the others; parked streams are tried again at the start and from then on, ever more
 * seldom: what stood in the way (a service away, say) passes without a person.
 */
export const runProcess = async <State extends object, Command>(
  options: ProcessOptions<State, Command>,
): Promise<ProcessRunner> => {
  const { pool, feed, reader, process, send, patience = [100, 500, 2_000], retryAfter = [5_000, 600_000] } = options;
  const settle = async (command: ProcessCommand<Command>): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      try {
        await send(command);
        return;
      } catch (error) {
        const ms = patience[attempt];
        if (ms === undefined) throw error;
        await setTimeout(ms);
      }
    }
  };
  const work: Work = {
    name: process.name,
    // A process is never filled anew: what it said was said.
    version: 1,
    columns: {},
    indexes: [],
    lists: [],
    keysOf: (message) => (process.concerns?.(message) === false ? [] : [message.stream]),
    step: async (row, message) => {
      const state = process.evolve((row ?? process.start) as State, message);
      const commands = process.react(message, state);
      for (const [step, command] of commands.entries())
        await settle({
          command,
          commandId: uuidv5(process.name, message.id, step),
          actor: `process:${process.name}`,
          causedBy: message,
        });
      // Another object: what was said is written down at once, also where the state stays as it is.
      return commands.length > 0 ? { ...state } : state;
    },
    concurrency: 8,
  };
  const {
    rebuild: _,
    table: __,
    onApplied: ___,
    ...runner
  } = await startRunner(pool, feed, reader, work, {
    limit: 100,
    ...options,
    schema: options.schema ?? 'processes',
  });
  const { stop, retry, parked } = runner;
  const stopping = new AbortController();
  const tryAgain = async (): Promise<boolean> => {
    let all = true;
    for (const { stream } of await parked()) {
      if (stopping.signal.aborted) return true;
      all = (await retry(stream)) && all;
    }
    return all;
  };
  const retrying = (async () => {
    const [first, last] = retryAfter;
    for (let wait = first; ;) {
      const all = await tryAgain().catch((error: unknown) => {
        if (!stopping.signal.aborted) options.onError?.(error);
        return false;
      });
      await setTimeout(wait, undefined, { signal: stopping.signal }).catch(() => {});
      if (stopping.signal.aborted) return;
      wait = all ? first : Math.min(wait * 2, last);
    }
  })();
  return {
    ...runner,
    stop: async () => {
      stopping.abort();
      await stop();
      await retrying;
    },
  };
};
