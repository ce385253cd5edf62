import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isProblem, problemInWords, readCybertip } from '@resguardo/interchange';

/**
 * `npm run test:samples -- DIR`: runs the importers over a folder of other makers' files, wherever it lies. Reads only.
 * What is no document of a platform's report is listed as not applicable; every one that is must be read.
 */
const MINE =
  /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^]*?-->\s*)*<(report|reportResponse|reportDoneResponse|fileDetails)[\s/>]/;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: npm run test:samples -- DIR');
  process.exit(2);
}
let passed = 0;
let failed = 0;
for (const path of filesIn(folder)) {
  const name = relative(folder, path);
  const bytes = path.toLowerCase().endsWith('.xml') ? readFileSync(path) : undefined;
  if (!bytes || !MINE.test(bytes.subarray(0, 4096).toString('latin1').replace(/^ï»¿/, ''))) {
    console.log(`n/a    ${name}`);
    continue;
  }
  const document = readCybertip(bytes);
  if (isProblem(document)) {
    failed++;
    const { line, column, field, problem, values } = document;
    console.log(
      `FAILED ${name}: line ${line ?? '–'}, column ${column ?? '–'}, ${field ?? '–'}: ${problemInWords(problem, values).en}`,
    );
  } else {
    passed++;
    console.log(`passed ${name}: ${document.root}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
