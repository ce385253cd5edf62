import { DATA_CLASSES, SERVICES } from '../classes.js';
import type { FactOf, FactSpecs, NewFactOf } from '../facts.js';
import { fact } from '../facts.js';
import { code, count, instant, many, optional, ref, text } from '../fields.js';
import { PURPOSES } from '../purposes.js';
import { SET_ASIDE_REASONS } from '../set-aside.js';

/** What a person may be in danger of losing when break-glass is lawful. */
export const DANGERS = ['LIFE', 'INTEGRITY'] as const;
/** What the reviewer found about a break-glass. */
export const VERDICTS = ['JUSTIFIED', 'NOT_JUSTIFIED', 'DISCIPLINARY_REFERRAL'] as const;
/** Why a person may look: team membership, break-glass, one request under approval, or a supervisor's skeleton. */
export const ACCESS_WAYS = ['team', 'break-glass', 'request', 'supervision', 'intake'] as const;

/** What somebody ordered to be done about a case that stands still in a service's follower. */
const ordered = {
  operation: ref('D11'),
  cases: many(ref('D11'), 1000),
  service: code(SERVICES, 'D11'),
  /** Name of the projection or process. */
  follower: ref('D11'),
  /** Of the fact, in its stream. */
  revision: count('D11', 0, 2_147_483_647),
  /** As the service was told of it; absent where it could not be read. */
  factType: optional(ref('D11')),
};

/**
 * The first three stand on the case's own stream. Readings, denials, exports and orders stand on `access-<actor>-<yyyymm>`,
 * refusals on `oversight-<caseId>`: none of them is ever on the shared timeline.
 */
export const oversightFacts = {
  /** Somebody outside the team opened the case because of imminent danger; `until` is the end, at most four hours later. */
  BreakGlassUsed: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: {
      glassId: ref('D11'),
      staffId: ref('D11'),
      staffAgency: ref('D11'),
      danger: code(DANGERS, 'D11'),
      until: instant('D11'),
      reviewDue: instant('D11'),
      toldAgencies: many(ref('D11'), 4),
      reason: text('D11', 1000),
    },
  }),
  BreakGlassEnded: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: { glassId: ref('D11'), staffId: ref('D11') },
  }),
  BreakGlassReviewed: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: { glassId: ref('D11'), verdict: code(VERDICTS, 'D11'), finding: optional(text('D11', 2000)) },
  }),
  /** One operation read the named classes of the named cases; durable before the answer left. */
  RecordViewed: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: {
      operation: ref('D11'),
      cases: many(ref('D11'), 1000),
      classes: many(code(DATA_CLASSES, 'D11'), DATA_CLASSES.length),
      purpose: code(PURPOSES, 'D11'),
      task: optional(ref('D11')),
      via: optional(code(ACCESS_WAYS, 'D11')),
    },
  }),
  AccessDenied: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: {
      operation: ref('D11'),
      cases: many(ref('D11'), 1000),
      purpose: optional(code(PURPOSES, 'D11')),
      rule: ref('D11'),
      code: ref('D11'),
    },
  }),
  ExportMade: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: {
      operation: ref('D11'),
      cases: many(ref('D11'), 1000),
      classes: many(code(DATA_CLASSES, 'D11'), DATA_CLASSES.length),
      purpose: code(PURPOSES, 'D11'),
      task: optional(ref('D11')),
      via: optional(code(ACCESS_WAYS, 'D11')),
      entries: count('D11'),
    },
  }),
  /** Somebody ordered that a case which stands still be tried again; durable before it was tried. */
  RetryOrdered: fact({ kind: 'PRIVACY', cls: 'D11', substantive: false, fields: ordered }),
  /** Somebody ordered that the fact at which a case stands still be left out of that view for ever; durable before it was. */
  SetAsideOrdered: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: { ...ordered, reason: code(SET_ASIDE_REASONS, 'D11') },
  }),
  /** A command was refused by a rule; appended before the refusal was answered (D12). */
  CommandRefused: fact({
    kind: 'PRIVACY',
    cls: 'D11',
    substantive: false,
    fields: { command: ref('D11'), rule: ref('D11'), code: ref('D11') },
  }),
} satisfies FactSpecs;
export type NewOversightFact = NewFactOf<typeof oversightFacts>;
export type OversightFact = FactOf<typeof oversightFacts>;
