// Copies what a service keeps, as of one moment: docs/how-to/back-up-and-restore.md
import { takeBackup } from '@resguardo/service';
import { argumentsIn, fail, opened } from './command.js';

const USAGE = 'usage: npm run backup -- [SERVICE] FOLDER';

const { folder, service } = argumentsIn(process.argv.slice(2), USAGE, {});
try {
  const { of, close } = await opened(service);
  const { tables, head } = await takeBackup(of, folder, () => new Date().toISOString()).finally(close);
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  console.log(
    `${of.service}: ${rows} rows of ${tables.length} tables in ${folder}${head ? `; the history up to position ${head.position}` : ''}`,
  );
  if (head?.owner !== undefined)
    console.log('Now copy the event store by its own means, and only then start what appends to it');
  process.exit(0);
} catch (error) {
  fail(error);
}
