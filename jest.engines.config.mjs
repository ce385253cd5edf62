import base from './jest.config.mjs';

// Engines start once per file and take memory: one file at a time.
export default {
  ...base,
  maxWorkers: 1,
  // The contracts of the ports too, and what else is asked of a store and of its read models: on servers of the run's own, or on those given.
  testMatch: ['**/*.engine.ts', '**/*.contract.spec.ts', '**/store-{postgres,eventstoredb}/src/*.spec.ts'],
  testTimeout: 300_000,
};
