// The event store on EVENTSTOREDB_URL, or on its test double: what the product asks of it, without the product.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';
import { someEvent } from '@resguardo/eventing/testing';
import { eventStoreDbEventStore } from '@resguardo/store-eventstoredb';
import { atOnce, quantile, rounds, table } from './measure.mjs';

const given = process.env.EVENTSTOREDB_URL;

/** The server that was given, whose processor time nobody here sees; or the double in a process of its own, which writes and syncs each append. */
const openServer = async () => {
  if (given) return { label: 'EventStoreDB at EVENTSTOREDB_URL', url: given, close: async () => {} };
  const folder = mkdtempSync(join(tmpdir(), 'resguardo-bench-double-'));
  const script = 'libs/eventing/store-eventstoredb/src/testing/run-double.ts';
  const child = spawn(process.execPath, ['--import', './tools/hooks.mjs', script, join(folder, 'log')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(child.stdout, 'data');
  const close = async () => {
    const gone = once(child, 'exit');
    child.kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  return { label: 'double', url: /esdb:\S+/.exec(line.toString())[0], pid: child.pid, close };
};

const BATCH = 100;
const READ = 10_000;

export const eventStore = async ({ count, many, load }) => {
  const { label, url, pid, close } = await openServer();
  const prefix = `t${randomUUID().slice(0, 8)}-`;
  const store = eventStoreDbEventStore({ connection: url, streams: ['case-'], prefix, timeoutMs: 30_000 });
  const client = EventStoreDBClient.connectionString(url);
  try {
    const batches = async (stream, events) => {
      for (let revision = -1; revision + 1 < events; revision += BATCH)
        await store.append(
          stream,
          Array.from({ length: BATCH }, () => someEvent()),
          revision,
        );
    };
    const batched = Math.ceil(many(READ) / BATCH) * BATCH;
    await batches('case-read', batched);
    const [first] = (await store.read('case-read')).events;
    const [commit, prepare] = first.position.split(':').map(BigInt);
    const fromPosition = { commit, prepare };

    const singles = (writers, operations) => ({
      name: `appends, ${writers === 1 ? 'one at a time' : `${writers} writers`}`,
      operations,
      run: async (round) => {
        const revisions = Array.from({ length: writers }, () => -1);
        const append = async (_, writer) => {
          const stream = `case-${round}-${writers}-${writer}`;
          ({ revision: revisions[writer] } = await store.append(stream, [someEvent()], revisions[writer]));
        };
        await atOnce(writers, operations, append);
      },
    });
    const results = await rounds(
      [
        singles(1, many(400)),
        singles(16, many(1_600)),
        singles(64, many(6_400)),
        singles(256, many(12_800)),
        {
          name: `events in batches of ${BATCH}`,
          operations: batched,
          run: (round) => batches(`case-${round}-batches`, batched),
        },
        {
          name: 'readAll, events',
          operations: batched,
          run: async () => {
            let read = 0;
            for await (const _ of client.readAll({ fromPosition, maxCount: batched })) read++;
            if (read !== batched) throw new Error(`readAll gave ${read} of ${batched}`);
          },
        },
      ],
      count,
      pid,
    );
    table(`The event store on: ${label} (load average ${load()})`, results);
    if (given) console.log('  CPU: of this process alone');

    const seen = new Map();
    const stop = new AbortController();
    let came = () => {};
    const { position } = await store.append('case-live', [someEvent()], 'none');
    const following = store.follow(
      position,
      async (events) => {
        for (const { id } of events) seen.set(id, performance.now());
        came();
      },
      stop.signal,
    );
    const [fromSent, fromAnswered] = [[], []];
    const [untimed, timed] = [many(20), many(400)];
    for (let n = 0; n < untimed + timed; n++) {
      const event = someEvent();
      const sent = performance.now();
      await store.append('case-live', [event], n);
      const answered = performance.now();
      while (!seen.has(event.id)) await new Promise((resolve) => (came = resolve));
      if (n >= untimed) {
        fromSent.push(seen.get(event.id) - sent);
        fromAnswered.push(seen.get(event.id) - answered);
      }
      await setTimeout(5);
    }
    stop.abort();
    await following;
    const said = (list) => `p50 ${quantile(list, 0.5).toFixed(1)} ms, p99 ${quantile(list, 0.99).toFixed(1)} ms`;
    console.log(`\nAppend to live subscriber on: ${label} (load average ${load()})`);
    console.log(`  from sending the append:   ${said(fromSent)}`);
    console.log(`  from the answer to it:     ${said(fromAnswered)}`);
  } finally {
    await store.close();
    await client.dispose();
    await close();
  }
};
