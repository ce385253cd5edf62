import { readFileSync } from 'node:fs';

const json = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const { paths } = json('./tsconfig.base.json').compilerOptions;

export default {
  testEnvironment: 'node',
  maxWorkers: 2,
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/infra', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.mjs',
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.mjs',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': ['@swc/jest', { ...json('./.swcrc'), module: { type: 'es6' }, sourceMaps: 'inline', swcrc: false }],
  },
  moduleNameMapper: {
    ...Object.fromEntries(Object.entries(paths).map(([alias, [path]]) => [`^${alias}$`, `<rootDir>/${path.slice(2)}`])),
    '^(\\.{1,2}/(?!.*\\.json).*)\\.js$': '$1',
  },
};
