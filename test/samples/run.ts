import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { isProblem, problemInWords, readCybertip } from '@resguardo/interchange';
import { type Outcome, vectorsIn } from './vectors.js';

/**
 * `npm run test:samples -- DIR`: runs the importers, and the consumer of the feeds, over a folder of other makers' files, wherever it lies.
 * Reads only. What is neither a document of a platform's report nor vectors for events is listed as not applicable; every one that is must
 * come out as it should.
 */
const MINE =
  /^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--[^]*?-->\s*)*<(report|reportResponse|reportDoneResponse|fileDetails)[\s/>]/;

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort()
    .map((name) => join(folder, name))
    .flatMap((path) => (statSync(path).isDirectory() ? filesIn(path) : [path]));

const documentIn = (bytes: Uint8Array): readonly Outcome[] | undefined => {
  if (!MINE.test(Buffer.from(bytes.subarray(0, 4096)).toString('latin1').replace(/^ï»¿/, ''))) return undefined;
  const document = readCybertip(bytes);
  if (!isProblem(document)) return [{ passed: true, says: document.root }];
  const { line, column, field, problem, values } = document;
  const where = `line ${line ?? '–'}, column ${column ?? '–'}, ${field ?? '–'}`;
  return [{ passed: false, says: `${where}: ${problemInWords(problem, values).en}` }];
};

const eventsIn = (path: string): readonly Outcome[] | undefined => {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  return vectorsIn(basename(path), content);
};

const outcomesOf = (path: string): readonly Outcome[] | undefined => {
  if (/\.xml$/i.test(path)) return documentIn(readFileSync(path));
  return /\.json$/i.test(path) ? eventsIn(path) : undefined;
};

const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('usage: npm run test:samples -- DIR');
  process.exit(2);
}
let good = 0;
let failed = 0;
for (const path of filesIn(folder)) {
  const name = relative(folder, path);
  const outcomes = outcomesOf(path);
  if (!outcomes) console.log(`n/a    ${name}`);
  for (const { passed, says } of outcomes ?? []) {
    if (passed) good++;
    else failed++;
    console.log(`${passed ? 'passed' : 'FAILED'} ${name}: ${says}`);
  }
}
console.log(`${good} passed, ${failed} failed`);
process.exit(failed > 0 ? 1 : 0);
