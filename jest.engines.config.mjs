import base from './jest.config.mjs';

// Engines start once per file and take memory: one file at a time.
export default {
  ...base,
  maxWorkers: 1,
  // The contracts of the ports too: on servers of the run's own, or on those that were given.
  testMatch: ['**/*.engine.ts', '**/*.contract.spec.ts', '**/eventstoredb-event-store.spec.ts'],
  testTimeout: 300_000,
};
