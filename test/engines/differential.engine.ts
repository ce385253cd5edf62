import { join } from 'node:path';
import { ANALYST } from '../e2e/support/people.js';
import { removeFolder, temporaryFolder } from '../e2e/support/standalone.js';
import { differencesBetween, reportOf } from './support/comparison.js';
import { type Product, type Run, runOf, startOneProcess, startServices } from './support/differential.js';
import { onStore, startStoreServer, storeLabel } from './support/eventstoredb.js';
import { historyOf } from './support/history.js';

/**
 * One history, said to the product in each way that it runs, is answered alike and leaves the same to read. PostgreSQL in one process is what
 * the others are held against. RESGUARDO_SEED makes another history; the seed is in the name of each run. The short set runs the services on
 * the event store alone, which takes as long as everything before it: on PostgreSQL all other tests of the services run.
 */
const full = process.env['RESGUARDO_FULL'] === '1';
const SEED = Number(process.env['RESGUARDO_SEED'] ?? 2_026);
const SIZE = full ? { commands: 10_000, cases: 300 } : { commands: 1_000, cases: 30 };
const history = historyOf(SEED, SIZE);
const BEGINS = history.steps[0]!.at;
const TIMEOUT_MS = full ? 3_600_000 : 600_000;

/** Said whenever a result is shown. */
const tell = (name: string, { answers, documents, outcomes, conflicts, busy, lost, milliseconds }: Run): void => {
  const said = Object.entries(outcomes)
    .sort(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${count} ${outcome}`);
  process.stdout.write(
    `${name}: ${answers.size} commands in ${milliseconds.said} ms (${said.join(', ')}; ${conflicts} conflicts, ${busy} said again, ${lost} answers lost), ` +
      `${documents.size} documents in ${milliseconds.read} ms\n`,
  );
};

describe(`${SIZE.commands} commands on ${SIZE.cases} cases (seed ${SEED}) are answered alike, and leave the same to read`, () => {
  const ONE = 'one process on PostgreSQL';
  let reference: Run | undefined;
  const ran = async (name: string, start: () => Promise<Product>): Promise<Run> => {
    const product = await start();
    try {
      const run = await runOf(product, history);
      tell(name, run);
      // On a machine that others use as well a command may be late; more than a few would be another fault.
      expect(run.busy + run.lost).toBeLessThan(SIZE.commands / 100);
      return run;
    } finally {
      await product.stop();
    }
  };
  const expectSame = (name: string, run: Run): void => {
    if (!reference) throw new Error(`there is nothing to compare with: ${ONE} did not come to its end`);
    // A command that was answered otherwise explains what is read otherwise: it is told first.
    const found = [
      ...differencesBetween(reference.answers, run.answers),
      ...differencesBetween(reference.documents, run.documents),
    ];
    if (found.length > 0) throw new Error(reportOf(found, [ONE, name]));
  };

  it(
    `in ${ONE}: it holds what it is to hold`,
    async () => {
      reference = await ran(ONE, () => startOneProcess(BEGINS));
      const { outcomes } = reference;
      const least = (share: number) => SIZE.commands * share;
      expect(outcomes['Accepted']).toBeGreaterThan(least(0.4));
      expect(outcomes['Refused']).toBeGreaterThan(least(0.1));
      expect(outcomes['repeated']).toBeGreaterThan(least(0.005));
      expect(outcomes['Kept']).toBeUndefined();
      // Nothing was read before it was there.
      const early = [...reference.documents].filter(([, answer]) => JSON.stringify(answer).includes('"behind":true'));
      expect(early.map(([what]) => what)).toEqual([]);
      // A quarter is over, and had cases enough to be told of.
      const { data } = reference.documents.get(`NationalFigures as ${ANALYST}`) as any;
      const totals = data.nationalFigures.tables.flatMap(({ releases }: any) =>
        releases.map(({ total }: any) => total),
      );
      expect(totals).toContainEqual(expect.any(Number));
    },
    TIMEOUT_MS,
  );

  /** On the event store, which goes with it. */
  const onStoreServer = async <T>(work: (store: Record<string, string>) => Promise<T>): Promise<T> => {
    const folder = temporaryFolder();
    const server = await startStoreServer(join(folder, 'log'));
    try {
      return await work(onStore(server.url));
    } finally {
      await server.close();
      removeFolder(folder);
    }
  };

  it(
    `in one process on ${storeLabel}`,
    () =>
      onStoreServer(async (store) => {
        const name = `one process on ${storeLabel}`;
        expectSame(name, await ran(name, () => startOneProcess(BEGINS, store)));
      }),
    TIMEOUT_MS,
  );

  /** What was said at once through several services was decided on a revision that was no longer the last, and decided again. */
  const expectSameOfServices = (name: string, run: Run): void => {
    expectSame(name, run);
    expect(run.conflicts).toBeGreaterThan(0);
  };

  if (full)
    it(
      'in one service per agency, over Kafka, on PostgreSQL',
      async () => {
        const name = 'services over Kafka on PostgreSQL';
        expectSameOfServices(name, await ran(name, () => startServices(BEGINS)));
      },
      TIMEOUT_MS,
    );

  it(
    `in one service per agency, over Kafka, on ${storeLabel}`,
    () =>
      onStoreServer(async (store) => {
        const name = `services over Kafka on ${storeLabel}`;
        expectSameOfServices(name, await ran(name, () => startServices(BEGINS, store)));
      }),
    TIMEOUT_MS,
  );
});
