import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { allCommands, ruleBook } from '@resguardo/contracts';

const PURE = /\.(rule|decider|state|projection|process)\.ts$/;
const sources = readdirSync('libs', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.spec.ts') && !file.includes('/testing/'))
  .map((file) => ({ file: `libs/${file}`, text: readFileSync(`libs/${file}`, 'utf8') }));

const specs = ['libs', 'test'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.spec.ts'))
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8')),
);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
/** Sections A, C, H, I and J whole; of D and E, what is kept here. */
const PROMISED = [
  ...range(1, 28),
  120,
  ...range(201, 219),
  302,
  321,
  408,
  ...range(701, 722),
  ...range(801, 812),
  ...range(901, 912),
].map((number) => `R-${String(number).padStart(3, '0')}`);

const holds = (file: string, id: string) => existsSync(file) && readFileSync(file, 'utf8').includes(id);
const rules = Object.entries(ruleBook);

it.each(PROMISED)('%s has an entry, with words in both languages and a source', (id) => {
  const { title, source } = ruleBook[id]!;
  expect([title.es, title.en, source].every((words) => words.trim() !== '')).toBe(true);
});

it('a rule that waits says for what, and no other rule does', () => {
  const wrong = rules.filter(([, { state, waitsFor }]) => (state === 'waiting') !== Boolean(waitsFor?.trim()));
  expect(wrong.map(([id]) => id)).toEqual([]);
});

it('the file of a rule exists and names it', () => {
  expect(rules.filter(([id, { where }]) => !holds(where, id)).map(([id, { where }]) => `${id} ${where}`)).toEqual([]);
});

it('the scenario of a rule exists and names it', () => {
  const wrong = rules.filter(([id, { scenario }]) => !scenario.endsWith('.spec.ts') || !holds(scenario, id));
  expect(wrong.map(([id, { scenario }]) => `${id} ${scenario}`)).toEqual([]);
});

it('a rule id in a pure file is in the rule book', () => {
  const unknown = sources
    .filter(({ file }) => PURE.test(file))
    .flatMap(({ file, text }) => [...text.matchAll(/\bR-\d{3}\b/g)].map(([id]) => `${id} ${file}`))
    .filter((found) => !ruleBook[found.slice(0, 5)]);
  expect([...new Set(unknown)].sort()).toEqual([]);
});

it('a rule that refuses or stamps is called enforced, and its row names a file that does it, or of the lib that does', () => {
  const libOf = (file: string) => file.slice(0, file.indexOf('/src/'));
  const deciding = sources.filter(({ file }) => /\.(rule|decider)\.ts$/.test(file));
  const wrong = rules.filter(([id, { state, where }]) => {
    const libs = deciding.filter(({ text }) => text.includes(`'${id}'`)).map(({ file }) => libOf(file));
    const does = libs.includes(libOf(where)) || readFileSync(where, 'utf8').includes(`refuse('${id}'`);
    return libs.length > 0 && !(state === 'enforced' && does);
  });
  expect(wrong.map(([id, { state, where }]) => `${id} ${state} ${where}`)).toEqual([]);
});

it('a command names rules of the rule book only', () => {
  const unknown = Object.entries(allCommands).flatMap(([name, { rules: named }]) =>
    named.filter((id) => !ruleBook[id]).map((id) => `${name} ${id}`),
  );
  expect(unknown).toEqual([]);
});

const raised = sources.flatMap(({ file, text }) =>
  [
    ...text.matchAll(/refuse\(\s*'((?:R|C)-\d+)',\s*'(E-[A-Z0-9-]+)'/g),
    ...text.matchAll(/rule: '((?:R|C)-\d+)',\s*code: '(E-[A-Z0-9-]+)'/g),
  ].map(([, rule, code]) => ({ rule: rule!, code: code!, file })),
);

it('every refusal that the code can give is seen in a scenario', () => {
  const unseen = raised.filter(({ code }) => !specs.some((text) => text.includes(`'${code}'`)));
  expect([...new Set(unseen.map(({ rule, code }) => `${rule} ${code}`))].sort()).toEqual([]);
});

it('every refusal that the code can give is said in words under its rule', () => {
  expect(raised.length).toBeGreaterThan(60);
  const silent = raised.filter(({ rule, code }) => !ruleBook[rule]?.refusals?.[code]);
  expect(silent.map(({ rule, code, file }) => `${rule} ${code} ${file}`)).toEqual([]);
});

it('a refusal has all four sentences, and says nothing that no code raises', () => {
  const all = sources.map(({ text }) => text).join('\n');
  const wrong = rules.flatMap(([id, { refusals = {} }]) =>
    Object.entries(refusals)
      .filter(
        ([code, { because, instead }]) =>
          ![because.es, because.en, instead.es, instead.en].every((words) => words.trim() !== '') ||
          all.split(`'${code}'`).length < 3,
      )
      .map(([code]) => `${id} ${code}`),
  );
  expect(wrong).toEqual([]);
});

it('a rule is told in one book only: of two entries one would silently win', () => {
  const books = readdirSync('libs/contracts/src/legal').filter((file) => /^rules-[a-z]+\.ts$/.test(file));
  const ids = books.flatMap((file) =>
    [...readFileSync(`libs/contracts/src/legal/${file}`, 'utf8').matchAll(/^  '((?:R|C)-\d+)':/gm)].map(
      ([, id]) => id!,
    ),
  );
  expect(ids.length).toBeGreaterThan(60);
  expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
});
