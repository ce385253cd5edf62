// Brings a backup back into an empty database, or tries whether it could be: docs/how-to/back-up-and-restore.md
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@resguardo/embedded-postgres';
import { restoreBackup, tryBackup } from '@resguardo/service';
import { argumentsIn, fail, opened } from './command.js';

const USAGE = `usage: npm run restore -- [coordination] FOLDER [--demands-into FOLDER] [--without-list] [--drill]
       npm run restore -- AGENCY FOLDER --demands FILE [--drill]
       npm run restore -- insights FOLDER [--drill]`;

const { folder, service, options } = argumentsIn(process.argv.slice(2), USAGE, {
  '--demands-into': true,
  '--demands': true,
  '--without-list': false,
  '--drill': false,
});
const asked = {
  withoutList: '--without-list' in options,
  ...(options['--demands'] && { demands: options['--demands'] }),
  ...(options['--demands-into'] && { demandsInto: options['--demands-into'] }),
};

/** On a PostgreSQL of its own that is thrown away. */
const tried = async (of: Parameters<typeof tryBackup>[0]) => {
  const apart = mkdtempSync(join(tmpdir(), 'resguardo-drill-'));
  const postgres = await startPostgres({ dir: join(apart, 'postgres'), disposable: true });
  try {
    const elsewhere = { databaseUrl: postgres.url, erasures: join(apart, 'erasures.jsonl') };
    return await tryBackup(of, folder, asked, elsewhere, () => new Date().toISOString());
  } finally {
    await postgres.stop();
    rmSync(apart, { recursive: true, force: true });
  }
};

try {
  const drill = '--drill' in options;
  const { of, close } = await opened(service);
  try {
    const { manifest, rows, erased, history } = await (drill ? tried(of) : restoreBackup(of, folder, asked));
    const { takenAt, id, head } = manifest;
    const signed = head?.checkpoint ? `, signed up to checkpoint ${head.checkpoint.number}` : '';
    console.log(
      `Backup ${id}, begun ${takenAt}${head ? `: the history up to position ${head.position}${signed}` : ''}`,
    );
    console.log(`${of.service}: ${rows} rows ${drill ? 'would be' : 'are'} back; ${erased} cases were erased again`);
    if (history)
      console.log(`The history is whole: ${history.events} events; ${history.unsigned} at the end not yet signed`);
    // What follows it may hold facts that it does not have.
    if (history && !drill && service)
      console.log('Before anything is started: the agencies’ copies, and the topics of all feeds made anew');
  } finally {
    await close();
  }
  process.exit(0);
} catch (error) {
  fail(error);
}
