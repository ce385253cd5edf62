import base from './jest.config.mjs';

// Engines start once per file and take memory: one file at a time.
export default {
  ...base,
  maxWorkers: 1,
  testMatch: ['**/*.engine.ts'],
  testTimeout: 300_000,
};
