import { readdirSync, readFileSync } from 'node:fs';
import { ruleBook } from '@resguardo/contracts';

const page = readFileSync('docs/marks.md', 'utf8');
const explained = [...page.matchAll(/^\| ([A-Z]+-?\d+) +\|/gm)].map(([, mark]) => mark!);
const used = ['libs', 'apps', 'test', 'tools', 'docs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|tsx|graphql|md)$/.test(file) && !file.includes('node_modules') && file !== 'marks.md')
    .flatMap((file) => [
      ...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/(?<![\w-])(?:C|M|TC)-\d{1,2}(?![\w-])/g),
    ])
    .map(([mark]) => mark),
);

it('every mark that a comment, a test or a page uses is explained in docs/marks.md', () => {
  expect(used.length).toBeGreaterThan(300);
  expect([...new Set(used)].filter((mark) => !explained.includes(mark)).sort()).toEqual([]);
});

it('each is explained once, and what is a rule as well is in the rule book', () => {
  expect(explained.filter((mark, i) => explained.indexOf(mark) !== i)).toEqual([]);
  const told = Object.keys(ruleBook).filter((id) => id.startsWith('C-'));
  expect(told.filter((id) => !explained.includes(id))).toEqual([]);
});
