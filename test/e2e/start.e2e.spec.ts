import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPostgres } from '@resguardo/embedded-postgres';
import { Client } from 'pg';
import { openCase, OFFICERS, peopleOf } from './support/people.js';
import { removeFolder, type Standalone, startStandalone, temporaryFolder } from './support/standalone.js';

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
  }, 120_000);

  it('refuses a database that was written with other keys, and changes nothing in it', async () => {
    const key = join(dataFolder, 'secrets/master-key');
    const right = readFileSync(key);
    writeFileSync(key, randomBytes(32), { mode: 0o600 });
    expect(await refused(startStandalone(dataFolder))).toMatch(/another master key/);
    writeFileSync(key, right, { mode: 0o600 });
    expect(verify(dataFolder).status).toBe(0);
  }, 120_000);

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
  }, 120_000);

  const ROW = 'store.events where stream = $1 and revision =';
  const move = (from: string, to: string) => `update store.events set position = ${to} where position = ${from}`;
  const PLACE = (revision: number) => `(select position from ${ROW} ${revision})`;
  it.each<[string, readonly string[], string, number]>([
    ['altered', [`update store.events set data = '{"state":"99"}' where stream = $1 and revision = 0`], 'altered', 0],
    ['the first one removed', [`delete from ${ROW} 0`], 'missing', 0],
    ['one in the middle removed', [`delete from ${ROW} 1`], 'missing', 1],
    ['the last one removed', [`delete from ${ROW} 2`], 'missing', 2],
    ['a whole stream removed', ['delete from store.events where stream = $1'], 'missing', 0],
    [
      'two re-ordered',
      [
        `create temporary table kept as select ${PLACE(1)} as one, ${PLACE(2)} as other, $1::text as stream`,
        ...[move('(select one from kept)', '-1'), move('(select other from kept)', '(select one from kept)')],
        move('-1', '(select other from kept)'),
      ],
      'moved',
      2,
    ],
  ])(
    'verify names the first broken event, its stream and its revision: %s',
    async (_, changes, why, revision) => {
      const copy = temporaryFolder();
      cpSync(dataFolder, copy, { recursive: true });
      const stream = `case-${caseId}`;
      const postgres = await startPostgres({ dir: join(copy, 'postgres') });
      const client = new Client({ connectionString: postgres.url });
      await client.connect();
      const { rows } = await client.query('select revision from store.streams where stream = $1', [stream]);
      expect(rows).toEqual([{ revision: 2 }]);
      for (const change of changes) {
        const { rowCount } = await client.query(change, change.includes('$1') ? [stream] : []);
        expect(rowCount).toBeGreaterThan(0);
      }
      await client.end();
      await postgres.stop();
      const { status, stderr } = verify(copy);
      expect([status, stderr]).toEqual([
        1,
        expect.stringMatching(new RegExp(`^BROKEN: ${why} \\(.*stream ${stream}, revision ${revision}[,)]`)),
      ]);
      removeFolder(copy);
    },
    120_000,
  );
});
