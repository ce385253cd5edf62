export type { Happened, Wanted } from './scenario.js';
export { asCommand, asFact, CASE_ID, happened, NOON, scenarios, wanted } from './scenario.js';
export type { PushedFeed } from './pushed-feed.js';
export { factMessage, pushedFeed } from './pushed-feed.js';
export type { OpenStore } from './event-store.contract.js';
export { eventStoreContract, someEvent } from './event-store.contract.js';
export { verifiedHistoryContract } from './verified-history.contract.js';
export { memoryEventStore } from '../memory-event-store.js';
