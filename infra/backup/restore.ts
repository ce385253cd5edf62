// Brings a backup back into an empty database: docs/how-to/back-up-and-restore.md
import { restoreBackup } from '@resguardo/service';
import { argumentsIn, fail, opened } from './command.js';

const USAGE = `usage: npm run restore -- [coordination] FOLDER [--demands-into FOLDER] [--without-list]
       npm run restore -- SERVICE FOLDER --demands FILE`;

const { folder, service, options } = argumentsIn(process.argv.slice(2), USAGE, {
  '--demands-into': true,
  '--demands': true,
  '--without-list': false,
});
try {
  const { of, close } = await opened(service);
  const { rows, erased, history } = await restoreBackup(of, folder, {
    withoutList: '--without-list' in options,
    ...(options['--demands'] && { demands: options['--demands'] }),
    ...(options['--demands-into'] && { demandsInto: options['--demands-into'] }),
  });
  await close();
  console.log(`${of.service}: ${rows} rows are back; ${erased} cases were erased again`);
  if (history)
    console.log(`The history is whole: ${history.events} events; ${history.unsigned} at the end not yet signed`);
  process.exit(0);
} catch (error) {
  fail(error);
}
