import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { demoAccounts } from '@resguardo/identity';
import { openCore } from './compose.js';
import { configFrom } from './config.js';

const USAGE = 'usage: npm run import -- cybertip FILE… [--as USERNAME] [--report-id NUMBER] [--state KEY]';

const fail = (why: string, code = 1): never => {
  console.error(why);
  process.exit(code);
};

/**
 * `npm run import -- cybertip FILE…`: takes platform reports into the data folder, as the page does, on behalf of a demo officer.
 * Refused while an instance runs on the same folder or database. Ends 0 when every file was taken, 1 when one was refused.
 */
const [kind, ...rest] = process.argv.slice(2);
if (kind !== 'cybertip') fail(USAGE, 2);
const options: Record<string, string> = {};
const paths: string[] = [];
for (let i = 0; i < rest.length; i++) {
  const arg = rest[i]!;
  if (!arg.startsWith('--')) paths.push(arg);
  else if (['--as', '--report-id', '--state'].includes(arg) && rest[i + 1]) options[arg] = rest[++i]!;
  else fail(`unknown option ${arg}\n${USAGE}`, 2);
}
if (paths.length === 0) fail(USAGE, 2);

const username = options['--as'] ?? 'fiscalia.morelos';
const account = demoAccounts().find((one) => one.username === username && one.role === 'OFFICER');
if (!account) fail(`no officer is called ${username}`, 2);
const { sub, role, agency, states } = account!;
const files = paths.map((path) => {
  try {
    return { name: basename(path), content: readFileSync(path) };
  } catch (error) {
    return fail(
      `${path}: ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : 'cannot be read'}`,
      2,
    );
  }
});

try {
  const config = configFrom(process.env, []);
  // A command line cannot tell who sits before it, and nobody real is to have said what they did not say.
  if (config.keycloak) fail('with KEYCLOAK_URL reports are imported on the portal, by who has signed in there', 2);
  const core = await openCore(config, (why) => fail(`stopped: ${why}`));
  const caller = { sub, username, role, agency, states, expiresAt: Number.MAX_SAFE_INTEGER, tokenId: 'import' };
  const imported = await core.platformReports.import(files, caller, {
    ...(options['--report-id'] && { reportId: options['--report-id'] }),
    ...(options['--state'] && { state: options['--state'] }),
  });
  await core.accesses.viewed({
    caller,
    operation: 'importPlatformReport',
    cases: [...new Set(imported.flatMap(({ caseIds }) => caseIds))],
    classes: ['D0'],
    purpose: 'INTAKE',
    via: 'intake',
  });
  for (const { name, outcome, folios, warnings, error } of imported) {
    console.log(`${outcome.padEnd(11)} ${name}${folios.length > 0 ? `  ${folios.join(', ')}` : ''}`);
    if (error) {
      const place = [error.line && `line ${error.line}`, error.column && `column ${error.column}`, error.field];
      console.error(`  ${error.code} ${place.filter(Boolean).join(', ')}: ${error.message.en}`);
    }
    for (const { en } of warnings) console.log(`  note: ${en}`);
  }
  await core.close();
  process.exit(imported.some(({ outcome }) => outcome === 'REFUSED') ? 1 : 0);
} catch (error) {
  fail(error instanceof Error ? error.message : String(error));
}
