import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { openCase, OFFICERS, peopleOf, registerIntermediary } from '../e2e/support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from '../e2e/support/standalone.js';
import {
  isStoreGiven,
  onStore,
  startStoreServer,
  storeLabel as label,
  type StoreServer,
} from './support/eventstoredb.js';

const verify = (dataFolder: string, env: Record<string, string>) =>
  spawnSync(process.execPath, ['--import', './tools/hooks.mjs', 'apps/standalone/src/verify.ts'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder, ...env },
  });
const refused = (start: Promise<Standalone>) =>
  start.then(
    () => Promise.reject(new Error('it started')),
    (error: Error) => error.message,
  );

describe(`the single process on ${label}`, () => {
  const folders = Array.from({ length: 3 }, temporaryFolder);
  const [dataFolder, other, servers] = folders as [string, string, string];
  let server: StoreServer;
  let env: Record<string, string>;
  let product: Standalone | undefined;
  beforeAll(async () => {
    server = await startStoreServer(join(servers, 'log'));
    env = onStore(server.url);
  });
  afterAll(async () => {
    await product?.kill();
    await server.close();
    folders.forEach(removeFolder);
  });

  const KILLED = isStoreGiven ? 'itself' : 'itself and of the store';
  if (isStoreGiven)
    process.stdout.write(`not run, since the server was given by EVENTSTOREDB_URL: kill -9 of ${label}\n`);
  it(`keeps a case over kill -9 of ${KILLED}, and the history is whole`, async () => {
    product = await startStandalone(dataFolder, { args: ['--empty'], env });
    const people = peopleOf(product);
    await registerIntermediary(people);
    const first = await openCase(people);
    await product.kill();
    await server.restart?.();

    product = await startStandalone(dataFolder, { env });
    const again = peopleOf(product);
    const second = await openCase(again);
    await server.restart?.();
    const third = await openCase(again);
    const reached = await again.read(
      OFFICERS.CHILD_PROTECTION,
      'query ($caseId: ID!) { case(caseId: $caseId, atLeast: 0) { behind } }',
      { caseId: third.caseId },
    );
    expect(reached.data.case.behind).toBe(false);
    // Asked after it: the parts of one question are answered side by side.
    const { data } = await again.read(OFFICERS.CHILD_PROTECTION, '{ cases { edges { node { caseId } } } }');
    expect(data.cases.edges.map(({ node }: { node: { caseId: string } }) => node.caseId).sort()).toEqual(
      [first, second, third].map(({ caseId }) => caseId).sort(),
    );

    expect(await product.stop()).toBe(0);
    const whole = verify(dataFolder, env);
    expect([whole.status, whole.stderr]).toEqual([0, '']);
    expect(whole.stdout).toContain('The history is whole.');
  }, 180_000);

  it('a database keeps to its store, and a store to its database', async () => {
    expect(await refused(startStandalone(dataFolder))).toMatch(
      /the events of this database are kept in eventstoredb, not in postgres/,
    );
    expect(await refused(startStandalone(other, { args: ['--empty'], env }))).toMatch(
      /this event store belongs to another database/,
    );
    expect(await refused(startStandalone(dataFolder, { env: onStore(server.url) }))).toMatch(
      /this event store is not the one that the database has followed/,
    );
    const nobody = onStore('esdb://127.0.0.1:1?tls=false');
    expect(await refused(startStandalone(dataFolder, { env: nobody }))).toMatch(/the event store .* away/);
    // None of that left a mark.
    expect(verify(dataFolder, env).status).toBe(0);
    const fresh = await startStandalone(other, { args: ['--empty'] });
    expect(await fresh.stop()).toBe(0);
    expect(await refused(startStandalone(other, { env: onStore(server.url) }))).toMatch(
      /the events of this database are kept in postgres, not in eventstoredb/,
    );
  }, 180_000);

  it('needs to be told where the store is', async () => {
    const untold = { RESGUARDO_STORE: 'eventstoredb', EVENTSTOREDB_URL: '' };
    expect(await refused(startStandalone(other, { env: untold }))).toMatch(
      /RESGUARDO_STORE=eventstoredb needs EVENTSTOREDB_URL/,
    );
  }, 60_000);
});
