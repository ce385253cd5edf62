import base from './jest.config.mjs';

const STORES = ['**/store-{postgres,eventstoredb}/src/*.spec.ts'];
const askedOfStores = ['RESGUARDO_FULL', 'EVENTSTOREDB_URL', 'DATABASE_URL'].some((name) => process.env[name]);

// Engines start once per file and take memory: one file at a time.
export default {
  ...base,
  maxWorkers: 1,
  // The contracts of the ports too; and where a store was given, or everything is asked, what else is asked of stores and of read models.
  testMatch: ['**/*.engine.ts', '**/*.contract.spec.ts', ...(askedOfStores ? STORES : [])],
  testTimeout: 300_000,
};
