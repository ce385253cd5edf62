import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type KeptStore, openStore } from '@resguardo/service';
import { Pool } from 'pg';
import type { Haystack } from '../../support/canaries.js';

const given = process.env['EVENTSTOREDB_URL'];
/** A server was given: everything that can be asked of it is. */
export const isStoreGiven = given !== undefined;

/** What a result was got on, to be said wherever it is shown. */
export const storeLabel = given === undefined ? 'an EventStoreDB test double' : 'EventStoreDB at EVENTSTOREDB_URL';

export interface StoreServer {
  readonly url: string;
  /** kill -9 and start again on the same port, when what is done meanwhile is done; not of a server that was given. */
  restart?(meanwhile?: () => Promise<void>): Promise<void>;
  /** All that it has on disk, as it lies there and as it was said to it; not of a server that was given. */
  held?(): readonly Haystack[];
  close(): Promise<void>;
}

/** The double in a process of its own, with what the file holds. */
const startDouble = async (file: string): Promise<StoreServer> => {
  const start = async (port: string): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
    const script = 'libs/eventing/store-eventstoredb/src/testing/run-double.ts';
    const child = spawn(process.execPath, ['--import', './tools/hooks.mjs', script, file, port], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    return { url: /esdb:\S+/.exec(line.toString())![0], child };
  };
  const kill = async (child: ChildProcess): Promise<void> => {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  let running = await start('0');
  const { url } = running;
  return {
    url,
    restart: async (meanwhile) => {
      await kill(running.child);
      try {
        await meanwhile?.();
      } finally {
        running = await start(new URL(url).port);
      }
    },
    held: () => {
      const bytes = readFileSync(file);
      const records = bytes.toString().split('\n').slice(0, -1);
      const said = records.flatMap((line) => {
        const { data, metadata } = JSON.parse(line) as { data: string; metadata: string };
        return [Buffer.from(data, 'base64'), Buffer.from(metadata, 'base64'), Buffer.from('\n')];
      });
      return [
        { name: 'file of the store', bytes },
        { name: 'records of the store', bytes: Buffer.concat(said) },
      ];
    },
    close: () => kill(running.child),
  };
};

/** The server that was given, or else the double. */
export const startStoreServer = async (file: string): Promise<StoreServer> =>
  given === undefined ? startDouble(file) : { url: given, close: async () => {} };

/** Names of its own on the server: what others and earlier runs left there is not ours. */
export const onStore = (url: string, prefix = `t${randomUUID().slice(0, 8)}-`): Record<string, string> => ({
  RESGUARDO_STORE: 'eventstoredb',
  EVENTSTOREDB_URL: url,
  EVENTSTOREDB_PREFIX: prefix,
});

/** Where the product keeps its events. @param settings as it was told; @param database of the one that keeps them (D11) */
export const openedOn =
  (settings: Readonly<Record<string, string>>, database: string) => async (): Promise<KeptStore> => {
    const pool = new Pool({ connectionString: database, max: 2 }).on('error', () => {});
    const choice = {
      eventStoreDbUrl: settings['EVENTSTOREDB_URL'],
      eventStoreDbPrefix: settings['EVENTSTOREDB_PREFIX'] ?? '',
    };
    const store = await openStore(choice, { url: database, pool }, { warn: () => {} });
    const close = async () => {
      await store.close();
      await pool.end();
    };
    return { ...store, close };
  };
