import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const pages = [
  'README.md',
  'bench/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
const found = (pattern: RegExp) =>
  pages.flatMap((page) => [...readFileSync(page, 'utf8').matchAll(pattern)].map(([, what]) => ({ page, what: what! })));

it('every file and folder that a page names is there', () => {
  const named = found(/`((?:apps|bench|docs|libs|test|tools)\/[\w./-]+)`/g);
  expect(named.length).toBeGreaterThan(100);
  expect(named.filter(({ what }) => !existsSync(what))).toEqual([]);
});

it('every page that a page links to is there', () => {
  const linked = found(/\]\((?!https?:)([^)#]+)/g);
  expect(linked.length).toBeGreaterThan(10);
  expect(linked.filter(({ page, what }) => !existsSync(join(dirname(page), what)))).toEqual([]);
});

it('every command that a page names is one', () => {
  const commands = found(/`npm run ([\w:]+)/g);
  expect(commands.length).toBeGreaterThan(5);
  expect(commands.filter(({ what }) => !Object.hasOwn(scripts, what))).toEqual([]);
});
