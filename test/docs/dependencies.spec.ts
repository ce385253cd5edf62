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

/** What a package may be licensed under that is part of the product, or comes with one that is: approved by the OSI, or given up to everybody. */
const OPEN = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'CC0-1.0', 'ISC', 'MIT'];
/** Of two that say it in the old way (`licenses`), which the lock file leaves out: read in their package.json. */
const SAID_ELSEWHERE: Readonly<Record<string, string>> = {
  'node_modules/busboy': 'MIT',
  'node_modules/streamsearch': 'MIT',
};

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

/** All of one that demands both, one of those between which one may choose. */
const isOpen = (license: string): boolean =>
  license
    .replaceAll(/[()]/g, '')
    .split(' AND ')
    .every((part) => part.split(' OR ').some((one) => OPEN.includes(one)));

/** What the product would be run with and must not be. */
const closedIn = (packages: Readonly<Record<string, Locked>>): readonly string[] =>
  Object.entries(packages)
    .filter(([path, { dev }]) => path !== '' && !dev)
    .map(([path, { license }]) => [path, license ?? SAID_ELSEWHERE[path] ?? 'no licence'] as const)
    .filter(([, license]) => !isOpen(license))
    .map(([path, license]) => `${path}: ${license}`);

describe('everything that the product is run with is openly licensed, no package Elastic-licensed', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    readonly packages: Readonly<Record<string, Locked>>;
  };

  it('as the lock file says', () => {
    expect(Object.values(packages).filter(({ dev }) => !dev).length).toBeGreaterThan(100);
    expect(closedIn(packages)).toEqual([]);
  });

  it.each(['Elastic-2.0', 'SSPL-1.0', 'BUSL-1.1', 'UNLICENSED', 'SEE LICENSE IN LICENSE.md', 'MIT AND Elastic-2.0'])(
    'one under %s would be found',
    (license) => {
      expect(closedIn({ ...packages, 'node_modules/invented': { license } })).toEqual([
        `node_modules/invented: ${license}`,
      ]);
    },
  );

  it('one that says nothing would be found; one of which another licence may be chosen, or that is only for tests, would not', () => {
    const invented = {
      'node_modules/silent': {},
      'node_modules/choice': { license: '(MIT OR Elastic-2.0)' },
      'node_modules/for-tests': { license: 'Elastic-2.0', dev: true },
    };
    expect(closedIn(invented)).toEqual(['node_modules/silent: no licence']);
  });

  it('what is said elsewhere is still left out by the lock file', () => {
    expect(
      Object.keys(SAID_ELSEWHERE).filter((path) => packages[path]?.license === undefined && packages[path]),
    ).toEqual(Object.keys(SAID_ELSEWHERE));
  });
});
