import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import hooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

const PURE = [
  '**/*.decider.ts',
  '**/*.rule.ts',
  '**/*.state.ts',
  '**/*.projection.ts',
  '**/*.process.ts',
  // What the rules of the interview are made of.
  'libs/interview/src/{wish,rules,decision,time}.ts',
  'libs/contracts/src/**/*.ts',
];

// A later block's no-restricted-imports replaces an earlier one, so every block is built from the same named bans.
const LOST = {
  group: ['@nestjs/cqrs'],
  importNames: ['EventBus', 'EventsHandler', 'Saga', 'AggregateRoot', 'EventPublisher'],
  message: 'In memory, unordered, loses failures (docs/adr/0004). Follow the store.',
};
const TEST_ONLY = { group: ['@resguardo/eventing/testing'], message: 'For specs.' };
const IDENTIFIED = {
  group: ['@resguardo/contracts/timeline'],
  message: 'Reads messages or the schema, never the timeline.',
};
const IMPURE = {
  group: ['@nestjs/*', 'node:*', 'rxjs*', '@resguardo/identity', '*.handler.js', '*.resolver.js', '*.module.js'],
  message: 'Rules, deciders, folds and projections are plain functions.',
};
const OBSERVED = {
  group: ['prom-client', '@opentelemetry/*'],
  message: 'What is measured and traced leaves in the closed words of libs/telemetry.',
};
const WHOLE = { selector: 'ExportAllDeclaration', message: 'A lib has one door of named exports.' };
/** Nothing is counted that was not run, and nothing is left out: what a given server forbids says so through one helper. */
const SKIPPED = [
  {
    selector: 'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
    message: 'Every test runs: itOnOwn (test/engines/support/not-run.ts) says where one cannot.',
  },
  { selector: 'CallExpression[callee.name=/^[xf](it|test|describe)$/]', message: 'Every test runs.' },
];
const only = (...patterns) => ['error', { patterns }];

const AMBIENT = [
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time is an input (D9).' },
  {
    selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
    message: 'Time is an input (D9).',
  },
  {
    selector: "CallExpression[callee.object.name='Math'][callee.property.name='random']",
    message: 'Ids and chance are inputs (D3).',
  },
  {
    selector: "CallExpression[callee.property.name='randomUUID']",
    message: 'Ids are inputs, and derived (D12).',
  },
  {
    selector: 'NewExpression[callee.name=/^(Map|Set)$/]',
    message: 'State is records and arrays: freezing a Map does not stop set().',
  },
];

export default tseslint.config(
  { ignores: ['**/dist', '**/node_modules', '.nx', 'apps/portal/src/gql', 'coverage'] },
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          allow: [],
          depConstraints: [
            {
              sourceTag: 'type:app',
              onlyDependOnLibsWithTags: [
                'type:capability',
                'type:adapter',
                'type:messages',
                'type:port',
                'type:nest',
                'type:desk',
                'type:door',
                'type:service',
                'type:contract',
              ],
            },
            {
              // What the apps of the services are made of: as much as an app may.
              sourceTag: 'type:service',
              onlyDependOnLibsWithTags: [
                'type:capability',
                'type:adapter',
                'type:messages',
                'type:port',
                'type:nest',
                'type:desk',
                'type:door',
                'type:contract',
              ],
            },
            {
              sourceTag: 'type:portal',
              onlyDependOnLibsWithTags: ['type:contract'],
              bannedExternalImports: ['@nestjs/*', 'kafkajs', 'pg'],
            },
            {
              sourceTag: 'type:capability',
              onlyDependOnLibsWithTags: ['type:port', 'type:contract', 'type:nest', 'type:desk'],
              bannedExternalImports: ['pg', 'kafkajs', '@eventstore/*'],
            },
            {
              sourceTag: 'type:desk',
              onlyDependOnLibsWithTags: ['type:port', 'type:contract', 'type:nest'],
              bannedExternalImports: ['pg', 'kafkajs', '@eventstore/*'],
            },
            {
              sourceTag: 'type:door',
              onlyDependOnLibsWithTags: ['type:contract', 'type:nest', 'type:desk'],
              bannedExternalImports: ['pg', 'kafkajs', '@eventstore/*'],
            },
            { sourceTag: 'type:nest', onlyDependOnLibsWithTags: ['type:contract', 'type:port'] },
            {
              // Contracts too: what crosses a network is checked against them at the edge.
              sourceTag: 'type:adapter',
              onlyDependOnLibsWithTags: ['type:port', 'type:contract'],
              bannedExternalImports: ['@nestjs/*'],
            },
            {
              sourceTag: 'type:messages',
              onlyDependOnLibsWithTags: ['type:port', 'type:contract'],
              bannedExternalImports: ['@nestjs/*', 'pg', 'kafkajs', '@eventstore/*'],
            },
            { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [], bannedExternalImports: ['*'] },
            { sourceTag: 'type:port', onlyDependOnLibsWithTags: [], bannedExternalImports: ['*'] },
          ],
        },
      ],
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/no-empty-object-type': 'off',
      'no-restricted-syntax': ['error', WHOLE],
    },
  },
  { files: ['**/*.{ts,tsx}'], rules: { 'no-restricted-imports': only(LOST, TEST_ONLY, OBSERVED) } },
  { files: ['libs/telemetry/src/**/*.ts'], rules: { 'no-restricted-imports': only(LOST, TEST_ONLY) } },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts', '**/src/testing/**/*.ts'],
    rules: { 'no-restricted-imports': only(LOST), '@nx/enforce-module-boundaries': 'off' },
  },
  {
    files: ['**/*.spec.ts', 'test/**/*.ts'],
    ignores: ['test/engines/support/not-run.ts'],
    rules: { 'no-restricted-syntax': ['error', WHOLE, ...SKIPPED] },
  },
  {
    files: ['libs/insights/**/*.ts'],
    ignores: ['**/*.spec.ts'],
    rules: { 'no-restricted-imports': only(LOST, TEST_ONLY, IDENTIFIED, OBSERVED) },
  },
  {
    files: ['apps/portal/**/*.{ts,tsx}'],
    plugins: { 'react-hooks': hooks },
    rules: {
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
      'no-restricted-imports': only(TEST_ONLY, IDENTIFIED, OBSERVED),
    },
  },
  {
    files: PURE,
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': only(LOST, TEST_ONLY, IMPURE, OBSERVED),
      'no-restricted-syntax': ['error', WHOLE, ...AMBIENT],
    },
  },
  {
    files: ['libs/insights/**/*.{rule,projection}.ts'],
    rules: { 'no-restricted-imports': only(LOST, TEST_ONLY, IMPURE, IDENTIFIED, OBSERVED) },
  },
  prettier,
);
