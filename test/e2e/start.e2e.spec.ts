import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openCase, OFFICERS, peopleOf } from './support/people.js';
import { databaseOf, removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

const verify = (dataFolder: string) =>
  spawnSync(process.execPath, ['--import', './tools/hooks.mjs', 'apps/standalone/src/verify.ts'], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder },
  });

const stopped = async (product: Standalone) => expect(await product.stop()).toBe(0);
const refused = (start: Promise<Standalone>) =>
  start.then(
    () => Promise.reject(new Error('it started')),
    (error: Error) => error.message,
  );
describe('starting and stopping', () => {
  const dataFolder = temporaryFolder();
  let caseId = '';
  afterAll(() => removeFolder(dataFolder));

  it('starts on an empty folder with secrets of mode 0600, refuses a second process, stops cleanly and goes on', async () => {
    const product = await startStandalone(dataFolder, { args: ['--empty'] });
    for (const file of readdirSync(join(dataFolder, 'secrets')))
      expect([file, statSync(join(dataFolder, 'secrets', file)).mode & 0o777]).toEqual([file, 0o600]);
    expect(await refused(startStandalone(dataFolder))).toMatch(/in use by process \d+; stop it first/);
    ({ caseId } = await openCase(peopleOf(product)));
    await stopped(product);

    const again = await startStandalone(dataFolder);
    const { data } = await peopleOf(again).read(OFFICERS.CHILD_PROTECTION, '{ cases { edges { node { caseId } } } }');
    expect(data.cases.edges.map(({ node }: { node: { caseId: string } }) => node.caseId)).toEqual([caseId]);
    await stopped(again);
    const whole = verify(dataFolder);
    expect([whole.status, whole.stdout]).toEqual([0, expect.stringContaining('The history is whole.')]);
  }, 60_000);

  it('refuses a database that was written with other keys, and changes nothing in it', async () => {
    const key = join(dataFolder, 'secrets/master-key');
    const right = readFileSync(key);
    writeFileSync(key, randomBytes(32), { mode: 0o600 });
    expect(await refused(startStandalone(dataFolder))).toMatch(/another master key/);
    writeFileSync(key, right, { mode: 0o600 });
    expect(verify(dataFolder).status).toBe(0);
  }, 60_000);

  it('refuses production, because it carries demo accounts', async () => {
    expect(await refused(startStandalone(dataFolder, { env: { NODE_ENV: 'production' } }))).toMatch(/demo accounts/);
  });

  it('refuses a second process on the same database from another folder', async () => {
    const product = await startStandalone(dataFolder);
    const other = temporaryFolder();
    try {
      const [, , , port] = readFileSync(join(dataFolder, 'postgres/cluster/postmaster.pid'), 'utf8').split('\n');
      const password = readFileSync(join(dataFolder, 'postgres/password'), 'utf8').trim();
      const url = `postgres://resguardo:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`;
      expect(await refused(startStandalone(other, { env: { DATABASE_URL: url } }))).toMatch(
        /another Resguardo process is using this database/,
      );
    } finally {
      removeFolder(other);
      await stopped(product);
    }
  }, 60_000);

  it.each([
    ['altered', `update store.events set data = '{"state":"99"}'::json where stream = $1 and revision = 0`],
    [
      'the last one removed',
      'delete from store.events where stream = $1 and revision = (select max(revision) from store.events where stream = $1)',
    ],
    ['a whole stream removed', 'delete from store.events where stream = $1'],
  ])(
    'verify names the first broken event: %s',
    async (_, change) => {
      const copy = temporaryFolder();
      mkdirSync(copy, { recursive: true });
      const product = await startStandalone(dataFolder);
      await stopped(product);
      cpSync(dataFolder, copy, { recursive: true });
      const tampered = await startStandalone(copy);
      try {
        const client = await databaseOf(tampered);
        const { rowCount } = await client.query(change, [`case-${caseId}`]);
        expect(rowCount).toBeGreaterThan(0);
        await client.end();
      } finally {
        await tampered.stop();
      }
      const found = verify(copy);
      expect([found.status, found.stderr]).toEqual([1, expect.stringContaining('BROKEN')]);
      removeFolder(copy);
    },
    90_000,
  );
});
