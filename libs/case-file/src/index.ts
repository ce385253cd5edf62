export type { CaseFileAsk, TypedIdentity } from './case-file.capability.js';
export { caseFileCapability } from './case-file.capability.js';
export type { CaseFileCommand, CaseFileKnown } from './case-file.decider.js';
export { caseFileDecider } from './case-file.decider.js';
export type { AnyFact, CaseFileState, Link, Referral } from './case-file.state.js';
export type { MirrorCommand } from './linked-cases.process.js';
export { linkedCases } from './linked-cases.process.js';
export { folioOf } from './report.rule.js';
