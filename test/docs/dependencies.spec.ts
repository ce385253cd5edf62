import { readFileSync } from 'node:fs';

const { dependencies, devDependencies, optionalDependencies } = JSON.parse(readFileSync('package.json', 'utf8'));
const rows = [...readFileSync('docs/dependencies.md', 'utf8').matchAll(/^\| `([^`]+)` +\| (\S+)/gm)].map(
  ([, name, version]) => `${name} ${version}`,
);

it('docs/dependencies.md has one line for each dependency, with its version, and no other', () => {
  const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).map(
    ([name, version]) => `${name} ${String(version).replace('npm:', '')}`,
  );
  expect([...rows].sort()).toEqual(wanted.sort());
});
