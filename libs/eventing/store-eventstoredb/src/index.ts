export { AppendTooLarge } from './errors.js';
export type { EventStoreDbEventStore, EventStoreDbEventStoreOptions } from './eventstoredb-event-store.js';
export { eventStoreDbEventStore } from './eventstoredb-event-store.js';
