import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { platformCaseId, reportKeyOf } from '@resguardo/interchange';
import { until } from '../support/until.js';
import { OFFICERS, openCase, peopleOf } from './support/people.js';
import { databaseOf, removeFolder, startStandalone, temporaryFolder } from './support/standalone.js';

const DETAILS = `query ($caseId: ID!) { timeline(caseId: $caseId, first: 50) { entries { eventId type hasDetail } } }`;
const DETAIL = `query ($caseId: ID!, $eventId: ID!) { detail(caseId: $caseId, eventId: $eventId, purpose: FOLLOW_UP) {
  fields { name value } unavailable { why } } }`;

const run = (path: string, dataFolder: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', './tools/hooks.mjs', path, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'development', RESGUARDO_DATA: dataFolder },
  });
  return { status, output: stdout + stderr };
};

it('the single process: backed up when it is stopped, restored elsewhere with secrets and list, and read as before but for what was erased', async () => {
  const folder = temporaryFolder();
  const [here, there, backup] = ['here', 'there', 'backup'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const words = 'Palabras inventadas para esta prueba.';
  let product = await startStandalone(here, { args: ['--empty'] });
  try {
    const told = async (caseId: string) => {
      const people = peopleOf(product);
      // The timeline follows the store.
      const report = await until('the report', async () => {
        const { data } = await people.read(OFFICERS.CHILD_PROTECTION, DETAILS, { caseId });
        return data.timeline.entries.find(({ type }: { type: string }) => type === 'ReportReceived');
      });
      return people.read(OFFICERS.CHILD_PROTECTION, DETAIL, { caseId, eventId: report.eventId });
    };
    const [living, erased] = await Promise.all(
      [0, 1].map(async () => (await openCase(peopleOf(product), { summary: words })).caseId),
    );
    const before = await told(living!);
    expect(JSON.stringify(before)).toContain(words);
    expect(run('infra/backup/backup.ts', here, backup)).toMatchObject({ status: 1 });
    await product.stop();
    expect(run('infra/backup/backup.ts', here, join(backup, 'one'))).toEqual({
      status: 0,
      output: expect.stringContaining('the history up to position'),
    });

    mkdirSync(there, { mode: 0o700 });
    cpSync(join(here, 'secrets'), join(there, 'secrets'), { recursive: true });
    const restored = () => run('infra/backup/restore.ts', there, join(backup, 'one'));
    expect(restored()).toEqual({ status: 1, output: expect.stringContaining('list of what was erased is not there') });
    writeFileSync(
      join(there, 'erasures.jsonl'),
      `${JSON.stringify({ caseId: erased, erasureId: 'after', at: '2026-11-22T20:05:00.000Z' })}\n`,
    );
    expect(restored()).toEqual({ status: 0, output: expect.stringContaining('1 cases were erased again') });
    expect(run('apps/standalone/src/verify.ts', there)).toEqual({
      status: 0,
      output: expect.stringContaining('The history is whole.'),
    });

    product = await startStandalone(there, { args: ['--empty'] });
    expect(await told(living!)).toEqual(before);
    const gone = JSON.stringify(await told(erased!));
    expect(gone).toContain('ERASED');
    expect(gone).not.toContain(words);

    // What waits for a report of an erased case goes at each start: a restore may have been cut off after the tables were back.
    const [theirs, others] = [randomUUID(), randomUUID()];
    const database = await databaseOf(product);
    for (const reference of [theirs, others])
      await database.query(
        `insert into interchange.waiting_files (id, reference, document, agency, actor, since, box)
         values ($1, $1, 'fileDetails', 'PROSECUTOR', 'officer-1', now(), '')`,
        [reference],
      );
    await database.end();
    await product.stop();
    const caseId = platformCaseId(reportKeyOf(theirs), 1);
    appendFileSync(
      join(there, 'erasures.jsonl'),
      `${JSON.stringify({ caseId, erasureId: 'again', at: '2026-11-22T20:06:00.000Z' })}\n`,
    );
    product = await startStandalone(there, { args: ['--empty'] });
    const again = await databaseOf(product);
    const { rows } = await again.query<{ reference: string }>('select reference from interchange.waiting_files');
    await again.end();
    expect(rows).toEqual([{ reference: others }]);
  } finally {
    await product.stop();
    removeFolder(folder);
  }
}, 120_000);
