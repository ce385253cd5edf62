export type {
  EventStore,
  Expected,
  Json,
  JsonObject,
  NewEvent,
  Position,
  Provenance,
  RecordedEvent,
  SealedBox,
} from './event-store.js';
export { NO_STREAM, RevisionConflict, StoreUnavailable } from './event-store.js';
export type { CommandContext, Decider, FactAbout, NewFact, Refusal } from './decider.js';
export { isRefusal, refuse } from './decider.js';
export type { Catalogue } from './catalogue.js';
export { about, catalogue, UnknownVersion, upcast } from './catalogue.js';
export type { Folded } from './folded.js';
export { folded } from './folded.js';
export type { Acceptance, Decided, Outcome, Said } from './handle-command.js';
export { acceptanceOf, DEADLINE_MS, handleWith } from './handle-command.js';
export type { OneAtATime } from './one-at-a-time.js';
export { oneAtATime } from './one-at-a-time.js';
export type { FeedCodec, Place, ReceivedMessage, WireMessage } from './feed-codec.js';
export { InvalidMessage } from './feed-codec.js';
export type { FactMessage, Feed, Message, UnreadableMessage, WithheldMessage } from './feed.js';
export { isUnreadable, messageOf, storeFeed, withheldMessageOf } from './feed.js';
export type { Column, ColumnType, Projection } from './projection.js';
export { factKey, keysOf, projected, rowPerFact } from './projection.js';
export type { Process } from './process.js';
export type { Wakeup } from './wait.js';
export { wakeup } from './wait.js';
export { uuidv5 } from './ids.js';
export type { Around } from './around.js';
export type { Auditable, Behind, Census } from './auditable.js';
export { behindByWalking } from './auditable.js';
export { canonical } from './canonical.js';
export { keeper } from './keeper.js';
export type { Checkpoint, CheckpointSigner, CheckpointStore } from './checkpoint.js';
export { checkpointSigner, memoryCheckpointStore } from './checkpoint.js';
export type { Broken, Verdict } from './verify.js';
export { verifyHistory } from './verify.js';
