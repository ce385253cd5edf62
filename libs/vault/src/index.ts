export type { MatchKind, SearchTerms, Strength } from './identity/blind-index.js';
export type { CurpProblem, CurpVerdict } from './identity/curp.js';
export { validateCurp } from './identity/curp.js';
export type {
  DatedAnswer,
  IdentityAnswer,
  IdentityVault,
  IdentityVaultParts,
  Kept,
  Match,
  SearchCaller,
  SearchResult,
} from './identity/identity-vault.js';
export { identityVault, SearchUnavailable } from './identity/identity-vault.js';
export { intakeOf } from './identity/intake.js';
export type { PhoneVerdict } from './identity/phone.js';
export { normalisePhone } from './identity/phone.js';
export type { IdentityChange, IdentityRecord, TimetableBlock } from './identity/record.js';
export { changeOf } from './identity/record.js';
export type { Key, KeyRing, KeyScope } from './key-ring.js';
export { dataKey, ERASED, personKey, systemKey } from './key-ring.js';
export type { MasterKey } from './master-key.js';
export { MasterKeyMismatch, masterKeyFile } from './master-key.js';
export { memoryKeyRing } from './memory-key-ring.js';
export { assertMasterKey, brokenKeys, postgresKeyRing } from './postgres-key-ring.js';
export { makeVaultTables } from './schema.js';
export type { Opened, SealedData, Sealer, SealPlace } from './sealer.js';
export { sealer, UnknownSealedVersion } from './sealer.js';
export { lock, SealBroken, unlock, unwrap, wrap } from './wrapping.js';
export type { Erased, ErasureList } from './erasure/erasure-list.js';
export { fileErasureList, memoryErasureList } from './erasure/erasure-list.js';
export type { EraseKeys } from './erasure/erased-keys.process.js';
export { erasedKeys } from './erasure/erased-keys.process.js';
export type { ErasureParts } from './erasure/erasure-follower.js';
export { ERASURE_PROCESS, erasureHandler, followErasures } from './erasure/erasure-follower.js';
export type { VaultKnown } from './vault.decider.js';
export { vaultDecider } from './vault.decider.js';
export { referredToOn, vaultCapability } from './vault-capability.js';
